//! The forms of the detours: what people type, into what the rules understand.

use super::{About, FEE_MAX_FEN, LONG, SHORT, material_rows, words};
use crate::cases::content::{
    Adoption, Attended, Correction, CorrectionKind, CorrectionPart, CourtAttendance, CourtOutcome, Earlier, EndGround,
    Ending, Entrustment, Extension, ExtensionBasis, ExtensionReason, OpinionWithdrawal, PauseGround, ReappraisalGround,
    RefundUndertaking, Responsibility, Supplement, SupplementRequest, SupplementaryGround, Supplements,
    WithdrawalGround,
};
use crate::cases::facts::Input;
use crate::cases::rules;
use crate::cases::steps::Action;
use crate::fail::Fault;
use crate::text::say;
use crate::web::form::{Form, Reader};

/// Most working days of one extension: nobody agrees to more than a year.
const EXTENSION_MAX: i64 = 250;

/// The form of a detour as the act's input; `None` for an action that has no form here.
pub(super) fn input(action: Action, form: &Form, about: &About) -> Option<Result<Input, Vec<Fault>>> {
    let mut reader = Reader::new(form);
    let input = match action {
        Action::RequestSupplement => Input::RequestSupplement(SupplementRequest {
            needed: reader.required("needed", LONG),
            until: reader.optional_date("until"),
            asked_on: about.today,
            answer: None,
        }),
        Action::Supplement => Input::Supplement(supplement(&mut reader, form, about)),
        Action::ObjectToAppraiser => Input::ObjectToAppraiser {
            appraiser_id: reader.required("appraiser_id", SHORT),
            reason: reader.required("reason", LONG),
        },
        Action::DecideRecusal => Input::DecideRecusal {
            sustained: reader.choice("sustained", &[("yes", true), ("no", false)]).unwrap_or_default(),
            reason: reader.required("reason", LONG),
        },
        Action::Pause => {
            let (ground, detail) = pause(&mut reader);
            Input::Pause { ground, detail }
        }
        Action::Suspend => {
            let (ground, detail) = pause(&mut reader);
            Input::Suspend { ground, detail }
        }
        Action::ApprovePause => Input::ApprovePause,
        Action::RejectPause => Input::RejectPause { reason: reader.required("reason", LONG) },
        Action::Resume => Input::Resume { note: reader.required("note", LONG) },
        Action::Continue => Input::Continue { note: reader.required("note", LONG) },
        Action::Extend => Input::Extend(extension(&mut reader, about)),
        Action::Terminate => Input::Terminate(Ending {
            grounds: EndGround::CHOICES
                .iter()
                .filter(|(word, _, _)| form.has("grounds", word))
                .map(|(_, _, one)| *one)
                .collect(),
            explanation: reader.required("explanation", LONG),
            returned: reader.required("returned", LONG),
            responsibility: reader
                .choice("responsibility", &words(Responsibility::CHOICES))
                .unwrap_or(Responsibility::Nobody),
            on: about.today,
        }),
        Action::Withdraw => Input::Withdraw(Ending {
            grounds: vec![EndGround::WithdrawnOrUnpaid],
            explanation: reader.required("explanation", LONG),
            returned: String::new(),
            responsibility: Responsibility::Client,
            on: about.today,
        }),
        Action::Correct => {
            super::proof(&mut reader);
            Input::Correct(correction(&mut reader, form, about))
        }
        Action::Supplementary => Input::Supplementary(Box::new(supplementary(&mut reader, form, about))),
        Action::ReAppraise => Input::ReAppraise(Box::new(reappraisal(&mut reader, form, about))),
        Action::AttendCourt => Input::AttendCourt(court_notice(&mut reader, about)),
        Action::RecordCourt => Input::RecordCourt(CourtOutcome {
            attended: reader.choice("attended", &words(Attended::CHOICES)).unwrap_or(Attended::InPerson),
            record: reader.required("record", LONG),
            on: about.today,
        }),
        Action::WithdrawOpinion => {
            super::proof(&mut reader);
            reader.required("opinion_sha256", SHORT);
            Input::WithdrawOpinion(withdrawal(&mut reader, form, about))
        }
        _ => return None,
    };
    Some(reader.finish(input))
}

fn supplement(reader: &mut Reader, form: &Form, about: &About) -> Supplement {
    let materials = material_rows(reader, form);
    let note = reader.optional("note", LONG);
    if materials.is_empty() && note.is_empty() {
        reader.fault("materials", say("请登记补充的材料；只作说明的，请填写说明。"));
    }
    confirmed(reader, form);
    Supplement { materials, note, on: about.today }
}

fn confirmed(reader: &mut Reader, form: &Form) {
    if !form.is_checked("materials_confirmed") {
        reader.fault("materials_confirmed", say("请确认鉴定材料真实、合法，并对此负责。"));
    }
}

fn pause(reader: &mut Reader) -> (PauseGround, String) {
    let ground = reader.choice("ground", &words(PauseGround::CHOICES)).unwrap_or(PauseGround::Other);
    (ground, reader.required("detail", LONG))
}

fn extension(reader: &mut Reader, about: &About) -> Extension {
    Extension {
        workdays: u16::try_from(reader.number("workdays", 1, EXTENSION_MAX)).unwrap_or(1),
        reason: reader.choice("reason", &words(ExtensionReason::CHOICES)).unwrap_or(ExtensionReason::Complex),
        explanation: reader.required("explanation", LONG),
        basis: reader.choice("basis", &words(ExtensionBasis::CHOICES)).unwrap_or(ExtensionBasis::Head),
        paper: reader.optional("paper", SHORT),
        on: about.today,
        from: None,
        to: None,
    }
}

fn correction(reader: &mut Reader, form: &Form, about: &About) -> Correction {
    if form.text("part") == "opinion" {
        reader.fault("part", say("“鉴定意见”部分不能补正：补正不得改变鉴定意见的原意。"));
    }
    if !form.is_checked("unchanged") {
        reader.fault("unchanged", say("请核对后确认改动不改变鉴定意见的原意。"));
    }
    Correction {
        kind: reader.choice("kind", &words(CorrectionKind::CHOICES)).unwrap_or(CorrectionKind::Wording),
        part: reader.choice("part", &words(CorrectionPart::CHOICES)).unwrap_or(CorrectionPart::General),
        place: reader.required("place", SHORT),
        wrong: reader.required("wrong", LONG),
        right: reader.required("right", LONG),
        by: about.actor.name.clone(),
        on: about.today,
    }
}

fn withdrawal(reader: &mut Reader, form: &Form, about: &About) -> OpinionWithdrawal {
    if !form.is_checked("final") {
        reader.fault("final", say("请确认：撤销立即公布，并且不能取消。"));
    }
    OpinionWithdrawal {
        ground: reader.choice("ground", &words(WithdrawalGround::CHOICES)).unwrap_or(WithdrawalGround::Basis),
        explanation: reader.required("explanation", LONG),
        document: reader.optional("document", SHORT),
        adopted: reader.choice("adopted", &words(Adoption::CHOICES)).unwrap_or(Adoption::Unknown),
        court: reader.optional("court", SHORT),
        refund: reader.choice("refund", &words(RefundUndertaking::CHOICES)).unwrap_or(RefundUndertaking::Full),
        by: about.actor.name.clone(),
        on: about.today,
    }
}

/// 补充鉴定: the same person, institution and item; what is asked and what is handed in is new.
fn supplementary(reader: &mut Reader, form: &Form, about: &About) -> Entrustment {
    let ground = reader.choice("ground", &words(SupplementaryGround::CHOICES)).unwrap_or(SupplementaryGround::Other);
    let case = &about.facts.case;
    Entrustment {
        supplements: Some(Supplements {
            case_id: case.id.clone(),
            opinion_number: case.opinion_number.clone().unwrap_or_default(),
            ground,
        }),
        reappraisal: None,
        ..again(reader, form, about)
    }
}

/// 重新鉴定: another institution as a rule, and none of the first appraisers.
fn reappraisal(reader: &mut Reader, form: &Form, about: &About) -> Entrustment {
    let ground = reader.choice("ground", &words(ReappraisalGround::CHOICES)).unwrap_or(ReappraisalGround::Organ);
    let explanation = reader.required("explanation", LONG);
    let special_reason = reader.optional("special_reason", LONG);
    let institution_id = reader.required("institution_id", SHORT);
    let team: Vec<_> = about.facts.team.iter().map(|member| member.appraiser.name.clone()).collect();
    Entrustment {
        institution_id,
        supplements: None,
        reappraisal: Some(Earlier {
            institution: about.facts.institution.name.clone(),
            appraisers: team.join("、"),
            ground: format!("{}。{explanation}", ground.label()),
            case_id: Some(about.facts.case.id.clone()),
            special_reason,
        }),
        ..again(reader, form, about)
    }
}

/// The entrustment of the first case with a new matter, letter and materials.
fn again(reader: &mut Reader, form: &Form, about: &About) -> Entrustment {
    let mut entrustment = about.facts.entrustment().clone();
    entrustment.matter = reader.required("matter", LONG);
    entrustment.client.letter = reader.required("client_letter", SHORT);
    entrustment.materials = material_rows(reader, form);
    confirmed(reader, form);
    entrustment
}

fn court_notice(reader: &mut Reader, about: &About) -> CourtAttendance {
    let notice_on = reader.date("notice_on").unwrap_or(about.today);
    let hearing_on = reader.date("hearing_on").unwrap_or(about.today);
    let days = match about.facts.pack(about.today).term("DL13") {
        Some(worktime::Term::Days(days)) => i64::from(days),
        _ => 0,
    };
    CourtAttendance {
        court: reader.required("court", SHORT),
        case_number: reader.required("case_number", SHORT),
        notice_on,
        hearing_on,
        place: reader.required("place", SHORT),
        persons: reader.required("persons", SHORT),
        fee_fen: reader.fen("fee", FEE_MAX_FEN),
        notice_late: rules::notice_is_late(notice_on, hearing_on, days),
        outcome: None,
    }
}
