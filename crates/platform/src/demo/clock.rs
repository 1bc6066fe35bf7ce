//! The demo's clock: moved on by days, so that terms can be seen running out.

use crate::app::App;
use crate::db::{Conn, DbError};
use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::values;
use crate::web::form::Filled;
use crate::web::{Form, Page, Ui, Visitor, done, html};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use worktime::Term;

const SETTING: &str = "demo_today";

pub fn routes() -> Router<App> {
    Router::new().route("/demo/clock", get(show).post(move_on))
}

#[derive(Template)]
#[template(path = "demo/clock.html")]
struct ClockPage {
    ui: Ui,
    filled: Filled,
    /// Where the buttons lead: label and day.
    jumps: Vec<(&'static str, Date)>,
}

fn page(app: &App, visitor: &Visitor, filled: Filled) -> Page {
    let from = app.clock.today();
    let ahead = |days: u16| app.calendar.due(from, Term::Workdays(days)).date;
    let jumps = vec![
        ("下一个工作日", ahead(1)),
        ("三个工作日之后", ahead(3)),
        ("七个工作日之后", ahead(7)),
        ("三十个工作日之后", ahead(30)),
    ];
    html(&ClockPage { ui: visitor.ui(), filled, jumps })
}

fn only_in_demo(app: &App) -> Result<(), Fail> {
    if app.config.demo { Ok(()) } else { Err(Fail::NotFound) }
}

async fn show(State(app): State<App>, visitor: Visitor) -> Page {
    only_in_demo(&app)?;
    page(&app, &visitor, Filled::default())
}

/// Only forwards: what has happened stays before what happens next.
async fn move_on(State(app): State<App>, visitor: Visitor, form: Form) -> Result<Response, Fail> {
    only_in_demo(&app)?;
    let today = app.clock.today();
    let last = app.calendar.last_decreed_year().unwrap_or(today.year()) + LATEST_YEARS;
    match form.text("date").parse::<Date>() {
        Ok(date) if date > today && date.year() <= last => {
            let mut conn = app.db.write().await?;
            save(&mut conn, date).await?;
            conn.commit().await?;
            app.clock.move_to(date);
            Ok(done("/demo/clock", "时钟已拨动。"))
        }
        _ => {
            let fault =
                Fault::new("date", say("请填写%{from}之后、%{to}年以内的日期。").with("from", today).with("to", last));
            let page = page(&app, &visitor, Filled::new(form, vec![fault]))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Years past the last decreed one to which the clock may be moved: far enough to see provisional dates.
const LATEST_YEARS: i16 = 2;

/// Remembers the day for the next start.
pub(super) async fn save(conn: &mut Conn, date: Date) -> Result<(), DbError> {
    conn.run(
        "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        values![SETTING, date],
    )
    .await?;
    Ok(())
}

pub(super) async fn saved(conn: &mut Conn) -> Result<Option<Date>, DbError> {
    conn.first("select value from setting where name = $1", values![SETTING])
        .await?
        .map(|row| row.get("value"))
        .transpose()
}
