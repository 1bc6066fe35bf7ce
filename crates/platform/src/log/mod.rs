//! The transparency logs (存证日志): every row that tells what happened becomes an entry that nobody can change unseen.
//!
//! Reading order: this list of what is logged · `keys` (who signs) · `sequence` (rows become entries, entries a checkpoint) ·
//! `appointments` (announced checkpoints) · `store` and `prove` (what others ask) · `reconcile` (database and log held
//! against each other).
//!
//! **Invariant:** the database itself puts a row's name into `log_outbox`, by a trigger in the row's own transaction; the
//! sequencer commits to the row as it stands, gives the entry its place, and publishes a checkpoint at most a second later.

mod appointments;
mod keys;
mod prove;
pub mod reconcile;
mod sequence;
mod store;
mod witnesses;

pub use appointments::announce;
pub use keys::{Keys, folder, keys};
pub use prove::paths;
pub use sequence::{Sequencer, round};
pub use store::{Entry, Signed, checkpoint_at_or_after, entry_of, length, newest_checkpoint};
pub use witnesses::policy;

use std::fmt;
use std::str::FromStr;

/// Which of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Log {
    /// What the law publishes: opinions, corrections, withdrawals, licences, draws, the audit log's checkpoints. For everybody.
    Public,
    /// Every event, custody move, fee, reading and change of rights. The public sees its checkpoints only.
    Audit,
}

impl Log {
    /// The audit log first: its checkpoints go into the public one.
    pub const ALL: [Log; 2] = [Log::Audit, Log::Public];

    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Audit => "audit",
        }
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Log {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("there is no log {text:?}"))
    }
}

/// A table whose rows are logged.
#[derive(Debug)]
pub struct Logged {
    pub log: Log,
    pub table: &'static str,
    /// What names a row, as SQL over the row called `{row}`; a text.
    pub key: &'static str,
    pub kind: &'static str,
    /// The columns that the commitment covers. None of them ever changes.
    pub columns: &'static [&'static str],
    /// Facts that stand in the entry for everybody to read: name and SQL over the row called `{row}`.
    pub facts: &'static [(&'static str, &'static str)],
    /// The migration from which on its rows are logged.
    pub since: &'static str,
}

const SEQUENCE: &str = "cast({row}.sequence as text)";
const LICENCE: &str =
    "(select l.number from licence l where l.holder_kind = 'institution' and l.holder_id = {row}.institution_id
     order by l.valid_from desc limit 1)";

const fn audit(table: &'static str, key: &'static str, kind: &'static str, columns: &'static [&'static str]) -> Logged {
    Logged { log: Log::Audit, table, key, kind, columns, facts: &[], since: "0015-log" }
}

/// Everything that is logged. A new append-only table that tells what happened is a new row here.
pub const LOGGED: &[Logged] = &[
    audit(
        "event",
        SEQUENCE,
        "event",
        &[
            "id",
            "procedure_name",
            "subject_id",
            "subject_version",
            "step",
            "action",
            "from_state",
            "to_state",
            "article",
            "actor_id",
            "actor_name",
            "actor_role",
            "happened_at",
            "request_id",
            "detail",
        ],
    ),
    audit(
        "custody_event",
        SEQUENCE,
        "custody",
        &[
            "id",
            "material_id",
            "material_version",
            "kind",
            "happened_at",
            "recorded_at",
            "by_id",
            "by_name",
            "from_kind",
            "from_id",
            "from_name",
            "to_kind",
            "to_id",
            "to_name",
            "awaits_id",
            "awaits_name",
            "amount",
            "seal",
            "note",
            "request_id",
        ],
    ),
    audit(
        "fee_event",
        SEQUENCE,
        "fee",
        &[
            "subject_id",
            "institution_id",
            "version",
            "kind",
            "fen",
            "reference",
            "receipt_number",
            "entry",
            "actor_id",
            "actor_name",
            "happened_at",
            "request_id",
        ],
    ),
    audit(
        "archive_access",
        SEQUENCE,
        "reading",
        &[
            "id",
            "subject_id",
            "what",
            "name",
            "purpose",
            "by_id",
            "by_name",
            "organisation",
            "accessed_at",
            "request_id",
        ],
    ),
    audit(
        "account_event",
        SEQUENCE,
        "account",
        &[
            "happened_at",
            "actor_id",
            "actor_name",
            "account_id",
            "account_login",
            "action",
            "result",
            "detail",
            "request_id",
        ],
    ),
    audit(
        "supervision_flag",
        SEQUENCE,
        "hint",
        &[
            "id",
            "kind",
            "procedure_name",
            "subject_id",
            "institution_id",
            "article",
            "detail",
            "raised_at",
            "raised_by",
        ],
    ),
    audit(
        "archive_hold",
        "{row}.case_id || '/' || cast({row}.number as text)",
        "hold",
        &["case_id", "number", "kind", "reason", "by_id", "by_name", "decided_at"],
    ),
    audit(
        "opinion",
        "{row}.case_id",
        "opinion",
        &["case_id", "number", "check_code", "institution_id", "issued_on", "paper_id", "sha256", "public_facts"],
    ),
    Logged {
        log: Log::Public,
        table: "opinion",
        key: "{row}.case_id",
        kind: "opinion.issued",
        // Whoever holds the PDF can make this record himself: the proof needs nobody's database.
        columns: &["sha256"],
        facts: &[("number", "{row}.number"), ("issued_on", "{row}.issued_on"), ("licence", LICENCE)],
        since: "0015-log",
    },
    Logged {
        log: Log::Public,
        table: "opinion_correction",
        key: "{row}.case_id || '/' || cast({row}.number as text)",
        kind: "opinion.corrected",
        columns: &["sha256"],
        facts: &[
            ("number", "(select o.number from opinion o where o.case_id = {row}.case_id)"),
            ("correction", "{row}.number"),
            ("corrected_on", "{row}.corrected_on"),
        ],
        since: "0015-log",
    },
    Logged {
        log: Log::Public,
        table: "opinion_withdrawal",
        key: "{row}.case_id",
        kind: "opinion.withdrawn",
        // The letter: whoever holds its PDF can prove it, as with an opinion.
        columns: &["sha256"],
        facts: &[
            ("number", "(select o.number from opinion o where o.case_id = {row}.case_id)"),
            ("ground", "{row}.ground"),
            ("withdrawn_on", "{row}.withdrawn_on"),
        ],
        since: "0021-withdrawal",
    },
    Logged {
        log: Log::Public,
        table: "licence",
        key: "{row}.id",
        kind: "licence.granted",
        columns: &["id", "holder_kind", "holder_id", "number", "valid_from"],
        facts: &[("number", "{row}.number"), ("holder", "{row}.holder_kind"), ("valid_from", "{row}.valid_from")],
        since: "0015-log",
    },
    Logged {
        log: Log::Public,
        table: "licence_interruption",
        key: "{row}.licence_id || '/' || {row}.kind || '/' || {row}.from_on",
        kind: "licence.interrupted",
        columns: &["licence_id", "kind", "from_on"],
        facts: &[
            ("number", "(select l.number from licence l where l.id = {row}.licence_id)"),
            ("kind", "{row}.kind"),
            ("from_on", "{row}.from_on"),
        ],
        since: "0015-log",
    },
    Logged {
        since: "0016-signing",
        ..audit(
            "signing_certificate",
            "{row}.key_id || '/' || cast({row}.position as text)",
            "certificate",
            &["key_id", "position", "fingerprint"],
        )
    },
    Logged {
        since: "0016-signing",
        ..audit(
            "signing_key_revocation",
            SEQUENCE,
            "key.revoked",
            &["key_id", "effective_from", "noticed_at", "reason", "revoked_by"],
        )
    },
    Logged {
        since: "0017-draws",
        ..audit(
            "draw_entry",
            "{row}.draw_id || '/' || cast({row}.number as text)",
            "draw",
            &["draw_id", "number", "kind", "party", "content", "log_sequence", "entered_at", "entered_by"],
        )
    },
    Logged {
        since: "0018-analysis",
        ..audit(
            "lead_sighting",
            "{row}.lead_id || '/' || cast({row}.number as text)",
            "lead",
            &["lead_id", "number", "run_id", "score", "q", "since", "content", "seen_at"],
        )
    },
    Logged {
        since: "0018-analysis",
        ..audit(
            "lead_evidence",
            "{row}.lead_id || '/' || cast({row}.sighting as text) || '/' || cast({row}.position as text)",
            "lead_evidence",
            &["lead_id", "sighting", "position", "case_id", "other_case_id", "numbers"],
        )
    },
    Logged {
        since: "0018-analysis",
        ..audit(
            "lead_statement",
            "{row}.lead_id || '/' || cast({row}.number as text)",
            "lead_statement",
            &["lead_id", "number", "kind", "body", "account_id", "account_name", "said_at"],
        )
    },
    Logged {
        since: "0022-signals",
        ..audit(
            "lead_file",
            "{row}.id",
            "lead_file",
            &["id", "lead_id", "name", "sha256", "added_by", "added_by_name", "added_at"],
        )
    },
    Logged {
        log: Log::Public,
        table: "draw_log",
        key: SEQUENCE,
        kind: "draw",
        columns: &["sequence", "leaf"],
        // Commitments, times and what was drawn: the law has draws in the open.
        facts: &[("sequence", "{row}.sequence"), ("entry", "{row}.leaf")],
        since: "0017-draws",
    },
    // The sequencer itself puts one into the outbox when its moment has come.
    Logged {
        log: Log::Public,
        table: "log_appointment",
        key: "{row}.id",
        kind: "log.moment",
        columns: &["id", "due_at"],
        facts: &[("due_at", "{row}.due_at")],
        since: "",
    },
    Logged {
        since: "0020-care",
        ..audit(
            "list_export",
            SEQUENCE,
            "export",
            &[
                "id",
                "list",
                "address",
                "filter",
                "format",
                "rows_written",
                "by_id",
                "by_name",
                "organisation",
                "exported_at",
                "request_id",
            ],
        )
    },
    // The sequencer itself puts one of these a minute into the outbox.
    Logged {
        log: Log::Public,
        table: "log_checkpoint",
        key: "{row}.log || '/' || cast({row}.size as text)",
        kind: "audit.checkpoint",
        columns: &["log", "size", "root"],
        facts: &[("size", "{row}.size"), ("root", "{row}.root")],
        since: "",
    },
];

impl Logged {
    /// The rows are named by their `sequence`: found by the number itself, which has an index.
    pub fn is_by_sequence(&self) -> bool {
        self.key == SEQUENCE
    }

    pub fn key_of(&self, row: &str) -> String {
        self.key.replace("{row}", row)
    }
}
