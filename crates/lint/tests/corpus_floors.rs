//! The corpus: what the rules find of seeded errors, and what they say of clean opinions.

mod corpus;

use lint::{RuleId, Severity, check};

/// Of all seeded errors, and of those that no rule was tuned on.
const RECALL: f64 = 0.95;
const RECALL_HELD_OUT: f64 = 0.90;
/// True findings of errors and warnings over all of them, clean documents included.
const PRECISION: f64 = 0.95;

#[test]
fn the_floors_of_recall_and_precision_hold() {
    let cases = corpus::seeds::all();
    assert!(cases.len() >= 300, "only {} errors are seeded", cases.len());
    let (mut hit, mut held, mut held_hit, mut extra) = (0, 0, 0, Vec::new());
    let mut missed = Vec::new();
    for case in &cases {
        let found = check(&case.input);
        let is_hit = corpus::is_hit(case, &found);
        hit += usize::from(is_hit);
        held += usize::from(case.held_out);
        held_hit += usize::from(is_hit && case.held_out);
        if !is_hit {
            missed.push(format!("{:?} {}", case.rule, case.what));
        }
        extra.extend(corpus::beside(case, &found).map(|one| format!("{:?}: {one:?}", case.what)));
    }
    let on_clean: Vec<_> =
        corpus::clean().iter().flat_map(check).filter(|one| one.severity != Severity::Hint).collect();
    let (recall, held_recall) = (hit as f64 / cases.len() as f64, held_hit as f64 / held as f64);
    let precision = hit as f64 / (hit + extra.len() + on_clean.len()) as f64;
    assert!(recall >= RECALL, "recall {recall:.3}, missed: {missed:#?}");
    assert!(
        held >= 80 && held_recall >= RECALL_HELD_OUT,
        "recall {held_recall:.3} of {held} held out, missed: {missed:#?}"
    );
    assert!(precision >= PRECISION, "precision {precision:.3}: {on_clean:#?} {extra:#?}");
}

#[test]
fn no_clean_opinion_is_blocked() {
    for (n, input) in corpus::clean().iter().enumerate() {
        let errors: Vec<_> = check(input).into_iter().filter(|one| one.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "clean document {n}: {errors:#?}");
    }
}

#[test]
fn every_rule_is_seeded() {
    let cases = corpus::seeds::all();
    for rule in lint::RULES {
        assert!(
            cases.iter().filter(|case| case.rule == rule.id).count() >= 4,
            "{:?} has fewer than four seeds",
            rule.id
        );
    }
    assert!(cases.iter().any(|case| case.rule == RuleId::Reviewer));
}

/// S19: the reviewer's name on the opinion is forbidden in Shanghai from 2020-05-01, and there only.
#[test]
fn s19_the_reviewer_is_named_only_where_that_is_allowed() {
    let named = |region: &str, today: &str| {
        let mut input = corpus::kinds::document(0, 0);
        input.opinion.push_str("\n复核人：卢丙演");
        input.region = region.into();
        input.today = today.parse().expect("a date");
        check(&input).iter().any(|one| one.rule == RuleId::Reviewer && one.severity == Severity::Error)
    };
    assert!(named("shanghai", "2026-01-05") && named("shanghai", "2020-05-01"), "上海条例 30");
    assert!(!named("shanghai", "2020-04-30"), "the day before it came into force");
    assert!(!named("beijing", "2026-01-05"), "no such rule there");
}
