//! The cases: who commissions what, where, who works on it, and what the papers say.

use jiff::civil::Date;

use super::kinds::{Act, CityAppraiser, CityCase, CityInstitution, CityOrgan, CityPerson, Sex, Stage};
use super::pace::{self, Aim, Days, Pace};
use super::rng::Rng;
use super::{days_after, people};
use crate::demo::wording::{self, FORMS, Form, People, Scene, Wording};
use crate::registry::{Categories, ItemCode};

/// Re-appraisals among the commissions of case-handling organs.
const REAPPRAISALS_PER_MILLE: usize = 45;
const LONG_OPINIONS_PER_MILLE: usize = 60;
/// Streams of the generator below this number belong to the rest of the city.
const FIRST_STREAM: u64 = 1000;

type Who<'a> = (&'a [CityInstitution], &'a [CityAppraiser], &'a [CityOrgan]);

pub fn cases(seed: u64, count: usize, (institutions, appraisers, organs): Who, days: &Days) -> Vec<CityCase> {
    let places: Vec<Place> =
        FORMS.iter().filter_map(|form| Place::of(form, institutions, appraisers, organs)).collect();
    if places.is_empty() {
        return Vec::new();
    }
    let weights: Vec<usize> = places.iter().map(|place| place.form.weight).collect();
    let aims = pace::aims(&mut Rng::new(seed, 4), count);
    let mut cases: Vec<CityCase> = (FIRST_STREAM..)
        .zip(aims)
        .map(|(stream, aim)| {
            let mut rng = Rng::new(seed, stream);
            let place = &places[rng.weighted(&weights)];
            case(&mut rng, place, aim, (institutions, appraisers, organs), days)
        })
        .collect();
    // Stable: cases begun on the same day stay in the order in which they were planned.
    cases.sort_by_key(|case| case.steps.first().map(|step| step.on));
    cases
}

/// Where cases of one form may go: institutions with their people for the item, and those who commission it.
struct Place<'a> {
    form: &'a Form,
    staff: Vec<(usize, Vec<usize>)>,
    sizes: Vec<usize>,
    organs: Vec<usize>,
}

impl<'a> Place<'a> {
    /// None if nobody can do the work, or nobody asks for it.
    fn of(
        form: &'a Form,
        institutions: &[CityInstitution],
        appraisers: &[CityAppraiser],
        organs: &[CityOrgan],
    ) -> Option<Self> {
        let staff: Vec<(usize, Vec<usize>)> = (0..institutions.len())
            .filter(|at| covers(&institutions[*at].scope, form.item))
            .map(|at| {
                let able = |n: &usize| appraisers[*n].institution == at && covers(&appraisers[*n].scope, form.item);
                (at, (0..appraisers.len()).filter(able).collect())
            })
            .collect();
        let sizes: Vec<usize> = staff.iter().map(|(_, people)| people.len()).collect();
        // Whoever stands twice among the clients of a form asks twice as often.
        let organs: Vec<usize> =
            form.clients.iter().flat_map(|kind| (0..organs.len()).filter(move |n| organs[*n].kind == *kind)).collect();
        (!staff.is_empty() && !organs.is_empty()).then_some(Place { form, staff, sizes, organs })
    }
}

fn covers(scope: &[String], item: &str) -> bool {
    let Ok(item) = item.parse::<ItemCode>() else { return false };
    scope.iter().filter_map(|code| code.parse().ok()).any(|code| Categories::covers(&code, &item))
}

fn case(rng: &mut Rng, place: &Place, aim: Aim, (institutions, appraisers, organs): Who, days: &Days) -> CityCase {
    let form = place.form;
    let organ = place.organs[rng.below(place.organs.len())];
    let (institution, people) = &place.staff[rng.weighted(&place.sizes)];
    let Pace { steps, limit_workdays } = pace::pace(rng, aim, form.quick, days);
    let reappraisal = !form.quick && organs[organ].kind.handles_cases() && rng.per_mille(REAPPRAISALS_PER_MILLE);
    let day_of = |act: Act| steps.iter().find(|step| step.act == act).map(|step| step.on);
    let first = steps.first().map_or(days.today, |step| step.on);
    let received_on = day_of(Act::Submit).unwrap_or(first);
    let happened_on = days_after(received_on, -rng.between(form.days_ago.0, form.days_ago.1)).min(first);
    let (examinee, others) = persons(rng, form.people, happened_on);
    let scene = Scene {
        institution: &institutions[*institution].name,
        examinee: examinee.as_ref(),
        others: &others,
        happened_on,
        received_on,
        examined_on: day_of(Act::Begin).unwrap_or(received_on),
        long: rng.per_mille(LONG_OPINIONS_PER_MILLE),
    };
    let Wording { matter, purpose, case_facts, object, materials, opinion } = form.write(&scene, rng);
    let sent_back = day_of(Act::SendBack).is_some();
    let team = day_of(Act::Assign).and_then(|_| team(rng, people, appraisers, (received_on, days.today), reappraisal));
    CityCase {
        organ,
        institution: *institution,
        item: form.item.to_owned(),
        reappraisal,
        matter,
        purpose,
        case_facts,
        object,
        materials,
        received_on,
        stage: aim.stage,
        clock: aim.clock,
        limit_workdays,
        review_remark: sent_back.then(|| wording::review_remark(rng).to_owned()),
        decline_reason: match aim.stage {
            Stage::Declined(ground) => Some(wording::decline_reason(ground).to_owned()),
            _ => None,
        },
        lead: team.map(|[lead, _, _]| lead),
        second: team.map(|[_, second, _]| second),
        reviewer: team.map(|[_, _, reviewer]| reviewer),
        opinion: day_of(Act::DraftOpinion).map(|_| opinion),
        steps,
        examinee,
        others,
    }
}

fn persons(rng: &mut Rng, people: People, on: Date) -> (Option<CityPerson>, Vec<CityPerson>) {
    match people {
        People::Nobody => (None, Vec::new()),
        People::One(youngest, oldest) => (Some(people::person(rng, (youngest, oldest), on)), Vec::new()),
        People::FatherAndChild => (Some(people::person(rng, (0, 14), on)), vec![adult(rng, Sex::Male, on)]),
        People::Family => {
            let parents = vec![adult(rng, Sex::Male, on), adult(rng, Sex::Female, on)];
            (Some(people::person(rng, (0, 14), on)), parents)
        }
    }
}

fn adult(rng: &mut Rng, sex: Sex, on: Date) -> CityPerson {
    people::person_of(rng, sex, (34, 48), on)
}

/// Two appraisers and a reviewer, all three valid from the commission until today.
fn team(
    rng: &mut Rng,
    people: &[usize],
    appraisers: &[CityAppraiser],
    (from, today): (Date, Date),
    reappraisal: bool,
) -> Option<[usize; 3]> {
    let valid = |n: &usize| appraisers[*n].licence_from <= from && appraisers[*n].licence_to >= today;
    let mut able: Vec<usize> = people.iter().copied().filter(valid).collect();
    rng.shuffle(&mut able);
    // 通则 32: one of those who do a re-appraisal holds a senior title.
    if reappraisal && let Some(senior) = able.iter().position(|n| appraisers[*n].title.is_senior()) {
        able.swap(0, senior);
    }
    let [lead, second, reviewer, ..] = able[..] else { return None };
    Some([lead, second, reviewer])
}
