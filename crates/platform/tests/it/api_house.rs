//! The rest of a house's day through the interface: records, fees, materials looked up, the volume; and the bureau's hints.

use crate::api::{EVERYTHING, as_json, fields_of, get, post, problem, read, token};
use crate::support::{City, Story};
use axum::http::StatusCode;
use platform::cases::State;
use platform::values;
use serde_json::{Value as Json, json};

/// A record's form as JSON, with the kinds of JSON: the version is a number.
fn record(story: &Story<'_>, other: &[(&str, &str)]) -> Json {
    let fields = story.record_fields(other);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let mut body = as_json(&fields);
    body["version"] = json!(body["version"].as_str().unwrap().parse::<i64>().unwrap());
    body
}

#[tokio::test]
async fn a_record_is_written_corrected_and_confirmed() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let appraiser = token(&city, "appraiser", EVERYTHING).await;
    let path = format!("/api/v1/cases/{}/records", story.id);
    let empty = problem(&post(&city, &appraiser, &path, &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&empty).contains("started") && fields_of(&empty).contains("text"), "{empty}");
    let written = read(post(&city, &appraiser, &path, &record(&story, &[])).await.is(StatusCode::CREATED));
    assert_eq!(
        (&written["version"], &written["late"], &written["is_confirmed"]),
        (&json!(1), &json!(false), &json!(false))
    );
    let one = format!("{path}/{}", written["id"].as_str().unwrap());
    let correction = [("version", "1"), ("text", "测得长度三点二厘米。"), ("reason", "笔误")];
    let without_reason = record(&story, &correction[..2]);
    let told = problem(&post(&city, &appraiser, &one, &without_reason).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&told).contains("reason"), "{told}");
    let corrected = read(post(&city, &appraiser, &one, &record(&story, &correction)).await.is(StatusCode::CREATED));
    assert_eq!((&corrected["version"], &corrected["entry"]["text"]), (&json!(2), &json!("测得长度三点二厘米。")));
    problem(&post(&city, &appraiser, &one, &record(&story, &correction)).await, StatusCode::CONFLICT);
    let confirm = format!("{one}/confirm");
    problem(&post(&city, &appraiser, &confirm, &json!({ "version": 1 })).await, StatusCode::CONFLICT);
    let confirmed = read(post(&city, &appraiser, &confirm, &json!({ "version": 2 })).await.is(StatusCode::CREATED));
    assert_eq!(confirmed["is_confirmed"], true);
    // Who is not on the case writes nothing, whatever the token says.
    let desk = token(&city, "front_desk", EVERYTHING).await;
    problem(&post(&city, &desk, &path, &record(&story, &[])).await, StatusCode::CONFLICT);
    let client = token(&city, "client", EVERYTHING).await;
    problem(&post(&city, &client, &path, &record(&story, &[])).await, StatusCode::NOT_FOUND);
    assert_eq!(city.count("select count(*) from examination_record_version", &[]).await, 2);
}

#[tokio::test]
async fn money_is_recorded_once_and_by_the_version_that_was_seen() {
    let city = City::new().await;
    let story = Story::at(&city, State::Assigned).await;
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let path = format!("/api/v1/cases/{}/fees", story.id);
    let seen = read(get(&city, &desk, &path).await.is(StatusCode::OK));
    let owed = seen["balance"]["outstanding_fen"].as_i64().unwrap();
    assert!(owed > 100, "{seen}");
    let paid = json!({ "version": seen["version"], "receipt_way": "transfer", "receipt_fen": 1, "payer": "乙保险公司",
        "reference": "回单0001", "paid_on": city.today().to_string() });
    let receipts = format!("{path}/receipts");
    let reader = token(&city, "front_desk", &["fees:read"]).await;
    problem(&post(&city, &reader, &receipts, &paid).await, StatusCode::FORBIDDEN);
    let after = read(post(&city, &desk, &receipts, &paid).await.is(StatusCode::CREATED));
    assert_eq!(after["balance"]["outstanding_fen"], owed - 100, "one yuan");
    problem(&post(&city, &desk, &receipts, &paid).await, StatusCode::CONFLICT);
    let faulty = json!({ "version": after["version"], "receipt_fen": "-3" });
    let told = problem(&post(&city, &desk, &receipts, &faulty).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&told).contains("receipt_fen") && fields_of(&told).contains("payer"), "{told}");
    problem(&post(&city, &desk, &format!("{path}/gift"), &json!({})).await, StatusCode::NOT_FOUND);
    // A refund is proposed first; only `do` makes it happen, and only by the head.
    let head = token(&city, "head", EVERYTHING).await;
    let mut ended = json!({ "version": after["version"], "cause": "overdue", "responsibility": "institution",
        "work_percent": 0 });
    problem(&post(&city, &desk, &format!("{path}/refund"), &ended).await, StatusCode::FORBIDDEN);
    let proposed = read(post(&city, &head, &format!("{path}/refund"), &ended).await.is(StatusCode::OK));
    assert_eq!((&proposed["proposal"]["refund_fen"], &proposed["version"]), (&json!(100), &after["version"]));
    ended["do"] = json!("refund");
    let settled = read(post(&city, &head, &format!("{path}/refund"), &ended).await.is(StatusCode::CREATED));
    assert_eq!((&settled["balance"]["is_settled"], &settled["balance"]["refunded_fen"]), (&json!(true), &json!(100)));
}

#[tokio::test]
async fn materials_places_volumes_and_hints_are_read_in_scope() {
    let city = City::new().await;
    let story = Story::at(&city, State::Archived).await;
    let archivist = token(&city, "archivist", EVERYTHING).await;
    let all = read(get(&city, &archivist, "/api/v1/materials?show=all").await.is(StatusCode::OK));
    assert_eq!(all["total"].as_i64().unwrap() as usize, all["items"].as_array().unwrap().len());
    problem(&get(&city, &archivist, "/api/v1/materials?show=everything").await, StatusCode::UNPROCESSABLE_ENTITY);
    let of_case = read(&get(&city, &archivist, &format!("/api/v1/cases/{}/materials", story.id)).await);
    let code = of_case["items"][0]["code"].as_str().unwrap();
    let one = read(get(&city, &archivist, &format!("/api/v1/materials/{code}")).await.is(StatusCode::OK));
    assert_eq!(one["case_id"], story.id.as_str());
    let kinds: Vec<&str> = one["events"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..2], ["announced", "received"], "{kinds:?}");
    get(&city, &archivist, "/api/v1/places").await.is(StatusCode::OK);

    let path = format!("/api/v1/cases/{}/volume", story.id);
    let volume = read(get(&city, &archivist, &path).await.is(StatusCode::OK));
    assert_eq!((&volume["missing"], &volume["is_held"]), (&json!([]), &json!(false)), "{volume}");
    assert!(volume["kept_until"].is_string() || volume["is_kept_for_good"] == true, "{volume}");
    let told = problem(&get(&city, &archivist, &format!("{path}.pdf")).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&told).contains("purpose"), "{told}");
    let pdf = get(&city, &archivist, &format!("{path}.pdf?purpose=%E6%A0%B8%E5%AF%B9")).await;
    assert!(pdf.is(StatusCode::OK).bytes.starts_with(b"%PDF"));
    let zip = get(&city, &archivist, &format!("{path}.zip?purpose=%E6%A0%B8%E5%AF%B9")).await;
    assert!(zip.is(StatusCode::OK).bytes.starts_with(b"PK"));
    let read_of = "select count(*) from archive_access where subject_id = $1";
    assert_eq!(city.count(read_of, values![&story.id]).await, 3, "each reading is logged");
    let client = token(&city, "client", EVERYTHING).await;
    problem(&get(&city, &client, &path).await, StatusCode::NOT_FOUND);

    problem(&get(&city, &archivist, "/api/v1/hints").await, StatusCode::FORBIDDEN);
    let supervisor = token(&city, "supervisor", EVERYTHING).await;
    let hints = read(get(&city, &supervisor, "/api/v1/hints").await.is(StatusCode::OK));
    assert_eq!(hints["total"].as_i64().unwrap() as usize, hints["items"].as_array().unwrap().len());
    problem(&get(&city, &supervisor, "/api/v1/hints?kind=rumour").await, StatusCode::UNPROCESSABLE_ENTITY);
}
