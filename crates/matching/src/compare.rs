//! Two matters by their fingerprints: the same or not, and on what grounds.
//!
//! **Invariant:** symmetric, and a pure function of the two lists. Two sound identity numbers that differ are two people,
//! whatever else agrees; two days of events that no likely slip connects are two events; a name alone is nobody.

use crate::print::{Kind, Print};

/// A kind of data that agrees. Never the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// The identity number.
    Id,
    /// The identity number but for one slip.
    IdSlip,
    Name,
    /// The names sound alike.
    NameSound,
    Birth,
    /// Two of year, month and day of birth.
    BirthPart,
    Phone,
    Letter,
    Event,
    /// The day of the event but for a likely slip: a day, day and month exchanged, a year.
    EventNear,
    /// The day of the event but for one digit of the day.
    EventDigit,
    Item,
    /// One names the item more coarsely than the other.
    ItemAbove,
}

impl Ground {
    pub const ALL: [Ground; 13] = [
        Ground::Id,
        Ground::IdSlip,
        Ground::Name,
        Ground::NameSound,
        Ground::Birth,
        Ground::BirthPart,
        Ground::Phone,
        Ground::Letter,
        Ground::Event,
        Ground::EventNear,
        Ground::EventDigit,
        Ground::Item,
        Ground::ItemAbove,
    ];

    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Ground::Id => "id",
            Ground::IdSlip => "id_slip",
            Ground::Name => "name",
            Ground::NameSound => "name_sound",
            Ground::Birth => "birth",
            Ground::BirthPart => "birth_part",
            Ground::Phone => "phone",
            Ground::Letter => "letter",
            Ground::Event => "event",
            Ground::EventNear => "event_near",
            Ground::EventDigit => "event_digit",
            Ground::Item => "item",
            Ground::ItemAbove => "item_above",
        }
    }
}

/// How sure it is. Either way a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Likely the same: the person is not certain, or of the event nothing is known that could agree or differ.
    Possible,
    Strong,
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub strength: Strength,
    pub grounds: Vec<Ground>,
}

impl Match {
    /// Whether the event is known to agree, not merely not to differ.
    pub fn knows_event(&self) -> bool {
        [Ground::Event, Ground::EventNear, Ground::EventDigit, Ground::Letter]
            .iter()
            .any(|one| self.grounds.contains(one))
    }
}

/// How far two matters are of one person.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Person {
    Other,
    Likely,
    Certain,
}

/// What is known of the event; where it is known to be another, there is nothing to say.
#[derive(PartialEq, Eq)]
enum Event {
    Agrees,
    /// One digit of the day differs, or nothing is known on one side.
    Unsure,
}

/// The same person, event and item, as far as the fingerprints tell; `None` where they are not.
pub fn compare(one: &[Print], other: &[Print]) -> Option<Match> {
    let both = Both { one, other };
    let mut grounds = Vec::new();
    let person = person(&both, &mut grounds);
    if person == Person::Other {
        return None;
    }
    if both.agree(Kind::Item, Kind::Item) {
        grounds.push(Ground::Item);
    } else if both.agree(Kind::Item, Kind::ItemAbove) {
        grounds.push(Ground::ItemAbove);
    } else {
        return None;
    }
    let event = event(&both, &person, &mut grounds)?;
    let sure = person == Person::Certain && event == Event::Agrees;
    let strength = if sure { Strength::Strong } else { Strength::Possible };
    grounds.sort_unstable();
    Some(Match { strength, grounds })
}

fn person(both: &Both, grounds: &mut Vec<Ground>) -> Person {
    let mut ground = |is: bool, one: Ground| {
        if is {
            grounds.push(one);
        }
        is
    };
    let id = ground(both.agree(Kind::Id, Kind::Id), Ground::Id);
    if !id && both.have(Kind::Id) {
        return Person::Other;
    }
    let slip = ground(
        !id && (both.agree(Kind::Id, Kind::IdMeant) || both.agree(Kind::IdMeant, Kind::IdMeant)),
        Ground::IdSlip,
    );
    let same_name = ground(both.agree(Kind::Name, Kind::Name), Ground::Name);
    let name = same_name || ground(both.agree(Kind::NameSound, Kind::NameSound), Ground::NameSound);
    let birth = ground(both.agree(Kind::Birth, Kind::Birth), Ground::Birth);
    let part = birth || ground(both.agree(Kind::BirthPart, Kind::BirthPart), Ground::BirthPart);
    let phone = ground(both.agree(Kind::Phone, Kind::Phone), Ground::Phone);
    // One name under one letter: a person, or an object, which has nothing else.
    let in_letter = name && both.agree(Kind::Letter, Kind::Letter);
    let same_day = both.agree(Kind::Event, Kind::Event);
    // Of the person nothing but the name can be compared, and it was hurt on the very day: rare even for 张伟.
    let nothing_else = !both.have_id() && !both.have(Kind::Birth) && !both.have(Kind::Phone);
    let hurt_that_day = same_name && same_day && nothing_else;
    let ids_unlike = !id && !slip && both.have_id();
    if id || (slip && (name || birth)) {
        Person::Certain
    } else if ids_unlike {
        // Both gave a number and they are not one slip apart: nearly everything else must agree.
        if name && birth && (phone || same_day) { Person::Likely } else { Person::Other }
    } else if name && birth && phone {
        Person::Certain
    } else if hurt_that_day
        || (name && (birth || (part && same_day) || (phone && (part || !both.have(Kind::Birth))) || in_letter))
    {
        Person::Likely
    } else {
        Person::Other
    }
}

/// `None`: it is another event.
fn event(both: &Both, person: &Person, grounds: &mut Vec<Ground>) -> Option<Event> {
    let letter = both.agree(Kind::Letter, Kind::Letter);
    if letter {
        grounds.push(Ground::Letter);
    }
    if both.agree(Kind::Event, Kind::Event) {
        grounds.push(Ground::Event);
        return Some(Event::Agrees);
    }
    if both.agree(Kind::Event, Kind::EventNear) {
        grounds.push(Ground::EventNear);
        return Some(Event::Agrees);
    }
    if letter {
        return Some(Event::Agrees);
    }
    if !both.have(Kind::Event) {
        return Some(Event::Unsure);
    }
    // A day that is one digit off is asked about only where the person is certain.
    let digit = *person == Person::Certain && both.agree(Kind::EventDigit, Kind::EventDigit);
    digit.then(|| {
        grounds.push(Ground::EventDigit);
        Event::Unsure
    })
}

struct Both<'p> {
    one: &'p [Print],
    other: &'p [Print],
}

impl Both<'_> {
    /// A fingerprint of kind `a` on one side is one of kind `b` on the other.
    fn agree(&self, a: Kind, b: Kind) -> bool {
        meet(self.one, a, self.other, b) || (a != b && meet(self.other, a, self.one, b))
    }

    /// Both sides have something of the kind.
    fn have(&self, kind: Kind) -> bool {
        has(self.one, kind) && has(self.other, kind)
    }

    fn have_id(&self) -> bool {
        let typed = |side: &[Print]| has(side, Kind::Id) || has(side, Kind::IdFaulty);
        typed(self.one) && typed(self.other)
    }
}

fn has(side: &[Print], kind: Kind) -> bool {
    side.iter().any(|print| print.kind == kind)
}

fn meet(one: &[Print], a: Kind, other: &[Print], b: Kind) -> bool {
    one.iter()
        .filter(|print| print.kind == a)
        .any(|mine| other.iter().any(|theirs| theirs.kind == b && theirs.key == mine.key))
}
