//! The tools on the command line: `sijian verify` for whoever holds an opinion, `sijian ledger …` for those who run, mirror,
//! witness or audit a log.

use super::{after, drill, mirror, witness};
use crate::app::App;
use crate::log;
use crate::signing;
use crate::text::{Lang, say};
use anyhow::{Context, bail};
use ledger::{Leaf, Verified};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Largest PDF checked: an opinion with its pictures is far below.
const PDF_MAX: u64 = 500 * 1024 * 1024;

#[derive(clap::Args, Debug)]
pub struct VerifyArgs {
    /// The opinion as it was received (PDF)
    pub pdf: PathBuf,
    /// Its proof file, from the opinion's verify page
    #[arg(requires = "policy")]
    pub proof: Option<PathBuf>,
    /// The policy file: which log and which witnesses are believed
    #[arg(long, requires = "proof")]
    pub policy: Option<PathBuf>,
    /// A copy of the public log (the folder of `sijian ledger mirror`), or its address (https://HOST/log/public): says whether the
    /// opinion was corrected or withdrawn up to that copy
    #[arg(long, requires = "proof")]
    pub log: Option<String>,
    /// Folder with the certificates (PEM, DER) of the authorities that are believed; without it and with a proof file, the
    /// signatures are not judged
    #[arg(long)]
    pub trust: Option<PathBuf>,
}

/// Checks offline what can be checked with what was given: the text, and whether everything holds.
///
/// # Errors
/// A file that cannot be read.
pub fn verify(args: &VerifyArgs) -> anyhow::Result<(String, bool)> {
    let size = std::fs::metadata(&args.pdf).with_context(|| args.pdf.display().to_string())?.len();
    anyhow::ensure!(size <= PDF_MAX, "{} is larger than {PDF_MAX} bytes", args.pdf.display());
    let pdf = read(&args.pdf)?;
    let (mut texts, mut is_sound) = (Vec::new(), true);
    if let (Some(proof), Some(policy)) = (&args.proof, &args.policy) {
        let (text, holds) = logged(&pdf, &read(proof)?, &read(policy)?, args.log.as_deref());
        texts.push(text);
        is_sound &= holds;
    }
    if args.trust.is_some() || args.proof.is_none() {
        let folder = args.trust.clone().unwrap_or_else(|| PathBuf::from("data/trust"));
        let checked = signing::command::check_pdf(&pdf, &signing::command::trusted(&folder)?);
        texts.push(checked.text);
        is_sound &= checked.is_sound;
    }
    Ok((texts.join("\n\n"), is_sound))
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

/// Whether the PDF is the one whose entry is in the log; and, by a copy of the log, whether it still stands.
fn logged(pdf: &[u8], proof: &[u8], policy: &[u8], copy: Option<&str>) -> (String, bool) {
    let sha256 = hex::encode(Sha256::digest(pdf));
    match ledger::verify_record(&json!({ "sha256": sha256 }), proof, policy) {
        Ok((verified, leaf)) => {
            let text = told(&sha256, &verified, &leaf);
            let Some(copy) = copy.filter(|_| leaf.kind() == "opinion.issued") else { return (text, true) };
            match after::look(copy, policy, &verified, &leaf) {
                Ok(after) => (format!("{text}\n\n{}", after::told(&after)), !after.is_withdrawn()),
                Err(error) => (
                    format!("{text}\n\n✗ {}\n  {error:#}", both("这份日志副本不能使用，没有查明其后有无补正、撤销。")),
                    false,
                ),
            }
        }
        Err(refusals) => {
            let reasons: Vec<String> = refusals.iter().map(|one| format!("✗ {one}")).collect();
            (format!("✗ {}\n{}\nSHA-256: {sha256}", both("未能证明此文件写入过日志。"), reasons.join("\n")), false)
        }
    }
}

/// A sentence in both languages: the reader may be a Chinese judge or a foreign court's expert.
fn both(key: &'static str) -> String {
    let said = say(key);
    format!("{} {}", Lang::Zh.say(&said), Lang::En.say(&said))
}

fn told(sha256: &str, verified: &Verified, leaf: &Leaf) -> String {
    let what = match leaf.kind() {
        "opinion.withdrawn" => "已证明：此文件是写入日志的撤销告知书，它所写编号的意见书已被撤销。",
        _ => "已证明：此文件就是写入日志的那一份。",
    };
    let mut text = format!("✓ {}\n", both(what));
    let _ = writeln!(text, "  SHA-256     {sha256}");
    let _ = writeln!(text, "  entry       {} {}", leaf.kind(), leaf.facts());
    let _ = writeln!(text, "  log         {}, entry {} of {}", verified.origin, verified.index, verified.size);
    match verified.witnesses.as_slice() {
        [] => {
            let _ = writeln!(text, "  witnesses   {}", both("核验规则没有要求见证方。"));
        }
        all => {
            for one in all {
                let _ = writeln!(text, "  witness     {} at {} s since 1970", one.name, one.time);
            }
        }
    }
    text.push_str(&both("不证明鉴定意见是否正确，也不证明其后有无补正、撤销，请在核验页面查询。"));
    text
}

#[derive(clap::Args, Debug)]
pub struct MirrorArgs {
    /// Address of the log, e.g. https://host/log/public
    pub url: String,
    /// Folder of the copy
    pub folder: PathBuf,
    /// The log's verifier key, as its page shows it
    #[arg(long)]
    pub key: String,
    /// Look again every so many seconds; without it, once
    #[arg(long)]
    pub every: Option<u64>,
}

#[derive(clap::Args, Debug)]
pub struct WitnessArgs {
    /// Address and port to listen on
    #[arg(long, default_value = "127.0.0.1:8089")]
    pub listen: SocketAddr,
    /// Verifier key of a log that is witnessed; may be given several times
    #[arg(long = "log", required = true)]
    pub logs: Vec<String>,
    /// Folder of the witness: its key and what it cosigned last
    #[arg(long)]
    pub data: PathBuf,
    /// The witness's name, e.g. court.example/witness
    #[arg(long)]
    pub name: String,
}

#[derive(clap::Args, Debug)]
pub struct DrillArgs {
    /// How many changes
    #[arg(long, default_value_t = 1000)]
    pub mutations: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// # Errors
/// An alarm, with its evidence; a log that cannot be reached.
pub async fn mirror(args: MirrorArgs) -> anyhow::Result<String> {
    mirror::run(args).await
}

/// # Errors
/// A key or folder that cannot be used, a port that is taken.
pub async fn witness(args: WitnessArgs) -> anyhow::Result<String> {
    witness::run(args).await
}

/// # Errors
/// A key that cannot be read.
pub fn policy(app: &App) -> anyhow::Result<String> {
    let keys = log::keys(app)?;
    Ok(log::policy(&keys, &app.config.witnesses))
}

/// # Errors
/// What was not found.
pub async fn drill(app: &App, args: &DrillArgs) -> anyhow::Result<String> {
    drill::run(app, args).await
}

/// # Errors
/// Every finding.
pub async fn reconcile(app: &App) -> anyhow::Result<String> {
    let report = log::reconcile::reconcile(app).await?;
    let looked = format!(
        "{} entries in the files, {} rows held against them, {} waiting, {} erased",
        report.entries, report.rows, report.waiting, report.erased
    );
    if report.is_sound() {
        return Ok(format!("✓ {looked}: nothing was changed, taken away, added or reordered"));
    }
    let all: Vec<String> = report.findings.iter().map(|one| format!("✗ {one}")).collect();
    bail!("{}\n{} findings; {looked}", all.join("\n"), report.findings.len() as u64 + report.more)
}
