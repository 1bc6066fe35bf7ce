//! What may be done with a draw, and when: facts in; a decision, or every objection, out.

use super::steps::{Action, Draws, State};
use crate::actor::Actor;
use crate::fail::Objection;
use crate::perform::Act;
use crate::text::{Say, say};
use jiff::Timestamp;
use serde_json::Value as Json;

/// What the guards look at.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `None` before it exists.
    pub state: Option<State>,
    pub now: Timestamp,
    /// From when the log's checkpoint counts; `None` without a log.
    pub not_before: Option<Timestamp>,
    /// The checkpoint is there, or none is needed.
    pub has_checkpoint: bool,
    pub needs_beacon: bool,
    /// Parties of the plan, with what of them is there.
    pub parties: Vec<Party>,
    /// The ids that have a seat now.
    pub seated: Vec<String>,
}

/// A party and its contribution.
#[derive(Clone, Debug, Default)]
pub struct Party {
    pub name: String,
    /// The published hash.
    pub commitment: Option<String>,
    /// The text that was shown.
    pub shown: Option<String>,
}

/// What the acting person says.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    Prepare,
    Commit,
    Contribute {
        party: &'a str,
        hash: &'a str,
    },
    /// `hash` is the hash of the shown text.
    Reveal {
        party: &'a str,
        hash: &'a str,
    },
    Draw {
        beacon: &'a str,
    },
    Refuse {
        id: &'a str,
        reason: &'a str,
    },
    Annul {
        reason: &'a str,
    },
}

impl Input<'_> {
    pub fn action(&self) -> Action {
        match self {
            Self::Prepare => Action::Prepare,
            Self::Commit => Action::Commit,
            Self::Contribute { .. } => Action::Contribute,
            Self::Reveal { .. } => Action::Reveal,
            Self::Draw { .. } => Action::Draw,
            Self::Refuse { .. } => Action::Refuse,
            Self::Annul { .. } => Action::Annul,
        }
    }
}

/// Decides on an act.
///
/// # Errors
/// Every objection at once, each with what to do.
pub fn decide(facts: &Facts, input: &Input, actor: &Actor, detail: Json) -> Result<(Act, State), Vec<Objection>> {
    let step = procedure::step::<Draws>(facts.state, input.action(), &actor.roles)
        .map_err(|_| vec![not_now(facts.state, input.action())])?;
    let found: Vec<Objection> = objections(facts, input)
        .into_iter()
        .map(|(what, remedy)| Objection { what, article: step.article, remedy })
        .collect();
    if !found.is_empty() {
        return Err(found);
    }
    let act = Act {
        step: step.number,
        action: input.action().word().into(),
        article: step.article,
        role: actor.acting_as(step.by),
        from: facts.state.map(|state| state.word().into()),
        to: step.to.word().into(),
        terms: Vec::new(),
        detail,
    };
    Ok((act, step.to))
}

fn not_now(state: Option<State>, action: Action) -> Objection {
    let (what, remedy) = match (state, action) {
        (Some(State::Drawn), Action::Draw) => (
            say("已经抽取过，不能再次抽取。"),
            say("抽中者不能担任的，请登记不担任及理由，由同一串随机数的后续数字补上。"),
        ),
        _ => (say("您现在不能办理这一步骤。"), say("请刷新页面，按页面列出的步骤办理。")),
    };
    Objection { what, article: "", remedy }
}

fn objections(facts: &Facts, input: &Input) -> Vec<(Say, Say)> {
    let mut found = Vec::new();
    let party = |name: &str| facts.parties.iter().find(|one| one.name == name);
    let unknown =
        |name: &str| (say("%{party}不是方案中的参与方。").with("party", name), say("请从页面列出的参与方中选择。"));
    match input {
        Input::Prepare | Input::Commit => {}
        Input::Contribute { party: name, hash } => {
            match party(name) {
                None => found.push(unknown(name)),
                Some(one) if one.commitment.is_some() => {
                    found.push((say("%{party}已经提交过，不能更换。").with("party", name), say("无须再办。")))
                }
                Some(_) => {}
            }
            if facts.not_before.is_some_and(|at| facts.now >= at) {
                found.push((say("公布的时刻已过，不能再提交。"), say("有参与方没有提交的，请写明原因后作废。")));
            }
            if !is_hash(hash) {
                found.push((say("校验值应为64位十六进制小写字母和数字。"), say("请核对后重新填写。")));
            }
        }
        Input::Reveal { party: name, hash } => {
            match party(name) {
                None => found.push(unknown(name)),
                Some(Party { commitment: None, .. }) => {
                    found.push((say("%{party}还没有提交，不能公开。").with("party", name), say("请先提交。")))
                }
                Some(Party { shown: Some(_), .. }) => {
                    found.push((say("%{party}已经公开过。").with("party", name), say("无须再办。")));
                }
                Some(Party { commitment: Some(given), .. }) if given != hash => found.push((
                    say("%{party}公开的文字与此前提交的校验值不一致。").with("party", name),
                    say("请一字不差地填写原来的文字，空格和标点也要相同。"),
                )),
                Some(_) => {}
            }
            if !facts.has_checkpoint {
                found.push((say("公布的时刻还没有到，文字不能先公开。"), say("请到时再办。")));
            }
        }
        Input::Draw { beacon } => {
            if !facts.has_checkpoint {
                found.push((say("公布的时刻还没有到，日志还没有相应的检查点。"), say("请到时再办。")));
            }
            for one in facts.parties.iter().filter(|one| one.shown.is_none()) {
                found.push((
                    say("%{party}还没有公开自己的文字。").with("party", &one.name),
                    say("请其公开；拒不公开的，写明原因后作废，日志中留有记录。"),
                ));
            }
            if facts.needs_beacon && beacon.is_empty() {
                found.push((say("没有填写公开信标的数值。"), say("请照公布的内容填写。")));
            }
        }
        Input::Refuse { id, reason } => {
            if !facts.seated.iter().any(|one| one == id) {
                found.push((say("此人现在不在抽中者之列。"), say("请从名单中选择。")));
            }
            needs_reason(reason, &mut found);
        }
        Input::Annul { reason } => needs_reason(reason, &mut found),
    }
    found
}

fn needs_reason(reason: &str, found: &mut Vec<(Say, Say)>) {
    if reason.trim().is_empty() {
        found.push((say("没有写明理由。"), say("请写明理由后再办理。")));
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|sign| sign.is_ascii_digit() || (b'a'..=b'f').contains(&sign))
}
