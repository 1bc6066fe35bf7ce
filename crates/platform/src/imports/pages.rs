//! The pages of imports: what was imported, and one import from its file to its end.

use super::IMPORTERS;
use super::columns::{self, Kind, Mapping};
use super::said;
use super::store::{self, Counts, Run, Shape, State};
use super::work::{self, Asker};
use crate::actor::Actor;
use crate::app::App;
use crate::fail::Fail;
use crate::files::{self, Stored};
use crate::perform::new_id;
use crate::text::say;
use crate::web::export::{Format, ROWS_MAX, Wanted};
use crate::web::{Form, Page, Signed, Ui, done, html};
use anyhow::Context;
use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use futures::StreamExt;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows of the file that are shown beside the choice of columns.
const SAMPLE: usize = 5;
/// Characters of a cell in the sample.
const SAMPLE_CHARS: usize = 40;
/// Characters of a file's shown name.
const NAME_MAX: usize = 120;
/// Lines passed over that are listed.
const PASSED_OVER_MAX: usize = 100;

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
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    format: String,
}

async fn list(Extract(app): Extract<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
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
    who.must_be(&IMPORTERS)?;
    let ui = who.ui();
    let format = Format::of(&asked.format);
    let mut conn = app.db.read().await?;
    let most = if format.is_some() { ROWS_MAX } else { store::LISTED };
    let mut runs = store::list(&mut conn, &store::owner(&who.actor), most).await?;
    drop(conn);
    runs.retain(|run| run.kind.may(&who.actor));
    let Some(format) = format else {
        return Ok(html(&List { ui, runs, kinds: kinds(&who.actor) })?.into_response());
    };
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
    Wanted::new(&app, &who.visitor, format, "导入台账").file(&HEADER, &rows).await
}

fn kinds(actor: &Actor) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| kind.may(actor)).collect()
}

async fn upload(
    Extract(app): Extract<App>,
    who: Signed,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fail> {
    who.must_be(&IMPORTERS)?;
    let mut form = form.map_err(|_| Fail::Bad(say("没有选择文件，请选择后再上传。")))?;
    let bad = |_| Fail::Bad(say("文件没有传完，请重新上传。"));
    let (mut kind, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(bad)? {
        match field.name() {
            Some("kind") => kind = field.text().await.map_err(bad)?.parse::<Kind>().ok(),
            Some("file") => {
                let name = shown_name(field.file_name().unwrap_or_default());
                file = Some((name, receive(&app, field).await?));
            }
            _ => {}
        }
    }
    let (name, stored) =
        file.filter(|(_, stored)| stored.size > 0).ok_or_else(|| Fail::Bad(say("没有选择文件，请选择后再上传。")))?;
    let kind = kind
        .filter(|kind| kind.may(&who.actor))
        .ok_or_else(|| Fail::Bad(say("请选择要导入什么：案件台账或者名册。")))?;
    let run = taken_in(&app, &who.actor, kind, &name, &stored).await?;
    Ok(done(&format!("/imports/{}", run.id), "文件已读取，请核对各列。"))
}

/// Takes the file in up to the limit of a ledger, not of a video.
async fn receive(app: &App, field: axum::extract::multipart::Field<'_>) -> Result<Stored, Fail> {
    let size = Arc::new(AtomicUsize::new(0));
    let seen = size.clone();
    let content = field.map(move |piece| {
        let piece = piece.map_err(std::io::Error::other)?;
        let so_far = seen.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
        if so_far > sheets::BYTES_MAX { Err(std::io::Error::other("too large")) } else { Ok(piece) }
    });
    let received = app.files.receive(app.clock.now(), content).await;
    if size.load(Ordering::Relaxed) > sheets::BYTES_MAX {
        return Err(Fail::TooLarge(said::unreadable(&sheets::Unreadable::TooLarge)));
    }
    received
}

/// The last part of whatever path the browser sent, without control signs.
fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|sign| !sign.is_control()).take(NAME_MAX).collect();
    if name.trim().is_empty() { "file".into() } else { name }
}

/// A stored file becomes a run, if it is a ledger.
///
/// # Errors
/// What the file is instead.
pub(super) async fn taken_in(app: &App, actor: &Actor, kind: Kind, name: &str, stored: &Stored) -> Result<Run, Fail> {
    let bytes = app.files.bytes(&stored.sha256).await?;
    let read = tokio::task::spawn_blocking(move || shape(&bytes)).await.context("the file's reader broke off")?;
    let (shape, total) = read.map_err(|why| {
        tracing::info!("a ledger cannot be read: {why:?}");
        Fail::Bad(said::unreadable(&why))
    })?;
    let now = app.clock.now();
    let owner = store::owner(actor);
    let mut conn = app.db.write().await?;
    let signature = columns::signature(&shape.columns);
    let saved = store::saved_mapping(&mut conn, &owner, kind, &signature).await?;
    let run = Run {
        id: new_id(now),
        kind,
        owner_id: owner,
        state: State::Uploaded,
        process: String::new(),
        file_name: name.to_owned(),
        sha256: stored.sha256.clone(),
        mapping: saved.unwrap_or_else(|| columns::guess(kind, &shape.columns)),
        shape,
        skip_unfinished: false,
        counts: Counts { total, ..Counts::default() },
        faults: Vec::new(),
        faults_sha256: None,
        made_by_name: actor.name.clone(),
        made_at: now,
        changed_at: now,
    };
    files::record(&mut conn, stored, now).await?;
    store::create(&mut conn, &run, actor).await?;
    conn.commit().await?;
    Ok(run)
}

fn shape(bytes: &[u8]) -> Result<(Shape, i64), sheets::Unreadable> {
    let table = sheets::read(bytes, &columns::is_known)?;
    let sample = table.lines.iter().take(SAMPLE).map(|line| {
        let cells = table.columns.iter().map(|column| line.at(column.at).shown().chars().take(SAMPLE_CHARS).collect());
        (line.number, cells.collect())
    });
    let shape = Shape {
        sample: sample.collect(),
        passed_over: (table.skipped.iter().take(PASSED_OVER_MAX))
            .map(|line| (line.number, said::skipped(line.why).to_owned()))
            .collect(),
        columns: columns::columns_of(&table),
        header: table.header,
        sheet: table.sheet,
        others: table.others,
    };
    Ok((shape, i64::try_from(table.lines.len()).unwrap_or(i64::MAX)))
}

/// The run, if it is of the own organisation and of a kind that is the person's.
async fn found(app: &App, who: &Signed, id: &str) -> Result<Run, Fail> {
    who.must_be(&IMPORTERS)?;
    let mut conn = app.db.read().await?;
    let run = store::find(&mut conn, &store::owner(&who.actor), id).await?;
    run.filter(|run| run.kind.may(&who.actor)).ok_or(Fail::NotFound)
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
    let mut run = found(&app, &who, &id).await?;
    let now = app.clock.now();
    if work::is_abandoned(&run, now) {
        let was = run.state;
        run.state = State::BrokenOff;
        let mut conn = app.db.write().await?;
        let is_so = store::advance(&mut conn, &run, &[was], now).await?;
        conn.commit().await?;
        if !is_so {
            // It ended between the two looks.
            run = found(&app, &who, &id).await?;
        }
    }
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
    let run = found(&app, &who, &id).await?;
    let mapping: Mapping = columns::chosen(run.kind, &form, &run.shape.columns);
    let missing = work::missing(run.kind, &mapping);
    let run = Run { mapping, skip_unfinished: form.is_checked("skip_unfinished"), ..run };
    if !missing.is_empty() {
        let page = html(&Show { ui: who.ui(), run, progress: None, missing })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let signature = columns::signature(&run.shape.columns);
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    store::save_mapping(&mut conn, &run, &signature, now).await?;
    let from = [State::Uploaded, State::Checked, State::Refused, State::BrokenOff];
    let run = started(run, State::Checking, now);
    if !store::advance(&mut conn, &run, &from, now).await? {
        return Err(busy());
    }
    conn.commit().await?;
    work::begin(app, asker(&who), run);
    Ok(at_work(&id))
}

/// The form brings nothing: what is imported is what was checked.
async fn import(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>, _: Form) -> Result<Response, Fail> {
    let run = found(&app, &who, &id).await?;
    let now = app.clock.now();
    let run = started(run, State::Importing, now);
    let mut conn = app.db.write().await?;
    if !store::advance(&mut conn, &run, &[State::Checked], now).await? {
        return Err(busy());
    }
    conn.commit().await?;
    work::begin(app, asker(&who), run);
    Ok(at_work(&id))
}

fn started(run: Run, state: State, now: Timestamp) -> Run {
    Run { state, process: work::process(), changed_at: now, ..run }
}

/// To the run, whose state says what is done: a notice would still say so when it is over.
fn at_work(id: &str) -> Response {
    Redirect::to(&format!("/imports/{id}")).into_response()
}

fn busy() -> Fail {
    Fail::refused(
        say("此次导入现在不能这样办理：正在处理，或者尚未检查通过，或者已经完成。"),
        "",
        say("请返回此次导入的页面，查看现在的状态。"),
    )
}

fn asker(who: &Signed) -> Asker {
    Asker { actor: who.actor.clone(), lang: who.visitor.lang, request_id: who.visitor.request_id.clone() }
}

/// The faulty rows, with what is wrong beside each.
async fn download(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let run = found(&app, &who, &id).await?;
    let Some(sha256) = run.faults_sha256 else {
        return Err(Fail::refused(say("此次导入没有错误行。"), "", say("请返回此次导入的页面，查看现在的状态。")));
    };
    let bytes = app.files.bytes(&sha256).await?;
    let name: String = who.visitor.lang.t("错误行").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let headers = [
        (header::CONTENT_TYPE, work::XLSX.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"faults.xlsx\"; filename*=UTF-8''{name}.xlsx")),
    ];
    Ok((headers, bytes).into_response())
}
