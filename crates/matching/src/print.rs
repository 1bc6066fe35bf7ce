//! The fingerprints of a matter: who, what happened, which item.
//!
//! **Invariant:** deterministic; a datum that is missing leaves no fingerprint, so it neither agrees nor differs.

use crate::hash::{Key, Secret};
use crate::identity::{self, is_sound, meant, normalised_id};
use crate::normal;
use jiff::ToSpan;
use jiff::civil::Date;

/// What is known of an entrustment, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Matter<'a> {
    pub name: &'a str,
    pub id_number: &'a str,
    pub birth: Option<Date>,
    pub phone: &'a str,
    /// When it happened, e.g. the injury.
    pub event_on: Option<Date>,
    /// The commission letter's or court case's number.
    pub letter: &'a str,
    /// The item of practice and, after it, the coarser ones it belongs to: `FY-0201`, `FY-02`.
    pub items: &'a [String],
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $word:literal, $family:literal;)*) => {
        /// What a fingerprint is of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The stored word.
            pub fn word(self) -> &'static str {
                match self { $(Kind::$kind => $word),* }
            }

            /// Kinds of one family are compared with one another.
            fn family(self) -> &'static str {
                match self { $(Kind::$kind => $family),* }
            }

            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    };
}

kinds! {
    /// A sound identity number.
    Id, "id", "id";
    /// What a mistyped identity number may have been meant to be.
    IdMeant, "id_meant", "id";
    /// A mark: an identity number was typed, and it is not sound.
    IdFaulty, "id_faulty", "id-faulty";
    Name, "name", "name";
    NameSound, "name_sound", "name-sound";
    Birth, "birth", "birth";
    /// Two of year, month and day.
    BirthPart, "birth_part", "birth-part";
    Phone, "phone", "phone";
    Letter, "letter", "letter";
    Event, "event", "event";
    /// Days that the day of the event is taken for: the day before and after, day and month exchanged, the year beside.
    EventNear, "event_near", "event";
    /// Month and one digit of the day of the event: two days one digit apart share one.
    EventDigit, "event_digit", "event-digit";
    Item, "item", "item";
    /// The coarser items above it.
    ItemAbove, "item_above", "item";
    /// Sound and day of birth together.
    SoundBirth, "sound_birth", "sound-birth";
    /// Sound and day of the event together.
    SoundEvent, "sound_event", "sound-event";
}

impl Kind {
    /// Rare enough to look others up by. A name alone never is: there are 300,000 张伟.
    pub fn finds(self) -> bool {
        matches!(self, Kind::Id | Kind::IdMeant | Kind::Phone | Kind::Letter | Kind::SoundBirth | Kind::SoundEvent)
    }
}

/// One fingerprint of a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print {
    pub kind: Kind,
    pub key: Key,
}

/// Every fingerprint of a matter, in order and without repetition.
pub fn prints(secret: &Secret, matter: &Matter) -> Vec<Print> {
    let mut all = Vec::with_capacity(24);
    let mut put = |kind: Kind, value: &str| {
        if !value.is_empty() {
            all.push(Print { kind, key: secret.hash(kind.family(), value) });
        }
    };
    let id = normalised_id(matter.id_number);
    let mut birth = matter.birth;
    if is_sound(&id) {
        put(Kind::Id, &id);
    } else if !id.is_empty() {
        put(Kind::IdFaulty, "yes");
        meant(&id).iter().for_each(|one| put(Kind::IdMeant, one));
    }
    if id.len() == 18 {
        birth = birth.or(identity::birth(&id));
    }
    let name = normal::name(matter.name);
    let sound = normal::sound(&name);
    put(Kind::Name, &name);
    put(Kind::NameSound, &sound);
    put(Kind::Phone, &normal::phone(matter.phone));
    put(Kind::Letter, &normal::letter(matter.letter));
    if let Some(birth) = birth {
        put(Kind::Birth, &birth.to_string());
        let (year, month, day) = (birth.year(), birth.month(), birth.day());
        put(Kind::BirthPart, &format!("{year}-{month}-?"));
        put(Kind::BirthPart, &format!("{year}-?-{day}"));
        put(Kind::BirthPart, &format!("?-{month}-{day}"));
        if !sound.is_empty() {
            put(Kind::SoundBirth, &format!("{sound}|{birth}"));
        }
    }
    if let Some(on) = matter.event_on {
        put(Kind::Event, &on.to_string());
        near(on).iter().for_each(|day| put(Kind::EventNear, &day.to_string()));
        put(Kind::EventDigit, &format!("{}-{}-{}?", on.year(), on.month(), on.day() / 10));
        put(Kind::EventDigit, &format!("{}-{}-?{}", on.year(), on.month(), on.day() % 10));
        if !sound.is_empty() {
            put(Kind::SoundEvent, &format!("{sound}|{on}"));
        }
    }
    for (place, item) in matter.items.iter().enumerate() {
        put(if place == 0 { Kind::Item } else { Kind::ItemAbove }, item);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Days that one who meant `on` may have typed. Near means near for both: the relation is symmetric.
fn near(on: Date) -> Vec<Date> {
    let exchanged = Date::new(on.year(), on.day(), on.month()).ok();
    [
        on.checked_sub(1.day()).ok(),
        on.checked_add(1.day()).ok(),
        exchanged.filter(|other| *other != on),
        on.checked_sub(1.year()).ok().filter(|other| other.day() == on.day()),
        on.checked_add(1.year()).ok().filter(|other| other.day() == on.day()),
    ]
    .into_iter()
    .flatten()
    .collect()
}
