//! The opinions of the demo city pass the opinion check: what the demo shows is not refused by its own rules.

use super::carry;
use super::city::{self, Act, City, CityCase};
use crate::cases::content::Sex as Registered;
use jiff::civil::date;
use lint::{Input, Severity, Sex, Signer};
use std::collections::BTreeMap;

fn input(city: &City, plan: &CityCase, today: jiff::civil::Date) -> Input {
    let draft = carry::draft(plan);
    let examinee = carry::examinee(plan);
    let day = |act| plan.day_of(act);
    let signer = |at: Option<usize>| {
        let name = at.map_or_else(String::new, |at| city.appraisers[at].name.clone());
        Signer { name, licence: String::new(), is_valid: true, covers_item: true }
    };
    Input {
        case_facts: draft.case_facts,
        data_abstract: draft.data_abstract,
        process: draft.process,
        analysis: draft.analysis,
        opinion: draft.opinion,
        annexes: draft.annexes,
        dissent: draft.dissent,
        examinee: examinee.name,
        sex: examinee.sex.map(|sex| if sex == Registered::Male { Sex::Male } else { Sex::Female }),
        birth: examinee.birth,
        id_number: examinee.id_number,
        client: city.organs[plan.organ].name.clone(),
        institution: city.institutions[plan.institution].name.clone(),
        region: "shanghai".into(),
        matter: plan.matter.clone(),
        materials: carry::materials(plan).into_iter().map(|one| one.name).collect(),
        received_on: plan.received_on,
        accepted_on: day(Act::Accept),
        injured_on: None,
        examined_from: day(Act::Begin),
        examined_to: day(Act::DraftOpinion),
        signers: vec![signer(plan.lead), signer(plan.second)],
        // The day on which it is sent to review: nothing may be to come then.
        today: day(Act::SubmitOpinion).or(day(Act::DraftOpinion)).unwrap_or(today),
    }
}

#[test]
fn no_opinion_of_the_demo_city_is_blocked_and_few_are_warned_of() {
    let today = date(2026, 11, 24);
    let (mut read, mut warned) = (0, 0);
    let mut errors: BTreeMap<String, usize> = BTreeMap::new();
    let mut warnings: BTreeMap<String, usize> = BTreeMap::new();
    for seed in [1, 7] {
        let city = city::city(seed, 60, 900, 3000, today);
        for plan in city.cases.iter().filter(|plan| plan.opinion.is_some()) {
            read += 1;
            let found = lint::check(&input(&city, plan, today));
            warned += usize::from(found.iter().any(|one| one.severity == Severity::Warning));
            for one in found {
                let (before, here, after) = &one.excerpt;
                let text =
                    format!("{} {:?}: {} {:?} …{before}[{here}]{after}…", plan.item, one.part, one.message, one.slots);
                match one.severity {
                    Severity::Error => *errors.entry(text).or_default() += 1,
                    Severity::Warning => *warnings.entry(format!("{:?} {}", one.rule, text)).or_default() += 1,
                    Severity::Hint => {}
                }
            }
        }
    }
    assert!(read > 2000, "only {read} opinions were read");
    assert!(errors.is_empty(), "{} errors, e.g. {:#?}", errors.len(), errors.iter().take(12).collect::<Vec<_>>());
    assert!(
        warned * 100 <= read,
        "{warned} of {read} opinions are warned of: {:#?}",
        warnings.iter().take(12).collect::<Vec<_>>()
    );
}
