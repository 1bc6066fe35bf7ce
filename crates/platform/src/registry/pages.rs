//! The public directory of institutions and their appraisers.

use super::store::{self, Narrowed};
use super::{Appraiser, Categories, Category, Institution, ItemCode, Licence};
use crate::app::App;
use crate::fail::Fail;
use crate::web::export::{Format, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Paging, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

mod exported;

/// Shanghai's districts: code, Chinese, English.
const DISTRICTS: &str = include_str!("../../data/districts.tsv");

pub fn routes() -> Router<App> {
    Router::new().route("/institutions", get(list)).route("/institutions/{id}", get(show))
}

/// Code and name of every district, in the reader's language.
fn districts(ui: &Ui) -> Vec<(&'static str, &'static str)> {
    DISTRICTS
        .lines()
        .filter(|line| line.starts_with(|sign: char| sign.is_ascii_digit()))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            let (code, chinese, english) = (columns.next()?, columns.next()?, columns.next()?);
            Some((code, if ui.is_english() { english } else { chinese }))
        })
        .collect()
}

/// The name of a district in the reader's language; what is no code of one is shown as it is.
pub fn district_name(ui: &Ui, code: &str) -> String {
    districts(ui).into_iter().find(|(one, _)| *one == code).map_or_else(|| code.to_owned(), |(_, name)| name.to_owned())
}

/// The codes of the districts, in their order.
pub fn district_codes() -> impl Iterator<Item = &'static str> {
    let codes = DISTRICTS.lines().filter_map(|line| line.split_once('\t'));
    codes.map(|(code, _)| code).filter(|code| code.starts_with(|sign: char| sign.is_ascii_digit()))
}

/// The code of a district that is written as a code or by its name, with or without the 区.
pub fn district_code(text: &str) -> Option<&'static str> {
    let chinese = DISTRICTS.lines().filter_map(|line| line.split_once('\t'));
    chinese
        .filter(|(code, _)| code.starts_with(|sign: char| sign.is_ascii_digit()))
        .find(|(code, names)| {
            let name = names.split('\t').next().unwrap_or_default();
            // Fields of a table, compared as wholes.
            text == *code || text == name || name.strip_suffix(DISTRICT) == Some(text)
        })
        .map(|(code, _)| code)
}

/// The word that follows a district's name.
const DISTRICT: &str = "\u{533a}";

fn name(ui: &Ui, category: &Category) -> String {
    if ui.is_english() { category.english.to_owned() } else { category.name.to_owned() }
}

fn code_name(ui: &Ui, code: &ItemCode) -> String {
    Categories::get().find(code).map_or_else(|| code.to_string(), |category| name(ui, category))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    name: String,
    #[serde(default)]
    district: String,
    #[serde(default)]
    item: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "registry/list.html")]
struct List {
    ui: Ui,
    asked: Asked,
    institutions: Vec<Institution>,
    paging: Paging,
}

async fn list(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let narrowed = Narrowed {
        name: asked.name.trim().to_owned(),
        district: asked.district.clone(),
        item: asked.item.parse().ok(),
    };
    let mut conn = app.db.read().await?;
    if let Some(format) = Format::of(&asked.format) {
        let wanted = Wanted::new(&app, &visitor, format, "机构名录")
            .by("name", &narrowed.name)
            .by("district", &narrowed.district)
            .by("item", &asked.item);
        return exported::institutions(conn, &visitor.ui(), &narrowed, wanted).await;
    }
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let (institutions, total) =
        store::list_institutions(&mut conn, &narrowed, (page - 1) * PAGE_ROWS, PAGE_ROWS).await?;
    Ok(html(&List { ui: visitor.ui(), asked, institutions, paging: Paging::new(page, total) })?.into_response())
}

impl List {
    fn districts(&self) -> Vec<(&'static str, &'static str)> {
        districts(&self.ui)
    }

    fn fields(&self) -> Vec<(String, String)> {
        Categories::get().fields().map(|field| (field.code.to_string(), name(&self.ui, field))).collect()
    }

    fn at(&self, page: &i64) -> String {
        format!("{}&page={page}", self.address())
    }

    /// The address of the same list as a file.
    fn export(&self, format: &str) -> String {
        format!("{}&format={format}", self.address())
    }

    fn address(&self) -> String {
        let name: String = self.asked.name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/institutions?name={name}&district={}&item={}", self.asked.district, self.asked.item)
    }

    /// The fields of a scope, each once.
    fn scope(&self, one: &Institution) -> String {
        fields_of(&self.ui, one)
    }

    fn standing(&self, one: &Institution) -> &'static str {
        standing(&self.ui, one)
    }
}

fn fields_of(ui: &Ui, one: &Institution) -> String {
    let mut fields: Vec<ItemCode> =
        one.licence.iter().flat_map(|licence| licence.scope.iter().map(ItemCode::field)).collect();
    fields.sort();
    fields.dedup();
    fields.iter().map(|code| code_name(ui, code)).collect::<Vec<_>>().join(" · ")
}

fn standing(ui: &Ui, one: &Institution) -> &'static str {
    one.licence.as_ref().map_or("没有许可证", |licence| licence.standing(ui.today).label())
}

#[derive(Template)]
#[template(path = "registry/show.html")]
struct Show {
    ui: Ui,
    institution: Institution,
    appraisers: Vec<Appraiser>,
}

#[derive(Deserialize)]
struct AsFile {
    #[serde(default)]
    format: String,
}

async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<AsFile>,
) -> Result<Response, Fail> {
    let mut conn = app.db.read().await?;
    let institution = store::find_institution(&mut conn, &id).await?.ok_or(Fail::NotFound)?;
    let appraisers = store::appraisers_of(&mut conn, &id).await?;
    if let Some(format) = Format::of(&asked.format) {
        drop(conn);
        let wanted = Wanted::new(&app, &visitor, format, "鉴定人").by("institution", &institution.name);
        return exported::appraisers(&visitor.ui(), &appraisers, wanted).await;
    }
    Ok(html(&Show { ui: visitor.ui(), institution, appraisers })?.into_response())
}

impl Show {
    fn standing(&self, licence: &Licence) -> &'static str {
        licence.standing(self.ui.today).label()
    }

    fn is_valid(&self, licence: &Licence) -> bool {
        licence.is_valid(self.ui.today)
    }

    fn names(&self, scope: &[ItemCode]) -> String {
        scope.iter().map(|code| code_name(&self.ui, code)).collect::<Vec<_>>().join(" · ")
    }
}
