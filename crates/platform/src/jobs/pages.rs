//! Jobs that fail, for the system administrator: what, how often, why, and a button to try the dead anew.

use super::store::{self, Failing};
use crate::actor::Role;
use crate::app::App;
use crate::fail::Fail;
use crate::text::say;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

pub fn routes() -> Router<App> {
    Router::new().route("/admin/jobs", get(show).post(revive))
}

const SYSTEM: &[Role] = &[Role::SystemAdministrator];
/// Rows shown; the dead come first.
const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "jobs/admin.html")]
struct JobsPage {
    ui: Ui,
    waiting: i64,
    dead: i64,
    failing: Vec<Failing>,
}

async fn show(State(app): State<App>, signed: Signed) -> Page {
    signed.must_be(SYSTEM)?;
    let mut conn = app.db.read().await?;
    let (waiting, dead) = store::counts(&mut conn).await?;
    html(&JobsPage { ui: signed.ui(), waiting, dead, failing: store::failing(&mut conn, ROWS).await? })
}

async fn revive(State(app): State<App>, signed: Signed, form: Form) -> Result<Response, Fail> {
    signed.must_be(SYSTEM)?;
    let mut conn = app.db.write().await?;
    if !store::revive(&mut conn, form.text("id"), app.clock.now()).await? {
        return Err(Fail::Conflict(say("此任务已不在失败的任务中。请刷新页面核对。")));
    }
    conn.commit().await?;
    tracing::warn!(by = %signed.actor.login, job = form.text("id"), "a dead job is tried anew");
    Ok(done("/admin/jobs", "任务已重新排队。"))
}
