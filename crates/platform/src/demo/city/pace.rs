//! How far each case has come, and on which days it got there.
//!
//! A case is planned backwards: first where it stands today and how its time limit stands, then the days.

use jiff::civil::Date;

use super::kinds::{Act, Clock, Ground, Stage, Step};
use super::rng::Rng;
use super::{WINDOW_DAYS, days_after};

/// The working days that cases may use, oldest first; the last is today or the last one before it.
pub struct Days {
    pub today: Date,
    workdays: Vec<Date>,
}

impl Days {
    pub fn before(today: Date, is_workday: &dyn Fn(Date) -> bool) -> Days {
        let mut workdays: Vec<Date> =
            (0..WINDOW_DAYS - 20).rev().map(|back| days_after(today, -back)).filter(|day| is_workday(*day)).collect();
        // A calendar without working days would leave nothing to plan with.
        if workdays.is_empty() {
            workdays.push(today);
        }
        Days { today, workdays }
    }

    fn last(&self) -> usize {
        self.workdays.len() - 1
    }

    fn on(&self, index: usize) -> Date {
        self.workdays[index.min(self.last())]
    }
}

/// Where one case is to stand.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    pub stage: Stage,
    pub clock: Clock,
}

/// In per mille of all cases; what rounding leaves is archived.
const SHARES: &[(Stage, usize)] = &[
    (Stage::Draft, 12),
    (Stage::Received, 18),
    (Stage::Accepted, 8),
    (Stage::Commissioned, 12),
    (Stage::Assigned, 20),
    (Stage::InExamination, 105),
    (Stage::DraftOpinion, 48),
    (Stage::SentBack, 12),
    (Stage::InReview, 28),
    (Stage::Approved, 12),
    (Stage::PartlySigned, 12),
    (Stage::Issued, 18),
    (Stage::Delivered, 60),
];
const DECLINED: usize = 28;
const OVERDUE: usize = 40;
const DUE_SOON: usize = 56;
/// 通则 13: a commission is answered within 7 working days.
const ACCEPTANCE_WORKDAYS: usize = 7;
/// 通则 28, unless agreed otherwise.
const LIMIT_WORKDAYS: usize = 30;

/// One aim per case, shuffled: every stage occurs as soon as there are enough cases.
pub fn aims(rng: &mut Rng, cases: usize) -> Vec<Aim> {
    let share = |per_mille: usize| (cases * per_mille + 500) / 1000;
    let mut stages = Vec::with_capacity(cases);
    for (stage, per_mille) in SHARES {
        stages.extend(std::iter::repeat_n(*stage, share(*per_mille).max(1)));
    }
    let declined = share(DECLINED).max(Ground::ALL.len().min(cases / 20));
    stages.extend((0..declined).map(|n| Stage::Declined(Ground::ALL[n % Ground::ALL.len()])));
    stages.truncate(cases);
    stages.resize(cases, Stage::Archived);
    rng.shuffle(&mut stages);
    let (mut overdue, mut soon) = (share(OVERDUE), share(DUE_SOON));
    stages
        .into_iter()
        .map(|stage| {
            let clock = match stage {
                Stage::Commissioned | Stage::Assigned => Clock::Running,
                _ if !is_worked_on(stage) => Clock::Still,
                // Three of ten, six of ten: the rest of those worked on have time, and all kinds mix.
                _ => match rng.below(10) {
                    0..=2 if overdue > 0 => Clock::Overdue,
                    3..=7 if soon > 0 => Clock::DueSoon,
                    _ => Clock::Running,
                },
            };
            overdue -= usize::from(clock == Clock::Overdue);
            soon -= usize::from(clock == Clock::DueSoon);
            Aim { stage, clock }
        })
        .collect()
}

/// From the examination to the last signature but one.
fn is_worked_on(stage: Stage) -> bool {
    stage >= Stage::InExamination && stage <= Stage::PartlySigned
}

/// The acts that lead to a stage, oldest first.
fn acts(rng: &mut Rng, stage: Stage) -> Vec<Act> {
    use Act::*;
    let mut path = vec![Write, Submit];
    match stage {
        Stage::Draft => return vec![Write],
        Stage::Received => return path,
        Stage::Declined(_) => {
            path.push(Decline);
            return path;
        }
        _ => {}
    }
    path.extend([Accept, Commission, Assign, Begin, Act::DraftOpinion, SubmitOpinion]);
    // One in eight comes back from the review once.
    if stage == Stage::SentBack {
        path.push(SendBack);
    } else if stage > Stage::InReview && rng.per_mille(125) {
        path.extend([SendBack, SubmitOpinion]);
    }
    path.extend([Approve, SignFirst, Issue, Deliver, Archive]);
    let last = match stage {
        Stage::Accepted => Accept,
        Stage::Commissioned => Commission,
        Stage::Assigned => Assign,
        Stage::InExamination => Begin,
        Stage::DraftOpinion => Act::DraftOpinion,
        Stage::SentBack => SendBack,
        Stage::InReview => SubmitOpinion,
        Stage::Approved => Approve,
        Stage::PartlySigned => SignFirst,
        Stage::Issued => Issue,
        Stage::Delivered => Deliver,
        _ => Archive,
    };
    let end = path.iter().rposition(|act| *act == last).map_or(path.len(), |at| at + 1);
    path.truncate(end);
    path
}

/// Working days that an act takes after the one before it.
fn usual_gap(rng: &mut Rng, act: Act, quick: bool) -> usize {
    let (low, high) = match act {
        Act::Write => (0, 0),
        Act::Submit => (0, 1),
        Act::Decline => (1, 6),
        Act::Accept if quick => (0, 2),
        Act::Accept => (0, 6),
        Act::Commission => (0, 3),
        Act::Assign => (0, 2),
        Act::Begin => (0, 5),
        Act::DraftOpinion => (3, 15),
        Act::SubmitOpinion | Act::SendBack => (0, 3),
        Act::Approve => (0, 3),
        Act::SignFirst => (0, 1),
        Act::Issue => (0, 2),
        Act::Deliver => (0, 5),
        Act::Archive => (4, 25),
    };
    let gap = rng.between(low, high) as usize;
    // Laboratory work is done in a third of the time.
    if quick && act >= Act::Begin && act < Act::Issue { gap / 3 } else { gap }
}

/// The days of one case.
pub struct Pace {
    pub steps: Vec<Step>,
    pub limit_workdays: usize,
}

pub fn pace(rng: &mut Rng, aim: Aim, quick: bool, days: &Days) -> Pace {
    let acts = acts(rng, aim.stage);
    let mut gaps: Vec<usize> = acts.iter().map(|act| usual_gap(rng, *act, quick)).collect();
    let limit_workdays = [LIMIT_WORKDAYS, 20, 15, 45][rng.weighted(&[82, 6, 6, 6])];
    // What happens under the time limit: after the commission takes effect, up to the last signature.
    let first = acts.iter().position(|act| *act == Act::Commission).map_or(acts.len(), |at| at + 1);
    let end = acts.iter().position(|act| *act == Act::Issue).map_or(acts.len(), |at| at + 1);
    let limited = &mut gaps[first.min(end)..end];
    let rest = match aim.clock {
        Clock::Still if end < acts.len() || aim.stage == Stage::Issued => {
            // A few were late in their time.
            let most = if rng.per_mille(30) { limit_workdays + rng.between(1, 9) as usize } else { limit_workdays };
            shorten(limited, most);
            None
        }
        Clock::Still => None,
        Clock::Running => {
            let most = limit_workdays - 4;
            let elapsed = rng.between(0, most as i64) as usize;
            shorten(limited, elapsed);
            Some(elapsed - limited.iter().sum::<usize>())
        }
        Clock::DueSoon => {
            let left = rng.between(0, 3) as usize;
            Some(spend(rng, limited, limit_workdays - left))
        }
        Clock::Overdue => {
            let late = rng.between(1, 5) * rng.between(1, 4);
            Some(spend(rng, limited, limit_workdays + late as usize))
        }
    };
    let length: usize = gaps.iter().sum();
    let longest = days.last().saturating_sub(length);
    let rest = rest.unwrap_or_else(|| rng.between(0, idle(aim.stage).unwrap_or(longest) as i64) as usize);
    let start = longest.saturating_sub(rest);
    Pace { steps: steps(rng, &acts, &gaps, start, days), limit_workdays }
}

/// How many working days a case rests in a stage at most; none if it ends there.
fn idle(stage: Stage) -> Option<usize> {
    match stage {
        Stage::Draft => Some(10),
        Stage::Received => Some(ACCEPTANCE_WORKDAYS - 2),
        Stage::Accepted | Stage::Issued => Some(4),
        Stage::Delivered => Some(24),
        _ => None,
    }
}

/// Takes from the longest gaps until they sum up to `most`.
fn shorten(gaps: &mut [usize], most: usize) {
    while gaps.iter().sum::<usize>() > most {
        if let Some(longest) = gaps.iter_mut().max() {
            *longest -= 1;
        }
    }
}

/// Spreads most of `elapsed` over the gaps; returns what is left after the last act.
fn spend(rng: &mut Rng, gaps: &mut [usize], elapsed: usize) -> usize {
    let used = elapsed * rng.between(50, 95) as usize / 100;
    let total = gaps.iter().sum::<usize>().max(1);
    for gap in gaps.iter_mut() {
        *gap = *gap * used / total;
    }
    elapsed - gaps.iter().sum::<usize>()
}

fn steps(rng: &mut Rng, acts: &[Act], gaps: &[usize], start: usize, days: &Days) -> Vec<Step> {
    let mut workdays = 0;
    let mut steps: Vec<Step> = acts
        .iter()
        .zip(gaps)
        .map(|(act, gap)| {
            workdays += gap;
            Step { act: *act, on: days.on(start + workdays), workdays }
        })
        .collect();
    // Some commissions come in through the portal on the rest day before.
    let eve = days_after(steps[0].on, -1);
    if rng.per_mille(250) && !days.workdays.contains(&eve) {
        steps.iter_mut().filter(|step| step.act <= Act::Submit && step.workdays == 0).for_each(|step| step.on = eve);
    }
    steps
}
