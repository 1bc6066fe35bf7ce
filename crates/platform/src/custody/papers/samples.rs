//! Clearly fictional samples of every paper, for tests and for looking at.

use super::*;
use jiff::civil::date;
use paper::{qr_svg, zh_date};

/// Characters of Extensions A, B, F and G, which ordinary fonts lack.
const RARE_NAME: &str = "𠮷㛃𬎆𫍯𰀀";

fn entry(code: &str, name: &str) -> MaterialEntry {
    MaterialEntry {
        code: code.into(),
        name: name.into(),
        kind: "检材".into(),
        quantity: "5ml".into(),
        properties: "抗凝全血，冷藏".into(),
        state: "试管完好，无渗漏".into(),
        seal: "F-001".into(),
    }
}

fn many(n: usize) -> Vec<MaterialEntry> {
    (0..n).map(|n| entry(&format!("7KQ2M9XA{n:02}"), &format!("第{n}件血样，名称很长以便看它怎样折行"))).collect()
}

impl MaterialsRegister {
    pub fn samples() -> Vec<Self> {
        let ordinary = Self {
            institution: "示例司法鉴定中心".into(),
            client: "示例市示例区人民法院".into(),
            subject: "甲某".into(),
            received_on: zh_date(date(2026, 3, 2)),
            materials: vec![
                entry("7KQ2M9XA01", "血样"),
                MaterialEntry { seal: String::new(), ..entry("7KQ2M9XA02", "病历") },
            ],
            received_by: "乙某".into(),
            printed_on: date(2026, 3, 2),
        };
        let rare = Self { subject: RARE_NAME.into(), ..ordinary.clone() };
        let long = Self { materials: many(60), ..ordinary.clone() };
        vec![ordinary, rare, long]
    }
}

impl MaterialReceipt {
    pub fn samples() -> Vec<Self> {
        let ordinary = Self {
            institution: "示例司法鉴定中心".into(),
            client: "示例市示例区人民法院".into(),
            subject: "甲某".into(),
            is_destroyed: false,
            materials: vec![entry("7KQ2M9XA01", "血样")],
            left: vec!["3ml".into()],
            how: "丙某".into(),
            handled_by: "乙某".into(),
            witness: String::new(),
            dated: zh_date(date(2026, 4, 2)),
            printed_on: date(2026, 4, 2),
        };
        let destroyed = Self {
            is_destroyed: true,
            how: "高压灭菌后按医疗废物处置".into(),
            witness: RARE_NAME.into(),
            ..ordinary.clone()
        };
        vec![ordinary, destroyed]
    }
}

impl MaterialLabels {
    pub fn samples() -> Vec<Self> {
        let label = |n: usize| MaterialLabel {
            qr: qr_svg(&format!("HTTPS://SIJIAN.EXAMPLE.ORG/M/7KQ2M9XA{n:02}")),
            code: format!("7KQ2M9XA{n:02}"),
            name: if n == 1 {
                "名称很长的材料：示例医院住院病历、影像学资料及检验报告单复印件一套".into()
            } else {
                "血样".into()
            },
            subject: if n == 2 { RARE_NAME.into() } else { "甲某".into() },
            quantity: "5ml".into(),
        };
        let sheet = |n| Self {
            institution: "示例司法鉴定中心".into(),
            labels: (0..n).map(label).collect(),
            printed_on: date(2026, 3, 2),
        };
        vec![sheet(3), sheet(40)]
    }
}
