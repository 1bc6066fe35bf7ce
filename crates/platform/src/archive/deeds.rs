//! What is done with a volume: read, exported, held, filed; from the page and from a program alike.
//!
//! **Invariant:** who reads or exports a volume is logged before a byte is sent; what is decided, is decided inside the
//! transaction that writes.

use super::export;
use super::is_bureau;
use super::pack;
use super::retention::{self, Retention};
use super::store::{self, Line, Loaded};
use crate::access_log::{self, What};
use crate::actor::Role;
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::perform::Tx;
use crate::text::say;
use crate::web::described::{Described, describe};
use crate::web::export::pieces;
use crate::web::form::Reader;
use crate::web::{Form, Signed};
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

/// Characters of a purpose, a reason, a shelf.
const REASON_MAX: usize = 500;
const SHELF_MAX: usize = 100;
/// Decisions on one hold: set and lifted every month for the thirty years of retention.
const HOLDS_MAX: usize = 720;
/// Who decides on a legal hold.
pub const HOLDERS: &[Role] = &[Role::Head, Role::Supervisor];
pub const ARCHIVIST: &[Role] = &[Role::Archivist];

/// # Errors
/// A case out of scope.
pub async fn load(app: &App, who: &Signed, id: &str) -> Result<Loaded, Fail> {
    let mut conn = app.db.read().await?;
    store::load(&mut conn, &who.actor, id, who.visitor.today).await
}

/// How long it is kept, and by when it is to be filed while it is not.
pub fn days(app: &App, loaded: &Loaded) -> (Option<Retention>, Option<Date>) {
    let (region, item) = (&loaded.facts.institution.region, &loaded.facts.case.content.entrustment.item);
    let retention = loaded.kept_from().and_then(|from| retention::retention(region, item, from, &app.calendar));
    let unfiled = loaded.ended_on.filter(|_| loaded.filed_on.is_none());
    (retention, unfiled.and_then(|ended| retention::file_by(region, ended, &app.calendar)))
}

/// The last day for filing, and until when it is kept.
pub fn dated(app: &App, line: Line) -> (Line, Option<Date>, Option<Retention>) {
    let by = line.ended_on.and_then(|ended| retention::file_by(&line.region, ended, &app.calendar));
    let from = line.filed_on.or(line.ended_on);
    let kept = from.and_then(|from| retention::retention(&line.region, &line.item, from, &app.calendar));
    (line, by, kept)
}

/// The institution working on its own open case need not explain itself.
pub fn asks_purpose(who: &Signed, loaded: &Loaded) -> bool {
    is_bureau(&who.actor) || loaded.filed_on.is_some()
}

/// How a volume is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    Pdf,
    Zip,
}

/// The whole volume as a file; the reading is logged with its purpose. Faults where that is wanted and missing.
///
/// # Errors
/// A case out of scope; a paper that cannot be printed.
pub async fn package(
    app: &App,
    who: &Signed,
    id: &str,
    form: &Form,
    package: Package,
) -> Result<Result<Response, Vec<Fault>>, Fail> {
    let loaded = load(app, who, id).await?;
    let mut reader = Reader::new(form);
    let purpose = if asks_purpose(who, &loaded) {
        reader.required("purpose", REASON_MAX)
    } else {
        reader.optional("purpose", REASON_MAX)
    };
    let purpose = match reader.finish(purpose) {
        Ok(purpose) => purpose,
        Err(faults) => return Ok(Err(faults)),
    };
    let built = export::build(app, &loaded, who.visitor.today).await?;
    Ok(Ok(match package {
        Package::Pdf => {
            access_log::write(app, who, id, What::VolumePdf, "", &purpose).await?;
            let length = built.pdf.len() as u64;
            download(&loaded, "pdf", "application/pdf", length, Body::from(built.pdf))
        }
        Package::Zip => {
            let file = pack::zip(app, built).await?;
            let length = file.metadata().map_err(|error| Fail::Internal(error.into()))?.len();
            access_log::write(app, who, id, What::VolumeZip, "", &purpose).await?;
            download(&loaded, "zip", "application/zip", length, Body::from_stream(pieces(file)))
        }
    }))
}

fn download(loaded: &Loaded, ending: &str, kind: &'static str, length: u64, body: Body) -> Response {
    let case = &loaded.facts.case;
    let number = case.opinion_number.as_deref().or(case.code.as_deref()).unwrap_or("案卷");
    let name: String = format!("{number}.{ending}").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"volume.{ending}\"; filename*=UTF-8''{name}")),
    ];
    (headers, body).into_response()
}

struct Decision {
    set: bool,
    reason: String,
}

fn decision(form: &Form) -> Result<Decision, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let set = reader.choice("hold", &[("set", true), ("lift", false)]);
    let reason = reader.required("reason", REASON_MAX);
    reader.finish(Decision { set: set.unwrap_or_default(), reason })
}

fn shelf(form: &Form) -> Result<String, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let shelf = reader.required("shelf", SHELF_MAX);
    reader.finish(shelf)
}

/// What the forms of a hold and of a filing ask for.
pub fn described() -> [Described; 2] {
    [describe(&[], |form| decision(form).err()), describe(&[], |form| shelf(form).err())]
}

/// Sets or lifts the legal hold, and what was done in words; faults where the form is not right. The caller commits.
///
/// # Errors
/// Who may not; a hold that is so already.
pub async fn hold(
    app: &App,
    who: &Signed,
    id: &str,
    form: &Form,
) -> Result<Result<(Tx, &'static str), Vec<Fault>>, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let loaded = store::load(&mut tx.conn, &who.actor, id, who.visitor.today).await?;
    who.must_be(HOLDERS)?;
    let Decision { set, reason } = match decision(form) {
        Ok(decision) => decision,
        Err(faults) => return Ok(Err(faults)),
    };
    if set == loaded.is_held() || loaded.holds.len() >= HOLDS_MAX {
        return Err(Fail::Conflict(say("此案的保全在您打开之后已经变动，请重新打开案卷。")));
    }
    store::decide_hold(&mut tx, id, loaded.holds.len(), set, &reason).await?;
    Ok(Ok((tx, if set { "已设置保全。" } else { "已解除保全。" })))
}

/// Files the volume of a case that ended without an opinion; faults where the form is not right. The caller commits.
///
/// # Errors
/// Who may not; a case that has not ended so, a volume that lacks something.
pub async fn file(app: &App, who: &Signed, id: &str, form: &Form) -> Result<Result<Tx, Vec<Fault>>, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let loaded = store::load(&mut tx.conn, &who.actor, id, who.visitor.today).await?;
    who.must_be(ARCHIVIST)?;
    let shelf = match shelf(form) {
        Ok(shelf) => shelf,
        Err(faults) => return Ok(Err(faults)),
    };
    if !loaded.awaits_filing() {
        let remedy = say("已送达的案件，请在案件页面办理“归档”；没有办结的案件，请先办结。");
        return Err(Fail::refused(say("此案现在不能这样归档。"), crate::cases::law::T42, remedy));
    }
    if let Some(one) = loaded.volume.missing.first() {
        let what = say("案卷中没有%{title}。").word("title", one.title);
        return Err(Fail::refused(what, crate::cases::law::T42, say("请先补齐该文书，再归档。")));
    }
    store::file_volume(&mut tx, id, &shelf).await?;
    Ok(Ok(tx))
}
