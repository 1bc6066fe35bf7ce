use super::*;
use crate::values;

/// SQLite ends a transaction by itself when the disk is full; the next one must still begin.
#[tokio::test]
async fn a_full_disk_refuses_one_act_and_not_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let database = Database::sqlite(&dir.path().join("full.db")).await.unwrap();
    let mut conn = database.write().await.unwrap();
    let pages = conn.count("pragma page_count", &[]).await.unwrap();
    conn.run(format!("pragma max_page_count = {}", pages + 4), &[]).await.unwrap();
    let fail = loop {
        let text = "x".repeat(100_000);
        let name = uuid::Uuid::new_v4().to_string();
        if let Err(fail) = conn.run("insert into setting (name, value) values ($1, $2)", values![name, text]).await {
            break fail;
        }
    };
    assert!(matches!(fail, DbError::Full(_)), "{fail:?}");
    drop(conn);
    let mut conn = database.write().await.unwrap();
    conn.run(format!("pragma max_page_count = {}", pages + 1000), &[]).await.unwrap();
    conn.run("insert into setting (name, value) values ('after', 'all')", &[]).await.unwrap();
    conn.commit().await.unwrap();
    let mut conn = database.read().await.unwrap();
    assert_eq!(conn.count("select count(*) from setting", &[]).await.unwrap(), 1, "nothing of the refused act is left");
}

#[tokio::test]
async fn what_is_not_committed_is_not_there() {
    let home = test_database().await.unwrap();
    let mut conn = home.database.write().await.unwrap();
    conn.run("insert into setting (name, value) values ('a', '1')", &[]).await.unwrap();
    drop(conn);
    let mut conn = home.database.read().await.unwrap();
    assert_eq!(conn.count("select count(*) from setting", &[]).await.unwrap(), 0);
}

/// Text order is time order, and dates compare as dates, on both databases.
#[tokio::test]
async fn instants_and_dates_compare_as_text() {
    let home = test_database().await.unwrap();
    let mut conn = home.database.write().await.unwrap();
    let instants = ["2026-03-02T01:00:00Z", "2026-03-02T01:00:00.5Z", "2026-03-02T10:00:00Z", "2027-01-01T00:00:00Z"];
    for (n, instant) in instants.iter().enumerate() {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        conn.run("insert into setting (name, value) values ($1, $2)", values![format!("{n}"), instant]).await.unwrap();
    }
    let rows = conn.all("select name, value from setting order by value", &[]).await.unwrap();
    let order: Vec<String> = rows.iter().map(|row| row.get("name").unwrap()).collect();
    assert_eq!(order, ["0", "1", "2", "3"]);
    let read: jiff::Timestamp = rows[1].get("value").unwrap();
    assert_eq!(read, "2026-03-02T01:00:00.5Z".parse().unwrap());
}

#[tokio::test]
async fn an_event_can_be_neither_changed_nor_removed() {
    let home = test_database().await.unwrap();
    let insert = "insert into event (id, procedure_name, subject_id, subject_version, step, action, to_state, article, actor_id, actor_name,
             actor_role, happened_at, request_id, detail) values ('e', 'case', 's', 1, 'T01', 'entrust', 'received', '', 'a', 'n', 'client', '', '', '{}')";
    let mut conn = home.database.write().await.unwrap();
    conn.run(insert, &[]).await.unwrap();
    conn.commit().await.unwrap();
    for change in ["update event set actor_name = 'other'", "delete from event"] {
        let mut conn = home.database.write().await.unwrap();
        let fail = conn.run(change, &[]).await.unwrap_err();
        assert!(format!("{:?}", fail).contains("append-only"), "{change}: {fail:?}");
    }
}
