//! Review paper, preview, and issuing: number, PDF, hash, check code, event and due dates in one transaction, all or nothing.

use super::papers::{
    AppraiserLine, OpinionDocument, OpinionInstitution, ProcessStep, ReviewOpinion, ReviewerLine, Verification,
};
use super::store::{self, NewOpinion, Opinion, PublicFacts};
use crate::app::App;
use crate::cases::acts::{self, Carried, Ready, Unready};
use crate::cases::draft::Draft;
use crate::cases::facts::Facts;
use crate::cases::search;
use crate::cases::store::Given;
use crate::cases::{self, Action, Case, Scope};
use crate::fail::Fail;
use crate::perform::Tx;
use crate::registry::Categories;
use crate::rulebook;
use crate::signing::{self, Approval};
use crate::text::say;
use crate::values;
use crate::web::{Form, Signed};
use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use paper::zh_date;
use procedure::Procedure;

/// Signs of a check code: 16 of five random bits each, 80 bits.
const CHECK_CODE_SIGNS: usize = 16;
/// The rule that says what stands before an institution's short name in its opinion numbers (rules.md §2.3).
const REGION_PREFIX: &str = "opinion.prefix";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/do/approve", get(open_approve).post(approve))
        .route("/cases/{id}/do/issue", get(open_issue).post(issue_step))
        .route("/cases/{id}/opinion/preview", get(preview))
}

async fn open_approve(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    cases::pages::form_page(&app, &who, &id, Action::Approve).await
}

async fn open_issue(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    cases::pages::form_page(&app, &who, &id, Action::Issue).await
}

async fn approve(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    match acts::prepare(&app, &who, &id, Action::Approve, &form).await? {
        Err(unready) => cases::pages::again(&app, &who, &id, Action::Approve, form, unready).await,
        Ok(mut ready) => match review_paper(&app, &mut ready).await {
            Ok(()) => cases::pages::finish(ready).await,
            Err(fail) => {
                drop(ready);
                cases::pages::refused(&app, &who, &id, Action::Approve, form, fail).await
            }
        },
    }
}

/// Carries an approval out, with its paper (format 5). The caller commits.
///
/// # Errors
/// As [`acts::carry_out`].
pub async fn review_paper(app: &App, ready: &mut Ready) -> Result<(), Fail> {
    acts::carry_out(app, ready, Given::default()).await?;
    let Ready { tx, facts, decision, .. } = ready;
    let today = tx.today();
    let review = decision
        .content
        .review
        .clone()
        .ok_or_else(|| Fail::Internal(anyhow::anyhow!("an approval without a review")))?;
    let id = facts.case.id.clone();
    let submitted = tx
        .conn
        .first(
            "select happened_at from event where subject_id = $1 and action = 'submit_for_review' order by subject_version desc limit 1",
            values![&id],
        )
        .await?;
    let submitted_on = match submitted {
        Some(row) => zh_date(crate::clock::day_of(row.get("happened_at")?)),
        None => String::new(),
    };
    let reviewer = reviewer_line(tx, facts, &review.by).await?;
    let paper = ReviewOpinion {
        number: facts.case.code.clone().unwrap_or_default(),
        case_code: facts.case.code.clone().unwrap_or_default(),
        institution: facts.institution.name.clone(),
        client: facts.entrustment().client.name.clone(),
        matters: cases::matters(&facts.case.content),
        appraisers: facts.team.iter().map(|member| member.appraiser.name.clone()).collect(),
        submitted_on,
        draft: facts.draft.as_ref().map(|draft| format!("第{}版", draft.version)).unwrap_or_default(),
        procedure: review.procedure,
        opinion: review.opinion,
        requests: Vec::new(),
        passed: true,
        reviewers: vec![reviewer],
        dated: zh_date(today),
        printed_on: today,
    };
    app.papers.make(app, tx, Case::NAME, &id, "司法鉴定复核意见.pdf", &paper).await?;
    Ok(())
}

/// The reviewer with title and licence, where the register knows the reviewer as an appraiser.
async fn reviewer_line(tx: &mut Tx, facts: &Facts, name: &str) -> Result<ReviewerLine, Fail> {
    let known = match tx.actor.appraiser_id.clone() {
        Some(id) => {
            let all = crate::registry::store::appraisers_of(&mut tx.conn, &facts.case.institution_id).await?;
            all.into_iter().find(|one| one.id == id)
        }
        None => None,
    };
    Ok(ReviewerLine {
        name: name.to_owned(),
        title: known.as_ref().map(|one| one.title.label().to_owned()).unwrap_or_default(),
        licence: known.and_then(|one| one.licence).map(|licence| licence.number).unwrap_or_default(),
    })
}

async fn issue_step(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    match issue_ahead(&app, &who, &id, &form).await {
        Ok(Ok(ready)) => cases::pages::finish(ready).await,
        Ok(Err(unready)) => cases::pages::again(&app, &who, &id, Action::Issue, form, unready).await,
        Err(fail) => cases::pages::refused(&app, &who, &id, Action::Issue, form, fail).await,
    }
}

/// Issues from a form, signed and stamped while no transaction is open. The caller commits.
///
/// # Errors
/// As [`issue`].
pub async fn issue_ahead(app: &App, who: &Signed, id: &str, form: &Form) -> Result<Result<Ready, Unready>, Fail> {
    fn carry<'a>(app: &'a App, ready: &'a mut Ready) -> Carried<'a> {
        Box::pin(async move { issue(app, ready).await.map(drop) })
    }
    acts::prepare_and_carry(app, who, id, Action::Issue, form, carry).await
}

/// Issues: the number is raised, the PDF made and stored, its hash and check code registered, the case moved on. The
/// caller commits; until then nothing of it is to be seen, and a process killed anywhere leaves the case as it was.
///
/// # Errors
/// A character that cannot be printed, or another's change in between; the number goes back with the transaction.
pub async fn issue(app: &App, ready: &mut Ready) -> Result<Opinion, Fail> {
    let Ready { tx, facts, decision, .. } = ready;
    let today = tx.today();
    let draft = store::newest_draft(&mut tx.conn, &facts.case.id).await?.ok_or(Fail::NotFound)?.draft;
    let number = next_number(tx, facts, today).await?;
    let check_code = cases::random_signs(&mut tx.random, CHECK_CODE_SIGNS);
    let address = format!("{}/verify/{check_code}", app.config.base_url);
    let payload = format!("{}/V/{check_code}", app.config.base_url.to_uppercase());
    let verification = Verification::new(&payload, &address, &grouped(&check_code));
    let document = document(facts, &draft, &number, verification, today);
    let later = std::mem::replace(&mut tx.papers_later, false);
    let file_name = format!("{number}.pdf");
    let id = facts.case.id.clone();
    let approvals = approvals(tx, facts).await?;
    let finish = signing::finish(app, tx, &facts.institution, &approvals, "司法鉴定机构签发").await?;
    let paper = app.papers.make_with(app, tx, (Case::NAME, &id), &file_name, &document, finish).await?;
    tx.papers_later = later;
    decision.act.detail = serde_json::json!({ "number": number, "sha256": paper.sha256, "draft": facts.draft.as_ref().map(|d| d.version) });
    let opinion = Opinion {
        number: number.clone(),
        check_code,
        issued_on: today,
        standing: "issued".into(),
        sha256: paper.sha256.clone().unwrap_or_default(),
        facts: public_facts(facts, paper.pages),
    };
    let institution_id = facts.case.institution_id.clone();
    acts::carry_out(app, ready, Given { code: None, opinion_number: Some(number) }).await?;
    let new = NewOpinion { case_id: &id, institution_id: &institution_id, paper_id: &paper.id, opinion: &opinion };
    store::create(&mut ready.tx, &new).await?;
    search::index_text(&mut ready.tx, &id, search::TextKind::Opinion, &opinion.number, &draft.full_text()).await?;
    Ok(opinion)
}

/// Who signs, and when they did. Each must have signed this very text; one whose act was kept before texts were hashed is
/// judged by the draft's version alone (`rules`).
async fn approvals(tx: &mut Tx, facts: &Facts) -> Result<Vec<Approval>, Fail> {
    let rows = tx
        .conn
        .all(
            "select actor_id, detail from event where procedure_name = $1 and subject_id = $2 and action = 'sign' order by subject_version",
            values![Case::NAME, &facts.case.id],
        )
        .await?;
    let text = facts.draft.as_ref().map(|draft| draft.sha256.as_str());
    let mut approvals = Vec::new();
    for member in &facts.team {
        let account = member.appraiser.account_id.as_deref();
        let mut newest = None;
        for row in &rows {
            if Some(row.get::<String>("actor_id")?.as_str()) == account {
                newest = Some(row.get::<String>("detail")?);
            }
        }
        let detail: serde_json::Value = newest.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let signed = detail["signature"]["sha256"].as_str();
        if signed.is_some() && signed != text {
            return Err(Fail::refused(
                say("%{name}签名的不是现在的文本。").with("name", &member.appraiser.name),
                cases::law::T37_SH30,
                say("请退回修改，复核后由鉴定人重新签名。"),
            ));
        }
        approvals.extend(member.signed_at.map(|at| Approval { appraiser: member.appraiser.clone(), at }));
    }
    Ok(approvals)
}

/// Gapless for each institution, year and specialty: raised in this transaction, and back with it if it fails.
async fn next_number(tx: &mut Tx, facts: &Facts, today: Date) -> Result<String, Fail> {
    let item = &facts.entrustment().item;
    let abbr = Categories::get().field_of(item).and_then(|field| field.abbr).unwrap_or_default();
    let year = today.year();
    let series = format!("opinion/{}/{year}/{abbr}", facts.case.institution_id);
    let serial = cases::store::next_number(tx, &series).await?;
    let house = &facts.institution;
    let prefix = rulebook::pack(&house.region, today).words(REGION_PREFIX).concat();
    Ok(format!("{prefix}{}司鉴〔{year}〕{abbr}鉴字第{serial}号", house.short_name))
}

/// `7KQ2-M9XA-…`: easier to read aloud and to type.
pub(super) fn grouped(code: &str) -> String {
    let signs: Vec<char> = code.chars().collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn public_facts(facts: &Facts, pages: i64) -> PublicFacts {
    let licence =
        |one: &Option<crate::registry::Licence>| one.as_ref().map(|licence| licence.number.clone()).unwrap_or_default();
    PublicFacts {
        institution: facts.institution.name.clone(),
        institution_licence: licence(&facts.institution.licence),
        appraisers: facts
            .team
            .iter()
            .map(|member| (member.appraiser.name.clone(), licence(&member.appraiser.licence)))
            .collect(),
        item: facts.entrustment().item.to_string(),
        case_code: facts.case.code.clone().unwrap_or_default(),
        pages,
    }
}

/// The dissent with the name of who dissents (通则 37).
fn dissent(facts: &Facts, draft: &Draft) -> String {
    match facts.member(Some(&draft.dissenter)) {
        Some(member) if !draft.dissent.is_empty() => format!("鉴定人{}：{}", member.appraiser.name, draft.dissent),
        _ => draft.dissent.clone(),
    }
}

pub(super) fn document(
    facts: &Facts,
    draft: &Draft,
    number: &str,
    verification: Verification,
    today: Date,
) -> OpinionDocument {
    let content = &facts.case.content;
    let examination = content.examination.as_ref();
    let licence =
        |one: &Option<crate::registry::Licence>| one.as_ref().map(|licence| licence.number.clone()).unwrap_or_default();
    OpinionDocument {
        number: number.to_owned(),
        case_code: facts.case.code.clone().unwrap_or_default(),
        institution: OpinionInstitution {
            name: facts.institution.name.clone(),
            licence: licence(&facts.institution.licence),
            address: facts.institution.address.clone(),
            postcode: String::new(),
            phone: facts.institution.phone.clone(),
        },
        verification,
        client: content.entrustment.client.name.clone(),
        matters: cases::matters(content),
        accepted_on: content.check.as_ref().map(|check| zh_date(check.on)).unwrap_or_default(),
        materials: content
            .entrustment
            .materials
            .iter()
            .map(|one| format!("{}（{}）", one.name, one.quantity))
            .collect(),
        examined_on: examination.map(|one| format!("{}至{}", zh_date(one.from), zh_date(one.to))).unwrap_or_default(),
        place: examination.map(|one| one.place.clone()).unwrap_or_default(),
        present: examination.map(|one| vec![one.present.clone()]).unwrap_or_default(),
        examinee: cases::examinee_line(content),
        case_facts: draft.case_facts.clone(),
        data_abstract: draft.data_abstract.clone(),
        process: vec![ProcessStep { text: draft.process.clone(), ..ProcessStep::default() }],
        analysis: draft.analysis.clone(),
        opinion: draft.opinion.clone(),
        dissent: dissent(facts, draft),
        annexes: draft.annexes.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        annex_images: Vec::new(),
        appraisers: facts
            .team
            .iter()
            .map(|member| AppraiserLine {
                name: member.appraiser.name.clone(),
                licence: licence(&member.appraiser.licence),
                signed: member
                    .signed_at
                    .map(|at| format!("已于{}在平台确认签名", crate::clock::minute_of(at)))
                    .unwrap_or_default(),
            })
            .collect(),
        dated: zh_date(today),
        printed_on: today,
    }
}

/// The opinion as it would be printed now, plainly marked as not issued; nothing is stored.
pub async fn preview(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let scope = Scope::of(&who.actor)?;
    if matches!(scope, Scope::Client(_)) {
        return Err(Fail::NotFound);
    }
    let today = who.visitor.today;
    let mut conn = app.db.read().await?;
    let facts = cases::store::facts(&mut conn, &scope, &id, today).await?;
    let draft = store::newest_draft(&mut conn, &id).await?.ok_or_else(|| {
        Fail::refused(say("意见书还没有起草。"), cases::law::T36, say("请打开“意见书草稿”填写各部分并保存。"))
    })?;
    drop(conn);
    let verification = Verification::new(
        &format!("{}/VERIFY", app.config.base_url.to_uppercase()),
        "预览稿，未签发，不能核验",
        "预览稿",
    );
    let document = document(&facts, &draft.draft, "（预览稿，未签发，不得对外使用）", verification, today);
    let pdf = app.papers.preview(&document).await?;
    Ok((
        [(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, "inline; filename=\"preview.pdf\"")],
        pdf,
    )
        .into_response())
}
