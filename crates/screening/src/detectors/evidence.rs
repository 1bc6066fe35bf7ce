//! 证据: what a finding rests on: a sentence, the numbers in it, and the cases to pull.
//!
//! **Invariant:** a sentence has the same slots in both languages; its numbers are those the test used.

/// Cases listed with a finding at most: what one person reviews in a day.
pub const ROWS_MAX: usize = 20;

/// A sentence with slots `%{name}`, Chinese and English.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sentence {
    pub chinese: &'static str,
    pub english: &'static str,
    pub slots: Vec<(&'static str, String)>,
}

impl Sentence {
    /// The Chinese sentence, filled.
    pub fn in_chinese(&self) -> String {
        self.fill(self.chinese)
    }

    /// The English sentence, filled.
    pub fn in_english(&self) -> String {
        self.fill(self.english)
    }

    fn fill(&self, text: &str) -> String {
        self.slots.iter().fold(text.to_owned(), |t, (name, value)| t.replace(&format!("%{{{name}}}"), value))
    }
}

/// One case that speaks for the finding, with the numbers that make it do so.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRow {
    /// Place of the case in [`crate::sector::Sector::cases`].
    pub case: u32,
    /// Another case it is compared with (copied from, overlapping with).
    pub other: Option<u32>,
    /// Named numbers.
    pub numbers: Vec<(&'static str, f64)>,
}

/// What a finding rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    pub sentence: Sentence,
    /// At most [`ROWS_MAX`], the strongest first.
    pub rows: Vec<EvidenceRow>,
}

impl Evidence {
    /// With the strongest [`ROWS_MAX`] of `rows`.
    pub fn new(
        chinese: &'static str,
        english: &'static str,
        slots: Vec<(&'static str, String)>,
        mut rows: Vec<EvidenceRow>,
    ) -> Self {
        rows.truncate(ROWS_MAX);
        Self { sentence: Sentence { chinese, english, slots }, rows }
    }
}

/// A share as a percentage with one decimal.
pub fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:.1}%", part / whole * 100.0) } else { "–".to_owned() }
}
