//! A case as the tracking page tells it: nine stages in plain words.

use crate::cases::State;
use crate::cases::progress::Progress;
use crate::rulebook;
use crate::text::{Say, say};
use jiff::civil::Date;
use worktime::{Calendar, Term};

/// The stages in order: plain words, who acts next, the states that belong to it.
const STAGES: [(&str, &str, &[State]); 9] = [
    ("已收到委托，正在决定是否受理", "鉴定机构", &[State::Received, State::AwaitingSupplement]),
    ("已受理，等待签订委托书", "委托人", &[State::Accepted]),
    ("委托书已生效，等待指派鉴定人", "鉴定机构", &[State::Commissioned]),
    ("已指派鉴定人，准备鉴定", "鉴定机构", &[State::Assigned]),
    ("正在鉴定", "鉴定机构", &[State::InExamination, State::Paused, State::Suspended]),
    ("正在起草意见书", "鉴定机构", &[State::DraftOpinion]),
    ("正在复核、签名和签发", "鉴定机构", &[State::InReview, State::Approved]),
    ("意见书已签发，等待送达", "鉴定机构", &[State::Issued]),
    ("意见书已送达委托人", "办案机关", &[State::Delivered, State::Archived]),
];

/// Whether a stage is behind, here or ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Done,
    Here,
    Ahead,
}

/// A stage of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    pub label: &'static str,
    pub place: Place,
    /// Since when, and working days spent in it so far.
    pub spent: Option<(Date, u32)>,
}

/// Everything the public page shows. No field can hold personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub stages: Vec<Stage>,
    /// How it ended without an opinion.
    pub ended: Option<&'static str>,
    /// Who acts next: a role, not a person.
    pub next: Option<&'static str>,
    /// The next legal date, what it is for, whether it is provisional.
    pub due: Option<(Date, Say, bool)>,
    pub is_overdue: bool,
    pub is_paused: bool,
    /// Days on which the clock stood still.
    pub not_counted: i64,
    pub issued_on: Option<Date>,
}

impl View {
    pub fn of(progress: &Progress, today: Date, calendar: &Calendar) -> Self {
        let here = STAGES.iter().position(|(_, _, states)| states.contains(&progress.state));
        // A step that leads back (a draft sent back) counts for the stage it leads to.
        let spans: Vec<(Date, Date, State)> = progress
            .moves
            .iter()
            .enumerate()
            .map(|(n, (on, state))| (*on, progress.moves.get(n + 1).map_or(today, |(next, _)| *next), *state))
            .collect();
        let stages = STAGES
            .iter()
            .enumerate()
            .map(|(n, (label, _, states))| {
                let within = || spans.iter().filter(|(_, _, state)| states.contains(state));
                let days = within().map(|(from, to, _)| calendar.workdays_between(*from, *to)).sum();
                let place = match here {
                    Some(here) if n < here => Place::Done,
                    Some(here) if n == here => Place::Here,
                    None if within().next().is_some() => Place::Done,
                    _ => Place::Ahead,
                };
                let is_last = n + 1 == STAGES.len();
                let spent = within().next().map(|(from, _, _)| (*from, if is_last { 0 } else { days }));
                Stage { label, place, spent: spent.filter(|_| place != Place::Ahead) }
            })
            .collect();
        // Awaiting a supplement is none: the strict term for acceptance runs on (S26c).
        let stopped = [State::Paused, State::Suspended];
        let is_paused = stopped.contains(&progress.state);
        let not_counted = spans
            .iter()
            .filter(|(_, _, state)| stopped.contains(state))
            .map(|(from, to, _)| i64::from(from.until(*to).map_or(0, |span| span.get_days())))
            .sum();
        let due = progress.due_on.map(|on| (on, rule(progress), progress.due_provisional));
        Self {
            stages,
            ended: ended(progress.state),
            next: here
                .filter(|_| progress.state != State::Archived)
                .map(|n| if is_paused { "委托人" } else { STAGES[n].1 }),
            is_overdue: !is_paused && due.as_ref().is_some_and(|(on, _, _)| *on < today),
            due,
            is_paused,
            not_counted,
            issued_on: progress.moves.iter().find(|(_, state)| *state == State::Issued).map(|(on, _)| *on),
        }
    }
}

fn ended(state: State) -> Option<&'static str> {
    match state {
        State::Declined => Some("鉴定机构决定不予受理，理由已书面告知委托人。"),
        State::Terminated => Some("鉴定已终止，理由已书面告知委托人。"),
        State::Withdrawn => Some("委托人撤回了委托。"),
        _ => None,
    }
}

/// What the date is for, with the number that the rules of the place had on the day on which the term began.
fn rule(progress: &Progress) -> Say {
    let word = progress.due_rule.as_deref().unwrap_or_default();
    let began = match word {
        "DL03" => progress.moves.iter().find(|(_, state)| *state == State::Commissioned),
        _ => progress.moves.first(),
    };
    let workdays = began.and_then(|(on, _)| match rulebook::pack(&progress.region, *on).term(word) {
        Some(Term::Workdays(n)) => Some(n),
        _ => None,
    });
    match (word, workdays) {
        ("DL01", Some(n)) => say("鉴定机构应当在收到委托之日起%{n}个工作日内决定是否受理").with("n", n),
        ("DL03", Some(n)) => say("鉴定机构应当在委托书生效之日起%{n}个工作日内或者约定的期限内出具意见书").with("n", n),
        ("DL05", _) => say("鉴定机构应当在与委托人重新约定的期限内出具意见书"),
        _ => say("下一个法定期限"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn progress(state: State, moves: &[(Date, State)]) -> Progress {
        Progress {
            state,
            region: "shanghai".into(),
            moves: moves.to_vec(),
            due_on: Some(date(2026, 4, 14)),
            due_rule: Some("DL03".into()),
            due_provisional: false,
            was_issued: false,
        }
    }

    #[test]
    fn every_state_has_its_stage_or_its_end() {
        let calendar = crate::deadline::decreed_calendar().unwrap();
        for state in State::ALL {
            let view = View::of(&progress(*state, &[(date(2026, 3, 2), *state)]), date(2026, 3, 9), &calendar);
            let here = view.stages.iter().filter(|stage| stage.place == Place::Here).count();
            assert_eq!(here + usize::from(view.ended.is_some()), 1, "{state:?}");
        }
    }

    #[test]
    fn days_are_counted_where_they_were_spent() {
        let calendar = crate::deadline::decreed_calendar().unwrap();
        let moves = [
            (date(2026, 3, 2), State::Received),
            (date(2026, 3, 4), State::Accepted),
            (date(2026, 3, 9), State::InExamination),
            (date(2026, 3, 10), State::Paused),
            (date(2026, 3, 17), State::InExamination),
        ];
        let view = View::of(&progress(State::InExamination, &moves), date(2026, 3, 18), &calendar);
        assert_eq!(view.stages[0].spent, Some((date(2026, 3, 2), 2)), "Monday to Wednesday");
        assert_eq!(view.stages[1].spent, Some((date(2026, 3, 4), 3)), "over a weekend");
        assert_eq!(view.stages[4].spent, Some((date(2026, 3, 9), 7)));
        assert_eq!((view.not_counted, view.is_paused, view.next), (7, false, Some("鉴定机构")));
        assert!(View::of(&progress(State::Paused, &moves[..4]), date(2026, 3, 18), &calendar).is_paused);
    }

    #[test]
    fn the_sentence_has_the_number_of_the_rule_pack() {
        let calendar = crate::deadline::decreed_calendar().unwrap();
        let moves = [(date(2026, 3, 2), State::Received), (date(2026, 3, 9), State::Commissioned)];
        let acceptance = "鉴定机构应当在收到委托之日起7个工作日内决定是否受理";
        let opinion = "鉴定机构应当在委托书生效之日起30个工作日内或者约定的期限内出具意见书";
        for (rule, first, sentence, why) in [
            ("DL01", date(2026, 3, 2), acceptance, "seven working days (通则 13)"),
            ("DL03", date(2026, 3, 2), opinion, "thirty working days (通则 28)"),
            ("DL01", date(2015, 3, 2), "下一个法定期限", "the pack of that day has no number, so none is told"),
            ("DL05", date(2026, 3, 2), "鉴定机构应当在与委托人重新约定的期限内出具意见书", "S07: a limit of its own"),
        ] {
            let mut told = progress(State::Commissioned, &moves);
            told.due_rule = Some(rule.into());
            told.moves[0].0 = first;
            let (_, said, _) = View::of(&told, date(2026, 3, 10), &calendar).due.unwrap();
            assert_eq!(crate::text::Lang::Zh.say(&said), sentence, "{why}");
        }
    }
}
