//! A record is written, corrected and confirmed: from the page and from a program alike.
//!
//! **Invariant:** who may write, and whether the entry is late, is decided inside the transaction that writes.

use super::forms::{self, Typed};
use super::rules;
use super::store::{self, NewVersion, RECORDS_MAX, Record, VERSIONS_MAX};
use crate::actor::Actor;
use crate::app::App;
use crate::cases::facts::Facts;
use crate::cases::{Case, Scope, State, law, store as cases};
use crate::clock;
use crate::fail::{Fail, Fault, Objection};
use crate::flags::{self, NewFlag};
use crate::perform::Tx;
use crate::text::say;
use crate::web::described::{Described, describe};
use crate::web::{Form, Signed};
use procedure::Procedure;
use serde_json::json;

/// Why a record was not written: all of it at once.
pub struct Unsaved {
    pub faults: Vec<Fault>,
    pub objections: Vec<Objection>,
}

/// The case for those of the house and the bureau; a client reads the opinion, not the working papers.
pub async fn load(app: &App, who: &Signed, id: &str) -> Result<(Facts, Scope), Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let mut conn = app.db.read().await?;
    Ok((cases::facts(&mut conn, &scope, id, who.visitor.today).await?, scope))
}

pub(super) fn may_write(facts: &Facts, actor: &Actor) -> bool {
    [State::InExamination, State::Paused, State::DraftOpinion].contains(&facts.case.state)
        && facts.member(actor.appraiser_id.as_deref()).is_some()
}

pub(super) fn must_write(facts: &Facts, actor: &Actor) -> Result<(), Fail> {
    if may_write(facts, actor) {
        return Ok(());
    }
    Err(Fail::refused(
        say("现在不能写鉴定记录。"),
        law::T27,
        say("鉴定记录由本案鉴定人在鉴定和起草期间书写；复核中需要补充的，请复核人退回。"),
    ))
}

/// Reads, decides, writes: a new record, or the next version of one, whose id is returned. The caller commits.
///
/// # Errors
/// Who may not write, a record that another corrected meanwhile.
pub async fn save(
    app: &App,
    who: &Signed,
    id: &str,
    record: Option<&Record>,
    form: &Form,
) -> Result<Result<(Tx, String), Unsaved>, Fail> {
    let (facts, scope) = load(app, who, id).await?;
    must_write(&facts, &who.actor)?;
    let typed = match forms::read(form) {
        Ok(typed) => typed,
        Err(faults) => return Ok(Err(Unsaved { faults, objections: Vec::new() })),
    };
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let today = tx.today();
    // Asked again inside the transaction: the case may have moved on since the page was checked.
    let facts = cases::facts(&mut tx.conn, &scope, id, today).await?;
    must_write(&facts, &who.actor)?;
    let late = late(app, &mut tx, &facts, &typed, record).await?;
    let faults = late.faults(&typed, record.is_some());
    let objections = rules::objections(&facts, &typed.entry, tx.now);
    if !faults.is_empty() || !objections.is_empty() {
        return Ok(Err(Unsaved { faults, objections }));
    }
    let after = form.text("version").parse::<i64>().unwrap_or(0);
    let to = write(&mut tx, &facts, &typed, &late, record, after).await?;
    Ok(Ok((tx, to)))
}

/// An appraiser of the case confirms the version that was seen. The caller commits.
///
/// # Errors
/// Who may not, a record with a newer version.
pub async fn confirm(app: &App, who: &Signed, id: &str, record: &str, form: &Form) -> Result<Tx, Fail> {
    let (facts, scope) = load(app, who, id).await?;
    store::find(&mut app.db.read().await?, id, record).await?;
    must_write(&facts, &who.actor)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let today = tx.today();
    let facts = cases::facts(&mut tx.conn, &scope, id, today).await?;
    must_write(&facts, &who.actor)?;
    let now = store::find(&mut tx.conn, id, record).await?;
    if form.text("version").parse::<i64>() != Ok(now.newest.version) {
        return Err(Fail::Conflict(say("这份记录在您打开之后有了新版本，请重新核对后再确认。")));
    }
    let Some(me) = facts.member(who.actor.appraiser_id.as_deref()) else { return Err(Fail::NotFound) };
    let appraiser = (me.appraiser.id.as_str(), me.appraiser.name.as_str());
    store::confirm(&mut tx, record, &now.newest, appraiser).await?;
    Ok(tx)
}

/// What the form of a record asks for.
pub fn described() -> Described {
    describe(&[], |form| forms::read(form).err())
}

/// Whether the entry comes late, and what was known of that before.
struct Late {
    is_late: bool,
    was_late: bool,
    last_day: jiff::civil::Date,
    earlier_reason: String,
}

impl Late {
    fn faults(&self, typed: &Typed, is_edit: bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.is_late && !self.was_late && typed.late_reason.is_empty() {
            let said = say("应当在%{date}以前记录，现在是补记。请写明补记的原因；记录会标明“补记”，并提示监管部门。");
            faults.push(Fault::new("late_reason", said.with("date", self.last_day)));
        }
        if is_edit && typed.reason.is_empty() {
            faults.push(Fault::new("reason", say("请写明更正的原因；原来的版本会保留。")));
        }
        faults
    }
}

/// Measured from the first entry: a correction does not make a timely record late, and a late one stays late.
async fn late(app: &App, tx: &mut Tx, facts: &Facts, typed: &Typed, record: Option<&Record>) -> Result<Late, Fail> {
    let ended = clock::day_of(typed.entry.ended_at);
    let last_day = rules::last_day(&rules::pack(facts, ended), ended, &app.calendar);
    let versions = match record {
        Some(record) => store::versions(&mut tx.conn, &record.id).await?,
        None => Vec::new(),
    };
    let entered = versions.first().map_or(tx.today(), |first| clock::day_of(first.entered_at));
    let earlier = versions.iter().find(|one| one.late);
    Ok(Late {
        is_late: earlier.is_some() || rules::is_late(facts, typed.entry.ended_at, entered, &app.calendar),
        was_late: earlier.is_some(),
        last_day,
        earlier_reason: earlier.map(|one| one.late_reason.clone()).unwrap_or_default(),
    })
}

async fn write(
    tx: &mut Tx,
    facts: &Facts,
    typed: &Typed,
    late: &Late,
    record: Option<&Record>,
    after: i64,
) -> Result<String, Fail> {
    let late_reason = if typed.late_reason.is_empty() { &late.earlier_reason } else { &typed.late_reason };
    let late_reason = if late.is_late { late_reason.as_str() } else { "" };
    let new = NewVersion { entry: &typed.entry, late: late.is_late, late_reason, reason: &typed.reason };
    let id = match record {
        Some(record) if after >= VERSIONS_MAX => {
            let said = say("第%{n}号记录已有过多版本，请另建一份记录。").with("n", record.number);
            return Err(Fail::TooLarge(said));
        }
        Some(record) => {
            store::add_version(tx, &record.id, after, &new).await?;
            record.id.clone()
        }
        None if facts.records.count >= RECORDS_MAX => {
            return Err(Fail::TooLarge(say("此案已有%{n}份鉴定记录，不能再增加。").with("n", RECORDS_MAX)));
        }
        None => store::create(tx, &facts.case.id, &new).await?,
    };
    if late.is_late && !late.was_late {
        let ended_on = clock::day_of(typed.entry.ended_at);
        let flag = NewFlag {
            kind: flags::Kind::LateRecord,
            institution_id: facts.case.institution_id.clone(),
            article: law::T27,
            detail: json!({ "text": "鉴定记录没有在规定时间内书写", "record": id, "ended_on": ended_on,
                            "last_day": late.last_day, "entered_on": tx.today() }),
        };
        flags::raise(tx, Case::NAME, &facts.case.id, &flag).await?;
    }
    Ok(id)
}
