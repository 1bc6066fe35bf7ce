//! What an examination record says: one activity, how, with what, when, who was there, what was found (通则 23–27, 33).
//!
//! **Invariant:** instants are moments; the day that counts is the day in China.

use crate::cases::content::{MethodTier, choices};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

choices! {
    /// The kind of activity. `Summary` is written by the step of drafting where no record was made before.
    Kind {
        Body, "body", "人身检查";
        Psychiatric, "psychiatric", "法医精神病鉴定检查";
        Autopsy, "autopsy", "尸体解剖";
        Extraction, "extraction", "现场提取鉴定材料";
        Inspection, "inspection", "检查、勘验";
        Test, "test", "检验、检测、实验";
        Images, "images", "阅片";
        Interview, "interview", "询问、了解情况";
        Consultation, "consultation", "咨询外部专家";
        Absence, "absence", "应到场人员未到场，活动未进行";
        Other, "other", "其他鉴定活动";
        Summary, "summary", "起草时的综合记录";
    }
}

choices! {
    /// 在场身份.
    Capacity {
        Appraiser, "appraiser", "鉴定人";
        Assistant, "assistant", "本机构其他工作人员";
        Client, "client", "委托人派员或者受托人员";
        Guardian, "guardian", "监护人";
        Relative, "relative", "近亲属";
        Examinee, "examinee", "被鉴定人";
        Expert, "expert", "外部专家";
        Witness, "witness", "其他见证人";
    }
}

choices! {
    /// 被鉴定人的民事行为能力.
    Capability {
        Full, "full", "完全民事行为能力";
        Limited, "limited", "限制民事行为能力";
        Lacking, "lacking", "无民事行为能力";
        None, "none", "不涉及";
    }
}

/// Somebody who was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub name: String,
    pub capacity: Capacity,
    /// Signed the record at the place.
    pub signed: bool,
}

/// 检验、检测结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    pub what: String,
    pub value: String,
    pub unit: String,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    pub name: String,
    pub serial: String,
    /// The last day on which its calibration counts.
    pub calibrated_until: Option<Date>,
}

impl Instrument {
    /// Both bounds count.
    pub fn is_expired(&self, on: Date) -> bool {
        self.calibrated_until.is_some_and(|last| last < on)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub place: String,
    pub capability: Capability,
    pub tier: MethodTier,
    /// Name and number of the standard, or the method.
    pub method: String,
    /// Why a method of a lower tier was taken (通则 23).
    pub method_reason: String,
    /// The client agreed in writing to the majority method (广东条例 34).
    pub consent: bool,
    pub instrument: Option<Instrument>,
    pub people: Vec<Present>,
    pub text: String,
    pub measurements: Vec<Measurement>,
}

impl Entry {
    /// The record as lines of text: what versions are compared by, and what is put into a draft.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let people: Vec<String> =
            self.people.iter().map(|one| format!("{} {}", one.capacity.label(), one.name)).collect();
        let signed: Vec<&str> = self.people.iter().filter(|one| one.signed).map(|one| one.name.as_str()).collect();
        let instrument = self.instrument.as_ref().map(|one| {
            let until = one.calibrated_until.map(|date| date.to_string()).unwrap_or_default();
            format!("{} {} {until}", one.name, one.serial).trim().to_owned()
        });
        let measured: Vec<String> = self
            .measurements
            .iter()
            .map(|one| format!("{} {} {} {}", one.what, one.value, one.unit, one.note).trim().to_owned())
            .collect();
        let minute = crate::clock::minute_of;
        vec![
            ("鉴定活动", self.kind.label().to_owned()),
            ("起止时间", format!("{} – {}", minute(self.started_at), minute(self.ended_at))),
            ("鉴定地点", self.place.clone()),
            ("民事行为能力", self.capability.label().to_owned()),
            ("方法依据", self.tier.label().to_owned()),
            ("采用的标准或者方法", self.method.clone()),
            ("选用理由", self.method_reason.clone()),
            ("仪器设备", instrument.unwrap_or_default()),
            ("在场人员", people.join("\n")),
            ("已在记录上签名", signed.join("\n")),
            ("记录内容", self.text.clone()),
            ("测量和检测数据", measured.join("\n")),
        ]
    }
}
