//! The papers of a case before its opinion: what each says, as data for the template beside this file.
//!
//! **Invariant:** a paper is only data; it decides nothing. Dates come formatted ([`paper::zh_date`]); an empty date
//! is printed as a place to write one.

#[path = "papers/notices.rs"]
pub mod notices;

use jiff::civil::Date;
use paper::printed;
pub use paper::{amount, capital_amount};
use serde::Serialize;

/// 司法鉴定委托书, format 1, with the items of 上海市司法鉴定管理条例 art. 23.
#[derive(Serialize, Clone, Debug)]
pub struct CommissionAgreement {
    pub number: String,
    pub case_code: String,
    pub client: Client,
    pub institution: Institution,
    /// Litigants and the examinee (上海 23: their basic data are confirmed in writing).
    pub parties: Vec<Party>,
    pub matters: Vec<String>,
    pub requirement: String,
    pub reappraisal: bool,
    /// The opinion a re-appraisal follows; empty otherwise.
    pub earlier_opinion: String,
    pub purpose: String,
    pub case_facts: String,
    pub materials: Vec<MaterialLine>,
    /// How consumption of materials is handled (上海 23), beyond the ticked choice.
    pub consumption: String,
    pub fee: Fee,
    pub delivery: Delivery,
    /// Three unless agreed otherwise (通则 39).
    pub copies_to_client: u8,
    pub agreement: Agreement,
    pub recusals: Vec<RecusalLine>,
    pub other_agreements: String,
    pub other_matters: String,
    pub client_signed_on: String,
    pub institution_signed_on: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct Client {
    pub name: String,
    pub contact: String,
    pub address: String,
    pub handling_officer: String,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct Institution {
    pub name: String,
    pub licence: String,
    pub address: String,
    pub postcode: String,
    pub contact: String,
    pub phone: String,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct Party {
    /// 原告, 被告, 被鉴定人 …
    pub role: String,
    pub name: String,
    pub details: String,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct MaterialLine {
    pub name: String,
    pub kind: String,
    pub quantity: String,
    pub properties: String,
    pub state: String,
    pub received_on: String,
}

/// What the appraisal is expected to cost. Made by [`Fee::of`], so that figures and capitals can not disagree.
#[derive(Serialize, Clone, Debug)]
pub struct Fee {
    items: Vec<FeeLine>,
    total: String,
    capital: String,
    collection: String,
    settlement: String,
}

#[derive(Serialize, Clone, Debug)]
struct FeeLine {
    name: String,
    standard: String,
    amount: String,
}

impl Fee {
    /// `items`: name, standard, amount in fen.
    pub fn of(items: &[(&str, &str, i64)], collection: &str, settlement: &str) -> Self {
        let total = items.iter().fold(0, |sum: i64, (_, _, fen)| sum.saturating_add(*fen));
        let line = |&(name, standard, fen): &(&str, &str, i64)| FeeLine {
            name: name.to_owned(),
            standard: standard.to_owned(),
            amount: amount(fen),
        };
        Self {
            items: items.iter().map(line).collect(),
            total: amount(total),
            capital: capital_amount(total),
            collection: collection.to_owned(),
            settlement: settlement.to_owned(),
        }
    }
}

/// 意见书发送方式.
#[derive(Serialize, Clone, Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Delivery {
    Collect,
    Post { address: String },
    Other { how: String },
}

/// 约定事项 1 and 2: the ticked choices.
#[derive(Serialize, Clone, Debug)]
pub struct Agreement {
    pub materials: MaterialReturn,
    /// 对保管和使用鉴定材料的特殊要求; ticked when not empty.
    pub special_keeping: String,
    pub leftover: Leftover,
    pub time_limit: TimeLimit,
}

#[derive(Serialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum MaterialReturn {
    NoReturn,
    ReturnWhole,
    MayBeUsedUp,
}

#[derive(Serialize, Clone, Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Leftover {
    ClientCollects {
        weeks: String,
    },
    /// `fee`: yuan, empty when free.
    InstitutionDisposes {
        fee: String,
    },
    Other {
        how: String,
    },
}

#[derive(Serialize, Clone, Debug)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimeLimit {
    ByDate { date: String },
    Workdays { days: u16 },
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct RecusalLine {
    pub name: String,
    pub reason: String,
}

/// 受理审查表.
#[derive(Serialize, Clone, Debug)]
pub struct AcceptanceCheck {
    pub number: String,
    pub case_code: String,
    pub client: String,
    pub institution: String,
    pub received_on: String,
    pub due_on: String,
    pub matters: Vec<String>,
    pub purpose: String,
    pub materials: String,
    pub checks: Vec<CheckLine>,
    pub verdict: Verdict,
    pub remark: String,
    pub checked_on: String,
    pub head_opinion: String,
    pub decided_on: String,
    #[serde(skip)]
    pub printed_on: Date,
}

/// The six grounds of 通则 15 (1)–(6), turned into questions: one "no" and the commission is not accepted.
pub const ACCEPTANCE_QUESTIONS: [&str; 6] = [
    "委托鉴定事项属于本机构登记的业务范围",
    "鉴定材料真实、完整、充分，取得方式合法",
    "鉴定用途合法，不违背社会公德",
    "鉴定要求符合司法鉴定执业规则和相关鉴定技术规范",
    "鉴定要求未超出本机构技术条件和鉴定能力",
    "委托人未就同一鉴定事项同时委托其他司法鉴定机构",
];

#[derive(Serialize, Clone, Debug)]
pub struct CheckLine {
    pub question: String,
    pub answer: Answer,
    pub note: String,
}

#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Yes,
    No,
    Open,
}

#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accept,
    Supplement,
    Decline,
    Open,
}

/// 司法鉴定告知书, format 7.
#[derive(Serialize, Clone, Debug)]
pub struct NoticeToClient {
    pub number: String,
    pub case_code: String,
    /// Whom it is addressed to, and who signs.
    pub told_to: String,
    /// What the signatory is to the case (`委托人代表`, `被鉴定人的监护人`), or empty.
    pub relation: String,
    pub institution: String,
    pub matters: Vec<String>,
    pub told_on: String,
    #[serde(skip)]
    pub printed_on: Date,
}

/// 不予受理告知书 (通则 17: reasons, and the materials go back).
#[derive(Serialize, Clone, Debug)]
pub struct RefusalNotice {
    pub number: String,
    pub case_code: String,
    pub client: String,
    pub institution: String,
    pub commissioned_on: String,
    pub matters: Vec<String>,
    pub reasons: Vec<RefusalReason>,
    /// What the client can do now; may be empty.
    pub advice: String,
    pub materials: Vec<ReturnedMaterial>,
    pub dated: String,
    #[serde(skip)]
    pub printed_on: Date,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct RefusalReason {
    pub ground: String,
    pub explanation: String,
    pub article: String,
}

#[derive(Serialize, Clone, Debug, Default)]
pub struct ReturnedMaterial {
    pub name: String,
    pub quantity: String,
    pub state: String,
}

printed!(CommissionAgreement, "commission_agreement.typ", "司法鉴定委托书", |paper| paper.institution.name);
printed!(AcceptanceCheck, "acceptance_check.typ", "司法鉴定受理审查表", |paper| paper.institution);
printed!(NoticeToClient, "notice_to_client.typ", "司法鉴定告知书", |paper| paper.institution);
printed!(RefusalNotice, "refusal_notice.typ", "司法鉴定不予受理告知书", |paper| paper.institution);

/// Fictional papers: an ordinary one, one with rare characters, one with as little as possible, one with too much of
/// everything. Tests render them all.
#[path = "papers/samples.rs"]
mod samples;
