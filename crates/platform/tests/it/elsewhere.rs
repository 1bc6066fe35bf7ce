//! S21: the same matter at two institutions at once. A hit is a question to a person; of the other institution nothing shows.

use crate::support::{City, OTHER_HOUSE, Story, typed};
use axum::http::StatusCode;
use platform::cases::{Action, State};
use platform::values;

/// The same matter, sent to the other institution by the same court under another letter.
async fn second<'c>(city: &'c City, changed: &[(&str, &str)]) -> Story<'c> {
    let mut fields = crate::support::ENTRUSTMENT.to_vec();
    let mut other = vec![("institution_id", OTHER_HOUSE), ("client_letter", "（2026）甲委鉴字第7788号")];
    other.extend_from_slice(changed);
    fields.retain(|(name, _)| !other.iter().any(|(one, _)| one == name));
    fields.extend(other);
    Story::begins_with(city, &fields).await
}

const DECIDED: &[(&str, &str)] =
    &[("elsewhere", "withdrawn"), ("elsewhere_reason", "已致电承办人，前一委托已书面撤回。")];

#[tokio::test]
async fn s21_a_hit_elsewhere_is_asked_decided_and_kept() {
    let city = City::new().await;
    let first = Story::begins(&city).await;
    first.goes_on_to(State::Accepted).await;
    city.app.clock.advance(2 * 24 * 3_600);
    let mut city = city;
    city.all_sign_in_again().await;
    let first_id = city.rows("select id from appraisal_case", &[]).await[0].get::<String>("id").unwrap();
    let second = second(&city, &[("examinee_name", "张寿检"), ("examinee_phone", "+86 138 0000 1234")]).await;
    let shown = city.get("foreign_front_desk", &second.path("")).await;
    let said = shown.is(StatusCode::OK).said();
    for part in
        ["疑似已由其他机构受理：2日前受理", "证件号码相同", "姓名同音", "联系电话相同", "事件日期相同", "鉴定事项相同"]
    {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    let form = city.get("foreign_head", &second.path("/do/accept")).await;
    // Nothing of the other institution or its case, neither on the page nor behind it.
    for page in [&shown, &form] {
        let text = page.text();
        for secret in ["甲司法鉴定中心", first_id.as_str(), "第1号", "张受检", "310000甲"] {
            assert!(!text.contains(secret), "{secret} is shown: {text}");
        }
    }
    assert!(form.said().contains("同一事项核对：核实结果"));
    // Not for the client, whose matter it is.
    assert!(!city.get("client", &second.path("")).await.said().contains("疑似"));

    let before = second.picture().await;
    let refused = second.step("foreign_front_desk", Action::Accept).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("还没有作出核实决定"), "{}", refused.said());
    let no_reason = second.step_with("foreign_front_desk", Action::Accept, &[("elsewhere", "withdrawn")]).await;
    no_reason.is(StatusCode::UNPROCESSABLE_ENTITY);
    let no_earlier = [("elsewhere", "re_appraisal"), ("elsewhere_reason", "重新鉴定")];
    let refused = second.step_with("foreign_front_desk", Action::Accept, &no_earlier).await;
    assert!(refused.is(StatusCode::CONFLICT).said().contains("没有写明是重新鉴定"));
    assert_eq!(second.picture().await, before, "a refusal changes nothing");
    second.step_with("foreign_front_desk", Action::Accept, DECIDED).await.leads_on();

    let sql = "select detail from event where subject_id = $1 and action = 'accept'";
    let detail: String = city.rows(sql, values![&second.id]).await[0].get("detail").unwrap();
    let detail: serde_json::Value = serde_json::from_str(&detail).unwrap();
    assert_eq!(detail["elsewhere"]["choice"], "withdrawn");
    assert_eq!(detail["elsewhere"]["seen"][0]["days"], 2);
    assert!(!detail.to_string().contains(&first_id), "{detail}");
    let flags = city.rows("select kind, subject_id, detail from supervision_flag", &[]).await;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].get::<String>("kind").unwrap(), "accepted_elsewhere");
    assert_eq!(flags[0].get::<String>("subject_id").unwrap(), second.id);
    assert!(!flags[0].get::<String>("detail").unwrap().contains('张'));
}

/// The other direction, and declining by NA6: the platform leaves it to the head.
#[tokio::test]
async fn s21_the_other_direction_is_declined_by_a_person() {
    let city = City::new().await;
    let elsewhere = second(&city, &[]).await;
    let own = Story::begins(&city).await;
    let said = city.get("front_desk", &own.path("")).await.said();
    assert!(said.contains("疑似已委托其他机构：0日前由另一机构收到委托"), "{said}");
    assert!(!said.contains("乙司法鉴定中心"), "{said}");
    own.step_with("head", Action::Decline, &[("grounds", "NA6")]).await.leads_on();
    // What was declined here does not hinder there.
    assert!(!city.get("foreign_head", &elsewhere.path("")).await.said().contains("疑似"));
    elsewhere.step("foreign_front_desk", Action::Accept).await.leads_on();
    assert_eq!(city.count("select count(*) from supervision_flag", &[]).await, 0);
    assert!(typed(Action::Accept).iter().all(|(name, _)| *name != "elsewhere"));
}

#[tokio::test]
async fn s21_what_only_looks_alike_is_no_hit() {
    let city = City::new().await;
    Story::at(&city, State::Accepted).await;
    for (why, changed) in [
        ("a namesake with another number", [("examinee_id_number", "110105194912310038"), ("examinee_phone", "")]),
        ("another event", [("injury_on", "2026-02-13"), ("examinee_phone", "")]),
        ("another item", [("item", "FY-0202"), ("examinee_phone", "")]),
    ] {
        let other = second(&city, &changed).await;
        let said = city.get("foreign_front_desk", &other.path("")).await.said();
        assert!(!said.contains("疑似"), "{why}: {said}");
        other.step("foreign_front_desk", Action::Accept).await.leads_on();
    }
}

/// An issued opinion forbids nothing: it is asked whether this is a re-appraisal, and a stated one is no hit.
#[tokio::test]
async fn s21_a_stated_re_appraisal_of_an_issued_opinion_is_no_hit() {
    let city = City::new().await;
    Story::at(&city, State::Issued).await;
    let unstated = second(&city, &[]).await;
    let said = city.get("foreign_front_desk", &unstated.path("")).await.said();
    assert!(said.contains("这是否属于重新鉴定？"), "{said}");
    let stated = second(
        &city,
        &[
            ("reappraisal", "yes"),
            ("earlier_institution", "原鉴定机构"),
            ("earlier_appraisers", "某甲、某乙"),
            ("earlier_ground", "当事人有异议"),
            ("item", "FY-0201"),
        ],
    )
    .await;
    let said = city.get("foreign_front_desk", &stated.path("")).await.said();
    assert!(!said.contains("这是否属于重新鉴定？"), "{said}");
}

/// The own institution's duplicate is shown with a link and hinders nothing.
#[tokio::test]
async fn the_own_duplicate_is_linked() {
    let city = City::new().await;
    let first = Story::begins(&city).await;
    let again = Story::begins(&city).await;
    let page = city.get("front_desk", &again.path("")).await;
    assert!(
        page.text().contains(&format!("/cases/{}\"", first.id)) && page.said().contains("本机构0日前"),
        "{}",
        page.said()
    );
    again.step("front_desk", Action::Accept).await.leads_on();
    let kept = city.count("select count(*) from case_fingerprint where case_id = $1", values![&again.id]).await;
    assert!(kept > 10, "{kept}");
}
