//! Set-up links, passwords chosen and changed, and the command line that makes the first accounts.

use super::super::command::{AdminArgs, run};
use super::super::passwords::Passwords;
use super::*;
use clap::Parser;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: AdminArgs,
}

impl Town {
    /// Types `sijian admin …`.
    async fn admin(&self, words: &[&str]) -> anyhow::Result<String> {
        let line = Line::try_parse_from(std::iter::once(&"admin").chain(words))?;
        run(&self.app, line.args).await
    }

    /// The path of the link that was printed.
    async fn link(&self, words: &[&str]) -> String {
        let printed = self.admin(words).await.unwrap();
        let link = printed.lines().find(|line| line.starts_with("http")).unwrap();
        link.strip_prefix(&self.app.config.base_url).unwrap().to_owned()
    }
}

const NEW_CLIENT: &[&str] = &[
    "create-user",
    "--login",
    "Bai",
    "--name",
    "白某",
    "--role",
    "client",
    "--organisation",
    "甲court",
    "--lang",
    "en",
];

fn chosen<'a>(password: &'a str, again: &'a str) -> [(&'a str, &'a str); 2] {
    [("password", password), ("again", again)]
}

#[tokio::test]
async fn a_link_sets_a_password_once() {
    let town = Town::new().await;
    let link = town.link(NEW_CLIENT).await;
    let mut browser = town.browser();
    assert!(browser.get(&link).await.body.contains("白某"));
    for (password, again) in [("short", "short"), (PASSWORD, OTHER_PASSWORD), ("", "")] {
        assert_eq!(browser.post(&link, &chosen(password, again)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(browser.post(&link, &chosen(PASSWORD, PASSWORD)).await.to, "/");
    assert!(browser.is_in().await);
    assert_eq!(town.browser().get(&link).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        town.browser().post(&link, &chosen(OTHER_PASSWORD, OTHER_PASSWORD)).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(town.browser().sign_in("bai", PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_eq!(town.log().await, ["created:done", "link_issued:done", "password_set:done"]);
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_when_a_newer_one_is_made() {
    let town = Town::new().await;
    let first = town.link(NEW_CLIENT).await;
    let second = town.link(&["set-up-link", "--login", "bai"]).await;
    assert_eq!(town.browser().get(&first).await.status, StatusCode::BAD_REQUEST);
    town.minutes_pass(24 * 60 - 1);
    assert_eq!(town.browser().get(&second).await.status, StatusCode::OK);
    town.minutes_pass(1);
    assert_eq!(town.browser().get(&second).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(town.browser().post(&second, &chosen(PASSWORD, PASSWORD)).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn staff_go_on_from_the_link_to_the_second_factor() {
    let town = Town::new().await;
    let words = ["create-user", "--login", "root-of-trust", "--name", "甲某", "--role", "security_administrator"];
    let link = town.link(&words).await;
    let mut browser = town.browser();
    assert_eq!(browser.post(&link, &chosen(PASSWORD, PASSWORD)).await.to, "/account/second-factor");
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn a_link_does_not_pass_by_the_second_factor() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    town.sql(
        "insert into second_factor (account_id, secret, last_step, confirmed_at) values ($1, $2, 0, '2026-01-01T00:00:00.000Z')",
        values![&id, vec![7_u8; 20]],
    )
    .await;
    let mut before = town.signed_in(&id).await;
    let link = town.link(&["set-up-link", "--login", "bai"]).await;
    let mut browser = town.browser();
    assert_eq!(browser.post(&link, &chosen(OTHER_PASSWORD, OTHER_PASSWORD)).await.to, "/sign-in/second");
    assert!(!browser.is_in().await && !before.is_in().await);
}

#[tokio::test]
async fn the_command_says_what_is_wrong() {
    let town = Town::new().await;
    town.client("bai").await;
    let create = |login: &'static str, more: &'static [&'static str]| {
        [&["create-user", "--login", login, "--name", "甲某"], more].concat()
    };
    for (words, said) in [
        (create("bai", &["--role", "client", "--organisation", "court"]), "此登录名已被使用"),
        (create("b", &["--role", "client", "--organisation", "court"]), "登录名由2至60个"),
        (create("hei", &["--role", "client", "--organisation", "nowhere"]), "no organisation"),
        (create("hei", &["--role", "appraiser", "--organisation", "court"]), "须属于某一鉴定机构"),
        (create("hei", &["--role", "system_administrator", "--role", "audit_administrator"]), "只能担任"),
        (create("hei", &["--role", "king"]), "there is no role"),
        (create("hei", &[]), "--role"),
        (vec!["set-up-link", "--login", "nobody"], "no account"),
    ] {
        let error = format!("{:#}", town.admin(&words).await.unwrap_err());
        assert!(error.contains(said), "{words:?}: {error}");
    }
    assert_eq!(town.count("select count(*) from account").await, 1);
}

#[tokio::test]
async fn changing_the_password_needs_the_present_one_and_ends_other_sessions() {
    let town = Town::new().await;
    town.client("bai").await;
    let (mut browser, mut other) = (town.browser(), town.browser());
    browser.sign_in("bai", PASSWORD).await;
    other.sign_in("bai", PASSWORD).await;
    let fields = |current, password, again| [("current", current), ("password", password), ("again", again)];
    for (current, password, again) in [
        ("wrong", OTHER_PASSWORD, OTHER_PASSWORD),
        (PASSWORD, "short", "short"),
        (PASSWORD, OTHER_PASSWORD, "another one entirely"),
        (PASSWORD, PASSWORD, PASSWORD),
    ] {
        let answer = browser.post("/account/password", &fields(current, password, again)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{current} {password} {again}");
        assert!(answer.body.contains("aria-invalid"));
    }
    assert!(
        browser.post("/account/password", &fields(PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD)).await.to == "/account"
    );
    assert!(browser.is_in().await && !other.is_in().await);
    assert_eq!(town.browser().sign_in("bai", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(town.browser().sign_in("bai", OTHER_PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stolen_session_cannot_guess_the_password() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut browser = town.signed_in(&id).await;
    for _ in 0..6 {
        let fields = [("current", "guess"), ("password", OTHER_PASSWORD), ("again", OTHER_PASSWORD)];
        browser.post("/account/password", &fields).await;
    }
    let outcomes = town.outcomes().await;
    assert_eq!(outcomes.iter().filter(|one| *one == "wrong_password").count(), 5);
    assert_eq!(outcomes.last().unwrap(), "closed");
}

#[tokio::test]
async fn under_dengbao_passwords_rotate_and_do_not_come_back() {
    let town = Town::with(|config| config.passwords = Passwords::Dengbao3).await;
    town.client("bai").await;
    let mut browser = town.browser();
    assert_eq!(browser.sign_in("bai", PASSWORD).await.to, "/account");
    town.minutes_pass(90 * 24 * 60);
    assert_eq!(browser.sign_in("bai", PASSWORD).await.to, "/account/password?next=/account");
    assert!(!browser.is_in().await, "nothing before the password is changed");
    assert!(browser.get("/account/password").await.body.contains("须先更改密码"));

    let mut current = PASSWORD.to_owned();
    for n in 1..=5 {
        let next = format!("Gravel-{n}-near");
        let fields = [("current", current.as_str()), ("password", &next), ("again", &next), ("next", "/account")];
        assert_eq!(browser.post("/account/password", &fields).await.to, "/account", "{next}");
        assert!(browser.is_in().await);
        town.minutes_pass(1);
        current = next;
    }
    let back = "Gravel-1-near";
    let fields = [("current", current.as_str()), ("password", back), ("again", back)];
    let refused = browser.post("/account/password", &fields).await;
    assert!(refused.body.contains("最近5次用过"), "{}", refused.status);
}
