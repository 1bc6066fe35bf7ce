//! D1, T6: the process is killed while it issues an opinion: what is on the disk afterwards is all of it or nothing, and
//! everything that is there stands in the logs. `SIJIAN_KILLS=200` kills that often.

use crate::support::{City, approved_cases, percent};
use platform::app::{App, Config};
use platform::clock::Clock;
use platform::db::{Conn, Database};
use platform::log;
use platform::values;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than a lease of the log's sequencer.
const LEASE_LONGEST: Duration = Duration::from_secs(120);
/// Kills of an ordinary run.
const TRIES: usize = 30;
/// The version of a case after the twelve steps that lead to two signatures.
const VERSION: i64 = 12;
/// A slow machine gives up after this; what was tried until then must hold.
const LONGEST: Duration = Duration::from_secs(240);
const TRIES_LEAST: usize = 8;

#[test]
fn a_process_killed_while_it_issues_leaves_all_or_nothing() {
    let asked = std::env::var("SIJIAN_KILLS").ok().and_then(|text| text.parse().ok());
    let (tries, longest) = asked.map_or((TRIES, LONGEST), |tries| (tries, Duration::MAX));
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (cases, cookie) = runtime.block_on(async {
        let city = City::in_folder(folder.path()).await;
        let mut cases = Vec::new();
        for id in approved_cases(&city, tries + 1).await {
            let signature = city.signature("head", &id).await;
            cases.push((id, signature.map(|(name, text)| format!("&{name}={}", percent(&text))).concat()));
        }
        let cookie = city.person("head").cookie.clone();
        city.app.db.close().await;
        (cases, cookie)
    });
    let mut cases = cases.into_iter();

    // One that nobody disturbs, to know how long it takes.
    let first = cases.next().unwrap();
    let server = Server::start(folder.path());
    let begun = Instant::now();
    let answer = server.issue(&first, &cookie).finish();
    let mut whole = begun.elapsed();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    server.kill();
    assert_eq!(runtime.block_on(found(folder.path(), &first.0)), Found::Issued(1));

    let (start, mut issued, mut tried) = (Instant::now(), 1, 0);
    let mut random = rand::rng();
    for (n, case) in cases.enumerate() {
        if start.elapsed() > longest {
            break;
        }
        // Half of the blows anywhere, half where files are written and the transaction ends.
        let part = if n % 2 == 0 { random.random_range(0.0..1.25) } else { random.random_range(0.8..1.25) };
        let server = Server::start(folder.path());
        let begun = Instant::now();
        let mut request = server.issue(&case, &cookie);
        let answered = request.answered_within(whole.mul_f64(part));
        if answered {
            whole = (whole + begun.elapsed()) / 2;
        }
        server.kill();
        match runtime.block_on(found(folder.path(), &case.0)) {
            Found::Untouched => assert!(!answered, "the person was told that {} was issued", case.0),
            Found::Issued(serial) => {
                issued += 1;
                assert_eq!(serial, issued, "a number was lost or given twice");
            }
        }
        tried += 1;
    }
    println!("{tried} processes killed: {} had issued, {} had not", issued - 1, tried + 1 - issued);
    assert!(tried >= TRIES_LEAST, "only {tried} tries in {LONGEST:?}");
    runtime.block_on(numbers_are_gapless(folder.path(), issued));
    runtime.block_on(everything_is_logged(folder.path(), issued));
}

/// A running `sijian serve`.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_sijian"))
            .args(["serve", "--data"])
            .arg(folder)
            .args(["--listen", &address.to_string()])
            .env_remove("SIJIAN_DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // It says its name once it listens.
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("Sijian"), "the server did not start: {line}");
        Self { process, address }
    }

    /// Sends the form without waiting for the answer.
    fn issue(&self, (case, signature): &(String, String), cookie: &str) -> Sent {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let body = format!("version={VERSION}{signature}");
        let request = format!(
            "POST /cases/{case}/do/issue HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        Sent(stream)
    }

    /// kill -9.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

struct Sent(TcpStream);

impl Sent {
    fn finish(mut self) -> String {
        let mut answer = Vec::new();
        self.0.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Waits at most so long for the answer; whether it came and says that the act was done.
    fn answered_within(&mut self, longest: Duration) -> bool {
        self.0.set_read_timeout(Some(longest.max(Duration::from_millis(1)))).unwrap();
        let mut start = [0_u8; 12];
        match self.0.read_exact(&mut start) {
            Ok(()) => {
                assert_eq!(&start, b"HTTP/1.1 303");
                true
            }
            Err(_) => false,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Untouched,
    /// Wholly, under this number of the series.
    Issued(usize),
}

/// Looks at everything that issuing writes; panics where some of it is there and some is not.
async fn found(folder: &Path, case: &str) -> Found {
    let database = Database::sqlite(&folder.join("sijian.db")).await.unwrap();
    let mut conn = database.read().await.unwrap();
    let found = look(&mut conn, folder, case).await;
    drop(conn);
    database.close().await;
    found
}

async fn look(conn: &mut Conn, folder: &Path, case: &str) -> Found {
    let row = conn
        .first("select version, state, opinion_number, clock from appraisal_case where id = $1", values![case])
        .await
        .unwrap()
        .unwrap();
    let state: String = row.get("state").unwrap();
    let version: i64 = row.get("version").unwrap();
    let number: Option<String> = row.get("opinion_number").unwrap();
    let events = conn.count("select count(*) from event where subject_id = $1", values![case]).await.unwrap();
    let papers = conn
        .all("select sha256 from paper where subject_id = $1 and kind = 'opinion_document'", values![case])
        .await
        .unwrap();
    let opinions = conn.all("select number, sha256 from opinion where case_id = $1", values![case]).await.unwrap();
    let running = conn
        .count("select count(*) from term where subject_id = $1 and stopped_on is null", values![case])
        .await
        .unwrap();
    let clock: String = row.get("clock").unwrap();
    assert_eq!(version, events, "{case}: versions and events");
    if state == "approved" {
        assert_eq!(
            (number, papers.len(), opinions.len(), running, clock.as_str()),
            (None, 0, 0, 1, "running"),
            "{case}"
        );
        return Found::Untouched;
    }
    assert_eq!(
        (state.as_str(), papers.len(), opinions.len(), running, clock.as_str()),
        ("issued", 1, 1, 0, "stopped"),
        "{case}"
    );
    let number = number.unwrap();
    assert_eq!(opinions[0].get::<String>("number").unwrap(), number);
    let sha256: String = opinions[0].get("sha256").unwrap();
    assert_eq!(papers[0].get::<Option<String>>("sha256").unwrap().as_deref(), Some(sha256.as_str()));
    let file = std::fs::read(folder.join("files").join(&sha256[..2]).join(&sha256)).unwrap();
    assert_eq!(hex::encode(Sha256::digest(&file)), sha256, "{case}: the file is not the one that was registered");
    let last = conn
        .first(
            "select action, detail from event where subject_id = $1 order by subject_version desc limit 1",
            values![case],
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(last.get::<String>("action").unwrap(), "issue");
    assert!(last.get::<String>("detail").unwrap().contains(&sha256));
    let (_, serial) = number.split_once('第').unwrap();
    Found::Issued(serial.trim_end_matches('号').parse().unwrap())
}

async fn numbers_are_gapless(folder: &Path, issued: usize) {
    let database = Database::sqlite(&folder.join("sijian.db")).await.unwrap();
    let mut conn = database.read().await.unwrap();
    let rows = conn.all("select number from opinion", &[]).await.unwrap();
    let mut serials: Vec<usize> = rows
        .iter()
        .map(|row| {
            row.get::<String>("number").unwrap().split_once('第').unwrap().1.trim_end_matches('号').parse().unwrap()
        })
        .collect();
    serials.sort_unstable();
    assert_eq!(serials, (1..=issued).collect::<Vec<_>>());
    let counter = conn.count("select value from counter", &[]).await.unwrap();
    assert_eq!(counter, i64::try_from(issued).unwrap(), "the counter runs ahead of the opinions");
    let damaged = conn.all("pragma integrity_check", &[]).await.unwrap();
    assert_eq!(damaged[0].at::<String>(0).unwrap(), "ok");
}

/// After the kills the logs go on, and no row of theirs is without its entry: the reconciler finds nothing.
async fn everything_is_logged(folder: &Path, issued: usize) {
    let database = Database::sqlite(&folder.join("sijian.db")).await.unwrap();
    let app = App::new(Config::under(folder), database, Clock::default()).unwrap();
    // The last one killed may hold the sequencer's lease until it runs out.
    let (start, mut waiting) = (Instant::now(), 1);
    while waiting > 0 && start.elapsed() < LEASE_LONGEST {
        log::round(&app).await.unwrap();
        waiting = app.db.read().await.unwrap().count("select count(*) from log_outbox", &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let report = log::reconcile::reconcile(&app).await.unwrap();
    assert!(report.is_sound() && report.waiting == 0, "{report:?}");
    let sql = "select count(*) from log_entry where log = 'public' and kind = 'opinion.issued'";
    let entries = app.db.read().await.unwrap().count(sql, &[]).await.unwrap();
    assert_eq!(entries, i64::try_from(issued).unwrap(), "an opinion without its public entry");
}
