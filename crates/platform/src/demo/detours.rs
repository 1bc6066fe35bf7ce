//! The detours of one day, carried out on the planned cases as they stand: what the front desk, appraisers and clients meet
//! besides the main road. Through the real rules; a case that they refuse is passed over for the next one.

use super::carry::Ids;
use super::city::{City, CityCase, Stage};
use super::people::{Cast, House};
use crate::actor::Actor;
use crate::app::App;
use crate::cases::acts;
use crate::cases::content::*;
use crate::cases::facts::Input;
use crate::cases::store::{self, Given, Scope};
use crate::custody::{self, Deed, PlaceChange, PlaceKind};
use crate::fail::Fail;
use crate::fees::{self, refund};
use crate::opinions;
use crate::perform::Tx;
use crate::rulebook;
use crate::web::Form;
use jiff::ToSpan;
use jiff::civil::Date;
use rand::rngs::StdRng;
use std::collections::HashSet;

/// Below this many cases a city need not hold one for each detour.
const CASES_FOR_ALL: usize = 300;

/// What happens off the main road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detour {
    SupplementAwaited,
    SupplementGiven,
    PauseAsked,
    Paused,
    PauseOver,
    Extended,
    RecusalAsked,
    RecusalRefused,
    Terminated,
    Withdrawn,
    CourtAwaited,
    CourtAttended,
    Corrected,
    Supplementary,
    ReAppraisal,
}

/// Each with the stage of the cases that it happens to, and how many of them.
const DETOURS: &[(Detour, Stage, usize)] = &[
    (Detour::SupplementAwaited, Stage::Received, 4),
    (Detour::SupplementGiven, Stage::Received, 2),
    (Detour::PauseAsked, Stage::InExamination, 2),
    (Detour::Paused, Stage::InExamination, 3),
    (Detour::PauseOver, Stage::InExamination, 1),
    (Detour::Extended, Stage::InExamination, 3),
    (Detour::RecusalAsked, Stage::Assigned, 2),
    (Detour::RecusalRefused, Stage::Assigned, 1),
    (Detour::Terminated, Stage::InExamination, 2),
    (Detour::Withdrawn, Stage::Accepted, 2),
    (Detour::CourtAwaited, Stage::Delivered, 2),
    (Detour::CourtAttended, Stage::Delivered, 1),
    (Detour::Corrected, Stage::Delivered, 2),
    (Detour::Supplementary, Stage::Delivered, 1),
    (Detour::ReAppraisal, Stage::Delivered, 1),
];

/// Who acts.
#[derive(Clone, Copy)]
enum Who {
    Client,
    Desk,
    Head,
    Lead,
}

/// Carries today's detours out and puts the materials of running cases away.
///
/// # Errors
/// A city large enough in which the rules refuse a detour in every case: the plan and the rules disagree.
pub async fn take(app: &App, city: &City, cast: &Cast, ids: &Ids, random: StdRng) -> anyhow::Result<()> {
    let mut day = Day { app, city, cast, ids, random, taken: HashSet::new() };
    for (detour, stage, wanted) in DETOURS {
        let mut done = 0;
        let mut refused = String::new();
        for case in candidates(city, *stage) {
            if done == *wanted {
                break;
            }
            if day.taken.contains(&case) {
                continue;
            }
            match day.one(*detour, case).await {
                Ok(()) => {
                    day.taken.insert(case);
                    done += 1;
                }
                Err(fail @ Fail::Internal(_)) => anyhow::bail!("demo case {case}, {detour:?}: {fail}"),
                Err(fail) => refused = fail.to_string(),
            }
        }
        anyhow::ensure!(
            done > 0 || city.cases.len() < CASES_FOR_ALL,
            "the demo holds no case for {detour:?}: {refused}"
        );
    }
    day.put_away().await.map_err(|fail| anyhow::anyhow!("demo materials: {fail}"))
}

/// The cases of a stage, those of the first institution first: its people are listed on the sign-in page.
fn candidates(city: &City, stage: Stage) -> Vec<usize> {
    let mut found: Vec<usize> = (0..city.cases.len()).filter(|n| city.cases[*n].stage == stage).collect();
    found.sort_by_key(|n| (city.cases[*n].institution != 0, *n));
    found
}

struct Day<'a> {
    app: &'a App,
    city: &'a City,
    cast: &'a Cast,
    ids: &'a Ids,
    random: StdRng,
    taken: HashSet<usize>,
}

impl Day<'_> {
    async fn open(&mut self, actor: &Actor) -> Result<Tx, Fail> {
        let mut tx = self.app.write(actor, "demo").await?;
        tx.random = self.random.clone();
        tx.papers_later = true;
        Ok(tx)
    }

    async fn close(&mut self, tx: Tx) -> Result<(), Fail> {
        self.random = tx.random;
        tx.conn.commit().await?;
        Ok(())
    }

    /// One detour on one case, whole or not at all.
    async fn one(&mut self, detour: Detour, case: usize) -> Result<(), Fail> {
        let plan = &self.city.cases[case];
        let house = self.cast.institutions.get(plan.institution).ok_or(Fail::NotFound)?;
        let client = self.cast.clients.get(plan.organ).ok_or(Fail::NotFound)?;
        let lead = plan.lead.and_then(|n| self.cast.appraisers.get(n));
        let id = self.ids.get(&case).ok_or(Fail::NotFound)?.clone();
        let mut tx = self.open(client).await?;
        for (who, input) in self.script(&mut tx, detour, plan, &id).await? {
            tx.actor = match who {
                Who::Client => client.clone(),
                Who::Desk => house.desk.clone(),
                Who::Head => house.head.clone(),
                Who::Lead => lead.ok_or(Fail::NotFound)?.1.clone(),
            };
            let scope = Scope::of(&tx.actor)?;
            let is_correction = matches!(input, Input::Correct(_));
            let mut ready = acts::act(self.app, tx, &scope, &id, input).await?;
            if is_correction {
                opinions::correct(self.app, &mut ready).await?;
            } else {
                acts::carry_out(self.app, &mut ready, Given::default()).await?;
            }
            tx = ready.tx;
        }
        if detour == Detour::Terminated {
            tx.actor = house.head.clone();
            self.settle(&mut tx, &id).await?;
        }
        self.close(tx).await
    }

    /// Who does what, in order.
    async fn script(&self, tx: &mut Tx, detour: Detour, plan: &CityCase, id: &str) -> Result<Vec<(Who, Input)>, Fail> {
        use Detour::*;
        let today = tx.today();
        let pause =
            |ground| Input::Pause { ground, detail: "已电话联系，对方答复下周可以到场。".into() };
        let objection = || {
            let (lead, _) = plan.lead.and_then(|n| self.cast.appraisers.get(n))?;
            let reason = "当事人提出：该鉴定人曾参加本案前期专家咨询。".into();
            Some(Input::ObjectToAppraiser { appraiser_id: lead.id.clone(), reason })
        };
        let script = match detour {
            SupplementAwaited => vec![(Who::Desk, ask(today))],
            SupplementGiven => vec![(Who::Desk, ask(today)), (Who::Client, bring(today))],
            PauseAsked => vec![(Who::Lead, pause(PauseGround::WitnessAbsence))],
            Paused => vec![(Who::Lead, pause(PauseGround::Supplement)), (Who::Head, Input::ApprovePause)],
            PauseOver => vec![
                (Who::Lead, pause(PauseGround::WitnessAbsence)),
                (Who::Head, Input::ApprovePause),
                (Who::Desk, Input::Resume { note: "依法应当到场的人员已到场。".into() }),
            ],
            Extended => vec![(Who::Head, Input::Extend(extension(today)))],
            RecusalAsked => vec![(Who::Client, objection().ok_or(Fail::NotFound)?)],
            RecusalRefused => vec![
                (Who::Client, objection().ok_or(Fail::NotFound)?),
                (
                    Who::Head,
                    Input::DecideRecusal {
                        sustained: false,
                        reason: "经核实，该鉴定人未参加过本案咨询，不具有应当回避的情形。".into(),
                    },
                ),
            ],
            Terminated => {
                vec![(Who::Head, Input::Terminate(ending(EndGround::Uncooperative, Responsibility::Party, today)))]
            }
            Withdrawn => {
                vec![(
                    Who::Client,
                    Input::Withdraw(ending(EndGround::WithdrawnOrUnpaid, Responsibility::Client, today)),
                )]
            }
            CourtAwaited => vec![(Who::Desk, Input::AttendCourt(notice(today, today.saturating_add(12.days()))))],
            CourtAttended => vec![
                (Who::Desk, Input::AttendCourt(notice(today.saturating_sub(8.days()), today))),
                (
                    Who::Desk,
                    Input::RecordCourt(CourtOutcome {
                        attended: Attended::InPerson,
                        record: "第一鉴定人到庭，说明了检验方法和分析依据，回答了各方提问。".into(),
                        on: today,
                    }),
                ),
            ],
            Corrected => {
                let by = plan.lead.and_then(|n| self.cast.appraisers.get(n)).map(|(one, _)| one.name.clone());
                vec![(Who::Lead, Input::Correct(correction(by.unwrap_or_default(), today)))]
            }
            Supplementary => {
                vec![(Who::Client, Input::Supplementary(Box::new(self.supplementary(tx, plan, id).await?)))]
            }
            ReAppraisal => vec![(Who::Client, Input::ReAppraise(Box::new(self.reappraisal(tx, plan, id).await?)))],
        };
        Ok(script)
    }

    async fn supplementary(&self, tx: &mut Tx, plan: &CityCase, id: &str) -> Result<Entrustment, Fail> {
        let (today, scope) = (tx.today(), Scope::of(&tx.actor)?);
        let facts = store::facts(&mut tx.conn, &scope, id, today).await?;
        let mut entrustment = facts.entrustment().clone();
        entrustment.matter = format!("就原委托遗漏的事项补充鉴定：{}", plan.matter);
        entrustment.supplements = Some(Supplements {
            case_id: id.to_owned(),
            opinion_number: facts.case.opinion_number.clone().unwrap_or_default(),
            ground: SupplementaryGround::Omitted,
        });
        Ok(entrustment)
    }

    async fn reappraisal(&self, tx: &mut Tx, plan: &CityCase, id: &str) -> Result<Entrustment, Fail> {
        let (today, scope) = (tx.today(), Scope::of(&tx.actor)?);
        let facts = store::facts(&mut tx.conn, &scope, id, today).await?;
        let fits = |n: &usize| {
            let other = &self.city.institutions[*n];
            *n != plan.institution && other.scope.iter().any(|code| plan.item.starts_with(code.as_str()))
        };
        let other = (0..self.city.institutions.len()).find(fits).ok_or(Fail::NotFound)?;
        let mut entrustment = facts.entrustment().clone();
        entrustment.institution_id = self.cast.institutions.get(other).ok_or(Fail::NotFound)?.id.clone();
        let first: Vec<_> = facts.team.iter().map(|member| member.appraiser.name.clone()).collect();
        entrustment.reappraisal = Some(Earlier {
            institution: facts.institution.name.clone(),
            appraisers: first.join("、"),
            ground: "办案机关认为需要重新鉴定。当事人对原鉴定意见有异议，经审查认为有必要。".into(),
            case_id: Some(id.to_owned()),
            special_reason: String::new(),
        });
        Ok(entrustment)
    }

    /// What goes back of the fee of a terminated case.
    async fn settle(&self, tx: &mut Tx, id: &str) -> Result<(), Fail> {
        let account = fees::find(&mut tx.conn, id).await?.ok_or(Fail::NotFound)?;
        let ended = refund::Ended {
            cause: refund::Cause::T3,
            responsibility: refund::Responsibility::Party,
            work_percent: refund::Stage::Examining.percent(),
            agreed_percent: None,
        };
        let proposal = refund::propose(&ended, &account.balance, rulebook::pack("shanghai", tx.today()));
        let decided = refund::decide(&proposal, None, "", &account.balance).map_err(Fail::Refused)?;
        fees::refund(self.app, tx, id, &proposal, decided).await
    }

    /// Materials of cases in examination lie on a shelf of their institution, and not in somebody's hand.
    async fn put_away(&mut self) -> Result<(), Fail> {
        for (n, house) in self.cast.institutions.iter().enumerate() {
            let running: Vec<&String> = (0..self.city.cases.len())
                .filter(|case| self.city.cases[*case].institution == n && is_running(self.city.cases[*case].stage))
                .filter(|case| !self.taken.contains(case))
                .filter_map(|case| self.ids.get(&case))
                .collect();
            let mut tx = self.open(&house.desk).await?;
            let shelf = arrange(&mut tx, house).await?;
            for (at, id) in running.into_iter().enumerate() {
                // One case in six is on somebody's desk.
                if at % 6 != 5 {
                    store_materials(self.app, &mut tx, id, &shelf).await?;
                }
            }
            self.close(tx).await?;
        }
        Ok(())
    }
}

fn is_running(stage: Stage) -> bool {
    matches!(
        stage,
        Stage::InExamination
            | Stage::DraftOpinion
            | Stage::SentBack
            | Stage::InReview
            | Stage::Approved
            | Stage::PartlySigned
    )
}

/// A room, its cabinets and shelves; the shelf on which the demo puts things.
async fn arrange(tx: &mut Tx, house: &House) -> Result<String, Fail> {
    let plan: [(PlaceKind, &str, Option<&str>, Option<i64>); 5] = [
        (PlaceKind::Room, "物证室", None, None),
        (PlaceKind::Cabinet, "常温柜", Some("物证室"), Some(2_000)),
        (PlaceKind::Shelf, "第一层", Some("常温柜"), Some(1_000)),
        (PlaceKind::Shelf, "第二层", Some("常温柜"), Some(1_000)),
        (PlaceKind::Cabinet, "冷藏柜", Some("物证室"), Some(500)),
    ];
    for (kind, name, within, capacity) in plan {
        let there = custody::places(&mut tx.conn, &house.id).await?;
        let parent_id = within.and_then(|within| there.iter().find(|one| one.name == within)).map(|one| one.id.clone());
        let change = PlaceChange::Add { kind, name: name.into(), parent_id, capacity };
        custody::change_places(tx, &house.id, &change).await?;
    }
    let there = custody::places(&mut tx.conn, &house.id).await?;
    there.into_iter().find(|one| one.name == "第一层").map(|one| one.id).ok_or(Fail::NotFound)
}

async fn store_materials(app: &App, tx: &mut Tx, subject_id: &str, shelf: &str) -> Result<(), Fail> {
    for material in custody::of_subject(&mut tx.conn, subject_id).await? {
        if matches!(material.holder, custody::Holder::Person(_)) {
            let mut form = Form::default();
            form.set("version", material.version.to_string());
            form.set("place_id", shelf);
            custody::act_on(app, tx, &material.code, Deed::Place, &form).await?;
        }
    }
    Ok(())
}

fn ask(today: Date) -> Input {
    Input::RequestSupplement(SupplementRequest {
        needed: "门诊病历首页、入院记录及影像学检查的原始数据。".into(),
        until: Some(today.saturating_add(10.days())),
        asked_on: today,
        answer: None,
    })
}

fn bring(today: Date) -> Input {
    let material = Material {
        name: "补充的门诊病历复印件".into(),
        kind: "文件资料".into(),
        quantity: "1份".into(),
        properties: "6页，加盖病案专用章".into(),
    };
    Input::Supplement(Supplement {
        materials: vec![material], note: "影像资料随卷光盘一并送交。".into(), on: today
    })
}

fn extension(today: Date) -> Extension {
    Extension {
        workdays: 10,
        reason: ExtensionReason::Long,
        explanation: "需要观察伤情变化并补做检查。".into(),
        basis: ExtensionBasis::Head,
        paper: String::new(),
        on: today,
        from: None,
        to: None,
    }
}

fn ending(ground: EndGround, responsibility: Responsibility, today: Date) -> Ending {
    let is_withdrawn = ground == EndGround::WithdrawnOrUnpaid;
    let explanation = if is_withdrawn {
        "双方当事人已经达成调解协议，不再需要鉴定。"
    } else {
        "被鉴定人经三次书面通知仍不到场接受检查。"
    };
    Ending {
        grounds: vec![ground],
        explanation: explanation.into(),
        returned: if is_withdrawn {
            String::new()
        } else {
            "送检材料已按登记表逐件退还委托人。".into()
        },
        responsibility,
        on: today,
    }
}

fn notice(notice_on: Date, hearing_on: Date) -> CourtAttendance {
    CourtAttendance {
        court: "演示市演示区人民法院".into(),
        case_number: format!("（{}）演0101民初{}号", hearing_on.year(), hearing_on.day_of_year()),
        notice_on,
        hearing_on,
        place: "第三法庭".into(),
        persons: "第一鉴定人".into(),
        fee_fen: 80_000,
        notice_late: false,
        outcome: None,
    }
}

fn correction(by: String, today: Date) -> Correction {
    Correction {
        kind: CorrectionKind::Signature,
        part: CorrectionPart::Cover,
        place: "封面".into(),
        wrong: "鉴定专用章偏离落款处".into(),
        right: "鉴定专用章加盖于落款处".into(),
        by,
        on: today,
    }
}
