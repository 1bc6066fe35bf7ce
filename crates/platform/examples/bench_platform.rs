//! The platform's figures with 100,000 cases in SQLite, over HTTP against the real binary:
//! `bench_platform PATH-TO-sijian`. Prints one line a figure, with its target and a measured peer.
//!
//! The cases are written straight into the database (a bench of the pages, not of the write path); create is measured
//! through the form.

use anyhow::{Context, Result, ensure};
use jiff::civil::{Date, date};
use platform::cases::State;
use platform::db::{Conn, Database};
use platform::{accounts, values};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CASES: usize = 100_000;
const ROUNDS: usize = 200;
const TODAY: Date = date(2026, 9, 24);
const SURNAMES: &[char] = &['赵', '钱', '孙', '李', '周', '吴', '郑', '王', '冯', '陈', '褚', '卫'];
const GIVEN: &[char] =
    &['云', '帆', '清', '和', '若', '谷', '知', '岳', '慕', '芷', '怀', '勉', '亦', '尧', '仲', '瑶', '文', '黛'];

fn main() -> Result<()> {
    let binary = std::env::args().nth(1).context("usage: bench_platform PATH-TO-sijian")?;
    let dir = tempfile::tempdir()?;
    let made = Command::new(&binary)
        .args(["demo", "--cases", "0", "--no-serve", "--today", &TODAY.to_string(), "--data"])
        .arg(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    ensure!(made.success(), "the empty city could not be made");
    let cast = tokio::runtime::Runtime::new()?.block_on(fill(dir.path()))?;
    let (server, base, start) = serve(&binary, dir.path())?;
    let bench = Bench { base, server, cast };
    bench.run(start)
}

/// Cookies of the three who ask, and what they ask for.
struct Cast {
    desk: String,
    court: String,
    officer: String,
    institution: String,
    case: String,
}

async fn fill(dir: &Path) -> Result<Cast> {
    let database = Database::sqlite(&dir.join("sijian.db")).await?;
    let mut conn = database.write().await?;
    let institutions = ids(&mut conn, "select id from institution order by id").await?;
    let courts = ids(&mut conn, "select id from organisation where kind = 'court' order by id").await?;
    let account = ids(&mut conn, "select id from account where login = 'court-01'").await?.remove(0);
    let mut first = String::new();
    for n in 0..CASES {
        let id = format!("00000000-0000-7000-8000-{n:012}");
        if n == 0 {
            first.clone_from(&id);
        }
        write(&mut conn, n, &id, &institutions[n % institutions.len()], &courts[n % courts.len()], &account).await?;
    }
    conn.commit().await?;
    let app = platform::app::App::new(
        platform::app::Config::under(dir),
        database.clone(),
        platform::clock::Clock::default(),
    )?;
    let mut conn = database.read().await?;
    let owner = ids(
        &mut conn,
        "select i.id from institution i join account a on a.organisation_id = i.id where a.login = 'desk-01'",
    )
    .await?
    .remove(0);
    let case = ids(
        &mut conn,
        &format!(
            "select id from appraisal_case where institution_id = '{owner}' and state = 'in_review' order by id limit 1"
        ),
    )
    .await?
    .remove(0);
    let mut cookies = Vec::new();
    for login in ["desk-01", "court-01", "supervisor"] {
        let id = ids(&mut conn, &format!("select id from account where login = '{login}'")).await?.remove(0);
        cookies.push(accounts::open_session(&app, &id).await?);
    }
    drop(conn);
    // A city that has run for long: its cases are in the index, its events in the log. Else the server would catch up beside
    // the measurements.
    platform::cases::search::reindex(&database, |_, _| ()).await?;
    platform::log::round(&app).await?;
    database.close().await;
    let [desk, court, officer] = cookies.try_into().map_err(|_| anyhow::anyhow!("three cookies"))?;
    Ok(Cast { desk, court, officer, institution: owner, case })
}

async fn ids(conn: &mut Conn, sql: &str) -> Result<Vec<String>> {
    let rows = conn.all(sql.to_owned(), &[]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<Vec<String>, _>>()?)
}

async fn write(conn: &mut Conn, n: usize, id: &str, institution: &str, court: &str, account: &str) -> Result<()> {
    // Every house has its share of every state; most cases of a year are archived.
    let round = n / 60;
    let state = if round % 20 < 17 { State::Archived } else { State::ALL[round % State::ALL.len()] };
    let running = !matches!(
        state,
        State::Archived
            | State::Declined
            | State::Issued
            | State::Delivered
            | State::Terminated
            | State::Withdrawn
            | State::Accepted
    );
    let due = running.then(|| TODAY.checked_add(jiff::Span::new().days(n as i64 % 40 - 5)).unwrap_or(TODAY));
    let name: String =
        [SURNAMES[n % SURNAMES.len()], GIVEN[n / 7 % GIVEN.len()], GIVEN[n / 131 % GIVEN.len()]].iter().collect();
    let received = TODAY.checked_sub(jiff::Span::new().days(n as i64 % 400)).unwrap_or(TODAY);
    let content = serde_json::json!({ "entrustment": {
        "institution_id": institution, "item": "FY-0202", "matter": format!("对{name}的残疾等级进行鉴定"), "purpose": "civil",
        "reappraisal": null, "case_facts": "演示案情。".repeat(40), "materials_confirmed": true, "injury": null, "recusal_wish": "",
        "delivery": "online",
        "client": { "name": "演示东区人民法院", "address": "演示路1号", "contact": "甲某", "phone": "021-00000000", "officer": "甲某", "letter": format!("（2026）演委鉴字第{n}号") },
        "examinee": { "name": name, "sex": "male", "birth": "1980-01-01", "id_number": "", "phone": "", "address": "" },
        "materials": [{ "name": "住院病历", "kind": "文件资料", "quantity": "1册", "properties": "复印件" }] } });
    let code = format!("310000-2026-{n:08}-0");
    conn.run(
        "insert into appraisal_case (id, version, state, institution_id, client_organisation_id, client_account_id, code, item, client_name,
             examinee_name, received_on, due_on, due_rule, due_provisional, due_sort, clock, content, changed_at)
         values ($1, 1, $2, $3, $4, $5, $6, 'FY-0202', '演示东区人民法院', $7, $8, $9, 'DL03', 0, $10, $11, $12, '2026-09-01T00:00:00.000Z')",
        values![id, state.word(), institution, court, account, &code, &name, received, due,
            due.map_or_else(|| "9999-12-31".to_owned(), |day| day.to_string()), if running { "running" } else { "stopped" },
            content.to_string()],
    )
    .await?;
    conn.run(
        "insert into event (id, procedure_name, subject_id, subject_version, step, action, from_state, to_state, article, actor_id, actor_name,
             actor_role, happened_at, request_id, detail)
         values ($1, 'case', $1, 1, 'T01', 'entrust', null, 'received', '', $2, '甲某', 'client', '2026-09-01T00:00:00.000Z', 'bench', '{}')",
        values![id, account],
    )
    .await?;
    if let Some(due) = due {
        conn.run(
            "insert into term (id, procedure_name, subject_id, rule, article, starts_on, length, due_on, provisional, explanation)
             values ($1, 'case', $1, 'DL03', '', $2, '30wd', $3, 0, '[]')",
            values![id, received, due],
        )
        .await?;
    }
    Ok(())
}

fn serve(binary: &str, dir: &Path) -> Result<(Child, String, Duration)> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let begun = Instant::now();
    let server = Command::new(binary)
        .args(["demo", "--cases", "0", "--today", &TODAY.to_string(), "--port", &port.to_string(), "--data"])
        .arg(dir)
        .stdout(Stdio::null())
        .spawn()?;
    let base = format!("http://127.0.0.1:{port}");
    loop {
        if ureq::get(format!("{base}/verify")).call().is_ok() {
            return Ok((server, base, begun.elapsed()));
        }
        ensure!(begun.elapsed() < Duration::from_secs(30), "the server does not answer");
        std::thread::sleep(Duration::from_millis(2));
    }
}

struct Bench {
    base: String,
    server: Child,
    cast: Cast,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Bench {
    fn run(&self, start: Duration) -> Result<()> {
        println!("with {CASES} cases in SQLite, {ROUNDS} requests each over HTTP, one at a time; milliseconds:");
        line("cold start (to the first page)", &[start], "1000 ms", "24 s");
        let idle = self.memory_mb("VmRSS:")?;
        self.create()?;
        let court = Cookie(&self.cast.court);
        let desk = Cookie(&self.cast.desk);
        let officer = Cookie(&self.cast.officer);
        self.time("queue page, front desk", "15 ms", "176–405 ms (1,000 cases)", || {
            self.get(&desk, "/work?show=all")
        })?;
        self.time("queue page, court clerk", "15 ms", "176–405 ms (1,000 cases)", || self.get(&court, "/work"))?;
        self.time("queue page, bureau, all cases", "15 ms", "176–405 ms (1,000 cases)", || {
            self.get(&officer, "/work?show=all")
        })?;
        let case = format!("/cases/{}", self.cast.case);
        self.time("open a case", "15 ms", "–", || self.get(&desk, &case))?;
        let mut n = 0;
        self.time("search by a part of a name, bureau, all cases", "50 ms", "49–183 ms (1,000 cases)", || {
            n += 1;
            let name: String = [GIVEN[n % GIVEN.len()], GIVEN[n / 3 % GIVEN.len()]].iter().collect();
            let query: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let mut found = self.send(&officer, "/work", &format!("q={query}"))?;
            ensure!(found.status() == 200, "search: {}", found.status());
            Ok(found.body_mut().read_to_vec()?.len())
        })?;
        let weight = self.weight(&desk)?;
        println!(
            "  {:48} {:>8.1} KB   target 60 KB",
            "page weight, first visit (page, style, scripts), br",
            weight as f64 / 1024.0
        );
        println!(
            "  {:48} {:>8.0} MB   target 150 MB (peer 670 MB); {idle:.0} MB before the requests",
            "resident memory",
            self.memory_mb("VmRSS:")?
        );
        self.upload()
    }

    /// Entrusts through the form: a draft, then the measured act.
    fn create(&self) -> Result<()> {
        let court = Cookie(&self.cast.court);
        let mut times = Vec::new();
        for n in 0..ROUNDS {
            let begun = self.send(&court, "/entrust", "")?;
            let draft = begun.headers().get("location").and_then(|to| to.to_str().ok()).context("no draft")?.to_owned();
            let body = entrustment(&self.cast.institution, n);
            let clock = Instant::now();
            let sent = self.send(&court, &draft, &body)?;
            times.push(clock.elapsed());
            let to = sent.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            ensure!(to.starts_with("/cases/"), "the entrustment was not taken: {}", sent.status());
        }
        line("create a case (form to committed)", &times, "10 ms", "132 ms (1,000 cases)");
        Ok(())
    }

    fn agent() -> ureq::Agent {
        ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build().into()
    }

    fn send(&self, cookie: &Cookie, path: &str, body: &str) -> Result<ureq::http::Response<ureq::Body>> {
        Ok(Self::agent()
            .post(format!("{}{path}", self.base))
            .header("cookie", cookie.0)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .send(body)?)
    }

    fn get(&self, cookie: &Cookie, path: &str) -> Result<usize> {
        let answer = Self::agent()
            .get(format!("{}{path}", self.base))
            .header("cookie", cookie.0)
            .header("accept-encoding", "br")
            .call()?;
        ensure!(answer.status() == 200, "{path}: {}", answer.status());
        let mut bytes = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut bytes)?;
        Ok(bytes.len())
    }

    fn time(&self, what: &str, target: &str, peer: &str, mut ask: impl FnMut() -> Result<usize>) -> Result<()> {
        ask()?;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let clock = Instant::now();
            ask()?;
            times.push(clock.elapsed());
        }
        line(what, &times, target, peer);
        Ok(())
    }

    fn weight(&self, cookie: &Cookie) -> Result<usize> {
        let mut sum = self.get(cookie, "/work?show=all")?;
        for asset in ["sijian.css", "htmx.min.js", "sijian.js", "sijian.svg"] {
            sum += self.get(cookie, &format!("/assets/{asset}"))?;
        }
        Ok(sum)
    }

    /// Sends two gigabytes through the front desk's form and reads how much memory that took at its worst.
    fn upload(&self) -> Result<()> {
        let before = self.memory_mb("VmHWM:")?;
        let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"video.bin\"\r\n\r\n";
        // A few bytes below the limit of 2 GiB.
        let content = std::io::repeat(7).take((2 << 30) - 4096);
        let mut body = head.as_bytes().chain(content).chain(&b"\r\n--b--\r\n"[..]);
        let clock = Instant::now();
        let sent = Self::agent()
            .post(format!("{}/cases/{}/files", self.base, self.cast.case))
            .header("cookie", &self.cast.desk)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "multipart/form-data; boundary=b")
            .send(ureq::SendBody::from_reader(&mut body))?;
        ensure!(sent.status() == 303, "the upload was not taken: {}", sent.status());
        let worst = self.memory_mb("VmHWM:")?;
        println!(
            "  {:48} {worst:>8.0} MB   {:.0} MB more than at its worst before, target 100 MB more; {:.1} s, to the disk",
            "memory at its worst, after a 2 GiB upload",
            worst - before,
            clock.elapsed().as_secs_f64()
        );
        Ok(())
    }

    fn memory_mb(&self, what: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()))?;
        let kb =
            status.lines().find_map(|line| line.strip_prefix(what)).and_then(|rest| rest.trim().strip_suffix(" kB"));
        Ok(kb.context("no such figure")?.trim().parse::<f64>()? / 1024.0)
    }
}

struct Cookie<'a>(&'a str);

fn entrustment(institution: &str, n: usize) -> String {
    let fields = [
        ("version", "1"),
        ("do", "send"),
        ("institution_id", institution),
        ("item", "FY-0202"),
        ("matter", "对甲某的残疾等级进行鉴定"),
        ("purpose", "civil"),
        ("case_facts", "演示案情。"),
        ("client_name", "演示东区人民法院"),
        ("client_address", "演示路1号"),
        ("client_contact", "甲某"),
        ("client_phone", "021-00000000"),
        ("client_officer", "甲某"),
        ("client_letter", "（2026）演委鉴字第1号"),
        ("examinee_name", "甲某"),
        ("material_name", "住院病历"),
        ("material_kind", "文件资料"),
        ("material_quantity", "1册"),
        ("material_properties", "复印件"),
        ("materials_confirmed", "yes"),
        ("delivery", "online"),
    ];
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let mut body: Vec<String> = fields.iter().map(|(name, text)| format!("{name}={}", escaped(text))).collect();
    body.push(format!("examinee_address={}", escaped(&format!("演示路{n}号"))));
    body.join("&")
}

/// One figure: p95 of the times (the only one where there is one), median and maximum beside it.
fn line(what: &str, times: &[Duration], target: &str, peer: &str) {
    let mut sorted: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| sorted[((sorted.len() as f64 * share) as usize).min(sorted.len() - 1)];
    println!(
        "  {what:48} p95 {:>7.1}  median {:>7.1}  max {:>7.1}   target {target}, peer {peer}",
        at(0.95),
        at(0.5),
        at(1.0)
    );
}
