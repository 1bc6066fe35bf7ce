//! Notices from the event to the mailbox and the receiver: the right people, once, and nothing lost on the way.

use crate::golden;
use crate::support::{City, Story};
use axum::http::StatusCode;
use hmac::{Hmac, KeyInit, Mac};
use jiff::civil::{Date, date};
use platform::JOBS;
use platform::app::MailServer;
use platform::cases::{Action, State};
use platform::jobs::{NewJob, enqueue, run_due};
use platform::values;
use serde_json::{Value as Json, json};
use sha2::Sha256;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

#[test]
fn the_table_is_printed_for_people() {
    golden::holds("notices.md", &platform::notices::print_table());
}

/// Who was told after this action, by login.
async fn told(city: &City, case: &str, action: &str) -> Vec<String> {
    let rows = city
        .rows(
            "select distinct a.login from notice n join account a on a.id = n.account_id
             join event e on n.source = 'event:' || e.id where e.subject_id = $1 and e.action = $2 order by a.login",
            values![case, action],
        )
        .await;
    rows.iter().map(|row| row.get("login").unwrap()).collect()
}

#[tokio::test]
async fn the_right_people_are_told_once_and_the_doer_never() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    run_due(&city.app, JOBS).await.unwrap();
    for (action, people, why) in [
        ("entrust", &["front_desk", "head"][..], "the desk examines; nobody of the court, who did it"),
        ("accept", &["client", "colleague"], "the court must sign"),
        ("commission", &["colleague", "front_desk", "head"], "the client did it, the colleague learns it"),
        ("assign", &["appraiser", "client", "colleague", "second"], "team and court"),
        ("submit_for_review", &["reviewer", "third"], "reviewers who are not of the team"),
        ("approve", &["appraiser", "head", "second"], "who sign, and who issues"),
        ("draft", &[], "the appraisers' own work"),
        ("deliver", &["archivist", "client", "colleague"], "who keeps it, and who gets it"),
    ] {
        assert_eq!(told(&city, &story.id, action).await, people, "{action}: {why}");
    }
    let own =
        "select count(*) from notice n join event e on n.source = 'event:' || e.id where e.actor_id = n.recipient";
    assert_eq!(city.count(own, &[]).await, 0, "somebody was told of the own act");
    // Every job again, as after a crash between the notice and the word that it was done.
    let before = city.count("select count(*) from delivery", &[]).await;
    city.run("update job set done_at = null where name = 'event'", &[]).await;
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(city.count("select count(*) from delivery", &[]).await, before, "doubled");
    // What was told is kept.
    let mut conn = city.app.db.write().await.unwrap();
    assert!(conn.run("delete from notice", &[]).await.is_err(), "notices are append-only");
    drop(conn);
    let page = city.get("head", &story.path("/notices")).await;
    assert!(page.said().contains("委托已受理，请签订司法鉴定委托书。"), "{}", page.said());
    city.get("client", &story.path("/notices")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_inbox_counts_opens_and_forgets_nothing() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    Story::begins(&city).await;
    run_due(&city.app, JOBS).await.unwrap();
    assert!(city.get("head", "/work").await.text().contains("通知 (2)"), "the number in the navigation");
    assert!(!city.get("reviewer", "/work").await.text().contains("通知 ("), "nothing, no number");
    let rows = city
        .rows(
            "select d.id from delivery d join notice n on n.id = d.notice_id where d.account_id = $1 and n.subject_id = $2",
            values![&city.person("head").account_id, &story.id],
        )
        .await;
    let id: String = rows[0].get("id").unwrap();
    city.post("front_desk", "/notices", &[("open", &id)]).await.is(StatusCode::NOT_FOUND);
    assert_eq!(city.post("head", "/notices", &[("open", &id)]).await.leads_on(), story.path(""));
    assert!(city.get("head", "/notices").await.text().contains("通知 (1)"));
    city.post("head", "/notices", &[("all", "yes")]).await.leads_on();
    assert!(city.get("head", "/notices").await.said().contains("没有未读的通知"));
    assert!(city.get("head", "/notices?show=all").await.text().contains("收到新的委托"), "read, and still there");
    assert!(!city.get("head", "/notices").await.text().contains("张受检"));
}

/// The daily job, as the schedule would write it.
async fn remind(city: &City, day: Date, time: &str) {
    city.app.clock.move_to(day);
    let now = city.app.clock.now();
    let mut conn = city.app.db.write().await.unwrap();
    let dedup = Some(format!("{day}{time}"));
    enqueue(&mut conn, &NewJob { name: "notices.remind", payload: json!({}), run_at: now, dedup }, now).await.unwrap();
    conn.commit().await.unwrap();
    run_due(&city.app, JOBS).await.unwrap();
}

#[tokio::test]
async fn each_stage_of_a_term_is_told_once() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let due: Date =
        city.rows("select due_on from term where subject_id = $1", values![&story.id]).await[0].get("due_on").unwrap();
    assert_eq!(due, date(2026, 3, 11), "seven working days from Monday 2 March");
    let reminders = "select count(*) from notice where kind = 'reminder'";
    for (day, time, sum, why) in [
        (date(2026, 3, 5), "", 0, "four working days before: quiet"),
        (date(2026, 3, 6), "", 2, "soon: front desk and head"),
        (date(2026, 3, 6), "again", 2, "the same morning twice"),
        (date(2026, 3, 7), "", 2, "a Saturday: quiet"),
        (date(2026, 3, 9), "", 2, "soon has been said"),
        (date(2026, 3, 11), "", 4, "today"),
        (date(2026, 3, 12), "", 6, "overdue"),
        (date(2026, 3, 13), "", 6, "overdue has been said"),
        (date(2026, 3, 18), "", 8, "five working days late"),
    ] {
        remind(&city, day, time).await;
        assert_eq!(city.count(reminders, &[]).await, sum, "{day}: {why}");
    }
}

/// A mail server that takes everything; the first `refused` mails it turns away for a while.
async fn mail_sink(refused: usize) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mails = Arc::new(Mutex::new(Vec::new()));
    let kept = mails.clone();
    tokio::spawn(async move {
        let mut refused = refused;
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 sink\r\n").await.unwrap();
            let (mut mail, mut in_data, mut line) = (String::new(), false, String::new());
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                let answer = match line.trim_end() {
                    "." if in_data => {
                        in_data = false;
                        kept.lock().unwrap().push(std::mem::take(&mut mail));
                        Some("250 kept\r\n")
                    }
                    _ if in_data => {
                        mail += &line;
                        None
                    }
                    "DATA" if refused > 0 => {
                        refused -= 1;
                        Some("451 later\r\n")
                    }
                    "DATA" => {
                        in_data = true;
                        Some("354 go on\r\n")
                    }
                    "QUIT" => Some("221 bye\r\n"),
                    _ => Some("250 yes\r\n"),
                };
                line.clear();
                if let Some(answer) = answer
                    && stream.write_all(answer.as_bytes()).await.is_err()
                {
                    break;
                }
            }
        }
    });
    (url, mails)
}

/// What a mail says: its body is base64 where it is Chinese.
fn body(mail: &str) -> String {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains("content-transfer-encoding: base64"), "{head}");
    String::from_utf8(base64(body)).unwrap()
}

fn base64(text: &str) -> Vec<u8> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for sign in text.bytes() {
        let value = match sign {
            b'A'..=b'Z' => sign - b'A',
            b'a'..=b'z' => sign - b'a' + 26,
            b'0'..=b'9' => sign - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    out
}

#[tokio::test]
async fn what_is_new_within_ten_minutes_is_one_mail() {
    let (url, mails) = mail_sink(1).await;
    let city = City::with(|config| config.mail = Some(MailServer { url, from: "sijian@example.org".into() })).await;
    let client = city.person("client").account_id.clone();
    city.post("client", "/account/notices", &[("email", "no address")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let wishes = [("email", "client@example.org"), ("by_mail", "step")];
    city.post("client", "/account/notices", &wishes).await.leads_on();
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(mails.lock().unwrap().len(), 0, "the server said later");
    city.app.clock.advance(11);
    run_due(&city.app, JOBS).await.unwrap();
    let link = body(&mails.lock().unwrap()[0]);
    let path = link.lines().find_map(|line| line.split_once("/account/notices/confirm/")).unwrap().1.trim().to_owned();
    let path = format!("/account/notices/confirm/{path}");
    assert!(city.get("head", &path).await.said().contains("此链接无效"), "another's link");
    assert!(city.get("client", &path).await.said().contains("client@example.org"));
    let email = "select email from account where id = $1";
    assert_eq!(city.rows(email, values![&client]).await[0].get::<Option<String>>("email").unwrap(), None);
    city.post("client", &path, &[]).await.leads_on();
    assert!(city.post("client", &path, &[]).await.said().contains("此链接无效"), "a link is good once");

    let story = Story::at(&city, State::Accepted).await;
    story.step("front_desk", Action::Commission).await.leads_on();
    story.goes_on_to(State::Assigned).await;
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(mails.lock().unwrap().len(), 1, "the ten minutes are not over");
    for _ in 0..2 {
        city.app.clock.advance(601);
        run_due(&city.app, JOBS).await.unwrap();
    }
    let sent = mails.lock().unwrap().clone();
    assert_eq!(sent.len(), 2, "accepted, commissioned, assigned: one mail");
    let said = body(&sent[1]);
    assert!(said.contains("委托已受理") && said.contains("鉴定人已指派") && said.contains(&story.path("")), "{said}");
    for name in ["张受检", "张某", "110105", "王书记员"] {
        assert!(!said.contains(name), "a mail names a party: {said}");
    }
    let waiting = "select count(*) from delivery where channel = 'mail' and state <> 'sent'";
    assert_eq!(city.count(waiting, &[]).await, 0);
}

/// What a receiver got: heads and body of each request.
type Requests = Arc<Mutex<Vec<(String, String)>>>;

/// A receiver that answers the given statuses in turn (0: closes without a word), and 200 ever after.
async fn receiver(answers: &'static [u16]) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let requests: Requests = Arc::default();
    let kept = requests.clone();
    tokio::spawn(async move {
        let mut answers = answers.iter();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut got = Vec::new();
            let mut part = [0; 4096];
            let (head, body) = loop {
                let n = stream.read(&mut part).await.unwrap_or(0);
                got.extend_from_slice(&part[..n]);
                let text = String::from_utf8_lossy(&got).into_owned();
                let whole = text.split_once("\r\n\r\n").filter(|(head, body)| {
                    let length = head
                        .to_lowercase()
                        .split("content-length: ")
                        .nth(1)
                        .and_then(|rest| rest.lines().next().and_then(|line| line.trim().parse::<usize>().ok()));
                    length.is_none_or(|length| body.len() >= length)
                });
                if let Some((head, body)) = whole {
                    break (head.to_owned(), body.to_owned());
                }
                if n == 0 {
                    break (text, String::new());
                }
            };
            kept.lock().unwrap().push((head, body));
            let status = answers.next().copied().unwrap_or(200);
            if status > 0 {
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    (url, requests)
}

#[tokio::test]
async fn a_webhook_loses_nothing_and_its_doubles_have_one_id() {
    let mut city = City::with(|config| config.loopback_webhooks = true).await;
    let (url, requests) = receiver(&[0, 500, 302]).await;
    let bad = city.post("head", "/notices/webhooks", &[("url", "https://10.0.0.1/"), ("kinds", "step")]).await;
    bad.is(StatusCode::UNPROCESSABLE_ENTITY);
    let page = city.post("head", "/notices/webhooks", &[("url", &url), ("kinds", "step")]).await;
    page.is(StatusCode::OK);
    let shown = page.text();
    let secret = shown.split(|sign: char| !sign.is_ascii_hexdigit()).find(|word| word.len() == 64);
    let secret = secret.expect("shown once").to_owned();
    let kept: String = city.rows("select secret from webhook", &[]).await[0].get("secret").unwrap();
    assert!(kept.starts_with("locked1:") && !kept.contains(&secret), "locked in the database: {kept}");
    assert!(!city.get("head", "/notices/webhooks").await.text().contains(&secret), "and never again");
    let case = Story::begins(&city).await.id;
    for _ in 0..6 {
        run_due(&city.app, JOBS).await.unwrap();
        city.app.clock.advance(4_000);
    }
    let got = requests.lock().unwrap().clone();
    assert_eq!(got.len(), 4, "closed, 500, a redirect that is not followed, 200; then nothing more");
    for (head, body) in &got {
        assert_eq!(body, &got[0].1, "the same in every try");
        assert!(head.starts_with("POST /hook "), "{head}");
        let field = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: "))).unwrap();
            line.split_once(": ").unwrap().1.to_owned()
        };
        let signature = field("sijian-signature");
        let (at, v1) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        assert_eq!(hex::encode(mac.finalize().into_bytes()), v1, "signed anew with its time");
        let said: Json = serde_json::from_str(body).unwrap();
        assert_eq!(said["id"], json!(field("sijian-delivery")));
        assert_eq!(said["case"], json!(case));
        assert_eq!(
            (&said["action"], &said["to"], &said["sequence"]),
            (&json!("entrust"), &json!("received"), &json!(1))
        );
        assert!(!body.contains("张"), "a name of a party: {body}");
    }
    // Another's endpoint is not there.
    city.all_sign_in_again().await;
    let id: String = city.rows("select id from webhook", &[]).await[0].get("id").unwrap();
    city.post("foreign_head", "/notices/webhooks", &[("id", &id), ("do", "remove")]).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paused_endpoint_keeps_what_happens_and_a_dead_one_is_tried_again() {
    let city = City::with(|config| config.loopback_webhooks = true).await;
    let (url, requests) = receiver(&[]).await;
    city.post("client", "/notices/webhooks", &[("url", &url), ("kinds", "step")]).await.is(StatusCode::OK);
    let id: String = city.rows("select id from webhook", &[]).await[0].get("id").unwrap();
    city.post("client", "/notices/webhooks", &[("id", &id), ("do", "pause")]).await.leads_on();
    Story::at(&city, State::Declined).await;
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(requests.lock().unwrap().len(), 0, "paused");
    city.post("client", "/notices/webhooks", &[("id", &id), ("do", "resume")]).await.leads_on();
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(requests.lock().unwrap().len(), 1, "declined; the entrusting is the house's news, not the client's");
    // Nobody listens there any more: the test waits, fails, and is not lost.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    city.run("update webhook set url = $1", values![&address]).await;
    city.post("client", "/notices/webhooks", &[("id", &id), ("do", "test")]).await.leads_on();
    run_due(&city.app, JOBS).await.unwrap();
    let waiting = "select count(*) from delivery where state = 'waiting' and tries = 1";
    assert_eq!(city.count(waiting, &[]).await, 1);
    city.run("update webhook set url = $1", values![&url]).await;
    city.app.clock.advance(20);
    run_due(&city.app, JOBS).await.unwrap();
    assert_eq!(requests.lock().unwrap().len(), 2);
    assert!(city.get("client", "/notices/webhooks").await.said().contains("已送出"));
    // Where loopback is not allowed, the address is refused at sending, whatever was registered.
    let strict = City::new().await;
    strict
        .post("client", "/notices/webhooks", &[("url", &url), ("kinds", "step")])
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY);
}
