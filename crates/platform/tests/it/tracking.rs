//! The public tracking page: in every state nothing of a person, and nothing to guess at.

use crate::support::{Answer, City, Story, encoded};
use axum::http::{Method, StatusCode};
use platform::cases::{Action, State};

/// Number and code from the slip of a case.
async fn slip(city: &City, story: &Story<'_>, who: &str) -> (String, String) {
    let page = city.get(who, &story.path("/tracking")).await;
    let text = page.is(StatusCode::OK).text();
    let codes: Vec<String> = text
        .split("<code>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</code>"))
        .map(|(code, _)| code.to_owned())
        .collect();
    assert_eq!(codes.len(), 2, "{text}");
    (codes[0].clone(), codes[1].clone())
}

async fn track(city: &City, number: &str, code: &str) -> Answer {
    city.ask(Method::POST, None, "/track", encoded(&[("number", number), ("code", code)])).await
}

/// Everything of the case that belongs to a person or would lead to one.
const PERSONAL: &[&str] = &[
    "张受检",
    "张某",
    "11010519491231002X",
    "13800001234",
    "138****1234",
    "1980-05-06",
    "丙路3号",
    "李法官",
    "王书记员",
    "021-12345678",
    "甲区人民法院",
    "甲司法鉴定中心",
    "人client",
    "人front_desk",
    "鉴定人appraiser",
    "甲委鉴字",
    "菜场",
    "310000-2026",
    "沪甲司鉴",
    "受理时一次收取",
    "缺少影像资料",
];

#[tokio::test]
async fn no_state_shows_personal_data() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let (number, code) = slip(&city, &story, "client").await;
    for (state, said) in [
        (State::Received, "已收到委托，正在决定是否受理 现在"),
        (State::Accepted, "已受理，等待签订委托书 现在"),
        (State::Commissioned, "等待指派鉴定人 现在"),
        (State::Assigned, "准备鉴定 现在"),
        (State::InExamination, "正在鉴定 现在"),
        (State::DraftOpinion, "正在起草意见书 现在"),
        (State::InReview, "正在复核、签名和签发 现在"),
        (State::Approved, "正在复核、签名和签发 现在"),
        (State::Issued, "意见书于2026-03-02签发。"),
        (State::Delivered, "意见书已送达委托人 现在"),
        (State::Archived, "意见书已送达委托人 现在"),
    ] {
        story.goes_on_to(state).await;
        let page = track(&city, &number, &code).await;
        page.is(StatusCode::OK);
        assert!(page.said().contains(said), "{state:?}: {}", page.said());
        for secret in PERSONAL.iter().copied().chain([story.id.as_str()]) {
            assert!(!page.text().contains(secret), "{state:?} shows {secret}: {}", page.said());
        }
    }
    let declined = Story::at(&city, State::Declined).await;
    let (number, code) = slip(&city, &declined, "front_desk").await;
    let page = track(&city, &number, &code).await;
    assert!(page.said().contains("决定不予受理"), "{}", page.said());
    assert!(PERSONAL.iter().all(|secret| !page.text().contains(secret)), "{}", page.said());
}

#[tokio::test]
async fn the_next_date_and_who_acts_are_told() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let (number, code) = slip(&city, &story, "head").await;
    let said = track(&city, &number.to_lowercase().replace('-', " "), &code.to_lowercase()).await.said();
    for part in ["下一步由谁办理鉴定机构", "2026-03-11", "7个工作日内决定是否受理"] {
        assert!(said.replace(' ', "").contains(&part.replace(' ', "")), "{part} is missing in {said}");
    }
}

#[tokio::test]
async fn an_unknown_number_and_a_wrong_code_answer_alike_and_rest_after_ten() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let (number, code) = slip(&city, &story, "client").await;
    let bare = |page: &Answer, number: &str| page.text().replace(number, "N");
    let wrong = track(&city, &number, "0000-0000").await;
    let unknown = track(&city, "ZZZZZ-ZZZZZ", &code).await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(bare(&wrong, &number), bare(&unknown, "ZZZZZ-ZZZZZ"));
    track(&city, &number, &code).await.is(StatusCode::OK);
    for _ in 0..9 {
        track(&city, &number, "0000-0000").await.is(StatusCode::NOT_FOUND);
    }
    let resting = track(&city, &number, &code).await;
    assert_eq!(bare(resting.is(StatusCode::NOT_FOUND), &number), bare(&wrong, &number), "the right code rests too");
    city.app.clock.advance(3_601);
    track(&city, &number, &code).await.is(StatusCode::OK);
    // The code stands nowhere in the database.
    let kept = city.count("select count(*) from case_tracking where number like '%-%'", &[]).await;
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn an_address_is_slowed_down() {
    let city = City::new().await;
    let mut last = StatusCode::OK;
    for n in 0..40 {
        last = track(&city, &format!("Z{n}"), "0").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn the_slip_is_for_those_who_hand_it_out() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let pdf = city.get("client", &story.path("/tracking/slip")).await;
    assert!(pdf.is(StatusCode::OK).bytes.starts_with(b"%PDF"));
    for other in ["foreign_client", "foreign_head"] {
        city.get(other, &story.path("/tracking/slip")).await.is(StatusCode::NOT_FOUND);
    }
    let form = city.get_signed_out("/T/7kq2m9xa0b").await;
    assert_eq!(form.to(), "/track/7KQ2M9XA0B");
    assert!(city.get_signed_out(form.to()).await.text().contains("7KQ2M-9XA0B"));
    assert_eq!(story.step("front_desk", Action::Accept).await.status, StatusCode::SEE_OTHER);
}
