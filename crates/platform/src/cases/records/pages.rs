//! The pages of a case's records: the list in the order of what happened, one record, its form, its versions.

use super::content::{Capability, Capacity, Entry, Kind};
use super::files::Player;
use super::forms::{self, MEASUREMENTS_MAX, PEOPLE_MAX};
use super::saving::{self, Unsaved, load, may_write, must_write};
use super::store::{self, Confirmation, Record, Version};
use super::{files, rules};
use crate::app::App;
use crate::cases::content::MethodTier;
use crate::cases::facts::Facts;
use crate::clock;
use crate::db::Conn;
use crate::fail::{Fail, Objection};
use crate::text::Say;
use crate::web::diff::{Piece, pieces};
use crate::web::export::{Format, Wanted};
use crate::web::form::Filled;
use crate::web::{Form, Page, Signed, Ui, done, html};
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;

/// Empty rows that a form offers below what is typed; the script adds more.
const SPARE_ROWS: usize = 3;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/{id}/records", get(list))
        .route("/cases/{id}/records/new", get(open_new).post(save_new))
        .route("/cases/{id}/records/{record}", get(show))
        .route("/cases/{id}/records/{record}/edit", get(open_edit).post(save_edit))
        .route("/cases/{id}/records/{record}/confirm", post(confirm))
        .route("/cases/{id}/records/{record}/versions", get(compare))
        .route("/cases/{id}/records/{record}/files", post(files::add).layer(DefaultBodyLimit::disable()))
        .route("/cases/{id}/records/{record}/files/{item}", get(files::download))
}

#[derive(Template)]
#[template(path = "cases/records/list.html")]
struct ListPage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    records: Vec<Record>,
    may_write: bool,
}

impl ListPage {
    fn address(&self) -> String {
        format!("/cases/{}/records?", self.case_id)
    }
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    format: String,
}

async fn list(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    Query(listed): Query<Listed>,
) -> Result<Response, Fail> {
    let (facts, _) = load(&app, &who, &id).await?;
    let records = store::list(&mut app.db.read().await?, &id).await?;
    if let Some(format) = Format::of(&listed.format) {
        let wanted = Wanted::new(&app, &who.visitor, format, "鉴定记录").by("case", &id);
        return as_file(&who.ui(), wanted, &records).await;
    }
    let may_write = may_write(&facts, &who.actor);
    Ok(html(&ListPage { ui: who.ui(), case_id: id, facts, records, may_write })?.into_response())
}

async fn as_file(ui: &Ui, wanted: Wanted<'_>, records: &[Record]) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 10] = [
        ("编号", 8.0),
        ("开始时间", 18.0),
        ("结束时间", 18.0),
        ("鉴定活动", 18.0),
        ("补记", 8.0),
        ("采用的标准或者方法", 40.0),
        ("记录人", 14.0),
        ("记录时间", 18.0),
        ("确认", 24.0),
        ("文件", 8.0),
    ];
    let row = |one: &Record| {
        let (newest, entry) = (&one.newest, &one.newest.entry);
        let confirmed: Vec<&str> = one.confirmations.iter().map(|one| one.appraiser_name.as_str()).collect();
        [
            one.number.to_string(),
            ui.minute(&entry.started_at),
            ui.minute(&entry.ended_at),
            ui.t(entry.kind.label()).into_owned(),
            if newest.late { ui.t("补记").into_owned() } else { String::new() },
            entry.method.clone(),
            newest.author_name.clone(),
            ui.minute(&newest.entered_at),
            ui.lang.names(&confirmed),
            one.files.len().to_string(),
        ]
    };
    let rows: Vec<_> = records.iter().map(row).collect();
    wanted.file(&HEADER, &rows).await
}

#[derive(Template)]
#[template(path = "cases/records/form.html")]
struct FormPage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    /// The record that is corrected; none while a new one is written.
    record: Option<Record>,
    /// The version the form was opened at.
    version: i64,
    filled: Filled,
    objections: Vec<Objection>,
    /// Another's version, saved after this form was opened.
    newer: Option<Version>,
    tiers: Vec<MethodTier>,
    asks_consent: bool,
}

impl FormPage {
    fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        Kind::CHOICES.iter().filter(|(_, _, kind)| *kind != Kind::Summary).map(|(word, label, _)| (*word, *label))
    }

    fn to(&self) -> String {
        match &self.record {
            Some(record) => format!("/cases/{}/records/{}/edit", self.case_id, record.id),
            None => format!("/cases/{}/records/new", self.case_id),
        }
    }

    fn rows<const N: usize>(&self, columns: [&str; N], most: usize) -> Vec<[String; N]> {
        let columns = columns.map(|name| self.filled.form.all(name));
        let typed = columns[0].iter().rposition(|text| !text.is_empty()).map_or(0, |row| row + 1);
        let cell = |at: usize, row: usize| columns[at].get(row).copied().unwrap_or_default().to_owned();
        (0..(typed + SPARE_ROWS).min(most)).map(|row| std::array::from_fn(|at| cell(at, row))).collect()
    }

    fn people(&self) -> Vec<[String; 3]> {
        self.rows(["person_name", "person_capacity", "person_signed"], PEOPLE_MAX)
    }

    fn measurements(&self) -> Vec<[String; 4]> {
        self.rows(["measured", "measured_value", "measured_unit", "measured_note"], MEASUREMENTS_MAX)
    }
}

fn form_page(who: &Signed, id: String, facts: Facts, record: Option<Record>, filled: Filled) -> FormPage {
    let pack = rules::pack(&facts, who.visitor.today);
    let (tiers, asks_consent) = (rules::tiers(&pack), pack.is_on("method.consent"));
    let version = record.as_ref().map_or(0, |record| record.newest.version);
    FormPage {
        ui: who.ui(),
        case_id: id,
        facts,
        record,
        version,
        filled,
        objections: Vec::new(),
        newer: None,
        tiers,
        asks_consent,
    }
}

async fn open_new(Extract(app): Extract<App>, who: Signed, Path(id): Path<String>) -> Page {
    let (facts, _) = load(&app, &who, &id).await?;
    must_write(&facts, &who.actor)?;
    let mut fields = std::collections::BTreeMap::<String, Vec<String>>::new();
    let mut add = |name: &str, text: &str| fields.entry(name.to_owned()).or_default().push(text.to_owned());
    add("place", &facts.institution.name);
    let now = app.clock.now().to_zoned_datetime(clock::zone());
    add("ended", &now.strftime("%Y-%m-%dT%H:%M").to_string());
    if let Some(first) = rules::tiers(&rules::pack(&facts, who.visitor.today)).first() {
        add("tier", first.word());
    }
    for member in &facts.team {
        add("person_name", &member.appraiser.name);
        add("person_capacity", Capacity::Appraiser.word());
        add("person_signed", "no");
    }
    html(&form_page(&who, id, facts, None, Filled::new(Form::from_fields(fields), Vec::new())))
}

async fn open_edit(Extract(app): Extract<App>, who: Signed, Path((id, record)): Path<(String, String)>) -> Page {
    let (facts, _) = load(&app, &who, &id).await?;
    let record = store::find(&mut app.db.read().await?, &id, &record).await?;
    must_write(&facts, &who.actor)?;
    let filled = Filled::new(forms::typed(&record.newest.entry), Vec::new());
    html(&form_page(&who, id, facts, Some(record), filled))
}

async fn save_new(
    Extract(app): Extract<App>,
    who: Signed,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Fail> {
    save(&app, &who, id, None, form).await
}

async fn save_edit(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, record)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    load(&app, &who, &id).await?;
    let record = store::find(&mut app.db.read().await?, &id, &record).await?;
    save(&app, &who, id, Some(record), form).await
}

/// A new record, or the next version of one; or the form again with what is wrong.
async fn save(app: &App, who: &Signed, id: String, record: Option<Record>, form: Form) -> Result<Response, Fail> {
    let (unsaved, newer, record) = match saving::save(app, who, &id, record.as_ref(), &form).await {
        Ok(Ok((tx, to))) => {
            tx.conn.commit().await?;
            return Ok(done(&format!("/cases/{id}/records/{to}"), "鉴定记录已保存，请核对后确认。"));
        }
        Ok(Err(unsaved)) => (unsaved, None, record),
        Err(Fail::Conflict(said)) => {
            let Some(record) = record else { return Err(Fail::Conflict(said)) };
            let record = store::find(&mut app.db.read().await?, &id, &record.id).await?;
            let nothing = Unsaved { faults: Vec::new(), objections: Vec::new() };
            (nothing, Some(record.newest.clone()), Some(record))
        }
        Err(fail) => return Err(fail),
    };
    let status = if unsaved.faults.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (facts, _) = load(app, who, &id).await?;
    let mut page = form_page(who, id, facts, record, Filled::new(form, unsaved.faults));
    (page.objections, page.newer) = (unsaved.objections, newer);
    Ok((status, html(&page)?).into_response())
}

#[derive(Template)]
#[template(path = "cases/records/show.html")]
struct ShowPage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    record: Record,
    warnings: Vec<Say>,
    may_write: bool,
    may_confirm: bool,
}

async fn show(Extract(app): Extract<App>, who: Signed, Path((id, record)): Path<(String, String)>) -> Page {
    let (facts, _) = load(&app, &who, &id).await?;
    let record = store::find(&mut app.db.read().await?, &id, &record).await?;
    let may_write = may_write(&facts, &who.actor);
    let mine = who.actor.appraiser_id.as_deref();
    let has_confirmed = record.confirmations.iter().any(|one| Some(one.appraiser_id.as_str()) == mine);
    html(&ShowPage {
        ui: who.ui(),
        case_id: id,
        facts,
        warnings: rules::warnings(&record.newest.entry),
        record,
        may_write,
        may_confirm: may_write && !has_confirmed,
    })
}

async fn confirm(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, record)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Fail> {
    let tx = saving::confirm(&app, &who, &id, &record, &form).await?;
    tx.conn.commit().await?;
    Ok(done(&format!("/cases/{id}/records/{record}"), "已确认这份鉴定记录。"))
}

#[derive(Deserialize)]
pub struct Between {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "cases/records/compare.html")]
struct ComparePage {
    ui: Ui,
    case_id: String,
    facts: Facts,
    record: Record,
    versions: Vec<Version>,
    confirmations: Vec<Confirmation>,
    from: i64,
    to: i64,
    /// What differs, part by part.
    parts: Vec<(&'static str, Vec<Piece>)>,
}

impl ComparePage {
    fn confirmed(&self, version: &Version) -> Vec<&str> {
        let of = self.confirmations.iter().filter(|one| one.version == version.version);
        of.map(|one| one.appraiser_name.as_str()).collect()
    }
}

async fn compare(
    Extract(app): Extract<App>,
    who: Signed,
    Path((id, record)): Path<(String, String)>,
    Query(between): Query<Between>,
) -> Page {
    let (facts, _) = load(&app, &who, &id).await?;
    let mut conn = app.db.read().await?;
    let record = store::find(&mut conn, &id, &record).await?;
    let versions = store::versions(&mut conn, &record.id).await?;
    let confirmations = store::confirmations(&mut conn, &record.id).await?;
    drop(conn);
    let newest = record.newest.version;
    let to = between.to.parse().unwrap_or(newest).clamp(1, newest);
    let from = between.from.parse().unwrap_or((to - 1).max(1)).clamp(1, newest);
    let entry = |version: i64| versions.iter().find(|one| one.version == version).map(|one| one.entry.lines());
    let (before, after) = (entry(from).unwrap_or_default(), entry(to).unwrap_or_default());
    let parts = before.iter().zip(&after).map(|((label, before), (_, after))| (*label, pieces(before, after)));
    let parts = parts.filter(|(_, pieces)| !pieces.is_empty()).collect();
    html(&ComparePage { ui: who.ui(), case_id: id, facts, record, versions, confirmations, from, to, parts })
}

/// The form of the step of drafting, filled in from the records there are.
pub async fn prefill(conn: &mut Conn, facts: &Facts, form: &mut Form) -> Result<(), Fail> {
    let records = store::list(conn, &facts.case.id).await?;
    let entries: Vec<&Entry> =
        records.iter().map(|one| &one.newest.entry).filter(|one| one.kind != Kind::Absence).collect();
    let (Some(first), Some(last)) = (entries.first(), entries.iter().max_by_key(|one| one.ended_at)) else {
        return Ok(());
    };
    form.set("from", clock::day_of(first.started_at).to_string());
    form.set("to", clock::day_of(last.ended_at).to_string());
    form.set("place", listed(entries.iter().map(|one| one.place.as_str())));
    let is_other = |capacity| !matches!(capacity, Capacity::Appraiser | Capacity::Assistant | Capacity::Examinee);
    let others = entries.iter().flat_map(|one| &one.people).filter(|one| is_other(one.capacity));
    let others = listed(others.map(|one| one.name.as_str()));
    form.set("present", if others.is_empty() { "无".to_owned() } else { others });
    form.set("method", listed(entries.iter().map(|one| one.method.as_str())));
    let order = |one: &&&Entry| MethodTier::CHOICES.iter().position(|(_, _, tier)| *tier == one.tier);
    if let Some(lowest) = entries.iter().max_by_key(order) {
        form.set("tier", lowest.tier.word());
        form.set("validation", &lowest.method_reason);
    }
    let texts: Vec<String> =
        records.iter().map(|one| format!("{}\n{}", one.heading(), one.newest.entry.text)).collect();
    form.set("record", texts.join("\n\n"));
    Ok(())
}

/// Each once, in the order met.
fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let mut found: Vec<&str> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found.join("；")
}
