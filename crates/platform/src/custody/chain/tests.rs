//! Chains by row, and by chance: whatever legally happens tiles time and conserves amounts; whatever is bent is found.

use super::*;
use proptest::prelude::*;

fn party(id: &str) -> Party {
    Party::new(id, id)
}

fn person(id: &str) -> Holder {
    Holder::Person(party(id))
}

fn place(id: &str) -> Holder {
    Holder::Place(party(id))
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_770_000_000 + minute * 60).unwrap()
}

fn event(minute: i64, kind: Happening, by: &str, from: Option<Holder>, to: Option<Holder>) -> CustodyEvent {
    let text = String::new;
    CustodyEvent {
        kind,
        at: at(minute),
        by: party(by),
        from,
        to,
        awaits: None,
        amount: None,
        seal: text(),
        note: text(),
    }
}

fn begun() -> Vec<CustodyEvent> {
    vec![
        event(0, Happening::Announced, "client", None, Some(Holder::Client)),
        event(10, Happening::Received, "desk", Some(Holder::Client), Some(person("desk"))),
    ]
}

fn offer(minute: i64, from: &str, to: &str) -> CustodyEvent {
    let mut one = event(minute, Happening::Offered, from, Some(person(from)), Some(person(to)));
    one.awaits = Some(party(to));
    one
}

fn answer(minute: i64, kind: Happening, by: &str, from: &str, to: &str) -> CustodyEvent {
    event(minute, kind, by, Some(person(from)), (kind == Happening::Confirmed).then(|| person(to)))
}

fn used(minute: i64, kind: Happening, by: &str, amount: Option<i64>) -> CustodyEvent {
    CustodyEvent { amount, ..event(minute, kind, by, Some(person(by)), None) }
}

fn sealed(minute: i64, kind: Happening, by: &str) -> CustodyEvent {
    CustodyEvent { seal: "F-1".into(), ..event(minute, kind, by, Some(person(by)), None) }
}

#[test]
fn what_does_not_fit_is_found_and_named() {
    use Break::*;
    use Happening::*;
    let rows: Vec<(&str, Vec<CustodyEvent>, &[Break], Holder)> = vec![
        ("announced and received", vec![], &[], person("desk")),
        (
            "offered and confirmed",
            vec![offer(20, "desk", "a"), answer(30, Confirmed, "a", "desk", "a")],
            &[],
            person("a"),
        ),
        (
            "offered and refused",
            vec![offer(20, "desk", "a"), answer(30, Refused, "a", "desk", "a")],
            &[],
            person("desk"),
        ),
        ("withdrawn", vec![offer(20, "desk", "a"), answer(30, Withdrawn, "desk", "desk", "a")], &[], person("desk")),
        ("an offer that waits is no break yet", vec![offer(20, "desk", "a")], &[], person("desk")),
        (
            "offered, then put away instead",
            vec![offer(20, "desk", "a"), event(30, Moved, "desk", Some(person("desk")), Some(place("shelf")))],
            &[Unconfirmed],
            place("shelf"),
        ),
        ("offered twice", vec![offer(20, "desk", "a"), offer(30, "desk", "b")], &[Unconfirmed], person("desk")),
        (
            "confirmed by another",
            vec![offer(20, "desk", "a"), answer(30, Confirmed, "b", "desk", "a")],
            &[WrongPerson],
            person("a"),
        ),
        ("confirmed without an offer", vec![answer(30, Confirmed, "a", "desk", "a")], &[NoOffer], person("a")),
        (
            "taken from a place where it was not",
            vec![event(30, Moved, "a", Some(place("shelf")), Some(person("a")))],
            &[ImpossibleMove],
            person("a"),
        ),
        ("dated before the record before it", vec![sealed(5, Sealed, "desk")], &[Overlap], person("desk")),
        (
            "received twice",
            vec![event(20, Received, "desk", None, Some(person("desk")))],
            &[BegunTwice],
            person("desk"),
        ),
        ("lost", vec![event(20, Lost, "desk", None, Some(Holder::Lost))], &[], Holder::Lost),
        (
            "lost and found",
            vec![event(20, Lost, "desk", None, None), event(30, Found, "a", Some(Holder::Lost), Some(person("a")))],
            &[Gap],
            person("a"),
        ),
        ("more than there was", vec![used(20, Consumed, "desk", Some(6_000))], &[BelowZero], Holder::Gone(End::UsedUp)),
        ("to the last drop", vec![used(20, Consumed, "desk", Some(5_000))], &[], Holder::Gone(End::UsedUp)),
        ("nobody knows how much", vec![used(20, Consumed, "desk", None)], &[Unmeasured], person("desk")),
        ("a negative amount", vec![used(20, Consumed, "desk", Some(-1))], &[Unmeasured], person("desk")),
        (
            "used under its seal",
            vec![sealed(20, Sealed, "desk"), used(30, Divided, "desk", Some(1))],
            &[SealIntact],
            person("desk"),
        ),
        ("opened without a seal", vec![sealed(20, Unsealed, "desk")], &[SealTwice], person("desk")),
        ("sealed twice", vec![sealed(20, Sealed, "desk"), sealed(30, Sealed, "desk")], &[SealTwice], person("desk")),
        (
            "touched after its return",
            vec![
                event(20, Returned, "desk", Some(person("desk")), Some(Holder::Gone(End::Returned))),
                sealed(30, Sealed, "desk"),
            ],
            &[AfterEnd, ImpossibleMove],
            Holder::Gone(End::Returned),
        ),
    ];
    for (why, more, breaks, holder) in rows {
        let events: Vec<_> = begun().into_iter().chain(more).collect();
        let holding = read(&events, Some(5_000)).unwrap();
        let found: Vec<Break> = holding.irregularities.iter().map(|one| one.what).collect();
        assert_eq!(found, breaks, "{why}");
        assert_eq!(holding.holder, holder, "{why}");
        tiles(&holding, &events);
    }
    let holding = read(&[sealed(0, Happening::Sealed, "desk")], None).unwrap();
    assert_eq!(holding.irregularities[0].what, NoBeginning, "a chain that begins in the middle");
}

#[test]
fn what_the_head_explained_stays_in_sight_and_counts_no_more() {
    let mut events = begun();
    events.push(event(20, Happening::Lost, "desk", None, None));
    events.push(event(30, Happening::Found, "a", Some(Holder::Lost), Some(person("a"))));
    assert_eq!(read(&events, None).unwrap().unexplained(), 1);
    events.push(event(40, Happening::Explained, "head", None, None));
    let holding = read(&events, None).unwrap();
    assert_eq!((holding.unexplained(), holding.irregularities.len()), (0, 1));
}

/// From the first event on, without a hole and without an overlap, open at its end.
fn tiles(holding: &Holding, events: &[CustodyEvent]) {
    assert_eq!(holding.intervals[0].from, events[0].at);
    for pair in holding.intervals.windows(2) {
        assert_eq!(pair[0].to, Some(pair[1].from));
        assert!(pair[0].from <= pair[1].from);
    }
    let last = holding.intervals.last().unwrap();
    assert_eq!((last.to, &last.holder), (None, &holding.holder));
}

const PEOPLE: [&str; 3] = ["desk", "a", "b"];
const AMOUNT: i64 = 5_000;

/// Whatever the rules would let through: each draw becomes the legal event nearest to it.
fn legal(draws: &[(u8, u8, i64)]) -> Vec<CustodyEvent> {
    let mut events = begun();
    for (n, (what, whom, amount)) in (1..).zip(draws) {
        let minute = 10 + n * 10;
        let holding = read(&events, Some(AMOUNT)).unwrap();
        let whom = PEOPLE[usize::from(*whom) % PEOPLE.len()];
        if let Some(pending) = &holding.pending {
            let Holder::Person(from) = &holding.holder else { return events };
            let (kind, by) = match what % 3 {
                0 => (Happening::Refused, pending.awaits.id.clone()),
                1 => (Happening::Withdrawn, pending.by.id.clone()),
                _ => (Happening::Confirmed, pending.awaits.id.clone()),
            };
            events.push(answer(minute, kind, &by, &from.id, &pending.awaits.id));
            continue;
        }
        match &holding.holder {
            Holder::Person(me) => {
                let me = me.id.clone();
                let here = Some(person(&me));
                let left = holding.left.unwrap();
                let next = match what % 5 {
                    0 if whom != me => offer(minute, &me, whom),
                    1 => event(minute, Happening::Moved, &me, here, Some(place("shelf"))),
                    2 if holding.seal.is_none() => used(minute, Happening::Consumed, &me, Some(1 + amount % left)),
                    3 if holding.seal.is_none() => used(minute, Happening::Divided, &me, Some(1 + amount % left)),
                    4 if holding.seal.is_none() => sealed(minute, Happening::Sealed, &me),
                    _ if holding.seal.is_some() => sealed(minute, Happening::Unsealed, &me),
                    _ => continue,
                };
                events.push(next);
            }
            Holder::Place(_) => {
                events.push(event(minute, Happening::Moved, whom, Some(place("shelf")), Some(person(whom))));
            }
            _ => return events,
        }
    }
    events
}

fn draws() -> impl Strategy<Value = Vec<(u8, u8, i64)>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), 0..AMOUNT), 0..40)
}

/// Ways to falsify a record; whether it took hold anywhere in this chain.
fn bend(events: &mut Vec<CustodyEvent>, how: u8, which: usize) -> bool {
    let n = 1 + which % (events.len() - 1);
    match how % 4 {
        0 => {
            let Some(from) = &mut events[n].from else { return false };
            *from = person("stranger");
        }
        1 => events[n].at = events[n - 1].at - jiff::SignedDuration::from_secs(1),
        2 => {
            let holder_before = read(&events[..n], Some(AMOUNT)).unwrap().holder;
            let holder_after = read(&events[..=n], Some(AMOUNT)).unwrap().holder;
            // Left out: seen as soon as whoever has it next does something.
            if holder_before == holder_after || n + 1 == events.len() {
                return false;
            }
            events.remove(n);
        }
        _ => {
            if !matches!(events[n].kind, Happening::Consumed | Happening::Divided) {
                return false;
            }
            events[n].amount = Some(AMOUNT + 1);
        }
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn legal_chains_tile_time_and_conserve_amounts(draws in draws()) {
        let events = legal(&draws);
        let holding = read(&events, Some(AMOUNT)).unwrap();
        tiles(&holding, &events);
        prop_assert!(holding.irregularities.is_empty(), "{:?} in {events:#?}", holding.irregularities);
        prop_assert_eq!(holding.left.unwrap() + holding.consumed + holding.divided, AMOUNT);
        prop_assert!(holding.left.unwrap() >= 0);
    }

    #[test]
    fn a_bent_chain_is_found_and_still_tiles_time(draws in draws(), how in any::<u8>(), which in any::<usize>()) {
        let mut events = legal(&draws);
        if bend(&mut events, how, which) {
            let holding = read(&events, Some(AMOUNT)).unwrap();
            prop_assert!(!holding.irregularities.is_empty(), "nothing found in {events:#?}");
            tiles(&holding, &events);
        }
    }
}
