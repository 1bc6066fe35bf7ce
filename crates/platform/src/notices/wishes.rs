//! What a person wishes: the address for mail, and which kinds come by mail. In the platform everything is told.
//!
//! **Invariant:** an address counts only after the link sent to it was opened by the account that gave it.

use super::mail;
use super::store::{self, Kind};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault};
use crate::jobs::{NewJob, enqueue};
use crate::text::say;
use crate::values;
use crate::web::form::{Filled, Reader};
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{Span, Timestamp};
use serde_json::json;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/account/notices", get(show).post(save))
        .route("/account/notices/confirm/{token}", get(ask).post(confirm))
}

/// RFC 5321 allows no longer address.
const EMAIL_LONGEST: usize = 254;
/// Confirmations an account may have sent within an hour: nobody's mailbox is filled from here.
const CONFIRMATIONS_AN_HOUR: i64 = 5;

const KINDS: &[(&str, &str, Kind)] = &[("step", "办理进展", Kind::Step), ("reminder", "时限提醒", Kind::Reminder)];

#[derive(Template)]
#[template(path = "notices/wishes.html")]
struct WishesPage {
    ui: Ui,
    filled: Filled,
    /// Confirmed.
    email: Option<String>,
    has_mail: bool,
    kinds: &'static [(&'static str, &'static str, Kind)],
}

async fn page(app: &App, signed: &Signed, typed: Option<Filled>) -> Page {
    let mut conn = app.db.read().await?;
    let email = confirmed(&mut conn, &signed.actor.account_id).await?;
    let filled = match typed {
        Some(filled) => filled,
        None => {
            let mut wanted = vec![("email", email.as_deref().unwrap_or_default())];
            for (word, _, kind) in KINDS {
                if store::wants_mail(&mut conn, &signed.actor.account_id, *kind).await? {
                    wanted.push(("by_mail", word));
                }
            }
            Filled::new(Form::of(wanted), Vec::new())
        }
    };
    html(&WishesPage { ui: signed.ui(), filled, email, has_mail: app.config.mail.is_some(), kinds: KINDS })
}

async fn confirmed(conn: &mut Conn, account: &str) -> Result<Option<String>, Fail> {
    let row = conn.first("select email from account where id = $1", values![account]).await?;
    Ok(row.map(|row| row.get("email")).transpose()?.flatten())
}

async fn show(State(app): State<App>, signed: Signed) -> Page {
    page(&app, &signed, None).await
}

async fn save(State(app): State<App>, signed: Signed, form: Form) -> Result<Response, Fail> {
    let mut reader = Reader::new(&form);
    let email = reader.optional("email", EMAIL_LONGEST);
    if !email.is_empty() && !mail::is_address(&email) {
        reader.fault("email", say("邮箱地址写作name@example.org的样子。"));
    }
    let (who, now) = (&signed.actor.account_id, app.clock.now());
    let mut conn = app.db.write().await?;
    let old = confirmed(&mut conn, who).await?.unwrap_or_default();
    let is_new = !email.is_empty() && email != old;
    if is_new && app.config.mail.is_none() {
        reader.fault("email", say("本系统没有设置邮件服务器，现在不能使用邮箱。请联系系统管理员。"));
    }
    if is_new && recent(&mut conn, who, now).await? >= CONFIRMATIONS_AN_HOUR {
        reader.fault("email", say("确认邮件发送过于频繁，请一小时后再试。"));
    }
    if !reader.faults.is_empty() {
        drop(conn);
        let faults: Vec<Fault> = reader.faults;
        let shown = page(&app, &signed, Some(Filled::new(form, faults))).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response());
    }
    for (word, _, _) in KINDS {
        conn.run(
            "insert into notice_preference (account_id, kind, by_mail) values ($1, $2, $3)
             on conflict (account_id, kind) do update set by_mail = excluded.by_mail",
            values![who, *word, form.has("by_mail", word)],
        )
        .await?;
    }
    if email.is_empty() {
        conn.run("update account set email = null where id = $1", values![who]).await?;
    }
    if is_new {
        let payload = json!({ "account": who, "email": email });
        enqueue(&mut conn, &NewJob { name: mail::CONFIRM, payload, run_at: now, dedup: None }, now).await?;
    }
    conn.commit().await?;
    let said = if is_new {
        "设置已保存。确认邮件已发往新邮箱，请打开其中的链接。"
    } else {
        "通知设置已保存。"
    };
    Ok(done("/account/notices", said))
}

/// Confirmations sent to the account's addresses within the hour.
async fn recent(conn: &mut Conn, account: &str, now: Timestamp) -> Result<i64, Fail> {
    let since = now.checked_add(Span::new().hours(mail::CONFIRM_HOURS - 1)).unwrap_or(now);
    Ok(conn
        .count(
            "select count(*) from email_confirmation where account_id = $1 and expires_at > $2",
            values![account, since],
        )
        .await?)
}

#[derive(Template)]
#[template(path = "notices/confirm.html")]
struct ConfirmPage {
    ui: Ui,
    token: String,
    /// None when the link is not good for this account.
    email: Option<String>,
}

async fn asked(conn: &mut Conn, who: &str, token: &str, now: Timestamp) -> Result<Option<String>, Fail> {
    let row = conn
        .first(
            "select email from email_confirmation where token_hash = $1 and account_id = $2 and used_at is null and expires_at > $3",
            values![mail::token_hash(token), who, now],
        )
        .await?;
    Ok(row.map(|row| row.get("email")).transpose()?)
}

/// Asks by a button: machines that look into mail open links.
async fn ask(State(app): State<App>, signed: Signed, Path(token): Path<String>) -> Page {
    let mut conn = app.db.read().await?;
    let email = asked(&mut conn, &signed.actor.account_id, &token, app.clock.now()).await?;
    html(&ConfirmPage { ui: signed.ui(), token, email })
}

/// The form is empty, but read: its limit holds here too.
async fn confirm(State(app): State<App>, signed: Signed, Path(token): Path<String>, _: Form) -> Result<Response, Fail> {
    let (who, now) = (&signed.actor.account_id, app.clock.now());
    let mut conn = app.db.write().await?;
    let Some(email) = asked(&mut conn, who, &token, now).await? else {
        drop(conn);
        return Ok(html(&ConfirmPage { ui: signed.ui(), token, email: None })?.into_response());
    };
    conn.run(
        "update email_confirmation set used_at = $2 where token_hash = $1",
        values![mail::token_hash(&token), now],
    )
    .await?;
    conn.run("update account set email = $2 where id = $1", values![who, email]).await?;
    conn.commit().await?;
    Ok(done("/account/notices", "邮箱已确认，今后的通知也会发到此邮箱。"))
}
