//! The money of a case over HTTP: quoted, agreed, received, relieved, refunded; and a statement, whole or not at all.

use crate::support::{Answer, City, Story, percent};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use platform::cases::{Action, State};
use platform::fees::{self, FeeAccount};
use platform::values;

async fn account(city: &City, id: &str) -> FeeAccount {
    let mut conn = city.app.db.read().await.unwrap();
    let account = fees::find(&mut conn, id).await.unwrap().unwrap();
    // The row's sums repeat what the entries give.
    let sql = "select outstanding_fen, received_fen, refunded_fen from fee_account where subject_id = $1";
    let row = conn.first(sql, values![id]).await.unwrap().unwrap();
    assert_eq!(row.get::<i64>("outstanding_fen").unwrap(), account.balance.outstanding_fen());
    assert_eq!(row.get::<i64>("received_fen").unwrap(), account.balance.received_fen);
    assert_eq!(row.get::<i64>("refunded_fen").unwrap(), account.balance.refunded_fen);
    account
}

/// Sends a form of the fee page at the version that is now.
async fn sends(story: &Story<'_>, who: &str, part: &str, fields: &[(&str, &str)]) -> Answer {
    let version = account(story.city, &story.id).await.version.to_string();
    let fields = [&[("version", version.as_str())], fields].concat();
    story.city.post(who, &story.path(&format!("/fees/{part}")), &fields).await
}

fn payment<'a>(fen: &'a str, reference: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("receipt_way", "transfer"),
        ("receipt_fen", fen),
        ("payer", "乙保险公司"),
        ("reference", reference),
        ("paid_on", "2026-03-02"),
    ]
}

/// A number that grows without a gap, one receipt for one payment, nothing beyond what is owed.
#[tokio::test]
async fn a_fee_is_agreed_with_the_case_and_received_once() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    sends(&story, "front_desk", "receipts", &payment("1", "A0")).await.is(StatusCode::CONFLICT);
    story.goes_on_to(State::Accepted).await;
    assert_eq!(account(&city, &story.id).await.balance.quoted_fen, Some(240_000));
    assert_eq!(account(&city, &story.id).await.balance.agreed_fen, None, "the client has not signed yet");
    story.goes_on_to(State::Commissioned).await;
    assert_eq!(account(&city, &story.id).await.balance.agreed_fen, Some(240_000));

    let over = sends(&story, "front_desk", "receipts", &payment("2400.01", "A1")).await;
    over.is(StatusCode::CONFLICT);
    assert!(over.said().contains("超过尚欠的2,400.00元") && over.text().contains("乙保险公司"), "{}", over.said());
    sends(&story, "front_desk", "receipts", &payment("1000", "A1")).await.leads_on();
    // The same again changes nothing; another sum under the same reference is refused; so is it on another case.
    sends(&story, "front_desk", "receipts", &payment("1000", "A1")).await.leads_on();
    sends(&story, "front_desk", "receipts", &payment("900", "A1")).await.is(StatusCode::CONFLICT);
    let other = Story::at(&city, State::Commissioned).await;
    sends(&other, "front_desk", "receipts", &payment("1000", "A1")).await.is(StatusCode::CONFLICT);
    sends(&other, "head", "receipts", &payment("2400", "B1")).await.leads_on();
    sends(&story, "front_desk", "receipts", &payment("1400", "A2")).await.leads_on();
    assert_eq!(account(&city, &story.id).await.balance.outstanding_fen(), 0);
    let numbers =
        city.rows("select receipt_number from fee_event where receipt_number is not null order by sequence", &[]).await;
    let numbers: Vec<String> = numbers.iter().map(|row| row.get("receipt_number").unwrap()).collect();
    assert_eq!(numbers, ["2026-T-000001", "2026-T-000002", "2026-T-000003"], "refused payments take no number");
    assert_eq!(story.papers("fee_receipt").await.len(), 2);
    let page = city.get("client", &story.path("/fees")).await;
    page.is(StatusCode::OK);
    assert!(page.said().contains("2026-T-000003") && !page.text().contains("/fees/receipts"), "the client only reads");
    let paper = city.get("client", &story.path(&format!("/papers/{}", story.papers("fee_receipt").await[0]))).await;
    assert!(paper.bytes.starts_with(b"%PDF"));

    // A form opened before somebody else's payment is not taken.
    let fields = [&[("version", "1")][..], &payment("1", "A9")].concat();
    city.post("front_desk", &story.path("/fees/receipts"), &fields).await.is(StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_quote_above_the_guide_price_is_refused_and_below_it_told() {
    let city = City::new().await;
    let story = Story::begins(&city).await;
    let row = |price: &'static str| {
        [("quote_code", "BL-01"), ("quote_name", ""), ("quote_units", "1"), ("quote_price", price)]
    };
    let lines = [("fee", "3751")].into_iter().chain(row("3751")).collect::<Vec<_>>();
    let above = story.step_with("front_desk", Action::Accept, &lines).await;
    above.is(StatusCode::CONFLICT);
    assert!(
        above.said().contains("高于政府指导价3,750.00元") && above.text().contains("value=\"3751\""),
        "{}",
        above.said()
    );
    let lines = [("fee", "100")].into_iter().chain(row("3000")).collect::<Vec<_>>();
    story.step_with("front_desk", Action::Accept, &lines).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let lines = [("fee", "")].into_iter().chain(row("3000")).collect::<Vec<_>>();
    story.step_with("front_desk", Action::Accept, &lines).await.leads_on();
    assert_eq!(account(&city, &story.id).await.balance.quoted_fen, Some(300_000));
    let flags = city.count("select count(*) from supervision_flag where kind = 'fee_deviation'", &[]).await;
    assert_eq!(flags, 1, "below the guide price");
    let more = sends(&story, "front_desk", "agreement", &[("agree_fen", "3000.01"), ("agree_way", "一次")]).await;
    more.is(StatusCode::CONFLICT);
    story.goes_on_to(State::Commissioned).await;
    assert_eq!(account(&city, &story.id).await.balance.agreed_fen, Some(300_000));
}

#[tokio::test]
async fn relief_for_legal_aid_bars_termination_for_non_payment() {
    let city = City::new().await;
    let story = Story::at(&city, State::Commissioned).await;
    assert_eq!(fees::relief::non_payment_objections(&account(&city, &story.id).await), [], "unpaid");
    sends(&story, "head", "relief/decision", &[("relief", "waived"), ("relief_reason", "无")])
        .await
        .is(StatusCode::CONFLICT);
    sends(&story, "client", "relief", &[("aid_number", "")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    sends(&story, "client", "relief", &[("aid_number", "沪法援〔2026〕1号")]).await.leads_on();
    assert_eq!(fees::relief::non_payment_objections(&account(&city, &story.id).await).len(), 1, "undecided");
    let decided = [("relief", "reduced"), ("relief_fen", "1400"), ("relief_reason", "交费确有困难")];
    sends(&story, "front_desk", "relief/decision", &decided).await.is(StatusCode::FORBIDDEN);
    sends(&story, "head", "relief/decision", &decided).await.leads_on();
    let after = account(&city, &story.id).await;
    assert_eq!((after.balance.outstanding_fen(), fees::relief::non_payment_objections(&after).len()), (100_000, 1));
    sends(&story, "head", "write-off", &[("write_off_fen", "1000"), ("write_off_reason", "无力支付")]).await.leads_on();
    assert_eq!(account(&city, &story.id).await.balance.outstanding_fen(), 0);
}

#[tokio::test]
async fn a_refund_is_reckoned_shown_and_then_settled() {
    let city = City::new().await;
    let story = Story::at(&city, State::InExamination).await;
    sends(&story, "head", "receipts", &payment("2400", "A1")).await.leads_on();
    let mut fields = vec![("cause", "t5"), ("responsibility", "nobody"), ("work_percent", "40"), ("do", "propose")];
    let shown = sends(&story, "head", "refund", &fields).await;
    shown.is(StatusCode::OK);
    assert!(shown.said().contains("应退1,440.00元"), "{}", shown.said());
    assert_eq!(account(&city, &story.id).await.balance.refunded_fen, 0, "only reckoned");
    fields[3] = ("do", "refund");
    fields.push(("decided_fen", "2000"));
    sends(&story, "head", "refund", &fields).await.is(StatusCode::CONFLICT);
    fields.push(("refund_reason", "双方协商一致"));
    sends(&story, "head", "refund", &fields).await.leads_on();
    let after = account(&city, &story.id).await.balance;
    assert_eq!((after.refunded_fen, after.outstanding_fen(), after.is_settled), (200_000, 0, true));
    assert_eq!(story.papers("refund_sheet").await.len(), 1);
    let page = city.get("client", &story.path("/fees")).await.said();
    assert!(page.contains("双方协商一致") && page.contains("已完成的工作占40%"), "{page}");
    for wrong in ["update fee_event set fen = 1", "delete from fee_event"] {
        let mut conn = city.app.db.write().await.unwrap();
        assert!(conn.run(wrong, &[]).await.is_err(), "{wrong}");
    }
}

async fn uploads(city: &City, who: &str, rows: &str) -> Answer {
    let body = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n流水号,日期,金额,付款人,附言\n{rows}\r\n--limit--\r\n"
    );
    let request = Request::post("/fees/statement")
        .header(header::HOST, "sijian.test")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, &city.person(who).cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=limit");
    city.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_statement_is_recorded_whole_or_not_at_all_and_only_once() {
    let city = City::new().await;
    let first = Story::at(&city, State::Commissioned).await;
    let second = Story::at(&city, State::Commissioned).await;
    let code = account(&city, &first.id).await.payment_code.to_lowercase();
    let good = format!("A1,2026-03-01,1000,某人,鉴定费 {code}");
    let bad = uploads(&city, "front_desk", &format!("{good}\nA2,2026-03-01,77,路人,不明")).await;
    bad.is(StatusCode::CONFLICT);
    assert!(bad.said().contains("对不上任何欠款"), "{}", bad.said());
    assert_eq!(account(&city, &first.id).await.balance.received_fen, 0, "not one row was recorded");
    // The rest of the first, by its code; the second by its payer and sum, once the first owes another sum.
    let rows = format!("{good}\nA2,2026-03-02,\"2,400.00\",甲区人民法院,鉴定费");
    uploads(&city, "front_desk", &rows).await.leads_on();
    uploads(&city, "head", &rows).await.leads_on();
    assert_eq!(account(&city, &first.id).await.balance.received_fen, 100_000);
    assert_eq!(account(&city, &second.id).await.balance.received_fen, 240_000);
    assert_eq!(city.count("select count(*) from fee_event where kind = 'received'", &[]).await, 2);
    uploads(&city, "front_desk", "A3,昨天,1,甲,").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    uploads(&city, "foreign_front_desk", &good).await.is(StatusCode::CONFLICT);
    let list = city.get("head", "/fees").await;
    assert!(
        list.said().contains("1,400.00") && list.text().contains(&format!("/cases/{}/fees", first.id)),
        "{}",
        list.said()
    );
    assert!(city.get("foreign_head", "/fees").await.said().contains("没有尚欠的费用"));
}

#[tokio::test]
async fn anybody_reads_the_tariff_of_a_day() {
    let city = City::new().await;
    for (query, expected, absent) in [
        ("", "3,750.00", "没有这个地区"),
        ("?on=2023-12-31", "没有这个地区", "3,750.00"),
        ("?region=guangdong", "没有这个地区", "3,750.00"),
        ("?on=nonsense&region=nowhere", "3,750.00", "没有这个地区"),
    ] {
        let page = city.get_signed_out(&format!("/fees/tariff{query}")).await;
        page.is(StatusCode::OK);
        assert!(page.said().contains(expected) && !page.said().contains(absent), "{query}: {}", page.said());
    }
    let odd = city.get_signed_out(&format!("/fees/tariff?region={}", percent("案"))).await;
    odd.is(StatusCode::OK);
}
