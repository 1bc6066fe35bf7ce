//! The papers that a step produces, filled from the case.

mod notices;

use super::content::{AcceptanceCheck, Check, Content, DeliveryWay, Ground, MaterialsReturn};
use super::facts::Facts;
use super::papers as printed;
use super::steps::{Action, Case};
use crate::app::App;
use crate::cases::law;
use crate::fail::Fail;
use crate::perform::Tx;
use crate::registry::Categories;
use jiff::civil::Date;
use paper::zh_date;
use procedure::Procedure;

/// Prints what the action produces. `content` is the case as it is after the step, `code` its unified code if it has one.
pub async fn papers(
    app: &App,
    tx: &mut Tx,
    facts: &Facts,
    action: Action,
    content: &Content,
    code: Option<&str>,
) -> Result<(), Fail> {
    let today = tx.today();
    let limit = match action {
        Action::Resume | Action::Continue => {
            let terms = crate::perform::terms(&mut tx.conn, &facts.case.id).await?;
            terms.iter().find(|term| term.is_open()).map(|term| term.due_on)
        }
        _ => None,
    };
    let id = facts.case.id.clone();
    let about = About { facts, content, code: code.unwrap_or_default().to_owned(), today, limit };
    match action {
        Action::Accept => {
            if let Some(check) = &content.check {
                // The head's opinion is printed only where the head decided; else its place is left to be signed.
                let by_head = tx.actor.is(crate::actor::Role::Head);
                let sheet = about.acceptance_check(check, by_head);
                app.papers.make(app, tx, Case::NAME, &id, "受理审查表.pdf", &sheet).await?;
            }
            let notice = about.notice_to_client();
            app.papers.make(app, tx, Case::NAME, &id, "司法鉴定告知书.pdf", &notice).await?;
        }
        Action::Decline => {
            let notice = about.refusal();
            app.papers.make(app, tx, Case::NAME, &id, "不予受理告知书.pdf", &notice).await?;
        }
        Action::Commission => {
            if let Some(check) = &content.check {
                let agreement = about.agreement(check);
                app.papers.make(app, tx, Case::NAME, &id, "司法鉴定委托书.pdf", &agreement).await?;
            }
        }
        _ => notices::print(app, tx, &about, action).await?,
    }
    Ok(())
}

/// The fee as the agreement prints it: line by line where it was quoted so.
fn fee(agreed: &super::content::Agreement) -> printed::Fee {
    let lines: Vec<(String, String, i64)> = agreed
        .quoted()
        .into_iter()
        .map(|line| {
            let standard = if agreed.quote.is_empty() {
                "按约定".to_owned()
            } else {
                format!("{}元×{}", printed::amount(line.price_fen), line.units)
            };
            let total = line.total_fen();
            (line.name, standard, total)
        })
        .collect();
    let items: Vec<(&str, &str, i64)> =
        lines.iter().map(|(name, standard, fen)| (name.as_str(), standard.as_str(), *fen)).collect();
    printed::Fee::of(&items, &agreed.fee_way, "")
}

struct About<'a> {
    facts: &'a Facts,
    content: &'a Content,
    code: String,
    today: Date,
    /// The limit for the opinion as the step leaves it.
    limit: Option<Date>,
}

/// Item and matter as one line: `人体损伤程度鉴定：……`.
pub fn matters(content: &Content) -> Vec<String> {
    let item = Categories::get().find(&content.entrustment.item).map_or("", |one| one.name);
    vec![format!("{item}：{}", content.entrustment.matter)]
}

/// The examinee as the papers name him: name, sex, birth date; no ID number beyond what the format asks.
pub fn examinee_line(content: &Content) -> String {
    let one = &content.entrustment.examinee;
    let mut text = one.name.clone();
    if let Some(sex) = one.sex {
        text += &format!("，{}", sex.label());
    }
    if let Some(birth) = one.birth {
        text += &format!("，{}出生", zh_date(birth));
    }
    if !one.id_number.is_empty() {
        text += &format!("，公民身份号码{}", one.id_number);
    }
    text
}

impl About<'_> {
    fn client(&self) -> printed::Client {
        let client = &self.content.entrustment.client;
        printed::Client {
            name: client.name.clone(),
            contact: format!("{} {}", client.contact, client.phone),
            address: client.address.clone(),
            handling_officer: client.officer.clone(),
        }
    }

    fn institution(&self) -> printed::Institution {
        let one = &self.facts.institution;
        printed::Institution {
            name: one.name.clone(),
            licence: one.licence.as_ref().map(|licence| licence.number.clone()).unwrap_or_default(),
            address: one.address.clone(),
            postcode: String::new(),
            contact: String::new(),
            phone: one.phone.clone(),
        }
    }

    fn agreement(&self, check: &AcceptanceCheck) -> printed::CommissionAgreement {
        let entrustment = &self.content.entrustment;
        let earlier = entrustment.reappraisal.as_ref();
        let agreed = &check.agreement;
        printed::CommissionAgreement {
            number: entrustment.client.letter.clone(),
            case_code: self.code.clone(),
            client: self.client(),
            institution: self.institution(),
            parties: vec![printed::Party {
                role: "被鉴定人".into(),
                name: entrustment.examinee.name.clone(),
                details: examinee_line(self.content)
                    .split_once('，')
                    .map(|(_, rest)| rest.to_owned())
                    .unwrap_or_default(),
            }],
            matters: matters(self.content),
            requirement: entrustment.matter.clone(),
            reappraisal: earlier.is_some(),
            earlier_opinion: earlier
                .map(|one| format!("{}（鉴定人：{}）", one.institution, one.appraisers))
                .unwrap_or_default(),
            purpose: entrustment.purpose.label().into(),
            case_facts: entrustment.case_facts.clone(),
            materials: self.material_lines(),
            consumption: String::new(),
            fee: fee(agreed),
            delivery: match entrustment.delivery {
                DeliveryWay::Collect => printed::Delivery::Collect,
                DeliveryWay::Post => printed::Delivery::Post { address: entrustment.client.address.clone() },
                DeliveryWay::Online => printed::Delivery::Other { how: "通过本平台下载电子意见书".into() },
            },
            copies_to_client: 3,
            agreement: printed::Agreement {
                materials: match agreed.materials_return {
                    MaterialsReturn::Whole => printed::MaterialReturn::ReturnWhole,
                    MaterialsReturn::MayBeUsed => printed::MaterialReturn::MayBeUsedUp,
                    MaterialsReturn::NoReturn => printed::MaterialReturn::NoReturn,
                },
                special_keeping: String::new(),
                leftover: printed::Leftover::ClientCollects { weeks: agreed.collect_weeks.to_string() },
                time_limit: printed::TimeLimit::Workdays { days: agreed.term_workdays },
            },
            recusals: match entrustment.recusal_wish.as_str() {
                "" => Vec::new(),
                wish => vec![printed::RecusalLine { name: wish.to_owned(), reason: String::new() }],
            },
            other_agreements: agreed.other.clone(),
            other_matters: String::new(),
            client_signed_on: zh_date(self.today),
            institution_signed_on: zh_date(check.on),
            printed_on: self.today,
        }
    }

    fn material_lines(&self) -> Vec<printed::MaterialLine> {
        let received = zh_date(self.facts.case.received_on);
        let line = |one: &super::content::Material| printed::MaterialLine {
            name: one.name.clone(),
            kind: one.kind.clone(),
            quantity: one.quantity.clone(),
            properties: one.properties.clone(),
            state: String::new(),
            received_on: received.clone(),
        };
        self.content.materials().map(line).collect()
    }

    fn acceptance_check(&self, check: &AcceptanceCheck, by_head: bool) -> printed::AcceptanceCheck {
        let entrustment = &self.content.entrustment;
        let six = [Check::Scope, Check::Materials, Check::Purpose, Check::Requirement, Check::Ability, Check::Sole];
        let line = |(question, one): (&&str, &Check)| printed::CheckLine {
            question: (*question).to_owned(),
            answer: if check.answers.contains(one) { printed::Answer::Yes } else { printed::Answer::No },
            note: String::new(),
        };
        let due = match crate::cases::rules::acceptance_due(&self.facts.case) {
            Some(due) => zh_date(due),
            None => String::new(),
        };
        printed::AcceptanceCheck {
            number: entrustment.client.letter.clone(),
            case_code: self.code.clone(),
            client: entrustment.client.name.clone(),
            institution: self.facts.institution.name.clone(),
            received_on: zh_date(self.facts.case.received_on),
            due_on: due,
            matters: matters(self.content),
            purpose: entrustment.purpose.label().into(),
            materials: entrustment
                .materials
                .iter()
                .map(|one| format!("{}（{}）", one.name, one.quantity))
                .collect::<Vec<_>>()
                .join("、"),
            checks: printed::ACCEPTANCE_QUESTIONS.iter().zip(&six).map(line).collect(),
            verdict: printed::Verdict::Accept,
            remark: [check.remarks.as_str(), check.early_reason.as_str()]
                .iter()
                .filter(|text| !text.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("；"),
            checked_on: zh_date(check.on),
            head_opinion: if by_head { "同意受理。".into() } else { String::new() },
            decided_on: if by_head { zh_date(check.on) } else { String::new() },
            printed_on: self.today,
        }
    }

    fn notice_to_client(&self) -> printed::NoticeToClient {
        printed::NoticeToClient {
            number: self.content.entrustment.client.letter.clone(),
            case_code: self.code.clone(),
            told_to: self.content.entrustment.client.name.clone(),
            relation: "委托人".into(),
            institution: self.facts.institution.name.clone(),
            matters: matters(self.content),
            told_on: zh_date(self.today),
            printed_on: self.today,
        }
    }

    fn refusal(&self) -> printed::RefusalNotice {
        let entrustment = &self.content.entrustment;
        let refusal = self.content.refusal.as_ref();
        let reason = |ground: &Ground| printed::RefusalReason {
            ground: ground.label().into(),
            explanation: refusal.map(|refusal| refusal.explanation.clone()).unwrap_or_default(),
            article: law::T15.into(),
        };
        printed::RefusalNotice {
            number: entrustment.client.letter.clone(),
            case_code: self.code.clone(),
            client: entrustment.client.name.clone(),
            institution: self.facts.institution.name.clone(),
            commissioned_on: zh_date(self.facts.case.received_on),
            matters: matters(self.content),
            reasons: refusal.map(|refusal| refusal.grounds.iter().map(reason).collect()).unwrap_or_default(),
            advice: String::new(),
            materials: entrustment
                .materials
                .iter()
                .map(|one| printed::ReturnedMaterial {
                    name: one.name.clone(),
                    quantity: one.quantity.clone(),
                    state: refusal.map(|refusal| refusal.returned.clone()).unwrap_or_default(),
                })
                .collect(),
            dated: zh_date(self.today),
            printed_on: self.today,
        }
    }
}
