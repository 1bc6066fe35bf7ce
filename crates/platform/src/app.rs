//! What every request has at hand: database, files, press, calendar, clock, configuration.

use crate::accounts::Passwords;
use crate::answers::Answers;
use crate::clock::Clock;
use crate::db::Database;
use crate::files::Files;
use crate::log::Keys;
use crate::papers::Papers;
use crate::web::limits::Limits;
use std::net::IpAddr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use worktime::Calendar;

/// Where and how an installation runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Uploads, papers and (by default) the database file.
    pub data: PathBuf,
    /// The address people and QR codes use, without a trailing slash.
    pub base_url: String,
    pub font_dirs: Vec<PathBuf>,
    pub passwords: Passwords,
    /// A made-up city: accounts with known passwords and a page to move the clock.
    pub demo: bool,
    /// Proxies whose `X-Forwarded-For` is believed; without one, the address of the connection counts.
    pub trusted_proxies: Vec<IpAddr>,
    pub case_code: CaseCodeFormat,
    /// Largest file taken, in bytes.
    pub upload_max: u64,
    /// The mail server; without one no mail is sent.
    pub mail: Option<MailServer>,
    /// Who cosigns the public log's checkpoints.
    pub witnesses: Vec<Witness>,
    /// Webhooks may lead to this machine; only in the demo and in tests.
    pub loopback_webhooks: bool,
    pub signing: SigningConfig,
}

/// How documents are signed. The keys themselves are in the database, locked by the master key, which never is.
#[derive(Clone, Debug, Default)]
pub struct SigningConfig {
    /// 32 bytes; without one named, `master.key` in the data folder.
    pub master_key_file: Option<PathBuf>,
    /// Certificates of the authorities that are believed; without one named, `trust` in the data folder.
    pub trust_dir: Option<PathBuf>,
    /// The time-stamp authority (RFC 3161 over HTTP). The demo stamps for itself when none is named.
    pub tsa_url: Option<String>,
    pub rule: SigningRule,
}

/// Whether an institution may issue without electronic signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SigningRule {
    /// As long as it never had a key; from the first certificate on, nothing leaves it unsigned.
    #[default]
    WhereKeys,
    /// Never.
    Required,
}

impl std::str::FromStr for SigningRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "where-keys" => Ok(Self::WhereKeys),
            "required" => Ok(Self::Required),
            other => Err(format!("{other:?} is neither where-keys nor required")),
        }
    }
}

/// A witness of the public log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    pub url: String,
    /// Its verifier key, as the witness prints it.
    pub key: String,
}

/// Where mail goes out.
#[derive(Clone)]
pub struct MailServer {
    /// `smtps://user:password@host`, as the library `lettre` reads it.
    pub url: String,
    pub from: String,
}

impl std::fmt::Debug for MailServer {
    /// The address holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailServer {{ from: {:?} }}", self.from)
    }
}

/// How unified case codes look; the official structure is not published (rules.md §2.3), so it is configuration.
#[derive(Clone, Debug)]
pub struct CaseCodeFormat {
    /// Administrative code of the region, e.g. `310000`.
    pub region: String,
    /// Letters and digits of the random body.
    pub body_length: usize,
}

impl Default for CaseCodeFormat {
    fn default() -> Self {
        Self { region: "310000".into(), body_length: 8 }
    }
}

/// 2 GiB: an hour of court video.
pub const UPLOAD_MAX: u64 = 2 << 30;

impl Config {
    /// The configuration of a test or of a first start: everything under one folder.
    pub fn under(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            base_url: "http://127.0.0.1:8080".into(),
            font_dirs: vec!["/usr/share/fonts".into(), "/usr/local/share/fonts".into()],
            passwords: Passwords::default(),
            demo: false,
            trusted_proxies: Vec::new(),
            case_code: CaseCodeFormat::default(),
            upload_max: UPLOAD_MAX,
            mail: None,
            witnesses: Vec::new(),
            loopback_webhooks: false,
            signing: SigningConfig::default(),
        }
    }
}

/// The application. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub db: Database,
    pub files: Files,
    pub papers: Papers,
    pub calendar: Calendar,
    pub clock: Clock,
    pub limits: Limits,
    pub answers: Answers,
    /// The logs' keys, once somebody needed them.
    pub(crate) log_keys: OnceLock<Arc<Keys>>,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts an installation together on an open database.
    ///
    /// # Errors
    /// A data folder that cannot be made, or a calendar file with a fault.
    pub fn new(config: Config, db: Database, clock: Clock) -> anyhow::Result<Self> {
        let files = Files::open(&config.data.join("files"), config.upload_max)?;
        let papers = Papers::new(config.font_dirs.clone());
        let calendar = crate::deadline::decreed_calendar()?;
        let limits = Limits::new();
        let log_keys = OnceLock::new();
        Ok(Self(Arc::new(Parts {
            config,
            db,
            files,
            papers,
            calendar,
            clock,
            limits,
            answers: Answers::default(),
            log_keys,
        })))
    }
}
