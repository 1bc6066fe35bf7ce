//! The work queue as a file: the columns of its page and the case's numbers, every case of the list.

use super::pages::item_name;
use super::queue::{self, Asked, Days, Line};
use super::search::{self, Sought};
use super::steps::State;
use super::store::Scope;
use super::view;
use crate::app::App;
use crate::fail::Fail;
use crate::text::say;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Signed, Ui};
use axum::response::Response;

const HEADER: [(&str, f64); 11] = [
    ("被鉴定人", 14.0),
    ("统一案件编号", 24.0),
    ("意见书编号", 26.0),
    ("鉴定事项", 28.0),
    ("委托人", 28.0),
    ("鉴定机构", 28.0),
    ("状态", 14.0),
    ("收到日期", 12.0),
    ("到期日", 12.0),
    ("到期", 18.0),
    ("下一步", 20.0),
];

pub async fn work(
    app: &App,
    who: &Signed,
    scope: &Scope,
    asked: &Asked,
    sought: &Sought,
    format: Format,
) -> Result<Response, Fail> {
    let ui = who.ui();
    let days = Days { today: ui.today, soon: queue::soon_until(ui.today, &app.calendar) };
    let mut conn = app.db.read().await?;
    let is_search = !sought.query.trim().is_empty();
    let total = if is_search {
        match search::find(&mut conn, scope, sought, 1).await? {
            Ok(found) => found.paging.total,
            Err(_) => return Err(Fail::Bad(say("查找的内容过长，请缩短后再导出。"))),
        }
    } else {
        queue::count(&mut conn, scope, &who.actor, asked, days).await?
    };
    let show = queue::Show::ALL.iter().find(|(_, _, show)| *show == asked.show).map_or("", |(word, _, _)| *word);
    let wanted = Wanted::new(app, &who.visitor, format, "案件")
        .by("show", if is_search { "" } else { show })
        .by("state", asked.state.map_or("", State::word))
        .by("q", sought.query.trim())
        .by("in", if sought.in_texts { "texts" } else { "" });
    let mut export = Export::new(wanted, &HEADER, total)?;
    let step = if is_search { PAGE_ROWS } else { ROWS_AT_ONCE };
    for offset in (0..total).step_by(step as usize) {
        let lines = if is_search {
            match search::find(&mut conn, scope, sought, offset / PAGE_ROWS + 1).await? {
                Ok(found) => {
                    queue::lines_of(&mut conn, scope, &who.actor, found.lines, ui.today, &app.calendar).await?
                }
                Err(_) => Vec::new(),
            }
        } else {
            queue::export(&mut conn, scope, &who.actor, asked, days, offset, ROWS_AT_ONCE, &app.calendar).await?
        };
        for line in lines {
            export.row(&row(&ui, &line))?;
        }
    }
    drop(conn);
    export.answer().await
}

fn row(ui: &Ui, line: &Line) -> [String; 11] {
    [
        line.examinee_name.clone(),
        line.code.clone().unwrap_or_default(),
        line.opinion_number.clone().unwrap_or_default(),
        item_name(ui, &line.item),
        line.client_name.clone(),
        line.institution_name.clone(),
        ui.t(line.state.label()).into_owned(),
        line.received_on.to_string(),
        line.due_on.map(|day| day.to_string()).unwrap_or_default(),
        view::due_words(ui.lang, line.urgency),
        ui.list(&line.next),
    ]
}
