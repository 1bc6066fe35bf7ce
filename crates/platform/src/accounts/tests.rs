//! The accounts through the router, on a real database: SQLite, or PostgreSQL where `SIJIAN_TEST_POSTGRES` names one.

mod admin;
mod entry;
mod factor;
mod session;
mod set_up;

use super::sessions::COOKIE;
use super::store::NewAccount;
use super::{Doer, create_account, hash_once};
use crate::actor::Role;
use crate::app::{App, Config};
use crate::clock::Clock;
use crate::db::testing::{TestHome, test_database};
use crate::perform::new_id;
use crate::text::Lang;
use crate::values;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt;

const PASSWORD: &str = "tulips from the far side 7";
const OTHER_PASSWORD: &str = "gravel on the near side 8";

/// An installation of its own for one test.
struct Town {
    app: App,
    _home: TestHome,
}

impl Town {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let home = test_database().await.unwrap();
        let mut config = Config::under(&home.folder);
        change(&mut config);
        let app = App::new(config, home.database.clone(), Clock::default()).unwrap();
        let town = Self { app, _home: home };
        for (id, kind) in [("court", "court"), ("bureau", "bureau"), ("house", "institution"), ("guild", "association")]
        {
            town.sql(
                "insert into organisation (id, kind, name, district, address, phone) values ($1, $2, $3, '', '', '')",
                values![id, kind, format!("甲{id}")],
            )
            .await;
        }
        town
    }

    /// An account with [`PASSWORD`].
    async fn account(&self, login: &str, roles: &[Role], organisation: Option<&str>) -> String {
        let new = NewAccount {
            login: login.into(),
            name: format!("甲{login}"),
            roles: roles.to_vec(),
            organisation_id: organisation.map(Into::into),
            language: Lang::Zh,
            password_hash: Some(hash_once(PASSWORD).unwrap()),
        };
        let mut conn = self.app.db.write().await.unwrap();
        let id = create_account(&mut conn, &new, &Doer::machine("test"), self.app.clock.now()).await.unwrap();
        conn.commit().await.unwrap();
        id
    }

    async fn client(&self, login: &str) -> String {
        self.account(login, &[Role::Client], Some("court")).await
    }

    async fn sql(&self, sql: &'static str, values: &[crate::db::Value]) {
        let mut conn = self.app.db.write().await.unwrap();
        conn.run(sql, values).await.unwrap();
        conn.commit().await.unwrap();
    }

    async fn count(&self, sql: &'static str) -> i64 {
        self.app.db.read().await.unwrap().count(sql, &[]).await.unwrap()
    }

    /// The results of all tries to sign in, oldest first.
    async fn outcomes(&self) -> Vec<String> {
        let rows =
            self.app.db.read().await.unwrap().all("select result from sign_in_attempt order by sequence", &[]).await;
        rows.unwrap().iter().map(|row| row.get("result").unwrap()).collect()
    }

    /// `action:result` of everything done with accounts, oldest first.
    async fn log(&self) -> Vec<String> {
        let rows = self
            .app
            .db
            .read()
            .await
            .unwrap()
            .all("select action, result from account_event order by sequence", &[])
            .await;
        rows.unwrap()
            .iter()
            .map(|row| format!("{}:{}", row.get::<String>("action").unwrap(), row.get::<String>("result").unwrap()))
            .collect()
    }

    fn minutes_pass(&self, minutes: i64) {
        self.app.clock.advance(minutes * 60);
    }

    fn browser(&self) -> Browser {
        self.browser_at("192.0.2.1")
    }

    fn browser_at(&self, ip: &str) -> Browser {
        Browser {
            app: self.app.clone(),
            ip: format!("{ip}:9").parse().unwrap(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// A browser that is signed in without having shown a password.
    async fn signed_in(&self, account_id: &str) -> Browser {
        let cookie = super::open_session(&self.app, account_id).await.unwrap();
        let mut browser = self.browser();
        let (name, value) = cookie.split_once('=').unwrap();
        browser.cookies.insert(name.into(), value.into());
        browser
    }
}

/// Somebody's browser: keeps cookies, follows nothing by itself.
#[derive(Clone)]
struct Browser {
    app: App,
    ip: SocketAddr,
    cookies: BTreeMap<String, String>,
    headers: Vec<(&'static str, &'static str)>,
}

struct Answer {
    status: StatusCode,
    /// Where it leads to.
    to: String,
    body: String,
    set_cookies: Vec<String>,
}

impl Browser {
    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, fields).await
    }

    async fn ask(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            fields.iter().map(|(name, text)| format!("{}={}", escaped(name), escaped(text))).collect();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "sijian.test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut request = request.body(Body::from(pairs.join("&"))).unwrap();
        request.extensions_mut().insert(ConnectInfo(self.ip));
        let response = crate::service(self.app.clone()).oneshot(request).await.unwrap();
        let set_cookies: Vec<String> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        for cookie in &set_cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            }
        }
        Answer {
            status: response.status(),
            to: response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default(),
            set_cookies,
            body: String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap(),
        }
    }

    async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password), ("next", "/account")]).await
    }

    /// Whether the own account's page opens.
    async fn is_in(&mut self) -> bool {
        let answer = self.get("/account").await;
        if answer.status != StatusCode::OK {
            assert!(answer.to.starts_with("/sign-in"), "{} {}", answer.status, answer.to);
        }
        answer.status == StatusCode::OK
    }

    fn token(&self) -> &str {
        &self.cookies[COOKIE]
    }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"))
}

fn unique() -> String {
    new_id(jiff::Timestamp::UNIX_EPOCH)
}
