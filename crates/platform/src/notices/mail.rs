//! Mail: what is new for a person within ten minutes goes into one; and the link that confirms an address.
//!
//! **Invariant:** a mail holds numbers, states, dates and links, no name of a party. A notice stands in one mail only: its
//! batch is fixed before the first try, and each try carries the same Message-ID. A mail server that takes a mail and dies
//! before it says so may be given it again.

use super::store::Line;
use crate::app::{App, MailServer};
use crate::db::{Conn, DbError};
use crate::jobs::{Job, NewJob, Outcome, enqueue};
use crate::text::Lang;
use crate::values;
use anyhow::Context;
use jiff::{Span, Timestamp};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

pub(super) const JOB: &str = "notices.mail";
pub(super) const CONFIRM: &str = "notices.confirm";

/// Seconds whose notices make one mail: several steps of one afternoon's work are one.
const DIGEST_SECONDS: i64 = 600;
/// Notices in one mail; what is more stands in the inbox, and the mail says so.
const LINES_MOST: usize = 50;
/// How long a mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long a confirmation counts.
pub(super) const CONFIRM_HOURS: i64 = 24;
/// Minutes after which a notice that waits for a mail without a job gets one.
const STRANDED_MINUTES: i64 = 30;

/// Whether mail could go out this way; asked at the start, so that a slip of the pen is not found out by silence.
///
/// # Errors
/// An address of a server or of the sender that cannot be read.
pub fn check(server: &MailServer) -> anyhow::Result<()> {
    server.from.parse::<Mailbox>().context("the sender's address cannot be read")?;
    transport(server)?;
    Ok(())
}

fn transport(server: &MailServer) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&server.url)
        .map_err(|_| anyhow::anyhow!("the address of the mail server cannot be read"))?;
    Ok(builder.timeout(Some(TIMEOUT)).build())
}

/// Whether a text is an address that mail can go to.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<lettre::Address>().is_ok()
}

/// The mail at the end of this stretch of ten minutes, once.
pub(super) async fn enqueue_digest(conn: &mut Conn, account_id: &str, now: Timestamp) -> Result<(), DbError> {
    let end = (now.as_second() / DIGEST_SECONDS + 1) * DIGEST_SECONDS;
    enqueue_mail(conn, account_id, Timestamp::from_second(end).unwrap_or(now), &end.to_string(), now).await
}

async fn enqueue_mail(
    conn: &mut Conn,
    account_id: &str,
    run_at: Timestamp,
    key: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let payload = json!({ "account": account_id });
    let job = NewJob { name: JOB, payload, run_at, dedup: Some(format!("{account_id}:{key}")) };
    enqueue(conn, &job, now).await?;
    Ok(())
}

pub(super) async fn run(app: App, job: Job) -> anyhow::Result<Outcome> {
    let Some(server) = &app.config.mail else { return Ok(Outcome::Hopeless("there is no mail server".into())) };
    let Some((email, lang, lines)) = batch(&app, &job).await? else { return Ok(Outcome::Done) };
    let (subject, body) = words(&app, lang, &lines);
    let sent = send(&app, server, &email, &job.id, subject, body).await;
    let mut conn = app.db.write().await?;
    let (state, sent_at, answer) = match &sent {
        Ok(()) => ("sent", Some(app.clock.now()), None),
        Err(error) => (if job.is_last_try { "failed" } else { "waiting" }, None, Some(format!("{error:#}"))),
    };
    conn.run(
        "update delivery set state = $2, sent_at = $3, last_answer = $4, tries = tries + 1 where batch = $1",
        values![&job.id, state, sent_at, answer],
    )
    .await?;
    conn.commit().await?;
    sent.map(|()| Outcome::Done)
}

/// Takes what waits for the person into this job's mail; none when nothing does.
async fn batch(app: &App, job: &Job) -> anyhow::Result<Option<(String, Lang, Vec<Line>)>> {
    let account = job.text("account");
    let mut conn = app.db.write().await?;
    conn.run(
        "update delivery set batch = $2 where account_id = $1 and channel = 'mail' and state = 'waiting' and batch is null",
        values![account, &job.id],
    )
    .await?;
    let rows = conn
        .all(
            "select d.id, n.subject_id, n.says, n.facts, n.created_at, d.read_at from delivery d join notice n on n.id = d.notice_id
             where d.batch = $1 and d.state <> 'sent' order by n.created_at, d.id",
            values![&job.id],
        )
        .await?;
    let lines = rows.iter().map(Line::read).collect::<Result<Vec<_>, _>>()?;
    let person = conn
        .first("select email, language from account where id = $1 and disabled_at is null", values![account])
        .await?;
    let email = person.as_ref().map(|row| row.get::<Option<String>>("email")).transpose()?.flatten();
    let (Some(person), Some(email)) = (person, email) else {
        let why = "no address any more";
        conn.run("update delivery set state = 'failed', last_answer = $2 where batch = $1", values![&job.id, why])
            .await?;
        conn.commit().await?;
        return Ok(None);
    };
    conn.commit().await?;
    Ok((!lines.is_empty()).then_some((email, person.get("language")?, lines)))
}

fn words(app: &App, lang: Lang, lines: &[Line]) -> (String, String) {
    let base = &app.config.base_url;
    let subject = match lines {
        [one] => lang.f2("智慧司鉴：%{text}（%{case}）", ("text", one.text(&lang)), ("case", one.case(&lang))),
        more => lang.f1("智慧司鉴：%{n}条新通知", "n", more.len()),
    };
    let mut body = String::new();
    for line in lines.iter().take(LINES_MOST) {
        body += &format!("{} {}\n", crate::clock::minute_of(line.created_at), line.text(&lang));
        body += &format!("{} · {}\n", line.case(&lang), line.state(&lang));
        if let Some(due) = line.due(&lang) {
            body += &format!("{due}\n");
        }
        body += &format!("{base}{}\n\n", line.path());
    }
    if lines.len() > LINES_MOST {
        body += &format!("{}\n{base}/notices\n\n", lang.f1("另有%{n}条，请登录查看。", "n", lines.len() - LINES_MOST));
    }
    body += &format!("-- \n{}\n{base}/account/notices\n", lang.t("不想再收到这类邮件的，可以在通知设置中关闭："));
    (subject, body)
}

async fn send(app: &App, server: &MailServer, to: &str, id: &str, subject: String, body: String) -> anyhow::Result<()> {
    let host = app.config.base_url.split("://").nth(1).unwrap_or("sijian").split(':').next().unwrap_or("sijian");
    let message = Message::builder()
        .from(server.from.parse().context("the sender's address")?)
        .to(Mailbox::new(None, to.parse().context("the receiver's address")?))
        .message_id(Some(format!("<{id}@{host}>")))
        .subject(subject)
        .header(lettre::message::header::ContentType::TEXT_PLAIN)
        .body(body)?;
    transport(server)?.send(message).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(())
}

/// Notices that wait for a mail that no job will send: written just when the stretch's job had looked.
pub(super) async fn sweep(app: App) -> anyhow::Result<Outcome> {
    let now = app.clock.now();
    let before = now.checked_sub(Span::new().minutes(STRANDED_MINUTES)).unwrap_or(now);
    let mut conn = app.db.write().await?;
    let rows = conn
        .all(
            "select distinct account_id from delivery
             where channel = 'mail' and state = 'waiting' and batch is null and created_at < $1",
            values![before],
        )
        .await?;
    for row in rows {
        let account: String = row.get("account_id")?;
        enqueue_mail(&mut conn, &account, now, &format!("sweep-{}", now.as_second()), now).await?;
    }
    conn.commit().await?;
    Ok(Outcome::Done)
}

/// The job that sends a link to an address that a person has given. The token is made here and kept nowhere: the database
/// has its hash.
pub(super) async fn confirm(app: App, job: Job) -> anyhow::Result<Outcome> {
    let Some(server) = &app.config.mail else { return Ok(Outcome::Hopeless("there is no mail server".into())) };
    let (account, email) = (job.text("account"), job.text("email"));
    let token = hex::encode(rand::random::<[u8; 32]>());
    let now = app.clock.now();
    let expires_at = now.checked_add(Span::new().hours(CONFIRM_HOURS)).unwrap_or(now);
    let mut conn = app.db.write().await?;
    let person = conn.first("select language from account where id = $1", values![account]).await?;
    let Some(person) = person else { return Ok(Outcome::Hopeless("there is no such account".into())) };
    let lang: Lang = person.get("language")?;
    conn.run(
        "insert into email_confirmation (token_hash, account_id, email, expires_at) values ($1, $2, $3, $4)",
        values![token_hash(&token), account, email, expires_at],
    )
    .await?;
    conn.commit().await?;
    let body = format!(
        "{}\n{}/account/notices/confirm/{token}\n\n{}\n",
        lang.f1("请登录后打开此链接，确认用此地址接收通知（%{hours}小时内有效）：", "hours", CONFIRM_HOURS),
        app.config.base_url,
        lang.t("如果不是您本人填写的地址，请忽略此邮件。")
    );
    send(&app, server, email, &job.id, lang.t("智慧司鉴：请确认邮箱地址").into_owned(), body).await?;
    Ok(Outcome::Done)
}

pub(super) fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
