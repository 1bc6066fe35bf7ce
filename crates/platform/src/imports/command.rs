//! `sijian import-ledger`: the same import from the command line, with a bar.

use super::columns::{self, Kind};
use super::deeds;
use super::store::{self, Run, State};
use super::work::{self, Asker, Progress};
use crate::app::App;
use crate::fail::Fail;
use crate::{accounts, registry};
use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Duration;

/// Faults that are printed.
const PRINTED: usize = 20;
/// What stands where a request's id would.
const REQUEST: &str = "sijian import-ledger";

/// Closed cases of an institution's ledger, or a register: all or nothing.
#[derive(clap::Args, Clone, Debug)]
pub struct LedgerArgs {
    /// XLSX, XLS, ODS or CSV
    pub file: PathBuf,
    /// Exact name of the institution whose ledger it is; for --kind cases
    #[arg(long)]
    pub institution: Option<String>,
    /// cases, institutions, appraisers or organisations
    #[arg(long, default_value = "cases")]
    pub kind: Kind,
    /// Login of the account in whose name it is done: front desk or head, for registers a licensing officer
    #[arg(long = "as")]
    pub login: String,
    /// Pass over rows of cases that are not closed
    #[arg(long)]
    pub skip_unfinished: bool,
    /// Check every row and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where to write the faulty rows as XLSX
    #[arg(long)]
    pub faults: Option<PathBuf>,
}

/// Checks the file and imports it; the text to print.
///
/// # Errors
/// Everything that speaks against it, as sentences; nothing is imported then.
pub async fn run(app: &App, args: &LedgerArgs) -> anyhow::Result<String> {
    let mut conn = app.db.read().await?;
    let actor = accounts::actor_of(&mut conn, &args.login).await?;
    let actor = actor.with_context(|| format!("there is no account {:?}", args.login))?;
    ensure!(args.kind.may(&actor), "{:?} may not import {}", args.login, args.kind.word());
    if args.kind == Kind::Cases {
        let home = registry::store::find_institution(&mut conn, &store::owner(&actor)).await?;
        let name = home.map(|home| home.name).unwrap_or_default();
        let asked = args.institution.as_deref().context("--institution NAME says whose ledger it is")?;
        ensure!(name == asked, "{:?} belongs to {name:?}, not to {asked:?}", args.login);
    }
    drop(conn);
    let lang = actor.language;
    let told = |fail: Fail| match &fail {
        Fail::Bad(what) | Fail::TooLarge(what) | Fail::Conflict(what) => anyhow::anyhow!(lang.say(what)),
        _ => anyhow::anyhow!("{fail}"),
    };
    let bytes = std::fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    ensure!(bytes.len() <= sheets::BYTES_MAX, "{}", lang.say(&super::said::unreadable(&sheets::Unreadable::TooLarge)));
    let stored = app.files.put(bytes, "application/octet-stream").await.map_err(told)?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let taken = deeds::take_in(app, &actor, REQUEST, Some(args.kind), (&name, &stored)).await;
    let (tx, run) = taken.map_err(told)?;
    tx.conn.commit().await?;
    let missing = work::missing(run.kind, &run.mapping);
    if !missing.is_empty() {
        let names: Vec<_> = run.shape.columns.iter().map(|(_, name)| name.as_str()).collect();
        bail!("no column was found for {}; the file has {}", lang.list(&missing), names.join(", "));
    }
    let asker = Asker { actor, lang, request_id: REQUEST.into() };
    let run = Run { skip_unfinished: args.skip_unfinished, ..run };
    let run = goes_to(app, run, State::Checking).await?;
    let run = with_bar(app, &asker, run).await.map_err(told)?;
    if run.state != State::Checked {
        return Err(refused(app, args, &run).await);
    }
    let counts = run.counts;
    let found = format!("{} rows: {} good, {} passed over", counts.total, counts.good, counts.skipped);
    if args.dry_run {
        return Ok(format!("{found}; nothing was written (--dry-run)"));
    }
    let run = goes_to(app, run, State::Importing).await?;
    let run = with_bar(app, &asker, run).await.map_err(told)?;
    match run.state {
        State::Done => Ok(format!("{found}; imported")),
        _ => Err(refused(app, args, &run).await),
    }
}

async fn goes_to(app: &App, run: Run, state: State) -> anyhow::Result<Run> {
    let was = run.state;
    let now = app.clock.now();
    let run = Run { state, process: work::process(), changed_at: now, ..run };
    let mut conn = app.db.write().await?;
    ensure!(store::advance(&mut conn, &run, &[was], now).await?, "somebody else is at work on this import");
    if state == State::Checking {
        store::save_mapping(&mut conn, &run, &columns::signature(&run.shape.columns), now).await?;
    }
    conn.commit().await?;
    Ok(run)
}

async fn with_bar(app: &App, asker: &Asker, run: Run) -> Result<Run, Fail> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(run.state.word());
    let progress = Progress::default();
    let work = work::work(app, asker, run, &progress);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            result = &mut work => {
                bar.finish_and_clear();
                return result;
            }
            () = tokio::time::sleep(Duration::from_millis(100)) => {
                let (done, all) = progress.get();
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            }
        }
    }
}

async fn refused(app: &App, args: &LedgerArgs, run: &Run) -> anyhow::Error {
    let mut said = format!("nothing was imported: {} of {} rows are faulty", run.counts.bad, run.counts.total);
    for fault in run.faults.iter().take(PRINTED) {
        said += &format!("\n{}: {} {:?}: {}", fault.row, fault.field, fault.value, fault.what);
    }
    if let (Some(path), Some(sha256)) = (&args.faults, &run.faults_sha256) {
        match app.files.bytes(sha256).await {
            Ok(bytes) => match std::fs::write(path, bytes) {
                Ok(()) => said += &format!("\nall faulty rows: {}", path.display()),
                Err(error) => said += &format!("\n{} cannot be written: {error}", path.display()),
            },
            Err(fail) => said += &format!("\n{fail}"),
        }
    }
    anyhow::anyhow!(said)
}
