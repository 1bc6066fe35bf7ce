//! Money: the fee account of a case, what is owed, a bank's statement, the tariff.

use super::caller::Caller;
use super::input::{self, Window, query};
use super::once::{Key, commit_made};
use super::shapes;
use super::writing::once;
use crate::app::App;
use crate::fail::{Fail, Fault, Objection};
use crate::fees::deeds::{self, Outcome, Part, STATEMENT_MAX, Unrecorded};
use crate::fees::{self, Match, Payment};
use crate::rulebook;
use crate::text::{Lang, say};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde_json::{Value as Json, json};

type Pairs = Query<Vec<(String, String)>>;

pub(super) fn routes() -> Router<App> {
    // A byte more than a statement may have, so that its own refusal is told.
    let limit = DefaultBodyLimit::max(STATEMENT_MAX + 1);
    Router::new()
        .route("/api/v1/fees", get(owed))
        .route("/api/v1/fees/statement", post(statement).layer(limit))
        .route("/api/v1/cases/{id}/fees/{act}", post(act_on_fees))
        .route("/api/v1/tariff", get(tariff))
}

async fn owed(Extract(app): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("fees:read")?;
    deeds::must_keep(&caller.signed)?;
    let window = Window::of(&query(pairs))?;
    let scope = fees::store::scope_of(&caller.signed.actor)?;
    let mut conn = app.db.read().await?;
    let (lines, totals) = fees::outstanding(&mut conn, &scope, window.offset(), window.per_page).await?;
    let line = |one: &fees::OwedLine| {
        json!({
            "case_id": one.subject_id, "client_name": one.client_name, "payment_code": one.payment_code,
            "agreed_on": one.agreed_on, "charge_fen": one.charge_fen, "received_fen": one.received_fen,
            "refunded_fen": one.refunded_fen, "outstanding_fen": one.outstanding_fen,
        })
    };
    Ok(shapes::page(&caller.signed.visitor.path, window, totals.owing, lines.iter().map(line).collect()))
}

/// Money is recorded as from the page; a refund without `do: refund` answers what the rules propose, and writes nothing.
async fn act_on_fees(
    Extract(app): Extract<App>,
    caller: Caller,
    Path((id, part)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("fees:write")?;
    let part: Part = part.parse().map_err(|_| Fail::NotFound)?;
    let form = input::form(&body)?;
    let key = Key::of(&caller, &headers, &body)?;
    let who = &caller.signed;
    let act = async {
        let opened = deeds::open(&app, who, &id, part, &form).await?;
        let (mut tx, mut account) = opened.ok_or_else(fees::changed_meanwhile)?;
        match deeds::act(&app, &mut tx, &mut account, part, &form).await? {
            Outcome::Faults(faults) => Err(Fail::Faults(faults)),
            Outcome::Proposed(proposal) => {
                let lang = who.visitor.lang;
                let lines: Vec<String> = proposal.lines.iter().map(|line| lang.say(line)).collect();
                let mut shown = shapes::fees(&account);
                shown["proposal"] = json!({
                    "kept_fen": proposal.kept_fen, "refund_fen": proposal.refund_fen,
                    "article": lang.t(proposal.article), "explanation": lines,
                });
                Ok(axum::Json(shown).into_response())
            }
            Outcome::Done(_) => {
                let scope = fees::store::scope_of(&who.actor)?;
                let after = fees::store::find_in(&mut tx.conn, &scope, &id).await?;
                let body = shapes::fees(&after);
                commit_made(key.as_ref(), tx, &body).await
            }
        }
    };
    once(&app, key.as_ref(), act).await
}

/// A bank's statement, recorded whole or not at all; every row that finds no account is told.
async fn statement(
    Extract(app): Extract<App>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fail> {
    caller.may("fees:write")?;
    let key = Key::of(&caller, &headers, &body)?;
    let lang = caller.signed.visitor.lang;
    let act = async {
        match deeds::record_statement(&app, &caller.signed, &body).await? {
            Err(Unrecorded::Faults(faults)) => Err(Fail::Faults(faults)),
            Err(Unrecorded::Unmatched(rows)) => Err(Fail::Refused(unmatched(lang, &rows))),
            Ok((tx, rows)) => {
                let items: Vec<Json> = rows.iter().map(recorded).collect();
                commit_made(key.as_ref(), tx, &json!({ "total": items.len(), "items": items })).await
            }
        }
    };
    once(&app, key.as_ref(), act).await
}

fn recorded((payment, found): &(Payment, Match)) -> Json {
    let case = match found {
        Match::Found(id) => Some(id),
        Match::Known | Match::Unmatched(_) => None,
    };
    json!({
        "reference": payment.reference, "amount_fen": payment.fen, "payer": payment.payer, "paid_on": payment.paid_on,
        "case_id": case, "was_known": matches!(found, Match::Known),
    })
}

fn unmatched(lang: Lang, rows: &[(Payment, Match)]) -> Vec<Objection> {
    let why = |(payment, found): &(Payment, Match)| match found {
        Match::Unmatched(why) => Some(Objection {
            what: say("流水号%{reference}：%{why}").with("reference", &payment.reference).with("why", lang.say(why)),
            article: "",
            remedy: say("请在该行附言中写明付款码，或者删去该行后再提交；一行也没有登记。"),
        }),
        Match::Found(_) | Match::Known => None,
    };
    rows.iter().filter_map(why).collect()
}

async fn tariff(Extract(_): Extract<App>, caller: Caller, Query(pairs): Pairs) -> Result<Response, Fail> {
    caller.may("register:read")?;
    let asked = query(pairs);
    let visitor = &caller.signed.visitor;
    let wrong = |field: &str, what| Fail::Faults(vec![Fault::new(field, what)]);
    let region = match asked.text("region") {
        "" => fees::FIRST_REGION,
        text => rulebook::regions()
            .map(|(region, _)| region)
            .find(|region| *region == text)
            .ok_or_else(|| wrong("region", say("请选择一项。")))?,
    };
    let on: Date = match asked.text("on") {
        "" => visitor.today,
        text => text.parse().map_err(|_| wrong("on", say("日期写作2026-03-02的样子。")))?,
    };
    let is_english = visitor.lang == Lang::En;
    let told = |chinese: &String, english: &String| if is_english { english.clone() } else { chinese.clone() };
    let rows = fees::tariff(region, on).map_or(&[][..], |tariff| tariff.rows);
    let row = |one: &fees::TariffRow| {
        json!({
            "code": one.code, "name": told(&one.name, &one.english), "unit": told(&one.unit, &one.unit_english),
            "guide_fen": one.guide_fen, "regime": visitor.lang.t(one.regime.label()), "items": one.items, "article": one.article,
            "note": told(&one.note, &one.note_english),
        })
    };
    Ok(shapes::whole(rows.iter().map(row).collect()))
}
