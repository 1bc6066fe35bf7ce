//! Secrets at rest: what was kept in the clear is locked when a server begins, and only the right master key opens it.

use crate::support::{City, SECRET};
use axum::http::StatusCode;
use platform::app::{App, Config};
use platform::{make_ready, master_key, values};

const CLEAR: &str = "5e0c3e1f5e0c3e1f5e0c3e1f5e0c3e1f5e0c3e1f5e0c3e1f5e0c3e1f5e0c3e1f";

async fn kept(city: &City) -> (String, Vec<u8>) {
    let webhook = city.rows("select secret from webhook", &[]).await[0].get("secret").unwrap();
    let account = city.person("head").account_id.clone();
    let row = &city.rows("select secret from second_factor where account_id = $1", values![account]).await[0];
    (webhook, row.get("secret").unwrap())
}

/// A server on the same database whose master key is that file.
fn with_key(city: &City, name: &str) -> App {
    let mut config: Config = city.app.config.clone();
    config.signing.master_key_file = Some(config.data.join(name));
    App::new(config, city.app.db.clone(), city.app.clock.clone()).unwrap()
}

#[tokio::test]
async fn what_was_kept_in_the_clear_is_locked_at_the_start() {
    let city = City::with(|config| config.loopback_webhooks = true).await;
    city.post("head", "/notices/webhooks", &[("url", "http://127.0.0.1:9/hook"), ("kinds", "step")])
        .await
        .is(StatusCode::OK);
    // As a version before the lock left it.
    city.run("update webhook set secret = $1", values![CLEAR]).await;
    let (webhook, factor) = kept(&city).await;
    assert!(webhook == CLEAR && factor == SECRET, "in the clear");

    make_ready(&city.app).await.unwrap();
    let (webhook, factor) = kept(&city).await;
    let id: String = city.rows("select id from webhook", &[]).await[0].get("id").unwrap();
    let (of_webhook, of_factor) =
        (format!("webhook/{id}"), format!("second_factor/{}", city.person("head").account_id));
    assert!(master_key::is_locked(webhook.as_bytes()) && master_key::is_locked(&factor));
    assert_eq!(master_key::unlock(&city.app, &of_webhook, webhook.as_bytes()).unwrap(), CLEAR.as_bytes());
    assert_eq!(master_key::unlock(&city.app, &of_factor, &factor).unwrap(), SECRET);
    assert!(master_key::unlock(&city.app, &of_factor, webhook.as_bytes()).is_err(), "moved to another row");

    make_ready(&city.app).await.unwrap();
    assert_eq!(kept(&city).await, (webhook, factor), "a second start changes nothing");
}

#[tokio::test]
async fn another_master_key_or_none_is_told_at_the_start_and_never_made_anew() {
    let city = City::with(|config| config.loopback_webhooks = true).await;
    let register = [("url", "http://127.0.0.1:9/hook"), ("kinds", "step")];
    city.post("head", "/notices/webhooks", &register).await.is(StatusCode::OK);

    let without = with_key(&city, "elsewhere.key");
    let said = make_ready(&without).await.unwrap_err().to_string();
    assert!(said.contains("elsewhere.key") && said.contains("--master-key-file"), "{said}");
    let mut conn = without.db.write().await.unwrap();
    assert!(master_key::lock(&without, &mut conn, "webhook/x", b"secret").await.is_err());
    drop(conn);
    assert!(!without.config.data.join("elsewhere.key").exists(), "nothing that opens nothing is made");

    std::fs::write(without.config.data.join("elsewhere.key"), [7; 32]).unwrap();
    let said = make_ready(&without).await.unwrap_err().to_string();
    assert!(said.contains("not the one"), "{said}");
    make_ready(&city.app).await.unwrap();
}
