//! T00: closed cases of the time before the platform, from a ledger.
//!
//! **Invariant:** a case enters by the table's row and one event, like every other; what the ledger does not say stays
//! empty, no term runs, and no opinion is entered in the register of those that can be verified.

use super::content::{ClientContact, Content, DeliveryWay, Entrustment, Examinee, History, Purpose};
use super::facts::Record;
use super::steps::{Action, Case, State};
use super::{acts, law, rules, store};
use crate::actor::Role;
use crate::custody;
use crate::fail::Fail;
use crate::perform::{Act, Subject, Tx};
use crate::registry::ItemCode;
use crate::text::say;
use jiff::civil::Date;
use procedure::Procedure;
use serde_json::json;

/// One row of a ledger, read and found sound.
#[derive(Clone, Debug)]
pub struct Closed {
    /// Where the client is known here; else the institution's own stand-in for clients of old ledgers.
    pub client_organisation_id: String,
    pub client_name: String,
    pub client_letter: String,
    pub examinee: Examinee,
    pub item: ItemCode,
    pub matter: String,
    pub received_on: Date,
    pub opinion_number: Option<String>,
    pub history: History,
}

/// Enters the cases of the actor's institution; their identifiers, in order. The caller commits.
///
/// # Errors
/// A refusal when the table gives the actor no such step, or he belongs to no institution.
pub async fn enter(tx: &mut Tx, closed: Vec<Closed>) -> Result<Vec<String>, Fail> {
    let step = procedure::step::<Case>(None, Action::ImportLedger, &tx.actor.roles)
        .map_err(|no| Fail::Refused(vec![rules::not_now(no, State::Archived, Action::ImportLedger)]))?;
    let Some(institution_id) = tx.actor.organisation_id.clone() else {
        return Err(Fail::refused(
            say("您的账号没有所属的鉴定机构。"),
            law::T42,
            say("请联系安全管理员，为账号补充所属单位。"),
        ));
    };
    let role = step.by.iter().copied().find(|role| tx.actor.is(*role)).unwrap_or(Role::FrontDesk);
    let (mut acts, mut records, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for one in closed {
        let id = tx.new_id();
        let act = Act {
            step: step.number,
            action: step.action.word().into(),
            article: step.article,
            role,
            from: None,
            to: step.to.word().into(),
            terms: Vec::new(),
            detail: json!({
                "item": one.item, "ledger": one.history.ledger_number, "number": one.opinion_number,
                "file": one.history.file, "row": one.history.row,
            }),
        };
        acts.push((Subject { procedure: Case::NAME, id: id.clone(), version: 0 }, act));
        records.push(record(id.clone(), step.to, &institution_id, &tx.actor.account_id, one));
        ids.push(id);
    }
    tx.perform_many(&acts).await?;
    store::create_many(tx, &records).await?;
    let owners: Vec<custody::Owners> = records.iter().map(acts::material_owners).collect();
    let subjects: Vec<_> = owners.iter().zip(&records).map(|(owners, record)| (owners, record.received_on)).collect();
    custody::open(&mut tx.conn, &subjects).await?;
    Ok(ids)
}

fn record(id: String, state: State, institution_id: &str, account_id: &str, one: Closed) -> Record {
    let entrustment = Entrustment {
        supplements: None,
        institution_id: institution_id.to_owned(),
        item: one.item,
        matter: one.matter,
        purpose: Purpose::Other,
        reappraisal: None,
        case_facts: String::new(),
        client: ClientContact {
            name: one.client_name,
            address: String::new(),
            contact: String::new(),
            phone: String::new(),
            officer: String::new(),
            letter: one.client_letter,
        },
        examinee: one.examinee,
        materials: Vec::new(),
        materials_confirmed: false,
        injury: None,
        recusal_wish: String::new(),
        delivery: DeliveryWay::Collect,
    };
    Record {
        id,
        version: 1,
        state,
        institution_id: institution_id.to_owned(),
        client_organisation_id: one.client_organisation_id,
        client_account_id: account_id.to_owned(),
        code: None,
        opinion_number: one.opinion_number,
        received_on: one.received_on,
        due_on: None,
        due_provisional: false,
        content: Content { history: Some(one.history), ..Content::new(entrustment) },
    }
}
