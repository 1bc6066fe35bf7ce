//! Pages of runs: the list, one run while it computes and after, its files, its repetition.

use super::pages::OFFICERS;
use super::runs::{self, Parameters, Q_MAX, Q_WEAKEST, Run};
use super::steps::{RunAction, RunState};
use super::{told, work};
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::web::form::{Filled, PAGE_ROWS, Reader};
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/analysis/runs", get(list).post(request))
        .route("/analysis/runs/{id}", get(show))
        .route("/analysis/runs/{id}/cancel", post(cancel))
        .route("/analysis/runs/{id}/repeat", post(repeat))
        .route("/analysis/runs/{id}/extract", get(extract))
        .route("/analysis/runs/{id}/findings", get(findings))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "analysis/runs.html")]
struct RunsPage {
    ui: Ui,
    runs: Vec<Run>,
    paging: Paging,
    filled: Filled,
}

impl RunsPage {
    fn by(&self, run: &Run) -> String {
        self.ui.t(&run.requester_name).into_owned()
    }
}

async fn list_page(app: &App, who: &Signed, page: i64, form: Form, faults: Vec<Fault>) -> Page {
    let mut conn = app.db.read().await?;
    let (_, total) = runs::list(&mut conn, 0, 0).await?;
    let paging = Paging::new(page, total);
    let (runs, _) = runs::list(&mut conn, paging.offset(), PAGE_ROWS).await?;
    html(&RunsPage { ui: who.ui(), runs, paging, filled: Filled::new(form, faults) })
}

async fn list(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Page {
    who.must_be(OFFICERS)?;
    let rate = format!("{:.0}", Q_MAX * 100.0);
    list_page(&app, &who, asked.page.parse().unwrap_or(1), Form::of([("rate", rate.as_str())]), Vec::new()).await
}

/// What was typed about a run.
fn parameters(form: &Form) -> Result<Parameters, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let from = reader.optional_date("from");
    let rate: Option<f64> = form.text("rate").trim_end_matches(['%', '％']).trim().parse().ok();
    let q_max = rate.map(|rate| rate / 100.0).filter(|q| *q > 0.0 && *q <= Q_WEAKEST);
    if q_max.is_none() {
        reader.fault("rate", say("请填写大于0、不超过%{most}的数。").with("most", format!("{:.0}", Q_WEAKEST * 100.0)));
    }
    reader.finish(Parameters { from, q_max: q_max.unwrap_or(Q_MAX) })
}

async fn request(State(app): State<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let asked = match parameters(&form) {
        Ok(asked) => asked,
        Err(faults) => {
            let page = list_page(&app, &who, 1, form, faults).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let id = runs::request(&mut tx, app.db.engine(), asked, None).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/analysis/runs/{id}"), "分析已发起。"))
}

#[derive(Template)]
#[template(path = "analysis/run.html")]
struct RunPage {
    ui: Ui,
    run: Run,
    waits: bool,
}

impl RunPage {
    fn by(&self) -> String {
        self.ui.t(&self.run.requester_name).into_owned()
    }

    fn is_open(&self) -> bool {
        matches!(self.run.state, RunState::Requested | RunState::Running)
    }

    fn is_done(&self) -> bool {
        self.run.state == RunState::Done
    }

    fn waits_long(&self) -> bool {
        self.waits
    }

    fn looks_for(&self, detector: &str) -> &'static str {
        told::detector(detector).map_or("", |one| told::both(self.ui.lang, &one.looks_for))
    }
}

async fn show(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    who.must_be(OFFICERS)?;
    let run = runs::find(&mut app.db.read().await?, &id).await?;
    let waits = run.state == RunState::Requested && work::waits_long(run.requested_at, app.clock.now());
    html(&RunPage { ui: who.ui(), run, waits })
}

async fn cancel(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let mut run = runs::find(&mut tx.conn, &id).await?;
    runs::carry_out(&mut tx, &mut run, RunAction::Cancel, json!({})).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/analysis/runs/{id}"), "分析已取消，没有产生线索。"))
}

async fn repeat(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let first = runs::find(&mut tx.conn, &id).await?;
    let again = runs::request(&mut tx, app.db.engine(), first.parameters.clone(), Some(&first)).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/analysis/runs/{again}"), "重算已发起，完成后与原结果逐字节比对。"))
}

async fn extract(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let run = readable(&app, &who, &id).await?;
    file(&app, run.extract_sha256, "application/zip", &format!("extract-{id}.zip")).await
}

async fn findings(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let run = readable(&app, &who, &id).await?;
    file(&app, run.findings_sha256, "text/csv; charset=utf-8", &format!("findings-{id}.csv")).await
}

async fn readable(app: &App, who: &Signed, id: &str) -> Result<Run, Fail> {
    who.must_be(OFFICERS)?;
    runs::find(&mut app.db.read().await?, id).await
}

async fn file(app: &App, sha256: Option<String>, media_type: &str, name: &str) -> Result<Response, Fail> {
    let content = app.files.content(&sha256.ok_or(Fail::NotFound)?).await?;
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(content)).into_response())
}
