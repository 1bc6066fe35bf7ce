//! The public tracking page, and the slip that the client and the desk hand out.

use super::papers::TrackingSlip;
use super::stage::{Place, Stage, View};
use crate::app::App;
use crate::cases::elsewhere::key;
use crate::cases::progress::{self, Progress};
use crate::cases::{SIGNS, Scope, store};
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::values;
use crate::web::{Form, Page, Signed, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::{Timestamp, ToSpan};
use matching::Secret;

/// Signs of a short code: 40 bits, far beyond ten tries an hour.
const CODE_SIGNS: usize = 8;
/// Wrong codes for one number an hour, after which it answers nobody.
const MISSES_MAX: i64 = 10;
/// Signs that are looked at of what was typed.
const TYPED_MAX: usize = 32;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/track", get(ask).post(answer))
        .route("/track/{number}", get(ask_for))
        // What the QR code holds, in capitals so that it stays small.
        .route("/T/{number}", get(from_qr))
        .route("/cases/{id}/tracking", get(slip_page))
        .route("/cases/{id}/tracking/slip", get(slip))
}

#[derive(Template)]
#[template(path = "tracking/track.html")]
struct Track {
    ui: Ui,
    shown: String,
    view: Option<View>,
    missed: bool,
}

fn is_here(stage: &Stage) -> bool {
    stage.place == Place::Here
}

fn is_done(stage: &Stage) -> bool {
    stage.place == Place::Done
}

async fn ask(visitor: Visitor) -> Page {
    html(&Track { ui: visitor.ui(), shown: String::new(), view: None, missed: false })
}

async fn ask_for(visitor: Visitor, Path(number): Path<String>) -> Page {
    html(&Track { ui: visitor.ui(), shown: grouped(&normalised(&number), 5), view: None, missed: false })
}

async fn from_qr(Path(number): Path<String>) -> Redirect {
    Redirect::to(&format!("/track/{}", normalised(&number)))
}

/// Number and code come in a form: an address would stand in logs and histories.
async fn answer(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Fail> {
    app.limits.track(visitor.ip)?;
    let (number, code) = (normalised(form.text("number")), normalised(form.text("code")));
    if number.is_empty() || code.is_empty() {
        let page = Track { ui: visitor.ui(), shown: grouped(&number, 5), view: None, missed: false };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response());
    }
    let found = look_up(&app, &number, &code).await?;
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let view = found.as_ref().map(|progress| View::of(progress, visitor.today, &app.calendar));
    let page = Track { ui: visitor.ui(), shown: grouped(&number, 5), missed: view.is_none(), view };
    Ok((status, html(&page)?).into_response())
}

/// The case of number and code. A number that exists and one that does not take the same way.
async fn look_up(app: &App, number: &str, code: &str) -> Result<Option<Progress>, Fail> {
    let secret = secret(app)?;
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let misses = conn
        .count(
            "select count(*) from tracking_miss where number = $1 and missed_at > $2",
            values![number, an_hour_before(now)],
        )
        .await?;
    let found = progress::progress(&mut conn, number).await?;
    drop(conn);
    let is_right = same(&code_of(&secret, number), code);
    if misses < MISSES_MAX && is_right && found.is_some() {
        return Ok(found);
    }
    if misses < MISSES_MAX {
        let mut conn = app.db.write().await?;
        miss(&mut conn, number, now).await?;
        conn.commit().await?;
    }
    Ok(None)
}

async fn miss(conn: &mut Conn, number: &str, now: Timestamp) -> Result<(), DbError> {
    conn.run("delete from tracking_miss where missed_at <= $1", values![an_hour_before(now)]).await?;
    conn.run("insert into tracking_miss (number, missed_at) values ($1, $2)", values![number, now]).await?;
    Ok(())
}

fn an_hour_before(now: Timestamp) -> Timestamp {
    now.checked_sub(1.hour()).unwrap_or(now)
}

fn secret(app: &App) -> Result<Secret, Fail> {
    key::load(&app.config.data, "tracking").map_err(|error| Fail::Internal(error.into()))
}

/// The short code of a number: derived, kept nowhere.
fn code_of(secret: &Secret, number: &str) -> String {
    let digest = secret.digest("tracking-code", number);
    digest[..CODE_SIGNS].iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}

/// Compares every sign, so that the time tells nothing of how many are right.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

/// What was typed, as it is stored: capitals, no gaps, letters taken for digits put right (Crockford).
fn normalised(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(TYPED_MAX)
        .collect()
}

fn grouped(text: &str, by: usize) -> String {
    text.as_bytes().chunks(by).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// Number and code of a case, for those who see the case: they know more than the page tells.
async fn of_case(app: &App, who: &Signed, id: &str) -> Result<(String, String), Fail> {
    let mut conn = app.db.read().await?;
    store::find(&mut conn, &Scope::of(&who.actor)?, id).await?;
    let number = progress::number_of(&mut conn, id).await?.ok_or(Fail::NotFound)?;
    let code = code_of(&secret(app)?, &number);
    Ok((number, code))
}

#[derive(Template)]
#[template(path = "tracking/slip.html")]
struct SlipPage {
    ui: Ui,
    case_id: String,
    number: String,
    code: String,
    address: String,
}

async fn slip_page(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    let (number, code) = of_case(&app, &who, &id).await?;
    let address = format!("{}/track", app.config.base_url);
    html(&SlipPage { ui: who.ui(), case_id: id, number: grouped(&number, 5), code: grouped(&code, 4), address })
}

async fn slip(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let (number, code) = of_case(&app, &who, &id).await?;
    let paper = TrackingSlip {
        qr: paper::qr_svg(&format!("{}/T/{number}", app.config.base_url.to_uppercase())),
        number: grouped(&number, 5),
        code: grouped(&code, 4),
        address: format!("{}/track", app.config.base_url),
        printed_on: who.visitor.today,
    };
    let bytes = app.papers.preview(&paper).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"tracking_slip.pdf\""),
    ];
    Ok((headers, bytes).into_response())
}
