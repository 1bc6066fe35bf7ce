//! 撤销鉴定意见 over HTTP, as the head does it and as everybody else sees it: page, paper, notices, hint, fees, both logs, proof.

use crate::support::{City, Story};
use axum::http::StatusCode;
use platform::JOBS;
use platform::cases::{Action, State};
use platform::jobs::run_due;
use platform::log;
use platform::transparency::command::{VerifyArgs, verify};
use platform::values;
use serde_json::Value as Json;

const BREACH: [(&str, &str); 6] = [
    ("ground", "procedure"),
    ("explanation", "复查发现采样时没有见证人在场"),
    ("adopted", "yes"),
    ("court", "示例区人民法院（2026）示01民初1号"),
    ("refund", "full"),
    ("final", "yes"),
];

async fn standing(city: &City, story: &Story<'_>) -> String {
    city.rows("select standing from opinion where case_id = $1", values![&story.id]).await[0].get("standing").unwrap()
}

async fn code(city: &City, story: &Story<'_>) -> String {
    city.rows("select check_code from opinion where case_id = $1", values![&story.id]).await[0]
        .get("check_code")
        .unwrap()
}

/// Whom the notice of the newest event is for, by login.
async fn told(city: &City, story: &Story<'_>) -> Vec<String> {
    let sql = "select a.login from notice n join account a on a.id = n.account_id
         where n.subject_id = $1 and n.says like '%撤销%' order by a.login";
    city.rows(sql, values![&story.id]).await.iter().map(|row| row.get("login").unwrap()).collect()
}

#[tokio::test]
async fn the_head_withdraws_once_and_everybody_is_told() {
    let city = City::new().await;
    let story = Story::at(&city, State::Archived).await;
    let code = code(&city, &story).await;
    let before = story.picture().await;
    // Not by those who only worked on it, nor with another file in mind, nor without the password.
    for who in ["appraiser", "front_desk", "archivist", "client"] {
        let no = story.step_with(who, Action::WithdrawOpinion, &BREACH).await;
        assert!([StatusCode::CONFLICT, StatusCode::FORBIDDEN].contains(&no.status), "{who}: {}", no.status);
    }
    for (field, wrong, says) in [
        ("opinion_sha256", "00", "与您打开此页时不同"),
        ("password", "wrong", "密码"),
        ("final", "", "不能取消"),
        ("court", "", "没有写明人民法院和案号"),
        ("refund", "reckoned", "依法应当全部退还"),
    ] {
        let mut fields = BREACH.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, wrong));
        let no = story.step_with("head", Action::WithdrawOpinion, &fields).await;
        assert!(no.said().contains(says), "{field}: {}", no.said());
        assert_eq!(story.picture().await, before, "{field}");
    }
    assert_eq!(standing(&city, &story).await, "issued");

    story.step_with("head", Action::WithdrawOpinion, &BREACH).await.leads_on();
    assert_eq!(standing(&city, &story).await, "withdrawn");
    assert_eq!(city.state(&story.id).await, "archived", "the case and its volume stay");
    let rows = city.rows("select sha256, ground from opinion_withdrawal where case_id = $1", values![&story.id]).await;
    let letter: String = rows[0].get("sha256").unwrap();
    assert_eq!(rows[0].get::<String>("ground").unwrap(), "procedure");
    let event = "select detail from event where subject_id = $1 and action = 'withdraw_opinion'";
    let detail: Json =
        serde_json::from_str(&city.rows(event, values![&story.id]).await[0].get::<String>("detail").unwrap()).unwrap();
    let own: String =
        city.rows("select sha256 from opinion where case_id = $1", values![&story.id]).await[0].get("sha256").unwrap();
    assert_eq!(detail["signature"]["sha256"], own, "bound to the file");

    // Everybody.
    let public = city.get_signed_out(&format!("/verify/{code}")).await.text();
    assert!(public.contains("由签发机构撤销") && public.contains(&letter) && public.contains("鉴定程序严重违法"));
    assert!(!public.contains("本平台签发过这份意见书</p>") && !public.contains("已签发，有效"), "looks valid no more");
    // The house, the supervisors, the money.
    let page = city.get("head", &format!("/cases/{}", story.id)).await.text();
    assert!(page.contains("请勿再作为依据使用") && page.contains("撤销鉴定意见书告知书"), "the case's page");
    assert!(!page.contains("/do/withdraw_opinion") && !page.contains("/do/correct"), "offered no more");
    let hints = city.get("supervisor", "/supervision/hints?kind=opinion_withdrawn").await.text();
    assert!(hints.contains("撤销已签发的意见书") && hints.contains("已经被人民法院采信"), "{hints}");
    let fees = city.get("head", &format!("/cases/{}/fees", story.id)).await;
    fees.is(StatusCode::OK);
    // Not a second time, and nothing mends it; another institution may.
    let twice = story.step_with("head", Action::WithdrawOpinion, &BREACH).await;
    assert!(twice.is(StatusCode::CONFLICT).said().contains("撤销只办理一次"), "{}", twice.said());
    let mended = [
        ("kind", "wording"),
        ("part", "analysis"),
        ("place", "第2页"),
        ("wrong", "新鲜"),
        ("right", "新鲜的"),
        ("unchanged", "yes"),
    ];
    let no = story.step_with("appraiser", Action::Correct, &mended).await;
    assert!(no.is(StatusCode::CONFLICT).said().contains("不能补正"), "{}", no.said());
    let client = city.get("client", &format!("/cases/{}", story.id)).await.text();
    assert!(client.contains("/do/re_appraise") && !client.contains("/do/supplementary"), "re-appraisal stays");
}

#[tokio::test]
async fn client_team_and_supervisors_are_told() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    story.step_with("head", Action::WithdrawOpinion, &BREACH).await.leads_on();
    run_due(&city.app, JOBS).await.unwrap();
    let told = told(&city, &story).await;
    for login in ["appraiser", "client", "front_desk", "second", "supervisor"] {
        assert!(told.iter().any(|one| one == login), "{login} is not among {told:?}");
    }
    assert!(!told.iter().any(|one| one == "head" || one.starts_with("foreign_")), "{told:?}");
}

#[tokio::test]
async fn an_undelivered_opinion_is_withdrawn_and_the_case_goes_on_to_the_archive() {
    let city = City::new().await;
    let story = Story::at(&city, State::Issued).await;
    let fields = [
        ("ground", "materials"),
        ("adopted", "no"),
        ("refund", "reckoned"),
        ("explanation", "病历系伪造"),
        ("final", "yes"),
    ];
    story.step_with("head", Action::WithdrawOpinion, &fields).await.leads_on();
    assert_eq!((city.state(&story.id).await.as_str(), standing(&city, &story).await.as_str()), ("issued", "withdrawn"));
    story.step("front_desk", Action::Deliver).await.leads_on();
    assert_eq!(city.state(&story.id).await, "delivered");
}

/// What `sijian verify` says of a file with its proof, by a copy of the log.
fn says(folder: &std::path::Path, copy: Option<&std::path::Path>) -> (String, bool) {
    let at = |name: &str| folder.join(name);
    let log = copy.map(|path| path.display().to_string());
    verify(&VerifyArgs { pdf: at("a.pdf"), proof: Some(at("a.proof")), policy: Some(at("policy")), log, trust: None })
        .unwrap()
}

#[tokio::test]
async fn the_log_tells_whoever_has_a_newer_copy() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    let code = code(&city, &story).await;
    log::round(&city.app).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let keep = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let file = async |sha256: String| city.app.files.bytes(&sha256).await.unwrap();
    let own: String = city.rows("select sha256 from opinion", &[]).await[0].get("sha256").unwrap();
    keep("a.pdf", &file(own).await);
    keep("a.proof", &city.get_signed_out(&format!("/verify/{code}/proof")).await.bytes);
    keep("policy", &city.get_signed_out("/log/policy.txt").await.bytes);
    let public = log::folder(&city.app, log::Log::Public);
    let (before, holds) = says(folder.path(), Some(&public));
    assert!(
        holds && before.contains("没有此意见书的补正或者撤销") && before.contains("ask the verify page"),
        "{before}"
    );
    city.get_signed_out(&format!("/verify/{code}/proof?of=withdrawal")).await.is(StatusCode::NOT_FOUND);

    story.step_with("head", Action::WithdrawOpinion, &BREACH).await.leads_on();
    log::round(&city.app).await.unwrap();
    // Offline the old proof still holds, and claims nothing about what followed.
    let (offline, holds) = says(folder.path(), None);
    assert!(holds && offline.contains("也不证明其后有无补正、撤销"), "{offline}");
    // With a newer copy it says so in plain words, and the answer is no.
    let (newer, holds) = says(folder.path(), Some(&public));
    assert!(!holds && newer.contains("此意见书已被撤销") && newer.contains("THIS OPINION WAS WITHDRAWN"), "{newer}");
    assert!(newer.contains("opinion.withdrawn") && newer.contains("procedure"), "{newer}");
    assert!(!newer.contains("采样") && !newer.contains("民初"), "the log has neither explanation nor court");
    // A copy in which somebody changed a byte is of no use.
    let copy = folder.path().join("copy");
    copied(&public, &copy);
    let entries = ledger::Tiles::list(&ledger::Directory::new(&copy)).unwrap();
    let last = entries.iter().rfind(|path| path.contains("entries")).unwrap();
    let mut bytes = std::fs::read(copy.join(last)).unwrap();
    let end = bytes.len() - 5;
    bytes[end] ^= 1;
    std::fs::write(copy.join(last), bytes).unwrap();
    let (spoilt, holds) = says(folder.path(), Some(&copy));
    assert!(!holds && spoilt.contains("不能使用"), "{spoilt}");
    // The letter proves itself as an opinion does.
    let letter: String = city.rows("select sha256 from opinion_withdrawal", &[]).await[0].get("sha256").unwrap();
    keep("a.pdf", &file(letter).await);
    keep(
        "a.proof",
        &city.get_signed_out(&format!("/verify/{code}/proof?of=withdrawal")).await.is(StatusCode::OK).bytes,
    );
    let (of_letter, holds) = says(folder.path(), None);
    assert!(holds && of_letter.contains("撤销告知书") && of_letter.contains("opinion.withdrawn"), "{of_letter}");
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|one| (one.path(), one.file_name())).unwrap();
        if path.is_dir() {
            copied(&path, &to.join(name))
        } else {
            std::fs::copy(&path, to.join(name)).map(drop).unwrap()
        }
    }
}
