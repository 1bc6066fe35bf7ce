//! Through the interface: ledgers are imported, bank statements recorded, volumes held and filed; the lists that go with it.

use crate::api::{EVERYTHING, fields_of, get, post, post_bytes, problem, read, token};
use crate::support::{Answer, City, Story};
use axum::http::StatusCode;
use platform::cases::State;
use platform::values;
use serde_json::{Value as Json, json};
use std::time::Duration;

const LEDGER: &str = "案件编号,被鉴定人,鉴定事项,委托人,受理日期,意见书编号,甲,乙\n\
     2024-001,王历史,法医临床鉴定,甲区人民法院,2024.3.2,甲鉴〔2024〕1号,李某,已办结\n\
     2024-002,李历史,FY-0201,某公司,二〇二四年四月一日,甲鉴〔2024〕2号,王某,已归档\n";

/// The import, once nobody is at work on it any more.
async fn settled(city: &City, secret: &str, at: &str) -> Json {
    for _ in 0..600 {
        let seen = read(get(city, secret, at).await.is(StatusCode::OK));
        if !["checking", "importing"].contains(&seen["state"].as_str().unwrap()) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{at} never ends");
}

fn at(answer: &Answer) -> String {
    answer.header("location").to_owned()
}

#[tokio::test]
async fn a_ledger_is_sent_mapped_checked_and_imported_once() {
    let city = City::new().await;
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let upload = "/api/v1/imports?kind=cases&name=%E5%8F%B0%E8%B4%A6.csv";
    problem(&post_bytes(&city, &desk, "/api/v1/imports?kind=all", b"a,b", "k0").await, StatusCode::BAD_REQUEST);
    problem(&post_bytes(&city, &desk, upload, b"", "k1").await, StatusCode::BAD_REQUEST);
    problem(&post_bytes(&city, &desk, upload, b"%PDF-1.7 no table", "k2").await, StatusCode::BAD_REQUEST);
    let sent = post_bytes(&city, &desk, upload, LEDGER.as_bytes(), "k3").await;
    let run = read(sent.is(StatusCode::CREATED));
    assert_eq!((&run["state"], &run["file_name"]), (&json!("uploaded"), &json!("台账.csv")));
    let again = post_bytes(&city, &desk, upload, LEDGER.as_bytes(), "k3").await;
    assert_eq!((at(&again), again.header("idempotency-replayed")), (at(&sent), "true"));
    let at = at(&sent);
    // The last column was not known for what it is; the program says so.
    let field = |run: &Json, name: &str| {
        run["fields"].as_array().unwrap().iter().find(|one| one["field"] == name).unwrap()["at"].clone()
    };
    assert_eq!((field(&run, "client"), field(&run, "outcome")), (json!(3), Json::Null));
    let check = format!("{at}/check");
    let wrong = json!({ "outcome": 70, "client": "" });
    let told = problem(&post(&city, &desk, &check, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields_of(&told).into_iter().collect::<Vec<_>>(), ["client", "outcome"]);
    let import = format!("{at}/import");
    problem(&post(&city, &desk, &import, &json!({})).await, StatusCode::CONFLICT);
    post(&city, &desk, &check, &json!({ "outcome": 7 })).await.is(StatusCode::ACCEPTED);
    let checked = settled(&city, &desk, &at).await;
    assert_eq!((&checked["state"], &checked["rows"]["good"]), (&json!("checked"), &json!(2)), "{checked}");
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 0, "a dry run");
    problem(&get(&city, &desk, &format!("{at}/faults")).await, StatusCode::CONFLICT);
    post(&city, &desk, &import, &json!({})).await.is(StatusCode::ACCEPTED);
    let done = settled(&city, &desk, &at).await;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 2);
    problem(&post(&city, &desk, &import, &json!({})).await, StatusCode::CONFLICT);

    // A second time every row is there already: nothing is written, and the sheet of faults says why.
    let second = post_bytes(&city, &desk, upload, LEDGER.as_bytes(), "k4").await;
    let second = self::at(second.is(StatusCode::CREATED));
    assert_eq!(field(&read(&get(&city, &desk, &second).await), "outcome"), json!(7), "the mapping was kept");
    post(&city, &desk, &format!("{second}/check"), &json!({})).await.is(StatusCode::ACCEPTED);
    let refused = settled(&city, &desk, &second).await;
    assert_eq!((&refused["state"], &refused["rows"]["bad"]), (&json!("refused"), &json!(2)), "{refused}");
    assert!(refused["faults"][0]["what"].as_str().unwrap().contains("已经导入过"), "{refused}");
    assert!(get(&city, &desk, &format!("{second}/faults")).await.is(StatusCode::OK).bytes.starts_with(b"PK"));
    let all = read(get(&city, &desk, "/api/v1/imports?per_page=1").await.is(StatusCode::OK));
    assert_eq!((&all["total"], &all["pages"], &all["items"][0]["state"]), (&json!(2), &json!(2), &json!("refused")));

    // Nobody else sees it, and who imports nothing is told so.
    let foreign = token(&city, "foreign_head", EVERYTHING).await;
    problem(&get(&city, &foreign, &at).await, StatusCode::NOT_FOUND);
    let officer = token(&city, "licensing_officer", EVERYTHING).await;
    problem(&get(&city, &officer, &at).await, StatusCode::NOT_FOUND);
    let reviewer = token(&city, "reviewer", EVERYTHING).await;
    problem(&post_bytes(&city, &reviewer, upload, LEDGER.as_bytes(), "k5").await, StatusCode::FORBIDDEN);
    let reader = token(&city, "front_desk", &["imports:read"]).await;
    problem(&post(&city, &reader, &import, &json!({})).await, StatusCode::FORBIDDEN);
    let register = "类型,名称\n法院,丙区人民法院\n";
    let upload = "/api/v1/imports?kind=organisations&name=a.csv";
    post_bytes(&city, &officer, upload, register.as_bytes(), "k6").await.is(StatusCode::CREATED);
    problem(&post_bytes(&city, &desk, upload, register.as_bytes(), "k7").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_statement_is_recorded_whole_or_every_row_that_fits_nowhere_is_told() {
    let city = City::new().await;
    let story = Story::at(&city, State::Commissioned).await;
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let owed = read(get(&city, &desk, "/api/v1/fees").await.is(StatusCode::OK));
    assert_eq!((&owed["total"], &owed["items"][0]["case_id"]), (&json!(1), &json!(story.id)));
    let code = owed["items"][0]["payment_code"].as_str().unwrap();
    let path = "/api/v1/fees/statement";
    let statement = |rows: &str| format!("流水号,日期,金额,付款人,附言\n{rows}").into_bytes();
    let good = format!("A1,2026-03-01,1000,某人,{code}");
    let bad = statement(&format!("{good}\nA2,2026-03-01,77,路人,不明\nA3,2026-03-01,78,路人,不明"));
    let told = problem(&post_bytes(&city, &desk, path, &bad, "s1").await, StatusCode::CONFLICT);
    let said: Vec<&str> =
        told["objections"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert!(said.len() == 2 && said[0].contains("A2") && said[1].contains("A3"), "{said:?}");
    problem(&post_bytes(&city, &desk, path, b"a,b\n1,2", "s2").await, StatusCode::UNPROCESSABLE_ENTITY);
    problem(&post_bytes(&city, &desk, path, &vec![b'x'; 1_000_002], "s3").await, StatusCode::PAYLOAD_TOO_LARGE);
    let received = "select count(*) from fee_event where kind = 'received'";
    assert_eq!(city.count(received, &[]).await, 0, "not one row was recorded");
    for _ in 0..2 {
        let done = read(post_bytes(&city, &desk, path, &statement(&good), "s4").await.is(StatusCode::CREATED));
        assert_eq!((&done["items"][0]["case_id"], &done["items"][0]["was_known"]), (&json!(story.id), &json!(false)));
    }
    let known = read(post_bytes(&city, &desk, path, &statement(&good), "s5").await.is(StatusCode::CREATED));
    assert_eq!(known["items"][0]["was_known"], true);
    assert_eq!(city.count(received, &[]).await, 1);
    for who in ["client", "appraiser", "supervisor"] {
        let secret = token(&city, who, EVERYTHING).await;
        problem(&post_bytes(&city, &secret, path, &statement(&good), "s6").await, StatusCode::FORBIDDEN);
    }
    let rows = read(get(&city, &desk, "/api/v1/tariff?region=shanghai&on=2026-03-01").await.is(StatusCode::OK));
    assert!(rows["items"].as_array().unwrap().iter().any(|one| one["guide_fen"].is_i64()), "{rows}");
    assert_eq!(rows["total"].as_i64().unwrap() as usize, rows["items"].as_array().unwrap().len());
    problem(&get(&city, &desk, "/api/v1/tariff?region=nowhere").await, StatusCode::UNPROCESSABLE_ENTITY);
    problem(&get(&city, &desk, "/api/v1/tariff?on=soon").await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_hold_is_decided_and_an_ended_case_filed() {
    let city = City::new().await;
    let story = Story::at(&city, State::Declined).await;
    let (head, archivist) = (token(&city, "head", EVERYTHING).await, token(&city, "archivist", EVERYTHING).await);
    let volume = format!("/api/v1/cases/{}/volume", story.id);
    let hold = format!("{volume}/hold");
    let set = json!({ "hold": "set", "reason": "投诉未结" });
    problem(&post(&city, &archivist, &hold, &set).await, StatusCode::FORBIDDEN);
    let held = read(post(&city, &head, &hold, &set).await.is(StatusCode::CREATED));
    assert_eq!(held["is_held"], true, "{held}");
    problem(&post(&city, &head, &hold, &set).await, StatusCode::CONFLICT);
    let lifted = post(&city, &head, &hold, &json!({ "hold": "lift", "reason": "投诉已结" })).await;
    assert_eq!(read(lifted.is(StatusCode::CREATED))["is_held"], false);
    let list = |show: &str| format!("/api/v1/volumes?show={show}");
    let open = read(get(&city, &archivist, &list("open")).await.is(StatusCode::OK));
    assert_eq!((&open["total"], &open["items"][0]["case_id"]), (&json!(1), &json!(story.id)));
    assert!(open["items"][0]["file_by"].is_string() && open["items"][0]["filed_on"].is_null(), "{open}");
    let filing = format!("{volume}/filing");
    problem(&post(&city, &archivist, &filing, &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
    problem(&post(&city, &head, &filing, &json!({ "shelf": "甲1" })).await, StatusCode::FORBIDDEN);
    let reader = token(&city, "archivist", &["archive:read"]).await;
    problem(&post(&city, &reader, &filing, &json!({ "shelf": "甲1" })).await, StatusCode::FORBIDDEN);
    let filed = read(post(&city, &archivist, &filing, &json!({ "shelf": "甲1" })).await.is(StatusCode::CREATED));
    assert_eq!((&filed["shelf"], &filed["filed_on"]), (&json!("甲1"), &json!(city.today().to_string())));
    problem(&post(&city, &archivist, &filing, &json!({ "shelf": "甲2" })).await, StatusCode::CONFLICT);
    assert_eq!(read(&get(&city, &archivist, &list("open")).await)["total"], 0);
    let all = read(&get(&city, &archivist, &list("filed")).await);
    assert_eq!((&all["total"], &all["items"][0]["is_held"]), (&json!(1), &json!(false)));
    problem(&get(&city, &archivist, &list("lost")).await, StatusCode::UNPROCESSABLE_ENTITY);
    let client = token(&city, "client", EVERYTHING).await;
    problem(&post(&city, &client, &hold, &set).await, StatusCode::NOT_FOUND);
    problem(&get(&city, &client, &list("open")).await, StatusCode::FORBIDDEN);
    assert_eq!(city.count("select count(*) from archive_hold where case_id = $1", values![&story.id]).await, 2);
}
