//! What people type, into what the rules understand; every fault at once.

use super::content::*;
use super::facts::{Facts, Input};
use super::steps::Action;
use crate::actor::Actor;
use crate::fail::Fault;
use crate::fees::{self, QuoteLine};
use crate::registry::{Appraiser, Categories, ItemCode};
use crate::text::say;
use crate::web::form::{Form, Reader};
use jiff::civil::Date;

mod detours;

/// The steps at which a document is signed: they ask for password and code once more (`accounts::StepUp`).
pub const SIGNED_STEPS: &[Action] = &[Action::Sign, Action::Issue, Action::Correct, Action::WithdrawOpinion];
/// Their fields that are never shown again, kept or hashed.
pub const SECRETS: &[&str] = &["password", "code"];

/// Characters of a name, a number, an address.
const SHORT: usize = 200;
/// Characters of a statement of facts.
const LONG: usize = 20_000;
/// Materials of one entrustment; the rest goes into a list that is attached.
pub const MATERIALS_MAX: usize = 100;
/// Most that a fee may be, in fen: 10 million yuan.
const FEE_MAX_FEN: i64 = 1_000_000_000;

/// The entrustment as the client typed it.
///
/// # Errors
/// One fault for every field that cannot be taken, by the field's name.
pub fn entrustment(form: &Form, today: Date) -> Result<Entrustment, Vec<Fault>> {
    let mut reader = Reader::new(form);
    let item = item(&mut reader, form);
    let reappraisal = form.is_checked("reappraisal").then(|| Earlier {
        institution: reader.required("earlier_institution", SHORT),
        appraisers: reader.required("earlier_appraisers", SHORT),
        ground: reader.required("earlier_ground", LONG),
        case_id: None,
        special_reason: reader.optional("earlier_special_reason", LONG),
    });
    let purpose = reader.choice("purpose", &words(Purpose::CHOICES));
    let delivery = reader.choice("delivery", &words(DeliveryWay::CHOICES));
    let injury = injury(&mut reader, form, today);
    let examinee = examinee(&mut reader, form, today);
    let materials = materials(&mut reader, form);
    if !form.is_checked("materials_confirmed") {
        reader.fault("materials_confirmed", say("请确认鉴定材料真实、合法，并对此负责。"));
    }
    let institution_id = reader.required("institution_id", SHORT);
    let matter = reader.required("matter", LONG);
    let case_facts = reader.required("case_facts", LONG);
    let client = ClientContact {
        name: reader.required("client_name", SHORT),
        address: reader.required("client_address", SHORT),
        contact: reader.required("client_contact", SHORT),
        phone: phone(&mut reader, "client_phone", true),
        officer: reader.required("client_officer", SHORT),
        letter: reader.required("client_letter", SHORT),
    };
    let recusal_wish = reader.optional("recusal_wish", LONG);
    let (Some(item), Some(purpose), Some(delivery)) = (item, purpose, delivery) else { return Err(reader.faults) };
    reader.finish(Entrustment {
        institution_id,
        item,
        matter,
        purpose,
        reappraisal,
        case_facts,
        client,
        examinee,
        materials,
        materials_confirmed: true,
        injury,
        recusal_wish,
        delivery,
        supplements: None,
    })
}

fn words<T: Copy>(choices: &[(&'static str, &'static str, T)]) -> Vec<(&'static str, T)> {
    choices.iter().map(|(word, _, value)| (*word, *value)).collect()
}

fn item(reader: &mut Reader, form: &Form) -> Option<ItemCode> {
    let found = form.text("item").parse::<ItemCode>().ok().filter(|code| Categories::get().find(code).is_some());
    if found.is_none() {
        reader.fault("item", say("请从列表中选择鉴定事项。"));
    }
    found
}

fn phone(reader: &mut Reader, field: &str, required: bool) -> String {
    let text = if required { reader.required(field, SHORT) } else { reader.optional(field, SHORT) };
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = text.chars().all(|c| c.is_ascii_digit() || " +-()（）转*".contains(c)) && (5..=20).contains(&digits);
    if !text.is_empty() && !fits {
        reader.fault(field, say("请填写电话号码，例如021-12345678或13800000000。"));
    }
    text
}

fn injury(reader: &mut Reader, form: &Form, today: Date) -> Option<Injury> {
    if form.text("injury_on").is_empty() && form.text("injury_basis").is_empty() {
        if form.text("item").starts_with(INJURY_GRADE) {
            reader.fault("injury_on", say("损伤程度鉴定请填写受伤日期。"));
        }
        return None;
    }
    let on = reader.date("injury_on");
    let basis = reader.choice("injury_basis", &words(InjuryBasis::CHOICES));
    if on.is_some_and(|on| on > today) {
        reader.fault("injury_on", say("日期不能晚于今天。"));
    }
    Some(Injury { on: on?, basis: basis? })
}

/// 人体损伤程度鉴定: the one item with a rule on when it may be done.
const INJURY_GRADE: &str = "FY-0201";

fn examinee(reader: &mut Reader, form: &Form, today: Date) -> Examinee {
    let name = reader.required("examinee_name", SHORT);
    let sex = match form.text("examinee_sex") {
        "" => None,
        _ => reader.choice("examinee_sex", &words(Sex::CHOICES)),
    };
    let birth = reader.optional_date("examinee_birth");
    if birth.is_some_and(|birth| birth > today) {
        reader.fault("examinee_birth", say("日期不能晚于今天。"));
    }
    let id_number = reader.optional("examinee_id_number", SHORT).to_uppercase();
    if !id_number.is_empty() && !is_id_number(&id_number) {
        reader.fault("examinee_id_number", say("身份证号码应为18位，请核对末位校验码；其他证件请写在地址栏内。"));
    }
    let phone = phone(reader, "examinee_phone", false);
    Examinee { name, sex, birth, id_number, phone, address: reader.optional("examinee_address", SHORT) }
}

/// GB 11643: 17 digits and a check sign (ISO 7064 MOD 11-2).
pub fn is_id_number(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let signs = text.as_bytes();
    if signs.len() != 18 || !signs[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = signs.iter().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    signs[17] == CHECK[(sum % 11) as usize]
}

fn materials(reader: &mut Reader, form: &Form) -> Vec<Material> {
    let found = material_rows(reader, form);
    if found.is_empty() {
        reader.fault("materials", say("请至少登记一项鉴定材料：名称、种类、数量、性状。"));
    }
    found
}

/// The rows of materials that were filled in; there may be none.
fn material_rows(reader: &mut Reader, form: &Form) -> Vec<Material> {
    let names = form.all("material_name");
    let column = |field: &str, row: usize| form.all(field).get(row).copied().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for (row, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        found.push(Material {
            name: (*name).to_owned(),
            kind: column("material_kind", row),
            quantity: column("material_quantity", row),
            properties: column("material_properties", row),
        });
    }
    let too_long = found.iter().any(|one| {
        [&one.name, &one.kind, &one.quantity, &one.properties].iter().any(|text| text.chars().count() > SHORT)
    });
    if found.len() > MATERIALS_MAX {
        reader.fault("materials", say("最多登记%{n}项，其余请列成清单作为附件。").with("n", MATERIALS_MAX));
    } else if found.iter().any(|one| one.quantity.is_empty()) {
        reader.fault("materials", say("每项材料都要写明数量。"));
    } else if too_long {
        reader.fault("materials", say("最多%{n}个字。").with("n", SHORT));
    }
    found
}

/// Everything an action's form may refer to besides what was typed.
pub struct About<'a> {
    pub actor: &'a Actor,
    pub today: Date,
    pub facts: &'a Facts,
    /// The appraisers that may be chosen.
    pub appraisers: &'a [Appraiser],
}

/// The form of an action as the act's input; `None` for an action that has no form here.
///
/// # Errors
/// Every fault, by field.
pub fn input(action: Action, form: &Form, about: &About) -> Option<Result<Input, Vec<Fault>>> {
    let mut reader = Reader::new(form);
    let input = match action {
        Action::Decline => Input::Decline(Refusal {
            grounds: Ground::CHOICES
                .iter()
                .filter(|(word, _, _)| form.has("grounds", word))
                .map(|(_, _, one)| *one)
                .collect(),
            explanation: reader.required("explanation", LONG),
            returned: reader.required("returned", LONG),
        }),
        Action::Accept => Input::Accept(acceptance(&mut reader, form, about)),
        Action::Commission => {
            if !form.is_checked("agreed") {
                reader.fault("agreed", say("请阅读约定事项和风险提示，并勾选同意。"));
            }
            Input::Commission
        }
        Action::Assign => {
            Input::Assign { team: team(&mut reader, form, about), reason: reader.optional("reason", LONG) }
        }
        Action::Replace => {
            Input::Replace { team: team(&mut reader, form, about), reason: reader.required("reason", LONG) }
        }
        Action::Declare => Input::Declare(declaration(&mut reader, form)),
        Action::Begin => {
            if !form.is_checked("materials_checked") {
                reader.fault("materials_checked", say("请核对鉴定材料与登记相符后勾选。"));
            }
            Input::Begin
        }
        Action::Draft => Input::Draft(examination(&mut reader)),
        Action::SubmitForReview => Input::SubmitForReview,
        Action::SendBack => Input::SendBack { comments: reader.required("comments", LONG) },
        Action::Approve => Input::Approve(Review {
            procedure: reader.required("procedure", LONG),
            opinion: reader.required("opinion", LONG),
            by: about.actor.name.clone(),
            on: about.today,
        }),
        Action::Sign => {
            if !form.is_checked("read") {
                reader.fault("read", say("请通读意见书后勾选。"));
            }
            signed_text(&mut reader);
            proof(&mut reader);
            Input::Sign
        }
        Action::Issue => {
            signed_text(&mut reader);
            proof(&mut reader);
            Input::Issue
        }
        Action::Deliver => {
            let way = reader.choice("way", &words(DeliveryWay::CHOICES)).unwrap_or(DeliveryWay::Online);
            let on = reader.date("on").unwrap_or(about.today);
            let copies = reader.number("copies", 1, 99);
            Input::Deliver(Delivery { way, receiver: reader.required("receiver", SHORT), on, copies })
        }
        Action::Archive => Input::Archive { shelf: reader.required("shelf", SHORT) },
        detour => return detours::input(detour, form, about),
    };
    Some(reader.finish(input))
}

/// The text that is signed, by the hash that the form showed; whether it still is the newest, `acts::prepare` asks.
fn signed_text(reader: &mut Reader) {
    reader.required("draft_sha256", SHORT);
}

/// Whether they are right, `acts::prepare` asks.
fn proof(reader: &mut Reader) {
    reader.required("password", SHORT);
    reader.optional("code", SHORT);
}

fn acceptance(reader: &mut Reader, form: &Form, about: &About) -> AcceptanceCheck {
    let quote = fees::read_lines(reader, form, fees::tariff(&about.facts.institution.region, about.today).as_ref());
    let fee_fen = fee(reader, form, &quote);
    let agreement = Agreement {
        term_workdays: u16::try_from(reader.number("term_workdays", 1, 250))
            .unwrap_or(super::rules::APPRAISAL_WORKDAYS),
        limit_by: match form.text("limit_by") {
            "" => LimitBy::Agreed,
            _ => reader.choice("limit_by", &words(LimitBy::CHOICES)).unwrap_or_default(),
        },
        fee_fen,
        fee_way: reader.required("fee_way", SHORT),
        quote,
        materials_return: reader
            .choice("materials_return", &words(MaterialsReturn::CHOICES))
            .unwrap_or(MaterialsReturn::Whole),
        collect_weeks: reader.number("collect_weeks", 1, 520),
        other: reader.optional("other", LONG),
    };
    AcceptanceCheck {
        answers: Check::CHOICES
            .iter()
            .filter(|(word, _, _)| form.has("answers", word))
            .map(|(_, _, one)| *one)
            .collect(),
        remarks: reader.optional("remarks", LONG),
        early_reason: reader.optional("early_reason", LONG),
        agreement,
        by: about.actor.name.clone(),
        on: about.today,
        elsewhere: elsewhere(reader, form),
    }
}

/// The sum agreed: typed, or left to the quote; both together must be the same.
fn fee(reader: &mut Reader, form: &Form, quote: &[QuoteLine]) -> i64 {
    let total = quote.iter().fold(0_i64, |sum, line| sum.saturating_add(line.total_fen()));
    if !quote.is_empty() && form.text("fee").is_empty() {
        return total;
    }
    let fen = reader.fen("fee", FEE_MAX_FEN);
    if !quote.is_empty() && fen != total {
        reader.fault("fee", say("鉴定费用与下列各项的合计%{total}元不符。").with("total", paper::amount(total)));
    }
    fen
}

/// The decision on what seems to be the same matter; whether one is needed, the rules ask.
fn elsewhere(reader: &mut Reader, form: &Form) -> Option<Elsewhere> {
    let choice = ElsewhereChoice::of(form.text("elsewhere"))?;
    Some(Elsewhere { choice, reason: reader.required("elsewhere_reason", LONG), seen: Vec::new() })
}

fn team(reader: &mut Reader, form: &Form, about: &About) -> Vec<Appraiser> {
    let chosen = form.all("appraisers");
    let lead = form.text("lead");
    if !chosen.is_empty() && !chosen.contains(&lead) {
        reader.fault("lead", say("请从选定的鉴定人中指定第一鉴定人。"));
    }
    let mut team: Vec<Appraiser> =
        about.appraisers.iter().filter(|one| chosen.contains(&one.id.as_str())).cloned().collect();
    if team.len() < chosen.len() {
        reader.fault("appraisers", say("所选的鉴定人不在本机构名册内，请重新选择。"));
    }
    team.sort_by_key(|one| one.id != lead);
    team
}

fn declaration(reader: &mut Reader, form: &Form) -> Declaration {
    let conflicts: Vec<Conflict> =
        Conflict::CHOICES.iter().filter(|(word, _, _)| form.has("conflicts", word)).map(|(_, _, one)| *one).collect();
    if conflicts.is_empty() && !form.is_checked("none") {
        reader.fault("none", say("请勾选符合的情形；都不符合的，请勾选“没有应当回避的情形”。"));
    }
    if !conflicts.is_empty() && form.is_checked("none") {
        reader.fault("none", say("已勾选回避情形，不能同时勾选“没有应当回避的情形”。"));
    }
    Declaration { conflicts, note: reader.optional("note", LONG) }
}

fn examination(reader: &mut Reader) -> Examination {
    let from = reader.date("from").unwrap_or_default();
    let to = reader.date("to").unwrap_or_default();
    Examination {
        from,
        to,
        place: reader.required("place", SHORT),
        present: reader.required("present", SHORT),
        tier: reader.choice("tier", &words(MethodTier::CHOICES)).unwrap_or(MethodTier::National),
        method: reader.required("method", LONG),
        validation: reader.optional("validation", LONG),
        record: reader.required("record", LONG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_number_has_its_check_sign() {
        // GB 11643-1999, annex: 11010519491231002X.
        assert!(is_id_number("11010519491231002X"));
        assert!(!is_id_number("110105194912310021"));
        assert!(!is_id_number("1101051949123100"));
        assert!(!is_id_number("甲10105194912310"));
    }

    #[test]
    fn an_empty_entrustment_tells_every_fault() {
        let faults = entrustment(&Form::default(), jiff::civil::date(2026, 3, 2)).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        for field in [
            "item",
            "purpose",
            "delivery",
            "examinee_name",
            "materials",
            "materials_confirmed",
            "institution_id",
            "matter",
            "case_facts",
            "client_name",
            "client_phone",
            "client_letter",
        ] {
            assert!(fields.contains(&field), "{field} missing in {fields:?}");
        }
    }
}
