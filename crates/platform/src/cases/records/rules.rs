//! Whether a record may stand: who must have been there, which method, which instrument, when it was written down.
//!
//! **Invariant:** a record that the law forbids (no witness where one must be, 通则 25) is refused, never only warned about.

use super::content::{Capability, Capacity, Entry, Kind};
use crate::cases::content::MethodTier;
use crate::cases::facts::Facts;
use crate::cases::law;
use crate::cases::rules::objection;
use crate::clock::day_of;
use crate::fail::Objection;
use crate::rulebook::{self, Pack};
use crate::text::say;
use jiff::Timestamp;
use jiff::civil::Date;
use worktime::Calendar;

/// Staff of the institution at an on-site extraction (通则 24).
const EXTRACTION_STAFF: usize = 2;
/// Years of age from which a person has full civil capacity (民法典 17–18).
const ADULT_YEARS: i16 = 18;

/// The pack of the institution's seat on the day of the activity.
pub fn pack<'f>(facts: &'f Facts, on: Date) -> Pack<'f> {
    rulebook::pack(&facts.institution.region, on)
}

/// The tiers of methods that the place knows, the first preferred.
pub fn tiers(pack: &Pack<'_>) -> Vec<MethodTier> {
    pack.words("method.order").into_iter().filter_map(MethodTier::of).collect()
}

/// The last day on which a record of what ended on `ended` is in time.
pub fn last_day(pack: &Pack<'_>, ended: Date, calendar: &Calendar) -> Date {
    let workdays = pack.number("record.late").unwrap_or(0);
    (0..workdays).fold(calendar.roll_forward(ended), |day, _| calendar.next_workday(day))
}

pub fn is_late(facts: &Facts, ended_at: Timestamp, entered: Date, calendar: &Calendar) -> bool {
    let ended = day_of(ended_at);
    entered > last_day(&pack(facts, ended), ended, calendar)
}

/// Everything against the entry, at `now`.
pub fn objections(facts: &Facts, entry: &Entry, now: Timestamp) -> Vec<Objection> {
    let mut found = Vec::new();
    times(facts, entry, now, &mut found);
    people(facts, entry, &mut found);
    witnesses(entry, &mut found);
    capability(facts, entry, &mut found);
    method(facts, entry, &mut found);
    found
}

/// What is said beside a record that stands all the same.
pub fn warnings(entry: &Entry) -> Vec<crate::text::Say> {
    let day = day_of(entry.ended_at);
    entry
        .instrument
        .iter()
        .filter(|one| one.is_expired(day))
        .map(|one| say("仪器设备%{name}在使用当天已过校准有效期。").with("name", &one.name))
        .collect()
}

fn times(facts: &Facts, entry: &Entry, now: Timestamp, found: &mut Vec<Objection>) {
    if entry.ended_at < entry.started_at {
        found.push(objection(say("结束时间早于开始时间。"), law::T27, say("请核对起止时间。")));
    }
    if entry.ended_at > now || entry.started_at > now {
        found.push(objection(
            say("鉴定活动的时间晚于现在。"),
            law::T27,
            say("活动结束之后再保存记录；时间填错的，请更正。"),
        ));
    }
    let since = facts.case.content.commissioned_on.unwrap_or(facts.case.received_on);
    if day_of(entry.started_at) < since {
        found.push(objection(
            say("鉴定活动早于委托书生效之日%{date}。").with("date", since),
            law::T27,
            say("委托生效之前的检查不属于本次鉴定，请作为鉴定材料登记；时间填错的，请更正。"),
        ));
    }
}

fn people(facts: &Facts, entry: &Entry, found: &mut Vec<Objection>) {
    let is_member = |name: &str| facts.team.iter().any(|member| member.appraiser.name == name);
    let appraisers: Vec<_> = entry.people.iter().filter(|one| one.capacity == Capacity::Appraiser).collect();
    for one in appraisers.iter().filter(|one| !is_member(&one.name)) {
        found.push(objection(
            say("%{name}不是本案的鉴定人。").with("name", &one.name),
            law::T24,
            say("请改填为“本机构其他工作人员”，或者更正姓名。"),
        ));
    }
    if !appraisers.iter().any(|one| is_member(&one.name)) {
        found.push(objection(
            say("在场人员中没有本案鉴定人。"),
            law::T24,
            say("鉴定活动由本案鉴定人进行；请在在场人员中填写到场的本案鉴定人。"),
        ));
    }
    if entry.kind == Kind::Extraction {
        let is_staff = |capacity| matches!(capacity, Capacity::Appraiser | Capacity::Assistant);
        let staff = entry.people.iter().filter(|one| is_staff(one.capacity)).count();
        if staff < EXTRACTION_STAFF {
            found.push(objection(
                say("现场提取只有%{n}名本机构人员，至少需要两名，其中至少一名是本案鉴定人。").with("n", staff),
                law::T24,
                say("人员不足的，不得提取；请补足人员后重新提取。"),
            ));
        }
    }
    if entry.kind == Kind::Consultation
        && !entry.people.iter().any(|one| one.capacity == Capacity::Expert && one.signed)
    {
        found.push(objection(
            say("咨询外部专家，但没有专家的签名。"),
            law::T33,
            say("专家的咨询意见应当由专家签名并存入档案；请填写专家并确认其已签名。"),
        ));
    }
}

/// Any of these must be there and sign (通则 24, 25; rules.md §1.5).
fn needed(entry: &Entry) -> &'static [Capacity] {
    const CLIENT: &[Capacity] = &[Capacity::Client];
    const FAMILY: &[Capacity] = &[Capacity::Guardian, Capacity::Relative];
    const ANY: &[Capacity] = &[Capacity::Client, Capacity::Relative, Capacity::Guardian];
    match entry.kind {
        Kind::Extraction => CLIENT,
        Kind::Psychiatric | Kind::Autopsy => ANY,
        Kind::Body if matches!(entry.capability, Capability::Limited | Capability::Lacking) => FAMILY,
        _ => &[],
    }
}

fn witnesses(entry: &Entry, found: &mut Vec<Objection>) {
    let needed = needed(entry);
    if needed.is_empty() {
        return;
    }
    let article = if entry.kind == Kind::Extraction { law::T24 } else { law::T25_28 };
    let there: Vec<_> = entry.people.iter().filter(|one| needed.contains(&one.capacity)).collect();
    if there.is_empty() {
        let what = match entry.kind {
            Kind::Extraction => say("现场提取没有委托人派员或者委托的人员在场，不得进行。"),
            Kind::Psychiatric => say("法医精神病鉴定检查没有委托人，也没有被鉴定人的近亲属或者监护人在场，不得进行。"),
            Kind::Autopsy => say("尸体解剖没有委托人，也没有死者的近亲属或者监护人在场，不得进行。"),
            _ => say("被鉴定人无或者限制民事行为能力，没有监护人或者近亲属在场，不得进行人身检查。"),
        };
        found.push(objection(
            what,
            article,
            say("请另约时间；以“应到场人员未到场”另记一份，并暂停计时，延误的时间不计入鉴定时限。"),
        ));
    } else if !there.iter().any(|one| one.signed) {
        found.push(objection(
            say("%{name}在场，但没有在记录上签名。").with("name", &there[0].name),
            article,
            say("请到场见证人员在记录上签名后勾选；拒绝签名的，在记录内容中写明并请委托人处理。"),
        ));
    }
}

fn capability(facts: &Facts, entry: &Entry, found: &mut Vec<Objection>) {
    if !matches!(entry.kind, Kind::Body | Kind::Psychiatric) {
        return;
    }
    if entry.capability == Capability::None {
        found.push(objection(say("没有写明被鉴定人的民事行为能力。"), law::T25_28, say("请选择；它决定谁必须到场。")));
    }
    let on = day_of(entry.started_at);
    let is_minor = facts.entrustment().examinee.birth.is_some_and(|birth| !is_adult(birth, on));
    if is_minor && entry.capability == Capability::Full {
        found.push(objection(
            say("被鉴定人检查当天未满十八周岁，不能按完全民事行为能力人对待。"),
            law::T25_28,
            say("请选择“限制”或者“无”民事行为能力，并通知监护人或者近亲属到场；依法视为完全民事行为能力人的，先请委托人更正身份信息。"),
        ));
    }
}

fn is_adult(birth: Date, on: Date) -> bool {
    let years = on.year() - birth.year();
    years > ADULT_YEARS || years == ADULT_YEARS && (on.month(), on.day()) >= (birth.month(), birth.day())
}

fn method(facts: &Facts, entry: &Entry, found: &mut Vec<Objection>) {
    // Nothing was done, or nothing that has a method.
    if matches!(entry.kind, Kind::Absence | Kind::Interview | Kind::Consultation) {
        return;
    }
    let pack = pack(facts, day_of(entry.started_at));
    let article = pack.article("method.order");
    let place = tiers(&pack).iter().position(|one| *one == entry.tier);
    match place {
        None => found.push(objection(
            say("本地区的方法顺序中没有“%{tier}”。").word("tier", entry.tier.label()),
            article,
            say("请按本地区的顺序选用方法。"),
        )),
        Some(0) => {}
        Some(_) if entry.method_reason.is_empty() => found.push(objection(
            say("没有采用最优先的方法，也没有写明理由。"),
            article,
            say("请写明没有上一级标准可用，或者不适用的理由。"),
        )),
        Some(_) => {}
    }
    if entry.tier == MethodTier::Accepted && pack.is_on("method.consent") && !entry.consent {
        found.push(objection(
            say("采用多数专家认可的方法，没有委托人的书面同意。"),
            pack.article("method.consent"),
            say("请先取得委托人的书面同意并存入案卷，再勾选。"),
        ));
    }
}

#[cfg(test)]
mod tests;
