//! The page of a volume, its export, hold and filing; the list of what is to be filed.

use super::export;
use super::pack;
use super::retention::{self, Retention};
use super::store::{self, Line, Loaded};
use super::volume::Placed;
use super::{KEEPERS, is_bureau};
use crate::access_log::{self, Access, What};
use crate::actor::Role;
use crate::app::App;
use crate::cases::State;
use crate::clock;
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted, pieces};
use crate::web::form::{Filled, PAGE_ROWS, Reader};
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

/// Readings shown on the page; the rest stays in the log.
const READINGS_SHOWN: i64 = 50;
/// Characters of a purpose, a reason, a shelf.
const REASON_MAX: usize = 500;
const SHELF_MAX: usize = 100;
/// Decisions on one hold: set and lifted every month for the thirty years of retention.
const HOLDS_MAX: usize = 720;
/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;
/// Who decides on a legal hold.
const HOLDERS: &[Role] = &[Role::Head, Role::Supervisor];
const ARCHIVIST: &[Role] = &[Role::Archivist];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/archive", get(list))
        .route("/cases/{id}/volume", get(show))
        .route("/cases/{id}/volume.pdf", post(pdf))
        .route("/cases/{id}/volume.zip", post(zip))
        .route("/cases/{id}/volume/hold", post(hold))
        .route("/cases/{id}/volume/filing", post(file))
}

#[derive(Template)]
#[template(path = "archive/volume.html")]
struct VolumePage {
    ui: Ui,
    case_id: String,
    loaded: Loaded,
    retention: Option<Retention>,
    file_by: Option<Date>,
    readings: Vec<Access>,
    readings_total: i64,
    filled: Filled,
    asks_purpose: bool,
    may_hold: bool,
    may_file: bool,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let loaded = load(&app, &who, &id).await?;
    access_log::write(&app, &who, &id, What::Volume, "", "").await?;
    page(&app, &who, loaded, Filled::new(Form::default(), Vec::new())).await
}

async fn load(app: &App, who: &Signed, id: &str) -> Result<Loaded, Fail> {
    let mut conn = app.db.read().await?;
    store::load(&mut conn, &who.actor, id, who.visitor.today).await
}

async fn page(app: &App, who: &Signed, loaded: Loaded, filled: Filled) -> Page {
    let case_id = loaded.facts.case.id.clone();
    let mut conn = app.db.read().await?;
    let (readings, readings_total) = access_log::newest(&mut conn, &case_id, READINGS_SHOWN).await?;
    drop(conn);
    let (retention, file_by) = days(app, &loaded);
    let is = |roles: &[Role]| roles.iter().any(|role| who.actor.is(*role));
    html(&VolumePage {
        ui: who.ui(),
        retention,
        file_by,
        readings,
        readings_total,
        filled,
        asks_purpose: asks_purpose(who, &loaded),
        may_hold: is(HOLDERS),
        may_file: is(ARCHIVIST) && loaded.awaits_filing(),
        case_id,
        loaded,
    })
}

/// How long it is kept, and by when it is to be filed while it is not.
pub fn days(app: &App, loaded: &Loaded) -> (Option<Retention>, Option<Date>) {
    let (region, item) = (&loaded.facts.institution.region, &loaded.facts.case.content.entrustment.item);
    let retention = loaded.kept_from().and_then(|from| retention::retention(region, item, from, &app.calendar));
    let unfiled = loaded.ended_on.filter(|_| loaded.filed_on.is_none());
    (retention, unfiled.and_then(|ended| retention::file_by(region, ended, &app.calendar)))
}

/// The institution working on its own open case need not explain itself.
fn asks_purpose(who: &Signed, loaded: &Loaded) -> bool {
    is_bureau(&who.actor) || loaded.filed_on.is_some()
}

impl VolumePage {
    /// Every item with its first page, as far as the pages before are known: some are printed only with the export.
    fn lines(&self) -> Vec<(&Placed, Option<i64>)> {
        let mut next = Some(1);
        let line = |placed: &'_ Placed| {
            let first = placed.item.pages.and(next);
            next = next.zip(placed.item.pages).map(|(next, pages)| next + pages);
            first
        };
        let firsts: Vec<Option<i64>> = self.loaded.volume.items.iter().map(line).collect();
        self.loaded.volume.items.iter().zip(firsts).collect()
    }

    fn day(&self, placed: &Placed) -> String {
        clock::day_of(placed.item.made_at).to_string()
    }

    /// Nothing is missing, and the archivist's step is next.
    fn may_archive(&self) -> bool {
        let is_archivist = self.ui.who.as_ref().is_some_and(|who| who.is(Role::Archivist));
        is_archivist && self.loaded.volume.missing.is_empty() && self.loaded.facts.case.state == State::Delivered
    }

    fn is_late(&self) -> bool {
        self.file_by.is_some_and(|day| day < self.ui.today)
    }
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

async fn pdf(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    packaged(&app, &who, &id, form, Package::Pdf).await
}

async fn zip(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    packaged(&app, &who, &id, form, Package::Zip).await
}

/// The file, or the page again with what is wrong.
async fn packaged(app: &App, who: &Signed, id: &str, form: Form, kind: Package) -> Result<Response, Fail> {
    match package(app, who, id, &form, kind).await? {
        Ok(file) => Ok(file),
        Err(faults) => {
            let page = page(app, who, load(app, who, id).await?, Filled::new(form, faults)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
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

async fn hold(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let loaded = store::load(&mut tx.conn, &who.actor, &id, who.visitor.today).await?;
    who.must_be(HOLDERS)?;
    let mut reader = Reader::new(&form);
    let set = reader.choice("hold", &[("set", true), ("lift", false)]);
    let reason = reader.required("reason", REASON_MAX);
    let (set, reason) = match reader.finish((set.unwrap_or_default(), reason)) {
        Ok(asked) => asked,
        Err(faults) => {
            drop(tx);
            let page = page(&app, &who, loaded, Filled::new(form, faults)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    if set == loaded.is_held() || loaded.holds.len() >= HOLDS_MAX {
        return Err(Fail::Conflict(say("此案的保全在您打开之后已经变动，请重新打开案卷。")));
    }
    store::decide_hold(&mut tx, &id, loaded.holds.len(), set, &reason).await?;
    tx.conn.commit().await?;
    let said = if set { "已设置保全。" } else { "已解除保全。" };
    Ok(done(&format!("/cases/{id}/volume"), said))
}

async fn file(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let loaded = store::load(&mut tx.conn, &who.actor, &id, who.visitor.today).await?;
    who.must_be(ARCHIVIST)?;
    let mut reader = Reader::new(&form);
    let shelf = reader.required("shelf", SHELF_MAX);
    let shelf = match reader.finish(shelf) {
        Ok(shelf) => shelf,
        Err(faults) => {
            drop(tx);
            let page = page(&app, &who, loaded, Filled::new(form, faults)).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    if !loaded.awaits_filing() {
        let remedy = say("已送达的案件，请在案件页面办理“归档”；没有办结的案件，请先办结。");
        return Err(Fail::refused(say("此案现在不能这样归档。"), crate::cases::law::T42, remedy));
    }
    if let Some(one) = loaded.volume.missing.first() {
        let what = say("案卷中没有%{title}。").word("title", one.title);
        return Err(Fail::refused(what, crate::cases::law::T42, say("请先补齐该文书，再归档。")));
    }
    store::file_volume(&mut tx, &id, &shelf).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{id}/volume"), "已归档。"))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "archive/list.html")]
struct List {
    ui: Ui,
    is_filed: bool,
    sees_institution: bool,
    lines: Vec<(Line, Option<Date>, Option<Retention>)>,
    paging: Paging,
}

async fn list(Extract(app): Extract<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(KEEPERS)?;
    let is_filed = asked.show == "filed";
    if let Some(format) = Format::of(&asked.format) {
        return as_file(&app, &who, is_filed, format).await;
    }
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, PAGES_MAX);
    let mut conn = app.db.read().await?;
    let (lines, total) = store::list(&mut conn, &who.actor, is_filed, (page - 1) * PAGE_ROWS, PAGE_ROWS).await?;
    drop(conn);
    let lines = lines.into_iter().map(|line| dated(&app, line)).collect();
    let (sees_institution, paging) = (is_bureau(&who.actor), Paging::new(page, total));
    Ok(html(&List { ui: who.ui(), is_filed, sees_institution, lines, paging })?.into_response())
}

/// The last day for filing, and until when it is kept.
fn dated(app: &App, line: Line) -> (Line, Option<Date>, Option<Retention>) {
    let by = line.ended_on.and_then(|ended| retention::file_by(&line.region, ended, &app.calendar));
    let from = line.filed_on.or(line.ended_on);
    let kept = from.and_then(|from| retention::retention(&line.region, &line.item, from, &app.calendar));
    (line, by, kept)
}

async fn as_file(app: &App, who: &Signed, is_filed: bool, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 9] = [
        ("编号", 26.0),
        ("鉴定机构", 28.0),
        ("被鉴定人（物）", 14.0),
        ("状态", 14.0),
        ("结案日期", 12.0),
        ("应当归档的日期", 14.0),
        ("归档日期", 12.0),
        ("保管期限", 14.0),
        ("保全", 8.0),
    ];
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let (_, total) = store::list(&mut conn, &who.actor, is_filed, 0, 0).await?;
    let wanted = Wanted::new(app, &who.visitor, format, "档案").by("show", if is_filed { "filed" } else { "open" });
    let mut export = Export::new(wanted, &HEADER, total)?;
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for line in store::list(&mut conn, &who.actor, is_filed, offset, ROWS_AT_ONCE).await?.0 {
            let (line, by, kept) = dated(app, line);
            let kept = kept.filter(|_| is_filed);
            let kept = kept.map(|kept| kept.until.map_or_else(|| ui.t("永久").into_owned(), |day| day.to_string()));
            export.row(&[
                line.number,
                line.institution,
                line.examinee,
                ui.t(line.state.label()).into_owned(),
                day(line.ended_on),
                day(by.filter(|_| !is_filed)),
                day(line.filed_on),
                kept.unwrap_or_default(),
                if line.is_held { ui.t("保全").into_owned() } else { String::new() },
            ])?;
        }
    }
    drop(conn);
    export.answer().await
}

impl List {
    fn is_late(&self, by: &Option<Date>) -> bool {
        by.is_some_and(|day| day < self.ui.today)
    }

    /// The address of another page of the same list.
    fn at(&self, page: &i64) -> String {
        format!("{}page={page}", self.address())
    }

    fn address(&self) -> String {
        format!("/archive?show={}&", if self.is_filed { "filed" } else { "open" })
    }
}
