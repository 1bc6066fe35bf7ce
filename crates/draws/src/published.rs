//! That plan and hashes stood in the log before the checkpoint that gives the seed: entries with their ways up to its root.
//!
//! **Invariant:** an entry counts only if it says what was to be published, word for word, and hangs from the checkpoint's root.

use crate::verify::{Fault, Transcript};
use ledger::tree::verify_inclusion;
use ledger::{Checkpoint, Hash, Leaf};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The kind of a draw's entries in the log.
pub const ENTRY_KIND: &str = "draw";

/// An entry of the log, as its files have it, with the hashes beside its way up to the checkpoint's root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The four lines of the entry.
    pub entry: String,
    /// Its place in the log, from 0.
    pub index: u64,
    /// Base64, from the leaf up.
    pub hashes: Vec<String>,
}

/// What a draw publishes, in the canonical form in which it stands in the log's entry.
///
/// # Errors
/// A value without canonical form.
pub fn told(kind: &str, facts: &serde_json::Value) -> Result<String, ledger::jcs::JcsError> {
    ledger::jcs::canonical(&json!({ "kind": kind, "facts": facts }))
}

impl Transcript {
    /// Everything that keeps the published entries from showing that plan and hashes came before the checkpoint.
    pub(crate) fn publication_faults(&self, checkpoint: &Checkpoint) -> Vec<Fault> {
        let hashes = self.contributions.iter().map(|one| ("draw.contributed", &one.commitment));
        let wanted: Vec<(&str, &String)> =
            std::iter::once(("draw.committed", &self.commitment)).chain(hashes).collect();
        if wanted.len() != self.published.len() {
            return vec![Fault::Publications { found: self.published.len(), wanted: wanted.len() }];
        }
        let mut found = Vec::new();
        for ((kind, hash), one) in wanted.into_iter().zip(&self.published) {
            let facts = json!({ "draw": self.plan.id, "commitment": hash });
            if !says(one, kind, &facts) {
                found.push(Fault::OtherEntry { index: one.index });
            }
            let hashes: Option<Vec<Hash>> = one.hashes.iter().map(|text| Hash::from_base64(text)).collect();
            let hangs = hashes.is_some_and(|hashes| {
                let leaf = Hash::leaf(one.entry.as_bytes());
                verify_inclusion(one.index, checkpoint.size, &leaf, &hashes, &checkpoint.root).is_ok()
            });
            if !hangs {
                found.push(Fault::NotInLog { index: one.index });
            }
        }
        found
    }
}

fn says(one: &Published, kind: &str, facts: &serde_json::Value) -> bool {
    let Ok(leaf) = Leaf::parse(one.entry.as_bytes()) else { return false };
    let Ok(public) = ledger::jcs::parse(leaf.facts()) else { return false };
    leaf.kind() == ENTRY_KIND && told(kind, facts).is_ok_and(|text| public["entry"] == text)
}
