//! T4, the mirror's part: a rewritten history and a shrunk log are shouted at, with both signed checkpoints.

use crate::support::{entry, grow, log, log_key};
use ledger::monitor::Alarm;
use ledger::{Growth, Hash, Head, Kind, Memory, Signer, append, begin, compare, follow, publish};

/// A log whose entry 100 is another, everything freshly made and signed with the right key.
fn rewritten(size: u64) -> (Memory, Head) {
    let mut store = Memory::default();
    begin(&mut store, &log_key()).unwrap();
    let entries: Vec<Vec<u8>> =
        (0..size).map(|index| if index == 100 { b"forged".to_vec() } else { entry(index) }).collect();
    let entries: Vec<&[u8]> = entries.iter().map(Vec::as_slice).collect();
    let head = append(&mut store, &log_key(), &entries).unwrap();
    let head = publish(&mut store, &head, log_key().verifier()).unwrap();
    (store, head)
}

#[test]
fn honest_growth_is_followed() {
    let (mut store, mut before) = log(&[]);
    for size in [1, 255, 256, 300, 1000] {
        let now = grow(&mut store, before.checkpoint().size, size);
        let growth = follow(&before, &now, &store).unwrap();
        assert_eq!(growth, Growth::Grown { from: before.checkpoint().size, to: size });
        assert_eq!(follow(&now, &now, &store).unwrap(), Growth::Same);
        before = now;
    }
}

#[test]
fn a_rewritten_or_shrunk_log_is_shouted_at_with_the_evidence() {
    let (old_store, before) = log(&[700]);
    for size in [700, 701, 900] {
        let (store, now) = rewritten(size);
        let alarm = follow(&before, &now, &store).unwrap_err();
        let Alarm::Fork { evidence, .. } = *alarm else { panic!("{size}: {alarm}") };
        for (text, head) in [(&evidence.before, &before), (&evidence.now, &now)] {
            let kept = Head::open(text.as_bytes(), log_key().verifier()).unwrap();
            assert_eq!(kept.checkpoint(), head.checkpoint(), "both are signed by the log itself");
        }
    }
    let (store, now) = log(&[650]);
    let alarm = follow(&before, &now, &store).unwrap_err();
    assert!(matches!(*alarm, Alarm::Shrunk { before: 700, now: 650, .. }), "{alarm}");
    assert!(alarm.to_string().contains("THE LOG SHRANK"));
    // Tiles that do not belong to the new checkpoint show nothing either way.
    let (_, now) = rewritten(900);
    assert!(matches!(*follow(&before, &now, &old_store).unwrap_err(), Alarm::Unproven { .. }));
    assert!(matches!(*compare(&before, &now, &[Hash::empty_root()]).unwrap_err(), Alarm::Fork { .. }));
    let stranger = Signer::from_seed("log.example/other", Kind::Log, &[7; 32]).unwrap();
    let mut other = Memory::default();
    let other = begin(&mut other, &stranger).unwrap();
    assert!(matches!(*compare(&before, &other, &[]).unwrap_err(), Alarm::TwoLogs { .. }));
}
