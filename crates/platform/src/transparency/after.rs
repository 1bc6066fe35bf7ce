//! What followed an opinion, by a copy of the public log: letters of correction, and its withdrawal.
//!
//! **Invariant:** nothing is said of the opinion's standing unless every entry of the copy hangs from a signature of the log that
//! the policy names, and the proof's own entry stands in it at its place. What came after the copy's last entry is not known,
//! and that is said.

use super::mirror;
use crate::text::{Lang, say};
use anyhow::{Context, bail};
use ledger::{Directory, Leaf, Policy, Verified};
use serde_json::Value as Json;
use std::path::Path;

/// An entry about the same opinion, later in the log.
#[derive(Debug)]
pub struct Followed {
    pub index: u64,
    pub leaf: Leaf,
}

/// All of them, the oldest first, and how many entries the copy has.
#[derive(Debug)]
pub struct After {
    pub entries: u64,
    pub followed: Vec<Followed>,
}

impl After {
    pub fn is_withdrawn(&self) -> bool {
        self.followed.iter().any(|one| one.leaf.kind() == "opinion.withdrawn")
    }
}

/// Looks into a copy of the log: a folder that `sijian ledger mirror` keeps, or the log's address, copied now.
///
/// # Errors
/// A copy that is not whole, not of the log that the policy names, or that does not hold the proof's entry.
pub fn look(place: &str, policy: &[u8], proven: &Verified, leaf: &Leaf) -> anyhow::Result<After> {
    let policy = Policy::parse(policy)?;
    let known = policy.logs().iter().find(|key| key.name() == proven.origin);
    let key = known.context("the policy does not name the log of the proof")?;
    let number = number(leaf).context("the proof's entry names no opinion")?;
    if !(place.starts_with("https://") || place.starts_with("http://")) {
        return in_folder(Path::new(place), key, proven, leaf, &number);
    }
    let folder = std::env::temp_dir().join(format!("sijian-verify-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder)?;
    let copied = mirror::once(place, &folder, &key.to_string());
    let after = copied.and_then(|_| in_folder(&folder, key, proven, leaf, &number));
    // What was copied only for this question goes with it.
    std::fs::remove_dir_all(&folder)?;
    after
}

fn in_folder(
    folder: &Path,
    key: &ledger::VerifierKey,
    proven: &Verified,
    leaf: &Leaf,
    opinion: &str,
) -> anyhow::Result<After> {
    let (mut followed, mut is_there) = (Vec::new(), false);
    let own = leaf.to_bytes();
    let report = ledger::audit(&Directory::new(folder), key, &mut |index, bytes| {
        if index == proven.index {
            is_there = bytes == own;
        }
        if let Ok(leaf) = Leaf::parse(bytes)
            && index > proven.index
            && leaf.kind().starts_with("opinion.")
            && number(&leaf).as_deref() == Some(opinion)
        {
            followed.push(Followed { index, leaf });
        }
    });
    if let Some(finding) = report.findings.first() {
        bail!("{}: {finding}", folder.display());
    }
    if !is_there {
        bail!("{}: entry {} of the proof is not in this copy of the log", folder.display(), proven.index);
    }
    Ok(After { entries: report.entries, followed })
}

/// The number of the opinion that an entry is about.
fn number(leaf: &Leaf) -> Option<String> {
    let facts: Json = serde_json::from_str(leaf.facts()).ok()?;
    facts["number"].as_str().map(str::to_owned)
}

/// In words, both languages.
pub fn told(after: &After) -> String {
    let mut lines = Vec::new();
    for one in &after.followed {
        let what = match one.leaf.kind() {
            "opinion.withdrawn" => say("此意见书已被撤销，请勿再作为依据使用。"),
            _ => say("此意见书其后有补正，应当与补正书一并使用。"),
        };
        lines.push(format!("⚠ {} {}", Lang::Zh.say(&what), Lang::En.say(&what)));
        lines.push(format!("  entry       {} {} {}", one.index, one.leaf.kind(), one.leaf.facts()));
    }
    let until =
        say("以上只说到这份日志副本的第%{n}个条目为止；此后的补正、撤销，请在核验页面查询。").with("n", after.entries);
    if after.followed.is_empty() {
        let none = say("到此副本为止，日志中没有此意见书的补正或者撤销。");
        lines.push(format!("✓ {} {}", Lang::Zh.say(&none), Lang::En.say(&none)));
    }
    lines.push(format!("{} {}", Lang::Zh.say(&until), Lang::En.say(&until)));
    lines.join("\n")
}
