//! From findings to leads: a pattern that is new becomes a lead, one that is known is seen again.
//!
//! **Invariant:** one pattern is one lead, however often it is found; only a new one is an act, so only a new one is told. What
//! a detector could not compute raises nothing.

use super::facts::Known;
use super::picture;
use super::rules::{self, Facts, Input};
use super::runs::Parameters;
use super::steps::Leads;
use super::store::Content;
use crate::cases;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::perform::{Subject, Tx};
use crate::values;
use procedure::Procedure;
use screening::detectors::ring::Broker;
use screening::detectors::{Entity, Finding, ring};
use screening::pictures::{NodeKind, Picture, of_finding};
use screening::sector::{NONE, Sector};
use screening::{dates, screen};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Leads that one run raises at most; more is no list that anybody works through, and a sign that the rate is set too high.
pub const LEADS_MAX: usize = 500;

/// Who somebody is in the platform.
struct Who {
    id: String,
    name: String,
    institution_id: String,
}

/// Raises leads; how many are new, and how many were seen again.
///
/// # Errors
/// The database's.
pub async fn raise(
    tx: &mut Tx,
    run_id: &str,
    parameters: &Parameters,
    sector: &Sector,
    known: &Known,
    findings: &[Finding],
) -> Result<(usize, usize), Fail> {
    let names = names(&mut tx.conn).await?;
    let edges = edges(sector, parameters, findings);
    let (mut new, mut again) = (0, 0);
    let is_strong = |one: &Finding| one.q <= parameters.q_max && !one.evidence.rows.is_empty();
    for (at, finding) in findings.iter().enumerate().filter(|(_, one)| is_strong(one)).take(LEADS_MAX) {
        let Some(who) = who(sector, known, &names, finding) else { continue };
        let content = Content {
            sentence: sentence(sector, known, &names, finding),
            group: finding.group,
            pictures: pictures(sector, known, &names, (findings, at), &edges, &who.name),
            rows_in_all: finding.evidence.rows.len(),
        };
        let pattern = format!("{}/{}/{}", finding.detector, finding.entity.name(), screen::id(sector, finding));
        let is_new = write(tx, run_id, (sector, known), finding, &pattern, &who, &content).await?;
        if is_new {
            new += 1;
        } else {
            again += 1;
        }
    }
    Ok((new, again))
}

/// The lines of every kind of broker about which something is to be told.
fn edges(sector: &Sector, parameters: &Parameters, findings: &[Finding]) -> Vec<ring::Edge> {
    let told = |one: &&Finding| one.q <= parameters.q_max && matches!(one.detector, "ring" | "network");
    let mut kinds: Vec<Broker> = Vec::new();
    for finding in findings.iter().filter(told) {
        let kind = Broker::of_entity(finding.entity).unwrap_or(Broker::Lawyer);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds.into_iter().flat_map(|kind| ring::edges_of(sector, kind).unwrap_or_default()).collect()
}

/// The sentence in both languages, with names where a detector put the pseudonym of a lawyer or an institution.
fn sentence(sector: &Sector, known: &Known, names: &HashMap<String, String>, finding: &Finding) -> [String; 2] {
    let mut said = finding.evidence.sentence.clone();
    for (slot, value) in &mut said.slots {
        match *slot {
            "lawyer" if sector.lawyers.find(value).is_some() => *value = lawyer_name(known, names, value),
            "institution" => {
                let id = known.institutions.get(value.as_str());
                *value = id.and_then(|id| names.get(id)).cloned().unwrap_or_default();
            }
            _ => {}
        }
    }
    [said.in_chinese(), said.in_english()]
}

/// Names of everybody who can be named, by id.
async fn names(conn: &mut Conn) -> Result<HashMap<String, String>, DbError> {
    let mut all = HashMap::new();
    for sql in ["select id, name from organisation", "select id, name from appraiser"] {
        for row in conn.all(sql, &[]).await? {
            all.insert(row.get("id")?, row.get("name")?);
        }
    }
    Ok(all)
}

fn who(sector: &Sector, known: &Known, names: &HashMap<String, String>, finding: &Finding) -> Option<Who> {
    let pseudonym = screen::id(sector, finding);
    let institution = |number: u32| known.institutions.get(sector.institution_ids.name(number)).cloned();
    let named = |id: &str| names.get(id).cloned().unwrap_or_default();
    match finding.entity {
        Entity::Institution => {
            let id = known.institutions.get(pseudonym)?.clone();
            Some(Who { name: named(&id), institution_id: id.clone(), id })
        }
        Entity::Appraiser => {
            let id = known.appraisers.get(pseudonym)?.clone();
            let home = *sector.appraiser_home.get(finding.number as usize)?;
            Some(Who { name: named(&id), institution_id: institution(home)?, id })
        }
        _ => {
            let name = lawyer_name(known, names, pseudonym);
            Some(Who {
                name,
                institution_id: institution(main_institution(sector, finding)?)?,
                id: pseudonym.to_owned(),
            })
        }
    }
}

/// The firm's name, or the first signs of the pseudonym where only a telephone number is known: that is no name to show.
fn lawyer_name(known: &Known, names: &HashMap<String, String>, pseudonym: &str) -> String {
    let firm = known.lawyers.get(pseudonym).and_then(|id| names.get(id)).cloned();
    firm.unwrap_or_else(|| pseudonym.chars().take(7).collect())
}

/// Where most of the cases lie: the institution that can be asked about a lawyer.
fn main_institution(sector: &Sector, finding: &Finding) -> Option<u32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for row in &finding.evidence.rows {
        *counts.entry(sector.cases[row.case as usize].institution).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(institution, _)| *institution != NONE)
        .max_by_key(|(_, n)| *n)
        .map(|(institution, _)| institution)
}

/// The pictures of a finding, with names for those who have one here.
fn pictures(
    sector: &Sector,
    known: &Known,
    names: &HashMap<String, String>,
    (findings, at): (&[Finding], usize),
    edges: &[ring::Edge],
    own: &str,
) -> Vec<Picture> {
    let named = |id: Option<&String>| id.and_then(|id| names.get(id)).cloned().unwrap_or_default();
    let name_of = |kind: NodeKind, pseudonym: &str| match kind {
        NodeKind::Appraiser => named(known.appraisers.get(pseudonym)),
        NodeKind::Institution => named(known.institutions.get(pseudonym)),
        _ => lawyer_name(known, names, pseudonym),
    };
    let all = of_finding(sector, findings, at, edges).into_iter().filter(picture::says_something);
    all.map(|one| picture::named(one, own, &name_of)).collect()
}

/// Writes one finding; whether its pattern is new.
async fn write(
    tx: &mut Tx,
    run_id: &str,
    (sector, known): (&Sector, &Known),
    finding: &Finding,
    pattern: &str,
    who: &Who,
    content: &Content,
) -> Result<bool, Fail> {
    let q_ppm = (finding.q * 1e6).round() as i64;
    let now = tx.now;
    let row = tx.conn.first("select id, seen from lead where pattern = $1", values![pattern]).await?;
    let (id, seen) = match &row {
        Some(row) => (row.get::<String>("id")?, row.get::<i64>("seen")? + 1),
        None => (create(tx, finding, pattern, who, q_ppm).await?, 1),
    };
    tx.conn
        .run("update lead set q_ppm = $2, seen = $3, seen_at = $4 where id = $1", values![&id, q_ppm, seen, now])
        .await?;
    tx.conn
        .run(
            "insert into lead_sighting (lead_id, number, run_id, score, q, since, content, seen_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                &id,
                seen,
                run_id,
                format!("{:.6}", finding.score),
                format!("{:.6e}", finding.q),
                finding.since.map(dates::format),
                json!(content).to_string(),
                now,
            ],
        )
        .await?;
    let case = |number: u32| known.cases.get(&*sector.cases[number as usize].id).cloned();
    for (position, one) in (1_i64..).zip(&finding.evidence.rows) {
        let Some(case_id) = case(one.case) else { continue };
        let numbers: Vec<(&str, f64)> = one.numbers.iter().copied().filter(|(_, value)| value.is_finite()).collect();
        tx.conn
            .run(
                "insert into lead_evidence (lead_id, sighting, position, case_id, other_case_id, numbers)
                 values ($1, $2, $3, $4, $5, $6)",
                values![&id, seen, position, case_id, one.other.and_then(case), json!(numbers).to_string()],
            )
            .await?;
    }
    Ok(row.is_none())
}

async fn create(tx: &mut Tx, finding: &Finding, pattern: &str, who: &Who, q_ppm: i64) -> Result<String, Fail> {
    let today = tx.today();
    let calendar = worktime::Calendar::weekends_only();
    let (act, to) =
        rules::decide(&Facts::default(), &Input::Find, &tx.actor, today, &calendar).map_err(Fail::Refused)?;
    let serial = cases::store::next_number(tx, &format!("lead/{}", today.year())).await?;
    let (id, now) = (tx.new_id(), tx.now);
    let (entity, broker) = match finding.entity {
        Entity::Lawyer | Entity::Appraiser | Entity::Institution => (finding.entity.name(), ""),
        other => (Entity::Lawyer.name(), other.name()),
    };
    tx.conn
        .run(
            "insert into lead (id, version, state, number, detector, entity, broker, pattern, entity_id, entity_name, institution_id,
                 q_ppm, seen, found_at, seen_at, changed_at)
             values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $12, $12)",
            values![
                &id,
                to.word(),
                format!("XS{}-{serial:04}", today.year()),
                finding.detector,
                entity,
                broker,
                pattern,
                &who.id,
                &who.name,
                &who.institution_id,
                q_ppm,
                now,
            ],
        )
        .await?;
    tx.perform(&Subject { procedure: Leads::NAME, id: id.clone(), version: 0 }, &act).await?;
    Ok(id)
}
