//! The desk of custody and the places as files: the columns of their pages, whole.

use super::pages::holder_text;
use super::places::list;
use super::store::{self, Scope, Show};
use crate::app::App;
use crate::fail::Fail;
use crate::web::Signed;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use axum::response::Response;

/// `show` is the group's word; another word is everything in keeping.
pub async fn desk(app: &App, who: &Signed, show: &str, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 8] = [
        ("材料", 28.0),
        ("编号", 18.0),
        ("被鉴定人", 14.0),
        ("数量", 12.0),
        ("现在", 28.0),
        ("等待确认", 16.0),
        ("异常", 8.0),
        ("自何时", 18.0),
    ];
    let scope = store::scope_of(&who.actor)?;
    let is_staff = matches!(scope, Scope::Institution(_));
    let known = Show::ALL
        .iter()
        .find(|(word, _, one)| *word == show && (is_staff || !matches!(one, Show::Mine | Show::Waiting)));
    let (word, _, show) = known.copied().unwrap_or(("all", "", Show::All));
    let (ui, me) = (who.ui(), &who.actor.account_id);
    let mut conn = app.db.read().await?;
    let total = store::count(&mut conn, &scope, show, me).await?;
    let wanted = Wanted::new(app, &who.visitor, format, "材料流转").by("show", word);
    let mut export = Export::new(wanted, &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in store::page(&mut conn, &scope, show, me, offset, ROWS_AT_ONCE).await? {
            export.row(&[
                one.name.clone(),
                one.code.clone(),
                one.owners.label.clone(),
                one.left_text().unwrap_or_else(|| one.quantity.clone()),
                holder_text(ui.lang, &one.holder),
                one.awaits.as_ref().map(|awaits| awaits.name.clone()).unwrap_or_default(),
                if one.irregular > 0 { one.irregular.to_string() } else { String::new() },
                ui.minute(&one.since),
            ])?;
        }
    }
    drop(conn);
    export.answer().await
}

pub async fn tree(app: &App, who: &Signed, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 4] = [("位置", 40.0), ("类型", 10.0), ("存放数", 10.0), ("容量（件）", 12.0)];
    let ui = who.ui();
    let institution = who.actor.organisation_id.clone().unwrap_or_default();
    let mut conn = app.db.read().await?;
    let all = list(&mut conn, &institution).await?;
    drop(conn);
    let rows: Vec<[String; 4]> = all
        .into_iter()
        .map(|one| {
            let capacity = one.capacity.map(|most| most.to_string()).unwrap_or_default();
            [one.path, ui.t(one.kind.label()).into_owned(), one.held.to_string(), capacity]
        })
        .collect();
    Wanted::new(app, &who.visitor, format, "存放位置").file(&HEADER, &rows).await
}
