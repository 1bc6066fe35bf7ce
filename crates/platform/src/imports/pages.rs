//! The pages of imports: what was imported, and one import from its file to its end.

use super::columns::{self, Kind, Mapping};
use super::deeds;
use super::store::{self, Run, State};
use super::work::{self, Asker};
use crate::app::App;
use crate::fail::Fail;
use crate::perform::Tx;
use crate::text::say;
use crate::web::export::{Format, ROWS_MAX, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Form, Page, Paging, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/imports", get(list).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/imports/{id}", get(show))
        .route("/imports/{id}/check", post(check))
        .route("/imports/{id}/import", post(import))
        .route("/imports/{id}/faults", get(download))
}

#[derive(Template)]
#[template(path = "imports/list.html")]
struct List {
    ui: Ui,
    runs: Vec<Run>,
    kinds: Vec<Kind>,
    paging: Paging,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

async fn list(Extract(app): Extract<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    deeds::must_import(&who.actor)?;
    let (owner, kinds) = (store::owner(&who.actor), deeds::kinds(&who.actor));
    let mut conn = app.db.read().await?;
    if let Some(format) = Format::of(&asked.format) {
        let (runs, _) = store::list(&mut conn, &owner, &kinds, 0, ROWS_MAX).await?;
        drop(conn);
        return as_file(&app, &who, &runs, format).await;
    }
    let (_, total) = store::list(&mut conn, &owner, &kinds, 0, 0).await?;
    let paging = Paging::new(asked.page.parse().unwrap_or(1), total);
    let (runs, _) = store::list(&mut conn, &owner, &kinds, paging.offset(), PAGE_ROWS).await?;
    Ok(html(&List { ui: who.ui(), runs, kinds, paging })?.into_response())
}

async fn as_file(app: &App, who: &Signed, runs: &[Run], format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 9] = [
        ("文件", 32.0),
        ("内容", 14.0),
        ("状态", 16.0),
        ("行数", 10.0),
        ("可导入", 10.0),
        ("有错误", 10.0),
        ("跳过", 10.0),
        ("办理人", 14.0),
        ("时间", 18.0),
    ];
    let ui = who.ui();
    let row = |run: &Run| {
        let counts = run.counts;
        [
            run.file_name.clone(),
            ui.t(run.kind.label()).into_owned(),
            ui.t(run.state.label()).into_owned(),
            counts.total.to_string(),
            counts.good.to_string(),
            counts.bad.to_string(),
            counts.skipped.to_string(),
            run.made_by_name.clone(),
            ui.minute(&run.made_at),
        ]
    };
    let rows: Vec<_> = runs.iter().map(row).collect();
    Wanted::new(app, &who.visitor, format, "导入台账").file(&HEADER, &rows).await
}

async fn upload(
    Extract(app): Extract<App>,
    who: Signed,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fail> {
    deeds::must_import(&who.actor)?;
    let mut form = form.map_err(|_| Fail::Bad(say("没有选择文件，请选择后再上传。")))?;
    let bad = |_| Fail::Bad(say("文件没有传完，请重新上传。"));
    let (mut kind, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(bad)? {
        match field.name() {
            Some("kind") => kind = field.text().await.map_err(bad)?.parse::<Kind>().ok(),
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, deeds::receive(&app, field).await?));
            }
            _ => {}
        }
    }
    let (name, stored) = file.ok_or_else(|| Fail::Bad(say("没有选择文件，请选择后再上传。")))?;
    let request = &who.visitor.request_id;
    let (tx, run) = deeds::take_in(&app, &who.actor, request, kind, (&name, &stored)).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/imports/{}", run.id), "文件已读取，请核对各列。"))
}

#[derive(Template)]
#[template(path = "imports/show.html")]
struct Show {
    ui: Ui,
    run: Run,
    /// Rows done and rows in all, while it is at work.
    progress: Option<(usize, usize)>,
    /// Required fields without a column.
    missing: Vec<&'static str>,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let run = deeds::find(&app, &who.actor, &id).await?;
    let progress = run.state.is_running().then(|| work::progress(&run.id).unwrap_or_default());
    html(&Show { ui: who.ui(), run, progress, missing: Vec::new() })
}

impl Show {
    fn is_chosen(&self, field: &str, at: &usize) -> bool {
        self.run.mapping.get(field) == Some(at)
    }

    fn is_missing(&self, label: &str) -> bool {
        self.missing.contains(&label)
    }

    fn may_map(&self) -> bool {
        !self.run.state.is_running() && self.run.state != State::Done
    }

    fn may_import(&self) -> bool {
        self.run.state == State::Checked
    }

    fn counts(&self) -> String {
        let counts = self.run.counts;
        let said = match self.run.state {
            State::Done => say("共%{total}行：已导入%{good}行，有错误%{bad}行，跳过%{skipped}行"),
            _ => say("共%{total}行：可导入%{good}行，有错误%{bad}行，跳过%{skipped}行"),
        };
        let said = said.with("total", counts.total).with("good", counts.good);
        self.ui.say(&said.with("bad", counts.bad).with("skipped", counts.skipped))
    }

    fn header(&self) -> String {
        let (first, last) = self.run.shape.header;
        if first == last {
            return self.ui.f1("表头在第%{n}行", "n", first);
        }
        self.ui.lang.f2("表头在第%{first}–%{last}行", ("first", first), ("last", last))
    }

    /// How many faults are told; the first of them only, where there may be more.
    fn faults(&self) -> String {
        let n = self.run.faults.len();
        if n < work::TOLD_MAX { self.ui.f1("共%{n}处错误", "n", n) } else { self.ui.f1("前%{n}处错误", "n", n) }
    }

    fn passed_over(&self) -> String {
        let rows = self.run.shape.passed_over.iter();
        let rows = rows.map(|(row, why)| self.ui.lang.f2("第%{n}行（%{why}）", ("n", row), ("why", self.ui.t(why))));
        self.ui.lang.names(&rows.collect::<Vec<_>>())
    }

    fn is_cases(&self) -> bool {
        self.run.kind == Kind::Cases
    }
}

async fn check(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    let run = deeds::find(&app, &who.actor, &id).await?;
    let mapping: Mapping = columns::chosen(run.kind, &form, &run.shape.columns);
    let missing = work::missing(run.kind, &mapping);
    let skip_unfinished = form.is_checked("skip_unfinished");
    if !missing.is_empty() {
        let run = Run { mapping, skip_unfinished, ..run };
        let page = html(&Show { ui: who.ui(), run, progress: None, missing })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let asked = deeds::ask_check(&app, &who.actor, &who.visitor.request_id, run, (mapping, skip_unfinished)).await?;
    at_work(app, &who, asked).await
}

/// The form brings nothing: what is imported is what was checked.
async fn import(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, _: Form) -> Result<Response, Fail> {
    let run = deeds::find(&app, &who.actor, &id).await?;
    let asked = deeds::ask_import(&app, &who.actor, &who.visitor.request_id, run).await?;
    at_work(app, &who, asked).await
}

/// To the run, whose state says what is done: a notice would still say so when it is over.
async fn at_work(app: App, who: &Signed, (tx, run): (Tx, Run)) -> Result<Response, Fail> {
    tx.conn.commit().await?;
    let to = format!("/imports/{}", run.id);
    work::begin(app, Asker::of(who), run);
    Ok(Redirect::to(&to).into_response())
}

/// The faulty rows, with what is wrong beside each.
async fn download(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let run = deeds::find(&app, &who.actor, &id).await?;
    let bytes = deeds::faults(&app, &run).await?;
    let name: String = who.visitor.lang.t("错误行").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, work::XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"faults.xlsx\"; filename*=UTF-8''{name}.xlsx")),
    ];
    Ok((headers, bytes).into_response())
}
