//! Materials on their way, over HTTP: both sides of a hand-over, witnesses, amounts, what is refused, what holds an opinion up.

use crate::support::{Answer, City, ENTRUSTMENT, PNG, Story, photographed};
use axum::http::StatusCode;
use platform::cases::{Action, State};
use platform::values;

/// A received case whose one material is 5 ml of blood, by its code.
async fn blood(city: &City) -> (Story<'_>, String) {
    let mut fields = ENTRUSTMENT.to_vec();
    fields.retain(|(name, _)| !["material_name", "material_quantity"].contains(name));
    fields.extend([("material_name", "血样"), ("material_quantity", "5ml")]);
    let story = Story::begins_with(city, &fields).await;
    story.receives_materials().await;
    let code = codes(city, &story).await.remove(0);
    (story, code)
}

async fn codes(city: &City, story: &Story<'_>) -> Vec<String> {
    let sql = "select code from material where subject_id = $1 order by position";
    city.rows(sql, values![&story.id]).await.iter().map(|row| row.get("code").unwrap()).collect()
}

async fn version(city: &City, code: &str) -> i64 {
    city.count("select version from material where code = $1", values![code]).await
}

async fn does(city: &City, login: &str, code: &str, deed: &str, fields: &[(&str, &str)]) -> Answer {
    let version = version(city, code).await.to_string();
    let all = [&[("do", deed), ("version", version.as_str())], fields].concat();
    city.post(login, &format!("/m/{code}"), &all).await
}

/// Whom the material's row names, and how.
async fn holder(city: &City, code: &str) -> (String, String) {
    let row = city.rows("select holder_kind, holder_id from material where code = $1", values![code]).await.remove(0);
    (row.get("holder_kind").unwrap(), row.get("holder_id").unwrap())
}

async fn in_hand_of(city: &City, code: &str, login: &str) {
    let of = (String::from("person"), city.person(login).account_id.clone());
    assert_eq!(holder(city, code).await, of, "in the hand of {login}");
}

async fn gives(city: &City, code: &str, from: &str, to: &str) {
    let taker = city.person(to).account_id.clone();
    does(city, from, code, "offer", &[("offer_to", &taker)]).await.leads_on();
    in_hand_of(city, code, from).await;
    does(city, to, code, "confirm", &[]).await.leads_on();
    in_hand_of(city, code, to).await;
}

/// What an act that was refused must leave as it was.
async fn events(city: &City) -> i64 {
    city.count("select count(*) from custody_event", &[]).await + city.count("select count(*) from material", &[]).await
}

#[tokio::test]
async fn a_material_is_announced_received_handed_over_and_returned() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let code = codes(&city, &story).await.remove(0);
    assert_eq!(holder(&city, &code).await.0, "client");
    assert!(city.get("front_desk", "/custody?show=arriving").await.text().contains(&code));
    story.goes_on_to(State::Accepted).await;
    in_hand_of(&city, &code, "front_desk").await;
    assert_eq!(story.papers("materials_register").await.len(), 1);
    gives(&city, &code, "front_desk", "appraiser").await;
    let page = city.get("appraiser", &format!("/m/{}", code.to_lowercase())).await;
    assert_eq!(page.to(), format!("/m/{code}"), "a code typed small leads to the same page");
    let page = city.get("appraiser", &format!("/m/{code}")).await.said();
    assert!(
        page.contains("各时段在谁手中") && page.contains("委托人处，尚未接收") && page.contains("确认交接"),
        "{page}"
    );
    does(&city, "appraiser", &code, "return", &[("return_receiver", "李法官")]).await.leads_on();
    assert_eq!(holder(&city, &code).await, ("gone".into(), "returned".into()));
    let receipt = story.papers("material_receipt").await.remove(0);
    city.get("client", &story.path(&format!("/papers/{receipt}"))).await.is(StatusCode::OK);
    let sheet = city.get("front_desk", &story.path(&format!("/materials/labels?code={code}"))).await;
    assert!(sheet.bytes.starts_with(b"%PDF") && sheet.header("content-disposition").contains("attachment"));
    let scanned = city.post("head", "/custody", &[("code", &format!("HTTP://127.0.0.1:8080/M/{code}"))]).await;
    assert_eq!(scanned.to(), format!("/m/{code}"));
}

/// Bad input has a clear answer and changes nothing.
#[tokio::test]
async fn bad_input_changes_nothing_and_says_why() {
    let mut city = City::new().await;
    let (story, code) = blood(&city).await;
    let me = city.person("front_desk").account_id.clone();
    let foreign = city.person("foreign_head").account_id.clone();
    let before = events(&city).await;
    let receive = story.path("/materials");
    let state = format!("state_{code}");
    for (why, answer, status, says) in [
        (
            "a material scanned twice",
            city.post(
                "front_desk",
                &receive,
                &[("do", "receive"), ("on", "2026-03-02"), ("code", &code), (&state, "完好")],
            )
            .await,
            StatusCode::CONFLICT,
            "已经接收过，不能重复接收",
        ),
        (
            "twice in one form",
            city.post(
                "front_desk",
                &receive,
                &[("on", "2026-03-02"), ("code", &code), ("code", &code), (&state, "完好")],
            )
            .await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "请每件只选一次",
        ),
        (
            "a date before the case",
            city.post("front_desk", &receive, &[("on", "2026-03-01"), ("code", &code), (&state, "完好")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "不能早于收到委托之日",
        ),
        (
            "a date to come",
            city.post("front_desk", &receive, &[("on", "2026-03-03"), ("code", &code), (&state, "完好")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "不能晚于今天",
        ),
        (
            "a hand-over to oneself",
            does(&city, "front_desk", &code, "offer", &[("offer_to", &me)]).await,
            StatusCode::CONFLICT,
            "不能是同一人",
        ),
        (
            "to somebody of another house",
            does(&city, "front_desk", &code, "offer", &[("offer_to", &foreign)]).await,
            StatusCode::CONFLICT,
            "所选的人不在本机构",
        ),
        (
            "a negative quantity",
            does(&city, "front_desk", &code, "consume", &[("consume_amount", "-1"), ("consume_purpose", "检验")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "请填写大于零的数量",
        ),
        (
            "more than there is",
            does(&city, "front_desk", &code, "consume", &[("consume_amount", "5.001"), ("consume_purpose", "检验")])
                .await,
            StatusCode::CONFLICT,
            "剩余只有5ml",
        ),
        (
            "a form that was opened before",
            city.post("front_desk", &format!("/m/{code}"), &[("do", "seal"), ("version", "1"), ("seal_number", "F-1")])
                .await,
            StatusCode::CONFLICT,
            "此次办理没有执行",
        ),
        (
            "by the client",
            does(&city, "client", &code, "lose", &[("lose_text", "不见了")]).await,
            StatusCode::CONFLICT,
            "由鉴定机构的人员登记",
        ),
        ("no such deed", does(&city, "front_desk", &code, "steal", &[]).await, StatusCode::BAD_REQUEST, "没有这种办理"),
        (
            "no such label",
            city.post("front_desk", "/custody", &[("code", "0000")]).await,
            StatusCode::UNPROCESSABLE_ENTITY,
            "没有编号为0000的材料",
        ),
        (
            "a text that calls itself a photograph",
            photographed(&city, "front_desk", &code, "a.png", b"no picture").await,
            StatusCode::BAD_REQUEST,
            "内容不是照片",
        ),
        (
            "a photograph of another kind",
            photographed(&city, "front_desk", &code, "a.jpg", PNG).await,
            StatusCode::BAD_REQUEST,
            "与扩展名不符",
        ),
    ] {
        assert_eq!(answer.status, status, "{why}: {}", answer.said());
        assert!(answer.said().contains(says), "{why}: {}", answer.said());
        assert_eq!(events(&city).await, before, "{why} changed something");
    }
    city.all_sign_in_again().await;
    in_hand_of(&city, &code, "front_desk").await;
    photographed(&city, "front_desk", &code, "a.png", PNG).await.leads_on();
}

#[tokio::test]
async fn what_comes_later_is_registered_once() {
    let city = City::new().await;
    let (story, _) = blood(&city).await;
    let form = [
        ("do", "register"),
        ("count", "1"),
        ("name", "影像片"),
        ("kind", "文件资料"),
        ("quantity", "2张"),
        ("properties", "CT片"),
        ("state", "完好"),
        ("received_on", "2026-03-02"),
    ];
    city.post("front_desk", &story.path("/materials"), &form).await.leads_on();
    city.post("front_desk", &story.path("/materials"), &form).await.is(StatusCode::CONFLICT);
    city.post("appraiser", &story.path("/materials"), &form).await.is(StatusCode::CONFLICT);
    assert_eq!(codes(&city, &story).await.len(), 2);
}

/// Amounts are conserved: what came in is consumed, in the sub-samples, or left.
#[tokio::test]
async fn a_sample_is_sealed_divided_and_used_up() {
    let city = City::new().await;
    let (story, code) = blood(&city).await;
    gives(&city, &code, "front_desk", "appraiser").await;
    does(&city, "appraiser", &code, "seal", &[("seal_number", "F-1")]).await.leads_on();
    let parts =
        [("part_name_1", "一号分样"), ("part_amount_1", "2ml"), ("part_name_2", "二号分样"), ("part_amount_2", "1.5")];
    let sealed = does(&city, "appraiser", &code, "divide", &parts).await;
    assert!(sealed.is(StatusCode::CONFLICT).said().contains("处于封存状态"));
    does(&city, "appraiser", &code, "unseal", &[("unseal_reason", "取样检验")]).await.leads_on();
    does(&city, "appraiser", &code, "divide", &parts).await.leads_on();
    let all = codes(&city, &story).await;
    assert_eq!(all.len(), 3);
    let left = city.count("select cast(sum(amount_left) as bigint) from material", &[]).await;
    assert_eq!(left, 5_000);
    in_hand_of(&city, &all[1], "appraiser").await;
    let used = [("consume_amount", "1.5"), ("consume_purpose", "DNA提取")];
    does(&city, "appraiser", &code, "consume", &used).await.leads_on();
    assert_eq!(holder(&city, &code).await, ("gone".into(), "used_up".into()));
}

async fn place(city: &City, fields: &[(&str, &str)]) -> Answer {
    city.post("head", "/custody/places", fields).await
}

#[tokio::test]
async fn places_hold_what_fits_and_moves_are_witnessed_where_the_house_says_so() {
    let city = City::new().await;
    let (_, code) = blood(&city).await;
    let (_, other) = blood(&city).await;
    place(&city, &[("do", "add"), ("kind", "room"), ("name", "检材室")]).await.leads_on();
    let room: String = city.rows("select id from custody_place", &[]).await[0].get("id").unwrap();
    place(&city, &[("do", "add"), ("kind", "cabinet"), ("name", "甲柜"), ("parent_id", &room), ("capacity", "1")])
        .await
        .leads_on();
    place(&city, &[("do", "add"), ("kind", "shelf"), ("name", "空中")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let sql = "select id from custody_place where kind = 'cabinet'";
    let cabinet: String = city.rows(sql, &[]).await[0].get("id").unwrap();
    does(&city, "front_desk", &code, "place", &[("place_id", &cabinet)]).await.leads_on();
    let full = does(&city, "front_desk", &other, "place", &[("place_id", &cabinet)]).await;
    assert!(full.is(StatusCode::CONFLICT).said().contains("检材室 · 甲柜已放满（1件）"), "{}", full.said());
    assert!(city.get("appraiser", "/custody/places").await.said().contains("1 / 1"));
    // Whether moves are witnessed is the head's to say.
    city.post("front_desk", "/custody/places", &[("do", "witness"), ("witness", "yes")])
        .await
        .is(StatusCode::FORBIDDEN);
    place(&city, &[("do", "witness"), ("witness", "yes")]).await.leads_on();
    does(&city, "appraiser", &code, "take", &[]).await.is(StatusCode::CONFLICT);
    let witness = city.person("second").account_id.clone();
    does(&city, "appraiser", &code, "take", &[("take_witness", &witness)]).await.leads_on();
    assert_eq!(holder(&city, &code).await, ("place".into(), cabinet), "until the witness confirms it stays");
    assert!(city.get("second", "/custody").await.text().contains(&code), "what waits for somebody is shown first");
    does(&city, "front_desk", &code, "confirm", &[]).await.is(StatusCode::CONFLICT);
    does(&city, "second", &code, "confirm", &[]).await.leads_on();
    in_hand_of(&city, &code, "appraiser").await;
    // A destruction has its witness always.
    does(&city, "appraiser", &code, "destroy", &[("destroy_method", "焚烧"), ("destroy_witness", &witness)])
        .await
        .leads_on();
    does(&city, "second", &code, "confirm", &[]).await.leads_on();
    assert_eq!(holder(&city, &code).await, ("gone".into(), "destroyed".into()));
    assert_eq!(city.count("select count(*) from paper where kind = 'material_receipt'", &[]).await, 1);
}

/// An opinion cannot be issued while a material is unaccounted for; what is lost and found is explained by the head.
#[tokio::test]
async fn a_lost_material_holds_the_opinion_up_until_it_is_found_and_explained() {
    let city = City::new().await;
    let story = Story::at(&city, State::Approved).await;
    let code = codes(&city, &story).await.remove(0);
    let before = story.picture().await;
    let taker = city.person("appraiser").account_id.clone();
    does(&city, "front_desk", &code, "offer", &[("offer_to", &taker)]).await.leads_on();
    let waits = story.step("head", Action::Issue).await;
    assert!(waits.is(StatusCode::CONFLICT).said().contains("的交接等待人appraiser确认"), "{}", waits.said());
    does(&city, "appraiser", &code, "refuse", &[("refuse_reason", "数量不符")]).await.leads_on();
    does(&city, "appraiser", &code, "lose", &[("lose_text", "交接时不见")]).await.leads_on();
    assert_eq!(city.count("select count(*) from supervision_flag where kind = 'custody'", &[]).await, 1);
    let lost = story.step("head", Action::Issue).await;
    assert!(lost.is(StatusCode::CONFLICT).said().contains("下落不明"), "{}", lost.said());
    does(&city, "second", &code, "find", &[("find_place", "阅片室，完好")]).await.leads_on();
    let gap = story.step("head", Action::Issue).await;
    assert!(gap.is(StatusCode::CONFLICT).said().contains("有1处异常没有说明"), "{}", gap.said());
    assert_eq!(story.picture().await, before, "nothing was issued meanwhile");
    does(&city, "second", &code, "explain", &[("explain_text", "夹在片袋中")]).await.is(StatusCode::CONFLICT);
    does(&city, "head", &code, "explain", &[("explain_text", "夹在片袋中，核对无误")]).await.leads_on();
    story.step("head", Action::Issue).await.leads_on();
    assert!(city.get("supervisor", &format!("/m/{code}")).await.said().contains("（已说明）"));
}

#[tokio::test]
async fn an_examination_begins_with_what_the_house_has() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    for (who, action) in [
        ("front_desk", Action::Accept),
        ("client", Action::Commission),
        ("head", Action::Assign),
        ("appraiser", Action::Declare),
        ("second", Action::Declare),
    ] {
        story.step(who, action).await.leads_on();
    }
    let blocked = story.step("appraiser", Action::Begin).await;
    assert!(blocked.is(StatusCode::CONFLICT).said().contains("还没有接收"), "{}", blocked.said());
    story.receives_materials().await;
    story.step("appraiser", Action::Begin).await.leads_on();
}

#[tokio::test]
async fn what_was_never_brought_is_awaited_no_more() {
    let city = City::new().await;
    let story = Story::at(&city, State::Declined).await;
    let code = codes(&city, &story).await.remove(0);
    assert_eq!(holder(&city, &code).await, ("gone".into(), "not_brought".into()));
}

/// Two confirm at the same moment: one event.
#[tokio::test]
async fn a_hand_over_is_confirmed_once() {
    let city = City::new().await;
    let (_, code) = blood(&city).await;
    let taker = city.person("appraiser").account_id.clone();
    does(&city, "front_desk", &code, "offer", &[("offer_to", &taker)]).await.leads_on();
    let before = events(&city).await;
    let (one, two) =
        tokio::join!(does(&city, "appraiser", &code, "confirm", &[]), does(&city, "appraiser", &code, "confirm", &[]));
    let done = [one.status, two.status].iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    assert_eq!((done, events(&city).await), (1, before + 1), "{} / {}", one.said(), two.said());
}
