//! The acts of a lead: decided by the rules, written in one transaction.
//!
//! **Invariant:** an officer acts on any lead, a head on those about which its institution was asked.

use super::rules::{self, Input};
use super::steps::LeadState;
use super::store::{self, Lead};
use crate::actor::Role;
use crate::app::App;
use crate::fail::Fail;
use crate::perform::Tx;

/// The lead as the acting person may see it.
///
/// # Errors
/// [`Fail::NotFound`] also where it is not his.
pub async fn seen_by(tx: &mut Tx, id: &str) -> Result<Lead, Fail> {
    if tx.actor.is(Role::Supervisor) {
        return store::find(&mut tx.conn, id).await;
    }
    let home = tx.actor.organisation_id.clone().ok_or(Fail::NotFound)?;
    store::find_asked(&mut tx.conn, id, &home).await
}

/// Does it; where the lead stands now. The caller commits.
///
/// # Errors
/// Every objection; [`Fail::Conflict`] when it has moved on since `version`.
pub async fn act(app: &App, tx: &mut Tx, id: &str, version: Option<i64>, input: &Input<'_>) -> Result<LeadState, Fail> {
    let lead = seen_by(tx, id).await?;
    if version.is_some_and(|version| version != lead.version) {
        return Err(Fail::Conflict(crate::text::say("在您打开之后，这条线索已有变动。请刷新页面。")));
    }
    let statements = store::statements(&mut tx.conn, id).await?;
    let today = tx.today();
    let facts = store::facts(&lead, &statements, today);
    let (decided, to) = rules::decide(&facts, input, &tx.actor, today, &app.calendar).map_err(Fail::Refused)?;
    store::carry_out(tx, &lead, to, &decided, input.statement()).await?;
    if to == LeadState::Confirmed {
        super::papers::dossier(app, tx, id).await?;
    }
    Ok(to)
}
