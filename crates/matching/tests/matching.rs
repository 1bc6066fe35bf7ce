//! What is the same and what only looks alike: a table, properties, and the floors on a made-up population.

mod population;

use jiff::civil::{Date, date};
use matching::{Ground, Kind, Matter, Print, Secret, Strength, compare, is_sound, meant, normalised_id, prints};
use population::{ALIKE, Kept, Lots, Person, SLIPS, duplicate, person, printed};
use proptest::prelude::*;

fn secret() -> Secret {
    Secret::new([7; 32])
}

const DAY: Date = date(2026, 1, 20);

/// Clearly made up; the number is the sample of GB 11643.
fn zhang() -> Person {
    Person {
        name: "张受检".into(),
        id: "11010519491231002X".into(),
        birth: Some(date(1949, 12, 31)),
        phone: "13800001234".into(),
        on: Some(DAY),
        letter: "（2026）甲委鉴字第1号".into(),
        item: "FY-0201".into(),
    }
}

fn with(change: impl FnOnce(&mut Person)) -> Person {
    let mut one = zhang();
    one.letter = "（2026）乙公（刑）鉴聘字3021号".into();
    change(&mut one);
    one
}

fn found(one: &Person, other: &Person) -> Option<Strength> {
    compare(&printed(&secret(), one), &printed(&secret(), other)).map(|found| found.strength)
}

#[test]
fn the_same_and_the_alike() {
    use Strength::{Possible, Strong};
    // The sample's neighbour in sequence: a twin's number.
    let twin = "110105194912310038";
    assert!(is_sound(twin), "{:?}", meant(twin));
    for (why, other, answer) in [
        ("by another organ's letter", with(|_| {}), Some(Strong)),
        ("a digit of the number wrong", with(|one| one.id = "11010519491231003X".into()), Some(Strong)),
        ("no number given", with(|one| one.id.clear()), Some(Strong)),
        (
            "neither number nor telephone",
            with(|one| (one.id, one.phone) = (String::new(), String::new())),
            Some(Possible),
        ),
        ("a name that sounds alike", with(|one| one.name = "章寿俭".into()), Some(Strong)),
        ("married, so another name", with(|one| one.name = "李某某".into()), Some(Strong)),
        ("the day after", with(|one| one.on = Some(date(2026, 1, 21))), Some(Strong)),
        ("no day of the event: a person asks", with(|one| one.on = None), Some(Possible)),
        ("the item's field only", with(|one| one.item = "FY-02".into()), Some(Strong)),
        ("another item", with(|one| one.item = "FY-0202".into()), None),
        ("a digit of the day wrong: a person asks", with(|one| one.on = Some(date(2026, 1, 27))), Some(Possible)),
        ("another event", with(|one| one.on = Some(date(2026, 2, 3))), None),
        ("a twin", with(|one| (one.id, one.name) = (twin.into(), "张受测".into())), None),
        ("a namesake with another number", with(|one| one.id = twin.into()), None),
        (
            "a name and the very day, and nothing else to compare: a person asks",
            with(|one| (one.id, one.phone, one.birth) = (String::new(), String::new(), None)),
            Some(Possible),
        ),
        (
            "a name and a day, and the telephone is another's",
            with(|one| (one.id, one.phone, one.birth) = (String::new(), "13900005678".into(), None)),
            None,
        ),
        (
            "a name, and no day",
            with(|one| (one.id, one.phone, one.birth, one.on) = (String::new(), String::new(), None, None)),
            None,
        ),
        (
            "a sibling on the same telephone",
            with(|one| (one.id, one.name, one.birth) = (String::new(), "张受测".into(), Some(date(1952, 1, 1)))),
            None,
        ),
    ] {
        assert_eq!(found(&zhang(), &other), answer, "{why}");
        assert_eq!(found(&other, &zhang()), answer, "{why}, the other way round");
    }
}

#[test]
fn an_object_is_known_by_name_and_letter() {
    let object = |letter: &str| Person {
        name: "2021年3月1日《借条》".into(),
        id: String::new(),
        birth: None,
        phone: String::new(),
        on: None,
        letter: letter.into(),
        item: "WZ-0101".into(),
    };
    let first = object("（2026）沪0101民初12号");
    assert_eq!(found(&first, &object("(2026) 沪0101 民初第12号")), Some(Strength::Possible));
    assert_eq!(found(&first, &object("（2026）沪0101民初13号")), None, "there are many 借条");
}

#[test]
fn a_frequent_name_looks_nobody_up() {
    let only = prints(&secret(), &Matter { name: "张伟", items: &["FY-0201".to_owned()], ..Matter::default() });
    assert!(only.iter().all(|print| !print.kind.finds()), "{only:?}");
    assert_eq!(compare(&only, &only), None);
}

#[test]
fn the_grounds_are_kinds_of_data() {
    let other = with(|one| (one.id, one.name) = ("1101051949123102X".into(), "张寿检".into()));
    let found = compare(&printed(&secret(), &zhang()), &printed(&secret(), &other)).expect("the same");
    assert_eq!(
        found.grounds,
        [Ground::IdSlip, Ground::NameSound, Ground::Birth, Ground::Phone, Ground::Event, Ground::Item]
    );
    assert!(found.knows_event());
}

#[test]
fn without_the_secret_nothing_is_recognised() {
    let (ours, theirs) = (printed(&secret(), &zhang()), printed(&Secret::new([8; 32]), &zhang()));
    assert!(ours.iter().all(|print| theirs.iter().all(|other| other.key != print.key)));
    assert_eq!(format!("{:?}", secret()), "Secret(…)");
    // The same text as a name and as a letter: two families, two hashes.
    assert_ne!(secret().hash("name", "12345678"), secret().hash("letter", "12345678"));
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    for kind in Kind::ALL {
        assert_eq!(Kind::of(kind.word()), Some(*kind));
    }
    assert_eq!(Kind::of("nothing"), None);
}

/// The floors of the issue on a small population; `examples/bench_matching.rs` measures the large one.
#[test]
fn recall_and_false_alerts_keep_their_floors() {
    const POPULATION: usize = 4_000;
    const DUPLICATES: usize = 1_000;
    const OTHERS: usize = 3_000;
    let mut lots = Lots::new(20_260_302);
    let people: Vec<Person> = (0..POPULATION).map(|_| person(&mut lots)).collect();
    let kept = Kept::of(people.iter().map(|one| printed(&secret(), one)).collect());
    let recalled = (0..DUPLICATES)
        .filter(|n| {
            let of = lots.below(POPULATION);
            let second = duplicate(&people[of], n % SLIPS.len(), &mut lots);
            kept.hits(&printed(&secret(), &second)).iter().any(|(place, _)| *place == of)
        })
        .count();
    let alerts = (0..OTHERS)
        .filter(|n| {
            let other = ALIKE[n % ALIKE.len()].1(&people[lots.below(POPULATION)], &mut lots);
            !kept.hits(&printed(&secret(), &other)).is_empty()
        })
        .count();
    assert!(recalled * 100 >= DUPLICATES * 98, "recall {recalled} of {DUPLICATES}");
    assert!(alerts * 100 <= OTHERS, "{alerts} false alerts of {OTHERS}");
}

fn any_person() -> impl Strategy<Value = Person> {
    any::<u64>().prop_map(|seed| person(&mut Lots::new(seed)))
}

proptest! {
    #[test]
    fn comparing_is_symmetric(a in any_person(), b in any_person(), slip in 0..SLIPS.len(), seed in any::<u64>()) {
        let mut lots = Lots::new(seed);
        for other in [b, duplicate(&a, slip, &mut lots)] {
            let (one, two): (Vec<Print>, Vec<Print>) = (printed(&secret(), &a), printed(&secret(), &other));
            prop_assert_eq!(compare(&one, &two), compare(&two, &one));
            prop_assert_eq!(&two, &printed(&secret(), &other), "the same matter has the same fingerprints");
        }
    }

    #[test]
    fn nothing_typed_is_a_panic(name in ".*", id in ".*", phone in ".*", letter in ".*") {
        let matter = Matter { name: &name, id_number: &id, phone: &phone, letter: &letter, ..Matter::default() };
        prop_assert!(prints(&secret(), &matter).len() < 80);
        prop_assert_eq!(normalised_id(&normalised_id(&id)), normalised_id(&id));
    }

    #[test]
    fn a_sound_number_is_never_a_slip_of_another(a in any_person(), b in any_person()) {
        prop_assume!(is_sound(&a.id) && is_sound(&b.id) && a.id != b.id);
        let other = Person { id: b.id, ..a.clone() };
        prop_assert!(found(&a, &other).is_none());
    }
}
