//! What the forms of a case ask for, told by the forms themselves.

use super::content::{ClientContact, Content, DeliveryWay, ElsewhereChoice, Entrustment, Examinee, Purpose};
use super::facts::{Facts, Record};
use super::forms::{self, About};
use super::steps::{Action, State};
use crate::actor::{Actor, Role};
use crate::registry::{Institution, ItemCode};
use crate::text::Lang;
use crate::web::Form;
use crate::web::described::{Described, describe};
use jiff::civil::Date;

/// The form of an entrustment.
pub fn entrustment(today: Date) -> Described {
    describe(&[("item", INJURY)], |form| forms::entrustment(form, today).err())
}

/// The form of a step; none where the action has no form.
pub fn step(action: Action, today: Date) -> Option<Described> {
    let facts = facts(today, INJURY.parse().ok()?);
    let actor = Actor {
        account_id: String::new(),
        login: String::new(),
        name: String::new(),
        roles: Role::ALL.to_vec(),
        organisation_id: None,
        organisation_name: String::new(),
        appraiser_id: None,
        language: Lang::Zh,
    };
    let about = About { actor: &actor, today, facts: &facts, appraisers: &[] };
    let _has_form = forms::input(action, &Form::default(), &about)?;
    let elsewhere = ElsewhereChoice::CHOICES.first().map_or("", |(word, _, _)| word);
    Some(describe(&[("elsewhere", elsewhere)], |form| forms::input(action, form, &about)?.err()))
}

/// An item whose entrustment asks for the injury as well.
const INJURY: &str = "FY-0201";

/// A case of which nothing is known yet; the forms ask it for little.
fn facts(today: Date, item: ItemCode) -> Facts {
    let none = String::new;
    let entrustment = Entrustment {
        institution_id: none(),
        item,
        matter: none(),
        purpose: Purpose::Other,
        reappraisal: None,
        case_facts: none(),
        client: ClientContact {
            name: none(),
            address: none(),
            contact: none(),
            phone: none(),
            officer: none(),
            letter: none(),
        },
        examinee: Examinee { name: none(), sex: None, birth: None, id_number: none(), phone: none(), address: none() },
        materials: Vec::new(),
        materials_confirmed: true,
        injury: None,
        recusal_wish: none(),
        delivery: DeliveryWay::Online,
        supplements: None,
    };
    let case = Record {
        id: none(),
        version: 1,
        state: State::Received,
        institution_id: none(),
        client_organisation_id: none(),
        client_account_id: none(),
        code: None,
        opinion_number: None,
        received_on: today,
        due_on: None,
        due_provisional: false,
        content: Content::new(entrustment),
    };
    let institution = Institution {
        id: none(),
        name: none(),
        short_name: none(),
        head_name: none(),
        district: none(),
        region: "shanghai".into(),
        address: none(),
        phone: none(),
        licence: None,
    };
    Facts {
        case,
        institution,
        team: Vec::new(),
        eligible: 0,
        draft: None,
        opinion: None,
        papers: Vec::new(),
        materials: Vec::new(),
        terms: Vec::new(),
        client_kind: none(),
        first: None,
        elsewhere: Vec::new(),
        records: Default::default(),
        non_payment: Vec::new(),
    }
}
