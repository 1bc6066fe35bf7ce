//! The papers of custody: the register of what was received, the receipt at a material's end, the sheet of labels.
//!
//! **Invariant:** a paper is only data; it decides nothing. Dates come formatted ([`paper::zh_date`]).

use jiff::civil::Date;
use paper::printed;
use serde::Serialize;

/// 材料接收登记表 (通则 12).
#[derive(Serialize, Clone, Debug)]
pub struct MaterialsRegister {
    pub institution: String,
    pub client: String,
    /// By what people know the subject: the examinee's name.
    pub subject: String,
    pub received_on: String,
    pub materials: Vec<MaterialEntry>,
    pub received_by: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct MaterialEntry {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub quantity: String,
    pub properties: String,
    pub state: String,
    /// Number of its seal; empty where it has none.
    pub seal: String,
}

/// 鉴定材料退还或者销毁凭证 (通则 22).
#[derive(Serialize, Clone, Debug)]
pub struct MaterialReceipt {
    pub institution: String,
    pub client: String,
    pub subject: String,
    pub is_destroyed: bool,
    pub materials: Vec<MaterialEntry>,
    /// What is left of them when they go, in the order of `materials`; empty where it was not measured.
    pub left: Vec<String>,
    /// Who takes them back, or how they are destroyed.
    pub how: String,
    pub handled_by: String,
    /// The witness of a destruction.
    pub witness: String,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

/// Labels to be cut out or printed on a sheet of stickers.
#[derive(Serialize, Clone, Debug)]
pub struct MaterialLabels {
    pub institution: String,
    pub labels: Vec<MaterialLabel>,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct MaterialLabel {
    /// The QR code as SVG.
    pub qr: String,
    pub code: String,
    pub name: String,
    pub subject: String,
    pub quantity: String,
}

/// Under which names the papers are downloaded.
pub const REGISTER_FILE: &str = "鉴定材料接收登记表.pdf";
pub const RETURNED_FILE: &str = "鉴定材料退还凭证.pdf";
pub const DESTROYED_FILE: &str = "鉴定材料销毁凭证.pdf";

printed!(MaterialsRegister, "materials_register.typ", "鉴定材料接收登记表", |paper| paper.institution);
printed!(MaterialReceipt, "material_receipt.typ", "鉴定材料退还或者销毁凭证", |paper| paper.institution);
printed!(MaterialLabels, "material_labels.typ", "鉴定材料标签", |paper| paper.institution);

/// Fictional papers: ordinary, with rare characters, with too much. Tests render them all.
#[path = "papers/samples.rs"]
mod samples;
