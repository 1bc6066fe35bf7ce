//! The materials of one subject: what was announced and is to be received, what more came, their labels, their chains.
//!
//! **Invariant:** the subject is found within the person's [`Scope`]; out of it, it is not there.

use super::chain::Holder;
use super::forms;
use super::pages::holder_text;
use super::papers::{MaterialLabel, MaterialLabels};
use super::store::{self, Material, Owners};
use super::{acts, opened, rules};
use crate::app::App;
use crate::db::Conn;
use crate::fail::{Fail, Fault, Objection};
use crate::papers::{self, Paper};
use crate::perform::Tx;
use crate::text::say;
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use paper::qr_svg;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/materials", get(show).post(send))
        .route("/cases/{id}/materials/labels", get(labels))
}

/// Papers of custody among those of the subject.
const PAPERS: [&str; 2] = ["materials_register", "material_receipt"];

#[derive(Template)]
#[template(path = "custody/subject.html")]
struct Subject {
    ui: Ui,
    id: String,
    owners: Owners,
    materials: Vec<Material>,
    papers: Vec<Paper>,
    may_receive: bool,
    filled: Filled,
    objections: Vec<Objection>,
}

async fn show(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    let mut conn = app.db.read().await?;
    page(&mut conn, &who, &id, Filled::default(), Vec::new()).await
}

async fn page(conn: &mut Conn, who: &Signed, id: &str, filled: Filled, objections: Vec<Objection>) -> Page {
    let scope = store::scope_of(&who.actor)?;
    let (owners, _) = opened::find(conn, &scope, id).await?;
    let materials = store::list(conn, &scope, id).await?;
    let mut papers = papers::list(conn, id).await?;
    papers.retain(|paper| PAPERS.contains(&paper.kind.as_str()));
    let may_receive = rules::may_receive(&owners, &who.actor);
    let mut filled = filled;
    for field in ["on", "received_on"] {
        if filled.value(field).is_empty() {
            filled.form.set(field, who.visitor.today.to_string());
        }
    }
    html(&Subject { ui: who.ui(), id: id.to_owned(), owners, materials, papers, may_receive, filled, objections })
}

async fn send(State(app): State<App>, who: Signed, Path(id): Path<String>, form: Form) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let (faults, objections) = match take_in(&app, &mut tx, &id, &form).await {
        Ok(Ok(word)) => {
            tx.conn.commit().await?;
            return Ok(done(&format!("/cases/{id}/materials"), word));
        }
        Ok(Err(faults)) => (faults, Vec::new()),
        Err(Fail::Refused(objections)) => (Vec::new(), objections),
        Err(fail) => return Err(fail),
    };
    drop(tx);
    let status = if faults.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut conn = app.db.read().await?;
    let page = page(&mut conn, &who, &id, Filled::new(form, faults), objections).await?;
    Ok((status, page).into_response())
}

type Outcome = Result<Result<&'static str, Vec<Fault>>, Fail>;

/// Materials come in for the subject: those that were announced, or with `do=register` another one. The words say what was done.
pub async fn take_in(app: &App, tx: &mut Tx, id: &str, form: &Form) -> Outcome {
    let scope = store::scope_of(&tx.actor)?;
    let (owners, opened_on) = opened::find(&mut tx.conn, &scope, id).await?;
    let materials = store::list(&mut tx.conn, &scope, id).await?;
    if form.text("do") == "register" {
        register(app, tx, (&owners, opened_on), materials.len(), form).await
    } else {
        receive(app, tx, opened_on, &materials, form).await
    }
}

async fn receive(app: &App, tx: &mut Tx, opened_on: Date, materials: &[Material], form: &Form) -> Outcome {
    let today = tx.today();
    let receipt = match forms::receipt(form, opened_on, today) {
        Ok(receipt) => receipt,
        Err(faults) => return Ok(Err(faults)),
    };
    let mut chosen = Vec::new();
    for line in &receipt.lines {
        match materials.iter().find(|one| one.code == line.code) {
            Some(one) => chosen.push(one.clone()),
            None => {
                let what = say("没有编号为%{code}的材料，请核对标签。").with("code", &line.code);
                return Ok(Err(vec![Fault::new("code", what)]));
            }
        }
    }
    acts::receive(app, tx, &chosen, &receipt).await?;
    Ok(Ok("材料已接收，登记表已生成。"))
}

async fn register(app: &App, tx: &mut Tx, opened: (&Owners, Date), known: usize, form: &Form) -> Outcome {
    let (today, (owners, opened_on)) = (tx.today(), opened);
    if !rules::may_receive(owners, &tx.actor) {
        return Err(Fail::Refused(vec![rules::not_the_desk()]));
    }
    let another = match forms::another(form, opened_on, today) {
        Ok(another) => another,
        Err(faults) => return Ok(Err(faults)),
    };
    // The form says how many there were when it was opened: sent twice, it registers once.
    if form.text("count").parse::<usize>() != Ok(known) {
        return Err(store::moved_on_objection());
    }
    acts::receive_another(app, tx, owners, opened_on, &another).await?;
    Ok(Ok("材料已登记，登记表已生成。"))
}

/// The labels of the chosen materials, or of all, to be printed.
pub async fn labels(
    State(app): State<App>,
    who: Signed,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let mut materials = store::list(&mut conn, &store::scope_of(&who.actor)?, &id).await?;
    let query = query.unwrap_or_default();
    let chosen: Vec<&str> = query.split('&').filter_map(|pair| pair.strip_prefix("code=")).collect();
    if !chosen.is_empty() {
        materials.retain(|one| chosen.contains(&one.code.as_str()));
    }
    let Some(first) = materials.first() else { return Err(Fail::NotFound) };
    let (institution, _) = acts::names(&mut conn, &first.owners).await?;
    drop(conn);
    let base = app.config.base_url.to_uppercase();
    let label = |one: &Material| MaterialLabel {
        qr: qr_svg(&format!("{base}/M/{}", one.code)),
        code: one.code.clone(),
        name: one.name.clone(),
        subject: one.owners.label.clone(),
        quantity: one.quantity.clone(),
    };
    let sheet =
        MaterialLabels { institution, labels: materials.iter().map(label).collect(), printed_on: who.visitor.today };
    let pdf = app.papers.preview(&sheet).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"material_labels.pdf\""),
    ];
    Ok((headers, pdf).into_response())
}

impl Subject {
    fn label(&self) -> &str {
        &self.owners.label
    }

    fn holder(&self, one: &Material) -> String {
        holder_text(self.ui.lang, &one.holder)
    }

    fn arriving(&self) -> Vec<&Material> {
        self.materials.iter().filter(|one| one.holder == Holder::Client).collect()
    }

    /// What is left, where it is less than came in.
    fn less(&self, one: &Material) -> Option<String> {
        if one.left == one.amount { None } else { one.left_text() }
    }

    fn state_field(&self, one: &Material) -> String {
        format!("state_{}", one.code)
    }

    fn seal_field(&self, one: &Material) -> String {
        format!("seal_{}", one.code)
    }

    fn is_in_trouble(one: &Material) -> bool {
        one.irregular > 0 || one.holder == Holder::Lost
    }

    fn is_chosen(&self, one: &Material) -> bool {
        self.filled.is("code", &one.code)
    }

    /// Those whose chain does not fit.
    fn troubled(&self) -> Vec<&Material> {
        self.materials.iter().filter(|one| Self::is_in_trouble(one)).collect()
    }

    /// Nothing is awaited, nothing lost, nothing unexplained.
    fn is_whole(&self) -> bool {
        !self.materials.is_empty()
            && self
                .materials
                .iter()
                .all(|one| one.holder != Holder::Client && one.awaits.is_none() && !Self::is_in_trouble(one))
    }
}
