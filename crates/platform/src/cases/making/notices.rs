//! The notices of the detours, filled from the case.

use super::{About, matters};
use crate::app::App;
use crate::cases::content::{Adoption, EndGround, ExtensionBasis, LimitBy, PauseRecord};
use crate::cases::law;
use crate::cases::papers::notices::{
    ContinuationNotice, CorrectionLetter, CourtRecord, ExtensionNotice, Notice, NoticeRow, OpinionWithdrawalNotice,
    PauseNotice, RecusalDecisionPaper, ResumptionNotice, SupplementNotice, SuspensionNotice, TerminationNotice,
};
use crate::cases::papers::{ReturnedMaterial, amount};
use crate::cases::steps::{Action, Case};
use crate::fail::Fail;
use crate::papers::Paper;
use crate::perform::Tx;
use crate::signing;
use paper::{Printed, zh_date};
use procedure::Procedure;

/// Prints the notice of the action, if it has one.
pub(super) async fn print(app: &App, tx: &mut Tx, about: &About<'_>, action: Action) -> Result<(), Fail> {
    match action {
        Action::RequestSupplement => make(app, tx, about, SupplementNotice::new(about.supplement())).await?,
        Action::Pause => make(app, tx, about, PauseNotice::new(about.standing_still())).await?,
        Action::Suspend => make(app, tx, about, SuspensionNotice::new(about.standing_still())).await?,
        Action::Resume => make(app, tx, about, ResumptionNotice::new(about.going_on())).await?,
        Action::Continue => make(app, tx, about, ContinuationNotice::new(about.going_on())).await?,
        Action::Extend => make(app, tx, about, ExtensionNotice::new(about.extended())).await?,
        Action::Terminate | Action::Withdraw => {
            make(app, tx, about, TerminationNotice::new(about.ended(action))).await?
        }
        Action::DecideRecusal => make(app, tx, about, RecusalDecisionPaper::new(about.recusal())).await?,
        Action::Correct => signed(app, tx, about, CorrectionLetter::new(about.corrected()), "司法鉴定机构补正").await?,
        Action::WithdrawOpinion => {
            signed(app, tx, about, OpinionWithdrawalNotice::new(about.withdrawn()), "司法鉴定机构撤销").await?
        }
        Action::RecordCourt => make(app, tx, about, CourtRecord::new(about.in_court())).await?,
        _ => return Ok(()),
    };
    Ok(())
}

async fn make<P: Printed>(app: &App, tx: &mut Tx, about: &About<'_>, paper: P) -> Result<Paper, Fail> {
    let file_name = format!("{}.pdf", P::title());
    app.papers.make(app, tx, Case::NAME, &about.facts.case.id, &file_name, &paper).await
}

/// A letter that changes how an opinion is to be read is closed by the institution's signature, as the opinion was.
async fn signed<P: Printed + Clone + Send + Sync + 'static>(
    app: &App,
    tx: &mut Tx,
    about: &About<'_>,
    letter: P,
    reason: &'static str,
) -> Result<Paper, Fail> {
    let (case, house) = (&about.facts.case.id, &about.facts.institution);
    let finish = signing::finish(app, tx, house, &[], reason).await?;
    app.papers.make_with(app, tx, (Case::NAME, case), &format!("{}.pdf", P::title()), &letter, finish).await
}

fn row(label: &str, value: impl Into<String>) -> NoticeRow {
    NoticeRow { label: label.into(), value: value.into() }
}

impl About<'_> {
    fn notice(&self, opening: Vec<String>, rows: Vec<NoticeRow>, basis: &str) -> Notice {
        let case = &self.facts.case;
        let number = case.opinion_number.clone().or_else(|| case.code.clone());
        Notice {
            title: String::new(),
            number: number.unwrap_or_else(|| self.content.entrustment.client.letter.clone()),
            case_code: self.code.clone(),
            addressee: self.content.entrustment.client.name.clone(),
            institution: self.facts.institution.name.clone(),
            opening,
            rows,
            materials_title: String::new(),
            materials: Vec::new(),
            basis: basis.into(),
            closing: Vec::new(),
            signatures: Vec::new(),
            seal: "（机构印章）".into(),
            receipt: true,
            dated: zh_date(self.today),
            printed_on: self.today,
        }
    }

    /// `你单位于…委托本机构进行的司法鉴定（委托事项：…）`, which most notices begin with.
    fn commission(&self) -> String {
        let received = zh_date(self.facts.case.received_on);
        format!(
            "你（单位）于{received}委托本机构进行的司法鉴定，委托鉴定事项为：{}。",
            matters(self.content).join("；")
        )
    }

    fn supplement(&self) -> Notice {
        let asked = self.content.supplements.last();
        let needed = asked.map(|one| one.needed.clone()).unwrap_or_default();
        let until = asked.and_then(|one| one.until).map(zh_date);
        let mut rows = vec![row("需要补充的材料", needed)];
        rows.extend(until.map(|until| row("请在此日之前补充", until)));
        let opening = vec![self.commission(), "经审查，现有鉴定材料不完整、不充分，请补充下列材料：".into()];
        let mut notice = self.notice(opening, rows, law::T14);
        notice.closing = vec!["材料补充后符合受理条件的，本机构应当受理；不能补充的，请书面说明。".into()];
        notice
    }

    fn pause(&self) -> Option<&PauseRecord> {
        // A pause that ends with this step is the case's last one.
        self.content.pauses.last().or_else(|| self.facts.case.content.pauses.last())
    }

    fn standing_still(&self) -> Notice {
        let Some(pause) = self.pause() else { return Notice::default() };
        let rows = vec![
            row("理由", pause.ground.label()),
            row("具体情况", pause.detail.clone()),
            row("通知日", zh_date(pause.from)),
        ];
        let (what, basis) = if pause.suspends {
            ("现决定中止鉴定，中止的时间不计算在鉴定时限内。", self.facts.pack(self.today).article("suspension"))
        } else {
            ("下列情况消除之前的时间不计入鉴定时限；通知当日仍计入，恢复当日不计入。", law::T25_28)
        };
        let mut notice = self.notice(vec![self.commission(), what.into()], rows, basis);
        if pause.approved_by.is_none() {
            notice.signatures = vec!["机构负责人批准".into()];
        }
        notice
    }

    fn going_on(&self) -> Notice {
        let Some(pause) = self.pause() else { return Notice::default() };
        let rows = vec![
            row("理由", pause.ground.label()),
            row(
                "不计入的时间",
                format!("{}次日至{}", zh_date(pause.from), zh_date(pause.through.unwrap_or(self.today))),
            ),
            row("恢复后的时限", self.limit_after()),
        ];
        let what = if pause.suspends {
            "中止的原因已经消除，现恢复鉴定。"
        } else {
            "上述原因已经消除，鉴定时限恢复计算。"
        };
        let basis = if pause.suspends { self.facts.pack(self.today).article("suspension") } else { law::T25_28 };
        self.notice(vec![self.commission(), what.into()], rows, basis)
    }

    /// The limit as it stands after the step.
    fn limit_after(&self) -> String {
        self.limit.map(zh_date).unwrap_or_default()
    }

    fn extended(&self) -> Notice {
        let Some(extension) = self.content.extensions.last() else { return Notice::default() };
        let by_court = self.content.check.as_ref().is_some_and(|check| check.agreement.limit_by == LimitBy::Court);
        let mut rows = vec![
            row("受理日期", self.content.check.as_ref().map(|check| zh_date(check.on)).unwrap_or_default()),
            row("原鉴定时限", extension.from.map(zh_date).unwrap_or_default()),
            row("延长的理由", format!("{}。{}", extension.reason.label(), extension.explanation)),
            row("依据", extension.basis.label()),
            row("延长", format!("{}个工作日", extension.workdays)),
            row("延长至", extension.to.map(zh_date).unwrap_or_default()),
        ];
        if extension.basis != ExtensionBasis::Head {
            rows.insert(4, row("书面文件", extension.paper.clone()));
        }
        let opening =
            vec![self.commission(), "因下列原因不能在原定时限内完成鉴定，现将延长鉴定时限的情况告知如下：".into()];
        let mut notice = self.notice(opening, rows, if by_court { law::DL07 } else { law::T28 });
        notice.closing = vec!["补充或者重新提取鉴定材料所需的时间，不计入鉴定时限。".into()];
        notice
    }

    fn ended(&self, action: Action) -> Notice {
        let Some(ending) = &self.content.ending else { return Notice::default() };
        let grounds: Vec<&str> = ending.grounds.iter().map(|one| EndGround::label(*one)).collect();
        let rows = vec![
            row("终止的理由", grounds.join("；")),
            row("说明", ending.explanation.clone()),
            row("责任", ending.responsibility.label()),
            row("费用结算", self.settlement()),
        ];
        let what = if action == Action::Withdraw {
            "你（单位）撤回委托"
        } else {
            "在鉴定过程中发现下列情形"
        };
        let opening = vec![self.commission(), format!("{what}，本机构依法终止鉴定。")];
        let in_shanghai = self.facts.institution.region == "shanghai";
        let basis = if in_shanghai { format!("{}、{}", law::T29, law::SH29) } else { law::T29.to_owned() };
        let mut notice = self.notice(opening, rows, &basis);
        notice.materials_title = "现将下列鉴定材料退还：".into();
        notice.materials = self
            .content
            .materials()
            .map(|one| ReturnedMaterial {
                name: one.name.clone(),
                quantity: one.quantity.clone(),
                state: ending.returned.clone(),
            })
            .collect();
        notice
    }

    fn settlement(&self) -> String {
        let agreed = self.content.check.as_ref().map_or(0, |check| check.agreement.fee_fen);
        if agreed == 0 {
            return "没有约定的费用。".into();
        }
        format!("约定费用{}元；按照终止的原因和责任结算，详见退费核算单。", amount(agreed))
    }

    fn recusal(&self) -> Notice {
        let decided = self.content.recusals.iter().rfind(|request| request.decision.is_some());
        let Some((request, decision)) = decided.and_then(|one| one.decision.as_ref().map(|decision| (one, decision)))
        else {
            return Notice::default();
        };
        let rows = vec![
            row("被申请回避的鉴定人", request.appraiser.clone()),
            row("申请日期", zh_date(request.on)),
            row("申请的理由", request.reason.clone()),
            row(
                "决定",
                if decision.sustained {
                    "应当回避，另行指派鉴定人"
                } else {
                    "不属于应当回避的情形，不予回避"
                },
            ),
            row("决定的理由", decision.reason.clone()),
        ];
        let opening = vec![self.commission(), "对你（单位）提出的回避申请，本机构决定如下：".into()];
        let mut notice = self.notice(opening, rows, law::T21);
        notice.closing = vec!["对本机构作出的决定有异议的，可以撤回鉴定委托。".into()];
        notice.signatures = vec!["机构负责人".into()];
        notice
    }

    fn corrected(&self) -> Notice {
        let Some(correction) = self.content.corrections.last() else { return Notice::default() };
        let number = self.facts.case.opinion_number.clone().unwrap_or_default();
        let rows = vec![
            row("原意见书编号", number.clone()),
            row("补正的情形", correction.kind.label()),
            row("位置", format!("{}，{}", correction.part.label(), correction.place)),
            row("原文", correction.wrong.clone()),
            row("改为", correction.right.clone()),
        ];
        let opening = vec![format!("本机构出具的《司法鉴定意见书》（{number}）需要补正，现补正如下：")];
        let basis = if self.facts.institution.region == "shanghai" {
            format!("{}、《上海市司法鉴定管理条例》第三十一条", law::T41)
        } else {
            law::T41.to_owned()
        };
        let mut notice = self.notice(opening, rows, &basis);
        notice.closing = vec!["本补正不改变司法鉴定意见的原意，与原意见书一并使用，份数与原意见书相同。".into()];
        notice.signatures = vec![format!("司法鉴定人（{}）", correction.by)];
        notice.seal = "（司法鉴定专用章）".into();
        notice
    }

    fn withdrawn(&self) -> Notice {
        let Some(withdrawal) = &self.content.withdrawal else { return Notice::default() };
        let opinion = self.facts.opinion.as_ref();
        let number = opinion.map(|one| one.number.clone()).unwrap_or_default();
        let none = |text: &str| if text.is_empty() { "无".to_owned() } else { text.to_owned() };
        let rows = vec![
            row("撤销的意见书", number.clone()),
            row("签发日期", opinion.map(|one| zh_date(one.issued_on)).unwrap_or_default()),
            row("文件SHA-256值", opinion.map(|one| one.sha256.clone()).unwrap_or_default()),
            row("撤销的理由", format!("{}（{}）", withdrawal.ground.label(), withdrawal.ground.article())),
            row("说明", withdrawal.explanation.clone()),
            row("决定或者准许的文书", none(&withdrawal.document)),
            row("采信情况", withdrawal.adopted.label()),
            row("人民法院和案号", none(&withdrawal.court)),
            row("鉴定费用", withdrawal.refund.label()),
        ];
        let opening = vec![
            self.commission(),
            format!(
                "本机构就此出具的《司法鉴定意见书》（{number}），因下列理由自{}起撤销，本机构不再坚持该意见，请勿再作为依据使用：",
                zh_date(withdrawal.on)
            ),
        ];
        let mut notice = self.notice(opening, rows, law::EVIDENCE_40_42);
        if withdrawal.adopted == Adoption::Yes {
            notice.closing.push(
                "该意见已被人民法院采信。依照上述第四十二条：鉴定人无正当理由撤销的，人民法院应当责令其退还鉴定费用，并可以根据情节予以处罚；\
                 当事人主张鉴定人负担由此增加的合理费用的，人民法院应予支持；人民法院准许撤销的，应当责令退还鉴定费用。"
                    .into(),
            );
        }
        notice.closing.extend([
            "鉴定费用的退还数额以退费核算单为准。需要就同一事项取得鉴定意见的，由办案机关另行委托重新鉴定。".to_owned(),
            "撤销已在核验页面注明，并写入存证日志；案卷和原意见书文件按规定继续保管。本机构仍应按照人民法院的通知出庭作证。".to_owned(),
        ]);
        notice.signatures = vec![format!("机构负责人（{}）", withdrawal.by)];
        notice.seal = "（司法鉴定专用章）".into();
        notice
    }

    fn in_court(&self) -> Notice {
        let Some((notice, outcome)) =
            self.content.court.iter().rev().find_map(|one| one.outcome.as_ref().map(|outcome| (one, outcome)))
        else {
            return Notice::default();
        };
        let late = if notice.notice_late { "（晚于开庭三日前）" } else { "" };
        let rows = vec![
            row("法院", notice.court.clone()),
            row("案号", notice.case_number.clone()),
            row("收到通知", format!("{}{late}", zh_date(notice.notice_on))),
            row("开庭", format!("{}，{}", zh_date(notice.hearing_on), notice.place)),
            row("出庭人员", notice.persons.clone()),
            row("出庭费用", format!("{}元", amount(notice.fee_fen))),
            row("出庭情况", outcome.attended.label()),
            row("质询和答复", outcome.record.clone()),
        ];
        let number = self.facts.case.opinion_number.clone().unwrap_or_default();
        let opening = vec![format!("就《司法鉴定意见书》（{number}）出庭的情况记录如下：")];
        let mut paper = self.notice(opening, rows, law::T43_46);
        paper.addressee = String::new();
        paper.signatures = vec!["司法鉴定人".into()];
        paper.receipt = false;
        paper
    }
}
