//! The page of a volume, its export, hold and filing; the list of what is to be filed.

use super::deeds::{self, ARCHIVIST, HOLDERS, Package, asks_purpose, dated, days, load, package};
use super::retention::Retention;
use super::store::{self, Line, Loaded};
use super::volume::Placed;
use super::{KEEPERS, is_bureau};
use crate::access_log::{self, Access, What};
use crate::actor::Role;
use crate::app::App;
use crate::cases::State;
use crate::clock;
use crate::fail::{Fail, Fault};
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use crate::web::form::{Filled, PAGE_ROWS};
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

/// Readings shown on the page; the rest stays in the log.
const READINGS_SHOWN: i64 = 50;
/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;
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
        Err(faults) => again(app, who, id, form, faults).await,
    }
}

async fn hold(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    match deeds::hold(&app, &who, &id, &form).await? {
        Ok((tx, said)) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/cases/{id}/volume"), said))
        }
        Err(faults) => again(&app, &who, &id, form, faults).await,
    }
}

async fn file(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    match deeds::file(&app, &who, &id, &form).await? {
        Ok(tx) => {
            tx.conn.commit().await?;
            Ok(done(&format!("/cases/{id}/volume"), "已归档。"))
        }
        Err(faults) => again(&app, &who, &id, form, faults).await,
    }
}

/// The page with the form as it was typed, and what is wrong with it.
async fn again(app: &App, who: &Signed, id: &str, form: Form, faults: Vec<Fault>) -> Result<Response, Fail> {
    let page = page(app, who, load(app, who, id).await?, Filled::new(form, faults)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
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
