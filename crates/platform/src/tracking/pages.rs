//! The public tracking page, and the slip that the client and the desk hand out.

use super::codes::{grouped, look_up, normalised, of_case};
use super::papers::TrackingSlip;
use super::stage::{Place, Stage, View};
use crate::app::App;
use crate::fail::Fail;
use crate::web::{Form, Page, Signed, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

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
