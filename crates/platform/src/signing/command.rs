//! `sijian keys` for whoever runs the installation, and the judging of a file in `sijian verify`.

use super::pem;
use super::store::{self, Kept, Owner, OwnerKind};
use super::trust;
use crate::app::App;
use crate::master_key;
use crate::perform::new_id;
use crate::registry;
use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use rand::TryRngCore;
use rand::rngs::OsRng;
use seal::{
    Algorithm, Certificate, KEY_NONCE_BYTES, KeyId, KeyRevocation, SignatureKind, SoftwareSigner, Subject, Trust,
    request_certificate, verify_pdf,
};
use std::path::{Path, PathBuf};

/// Signing keys of institutions and appraisers. Keys of a device (PKCS#11, seal server) do not come here.
#[derive(clap::Args, Clone, Debug)]
pub struct KeysArgs {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(clap::Subcommand, Clone, Debug)]
pub enum Command {
    /// Make a key, and the request for its certificate (PKCS#10). It signs nothing until its certificate is imported
    Make {
        /// Id or exact name of the institution
        #[arg(long, conflicts_with = "appraiser", required_unless_present = "appraiser")]
        institution: Option<String>,
        /// Id of the appraiser
        #[arg(long)]
        appraiser: Option<String>,
        /// Where to write the request
        #[arg(long)]
        request: PathBuf,
    },
    /// Import the certificate of a key (its own first, then the authorities above it). From now on the key signs, and takes
    /// the place of the owner's former key; what that one signed stays good
    Import {
        #[arg(long)]
        key: String,
        #[arg(long)]
        certificate: PathBuf,
    },
    /// Every key: whose, since when, until when
    List,
    /// Revoke a key: what was stamped at that instant or later does not count
    Revoke {
        #[arg(long)]
        key: String,
        /// e.g. 2026-11-25T08:00:00Z; now, if not given
        #[arg(long)]
        from: Option<Timestamp>,
        #[arg(long)]
        reason: String,
    },
}

const WHO: &str = "sijian keys";

/// Does what was asked for; the text to print.
///
/// # Errors
/// Everything that speaks against it, as a sentence.
pub async fn run(app: &App, args: &KeysArgs) -> anyhow::Result<String> {
    match &args.command {
        Command::Make { institution, appraiser, request } => {
            make(app, institution.as_deref(), appraiser.as_deref(), request).await
        }
        Command::Import { key, certificate } => import(app, key, certificate).await,
        Command::List => list(app).await,
        Command::Revoke { key, from, reason } => revoke(app, key, *from, reason).await,
    }
}

async fn make(app: &App, institution: Option<&str>, appraiser: Option<&str>, request: &Path) -> anyhow::Result<String> {
    let mut conn = app.db.write().await?;
    // A new master key beside keys that only the old one opens would lock them for ever.
    if !store::all(&mut conn).await?.is_empty() {
        super::check_start(app).await?;
    }
    let master = master_key::for_something_new(app, &mut conn).await?;
    let (owner, subject) = owner(&mut conn, institution, appraiser).await?;
    let (mut random, mut nonce) = ([0; 32], [0; KEY_NONCE_BYTES]);
    OsRng.try_fill_bytes(&mut random)?;
    OsRng.try_fill_bytes(&mut nonce)?;
    let (secret, der) = request_certificate(&subject, &random)?;
    let now = app.clock.now();
    let id = KeyId(new_id(now));
    let sealed = master.key.seal(&id, Algorithm::P256, &secret, &nonce)?;
    store::add(&mut conn, &id, &owner, &sealed, now, WHO).await?;
    std::fs::write(request, pem::encode("CERTIFICATE REQUEST", &der))
        .with_context(|| format!("{} cannot be written", request.display()))?;
    conn.commit().await?;
    Ok(format!(
        "key {} of {}; its request for a certificate is in {}\nmaster key: {} (keep a copy apart from the database's backups)",
        id.0,
        subject.name,
        request.display(),
        master_key::path(&app.config).display()
    ))
}

async fn owner(
    conn: &mut crate::db::Conn,
    institution: Option<&str>,
    appraiser: Option<&str>,
) -> anyhow::Result<(Owner, Subject)> {
    let plain = |licence: Option<registry::Licence>| {
        let number = licence.map(|one| one.number).unwrap_or_default();
        if number.bytes().all(|byte| byte.is_ascii_alphanumeric()) { number } else { String::new() }
    };
    if let Some(sought) = institution {
        let all = registry::store::institution_names(conn).await?;
        let found: Vec<_> = all.iter().filter(|(id, name)| id == sought || name == sought).collect();
        let [(id, name)] = found.as_slice() else {
            bail!("{} institutions have the id or name {sought:?}", found.len())
        };
        let licence = registry::store::find_institution(conn, id).await?.and_then(|one| one.licence);
        let subject = Subject { name: name.clone(), organisation: String::new(), licence: plain(licence) };
        return Ok((Owner { kind: OwnerKind::Institution, id: id.clone() }, subject));
    }
    let sought = appraiser.unwrap_or_default();
    for (house, organisation) in registry::store::institution_names(conn).await? {
        let all = registry::store::appraisers_of(conn, &house).await?;
        if let Some(one) = all.into_iter().find(|one| one.id == sought) {
            let subject = Subject { name: one.name, organisation, licence: plain(one.licence) };
            return Ok((Owner { kind: OwnerKind::Appraiser, id: one.id }, subject));
        }
    }
    bail!("there is no appraiser with the id {sought:?}")
}

async fn import(app: &App, key: &str, path: &Path) -> anyhow::Result<String> {
    super::check_start(app).await?;
    let mut conn = app.db.write().await?;
    let kept = store::find(&mut conn, key).await?.with_context(|| format!("there is no key {key}"))?;
    ensure!(kept.record.certificates.is_empty(), "the key {key} has its certificate already: make a new key");
    ensure!(kept.record.revoked.is_none(), "the key {key} was revoked: make a new key");
    let certificates = trust::certificates(path)?;
    let master = master_key::load(&app.config)?.context("the master key is not there")?;
    let secret = master.key.open(&kept.record.id, kept.record.algorithm, &kept.record.sealed)?;
    let own = certificates.first().context("no certificate")?;
    ensure!(
        SoftwareSigner::new(&secret, own.clone(), Vec::new()).is_some(),
        "{} is not the certificate of the key {key}",
        path.display()
    );
    let (from, until) = own.validity();
    let now = app.clock.now();
    ensure!(from <= now && now <= until, "the certificate is valid from {from} to {until}, not now");
    let kind =
        if kept.owner_kind == OwnerKind::Institution.word() { OwnerKind::Institution } else { OwnerKind::Appraiser };
    let owner = Owner { kind, id: kept.owner_id.clone() };
    let rotated = store::activate(&mut conn, &kept.record.id, &owner, &certificates, now)
        .await
        .map_err(|fail| anyhow::anyhow!("{fail}"))?;
    conn.commit().await?;
    let instead = if rotated > 0 { "; it takes the place of the former key" } else { "" };
    Ok(format!("{}: signs from now on, until {until}{instead}\nfingerprint {}", own.subject(), own.fingerprint()))
}

async fn list(app: &App) -> anyhow::Result<String> {
    let keys = store::all(&mut app.db.read().await?).await?;
    if keys.is_empty() {
        return Ok("no keys yet: sijian keys make".into());
    }
    let now = app.clock.now();
    Ok(keys.iter().map(|one| line(one, now)).collect::<Vec<_>>().join("\n"))
}

fn line(one: &Kept, now: Timestamp) -> String {
    let record = &one.record;
    let state = match (record.certificates.first(), &record.revoked, &record.rotated) {
        (None, ..) => format!("waits for its certificate since {}", one.made_at),
        (_, Some(revoked), _) => format!("revoked from {} ({})", revoked.from, revoked.reason),
        (_, _, Some(rotated)) => format!("ended at {}, its place took {}", rotated.at, rotated.to.0),
        (Some(certificate), ..) if record.may_sign(now) => format!("signs until {}", certificate.validity().1),
        _ => "does not sign now".into(),
    };
    let name = record.certificates.first().map(Certificate::subject).unwrap_or_default();
    format!("{} {} {} {name}: {state}", record.id.0, one.owner_kind, one.owner_id)
}

async fn revoke(app: &App, key: &str, from: Option<Timestamp>, reason: &str) -> anyhow::Result<String> {
    ensure!(!reason.trim().is_empty(), "say the reason: it is kept");
    let mut conn = app.db.write().await?;
    let kept = store::find(&mut conn, key).await?.with_context(|| format!("there is no key {key}"))?;
    let now = app.clock.now();
    let from = from.unwrap_or(now);
    // Nothing that was refused becomes good again: a later day never takes the place of an earlier one.
    if let Some(before) = kept.record.revoked.as_ref().filter(|before| before.from <= from) {
        bail!("the key {key} is revoked from {} already", before.from);
    }
    let revocation = KeyRevocation { from, noticed_at: now, reason: reason.trim().to_owned() };
    store::revoke(&mut conn, &kept.record.id, &revocation, WHO).await?;
    conn.commit().await?;
    Ok(format!("the key {key} does not count from {from} on"))
}

/// What is said of a file, and whether everything about it is sound.
pub struct Checked {
    pub text: String,
    pub is_sound: bool,
}

/// The roots in a folder, for judging without an installation.
///
/// # Errors
/// A file there that holds no certificate.
pub fn trusted(folder: &Path) -> anyhow::Result<Trust> {
    trust::read(folder)
}

/// Every signature of a file and everything that is wrong with it, for people to read.
pub fn check_pdf(bytes: &[u8], trust: &Trust) -> Checked {
    let report = verify_pdf(bytes, trust);
    let mut lines = Vec::new();
    for (n, one) in (1..).zip(&report.signatures) {
        let kind = match one.kind {
            SignatureKind::Approval => "鉴定人签名 approval",
            SignatureKind::Closing => "机构签名封定 closing",
        };
        let subject = one.certificate.as_ref().map(Certificate::subject).unwrap_or_default();
        lines.push(format!("{n}. {kind}: {subject}"));
        if let Some(certificate) = &one.certificate {
            lines.push(format!("   证书 certificate SHA-256 {}", certificate.fingerprint()));
        }
        if let Some(stamp) = &one.stamp {
            lines.push(format!("   时间戳 time stamp {} ({})", stamp.at, stamp.authority.subject()));
        }
        lines.push(format!("   覆盖 covers {} / {} bytes", one.covers_bytes, bytes.len()));
    }
    let is_sound = report.is_sound();
    lines.extend(report.sentences().into_iter().map(|sentence| format!("✗ {sentence}")));
    lines.push(match is_sound {
        true => "✓ 全部签名有效，文件没有改动。 Every signature is sound, and the file is unchanged.".into(),
        false => "✗ 不能采信。 Not to be relied on.".into(),
    });
    Checked { text: lines.join("\n"), is_sound }
}
