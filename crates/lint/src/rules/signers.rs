//! Who signs: at least two, each licensed today for the item; and who does not.

use crate::Part;
use crate::messages::*;
use crate::text::{Doc, Sink};
use jiff::civil::{Date, date};

/// Appraisers that one matter needs (通则 19).
const LEAST: usize = 2;

pub fn licensed(doc: &Doc, sink: &mut Sink) {
    let signers = &doc.input.signers;
    if signers.len() < LEAST {
        sink.add(SIGNERS_FEW, Part::Record, 0..0, signers.len(), "");
    }
    for (at, one) in signers.iter().enumerate() {
        // The range tells the signers apart; the record has no characters.
        if !one.is_valid {
            sink.add(SIGNER_LICENCE, Part::Record, at..at + 10, &one.name, "");
        }
        if !one.covers_item {
            sink.add(SIGNER_SCOPE, Part::Record, at..at + 11, &one.name, "");
        }
    }
}

/// Regions where a reviewer is not named on the opinion, and from which day (rules.md, S19).
const NOT_NAMED: &[(&str, Date)] = &[("shanghai", date(2020, 5, 1))];

pub fn reviewer(doc: &Doc, sink: &mut Sink) {
    let forbids = NOT_NAMED.iter().any(|(region, from)| *region == doc.input.region && *from <= doc.input.today);
    if !forbids {
        return;
    }
    for body in &doc.bodies {
        for word in ["复核人", "复核鉴定人", "审核人", "授权签字人"] {
            for at in body.places(word) {
                let next = at + word.chars().count();
                let is_named = matches!(body.at(next), '：' | ':' | '（' | '(' | ' ' | '　')
                    || ["签名", "签字", "执业证"].iter().any(|one| body.starts(next, one));
                if is_named {
                    sink.mark(REVIEWER_NAMED, body, at..next, "");
                }
            }
        }
    }
}
