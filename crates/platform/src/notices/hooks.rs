//! Endpoints of an organisation: registered by its head or by those who entrust, tried out, paused, taken away.
//!
//! **Invariant:** a secret is shown once, when the endpoint is registered, and lies locked in the database; and nobody sees another organisation's endpoints.

use super::store::{self, Endpoint, Kind, NewNotice, state_label};
use super::{guard, hook_send};
use crate::actor::Role;
use crate::app::App;
use crate::cases::Case;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Fault};
use crate::master_key;
use crate::perform::new_id;
use crate::text::say;
use crate::values;
use crate::web::form::{Filled, Reader};
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use procedure::Procedure;
use serde_json::json;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/notices/webhooks", get(show).post(act))
}

const REGISTER: &[Role] = &[Role::Head, Role::Client];
/// Endpoints of one organisation; each gets every event.
const WEBHOOKS_MOST: usize = 5;
/// Longest address.
const URL_LONGEST: usize = 500;
/// Deliveries shown of each.
const DELIVERIES_SHOWN: i64 = 10;

const KINDS: &[(&str, &str, &str)] = &[("step", "办理进展", ""), ("reminder", "时限提醒", "")];

struct Webhook {
    id: String,
    url: String,
    is_paused: bool,
    created_at: Timestamp,
    deliveries: Vec<Sent>,
}

struct Sent {
    kind: String,
    state: String,
    created_at: Timestamp,
    tries: i64,
    last_answer: String,
}

impl Sent {
    fn state(&self) -> &'static str {
        state_label(&self.state)
    }

    fn kind(&self) -> &'static str {
        match self.kind.as_str() {
            "step" => "办理进展",
            "reminder" => "时限提醒",
            _ => "试发",
        }
    }
}

#[derive(Template)]
#[template(path = "notices/hooks.html")]
struct HooksPage {
    ui: Ui,
    filled: Filled,
    webhooks: Vec<Webhook>,
    kinds: &'static [(&'static str, &'static str, &'static str)],
    /// Just registered: the one time that it is shown.
    secret: Option<String>,
}

async fn list(conn: &mut Conn, organisation: &str) -> Result<Vec<Webhook>, DbError> {
    let rows = conn
        .all(
            "select id, url, paused_at, created_at from webhook where organisation_id = $1 and removed_at is null order by created_at, id",
            values![organisation],
        )
        .await?;
    let mut found = Vec::new();
    for row in rows {
        let id: String = row.get("id")?;
        let sent = conn
            .all(
                "select n.kind, d.state, d.created_at, d.tries, d.last_answer from delivery d join notice n on n.id = d.notice_id
                 where d.webhook_id = $1 order by d.created_at desc, d.id desc limit $2",
                values![&id, DELIVERIES_SHOWN],
            )
            .await?;
        let mut deliveries = Vec::new();
        for one in sent {
            deliveries.push(Sent {
                kind: one.get("kind")?,
                state: one.get("state")?,
                created_at: one.get("created_at")?,
                tries: one.get("tries")?,
                last_answer: one.get::<Option<String>>("last_answer")?.unwrap_or_default(),
            });
        }
        let is_paused = row.get::<Option<Timestamp>>("paused_at")?.is_some();
        found.push(Webhook { id, url: row.get("url")?, is_paused, created_at: row.get("created_at")?, deliveries });
    }
    Ok(found)
}

async fn page(app: &App, signed: &Signed, filled: Filled, secret: Option<String>) -> Page {
    let mut conn = app.db.read().await?;
    let webhooks = list(&mut conn, home(signed)?).await?;
    html(&HooksPage { ui: signed.ui(), filled, webhooks, kinds: kinds_of(signed), secret })
}

/// Reminders are the house's own: who entrusts is not offered them.
fn kinds_of(signed: &Signed) -> &'static [(&'static str, &'static str, &'static str)] {
    if signed.actor.is(Role::Head) { KINDS } else { &KINDS[..1] }
}

fn home(signed: &Signed) -> Result<&str, Fail> {
    signed.actor.organisation_id.as_deref().ok_or(Fail::NotFound)
}

async fn show(State(app): State<App>, signed: Signed) -> Page {
    signed.must_be(REGISTER)?;
    page(&app, &signed, Filled::new(Form::of([("kinds", "step")]), Vec::new()), None).await
}

async fn act(State(app): State<App>, signed: Signed, form: Form) -> Result<Response, Fail> {
    signed.must_be(REGISTER)?;
    let id = form.text("id");
    if id.is_empty() {
        return register(&app, &signed, form).await;
    }
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let found = conn
        .first(
            "select paused_at from webhook where id = $1 and organisation_id = $2 and removed_at is null",
            values![id, home(&signed)?],
        )
        .await?;
    let is_paused = found.ok_or(Fail::NotFound)?.get::<Option<Timestamp>>("paused_at")?.is_some();
    let said = match form.text("do") {
        "pause" => {
            conn.run("update webhook set paused_at = $2 where id = $1", values![id, now]).await?;
            "已暂停。此间的通知会保留，恢复后再发送。"
        }
        "resume" => {
            resume(&mut conn, id, now).await?;
            "已恢复，保留的通知正在发送。"
        }
        "remove" => {
            conn.run("update webhook set removed_at = $2 where id = $1", values![id, now]).await?;
            "已删除。"
        }
        "test" => {
            let endpoint = Endpoint { id: id.to_owned(), is_clients: false, is_paused };
            test(&mut conn, &endpoint, now).await?;
            "试发已排队，稍后刷新页面查看结果。"
        }
        _ => return Err(Fail::Bad(say("请求无法识别，请从页面上的按钮或链接进入。"))),
    };
    conn.commit().await?;
    Ok(done("/notices/webhooks", said))
}

/// What was held back goes out.
async fn resume(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), DbError> {
    conn.run("update webhook set paused_at = null where id = $1", values![id]).await?;
    let held = conn
        .all("select id from delivery where webhook_id = $1 and state = 'held' order by created_at, id", values![id])
        .await?;
    for row in held {
        let delivery: String = row.get("id")?;
        conn.run("update delivery set state = 'waiting' where id = $1", values![&delivery]).await?;
        store::enqueue_webhook(conn, &delivery, now).await?;
    }
    Ok(())
}

async fn test(conn: &mut Conn, endpoint: &Endpoint, now: Timestamp) -> Result<(), DbError> {
    let notice = NewNotice {
        procedure: Case::NAME,
        kind: Kind::Test,
        source: format!("test:{}", new_id(now)),
        subject_id: "",
        says: "试发",
        facts: json!({}),
    };
    let body = json!({ "kind": "test", "at": now.to_string() });
    store::tell_webhook(conn, &notice, endpoint, &body, now).await?;
    Ok(())
}

async fn register(app: &App, signed: &Signed, form: Form) -> Result<Response, Fail> {
    let mut reader = Reader::new(&form);
    let url = reader.required("url", URL_LONGEST);
    if !url.is_empty() && !guard::is_allowed(&url, app.config.loopback_webhooks) {
        reader.fault("url", say("请填写https://开头的公网地址，地址中不写用户名和密码。"));
    }
    let wants = |kind: &str| form.has("kinds", kind) && kinds_of(signed).iter().any(|(word, _, _)| *word == kind);
    let (steps, reminders) = (wants("step"), wants("reminder"));
    if !steps && !reminders {
        reader.fault("kinds", say("请至少选择一类通知。"));
    }
    let organisation = home(signed)?;
    let mut conn = app.db.write().await?;
    if list(&mut conn, organisation).await?.len() >= WEBHOOKS_MOST {
        reader.fault("url", say("每个单位最多%{n}个网络回调，请先删除不用的。").with("n", WEBHOOKS_MOST));
    }
    let faults: Vec<Fault> = reader.faults;
    if !faults.is_empty() {
        drop(conn);
        let shown = page(app, signed, Filled::new(form, faults), None).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    let now = app.clock.now();
    let (id, secret) = (new_id(now), hex::encode(rand::random::<[u8; 32]>()));
    let locked = master_key::lock(app, &mut conn, &hook_send::secret_of(&id), secret.as_bytes()).await;
    let locked = locked.map_err(Fail::Internal)?;
    conn.run(
        "insert into webhook (id, organisation_id, url, secret, wants_steps, wants_reminders, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![id, organisation, url, locked, steps, reminders, &signed.actor.account_id, now],
    )
    .await?;
    conn.commit().await?;
    Ok(page(app, signed, Filled::default(), Some(secret)).await?.into_response())
}
