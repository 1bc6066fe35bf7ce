//! 线索核查报告: the dossier of a confirmed lead.
//!
//! **Invariant:** it is made in the act that confirms, from what was there then, and of confirmed leads only.

use super::store::{self, Evidence, Lead, Sighting, Statement};
use super::steps::Leads;
use super::told;
use crate::app::App;
use crate::clock;
use crate::fail::Fail;
use crate::papers::Paper;
use crate::perform::Tx;
use crate::text::Lang;
use jiff::civil::Date;
use paper::printed;
use procedure::Procedure;
use serde::Serialize;

/// One thing said.
#[derive(Serialize, Clone, Debug)]
pub struct Said {
    pub kind: String,
    pub by: String,
    pub on: String,
    pub body: String,
}

#[derive(Serialize, Clone, Debug)]
pub struct FindingDossier {
    pub number: String,
    pub detector: String,
    pub entity: String,
    pub name: String,
    pub institution: String,
    pub looks_for: String,
    pub method: String,
    pub honest: String,
    pub check: String,
    pub sentence: String,
    pub since: String,
    pub strength: String,
    pub times: i64,
    pub run: String,
    /// SVG; empty where there is none.
    pub picture: String,
    pub picture_words: String,
    pub peers: Vec<(String, String)>,
    pub edges: Vec<[String; 5]>,
    pub evidence_head: Vec<String>,
    pub evidence: Vec<Vec<String>>,
    pub statements: Vec<Said>,
    #[serde(skip)]
    pub printed_on: Date,
}

printed!(FindingDossier, "finding_dossier.typ", "线索核查报告", |_paper| "智慧司鉴");

/// Columns of evidence on paper: more do not fit on a page.
const NUMBERS_MAX: usize = 4;

/// Makes the dossier of a lead that was just confirmed.
///
/// # Errors
/// The database's; a character without a glyph.
pub async fn dossier(app: &App, tx: &mut Tx, id: &str) -> Result<Paper, Fail> {
    let lead = store::find(&mut tx.conn, id).await?;
    let sightings = store::sightings(&mut tx.conn, id).await?;
    let last = sightings.first().ok_or(Fail::NotFound)?;
    let evidence = store::evidence(&mut tx.conn, id, last.number).await?;
    let statements = store::statements(&mut tx.conn, id).await?;
    let paper = fill(&lead, last, &evidence, &statements, tx.today());
    let name = format!("{}-线索核查报告.pdf", lead.number);
    app.papers.make(app, tx, Leads::NAME, id, &name, &paper).await
}

fn fill(lead: &Lead, last: &Sighting, evidence: &[Evidence], statements: &[Statement], today: Date) -> FindingDossier {
    let text = |pick: fn(&screening::detectors::Description) -> &screening::detectors::Both| {
        told::detector(&lead.detector).map_or_else(String::new, |one| pick(one).chinese.to_owned())
    };
    let names = columns(evidence);
    let mut head = vec!["序号".to_owned(), "案件".into(), "收案日期".into()];
    head.extend(names.iter().filter_map(|name| told::number(name)).map(|(label, _)| label.to_owned()));
    let peers = &last.content.peers;
    let score = |value: f64| format!("{value:.2}");
    FindingDossier {
        number: lead.number.clone(),
        detector: told::title(Lang::Zh, &lead.detector),
        entity: told::entity(&lead.entity).into(),
        name: lead.entity_name.clone(),
        institution: lead.institution_name.clone(),
        looks_for: text(|one| &one.looks_for),
        method: text(|one| &one.method),
        honest: text(|one| &one.honest),
        check: text(|one| &one.check),
        sentence: last.content.sentence[0].clone(),
        since: last.since.map_or_else(String::new, paper::zh_date),
        strength: format!("{}（预期误报率 {}）", told::strength(last.q), told::percent(last.q)),
        times: lead.seen,
        run: last.run_id.clone(),
        picture: last.content.picture[0].clone(),
        picture_words: format!("{} · {}", told::title(Lang::Zh, &lead.detector), lead.entity_name),
        peers: vec![
            ("对象数量".into(), peers.many.to_string()),
            ("本对象得分".into(), score(peers.own)),
            ("同行最低".into(), score(peers.lowest)),
            ("同行中位数".into(), score(peers.median)),
            ("同行上四分位".into(), score(peers.upper)),
            ("同行最高".into(), score(peers.highest)),
        ],
        edges: last
            .content
            .edges
            .iter()
            .map(|one| {
                let (cases, here) = (one.cases.to_string(), one.at_institution.to_string());
                [one.lawyer.clone(), one.appraiser.clone(), cases, here, one.since.clone()]
            })
            .collect(),
        evidence_head: head,
        evidence: evidence.iter().map(|one| row(one, &names)).collect(),
        statements: statements
            .iter()
            .map(|one| Said {
                kind: told::statement(&one.kind).into(),
                by: one.account_name.clone(),
                on: clock::minute_of(one.said_at),
                body: one.body.clone(),
            })
            .collect(),
        printed_on: today,
    }
}

/// The numbers that the rows have, in the order of the first row.
pub(super) fn columns(evidence: &[Evidence]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in evidence.iter().flat_map(|one| &one.numbers) {
        if told::number(name).is_some() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.truncate(NUMBERS_MAX);
    names
}

fn row(one: &Evidence, names: &[String]) -> Vec<String> {
    let mut cells = vec![one.position.to_string(), one.case_name.clone(), one.received_on.to_string()];
    for name in names {
        let value = one.numbers.iter().find(|(known, _)| known == name);
        cells.push(value.map_or_else(String::new, |(name, value)| told::value(Lang::Zh, name, *value)));
    }
    cells
}

impl FindingDossier {
    /// What the tests print.
    pub fn samples() -> Vec<Self> {
        let said = |kind: &str, by: &str, body: &str| Said {
            kind: kind.into(),
            by: by.into(),
            on: "2026-03-02 10:00".into(),
            body: body.into(),
        };
        vec![Self {
            number: "XS2026-0001".into(),
            detector: "中介团伙".into(),
            entity: "鉴定机构".into(),
            name: "甲司法鉴定中心".into(),
            institution: "甲司法鉴定中心".into(),
            looks_for: "少数律师集中送案。".into(),
            method: "逐案似然比。".into(),
            honest: "专做重伤案件的律师也会如此。".into(),
            check: "调取列出的案卷。".into(),
            sentence: "自2026-01-01起，3名律师的24件案件集中到相关鉴定人。".into(),
            since: "2026年1月1日".into(),
            strength: "强（预期误报率 0.50%）".into(),
            times: 3,
            run: "run".into(),
            picture: paper::qr_svg("A"),
            picture_words: "图".into(),
            peers: vec![("对象数量".into(), "60".into()), ("本对象得分".into(), "12.00".into())],
            edges: vec![["演示律师事务所".into(), "鉴定人".into(), "12".into(), "14".into(), "2026-01-01".into()]],
            evidence_head: ["序号", "案件", "收案日期", "高出预期的等级"].map(Into::into).to_vec(),
            evidence: vec![["1", "沪甲司鉴〔2026〕临鉴字第1号", "2026-01-05", "2.10"].map(Into::into).to_vec()],
            statements: vec![
                said("要求机构说明", "监管人员甲", "请说明上列案件的委托来源。"),
                said("机构的说明", "负责人", "已核对，说明如下。"),
            ],
            printed_on: Date::constant(2026, 3, 2),
        }]
    }
}
