//! What can be asked: lists and single things, in the scope of the token's owner.

use super::caller::Caller;
use super::input::{Window, query};
use super::shapes;
use crate::app::App;
use crate::cases::facts::Record;
use crate::cases::queue::{self, Asked, Days, Show};
use crate::cases::search::{self, Sought};
use crate::cases::{self, Scope, State, pages, records};
use crate::db::Conn;
use crate::fail::{Fail, Fault};
use crate::registry::store::{self as register, Narrowed};
use crate::text::say;
use crate::web::Form;
use crate::web::form::PAGE_ROWS;
use crate::{custody, fees, opinions, papers, perform};
use axum::Router;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value as Json, json};

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/cases", get(list))
        .route("/api/v1/cases/{id}", get(case))
        .route("/api/v1/cases/{id}/events", get(events))
        .route("/api/v1/cases/{id}/terms", get(terms))
        .route("/api/v1/cases/{id}/papers", get(case_papers))
        .route("/api/v1/cases/{id}/papers/{paper}", get(paper))
        .route("/api/v1/cases/{id}/files", get(files))
        .route("/api/v1/cases/{id}/files/{file}", get(file))
        .route("/api/v1/cases/{id}/materials", get(materials))
        .route("/api/v1/cases/{id}/fees", get(case_fees))
        .route("/api/v1/cases/{id}/records", get(case_records))
        .route("/api/v1/institutions", get(institutions))
        .route("/api/v1/institutions/{id}", get(institution))
        .route("/api/v1/verify/{code}", get(verify))
}

/// A word of a fixed list, or the default where nothing is asked for.
fn word<T>(query: &Form, field: &str, of: impl Fn(&str) -> Option<T>, otherwise: T) -> Result<T, Fail> {
    match query.text(field) {
        "" => Ok(otherwise),
        text => of(text).ok_or_else(|| Fail::Faults(vec![Fault::new(field, say("请选择一项。"))])),
    }
}

async fn list(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let who = &caller.signed;
    let scope = Scope::of(&who.actor)?;
    let asked = query(pairs);
    let mut window = Window::of(&asked)?;
    let show = word(&asked, "show", Show::of, Show::All)?;
    let state = word(&asked, "state", |text| text.parse::<State>().ok().map(Some), None)?;
    let (today, lang) = (who.visitor.today, who.visitor.lang);
    let mut conn = app.db.read().await?;
    let (lines, total) = if asked.text("q").is_empty() {
        let (asked, days) = (Asked { show, state }, Days { today, soon: queue::soon_until(today, &app.calendar) });
        let total = queue::count(&mut conn, &scope, &who.actor, &asked, days).await?;
        let (offset, rows) = (window.offset(), window.per_page);
        let lines = queue::export(&mut conn, &scope, &who.actor, &asked, days, offset, rows, &app.calendar).await?;
        (lines, total)
    } else {
        // The search answers in pages of its own size.
        window.per_page = PAGE_ROWS;
        let sought = Sought { query: asked.text("q").to_owned(), state, in_texts: asked.text("texts") == "yes" };
        let found = search::find(&mut conn, &scope, &sought, window.page).await?;
        let found = found.map_err(|_| {
            let what = say("查找内容不能超过%{n}个字，请只输入一部分。").with("n", search::QUERY_MAX);
            Fail::Faults(vec![Fault::new("q", what)])
        })?;
        let total = found.paging.total;
        let lines = if window.page > window.pages(total) { Vec::new() } else { found.lines };
        (queue::lines_of(&mut conn, &scope, &who.actor, lines, today, &app.calendar).await?, total)
    };
    let items = lines.iter().map(|one| shapes::line(lang, one)).collect();
    Ok(shapes::page(&who.visitor.path, window, total, items))
}

async fn case(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("cases:read")?;
    let (who, scope) = (&caller.signed, Scope::of(&caller.signed.actor)?);
    let today = who.visitor.today;
    let mut conn = app.db.read().await?;
    let facts = cases::store::facts(&mut conn, &scope, &id, today).await?;
    Ok(axum::Json(shapes::case(&facts, who, today, &app.calendar)).into_response())
}

/// The case, if it is in the caller's scope, in a transaction that reads on.
async fn open(app: &App, caller: &Caller, may: &str, id: &str) -> Result<(Conn, Record, Scope), Fail> {
    caller.may(may)?;
    let scope = Scope::of(&caller.signed.actor)?;
    let mut conn = app.db.read().await?;
    let case = cases::store::find(&mut conn, &scope, id).await?;
    Ok((conn, case, scope))
}

fn is_client(scope: &Scope) -> bool {
    matches!(scope, Scope::Client(_))
}

async fn events(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, scope) = open(&app, &caller, "cases:read", &id).await?;
    let lang = caller.signed.visitor.lang;
    let events = cases::events(&mut conn, &id, lang, is_client(&scope)).await?;
    Ok(shapes::whole(events.iter().map(|one| shapes::event(lang, one)).collect()))
}

async fn terms(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, case, _) = open(&app, &caller, "cases:read", &id).await?;
    let visitor = &caller.signed.visitor;
    let terms = perform::terms(&mut conn, &id).await?;
    let outcome = |one| cases::outcome(&case, &terms, one, visitor.today);
    Ok(shapes::whole(terms.iter().map(|one| shapes::term(visitor.lang, one, outcome(one))).collect()))
}

async fn case_papers(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, scope) = open(&app, &caller, "cases:read", &id).await?;
    let all = cases::visible(papers::list(&mut conn, &id).await?, is_client(&scope));
    Ok(shapes::whole(all.iter().map(|one| shapes::paper(caller.signed.visitor.lang, one)).collect()))
}

async fn paper(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(path): Path<(String, String)>,
) -> Result<Response, Fail> {
    caller.may("files:read")?;
    pages::download(Extract(app), caller.signed, Path(path)).await
}

async fn files(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, _) = open(&app, &caller, "cases:read", &id).await?;
    let files = cases::files(&mut conn, &id).await?;
    let one = |one: &cases::Attachment| {
        json!({
            "id": one.id, "name": one.name, "sha256": one.sha256, "size": one.size, "media_type": one.media_type,
            "added_by": one.added_by, "added_at": one.added_at,
        })
    };
    Ok(shapes::whole(files.iter().map(one).collect()))
}

async fn file(
    Extract(app): Extract<App>,
    caller: Caller,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    caller.may("files:read")?;
    cases::download_file(Extract(app), caller.signed, Path(path), headers).await
}

async fn materials(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, _) = open(&app, &caller, "custody:read", &id).await?;
    let all = custody::of_subject(&mut conn, &id).await?;
    Ok(shapes::whole(all.iter().map(shapes::material).collect()))
}

async fn case_fees(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, _) = open(&app, &caller, "fees:read", &id).await?;
    let actor = &caller.signed.actor;
    if !fees::may_see(actor) {
        return Err(Fail::Forbidden(say("费用由委托人、受理人员、机构负责人和司法行政机关查阅。")));
    }
    let account = fees::store::find_in(&mut conn, &fees::store::scope_of(actor)?, &id).await?;
    Ok(axum::Json(shapes::fees(&account)).into_response())
}

async fn case_records(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    let (mut conn, _, scope) = open(&app, &caller, "cases:read", &id).await?;
    // What the house writes while it works stays inside until the opinion is issued.
    if is_client(&scope) {
        return Err(Fail::NotFound);
    }
    let all = records::store::list(&mut conn, &id).await?;
    Ok(shapes::whole(all.iter().map(shapes::record).collect()))
}

async fn institutions(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("register:read")?;
    let asked = query(pairs);
    let window = Window::of(&asked)?;
    let item = word(&asked, "item", |text| text.parse().ok().map(Some), None)?;
    let narrowed = Narrowed { name: asked.text("name").to_owned(), district: asked.text("district").to_owned(), item };
    let mut conn = app.db.read().await?;
    let (found, total) = register::list_institutions(&mut conn, &narrowed, window.offset(), window.per_page).await?;
    let visitor = &caller.signed.visitor;
    let items = found.iter().map(|one| shapes::institution(one, visitor.today)).collect();
    Ok(shapes::page(&visitor.path, window, total, items))
}

async fn institution(Extract(app): Extract<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Fail> {
    caller.may("register:read")?;
    let visitor = &caller.signed.visitor;
    let mut conn = app.db.read().await?;
    let found = register::find_institution(&mut conn, &id).await?.ok_or(Fail::NotFound)?;
    let mut shown = shapes::institution(&found, visitor.today);
    let appraisers = register::appraisers_of(&mut conn, &id).await?;
    let appraiser = |one: &crate::registry::Appraiser| {
        json!({
            "id": one.id, "name": one.name, "title": visitor.lang.t(one.title.label()),
            "licence": one.licence.as_ref().map(|licence| shapes::licence(licence, visitor.today)),
        })
    };
    shown["appraisers"] = appraisers.iter().map(appraiser).collect::<Json>();
    Ok(axum::Json(shown).into_response())
}

async fn verify(Extract(app): Extract<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Fail> {
    caller.may("register:read")?;
    let visitor = &caller.signed.visitor;
    app.limits.verify(visitor.ip)?;
    let code = opinions::normalised_code(&code);
    let mut conn = app.db.read().await?;
    let found = opinions::store::find_by_code(&mut conn, &code).await?.ok_or(Fail::NotFound)?;
    let corrections: Vec<Json> = opinions::store::corrections(&mut conn, &code)
        .await?
        .iter()
        .map(|one| json!({ "number": one.number, "sha256": one.sha256, "corrected_on": one.corrected_on }))
        .collect();
    let withdrawal = opinions::store::withdrawal(&mut conn, &code).await?;
    let withdrawal =
        withdrawal.map(|one| json!({ "ground": one.ground, "sha256": one.sha256, "withdrawn_on": one.withdrawn_on }));
    let appraisers: Vec<Json> =
        found.facts.appraisers.iter().map(|(name, licence)| json!({ "name": name, "licence": licence })).collect();
    Ok(axum::Json(json!({
        "number": found.number, "standing": found.standing, "issued_on": found.issued_on, "sha256": found.sha256,
        "institution": found.facts.institution, "institution_licence": found.facts.institution_licence,
        "appraisers": appraisers, "item": found.facts.item, "case_code": found.facts.case_code,
        "pages": found.facts.pages, "corrections": corrections, "withdrawal": withdrawal,
    }))
    .into_response())
}
