//! 内存抽取: the city as the extract the detectors read, without a file between.
//!
//! **Invariant:** it is the extract that reading the written tables gives: numbers are rounded as the tables write them.

use super::parameters as p;
use super::texts::grade;
use super::write::client;
use super::{City, Drawn};
use crate::sector::{Builder, CaseRow, Fault, InstitutionRow, Sector};

/// The extract of a city.
///
/// # Errors
/// Never, if the city was drawn by [`City::draw`].
pub fn extract(city: &City) -> Result<Sector, Fault> {
    let mut builder = Builder::new();
    for (i, x) in city.world.institutions.iter().enumerate() {
        builder.institution(&InstitutionRow {
            institution: &i.to_string(),
            district: &x.district.to_string(),
            x: Some(rounded(x.at.0, 2)),
            y: Some(rounded(x.at.1, 2)),
            kind: p::FOUNDERS[x.founder].0,
        })?;
    }
    for (i, a) in city.world.appraisers.iter().enumerate() {
        builder.appraiser(&i.to_string(), &a.institution.to_string())?;
    }
    let texts = city.cases.iter().filter_map(|c| c.text.as_ref());
    for (n, facts) in texts.enumerate() {
        builder.text(&n.to_string(), &facts.paragraph())?;
    }
    let mut text = 0;
    for (i, case) in city.cases.iter().enumerate() {
        let text_id = case.text.as_ref().map(|_| {
            text += 1;
            text - 1
        });
        add(&mut builder, i, case, text_id)?;
    }
    Ok(builder.finish())
}

fn add(builder: &mut Builder, id: usize, case: &Drawn, text: Option<usize>) -> Result<(), Fault> {
    let maybe = |n: Option<usize>| n.map_or(String::new(), |n| n.to_string());
    let (kind, client) = client(case.client);
    let (lawyer, insurer) = (maybe(case.lawyer), maybe(case.insurer));
    let (id, institution, district) = (id.to_string(), case.institution.to_string(), case.district.to_string());
    let (first, second, text) = (case.appraiser.to_string(), case.second.to_string(), maybe(text));
    let injury = maybe(case.injury);
    let (phone, hospital, address) = (&case.trace.phone, case.trace.hospital(), &case.trace.address);
    let minutes = |n: Option<i32>| n.map(f64::from);
    let category = &p::CATEGORIES[case.category];
    let received = CaseRow {
        case_id: &id,
        received: Some(case.received),
        institution: &institution,
        category: category.name,
        client_type: kind,
        client: &client,
        lawyer: &lawyer,
        insurer: &insurer,
        district: &district,
        accepted: case.accepted,
        phone,
        hospital: &hospital,
        address,
        ..Default::default()
    };
    if !case.accepted {
        return builder.case(&received);
    }
    let examined = case.exam.is_some();
    let graded = case.injury.is_some();
    let severity = match grade(case.latent) {
        0 => 0,
        g => 11 - g,
    };
    builder.case(&CaseRow {
        accept_date: Some(case.accept),
        exam_date: case.exam,
        exam_start_min: examined.then_some(f64::from(case.start)),
        exam_minutes: examined.then_some(f64::from(case.minutes)),
        exam_x: Some(rounded(case.at.0, 2)),
        exam_y: Some(rounded(case.at.1, 2)),
        appraiser1: &first,
        appraiser2: &second,
        issue_date: Some(case.issue),
        opinion_no: Some(case.number as f64),
        fee: Some(rounded(case.fee, 0)),
        fee_standard: Some(rounded(category.fee, 0)),
        injury: &injury,
        age: graded.then_some(f64::from(case.age)),
        grade: graded.then_some(severity as f64),
        bac: case.bac.map(|b| rounded(b, 1)),
        suspended_days: Some(f64::from(case.suspended)),
        reappraised: case.reappraised,
        overturned: case.overturned,
        complaint: case.complaint,
        text_id: &text,
        record_min: minutes(case.trace.recorded),
        instrument_min: minutes(case.trace.instrument),
        signed_min: minutes(case.trace.signed),
        ..received
    })
}

/// As the tables write it.
fn rounded(n: f64, digits: usize) -> f64 {
    format!("{n:.digits$}").parse().unwrap_or(n)
}
