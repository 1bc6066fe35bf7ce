//! What belongs into a volume (案卷), in which order, and what is missing from it (rules.md §8.1). Pure.
//!
//! **Invariant:** every kind of paper of the house has its section; what has none by a table would be left out, so a test
//! holds the table to the list of templates.

use jiff::Timestamp;

macro_rules! sections {
    ($($variant:ident, $label:literal;)*) => {
        /// The sections of a volume in their order; cover, index and closing sheet are printed around them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Section { $($variant),* }

        impl Section {
            /// The Chinese name, which is the translator's key.
            pub fn label(self) -> &'static str {
                match self { $(Section::$variant => $label),* }
            }
        }
    };
}

sections! {
    Opinion, "意见书正本";
    Commission, "委托书";
    Acceptance, "受理审查";
    Notice, "告知书";
    Materials, "材料登记和流转";
    Records, "检验记录";
    Pictures, "图片、图谱";
    Experts, "专家意见";
    Review, "复核意见";
    Changes, "延长、暂停、终止和补正";
    Fees, "收费";
    Delivery, "送达";
    Court, "出庭";
    Other, "其他文件";
}

/// Where the papers go, by the name of their template.
const KINDS: &[(&str, Section)] = &[
    ("opinion_document", Section::Opinion),
    ("commission_agreement", Section::Commission),
    ("acceptance_check", Section::Acceptance),
    ("refusal_notice", Section::Acceptance),
    ("supplement_notice", Section::Acceptance),
    ("notice_to_client", Section::Notice),
    ("materials_register", Section::Materials),
    ("material_receipt", Section::Materials),
    ("material_labels", Section::Materials),
    ("review_opinion", Section::Review),
    ("recusal_decision", Section::Changes),
    ("pause_notice", Section::Changes),
    ("suspension_notice", Section::Changes),
    ("resumption_notice", Section::Changes),
    ("continuation_notice", Section::Changes),
    ("extension_notice", Section::Changes),
    ("termination_notice", Section::Changes),
    ("correction_letter", Section::Changes),
    ("opinion_withdrawal", Section::Changes),
    ("fee_receipt", Section::Fees),
    ("refund_sheet", Section::Fees),
    ("court_record", Section::Court),
    ("tracking_slip", Section::Other),
    // Of a lead, never of a case.
    ("finding_dossier", Section::Other),
];

/// The section of a kind of paper.
pub fn section_of(kind: &str) -> Option<Section> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, section)| *section)
}

/// How the case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not yet: what an opinion's volume needs is told in good time.
    Open,
    Issued,
    Declined,
    /// Terminated or withdrawn.
    BrokenOff,
    /// Closed before the platform came; its papers lie on a shelf.
    Ledger,
}

/// What decides which items a volume must have.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    pub outcome: Outcome,
    pub is_accepted: bool,
    pub is_commissioned: bool,
    pub has_materials: bool,
}

impl Circumstances {
    /// The whole road is gone, or is to be gone.
    fn is_full(&self) -> bool {
        matches!(self.outcome, Outcome::Issued | Outcome::Open)
    }
}

/// An item that some volumes must have.
struct Need {
    /// The kinds that meet it: names of templates, or `record`, `delivery`.
    kind: &'static str,
    when: fn(&Circumstances) -> bool,
    /// Title and what to do, translator keys.
    title: &'static str,
    remedy: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        kind: "opinion_document",
        when: Circumstances::is_full,
        title: "司法鉴定意见书",
        remedy: "复核、签名之后，由机构负责人签发意见书。",
    },
    Need {
        kind: "commission_agreement",
        when: |case| case.is_full() || (case.outcome == Outcome::BrokenOff && case.is_commissioned),
        title: "司法鉴定委托书",
        remedy: "请在案件页面办理“签订委托书”。",
    },
    Need {
        kind: "acceptance_check",
        when: |case| case.is_full() || (case.outcome == Outcome::BrokenOff && case.is_accepted),
        title: "受理审查表",
        remedy: "请在案件页面办理“受理”。",
    },
    Need {
        kind: "refusal_notice",
        when: |case| case.outcome == Outcome::Declined,
        title: "不予受理告知书",
        remedy: "不予受理应当出具告知书，请联系系统管理员查明原因。",
    },
    Need {
        kind: "notice_to_client",
        when: |case| case.is_full() || (case.outcome == Outcome::BrokenOff && case.is_accepted),
        title: "司法鉴定告知书",
        remedy: "请在案件页面办理“受理”。",
    },
    Need {
        kind: "materials_register",
        when: |case| case.has_materials && case.outcome != Outcome::Ledger,
        title: "鉴定材料接收登记表",
        remedy: "请在“材料流转”页面登记接收。",
    },
    Need {
        kind: "record", when: Circumstances::is_full, title: "鉴定记录", remedy: "请鉴定人在“鉴定记录”页面补齐。"
    },
    Need {
        kind: "review_opinion",
        when: Circumstances::is_full,
        title: "司法鉴定复核意见",
        remedy: "请复核人办理“复核通过”。",
    },
    Need {
        kind: "termination_notice",
        when: |case| case.outcome == Outcome::BrokenOff,
        title: "终止鉴定告知书",
        remedy: "终止鉴定应当出具告知书，请联系系统管理员查明原因。",
    },
    Need {
        kind: "delivery", when: Circumstances::is_full, title: "送达登记", remedy: "请在案件页面办理“送达”。"
    },
];

/// Where an item's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A paper of the case by its id; printed now if its printing was put off.
    Paper(String),
    /// A stored file.
    File { sha256: String, media_type: String, size: u64 },
    /// Data of the case, printed when the volume is.
    Sheet(Vec<(String, String)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The name of a template, `record`, `expert`, `delivery`, `ledger` or `file`.
    pub kind: String,
    pub title: String,
    pub made_at: Timestamp,
    /// Known pages; none where it is printed later or is no print.
    pub pages: Option<i64>,
    pub source: Source,
}

impl Item {
    fn section(&self) -> Section {
        match self.kind.as_str() {
            "record" => Section::Records,
            "expert" => Section::Experts,
            "delivery" => Section::Delivery,
            _ => match &self.source {
                Source::File { media_type, .. } if media_type.starts_with("image/") => Section::Pictures,
                _ => section_of(&self.kind).unwrap_or(Section::Other),
            },
        }
    }
}

/// An item at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Counts from 1 through the whole volume.
    pub number: usize,
    pub section: Section,
    pub item: Item,
}

/// What a volume lacks, and what to do about it: translator keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    pub title: &'static str,
    pub remedy: &'static str,
}

#[derive(Clone, Debug, Default)]
pub struct Volume {
    pub items: Vec<Placed>,
    pub missing: Vec<Missing>,
}

/// Puts the items into their order: by section, then by time.
pub fn assemble(items: Vec<Item>, circumstances: &Circumstances) -> Volume {
    let has = |kind: &str| items.iter().any(|item| item.kind == kind);
    let missing = NEEDS
        .iter()
        .filter(|need| (need.when)(circumstances) && !has(need.kind))
        .map(|need| Missing { title: need.title, remedy: need.remedy })
        .collect();
    let mut placed: Vec<(Section, Item)> = items.into_iter().map(|item| (item.section(), item)).collect();
    // Stable: of two made in the same second, the one listed first stays first.
    placed.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.made_at.cmp(&y.made_at)));
    let number = |(n, (section, item)): (usize, (Section, Item))| Placed { number: n + 1, section, item };
    Volume { items: placed.into_iter().enumerate().map(number).collect(), missing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(kind: &str, second: i64, media_type: Option<&str>) -> Item {
        let source = match media_type {
            Some(kind) => Source::File { sha256: "00".into(), media_type: kind.into(), size: 1 },
            None => Source::Paper("p".into()),
        };
        let made_at = Timestamp::from_second(second).unwrap();
        Item { kind: kind.into(), title: kind.into(), made_at, pages: Some(1), source }
    }

    #[test]
    fn every_paper_of_the_house_has_its_section() {
        let all = crate::TEMPLATES.iter().chain(crate::cases::papers::notices::TEMPLATES);
        let own = |name: &&str| !name.starts_with("volume_");
        let names: Vec<&str> = all.map(|one| one.name.trim_end_matches(".typ")).filter(own).collect();
        for name in &names {
            assert!(section_of(name).is_some(), "{name} would lie among the other files");
        }
        for (kind, _) in KINDS {
            assert!(names.contains(kind), "{kind} is no paper of the house");
        }
        for need in NEEDS.iter().filter(|need| !["record", "delivery"].contains(&need.kind)) {
            assert!(names.contains(&need.kind), "{} can never be met", need.kind);
        }
    }

    #[test]
    fn the_order_is_that_of_the_sections_and_within_them_of_time() {
        let case =
            Circumstances { outcome: Outcome::Issued, is_accepted: true, is_commissioned: true, has_materials: true };
        let items = vec![
            item("file", 9, Some("video/mp4")),
            item("file", 8, Some("image/png")),
            item("court_record", 7, None),
            item("pause_notice", 6, None),
            item("record", 5, None),
            item("record", 4, None),
            item("expert", 4, None),
            item("acceptance_check", 3, None),
            item("commission_agreement", 2, None),
            item("opinion_document", 10, None),
        ];
        let volume = assemble(items, &case);
        let order: Vec<(usize, Section, i64)> =
            volume.items.iter().map(|one| (one.number, one.section, one.item.made_at.as_second())).collect();
        assert_eq!(
            order,
            [
                (1, Section::Opinion, 10),
                (2, Section::Commission, 2),
                (3, Section::Acceptance, 3),
                (4, Section::Records, 4),
                (5, Section::Records, 5),
                (6, Section::Pictures, 8),
                (7, Section::Experts, 4),
                (8, Section::Changes, 6),
                (9, Section::Court, 7),
                (10, Section::Other, 9),
            ]
        );
        let missing: Vec<&str> = volume.missing.iter().map(|one| one.title).collect();
        assert_eq!(missing, ["司法鉴定告知书", "鉴定材料接收登记表", "司法鉴定复核意见", "送达登记"]);
    }

    #[test]
    fn what_must_be_there_depends_on_how_the_case_ended() {
        for (outcome, is_accepted, is_commissioned, has_materials, needs, why) in [
            (Outcome::Declined, false, false, false, 1, "the refusal alone"),
            (Outcome::Declined, false, false, true, 2, "and the register of what came"),
            (Outcome::BrokenOff, false, false, false, 1, "withdrawn before acceptance"),
            (Outcome::BrokenOff, true, false, true, 4, "accepted: review of acceptance, notice, register"),
            (Outcome::BrokenOff, true, true, true, 5, "and the agreement"),
            (Outcome::Issued, true, true, true, 8, "the whole road"),
            (Outcome::Open, false, false, false, 7, "what is still to come"),
            (Outcome::Ledger, false, false, true, 0, "the papers lie on a shelf"),
        ] {
            let case = Circumstances { outcome, is_accepted, is_commissioned, has_materials };
            assert_eq!(assemble(Vec::new(), &case).missing.len(), needs, "{outcome:?}: {why}");
        }
    }
}
