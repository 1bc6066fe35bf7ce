//! The volume over HTTP: what is missing, the export held to its checksums and pages, hold, filing, the log of readings.

use crate::support::{City, PNG, Story};
use axum::http::StatusCode;
use lopdf::Document;
use platform::cases::{Action, State};
use platform::values;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

async fn accesses(city: &City, case: &str) -> Vec<(String, String, String)> {
    let sql = "select what, purpose, by_name from archive_access where subject_id = $1 order by sequence";
    let rows = city.rows(sql, values![case]).await;
    let text = |row: &platform::db::Row, column: &str| row.get::<String>(column).unwrap();
    rows.iter().map(|row| (text(row, "what"), text(row, "purpose"), text(row, "by_name"))).collect()
}

fn pages(bytes: &[u8]) -> usize {
    Document::load_mem(bytes).unwrap().get_pages().len()
}

fn unpacked(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        found.insert(name, content);
    }
    found
}

/// A case up to its archive with a photograph and a film in its records.
async fn archived(city: &City) -> Story<'_> {
    let story = Story::at(city, State::InExamination).await;
    let (record, _) = story.records_with_photo("appraiser").await;
    // The first bytes of an MP4 file.
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    story.uploads("appraiser", &record, "检查.mp4", film).await.leads_on();
    story.uploads("appraiser", &record, "X光.png", PNG).await.leads_on();
    story.goes_on_to(State::Archived).await;
    story
}

#[tokio::test]
async fn a_volume_is_exported_whole_and_every_checksum_holds() {
    let city = City::new().await;
    let story = archived(&city).await;
    let page = city.get("archivist", &story.path("/volume")).await;
    let said = page.is(StatusCode::OK).said();
    assert!(said.contains("案卷中应有的文书都在") && said.contains("至2056-03-02"), "{said}");

    // Archived: nobody takes it away without saying what for.
    let export = story.path("/volume.zip");
    let asked = city.post("archivist", &export, &[("purpose", " ")]).await;
    assert!(asked.is(StatusCode::UNPROCESSABLE_ENTITY).said().contains("请填写。"), "{}", asked.said());
    assert_eq!(accesses(&city, &story.id).await.len(), 1, "only the page was read");

    let answer = city.post("archivist", &export, &[("purpose", "法院调卷")]).await;
    assert_eq!(answer.is(StatusCode::OK).header("content-type"), "application/zip");
    let files = unpacked(answer.bytes);
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), files.len() - 1, "every file but the list itself");
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        assert_eq!(hex::encode(Sha256::digest(&files[name])), sum, "{name}");
    }
    assert!(files.keys().any(|name| name.starts_with("01-司法鉴定意见书")), "{:?}", files.keys());
    assert!(files.keys().any(|name| name.ends_with("检查.mp4")), "{:?}", files.keys());

    // The PDF has the front, what the index counts, and the closing sheet.
    let index = String::from_utf8(files["index.csv"].clone()).unwrap();
    let mut table = csv::Reader::from_reader(index.trim_start_matches('\u{FEFF}').as_bytes());
    let (mut counted, mut next) = (0, 1);
    for row in table.records().map(Result::unwrap) {
        assert!(files.contains_key(&row[6]), "{row:?}");
        if row[5].is_empty() {
            assert!(row[6].ends_with(".mp4"), "only the film has no pages: {row:?}");
            continue;
        }
        let (first, many): (usize, usize) = (row[4].parse().unwrap(), row[5].parse().unwrap());
        assert_eq!(first, next, "{row:?}");
        if row[6].ends_with(".pdf") {
            assert_eq!(many, pages(&files[&row[6]]), "{row:?}");
        }
        (counted, next) = (counted + many, next + many);
    }
    let (cover, closing) = (2, 1);
    assert_eq!(pages(&files["00-案卷.pdf"]), cover + counted + closing);

    let pdf = city.post("supervisor", &story.path("/volume.pdf"), &[("purpose", "投诉调查")]).await;
    assert_eq!(pages(&pdf.is(StatusCode::OK).bytes), cover + counted + closing);
    let read = accesses(&city, &story.id).await;
    let expected = [
        ("volume", "", "人archivist"),
        ("volume_zip", "法院调卷", "人archivist"),
        ("volume_pdf", "投诉调查", "人supervisor"),
    ];
    assert_eq!(read, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
}

#[tokio::test]
async fn what_is_missing_is_said_with_what_to_do() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let said = city.get("archivist", &story.path("/volume")).await.said();
    for missing in ["司法鉴定意见书", "鉴定记录", "司法鉴定复核意见", "送达登记", "请复核人办理“复核通过”。"]
    {
        assert!(said.contains(missing), "{missing}: {said}");
    }
    let list = said.split("案卷中还没有：").nth(1).unwrap().split("状态").next().unwrap();
    assert!(!list.contains("司法鉴定委托书"), "what is there is not missing: {list}");
    // Half a case has half a volume, and needs no purpose inside its house.
    let pdf = city.post("head", &story.path("/volume.pdf"), &[]).await;
    assert!(pages(&pdf.is(StatusCode::OK).bytes) > 5);
    city.post("supervisor", &story.path("/volume.pdf"), &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn downloads_of_an_archived_case_are_logged_and_of_an_open_one_are_not() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    let opinion = story.path(&format!("/papers/{}", story.papers("opinion_document").await[0]));
    city.get("client", &opinion).await.is(StatusCode::OK);
    assert_eq!(accesses(&city, &story.id).await, []);
    story.goes_on_to(State::Archived).await;
    city.get("client", &opinion).await.is(StatusCode::OK);
    let review = story.path(&format!("/papers/{}", story.papers("review_opinion").await[0]));
    city.get("client", &review).await.is(StatusCode::NOT_FOUND);
    assert_eq!(accesses(&city, &story.id).await, [("paper".to_owned(), String::new(), "人client".to_owned())]);
    for sql in ["update archive_access set purpose = 'x'", "delete from archive_access"] {
        let mut conn = city.app.db.write().await.unwrap();
        assert!(conn.run(sql, &[]).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_hold_is_set_and_lifted_with_a_reason_by_those_who_may() {
    let city = City::new().await;
    let story = Story::at(&city, State::Archived).await;
    let hold = story.path("/volume/hold");
    for (login, fields, status, why) in [
        ("head", &[("hold", "set")][..], StatusCode::UNPROCESSABLE_ENTITY, "without a reason"),
        ("head", &[("reason", "投诉未结")], StatusCode::UNPROCESSABLE_ENTITY, "neither set nor lifted"),
        ("archivist", &[("hold", "set"), ("reason", "投诉未结")], StatusCode::FORBIDDEN, "not hers to decide"),
        ("client", &[("hold", "set"), ("reason", "投诉未结")], StatusCode::NOT_FOUND, "not there for clients"),
        ("foreign_head", &[("hold", "set"), ("reason", "投诉未结")], StatusCode::NOT_FOUND, "another house"),
        ("head", &[("hold", "lift"), ("reason", "投诉已结")], StatusCode::CONFLICT, "there is none"),
        ("supervisor", &[("hold", "set"), ("reason", "投诉未结")], StatusCode::SEE_OTHER, "the bureau"),
        ("head", &[("hold", "set"), ("reason", "投诉未结")], StatusCode::CONFLICT, "it is set"),
    ] {
        assert_eq!(city.post(login, &hold, fields).await.status, status, "{why}");
    }
    let said = city.get("archivist", &story.path("/volume")).await.said();
    assert!(said.contains("保全中，不得销毁或者移交") && said.contains("投诉未结"), "{said}");
    assert!(city.get("archivist", "/archive?show=filed").await.said().contains("保全"));
    city.post("head", &hold, &[("hold", "lift"), ("reason", "投诉已结")]).await.leads_on();
    assert!(city.get("archivist", &story.path("/volume")).await.said().contains("没有保全"));
    assert_eq!(city.count("select count(*) from archive_hold", &[]).await, 2);
}

#[tokio::test]
async fn a_volume_is_not_there_for_clients_and_other_houses() {
    let city = City::new().await;
    let story = Story::at(&city, State::Accepted).await;
    for login in ["client", "colleague", "foreign_head", "foreign_archivist"] {
        city.get(login, &story.path("/volume")).await.is(StatusCode::NOT_FOUND);
        for export in ["/volume.pdf", "/volume.zip"] {
            city.post(login, &story.path(export), &[("purpose", "好奇")]).await.is(StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(accesses(&city, &story.id).await, []);
}

#[tokio::test]
async fn a_declined_case_is_listed_and_filed() {
    let city = City::new().await;
    let declined = Story::at(&city, State::Declined).await;
    let delivered = Story::at(&city, State::Delivered).await;
    let page = city.get("archivist", "/archive").await;
    let said = page.said();
    assert!(said.contains("共 2 件") && said.contains("2026-06-02"), "three months after 2026-03-02: {said}");
    assert!(page.text().contains(&declined.path("/volume")) && page.text().contains(&delivered.path("/volume")));
    assert!(city.get("foreign_archivist", "/archive").await.said().contains("没有待归档的案件"));
    city.get("client", "/archive").await.is(StatusCode::FORBIDDEN);

    let filing = |story: &Story| story.path("/volume/filing");
    let shelf = [("shelf", "B-01")];
    city.post("head", &filing(&declined), &shelf).await.is(StatusCode::FORBIDDEN);
    city.post("archivist", &filing(&declined), &[]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    // The delivered one has a step of its own.
    city.post("archivist", &filing(&delivered), &shelf).await.is(StatusCode::CONFLICT);
    let step = format!("/cases/{}/do/archive", delivered.id);
    assert!(city.get("archivist", &delivered.path("/volume")).await.text().contains(&step));
    city.post("archivist", &filing(&declined), &shelf).await.leads_on();
    city.post("archivist", &filing(&declined), &shelf).await.is(StatusCode::CONFLICT);
    delivered.step("archivist", Action::Archive).await.leads_on();
    let filed = city.get("supervisor", "/archive?show=filed").await.said();
    assert!(filed.contains("共 2 件") && filed.contains("至2056-03-02"), "{filed}");
    assert!(city.get("head", "/archive").await.said().contains("没有待归档的案件"));
}
