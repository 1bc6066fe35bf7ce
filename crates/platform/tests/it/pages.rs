//! Every page of everybody: it renders, it carries its headers, and nothing that is sent makes it fall over.

use crate::routes::{ROUTES, Whose, filled};
use crate::support::{Answer, City, HOUSE, Story, encoded, percent};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use platform::cases::{Action, State};

/// What every answer of ours must carry.
#[track_caller]
fn is_guarded(answer: &Answer, about: &str) {
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{about}: {policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http:") && !policy.contains('*'), "{about}: {policy}");
    assert!(answer.header("strict-transport-security").contains("max-age="), "{about}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{about}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{about}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{about}");
    assert!(!answer.header("x-request-id").is_empty(), "{about}");
    if !about.contains("/assets/") && !about.contains("favicon") {
        assert_eq!(answer.header("cache-control"), "no-store", "{about}");
    }
    for cookie in answer.headers.get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{about}: {cookie}"
        );
        assert!(!cookie.contains("Domain="), "{about}: {cookie}");
        let carries_nothing_secret = cookie.starts_with("notice=") || cookie.starts_with("language=");
        let is_bound = cookie.starts_with("__Host-") && cookie.contains("Secure");
        assert!(is_bound || carries_nothing_secret, "{about}: {cookie}");
    }
}

/// What the policy would forbid the browser to run must not be in the page either.
#[track_caller]
fn is_clean(answer: &Answer, about: &str) {
    if !answer.header("content-type").starts_with("text/html") {
        return;
    }
    let text = answer.text();
    assert!(text.contains("<html lang=\"zh-CN\">") || text.contains("<html lang=\"en\">"), "{about}: no language");
    assert!(text.contains("<title>") && !text.contains("<title> ·"), "{about}: no title");
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        assert!(!tag.starts_with("script") || tag.contains("src="), "{about}: inline script <{tag}>");
        assert!(!tag.starts_with("style"), "{about}: inline style");
        for attribute in tag.split_whitespace().skip(1) {
            let name = attribute.split('=').next().unwrap_or_default();
            assert!(name != "style" && !(name.starts_with("on") && attribute.contains('=')), "{about}: <{tag}>");
        }
    }
    assert!(!text.contains("%{"), "{about}: a slot is not filled");
}

/// An error says what happened and what to do, and leads back.
#[track_caller]
fn helps(answer: &Answer, about: &str) {
    let text = answer.text();
    assert!(answer.header("content-type").starts_with("text/html"), "{about}: {} {text}", answer.status);
    let main = answer.said();
    let advises = ["请", "重试", "核对", "登录后", "查看案件现况"].iter().any(|word| main.contains(word));
    assert!(text.contains("<h1>") && advises, "{about}: {} says {main:?}", answer.status);
    assert!(text.contains("href=\"/"), "{about}: leads nowhere");
}

#[tokio::test]
async fn every_page_of_everybody_renders() {
    let city = City::new().await;
    let issued = Story::at(&city, State::Issued).await;
    let drafted = Story::at(&city, State::DraftOpinion).await;
    let draft = city.post("client", "/entrust", &[]).await.leads_on();
    let code: String = city.rows("select check_code from opinion", &[]).await[0].get("check_code").unwrap();
    let paper = issued.papers("opinion_document").await.remove(0);
    let mut pages = 0;
    for route in
        ROUTES.iter().filter(|route| route.method == "GET" && !matches!(route.whose, Whose::Nobody | Whose::Token))
    {
        for story in [&issued, &drafted] {
            let id = match route.path {
                path if path.starts_with("/institutions") => HOUSE.to_owned(),
                path if path.starts_with("/admin") => city.person("client").account_id.clone(),
                path if path.starts_with("/entrust") => draft.trim_start_matches("/entrust/").to_owned(),
                _ => story.id.clone(),
            };
            let values = [
                ("id", id.as_str()),
                ("paper", &paper),
                ("code", &code),
                ("number", &code),
                ("name", "sijian.css"),
                ("action", "sign"),
            ];
            let path = filled(route.path, &values);
            for person in city.one_of_each_role() {
                let answer = city.get(&person.login, &path).await;
                let about = format!("{path} of {}", person.login);
                assert!(!answer.status.is_server_error(), "{about}: {}", answer.text());
                is_guarded(&answer, &about);
                is_clean(&answer, &about);
                if answer.status.is_client_error() {
                    helps(&answer, &about);
                }
                pages += usize::from(answer.status == StatusCode::OK);
            }
            let answer = city.get_signed_out(&path).await;
            is_guarded(&answer, &path);
            is_clean(&answer, &path);
        }
    }
    assert!(pages > 300, "only {pages} pages opened");
}

/// Every form of a step, empty and sent with nothing in it, by whoever may take it.
#[tokio::test]
async fn every_form_opens_and_tells_every_fault() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    for (state, who, action, faulty) in [
        (State::Received, "head", Action::Decline, true),
        (State::Received, "front_desk", Action::Accept, true),
        (State::Accepted, "client", Action::Commission, true),
        (State::Commissioned, "head", Action::Assign, false),
        (State::Assigned, "head", Action::Replace, true),
        (State::InExamination, "appraiser", Action::Draft, true),
        (State::InReview, "reviewer", Action::SendBack, true),
        (State::InReview, "reviewer", Action::Approve, true),
        (State::Issued, "front_desk", Action::Deliver, true),
        (State::Delivered, "archivist", Action::Archive, true),
    ] {
        story.goes_on_to(state).await;
        let before = story.picture().await;
        let path = story.path(&format!("/do/{}", action.word()));
        let opened = city.get(who, &path).await;
        opened.is(StatusCode::OK);
        is_clean(&opened, &path);
        let version = city.version(&story.id).await.to_string();
        let empty = city.post(who, &path, &[("version", &version)]).await;
        let status = if faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
        empty.is(status);
        assert!(empty.text().contains("role=\"alert\""), "{action:?} does not say what is wrong");
        is_clean(&empty, &path);
        assert_eq!(story.picture().await, before, "an empty form of {action:?} did something");
    }
}

#[tokio::test]
async fn the_session_cookie_is_bound_to_this_host() {
    let city = City::new().await;
    let answer = city.post("client", "/sign-out", &[]).await;
    let cookies: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().map(|one| one.to_str().unwrap()).collect();
    assert!(
        cookies.iter().any(|cookie| cookie.starts_with("__Host-sijian=;") && cookie.contains("Secure")),
        "{cookies:?}"
    );
    assert!(city.person("client").cookie.starts_with("__Host-sijian="));
    city.get("client", "/work").await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let before = story.picture().await;
    for (site, origin) in [("cross-site", "https://evil.example"), ("same-site", "https://other.sijian.test")] {
        let request = Request::post(story.path("/do/accept"))
            .header(header::HOST, "sijian.test")
            .header(header::COOKIE, &city.person("front_desk").cookie)
            .header("sec-fetch-site", site)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = city.send(request.body(Body::from("agreed=yes")).unwrap()).await;
        answer.is(StatusCode::FORBIDDEN);
        helps(&answer, site);
    }
    assert_eq!(story.picture().await, before);
}

/// Texts that break what is careless.
fn garbage() -> Vec<String> {
    let mut all: Vec<String> = [
        "%00",
        "%ff%fe",
        "%e4%b8",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "-1",
        "0",
        "null",
        "'%20or%20'1'='1",
        "%3Cscript%3E",
        "%F0%A0%AE%B7",
        "%7B%7B7*7%7D%7D",
        "%0d%0aSet-Cookie:%20x=1",
        "%25s%25n",
        "18446744073709551616",
        "%E2%80%AE",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("a".repeat(5_000));
    all.push(percent(&"案".repeat(300)));
    all
}

#[tokio::test]
async fn no_address_makes_it_fall() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
        for sign in garbage() {
            let names = ["id", "action", "paper", "file", "code", "name", "token", "number"];
            let all: Vec<(&str, &str)> = names.iter().map(|name| (*name, sign.as_str())).collect();
            let last = [&[("id", story.id.as_str())][..], &all[1..]].concat();
            for path in [filled(route.path, &all), filled(route.path, &last)] {
                for who in ["front_desk", "system_administrator"] {
                    let method = Method::from_bytes(route.method.as_bytes()).unwrap();
                    let answer = city.ask(method, Some(city.person(who)), &path, Vec::new()).await;
                    let about = format!("{} {} by {who}", route.method, path.chars().take(80).collect::<String>());
                    assert!(answer.status.as_u16() < 500, "{about}: {} {}", answer.status, answer.said());
                    is_guarded(&answer, &about);
                    // A code that is not known has a page of its own; programs are told otherwise (tests/it/api.rs).
                    if answer.status.is_client_error() && route.whose != Whose::Token {
                        helps(&answer, &about);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn no_question_makes_it_fall() {
    let city = City::new().await;
    Story::begins(&city).await;
    let mut values = garbage();
    values.extend(["".to_owned(), "9223372036854775807".into(), "-9223372036854775808".into(), "2026-02-30".into()]);
    for (path, fields, who) in [
        ("/work", &["state", "show", "page"][..], "front_desk"),
        ("/work", &["state", "show", "page"][..], "appraiser"),
        ("/work", &["page"][..], "supervisor"),
        ("/institutions", &["name", "district", "item", "page"][..], "client"),
        ("/admin/accounts", &["q", "page"][..], "system_administrator"),
        ("/admin/sign-ins", &["q", "page"][..], "audit_administrator"),
        ("/admin/account-events", &["q", "page"][..], "audit_administrator"),
        ("/verify", &["code"][..], "client"),
        ("/sign-in", &["next", "login"][..], "client"),
    ] {
        for field in fields {
            for value in &values {
                let address = format!("{path}?{field}={value}&{field}=2");
                for address in [format!("{path}?{field}={value}"), address] {
                    let answer = city.get(who, &address).await;
                    let about: String = address.chars().take(80).collect();
                    assert!(answer.status.as_u16() < 500, "{about}: {} {}", answer.status, answer.said());
                    is_guarded(&answer, &about);
                    is_clean(&answer, &about);
                }
            }
        }
    }
    let first = city.get("front_desk", "/work?page=-7&show=all").await;
    assert!(first.text().contains("张受检"), "a page before the first is the first");
}

/// What is searched for is found by any part of a name, shown as it was typed, and stands in no address.
#[tokio::test]
async fn no_search_makes_it_fall() {
    let city = City::new().await;
    Story::begins(&city).await;
    let mut values: Vec<String> =
        ["%", "_", "\\", "'", "\"><script>alert(1)</script>", "\u{202e}", "𠮷", "\0"].map(str::to_owned).to_vec();
    values.push("案".repeat(10_000));
    for who in ["front_desk", "appraiser", "supervisor", "client"] {
        for (field, other) in [("q", "page"), ("page", "q"), ("state", "q")] {
            for value in &values {
                let answer = city.post(who, "/work", &[(field, value), (other, "1")]).await;
                let about = format!("{field} {} by {who}", value.chars().take(20).collect::<String>());
                answer.is(StatusCode::OK);
                is_guarded(&answer, &about);
                is_clean(&answer, &about);
                assert!(!answer.text().contains("<script>alert"), "{about}");
            }
        }
    }
    for (who, sought, found) in [
        ("front_desk", "受检", true),
        ("client", "张", true),
        ("supervisor", "甲委鉴字", true),
        ("front_desk", "％", false),
        ("front_desk", "张_检", false),
        ("foreign_front_desk", "受检", false),
        ("foreign_client", "受检", false),
        ("appraiser", "受检", false),
    ] {
        let answer = city.post(who, "/work", &[("q", sought)]).await;
        assert_eq!(answer.text().contains("张受检"), found, "{who} looks for {sought}");
    }
}

#[tokio::test]
async fn no_form_makes_it_fall() {
    let city = City::new().await;
    let story = Story::at(&city, State::DraftOpinion).await;
    let before = story.picture().await;
    let long = "很长的名字".repeat(2_000);
    let mut nonsense: Vec<Vec<u8>> = vec![
        b"%".to_vec(),
        b"%zz=%zz".to_vec(),
        b"version=%ff".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"=&=&==".to_vec(),
        encoded(&[("version", "-1"), ("version", "x"), ("do", "send")]),
        encoded(&[("login", "a\0b"), ("password", "\0"), ("opinion", "\0"), ("examinee_name", "\0")]),
        (0..2_001).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&").into_bytes(),
    ];
    for name in
        ["login", "name", "explanation", "opinion", "examinee_name", "role", "term_workdays", "fee", "to", "back", "q"]
    {
        nonsense.push(encoded(&[(name, &long)]));
    }
    let draft = city.post("client", "/entrust", &[]).await.leads_on();
    let scrap = city.person("statistician").account_id.clone();
    for route in ROUTES.iter().filter(|route| {
        route.method == "POST"
            && !route.path.contains("sign-out")
            && !matches!(route.whose, Whose::Nobody | Whose::Token)
    }) {
        let id = match route.path {
            path if path.starts_with("/entrust") => draft.trim_start_matches("/entrust/"),
            path if path.starts_with("/admin") => &scrap,
            _ => &story.id,
        };
        if route.path.contains("discard") || route.path.contains("/end") {
            continue;
        }
        let path = filled(route.path, &[("id", id), ("action", "submit_for_review"), ("token", "x")]);
        for body in &nonsense {
            for who in ["appraiser", "client", "security_administrator"] {
                let answer = city.ask(Method::POST, Some(city.person(who)), &path, body.clone()).await;
                let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
                let about = format!("{path} by {who} with {start:?}");
                assert!(answer.status.as_u16() < 500, "{about}: {} {}", answer.status, answer.said());
                is_guarded(&answer, &about);
                is_clean(&answer, &about);
                if path.contains("submit_for_review") && who == "appraiser" && answer.status.is_redirection() {
                    panic!("{about} was taken for a form of ours");
                }
            }
        }
        let huge = vec![b'a'; 3 << 20];
        let answer = city.ask(Method::POST, Some(city.person("appraiser")), &path, huge).await;
        if !route.path.ends_with("/files") && reads_a_form(route.path) {
            answer.is(StatusCode::PAYLOAD_TOO_LARGE);
            helps(&answer, &path);
        }
        let request = Request::post(&path)
            .header(header::HOST, "sijian.test")
            .header(header::COOKIE, &city.person("appraiser").cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json");
        let answer = city.send(request.body(Body::from("{\"version\":1}")).unwrap()).await;
        assert!(answer.status.as_u16() < 500, "{path} with JSON: {}", answer.status);
    }
    assert_eq!(story.picture().await, before, "nonsense moved the case");
}

/// Whether the handler reads what is typed; others look at the address only.
fn reads_a_form(path: &str) -> bool {
    let unread = ["/entrust", "/imports", "/disable", "/enable", "/reset", "/link", "/statement", "/cancel", "/repeat"];
    !unread.iter().any(|end| path.ends_with(end))
}

/// A name of ten thousand characters is told to its field, kept in the form, and stored nowhere.
#[tokio::test]
async fn a_text_that_is_too_long_is_told_beside_its_field() {
    let city = City::new().await;
    let draft = city.post("client", "/entrust", &[]).await.leads_on();
    let name = "张".repeat(10_000);
    let answer = city.post("client", &draft, &[("version", "1"), ("do", "send"), ("examinee_name", &name)]).await;
    answer.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("最多200个字") && answer.text().contains(&name));
    assert_eq!(city.count("select count(*) from appraisal_case", &[]).await, 0);
}

/// NUL is what PostgreSQL keeps in no text; what is left is taken.
#[tokio::test]
async fn a_nul_is_dropped_wherever_it_is_typed() {
    let city = City::new().await;
    let draft = city.post("client", "/entrust", &[]).await.leads_on();
    let fields = [("version", "1"), ("do", "save"), ("examinee_name", "张\0受检"), ("a\0b", "1")];
    city.post("client", &draft, &fields).await.leads_on();
    assert!(city.get("client", &draft).await.text().contains("张受检"));
}

#[tokio::test]
async fn a_wrong_method_and_a_wrong_address_are_told_kindly() {
    let city = City::new().await;
    for (method, path, status) in [
        (Method::DELETE, "/work", StatusCode::METHOD_NOT_ALLOWED),
        (Method::PUT, "/", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/sign-out", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/no/such/page", StatusCode::NOT_FOUND),
        (Method::POST, "/no/such/page", StatusCode::NOT_FOUND),
        (Method::GET, "/assets/../Cargo.toml", StatusCode::NOT_FOUND),
        (Method::GET, "/assets/..%2f..%2fCargo.toml", StatusCode::NOT_FOUND),
    ] {
        let answer = city.ask(method.clone(), Some(city.person("head")), path, Vec::new()).await;
        assert_eq!(answer.status, status, "{method} {path}");
        helps(&answer, path);
        is_guarded(&answer, path);
    }
}
