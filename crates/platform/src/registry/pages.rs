//! The public directory of institutions and their appraisers.

use super::store::{self, Narrowed};
use super::{Appraiser, Categories, Category, Institution, ItemCode, Licence};
use crate::app::App;
use crate::fail::Fail;
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use serde::Deserialize;

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

fn district_name(ui: &Ui, code: &str) -> String {
    districts(ui).into_iter().find(|(one, _)| *one == code).map_or_else(|| code.to_owned(), |(_, name)| name.to_owned())
}

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
}

#[derive(Template)]
#[template(path = "registry/list.html")]
struct List {
    ui: Ui,
    asked: Asked,
    institutions: Vec<Institution>,
    paging: Paging,
}

async fn list(State(app): State<App>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let narrowed = Narrowed {
        name: asked.name.trim().to_owned(),
        district: asked.district.clone(),
        item: asked.item.parse().ok(),
    };
    let mut conn = app.db.read().await?;
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let (institutions, total) =
        store::list_institutions(&mut conn, &narrowed, (page - 1) * PAGE_ROWS, PAGE_ROWS).await?;
    html(&List { ui: visitor.ui(), asked, institutions, paging: Paging::new(page, total) })
}

impl List {
    fn districts(&self) -> Vec<(&'static str, &'static str)> {
        districts(&self.ui)
    }

    fn fields(&self) -> Vec<(String, String)> {
        Categories::get().fields().map(|field| (field.code.to_string(), name(&self.ui, field))).collect()
    }

    fn at(&self, page: &i64) -> String {
        let name: String = self.asked.name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/institutions?name={name}&district={}&item={}&page={page}", self.asked.district, self.asked.item)
    }

    /// The fields of a scope, each once.
    fn scope(&self, one: &Institution) -> String {
        let mut fields: Vec<ItemCode> =
            one.licence.iter().flat_map(|licence| licence.scope.iter().map(ItemCode::field)).collect();
        fields.sort();
        fields.dedup();
        fields.iter().map(|code| code_name(&self.ui, code)).collect::<Vec<_>>().join(" · ")
    }

    fn standing(&self, one: &Institution) -> &'static str {
        one.licence.as_ref().map_or("没有许可证", |licence| licence.standing(self.ui.today).label())
    }
}

#[derive(Template)]
#[template(path = "registry/show.html")]
struct Show {
    ui: Ui,
    institution: Institution,
    appraisers: Vec<Appraiser>,
}

async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let mut conn = app.db.read().await?;
    let institution = store::find_institution(&mut conn, &id).await?.ok_or(Fail::NotFound)?;
    let appraisers = store::appraisers_of(&mut conn, &id).await?;
    html(&Show { ui: visitor.ui(), institution, appraisers })
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
