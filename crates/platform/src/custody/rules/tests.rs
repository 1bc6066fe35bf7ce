//! Every rule as rows of one table: what is the matter, who wants what, and the whole answer.

use super::*;
use crate::custody::chain;
use crate::custody::places::PlaceKind;
use crate::custody::store::Owners;
use crate::text::Lang;
use jiff::civil::date;

fn now() -> Timestamp {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn party(id: &str) -> Party {
    Party::new(id, id)
}

fn person(id: &str) -> Holder {
    Holder::Person(party(id))
}

fn actor(id: &str, roles: &[Role]) -> Actor {
    Actor {
        account_id: id.into(),
        login: id.into(),
        name: id.into(),
        roles: roles.to_vec(),
        organisation_id: Some(if roles.contains(&Role::Client) { "court" } else { "house" }.into()),
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    }
}

fn material(holder: &Holder) -> Material {
    Material {
        id: "m".into(),
        version: 1,
        code: "CODE".into(),
        owners: Owners {
            procedure: "case".into(),
            subject_id: "c".into(),
            label: "张某".into(),
            institution_id: "house".into(),
            client_organisation_id: "court".into(),
        },
        opened_on: date(2026, 3, 2),
        position: 1,
        parent_id: None,
        name: "血样".into(),
        kind: "检材".into(),
        quantity: "5ml".into(),
        amount: Some(5_000),
        unit: "ml".into(),
        properties: String::new(),
        state: String::new(),
        holder: holder.clone(),
        since: now(),
        awaits: None,
        seal: None,
        left: Some(5_000),
        irregular: 0,
    }
}

fn place(id: &str, capacity: Option<i64>, held: i64) -> Place {
    Place {
        id: id.into(),
        parent_id: None,
        kind: PlaceKind::Room,
        name: id.into(),
        capacity,
        held,
        depth: 0,
        path: id.into(),
    }
}

/// 5 ml in the hand of `holder`, and a room with place for it, and one without.
fn facts(holder: Holder) -> Facts {
    let first = CustodyEvent {
        kind: Happening::Received,
        at: now(),
        by: party("desk"),
        from: Some(Holder::Client),
        to: Some(holder.clone()),
        awaits: None,
        amount: None,
        seal: String::new(),
        note: String::new(),
    };
    Facts {
        material: material(&holder),
        holding: chain::read(&[first], Some(5_000)).unwrap(),
        colleagues: vec![party("desk"), party("a"), party("b")],
        places: vec![place("free", Some(2), 1), place("full", Some(2), 2)],
        needs_witness: false,
    }
}

fn sealed() -> Facts {
    let mut facts = facts(person("a"));
    facts.holding.seal = Some("F-1".into());
    facts
}

fn unmeasured() -> Facts {
    let mut facts = facts(person("a"));
    facts.holding.left = None;
    facts
}

fn strict(holder: Holder) -> Facts {
    Facts { needs_witness: true, ..facts(holder) }
}

fn offered(to: Holder) -> Facts {
    let mut facts = facts(person("a"));
    facts.holding.pending = Some(chain::Pending { to, awaits: party("b"), by: party("a"), since: now() });
    facts
}

fn broken() -> Facts {
    let mut facts = facts(person("a"));
    let one = chain::Irregularity { what: chain::Break::Gap, at: now(), event: 0, is_explained: false };
    facts.holding.irregularities.push(one);
    facts
}

fn shelf() -> Holder {
    Holder::Place(party("free"))
}

fn to(id: &str) -> Input {
    Input::Offer { to: id.into(), note: String::new() }
}

fn put(place: &str, witness: Option<&str>) -> Input {
    Input::Place { place: place.into(), witness: witness.map(Into::into) }
}

fn consume(amount: i64) -> Input {
    Input::Consume { amount, purpose: "检验".into() }
}

fn divide(amounts: &[i64]) -> Input {
    Input::Divide { parts: amounts.iter().map(|amount| Part { name: "分样".into(), amount: *amount }).collect() }
}

const NOT_MINE: &str = "此材料在a手中，不在您手中。";
const ONE_PERSON: &str = "交出人和接收人、经手人和见证人不能是同一人。";

#[test]
fn every_rule_says_no_with_its_reason_and_only_then() {
    let text = || "文".to_owned();
    let a = || actor("a", &[Role::Appraiser]);
    let rows: Vec<(&str, Facts, Input, Actor, &[&str])> = vec![
        ("to a colleague", facts(person("a")), to("b"), a(), &[]),
        ("to oneself", facts(person("a")), to("a"), a(), &[ONE_PERSON]),
        ("to a stranger", facts(person("a")), to("x"), a(), &["所选的人不在本机构，或者账号已停用。"]),
        ("not in one's hand", facts(person("a")), to("a"), actor("b", &[Role::Appraiser]), &[NOT_MINE]),
        ("put away", facts(shelf()), to("b"), a(), &["此材料存放在free，不在您手中。"]),
        ("not received", facts(Holder::Client), to("b"), a(), &["此材料还没有接收。"]),
        ("lost", facts(Holder::Lost), to("b"), a(), &["此材料下落不明。"]),
        ("at its end", facts(Holder::Gone(End::Returned)), to("b"), a(), &["此材料的流转已经结束。"]),
        (
            "a client looks on",
            facts(person("a")),
            to("b"),
            actor("c", &[Role::Client]),
            &["材料的流转由鉴定机构的人员登记。"],
        ),
        (
            "an officer looks on",
            facts(person("a")),
            to("b"),
            actor("s", &[Role::Supervisor]),
            &["材料的流转由鉴定机构的人员登记。"],
        ),
        ("offered already", offered(person("b")), to("b"), a(), &["此材料正等待b确认交接。"]),
        ("confirmed by the taker", offered(person("b")), Input::Confirm, actor("b", &[Role::Appraiser]), &[]),
        ("confirmed by the giver", offered(person("b")), Input::Confirm, a(), &["这一交接由b答复。"]),
        (
            "confirmed twice",
            facts(person("b")),
            Input::Confirm,
            actor("b", &[Role::Appraiser]),
            &["没有等待确认的交接；可能已经确认过，或者已经撤回。"],
        ),
        (
            "refused by the taker",
            offered(person("b")),
            Input::Refuse { reason: text() },
            actor("b", &[Role::Head]),
            &[],
        ),
        ("withdrawn by the giver", offered(person("b")), Input::Withdraw, a(), &[]),
        (
            "withdrawn by the taker",
            offered(person("b")),
            Input::Withdraw,
            actor("b", &[Role::Head]),
            &["这一交接由a答复。"],
        ),
        ("into a place", facts(person("a")), put("free", None), a(), &[]),
        ("into a full place", facts(person("a")), put("full", None), a(), &["full已放满（2件）。"]),
        (
            "full by the time the witness confirms",
            offered(Holder::Place(party("full"))),
            Input::Confirm,
            actor("b", &[Role::Head]),
            &["full已放满（2件）。"],
        ),
        ("into no place", facts(person("a")), put("nowhere", None), a(), &["没有这个存放位置。"]),
        (
            "without the witness asked for",
            strict(person("a")),
            put("free", None),
            a(),
            &["本机构规定存入和取出须有见证人。"],
        ),
        ("witnessed", strict(person("a")), put("free", Some("b")), a(), &[]),
        ("witnessed by oneself", strict(person("a")), put("free", Some("a")), a(), &[ONE_PERSON]),
        ("taken out by anybody of the house", facts(shelf()), Input::Take { witness: None }, a(), &[]),
        ("taken out alone", strict(shelf()), Input::Take { witness: None }, a(), &["本机构规定存入和取出须有见证人。"]),
        (
            "taken out of a hand",
            facts(person("b")),
            Input::Take { witness: None },
            a(),
            &["此材料不在存放位置，在人员手中。"],
        ),
        ("sealed twice", sealed(), Input::Seal { number: text() }, a(), &["此材料已经封存。"]),
        ("opened", sealed(), Input::Unseal { reason: text() }, a(), &[]),
        ("opened without a seal", facts(person("a")), Input::Unseal { reason: text() }, a(), &["此材料没有封存。"]),
        ("used", facts(person("a")), consume(5_000), a(), &[]),
        ("more than is left", facts(person("a")), consume(5_001), a(), &["登记的数量为5.001ml，剩余只有5ml。"]),
        ("under its seal", sealed(), consume(1), a(), &["此材料处于封存状态。"]),
        ("never measured", unmeasured(), consume(1), a(), &["此材料登记时没有可计量的数量。"]),
        ("divided", facts(person("a")), divide(&[2_000, 3_000]), a(), &[]),
        (
            "divided into more",
            facts(person("a")),
            divide(&[2_000, 3_001]),
            a(),
            &["登记的数量为5.001ml，剩余只有5ml。"],
        ),
        (
            "divided beyond all numbers",
            facts(person("a")),
            divide(&[i64::MAX, i64::MAX]),
            a(),
            &["登记的数量为9223372036854775.807ml，剩余只有5ml。"],
        ),
        ("returned", facts(person("a")), Input::Return { receiver: text(), note: text() }, a(), &[]),
        (
            "destroyed alone",
            facts(person("a")),
            Input::Destroy { method: text(), witness: "a".into() },
            a(),
            &[ONE_PERSON],
        ),
        ("destroyed by two", facts(person("a")), Input::Destroy { method: text(), witness: "b".into() }, a(), &[]),
        ("reported lost by whoever misses it", facts(shelf()), Input::Lose { text: text() }, a(), &[]),
        ("found", facts(Holder::Lost), Input::Find { place: text() }, a(), &[]),
        ("found though not lost", facts(shelf()), Input::Find { place: text() }, a(), &["此材料没有报告下落不明。"]),
        ("explained by the head", broken(), Input::Explain { text: text() }, actor("h", &[Role::Head]), &[]),
        ("explained by the holder", broken(), Input::Explain { text: text() }, a(), &["流转异常由机构负责人说明。"]),
        (
            "nothing to explain",
            facts(shelf()),
            Input::Explain { text: text() },
            actor("h", &[Role::Head]),
            &["没有需要说明的流转异常。"],
        ),
    ];
    for (why, facts, input, actor, answer) in rows {
        let deed = input.deed();
        let found = decide(&facts, input, &actor, now()).err().unwrap_or_default();
        let said: Vec<String> = found.iter().map(|one| Lang::Zh.say(&one.what)).collect();
        assert_eq!(said, answer, "{why}");
        for one in &found {
            assert!(!Lang::Zh.say(&one.remedy).is_empty() && !one.article.is_empty(), "{why}");
        }
        for one in obstacles(&facts, deed, &actor) {
            assert!(found.contains(&one), "{why}: a page would say {one:?}, the act does not");
        }
    }
}

#[test]
fn a_witnessed_move_waits_and_a_plain_one_does_not() {
    let a = actor("a", &[Role::Appraiser]);
    for (facts, witness, kind) in
        [(facts(person("a")), None, Happening::Moved), (strict(person("a")), Some("b"), Happening::Offered)]
    {
        let event = decide(&facts, put("free", witness), &a, now()).unwrap().event;
        assert_eq!((event.kind, event.awaits), (kind, witness.map(party)));
    }
}

#[test]
fn a_receipt_is_due_at_the_end_of_a_material() {
    let a = actor("a", &[Role::Appraiser]);
    let back = Input::Return { receiver: "李法官".into(), note: String::new() };
    assert_eq!(decide(&facts(person("a")), back, &a, now()).unwrap().receipt, Some(End::Returned));
    let gone = offered(Holder::Gone(End::Destroyed));
    let b = actor("b", &[Role::Head]);
    assert_eq!(decide(&gone, Input::Confirm, &b, now()).unwrap().receipt, Some(End::Destroyed));
    assert_eq!(decide(&offered(person("b")), Input::Confirm, &b, now()).unwrap().receipt, None);
}
