//! 线索核查报告: the dossier of a confirmed lead.
//!
//! **Invariant:** it is made in the act that confirms, from what was there then, and of confirmed leads only.

use super::enclosed;
use super::picture::{self, Shown};
use super::steps::Leads;
use super::store::{self, Evidence, Lead, Sighting, Statement};
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

/// A picture with the table that says the same.
#[derive(Serialize, Clone, Debug)]
pub struct Drawn {
    pub title: String,
    pub svg: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Rows of a table beside a picture on paper; weeks of a year are read from the picture.
const ROWS_MAX: usize = 40;

fn drawn(one: Shown) -> Drawn {
    let is_short = one.rows.len() <= ROWS_MAX;
    let rows = if is_short { one.rows } else { Vec::new() };
    Drawn { title: one.title, svg: one.svg, head: one.columns, rows }
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
    pub pictures: Vec<Drawn>,
    pub evidence_head: Vec<String>,
    pub evidence: Vec<Vec<String>>,
    pub statements: Vec<Said>,
    /// Name, size in bytes and SHA-256 of each file that the institution enclosed.
    pub files: Vec<Vec<String>>,
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
    let files = enclosed::list(&mut tx.conn, id).await?;
    let mut paper = fill(&lead, last, &evidence, &statements, tx.today());
    paper.files = files.into_iter().map(|one| vec![one.name, one.size.to_string(), one.sha256]).collect();
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
        pictures: last.content.pictures.iter().map(|one| drawn(picture::shown(one, Lang::Zh))).collect(),
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
        files: Vec::new(),
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
            pictures: vec![Drawn {
                title: "得分与同行比较".into(),
                svg: paper::qr_svg("A"),
                head: ["位次", "编号", "数值"].map(Into::into).to_vec(),
                rows: vec![["1", "甲司法鉴定中心", "12.00"].map(Into::into).to_vec()],
            }],
            evidence_head: ["序号", "案件", "收案日期", "高出预期的等级"].map(Into::into).to_vec(),
            evidence: vec![["1", "沪甲司鉴〔2026〕临鉴字第1号", "2026-01-05", "2.10"].map(Into::into).to_vec()],
            statements: vec![
                said("要求机构说明", "监管人员甲", "请说明上列案件的委托来源。"),
                said("机构的说明", "负责人", "已核对，说明如下。"),
            ],
            files: vec![vec!["检查记录汇总.pdf".into(), "20480".into(), "0123456789abcdef".repeat(4)]],
            printed_on: Date::constant(2026, 3, 2),
        }]
    }
}
