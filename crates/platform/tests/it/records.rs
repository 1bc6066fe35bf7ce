//! Examination records and the draft over HTTP: versions that stay, late entries that say so, files that do not lie, comments
//! that bind.

use crate::support::{Answer, City, PNG, Story, borrowed};
use axum::http::StatusCode;
use platform::cases::{Action, State};
use platform::values;

fn id_of(to: &str) -> String {
    to.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_correction_is_a_new_version_and_the_old_one_stays() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let record = id_of(&story.records("appraiser", &[]).await.leads_on());
    let edit = story.path(&format!("/records/{record}/edit"));
    let changed = [("version", "1"), ("text", "测得长度四厘米。")];
    let without = story.record_fields(&changed);
    city.post("appraiser", &edit, &borrowed(&without)).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let mut fields = story.record_fields(&changed);
    fields.push(("reason".into(), "读数有误".into()));
    city.post("appraiser", &edit, &borrowed(&fields)).await.leads_on();
    // The second one had the first version open: what was typed is kept, nothing is written.
    let mut late = story.record_fields(&[("version", "1"), ("text", "测得长度五厘米。")]);
    late.push(("reason".into(), "再读".into()));
    let conflict = city.post("second", &edit, &borrowed(&late)).await;
    assert!(conflict.is(StatusCode::CONFLICT).text().contains("测得长度五厘米。"));
    let sql = "select count(*) from examination_record_version where record_id = $1";
    assert_eq!(city.count(sql, values![&record]).await, 2);
    let versions = city.get("appraiser", &story.path(&format!("/records/{record}/versions"))).await;
    let text = versions.is(StatusCode::OK).text();
    assert!(text.contains("<del>三</del>") && text.contains("<ins>四</ins>") && text.contains("读数有误"), "{text}");
}

#[tokio::test]
async fn the_database_itself_keeps_every_record() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    story.records_with_photo("appraiser").await;
    for sql in [
        "update examination_record_version set content = '{}'",
        "delete from examination_record_version",
        "delete from examination_record_confirmation",
        "delete from examination_record_file",
        "update examination_record set number = 9",
    ] {
        let mut conn = city.app.db.write().await.unwrap();
        assert!(conn.run(sql, &[]).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_late_record_says_so_and_supervisors_are_pointed_to_it() {
    let city = City::new().await;
    let id = Story::at(&city, State::InExamination).await.id;
    let before = city.today();
    city.app.clock.move_to(before.tomorrow().unwrap());
    let mut city = city;
    city.all_sign_in_again().await;
    let story = Story { city: &city, id };
    let (started, ended) = (format!("{before}T11:00"), format!("{before}T11:30"));
    let times = [("started", started.as_str()), ("ended", ended.as_str())];
    let refused = story.records("appraiser", &times).await;
    assert!(refused.is(StatusCode::UNPROCESSABLE_ENTITY).said().contains("请写明补记的原因"));
    let flags = "select count(*) from supervision_flag where kind = 'late_record' and subject_id = $1";
    assert_eq!(city.count(flags, values![&story.id]).await, 0);
    let with_reason = [times[0], times[1], ("late_reason", "检查室停电")];
    let to = story.records("appraiser", &with_reason).await.leads_on();
    assert!(city.get("supervisor", &to).await.said().contains("检查室停电"));
    assert_eq!(city.count(flags, values![&story.id]).await, 1);
    // A correction of it stays late and raises no second flag.
    let mut fields = story.record_fields(&[times[0], times[1], ("version", "1")]);
    fields.push(("reason".into(), "补充".into()));
    city.post("appraiser", &format!("{to}/edit"), &borrowed(&fields)).await.leads_on();
    assert_eq!(city.count(flags, values![&story.id]).await, 1);
    let late = "select count(*) from examination_record_version where late = 1";
    assert_eq!(city.count(late, &[]).await, 2);
}

/// S11 over HTTP: the psychiatric examination without anybody who must come is refused, the absence is recorded.
#[tokio::test]
async fn s11_no_witness_no_examination() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let before = story.picture().await;
    let refused = story.records("appraiser", &[("kind", "psychiatric"), ("capability", "limited")]).await;
    let said = refused.is(StatusCode::CONFLICT).said();
    assert!(said.contains("不得进行") && said.contains("第二十五条"), "{said}");
    assert_eq!(story.picture().await, before);
    story.records("appraiser", &[("kind", "absence"), ("text", "监护人未到场。")]).await.leads_on();
    let present = [
        ("kind", "psychiatric"),
        ("capability", "limited"),
        ("person_name", "鉴定人appraiser"),
        ("person_capacity", "appraiser"),
        ("person_signed", "yes"),
        ("person_name", "张母"),
        ("person_capacity", "relative"),
        ("person_signed", "yes"),
    ];
    story.records("appraiser", &present).await.leads_on();
}

#[tokio::test]
async fn a_file_that_lies_is_refused_whole() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let (record, item) = story.records_with_photo("appraiser").await;
    let lie = story.uploads("appraiser", &record, "谈话.mp3", PNG).await;
    assert!(lie.is(StatusCode::BAD_REQUEST).said().contains("谈话.mp3"));
    story.uploads("appraiser", &record, "程序.exe", b"MZ").await.is(StatusCode::BAD_REQUEST);
    let many = "select count(*) from examination_record_file where record_id = $1";
    assert_eq!(city.count(many, values![&record]).await, 1);
    let path = story.path(&format!("/records/{record}/files/{item}"));
    let file = city.get("reviewer", &path).await;
    assert_eq!(file.is(StatusCode::OK).header("content-type"), "image/png");
    assert!(file.header("content-security-policy").contains("sandbox"));
    city.get("client", &path).await.is(StatusCode::NOT_FOUND);
    city.get("foreign_head", &path).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_appraisers_of_the_case_write_and_only_in_its_time() {
    let city = City::new().await;
    let story = Story::at(&city, State::Assigned).await;
    story.records("appraiser", &[]).await.is(StatusCode::CONFLICT);
    story.goes_on_to(State::InExamination).await;
    for (who, status) in [
        ("head", StatusCode::CONFLICT),
        ("reviewer", StatusCode::CONFLICT),
        ("supervisor", StatusCode::CONFLICT),
        ("client", StatusCode::NOT_FOUND),
        ("foreign_appraiser", StatusCode::NOT_FOUND),
        ("third", StatusCode::CONFLICT),
        ("system_administrator", StatusCode::FORBIDDEN),
    ] {
        story.records(who, &[]).await.is(status);
    }
    story.records("second", &[("person_name", "鉴定人second")]).await.leads_on();
}

/// The step of drafting is filled in from the records; where there is none, its short form becomes the record.
#[tokio::test]
async fn drafting_takes_in_the_records() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let record = id_of(&story.records("second", &[("person_name", "鉴定人second")]).await.leads_on());
    let form = city.get("appraiser", &story.path("/do/draft")).await.text();
    assert!(form.contains("测得长度三厘米。") && form.contains("GB/T 1-2020"), "not filled in");
    story.goes_on_to(State::DraftOpinion).await;
    assert_eq!(city.count("select count(*) from examination_record where case_id = $1", values![&story.id]).await, 1);
    // Confirmed by another than its author: still not signed off.
    let confirm = story.path(&format!("/records/{record}/confirm"));
    city.post("appraiser", &confirm, &[("version", "1")]).await.leads_on();
    let refused = story.step("appraiser", Action::SubmitForReview).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("第1号鉴定记录还没有由记录人确认"));
    city.post("second", &confirm, &[("version", "1")]).await.leads_on();
    story.step("appraiser", Action::SubmitForReview).await.leads_on();
    let other = Story::at(&city, State::InExamination).await;
    let late = other.step_with("appraiser", Action::Draft, &[("from", "2026-02-27"), ("to", "2026-02-27")]).await;
    assert!(late.is(StatusCode::CONFLICT).said().contains("没有按时记录"), "an examination of last Friday");
    other.goes_on_to(State::DraftOpinion).await;
    let rows = city
        .rows("select v.kind from examination_record_version v join examination_record r on r.id = v.record_id where r.case_id = $1", values![&other.id])
        .await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<String>("kind").unwrap(), "summary");
}

#[tokio::test]
async fn what_is_typed_is_kept_and_becomes_a_version_only_when_saved() {
    let city = City::new().await;
    let story = Story::at(&city, State::DraftOpinion).await;
    let (path, auto) = (story.path("/opinion"), story.path("/opinion/autosave"));
    for text in ["写到一半", "写到一半多"] {
        let body = crate::support::encoded(&[("version", "1"), ("analysis", text)]);
        let request = axum::http::Request::post(&auto)
            .header("host", "sijian.test")
            .header("sec-fetch-site", "same-origin")
            .header("hx-request", "true")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &city.person("appraiser").cookie);
        let kept = city.send(request.body(axum::body::Body::from(body)).unwrap()).await;
        assert!(kept.is(StatusCode::OK).text().contains("尚未成为新的一版"));
    }
    assert_eq!(story.draft_version().await, 1);
    assert_eq!(city.count("select count(*) from opinion_autosave", &[]).await, 1, "one row a person");
    assert!(city.get("appraiser", &path).await.said().contains("接着写"), "offered");
    assert!(!city.get("second", &path).await.said().contains("接着写"), "to nobody else");
    assert!(!city.get("appraiser", &path).await.text().contains("写到一半"), "not put in unasked");
    assert!(city.get("appraiser", &format!("{path}?restore=yes")).await.text().contains("写到一半多"));
    city.post("reviewer", &auto, &[("version", "1")]).await.is(StatusCode::CONFLICT);
    city.post("client", &auto, &[("version", "1")]).await.is(StatusCode::NOT_FOUND);
    story.saves_draft("appraiser", 1, "轻伤一级。").await.leads_on();
    assert_eq!(city.count("select count(*) from opinion_autosave", &[]).await, 0);
    let versions = city.get("reviewer", &story.path("/opinion/versions?from=1&to=2")).await;
    assert!(versions.is(StatusCode::OK).text().contains("<del>"), "{}", versions.said());
    city.get("client", &story.path("/opinion/versions")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn annexes_are_picked_and_a_dissent_has_a_name() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let (_, item) = story.records_with_photo("appraiser").await;
    story.goes_on_to(State::DraftOpinion).await;
    let source = format!("file:{item}");
    let fields = [
        ("version", "1"),
        ("annexes_shown", "yes"),
        ("annex", source.as_str()),
        ("annex", "material:0"),
        ("annexes", "手写的一项"),
        ("dissent", "不同意评定等级。"),
    ];
    let refused = city.post("appraiser", &story.path("/opinion"), &fields).await;
    assert!(refused.is(StatusCode::UNPROCESSABLE_ENTITY).said().contains("请选择持不同意见的鉴定人"));
    let mut named = fields.to_vec();
    named.push(("dissenter", "appraiser-second"));
    city.post("appraiser", &story.path("/opinion"), &named).await.leads_on();
    let sql = "select content from opinion_draft where case_id = $1 and version = 2";
    let content: String = city.rows(sql, values![&story.id]).await[0].get("content").unwrap();
    let draft: platform::cases::draft::Draft = serde_json::from_str(&content).unwrap();
    assert_eq!(draft.annexes, "手写的一项\n病历（1份）\n检查.png（1）");
    assert_eq!(draft.annex_refs.len(), 2);
}

#[tokio::test]
async fn a_comment_that_must_be_met_keeps_the_draft_from_passing() {
    let city = City::new().await;
    let story = Story::at(&city, State::InReview).await;
    let comments = story.path("/opinion/comments");
    let fields =
        [("version", "1"), ("part", "opinion"), ("quote", "轻伤二级"), ("weight", "must"), ("body", "依据不足")];
    for (who, status) in [
        ("appraiser", StatusCode::CONFLICT),
        ("head", StatusCode::CONFLICT),
        ("client", StatusCode::NOT_FOUND),
        ("supervisor", StatusCode::CONFLICT),
    ] {
        city.post(who, &comments, &fields).await.is(status);
    }
    let mut wrong = fields;
    wrong[2] = ("quote", "重伤");
    city.post("reviewer", &comments, &wrong).await.is(StatusCode::CONFLICT);
    let comment = story.comments("reviewer", "must", "轻伤二级").await;
    let page = city.get("reviewer", &story.path("/opinion")).await.text();
    assert!(page.contains("<mark>轻伤二级</mark>"), "the passage is marked");
    assert!(!city.get("client", &story.path("")).await.text().contains("请核对"));
    let refused = story.step("reviewer", Action::Approve).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("必须修改"));
    let reply = format!("{comments}/{comment}");
    city.post("appraiser", &reply, &[("do", "resolved")]).await.is(StatusCode::CONFLICT);
    story.step("reviewer", Action::SendBack).await.leads_on();
    assert!(city.get("appraiser", &story.path("/opinion")).await.said().contains("请核对"));
    city.post("appraiser", &reply, &[("do", "withdrawn")]).await.is(StatusCode::CONFLICT);
    city.post("appraiser", &reply, &[("do", "answered"), ("body", "已补充")]).await.leads_on();
    city.post("appraiser", &reply, &[("do", "resolved")]).await.leads_on();
    city.post("appraiser", &reply, &[("do", "resolved")]).await.is(StatusCode::CONFLICT);
    story.step("appraiser", Action::SubmitForReview).await.leads_on();
    // A remark warns, and what is withdrawn does not count.
    let taken_back = story.comments("reviewer", "must", "轻伤").await;
    city.post("reviewer", &format!("{comments}/{taken_back}"), &[("do", "withdrawn")]).await.leads_on();
    story.comments("reviewer", "remark", "轻伤").await;
    assert!(city.get("reviewer", &story.path("/do/approve")).await.said().contains("还有1条"));
    story.step("reviewer", Action::Approve).await.leads_on();
    let mut conn = city.app.db.write().await.unwrap();
    assert!(conn.run("delete from opinion_comment", &[]).await.is_err(), "kept for ever");
}

/// Eight thousand samples of silence, a second, as a wave file.
fn sound() -> Vec<u8> {
    let samples = 8_000_u32;
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(36 + samples).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&8_000_u32.to_le_bytes());
    file.extend_from_slice(&8_000_u32.to_le_bytes());
    file.extend_from_slice(b"\x01\0\x08\0data");
    file.extend_from_slice(&samples.to_le_bytes());
    file.extend(std::iter::repeat_n(128, samples as usize));
    file
}

/// Asks for a part of a file.
async fn part_of(city: &City, who: &str, path: &str, range: &str, if_range: Option<&str>) -> Answer {
    let mut request = axum::http::Request::get(path)
        .header("host", "sijian.test")
        .header("cookie", &city.person(who).cookie)
        .header("range", range);
    if let Some(tag) = if_range {
        request = request.header("if-range", tag);
    }
    city.send(request.body(axum::body::Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_recording_is_played_in_the_page_part_by_part() {
    let mut city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let (record, _) = story.records_with_photo("appraiser").await;
    let sound = sound();
    story.uploads("appraiser", &record, "询问.wav", &sound).await.leads_on();
    let sql = "select id from examination_record_file where name = '询问.wav'";
    let item: String = city.rows(sql, &[]).await[0].get("id").unwrap();
    let path = story.path(&format!("/records/{record}/files/{item}"));
    let page = city.get("reviewer", &story.path(&format!("/records/{record}"))).await.text();
    assert!(page.contains(&format!("<audio controls preload=\"none\" src=\"{path}\"")), "{page}");

    let whole = city.get("reviewer", &path).await;
    whole.is(StatusCode::OK);
    assert_eq!((whole.header("accept-ranges"), whole.bytes.len()), ("bytes", sound.len()));
    let tag = whole.header("etag").to_owned();
    let all = sound.len();
    for (range, if_range, status, bytes, told, why) in [
        ("bytes=0-", None, 206, 0..all, format!("bytes 0-{}/{all}", all - 1), "how a player begins"),
        ("bytes=100-199", Some(tag.as_str()), 206, 100..200, format!("bytes 100-199/{all}"), "both ends count"),
        ("bytes=-44", None, 206, all - 44..all, format!("bytes {}-{}/{all}", all - 44, all - 1), "the end"),
        ("bytes=100-199", Some("\"another\""), 200, 0..all, String::new(), "another file than he has"),
        ("bytes=9-1", None, 200, 0..all, String::new(), "no range"),
        ("bytes=900000-", None, 416, 0..0, format!("bytes */{all}"), "behind the end"),
    ] {
        let answer = part_of(&city, "reviewer", &path, range, if_range).await;
        assert_eq!(answer.status.as_u16(), status, "{range}: {why}");
        assert_eq!(answer.header("content-range"), told, "{range}: {why}");
        assert!(answer.bytes == sound[bytes.clone()], "{range}: {why}: {} bytes", answer.bytes.len());
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox", "{range}");
        if status == 206 {
            assert_eq!(answer.header("content-length"), bytes.len().to_string(), "{range}");
        }
    }
    for stranger in ["foreign_head", "client"] {
        part_of(&city, stranger, &path, "bytes=0-1", None).await.is(StatusCode::NOT_FOUND);
    }

    // From a closed case it is a reading: one, however many parts the player asks for.
    story.goes_on_to(State::Archived).await;
    let readings = "select count(*) from archive_access where what = 'file' and name like '询问.wav · %'";
    part_of(&city, "head", &path, "bytes=0-999", None).await.is(StatusCode::PARTIAL_CONTENT);
    part_of(&city, "head", &path, "bytes=1000-1999", None).await.is(StatusCode::PARTIAL_CONTENT);
    part_of(&city, "head", &path, "bytes=900000-", None).await.is(StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(city.count(readings, &[]).await, 1, "one reading goes on");
    part_of(&city, "reviewer", &path, "bytes=1000-", None).await.is(StatusCode::PARTIAL_CONTENT);
    assert_eq!(city.count(readings, &[]).await, 2, "nobody reads from the second byte on unseen");
    city.app.clock.advance(3_600);
    city.all_sign_in_again().await;
    part_of(&city, "reviewer", &path, "bytes=1000-", None).await.is(StatusCode::PARTIAL_CONTENT);
    assert_eq!(city.count(readings, &[]).await, 3, "an hour later it is another reading");
}
