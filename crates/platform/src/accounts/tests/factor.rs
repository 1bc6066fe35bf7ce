//! The second factor: demanded of staff, used once, switched off with care.

use super::super::second_factor::digits_at;
use super::*;

impl Town {
    async fn pending_secret(&self) -> Vec<u8> {
        let sql = "select id, pending_secret from session where pending_secret is not null";
        let row = self.app.db.read().await.unwrap().first(sql, &[]).await.unwrap().unwrap();
        let (session, kept): (String, Vec<u8>) = (row.get("id").unwrap(), row.get("pending_secret").unwrap());
        assert!(crate::master_key::is_locked(&kept), "never in the clear");
        crate::master_key::unlock(&self.app, &format!("session/{session}"), &kept).unwrap()
    }

    fn digits(&self, secret: &[u8]) -> String {
        digits_at(secret, self.app.clock.now())
    }
}

/// Signs in, enrols, and returns the browser, the secret and the recovery codes.
async fn enrolled(town: &Town, login: &str) -> (Browser, Vec<u8>, Vec<String>) {
    let mut browser = town.browser();
    let answer = browser.sign_in(login, PASSWORD).await;
    assert_eq!(answer.to, "/account/second-factor?next=/account");
    let page = browser.get(&answer.to).await;
    assert!(page.body.contains("<svg") && !page.body.contains("style="), "no inline style");
    let secret = town.pending_secret().await;
    let code = town.digits(&secret);
    let shown = browser.post("/account/second-factor", &[("code", &code), ("next", "/account")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let codes: Vec<String> =
        shown.body.split("<li><code>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (browser, secret, codes)
}

#[tokio::test]
async fn staff_without_a_second_factor_can_do_nothing_else() {
    let town = Town::new().await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let mut browser = town.browser();
    browser.sign_in("hei", PASSWORD).await;
    for path in ["/account", "/account/password", "/admin/accounts"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.to.starts_with("/sign-in"), "{path} → {}", answer.to);
        let answer = browser.get(&answer.to).await;
        assert!(answer.to.starts_with("/account/second-factor"), "{path} → {}", answer.to);
    }
    let (mut browser, ..) = enrolled(&town, "hei").await;
    assert!(browser.is_in().await);
    assert_eq!(town.log().await.last().unwrap(), "factor_on:done");
}

#[tokio::test]
async fn codes_are_asked_for_and_work_once() {
    let town = Town::new().await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let (_, secret, codes) = enrolled(&town, "hei").await;

    // The code that confirmed the enrolment is used up.
    let mut browser = town.browser();
    let used = town.digits(&secret);
    assert_eq!(browser.sign_in("hei", PASSWORD).await.to, "/sign-in/second?next=/account");
    assert!(!browser.is_in().await, "the password alone opens nothing");
    let refused = browser.post("/sign-in/second", &[("code", &used), ("next", "/account")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    town.app.clock.advance(30);
    let half = browser.token().to_owned();
    let code = town.digits(&secret);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(browser.post("/sign-in/second", &[("code", &spaced), ("next", "/account")]).await.to, "/account");
    assert!(browser.is_in().await);
    assert_ne!(browser.token(), half, "a new token with every step in");

    let mut other = town.browser();
    other.sign_in("hei", PASSWORD).await;
    assert_eq!(
        other.post("/sign-in/second", &[("code", &code)]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "replayed"
    );
    for (code, status) in [
        (codes[3].to_lowercase(), StatusCode::SEE_OTHER),
        (codes[3].clone(), StatusCode::UNPROCESSABLE_ENTITY),
        (codes[4].replace('-', ""), StatusCode::SEE_OTHER),
    ] {
        let mut browser = town.browser();
        browser.sign_in("hei", PASSWORD).await;
        assert_eq!(browser.post("/sign-in/second", &[("code", &code)]).await.status, status, "{code}");
    }
    assert!(browser.get("/account").await.body.contains("还有8个恢复码未用"));
    assert_eq!(town.log().await.iter().filter(|entry| *entry == "recovery_code_used:done").count(), 2);
}

#[tokio::test]
async fn wrong_codes_close_the_account_too() {
    let town = Town::new().await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let (_, secret, _) = enrolled(&town, "hei").await;
    // From an address that is not known, with the password in hand.
    let mut thief = town.browser_at("198.51.100.1");
    thief.sign_in("hei", PASSWORD).await;
    for n in 0..5 {
        thief.post("/sign-in/second", &[("code", &format!("00000{n}"))]).await;
    }
    town.app.clock.advance(35);
    let code = town.digits(&secret);
    assert_eq!(thief.post("/sign-in/second", &[("code", &code)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(town.outcomes().await.last().unwrap(), "closed");
    town.minutes_pass(1);
    let code = town.digits(&secret);
    assert_eq!(thief.post("/sign-in/second", &[("code", &code)]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_half_finished_sign_in_runs_out() {
    let town = Town::new().await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let (_, secret, _) = enrolled(&town, "hei").await;
    let mut browser = town.browser();
    browser.sign_in("hei", PASSWORD).await;
    town.minutes_pass(15);
    let code = town.digits(&secret);
    let answer = browser.post("/sign-in/second", &[("code", &code)]).await;
    assert!(answer.to.starts_with("/sign-in?"), "{}", answer.to);
}

#[tokio::test]
async fn clients_may_enrol_and_switch_off_with_password_and_code() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser();
    browser.sign_in("bai", PASSWORD).await;
    browser.get("/account/second-factor").await;
    let secret = town.pending_secret().await;
    let code = town.digits(&secret);
    let without = browser.post("/account/second-factor", &[("code", &code), ("password", "wrong")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = browser.post("/account/second-factor", &[("code", "1"), ("password", PASSWORD)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut thief = browser.clone();
    assert_eq!(
        browser.post("/account/second-factor", &[("code", &code), ("password", PASSWORD)]).await.status,
        StatusCode::OK
    );
    assert!(browser.is_in().await && !thief.is_in().await, "other sessions end");

    town.app.clock.advance(60);
    let code = town.digits(&secret);
    for (password, code) in [("wrong", code.as_str()), (PASSWORD, "000000")] {
        let answer = browser.post("/account/second-factor/off", &[("password", password), ("code", code)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let off = browser.post("/account/second-factor/off", &[("password", PASSWORD), ("code", &code)]).await;
    assert_eq!(off.to, "/account");
    assert_eq!(town.browser().sign_in("bai", PASSWORD).await.to, "/account");
    assert_eq!(town.count("select count(*) from recovery_code").await, 0);
}

#[tokio::test]
async fn staff_who_switch_it_off_must_enrol_again() {
    let town = Town::new().await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let (mut browser, secret, _) = enrolled(&town, "hei").await;
    town.app.clock.advance(60);
    let code = town.digits(&secret);
    let off = browser.post("/account/second-factor/off", &[("password", PASSWORD), ("code", &code)]).await;
    assert!(off.to.starts_with("/account/second-factor"), "{}", off.to);
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn the_demo_demands_no_second_factor() {
    let town = Town::with(|config| config.demo = true).await;
    town.account("hei", &[Role::Appraiser], Some("house")).await;
    let mut browser = town.browser();
    assert_eq!(browser.sign_in("hei", PASSWORD).await.to, "/account");
    assert!(browser.is_in().await);
}
