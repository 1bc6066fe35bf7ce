//! What the papers of the demo say: for each frequent item the matter, the facts, the materials and the parts of the
//! opinion, in the manner of real ones. All persons, events and findings are invented.

mod death;
mod documents;
mod environment;
mod injury;
mod lab;
mod media;
mod mind;
mod replies;
mod traffic;

use jiff::ToSpan;
use jiff::civil::Date;

use super::city::{CityMaterial, CityOpinion, CityPerson, MaterialKind, OrganKind, Rng};
pub use replies::{decline_reason, review_remark};

/// Who has to be examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Things, not persons.
    Nobody,
    /// One person of an age between two numbers of years.
    One(i64, i64),
    /// A child, and a man as its father.
    FatherAndChild,
    /// A child, a man and a woman.
    Family,
}

/// How cases of one item look.
pub struct Form {
    /// At item level.
    pub item: &'static str,
    /// Per mille of all cases: the rough case mix of the rule book, §9.3.
    pub weight: usize,
    /// Laboratory work, done in days.
    pub quick: bool,
    /// How many days before the commission it happened.
    pub days_ago: (i64, i64),
    pub people: People,
    pub clients: &'static [OrganKind],
    write: fn(&Scene, &mut Rng) -> Wording,
}

/// What the texts speak about.
pub struct Scene<'a> {
    pub institution: &'a str,
    pub examinee: Option<&'a CityPerson>,
    pub others: &'a [CityPerson],
    pub happened_on: Date,
    pub received_on: Date,
    /// The day of the examination; until there is one, nobody reads what is said about it.
    pub examined_on: Date,
    /// A long one: the kind that fills six pages.
    pub long: bool,
}

/// The texts of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub matter: String,
    pub purpose: String,
    pub case_facts: String,
    pub object: String,
    pub materials: Vec<CityMaterial>,
    pub opinion: CityOpinion,
}

/// Every item that has texts of its own.
pub const FORMS: &[Form] = {
    use OrganKind::*;
    use People::*;
    const fn form(
        item: &'static str,
        weight: usize,
        days_ago: (i64, i64),
        people: People,
        clients: &'static [OrganKind],
        write: fn(&Scene, &mut Rng) -> Wording,
    ) -> Form {
        Form { item, weight, quick: false, days_ago, people, clients, write }
    }
    const fn quick(form: Form) -> Form {
        Form { quick: true, ..form }
    }
    &[
        form(
            "FY-0202",
            290,
            (100, 420),
            One(19, 74),
            &[Court, Court, TrafficPolice, Insurer, LawFirm],
            injury::disability,
        ),
        form("FY-0201", 140, (3, 40), One(18, 66), &[Police, Police, Police, Procuratorate, Court], injury::degree),
        form("FY-0203", 120, (95, 400), One(20, 72), &[Court, Insurer, LawFirm, Citizen], injury::periods),
        quick(form("FY-0502", 110, (0, 2), One(20, 64), &[TrafficPolice, TrafficPolice, Police], lab::alcohol)),
        quick(form("FY-0505", 30, (1, 6), One(19, 52), &[Police, Police, Supervision], lab::drugs)),
        quick(form("FY-0403", 80, (1, 40), FatherAndChild, &[Citizen, Citizen, Court, LawFirm], lab::parentage)),
        quick(form("FY-0402", 50, (1, 40), Family, &[Citizen, Court, Police], lab::parentage)),
        form("WZ-0211", 80, (1, 9), Nobody, &[TrafficPolice, TrafficPolice, Court, Insurer], traffic::vehicles),
        form("FY-0101", 30, (0, 5), One(24, 82), &[Police, Court, Procuratorate], death::cause),
        form("FY-0302", 14, (10, 200), One(18, 60), &[Police, Procuratorate, Court], mind::criminal),
        form("FY-0303", 16, (10, 400), One(58, 88), &[Court, Court, LawFirm], mind::civil),
        form("WZ-0101", 15, (200, 1500), Nobody, &[Court, Court, LawFirm, Supervision], documents::handwriting),
        form("WZ-0102", 10, (150, 1300), Nobody, &[Court, Court, LawFirm, Police], documents::seal),
        form("SX-0302", 6, (30, 500), Nobody, &[Police, Procuratorate, Court, Supervision], media::data),
        form("SX-0102", 2, (40, 600), Nobody, &[Court, Supervision], media::recording),
        form("SX-0203", 2, (5, 60), Nobody, &[Police, Court], media::image),
        form("HJ-0102", 3, (20, 160), Nobody, &[Authority, Police, Procuratorate], environment::waste),
        form("HJ-0401", 2, (60, 500), Nobody, &[Procuratorate, Authority, Court], environment::soil),
    ]
};

impl Form {
    pub fn write(&self, scene: &Scene, rng: &mut Rng) -> Wording {
        (self.write)(scene, rng)
    }
}

impl Scene<'_> {
    fn name(&self) -> &str {
        self.examinee.map_or("某人", |person| person.name.as_str())
    }

    fn sex(&self) -> &'static str {
        self.examinee.map_or("男", |person| person.sex.name())
    }

    /// Full years on the day of the event.
    fn age(&self) -> i16 {
        self.examinee.map_or(40, |person| {
            let (born, then) = (person.born_on, self.happened_on);
            then.year() - born.year() - i16::from((then.month(), then.day()) < (born.month(), born.day()))
        })
    }

    fn happened(&self) -> String {
        chinese(self.happened_on)
    }

    fn examined(&self) -> String {
        chinese(self.examined_on)
    }

    /// So many days after the event, but not after the commission.
    fn after(&self, days: i64) -> String {
        chinese(self.happened_on.saturating_add(days.days()).min(self.received_on))
    }

    /// A room of the institution.
    fn room(&self, room: &str) -> String {
        format!("{}{room}", self.institution)
    }
}

fn chinese(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Puts words into the slots of a text: `{name}` becomes the word beside `name`.
fn fill(text: &str, slots: &[(&str, &str)]) -> String {
    slots.iter().fold(text.to_owned(), |text, (slot, word)| text.replace(&format!("{{{slot}}}"), word))
}

fn material(name: &str, kind: MaterialKind, quantity: i64, unit: &str, properties: &str) -> CityMaterial {
    let preservation = match kind {
        MaterialKind::Specimen => "密封，冷藏（2～8℃）",
        MaterialKind::Object | MaterialKind::Sample => "封装完好",
        MaterialKind::Document | MaterialKind::Data => "完好",
    };
    CityMaterial {
        name: name.to_owned(),
        kind,
        quantity: quantity.max(1) as u32,
        unit: unit.to_owned(),
        properties: properties.to_owned(),
        preservation: preservation.to_owned(),
    }
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

/// A number plate that no authority gives out.
fn plate(rng: &mut Rng) -> String {
    format!("演{}·{:05}", rng.pick(&["A", "B", "C", "D"]), rng.below(100_000))
}

/// Tenths written as a decimal: 1234 is 123.4.
fn tenths(number: i64) -> String {
    format!("{}.{}", number / 10, number % 10)
}
