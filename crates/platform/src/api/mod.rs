//! The interface for programs (程序接口): `/api/v1`, from the same tables, forms and acts as the pages.
//!
//! Reading order: `scopes` (what a token may) · `tokens` (page and store) · `caller` (who asks) · `input` (JSON as a form) ·
//! `shapes` (cases as JSON) · `once` (a request done once) · `reading`, `told` (what is looked up) · `writing` (steps), `working`,
//! `drafting`, `house`, `uploads`, `money`, `archive`, `imports` (what is done) · `table`, `answered`, `schemas`, `openapi` (what is said about it).
//!
//! **Invariant:** nothing is decided here: a step is prepared and carried out by `cases::acts` as from a page, and a token
//! never does what its owner could not do now.

mod answered;
mod archive;
mod caller;
mod drafting;
mod house;
mod imports;
mod input;
mod money;
mod once;
mod openapi;
mod reading;
mod schemas;
mod scopes;
mod shapes;
mod table;
mod tokens;
mod told;
mod uploads;
mod working;
mod writing;

use crate::Feature;
use crate::app::App;
use axum::Router;

pub const FEATURE: Feature = Feature { name: "api", routes, navigation: &[], case_tabs: &[] };

fn routes() -> Router<App> {
    let asked = reading::routes().merge(house::routes()).merge(told::routes()).merge(archive::routes());
    let written = writing::routes().merge(working::routes()).merge(drafting::routes()).merge(uploads::routes());
    let kept = money::routes().merge(imports::routes());
    tokens::routes().merge(asked).merge(written).merge(kept).merge(openapi::routes())
}
