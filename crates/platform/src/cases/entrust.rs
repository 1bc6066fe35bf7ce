//! The entrustment form of a client: saved drafts, all faults at once, then a case.

use super::content::*;
use super::{acts, forms};
use crate::actor::{Actor, Role};
use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Fault, Objection};
use crate::perform::Tx;
use crate::registry::{self, Categories, Category};
use crate::text::{Lang, say};
use crate::values;
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Rows for materials that an empty form offers; the button adds more.
const MATERIAL_ROWS: usize = 4;
/// Drafts of one person; beyond that the oldest must be sent or thrown away.
const DRAFTS_MAX: i64 = 200;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/entrust", get(list).post(begin))
        .route("/entrust/{id}", get(open).post(save_or_send))
        .route("/entrust/{id}/discard", post(discard))
}

struct Draft {
    id: String,
    form: Form,
    version: i64,
    saved_at: Timestamp,
}

#[derive(Template)]
#[template(path = "cases/entrust_list.html")]
struct List {
    ui: Ui,
    drafts: Vec<Draft>,
}

async fn list(State(app): State<App>, who: Signed) -> Page {
    who.must_be(&[Role::Client])?;
    let mut conn = app.db.read().await?;
    let rows = conn
        .all(
            "select id, content, version, saved_at from entrustment_draft where account_id = $1 order by saved_at desc",
            values![&who.actor.account_id],
        )
        .await?;
    let drafts = rows.iter().map(draft).collect::<Result<Vec<_>, _>>()?;
    html(&List { ui: who.ui(), drafts })
}

fn draft(row: &crate::db::Row) -> Result<Draft, DbError> {
    let content: String = row.get("content")?;
    let fields: BTreeMap<String, Vec<String>> = serde_json::from_str(&content)
        .map_err(|error| DbError::unreadable("entrustment_draft.content", &error.to_string()))?;
    Ok(Draft {
        id: row.get("id")?,
        form: Form::from_fields(fields),
        version: row.get("version")?,
        saved_at: row.get("saved_at")?,
    })
}

async fn begin(State(app): State<App>, who: Signed) -> Result<Response, Fail> {
    who.must_be(&[Role::Client])?;
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let many = tx
        .conn
        .count("select count(*) from entrustment_draft where account_id = $1", values![&who.actor.account_id])
        .await?;
    if many >= DRAFTS_MAX {
        return Err(Fail::refused(
            say("您已有%{n}份草稿。").with("n", many),
            "",
            say("请先提交或者删除不需要的草稿。"),
        ));
    }
    let mut form = Form::default();
    if let Some(organisation) = &who.actor.organisation_id
        && let Some(own) = registry::store::find_organisation(&mut tx.conn, organisation).await?
    {
        form.set("client_name", own.name);
        form.set("client_address", own.address);
        form.set("client_phone", own.phone);
    }
    form.set("client_contact", &who.actor.name);
    form.set("client_officer", &who.actor.name);
    form.set("delivery", "online");
    let id = write_draft(&mut tx, &form).await?;
    tx.conn.commit().await?;
    Ok(Redirect::to(&format!("/entrust/{id}")).into_response())
}

/// Keeps what was typed as a new draft of the one who acts; its id.
pub async fn write_draft(tx: &mut Tx, form: &Form) -> Result<String, DbError> {
    let id = tx.new_id();
    let (content, now, account) = (form.to_json(), tx.now, tx.actor.account_id.clone());
    tx.conn
        .run(
            "insert into entrustment_draft (id, account_id, content, version, saved_at) values ($1, $2, $3, 1, $4)",
            values![&id, account, content, now],
        )
        .await?;
    Ok(id)
}

/// Writes answers into a draft of the one who acts, or into a new one if it is gone; its id.
pub async fn fill_draft(tx: &mut Tx, id: &str, answers: &[(&str, &str)]) -> Result<String, Fail> {
    let actor = tx.actor.clone();
    match find(&mut tx.conn, &actor, id).await {
        Ok(draft) => {
            let mut form = draft.form.clone();
            answers.iter().for_each(|(name, text)| form.set(name, *text));
            Ok(save(tx, draft, form).await?.id)
        }
        Err(Fail::NotFound) => {
            let mut form = Form::default();
            answers.iter().for_each(|(name, text)| form.set(name, *text));
            Ok(write_draft(tx, &form).await?)
        }
        Err(other) => Err(other),
    }
}

async fn find(conn: &mut Conn, actor: &Actor, id: &str) -> Result<Draft, Fail> {
    let row = conn
        .first(
            "select id, content, version, saved_at from entrustment_draft where id = $1 and account_id = $2",
            values![id, &actor.account_id],
        )
        .await?;
    Ok(draft(&row.ok_or(Fail::NotFound)?)?)
}

#[derive(Template)]
#[template(path = "cases/entrust.html")]
struct Entrust {
    ui: Ui,
    id: String,
    version: i64,
    saved_at: Timestamp,
    filled: Filled,
    objections: Vec<Objection>,
    changed: bool,
    institutions: Vec<(String, String)>,
    fields: Vec<(&'static Category, Vec<&'static Category>)>,
}

impl Entrust {
    fn name_of(&self, category: &Category) -> &'static str {
        if self.ui.is_english() { category.english } else { category.name }
    }

    /// The materials typed so far, and some empty rows.
    fn materials(&self) -> Vec<[String; 4]> {
        let column = |name: &str| self.filled.form.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let columns = ["material_name", "material_kind", "material_quantity", "material_properties"].map(column);
        let is_typed = |row: usize| columns.iter().any(|column| column.get(row).is_some_and(|text| !text.is_empty()));
        let last = columns.iter().map(Vec::len).max().unwrap_or(0);
        let typed = (0..last).rev().find(|row| is_typed(*row)).map_or(0, |row| row + 1);
        let cell = |column: &Vec<String>, row: usize| column.get(row).cloned().unwrap_or_default();
        let rows = (typed + usize::from(typed >= MATERIAL_ROWS)).clamp(MATERIAL_ROWS, forms::MATERIALS_MAX);
        (0..rows).map(|row| [0, 1, 2, 3].map(|at| cell(&columns[at], row))).collect()
    }
}

async fn page(
    conn: &mut Conn,
    who: &Signed,
    draft: Draft,
    faults: Vec<Fault>,
    objections: Vec<Objection>,
    changed: bool,
) -> Page {
    let institutions = registry::store::institution_names(conn).await?;
    let tree = Categories::get();
    let fields = tree.fields().map(|field| (field, tree.children(&field.code).collect())).collect();
    html(&Entrust {
        ui: who.ui(),
        id: draft.id,
        version: draft.version,
        saved_at: draft.saved_at,
        filled: Filled::new(draft.form, faults),
        objections,
        changed,
        institutions,
        fields,
    })
}

async fn open(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Page {
    let mut conn = app.db.read().await?;
    let draft = find(&mut conn, &who.actor, &id).await?;
    page(&mut conn, &who, draft, Vec::new(), Vec::new(), false).await
}

async fn save_or_send(
    State(app): State<App>,
    who: Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let before = find(&mut tx.conn, &who.actor, &id).await?;
    if form.text("version").parse() != Ok(before.version) {
        if headers.contains_key("hx-request") {
            return Ok(axum::response::Html(saved_elsewhere(&who, &id, form.text("version"))).into_response());
        }
        // Saved elsewhere meanwhile, e.g. in another tab: what was typed here is shown, with the newer version's number.
        let typed = Draft { form, ..before };
        let page = page(&mut tx.conn, &who, typed, Vec::new(), Vec::new(), true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let after = save(&mut tx, before, form).await?;
    if after.form.text("do") != "send" {
        let saved = format!("{} {}", who.visitor.lang.t("草稿已保存"), crate::clock::minute_of(tx.now));
        tx.conn.commit().await?;
        if headers.contains_key("hx-request") {
            let fields = format!(
                "<span id=\"saved\" role=\"status\">{saved}<input type=\"hidden\" name=\"version\" value=\"{}\"></span>",
                after.version
            );
            return Ok(axum::response::Html(fields).into_response());
        }
        return Ok(done(&format!("/entrust/{id}"), "草稿已保存。"));
    }
    send(&app, &who, tx, after).await
}

/// The answer to an autosave that came too late: a fragment, not a page, and with the old version, so that sending the
/// form still shows both texts.
fn saved_elsewhere(who: &Signed, id: &str, version: &str) -> String {
    let version: i64 = version.parse().unwrap_or_default();
    let (said, open) =
        (who.visitor.lang.t("这份草稿已在别处保存过，这里的修改没有自动保存。"), who.visitor.lang.t("打开新版本"));
    format!(
        "<span id=\"saved\" class=\"warn\" role=\"alert\">{said} <a href=\"/entrust/{id}\">{open}</a><input type=\"hidden\" name=\"version\" value=\"{version}\"></span>"
    )
}

async fn save(tx: &mut Tx, before: Draft, form: Form) -> Result<Draft, Fail> {
    let now = tx.now;
    let changed = tx
        .conn
        .run(
            "update entrustment_draft set content = $3, version = version + 1, saved_at = $4 where id = $1 and version = $2",
            values![&before.id, before.version, form.to_json(), now],
        )
        .await?;
    if changed == 0 {
        return Err(Fail::changed_meanwhile());
    }
    Ok(Draft { form, version: before.version + 1, saved_at: now, ..before })
}

/// The draft becomes a case, or comes back with everything that is wrong; either way it is saved.
async fn send(app: &App, who: &Signed, mut tx: Tx, draft: Draft) -> Result<Response, Fail> {
    let entrustment = match checked(app, &mut tx, &draft.form, who.visitor.lang).await? {
        Ok(entrustment) => entrustment,
        Err(faults) => {
            tx.conn.commit().await?;
            let mut conn = app.db.read().await?;
            let page = page(&mut conn, who, draft, faults, Vec::new(), false).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let id = acts::entrust(app, &mut tx, entrustment).await?;
    tx.conn.run("delete from entrustment_draft where id = $1", values![&draft.id]).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{id}"), "委托已提交，鉴定机构将在7个工作日内决定是否受理。"))
}

/// What was typed as an entrustment that can be sent, or everything that is wrong with it.
///
/// # Errors
/// The database's, or a missing font.
pub async fn checked(app: &App, tx: &mut Tx, form: &Form, lang: Lang) -> Result<Result<Entrustment, Vec<Fault>>, Fail> {
    let read = forms::entrustment(form, tx.today());
    let glyphs = app.papers.missing_glyphs(printed_text(form)).await?;
    let read = match read {
        Ok(entrustment) => in_scope(&mut tx.conn, entrustment, tx.now).await?,
        faults => faults,
    };
    let mut faults = match read {
        Ok(entrustment) if glyphs.is_empty() => return Ok(Ok(entrustment)),
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    };
    faults.extend(glyph_faults(lang, form, &glyphs));
    Ok(Err(faults))
}

/// An institution that may not take the item is told before sending, not seven days later by a refusal.
async fn in_scope(
    conn: &mut Conn,
    entrustment: Entrustment,
    now: Timestamp,
) -> Result<Result<Entrustment, Vec<Fault>>, Fail> {
    let institution = registry::store::find_institution(conn, &entrustment.institution_id).await?;
    let today = crate::clock::day_of(now);
    let licence = institution.and_then(|one| one.licence);
    let fits = licence.is_some_and(|licence| licence.is_valid(today) && licence.covers(&entrustment.item));
    Ok(if fits {
        Ok(entrustment)
    } else {
        Err(vec![Fault::new("institution_id", say("该机构的许可证现在不包括所选的鉴定事项，请另选机构。"))])
    })
}

fn printed_text(form: &Form) -> String {
    form.names().flat_map(|name| form.all(name)).collect::<Vec<_>>().join("\n")
}

/// A character that no font draws could never be printed: told at entry, beside its field.
fn glyph_faults(lang: Lang, form: &Form, missing: &[char]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in form.names() {
        let found: Vec<String> = missing
            .iter()
            .filter(|c| form.all(name).iter().any(|text| text.contains(**c)))
            .map(|c| format!("{c}{}", lang.f1("（%{text}）", "text", format_args!("U+{:04X}", u32::from(*c)))))
            .collect();
        if !found.is_empty() {
            let field = if name.starts_with("material_") { "materials" } else { name };
            let told = say("下列字符无法打印：%{signs}。请核对，或请系统管理员安装含有该字的字体。");
            faults.push(Fault::new(field, told.with("signs", lang.names(&found))));
        }
    }
    faults
}

async fn discard(State(app): State<App>, who: Signed, Path(id): Path<String>) -> Result<Response, Fail> {
    let mut tx = app.write(&who.actor, &who.visitor.request_id).await?;
    let gone = tx
        .conn
        .run("delete from entrustment_draft where id = $1 and account_id = $2", values![&id, &who.actor.account_id])
        .await?;
    if gone == 0 {
        return Err(Fail::NotFound);
    }
    tx.conn.commit().await?;
    Ok(done("/entrust", "草稿已删除。"))
}
