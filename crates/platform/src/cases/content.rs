//! What is known of a case: the entrustment as it came in, and what each step added.
//!
//! **Invariant:** a part that a later state needs is there once the step that brings it was taken; the same facts stand in
//! the step's event, which nobody can change.

use crate::fees::QuoteLine;
use crate::registry::ItemCode;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident, $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),* }

        impl $name {
            /// Stored word, Chinese name (the translator's key), value; in the order shown.
            pub const CHOICES: &'static [(&'static str, &'static str, $name)] = &[$(($word, $label, $name::$variant)),*];

            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }

            pub fn of(word: &str) -> Option<Self> {
                Self::CHOICES.iter().find(|(known, _, _)| *known == word).map(|(_, _, one)| *one)
            }
        }
    };
}

pub(in crate::cases) use choices;

mod detours;
mod withdrawal;

pub use detours::{
    Attended, Correction, CorrectionKind, CorrectionPart, CourtAttendance, CourtOutcome, EndGround, Ending, Extension,
    ExtensionBasis, ExtensionReason, PauseGround, PauseRecord, ReappraisalGround, RecusalDecision, RecusalRequest,
    Responsibility, Supplement, SupplementRequest, SupplementaryGround, Supplements,
};
pub use withdrawal::{Adoption, OpinionWithdrawal, RefundUndertaking, WithdrawalGround};

/// Everything but what lists and indexes need, kept as one JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub entrustment: Entrustment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<AcceptanceCheck>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commissioned_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examination: Option<Examination>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplements: Vec<SupplementRequest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<PauseRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recusals: Vec<RecusalRequest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// The opinion is withdrawn; the case stays where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<OpinionWithdrawal>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub court: Vec<CourtAttendance>,
    /// Where the case was not worked on here but comes from a ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
    /// Cases that followed from this one: supplementary and re-appraisals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<String>,
}

impl Content {
    /// A case as it comes in.
    pub fn new(entrustment: Entrustment) -> Self {
        Self {
            entrustment,
            check: None,
            refusal: None,
            commissioned_on: None,
            examination: None,
            review: None,
            delivery: None,
            shelf: None,
            supplements: Vec::new(),
            pauses: Vec::new(),
            extensions: Vec::new(),
            recusals: Vec::new(),
            ending: None,
            corrections: Vec::new(),
            withdrawal: None,
            court: Vec::new(),
            history: None,
            follow_ups: Vec::new(),
        }
    }

    /// The materials of the entrustment and of every supplement, in the order in which they came.
    pub fn materials(&self) -> impl Iterator<Item = &Material> {
        let later = self.supplements.iter().filter_map(|one| one.answer.as_ref()).flat_map(|answer| &answer.materials);
        self.entrustment.materials.iter().chain(later)
    }
}

/// 历史案件: what the ledger of the time before the platform says (T00).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub ledger_number: String,
    /// The ledger's own word for how it ended.
    pub outcome: String,
    pub issued_on: Option<Date>,
    pub appraisers: String,
    pub fee_fen: Option<i64>,
    pub remarks: String,
    /// The file, and its row there.
    pub file: String,
    pub row: u32,
}

/// 委托: what the client asks (通则 12, 16; 上海条例 21–23).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrustment {
    pub institution_id: String,
    pub item: ItemCode,
    pub matter: String,
    pub purpose: Purpose,
    pub reappraisal: Option<Earlier>,
    pub case_facts: String,
    pub client: ClientContact,
    pub examinee: Examinee,
    pub materials: Vec<Material>,
    /// The client answers for truth and lawful origin of the materials (通则 12; 上海条例 22).
    pub materials_confirmed: bool,
    /// For injury grading: when it happened and on what the grade will rest (损伤程度标准 4.2).
    pub injury: Option<Injury>,
    /// Appraisers the client wants recused, with the reason.
    pub recusal_wish: String,
    pub delivery: DeliveryWay,
    /// For a supplementary appraisal: the case it completes (通则 30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplements: Option<Supplements>,
}

/// The opinion that a re-appraisal follows (通则 31–32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub institution: String,
    /// The first appraisers' names, separated by spaces or 、.
    pub appraisers: String,
    pub ground: String,
    /// The first case, where it is on this platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<String>,
    /// Why the same institution does it again (通则 32: for special reasons, by other appraisers); empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub special_reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientContact {
    pub name: String,
    pub address: String,
    pub contact: String,
    pub phone: String,
    pub officer: String,
    /// Number of the commission letter.
    pub letter: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examinee {
    /// The person examined, or the object where no person is.
    pub name: String,
    pub sex: Option<Sex>,
    pub birth: Option<Date>,
    pub id_number: String,
    pub phone: String,
    pub address: String,
}

choices! { Sex { Male, "male", "男"; Female, "female", "女"; } }
choices! {
    /// 鉴定用途.
    Purpose {
        Criminal, "criminal", "刑事诉讼";
        Civil, "civil", "民事诉讼";
        Administrative, "administrative", "行政诉讼";
        Mediation, "mediation", "调解";
        Arbitration, "arbitration", "仲裁";
        Insurance, "insurance", "保险理赔";
        Other, "other", "其他合法用途";
    }
}
choices! { DeliveryWay { Collect, "collect", "自取"; Post, "post", "邮寄"; Online, "online", "平台送达"; } }
choices! {
    /// What the injury grade will rest on: timing differs (损伤程度标准 4.2).
    InjuryBasis {
        Primary, "primary", "原发性损伤";
        Complication, "complication", "损伤并发症";
        Function, "function", "容貌毁损或者功能障碍";
    }
}
choices! {
    /// 方法依据, in the order in which the law prefers them (通则 23).
    MethodTier {
        National, "national", "国家标准";
        Industry, "industry", "行业标准和技术规范";
        Group, "group", "团体标准";
        Accepted, "accepted", "该专业领域多数专家认可的技术方法";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Injury {
    pub on: Date,
    pub basis: InjuryBasis,
}

/// 鉴定材料 (通则 12: name, kind, quantity, properties, preservation state).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    pub name: String,
    pub kind: String,
    pub quantity: String,
    pub properties: String,
}

/// 受理审查: the questions that must all be answered yes, and what is agreed with the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptanceCheck {
    pub answers: Vec<Check>,
    pub remarks: String,
    /// Why a function-based injury grade is taken before the 90th day; empty otherwise.
    pub early_reason: String,
    pub agreement: Agreement,
    pub by: String,
    pub on: Date,
    /// What was decided where the same matter seemed to be at another institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

/// A person's decision on what seems to be the same matter, and what was seen when it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub choice: ElsewhereChoice,
    pub reason: String,
    pub seen: Vec<ElsewhereSeen>,
}

/// A hit as it is kept: no identifier, no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElsewhereSeen {
    pub stage: String,
    pub days: i64,
    pub strong: bool,
    pub grounds: Vec<String>,
}

choices! {
    /// Why a case is accepted although the same matter seems to be elsewhere (通则 15, NA6).
    ElsewhereChoice {
        Different, "different", "经核实不是同一事项";
        Withdrawn, "withdrawn", "委托人已撤回对该机构的委托，或者该机构未受理、已终止";
        ReAppraisal, "re_appraisal", "属于依法提出的重新鉴定";
    }
}

choices! {
    /// The checks before acceptance: the mirror image of the seven grounds of refusal, and the institution's own recusal.
    Check {
        Scope, "scope", "委托事项在本机构登记的业务范围内";
        Materials, "materials", "鉴定材料真实、完整、充分，取得方式合法";
        Purpose, "purpose", "鉴定用途合法，不违背社会公德";
        Requirement, "requirement", "鉴定要求符合司法鉴定执业规则和相关技术规范";
        Ability, "ability", "鉴定要求未超出本机构的技术条件和鉴定能力";
        Sole, "sole", "委托人未就同一事项同时委托其他机构";
        NoConflict, "no_conflict", "本机构及其负责人没有应当回避的情形";
    }
}

/// 约定事项 of the 委托书.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Working days; 30 unless agreed otherwise (通则 28).
    pub term_workdays: u16,
    #[serde(default)]
    pub limit_by: LimitBy,
    pub fee_fen: i64,
    pub fee_way: String,
    /// What the fee is made of; empty where only the sum was typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quote: Vec<QuoteLine>,
    pub materials_return: MaterialsReturn,
    /// For which the client collects what is left, in weeks.
    pub collect_weeks: i64,
    pub other: String,
}

impl Agreement {
    /// The lines of the fee; one for the whole where nothing else was typed.
    pub fn quoted(&self) -> Vec<QuoteLine> {
        if !self.quote.is_empty() {
            return self.quote.clone();
        }
        vec![QuoteLine { code: String::new(), name: FEE.into(), units: 1, price_fen: self.fee_fen }]
    }
}

/// The name of a fee that is one sum, on papers and in quotes.
const FEE: &str = "司法鉴定费";

choices! {
    /// Who set the limit of an appraisal: a court's limit is extended by the court alone (法〔2020〕202号 13).
    LimitBy {
        Agreed, "agreed", "法定或者双方约定";
        Court, "court", "人民法院确定";
    }
}

#[expect(clippy::derivable_impls, reason = "the macro derives no default")]
impl Default for LimitBy {
    fn default() -> Self {
        Self::Agreed
    }
}

choices! {
    MaterialsReturn {
        Whole, "whole", "鉴定材料须完整无损退还";
        MayBeUsed, "may_be_used", "鉴定材料可能损坏或者耗尽";
        NoReturn, "no_return", "鉴定材料无须退还";
    }
}

choices! {
    /// 不予受理 (通则 15; 上海条例 24).
    Ground {
        Scope, "NA1", "委托鉴定事项超出本机构司法鉴定业务范围";
        Materials, "NA2", "鉴定材料不真实、不完整、不充分或者取得方式不合法";
        Purpose, "NA3", "鉴定用途不合法或者违背社会公德";
        Requirement, "NA4", "鉴定要求不符合司法鉴定执业规则或者相关鉴定技术规范";
        Ability, "NA5", "鉴定要求超出本机构技术条件或者鉴定能力";
        Elsewhere, "NA6", "委托人就同一鉴定事项同时委托其他司法鉴定机构进行鉴定";
        Other, "NA7", "其他不符合法律、法规、规章规定的情形";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub grounds: Vec<Ground>,
    pub explanation: String,
    pub returned: String,
}

/// 鉴定过程 as recorded when drafting begins (通则 23, 24, 27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examination {
    pub from: Date,
    pub to: Date,
    pub place: String,
    pub present: String,
    pub tier: MethodTier,
    pub method: String,
    /// For a method that is not a standard: how it was validated, who accepts it.
    pub validation: String,
    pub record: String,
}

/// 复核 (通则 35).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub procedure: String,
    pub opinion: String,
    pub by: String,
    pub on: Date,
}

/// 送达 (通则 39).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub way: DeliveryWay,
    pub receiver: String,
    pub on: Date,
    pub copies: i64,
}

/// 回避声明: the four relations of 通则 20, each yes or no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    pub conflicts: Vec<Conflict>,
    pub note: String,
}

choices! {
    Conflict {
        Interest, "interest", "本人或者近亲属与诉讼当事人、案件有利害关系，可能影响独立、客观、公正鉴定";
        Earlier, "earlier", "曾参加过同一鉴定事项的鉴定";
        Consultant, "consultant", "曾作为专家为同一鉴定事项提供过咨询意见";
        InCourt, "in_court", "曾被聘请为有专门知识的人参与过同一鉴定事项的法庭质证";
    }
}
