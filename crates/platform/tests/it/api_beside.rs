//! Through the interface: what stands beside a case. Tracking, notices, places, photographs, record files, the draft's check
//! and its comments.

use crate::api::{EVERYTHING, fields_of, get, post, post_bytes, problem, read, token};
use crate::support::{City, PNG, Story};
use axum::http::StatusCode;
use platform::JOBS;
use platform::cases::{Action, State};
use platform::jobs::run_due;
use platform::values;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn a_party_sees_where_the_case_stands_and_nothing_else() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let client = token(&city, "client", EVERYTHING).await;
    let slip = read(get(&city, &client, &format!("/api/v1/cases/{}/tracking", story.id)).await.is(StatusCode::OK));
    // A court's system asks for a party; it need not see the case itself.
    let other = token(&city, "foreign_head", &["register:read"]).await;
    let asked = json!({ "number": slip["number"], "code": slip["code"] });
    let answer = post(&city, &other, "/api/v1/track", &asked).await;
    let seen = read(answer.is(StatusCode::OK));
    let here: Vec<&Json> = seen["stages"].as_array().unwrap().iter().filter(|stage| stage["place"] == "here").collect();
    assert!(here.len() == 1 && here[0]["name"] == "正在鉴定", "{seen}");
    assert!(seen["due_on"].is_string() && !answer.text().contains("张某"), "{seen}");
    for wrong in
        [json!({ "number": slip["number"], "code": "AAAAAAAA" }), json!({ "number": "0000000000", "code": "A" })]
    {
        problem(&post(&city, &other, "/api/v1/track", &wrong).await, StatusCode::NOT_FOUND);
    }
    let told = problem(&post(&city, &other, "/api/v1/track", &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields_of(&told).into_iter().collect::<Vec<_>>(), ["code", "number"]);
    let foreign = token(&city, "foreign_head", EVERYTHING).await;
    problem(&get(&city, &foreign, &format!("/api/v1/cases/{}/tracking", story.id)).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn notices_are_marked_and_those_of_a_case_listed() {
    let city = City::new().await;
    let story = Story::at(&city, State::Accepted).await;
    run_due(&city.app, JOBS).await.unwrap();
    let client = token(&city, "client", EVERYTHING).await;
    let inbox = read(&get(&city, &client, "/api/v1/notices").await);
    let (total, id) = (inbox["total"].as_i64().unwrap(), inbox["items"][0]["id"].clone());
    assert!(total > 0 && inbox["items"][0]["is_read"] == false, "{inbox}");
    let path = "/api/v1/notices/read";
    problem(&post(&city, &client, path, &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
    problem(&post(&city, &client, path, &json!({ "id": "none" })).await, StatusCode::NOT_FOUND);
    let left = read(post(&city, &client, path, &json!({ "id": id })).await.is(StatusCode::OK));
    assert_eq!(left["unread"], total - 1);
    let desk = token(&city, "front_desk", EVERYTHING).await;
    problem(&post(&city, &desk, path, &json!({ "id": id })).await, StatusCode::NOT_FOUND);
    assert_eq!(read(&post(&city, &client, path, &json!({ "all": true })).await)["unread"], 0);
    let of_case = format!("/api/v1/cases/{}/notices", story.id);
    let told = read(get(&city, &desk, &of_case).await.is(StatusCode::OK));
    let sql = "select count(*) from notice n join delivery d on d.notice_id = n.id where n.subject_id = $1";
    assert_eq!(told["total"], city.count(sql, values![&story.id]).await);
    assert!(told["items"].as_array().unwrap().iter().any(|one| one["read_at"].is_string()), "{told}");
    problem(&get(&city, &client, &of_case).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn places_are_arranged_and_materials_photographed() {
    let city = City::new().await;
    let story = Story::at(&city, State::Accepted).await;
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let path = "/api/v1/places";
    let room = json!({ "do": "add", "kind": "room", "name": "物证室", "capacity": 200 });
    let there = read(post(&city, &desk, path, &room).await.is(StatusCode::CREATED));
    let room_id = there["items"].as_array().unwrap().iter().find(|one| one["name"] == "物证室").unwrap()["id"].clone();
    let twice = problem(&post(&city, &desk, path, &room).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&twice).contains("name"), "{twice}");
    let shelf = json!({ "do": "add", "kind": "shelf", "name": "一层", "parent_id": room_id });
    let there = read(post(&city, &desk, path, &shelf).await.is(StatusCode::CREATED));
    assert!(there["items"].as_array().unwrap().iter().any(|one| one["path"] == "物证室 · 一层"), "{there}");
    problem(&post(&city, &desk, path, &json!({ "do": "witness", "witness": true })).await, StatusCode::FORBIDDEN);
    let appraiser = token(&city, "appraiser", EVERYTHING).await;
    problem(&post(&city, &appraiser, path, &room).await, StatusCode::FORBIDDEN);

    let all = read(&get(&city, &desk, &format!("/api/v1/cases/{}/materials", story.id)).await);
    let code = all["items"][0]["code"].as_str().unwrap();
    let photos = format!("/api/v1/materials/{code}/photos");
    problem(
        &post_bytes(&city, &desk, &format!("{photos}?name=a.jpg"), b"no picture", "p0").await,
        StatusCode::BAD_REQUEST,
    );
    for _ in 0..2 {
        post_bytes(&city, &desk, &format!("{photos}?name=a.png"), PNG, "p1").await.is(StatusCode::CREATED);
    }
    let seen = read(&get(&city, &desk, &format!("/api/v1/materials/{code}")).await);
    assert_eq!(seen["photos"].as_array().unwrap().len(), 1, "sent twice under one key: {seen}");
    let photo = format!("{photos}/{}", seen["photos"][0]["id"].as_str().unwrap());
    assert_eq!(get(&city, &desk, &photo).await.is(StatusCode::OK).bytes, PNG);
    let client = token(&city, "client", EVERYTHING).await;
    problem(&post_bytes(&city, &client, &format!("{photos}?name=a.png"), PNG, "p2").await, StatusCode::CONFLICT);
    let labels = get(&city, &desk, &format!("/api/v1/cases/{}/labels.pdf", story.id)).await;
    assert!(labels.is(StatusCode::OK).bytes.starts_with(b"%PDF"));
}

#[tokio::test]
async fn a_record_has_its_versions_and_its_files() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let (record, _) = story.records_with_photo("appraiser").await;
    let appraiser = token(&city, "appraiser", EVERYTHING).await;
    let path = format!("/api/v1/cases/{}/records/{record}", story.id);
    let add = |name: &str| format!("{path}/files?name={name}&note=%E4%BC%A4%E5%A4%84");
    problem(&post_bytes(&city, &appraiser, &add("a.pdf"), PNG, "f0").await, StatusCode::BAD_REQUEST);
    problem(&post_bytes(&city, &appraiser, &add("a.png"), b"", "f1").await, StatusCode::BAD_REQUEST);
    let added = post_bytes(&city, &appraiser, &add("a.png"), PNG, "f2").await;
    let at = added.is(StatusCode::CREATED).header("location").to_owned();
    assert_eq!(get(&city, &appraiser, &at).await.is(StatusCode::OK).bytes, PNG);
    let seen = read(get(&city, &appraiser, &path).await.is(StatusCode::OK));
    let files = seen["file_list"].as_array().unwrap();
    assert!(files.len() == 2 && files[1]["note"] == "伤处", "{seen}");
    assert_eq!((&seen["versions"][0]["version"], &seen["confirmations"][0]["is_author"]), (&json!(1), &json!(true)));
    let desk = token(&city, "front_desk", EVERYTHING).await;
    problem(&post_bytes(&city, &desk, &add("b.png"), PNG, "f3").await, StatusCode::CONFLICT);
    let client = token(&city, "client", EVERYTHING).await;
    for one in [&path, &at] {
        problem(&get(&city, &client, one).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_draft_is_checked_and_commented_on() {
    let city = City::new().await;
    let story = Story::at(&city, State::DraftOpinion).await;
    let version = story.draft_version().await;
    story.saves_draft("appraiser", version, "被鉴定人张某的损伤程度评定为轻伤二级，依据待补。").await.leads_on();
    let appraiser = token(&city, "appraiser", EVERYTHING).await;
    let draft = format!("/api/v1/cases/{}/draft", story.id);
    let found = read(get(&city, &appraiser, &format!("{draft}/findings")).await.is(StatusCode::OK));
    let errors: Vec<&Json> =
        found["items"].as_array().unwrap().iter().filter(|one| one["severity"] == "error").collect();
    assert!(errors.iter().any(|one| one["passage"].as_str().unwrap().contains("待补")), "{found}");
    assert!(errors.iter().all(|one| !one["remedy"].as_str().unwrap().is_empty()));
    assert!(get(&city, &appraiser, &format!("{draft}.pdf")).await.is(StatusCode::OK).bytes.starts_with(b"%PDF"));
    let version = story.draft_version().await;
    story.saves_draft("appraiser", version, "被鉴定人张某的损伤程度评定为轻伤二级。").await.leads_on();
    story.step("appraiser", Action::SubmitForReview).await.leads_on();

    let reviewer = token(&city, "reviewer", EVERYTHING).await;
    let comments = format!("{draft}/comments");
    let mut comment =
        json!({ "version": version, "part": "opinion", "quote": "轻伤二级", "weight": "must", "body": "请写明条款" });
    problem(&post(&city, &reviewer, &comments, &comment).await, StatusCode::CONFLICT);
    comment["version"] = json!(story.draft_version().await);
    problem(&post(&city, &appraiser, &comments, &comment).await, StatusCode::CONFLICT);
    let all = read(post(&city, &reviewer, &comments, &comment).await.is(StatusCode::CREATED));
    assert_eq!((&all["total"], &all["items"][0]["is_open"]), (&json!(1), &json!(true)));
    let reply = format!("{comments}/{}", all["items"][0]["id"].as_str().unwrap());
    problem(&post(&city, &reviewer, &reply, &json!({ "do": "erased" })).await, StatusCode::CONFLICT);
    let after = read(post(&city, &reviewer, &reply, &json!({ "do": "resolved" })).await.is(StatusCode::CREATED));
    assert_eq!(after["items"][0]["is_open"], false, "{after}");
    assert_eq!(read(&get(&city, &appraiser, &comments).await)["items"][0]["replies"][0]["kind"], "resolved");
    let client = token(&city, "client", EVERYTHING).await;
    for rest in ["/findings", "/comments", ".pdf"] {
        problem(&get(&city, &client, &format!("{draft}{rest}")).await, StatusCode::NOT_FOUND);
    }
}
