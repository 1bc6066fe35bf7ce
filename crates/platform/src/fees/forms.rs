//! What people type on the fee page, into entries; every fault at once.

use super::account::{Entry, ReliefKind};
use super::quote::FEN_MAX;
use super::refund::{Cause, Ended, Responsibility};
use crate::fail::Fault;
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use jiff::civil::Date;

/// Characters of a number or a way of payment.
const SHORT: usize = 200;
/// Characters of a reason.
const LONG: usize = 2_000;

pub fn agreed(form: &Form) -> Result<(i64, String), Vec<Fault>> {
    let mut reader = Reader::new(form);
    let fen = reader.fen("agree_fen", FEN_MAX);
    let way = reader.required("agree_way", SHORT);
    reader.finish((fen, way))
}

/// Number of the legal-aid paper, and what the client says.
pub fn relief_asked(form: &Form) -> Result<(String, String), Vec<Fault>> {
    let mut reader = Reader::new(form);
    let aid_number = reader.required("aid_number", SHORT);
    let note = reader.optional("aid_note", LONG);
    reader.finish((aid_number, note))
}

/// The head's decision on relief. `outstanding_fen` is what a waiver takes off.
pub fn relief_decided(form: &Form, today: Date, outstanding_fen: i64) -> Result<Entry, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let mut choices: Vec<(&str, Option<ReliefKind>)> =
        ReliefKind::words().into_iter().map(|(word, one)| (word, Some(one))).collect();
    choices.push((REFUSED, None));
    let choice = reader.choice("relief", &choices);
    let reason = reader.required("relief_reason", LONG);
    let mut until = None;
    let mut fen = 0;
    match choice {
        Some(Some(ReliefKind::Deferred)) => {
            until = reader.date("relief_until");
            if until.is_some_and(|day| day <= today) {
                reader.fault("relief_until", say("缓收的日期须在今天之后。"));
            }
        }
        Some(Some(ReliefKind::Reduced)) => fen = reader.fen("relief_fen", FEN_MAX),
        Some(Some(ReliefKind::Waived)) => fen = outstanding_fen,
        Some(None) | None => {}
    }
    match choice {
        Some(Some(relief)) => reader.finish(Entry::ReliefGranted { relief, fen, until, reason }),
        Some(None) => reader.finish(Entry::ReliefRefused { reason }),
        None => Err(reader.faults),
    }
}

/// The word for a request that is not granted.
pub const REFUSED: &str = "refused";

pub fn written_off(form: &Form) -> Result<Entry, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let fen = reader.fen("write_off_fen", FEN_MAX);
    let reason = reader.required("write_off_reason", LONG);
    reader.finish(Entry::WrittenOff { fen, reason })
}

/// What the head decides instead of the proposal, if anything, and why.
pub struct RefundForm {
    pub ended: Ended,
    pub decided_fen: Option<i64>,
    pub reason: String,
}

pub fn refund(form: &Form) -> Result<RefundForm, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let cause = reader.choice("cause", &Cause::words());
    let responsibility = reader.choice("responsibility", &Responsibility::words());
    let work_percent = reader.number("work_percent", 0, 100);
    let agreed_percent =
        if form.text("agreed_percent").is_empty() { None } else { Some(reader.number("agreed_percent", 0, 100)) };
    let decided_fen = if form.text("decided_fen").is_empty() { None } else { Some(reader.fen("decided_fen", FEN_MAX)) };
    let reason = reader.optional("refund_reason", LONG);
    let (Some(cause), Some(responsibility)) = (cause, responsibility) else { return Err(reader.faults) };
    let ended = Ended { cause, responsibility, work_percent, agreed_percent };
    reader.finish(RefundForm { ended, decided_fen, reason })
}
