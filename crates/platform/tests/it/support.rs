//! A tiny city on a fresh database, and people who ask it things over HTTP.

mod carry;
mod story;

pub use carry::approved_cases;
pub use story::{ENTRUSTMENT, Story, borrowed, typed};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::civil::{Date, date};
use platform::accounts::{self, Doer, NewAccount};
use platform::actor::{Role, RoleKind};
use platform::app::{App, Config};
use platform::clock::{self, Clock};
use platform::db::testing::{TestHome, test_database};
use platform::db::{Database, Row, Value};
use platform::registry::{Appraiser, Institution, Licence, Organisation, Title, store};
use platform::text::Lang;
use sha2::Digest;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::OnceLock;
use tower::ServiceExt;

/// The day every city begins on, a Monday.
pub const FIRST_DAY: Date = date(2026, 3, 2);
/// 人体损伤程度鉴定, in the scope of both institutions.
pub const ITEM: &str = "FY-0201";

/// Of those who sign.
pub const PASSWORD: &str = "tulips from the far side 7";
/// The secret of their second factor, of RFC 6238's examples.
pub const SECRET: &[u8] = b"12345678901234567890";

pub const HOUSE: &str = "house";
pub const OTHER_HOUSE: &str = "other-house";

pub struct City {
    pub app: App,
    pub people: BTreeMap<String, Person>,
    /// Kept so that the database's folder outlives the city.
    home: Option<TestHome>,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub login: String,
    pub account_id: String,
    pub roles: Vec<Role>,
    pub cookie: String,
    /// Everybody has a computer, so that nobody's visits count for another.
    ip: SocketAddr,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it leads to.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    #[track_caller]
    pub fn is(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{} {}", self.to(), self.said());
        self
    }

    /// Led on after an act that was done.
    #[track_caller]
    pub fn leads_on(&self) -> String {
        self.is(StatusCode::SEE_OTHER);
        assert!(!self.to().starts_with("/sign-in"), "{}", self.to());
        self.to().to_owned()
    }

    /// What the page says, without its tags.
    pub fn said(&self) -> String {
        let text = self.text();
        let main = text.split_once("<main").map_or(text.as_str(), |(_, main)| main);
        let mut said = String::new();
        let mut is_tag = false;
        for sign in main.chars() {
            match sign {
                '<' => is_tag = true,
                '>' => is_tag = false,
                other if !is_tag => said.push(other),
                _ => {}
            }
        }
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl City {
    /// A city on a database of its own, SQLite or PostgreSQL as the run is for.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let home = test_database().await.unwrap();
        let mut config = Config::under(&home.folder);
        change(&mut config);
        let app = App::new(config, home.database.clone(), Clock::default()).unwrap();
        Self::on(app, Some(home), Some(FIRST_DAY)).await
    }

    /// The same city with another configuration, on the same database.
    pub async fn again(mut self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.app.config.clone();
        change(&mut config);
        self.app = App::new(config, self.app.db.clone(), self.app.clock.clone()).unwrap();
        self
    }

    /// A city in a SQLite file, on today's real day: for another process to open.
    pub async fn in_folder(folder: &Path) -> Self {
        let database = Database::sqlite(&folder.join("sijian.db")).await.unwrap();
        let app = App::new(Config::under(folder), database, Clock::default()).unwrap();
        Self::on(app, None, None).await
    }

    async fn on(app: App, home: Option<TestHome>, first_day: Option<Date>) -> Self {
        if let Some(first_day) = first_day {
            app.clock.move_to(first_day);
            // Ten in the morning: no test meets midnight.
            let now = app.clock.now().to_zoned_datetime(clock::zone());
            app.clock.advance((10 - i64::from(now.hour())) * 3_600);
        }
        let mut city = Self { app, people: BTreeMap::new(), home };
        city.settle().await;
        city
    }

    pub fn today(&self) -> Date {
        self.app.clock.today()
    }

    async fn settle(&mut self) {
        let mut conn = self.app.db.write().await.unwrap();
        for (id, kind, name) in [
            ("court", "court", "甲区人民法院"),
            ("other-court", "court", "乙区人民法院"),
            ("bureau", "bureau", "市司法局"),
            ("association", "association", "市司法鉴定协会"),
        ] {
            let organisation = Organisation {
                id: id.into(),
                kind: kind.into(),
                name: name.into(),
                district: "310101".into(),
                address: "甲路1号".into(),
                phone: "021-10000001".into(),
            };
            store::create_organisation(&mut conn, &organisation).await.unwrap();
        }
        for (id, name, short_name) in [(HOUSE, "甲司法鉴定中心", "甲"), (OTHER_HOUSE, "乙司法鉴定中心", "乙")]
        {
            let institution = Institution {
                id: id.into(),
                name: name.into(),
                short_name: short_name.into(),
                head_name: "负责人".into(),

                region: "shanghai".into(),
                district: "310101".into(),
                address: "乙路2号".into(),
                phone: "021-20000002".into(),
                licence: Some(licence(&format!("31000000{short_name}"), "FY-02 WZ-01", self.today())),
            };
            store::create_institution(&mut conn, &institution).await.unwrap();
        }
        conn.commit().await.unwrap();
        for role in Role::ALL {
            let home = match role.kind() {
                RoleKind::Client => Some("court"),
                RoleKind::Institution => Some(HOUSE),
                RoleKind::Bureau => Some("bureau"),
                RoleKind::Association => Some("association"),
                RoleKind::Administrator => None,
            };
            self.comes(role.word(), &[*role], home).await;
        }
        self.comes("second", &[Role::Appraiser], Some(HOUSE)).await;
        self.comes("third", &[Role::Appraiser, Role::Reviewer], Some(HOUSE)).await;
        for role in Role::ALL.iter().filter(|role| role.kind() == RoleKind::Institution) {
            self.comes(&format!("foreign_{role}"), &[*role], Some(OTHER_HOUSE)).await;
        }
        self.comes("foreign_second", &[Role::Appraiser], Some(OTHER_HOUSE)).await;
        self.comes("foreign_client", &[Role::Client], Some("other-court")).await;
        // Of the same court, but another person.
        self.comes("colleague", &[Role::Client], Some("court")).await;
    }

    /// Somebody gets an account, is entered in the register if an appraiser, and signs in.
    pub async fn comes(&mut self, login: &str, roles: &[Role], home: Option<&str>) {
        let signs = roles.iter().any(|role| matches!(role, Role::Appraiser | Role::Head));
        let new = NewAccount {
            login: login.into(),
            name: format!("人{login}"),
            roles: roles.to_vec(),
            organisation_id: home.map(Into::into),
            language: Lang::Zh,
            password_hash: signs.then(password_hash),
        };
        let now = self.app.clock.now();
        let mut conn = self.app.db.write().await.unwrap();
        let account_id = accounts::create_account(&mut conn, &new, &Doer::machine("test"), now).await.unwrap();
        if signs {
            let sql = "insert into second_factor (account_id, secret, last_step, confirmed_at) values ($1, $2, 0, $3)";
            conn.run(sql, platform::values![&account_id, SECRET.to_vec(), now]).await.unwrap();
        }
        if roles.contains(&Role::Appraiser) {
            let one = Appraiser {
                id: appraiser_id(login),
                institution_id: home.unwrap_or_default().into(),
                account_id: Some(account_id.clone()),
                name: format!("鉴定人{login}"),
                title: Title::Senior,
                licence: Some(licence(&format!("3100{login}"), "FY-02 WZ-01", self.today())),
            };
            store::create_appraiser(&mut conn, &one).await.unwrap();
        }
        conn.commit().await.unwrap();
        let cookie = accounts::open_session(&self.app, &account_id).await.unwrap();
        let ip = SocketAddr::from(([192, 0, 2, u8::try_from(self.people.len() + 1).unwrap()], 4_000));
        let person = Person { login: login.into(), account_id, roles: roles.to_vec(), cookie, ip };
        self.people.insert(login.into(), person);
    }

    pub fn person(&self, login: &str) -> &Person {
        self.people.get(login).unwrap_or_else(|| panic!("nobody is called {login}"))
    }

    /// Those of the house and its court, one for each role.
    pub fn one_of_each_role(&self) -> Vec<&Person> {
        Role::ALL.iter().map(|role| self.person(role.word())).collect()
    }

    /// A new session for each: after the clock has moved by more than the quarter of an hour that an idle one lasts.
    pub async fn all_sign_in_again(&mut self) {
        for person in self.people.values_mut() {
            person.cookie = accounts::open_session(&self.app, &person.account_id).await.unwrap();
        }
    }

    pub async fn get(&self, login: &str, path: &str) -> Answer {
        self.ask(Method::GET, Some(self.person(login)), path, Vec::new()).await
    }

    pub async fn post(&self, login: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, Some(self.person(login)), path, encoded(fields)).await
    }

    /// Nobody is signed in.
    pub async fn get_signed_out(&self, path: &str) -> Answer {
        self.ask(Method::GET, None, path, Vec::new()).await
    }

    pub async fn ask(&self, method: Method, person: Option<&Person>, path: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "sijian.test")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(person) = person {
            request = request.header(header::COOKIE, &person.cookie);
        }
        let ip = person.map_or(SocketAddr::from(([192, 0, 2, 250], 4_000)), |person| person.ip);
        self.send(request.extension(ConnectInfo(ip)).body(Body::from(body)).unwrap()).await
    }

    /// A request just as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = platform::service(self.app.clone()).oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, bytes: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
    }

    pub async fn rows(&self, sql: &'static str, values: &[Value]) -> Vec<Row> {
        self.app.db.read().await.unwrap().all(sql, values).await.unwrap()
    }

    pub async fn count(&self, sql: &'static str, values: &[Value]) -> i64 {
        self.app.db.read().await.unwrap().count(sql, values).await.unwrap()
    }

    pub async fn run(&self, sql: &'static str, values: &[Value]) {
        let mut conn = self.app.db.write().await.unwrap();
        conn.run(sql, values).await.unwrap();
        conn.commit().await.unwrap();
    }

    /// A recovery code that nobody has used: a telephone's code is good once in half a minute, and a test does not wait.
    pub async fn spare_code(&self, login: &str) -> String {
        let code = format!("{:024X}", rand::random::<u64>());
        let hash = hex::encode(sha2::Sha256::digest(code.as_bytes()));
        let sql = "insert into recovery_code (account_id, code_hash) values ($1, $2)";
        self.run(sql, platform::values![&self.person(login).account_id, hash]).await;
        code
    }

    /// What a form that signs asks for besides: the text, the password, a code.
    pub async fn signature(&self, login: &str, case: &str) -> [(&'static str, String); 4] {
        let sql = "select content from opinion_draft where case_id = $1 order by version desc limit 1";
        let rows = self.rows(sql, platform::values![case]).await;
        let text: String = rows.first().map(|row| row.get("content").unwrap()).unwrap_or_default();
        let sha256 = hex::encode(sha2::Sha256::digest(text.as_bytes()));
        let rows = self.rows("select sha256 from opinion where case_id = $1", platform::values![case]).await;
        let opinion: String = rows.first().map(|row| row.get("sha256").unwrap()).unwrap_or_default();
        [
            ("draft_sha256", sha256),
            ("opinion_sha256", opinion),
            ("password", PASSWORD.to_owned()),
            ("code", self.spare_code(login).await),
        ]
    }

    /// Everything of a case that an act could change, as one text.
    pub async fn picture(&self, case: &str) -> String {
        let mut conn = self.app.db.read().await.unwrap();
        let mut picture = String::new();
        for (sql, columns) in [
            ("select version, state, code, opinion_number, content, clock from appraisal_case where id = $1", 6),
            ("select count(*) from event where subject_id = $1", 1),
            ("select rule, stopped_on from term where subject_id = $1 order by id", 2),
            ("select kind, sha256 from paper where subject_id = $1 order by id", 2),
            (
                "select appraiser_id, declared_at, conflict, signed_at from case_appraiser where case_id = $1 order by position",
                4,
            ),
            ("select version, content from opinion_draft where case_id = $1 order by version", 2),
            ("select number, sha256 from opinion where case_id = $1", 2),
            ("select count(*) from attachment where subject_id = $1", 1),
            (
                "select v.version, v.content from examination_record_version v join examination_record r on r.id = v.record_id where r.case_id = $1 order by v.record_id, v.version",
                2,
            ),
            (
                "select count(*) from opinion_comment_reply r join opinion_comment c on c.id = r.comment_id where c.case_id = $1",
                1,
            ),
        ] {
            for row in conn.all(sql, platform::values![case]).await.unwrap() {
                for column in 0..columns {
                    let text = row
                        .at::<Option<String>>(column)
                        .or_else(|_| row.at::<i64>(column).map(|n| Some(n.to_string())));
                    picture += &format!("{:?} ", text.unwrap());
                }
                picture += "\n";
            }
        }
        picture
    }

    pub async fn version(&self, case: &str) -> i64 {
        self.count("select version from appraisal_case where id = $1", platform::values![case]).await
    }

    pub async fn state(&self, case: &str) -> String {
        self.rows("select state from appraisal_case where id = $1", platform::values![case]).await[0]
            .get("state")
            .unwrap()
    }

    /// Where the database and the files are.
    pub fn folder(&self) -> &Path {
        &self.app.config.data
    }
}

impl Drop for City {
    fn drop(&mut self) {
        // The home's own drop removes the folder; said here because nothing else reads the field.
        drop(self.home.take());
    }
}

pub fn appraiser_id(login: &str) -> String {
    format!("appraiser-{login}")
}

/// Of [`PASSWORD`]; reckoned once, for it takes its time.
fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| accounts::hash_once(PASSWORD).unwrap()).clone()
}

/// Valid from years ago to years ahead.
pub fn licence(number: &str, scope: &str, today: Date) -> Licence {
    Licence {
        number: number.into(),
        valid_from: date(today.year() - 3, 1, 1),
        valid_to: date(today.year() + 3, 12, 31),
        scope: scope.split_whitespace().map(|code| code.parse().unwrap()).collect(),
        interruptions: Vec::new(),
    }
}

/// Fields as a browser sends them.
pub fn encoded(fields: &[(&str, &str)]) -> Vec<u8> {
    let pairs: Vec<String> = fields.iter().map(|(name, text)| format!("{}={}", percent(name), percent(text))).collect();
    pairs.join("&").into_bytes()
}

pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"))
}

/// The smallest picture there is: one grey dot.
pub const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0,
    0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9C, 0x63, 0x68, 0, 0, 0, 0x82, 0,
    0x81, 0x77, 0xCD, 0x72, 0xB6, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82,
];

/// Adds a photograph to a material, as a telephone's form sends it.
pub async fn photographed(city: &City, login: &str, code: &str, name: &str, content: &[u8]) -> Answer {
    let mut body =
        format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    let request = Request::post(format!("/m/{code}/files"))
        .header(header::HOST, "sijian.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit")
        .header(header::COOKIE, &city.person(login).cookie);
    city.send(request.body(Body::from(body)).unwrap()).await
}
