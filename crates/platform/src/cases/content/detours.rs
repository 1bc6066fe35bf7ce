//! What the detours of a case add to it: supplements, pauses, extensions, recusals, the end before its time, and what may
//! follow an issued opinion.

use super::Material;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// 要求补充材料 (通则 14): what is missing, until when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplementRequest {
    pub needed: String,
    pub until: Option<Date>,
    pub asked_on: Date,
    /// What came, and when; absent while it is awaited.
    #[serde(default)]
    pub answer: Option<Supplement>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    pub materials: Vec<Material>,
    pub note: String,
    pub on: Date,
}

choices! {
    /// Why time is not counted (通则 25, 28), or why the appraisal is suspended (北京条例 24, 广东条例 39). Which of them a
    /// place allows stands in its rule pack, under the same words.
    PauseGround {
        Supplement, "supplement", "需要补充鉴定材料";
        ReExtraction, "re_extraction", "需要重新提取鉴定材料";
        WitnessAbsence, "witness_absence", "依法应当到场的人员没有到场";
        Unstable, "unstable", "被鉴定人或者鉴定材料处于不稳定状态";
        NotAttending, "not_attending", "被鉴定人不能在规定的时间、地点接受检验";
        Appointment, "appointment", "特殊检验需要预约或者等待结果";
        BeyondAbility, "beyond_ability", "发现鉴定要求超出本机构技术条件或者鉴定能力";
        Elsewhere, "elsewhere", "发现委托人就同一事项同时委托其他机构";
        Consumed, "consumed", "鉴定材料发生耗损，委托人不能补充提供";
        Uncooperative, "uncooperative", "委托义务未履行、被鉴定人不配合或者鉴定受到严重干扰";
        Unpaid, "unpaid", "委托人、当事人拒绝支付鉴定费用";
        ForceMajeure, "force_majeure", "不可抗力致使鉴定无法继续";
        Other, "other", "依法或者书面约定的其他情形";
    }
}

/// 暂停计时 or 中止鉴定: time that is not counted, `(from, through]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseRecord {
    pub ground: PauseGround,
    pub detail: String,
    /// The notice day: it still counts.
    pub from: Date,
    /// Who approved it as head; until then the pause does not hold for good (rules.md T10).
    pub approved_by: Option<String>,
    /// The day on which the reason ended: it is not counted.
    pub through: Option<Date>,
    /// 中止 rather than a pause of the clock alone.
    pub suspends: bool,
}

choices! {
    /// Why a limit is extended (通则 28).
    ExtensionReason {
        Complex, "complex", "鉴定事项复杂、疑难";
        Technique, "technique", "涉及特殊技术问题";
        Long, "long", "检验过程需要较长时间";
    }
}

choices! {
    /// On whose word a limit is extended.
    ExtensionBasis {
        Head, "head", "机构负责人批准";
        Agreement, "agreement", "与委托人书面约定新的时限";
        Court, "court", "人民法院书面准许";
    }
}

/// 延长鉴定时限.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub workdays: u16,
    pub reason: ExtensionReason,
    pub explanation: String,
    pub basis: ExtensionBasis,
    /// Number and date of the client's agreement or the court's answer.
    pub paper: String,
    pub on: Date,
    /// The limit before, and the one it became.
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// 回避申请 of the client against an appraiser (通则 20, 21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecusalRequest {
    pub appraiser_id: String,
    pub appraiser: String,
    pub reason: String,
    pub on: Date,
    #[serde(default)]
    pub decision: Option<RecusalDecision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecusalDecision {
    pub sustained: bool,
    pub reason: String,
    pub by: String,
    pub on: Date,
}

choices! {
    /// 终止鉴定 (通则 29; 上海条例 29). T1 is any of the grounds of refusal NA2–NA7, found later.
    EndGround {
        Refusal, "T1", "发现有不予受理的情形（通则第十五条第二项至第七项）";
        Consumed, "T2", "鉴定材料发生耗损，委托人不能补充提供";
        Uncooperative, "T3", "委托人拒不履行义务、被鉴定人拒不配合或者鉴定受到严重干扰，无法继续";
        WithdrawnOrUnpaid, "T4", "委托人主动撤销鉴定委托，或者委托人、诉讼当事人拒绝支付鉴定费用";
        ForceMajeure, "T5", "不可抗力致使鉴定无法继续";
        Other, "T6", "其他需要终止鉴定的情形";
    }
}

choices! {
    /// Whose responsibility the end is: it decides on the refund (上海条例 29).
    Responsibility {
        Institution, "institution", "鉴定机构";
        Client, "client", "委托人";
        Party, "party", "诉讼当事人或者被鉴定人";
        Nobody, "nobody", "各方均无责任";
    }
}

/// 终止 or 撤回: the end before an opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub grounds: Vec<EndGround>,
    pub explanation: String,
    pub returned: String,
    pub responsibility: Responsibility,
    pub on: Date,
}

choices! {
    /// 补正 (通则 41; 上海条例 31): the only three kinds.
    CorrectionKind {
        Image, "image", "图像、谱图、表格不清晰";
        Signature, "signature", "签名、盖章或者编号不符合制作要求";
        Wording, "wording", "文字表达有瑕疵或者错别字，但不影响鉴定意见";
    }
}

choices! {
    /// Where a correction may be made. The opinion itself is not among them: its meaning must not change.
    CorrectionPart {
        Cover, "cover", "封面、编号、签名和盖章";
        General, "general", "一、基本情况";
        CaseFacts, "case_facts", "二、基本案情";
        Abstract, "data_abstract", "三、资料摘要";
        Process, "process", "四、鉴定过程";
        Analysis, "analysis", "五、分析说明";
        Annexes, "annexes", "七、附件";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub kind: CorrectionKind,
    pub part: CorrectionPart,
    /// Page or paragraph.
    pub place: String,
    pub wrong: String,
    pub right: String,
    pub by: String,
    pub on: Date,
}

choices! {
    /// 补充鉴定 (通则 30; 上海条例 32).
    SupplementaryGround {
        Omitted, "omitted", "原委托鉴定事项有遗漏";
        NewMaterials, "new_materials", "就原委托鉴定事项提供新的鉴定材料";
        Other, "other", "其他需要补充鉴定的情形";
    }
}

choices! {
    /// 重新鉴定 (通则 31; 上海条例 33).
    ReappraisalGround {
        Unqualified, "unqualified", "原司法鉴定人不具有从事委托鉴定事项的执业资格";
        BeyondScope, "beyond_scope", "原司法鉴定机构超出登记的业务范围组织鉴定";
        Recusal, "recusal", "原司法鉴定人应当回避没有回避";
        Organ, "organ", "办案机关认为需要重新鉴定";
        Law, "law", "法律规定的其他情形";
    }
}

/// The case that a supplementary appraisal completes: it is part of the first commission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplements {
    pub case_id: String,
    pub opinion_number: String,
    pub ground: SupplementaryGround,
}

/// 出庭: the notice and what came of it (通则 43–46; 证据规定 79–81).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtAttendance {
    pub court: String,
    pub case_number: String,
    pub notice_on: Date,
    pub hearing_on: Date,
    pub place: String,
    pub persons: String,
    pub fee_fen: i64,
    /// The notice came later than the law asks: a reason a court hears.
    pub notice_late: bool,
    #[serde(default)]
    pub outcome: Option<CourtOutcome>,
}

choices! {
    Attended {
        InPerson, "in_person", "到庭作证";
        Remote, "remote", "经法院准许以视听传输技术等方式作证";
        Written, "written", "经法院准许书面答复";
        Excused, "excused", "经法院准许未出庭";
        Absent, "absent", "无正当理由未出庭";
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourtOutcome {
    pub attended: Attended,
    pub record: String,
    pub on: Date,
}
