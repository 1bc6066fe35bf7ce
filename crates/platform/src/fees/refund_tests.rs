//! Every cause, every responsibility, every pack.

use super::*;
use crate::rulebook::pack;
use jiff::civil::date;

const AGREED: i64 = 240_000;

fn balance(received: i64) -> Balance {
    Balance { agreed_fen: Some(AGREED), charge_fen: AGREED, received_fen: received, ..Balance::default() }
}

fn proposed(cause: Cause, responsibility: Responsibility, region: &str, agreed_percent: Option<i64>) -> Proposal {
    let ended = Ended { cause, responsibility, work_percent: 40, agreed_percent };
    propose(&ended, &balance(AGREED), pack(region, date(2026, 3, 2)))
}

#[test]
fn every_cause_by_every_responsibility_in_every_pack() {
    use Cause::*;
    use Responsibility::*;
    /// Work of 40 % is kept, so 60 % goes back; an agreement of 25 % lets 75 % go back.
    const ALL: i64 = 240_000;
    const WORK: i64 = 144_000;
    const DEAL: i64 = 180_000;
    let grounds = [T1, T2, T3, T4, T5, T6];
    for cause in grounds {
        for (region, agreed, who, refund, article, why) in [
            ("shanghai", None, Institution, ALL, law::SH29, "the institution's doing: all"),
            ("shanghai", None, Client, WORK, law::SH29, "the client's doing: work done is kept"),
            ("shanghai", None, Party, WORK, law::SH29, "a party's doing: work done is kept"),
            ("shanghai", None, Nobody, WORK, law::SH29, "nobody's doing: only work done is kept"),
            ("shanghai", Some(25), Client, WORK, law::SH29, "responsibility goes before an agreed share"),
            ("guangdong", None, Institution, ALL, law::GD30, "an agreement does not excuse the institution"),
            ("guangdong", Some(25), Institution, ALL, law::GD30, "the same"),
            ("guangdong", Some(25), Client, DEAL, law::GD30, "as agreed"),
            ("guangdong", Some(25), Party, DEAL, law::GD30, "as agreed"),
            ("guangdong", Some(25), Nobody, DEAL, law::GD30, "as agreed"),
            ("guangdong", None, Client, WORK, law::GD30, "nothing agreed: reckoned by work, for the two to settle"),
            ("guangdong", None, Nobody, WORK, law::GD30, "the same"),
            ("beijing", Some(25), Client, DEAL, law::T29, "the national pack"),
            ("beijing", None, Party, WORK, law::T29, "the national pack, nothing agreed"),
            ("beijing", None, Institution, ALL, law::T29, "the national pack"),
        ] {
            let found = proposed(cause, who, region, agreed);
            assert_eq!((found.refund_fen, found.article), (refund, article), "{cause:?} {who:?} {region}: {why}");
            assert_eq!(found.kept_fen + found.refund_fen, AGREED, "{cause:?} {who:?} {region}");
        }
    }
    for (cause, article, why) in [
        (Overdue, law::E35, "35: overdue without reason"),
        (Unfit, law::E40, "40: unqualified, procedure, basis"),
        (Retracted, law::E42, "42: takes the opinion back"),
        (Absent, law::E81, "81: does not come to court"),
    ] {
        for region in ["shanghai", "guangdong", "beijing"] {
            for (_, _, who) in Responsibility::CHOICES {
                let found = proposed(cause, *who, region, Some(25));
                assert_eq!((found.refund_fen, found.article), (ALL, article), "{why} {who:?} {region}");
            }
        }
    }
    assert_eq!(proposed(Recusal, Nobody, "guangdong", Some(25)).article, law::GD32, "the institution returns the fee");
    assert_eq!(proposed(Recusal, Nobody, "shanghai", None).refund_fen, ALL);
}

#[test]
fn the_explanation_is_in_both_languages_and_ends_with_the_sum() {
    for (_, _, cause) in Cause::CHOICES {
        let lines = proposed(*cause, Responsibility::Client, "shanghai", None).explanation();
        assert!(lines.len() >= 3, "{cause:?}");
        for (zh, en) in &lines {
            assert!(!zh.contains("%{") && !en.contains("%{") && en.is_ascii(), "{cause:?}: {zh} / {en}");
        }
        assert!(lines.last().unwrap().0.contains("应退"), "{lines:?}");
    }
}

#[test]
fn what_is_unpaid_stays_owed_as_far_as_work_was_done() {
    let ended =
        Ended { cause: Cause::T4, responsibility: Responsibility::Client, work_percent: 40, agreed_percent: None };
    for (received, refund, owed, why) in [
        (0, 0, 96_000, "nothing was paid: the work done is owed"),
        (50_000, 0, 46_000, "a part"),
        (96_000, 0, 0, "exactly"),
        (96_001, 1, 0, "a fen goes back"),
    ] {
        let balance = balance(received);
        let found = propose(&ended, &balance, pack("shanghai", date(2026, 3, 2)));
        let settled = decide(&found, None, "", &balance).unwrap();
        let after = balance.after(&super::super::account::Entry::Refunded(settled)).unwrap();
        assert_eq!((found.refund_fen, after.outstanding_fen()), (refund, owed), "{why}");
    }
}

#[test]
fn the_head_may_decide_otherwise_with_a_reason() {
    let balance = balance(AGREED);
    let by_work = proposed(Cause::T5, Responsibility::Nobody, "shanghai", None);
    let by_law = proposed(Cause::Absent, Responsibility::Nobody, "shanghai", None);
    for (proposal, decided, reason, sound, why) in [
        (&by_work, None, "", true, "as proposed"),
        (&by_work, Some(144_000), "", true, "the same sum"),
        (&by_work, Some(200_000), "", false, "another sum needs a reason"),
        (&by_work, Some(200_000), "双方协商一致", true, "with a reason"),
        (&by_work, Some(100_000), "另有检测支出", true, "less, with a reason"),
        (&by_work, Some(AGREED + 1), "误填", false, "more than was received"),
        (&by_work, Some(-1), "误填", false, "less than nothing"),
        (&by_law, Some(100_000), "不同意", false, "the law gives everything back"),
    ] {
        let decided = decide(proposal, decided, reason, &balance);
        assert_eq!(decided.is_ok(), sound, "{why}");
        if let Ok(refunded) = decided {
            assert!(balance.after(&super::super::account::Entry::Refunded(refunded)).is_ok(), "{why}");
        }
    }
}
