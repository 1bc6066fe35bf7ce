//! The interface for programs, as a program meets it: tokens, problems, idempotency, the document, the whole road of a case.

use crate::routes::ROUTES;
use crate::support::{Answer, City, ENTRUSTMENT, HOUSE, Story, appraiser_id, typed};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use platform::actor::Role;
use platform::cases::{Action, Case, State};
use platform::values;
use procedure::{Opening, Procedure};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

pub const EVERYTHING: &[&str] = &[
    "cases:read",
    "cases:write",
    "files:read",
    "files:write",
    "custody:read",
    "custody:write",
    "fees:read",
    "fees:write",
    "archive:read",
    "archive:write",
    "imports:read",
    "imports:write",
    "register:read",
    "notices:read",
    "notices:write",
    "supervision:read",
];

/// The secret of a new token, from the page that shows it.
pub async fn token(city: &City, who: &str, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "法院系统"), ("days", "90")];
    fields.extend(scopes.iter().map(|scope| ("scopes", *scope)));
    let page = city.post(who, "/account/tokens", &fields).await;
    page.is(StatusCode::OK);
    let text = page.text();
    let secret = text.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next()).unwrap();
    assert!(secret.starts_with("sjn_") && secret.len() == 68, "{secret}");
    secret.to_owned()
}

/// A request as curl sends it: no cookie, nothing that a browser would say.
async fn send(city: &City, method: &str, path: &str, secret: &str, body: &Json, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "sijian.test")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {secret}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    city.send(request.body(body).unwrap()).await
}

pub async fn get(city: &City, secret: &str, path: &str) -> Answer {
    send(city, "GET", path, secret, &Json::Null, &[]).await
}

pub async fn post(city: &City, secret: &str, path: &str, body: &Json) -> Answer {
    send(city, "POST", path, secret, body, &[]).await
}

/// Bytes, as `curl --data-binary` sends them, under a key.
pub async fn post_bytes(city: &City, secret: &str, path: &str, bytes: &[u8], key: &str) -> Answer {
    let request = Request::post(path)
        .header("host", "sijian.test")
        .header("authorization", format!("Bearer {secret}"))
        .header("idempotency-key", key);
    city.send(request.body(Body::from(bytes.to_vec())).unwrap()).await
}

#[track_caller]
pub fn read(answer: &Answer) -> Json {
    serde_json::from_slice(&answer.bytes).unwrap_or_else(|_| panic!("no JSON: {}", answer.text()))
}

/// A failure as RFC 9457 wants it.
#[track_caller]
pub fn problem(answer: &Answer, status: StatusCode) -> Json {
    answer.is(status);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = read(answer);
    assert_eq!(body["status"], status.as_u16());
    assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty(), "{body}");
    body
}

pub fn fields_of(problem: &Json) -> BTreeSet<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|one| one["field"].as_str().unwrap().to_owned()).collect()
}

/// The fields of a form as a program sends them: repeated ones as arrays.
pub fn as_json(fields: &[(&str, &str)]) -> Json {
    let mut body = Map::new();
    for (name, text) in fields {
        match body.get_mut(*name) {
            Some(Json::Array(all)) => all.push(json!(text)),
            Some(one) => *one = json!([one.clone(), text]),
            None => drop(body.insert((*name).to_owned(), json!(text))),
        }
    }
    Json::Object(body)
}

fn step_body(city: &City, action: Action, version: i64) -> Json {
    let today = city.today().to_string();
    let mut fields = typed(action).to_vec();
    if matches!(action, Action::Draft | Action::Deliver) {
        fields.extend([("from", "2026-03-01"), ("to", today.as_str()), ("on", today.as_str())]);
    }
    let (lead, second) = (appraiser_id("appraiser"), appraiser_id("second"));
    if action == Action::Assign {
        fields.extend([("appraisers", lead.as_str()), ("appraisers", &second), ("lead", &lead)]);
    }
    let mut body = as_json(&fields);
    body["version"] = json!(version);
    body
}

#[tokio::test]
async fn without_a_good_token_nobody_is_let_in() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let secret = token(&city, "client", EVERYTHING).await;
    let path = format!("/api/v1/cases/{}", story.id);
    get(&city, &secret, &path).await.is(StatusCode::OK);
    let kept = city.count("select count(*) from api_token where secret_hash = $1", values![&secret]).await;
    assert_eq!(kept, 0, "the secret itself is kept");

    let unknown = get(&city, "sjn_none", &path).await;
    problem(&unknown, StatusCode::UNAUTHORIZED);
    assert!(unknown.header("www-authenticate").starts_with("Bearer"));
    // The cookie of a signed-in person counts for nothing here.
    problem(&city.get("client", &path).await, StatusCode::UNAUTHORIZED);
    // What a browser would send from another site is refused, whoever holds the token.
    let cross = [("sec-fetch-site", "cross-site")];
    problem(&send(&city, "POST", "/api/v1/cases", &secret, &json!({}), &cross).await, StatusCode::FORBIDDEN);

    city.run("update api_token set expires_at = '2026-03-01T00:00:00.000Z'", values![]).await;
    problem(&get(&city, &secret, &path).await, StatusCode::UNAUTHORIZED);

    let secret = token(&city, "client", EVERYTHING).await;
    let id: String =
        city.rows("select id from api_token where expires_at > '2026-03-02' order by id desc", values![]).await[0]
            .get("id")
            .unwrap();
    city.post("colleague", "/account/tokens", &[("revoke", &id)]).await.is(StatusCode::NOT_FOUND);
    get(&city, &secret, &path).await.is(StatusCode::OK);
    city.post("client", "/account/tokens", &[("revoke", &id)]).await.leads_on();
    problem(&get(&city, &secret, &path).await, StatusCode::UNAUTHORIZED);

    let secret = token(&city, "client", EVERYTHING).await;
    let account = &city.person("client").account_id;
    city.run("update account set disabled_at = '2026-03-02T00:00:00.000Z' where id = $1", values![account]).await;
    problem(&get(&city, &secret, &path).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_does_no_more_than_it_was_made_for_and_its_owner_may() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let case = format!("/api/v1/cases/{}", story.id);
    let reader = token(&city, "front_desk", &["cases:read"]).await;
    get(&city, &reader, &case).await.is(StatusCode::OK);
    let accept = step_body(&city, Action::Accept, 1);
    let before = story.picture().await;
    problem(&post(&city, &reader, &format!("{case}/steps/accept"), &accept).await, StatusCode::FORBIDDEN);
    for (path, needs) in [
        ("/materials", "custody:read"),
        ("/fees", "fees:read"),
        ("/papers/none", "files:read"),
        ("/files/none", "files:read"),
    ] {
        let told = problem(&get(&city, &reader, &format!("{case}{path}")).await, StatusCode::FORBIDDEN);
        assert!(told["detail"].as_str().unwrap().contains(needs), "{told}");
    }
    // Another house's case is not there, with every scope.
    let foreign = token(&city, "foreign_head", EVERYTHING).await;
    for rest in ["", "/events", "/terms", "/papers", "/files", "/materials", "/fees", "/records"] {
        problem(&get(&city, &foreign, &format!("{case}{rest}")).await, StatusCode::NOT_FOUND);
    }
    problem(&post(&city, &foreign, &format!("{case}/steps/accept"), &accept).await, StatusCode::NOT_FOUND);
    // A role taken away is gone from the next request on.
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let account = &city.person("front_desk").account_id;
    city.run("delete from account_role where account_id = $1", values![account]).await;
    problem(&post(&city, &desk, &format!("{case}/steps/accept"), &accept).await, StatusCode::FORBIDDEN);
    assert_eq!(story.picture().await, before);
    // What the house writes stays inside; what is not there is a problem too.
    let client = token(&city, "client", EVERYTHING).await;
    problem(&get(&city, &client, &format!("{case}/records")).await, StatusCode::NOT_FOUND);
    problem(&get(&city, &client, "/api/v1/nothing").await, StatusCode::NOT_FOUND);
    problem(&post(&city, &client, &format!("{case}/steps/import_ledger"), &json!({})).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_token_is_not_made_without_name_scope_and_end() {
    let city = City::new().await;
    let page = city.post("client", "/account/tokens", &[("days", "366")]).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["f-name", "f-days", "f-scopes"] {
        assert!(page.text().contains(field), "{field}");
    }
    city.get("system_administrator", "/account/tokens").await.is(StatusCode::FORBIDDEN);
    assert_eq!(city.count("select count(*) from api_token", values![]).await, 0);
}

#[tokio::test]
async fn the_same_request_twice_makes_one_case() {
    let city = City::new().await;
    let secret = token(&city, "client", EVERYTHING).await;
    let body = as_json(ENTRUSTMENT);
    let key = [("idempotency-key", "a-1")];
    let first = send(&city, "POST", "/api/v1/cases", &secret, &body, &key).await;
    first.is(StatusCode::CREATED);
    let again = send(&city, "POST", "/api/v1/cases", &secret, &body, &key).await;
    again.is(StatusCode::CREATED);
    assert_eq!((again.text(), again.to(), again.header("idempotency-replayed")), (first.text(), first.to(), "true"));
    assert_eq!(city.count("select count(*) from appraisal_case", values![]).await, 1);
    // The key belongs to that request.
    let mut other = body.clone();
    other["matter"] = json!("另一事项");
    let told =
        problem(&send(&city, "POST", "/api/v1/cases", &secret, &other, &key).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fields_of(&told), BTreeSet::from(["Idempotency-Key".to_owned()]));
    // Two at the same moment: one is done, and both hear of it or are told to wait.
    let key = [("idempotency-key", "a-2")];
    let both = tokio::join!(
        send(&city, "POST", "/api/v1/cases", &secret, &body, &key),
        send(&city, "POST", "/api/v1/cases", &secret, &body, &key)
    );
    for answer in [both.0, both.1] {
        assert!([StatusCode::CREATED, StatusCode::CONFLICT].contains(&answer.status), "{}", answer.text());
    }
    assert_eq!(city.count("select count(*) from appraisal_case", values![]).await, 2);
    // A step that was done is answered again though the version has moved on.
    let desk = token(&city, "front_desk", EVERYTHING).await;
    let path = format!("{}/steps/accept", first.to());
    let accept = step_body(&city, Action::Accept, 1);
    let done = send(&city, "POST", &path, &desk, &accept, &[("idempotency-key", "b")]).await;
    done.is(StatusCode::OK);
    let again = send(&city, "POST", &path, &desk, &accept, &[("idempotency-key", "b")]).await;
    assert_eq!((again.status, again.text()), (StatusCode::OK, done.text()));
    // Without the key it is a stale version.
    problem(&post(&city, &desk, &path, &accept).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn every_fault_and_every_objection_is_told_in_the_language_asked_for() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let client = token(&city, "client", EVERYTHING).await;
    let told = problem(&post(&city, &client, "/api/v1/cases", &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(fields_of(&told).len() > 12, "{told}");
    assert_eq!(city.count("select count(*) from appraisal_case", values![]).await, 1);

    let head = token(&city, "head", EVERYTHING).await;
    let path = format!("/api/v1/cases/{}/steps/issue", story.id);
    let body = json!({ "version": 1, "draft_sha256": "any", "password": "any" });
    for language in ["zh-CN", "en"] {
        let answer = send(&city, "POST", &path, &head, &body, &[("accept-language", language)]).await;
        let told = problem(&answer, StatusCode::CONFLICT);
        let one = &told["objections"][0];
        assert!(["what", "article", "remedy"].iter().all(|part| one[*part].is_string()), "{told}");
        let is_chinese = one["what"].as_str().unwrap().chars().any(|sign| ('一'..='鿿').contains(&sign));
        assert_eq!(is_chinese, language == "zh-CN", "{told}");
    }
    problem(&send(&city, "POST", &path, &head, &json!([1]), &[]).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn lists_count_truly_and_turn_their_pages() {
    let city = City::new().await;
    crate::support::approved_cases(&city, 7).await;
    let secret = token(&city, "head", EVERYTHING).await;
    let mut seen = BTreeSet::new();
    for page in 1..=3 {
        let answer = get(&city, &secret, &format!("/api/v1/cases?per_page=3&page={page}")).await;
        let body = read(answer.is(StatusCode::OK));
        assert_eq!((&body["total"], &body["pages"], &body["page"]), (&json!(7), &json!(3), &json!(page)));
        for one in body["items"].as_array().unwrap() {
            seen.insert(one["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(answer.header("link").contains("rel=\"next\""), page < 3, "{}", answer.header("link"));
        assert!(answer.header("link").contains("per_page=3&page="), "{}", answer.header("link"));
    }
    assert_eq!(seen.len(), 7);
    let page = city.get("head", "/work?show=all").await.said();
    assert!(page.contains('7'), "{page}");
    for (query, total) in [("state=approved", 7), ("state=issued", 0), ("show=mine", 7), ("page=9", 7)] {
        assert_eq!(read(&get(&city, &secret, &format!("/api/v1/cases?{query}")).await)["total"], total, "{query}");
    }
    for query in ["per_page=201", "page=0", "show=none", "state=none"] {
        problem(&get(&city, &secret, &format!("/api/v1/cases?{query}")).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let institutions = read(&get(&city, &secret, "/api/v1/institutions").await);
    assert_eq!(institutions["total"], 2);
    let one = read(&get(&city, &secret, &format!("/api/v1/institutions/{HOUSE}")).await);
    assert_eq!(one["licence"]["is_valid"], true);
    assert!(one["appraisers"].as_array().unwrap().len() >= 3, "{one}");
    get(&city, &secret, "/api/v1/notices").await.is(StatusCode::OK);
}

/// Materials come in, one is sealed, a file is added twice under one key: each once.
async fn materials_come_in(city: &City, path: &str) {
    let desk = token(city, "front_desk", EVERYTHING).await;
    let announced = read(&get(city, &desk, &format!("{path}/materials")).await);
    let code = announced["items"][0]["code"].as_str().unwrap();
    let mut receipt = json!({ "on": city.today().to_string(), "code": [code] });
    problem(&post(city, &desk, &format!("{path}/materials/receive"), &receipt).await, StatusCode::UNPROCESSABLE_ENTITY);
    receipt[format!("state_{code}")] = json!("完好");
    let received = post(city, &desk, &format!("{path}/materials/receive"), &receipt).await;
    assert_eq!(read(received.is(StatusCode::CREATED))["items"][0]["holder"], "person");
    problem(&post(city, &desk, &format!("{path}/materials/receive"), &receipt).await, StatusCode::CONFLICT);
    let another = json!({ "name": "补充影像片", "kind": "影像", "quantity": "2张", "properties": "胶片", "state": "完好",
        "received_on": city.today().to_string() });
    let all = read(post(city, &desk, &format!("{path}/materials"), &another).await.is(StatusCode::CREATED));
    assert_eq!(all["total"], announced["total"].as_i64().unwrap() + 1);
    let seal = format!("/api/v1/materials/{code}/deeds/seal");
    let version = all["items"][0]["version"].clone();
    let sealed = post(city, &desk, &seal, &json!({ "version": version, "seal_number": "封01" })).await;
    assert_eq!(read(sealed.is(StatusCode::CREATED))["seal"], "封01");
    problem(
        &post(city, &desk, &seal, &json!({ "version": version, "seal_number": "封02" })).await,
        StatusCode::CONFLICT,
    );
    let files = format!("{path}/files?name=%E5%87%BD.txt");
    for _ in 0..2 {
        let body = json!("委托函");
        send(city, "POST", &files, &desk, &body, &[("idempotency-key", "one")]).await.is(StatusCode::CREATED);
    }
    let kept = read(&get(city, &desk, &format!("{path}/files")).await);
    assert_eq!((&kept["total"], &kept["items"][0]["name"]), (&json!(1), &json!("函.txt")));
    let seen_only = token(city, "front_desk", &["custody:read"]).await;
    problem(&post(city, &seen_only, &seal, &json!({})).await, StatusCode::FORBIDDEN);
}

/// The draft is saved, and a second one that has not seen it is refused.
async fn draft_is_written(city: &City, path: &str) {
    let appraiser = token(city, "appraiser", EVERYTHING).await;
    let draft = json!({ "version": 0, "case_facts": "二人争执，张某被推倒。", "data_abstract": "病历记载右侧第四肋骨骨折。",
        "process": "阅片，见右侧第四肋骨骨折线。", "analysis": "骨折系新鲜，与外力作用相符。",
        "opinion": "被鉴定人张某的损伤程度评定为轻伤二级。", "annexes": "病历复印件1份" });
    let saved = read(post(city, &appraiser, &format!("{path}/draft"), &draft).await.is(StatusCode::CREATED));
    assert_eq!((&saved["version"], &saved["opinion"]), (&json!(1), &draft["opinion"]));
    problem(&post(city, &appraiser, &format!("{path}/draft"), &draft).await, StatusCode::CONFLICT);
    assert_eq!(read(&get(city, &appraiser, &format!("{path}/draft")).await)["version"], 1);
    let client = token(city, "client", EVERYTHING).await;
    problem(&get(city, &client, &format!("{path}/draft")).await, StatusCode::NOT_FOUND);
}

/// From the entrustment to the archive.
#[tokio::test]
async fn a_case_goes_its_whole_road_through_the_interface() {
    let city = City::new().await;
    let client = token(&city, "client", EVERYTHING).await;
    let born = post(&city, &client, "/api/v1/cases", &as_json(ENTRUSTMENT)).await;
    let case = read(born.is(StatusCode::CREATED));
    assert_eq!((&case["state"], &case["examinee"]["id_number"]), (&json!("received"), &json!("110105********002X")));
    let story = Story { city: &city, id: case["id"].as_str().unwrap().to_owned() };
    let path = format!("/api/v1/cases/{}", story.id);
    for (action, who, to) in [
        (Action::Accept, "front_desk", State::Accepted),
        (Action::Commission, "client", State::Commissioned),
        (Action::Assign, "head", State::Assigned),
        (Action::Declare, "appraiser", State::Assigned),
        (Action::Declare, "second", State::Assigned),
        (Action::Begin, "appraiser", State::InExamination),
        (Action::Draft, "appraiser", State::DraftOpinion),
        (Action::SubmitForReview, "appraiser", State::InReview),
        (Action::Approve, "reviewer", State::Approved),
        (Action::Sign, "appraiser", State::Approved),
        (Action::Sign, "second", State::Approved),
        (Action::Issue, "head", State::Issued),
        (Action::Deliver, "front_desk", State::Delivered),
        (Action::Archive, "archivist", State::Archived),
    ] {
        let secret = token(&city, who, EVERYTHING).await;
        let seen = read(get(&city, &secret, &path).await.is(StatusCode::OK));
        let open = seen["steps"].as_array().unwrap().iter().find(|one| one["action"] == action.word()).unwrap();
        assert_eq!(open["may"], true, "{action:?}: {open}");
        let mut body = step_body(&city, action, seen["version"].as_i64().unwrap());
        if platform::cases::SIGNED_STEPS.contains(&action) {
            for (name, text) in city.signature(who, &story.id).await {
                body[name] = json!(text);
            }
        }
        let done = post(&city, &secret, &format!("{path}/steps/{}", action.word()), &body).await;
        assert_eq!(read(done.is(StatusCode::OK))["state"], to.word(), "{action:?}");
        match action {
            Action::Accept => materials_come_in(&city, &path).await,
            Action::Draft => draft_is_written(&city, &path).await,
            _ => {}
        }
    }
    let events = read(&get(&city, &client, &format!("{path}/events")).await);
    assert_eq!(events["total"], 15);
    let papers = read(&get(&city, &client, &format!("{path}/papers")).await);
    let papers = papers["items"].as_array().unwrap();
    assert!(papers.iter().all(|one| one["kind"] != "review_opinion"), "the client sees the review");
    let opinion = papers.iter().find(|one| one["kind"] == "opinion_document").unwrap();
    let pdf = get(&city, &client, &format!("{path}/papers/{}", opinion["id"].as_str().unwrap())).await;
    assert!(pdf.is(StatusCode::OK).bytes.starts_with(b"%PDF"));
    for rest in ["/terms", "/files", "/materials", "/fees"] {
        get(&city, &client, &format!("{path}{rest}")).await.is(StatusCode::OK);
    }
    let archivist = token(&city, "archivist", EVERYTHING).await;
    assert_eq!(read(&get(&city, &archivist, &format!("{path}/records")).await)["total"], 1);
    let code = city.rows("select check_code from opinion", values![]).await[0].get::<String>("check_code").unwrap();
    let verified = read(get(&city, &client, &format!("/api/v1/verify/{code}")).await.is(StatusCode::OK));
    assert_eq!(verified["sha256"], opinion["sha256"]);
}

async fn document(city: &City) -> Json {
    let answer = city.get_signed_out("/api/openapi.json").await;
    read(answer.is(StatusCode::OK))
}

fn steps() -> Vec<Action> {
    let is_step = |action: &&Action| {
        Case::STEPS.iter().any(|row| row.action == **action && row.opening == Opening::Open && !row.from.is_empty())
    };
    Action::ALL.iter().filter(is_step).copied().collect()
}

/// Every `$ref` below, by its text.
fn references(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Json::String(to) if name == "$ref" => drop(found.insert(to.clone())),
                    other => references(other, found),
                }
            }
        }
        Json::Array(all) => all.iter().for_each(|one| references(one, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_is_whole_and_lists_what_is_routed() {
    let city = City::new().await;
    let document = document(&city).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 40, "{}", found.len());
    for reference in &found {
        let at = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(at).is_some(), "{reference} leads nowhere");
    }
    let (mut listed, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let about = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{about}: the id is there twice"
            );
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("401") && responses.keys().any(|one| one.starts_with('2')), "{about}");
            let declared = operation["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "path").count();
            assert_eq!(declared, path.matches('{').count(), "{about}");
            listed.insert((method.to_uppercase(), path.clone()));
        }
    }
    let mut routed = BTreeSet::new();
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/api/v1/")) {
        if route.path.ends_with("/steps/{action}") {
            routed.extend(steps().iter().map(|one| ("POST".to_owned(), route.path.replace("{action}", one.word()))));
        } else {
            routed.insert((route.method.to_owned(), route.path.to_owned()));
        }
    }
    assert_eq!(listed, routed);
    assert!(document["webhooks"]["notice"]["post"]["requestBody"].is_object());
    for page in ["/api", "/account"] {
        assert!(city.get("client", page).await.is(StatusCode::OK).text().contains("/account/tokens"), "{page}");
    }
}

/// The schemas come from the forms; here an empty body is sent to every form, and the faults are what the schema requires.
#[tokio::test]
async fn what_the_document_requires_is_what_the_forms_miss() {
    let mut city = City::new().await;
    let everybody = [Role::FrontDesk, Role::Appraiser, Role::Reviewer, Role::Head, Role::Archivist];
    city.comes("all", &everybody, Some(HOUSE)).await;
    let document = document(&city).await;
    let story = Story::begins(&city).await;
    let client = token(&city, "client", EVERYTHING).await;
    let all = token(&city, "all", EVERYTHING).await;
    let mut tried: Vec<(String, &str)> = vec![("/api/v1/cases".into(), "Entrustment")];
    let names: Vec<(Action, String)> = steps().into_iter().map(|one| (one, format!("Step_{}", one.word()))).collect();
    tried.extend(
        names.iter().map(|(one, name)| (format!("/api/v1/cases/{}/steps/{}", story.id, one.word()), name.as_str())),
    );
    tried.push((format!("/api/v1/cases/{}/materials", story.id), "AnotherMaterial"));
    tried.push((format!("/api/v1/cases/{}/materials/receive", story.id), "Receipt"));
    tried.push((format!("/api/v1/cases/{}/volume/hold", story.id), "Hold"));
    tried.push((format!("/api/v1/cases/{}/volume/filing", story.id), "Filing"));
    let before = story.picture().await;
    for (path, name) in &tried {
        let schema = &document["components"]["schemas"][*name];
        let required: BTreeSet<String> =
            schema["required"].as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect();
        let properties = schema["properties"].as_object().unwrap();
        assert!(required.iter().all(|one| properties.contains_key(one)), "{name}");
        let secret = if *name == "Entrustment" { &client } else { &all };
        let told = problem(&post(&city, secret, path, &json!({})).await, StatusCode::UNPROCESSABLE_ENTITY);
        let missing: BTreeSet<String> =
            fields_of(&told).into_iter().filter(|field| properties.contains_key(field)).collect();
        assert_eq!(missing, required, "{name}");
        let together = schema["description"].as_str().unwrap_or_default();
        for field in fields_of(&told).iter().filter(|field| !properties.contains_key(*field)) {
            assert!(together.contains(&format!("`{field}`")), "{name} does not tell of {field}");
        }
    }
    assert_eq!(story.picture().await, before);
    // What is behind a tick is described too, and what can be chosen.
    let entrustment = &document["components"]["schemas"]["Entrustment"]["properties"];
    assert!(entrustment["earlier_ground"].is_object() && entrustment["injury_basis"]["enum"].is_array());
    let accept = &document["components"]["schemas"]["Step_accept"]["properties"];
    assert_eq!(accept["term_workdays"]["maximum"], 250);
    assert!(accept["answers"]["items"]["enum"].as_array().unwrap().len() >= 7, "{accept}");
    assert!(accept["elsewhere_reason"].is_object());
}
