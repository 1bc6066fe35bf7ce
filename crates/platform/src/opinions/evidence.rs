//! What stands beside the draft: part 一 as it will be printed, the materials, the records, and what may be annexed.

use super::issue;
use super::papers::Verification;
use crate::cases::draft::{AnnexRef, Draft};
use crate::cases::facts::Facts;
use crate::cases::records::store::{self as records, Record};
use crate::db::{Conn, DbError};
use crate::web::Form;
use jiff::civil::Date;

/// Annexes that one opinion may name: the list is printed.
pub const ANNEXES_MAX: usize = 300;

pub struct Evidence {
    /// Part 一: label (a translator key) and text.
    pub basics: Vec<(&'static str, String)>,
    pub records: Vec<Record>,
    pub choices: Vec<AnnexRef>,
}

pub async fn gather(conn: &mut Conn, facts: &Facts, today: Date) -> Result<Evidence, DbError> {
    let records = records::list(conn, &facts.case.id).await?;
    Ok(Evidence { basics: basics(facts, today), choices: choices(facts, &records), records })
}

/// From the very paper, so that what is read is what is printed.
fn basics(facts: &Facts, today: Date) -> Vec<(&'static str, String)> {
    let paper = issue::document(facts, &Draft::default(), "", Verification::default(), today);
    vec![
        ("委托人", paper.client),
        ("委托事项", paper.matters.join("\n")),
        ("受理日期", paper.accepted_on),
        ("鉴定材料", paper.materials.join("\n")),
        ("鉴定日期", paper.examined_on),
        ("鉴定地点", paper.place),
        ("在场人员", paper.present.join("\n")),
        ("被鉴定人", paper.examinee),
    ]
}

/// Everything that can be annexed: materials, then each record with its files.
fn choices(facts: &Facts, records: &[Record]) -> Vec<AnnexRef> {
    let mut found = Vec::new();
    let mut add = |source: String, line: String| found.push(AnnexRef { source, line });
    for (at, one) in facts.entrustment().materials.iter().enumerate() {
        add(format!("material:{at}"), format!("{}（{}）", one.name, one.quantity));
    }
    for one in records {
        add(format!("record:{}", one.id), format!("{}（{}）", one.newest.entry.kind.label(), one.number));
        for file in &one.files {
            let what = if file.note.is_empty() { &file.name } else { &file.note };
            add(format!("file:{}", file.id), format!("{what}（{}）", one.number));
        }
    }
    found
}

/// What the form ticked goes into the list of annexes, what it unticked out of it; lines written by hand stay.
pub fn annex(draft: &mut Draft, before: &[AnnexRef], choices: &[AnnexRef], form: &Form) {
    // A form without the list (an older page, a script) leaves the references as they are.
    if !form.is_checked("annexes_shown") {
        draft.annex_refs = before.to_vec();
        return;
    }
    let ticked = form.all("annex");
    let mut lines: Vec<String> = draft.annexes.lines().map(str::to_owned).collect();
    let is_ticked = |one: &AnnexRef| ticked.contains(&one.source.as_str());
    for gone in before.iter().filter(|one| !is_ticked(one)) {
        lines.retain(|line| line.trim() != gone.line);
    }
    draft.annex_refs = Vec::new();
    for one in choices.iter().filter(|one| is_ticked(one)).take(ANNEXES_MAX) {
        let old = before.iter().find(|old| old.source == one.source);
        // A line that was rewritten by hand is not added a second time.
        if old.is_none() && !lines.iter().any(|line| line.trim() == one.line) {
            lines.push(one.line.clone());
        }
        draft.annex_refs.push(old.cloned().unwrap_or_else(|| one.clone()));
    }
    draft.annexes = lines.join("\n").trim().to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(source: &str, line: &str) -> AnnexRef {
        AnnexRef { source: source.into(), line: line.into() }
    }

    #[test]
    fn lines_follow_the_ticks_and_what_is_written_by_hand_stays() {
        let choices = [one("material:0", "病历（1份）"), one("file:a", "照片（1）")];
        for (typed, before, ticked, lines, why) in [
            ("手写", &[][..], &["file:a"][..], "手写\n照片（1）", "ticked: a line more"),
            ("手写\n照片（1）", &choices[1..], &[], "手写", "unticked: the line goes"),
            ("照片（1）", &[], &["file:a"], "照片（1）", "the line is there already"),
            ("照片，改过", &choices[1..], &["file:a"], "照片，改过", "rewritten by hand"),
            ("手写", &[], &["file:other"], "手写", "not of this case"),
        ] {
            let mut draft = Draft { annexes: typed.into(), ..Draft::default() };
            let mut fields = vec![("annexes_shown", "yes")];
            fields.extend(ticked.iter().map(|source| ("annex", *source)));
            annex(&mut draft, before, &choices, &Form::of(fields));
            assert_eq!(draft.annexes, lines, "{why}");
        }
    }

    #[test]
    fn a_form_without_the_list_keeps_the_references() {
        let before = [one("material:0", "病历（1份）")];
        let mut draft = Draft { annexes: "病历（1份）".into(), ..Draft::default() };
        annex(&mut draft, &before, &before, &Form::default());
        assert_eq!((draft.annex_refs.as_slice(), draft.annexes.as_str()), (&before[..], "病历（1份）"));
    }
}
