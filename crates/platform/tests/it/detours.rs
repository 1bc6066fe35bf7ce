//! The detours of a case over HTTP, as people take them: supplement and pause, recusal, extension, the end, correction,
//! supplementary and re-appraisal, the hearing.

use crate::support::{City, HOUSE, OTHER_HOUSE, Story, appraiser_id};
use axum::http::StatusCode;
use platform::cases::{Action, State};
use platform::values;

/// Moves the clock and lets everybody sign in again.
async fn on(city: &mut City, day: &str) {
    city.app.clock.move_to(day.parse().unwrap());
    city.all_sign_in_again().await;
}

async fn state(story: &Story<'_>) -> String {
    story.city.state(&story.id).await
}

async fn due(story: &Story<'_>, rule: &str) -> String {
    let rows = story
        .city
        .rows("select due_on from term where subject_id = $1 and rule = $2 order by id desc", values![&story.id, rule])
        .await;
    rows[0].get("due_on").unwrap()
}

async fn has_paper(story: &Story<'_>, kind: &str) -> bool {
    story.city.count("select count(*) from paper where subject_id = $1 and kind = $2", values![&story.id, kind]).await
        > 0
}

async fn flags(story: &Story<'_>, kind: &str) -> i64 {
    story
        .city
        .count("select count(*) from supervision_flag where subject_id = $1 and kind = $2", values![&story.id, kind])
        .await
}

const MATERIAL: &[(&str, &str)] = &[
    ("material_name", "首次影像片"),
    ("material_kind", "影像资料"),
    ("material_quantity", "2张"),
    ("material_properties", "完好"),
    ("materials_confirmed", "yes"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn s26c_a_supplement_before_acceptance_shows_both_dates() {
    let mut city = City::new().await;
    on(&mut city, "2026-02-10").await;
    let id = Story::begins(&city).await.id;
    let city_ref = &mut city;
    on(city_ref, "2026-02-12").await;
    let story = Story { city: &city, id: id.clone() };
    let asked = [("needed", "伤后首次影像片"), ("until", "2026-02-28")];
    story.step_with("front_desk", Action::RequestSupplement, &asked).await.leads_on();
    assert_eq!(state(&story).await, "awaiting_supplement");
    assert!(has_paper(&story, "supplement_notice").await);
    let page = city.get("client", &story.path("/do/supplement")).await.text();
    assert!(page.contains("伤后首次影像片"), "the client reads what is missing");
    on(&mut city, "2026-02-26").await;
    let story = Story { city: &city, id };
    story.step_with("client", Action::Supplement, MATERIAL).await.leads_on();
    assert_eq!((due(&story, "DL01").await, due(&story, "DL01P").await), ("2026-02-26".into(), "2026-03-04".into()));
    let page = city.get("front_desk", &story.path("")).await.said();
    assert!(page.contains("2026-02-26") && page.contains("2026-03-04") && page.contains("首次影像片"), "{page}");
}

#[tokio::test]
async fn s03_a_pause_is_approved_supplemented_and_resumed() {
    let mut city = City::new().await;
    let id = Story::at(&city, State::InExamination).await.id;
    on(&mut city, "2026-03-16").await;
    let story = Story { city: &city, id: id.clone() };
    let why = [("ground", "supplement"), ("detail", "缺少首次影像片")];
    story.step_with("appraiser", Action::Pause, &why).await.leads_on();
    let refused = story.step_with("front_desk", Action::Resume, &[("note", "已到")]).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("机构负责人还没有批准这次暂停"));
    story.step("head", Action::ApprovePause).await.leads_on();
    story.step_with("client", Action::Supplement, MATERIAL).await.leads_on();
    assert_eq!(state(&story).await, "paused", "handing in does not resume by itself");
    on(&mut city, "2026-04-08").await;
    let story = Story { city: &city, id };
    story.step_with("front_desk", Action::Resume, &[("note", "影像片已到")]).await.leads_on();
    assert_eq!((state(&story).await, due(&story, "DL03").await), ("in_examination".into(), "2026-05-09".into()));
    assert!(has_paper(&story, "pause_notice").await && has_paper(&story, "resumption_notice").await);
}

#[tokio::test]
async fn s06_an_extension_is_refused_and_granted() {
    let mut city = City::new().await;
    let id = Story::at(&city, State::InExamination).await.id;
    on(&mut city, "2026-04-13").await;
    let story = Story { city: &city, id };
    let asked = |days: &'static str, basis: &'static str| {
        [("workdays", days), ("reason", "technique"), ("explanation", "需要专门检验"), ("basis", basis)]
    };
    let refused = story.step_with("head", Action::Extend, &asked("45", "head")).await;
    let said = refused.is(StatusCode::CONFLICT).said();
    assert!(said.contains("一般不得超过30个工作日") && refused.text().contains("需要专门检验"), "{said}");
    assert_eq!((due(&story, "DL03").await, flags(&story, "long_extension").await), ("2026-04-14".into(), 0));
    let agreed = with(&asked("45", "agreement"), &[("paper", "2026年4月13日补充约定")]);
    story.step_with("head", Action::Extend, &agreed).await.leads_on();
    assert_eq!((due(&story, "DL03").await, flags(&story, "long_extension").await), ("2026-06-18".into(), 1));
    assert!(has_paper(&story, "extension_notice").await);
    let hints = city.get("supervisor", "/supervision/hints?kind=long_extension").await.said();
    assert!(hints.contains("延长45个工作日") && hints.contains("共 1 条"), "{hints}");
    let none = city.get("supervisor", "/supervision/hints?kind=custody").await.said();
    assert!(none.contains("没有这样的提示") && !none.contains("延长45个工作日"), "{none}");
    let file = city.get("supervisor", "/supervision/hints?format=csv").await;
    assert!(file.is(StatusCode::OK).text().contains("延长45个工作日"));
    let seen = city.get("client", &story.path("")).await.said();
    assert!(seen.contains("延长的工作日") && seen.contains("2026-06-18"), "{seen}");
}

#[tokio::test]
async fn s13_a_recusal_is_asked_for_decided_and_the_appraiser_replaced() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let second = appraiser_id("second");
    let why = [("appraiser_id", second.as_str()), ("reason", "曾为原告提供咨询意见")];
    story.step_with("client", Action::ObjectToAppraiser, &why).await.leads_on();
    let decision = [("sustained", "yes"), ("reason", "情况属实")];
    story.step_with("head", Action::DecideRecusal, &decision).await.leads_on();
    assert!(has_paper(&story, "recusal_decision").await);
    story.step("appraiser", Action::Draft).await.leads_on();
    story.saves_draft("appraiser", 0, "轻伤二级。").await.leads_on();
    let blocked = story.step("appraiser", Action::SubmitForReview).await.is(StatusCode::CONFLICT).said();
    assert!(blocked.contains("已被决定回避"), "{blocked}");
    story.step("head", Action::Replace).await.leads_on();
    assert_eq!(state(&story).await, "assigned", "the new team declares and begins anew");
}

#[tokio::test]
async fn s13_who_disagrees_with_the_decision_withdraws() {
    let city = City::new().await;
    let story = Story::at(&city, State::Assigned).await;
    let second = appraiser_id("second");
    let why = [("appraiser_id", second.as_str()), ("reason", "利害关系")];
    story.step_with("client", Action::ObjectToAppraiser, &why).await.leads_on();
    story.step_with("head", Action::DecideRecusal, &[("sustained", "no"), ("reason", "无此关系")]).await.leads_on();
    story.step_with("client", Action::Withdraw, &[("explanation", "对回避决定有异议")]).await.leads_on();
    assert_eq!(state(&story).await, "withdrawn");
    assert!(has_paper(&story, "termination_notice").await);
    let open =
        city.count("select count(*) from term where subject_id = $1 and stopped_on is null", values![&story.id]).await;
    assert_eq!(open, 0, "nothing is owed any more");
}

#[tokio::test]
async fn a_case_is_terminated_with_its_grounds() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    let fields = [("explanation", "被鉴定人三次不到场"), ("returned", "全部退还"), ("responsibility", "party")];
    let none = story.step_with("head", Action::Terminate, &fields).await;
    assert!(none.is(StatusCode::CONFLICT).said().contains("没有选择终止鉴定的理由"));
    story.step_with("head", Action::Terminate, &with(&fields, &[("grounds", "T3")])).await.leads_on();
    assert_eq!(state(&story).await, "terminated");
    assert!(has_paper(&story, "termination_notice").await);
}

#[tokio::test]
async fn s17_a_correction_that_changes_the_meaning_is_refused() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    let correct = |part: &'static str, wrong: &'static str, right: &'static str| {
        [
            ("kind", "wording"),
            ("part", part),
            ("place", "第2页"),
            ("wrong", wrong),
            ("right", right),
            ("unchanged", "yes"),
        ]
    };
    let grade = story.step_with("appraiser", Action::Correct, &correct("analysis", "相符", "不相符")).await;
    assert!(!grade.is(StatusCode::CONFLICT).said().is_empty());
    let opinion = story.step_with("appraiser", Action::Correct, &correct("opinion", "轻伤二级", "轻伤一级")).await;
    assert!(opinion.is(StatusCode::UNPROCESSABLE_ENTITY).said().contains("“鉴定意见”部分不能补正"));
    let before: String =
        city.rows("select sha256 from opinion where case_id = $1", values![&story.id]).await[0].get("sha256").unwrap();
    story.step_with("appraiser", Action::Correct, &correct("analysis", "新鲜", "新鲜的")).await.leads_on();
    let row =
        &city.rows("select sha256, standing, check_code from opinion where case_id = $1", values![&story.id]).await[0];
    let after: String = row.get("sha256").unwrap();
    assert_eq!(before, after, "the opinion itself is never changed");
    let code: String = row.get("check_code").unwrap();
    let public = city.get_signed_out(&format!("/verify/{code}")).await.text();
    assert!(public.contains("已补正") && public.contains("补正书"), "the public page says so");
    let letter: String =
        city.rows("select sha256 from opinion_correction where case_id = $1", values![&story.id]).await[0]
            .get("sha256")
            .unwrap();
    assert!(public.contains(&letter), "and names the letter by its hash");
}

#[tokio::test]
async fn a_supplementary_appraisal_goes_to_the_same_appraisers() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    let fields = with(
        MATERIAL,
        &[
            ("ground", "new_materials"),
            ("matter", "就新提供的影像片补充鉴定"),
            ("client_letter", "（2026）甲委鉴补字第1号"),
        ],
    );
    story.step_with("client", Action::Supplementary, &fields).await.leads_on();
    let id: String =
        city.rows("select id from appraisal_case where id <> $1", values![&story.id]).await[0].get("id").unwrap();
    let child = Story { city: &city, id };
    let page = city.get("front_desk", &child.path("")).await.text();
    assert!(page.contains(&format!("/cases/{}", story.id)), "it links to the first case");
    child.goes_on_to(State::Commissioned).await;
    let (lead, third) = (appraiser_id("appraiser"), appraiser_id("third"));
    let others = [("appraisers", lead.as_str()), ("appraisers", third.as_str()), ("lead", lead.as_str())];
    let refused = child.step_with("head", Action::Assign, &others).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("补充鉴定应当由原鉴定人进行"));
    // Whoever holds the first opinion learns that another was issued, once it is.
    let code = "select check_code from opinion where case_id = $1";
    let code: String = city.rows(code, values![&story.id]).await[0].get("check_code").unwrap();
    let public = |code: String| {
        let city = &city;
        async move { city.get_signed_out(&format!("/verify/{code}")).await.said() }
    };
    assert!(public(code.clone()).await.contains("已签发，有效"));
    child.goes_on_to(State::Issued).await;
    let said = public(code.clone()).await;
    assert!(said.contains("已签发，其后另有补充鉴定") && said.contains(&child.number().await.unwrap()), "{said}");
    city.run("update opinion set standing = 'withdrawn' where case_id = $1", values![&story.id]).await;
    assert!(public(code).await.contains("已撤销"));
}

#[tokio::test]
async fn a_re_appraisal_goes_elsewhere_and_nobody_there_sees_the_first_case() {
    let city = City::new().await;
    let story = Story::at(&city, State::Delivered).await;
    let asked = |institution: &'static str, special: &'static str| {
        with(
            MATERIAL,
            &[
                ("ground", "organ"),
                ("explanation", "当事人异议成立"),
                ("institution_id", institution),
                ("special_reason", special),
                ("matter", "对损伤程度重新鉴定"),
                ("client_letter", "（2026）甲委鉴重字第1号"),
            ],
        )
    };
    let same = story.step_with("client", Action::ReAppraise, &asked(HOUSE, "")).await;
    assert!(same.is(StatusCode::CONFLICT).said().contains("重新鉴定应当委托原鉴定机构以外的机构"));
    story.step_with("client", Action::ReAppraise, &asked(OTHER_HOUSE, "")).await.leads_on();
    let rows = city.rows("select id from appraisal_case where institution_id = $1", values![OTHER_HOUSE]).await;
    let child: String = rows[0].get("id").unwrap();
    let path = format!("/cases/{child}");
    let seen = city.get("foreign_front_desk", &path).await;
    assert!(seen.is(StatusCode::OK).said().contains("甲司法鉴定中心"), "which opinion is contested");
    city.get("foreign_front_desk", &story.path("")).await.is(StatusCode::NOT_FOUND);
    let own = city.get("head", &story.path("")).await.text();
    assert!(!own.contains(&child), "the first institution is not led to the second's case");
    assert!(city.get("client", &story.path("")).await.text().contains(&child), "the client is");
    // The public page of the first one will say that there is another, and not whose: here it is put there by hand.
    city.run("insert into opinion select $1, 'elsewhere', 'OTHERCODE', institution_id, issued_on, standing, paper_id, sha256, public_facts from opinion where case_id = $2", values![&child, &story.id]).await;
    let code = "select check_code from opinion where case_id = $1";
    let code: String = city.rows(code, values![&story.id]).await[0].get("check_code").unwrap();
    let said = city.get_signed_out(&format!("/verify/{code}")).await.said();
    assert!(said.contains("已签发，其后另有重新鉴定") && !said.contains("elsewhere"), "{said}");
}

#[tokio::test]
async fn s26f_a_hearing_is_registered_and_recorded() {
    let mut city = City::new().await;
    let id = Story::at(&city, State::Delivered).await.id;
    on(&mut city, "2026-10-08").await;
    let story = Story { city: &city, id: id.clone() };
    let notice = [
        ("court", "甲区人民法院"),
        ("case_number", "（2026）甲01民初1号"),
        ("notice_on", "2026-10-08"),
        ("hearing_on", "2026-10-09"),
        ("place", "第一法庭"),
        ("persons", "鉴定人appraiser"),
        ("fee", "800"),
    ];
    story.step_with("front_desk", Action::AttendCourt, &notice).await.leads_on();
    let outcome = [("attended", "in_person"), ("record", "答复质询三项")];
    let early = story.step_with("appraiser", Action::RecordCourt, &outcome).await;
    assert!(early.is(StatusCode::CONFLICT).said().contains("还没有到"));
    on(&mut city, "2026-10-09").await;
    let story = Story { city: &city, id };
    story.step_with("appraiser", Action::RecordCourt, &outcome).await.leads_on();
    assert!(has_paper(&story, "court_record").await);
    let content: String = city.rows("select content from appraisal_case where id = $1", values![&story.id]).await[0]
        .get("content")
        .unwrap();
    assert!(content.contains("\"notice_late\":true"), "one day before the hearing is late");
}

#[tokio::test]
async fn c8_beijing_suspends_and_shanghai_does_not_offer_it() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    assert!(!city.get("head", &story.path("")).await.text().contains("/do/suspend"));
    city.run("update institution set region = 'beijing' where id = $1", values![HOUSE]).await;
    assert!(city.get("head", &story.path("")).await.text().contains("/do/suspend"));
    let why = [("ground", "unstable"), ("detail", "伤情尚未稳定")];
    story.step_with("head", Action::Suspend, &why).await.leads_on();
    assert_eq!(state(&story).await, "suspended");
    story.step_with("front_desk", Action::Continue, &[("note", "伤情稳定")]).await.leads_on();
    assert_eq!(state(&story).await, "in_examination");
    assert!(has_paper(&story, "suspension_notice").await && has_paper(&story, "continuation_notice").await);
}
