//! Who may what, tried out: every address by everybody, every step by every wrong role in every state.

use crate::golden;
use crate::routes::{ROUTES, Route, Whose, filled, in_sources};
use crate::support::{Answer, City, HOUSE, PNG, Person, Story, encoded, photographed};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use platform::actor::{Role, RoleKind};
use platform::cases::{Action, Case, State};
use platform::values;
use procedure::{Opening, Procedure};
use std::collections::BTreeSet;

const NO_SUCH: &str = "01900000-0000-7000-8000-000000000000";
const MULTIPART: &str =
    "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n甲\r\n--limit--\r\n";

/// How a visit ended, as far as permission goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visit {
    /// Let in, whatever was said inside.
    In,
    Forbidden,
    NotThere,
    SignIn,
}

fn visit(answer: &Answer) -> Visit {
    match answer.status {
        StatusCode::FORBIDDEN => Visit::Forbidden,
        StatusCode::NOT_FOUND => Visit::NotThere,
        StatusCode::SEE_OTHER if answer.to().starts_with("/sign-in?next=") => Visit::SignIn,
        StatusCode::UNAUTHORIZED if answer.header("www-authenticate").starts_with("Bearer") => Visit::SignIn,
        _ => Visit::In,
    }
}

/// Sends what fits the address: for uploads a file, else a form.
async fn ask(city: &City, route: &Route, person: Option<&Person>, path: &str) -> Answer {
    if route.method == "POST" && route.path.ends_with("/files") {
        let mut request = Request::post(path)
            .header(header::HOST, "sijian.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit");
        if let Some(person) = person {
            request = request.header(header::COOKIE, &person.cookie);
        }
        return city.send(request.body(Body::from(MULTIPART)).unwrap()).await;
    }
    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
    city.ask(method, person, path, encoded(&[("version", "0")])).await
}

/// Roles that have nothing to do with cases.
fn is_outside(person: &Person) -> bool {
    person.roles.iter().all(|role| matches!(role.kind(), RoleKind::Administrator | RoleKind::Association))
}

fn expected(route: &Route, person: &Person) -> Visit {
    let is_foreign = person.login.starts_with("foreign_");
    match route.whose {
        Whose::Everybody | Whose::Signed | Whose::OwnSession => Visit::In,
        Whose::Nobody => Visit::NotThere,
        Whose::Token => Visit::SignIn,
        Whose::Of(roles) if person.roles.iter().any(|role| roles.contains(role)) => Visit::In,
        Whose::Of(_) => Visit::Forbidden,
        Whose::AskedHead if !person.roles.contains(&Role::Head) => Visit::Forbidden,
        Whose::AskedHead if is_foreign => Visit::NotThere,
        Whose::AskedHead => Visit::In,
        Whose::OwnDraft if person.login == "client" => Visit::In,
        Whose::OwnDraft => Visit::NotThere,
        Whose::Material if is_outside(person) => Visit::Forbidden,
        Whose::Material if is_foreign => Visit::NotThere,
        Whose::Material => Visit::In,
        Whose::Case | Whose::CaseInside | Whose::CaseOf(_) | Whose::VolumeOf(_) if is_outside(person) => {
            Visit::Forbidden
        }
        Whose::Case | Whose::CaseInside | Whose::CaseOf(_) | Whose::VolumeOf(_)
            if is_foreign && route.path.contains("{id}") =>
        {
            Visit::NotThere
        }
        Whose::CaseInside | Whose::VolumeOf(_) if person.roles.contains(&Role::Client) => Visit::NotThere,
        Whose::CaseOf(roles) | Whose::VolumeOf(roles) if !person.roles.iter().any(|role| roles.contains(role)) => {
            Visit::Forbidden
        }
        Whose::Case | Whose::CaseInside | Whose::CaseOf(_) | Whose::VolumeOf(_) => Visit::In,
    }
}

/// A case that is approved and not signed, with a paper and a file: nothing that is sent here moves it.
struct Place<'c> {
    story: Story<'c>,
    paper: String,
    file: String,
    /// A material of the case by its code, and a photograph of it.
    material: String,
    photo: String,
    record: String,
    item: String,
    comment: String,
    /// A draw of an institution that is done.
    drawn: String,
    /// A run of the analysis, and a lead about the house that was asked.
    analysed: (String, String),
}

impl<'c> Place<'c> {
    async fn new(city: &'c City) -> Self {
        let story = Story::at(city, State::InExamination).await;
        let (record, item) = story.records_with_photo("appraiser").await;
        story.goes_on_to(State::InReview).await;
        let comment = story.comments("reviewer", "remark", "轻伤二级").await;
        story.step("reviewer", Action::Approve).await.leads_on();
        let paper = story.papers("commission_agreement").await.remove(0);
        let upload = ROUTES.iter().find(|route| route.path == "/cases/{id}/files").unwrap();
        ask(city, upload, Some(city.person("client")), &story.path("/files")).await.leads_on();
        let rows = city.rows("select id from attachment where subject_id = $1", values![&story.id]).await;
        let sql = "select id, code from material where subject_id = $1";
        let material = city.rows(sql, values![&story.id]).await.remove(0);
        let code: String = material.get("code").unwrap();
        photographed(city, "front_desk", &code, "a.png", PNG).await.leads_on();
        let taken: String = material.get("id").unwrap();
        let photo = city.rows("select id from attachment where subject_id = $1", values![&taken]).await;
        let (file, photo) = (rows[0].get("id").unwrap(), photo[0].get("id").unwrap());
        let drawn = crate::draws::drawn(city).await;
        let analysed = crate::analysis::placed(city).await;
        Self { paper, file, material: code, photo, record, item, comment, drawn, analysed, story }
    }

    /// The address for this person, every parameter naming something that is there.
    async fn path(&self, route: &Route, person: &Person) -> String {
        let city = self.story.city;
        let id = match route.path {
            path if path.starts_with("/cases/") || path.starts_with("/api/v1/cases/") => self.story.id.clone(),
            path if path.starts_with("/institutions/") || path.starts_with("/api/v1/institutions/") => HOUSE.to_owned(),
            path if path.starts_with("/admin/accounts/") => city.person("scrap").account_id.clone(),
            path if path.starts_with("/entrust/") => {
                let mut client = city.person("client").clone();
                client.cookie = platform::accounts::open_session(&city.app, &client.account_id).await.unwrap();
                let draft = city.ask(Method::POST, Some(&client), "/entrust", Vec::new()).await.leads_on();
                draft.trim_start_matches("/entrust/").to_owned()
            }
            path if path.starts_with("/draws/") && route.method == "GET" => self.drawn.clone(),
            path if path.starts_with("/draws/") => {
                crate::draws::own(city, person).await.unwrap_or_else(|| self.drawn.clone())
            }
            path if path.starts_with("/analysis/runs/") => self.analysed.0.clone(),
            path if path.starts_with("/analysis/leads/") || path.starts_with("/asked/") => self.analysed.1.clone(),
            path if path.starts_with("/imports/") && expected(route, person) == Visit::In => {
                crate::imports::uploaded(city, person).await
            }
            path if path.starts_with("/imports/") || path.starts_with("/api/v1/imports/") => NO_SUCH.to_owned(),
            path if path.starts_with("/account/sessions/") => {
                platform::accounts::open_session(&city.app, &person.account_id).await.unwrap();
                let sql = "select id from session where account_id = $1 order by id desc limit 1";
                city.rows(sql, values![&person.account_id]).await[0].get("id").unwrap()
            }
            _ => String::new(),
        };
        let is_material = route.path.starts_with("/m/");
        let file = if is_material { &self.photo } else { &self.file };
        let action = match route.path {
            path if path.starts_with("/draws/") => "annul",
            path if path.starts_with("/analysis/") => "dismiss",
            _ => "accept",
        };
        let mut values = vec![("id", id.as_str()), ("action", action), ("paper", &self.paper), ("file", file)];
        if is_material {
            values.push(("code", &self.material));
        }
        let path = filled(route.path, &values);
        let path = filled(&path, &[("record", &self.record), ("item", &self.item), ("comment", &self.comment)]);
        let rest = [
            ("name", "sijian.css"),
            ("detector", "ring"),
            ("token", "spent"),
            ("code", "0000000000000000"),
            ("number", "0000000000"),
            ("*path", "checkpoint"),
        ];
        filled(&path, &rest)
    }
}

/// Addresses of things that the place does not have: whoever is let in is told so.
const NO_SUCH_THING: [&str; 6] = [
    "/analysis/leads/{id}/papers/{paper}",
    "/analysis/leads/{id}/files/{file}",
    "/asked/{id}/files/{file}",
    "/verify/{code}",
    "/verify/{code}/proof",
    "/log/audit/tile/{*path}",
];

/// Whether the answer of somebody who is let in depends on a thing that need not exist.
fn looks_up(route: &Route) -> bool {
    const OPEN: &[&str] = &[
        "/set-up/{token}",
        "/account/notices/confirm/{token}",
        "/V/{code}",
        "/v/{code}",
        "/M/{code}",
        "/track/{number}",
        "/T/{number}",
    ];
    route.path.contains('{') && !OPEN.contains(&route.path)
}

#[tokio::test]
async fn every_address_is_open_to_those_it_is_for_and_to_nobody_else() {
    let mut city = City::new().await;
    city.comes("scrap", &[Role::Statistician], Some("bureau")).await;
    let city = city;
    let place = Place::new(&city).await;
    platform::log::round(&city.app).await.unwrap();
    let before = place.story.picture().await;
    let mut visited = BTreeSet::new();
    for route in ROUTES {
        let mut people: Vec<Person> = city.one_of_each_role().into_iter().cloned().collect();
        people.extend(city.people.values().filter(|one| one.login.starts_with("foreign_")).cloned());
        people.push(city.person("colleague").clone());
        for person in &mut people {
            // A visit may end the session; the next one begins anew.
            person.cookie = platform::accounts::open_session(&city.app, &person.account_id).await.unwrap();
            let path = place.path(route, person).await;
            let answer = ask(&city, route, Some(person), &path).await;
            let about = format!("{} {} by {}: {}", route.method, route.path, person.login, answer.said());
            assert!(!answer.status.is_server_error(), "{about}");
            if NO_SUCH_THING.contains(&route.path) && expected(route, person) == Visit::In {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{about}");
            } else {
                assert_eq!(visit(&answer), expected(route, person), "{about}");
            }
        }
        let path = place.path(route, city.person("client")).await;
        let signed_out = visit(&ask(&city, route, None, &path).await);
        let wanted = match route.whose {
            Whose::Everybody if NO_SUCH_THING.contains(&route.path) => Visit::NotThere,
            Whose::Everybody => Visit::In,
            Whose::Nobody => Visit::NotThere,
            _ => Visit::SignIn,
        };
        assert_eq!(signed_out, wanted, "{} {} signed out", route.method, route.path);
        visited.insert((route.method.to_owned(), route.path.to_owned()));
    }
    // The upload of those who are let in is the one thing that leaves something behind.
    city.run("delete from attachment where id <> $1 and id <> $2", values![&place.file, &place.photo]).await;
    assert_eq!(place.story.picture().await, before, "somebody changed the case");
    let unvisited: String =
        in_sources().difference(&visited).map(|(method, path)| format!("{method} {path}\n")).collect();
    golden::holds("routes_without_a_permission_test.txt", &unvisited);
}

/// What another's case answers, and what a case that is not there does: to the letter the same.
#[tokio::test]
async fn anothers_case_looks_like_none() {
    let city = City::new().await;
    let place = Place::new(&city).await;
    let strangers: Vec<&Person> = city.people.values().filter(|one| one.login.starts_with("foreign_")).collect();
    assert!(strangers.len() > 5);
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/cases/{id}")) {
        for person in &strangers {
            let path = place.path(route, person).await;
            let there = ask(&city, route, Some(person), &path).await;
            let nowhere = ask(&city, route, Some(person), &path.replace(&place.story.id, NO_SUCH)).await;
            let about = format!("{} {} by {}", route.method, route.path, person.login);
            assert_eq!((there.status, nowhere.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{about}");
            assert_eq!(there.text().replace(&place.story.id, NO_SUCH), nowhere.text(), "{about}");
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
            assert_eq!(names(&there), names(&nowhere), "{about}");
        }
    }
    // And the drafts of an entrustment, even of a colleague of the same court.
    for person in ["colleague", "foreign_client", "head"] {
        let draft = city.post("client", "/entrust", &[]).await.leads_on();
        let (there, nowhere) = (city.get(person, &draft).await, city.get(person, &format!("/entrust/{NO_SUCH}")).await);
        assert_eq!(there.status, StatusCode::NOT_FOUND, "{person}");
        let id = draft.trim_start_matches("/entrust/");
        assert_eq!(there.text().replace(id, NO_SUCH), nowhere.text(), "{person}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_by_those_who_are_let_in() {
    let mut city = City::new().await;
    city.comes("scrap", &[Role::Statistician], Some("bureau")).await;
    let city = city;
    for route in ROUTES.iter().filter(|route| looks_up(route)) {
        for person in city.one_of_each_role() {
            if expected(route, person) != Visit::In {
                continue;
            }
            let values = [("id", NO_SUCH), ("action", "accept"), ("paper", NO_SUCH), ("file", NO_SUCH)];
            let path = filled(&filled(route.path, &values), &[("name", "none.css"), ("code", "1111")]);
            let path = filled(&path, &[("record", NO_SUCH), ("item", NO_SUCH), ("comment", NO_SUCH)]);
            let answer = ask(&city, route, Some(person), &path).await;
            let about = format!("{} {path} by {}: {}", route.method, person.login, answer.said());
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{about}");
        }
    }
}

/// The client sees neither the review nor the form of acceptance, though they are papers of the case.
#[tokio::test]
async fn papers_of_the_house_stay_in_the_house() {
    let city = City::new().await;
    let story = Story::at(&city, State::Approved).await;
    for (kind, seen) in [
        ("review_opinion", false),
        ("acceptance_check", false),
        ("notice_to_client", true),
        ("commission_agreement", true),
    ] {
        let path = story.path(&format!("/papers/{}", story.papers(kind).await[0]));
        let status = if seen { StatusCode::OK } else { StatusCode::NOT_FOUND };
        city.get("client", &path).await.is(status);
        city.get("reviewer", &path).await.is(StatusCode::OK);
        city.get("supervisor", &path).await.is(StatusCode::OK);
        assert_eq!(
            city.get("client", &story.path("")).await.text().contains(&path),
            seen,
            "{kind} in the client's list"
        );
    }
    // A paper is found under its own case only.
    let other = Story::at(&city, State::Accepted).await;
    let paper = &story.papers("commission_agreement").await[0];
    city.get("client", &other.path(&format!("/papers/{paper}"))).await.is(StatusCode::NOT_FOUND);
}

/// What a person answers who may not take a step: outside cases, not yet on this case, or in the wrong role or state.
fn refusal(person: &Person, is_assigned: bool) -> StatusCode {
    if is_outside(person) {
        StatusCode::FORBIDDEN
    } else if person.roles == [Role::Appraiser] && !is_assigned {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::CONFLICT
    }
}

/// Along the whole road, in every state: every step by everybody who may not take it there, and by strangers.
#[tokio::test]
async fn no_step_is_taken_by_a_wrong_role_or_in_a_wrong_state() {
    let city = City::new().await;
    for road in [
        &[State::Received, State::Declined][..],
        &[
            State::Received,
            State::Accepted,
            State::Commissioned,
            State::Assigned,
            State::InExamination,
            State::DraftOpinion,
            State::InReview,
            State::Approved,
            State::Issued,
            State::Delivered,
            State::Archived,
        ][..],
    ] {
        let story = Story::begins(&city).await;
        for state in road {
            story.goes_on_to(*state).await;
            every_wrong_try(&city, &story, *state).await;
        }
    }
}

async fn every_wrong_try(city: &City, story: &Story<'_>, state: State) {
    let before = story.picture().await;
    let is_assigned = before.contains("appraiser-appraiser");
    let mut tries = 0;
    for action in Action::ALL.iter().filter(|action| ![Action::Entrust, Action::ImportLedger].contains(action)) {
        let is_open = |row: &&procedure::Step<Case>| row.action == *action && row.opening == Opening::Open;
        let may: &[Role] =
            Case::STEPS.iter().filter(is_open).find(|row| row.from.contains(&state)).map_or(&[], |row| row.by);
        let has_form = Case::STEPS.iter().any(|row| is_open(&row));
        for person in city.one_of_each_role() {
            if person.roles.iter().any(|role| may.contains(role)) {
                continue;
            }
            let answer = story.step(&person.login, *action).await;
            let about = format!("{action:?} in {state:?} by {}: {}", person.login, answer.said());
            if has_form || is_outside(person) {
                assert_eq!(answer.status, refusal(person, is_assigned), "{about}");
            } else {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{about}");
            }
            tries += 1;
        }
        for role in may {
            let login = format!("foreign_{role}");
            assert_eq!(story.step(&login, *action).await.status, StatusCode::NOT_FOUND, "{action:?} by {login}");
        }
    }
    assert!(tries > 300, "only {tries} tries");
    assert_eq!(story.picture().await, before, "a step was taken in {state:?} by who may not");
}
