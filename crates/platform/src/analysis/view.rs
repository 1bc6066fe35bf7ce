//! A lead as a page shows it, to the bureau and to the institution that was asked.
//!
//! **Invariant:** [`View::of_institution`] takes out what is another's: cases of other institutions, lines of a ring that lead
//! there, notes of the bureau. Peers are a distribution in both.

use super::enclosed::{self, Enclosed};
use super::picture::Shown;
use super::store::{self, Evidence, Lead, Sighting, Statement};
use super::{papers, picture, told};
use crate::db::Conn;
use crate::fail::Fail;
use crate::text::Lang;
use screening::detectors::Description;

pub struct View {
    pub lead: Lead,
    pub sightings: Vec<Sighting>,
    pub last: Sighting,
    pub evidence: Vec<Evidence>,
    /// Names of the numbers that the rows have.
    pub columns: Vec<String>,
    pub statements: Vec<Statement>,
    /// Files that the institution enclosed.
    pub files: Vec<Enclosed>,
    /// Rows that are another's and not shown.
    pub withheld: usize,
    lang: Lang,
}

/// What an institution reads of what was said: the questions, its own answers, and how it ended.
const TOLD_TO_INSTITUTION: &[&str] = &["question", "answer", "concurrence", "dismissal"];

impl View {
    /// The whole, for the bureau.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_bureau(conn: &mut Conn, lead: Lead, lang: Lang) -> Result<Self, Fail> {
        let sightings = store::sightings(conn, &lead.id).await?;
        let last = sightings.first().cloned().ok_or(Fail::NotFound)?;
        let evidence = store::evidence(conn, &lead.id, last.number).await?;
        let statements = store::statements(conn, &lead.id).await?;
        let files = enclosed::list(conn, &lead.id).await?;
        let columns = papers::columns(&evidence);
        Ok(Self { lead, sightings, last, evidence, columns, statements, files, withheld: 0, lang })
    }

    /// What the institution may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_institution(conn: &mut Conn, lead: Lead, lang: Lang) -> Result<Self, Fail> {
        let own = lead.institution_id.clone();
        let mut view = Self::of_bureau(conn, lead, lang).await?;
        let before = view.evidence.len();
        view.evidence.retain(|one| one.institution_id == own);
        view.withheld = before - view.evidence.len();
        // A pair may be a case of another institution.
        let shown: Vec<String> = view.evidence.iter().map(|one| one.case_id.clone()).collect();
        for one in &mut view.evidence {
            if one.other_id.as_ref().is_some_and(|other| !shown.contains(other)) {
                one.other_id = None;
                one.other_name = String::new();
            }
        }
        let name = view.lead.institution_name.clone();
        let pictures = std::mem::take(&mut view.last.content.pictures).into_iter();
        view.last.content.pictures = pictures.map(|one| picture::only_of(one, &name)).collect();
        view.statements.retain(|one| TOLD_TO_INSTITUTION.contains(&one.kind.as_str()));
        view.sightings.truncate(1);
        Ok(view)
    }

    pub fn detector(&self) -> Option<&'static Description> {
        told::detector(&self.lead.detector)
    }

    pub fn title(&self) -> String {
        told::title(self.lang, &self.lead.detector)
    }

    pub fn both(&self, text: &screening::detectors::Both) -> &'static str {
        told::both(self.lang, text)
    }

    pub fn sentence(&self) -> &str {
        &self.last.content.sentence[usize::from(self.lang == Lang::En)]
    }

    pub fn entity(&self) -> &'static str {
        told::entity(&self.lead.entity)
    }

    pub fn strength(&self) -> &'static str {
        told::strength(self.lead.q)
    }

    pub fn rate(&self) -> String {
        told::percent(self.lead.q)
    }

    pub fn label(&self, name: &str) -> &'static str {
        told::number(name).map_or("", |(label, _)| label)
    }

    pub fn cell(&self, one: &Evidence, name: &str) -> String {
        let value = one.numbers.iter().find(|(known, _)| known == name);
        value.map_or_else(|| "–".into(), |(name, value)| told::value(self.lang, name, *value))
    }

    pub fn has_pairs(&self) -> bool {
        self.evidence.iter().any(|one| one.other_id.is_some())
    }

    pub fn pictures(&self) -> Vec<Shown> {
        self.last.content.pictures.iter().map(|one| picture::shown(one, self.lang)).collect()
    }

    pub fn said_as(&self, one: &Statement) -> &'static str {
        told::statement(&one.kind)
    }
}
