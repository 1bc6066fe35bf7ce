//! Coming in with a password, and being kept out.

use super::*;

#[tokio::test]
async fn the_right_password_opens_and_a_wrong_one_does_not() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser();
    let wrong = browser.sign_in("bai", "not the password").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("登录名或密码不正确")
            && wrong.body.contains(r#"value="bai""#)
            && wrong.set_cookies.is_empty()
    );
    assert!(!browser.is_in().await);

    let right = browser.sign_in(" BAI ", PASSWORD).await;
    assert_eq!((right.status, right.to.as_str()), (StatusCode::SEE_OTHER, "/account"));
    assert!(browser.is_in().await);
    assert_eq!(town.outcomes().await, ["wrong_password", "signed_in"]);
}

#[tokio::test]
async fn every_refusal_reads_the_same() {
    let town = Town::new().await;
    let gone = town.client("jia-3").await;
    town.client("jia-1").await;
    town.sql("update account set disabled_at = '2026-01-01T00:00:00.000Z' where id = $1", values![gone]).await;
    let mut bodies = Vec::new();
    for (login, password) in [("jia-1", "wrong"), ("jia-2", PASSWORD), ("jia-3", PASSWORD)] {
        let answer = town.browser().sign_in(login, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        bodies.push(answer.body.replace(login, "…"));
    }
    for _ in 0..4 {
        town.browser().sign_in("jia-1", "wrong").await;
    }
    let closed = town.browser().sign_in("jia-1", PASSWORD).await;
    bodies.push(closed.body.replace("jia-1", "…"));
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(
        town.outcomes().await,
        [
            "wrong_password",
            "unknown_login",
            "disabled",
            "wrong_password",
            "wrong_password",
            "wrong_password",
            "wrong_password",
            "closed"
        ]
    );
    // What was typed for an unknown login may be a password: it is not kept.
    let kept = town
        .app
        .db
        .read()
        .await
        .unwrap()
        .first("select login from sign_in_attempt where result = 'unknown_login'", &[])
        .await;
    assert_eq!(kept.unwrap().unwrap().get::<String>("login").unwrap(), "ji…");
}

#[tokio::test]
async fn five_wrong_tries_close_the_account_for_longer_and_longer() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser();
    for _ in 0..5 {
        browser.sign_in("bai", "wrong").await;
    }
    for wait in [1, 2, 4] {
        assert_ne!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER, "closed for {wait} minutes");
        town.minutes_pass(wait);
        browser.sign_in("bai", "wrong again").await;
    }
    town.minutes_pass(7);
    assert_ne!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER, "eight minutes are not over");
    town.minutes_pass(1);
    assert_eq!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER);
    // The right one wipes the slate.
    for _ in 0..4 {
        browser.sign_in("bai", "wrong").await;
    }
    assert_eq!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_outsider_cannot_keep_the_owner_out() {
    let town = Town::new().await;
    town.client("director").await;
    assert_eq!(town.browser_at("192.0.2.7").sign_in("director", PASSWORD).await.status, StatusCode::SEE_OTHER);
    for _ in 0..9 {
        town.browser_at("198.51.100.1").sign_in("director", "guess").await;
    }
    assert_eq!(
        town.browser_at("203.0.113.1").sign_in("director", PASSWORD).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(town.browser_at("192.0.2.7").sign_in("director", PASSWORD).await.status, StatusCode::SEE_OTHER);
    // The known address is not a free pass: it waits for its own mistakes.
    for _ in 0..5 {
        town.browser_at("192.0.2.7").sign_in("director", "guess").await;
    }
    assert_eq!(
        town.browser_at("192.0.2.7").sign_in("director", PASSWORD).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn many_tries_at_once_are_still_five() {
    let town = Town::new().await;
    town.client("bai").await;
    let tries = (1..=20).map(|n| {
        let mut browser = town.browser_at(&format!("198.51.100.{n}"));
        async move { browser.sign_in("bai", "guess").await.status }
    });
    futures::future::join_all(tries).await;
    let judged = town.outcomes().await.iter().filter(|result| *result == "wrong_password").count();
    assert_eq!(judged, 5);
}

#[tokio::test]
async fn an_address_that_guesses_on_many_accounts_is_stopped() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser_at("198.51.100.1");
    for n in 0..20 {
        assert_eq!(browser.sign_in(&format!("user{n}"), "Spring2026").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(town.browser().sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER);
    town.minutes_pass(16);
    assert_eq!(browser.sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_only() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser();
    let answer = browser.sign_in("bai", PASSWORD).await;
    let cookie = answer.set_cookies.iter().find(|cookie| cookie.starts_with("__Host-sijian=")).unwrap();
    for flag in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie} lacks {flag}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(browser.token().len(), 64, "256 bits in hexadecimal");
    let stored = town.app.db.read().await.unwrap().first("select token_hash from session", &[]).await.unwrap().unwrap();
    assert_ne!(stored.get::<String>("token_hash").unwrap(), browser.token());
}

#[tokio::test]
async fn signing_in_leads_back_to_pages_of_ours_only() {
    let town = Town::new().await;
    town.client("bai").await;
    for (next, to) in
        [("/account?x=1", "/account?x=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")]
    {
        let fields = [("login", "bai"), ("password", PASSWORD), ("next", next)];
        assert_eq!(town.browser().post("/sign-in", &fields).await.to, to);
        let page = town.browser().get(&format!("/sign-in?next={}", escaped(next))).await;
        assert!(page.body.contains(&format!(r#"name="next" value="{to}""#)), "{next}");
    }
    let kept = town.browser().get("/account").await;
    assert_eq!(kept.to, "/sign-in?next=/account");
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut browser = town.signed_in(&id).await;
    browser.headers.push(("sec-fetch-site", "cross-site"));
    for path in
        ["/sign-in", "/sign-out", "/sign-out-everywhere", "/language", "/account/password", "/account/second-factor"]
    {
        assert_eq!(browser.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    browser.headers.clear();
    assert!(browser.is_in().await);
}

#[tokio::test]
async fn the_language_is_kept_with_and_without_an_account() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut stranger = town.browser();
    let answer = stranger.post("/language", &[("language", "en"), ("back", "/sign-in?next=/x")]).await;
    assert_eq!(answer.to, "/sign-in?next=/x");
    assert!(stranger.get("/sign-in").await.body.contains("Sign in"));
    assert_eq!(
        stranger.post("/language", &[("language", "fr"), ("back", "//evil.example")]).await.status,
        StatusCode::BAD_REQUEST
    );

    let mut browser = town.signed_in(&id).await;
    browser.post("/language", &[("language", "en"), ("back", "//evil.example")]).await;
    // Another browser of the same person, without the cookie, speaks it too.
    let page = town.signed_in(&id).await.get("/account").await;
    assert!(page.body.contains(r#"<html lang="en">"#) && page.body.contains("My account"));
}

#[tokio::test]
async fn the_demo_shows_its_accounts_and_fills_one_in() {
    let town = Town::with(|config| config.demo = true).await;
    let mut conn = town.app.db.write().await.unwrap();
    let accounts = super::super::DemoAccounts {
        password: "Demo-password".into(),
        accounts: vec![super::super::DemoAccount {
            login: "desk-01".into(),
            name: "乙某".into(),
            role: "front_desk".into(),
            organisation: "虚构鉴定中心".into(),
        }],
    };
    super::super::show_demo_accounts(&mut conn, &accounts).await.unwrap();
    conn.commit().await.unwrap();
    let page = town.browser().get("/sign-in?next=/cases").await.body;
    assert!(
        page.contains("Demo-password")
            && page.contains("受理人员")
            && page.contains("/sign-in?login=desk-01&amp;next=%2Fcases"),
        "{page}"
    );
    let filled = town.browser().get("/sign-in?login=desk-01").await.body;
    assert!(filled.contains(r#"value="desk-01""#));
    // Elsewhere the list is not shown, even if it is there.
    let real = Town::new().await;
    let mut conn = real.app.db.write().await.unwrap();
    super::super::show_demo_accounts(&mut conn, &accounts).await.unwrap();
    conn.commit().await.unwrap();
    assert!(!real.browser().get("/sign-in").await.body.contains("Demo-password"));
}
