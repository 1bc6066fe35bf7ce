//! Signatures of what is issued: who must sign, what proves it, what stops it.

use crate::support::{City, HOUSE, PASSWORD, SECRET, Story, appraiser_id};
use axum::http::StatusCode;
use jiff::Timestamp;
use platform::app::SigningRule;
use platform::cases::{Action, State};
use platform::signing::{self, command};
use platform::values;
use seal::{
    Certificate, Report, SignatureKind, Subject, TestAuthority, TestStampAuthority, Trust, Validity, verify_pdf,
};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A city of the demo: its own authorities, keys for whoever has none.
async fn demo() -> City {
    let city = City::with(|config| config.demo = true).await;
    signing::prepare_demo(&city.app).unwrap();
    city
}

async fn issued(city: &City) -> Vec<u8> {
    let row = &city.rows("select sha256 from opinion order by issued_on desc, number desc", &[]).await[0];
    city.app.files.bytes(&row.get::<String>("sha256").unwrap()).await.unwrap().to_vec()
}

fn judged(city: &City, pdf: &[u8]) -> Report {
    verify_pdf(pdf, &command::trusted(&city.folder().join("trust")).unwrap())
}

fn names(report: &Report) -> Vec<String> {
    report.signatures.iter().map(|one| one.certificate.as_ref().unwrap().subject()).collect()
}

#[tokio::test]
async fn an_issued_opinion_is_approved_by_its_appraisers_and_closed_by_its_institution() {
    let city = demo().await;
    let story = Story::at(&city, State::Issued).await;
    let pdf = issued(&city).await;
    let report = judged(&city, &pdf);
    assert!(report.is_sound(), "{:?}", report.sentences());
    assert_eq!(names(&report), ["鉴定人appraiser", "鉴定人second", "甲司法鉴定中心"]);
    let kinds: Vec<_> = report.signatures.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [SignatureKind::Approval, SignatureKind::Approval, SignatureKind::Closing]);
    // Each is stamped, and the public page says so without a word of the parties.
    let code: String = city.rows("select check_code from opinion", &[]).await[0].get("check_code").unwrap();
    let page = city.get_signed_out(&format!("/verify/{code}")).await;
    let said = page.is(StatusCode::OK).said();
    for wanted in ["鉴定人second", "甲司法鉴定中心", "签名全部有效", "演示·时间戳服务"] {
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
    assert!(!said.contains("张受检") && !said.contains("不在本平台登记"), "{said}");
    // One changed byte: refused, and what is wrong is said.
    let mut spoilt = pdf.clone();
    let middle = spoilt.len() / 3;
    spoilt[middle] ^= 1;
    let checked = command::check_pdf(&spoilt, &command::trusted(&city.folder().join("trust")).unwrap());
    assert!(!checked.is_sound && checked.text.contains('✗'), "{}", checked.text);
    let good = command::check_pdf(&pdf, &command::trusted(&city.folder().join("trust")).unwrap());
    assert!(good.is_sound && good.text.contains("Every signature is sound"), "{}", good.text);
    // Nobody is believed who was not named.
    assert!(!command::check_pdf(&pdf, &Trust::default()).is_sound);
    // Bound into the volume it is a page among others, with no broken signature in it.
    story.goes_on_to(State::Archived).await;
    let volume = city.post("archivist", &story.path("/volume.pdf"), &[("purpose", "查阅")]).await;
    let volume = lopdf::Document::load_mem(&volume.is(StatusCode::OK).bytes).unwrap();
    let names = |one: &lopdf::Object| one.as_dict().is_ok_and(|one| one.has(b"ByteRange") || one.has(b"FT"));
    assert!(!volume.objects.values().any(names), "a signature is left in the volume");
}

#[tokio::test]
async fn the_event_keeps_who_signed_which_text_from_which_session() {
    let city = City::new().await;
    let story = Story::at(&city, State::Issued).await;
    let sql = "select actor_name, detail from event where subject_id = $1 and action in ('sign', 'issue') order by subject_version";
    let rows = city.rows(sql, values![&story.id]).await;
    assert_eq!(rows.len(), 3);
    let text = &city.signature("head", &story.id).await[0].1;
    for row in &rows {
        let detail: serde_json::Value = serde_json::from_str(&row.get::<String>("detail").unwrap()).unwrap();
        let signature = &detail["signature"];
        assert_eq!(signature["sha256"].as_str(), Some(text.as_str()), "{detail}");
        assert_eq!((&signature["draft"], &signature["proof"]), (&1.into(), &"password+recovery_code".into()));
        let session = signature["session"].as_str().unwrap().to_owned();
        assert_eq!(city.count("select count(*) from session where id = $1", values![session]).await, 1);
        assert!(!detail.to_string().contains(PASSWORD), "the password is kept");
    }
}

/// A case that was reviewed and is not signed by anybody.
async fn reviewed(city: &City) -> Story<'_> {
    let story = Story::at(city, State::InReview).await;
    story.step("reviewer", Action::Approve).await.leads_on();
    story
}

/// The digits that a telephone with [`SECRET`] shows.
fn digits(at: Timestamp) -> String {
    let totp = totp_rs::Builder::new().with_secret(SECRET.to_vec()).build().unwrap();
    totp.generate(u64::try_from(at.as_second()).unwrap()).to_string()
}

#[tokio::test]
async fn a_signature_asks_for_password_and_code_and_wrong_ones_count() {
    let city = City::new().await;
    let story = reviewed(&city).await;
    let before = story.picture().await;
    let tries = "select count(*) from sign_in_attempt where result in ('wrong_password', 'wrong_code')";
    let other = "0".repeat(64);
    for (changed, field, counted, why) in [
        (("password", ""), "请填写", 0, "nothing typed"),
        (("draft_sha256", other.as_str()), "与您打开此页时不同", 0, "another text"),
        (("password", "wrong"), "密码不正确", 1, "a wrong password"),
        (("code", ""), "请填写手机上的动态验证码", 1, "no code: nothing was guessed"),
        (("code", "000000"), "验证码不正确", 2, "a wrong code"),
    ] {
        let refused = story.step_with("appraiser", Action::Sign, &[changed]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", refused.said());
        assert!(refused.said().contains(field), "{why}: {}", refused.said());
        assert!(!refused.text().contains(PASSWORD), "{why}: the password is shown again");
        assert_eq!(city.count(tries, &[]).await, counted, "{why}");
        assert_eq!(story.picture().await, before, "{why}");
    }
    // A telephone's code is good once.
    let code = digits(city.app.clock.now());
    story.step_with("appraiser", Action::Sign, &[("code", &code)]).await.leads_on();
    let second = story.step_with("second", Action::Sign, &[("code", &digits(city.app.clock.now()))]).await;
    second.leads_on();
    let head = digits(city.app.clock.now());
    story.step_with("head", Action::Issue, &[("code", &head)]).await.leads_on();
    let again = reviewed(&city).await;
    let refused = again.step_with("appraiser", Action::Sign, &[("code", &code)]).await;
    assert!(refused.said().contains("已用过"), "{}", refused.said());
    // The fifth wrong try closes the account: then the right ones do not help either.
    for _ in 0..2 {
        again.step_with("appraiser", Action::Sign, &[("password", "wrong")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let closed = again.step("appraiser", Action::Sign).await;
    assert!(closed.said().contains("连续输错5次"), "{}", closed.said());
    assert_eq!(city.count("select count(*) from sign_in_attempt where result = 'closed'", &[]).await, 1);
}

#[tokio::test]
async fn s3_without_a_time_stamp_nothing_is_issued() {
    // Nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let city = City::with(|config| {
        config.demo = true;
        config.signing.tsa_url = Some(format!("http://127.0.0.1:{port}/"));
    })
    .await;
    signing::prepare_demo(&city.app).unwrap();
    let story = Story::at(&city, State::Approved).await;
    let before = story.picture().await;
    let refused = story.step("head", Action::Issue).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.said().contains("待时间戳"), "{}", refused.said());
    assert_eq!(story.picture().await, before);
    assert_eq!(
        city.count("select count(*) from counter where name like 'opinion/%'", &[]).await,
        0,
        "a number is lost"
    );
}

#[tokio::test]
async fn a_correction_is_closed_by_the_institution() {
    let city = demo().await;
    let story = Story::at(&city, State::Delivered).await;
    let fields = [
        ("kind", "wording"),
        ("part", "analysis"),
        ("place", "第2页第3行"),
        ("wrong", "新鲜"),
        ("right", "新鲜的"),
        ("unchanged", "yes"),
    ];
    story.step_with("appraiser", Action::Correct, &fields).await.leads_on();
    let row = &city.rows("select sha256 from opinion_correction", &[]).await[0];
    let pdf = city.app.files.bytes(&row.get::<String>("sha256").unwrap()).await.unwrap();
    let report = judged(&city, &pdf);
    assert!(report.is_sound(), "{:?}", report.sentences());
    assert_eq!(names(&report), ["甲司法鉴定中心"]);
}

/// An electronic certification service with its time stamps over HTTP, as others run one.
struct Outside {
    authority: TestAuthority,
    validity: Validity,
    tsa: String,
    root: Certificate,
}

/// The authority says that it was asked, and answers when it is told to.
type Gate = (Sender<()>, Receiver<()>);

fn outside() -> Outside {
    outside_held(None)
}

fn outside_held(gate: Option<Gate>) -> Outside {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let validity = Validity { from: at("2020-01-01T00:00:00Z"), until: at("2040-01-01T00:00:00Z") };
    let authority = TestAuthority::new("别家", &[7; 32], validity).unwrap();
    let subject = Subject { name: "别家时间戳".into(), organisation: String::new(), licence: String::new() };
    let stamps = TestStampAuthority::new(authority.stamper(&subject, &[8; 32], &[8], validity).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tsa = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (serial, stream) in (1..).zip(listener.incoming()) {
            let mut stream = stream.unwrap();
            let (mut seen, mut part) = (Vec::new(), [0; 4096]);
            let body = loop {
                let read = stream.read(&mut part).unwrap();
                seen.extend_from_slice(&part[..read]);
                let head = seen.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
                let text = String::from_utf8_lossy(&seen).to_lowercase();
                let length =
                    text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
                match (head, length) {
                    (Some(head), Some(length)) if seen.len() >= head + length => break seen[head..].to_vec(),
                    _ => {}
                }
            };
            if let Some((asked, go)) = &gate {
                let _ = asked.send(());
                let _ = go.recv();
            }
            let now = "2026-03-02T02:30:00Z".parse().unwrap();
            let answer = stamps.answer(&body, now, serial).unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&answer).unwrap();
        }
    });
    let root = authority.root().clone();
    Outside { authority, validity, tsa, root }
}

impl Outside {
    /// A key made by the platform, its certificate from here. The key's id.
    async fn equips(&self, city: &City, institution: Option<&str>, appraiser: Option<&str>, serial: u8) -> String {
        let request = city.folder().join(format!("{serial}.csr"));
        let make = command::Command::Make {
            institution: institution.map(str::to_owned),
            appraiser: appraiser.map(str::to_owned),
            request: request.clone(),
        };
        let said = command::run(&city.app, &command::KeysArgs { command: make }).await.unwrap();
        let key = said.split(' ').nth(1).unwrap().to_owned();
        // The request's public key: a point of 65 bytes in a bit string.
        let text = std::fs::read_to_string(&request).unwrap();
        let der = base64(&text);
        let at = der.windows(4).position(|four| four == [3, 66, 0, 4]).unwrap();
        let name = institution.or(appraiser).unwrap();
        let subject = Subject { name: format!("证书 {name}"), organisation: String::new(), licence: String::new() };
        let certificate = self.authority.certify(&subject, &der[at + 3..at + 68], &[serial], self.validity).unwrap();
        let path = city.folder().join(format!("{serial}.crt"));
        std::fs::write(&path, certificate.as_der()).unwrap();
        let import = command::Command::Import { key: key.clone(), certificate: path };
        command::run(&city.app, &command::KeysArgs { command: import }).await.unwrap();
        key
    }
}

fn base64(pem: &str) -> Vec<u8> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let values = body.bytes().filter_map(|sign| SIGNS.iter().position(|one| *one == sign));
    let bits: Vec<bool> = values.flat_map(|value| (0..6).rev().map(move |bit| value >> bit & 1 == 1)).collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

async fn revoke(city: &City, key: &str) -> anyhow::Result<String> {
    let command = command::Command::Revoke { key: key.to_owned(), from: None, reason: "遗失".into() };
    command::run(&city.app, &command::KeysArgs { command }).await
}

#[tokio::test]
async fn with_certificates_from_outside_keys_are_rotated_and_revoked() {
    let outside = outside();
    let tsa = outside.tsa.clone();
    let city = City::with(|config| config.signing.tsa_url = Some(tsa)).await;
    std::fs::create_dir_all(city.folder().join("trust")).unwrap();
    std::fs::write(city.folder().join("trust/outside.der"), outside.root.as_der()).unwrap();
    // Before any key: issued unsigned, and the page says so.
    let unsigned = Story::at(&city, State::Issued).await;
    assert!(!judged(&city, &issued(&city).await).is_sound());
    let code: String = city.rows("select check_code from opinion", &[]).await[0].get("check_code").unwrap();
    assert!(city.get_signed_out(&format!("/verify/{code}")).await.said().contains("没有电子签名"));
    drop(unsigned);

    let first = outside.equips(&city, Some(HOUSE), None, 11).await;
    let story = Story::at(&city, State::Approved).await;
    let before = story.picture().await;
    let refused = story.step("head", Action::Issue).await;
    assert!(refused.said().contains("鉴定人appraiser还没有签名证书"), "{}", refused.said());
    assert_eq!(story.picture().await, before);
    outside.equips(&city, None, Some(&appraiser_id("appraiser")), 12).await;
    let second = outside.equips(&city, None, Some(&appraiser_id("second")), 13).await;
    story.step("head", Action::Issue).await.leads_on();
    let old = issued(&city).await;
    assert!(judged(&city, &old).is_sound(), "{:?}", judged(&city, &old).sentences());

    // A new key takes the place of the first; what the first signed stays good.
    city.app.clock.advance(60);
    let third = outside.equips(&city, Some(HOUSE), None, 14).await;
    assert_ne!(first, third);
    assert!(judged(&city, &old).is_sound());
    let said = command::run(&city.app, &command::KeysArgs { command: command::Command::List }).await.unwrap();
    assert!(said.contains(&format!("its place took {third}")), "{said}");

    // A revoked key signs no more, and nothing falls back to the unsigned way.
    let next = Story::at(&city, State::Approved).await;
    revoke(&city, &second).await.unwrap();
    assert!(revoke(&city, &second).await.is_err(), "a later day does not take the place of an earlier one");
    let before = next.picture().await;
    let refused = next.step("head", Action::Issue).await;
    assert!(refused.said().contains("鉴定人second的签名证书已被吊销"), "{}", refused.said());
    revoke(&city, &third).await.unwrap();
    outside.equips(&city, None, Some(&appraiser_id("second")), 15).await;
    let refused = next.step("head", Action::Issue).await;
    assert!(refused.said().contains("甲司法鉴定中心的签名证书已被吊销"), "{}", refused.said());
    assert_eq!(next.picture().await, before);

    // Without its master key a server does not start, and says which file it misses.
    signing::check_start(&city.app).await.unwrap();
    std::fs::remove_file(city.folder().join("master.key")).unwrap();
    let missing = signing::check_start(&city.app).await.unwrap_err().to_string();
    assert!(missing.contains("master.key"), "{missing}");
    std::fs::write(city.folder().join("master.key"), [1; 32]).unwrap();
    assert!(signing::check_start(&city.app).await.is_err(), "another key opens nothing");
}

#[tokio::test]
async fn where_signatures_are_required_nobody_issues_without_a_key() {
    let city = City::with(|config| config.signing.rule = SigningRule::Required).await;
    let story = Story::at(&city, State::Approved).await;
    let refused = story.step("head", Action::Issue).await;
    assert!(refused.said().contains("甲司法鉴定中心还没有签名证书"), "{}", refused.said());
}

/// The time-stamp authority takes its time: nobody else waits for it, and what changed meanwhile is seen.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_time_stamp_is_waited_for_everybody_else_works() {
    let (says, asked) = channel();
    let (go, waits) = channel();
    let outside = outside_held(Some((says, waits)));
    let tsa = outside.tsa.clone();
    let city = City::with(|config| config.signing.tsa_url = Some(tsa)).await;
    std::fs::create_dir_all(city.folder().join("trust")).unwrap();
    std::fs::write(city.folder().join("trust/outside.der"), outside.root.as_der()).unwrap();
    outside.equips(&city, Some(HOUSE), None, 21).await;
    outside.equips(&city, None, Some(&appraiser_id("appraiser")), 22).await;
    outside.equips(&city, None, Some(&appraiser_id("second")), 23).await;
    let story = Story::at(&city, State::Approved).await;
    let before = story.picture().await;
    let mut asked = Some(asked);
    for somebody_was_faster in [true, false] {
        let issuing = story.step("head", Action::Issue);
        let waiting = asked.take().unwrap();
        let others = async {
            let wait = move || {
                waiting.recv_timeout(Duration::from_secs(60)).unwrap();
                waiting
            };
            let asked = tokio::task::spawn_blocking(wait).await.unwrap();
            // The database's one writer is free, and nothing of the opinion is there.
            city.post("client", "/entrust", &[]).await.leads_on();
            assert_eq!(story.picture().await, before);
            let faster = "update appraisal_case set version = version + 1 where id = $1";
            if somebody_was_faster {
                city.run(faster, values![&story.id]).await;
            }
            (0..3).for_each(|_| go.send(()).unwrap());
            asked
        };
        let (answer, again) = tokio::join!(issuing, others);
        // Three signatures, of which the first was heard already.
        (0..2).for_each(|_| again.recv_timeout(Duration::from_secs(60)).unwrap());
        asked = Some(again);
        if somebody_was_faster {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.said());
            city.run("update appraisal_case set version = version - 1 where id = $1", values![&story.id]).await;
            assert_eq!(story.picture().await, before);
        } else {
            answer.leads_on();
        }
    }
    let report = judged(&city, &issued(&city).await);
    assert!(report.is_sound(), "{:?}", report.sentences());

    // Two of one institution at the same time: the numbers follow one another, and each file says its own.
    let (one, other) = (Story::at(&city, State::Approved).await, Story::at(&city, State::Approved).await);
    (0..40).for_each(|_| go.send(()).unwrap());
    let (first, second) = tokio::join!(one.step("head", Action::Issue), other.step("head", Action::Issue));
    first.leads_on();
    second.leads_on();
    let mut numbers = Vec::new();
    for row in city.rows("select number, sha256 from opinion order by number", &[]).await {
        let pdf = city.app.files.bytes(&row.get::<String>("sha256").unwrap()).await.unwrap();
        assert!(judged(&city, &pdf).is_sound());
        numbers.push(row.get::<String>("number").unwrap());
    }
    assert_eq!(numbers.len(), 3);
    assert!(numbers.iter().enumerate().all(|(at, number)| number.ends_with(&format!("第{}号", at + 1))), "{numbers:?}");
}
