//! Clearly fictional samples: an ordinary one, one with rare characters, one with too much of everything.

use super::*;
use crate::papers::Papers;
use jiff::civil::date;

const RARE_NAME: &str = "𠮷㛃𬎆𫍯𰀀";

fn receipts() -> Vec<FeeReceipt> {
    let ordinary = FeeReceipt {
        number: "2026-T-000012".into(),
        institution: "示例司法鉴定中心".into(),
        payer: "示例市示例区人民法院".into(),
        payment_code: "F0123456789".into(),
        way: "银行转账".into(),
        reference: "SL202603020001".into(),
        amount: amount(240_050),
        capital: capital_amount(240_050),
        charge: amount(300_000),
        outstanding: amount(59_950),
        paid_on: zh_date(date(2026, 3, 2)),
        by: "某戊".into(),
        dated: zh_date(date(2026, 3, 2)),
        printed_on: date(2026, 3, 2),
    };
    let rare =
        FeeReceipt { payer: RARE_NAME.into(), reference: String::new(), way: "现金".into(), ..ordinary.clone() };
    let full = FeeReceipt { payer: "很长的付款人名称".repeat(25), ..ordinary.clone() };
    vec![ordinary, rare, full]
}

fn sheets() -> Vec<RefundSheet> {
    let ordinary = RefundSheet {
        institution: "示例司法鉴定中心".into(),
        payment_code: "F0123456789".into(),
        cause: "不可抗力".into(),
        responsibility: "各方均无责任".into(),
        article: "《上海市司法鉴定管理条例》第二十九条".into(),
        agreed: amount(240_000),
        received: amount(240_000),
        lines: vec!["已完成的工作占40%。".into(), "留取960.00元，应退1,440.00元。".into()],
        proposed: amount(144_000),
        refund: amount(144_000),
        capital: capital_amount(144_000),
        kept: amount(96_000),
        reason: String::new(),
        by: "某己".into(),
        dated: zh_date(date(2026, 3, 2)),
        printed_on: date(2026, 3, 2),
    };
    let rare =
        RefundSheet { reason: format!("与{RARE_NAME}协商一致。"), by: RARE_NAME.into(), ..ordinary.clone() };
    let full = RefundSheet { reason: "理由很长。".repeat(800), ..ordinary.clone() };
    vec![ordinary, rare, full]
}

#[tokio::test]
async fn every_sample_is_printed() {
    let papers = Papers::new(vec!["/usr/share/fonts".into()]);
    for sample in receipts() {
        assert!(papers.preview(&sample).await.unwrap().starts_with(b"%PDF"));
    }
    for sample in sheets() {
        assert!(papers.preview(&sample).await.unwrap().starts_with(b"%PDF"));
    }
}
