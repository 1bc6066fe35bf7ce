//! The analysis over HTTP: a planted ring is found, its institution asked and heard, two officers decide; nobody else sees it.

use crate::support::{Answer, City, HOUSE};
use axum::http::StatusCode;
use jiff::civil::Date;
use platform::actor::Role;
use platform::analysis::{facts, fill, findings, kept, plant, runs};
use platform::app::{App, Config};
use platform::clock::Clock;
use platform::db::Database;
use platform::db::testing::test_database;
use platform::jobs;
use platform::values;
use std::path::Path;

/// The same secret on every machine, so that pseudonyms agree.
const SECRET: [u8; 32] = [7; 32];

fn keyed(folder: &Path) {
    std::fs::create_dir_all(folder.join("keys")).unwrap();
    std::fs::write(folder.join("keys/analysis.key"), SECRET).unwrap();
}

async fn filled(app: &App, last: Date) {
    let sector = plant::ring(5, facts::day(last)).unwrap();
    let filled = fill::city(app, &sector, 5, |_, _| {}).await.unwrap();
    assert!(filled.cases > 300 && filled.reappraisals > 3 && filled.institutions == plant::INSTITUTIONS, "{filled:?}");
}

/// A city with the planted ring, its head, and a second supervisor.
async fn planted() -> City {
    let mut city = City::new().await;
    keyed(city.folder());
    let last = city.today();
    filled(&city.app, last).await;
    let sql = "select id from organisation where name = '模拟·第1司法鉴定中心'";
    let ring: String = city.rows(sql, &[]).await[0].get("id").unwrap();
    city.comes("ring_head", &[Role::Head], Some(&ring)).await;
    city.comes("supervisor_two", &[Role::Supervisor], Some("bureau")).await;
    city
}

/// Asks for a run and lets the jobs do it; its address.
pub async fn screened(city: &City, rate: &str) -> String {
    let run = city.post("supervisor", "/analysis/runs", &[("from", ""), ("rate", rate)]).await.leads_on();
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    let said = city.get("supervisor", &run).await.said();
    assert!(said.contains("运行完成"), "{said}");
    run
}

async fn lead_about(city: &City, name: &str) -> String {
    let sql = "select id from lead where detector = 'ring' and entity = 'institution' and entity_name = $1";
    city.rows(sql, values![name]).await[0].get("id").unwrap()
}

async fn goes(city: &City, who: &str, lead: &str, action: &str, fields: &[(&str, &str)]) -> StatusCode {
    let version = city.count("select version from lead where id = $1", values![lead]).await.to_string();
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    city.post(who, &format!("/analysis/leads/{lead}/do/{action}"), &all).await.status
}

/// Sends a file as a browser's form does.
async fn upload(city: &City, who: &str, path: &str, name: &str, content: &[u8]) -> Answer {
    let mut body =
        format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    let request = axum::http::Request::post(path)
        .header("host", "sijian.test")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=limit")
        .header("cookie", &city.person(who).cookie);
    city.send(request.body(axum::body::Body::from(body)).unwrap()).await
}

async fn state(city: &City, lead: &str) -> String {
    city.rows("select state from lead where id = $1", values![lead]).await[0].get("state").unwrap()
}

async fn told(city: &City, login: &str) -> Vec<String> {
    let sql = "select n.says from notice n where n.account_id = $1 order by n.created_at, n.id";
    let rows = city.rows(sql, values![&city.person(login).account_id]).await;
    rows.iter().map(|row| row.get("says").unwrap()).collect()
}

/// The life of a lead, with the right of reply, the two-person rule and the terms.
#[tokio::test]
async fn a_ring_is_found_heard_and_confirmed_by_two() {
    let mut city = planted().await;
    screened(&city, "10").await;
    let lead = lead_about(&city, "模拟·第1司法鉴定中心").await;
    let page = format!("/analysis/leads/{lead}");
    let said = city.get("supervisor", &page).await.said();
    for word in ["中介团伙", "合理解释", "人工核查", "证据案件", "不是违规认定", "得分与同行比较", "律师事务所"]
    {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(told(&city, "supervisor").await.iter().any(|says| says.contains("新线索")));

    // Before it is asked the institution sees nothing; nothing is confirmed without asking.
    assert_eq!(city.get("ring_head", &format!("/asked/{lead}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(goes(&city, "supervisor", &lead, "take_up", &[("text", "")]).await, StatusCode::SEE_OTHER);
    assert_eq!(goes(&city, "supervisor", &lead, "propose", &[("text", "x")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    let short = [("text", "请说明"), ("workdays", "1")];
    assert_eq!(goes(&city, "supervisor", &lead, "ask", &short).await, StatusCode::UNPROCESSABLE_ENTITY);
    let ask = [("text", "请说明这些案件的委托来源。"), ("workdays", "10")];
    assert_eq!(goes(&city, "supervisor", &lead, "ask", &ask).await, StatusCode::SEE_OTHER);
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    assert!(told(&city, "ring_head").await.iter().any(|says| says.contains("司法局要求本机构说明")));

    // The institution sees its own; others see neither page nor list.
    let asked = city.get("ring_head", &format!("/asked/{lead}")).await.said();
    assert!(asked.contains("请说明这些案件的委托来源") && asked.contains("模拟·第1司法鉴定中心"), "{asked}");
    for other in 2..=plant::INSTITUTIONS {
        assert!(!asked.contains(&format!("第{other}司法鉴定中心")), "another institution is named: {asked}");
    }
    assert_eq!(city.get("head", &format!("/asked/{lead}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(city.get("ring_head", &page).await.status, StatusCode::FORBIDDEN);
    assert!(city.get("head", "/asked").await.said().contains("没有需要说明的问题"));
    let due: Date = city.rows("select due_on from lead where id = $1", values![&lead]).await[0].get("due_on").unwrap();
    assert_eq!(due, jiff::civil::date(2026, 3, 16), "ten working days after Monday the second");

    // Not before the term is over, unless it has answered.
    assert_eq!(goes(&city, "supervisor", &lead, "propose", &[("text", "x")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    let version = city.count("select version from lead where id = $1", values![&lead]).await.to_string();
    let answer = [("version", version.as_str()), ("text", "已逐案核对。")];
    // Files come before the answer, from nobody else, and stay.
    let files = format!("/asked/{lead}/files");
    assert_eq!(upload(&city, "head", &files, "x.txt", b"x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(upload(&city, "ring_head", &files, "检查记录汇总.txt", b"all").await.status, StatusCode::SEE_OTHER);
    assert_eq!(city.post("head", &format!("/asked/{lead}"), &answer).await.status, StatusCode::NOT_FOUND);
    city.post("ring_head", &format!("/asked/{lead}"), &answer).await.leads_on();
    assert_eq!(state(&city, &lead).await, "answered");
    assert_eq!(upload(&city, "ring_head", &files, "late.txt", b"x").await.status, StatusCode::CONFLICT);
    let said = city.get("supervisor", &page).await.said();
    assert!(said.contains("检查记录汇总.txt"), "{said}");
    let file: String =
        city.rows("select id from lead_file where lead_id = $1", values![&lead]).await[0].get("id").unwrap();
    assert_eq!(city.get("supervisor", &format!("{page}/files/{file}")).await.bytes, b"all");
    assert_eq!(city.get("head", &format!("{files}/{file}")).await.status, StatusCode::NOT_FOUND);
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    assert!(told(&city, "supervisor").await.iter().any(|says| says.contains("机构已说明")));

    // Two people decide, and only then is there a dossier.
    assert_eq!(goes(&city, "supervisor", &lead, "propose", &[("text", "查明属实。")]).await, StatusCode::SEE_OTHER);
    assert!(!city.get("supervisor", &page).await.said().contains("线索核查报告.pdf"));
    assert_eq!(goes(&city, "supervisor", &lead, "concur", &[("text", "x")]).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(goes(&city, "supervisor_two", &lead, "concur", &[("text", "已复核。")]).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&city, &lead).await, "confirmed");
    let paper: String =
        city.rows("select id from paper where subject_id = $1", values![&lead]).await[0].get("id").unwrap();
    let pdf = city.get("supervisor", &format!("{page}/papers/{paper}")).await;
    assert!(pdf.bytes.starts_with(b"%PDF"), "{}", pdf.said());
    let precision = city.get("supervisor", "/analysis/precision").await.said();
    assert!(precision.contains("100.0% (1/1)"), "{precision}");
    let asked = city.get("ring_head", &format!("/asked/{lead}")).await.said();
    assert!(asked.contains("司法局已确认") && asked.contains("已复核。"), "{asked}");

    // Found again: the same lead, seen twice, and nobody is told anew.
    let before = told(&city, "supervisor").await.len();
    let leads = city.count("select count(*) from lead", &[]).await;
    city.app.clock.advance(60);
    city.all_sign_in_again().await;
    screened(&city, "10").await;
    assert_eq!(city.count("select count(*) from lead", &[]).await, leads);
    assert_eq!(city.count("select seen from lead where id = $1", values![&lead]).await, 2);
    assert_eq!(state(&city, &lead).await, "confirmed");
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    assert_eq!(told(&city, "supervisor").await.len(), before, "known leads are told again");
}

/// One telephone behind three firms is found, named by its kind and never by its number; the institutions are grouped.
#[tokio::test]
async fn a_telephone_ring_is_found_and_institutions_are_grouped() {
    let city = planted().await;
    let run = screened(&city, "10").await;
    let found = city.rows("select id, entity_name from lead where broker = 'phone'", &[]).await;
    assert_eq!(found.len(), 1, "one telephone is planted");
    let lead: String = found[0].get("id").unwrap();
    let said = city.get("supervisor", &format!("/analysis/leads/{lead}")).await.said();
    for word in ["来源网络", "联系电话", "由同一部联系电话联系的", "法律援助机构"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    let zip = city.get("supervisor", &format!("{run}/extract")).await.bytes;
    let sector = kept::unpack(&zip).unwrap();
    assert!(
        !sector.phones.is_empty() && !format!("{:?}", sector.phones).contains("99000"),
        "a number is in the extract"
    );
    let groups = city.get("supervisor", "/analysis/groups").await.said();
    assert!(groups.contains("年案件量") || groups.contains("还没有分组"), "{groups}");
    assert_eq!(city.get("supervisor", "/analysis/groups?format=csv").await.status, StatusCode::OK);
}

/// Overdue answers are called to mind on both sides, once a stage; then the bureau need not wait.
#[tokio::test]
async fn a_term_that_is_over_is_told_and_ends_the_waiting() {
    let mut city = City::new().await;
    let (_, lead) = placed(&city).await;
    city.comes("supervisor_two", &[Role::Supervisor], Some("bureau")).await;
    city.run("update lead set state = 'under_review' where id = $1", values![&lead]).await;
    let ask = [("text", "请说明"), ("workdays", "5")];
    assert_eq!(goes(&city, "supervisor", &lead, "ask", &ask).await, StatusCode::SEE_OTHER);
    // Monday to Monday is five working days; a week later it is overdue.
    city.app.clock.advance(8 * 86_400);
    city.all_sign_in_again().await;
    for _ in 0..2 {
        remind(&city).await;
    }
    let overdue = |all: Vec<String>| all.iter().filter(|says| says.contains("时限已过")).count();
    assert_eq!(overdue(told(&city, "head").await), 1, "once a stage");
    assert_eq!(overdue(told(&city, "supervisor").await), 1);
    assert_eq!(overdue(told(&city, "foreign_head").await), 0);
    assert_eq!(goes(&city, "supervisor", &lead, "propose", &[("text", "逾期未说明。")]).await, StatusCode::SEE_OTHER);
    assert_eq!(goes(&city, "supervisor_two", &lead, "object", &[("text", "证据不足。")]).await, StatusCode::SEE_OTHER);
    assert_eq!(goes(&city, "supervisor", &lead, "dismiss", &[("text", "有合理解释。")]).await, StatusCode::SEE_OTHER);
    assert_eq!(state(&city, &lead).await, "dismissed");
    assert_eq!(city.count("select count(*) from paper where subject_id = $1", values![&lead]).await, 0);
    let page = city.get("supervisor", "/analysis/precision/ring").await.said();
    assert!(page.contains("0.0% (0/1)") && page.contains("有合理解释。"), "{page}");
    assert_eq!(goes(&city, "supervisor", &lead, "reopen", &[("text", "有新情况。")]).await, StatusCode::SEE_OTHER);
    assert_eq!(goes(&city, "supervisor", &lead, "propose", &[("text", "x")]).await, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn remind(city: &City) {
    let now = city.app.clock.now();
    let mut conn = city.app.db.write().await.unwrap();
    let job = jobs::NewJob { name: "notices.remind", payload: serde_json::json!({}), run_at: now, dedup: None };
    jobs::enqueue(&mut conn, &job, now).await.unwrap();
    conn.commit().await.unwrap();
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
}

/// The same bytes when it is computed again, on one thread or two; no name in what is kept.
#[tokio::test]
async fn a_run_is_repeated_to_the_byte_and_holds_no_name() {
    let city = planted().await;
    let run = screened(&city, "5").await;
    let again = city.post("supervisor", &format!("{run}/repeat"), &[]).await.leads_on();
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    let said = city.get("supervisor", &again).await.said();
    assert!(said.contains("逐字节一致") && said.contains("无法计算"), "{said}");
    let zip = city.get("supervisor", &format!("{run}/extract")).await.bytes;
    let table = city.get("supervisor", &format!("{run}/findings")).await.bytes;
    let sector = kept::unpack(&zip).unwrap();
    for threads in [1, 2] {
        assert_eq!(findings(&sector, threads).unwrap().into_bytes(), table, "{threads} threads");
    }
    let plain = kept::unpack(&zip).map(|sector| format!("{sector:?}")).unwrap();
    for name in ["模拟", "律师事务所", "司法鉴定中心", HOUSE] {
        assert!(!plain.contains(name), "{name} is in the extract");
    }
    // Nobody but supervisors.
    for who in ["head", "client", "statistician", "licensing_officer", "ring_head"] {
        assert_eq!(city.get(who, &format!("{run}/extract")).await.status, StatusCode::FORBIDDEN, "{who}");
    }
}

/// Run on PostgreSQL this compares both engines; run on SQLite, two databases.
#[tokio::test]
async fn both_databases_give_the_same_extract_and_the_same_findings() {
    let last = jiff::civil::date(2026, 3, 2);
    let home = test_database().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Database::sqlite(&folder.path().join("sijian.db")).await.unwrap();
    let mut made = Vec::new();
    for (place, database) in [(home.folder.as_path(), home.database.clone()), (folder.path(), sqlite)] {
        keyed(place);
        let app = App::new(Config::under(place), database, Clock::default()).unwrap();
        app.clock.move_to(last);
        filled(&app, last).await;
        let extract = facts::extract(&app, None).await.unwrap();
        let bytes = kept::pack(&extract.sector).unwrap();
        let table = findings(&kept::unpack(&bytes).unwrap(), 2).unwrap();
        made.push((bytes, table));
    }
    assert!(made[0].1.contains("ring,institution"), "nothing was screened");
    assert_eq!(made[0].0, made[1].0, "the extracts differ");
    assert_eq!(made[0].1, made[1].1, "the findings differ");
}

/// What is cancelled raises nothing, also when the job comes to it afterwards.
#[tokio::test]
async fn a_cancelled_run_raises_nothing() {
    let city = City::new().await;
    let run = city.post("supervisor", "/analysis/runs", &[("from", ""), ("rate", "5")]).await.leads_on();
    city.post("supervisor", &format!("{run}/cancel"), &[]).await.leads_on();
    jobs::run_due(&city.app, platform::JOBS).await.unwrap();
    let said = city.get("supervisor", &run).await.said();
    assert!(said.contains("已取消"), "{said}");
    assert_eq!(city.count("select count(*) from lead", &[]).await, 0);
    for rate in ["0", "31", "x"] {
        let answer = city.post("supervisor", "/analysis/runs", &[("from", ""), ("rate", rate)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{rate}");
    }
}

/// A run that is done and a lead about the house that was asked, put there without a screen: their ids.
pub async fn placed(city: &City) -> (String, String) {
    let now = city.app.clock.now();
    let stored = city.app.files.put(b"kept".to_vec(), "text/plain").await.unwrap();
    let mut conn = city.app.db.write().await.unwrap();
    let summary = serde_json::to_string(&runs::Summary::default()).unwrap();
    conn.run(
        "insert into analysis_run (id, version, state, requested_by, requester_name, parameters, versions, step, done, whole,
             extract_sha256, findings_sha256, summary, error, requested_at)
         values ('run', 1, 'done', '', '夜间筛查', '{\"from\":null,\"q_max\":0.05}', '{}', '', 1, 1, $1, $1, $2, '', $3)",
        values![&stored.sha256, summary, now],
    )
    .await
    .unwrap();
    conn.run(
        "insert into lead (id, version, state, number, detector, entity, pattern, entity_id, entity_name, institution_id, q_ppm, seen,
             found_at, seen_at, changed_at)
         values ('lead', 1, 'asked', 'XS-0', 'ring', 'institution', 'ring/institution/x', $1, '甲司法鉴定中心', $1, 9000, 1, $2, $2, $2)",
        values![HOUSE, now],
    )
    .await
    .unwrap();
    let content = serde_json::json!({ "sentence": ["一句。", "A sentence."], "group": null, "pictures": [] });
    conn.run(
        "insert into lead_sighting (lead_id, number, run_id, score, q, content, seen_at) values ('lead', 1, 'run', '9', '0.009', $1, $2)",
        values![content.to_string(), now],
    )
    .await
    .unwrap();
    conn.run(
        "insert into lead_statement (lead_id, number, kind, body, account_id, account_name, said_at)
         values ('lead', 1, 'question', '请说明。', '', '', $1)",
        values![now],
    )
    .await
    .unwrap();
    conn.commit().await.unwrap();
    ("run".into(), "lead".into())
}
