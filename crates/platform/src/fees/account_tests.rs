//! The balance under every history.

use super::*;
use proptest::prelude::*;

fn received(fen: i64) -> Entry {
    Entry::Received(Receipt {
        fen,
        number: String::new(),
        way: PayWay::Cash,
        payer: String::new(),
        reference: String::new(),
        paid_on: jiff::civil::date(2026, 3, 2),
    })
}

fn refunded(fen: i64, kept_fen: i64) -> Entry {
    Entry::Refunded(Refunded {
        fen,
        kept_fen,
        proposed_fen: fen,
        cause: Cause::T6,
        responsibility: Responsibility::Nobody,
        reason: String::new(),
        explanation: Vec::new(),
    })
}

fn agreed(fen: i64) -> Entry {
    Entry::Agreed { fen, way: String::new() }
}

fn granted(relief: ReliefKind, fen: i64) -> Entry {
    Entry::ReliefGranted { relief, fen, until: None, reason: String::new() }
}

fn written_off(fen: i64) -> Entry {
    Entry::WrittenOff { fen, reason: String::new() }
}

#[test]
fn what_may_follow_what() {
    for (history, outstanding, why) in [
        (vec![received(1)], None, "nothing is agreed"),
        (vec![agreed(-1)], None, "no negative fee"),
        (vec![agreed(0)], Some(0), "an appraisal for nothing"),
        (vec![agreed(2_400)], Some(2_400), "all of it is owed"),
        (vec![agreed(2_400), received(1_000)], Some(1_400), "in parts"),
        (vec![agreed(2_400), received(2_400)], Some(0), "paid"),
        (vec![agreed(2_400), received(2_401)], None, "more than is owed"),
        (vec![agreed(2_400), received(0)], None, "nothing is no payment"),
        (vec![agreed(2_400), received(2_400), received(1)], None, "paid twice"),
        (vec![agreed(2_400), granted(ReliefKind::Reduced, 400)], Some(2_000), "reduced"),
        (vec![agreed(2_400), granted(ReliefKind::Deferred, 0)], Some(2_400), "later is not less"),
        (vec![agreed(2_400), granted(ReliefKind::Deferred, 1)], None, "a deferral takes nothing off"),
        (
            vec![agreed(2_400), received(2_400), granted(ReliefKind::Waived, 1)],
            None,
            "what was paid is refunded, not waived",
        ),
        (
            vec![agreed(2_400), granted(ReliefKind::Reduced, 400), agreed(3_000)],
            Some(2_600),
            "relief outlives a new agreement",
        ),
        (vec![agreed(2_400), received(1_000), agreed(900)], None, "below what was received"),
        (vec![agreed(2_400), written_off(2_400)], Some(0), "written off"),
        (vec![agreed(2_400), received(2_400), refunded(1_200, 1_200)], Some(0), "half goes back, nothing is owed"),
        (vec![agreed(2_400), received(600), refunded(0, 1_200)], Some(600), "work done is owed although unpaid"),
        (vec![agreed(2_400), refunded(0, 0)], Some(0), "nothing was paid, nothing is kept"),
        (vec![agreed(2_400), received(2_400), refunded(2_401, -1)], None, "more than was received"),
        (vec![agreed(2_400), received(2_400), refunded(1_000, 1_200)], None, "kept and refunded do not add up"),
        (
            vec![agreed(2_400), received(2_400), refunded(1_200, 1_200), refunded(1_200, 0)],
            Some(0),
            "the rest later (81)",
        ),
        (vec![agreed(2_400), received(2_400), refunded(1_200, 1_200), agreed(5_000)], None, "settled"),
    ] {
        let after = history.iter().try_fold(Balance::default(), |balance, entry| balance.after(entry));
        assert_eq!(after.ok().map(|one| one.outstanding_fen()), outstanding, "{why}");
    }
}

fn entry() -> impl Strategy<Value = Entry> {
    let fen = -10_i64..5_000;
    prop_oneof![
        fen.clone().prop_map(|total_fen| Entry::Quoted { lines: Vec::new(), total_fen }),
        fen.clone().prop_map(agreed),
        fen.clone().prop_map(received),
        fen.clone().prop_map(|fen| granted(ReliefKind::Reduced, fen)),
        (-3_i64..3).prop_map(|fen| granted(ReliefKind::Deferred, fen)),
        fen.clone().prop_map(written_off),
        (fen.clone(), fen).prop_map(|(fen, kept)| refunded(fen, kept)),
        Just(Entry::ReliefAsked { aid_number: String::new(), note: String::new() }),
        Just(Entry::ReliefRefused { reason: String::new() }),
    ]
}

proptest! {
    #[test]
    fn no_history_makes_anything_negative(entries in prop::collection::vec(entry(), 0..40)) {
        let mut balance = Balance::default();
        for entry in &entries {
            if let Ok(next) = balance.after(entry) {
                prop_assert!(next.received_fen >= balance.received_fen && next.refunded_fen >= balance.refunded_fen);
                balance = next;
            }
            prop_assert!(0 <= balance.held_fen() && balance.held_fen() <= balance.charge_fen, "{balance:?}");
            prop_assert!(balance.outstanding_fen() >= 0 && balance.refunded_fen <= balance.received_fen);
            prop_assert!(balance.charge_fen + balance.remitted_fen <= balance.agreed_fen.unwrap_or_default());
        }
        // Refused entries leave no trace: the fold over all of them is the same.
        prop_assert_eq!(Balance::of(&entries), balance);
    }
}
