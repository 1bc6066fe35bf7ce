//! Lists and the page of a draw: everything that anybody may see is on one page, forms beside it for who keeps the draw.

use super::forms::{METHODS, PURPOSES, SOURCES, typed};
use super::rules::Party;
use super::steps::{Action, State};
use super::store::{self, Entry, Record};
use super::{OFFICERS, act, picture, prepare, published};
use crate::actor::Role;
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::log::{self, Log};
use crate::registry::{Categories, Category, ItemCode};
use crate::text::say;
use crate::web::export::{Format, ROWS_MAX, Wanted};
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, Visitor, done, html};
use ::draws::{Candidate, Method, Transcript, fairness};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Deserialize;

/// Who may have draws: officers for others, a client for itself.
const KEEPERS: &[Role] = &[Role::LicensingOfficer, Role::Supervisor, Role::AssociationOfficer, Role::Client];

pub fn routes() -> Router<App> {
    Router::new()
        .route("/draws", get(list))
        .route("/draws/new", get(new).post(create))
        .route("/draws/quick", get(quick).post(draw_quick))
        .route("/draws/{id}", get(show))
        .route("/draws/{id}/transcript", get(transcript))
        .route("/draws/{id}/do/{action}", post(take_step))
        .route("/draws/{id}/entrust", post(entrust))
}

fn is_officer(who: &Signed) -> bool {
    OFFICERS.iter().any(|role| who.actor.is(*role))
}

#[derive(Template)]
#[template(path = "draws/list.html")]
struct List {
    ui: Ui,
    draws: Vec<Record>,
    may_prepare: bool,
}

#[derive(Deserialize)]
struct AsFile {
    #[serde(default)]
    format: String,
}

async fn list(Extract(app): Extract<App>, who: Signed, Query(asked): Query<AsFile>) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 5] = [("名称", 40.0), ("状态", 14.0), ("候选者", 10.0), ("名额", 8.0), ("时间", 18.0)];
    who.must_be(KEEPERS)?;
    let may_prepare = is_officer(&who);
    let ui = who.ui();
    let Some(format) = Format::of(&asked.format) else {
        let draws = store::list(&mut app.db.read().await?, &who.actor, may_prepare, store::ROWS_MAX).await?;
        return Ok(html(&List { ui, draws, may_prepare })?.into_response());
    };
    let draws = store::list(&mut app.db.read().await?, &who.actor, may_prepare, ROWS_MAX).await?;
    let row = |draw: &Record| {
        [
            draw.title.clone(),
            ui.t(draw.state.label()).into_owned(),
            draw.plan.candidates.len().to_string(),
            draw.plan.seats.to_string(),
            ui.minute(&draw.created_at),
        ]
    };
    let rows: Vec<_> = draws.iter().map(row).collect();
    Wanted::new(&app, &who.visitor, format, "随机抽取").file(&HEADER, &rows).await
}

#[derive(Template)]
#[template(path = "draws/new.html")]
struct New {
    ui: Ui,
    filled: Filled,
    fields: Vec<(&'static Category, Vec<&'static Category>)>,
}

impl New {
    fn name_of(&self, category: &Category) -> &'static str {
        if self.ui.is_english() { category.english } else { category.name }
    }
}

fn new_page(who: &Signed, form: Form, faults: Vec<Fault>) -> Page {
    let tree = Categories::get();
    let fields = tree.fields().map(|field| (field, tree.children(&field.code).collect())).collect();
    html(&New { ui: who.ui(), filled: Filled::new(form, faults), fields })
}

async fn new(who: Signed) -> Page {
    who.must_be(OFFICERS)?;
    let defaults = [("purpose", "panel"), ("method", "uniform"), ("source", "log"), ("seats", "1"), ("minutes", "10")];
    new_page(&who, Form::of(defaults), Vec::new())
}

/// Reads, makes the plan, makes its lottery without holding the database, then writes.
async fn create(Extract(app): Extract<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    who.must_be(OFFICERS)?;
    let again = |form: Form, faults| -> Result<Response, Fail> {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&who, form, faults)?).into_response())
    };
    let typed = match typed(&form) {
        Ok(typed) => typed,
        Err(faults) => return again(form, faults),
    };
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let planned = prepare::plan(&app, &mut tx, &typed).await?;
    drop(tx);
    let plan = match planned {
        Ok(plan) => prepare::with_lottery(plan).await?,
        faults => faults,
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(faults) => return again(form, faults),
    };
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let item = typed.item.map(|item| item.to_string()).unwrap_or_default();
    let id = act::prepare_draw(&mut tx, plan, typed.minutes, &item, "").await?.id;
    tx.conn.commit().await?;
    Ok(done(&format!("/draws/{id}"), "方案已保存，尚未公布。请核对后公布。"))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    draft: String,
    #[serde(default)]
    item: String,
}

#[derive(Template)]
#[template(path = "draws/quick.html")]
struct Quick {
    ui: Ui,
    filled: Filled,
    draft: String,
    fields: Vec<(&'static Category, Vec<&'static Category>)>,
    candidates: Vec<Candidate>,
}

impl Quick {
    fn name_of(&self, category: &Category) -> &'static str {
        if self.ui.is_english() { category.english } else { category.name }
    }
}

async fn quick_page(app: &App, who: &Signed, form: Form, faults: Vec<Fault>) -> Page {
    let item: Option<ItemCode> = form.text("item").parse().ok();
    let candidates = match &item {
        Some(item) => prepare::licensed(&mut app.db.read().await?, Some(item), who.visitor.today).await?,
        None => Vec::new(),
    };
    let tree = Categories::get();
    let fields = tree.fields().map(|field| (field, tree.children(&field.code).collect())).collect();
    let draft = form.text("draft").to_owned();
    html(&Quick { ui: who.ui(), filled: Filled::new(form, faults), draft, fields, candidates })
}

async fn quick(Extract(app): Extract<App>, who: Signed, Query(asked): Query<Asked>) -> Page {
    who.must_be(&[Role::Client])?;
    // 80 random bits are in an identifier.
    let words = crate::perform::new_id(app.clock.now());
    let form = Form::of([("draft", asked.draft.as_str()), ("item", asked.item.as_str()), ("value", &words)]);
    quick_page(&app, &who, form, Vec::new()).await
}

/// A client's draw of one institution: prepared, published and contributed to at once; drawn at the next checkpoint.
async fn draw_quick(Extract(app): Extract<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    who.must_be(&[Role::Client])?;
    let mut faults = Vec::new();
    let item = form.text("item").parse::<ItemCode>().ok().filter(|code| Categories::get().find(code).is_some());
    if item.is_none() {
        faults.push(Fault::new("item", say("请选择一项。")));
    }
    let value = form.text("value").to_owned();
    if value.is_empty() || value.chars().count() > act::VALUE_MAX {
        faults.push(Fault::new("value", say("请填写1至%{n}个字。").with("n", act::VALUE_MAX)));
    }
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    if let (Some(item), true) = (item, faults.is_empty()) {
        match act::quick(&app, &mut tx, &item, &value, form.text("draft")).await? {
            Ok(id) => {
                tx.conn.commit().await?;
                return Ok(done(&format!("/draws/{id}"), "候选名单已公布，请在公布的时刻之后抽取。"));
            }
            Err(found) => faults.extend(found),
        }
    }
    drop(tx);
    // A fault of the list is shown beside the item, the one thing that a client chooses.
    let faults = faults
        .into_iter()
        .map(|fault| if fault.field == "value" { fault } else { Fault { field: "item".into(), ..fault } })
        .collect();
    let page = quick_page(&app, &who, form, faults).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// A candidate as the page shows it.
struct Line {
    number: usize,
    candidate: Candidate,
    /// Percent with four decimals, of the first draw.
    chance: String,
}

#[derive(Template)]
#[template(path = "draws/show.html")]
struct Show {
    ui: Ui,
    draw: Record,
    entries: Vec<Entry>,
    parties: Vec<Party>,
    seated: Vec<(usize, String, String)>,
    picture: String,
    lines: Vec<Line>,
    is_own: bool,
    /// Whether the whole list may be shown: institutions to everybody, people to who keeps the draw.
    shows_list: bool,
    moment: Option<Timestamp>,
    /// The announced moment is past.
    is_past: bool,
    /// The awaited checkpoint is there, or none is needed.
    is_due: bool,
    item_name: String,
    log_key: String,
}

impl Show {
    fn may(&self, action: &str) -> bool {
        let waits = self.parties.iter().any(|one| one.commitment.is_none());
        let hidden = self.parties.iter().any(|one| one.shown.is_none() && one.commitment.is_some());
        self.is_own
            && match (self.draw.state, action) {
                (State::Prepared, "commit" | "annul") | (State::Committed, "annul") | (State::Drawn, "refuse") => true,
                (State::Committed, "contribute") => waits && (self.moment.is_none() || !self.is_past),
                (State::Committed, "reveal") => hidden && self.is_due,
                (State::Committed, "draw") => self.is_due,
                _ => false,
            }
    }

    /// With hyphens at which no line breaks: a date that is broken in two cannot be read at a glance.
    fn minute(&self, at: &Timestamp) -> String {
        self.ui.minute(at).replace('-', "\u{2011}")
    }

    fn purpose(&self) -> &'static str {
        PURPOSES.iter().find(|(word, ..)| *word == self.draw.purpose).map_or("", |(_, label, _)| label)
    }

    fn method(&self) -> &'static str {
        METHODS.iter().find(|(.., method)| *method == self.draw.plan.method).map_or("", |(_, label, _)| label)
    }

    fn name_of(&self, id: &str) -> String {
        let found = self.draw.plan.candidates.iter().find(|one| one.id == id);
        found.map_or_else(|| id.to_owned(), |one| one.name.clone())
    }

    fn kind(&self, entry: &Entry) -> &'static str {
        match entry.kind.as_str() {
            "commit" => "公布方案的校验值",
            "contribute" => "提交文字的校验值",
            "reveal" => "公开文字",
            "draw" => "抽取",
            "refuse" => "不担任",
            _ => "作废",
        }
    }

    fn seed(&self) -> &str {
        self.draw.transcript.as_ref().map_or("", |one| &one.seed)
    }

    fn digest(&self) -> &str {
        self.draw.transcript.as_ref().map_or("", |one| &one.digest)
    }

    /// Who does not take a seat, why, and who follows.
    fn refusals(&self) -> Vec<(String, String, Option<String>)> {
        let all = self.draw.transcript.iter().flat_map(|one| &one.refusals);
        all.map(|one| {
            let next = one.replacement.as_deref().map(|id| self.name_of(id));
            (self.name_of(&one.id), one.reason.clone(), next)
        })
        .collect()
    }

    fn is_client(&self) -> bool {
        self.ui.who.as_ref().is_some_and(|who| who.is(Role::Client))
    }

    fn is_for_client(&self) -> bool {
        self.is_own && !self.draw.item.is_empty() && self.draw.state == State::Drawn && self.is_client()
    }
}

/// Each candidate's chance in the first draw, as the method gives it.
fn chances(plan: &::draws::Plan) -> Vec<Option<f64>> {
    let many = plan.candidates.len().max(1) as f64;
    match (&plan.lottery, plan.method) {
        (Some(lottery), _) => fairness(plan, lottery).into_iter().map(Some).collect(),
        (None, Method::Uniform) => vec![Some(f64::from(plan.seats) / many); plan.candidates.len()],
        // By weights without replacement the chance of several seats has no simple form.
        _ => vec![None; plan.candidates.len()],
    }
}

async fn show(Extract(app): Extract<App>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let mut conn = app.db.read().await?;
    let draw = store::find(&mut conn, visitor.actor.as_ref(), &id).await?;
    let entries = store::entries(&mut conn, &id).await?;
    let is_due =
        draw.plan.seed_rule.log.is_none() || published::checkpoint(&mut conn, &draw, &entries).await?.is_some();
    drop(conn);
    let actor = visitor.actor.as_ref();
    let is_own = actor.is_some_and(|one| one.account_id == draw.account_id);
    let is_officer = actor.is_some_and(|one| OFFICERS.iter().any(|role| one.is(*role)));
    let shows_list = is_own || is_officer || draw.purpose == "institution";
    let parties = store::parties(&draw, &entries);
    let percent = |chance: Option<f64>| chance.map_or_else(|| "–".into(), |one| format!("{:.4}%", 100.0 * one));
    let lines = draw.plan.candidates.iter().zip(chances(&draw.plan)).enumerate().map(|(at, (candidate, chance))| {
        Line { number: at + 1, candidate: candidate.clone(), chance: percent(chance) }
    });
    let lines = lines.collect();
    let (seated, picture) = match &draw.transcript {
        Some(transcript) => {
            (seats(transcript), picture::strip(transcript, &visitor.lang.t("候选者一格一个，抽中者填色")))
        }
        None => (Vec::new(), String::new()),
    };
    let item: Option<ItemCode> = draw.item.parse().ok();
    let item_name = item.as_ref().and_then(|code| Categories::get().find(code)).map_or_else(String::new, |one| {
        if visitor.ui().is_english() { one.english.to_owned() } else { one.name.to_owned() }
    });
    let moment = store::moment(&draw);
    let is_past = moment.is_none_or(|at| app.clock.now() >= at);
    let log_key = log::keys(&app).map_err(Fail::Internal)?.verifier(Log::Public).to_string();
    html(&Show {
        ui: visitor.ui(),
        draw,
        entries,
        parties,
        seated,
        picture,
        lines,
        is_own,
        shows_list,
        moment,
        is_past,
        is_due,
        item_name,
        log_key,
    })
}

/// Number in the list, id and name of everybody who has a seat now.
fn seats(transcript: &Transcript) -> Vec<(usize, String, String)> {
    let candidates = &transcript.plan.candidates;
    let found = store::seated(transcript).into_iter().filter_map(|id| {
        let at = candidates.iter().position(|one| one.id == id)?;
        Some((at + 1, id, candidates[at].name.clone()))
    });
    found.collect()
}

/// The transcript as a file: of institutions for everybody; of people for who may see the list.
async fn transcript(Extract(app): Extract<App>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Fail> {
    let draw = store::find(&mut app.db.read().await?, visitor.actor.as_ref(), &id).await?;
    let actor = visitor.actor.as_ref();
    let may = draw.purpose == "institution"
        || actor.is_some_and(|one| one.account_id == draw.account_id || OFFICERS.iter().any(|role| one.is(*role)));
    let transcript = draw.transcript.filter(|_| may).ok_or(Fail::NotFound)?;
    let text = serde_json::to_string_pretty(&transcript).map_err(|error| Fail::Internal(error.into()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"draw-{}.json\"", draw.id)),
    ];
    Ok((headers, text).into_response())
}

/// What the draw waits for, with its proofs: read from files, before the database's writer is taken.
async fn awaited(app: &App, who: &Signed, id: &str) -> Result<Option<published::Awaited>, Fail> {
    let mut conn = app.db.read().await?;
    let draw = store::find(&mut conn, Some(&who.actor), id).await?;
    let entries = store::entries(&mut conn, id).await?;
    drop(conn);
    published::awaited(app, &draw, &entries).await
}

async fn take_step(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, action)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    who.must_be(KEEPERS)?;
    let action: Action = action.parse().map_err(|_| Fail::NotFound)?;
    let awaited = match action {
        Action::Draw => awaited(&app, &who, &id).await?,
        _ => None,
    };
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let mut draw = store::find(&mut tx.conn, Some(&who.actor), &id).await?;
    if draw.account_id != who.actor.account_id {
        return Err(Fail::NotFound);
    }
    if form.text("version").parse() != Ok(draw.version) {
        return Err(Fail::Conflict(say("在您打开之后，这次抽取已有变动。请刷新页面。")));
    }
    let facts = store::facts(&mut tx, &draw).await?;
    let what = match action {
        Action::Prepare => return Err(Fail::NotFound),
        Action::Commit => {
            act::commit(&app, &mut tx, &mut draw, &facts).await?;
            "方案的校验值已写入日志。"
        }
        Action::Contribute => {
            let hash = act::hash_of(&draw, &form);
            act::contribute(&mut tx, &mut draw, &facts, form.text("party"), &hash).await?;
            if form.is_checked("keep") && !form.text("value").is_empty() {
                store::seal(&mut tx, &id, form.text("party"), form.text("value")).await?;
            }
            "校验值已写入日志。"
        }
        Action::Reveal => {
            act::reveal(&mut tx, &mut draw, &facts, form.text("party"), form.text("value")).await?;
            "文字已公开。"
        }
        Action::Draw => {
            act::draw(&mut tx, &mut draw, facts, awaited, form.text("beacon")).await?;
            "已抽取。"
        }
        Action::Refuse => {
            act::refuse(&mut tx, &mut draw, &facts, form.text("id"), form.text("reason")).await?;
            "已登记，由后续数字补上。"
        }
        Action::Annul => {
            act::annul(&mut tx, &mut draw, &facts, form.text("reason")).await?;
            "已作废。"
        }
    };
    tx.conn.commit().await?;
    Ok(done(&format!("/draws/{id}"), what))
}

/// The drawn institution goes into the client's draft.
async fn entrust(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    who.must_be(&[Role::Client])?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let draw = store::find(&mut tx.conn, Some(&who.actor), &id).await?;
    if draw.account_id != who.actor.account_id {
        return Err(Fail::NotFound);
    }
    let drawn = draw.transcript.as_ref().map(store::seated).unwrap_or_default().into_iter().next();
    let drawn = drawn.ok_or_else(|| Fail::refused(say("还没有抽中的机构。"), "", say("请先抽取。")))?;
    let answers = [("institution_id", drawn.as_str()), ("item", draw.item.as_str())];
    let draft = crate::cases::fill_draft(&mut tx, &draw.draft_id, &answers).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/entrust/{draft}"), "抽中的机构已填入委托表。"))
}
