//! What a demo city is made of: plain data, which the seeding module carries out through the real write path.

use jiff::civil::Date;

/// A whole fictional city: institutions, their appraisers, those who commission, and the cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City {
    pub institutions: Vec<CityInstitution>,
    pub appraisers: Vec<CityAppraiser>,
    pub organs: Vec<CityOrgan>,
    /// In the order in which they were begun.
    pub cases: Vec<CityCase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityInstitution {
    pub name: String,
    /// As in opinion numbers.
    pub short_name: String,
    /// 9 digits, region 99, which does not exist.
    pub licence_number: String,
    pub district_code: String,
    pub address: String,
    pub phone: String,
    /// Codes of fields (`FY-02`) or items (`FY-0201`).
    pub scope: Vec<String>,
    pub licence_from: Date,
    pub licence_to: Date,
    pub head_name: String,
}

/// 专业技术职称, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Title {
    Full,
    Deputy,
    Middle,
}

impl Title {
    pub fn name(self) -> &'static str {
        match self {
            Title::Full => "正高级",
            Title::Deputy => "副高级",
            Title::Middle => "中级",
        }
    }

    /// 高级职称: what at least one of those who do a re-appraisal must hold.
    pub fn is_senior(self) -> bool {
        self != Title::Middle
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityAppraiser {
    pub name: String,
    /// 12 digits, region 99, which does not exist.
    pub licence_number: String,
    /// Index into [`City::institutions`].
    pub institution: usize,
    pub title: Title,
    /// Part of the institution's scope, in the same words.
    pub scope: Vec<String>,
    pub licence_from: Date,
    pub licence_to: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrganKind {
    Court,
    Police,
    TrafficPolice,
    Procuratorate,
    Supervision,
    /// An authority that is not a case-handling organ, such as one for the environment.
    Authority,
    Insurer,
    LawFirm,
    Citizen,
}

impl OrganKind {
    /// 办案机关: only they may commission a re-appraisal.
    pub fn handles_cases(self) -> bool {
        use OrganKind::*;
        matches!(self, Court | Police | TrafficPolice | Procuratorate | Supervision)
    }
}

/// Somebody who commissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityOrgan {
    pub name: String,
    pub kind: OrganKind,
    pub district_code: String,
    pub address: String,
    pub contact_name: String,
    pub phone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    Male,
    Female,
}

impl Sex {
    pub fn name(self) -> &'static str {
        if self == Sex::Male { "男" } else { "女" }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityPerson {
    pub name: String,
    pub sex: Sex,
    pub born_on: Date,
    /// 18 characters, region 990000, which does not exist; the check digit is right.
    pub id_number: String,
    pub phone: String,
}

/// 鉴定材料, by nature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MaterialKind {
    /// 书面材料: records, reports, files.
    Document,
    /// 生物检材.
    Specimen,
    /// 非生物检材: things, questioned documents, vehicles.
    Object,
    /// 比对样本.
    Sample,
    /// 影像、电子数据.
    Data,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityMaterial {
    pub name: String,
    pub kind: MaterialKind,
    pub quantity: u32,
    pub unit: String,
    pub properties: String,
    /// 保存状况.
    pub preservation: String,
}

/// Why a commission is not accepted (通则 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    Na1,
    Na2,
    Na3,
    Na4,
    Na5,
    Na6,
    Na7,
}

impl Ground {
    pub const ALL: [Ground; 7] =
        [Ground::Na1, Ground::Na2, Ground::Na3, Ground::Na4, Ground::Na5, Ground::Na6, Ground::Na7];
}

/// Where a case stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Draft,
    Received,
    Declined(Ground),
    Accepted,
    Commissioned,
    Assigned,
    InExamination,
    DraftOpinion,
    SentBack,
    InReview,
    Approved,
    PartlySigned,
    Issued,
    Delivered,
    Archived,
}

/// One act on the way, in the order of the procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    Write,
    Submit,
    Decline,
    Accept,
    Commission,
    Assign,
    Begin,
    DraftOpinion,
    /// To the reviewer; may happen twice, around a [`Act::SendBack`].
    SubmitOpinion,
    SendBack,
    Approve,
    SignFirst,
    /// The last signature, the number and the seal.
    Issue,
    Deliver,
    Archive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub act: Act,
    pub on: Date,
    /// Working days since the first step; a first step on a rest day counts as on the working day after it.
    pub workdays: usize,
}

/// How the time limit of a case stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// No limit of 30 working days is running: not yet commissioned, declined, or issued.
    Still,
    /// More than three working days remain.
    Running,
    /// None to three working days remain.
    DueSoon,
    Overdue,
}

/// Parts three to seven of an opinion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityOpinion {
    /// 三、资料摘要
    pub digest: String,
    /// 四、鉴定过程; names the methods.
    pub process: String,
    /// 五、分析说明
    pub analysis: String,
    /// 六、鉴定意见
    pub conclusion: String,
    /// 七、附件
    pub annexes: Vec<String>,
    /// 标准、技术规范, in the order of use: number and title.
    pub methods: Vec<String>,
    /// 鉴定地点
    pub place: String,
    /// 在场人员; empty where nobody need be there.
    pub present: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityCase {
    /// Index into [`City::organs`].
    pub organ: usize,
    /// Index into [`City::institutions`].
    pub institution: usize,
    /// At item level: `FY-0202`.
    pub item: String,
    pub reappraisal: bool,
    pub matter: String,
    pub purpose: String,
    /// 二、基本案情
    pub case_facts: String,
    /// Who is examined; none where things are.
    pub examinee: Option<CityPerson>,
    /// Further persons whose specimens are compared.
    pub others: Vec<CityPerson>,
    /// What is examined, in a few words: a person's name, a vehicle, a document.
    pub object: String,
    pub materials: Vec<CityMaterial>,
    /// The day the commission reached the institution; for a draft, the day it was written. May be a rest day.
    pub received_on: Date,
    pub stage: Stage,
    /// The acts that led to the stage, oldest first.
    pub steps: Vec<Step>,
    pub clock: Clock,
    /// 时限 in working days from the commission taking effect: 30, or as agreed.
    pub limit_workdays: usize,
    /// What the reviewer asked for, if the opinion was ever sent back.
    pub review_remark: Option<String>,
    /// What was said to the client when the commission was declined.
    pub decline_reason: Option<String>,
    /// Index into [`City::appraisers`], as all three; from assignment on.
    pub lead: Option<usize>,
    pub second: Option<usize>,
    /// Of the same field and institution, but none of the two.
    pub reviewer: Option<usize>,
    /// From the draft on.
    pub opinion: Option<CityOpinion>,
}

impl CityCase {
    /// The day of the last step.
    pub fn moved_on(&self) -> Date {
        self.steps.last().map_or(self.received_on, |step| step.on)
    }

    /// The day of the first step of this kind.
    pub fn day_of(&self, act: Act) -> Option<Date> {
        self.steps.iter().find(|step| step.act == act).map(|step| step.on)
    }
}
