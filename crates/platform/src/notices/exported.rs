//! The inbox, and what was told about a case, as files: the columns of their pages, whole.

use super::store;
use crate::app::App;
use crate::cases::facts::Record;
use crate::db::Conn;
use crate::fail::Fail;
use crate::web::Signed;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use axum::response::Response;

pub(super) async fn inbox(app: &App, who: &Signed, only_unread: bool, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 6] =
        [("时间", 18.0), ("通知", 40.0), ("时限", 28.0), ("案件", 28.0), ("状态", 14.0), ("已读", 8.0)];
    let (ui, me) = (who.ui(), &who.actor.account_id);
    let mut conn = app.db.read().await?;
    // Not the number beside the link, which ends at a thousand.
    let total = store::count_inbox(&mut conn, me, only_unread).await?;
    let wanted = Wanted::new(app, &who.visitor, format, "通知").by("show", if only_unread { "unread" } else { "all" });
    let mut export = Export::new(wanted, &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for line in store::inbox(&mut conn, me, only_unread, offset, ROWS_AT_ONCE).await? {
            let lang = &ui.lang;
            export.row(&[
                ui.minute(&line.created_at),
                line.text(lang),
                line.due(lang).unwrap_or_default(),
                line.case(lang),
                line.state(lang),
                if line.is_read { ui.t("已读").into_owned() } else { String::new() },
            ])?;
        }
    }
    drop(conn);
    export.answer().await
}

pub(super) async fn of_case(
    mut conn: Conn,
    app: &App,
    who: &Signed,
    case: &Record,
    format: Format,
) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 8] = [
        ("时间", 18.0),
        ("告知对象", 24.0),
        ("通知", 40.0),
        ("时限", 28.0),
        ("方式", 12.0),
        ("结果", 12.0),
        ("送出时间", 18.0),
        ("阅读时间", 18.0),
    ];
    let ui = who.ui();
    let (_, total) = store::of_case(&mut conn, &case.id, 0, 0).await?;
    let wanted = Wanted::new(app, &who.visitor, format, "本案的通知").by("case", &case.id);
    let mut export = Export::new(wanted, &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in store::of_case(&mut conn, &case.id, offset, ROWS_AT_ONCE).await?.0 {
            let at = |at: Option<jiff::Timestamp>| at.map(|at| ui.minute(&at)).unwrap_or_default();
            export.row(&[
                ui.minute(&one.line.created_at),
                one.to.clone(),
                one.line.text(&ui.lang),
                one.line.due(&ui.lang).unwrap_or_default(),
                ui.t(one.channel()).into_owned(),
                ui.t(one.state()).into_owned(),
                at(one.sent_at),
                at(one.read_at),
            ])?;
        }
    }
    drop(conn);
    export.answer().await
}
