//! What may be done with a material: facts in; the events that follow, or every objection, out. No database, no clock.
//!
//! **Invariant:** [`obstacles`] (what the page hides a form for) is the first half of [`decide`]; and whatever [`decide`]
//! lets through adds no irregularity to the chain, save the gap of a material that was lost and found.

use super::chain::{CustodyEvent, End, Happening, Holder, Holding, Party};
use super::places::{Place, full_on_the_way};
use super::store::{Material, Owners};
use super::{T12_22, T22, amount};
use crate::actor::{Actor, Role, RoleKind};
use crate::fail::Objection;
use crate::text::{Say, say};
use crate::words;
use jiff::Timestamp;

words! {
    /// What a person can do with a material; in the order in which a page offers it.
    Deed {
        Confirm, "confirm", "确认交接";
        Refuse, "refuse", "拒绝接收";
        Withdraw, "withdraw", "撤回交接";
        Offer, "offer", "交给同事";
        Place, "place", "存入";
        Take, "take", "取出";
        Seal, "seal", "封存";
        Unseal, "unseal", "启封";
        Consume, "consume", "登记消耗";
        Divide, "divide", "分样";
        Return, "return", "退还委托人";
        Destroy, "destroy", "销毁";
        Find, "find", "找到了";
        Explain, "explain", "负责人说明";
        Lose, "lose", "报告下落不明";
    }
}

/// All that the rules look at.
#[derive(Clone, Debug)]
pub struct Facts {
    pub material: Material,
    pub holding: Holding,
    pub colleagues: Vec<Party>,
    pub places: Vec<Place>,
    /// The institution wants a witness when a material is put away or taken out.
    pub needs_witness: bool,
}

/// A sub-sample to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// In thousandths of the unit.
    pub amount: i64,
}

/// What a person wants to do, with what the form asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Confirm,
    Refuse { reason: String },
    Withdraw,
    Offer { to: String, note: String },
    Place { place: String, witness: Option<String> },
    Take { witness: Option<String> },
    Seal { number: String },
    Unseal { reason: String },
    Consume { amount: i64, purpose: String },
    Divide { parts: Vec<Part> },
    Return { receiver: String, note: String },
    Destroy { method: String, witness: String },
    Find { place: String },
    Explain { text: String },
    Lose { text: String },
}

impl Input {
    pub fn deed(&self) -> Deed {
        match self {
            Self::Confirm => Deed::Confirm,
            Self::Refuse { .. } => Deed::Refuse,
            Self::Withdraw => Deed::Withdraw,
            Self::Offer { .. } => Deed::Offer,
            Self::Place { .. } => Deed::Place,
            Self::Take { .. } => Deed::Take,
            Self::Seal { .. } => Deed::Seal,
            Self::Unseal { .. } => Deed::Unseal,
            Self::Consume { .. } => Deed::Consume,
            Self::Divide { .. } => Deed::Divide,
            Self::Return { .. } => Deed::Return,
            Self::Destroy { .. } => Deed::Destroy,
            Self::Find { .. } => Deed::Find,
            Self::Explain { .. } => Deed::Explain,
            Self::Lose { .. } => Deed::Lose,
        }
    }
}

/// What was decided, for the store to write.
#[derive(Clone, Debug)]
pub struct Decision {
    pub event: CustodyEvent,
    /// Sub-samples that come to be, in the hand of whoever divided.
    pub parts: Vec<Part>,
    /// A receipt is due: the material ended so.
    pub receipt: Option<End>,
}

fn objection(what: Say, remedy: Say) -> Objection {
    Objection { what, article: T22, remedy }
}

/// Whether the person works in the material's institution; others look on.
pub fn is_of_the_house(material: &Material, actor: &Actor) -> bool {
    works_for(&material.owners, actor)
}

fn works_for(owners: &Owners, actor: &Actor) -> bool {
    actor.has(RoleKind::Institution) && actor.organisation_id.as_deref() == Some(&owners.institution_id)
}

/// Who takes materials in for the institution.
pub fn may_receive(owners: &Owners, actor: &Actor) -> bool {
    works_for(owners, actor) && (actor.is(Role::FrontDesk) || actor.is(Role::Head))
}

pub fn not_the_desk() -> Objection {
    Objection {
        what: say("材料由受理人员或者机构负责人接收。"),
        article: T12_22,
        remedy: say("请由受理人员登录后办理。"),
    }
}

/// Every reason, known before a form is filled in, why the deed would be refused. Empty: it may be tried.
pub fn obstacles(facts: &Facts, deed: Deed, actor: &Actor) -> Vec<Objection> {
    if !is_of_the_house(&facts.material, actor) {
        return vec![objection(
            say("材料的流转由鉴定机构的人员登记。"),
            say("如对材料有疑问，请联系受理此案的鉴定机构。"),
        )];
    }
    if matches!(deed, Deed::Confirm | Deed::Refuse | Deed::Withdraw) {
        return answering(facts, deed, actor);
    }
    let mut found = Vec::new();
    let holding = &facts.holding;
    match (&holding.holder, deed) {
        (_, Deed::Explain) => explaining(facts, actor, &mut found),
        (Holder::Gone(_), _) => {
            found.push(objection(say("此材料的流转已经结束。"), say("确有差错的，请机构负责人在材料页面作出说明。")))
        }
        (Holder::Client, _) => {
            found.push(objection(say("此材料还没有接收。"), say("请受理人员在案件的“材料流转”页面接收后再办理。")))
        }
        (Holder::Lost, Deed::Find) => {}
        (Holder::Lost, _) => {
            found.push(objection(say("此材料下落不明。"), say("找到之后，请由找到的人先登记“找到了”。")))
        }
        (_, Deed::Find) => found.push(objection(say("此材料没有报告下落不明。"), say("无须登记找到。"))),
        (_, Deed::Lose) => {}
        (Holder::Place(_), Deed::Take) => {}
        (Holder::Person(_), Deed::Take) => {
            found.push(objection(say("此材料不在存放位置，在人员手中。"), say("请由持有人提出交接，您来确认。")))
        }
        (Holder::Place(place), _) => found.push(objection(
            say("此材料存放在%{place}，不在您手中。").with("place", &place.name),
            say("请先取出，再办理。"),
        )),
        (Holder::Person(person), _) if person.id != actor.account_id => found.push(objection(
            say("此材料在%{name}手中，不在您手中。").with("name", &person.name),
            say("请由%{name}登录后提出交接，您来确认。").with("name", &person.name),
        )),
        (Holder::Person(_), deed) => in_hand(holding, deed, &mut found),
    }
    if let Some(pending) = holding.pending.as_ref().filter(|_| !matches!(deed, Deed::Explain)) {
        found.push(objection(
            say("此材料正等待%{name}确认交接。").with("name", &pending.awaits.name),
            say("请等对方确认或者拒绝；提出的人也可以撤回。"),
        ));
    }
    found
}

fn in_hand(holding: &Holding, deed: Deed, found: &mut Vec<Objection>) {
    let is_sealed = holding.seal.is_some();
    match deed {
        Deed::Seal if is_sealed => {
            found.push(objection(say("此材料已经封存。"), say("需要换封的，请先登记启封，再封存。")))
        }
        Deed::Unseal if !is_sealed => found.push(objection(say("此材料没有封存。"), say("无须启封。"))),
        Deed::Consume | Deed::Divide => {
            if is_sealed {
                found.push(objection(say("此材料处于封存状态。"), say("请先登记启封，写明原因。")));
            }
            if holding.left.is_none() {
                found.push(objection(
                    say("此材料登记时没有可计量的数量。"),
                    say("不能登记消耗和分样；请把取用情况写入鉴定记录。"),
                ));
            }
        }
        _ => {}
    }
}

fn answering(facts: &Facts, deed: Deed, actor: &Actor) -> Vec<Objection> {
    let Some(pending) = &facts.holding.pending else {
        return vec![objection(
            say("没有等待确认的交接；可能已经确认过，或者已经撤回。"),
            say("请核对材料现在在谁手中，无须重复确认。"),
        )];
    };
    let answers = if deed == Deed::Withdraw { &pending.by } else { &pending.awaits };
    if answers.id == actor.account_id {
        return Vec::new();
    }
    vec![objection(
        say("这一交接由%{name}答复。").with("name", &answers.name),
        say("请由%{name}登录后办理。").with("name", &answers.name),
    )]
}

fn explaining(facts: &Facts, actor: &Actor, found: &mut Vec<Objection>) {
    if !actor.is(Role::Head) {
        found.push(objection(say("流转异常由机构负责人说明。"), say("请把情况报告机构负责人。")));
    }
    if facts.holding.unexplained() == 0 {
        found.push(objection(say("没有需要说明的流转异常。"), say("无须说明。")));
    }
}

/// Decides on a deed.
///
/// # Errors
/// Every objection at once.
pub fn decide(facts: &Facts, input: Input, actor: &Actor, now: Timestamp) -> Result<Decision, Vec<Objection>> {
    let mut objections = obstacles(facts, input.deed(), actor);
    objections.extend(wrong(facts, &input, actor));
    if !objections.is_empty() {
        return Err(objections);
    }
    Ok(decided(facts, input, actor, now))
}

/// What is wrong with what the form says.
fn wrong(facts: &Facts, input: &Input, actor: &Actor) -> Vec<Objection> {
    let mut found = Vec::new();
    match input {
        Input::Offer { to, .. } => somebody_else(facts, to, actor, &mut found),
        Input::Place { place, witness } => {
            room_in(facts, place, &mut found);
            witnessed(facts, witness.as_deref(), actor, &mut found);
        }
        Input::Take { witness } => witnessed(facts, witness.as_deref(), actor, &mut found),
        Input::Destroy { witness, .. } => somebody_else(facts, witness, actor, &mut found),
        Input::Confirm => {
            if let Some(Holder::Place(place)) = facts.holding.pending.as_ref().map(|pending| &pending.to) {
                room_in(facts, &place.id, &mut found);
            }
        }
        Input::Consume { amount, .. } => enough(facts, *amount, &mut found),
        Input::Divide { parts } => {
            enough(facts, parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount)), &mut found);
        }
        _ => {}
    }
    found
}

/// Both sides of a hand-over are people, and two.
fn somebody_else(facts: &Facts, id: &str, actor: &Actor, found: &mut Vec<Objection>) {
    if id == actor.account_id {
        found.push(objection(
            say("交出人和接收人、经手人和见证人不能是同一人。"),
            say("请选择另一名同事，由其登录后确认。"),
        ));
    } else if !facts.colleagues.iter().any(|one| one.id == id) {
        found.push(objection(say("所选的人不在本机构，或者账号已停用。"), say("请重新选择一名同事。")));
    }
}

fn witnessed(facts: &Facts, witness: Option<&str>, actor: &Actor, found: &mut Vec<Objection>) {
    match witness {
        Some(id) => somebody_else(facts, id, actor, found),
        None if facts.needs_witness => found.push(objection(
            say("本机构规定存入和取出须有见证人。"),
            say("请选择一名在场的同事作见证人，由其登录后确认。"),
        )),
        None => {}
    }
}

fn room_in(facts: &Facts, id: &str, found: &mut Vec<Objection>) {
    if !facts.places.iter().any(|place| place.id == id) {
        found.push(objection(say("没有这个存放位置。"), say("请重新选择存放位置。")));
    } else if let Some(full) = full_on_the_way(&facts.places, id) {
        found.push(objection(
            say("%{place}已放满（%{n}件）。").with("place", &full.path).with("n", full.held),
            say("请换一个存放位置，或者由负责人调整容量。"),
        ));
    }
}

fn enough(facts: &Facts, amount: i64, found: &mut Vec<Objection>) {
    let Some(left) = facts.holding.left else { return };
    if amount > left {
        let unit = &facts.material.unit;
        found.push(objection(
            say("登记的数量为%{amount}，剩余只有%{left}。")
                .with("amount", amount::text(amount, unit))
                .with("left", amount::text(left, unit)),
            say("请核对数量；确已超过的，请报告机构负责人。"),
        ));
    }
}

fn decided(facts: &Facts, input: Input, actor: &Actor, now: Timestamp) -> Decision {
    let me = Party::new(&actor.account_id, &actor.name);
    let mut event = CustodyEvent {
        kind: Happening::Moved,
        // A clock that was set back puts nothing before what already stands.
        at: facts.holding.intervals.last().map_or(now, |last| last.from.max(now)),
        by: me.clone(),
        from: Some(facts.holding.holder.clone()),
        to: None,
        awaits: None,
        amount: None,
        seal: String::new(),
        note: String::new(),
    };
    let (mut parts, mut receipt) = (Vec::new(), None);
    let colleague = |id: &str| facts.colleagues.iter().find(|one| one.id == id).cloned();
    match input {
        Input::Confirm => {
            event.kind = Happening::Confirmed;
            event.to = facts.holding.pending.as_ref().map(|pending| pending.to.clone());
            receipt = matches!(event.to, Some(Holder::Gone(_))).then_some(End::Destroyed);
        }
        Input::Refuse { reason } => (event.kind, event.note) = (Happening::Refused, reason),
        Input::Withdraw => event.kind = Happening::Withdrawn,
        Input::Offer { to, note } => {
            (event.kind, event.note) = (Happening::Offered, note);
            event.awaits = colleague(&to);
            event.to = event.awaits.clone().map(Holder::Person);
        }
        Input::Place { place, witness } => {
            event.to = facts.places.iter().find(|one| one.id == place).map(|one| Holder::Place(one.party()));
            event.awaits = witness.and_then(|id| colleague(&id));
        }
        Input::Take { witness } => {
            event.to = Some(Holder::Person(me));
            event.awaits = witness.and_then(|id| colleague(&id));
        }
        Input::Seal { number } => (event.kind, event.seal) = (Happening::Sealed, number),
        Input::Unseal { reason } => {
            (event.kind, event.note) = (Happening::Unsealed, reason);
            event.seal = facts.holding.seal.clone().unwrap_or_default();
        }
        Input::Consume { amount, purpose } => {
            (event.kind, event.note) = (Happening::Consumed, purpose);
            event.amount = Some(amount);
        }
        Input::Divide { parts: made } => {
            event.kind = Happening::Divided;
            event.amount = Some(made.iter().map(|part| part.amount).sum());
            parts = made;
        }
        Input::Return { receiver, note } => {
            (event.kind, event.to) = (Happening::Returned, Some(Holder::Gone(End::Returned)));
            event.note = if note.is_empty() { receiver } else { format!("{receiver} · {note}") };
            receipt = Some(End::Returned);
        }
        Input::Destroy { method, witness } => {
            (event.kind, event.note) = (Happening::Offered, method);
            event.to = Some(Holder::Gone(End::Destroyed));
            event.awaits = colleague(&witness);
        }
        Input::Find { place } => {
            (event.kind, event.note) = (Happening::Found, place);
            event.to = Some(Holder::Person(me));
        }
        Input::Explain { text } => (event.kind, event.note) = (Happening::Explained, text),
        Input::Lose { text } => {
            (event.kind, event.note) = (Happening::Lost, text);
            event.to = Some(Holder::Lost);
        }
    }
    // A witnessed move waits for the witness, as a hand-over waits for its taker.
    if event.kind == Happening::Moved && event.awaits.is_some() {
        event.kind = Happening::Offered;
    }
    Decision { event, parts, receipt }
}

/// Why a material cannot be received now.
pub fn cannot_receive(material: &Material, actor: &Actor) -> Option<Objection> {
    if !may_receive(&material.owners, actor) {
        return Some(not_the_desk());
    }
    (material.holder != Holder::Client).then(|| Objection {
        what: say("“%{name}”（%{code}）已经接收过，不能重复接收。")
            .with("name", &material.name)
            .with("code", &material.code),
        article: T12_22,
        remedy: say("请核对是否扫错标签；另有一件的，请另行登记。"),
    })
}

#[cfg(test)]
mod tests;
