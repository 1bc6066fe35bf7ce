//! Jobs: done by one, never lost, given up in sight.

use crate::support::City;
use axum::http::StatusCode;
use futures::future::BoxFuture;
use platform::app::App;
use platform::jobs::{EVENT, Job, JobKind, NewJob, Outcome, enqueue, run_due};
use platform::perform::{Act, Subject};
use platform::values;
use serde_json::json;
use std::sync::Mutex;

type Running = BoxFuture<'static, anyhow::Result<Outcome>>;

/// What was done, by the word in the payload: tests of this file share it and use words of their own.
static DONE: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note(_: App, job: Job) -> Running {
    Box::pin(async move {
        DONE.lock().unwrap().push(job.text("word").to_owned());
        Ok(Outcome::Done)
    })
}

fn fails(_: App, _: Job) -> Running {
    Box::pin(async { Err(anyhow::anyhow!("the far side is down")) })
}

fn panics(_: App, _: Job) -> Running {
    Box::pin(async { panic!("a slip") })
}

fn hangs(_: App, _: Job) -> Running {
    Box::pin(std::future::pending())
}

const NOTE: &[JobKind] = &[JobKind { name: "test", run: note, tries: 3, is_slow: false }];
const FAILS: &[JobKind] = &[JobKind { name: "test", run: fails, tries: 3, is_slow: false }];
const PANICS: &[JobKind] = &[JobKind { name: "test", run: panics, tries: 3, is_slow: false }];
const HANGS: &[JobKind] = &[JobKind { name: "test", run: hangs, tries: 3, is_slow: false }];

async fn put(city: &City, word: &str, dedup: Option<&str>) -> bool {
    let now = city.app.clock.now();
    let mut conn = city.app.db.write().await.unwrap();
    let payload = json!({ "word": word });
    let job = NewJob { name: "test", payload, run_at: now, dedup: dedup.map(str::to_owned) };
    let is_new = enqueue(&mut conn, &job, now).await.unwrap();
    conn.commit().await.unwrap();
    is_new
}

fn times(word: &str) -> usize {
    DONE.lock().unwrap().iter().filter(|one| *one == word).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_workers_do_each_job_once() {
    let city = City::new().await;
    for n in 0..30 {
        put(&city, &format!("race-{n}"), None).await;
    }
    let (a, b, c) = tokio::join!(run_due(&city.app, NOTE), run_due(&city.app, NOTE), run_due(&city.app, NOTE));
    assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 30);
    for n in 0..30 {
        assert_eq!(times(&format!("race-{n}")), 1, "job {n}");
    }
}

#[tokio::test]
async fn what_is_written_twice_is_done_once() {
    let city = City::new().await;
    assert!(put(&city, "dedup", Some("key")).await);
    assert!(!put(&city, "dedup", Some("key")).await, "waiting");
    run_due(&city.app, NOTE).await.unwrap();
    assert!(!put(&city, "dedup", Some("key")).await, "done");
    run_due(&city.app, NOTE).await.unwrap();
    assert_eq!(times("dedup"), 1);
}

#[tokio::test]
async fn a_worker_that_dies_loses_nothing() {
    let city = City::new().await;
    put(&city, "orphan", None).await;
    let app = city.app.clone();
    let dying = tokio::spawn(async move { run_due(&app, HANGS).await });
    while city.count("select count(*) from job where claim is not null", &[]).await == 0 {
        tokio::task::yield_now().await;
    }
    dying.abort();
    assert_eq!(run_due(&city.app, NOTE).await.unwrap(), 0, "its claim still stands");
    city.app.clock.advance(301);
    assert_eq!(run_due(&city.app, NOTE).await.unwrap(), 1, "the claim has run out");
    assert_eq!(times("orphan"), 1);
}

#[tokio::test]
async fn what_fails_waits_longer_each_time_and_is_dead_in_sight() {
    let city = City::new().await;
    put(&city, "revived", None).await;
    for (wait, why) in [(0, "at once"), (10, "after ten seconds"), (20, "after twenty more")] {
        if wait > 0 {
            city.app.clock.advance(wait - 2);
            assert_eq!(run_due(&city.app, FAILS).await.unwrap(), 0, "not yet {why}");
            city.app.clock.advance(3);
        }
        assert_eq!(run_due(&city.app, FAILS).await.unwrap(), 1, "{why}");
    }
    city.app.clock.advance(100_000);
    assert_eq!(run_due(&city.app, NOTE).await.unwrap(), 0, "dead after three tries");
}

#[tokio::test]
async fn the_administrator_sees_the_dead_and_revives_them() {
    let city = City::new().await;
    put(&city, "seen", None).await;
    for _ in 0..3 {
        run_due(&city.app, PANICS).await.unwrap();
        city.app.clock.advance(60);
    }
    let page = city.get("system_administrator", "/admin/jobs").await;
    assert!(page.said().contains("the job panicked"), "{}", page.said());
    let rows = city.rows("select id from job where dead_at is not null", &[]).await;
    let id: String = rows[0].get("id").unwrap();
    city.post("head", "/admin/jobs", &[("id", &id)]).await.is(StatusCode::FORBIDDEN);
    city.post("system_administrator", "/admin/jobs", &[("id", &id)]).await.leads_on();
    assert_eq!(run_due(&city.app, NOTE).await.unwrap(), 1);
    assert_eq!(times("seen"), 1);
    city.post("system_administrator", "/admin/jobs", &[("id", &id)]).await.is(StatusCode::CONFLICT);
}

/// The outbox: one job an event, in the event's transaction; none for history.
#[tokio::test]
async fn an_event_and_its_job_stand_or_fall_together() {
    let city = City::new().await;
    let actor = platform::accounts::actor_of(&mut city.app.db.write().await.unwrap(), "head").await.unwrap().unwrap();
    let act = Act {
        step: "T00",
        action: "try".into(),
        article: "",
        role: platform::actor::Role::Head,
        from: None,
        to: "tried".into(),
        terms: Vec::new(),
        detail: json!({}),
    };
    for (commits, is_history, jobs, why) in [
        (false, false, 0, "undone, event and job"),
        (true, true, 0, "history tells nobody"),
        (true, false, 1, "one event, one job"),
    ] {
        let mut tx = city.app.write(&actor, "test").await.unwrap();
        tx.is_history = is_history;
        let subject = Subject { procedure: "other", id: why.into(), version: 0 };
        assert!(tx.perform(&subject, &act).await.is_ok(), "{why}");
        if commits {
            tx.conn.commit().await.unwrap();
        } else {
            drop(tx);
        }
        let written = city.count("select count(*) from job where name = $1", values![EVENT]).await;
        assert_eq!(written, jobs, "{why}");
    }
}
