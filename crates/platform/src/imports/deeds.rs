//! An import is taken in, checked and carried out: from the page, the command line and a program alike.
//!
//! **Invariant:** what is asked for here is a row that says what is to be done; the work begins when that row is committed.

use super::IMPORTERS;
use super::columns::{self, Kind, Mapping};
use super::said;
use super::store::{self, Counts, Run, Shape, State};
use super::work;
use crate::actor::Actor;
use crate::app::App;
use crate::fail::Fail;
use crate::files::{self, Stored};
use crate::perform::Tx;
use crate::text::say;
use anyhow::Context;
use bytes::Bytes;
use futures::Stream;

/// Rows of the file that are shown beside the choice of columns.
const SAMPLE: usize = 5;
/// Characters of a cell in the sample.
const SAMPLE_CHARS: usize = 40;
/// Characters of a file's shown name.
const NAME_MAX: usize = 120;
/// Lines passed over that are listed.
const PASSED_OVER_MAX: usize = 100;

/// What this person may import.
pub fn kinds(actor: &Actor) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| kind.may(actor)).collect()
}

/// # Errors
/// [`Fail::Forbidden`] for who imports nothing.
pub fn must_import(actor: &Actor) -> Result<(), Fail> {
    if IMPORTERS.iter().any(|role| actor.is(*role)) {
        return Ok(());
    }
    Err(Fail::Forbidden(say(
        "案件台账由受理人员或者机构负责人导入，名册由行政审批人员导入。如需权限，请联系安全管理员。",
    )))
}

/// The run, if it is of the own organisation and of a kind that is the person's. One at which nobody works any more says so.
///
/// # Errors
/// [`Fail::NotFound`] for any other.
pub async fn find(app: &App, actor: &Actor, id: &str) -> Result<Run, Fail> {
    must_import(actor)?;
    let seen = || async {
        let mut conn = app.db.read().await?;
        let run = store::find(&mut conn, &store::owner(actor), id).await?;
        run.filter(|run| run.kind.may(actor)).ok_or(Fail::NotFound)
    };
    let run = seen().await?;
    let now = app.clock.now();
    if !work::is_abandoned(&run, now) {
        return Ok(run);
    }
    let (was, broken) = (run.state, Run { state: State::BrokenOff, ..run });
    let mut conn = app.db.write().await?;
    let is_so = store::advance(&mut conn, &broken, &[was], now).await?;
    conn.commit().await?;
    // Otherwise it ended between the two looks.
    if is_so { Ok(broken) } else { seen().await }
}

/// Takes a file in up to the limit of a ledger, not of a video.
///
/// # Errors
/// [`Fail::TooLarge`] past it; as [`files::Files::receive`].
pub async fn receive<E>(app: &App, content: impl Stream<Item = Result<Bytes, E>>) -> Result<Stored, Fail>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let received = app.files.receive_up_to(app.clock.now(), sheets::BYTES_MAX as u64, content).await;
    received.map_err(|fail| match fail {
        Fail::TooLarge(_) => Fail::TooLarge(said::unreadable(&sheets::Unreadable::TooLarge)),
        other => other,
    })
}

/// The last part of whatever path was sent, without control signs.
fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|sign| !sign.is_control()).take(NAME_MAX).collect();
    if name.trim().is_empty() { "file".into() } else { name }
}

/// A stored file becomes a run, if it is a ledger. The caller commits.
///
/// # Errors
/// What the file is instead; a kind that is not this person's.
pub async fn take_in(
    app: &App,
    actor: &Actor,
    request_id: &str,
    kind: Option<Kind>,
    (name, stored): (&str, &Stored),
) -> Result<(Tx, Run), Fail> {
    must_import(actor)?;
    if stored.size == 0 {
        return Err(Fail::Bad(say("没有选择文件，请选择后再上传。")));
    }
    let kind =
        kind.filter(|kind| kind.may(actor)).ok_or_else(|| Fail::Bad(say("请选择要导入什么：案件台账或者名册。")))?;
    let bytes = app.files.bytes(&stored.sha256).await?;
    let read = tokio::task::spawn_blocking(move || shape(&bytes)).await.context("the file's reader broke off")?;
    let (shape, total) = read.map_err(|why| {
        tracing::info!("a ledger cannot be read: {why:?}");
        Fail::Bad(said::unreadable(&why))
    })?;
    let owner = store::owner(actor);
    let mut tx = app.write(actor, request_id).await?;
    let now = tx.now;
    let signature = columns::signature(&shape.columns);
    let saved = store::saved_mapping(&mut tx.conn, &owner, kind, &signature).await?;
    let run = Run {
        id: tx.new_id(),
        kind,
        owner_id: owner,
        state: State::Uploaded,
        process: String::new(),
        file_name: shown_name(name),
        sha256: stored.sha256.clone(),
        mapping: saved.unwrap_or_else(|| columns::guess(kind, &shape.columns)),
        shape,
        skip_unfinished: false,
        counts: Counts { total, ..Counts::default() },
        faults: Vec::new(),
        faults_sha256: None,
        made_by_name: actor.name.clone(),
        made_at: now,
        changed_at: now,
    };
    files::record(&mut tx.conn, stored, now).await?;
    store::create(&mut tx.conn, &run, actor).await?;
    Ok((tx, run))
}

fn shape(bytes: &[u8]) -> Result<(Shape, i64), sheets::Unreadable> {
    let table = sheets::read(bytes, &columns::is_known)?;
    let sample = table.lines.iter().take(SAMPLE).map(|line| {
        let cells = table.columns.iter().map(|column| line.at(column.at).shown().chars().take(SAMPLE_CHARS).collect());
        (line.number, cells.collect())
    });
    let shape = Shape {
        sample: sample.collect(),
        passed_over: (table.skipped.iter().take(PASSED_OVER_MAX))
            .map(|line| (line.number, said::skipped(line.why).to_owned()))
            .collect(),
        columns: columns::columns_of(&table),
        header: table.header,
        sheet: table.sheet,
        others: table.others,
    };
    Ok((shape, i64::try_from(table.lines.len()).unwrap_or(i64::MAX)))
}

/// The dry run is asked for, with the columns as they are now said to be. The caller commits, then [`work::begin`]s.
///
/// # Errors
/// A run that somebody is at work on, or that is done.
pub async fn ask_check(
    app: &App,
    actor: &Actor,
    request_id: &str,
    run: Run,
    (mapping, skip_unfinished): (Mapping, bool),
) -> Result<(Tx, Run), Fail> {
    let mut tx = app.write(actor, request_id).await?;
    let run = started(&tx, Run { mapping, skip_unfinished, ..run }, State::Checking);
    let now = tx.now;
    store::save_mapping(&mut tx.conn, &run, &columns::signature(&run.shape.columns), now).await?;
    let from = [State::Uploaded, State::Checked, State::Refused, State::BrokenOff];
    if store::advance(&mut tx.conn, &run, &from, now).await? { Ok((tx, run)) } else { Err(busy()) }
}

/// The import of what was checked is asked for. The caller commits, then [`work::begin`]s.
///
/// # Errors
/// A run that was not found good.
pub async fn ask_import(app: &App, actor: &Actor, request_id: &str, run: Run) -> Result<(Tx, Run), Fail> {
    let mut tx = app.write(actor, request_id).await?;
    let run = started(&tx, run, State::Importing);
    let now = tx.now;
    if store::advance(&mut tx.conn, &run, &[State::Checked], now).await? { Ok((tx, run)) } else { Err(busy()) }
}

fn started(tx: &Tx, run: Run, state: State) -> Run {
    Run { state, process: work::process(), changed_at: tx.now, ..run }
}

fn busy() -> Fail {
    Fail::refused(
        say("此次导入现在不能这样办理：正在处理，或者尚未检查通过，或者已经完成。"),
        "",
        say("请返回此次导入的页面，查看现在的状态。"),
    )
}

/// The faulty rows as a sheet, with what is wrong beside each.
///
/// # Errors
/// A run without faulty rows.
pub async fn faults(app: &App, run: &Run) -> Result<Bytes, Fail> {
    match &run.faults_sha256 {
        Some(sha256) => app.files.bytes(sha256).await,
        None => Err(Fail::refused(say("此次导入没有错误行。"), "", say("请返回此次导入的页面，查看现在的状态。"))),
    }
}
