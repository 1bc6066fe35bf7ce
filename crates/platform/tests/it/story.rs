//! The whole story of a case over HTTP: the main road, the side roads, two people at once, numbers without gaps.

use crate::support::{City, Story};
use axum::http::StatusCode;
use platform::cases::{Action, State, is_sound};
use platform::values;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[tokio::test]
async fn from_entrustment_to_archive() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let page = city.get("front_desk", &story.path("")).await;
    assert!(page.text().contains("2026-03-11"), "DL01: seven workdays from 2026-03-02: {}", page.said());
    story.goes_on_to(State::Commissioned).await;
    let page = city.get("client", &story.path("")).await.said();
    assert!(page.contains("2026-04-14"), "S03: thirty workdays from 2026-03-02: {page}");
    let row = &city.rows("select code, due_on, due_rule, clock from appraisal_case", &[]).await[0];
    let code: String = row.get("code").unwrap();
    assert!(is_sound(&code) && code.starts_with("310000-2026-"), "{code}");
    assert_eq!(row.get::<String>("due_rule").unwrap(), "DL03");

    story.goes_on_to(State::Archived).await;
    let number = story.number().await.unwrap();
    assert_eq!(number, "沪甲司鉴〔2026〕临鉴字第1号");
    let row = &city.rows("select due_on, clock, opinion_number from appraisal_case", &[]).await[0];
    assert_eq!(row.get::<String>("clock").unwrap(), "stopped");
    assert_eq!(row.get::<Option<String>>("due_on").unwrap(), None);

    // Every step is one event, numbered by the version it made, by who took it.
    let events = city
        .rows("select subject_version, action, actor_name, step, article, request_id from event order by sequence", &[])
        .await;
    let actions: Vec<String> = events.iter().map(|row| row.get("action").unwrap()).collect();
    assert_eq!(
        actions,
        [
            "entrust",
            "accept",
            "commission",
            "assign",
            "declare",
            "declare",
            "begin",
            "draft",
            "submit_for_review",
            "approve",
            "sign",
            "sign",
            "issue",
            "deliver",
            "archive",
        ]
    );
    let versions: Vec<i64> = events.iter().map(|row| row.get("subject_version").unwrap()).collect();
    assert_eq!(versions, (1..=15).collect::<Vec<i64>>());
    assert_eq!(city.version(&story.id).await, 15);
    assert_eq!(events[12].get::<String>("actor_name").unwrap(), "人head");
    assert!(events.iter().all(|row| !row.get::<String>("request_id").unwrap().is_empty()));
    let papers = city.rows("select kind from paper order by kind", &[]).await;
    let kinds: Vec<String> = papers.iter().map(|row| row.get("kind").unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "acceptance_check",
            "commission_agreement",
            "materials_register",
            "notice_to_client",
            "opinion_document",
            "review_opinion"
        ]
    );
    let terms = city.rows("select rule, stopped_on from term order by rule", &[]).await;
    assert!(terms.len() == 2 && terms.iter().all(|row| row.get::<Option<String>>("stopped_on").unwrap().is_some()));
    // It ends there: the page offers nothing more.
    assert!(city.get("head", &story.path("")).await.text().contains("此案的办理已经结束。"));
}

#[tokio::test]
async fn a_refusal_names_its_grounds_and_ends_the_case() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let nothing = story.step_with("head", Action::Decline, &[("grounds", "none of them")]).await;
    nothing.is(StatusCode::CONFLICT);
    assert!(
        nothing.said().contains("没有选择不予受理的理由") && nothing.text().contains("缺少影像资料。"),
        "{}",
        nothing.said()
    );
    story.goes_on_to(State::Declined).await;
    let path = story.path(&format!("/papers/{}", story.papers("refusal_notice").await[0]));
    assert!(city.get("client", &path).await.bytes.starts_with(b"%PDF"));
    let stopped = city.count("select count(*) from term where rule = 'DL01' and stopped_on = '2026-03-02'", &[]).await;
    assert_eq!(stopped, 1);
    story.step("front_desk", Action::Accept).await.is(StatusCode::CONFLICT);
}

/// All the reasons come at once, with what was typed still in the form.
#[tokio::test]
async fn a_refused_act_tells_every_reason_and_keeps_what_was_typed() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    city.run("delete from licence_scope where licence_id like 'institution-%'", &[]).await;
    let answer = story
        .step_with(
            "front_desk",
            Action::Accept,
            &[("answers", "scope"), ("remarks", "材料还缺一份出院小结"), ("fee", "1234.50")],
        )
        .await;
    answer.is(StatusCode::CONFLICT);
    let said = answer.said();
    for reason in
        ["不在本机构登记的业务范围内", "鉴定材料真实、完整、充分", "本机构及其负责人没有应当回避的情形", "第十五条"]
    {
        assert!(said.contains(reason), "{reason} is missing in {said}");
    }
    assert!(answer.text().contains("材料还缺一份出院小结") && answer.text().contains("1234.50"));
}

#[tokio::test]
async fn the_second_of_two_writers_is_told_and_loses_nothing() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let seen = city.version(&story.id).await;
    // Two heads of one house: one declines while the other still has the form of acceptance open.
    story.step("front_desk", Action::Accept).await.leads_on();
    let before = story.picture().await;
    let typed = "经查缺少影像资料，请补充后另行委托。";
    let late = story.step_seen_at("head", Action::Decline, seen, &[("explanation", typed)]).await;
    late.is(StatusCode::CONFLICT);
    assert!(late.text().contains(typed), "what was typed is gone");
    assert!(
        late.said().contains("人front_desk") && late.said().contains("受理"),
        "who was faster, with what: {}",
        late.said()
    );
    assert_eq!(story.picture().await, before);

    // The same step is still to be had: the form comes again, with the version that is now.
    story.goes_on_to(State::Assigned).await;
    let seen = city.version(&story.id).await;
    story.step("second", Action::Declare).await;
    let late = story.step_seen_at("head", Action::Replace, seen - 1, &[("reason", "原鉴定人长期出国")]).await;
    late.is(StatusCode::CONFLICT);
    assert!(late.text().contains("原鉴定人长期出国"));
    let now = city.version(&story.id).await;
    assert!(late.text().contains(&format!("name=\"version\" value=\"{now}\"")), "sending it again would work");
}

#[tokio::test]
async fn two_who_write_the_same_draft_both_keep_their_words() {
    let city = City::new().await;
    let story = Story::at(&city, State::DraftOpinion).await;
    story.saves_draft("second", 1, "第二鉴定人的文字").await.leads_on();
    let late = story.saves_draft("appraiser", 1, "第一鉴定人的文字").await;
    late.is(StatusCode::CONFLICT);
    assert!(
        late.text().contains("第一鉴定人的文字")
            && late.text().contains("第二鉴定人的文字")
            && late.said().contains("人second")
    );
    story.saves_draft("appraiser", 2, "第一鉴定人的文字").await.leads_on();
    let versions = city.count("select count(*) from opinion_draft where case_id = $1", values![&story.id]).await;
    assert_eq!(versions, 3, "no version is overwritten");
}

#[tokio::test]
async fn a_conflict_of_interest_is_declared_and_the_appraiser_replaced() {
    let city = City::new().await;
    let story = Story::at(&city, State::Commissioned).await;
    story.step("head", Action::Assign).await.leads_on();
    story.step("appraiser", Action::Declare).await.leads_on();
    story.step_with("second", Action::Declare, &[("none", ""), ("conflicts", "interest")]).await.leads_on();
    let blocked = story.step("appraiser", Action::Begin).await;
    blocked.is(StatusCode::CONFLICT);
    assert!(blocked.said().contains("鉴定人second声明有应当回避的情形"), "{}", blocked.said());
    let team =
        [("appraisers", "appraiser-appraiser"), ("appraisers", "appraiser-second"), ("lead", "appraiser-appraiser")];
    let again = story.step_with("head", Action::Replace, &team).await;
    again.is(StatusCode::CONFLICT);
    assert!(again.said().contains("不能继续担任本案鉴定人"), "{}", again.said());
    story.step("head", Action::Replace).await.leads_on();
    // Who was replaced does not see the case any more; who came in declares; then it goes on.
    city.get("second", &story.path("")).await.is(StatusCode::NOT_FOUND);
    for login in ["appraiser", "third"] {
        story.step(login, Action::Declare).await.leads_on();
    }
    story.step("appraiser", Action::Begin).await.leads_on();
}

#[tokio::test]
async fn a_review_sends_back_and_signatures_under_the_old_text_count_no_more() {
    let city = City::new().await;
    let story = Story::at(&city, State::InReview).await;
    story.step("reviewer", Action::SendBack).await.leads_on();
    assert!(city.get("appraiser", &story.path("")).await.text().contains("请补充分析说明。"));
    story.saves_draft("appraiser", 1, "改为轻微伤。").await.leads_on();
    story.goes_on_to(State::Approved).await;
    // The draft cannot be changed behind the review.
    story.saves_draft("appraiser", 2, "再改为轻伤一级。").await.is(StatusCode::CONFLICT);
    story.step("head", Action::Issue).await.leads_on();
    let row = &city.rows("select detail from event where action = 'issue'", &[]).await[0];
    assert!(row.get::<String>("detail").unwrap().contains("\"draft\":2"));
}

/// The appraisers of the case may not review it, though the account has the role.
#[tokio::test]
async fn nobody_reviews_the_own_opinion() {
    let city = City::new().await;
    let story = Story::at(&city, State::Commissioned).await;
    let team =
        [("appraisers", "appraiser-appraiser"), ("appraisers", "appraiser-third"), ("lead", "appraiser-appraiser")];
    story.step_with("head", Action::Assign, &team).await.leads_on();
    story.step("appraiser", Action::Declare).await.leads_on();
    story.step("third", Action::Declare).await.leads_on();
    story.step("appraiser", Action::Begin).await.leads_on();
    story.step("appraiser", Action::Draft).await.leads_on();
    story.saves_draft("third", 0, "轻伤二级。").await.leads_on();
    story.step("appraiser", Action::SubmitForReview).await.leads_on();
    let refused = story.step("third", Action::Approve).await;
    refused.is(StatusCode::CONFLICT);
    assert!(refused.said().contains("不能复核自己的意见"), "{}", refused.said());
    story.step("reviewer", Action::Approve).await.leads_on();
}

/// Several issues, one of them failing: no number is lost, none given twice, each series for itself.
#[tokio::test]
async fn numbers_have_no_gaps() {
    let mut city = City::new().await;
    let mut numbers = Vec::new();
    {
        let stories = [
            Story::at(&city, State::Approved).await,
            Story::at(&city, State::Approved).await,
            Story::at(&city, State::Approved).await,
        ];
        stories[0].step("head", Action::Issue).await.leads_on();
        // A name that no font draws: it would have been refused at entry, so it comes in behind the form's back.
        let sql = "update appraisal_case set content = replace(content, '张受检', $2) where id = $1";
        city.run(sql, values![&stories[1].id, "张\u{10FFFD}"]).await;
        let before = stories[1].picture().await;
        let failed = stories[1].step("head", Action::Issue).await;
        failed.is(StatusCode::CONFLICT);
        assert!(failed.said().contains("10FFFD") && failed.said().contains("案件没有变动"), "{}", failed.said());
        assert_eq!(stories[1].picture().await, before, "a failed issue left something behind");
        stories[2].step("head", Action::Issue).await.leads_on();
        city.run(
            "update appraisal_case set content = replace(content, $2, '张受检') where id = $1",
            values![&stories[1].id, "张\u{10FFFD}"],
        )
        .await;
        stories[1].step("head", Action::Issue).await.leads_on();
        for story in [&stories[0], &stories[2], &stories[1]] {
            numbers.push(story.number().await.unwrap());
        }
    }
    assert_eq!(numbers, [1, 2, 3].map(|n| format!("沪甲司鉴〔2026〕临鉴字第{n}号")));

    // Another specialty and another year count for themselves.
    let entrustment: Vec<_> = crate::support::ENTRUSTMENT
        .iter()
        .map(|(name, text)| if *name == "item" { (*name, "WZ-0101") } else { (*name, *text) })
        .collect();
    let other = Story::begins_with(&city, &entrustment).await;
    other.goes_on_to(State::Issued).await;
    let number = other.number().await.unwrap();
    assert!(number.ends_with("鉴字第1号") && !number.contains("临鉴字"), "{number}");
    city.app.clock.move_to(jiff::civil::date(2027, 3, 1));
    city.all_sign_in_again().await;
    let next_year = Story::at(&city, State::Issued).await;
    assert_eq!(next_year.number().await.unwrap(), "沪甲司鉴〔2027〕临鉴字第1号");
    let counters = city.rows("select name, value from counter order by name", &[]).await;
    let values: Vec<i64> = counters.iter().map(|row| row.get("value").unwrap()).collect();
    assert_eq!(values.iter().sum::<i64>(), city.count("select count(*) from opinion", &[]).await, "{values:?}");
}

/// A server without fonts refuses to issue, says which package helps, and leaves the case as it was.
#[tokio::test]
async fn without_fonts_nothing_is_issued() {
    let city = City::with(|config| config.font_dirs = vec![PathBuf::from("/nonexistent")]).await;
    let case = crate::support::approved_cases(&city, 1).await.remove(0);
    let story = Story { city: &city, id: case };
    let before = story.picture().await;
    let failed = story.step("head", Action::Issue).await;
    failed.is(StatusCode::CONFLICT);
    assert!(failed.said().contains("fonts-") && failed.said().contains("案件没有变动"), "{}", failed.said());
    assert_eq!(story.picture().await, before);
    assert_eq!(city.count("select count(*) from counter", &[]).await, 0, "the number went back");
}

#[tokio::test]
async fn an_issued_opinion_is_verified_by_anybody_and_shows_no_party() {
    let city = City::new().await;
    let story = Story::at(&city, State::Issued).await;
    let row = &city.rows("select check_code, sha256, number from opinion", &[]).await[0];
    let (code, sha256): (String, String) = (row.get("check_code").unwrap(), row.get("sha256").unwrap());
    let paper = story.papers("opinion_document").await.remove(0);
    let pdf = city.get("client", &story.path(&format!("/papers/{paper}"))).await;
    assert_eq!(hash(&pdf.bytes), sha256, "the file handed out is the one that was registered");

    let page = city.get_signed_out(&format!("/verify/{code}")).await;
    page.is(StatusCode::OK);
    let text = page.text();
    assert!(text.contains(&format!("data-sha256=\"{sha256}\"")) && text.contains("沪甲司鉴〔2026〕临鉴字第1号"));
    for secret in [
        "张受检",
        "张某",
        "11010519491231002X",
        "13800001234",
        "李法官",
        "王书记员",
        "甲区人民法院",
        "菜场",
        "轻伤",
        "丙路",
    ] {
        assert!(!text.contains(secret), "the public page shows {secret}");
    }
    let mut tampered = pdf.bytes.clone();
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    assert!(!text.contains(&hash(&tampered)));

    // As it is on paper: in groups, in small letters, from the QR code.
    let grouped: Vec<String> =
        code.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).to_lowercase()).collect();
    let asked = city.get_signed_out(&format!("/verify?code={}", grouped.join("-"))).await.leads_on();
    assert_eq!(asked, format!("/verify/{code}"));
    assert_eq!(city.get_signed_out(&format!("/V/{code}")).await.leads_on(), asked);
    let unknown = city.get_signed_out("/verify/0000000000000000").await;
    unknown.is(StatusCode::NOT_FOUND);
    assert!(unknown.said().contains("没有使用此核验码的意见书"), "{}", unknown.said());
}

#[tokio::test]
async fn codes_cannot_be_guessed_quickly() {
    let city = City::new().await;
    let mut answers = Vec::new();
    for n in 0..80 {
        answers.push(city.get_signed_out(&format!("/verify/{n:016}")).await);
    }
    let refused =
        answers.iter().find(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS).expect("nobody is slowed down");
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    city.get("client", "/verify/0000000000000000").await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_paper_is_handed_out_as_a_file_and_nothing_else() {
    let city = City::new().await;
    let story = Story::at(&city, State::Issued).await;
    for kind in ["opinion_document", "commission_agreement", "acceptance_check"] {
        let path = story.path(&format!("/papers/{}", story.papers(kind).await[0]));
        let answer = city.get("head", &path).await;
        answer.is(StatusCode::OK);
        assert_eq!(answer.header("content-type"), "application/pdf");
        let named = answer.header("content-disposition");
        assert!(named.starts_with("attachment; filename=\"") && named.is_ascii(), "{named}");
        assert!(named.contains("filename*=UTF-8''"), "{named}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.bytes.starts_with(b"%PDF-"));
    }
}

/// A file that somebody swaps on the disk is not what was registered: the hash says so.
#[tokio::test]
async fn a_file_swapped_on_the_disk_has_another_hash() {
    let city = City::new().await;
    let story = Story::at(&city, State::Issued).await;
    let sha256: String = city.rows("select sha256 from opinion", &[]).await[0].get("sha256").unwrap();
    let file = city.folder().join("files").join(&sha256[..2]).join(&sha256);
    assert_eq!(hash(&std::fs::read(&file).unwrap()), sha256);
    std::fs::write(&file, b"%PDF-1.7 another").unwrap();
    let paper = story.papers("opinion_document").await.remove(0);
    let handed_out = city.get("client", &story.path(&format!("/papers/{paper}"))).await;
    assert_ne!(hash(&handed_out.bytes), sha256);
}

#[tokio::test]
async fn what_happened_cannot_be_rewritten() {
    let city = City::new().await;
    Story::begins(&city).await;
    for sql in [
        "update event set actor_name = 'x'",
        "update event set detail = detail",
        "delete from event",
        "update sign_in_attempt set login = 'x'",
        "delete from account_event",
        "update account_event set result = 'done'",
    ] {
        if sql.contains("sign_in_attempt") {
            city.post("client", "/sign-in", &[("login", "nobody"), ("password", "x")]).await;
        }
        let mut conn = city.app.db.write().await.unwrap();
        let refused = conn.run(sql, &[]).await.expect_err(sql);
        assert!(format!("{:?}", refused).contains("append-only"), "{sql}: {refused:?}");
    }
    assert_eq!(city.count("select count(*) from event", &[]).await, 1);
}

#[tokio::test]
async fn two_requests_to_issue_at_once_issue_once() {
    let city = City::new().await;
    for case in crate::support::approved_cases(&city, 3).await {
        let story = Story { city: &city, id: case };
        let before = city.count("select count(*) from opinion", &[]).await;
        let version = city.version(&story.id).await;
        let (one, other) = tokio::join!(
            story.step_seen_at("head", Action::Issue, version, &[]),
            story.step_seen_at("head", Action::Issue, version, &[])
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{} / {}", one.said(), other.said());
        assert_eq!(city.count("select count(*) from opinion", &[]).await, before + 1);
        let issues = city
            .count("select count(*) from event where action = 'issue' and subject_id = $1", values![&story.id])
            .await;
        assert_eq!(issues, 1);
        assert_eq!(story.number().await.unwrap(), format!("沪甲司鉴〔2026〕临鉴字第{}号", before + 1));
    }
}

/// Different cases of one house, issued at the same time: every one gets its number, none is left out.
#[tokio::test]
async fn many_issued_at_once_share_no_number() {
    let city = City::new().await;
    let cases = crate::support::approved_cases(&city, 6).await;
    let stories: Vec<Story> = cases.into_iter().map(|id| Story { city: &city, id }).collect();
    let answers = futures::future::join_all(stories.iter().map(|story| story.step("head", Action::Issue))).await;
    for answer in &answers {
        answer.leads_on();
    }
    let mut serials = Vec::new();
    for story in &stories {
        let number = story.number().await.unwrap();
        serials.push(
            number.trim_start_matches("沪甲司鉴〔2026〕临鉴字第").trim_end_matches('号').parse::<usize>().unwrap(),
        );
    }
    serials.sort_unstable();
    assert_eq!(serials, (1..=6).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_licences_are_asked_again_on_the_day_of_issue() {
    let city = City::new().await;
    let story = Story::at(&city, State::Approved).await;
    let gap = "insert into licence_interruption (licence_id, kind, from_on, to_on) values ($1, 'suspended', '2026-03-01', null)";
    for (licence, sentence) in [
        ("appraiser-3100second", "鉴定人second的执业证（3100second）已停止执业或者注销"),
        ("institution-31000000甲", "本机构的司法鉴定许可证已停止执业或者注销"),
    ] {
        city.run(gap, values![licence]).await;
        let refused = story.step("head", Action::Issue).await;
        refused.is(StatusCode::CONFLICT);
        assert!(refused.said().contains(sentence), "{}", refused.said());
        city.run("delete from licence_interruption", &[]).await;
    }
    story.step("head", Action::Issue).await.leads_on();
}
