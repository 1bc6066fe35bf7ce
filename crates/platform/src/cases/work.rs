//! The work queue and the search over the cases a person may see.
//!
//! **Invariant:** what is searched for never stands in an address.

use super::exported;
use super::pages::item_name;
use super::queue::{self, Asked, Days, Line, Show};
use super::search::{self, Field, Refused, Sought, TextKind, Why};
use super::steps::State;
use super::store::Scope;
use super::view;
use crate::app::App;
use crate::fail::Fail;
use crate::text::say;
use crate::web::export::Format;
use crate::web::form::PAGE_ROWS;
use crate::web::{Form, Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new().route("/work", get(work).post(look_up))
}

#[derive(Template)]
#[template(path = "cases/work.html")]
struct Work {
    ui: Ui,
    asked: Asked,
    sought: Sought,
    refused: Option<Refused>,
    is_ready: bool,
    lines: Vec<Line>,
    paging: Paging,
    counts: Vec<(&'static str, &'static str, Show, i64)>,
    sees_institution: bool,
}

/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;

#[derive(Deserialize)]
struct WorkQuery {
    #[serde(default)]
    show: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

async fn work(Extract(app): Extract<App>, who: Signed, Query(query): Query<WorkQuery>) -> Result<Response, Fail> {
    let scope = Scope::of(&who.actor)?;
    // Officers have no step of their own in a case: they begin with what is overdue.
    let first = if scope == Scope::Bureau { Show::Overdue } else { Show::Mine };
    let asked = Asked { show: Show::of(&query.show).unwrap_or(first), state: query.state.parse().ok() };
    let sought = Sought::default();
    match Format::of(&query.format) {
        Some(format) => exported::work(&app, &who, &scope, &asked, &sought, format).await,
        None => Ok(work_page(&app, &who, &scope, asked, sought, &query.page).await?.into_response()),
    }
}

/// A search is sent as a form although it changes nothing: names of people do not belong into addresses.
async fn look_up(Extract(app): Extract<App>, who: Signed, form: Form) -> Result<Response, Fail> {
    let scope = Scope::of(&who.actor)?;
    let asked = Asked { show: Show::All, state: form.text("state").parse().ok() };
    let sought = Sought { query: form.text("q").to_owned(), state: asked.state, in_texts: form.text("in") == IN_TEXTS };
    match Format::of(form.text("format")) {
        Some(format) => exported::work(&app, &who, &scope, &asked, &sought, format).await,
        None => Ok(work_page(&app, &who, &scope, asked, sought, form.text("page")).await?.into_response()),
    }
}

/// What the search form says for the full text.
const IN_TEXTS: &str = "texts";

async fn work_page(app: &App, who: &Signed, scope: &Scope, asked: Asked, sought: Sought, page: &str) -> Page {
    let today = who.visitor.today;
    let days = Days { today, soon: queue::soon_until(today, &app.calendar) };
    let mut conn = app.db.read().await?;
    let mut counts = Vec::new();
    for (word, label, show) in Show::ALL {
        if *scope == Scope::Bureau && show == Show::Mine {
            continue;
        }
        let of = Asked { show, state: None };
        counts.push((word, label, show, queue::count(&mut conn, scope, &who.actor, &of, days).await?));
    }
    let page = page.parse::<i64>().unwrap_or(1).clamp(1, PAGES_MAX);
    let is_search = !sought.query.trim().is_empty();
    let mut refused = None;
    let (lines, paging) = if is_search {
        match search::find(&mut conn, scope, &sought, page).await? {
            Ok(found) => {
                let lines = queue::lines_of(&mut conn, scope, &who.actor, found.lines, today, &app.calendar).await?;
                (lines, found.paging)
            }
            Err(why) => {
                refused = Some(why);
                (Vec::new(), Paging::new(1, 0))
            }
        }
    } else {
        queue::list(&mut conn, scope, &who.actor, &asked, days, page, &app.calendar).await?
    };
    let is_ready = !is_search || search::is_ready(&mut conn).await?;
    drop(conn);
    if is_search {
        search::fold_if_many(app);
    }
    let sees_institution = !matches!(scope, Scope::Institution(_) | Scope::Appraiser(_));
    html(&Work { ui: who.ui(), asked, sought, refused, is_ready, lines, paging, counts, sees_institution })
}

impl Work {
    /// How many there are, which of them are shown, in which order.
    fn caption(&self) -> String {
        let Paging { total, .. } = self.paging;
        if self.paging.pages() <= 1 {
            return self.ui.f1("共 %{total} 件；先到期的在前", "total", total);
        }
        let (first, last) = (self.paging.offset() + 1, (self.paging.offset() + PAGE_ROWS).min(total));
        let shown = say("共 %{total} 件，显示第 %{first}–%{last} 件；先到期的在前");
        self.ui.say(&shown.with("total", total).with("first", first).with("last", last))
    }

    fn due(&self, line: &Line) -> String {
        view::due_words(self.ui.lang, line.urgency)
    }

    fn is_state(&self, one: &State) -> bool {
        self.asked.state == Some(*one)
    }

    /// Whether this is the answer to a search, whose pages are turned by forms.
    fn is_search(&self) -> bool {
        !self.sought.query.trim().is_empty()
    }

    /// Whether the list is narrowed beyond its tab.
    fn is_narrowed(&self) -> bool {
        self.is_search() || self.asked.state.is_some()
    }

    /// Why a search could not be answered, or what its answer lacks.
    fn notice(&self) -> Option<String> {
        match self.refused {
            Some(Refused::TooLong) => {
                Some(self.ui.f1("查找内容不能超过%{n}个字，请只输入一部分。", "n", search::QUERY_MAX))
            }
            Some(Refused::WordTooShort) => Some(self.ui.t("查找全文时，每个词至少要有两个字。").into_owned()),
            None if !self.is_ready => {
                Some(self.ui.t("以前的案件正在编入查找索引，现在的结果可能不全，请稍后再查。").into_owned())
            }
            None => None,
        }
    }

    /// Where a word was found, as far as the line does not show it.
    fn place(&self, why: &Why, line: &Line) -> Option<&'static str> {
        match why {
            Why::Text { kind: TextKind::Opinion, .. } => Some("意见书全文"),
            Why::Text { kind: TextKind::Record, .. } => Some("记录全文"),
            Why::Place(Field::Initials) => Some("拼音首字母"),
            Why::Place(Field::IdTail) => Some("身份证号码"),
            Why::Place(Field::Letter) => Some("委托书文号"),
            Why::Place(Field::Code) if line.opinion_number.is_some() => Some("案件编号"),
            Why::Place(Field::Client) if self.sees_institution => Some("委托人"),
            Why::Place(_) => None,
        }
    }

    fn state_word(&self) -> &'static str {
        self.asked.state.map_or("", State::word)
    }

    /// The address of another page of the same list.
    fn at(&self, page: &i64) -> String {
        let show = Show::ALL.iter().find(|(_, _, show)| *show == self.asked.show).map_or("all", |(word, _, _)| *word);
        format!("/work?show={show}&state={}&page={page}", self.state_word())
    }

    /// The address of the same list as a file.
    fn export(&self, format: &str) -> String {
        self.at(&1).replace("&page=1", &format!("&format={format}"))
    }

    fn states(&self) -> &'static [State] {
        State::ALL
    }
}
