//! What differs between two texts, sign by sign: Chinese has no spaces to cut at.

use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// After this long the rest counts as replaced: two texts of sixty pages with nothing in common would take a minute.
const PATIENCE: Duration = Duration::from_millis(400);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Kept,
    Inserted,
    Deleted,
}

/// A run of signs with the same fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub change: Change,
    pub text: String,
}

impl Piece {
    pub fn is_inserted(&self) -> bool {
        self.change == Change::Inserted
    }

    pub fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }
}

/// The pieces in reading order: without the deleted they are `after`, without the inserted `before`.
pub fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_chars(before, after);
    let mut found: Vec<Piece> = Vec::new();
    for one in diff.iter_all_changes() {
        let change = match one.tag() {
            ChangeTag::Equal => Change::Kept,
            ChangeTag::Insert => Change::Inserted,
            ChangeTag::Delete => Change::Deleted,
        };
        match found.last_mut().filter(|last| last.change == change) {
            Some(last) => last.text.push_str(one.value()),
            None => found.push(Piece { change, text: one.value().to_owned() }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(pieces: &[Piece], change: Change) -> String {
        pieces.iter().filter(|one| one.change != change).map(|one| one.text.as_str()).collect()
    }

    #[test]
    fn one_changed_sign_is_all_that_is_marked() {
        let found = pieces("评定为轻伤二级。", "评定为轻伤一级。");
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!((&*found[1].text, found[1].change), ("二", Change::Deleted));
        assert_eq!((&*found[2].text, found[2].change), ("一", Change::Inserted));
    }

    #[test]
    fn the_pieces_are_both_texts() {
        for (before, after) in [("", ""), ("", "甲"), ("甲\n乙", ""), ("𠮷甲乙", "甲丙乙\n丁"), ("abc", "xyz")]
        {
            let found = pieces(before, after);
            assert_eq!(without(&found, Change::Inserted), before);
            assert_eq!(without(&found, Change::Deleted), after);
        }
    }
}
