//! The acts of a draw: decided by the rules, written with event, entry and log entry in one transaction.
//!
//! **Invariant:** what the log gets is hashes, counts and the draw's id: nothing of a person.

use super::prepare;
use super::published::{Awaited, tell};
use super::rules::{self, Facts, Input};
use super::steps::State;
use super::store::{self, Entry, Record};
use crate::app::App;
use crate::fail::{Fail, Fault};
use crate::log::{self, Log};
use crate::perform::Tx;
use crate::registry::{Categories, ItemCode};
use crate::text::Lang;
use crate::web::Form;
use ::draws::{Method, Plan, Refusal, Transcript, contribution};
use jiff::{Timestamp, ToSpan};
use serde_json::{Value as Json, json};

/// Characters of a party's text: a sentence of its own is enough.
pub const VALUE_MAX: usize = 200;
/// Seconds until a client's own draw: its page is read in that time.
const QUICK_SECONDS: i64 = 5;
/// The client's name as a party of its own draw: no name of a person goes into a plan.
pub const CLIENT: &str = "委托人";

fn decided(tx: &Tx, facts: &Facts, input: &Input, detail: Json) -> Result<(crate::perform::Act, State), Fail> {
    rules::decide(facts, input, &tx.actor, detail).map_err(Fail::Refused)
}

fn entry(kind: &str, party: &str, content: Json, log_sequence: i64, tx: &Tx) -> Entry {
    Entry { kind: kind.into(), party: party.into(), content, log_sequence, position: None, entered_at: tx.now }
}

/// Writes a plan down; nobody but its preparer sees it.
pub async fn prepare_draw(tx: &mut Tx, plan: Plan, minutes: i64, item: &str, draft: &str) -> Result<Record, Fail> {
    let facts = Facts { now: tx.now, ..Facts::default() };
    let detail = json!({ "seats": plan.seats, "candidates": plan.candidates.len() });
    let (act, to) = decided(tx, &facts, &Input::Prepare, detail)?;
    let new = Record {
        id: plan.id.clone(),
        version: 1,
        state: to,
        account_id: tx.actor.account_id.clone(),
        purpose: plan.purpose.clone(),
        title: plan.title.clone(),
        item: item.into(),
        draft_id: draft.into(),
        minutes,
        plan,
        commitment: None,
        transcript: None,
        created_at: tx.now,
    };
    store::create(tx, &new, &act).await?;
    Ok(new)
}

/// Sets the moment, and publishes the hash of all that is fixed.
pub async fn commit(app: &App, tx: &mut Tx, draw: &mut Record, facts: &Facts) -> Result<(), Fail> {
    let moment = tx.now.checked_add(draw.minutes.minutes()).unwrap_or(tx.now);
    commit_until(app, tx, draw, facts, moment).await
}

async fn commit_until(app: &App, tx: &mut Tx, draw: &mut Record, facts: &Facts, at: Timestamp) -> Result<(), Fail> {
    // The commitment itself is in the log before the checkpoint that counts.
    if let Some(rule) = &mut draw.plan.seed_rule.log {
        let size = log::length(&mut tx.conn, Log::Public).await? + 1;
        rule.origin = prepare::origin(app)?;
        rule.size = u64::try_from(size).unwrap_or_default();
        rule.not_before = format!("{at:.3}");
        log::announce(tx, at).await?;
    }
    let commitment = draw.plan.commitment().map_err(|error| Fail::Internal(error.into()))?;
    let told = json!({ "draw": draw.id, "commitment": commitment });
    let (act, to) = decided(tx, facts, &Input::Commit, told.clone())?;
    let sequence = tell(tx, "draw.committed", &told).await?;
    draw.commitment = Some(commitment);
    let entry = entry("commit", "", told, sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

/// The hash that a party gave, or that of the text it typed.
pub fn hash_of(draw: &Record, form: &Form) -> String {
    let (value, hash) = (form.text("value"), form.text("hash"));
    let commitment = draw.commitment.as_deref().unwrap_or_default();
    match hash.is_empty() && !value.is_empty() && value.chars().count() <= VALUE_MAX {
        true => contribution(commitment, form.text("party"), value),
        false => hash.to_lowercase(),
    }
}

/// A party's hash goes to the log.
pub async fn contribute(tx: &mut Tx, draw: &mut Record, facts: &Facts, party: &str, hash: &str) -> Result<(), Fail> {
    let told = json!({ "draw": draw.id, "commitment": hash });
    let (act, to) = decided(tx, facts, &Input::Contribute { party, hash }, told.clone())?;
    let sequence = tell(tx, "draw.contributed", &told).await?;
    let entry = entry("contribute", party, told, sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

/// A party shows the text whose hash it gave.
pub async fn reveal(tx: &mut Tx, draw: &mut Record, facts: &Facts, party: &str, value: &str) -> Result<(), Fail> {
    let hash = contribution(draw.commitment.as_deref().unwrap_or_default(), party, value);
    let (act, to) = decided(tx, facts, &Input::Reveal { party, hash: &hash }, json!({ "hash": hash }))?;
    let sequence = tell(tx, "draw.revealed", &json!({ "draw": draw.id, "commitment": hash })).await?;
    let entry = entry("reveal", party, json!({ "value": value }), sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

/// Shows the texts that the platform keeps, makes the seed and draws.
///
/// `awaited` is what was read before this transaction; what it holds cannot have changed since.
pub async fn draw(
    tx: &mut Tx,
    draw: &mut Record,
    facts: Facts,
    awaited: Option<Awaited>,
    beacon: &str,
) -> Result<(), Fail> {
    let mut facts = facts;
    if facts.state == Some(State::Committed) && facts.has_checkpoint {
        for (party, value) in store::unseal(tx, &draw.id).await? {
            if facts.parties.iter().any(|one| one.name == party && one.shown.is_none()) {
                reveal(tx, draw, &facts, &party, &value).await?;
                facts = store::facts(tx, draw).await?;
            }
        }
    }
    // Decided before anything is drawn; the event tells the digest, which is known after.
    decided(tx, &facts, &Input::Draw { beacon }, Json::Null)?;
    if awaited.is_none() && draw.plan.seed_rule.log.is_some() {
        // It was signed between the reading and this transaction.
        return Err(Fail::changed_meanwhile());
    }
    let open = Transcript {
        plan: draw.plan.clone(),
        commitment: draw.commitment.clone().unwrap_or_default(),
        contributions: store::contributions(&facts.parties),
        checkpoint: awaited.as_ref().map(|one| one.checkpoint.note.clone()),
        checkpoint_at: awaited.as_ref().map(|one| format!("{:.3}", one.checkpoint.signed_at)),
        published: awaited.map(|one| one.published).unwrap_or_default(),
        beacon: draw.plan.seed_rule.beacon.as_ref().map(|_| beacon.to_owned()),
        seed: String::new(),
        drawn: Vec::new(),
        refusals: Vec::new(),
        digest: String::new(),
    };
    let transcript = closed(open)?;
    let told = json!({ "draw": draw.id, "seed": transcript.seed, "digest": transcript.digest });
    let (act, to) = decided(tx, &facts, &Input::Draw { beacon }, told.clone())?;
    let sequence = tell(tx, "draw.drawn", &told).await?;
    draw.transcript = Some(transcript);
    let entry = entry("draw", "", told, sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

fn closed(open: Transcript) -> Result<Transcript, Fail> {
    open.close().map_err(|faults| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Fail::Internal(anyhow::anyhow!("the draw does not close: {}", said.join("; ")))
    })
}

/// One of the drawn does not take the seat: the next numbers of the same stream.
pub async fn refuse(tx: &mut Tx, draw: &mut Record, facts: &Facts, id: &str, reason: &str) -> Result<(), Fail> {
    decided(tx, facts, &Input::Refuse { id, reason }, Json::Null)?;
    let mut open = draw.transcript.clone().ok_or(Fail::NotFound)?;
    open.refusals.push(Refusal { id: id.into(), reason: reason.into(), replacement: None });
    let transcript = closed(open)?;
    let told = json!({ "draw": draw.id, "digest": transcript.digest });
    let (act, to) = decided(tx, facts, &Input::Refuse { id, reason }, told.clone())?;
    let sequence = tell(tx, "draw.refused", &told).await?;
    draw.transcript = Some(transcript);
    let entry = entry("refuse", "", json!({ "id": id, "reason": reason }), sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

/// The draw ends without a result; what was published stays in the log.
pub async fn annul(tx: &mut Tx, draw: &mut Record, facts: &Facts, reason: &str) -> Result<(), Fail> {
    let told = json!({ "draw": draw.id });
    let (act, to) = decided(tx, facts, &Input::Annul { reason }, json!({ "reason": reason }))?;
    let sequence = tell(tx, "draw.annulled", &told).await?;
    store::unseal(tx, &draw.id).await?;
    let entry = entry("annul", "", json!({ "reason": reason }), sequence, tx);
    store::carry_out(tx, draw, to, &act, &entry).await
}

/// A client's own draw of one institution for an item: prepared, published, and contributed to by the client.
pub async fn quick(
    app: &App,
    tx: &mut Tx,
    item: &ItemCode,
    value: &str,
    draft: &str,
) -> Result<Result<String, Vec<Fault>>, Fail> {
    let name = Categories::get().find(item).map_or("", |one| one.name);
    let typed = super::forms::Typed {
        purpose: "institution",
        title: Lang::Zh.f1("委托人随机选择鉴定机构：%{item}", "item", name),
        item: Some(*item),
        candidates: Vec::new(),
        exclusions: Vec::new(),
        method: Method::Uniform,
        seats: 1,
        quotas: Vec::new(),
        uses_log: true,
        beacon: None,
        minutes: 0,
        parties: vec![CLIENT.into()],
    };
    let plan = match prepare::plan(app, tx, &typed).await? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    let mut draw = prepare_draw(tx, plan, 0, &item.to_string(), draft).await?;
    let facts = store::facts(tx, &draw).await?;
    let at = tx.now.checked_add(QUICK_SECONDS.seconds()).unwrap_or(tx.now);
    commit_until(app, tx, &mut draw, &facts, at).await?;
    let facts = store::facts(tx, &draw).await?;
    let hash = contribution(draw.commitment.as_deref().unwrap_or_default(), CLIENT, value);
    contribute(tx, &mut draw, &facts, CLIENT, &hash).await?;
    store::seal(tx, &draw.id, CLIENT, value).await?;
    Ok(Ok(draw.id))
}
