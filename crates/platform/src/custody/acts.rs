//! Acts on materials, each in the transaction it is given: announced, received, moved, ended; and the papers of it.
//!
//! **Invariant:** what is written was decided by `rules`, or is the one step that follows from another feature's act: an
//! entrustment announces its materials, a refusal says that they were not brought.

use super::amount;
use super::chain::{self, CustodyEvent, End, Happening, Holder, Party};
use super::forms::{Another, Receipt};
use super::papers::{DESTROYED_FILE, MaterialEntry, MaterialReceipt, MaterialsRegister, REGISTER_FILE, RETURNED_FILE};
use super::places;
use super::rules::{self, Decision, Facts, Part};
use super::store::{self, Material, Owners, Recorded};
use crate::app::App;
use crate::clock;
use crate::db::{Conn, DbError};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::registry;
use crate::values;
use jiff::Timestamp;
use jiff::civil::Date;
use paper::zh_date;
use rand::Rng;

/// Letters and digits that are not taken for one another (Crockford's base 32).
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Fifty random bits: nobody guesses the label of a material, and no two are the same in a city's lifetime.
const CODE_LENGTH: usize = 10;

/// A material as a client announces it.
#[derive(Clone, Debug)]
pub struct Announced {
    pub name: String,
    pub kind: String,
    pub quantity: String,
    pub properties: String,
}

fn me(tx: &Tx) -> Party {
    Party::new(&tx.actor.account_id, &tx.actor.name)
}

fn plain(kind: Happening, at: Timestamp, by: Party, from: Option<Holder>, to: Option<Holder>) -> CustodyEvent {
    CustodyEvent { kind, at, by, from, to, awaits: None, amount: None, seal: String::new(), note: String::new() }
}

fn new_code(tx: &mut Tx) -> String {
    (0..CODE_LENGTH).map(|_| char::from(SIGNS[tx.random.random_range(0..SIGNS.len())])).collect()
}

/// Enters materials that a client announces: with the client until the institution receives them. Called when an entrustment
/// becomes a case, and when a supplement is announced.
pub async fn register(tx: &mut Tx, owners: &Owners, materials: &[Announced], opened_on: Date) -> Result<(), Fail> {
    let before = store_count(&mut tx.conn, &owners.subject_id).await?;
    for (position, one) in (before + 1..).zip(materials) {
        let material = announced(tx, owners, one, opened_on, position);
        let first = plain(Happening::Announced, tx.now, me(tx), None, Some(Holder::Client));
        store::create(tx, &material, &first).await?;
    }
    Ok(())
}

/// How many materials the subject has.
pub async fn store_count(conn: &mut Conn, subject_id: &str) -> Result<i64, DbError> {
    conn.count("select count(*) from material where subject_id = $1", values![subject_id]).await
}

fn announced(tx: &mut Tx, owners: &Owners, one: &Announced, opened_on: Date, position: i64) -> Material {
    let measured = amount::parse(&one.quantity).filter(|(amount, _)| *amount > 0);
    let (amount, unit) = measured.map_or((None, String::new()), |(amount, unit)| (Some(amount), unit));
    Material {
        id: tx.new_id(),
        version: 1,
        code: new_code(tx),
        owners: owners.clone(),
        opened_on,
        position,
        parent_id: None,
        name: one.name.clone(),
        kind: one.kind.clone(),
        quantity: one.quantity.clone(),
        amount,
        unit,
        properties: one.properties.clone(),
        state: String::new(),
        holder: Holder::Client,
        since: tx.now,
        awaits: None,
        seal: None,
        left: amount,
        irregular: 0,
    }
}

/// When on that day something came in: now if it is today, else as the day began, but not before the record before it.
fn instant_on(on: Date, now: Timestamp, latest: Timestamp) -> Timestamp {
    let is_today = clock::day_of(now) == on;
    let begins = clock::zone().to_timestamp(on.at(0, 0, 0, 0)).unwrap_or(now);
    if is_today { now } else { begins }.max(latest).min(now.max(latest))
}

/// Materials of one subject come into the hand of whoever acts; the register is printed beside the subject.
///
/// # Errors
/// Every objection; a conflict when another has received one of them meanwhile.
pub async fn receive(app: &App, tx: &mut Tx, materials: &[Material], receipt: &Receipt) -> Result<(), Fail> {
    let actor = tx.actor.clone();
    let objections: Vec<_> = materials.iter().filter_map(|one| rules::cannot_receive(one, &actor)).collect();
    if !objections.is_empty() {
        return Err(Fail::Refused(objections));
    }
    let mut received = Vec::new();
    for material in materials {
        let Some(line) = receipt.lines.iter().find(|line| line.code == material.code) else { continue };
        let known = store::events(&mut tx.conn, &material.id).await?;
        let latest = known.last().map_or(tx.now, |one| one.event.at);
        let at = instant_on(receipt.on, tx.now, latest);
        let hand = Some(Holder::Person(me(tx)));
        let mut event = plain(Happening::Received, at, me(tx), Some(Holder::Client), hand);
        event.seal.clone_from(&line.seal);
        event.note.clone_from(&line.state);
        received.push(store::append(tx, material, &known, &[event], Some(&line.state)).await?);
    }
    print_register(app, tx, &received, receipt.on).await
}

/// A material that stood in no entrustment: entered and received at once.
pub async fn receive_another(
    app: &App,
    tx: &mut Tx,
    owners: &Owners,
    opened_on: Date,
    one: &Another,
) -> Result<Material, Fail> {
    let position = store_count(&mut tx.conn, &owners.subject_id).await? + 1;
    let brought = Announced {
        name: one.name.clone(),
        kind: one.kind.clone(),
        quantity: one.quantity.clone(),
        properties: one.properties.clone(),
    };
    let hand = Holder::Person(me(tx));
    let at = instant_on(one.on, tx.now, Timestamp::MIN);
    let material = Material {
        state: one.state.clone(),
        holder: hand.clone(),
        since: at,
        seal: (!one.seal.is_empty()).then(|| one.seal.clone()),
        ..announced(tx, owners, &brought, opened_on, position)
    };
    let mut first = plain(Happening::Received, at, me(tx), Some(Holder::Client), Some(hand));
    first.seal.clone_from(&one.seal);
    first.note.clone_from(&one.state);
    store::create(tx, &material, &first).await?;
    print_register(app, tx, std::slice::from_ref(&material), one.on).await?;
    Ok(material)
}

/// Everything that the subject's client announced and that is not yet received, into the hand of whoever acts: as described.
pub async fn receive_announced(app: &App, tx: &mut Tx, subject_id: &str, state: &str) -> Result<(), Fail> {
    let mut materials = store::of_subject(&mut tx.conn, subject_id).await?;
    materials.retain(|one| one.holder == Holder::Client);
    if materials.is_empty() {
        return Ok(());
    }
    let line = |one: &Material| super::forms::ReceiptLine {
        code: one.code.clone(),
        state: state.to_owned(),
        seal: String::new(),
    };
    let receipt = Receipt { on: tx.today(), lines: materials.iter().map(line).collect() };
    receive(app, tx, &materials, &receipt).await
}

/// What was announced and never came in is waited for no more: the entrustment was declined or withdrawn.
pub async fn not_brought(tx: &mut Tx, subject_id: &str) -> Result<(), Fail> {
    for material in store::of_subject(&mut tx.conn, subject_id).await? {
        if material.holder == Holder::Client {
            let known = store::events(&mut tx.conn, &material.id).await?;
            let event =
                plain(Happening::NotBrought, tx.now, me(tx), Some(Holder::Client), Some(Holder::Gone(End::NotBrought)));
            store::append(tx, &material, &known, &[event], None).await?;
        }
    }
    Ok(())
}

/// Everything of the subject in the hand of whoever acts goes back to the client, with one receipt.
pub async fn return_in_hand(app: &App, tx: &mut Tx, subject_id: &str, receiver: &str) -> Result<(), Fail> {
    let hand = Holder::Person(me(tx));
    let mut returned = Vec::new();
    for material in store::of_subject(&mut tx.conn, subject_id).await? {
        if material.holder == hand && material.awaits.is_none() {
            let known = store::events(&mut tx.conn, &material.id).await?;
            let end = Some(Holder::Gone(End::Returned));
            let mut event = plain(Happening::Returned, tx.now, me(tx), Some(hand.clone()), end);
            event.note = receiver.to_owned();
            returned.push(store::append(tx, &material, &known, &[event], None).await?);
        }
    }
    print_receipt(app, tx, &returned, End::Returned, receiver, "").await
}

/// The material with everything the rules look at.
pub async fn facts(conn: &mut Conn, material: Material) -> Result<(Facts, Vec<Recorded>), Fail> {
    let known = store::events(conn, &material.id).await?;
    let events: Vec<CustodyEvent> = known.iter().map(|one| one.event.clone()).collect();
    let holding = chain::read(&events, material.amount)
        .ok_or_else(|| Fail::Internal(anyhow::anyhow!("material {} has no event", material.id)))?;
    let institution = material.owners.institution_id.clone();
    let facts = Facts {
        material,
        holding,
        colleagues: store::colleagues(conn, &institution).await?,
        places: places::list(conn, &institution).await?,
        needs_witness: places::needs_witness(conn, &institution).await?,
    };
    Ok((facts, known))
}

/// Writes what was decided on a material, its sub-samples and its receipt. The caller commits.
pub async fn carry_out(
    app: &App,
    tx: &mut Tx,
    facts: &Facts,
    known: &[Recorded],
    decision: &Decision,
) -> Result<(), Fail> {
    let event = &decision.event;
    let after = store::append(tx, &facts.material, known, std::slice::from_ref(event), None).await?;
    split_off(tx, &after, event.at, &decision.parts).await?;
    if let Some(end) = decision.receipt {
        // A destruction was offered by whoever did it, how standing there, and is confirmed by the witness.
        let offered = known.iter().rev().find(|one| one.event.kind == Happening::Offered).map(|one| &one.event);
        let (how, by, witness) = match (end, offered) {
            (End::Destroyed, Some(offered)) => (offered.note.clone(), offered.by.name.clone(), event.by.name.clone()),
            _ => (event.note.clone(), event.by.name.clone(), String::new()),
        };
        print_receipt_by(app, tx, &[after], end, &how, &by, &witness).await?;
    }
    Ok(())
}

async fn split_off(tx: &mut Tx, from: &Material, at: Timestamp, parts: &[Part]) -> Result<(), Fail> {
    let before = store_count(&mut tx.conn, &from.owners.subject_id).await?;
    for (position, part) in (before + 1..).zip(parts) {
        let hand = Holder::Person(me(tx));
        let material = Material {
            id: tx.new_id(),
            version: 1,
            code: new_code(tx),
            position,
            parent_id: Some(from.id.clone()),
            name: part.name.clone(),
            quantity: amount::text(part.amount, &from.unit),
            amount: Some(part.amount),
            holder: hand.clone(),
            since: at,
            awaits: None,
            seal: None,
            left: Some(part.amount),
            irregular: 0,
            ..from.clone()
        };
        let mut first = plain(Happening::SplitOff, at, me(tx), None, Some(hand));
        first.note.clone_from(&from.code);
        store::create(tx, &material, &first).await?;
    }
    Ok(())
}

fn entry(one: &Material) -> MaterialEntry {
    MaterialEntry {
        code: one.code.clone(),
        name: one.name.clone(),
        kind: one.kind.clone(),
        quantity: one.quantity.clone(),
        properties: one.properties.clone(),
        state: one.state.clone(),
        seal: one.seal.clone().unwrap_or_default(),
    }
}

/// The names that papers show: institution and client.
pub async fn names(conn: &mut Conn, owners: &Owners) -> Result<(String, String), DbError> {
    let institution = registry::store::find_organisation(conn, &owners.institution_id).await?;
    let client = registry::store::find_organisation(conn, &owners.client_organisation_id).await?;
    Ok((institution.map(|one| one.name).unwrap_or_default(), client.map(|one| one.name).unwrap_or_default()))
}

async fn print_register(app: &App, tx: &mut Tx, received: &[Material], on: Date) -> Result<(), Fail> {
    let Some(first) = received.first() else { return Ok(()) };
    let (institution, client) = names(&mut tx.conn, &first.owners).await?;
    let paper = MaterialsRegister {
        institution,
        client,
        subject: first.owners.label.clone(),
        received_on: zh_date(on),
        materials: received.iter().map(entry).collect(),
        received_by: tx.actor.name.clone(),
        printed_on: tx.today(),
    };
    let owners = first.owners.clone();
    app.papers.make(app, tx, &owners.procedure, &owners.subject_id, REGISTER_FILE, &paper).await?;
    Ok(())
}

async fn print_receipt(
    app: &App,
    tx: &mut Tx,
    gone: &[Material],
    end: End,
    how: &str,
    witness: &str,
) -> Result<(), Fail> {
    let by = tx.actor.name.clone();
    print_receipt_by(app, tx, gone, end, how, &by, witness).await
}

async fn print_receipt_by(
    app: &App,
    tx: &mut Tx,
    gone: &[Material],
    end: End,
    how: &str,
    by: &str,
    witness: &str,
) -> Result<(), Fail> {
    let Some(first) = gone.first() else { return Ok(()) };
    let (institution, client) = names(&mut tx.conn, &first.owners).await?;
    let today = tx.today();
    let paper = MaterialReceipt {
        institution,
        client,
        subject: first.owners.label.clone(),
        is_destroyed: end == End::Destroyed,
        materials: gone.iter().map(entry).collect(),
        left: gone.iter().map(|one| one.left_text().unwrap_or_else(|| one.quantity.clone())).collect(),
        how: how.to_owned(),
        handled_by: by.to_owned(),
        witness: witness.to_owned(),
        dated: zh_date(today),
        printed_on: today,
    };
    let owners = first.owners.clone();
    let file_name = if end == End::Destroyed { DESTROYED_FILE } else { RETURNED_FILE };
    app.papers.make(app, tx, &owners.procedure, &owners.subject_id, file_name, &paper).await?;
    Ok(())
}
