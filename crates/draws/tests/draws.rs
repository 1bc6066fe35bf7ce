//! Draws as others see them: transcripts that hold and that do not, uniformity, quotas, refusals, and the second verifier.

use draws::*;
use ledger::tree::{Node, Range, Wrong, prove_inclusion};
use ledger::{Checkpoint, CommitmentKey, Hash, Kind, Leaf, Signer};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LOG: &str = "log.example/city";

fn signer() -> Signer {
    Signer::from_seed(LOG, Kind::Log, &[5; 32]).unwrap()
}

fn people(many: usize) -> Vec<Candidate> {
    (0..many)
        .map(|at| Candidate {
            id: format!("p{at:02}"),
            name: format!("第{at}位专家"),
            weight: 1,
            traits: BTreeMap::from([
                ("专业".to_owned(), ["法医临床", "文书", "痕迹"][at % 3].to_owned()),
                ("地区".to_owned(), ["沪", "苏"][usize::from(at % 5 == 0)].to_owned()),
            ]),
        })
        .collect()
}

fn quota(feature: &str, value: &str, min: u32, max: u32) -> Quota {
    Quota { feature: feature.into(), value: value.into(), min, max }
}

fn plan(method: Method, many: usize, seats: u32) -> Plan {
    let mut plan = Plan {
        id: "draw-1".into(),
        purpose: "panel".into(),
        title: "评审专家组".into(),
        algorithm: ALGORITHM.into(),
        method,
        seats,
        candidates: people(many),
        exclusions: vec![Exclusion {
            id: "x1".into(), name: "某甲".into(), reason: "与被评审机构有利害关系".into()
        }],
        quotas: Vec::new(),
        lottery: None,
        seed_rule: SeedRule {
            log: Some(LogRule { origin: LOG.into(), size: 10, not_before: "2026-11-25T02:00:00.000Z".into() }),
            beacon: Some(BeaconRule { name: "双色球".into(), round: "2026140".into() }),
            parties: vec!["委托人".into(), "机构".into()],
        },
        salt: "00ff".into(),
    };
    if method == Method::Weighted {
        plan.candidates.iter_mut().enumerate().for_each(|(at, one)| one.weight = at as u64 + 1);
    }
    if method == Method::Stratified {
        plan.quotas = vec![quota("专业", "法医临床", 1, 2), quota("专业", "文书", 1, 2), quota("地区", "苏", 1, 1)];
        plan.lottery = Some(fairest(&plan).unwrap().lottery);
    }
    plan
}

/// A log of `size` entries whose last but two say this; its root, and the entries with their ways up to it.
fn logged(draw: &str, said: &[(&str, String)], size: usize) -> (Hash, Vec<Published>) {
    let entry = |at: usize| {
        let facts = match said.get(at.wrapping_sub(size - 2 - said.len())) {
            Some((kind, hash)) => json!({ "entry": told(kind, &json!({ "draw": draw, "commitment": hash })).unwrap() }),
            None => json!({ "other": at }),
        };
        Leaf::new(ENTRY_KIND, &facts, &CommitmentKey([at as u8; 32]), &json!(null)).unwrap().to_string()
    };
    let entries: Vec<String> = (0..size).map(entry).collect();
    let hash = |from: usize, to: usize| {
        let mut range = Range::new();
        entries[from..to].iter().for_each(|one| range.append(Hash::leaf(one.as_bytes())));
        range.root()
    };
    let mut node = |node: Node| -> Result<Hash, Wrong> {
        let (width, index) = (1 << node.level, node.index as usize);
        Ok(hash(index * width, (index + 1) * width))
    };
    let some = (size - 2 - said.len())..size - 2;
    let published = some.map(|at| Published {
        entry: entries[at].clone(),
        index: at as u64,
        hashes: prove_inclusion(at as u64, size as u64, &mut node).unwrap().iter().map(Hash::to_string).collect(),
    });
    let published = published.collect();
    (hash(0, size), published)
}

fn transcript(method: Method, refusals: &[&str]) -> Transcript {
    let plan = plan(method, 14, 4);
    let commitment = plan.commitment().unwrap();
    let given = |party: &str, value: &str| Contribution {
        party: party.into(),
        commitment: contribution(&commitment, party, value),
        value: value.into(),
    };
    let contributions = vec![given("委托人", "天天向上"), given("机构", "4f8a\"\\\n\u{1F600}")];
    let hashes = contributions.iter().map(|one| ("draw.contributed", one.commitment.clone()));
    let said: Vec<_> = std::iter::once(("draw.committed", commitment.clone())).chain(hashes).collect();
    let (root, published) = logged(&plan.id, &said, 12);
    let checkpoint = Checkpoint { origin: LOG.into(), size: 12, root, extensions: Vec::new() };
    let note = checkpoint.sign(&signer()).unwrap().to_string();
    let open = Transcript {
        contributions,
        plan,
        commitment: commitment.clone(),
        checkpoint: Some(note),
        checkpoint_at: Some("2026-11-25T02:00:00.250Z".into()),
        published,
        beacon: Some("03 08 11 17 22 30 + 05".into()),
        seed: String::new(),
        drawn: Vec::new(),
        refusals: Vec::new(),
        digest: String::new(),
    };
    let mut closed = open.close().unwrap();
    for reason in refusals {
        // Whoever has the first seat refuses.
        let last = closed.refusals.last();
        let id = last.map_or(Some(closed.drawn[0].clone()), |last| last.replacement.clone()).unwrap();
        closed.refusals.push(Refusal { id, reason: (*reason).into(), replacement: None });
        closed = closed.close().unwrap();
    }
    closed
}

const METHODS: [Method; 3] = [Method::Uniform, Method::Weighted, Method::Stratified];

fn all_transcripts() -> Vec<Transcript> {
    METHODS.iter().flat_map(|method| [transcript(*method, &[]), transcript(*method, &["出差", "回避"])]).collect()
}

fn text(transcript: &Transcript) -> String {
    serde_json::to_string_pretty(transcript).unwrap()
}

#[test]
fn a_transcript_holds_with_and_without_the_log_key() {
    for one in all_transcripts() {
        assert_eq!(verify(&text(&one), None), []);
        assert_eq!(verify(&text(&one), Some(signer().verifier())), []);
    }
}

#[test]
fn the_same_plan_draws_the_same_for_ever() {
    let drawn: Vec<String> = [Method::Uniform, Method::Weighted]
        .iter()
        .map(|method| {
            draw(&plan(*method, 14, 4), [3; 32], &[])
                .unwrap()
                .first
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    assert_eq!(drawn, GOLDEN, "a change here is a change of the algorithm: raise its version");
}

const GOLDEN: [&str; 2] = ["12 6 3 0", "6 9 11 12"];

/// Every leaf of a JSON value, changed a little, one after the other.
fn tampered(value: &Value) -> Vec<(String, Value)> {
    fn paths(value: &Value, at: String, out: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, one)| paths(one, format!("{at}/{name}"), out)),
            Value::Array(values) => values.iter().enumerate().for_each(|(n, one)| paths(one, format!("{at}/{n}"), out)),
            _ => out.push(at),
        }
    }
    let mut all = Vec::new();
    paths(value, String::new(), &mut all);
    all.into_iter()
        .map(|path| {
            let mut changed = value.clone();
            let leaf = changed.pointer_mut(&path).unwrap();
            *leaf = match leaf.clone() {
                Value::String(text) => json!(format!("{text}0")),
                Value::Number(number) => json!(number.as_u64().unwrap() + 1),
                _ => json!("x"),
            };
            (path, changed)
        })
        .collect()
}

/// Whoever changes a transcript can also make its digest anew; then other things must not fit.
fn with_new_digest(mut value: Value) -> Value {
    value.as_object_mut().unwrap().remove("digest");
    let canonical = ledger::jcs::canonical(&value).unwrap();
    let digest: String = sha256(canonical.as_bytes());
    value["digest"] = json!(digest);
    value
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_changed_field_is_refused() {
    for one in [transcript(Method::Weighted, &["出差"]), transcript(Method::Stratified, &["出差"])] {
        let value = serde_json::to_value(&one).unwrap();
        for (path, changed) in tampered(&value) {
            assert_ne!(verify(&changed.to_string(), None), [], "{path} was changed");
            // Only the log's time and a refusal's reason are told by nobody but the transcript's keeper: the log has the digest.
            let is_told = path != "/checkpoint_at" && path != "/digest" && !path.ends_with("/reason");
            if is_told || path.contains("/exclusions/") {
                let again = with_new_digest(changed);
                assert_ne!(verify(&again.to_string(), Some(signer().verifier())), [], "{path} and the digest");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_said() {
    let says = |change: &dyn Fn(&mut Transcript), wanted: &str| {
        let mut one = transcript(Method::Uniform, &["出差"]);
        change(&mut one);
        let faults: Vec<String> = verify(&text(&one), None).iter().map(ToString::to_string).collect();
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted}: {faults:#?}");
    };
    says(&|one| one.plan.seats = 3, "the plan was changed");
    says(&|one| one.contributions[0].value = "别的".into(), "the text of 委托人 is not the one");
    says(&|one| one.contributions.swap(0, 1), "not those of the plan's parties");
    says(&|one| one.contributions[1].value.clear(), "机构 contributed an empty text");
    says(&|one| one.checkpoint = None, "announced and is not there");
    says(&|one| one.checkpoint_at = Some("2026-11-25T01:59:59.999Z".into()), "before the announced");
    says(&|one| one.checkpoint_at = Some("tomorrow".into()), "its time must be written");
    says(&|one| drop(one.published.pop()), "2 entries of the log are enclosed, not the 3");
    says(&|one| one.published.swap(0, 1), "does not publish this plan");
    says(&|one| one.published[1].index += 1, "does not hang from the checkpoint");
    says(&|one| drop(one.published[2].hashes.pop()), "does not hang from the checkpoint");
    says(&|one| one.published[2].hashes[0] = "?".into(), "does not hang from the checkpoint");
    says(&|one| one.published[0].entry.insert(0, ' '), "does not publish this plan");
    says(&|one| one.beacon = None, "beacon");
    says(&|one| one.seed = "00".repeat(32), "the seed is");
    says(&|one| one.drawn.swap(0, 1), "seat 1");
    says(&|one| one.refusals[0].id = "p99".into(), "has no seat");
    says(&|one| one.refusals[0].reason = " ".into(), "without a reason");
    says(&|one| one.refusals[0].replacement = None, "the next numbers put");
    says(&|one| one.digest.clear(), "digest does not fit");
}

#[test]
fn plans_that_cannot_be_drawn_say_why() {
    let says = |change: &dyn Fn(&mut Plan), wanted: &str| {
        let mut one = plan(Method::Stratified, 14, 4);
        change(&mut one);
        let faults: Vec<String> = one.faults().iter().map(ToString::to_string).collect();
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted}: {faults:#?}");
        assert!(draw(&one, [0; 32], &[]).is_err());
    };
    says(&|one| one.candidates.clear(), "there is no candidate");
    says(&|one| one.seats = 15, "15 seats cannot be filled from 14 candidates");
    says(&|one| one.seats = 0, "0 seats cannot be drawn");
    says(&|one| one.candidates[1].id = "p00".into(), "listed twice");
    says(&|one| one.exclusions[0].id = "p00".into(), "a candidate and excluded");
    says(&|one| one.exclusions[0].reason.clear(), "has no reason");
    says(&|one| one.candidates[0].weight = 2, "the weight of");
    says(&|one| one.quotas[0].min = 9, "a minimum above its maximum");
    says(&|one| one.quotas[1] = one.quotas[0].clone(), "two quotas");
    says(&|one| one.lottery = None, "needs quotas and a lottery");
    says(&|one| one.method = Method::Uniform, "belong to a stratified draw");
    says(&|one| (one.seed_rule.log, one.seed_rule.beacon) = (None, None), "the seed has no source");
    says(&|one| one.seed_rule.parties.push("机构".into()), "the party \"机构\" is listed twice");
    says(&|one| one.algorithm = "sijian-draw/2".into(), "this program knows");
    says(&|one| one.lottery.as_mut().unwrap().panels[0].parts += 1, "do not share all parts");
    says(&|one| one.lottery.as_mut().unwrap().panels[0].kinds[0].1 += 1, "does not have the seats");
    says(&|one| one.quotas[0].min = 2, "breaks a quota");
}

#[test]
fn impossible_quotas_have_no_lottery() {
    let mut one = plan(Method::Stratified, 14, 4);
    one.quotas = vec![quota("专业", "法医临床", 3, 4), quota("专业", "文书", 2, 4)];
    assert_eq!(fairest(&one), Err(Unfair::NoPanel));
    one.quotas = vec![quota("专业", "声像", 1, 1)];
    assert_eq!(fairest(&one), Err(Unfair::NoPanel), "nobody has it");
}

/// Chi-square of counts against expected shares, and the value it exceeds once in a hundred (Wilson and Hilferty).
fn chi_square(counts: &[u64], shares: &[f64]) -> (f64, f64) {
    let total: u64 = counts.iter().sum();
    let sum = counts.iter().zip(shares).map(|(count, share)| {
        let expected = share * total as f64;
        (*count as f64 - expected).powi(2) / expected
    });
    let free = counts.len() as f64 - 1.0;
    let bound = free * (1.0 - 2.0 / (9.0 * free) + 2.326 * (2.0 / (9.0 * free)).sqrt()).powi(3);
    (sum.sum(), bound)
}

fn seed(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    bytes
}

#[test]
fn ten_thousand_seeds_are_fair() {
    for (method, seats) in [(Method::Uniform, 1), (Method::Weighted, 1), (Method::Stratified, 4)] {
        let plan = plan(method, 14, seats);
        let mut counts = vec![0_u64; 14];
        for number in 0..10_000 {
            let drawn = draw(&plan, seed(number), &[]).unwrap();
            // One seat of each draw, so that counts are independent: the seats take turns.
            let seat = number as usize % drawn.first.len();
            counts[drawn.first[seat]] += 1;
        }
        let shares: Vec<f64> = match method {
            Method::Uniform => vec![1.0 / 14.0; 14],
            Method::Weighted => (1..=14).map(|weight| f64::from(weight) / 105.0).collect(),
            Method::Stratified => {
                fairness(&plan, plan.lottery.as_ref().unwrap()).iter().map(|chance| chance / 4.0).collect()
            }
        };
        let (found, bound) = chi_square(&counts, &shares);
        assert!(found < bound, "{method:?}: chi-square {found:.1}, one in a hundred is above {bound:.1}: {counts:?}");
    }
}

#[test]
fn quotas_are_met_whoever_refuses() {
    let plan = plan(Method::Stratified, 14, 4);
    for number in 0..300 {
        let first = draw(&plan, seed(number), &[]).unwrap();
        let ids: Vec<&str> = first.first.iter().map(|one| plan.candidates[*one].id.as_str()).collect();
        for refusing in 0..=ids.len() {
            let drawn = draw(&plan, seed(number), &ids[..refusing]).unwrap();
            assert_eq!(drawn.first, first.first, "a refusal draws nobody anew");
            let seated: Vec<usize> = drawn.seats.iter().flatten().copied().collect();
            if seated.len() < 4 {
                continue;
            }
            for quota in &plan.quotas {
                let many =
                    seated.iter().filter(|one| plan.candidates[**one].traits[&quota.feature] == quota.value).count();
                assert!((quota.min as usize..=quota.max as usize).contains(&many), "{number} {refusing} {quota:?}");
            }
        }
    }
}

#[test]
fn refusals_take_the_next_numbers_until_nobody_is_left() {
    let plan = plan(Method::Uniform, 6, 2);
    let mut refusals: Vec<String> = Vec::new();
    let mut seen = Vec::new();
    for round in 0..=4 {
        let ids: Vec<&str> = refusals.iter().map(String::as_str).collect();
        let drawn = draw(&plan, [1; 32], &ids).unwrap();
        assert_eq!(drawn.seats.iter().flatten().count(), 2, "{round}");
        let now = drawn.seats[0].unwrap();
        assert!(!seen.contains(&now), "who refused does not come again");
        seen.push(now);
        refusals.push(plan.candidates[now].id.clone());
    }
    let ids: Vec<&str> = refusals.iter().map(String::as_str).collect();
    let drawn = draw(&plan, [1; 32], &ids).unwrap();
    assert_eq!(drawn.seats[0], None, "six candidates, one sits, five refused");
    assert_eq!(draw(&plan, [1; 32], &["p77"]), Err(NoDraw::NotSeated { refusal: 0 }));
}

#[test]
fn the_verifier_in_python_agrees() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify/draw.py");
    let run = |args: &[&str]| std::process::Command::new("python3").args(["-B", script]).args(args).output();
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3, so docs/verify/draw.py was NOT compared");
        return;
    }
    let path = std::env::temp_dir().join(format!("sijian-draw-{}.json", std::process::id()));
    let name = path.to_str().unwrap();
    let says = |value: &str| {
        std::fs::write(&path, value).unwrap();
        let output = run(&[name]).unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for one in all_transcripts() {
        let (holds, said) = says(&text(&one));
        assert!(holds && said.contains("The draw holds"), "{said}");
    }
    let one = transcript(Method::Stratified, &["出差"]);
    let value = serde_json::to_value(&one).unwrap();
    for (path, changed) in tampered(&value).into_iter().step_by(11) {
        let (holds, said) = says(&changed.to_string());
        assert!(!holds && said.contains("FAULT"), "{path}: {said}");
    }
    for junk in ["", "{}", "[]", "{\"plan\":{}}", "null", "7"] {
        let (holds, said) = says(junk);
        assert!(!holds && said.contains("FAULT"), "{junk}: {said}");
    }
    let hashed = run(&["hash", &one.commitment, "委托人", "天天向上"]).unwrap();
    assert_eq!(String::from_utf8_lossy(&hashed.stdout).trim(), one.contributions[0].commitment);
    std::fs::remove_file(&path).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_it_fall(text in ".{0,200}") {
        prop_assert_ne!(verify(&text, None), []);
    }

    #[test]
    fn no_broken_transcript_makes_it_fall(at in 0_usize..10_000, with in any::<u8>()) {
        let whole = text(&transcript(Method::Uniform, &["出差"]));
        let mut bytes = whole.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = with;
        let broken = String::from_utf8_lossy(&bytes).into_owned();
        let same = serde_json::from_str::<Value>(&broken).ok() == serde_json::from_str::<Value>(&whole).ok();
        prop_assert_eq!(verify(&broken, Some(signer().verifier())).is_empty(), same);
    }

    #[test]
    fn every_draw_seats_different_people(bytes in any::<[u8; 32]>(), many in 1_usize..30, seats in 1_u32..30) {
        let plan = plan(Method::Uniform, many, seats);
        match draw(&plan, bytes, &[]) {
            Ok(drawn) => {
                let mut seated = drawn.first.clone();
                seated.sort_unstable();
                seated.dedup();
                prop_assert_eq!(seated.len(), seats as usize);
            }
            Err(why) => prop_assert!(many < seats as usize, "{}", why),
        }
    }
}
