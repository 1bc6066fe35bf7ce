//! The notices of the detours: one template, a paper of its own for each, so that a volume can tell them apart.
//!
//! Formats 3, 4 and 6 of 司发通〔2016〕112号 among them; their wording is from memory (rules.md §2.5) and stands in `making`.

use super::ReturnedMaterial;
use jiff::civil::Date;
use paper::{Printed, Template};
use serde::Serialize;

/// What every notice says.
#[derive(Serialize, Clone, Debug, Default)]
pub struct Notice {
    pub title: String,
    pub number: String,
    pub case_code: String,
    pub addressee: String,
    pub institution: String,
    /// Paragraphs before the table.
    pub opening: Vec<String>,
    pub rows: Vec<NoticeRow>,
    pub materials_title: String,
    pub materials: Vec<ReturnedMaterial>,
    /// The article; empty where none is cited.
    pub basis: String,
    pub closing: Vec<String>,
    /// Labels of the places to sign by hand.
    pub signatures: Vec<String>,
    pub seal: String,
    /// Whether the receiver signs below.
    pub receipt: bool,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct NoticeRow {
    pub label: String,
    pub value: String,
}

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident, $file:literal, $title:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Serialize, Clone, Debug)]
            #[serde(transparent)]
            pub struct $name(pub Notice);

            impl $name {
                pub const TEMPLATE: Template = Template { name: $file, source: include_str!("../case_notice.typ") };

                pub fn new(mut notice: Notice) -> Self {
                    notice.title = $title.to_owned();
                    Self(notice)
                }

                pub fn samples() -> Vec<Self> {
                    super::samples::ordinary_notices().into_iter().map(Self::new).collect()
                }
            }

            impl Printed for $name {
                fn template() -> Template {
                    Self::TEMPLATE
                }

                fn title() -> &'static str {
                    $title
                }

                fn author(&self) -> String {
                    self.0.institution.clone()
                }

                fn date(&self) -> Date {
                    self.0.printed_on
                }
            }
        )*

        /// Every notice's template.
        pub const TEMPLATES: &[Template] = &[$($name::TEMPLATE),*];
    };
}

notices! {
    /// 通则 14.
    SupplementNotice, "supplement_notice.typ", "补充鉴定材料通知书";
    PauseNotice, "pause_notice.typ", "暂停计时通知书";
    SuspensionNotice, "suspension_notice.typ", "中止鉴定通知书";
    ResumptionNotice, "resumption_notice.typ", "恢复计时通知书";
    ContinuationNotice, "continuation_notice.typ", "恢复鉴定通知书";
    /// Format 3.
    ExtensionNotice, "extension_notice.typ", "延长鉴定时限告知书";
    /// Format 4.
    TerminationNotice, "termination_notice.typ", "终止鉴定告知书";
    RecusalDecisionPaper, "recusal_decision.typ", "回避决定书";
    /// Format 6.
    CorrectionLetter, "correction_letter.typ", "司法鉴定意见书补正书";
    /// No format is decreed; 证据规定 42 says what a court does with it.
    OpinionWithdrawalNotice, "opinion_withdrawal.typ", "撤销鉴定意见书告知书";
    CourtRecord, "court_record.typ", "出庭记录";
}
