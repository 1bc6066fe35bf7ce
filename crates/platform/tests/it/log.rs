//! The transparency logs on a real database: what is logged, proven offline, watched by others, and found when tampered with.

use crate::support::{City, Story};
use axum::http::StatusCode;
use ledger::witness::Request;
use platform::app::Witness as Watched;
use platform::cases::State;
use platform::db::Database;
use platform::log::{self, LOGGED, Log, reconcile};
use platform::transparency::command::{DrillArgs, VerifyArgs, drill, reconcile as told, verify};
use platform::transparency::mirror;
use platform::transparency::witness::{Witness, service};
use platform::values;
use std::net::SocketAddr;
use std::sync::Arc;

async fn issued(city: &City) -> (Story<'_>, String) {
    let story = Story::at(city, State::Issued).await;
    let rows = city.rows("select check_code from opinion where case_id = $1", values![&story.id]).await;
    let code = rows[0].get("check_code").unwrap();
    (story, code)
}

#[tokio::test]
async fn every_telling_row_has_its_entry_and_none_more() {
    let city = City::new().await;
    issued(&city).await;
    let waiting = city.count("select count(*) from log_outbox", &[]).await;
    assert_eq!(city.count("select count(*) from log_entry", &[]).await, 0, "nothing sequenced yet");
    log::round(&city.app).await.unwrap();
    assert_eq!(city.count("select count(*) from log_outbox", &[]).await, 0);
    // The audit log's first checkpoint is announced in the public log.
    assert_eq!(city.count("select count(*) from log_entry", &[]).await, waiting + 1);
    for logged in LOGGED.iter().filter(|one| !one.since.is_empty()) {
        let sql = format!("select count(*) from {}", logged.table);
        let rows = city.app.db.read().await.unwrap().count(sql, &[]).await.unwrap();
        let sql = "select count(*) from log_entry where log = $1 and source = $2";
        assert_eq!(city.count(sql, values![logged.log.word(), logged.table]).await, rows, "{}", logged.table);
    }
    let report = reconcile::reconcile(&city.app).await.unwrap();
    assert!(report.is_sound() && report.entries == u64::try_from(waiting + 1).unwrap(), "{report:?}");
    assert_eq!(log::round(&city.app).await.unwrap(), 0, "quiet when nothing happened");
}

#[tokio::test]
async fn nothing_about_a_person_is_in_the_public_files() {
    let city = City::new().await;
    let (story, code) = issued(&city).await;
    log::round(&city.app).await.unwrap();
    // What is looked for is there to be found: the words stand in the rows that were logged, or beside them.
    let row = &city.rows("select content from appraisal_case where id = $1", values![&story.id]).await[0];
    let content: serde_json::Value = serde_json::from_str(&row.get::<String>("content").unwrap()).unwrap();
    let examinee = &content["entrustment"]["examinee"];
    let planted: Vec<String> = ["name", "id_number", "phone"]
        .iter()
        .map(|name| examinee[name].as_str().unwrap().to_owned())
        .chain(content["entrustment"]["client"]["officer"].as_str().map(str::to_owned))
        .filter(|text| !text.is_empty())
        .collect();
    assert!(planted.len() >= 3, "{planted:?}");
    let looked_at = format!("/verify/{code} {}", city.get_signed_out(&format!("/verify/{code}")).await.text());
    let entries = city.rows("select leaf from log_entry", &[]).await;
    let leaves: Vec<Vec<u8>> = entries.iter().map(|row| row.get("leaf").unwrap()).collect();
    for secret in &planted {
        assert!(!looked_at.contains(secret.as_str()), "{secret} on the public page or in its address");
        for leaf in &leaves {
            assert!(!String::from_utf8_lossy(leaf).contains(secret.as_str()), "{secret} in an entry");
        }
    }
    for log in Log::ALL {
        let files = ledger::Directory::new(log::folder(&city.app, log));
        for path in ledger::Tiles::list(&files).unwrap() {
            let bytes = ledger::Tiles::read(&files, &path).unwrap().unwrap();
            let text = String::from_utf8_lossy(&bytes);
            for secret in ["张", "110105", "肋骨", "法院", "轻伤"] {
                assert!(!text.contains(secret), "{secret} in {log}/{path}");
            }
            for secret in &planted {
                assert!(!text.contains(secret.as_str()), "{secret} in {log}/{path}");
            }
        }
    }
}

#[tokio::test]
async fn an_opinion_proves_itself_offline() {
    let city = City::new().await;
    let (_, code) = issued(&city).await;
    let early = city.get_signed_out(&format!("/verify/{code}/proof")).await;
    assert!(early.is(StatusCode::CONFLICT).said().contains("还没有写入"), "{}", early.said());
    log::round(&city.app).await.unwrap();
    let proof = city.get_signed_out(&format!("/verify/{code}/proof")).await;
    assert!(proof.is(StatusCode::OK).bytes.len() <= 2048, "{} bytes", proof.bytes.len());
    let policy = city.get_signed_out("/log/policy.txt").await;
    let row = &city.rows("select sha256 from opinion", &[]).await[0];
    let pdf = city.app.files.bytes(&row.get::<String>("sha256").unwrap()).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("opinion.pdf"), &pdf).unwrap();
    std::fs::write(at("proof"), &proof.bytes).unwrap();
    std::fs::write(at("policy"), &policy.bytes).unwrap();
    let args = VerifyArgs {
        pdf: at("opinion.pdf"),
        proof: Some(at("proof")),
        policy: Some(at("policy")),
        log: None,
        trust: None,
    };
    let (told, is_sound) = verify(&args).unwrap();
    assert!(is_sound && told.contains("opinion.issued") && told.contains("鉴字第1号"), "{told}");
    // Any other byte, any other proof: refused, and said why.
    let mut other = pdf.to_vec();
    other[100] ^= 1;
    std::fs::write(at("opinion.pdf"), &other).unwrap();
    let (refused, is_sound) = verify(&args).unwrap();
    assert!(!is_sound && refused.contains("NOT PROVEN") && refused.contains("record"), "{refused}");
    std::fs::write(at("opinion.pdf"), &pdf).unwrap();
    let mut other = proof.bytes.clone();
    let last = other.len() - 10;
    other[last] ^= 1;
    std::fs::write(at("proof"), &other).unwrap();
    assert!(!verify(&args).unwrap().1);
}

#[tokio::test]
async fn the_files_are_served_as_the_formats_name_them_and_nothing_else() {
    let city = City::new().await;
    issued(&city).await;
    log::round(&city.app).await.unwrap();
    let checkpoint = city.get_signed_out("/log/public/checkpoint").await;
    let keys = log::keys(&city.app).unwrap();
    let head = ledger::Head::open(&checkpoint.is(StatusCode::OK).bytes, keys.verifier(Log::Public)).unwrap();
    let width = head.checkpoint().size;
    city.get_signed_out(&format!("/log/public/tile/0/000.p/{width}")).await.is(StatusCode::OK);
    city.get_signed_out(&format!("/log/public/tile/entries/000.p/{width}")).await.is(StatusCode::OK);
    for path in ["pending", "tile/0/001", "../audit/checkpoint", "..%2Faudit%2Fcheckpoint", "tile/0/../../pending"] {
        city.get_signed_out(&format!("/log/public/{path}")).await.is(StatusCode::NOT_FOUND);
    }
    city.get_signed_out("/log/audit/checkpoint").await.is(StatusCode::OK);
    let size = city.count("select max(size) from log_checkpoint where log = 'audit'", &[]).await;
    let entries = format!("/log/audit/tile/entries/000.p/{size}");
    city.get("client", &entries).await.is(StatusCode::FORBIDDEN);
    city.get("supervisor", &entries).await.is(StatusCode::OK);
    let page = city.get_signed_out("/log").await.said();
    assert!(page.contains("存证日志") && page.contains("quorum none"), "{page}");
}

#[tokio::test]
async fn erasing_a_record_keeps_every_proof() {
    let city = City::new().await;
    let (_, code) = issued(&city).await;
    log::round(&city.app).await.unwrap();
    let before = city.get_signed_out(&format!("/verify/{code}/proof")).await.bytes;
    let mut conn = city.app.db.write().await.unwrap();
    let erased = conn
        .run("delete from log_key where log = 'audit' and position in (select position from log_entry where log = 'audit' and source = 'event')", &[])
        .await
        .unwrap();
    conn.commit().await.unwrap();
    let report = reconcile::reconcile(&city.app).await.unwrap();
    assert!(report.is_sound() && report.erased == erased && erased > 5, "{report:?}");
    assert_eq!(city.get_signed_out(&format!("/verify/{code}/proof")).await.bytes, before);
    // And the opinion's own: the proof that its holder keeps holds as before, what the platform still has opens for nobody.
    let row = &city.rows("select sha256 from opinion", &[]).await[0];
    let record = serde_json::json!({ "sha256": row.get::<String>("sha256").unwrap() });
    let policy = city.get_signed_out("/log/policy.txt").await.bytes;
    assert!(ledger::verify_record(&record, &before, &policy).is_ok());
    let own = "delete from log_key where log = 'public' and position in
         (select position from log_entry where log = 'public' and source = 'opinion')";
    city.run(own, &[]).await;
    assert!(ledger::verify_record(&record, &before, &policy).is_ok(), "the holder's proof");
    assert!(reconcile::reconcile(&city.app).await.unwrap().is_sound());
    let now = city.get_signed_out(&format!("/verify/{code}/proof")).await.bytes;
    assert!(ledger::verify_record(&record, &now, &policy).is_err(), "what is left must not tell what it was");
    assert!(ledger::verify_enclosed(&now, &policy).is_ok(), "the entry's place is still proven");
}

#[tokio::test]
async fn the_drill_finds_every_change() {
    let city = City::new().await;
    issued(&city).await;
    if matches!(city.app.db, Database::Postgres(_)) {
        let refused = drill(&city.app, &DrillArgs { mutations: 9, seed: 1 }).await.unwrap_err().to_string();
        assert!(refused.contains("PostgreSQL"), "{refused}");
        return;
    }
    let said = drill(&city.app, &DrillArgs { mutations: 270, seed: 7 }).await.unwrap();
    assert!(said.contains("every one was found"), "{said}");
    assert!(told(&city.app).await.unwrap().contains("nothing was changed"), "the original is untouched");
}

#[tokio::test]
async fn an_old_folder_is_not_continued() {
    let city = City::new().await;
    issued(&city).await;
    log::round(&city.app).await.unwrap();
    let folder = log::folder(&city.app, Log::Audit);
    std::fs::remove_dir_all(&folder).unwrap();
    city.get("client", "/work").await;
    let before = city.count("select count(*) from log_checkpoint", &[]).await;
    city.post("head", "/custody/places", &[("do", "add"), ("kind", "room"), ("name", "检材室")]).await;
    Story::at(&city, State::Accepted).await;
    let refused = format!("{:#}", log::round(&city.app).await.unwrap_err());
    assert!(refused.contains("restored from an old backup"), "{refused}");
    assert_eq!(city.count("select count(*) from log_checkpoint", &[]).await, before);
}

/// A server on a port of its own.
async fn listen(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_follows_and_shouts_at_a_fork() {
    let city = City::new().await;
    let (story, _) = issued(&city).await;
    log::round(&city.app).await.unwrap();
    let url = format!("{}/log/public", listen(platform::service(city.app.clone())).await);
    let key = log::keys(&city.app).unwrap().verifier(Log::Public).to_string();
    let folder = tempfile::tempdir().unwrap();
    let look = || {
        let (url, key, folder) = (url.clone(), key.clone(), folder.path().to_owned());
        tokio::task::spawn_blocking(move || mirror::once(&url, &folder, &key))
    };
    assert!(look().await.unwrap().unwrap().contains("every entry and tile holds"));
    assert!(look().await.unwrap().unwrap().contains("as before"));
    // The operator, who has database and key, rewrites what was issued and builds the log anew.
    for log in Log::ALL {
        std::fs::remove_dir_all(log::folder(&city.app, log)).unwrap();
    }
    let mut conn = city.app.db.write().await.unwrap();
    let triggers = match city.app.db {
        Database::Sqlite { .. } => vec![
            "drop trigger log_entry_no_update",
            "drop trigger log_checkpoint_no_delete",
            "drop trigger log_entry_no_delete",
        ],
        Database::Postgres(_) => vec![
            "drop trigger log_entry_append_only on log_entry",
            "drop trigger log_checkpoint_append_only on log_checkpoint",
        ],
    };
    for sql in triggers {
        conn.run(sql, &[]).await.unwrap();
    }
    conn.run("update opinion set sha256 = 'forged' where case_id = $1", values![&story.id]).await.unwrap();
    conn.run("delete from log_checkpoint", &[]).await.unwrap();
    conn.run("delete from log_key", &[]).await.unwrap();
    conn.run("insert into log_outbox (log, source, source_id) select log, source, source_id from log_entry where source <> 'log_checkpoint' order by log, position", &[]).await.unwrap();
    conn.run("delete from log_entry", &[]).await.unwrap();
    conn.commit().await.unwrap();
    log::round(&city.app).await.unwrap();
    let alarm = look().await.unwrap().unwrap_err().to_string();
    assert!(alarm.contains("ALARM"), "{alarm}");
    assert!(folder.path().join("evidence").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_cosigns_growth_and_the_policy_asks_for_it() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("platform");
    std::fs::create_dir_all(&folder).unwrap();
    // The key of the log is made first, so that the witness can be told it.
    let mut city = City::with(|_| {}).await;
    let keys = log::keys(&city.app).unwrap();
    let witness =
        Witness::open(&[keys.verifier(Log::Public).to_string()], &home.path().join("witness"), "court.test/witness")
            .unwrap();
    let witness = Arc::new(witness);
    let url = listen(service(witness.clone())).await;
    city = city.again(|config| config.witnesses = vec![Watched { url, key: witness.key() }]).await;
    let (_, code) = issued(&city).await;
    log::round(&city.app).await.unwrap();
    let policy = city.get_signed_out("/log/policy.txt").await;
    assert!(policy.text().contains("quorum watched"), "{}", policy.text());
    let proof = city.get_signed_out(&format!("/verify/{code}/proof")).await;
    let (verified, _) = ledger::verify_enclosed(&proof.bytes, &policy.bytes).unwrap();
    assert_eq!(verified.witnesses.len(), 1);
    // The same history again is fine; from another size it says which it saw; another history is refused.
    let checkpoint = city.get_signed_out("/log/public/checkpoint").await.text();
    let own =
        checkpoint.lines().take_while(|line| !line.contains("court.test")).map(|line| format!("{line}\n")).collect();
    let ask = |old: u64| Request { old, proof: Vec::new(), checkpoint: own }.to_string();
    let (status, kind, body) = witness.answer(ask(0).as_bytes()).unwrap();
    assert_eq!((status, kind), (409, "text/x.tlog.size"));
    assert!(body.trim().parse::<u64>().unwrap() > 0);
    assert_eq!(witness.answer(b"nonsense").unwrap().0, 400);
}
