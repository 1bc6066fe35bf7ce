//! Jobs that fail, for the system administrator: what, how often, why, and a button to try the dead anew.

use super::store::{self, Failing};
use crate::actor::Role;
use crate::app::App;
use crate::fail::Fail;
use crate::text::say;
use crate::web::export::{Format, ROWS_MAX, Wanted};
use crate::web::{Form, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

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

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    format: String,
}

async fn show(State(app): State<App>, signed: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 5] =
        [("任务", 24.0), ("排队时间", 18.0), ("已试次数", 10.0), ("最近的错误", 60.0), ("下一步", 20.0)];
    signed.must_be(SYSTEM)?;
    let ui = signed.ui();
    let mut conn = app.db.read().await?;
    if let Some(format) = Format::of(&asked.format) {
        let failing = store::failing(&mut conn, ROWS_MAX).await?;
        drop(conn);
        let row = |job: &Failing| {
            let again = ui.f1("%{time}再试", "time", ui.minute(&job.run_at));
            let next = if job.is_dead { ui.t("重试").into_owned() } else { again };
            let (at, tries) = (ui.minute(&job.enqueued_at), job.tries.to_string());
            [job.name.clone(), at, tries, job.last_error.clone(), next]
        };
        let rows: Vec<_> = failing.iter().map(row).collect();
        return Wanted::new(&app, &signed.visitor, format, "后台任务").file(&HEADER, &rows).await;
    }
    let (waiting, dead) = store::counts(&mut conn).await?;
    Ok(html(&JobsPage { ui, waiting, dead, failing: store::failing(&mut conn, ROWS).await? })?.into_response())
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
