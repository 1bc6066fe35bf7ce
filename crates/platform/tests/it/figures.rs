//! Figures of the table in the security anchors that want a whole platform: T4, T8, T9. Others: T1–T3, T5, T10, T12 and D3 in
//! crate `ledger`, T6 and D1 in `crash`, S1–S3 in crate `seal` and `signing`, T7 in `bench_log`, T11 by `scripts/court-recipe`.

use crate::support::{City, Story};
use ledger::{CommitmentKey, Directory, Head, Tiles};
use platform::app::Witness as Watched;
use platform::cases::State;
use platform::db::Database;
use platform::log::{self, Log, reconcile};
use platform::transparency::mirror;
use platform::transparency::witness::{Witness, service};
use platform::values;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

async fn listen(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    format!("http://{address}")
}

/// What the master of the database does before he changes what only grows.
async fn disarm(city: &City) {
    let triggers: &[&str] = match city.app.db {
        Database::Sqlite { .. } => &[
            "drop trigger log_entry_no_update",
            "drop trigger log_checkpoint_no_delete",
            "drop trigger log_entry_no_delete",
        ],
        Database::Postgres(_) => &[
            "drop trigger log_entry_append_only on log_entry",
            "drop trigger log_checkpoint_append_only on log_checkpoint",
        ],
    };
    for sql in triggers {
        city.run(sql, &[]).await;
    }
}

/// T4: whoever has database and signing key rewrites one opinion, and four find it, each by itself.
#[tokio::test(flavor = "multi_thread")]
async fn t4_a_rewritten_history_is_found_by_four() {
    let home = tempfile::tempdir().unwrap();
    let mut city = City::new().await;
    let keys = log::keys(&city.app).unwrap();
    let verifier = keys.verifier(Log::Public).clone();
    let witness = Witness::open(&[verifier.to_string()], &home.path().join("witness"), "court.test/witness").unwrap();
    let witness = Arc::new(witness);
    let url = listen(service(witness.clone())).await;
    city = city.again(|config| config.witnesses = vec![Watched { url, key: witness.key() }]).await;
    let story = Story::at(&city, State::Issued).await;
    log::round(&city.app).await.unwrap();
    let code = &city.rows("select check_code from opinion", &[]).await[0];
    let proof = format!("/verify/{}/proof", code.get::<String>("check_code").unwrap());
    let kept = city.get_signed_out(&proof).await.bytes;
    let kept = ledger::Proof::parse(&kept).unwrap();
    let url = format!("{}/log/public", listen(platform::service(city.app.clone())).await);
    let (folder, key) = (home.path().join("mirror"), verifier.to_string());
    let look = || {
        let (url, folder, key) = (url.clone(), folder.clone(), key.clone());
        tokio::task::spawn_blocking(move || mirror::once(&url, &folder, &key))
    };
    look().await.unwrap().unwrap();

    disarm(&city).await;
    city.run("update opinion set sha256 = 'forged' where case_id = $1", values![&story.id]).await;
    // 1: the reconciler holds the row against its entry.
    let report = reconcile::reconcile(&city.app).await.unwrap();
    let of_opinion =
        |one: &&reconcile::Finding| matches!(one, reconcile::Finding::Changed { source, .. } if source == "opinion");
    assert_eq!(report.findings.iter().filter(of_opinion).count(), 2, "in both logs: {:?}", report.findings);

    for log in Log::ALL {
        std::fs::remove_dir_all(log::folder(&city.app, log)).unwrap();
    }
    for sql in [
        "delete from log_checkpoint",
        "delete from log_key",
        "insert into log_outbox (log, source, source_id) select log, source, source_id from log_entry where source <> 'log_checkpoint' order by log, position",
        "delete from log_entry",
    ] {
        city.run(sql, &[]).await;
    }
    // Time goes by, so that the forged log becomes as long as the old one and longer.
    Story::at(&city, State::Accepted).await;
    log::round(&city.app).await.unwrap();
    let forged = city.get_signed_out("/log/public/checkpoint").await.bytes;
    let forged = Head::open(&forged, &verifier).unwrap();
    // 2: the witness does not cosign.
    let cosigned = forged.signed_by(&[ledger::VerifierKey::parse(&witness.key()).unwrap()]);
    assert!(!cosigned.is_ok_and(|all| !all.is_empty()));
    // 3: the mirror shouts and keeps the evidence.
    let alarm = look().await.unwrap().unwrap_err().to_string();
    assert!(alarm.contains("ALARM") && folder.join("evidence").exists(), "{alarm}");
    // 4: the checkpoint in a citizen's old proof is not one that today's log continues.
    let old = Head::open(kept.checkpoint.as_bytes(), &verifier).unwrap();
    let files = Directory::new(log::folder(&city.app, Log::Public));
    assert!(ledger::follow(&old, &forged, &files).is_err());
}

/// T8: a list of a million people, and every name and number of the case, find nothing in what is published.
#[tokio::test]
async fn t8_nobody_is_found_in_the_logs_by_trying() {
    let city = City::new().await;
    Story::at(&city, State::Issued).await;
    log::round(&city.app).await.unwrap();
    let (mut published, mut text) = (HashSet::new(), String::new());
    for log in Log::ALL {
        let files = Directory::new(log::folder(&city.app, log));
        for path in files.list().unwrap() {
            let bytes = files.read(&path).unwrap().unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes));
            if path.starts_with("tile/") && !path.starts_with("tile/entries") {
                published.extend(bytes.chunks_exact(32).map(|hash| <[u8; 32]>::try_from(hash).unwrap()));
            }
        }
        let rows = city.rows("select leaf from log_entry where log = $1", values![log.word()]).await;
        for row in rows {
            let leaf = ledger::Leaf::parse(&row.get::<Vec<u8>>("leaf").unwrap()).unwrap();
            published.insert(leaf.commitment().0);
        }
    }
    assert!(published.len() > 50, "there is something to find");
    let content = &city.rows("select content from appraisal_case", &[]).await[0];
    let content: serde_json::Value = serde_json::from_str(&content.get::<String>("content").unwrap()).unwrap();
    let examinee = &content["entrustment"]["examinee"];
    let planted: Vec<&str> = ["name", "id_number", "phone"].iter().filter_map(|one| examinee[*one].as_str()).collect();
    let planted: Vec<&str> = planted.into_iter().filter(|one| !one.is_empty()).collect();
    assert!(!planted.is_empty(), "{examinee}");
    for one in &planted {
        assert!(!text.contains(one), "{one} is in the files");
    }
    // The attacker hashes what he knows in every way that the format shows him.
    let guess = |word: &str| -> Vec<[u8; 32]> {
        let record = serde_json::json!({ "id_number": word });
        let canonical = ledger::jcs::canonical(&record).unwrap();
        vec![
            Sha256::digest(word).into(),
            Sha256::digest(&canonical).into(),
            CommitmentKey([0; 32]).commit(&record).unwrap().0,
        ]
    };
    // 10^6 identity cards: one district, births of half a century, a number each.
    let ids = (0..1_000_000_u32)
        .map(|n| format!("110105{:04}{:02}{:02}{:03}X", 1950 + n % 50, n % 12 + 1, n % 28 + 1, n / 1_000));
    let found = ids.chain(planted.iter().map(|one| (*one).to_owned())).filter(|word| {
        // The two cheap ways for all, the dear one for the planted.
        let hash: [u8; 32] = Sha256::digest(word).into();
        published.contains(&hash)
            || (planted.contains(&word.as_str()) && guess(word).iter().any(|hash| published.contains(hash)))
    });
    assert_eq!(found.count(), 0);
    // The attack itself works: an entry without its key would be found.
    let hash: [u8; 32] = Sha256::digest(planted[0]).into();
    published.insert(hash);
    assert!(guess(planted[0]).iter().any(|one| published.contains(one)));
}

/// T9: a thousand records lose their keys; every older proof holds, and the keys are in no backup made afterwards.
#[tokio::test]
async fn t9_erasing_keeps_every_proof_and_leaves_no_key() {
    let city = City::new().await;
    Story::at(&city, State::Issued).await;
    let mut conn = city.app.db.write().await.unwrap();
    for n in 0..1_000 {
        conn.run(
            "insert into account_event (happened_at, actor_id, actor_name, account_id, account_login, action, result, detail, request_id)
             values ('2026-11-30T00:00:00.000Z', 'x', $1, 'x', 'x', 'disabled', 'done', '{}', 'x')",
            values![format!("某人{n}")],
        )
        .await
        .unwrap();
    }
    conn.commit().await.unwrap();
    log::round(&city.app).await.unwrap();
    let code = &city.rows("select check_code from opinion", &[]).await[0];
    let proof = format!("/verify/{}/proof", code.get::<String>("check_code").unwrap());
    let (before, policy) =
        (city.get_signed_out(&proof).await.bytes, city.get_signed_out("/log/policy.txt").await.bytes);
    let keys = log::keys(&city.app).unwrap();
    let audit = city.get_signed_out("/log/audit/checkpoint").await.bytes;
    let old = Head::open(&audit, keys.verifier(Log::Audit)).unwrap();

    let secrets = "select k.secret from log_key k join log_entry e on e.log = k.log and e.position = k.position
                   where e.log = 'audit' and e.source = 'account_event'";
    let secrets = city.rows(secrets, &[]).await;
    assert!(secrets.len() >= 1_000);
    let erase = "delete from log_key where log = 'audit' and position in
                 (select position from log_entry where log = 'audit' and source = 'account_event')";
    city.run(erase, &[]).await;
    Story::at(&city, State::Accepted).await;
    log::round(&city.app).await.unwrap();

    let report = reconcile::reconcile(&city.app).await.unwrap();
    assert!(report.is_sound() && report.erased >= 1_000, "{report:?}");
    assert!(ledger::verify_enclosed(&before, &policy).is_ok(), "a proof from before");
    assert!(ledger::verify_enclosed(&city.get_signed_out(&proof).await.bytes, &policy).is_ok(), "and one from after");
    let audit = city.get_signed_out("/log/audit/checkpoint").await.bytes;
    let new = Head::open(&audit, keys.verifier(Log::Audit)).unwrap();
    assert!(new.checkpoint().size > old.checkpoint().size);
    ledger::follow(&old, &new, &Directory::new(log::folder(&city.app, Log::Audit))).unwrap();
    if let Database::Sqlite { .. } = city.app.db {
        let copy = city.folder().join("backup.db");
        city.app.db.copy_to(&copy).await.unwrap();
        let bytes = std::fs::read(&copy).unwrap();
        let there: HashSet<&[u8]> = bytes.windows(32).collect();
        let left = secrets.iter().filter(|row| there.contains(row.get::<Vec<u8>>("secret").unwrap().as_slice()));
        assert_eq!(left.count(), 0, "a key is in a backup made after the erasure");
    }
}
