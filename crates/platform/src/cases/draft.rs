//! The draft of an opinion: parts 一 to 七 of format 2 (司发通〔2016〕112号), and what is still empty.

use serde::{Deserialize, Serialize};

/// The texts that appraisers write; part 一 is made from the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// 二、基本案情
    pub case_facts: String,
    /// 三、资料摘要
    pub data_abstract: String,
    /// 四、鉴定过程
    pub process: String,
    /// 五、分析说明
    pub analysis: String,
    /// 六、鉴定意见
    pub opinion: String,
    /// 七、附件, one a line; may be empty.
    pub annexes: String,
    /// A dissenting opinion, noted in the document (通则 37); may be empty.
    pub dissent: String,
    /// The appraiser of the case who dissents, by id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dissenter: String,
    /// What the lines of 附件 were picked from; a line written by hand has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annex_refs: Vec<AnnexRef>,
}

/// An annex picked from the case: what it is, and the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnexRef {
    /// `material:0` (by its place in the entrustment), `record:<id>` or `file:<id>` (of a record).
    pub source: String,
    pub line: String,
}

/// Longest text of one part, in characters: some 60 pages.
pub const PART_MAX: usize = 60_000;

impl Draft {
    /// Field name, title (the translator's key), text; in the order of the document.
    pub fn parts(&self) -> [(&'static str, &'static str, &str); 7] {
        [
            ("case_facts", "二、基本案情", &self.case_facts),
            ("data_abstract", "三、资料摘要", &self.data_abstract),
            ("process", "四、鉴定过程", &self.process),
            ("analysis", "五、分析说明", &self.analysis),
            ("opinion", "六、鉴定意见", &self.opinion),
            ("annexes", "七、附件", &self.annexes),
            ("dissent", "不同意见", &self.dissent),
        ]
    }

    /// Everything written, for the full-text search of issued opinions.
    pub fn full_text(&self) -> String {
        self.parts().map(|(_, _, text)| text).join("\n")
    }

    /// Titles of the parts that an opinion cannot do without and that are empty.
    pub fn missing(&self) -> Vec<&'static str> {
        self.parts()[..5].iter().filter(|(_, _, text)| text.trim().is_empty()).map(|(_, title, _)| *title).collect()
    }
}
