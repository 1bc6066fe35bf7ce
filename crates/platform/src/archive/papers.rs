//! What a volume prints of itself: cover with index, sheets of data that no paper shows, a page for each picture.
//!
//! **Invariant:** a paper is only data; it decides nothing.

use jiff::civil::Date;
use paper::{Picture, printed};
use serde::Serialize;

/// 案卷封面和卷内目录.
#[derive(Serialize, Clone, Debug, Default)]
pub struct VolumeCover {
    pub institution: String,
    /// The opinion's number, or the case's code.
    pub number: String,
    /// What the cover tells of the case.
    pub rows: Vec<SheetRow>,
    pub index: Vec<IndexLine>,
    pub missing: Vec<String>,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct IndexLine {
    pub number: String,
    pub section: String,
    pub title: String,
    pub dated: String,
    /// First and last page, or that it is in the ZIP only.
    pub pages: String,
}

/// A sheet of labels and values, e.g. an examination record or the closing sheet (备考表).
#[derive(Serialize, Clone, Debug, Default)]
pub struct VolumeSheet {
    pub institution: String,
    pub title: String,
    pub rows: Vec<SheetRow>,
    /// Labels of the places to sign by hand.
    pub signatures: Vec<String>,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct SheetRow {
    pub label: String,
    pub value: String,
}

/// A picture on a page of its own.
#[derive(Serialize, Clone, Debug, Default)]
pub struct VolumePicture {
    pub institution: String,
    pub caption: String,
    #[serde(skip)]
    pub bytes: Vec<u8>,
    #[serde(skip)]
    pub printed_on: Date,
}

printed!(VolumeCover, "volume_cover.typ", "司法鉴定案卷", |paper| paper.institution);
printed!(VolumeSheet, "volume_sheet.typ", "案卷材料", |paper| paper.institution);
printed!(VolumePicture, "volume_picture.typ", "案卷图片", |paper| paper.institution, pictures = pictures);

fn pictures(paper: &VolumePicture) -> Vec<Picture> {
    vec![Picture { name: "picture".into(), bytes: paper.bytes.as_slice().into() }]
}

impl VolumeCover {
    /// What the tests print.
    pub fn samples() -> Vec<Self> {
        let line = |n: usize| IndexLine {
            number: n.to_string(),
            section: "检验记录".into(),
            title: format!("第{n}份鉴定记录，题名很长以便看它怎样折行"),
            dated: "2026-03-02".into(),
            pages: format!("{n}–{}", n + 1),
        };
        let ordinary = Self {
            institution: "示例司法鉴定中心".into(),
            number: "示例司鉴〔2026〕临鉴字第1号".into(),
            rows: vec![SheetRow { label: "委托人".into(), value: "示例市示例区人民法院".into() }],
            index: (1..4).map(line).collect(),
            missing: vec!["送达登记".into()],
            printed_on: Date::constant(2026, 3, 2),
        };
        let long = Self { index: (1..300).map(line).collect(), ..ordinary.clone() };
        let minimal = Self { printed_on: Date::constant(2026, 3, 2), ..Self::default() };
        vec![ordinary, long, minimal]
    }
}

impl VolumeSheet {
    pub fn samples() -> Vec<Self> {
        let row = |value: String| SheetRow { label: "记录内容".into(), value };
        let ordinary = Self {
            institution: "示例司法鉴定中心".into(),
            title: "鉴定记录".into(),
            rows: vec![row("右侧胸部压痛。".into()), row(String::new())],
            signatures: vec!["立卷人".into()],
            printed_on: Date::constant(2026, 3, 2),
        };
        let long = Self { rows: vec![row("胸部压痛，未见皮下出血。\n".repeat(400))], ..ordinary.clone() };
        vec![ordinary, long]
    }
}
