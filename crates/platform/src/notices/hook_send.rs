//! Webhooks on their way: signed, tried again for three days.
//!
//! What a receiver can rely on: every delivery arrives at least once while its endpoint answers 2xx within three days; the
//! body and the id of a delivery are the same in every try, so a double is dropped by its id. Deliveries may overtake one
//! another; `sequence` in the body is the version of the case and puts them in order.

use super::guard;
use crate::app::App;
use crate::jobs::{Job, Outcome};
use crate::master_key;
use crate::values;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

pub(super) const JOB: &str = "notices.webhook";

struct Parcel {
    id: String,
    url: String,
    secret: String,
    kind: String,
    body: String,
    state: String,
    is_paused: bool,
    is_removed: bool,
}

pub(super) async fn run(app: App, job: Job) -> anyhow::Result<Outcome> {
    let Some(parcel) = load(&app, job.text("delivery")).await? else {
        return Ok(Outcome::Hopeless("there is no such delivery".into()));
    };
    if parcel.state == "sent" || parcel.state == "held" {
        return Ok(Outcome::Done);
    }
    if parcel.is_removed || parcel.is_paused {
        let state = if parcel.is_removed { "failed" } else { "held" };
        note(&app, &parcel.id, state, if parcel.is_removed { "removed" } else { "paused" }).await?;
        return Ok(Outcome::Done);
    }
    let (now, loopback) = (app.clock.unmoved(), app.config.loopback_webhooks);
    let id = parcel.id.clone();
    let answer = tokio::task::spawn_blocking(move || send(&parcel, now, loopback)).await?;
    match answer {
        Ok(status) if (200..300).contains(&status) => {
            note(&app, &id, "sent", &status.to_string()).await?;
            Ok(Outcome::Done)
        }
        other => {
            let said = other.map_or_else(|error| error.to_string(), |status| status.to_string());
            note(&app, &id, if job.is_last_try { "failed" } else { "waiting" }, &said).await?;
            Err(anyhow::anyhow!("the receiver answered: {said}"))
        }
    }
}

async fn load(app: &App, delivery: &str) -> anyhow::Result<Option<Parcel>> {
    let row = app
        .db
        .read()
        .await?
        .first(
            "select d.id, d.state, d.webhook_id, n.kind, n.facts, w.url, w.secret, w.paused_at, w.removed_at from delivery d
             join notice n on n.id = d.notice_id join webhook w on w.id = d.webhook_id where d.id = $1",
            values![delivery],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (webhook, kept): (String, String) = (row.get("webhook_id")?, row.get("secret")?);
    let secret = String::from_utf8(master_key::unlock(app, &secret_of(&webhook), kept.as_bytes())?)?;
    Ok(Some(Parcel {
        id: row.get("id")?,
        url: row.get("url")?,
        secret,
        kind: row.get("kind")?,
        body: row.get("facts")?,
        state: row.get("state")?,
        is_paused: row.get::<Option<Timestamp>>("paused_at")?.is_some(),
        is_removed: row.get::<Option<Timestamp>>("removed_at")?.is_some(),
    }))
}

/// What a webhook's secret is called when it is locked.
pub(super) fn secret_of(webhook: &str) -> String {
    format!("webhook/{webhook}")
}

/// Locks the secrets that were kept in the clear before there was a lock.
pub(super) async fn lock_secrets(app: &App) -> anyhow::Result<()> {
    let mut conn = app.db.write().await?;
    for row in conn.all("select id, secret from webhook order by id", &[]).await? {
        let (id, secret): (String, String) = (row.get("id")?, row.get("secret")?);
        if !master_key::is_locked(secret.as_bytes()) {
            let locked = master_key::lock(app, &mut conn, &secret_of(&id), secret.as_bytes()).await?;
            conn.run("update webhook set secret = $2 where id = $1", values![id, locked]).await?;
        }
    }
    conn.commit().await?;
    Ok(())
}

async fn note(app: &App, delivery: &str, state: &str, answer: &str) -> anyhow::Result<()> {
    let sent_at = (state == "sent").then(|| app.clock.now());
    let mut conn = app.db.write().await?;
    conn.run(
        "update delivery set state = $2, sent_at = $3, last_answer = $4, tries = tries + 1 where id = $1",
        values![delivery, state, sent_at, answer],
    )
    .await?;
    conn.commit().await?;
    Ok(())
}

/// `t=…,v1=…`: the signature covers the time, so that an old request cannot be played again for long.
pub(super) fn signature(secret: &str, at: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// The status that the receiver answers with. The time of the signature is the world's, not the demo's.
fn send(parcel: &Parcel, now: Timestamp, loopback: bool) -> Result<u16, ureq::Error> {
    let response = guard::agent(loopback)
        .post(&parcel.url)
        .header("content-type", "application/json")
        .header("sijian-delivery", &parcel.id)
        .header("sijian-event", &parcel.kind)
        .header("sijian-signature", signature(&parcel.secret, now.as_second(), &parcel.body))
        .send(parcel.body.as_bytes())?;
    Ok(response.status().as_u16())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_signature_is_what_any_receiver_computes() {
        // printf '1767225600.{"id":"1"}' | openssl dgst -sha256 -hmac secret
        let expected = "t=1767225600,v1=8c84d1a52c62968d790bd2612fdea657174cf5ec06ce9a8da3217ac588edffe1";
        assert_eq!(super::signature("secret", 1_767_225_600, "{\"id\":\"1\"}"), expected);
    }
}
