//! The interface for programs (程序接口): `/api/v1`, from the same tables, forms and acts as the pages.
//!
//! Reading order: `scopes` (what a token may) · `tokens` (page and store) · `caller` (who asks) · `input` (JSON as a form) ·
//! `shapes` (cases as JSON) · `reading`, `writing`, `working`, `house`, `once` (what can be asked) · `table`, `openapi`, `schemas` (what is said
//! about it).
//!
//! **Invariant:** nothing is decided here: a step is prepared and carried out by `cases::acts` as from a page, and a token
//! never does what its owner could not do now.

mod caller;
mod house;
mod input;
mod once;
mod openapi;
mod reading;
mod schemas;
mod scopes;
mod shapes;
mod table;
mod tokens;
mod working;
mod writing;

use crate::Feature;
use crate::app::App;
use axum::Router;

pub const FEATURE: Feature = Feature { name: "api", routes, navigation: &[], case_tabs: &[] };

fn routes() -> Router<App> {
    let asked = reading::routes().merge(writing::routes()).merge(working::routes()).merge(house::routes());
    tokens::routes().merge(asked).merge(openapi::routes())
}
