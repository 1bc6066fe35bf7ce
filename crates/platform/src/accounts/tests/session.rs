//! How long one stays in, and what ends it.

use super::*;

#[tokio::test]
async fn idle_staff_go_after_fifteen_minutes_and_clients_after_thirty() {
    let town = Town::new().await;
    let client = town.client("bai").await;
    let staff = town.account("hei", &[Role::Appraiser], Some("house")).await;
    for (id, minutes) in [(client, 30), (staff, 15)] {
        let mut browser = town.signed_in(&id).await;
        for _ in 0..3 {
            town.minutes_pass(minutes - 2);
            assert!(browser.is_in().await, "used all along");
        }
        town.minutes_pass(minutes);
        assert!(!browser.is_in().await, "idle for {minutes} minutes");
    }
}

#[tokio::test]
async fn everybody_goes_after_twelve_hours() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut browser = town.signed_in(&id).await;
    for _ in 0..28 {
        town.minutes_pass(25);
        assert!(browser.is_in().await);
    }
    town.minutes_pass(25);
    assert!(!browser.is_in().await, "29 times 25 minutes are more than twelve hours");
}

#[tokio::test]
async fn reading_does_not_write_all_the_time() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut browser = town.signed_in(&id).await;
    let seen = async || {
        let row = town.app.db.read().await.unwrap().first("select seen_at from session", &[]).await.unwrap().unwrap();
        row.get::<String>("seen_at").unwrap()
    };
    let first = seen().await;
    town.app.clock.advance(50);
    browser.get("/account").await;
    assert_eq!(seen().await, first);
    town.app.clock.advance(20);
    browser.get("/account").await;
    assert!(seen().await > first);
}

#[tokio::test]
async fn the_demos_moved_clock_throws_nobody_out() {
    let town = Town::with(|config| config.demo = true).await;
    let id = town.account("hei", &[Role::Appraiser], Some("house")).await;
    let mut browser = town.signed_in(&id).await;
    for days in [90, -30, 400] {
        town.minutes_pass(days * 24 * 60);
        assert!(browser.is_in().await, "moved by {days} days");
    }
}

#[tokio::test]
async fn every_sign_in_has_a_new_token_and_ends_the_old() {
    let town = Town::new().await;
    town.client("bai").await;
    let mut browser = town.browser();
    browser.sign_in("bai", PASSWORD).await;
    let mut thief = browser.clone();
    browser.sign_in("bai", PASSWORD).await;
    assert_ne!(thief.token(), browser.token());
    assert!(browser.is_in().await && !thief.is_in().await);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_server() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut browser = town.signed_in(&id).await;
    let mut copy = browser.clone();
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.to, "/sign-in");
    assert!(!browser.cookies.contains_key(COOKIE));
    assert!(!copy.is_in().await);
    assert_eq!(town.browser().post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER, "signed out already");
}

#[tokio::test]
async fn signing_out_everywhere_and_in_one_other_place() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let other = town.client("hong").await;
    let (mut here, mut there, mut elsewhere) =
        (town.signed_in(&id).await, town.signed_in(&id).await, town.signed_in(&other).await);
    let page = here.get("/account").await.body;
    let end =
        page.split("action=\"").find(|part| part.starts_with("/account/sessions/")).unwrap().split('"').next().unwrap();
    assert_eq!(elsewhere.post(end, &[]).await.status, StatusCode::NOT_FOUND, "not somebody else's");
    assert_eq!(here.post(end, &[]).await.to, "/account");
    assert!(here.is_in().await && !there.is_in().await);

    let mut again = town.signed_in(&id).await;
    here.post("/sign-out-everywhere", &[]).await;
    assert!(!here.is_in().await && !again.is_in().await && elsewhere.is_in().await);
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_roles_change_at_once() {
    let town = Town::new().await;
    let id = town.account("hei", &[Role::SystemAdministrator], None).await;
    let mut browser = town.signed_in(&id).await;
    assert_eq!(browser.get("/admin/accounts").await.status, StatusCode::OK);
    town.sql("delete from account_role where account_id = $1", values![&id]).await;
    assert_eq!(browser.get("/admin/accounts").await.status, StatusCode::FORBIDDEN);
    assert!(browser.is_in().await);
    town.sql("update account set disabled_at = '2026-01-01T00:00:00.000Z' where id = $1", values![&id]).await;
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn at_most_ten_places_at_a_time() {
    let town = Town::new().await;
    let id = town.client("bai").await;
    let mut first = town.signed_in(&id).await;
    for _ in 0..10 {
        town.app.clock.advance(1);
        town.signed_in(&id).await;
    }
    assert!(!first.is_in().await);
    assert_eq!(town.count("select count(*) from session").await, 10);
}

#[tokio::test]
async fn a_made_up_token_is_nobody() {
    let town = Town::new().await;
    let mut browser = town.browser();
    for token in ["", "x", &"0".repeat(64), "' or 1=1 --"] {
        browser.cookies.insert(COOKIE.into(), token.into());
        assert!(!browser.is_in().await);
    }
}
