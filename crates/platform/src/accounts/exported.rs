//! The lists of accounts and of what happened to them as files: the columns of their pages, whole.

use super::log;
use super::store;
use crate::app::App;
use crate::fail::Fail;
use crate::web::Signed;
use crate::web::export::{self, Export, Format, ROWS_AT_ONCE, Wanted};
use axum::response::Response;

pub(super) async fn accounts(app: &App, who: &Signed, sought: &str, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 5] = [("登录名", 20.0), ("姓名", 16.0), ("单位", 32.0), ("角色", 32.0), ("状态", 14.0)];
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let total = store::count(&mut conn, sought).await?;
    let mut export = Export::new(Wanted::new(app, &who.visitor, format, "账户管理").by("q", sought), &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in store::list(&mut conn, sought, offset, ROWS_AT_ONCE).await? {
            let roles: Vec<&str> = one.roles.iter().map(|role| role.label()).collect();
            let standing = ui.t(one.standing()).into_owned();
            export.row(&[one.login, one.name, one.organisation_name, ui.list(&roles), standing])?;
        }
    }
    drop(conn);
    export.answer().await
}

pub(super) async fn sign_ins(app: &App, who: &Signed, sought: &str, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 4] = [("时间", 18.0), ("登录名", 20.0), ("网络地址", 24.0), ("结果", 20.0)];
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let total = log::count_attempts(&mut conn, sought).await?;
    let mut export = Export::new(Wanted::new(app, &who.visitor, format, "登录记录").by("q", sought), &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in log::list_attempts(&mut conn, sought, offset, ROWS_AT_ONCE).await? {
            let outcome = ui.t(one.outcome.label()).into_owned();
            export.row(&[ui.minute(&one.happened_at), one.login, one.ip, outcome])?;
        }
    }
    drop(conn);
    export.answer().await
}

pub(super) async fn account_events(app: &App, who: &Signed, sought: &str, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 7] = [
        ("时间", 18.0),
        ("办理人", 16.0),
        ("账户", 20.0),
        ("办理事项", 20.0),
        ("角色", 32.0),
        ("结果", 10.0),
        ("请求编号", 36.0),
    ];
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let total = log::count_events(&mut conn, sought).await?;
    let wanted = Wanted::new(app, &who.visitor, format, "账户变更记录").by("q", sought);
    let mut export = Export::new(wanted, &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in log::list_events(&mut conn, sought, offset, ROWS_AT_ONCE).await? {
            let (action, detail) = (ui.t(one.action.label()).into_owned(), one.detail(&ui.lang));
            let result = ui.t(if one.is_done { "已办理" } else { "已拒绝" }).into_owned();
            let at = ui.minute(&one.happened_at);
            export.row(&[at, one.actor_name, one.account_login, action, detail, result, one.request_id])?;
        }
    }
    drop(conn);
    export.answer().await
}

/// What was exported; this export is a row of the next one.
pub(super) async fn exports(app: &App, who: &Signed, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 8] = [
        ("时间", 18.0),
        ("导出人", 16.0),
        ("单位", 28.0),
        ("列表", 20.0),
        ("筛选条件", 40.0),
        ("格式", 8.0),
        ("行数", 10.0),
        ("请求编号", 36.0),
    ];
    let ui = who.ui();
    let mut conn = app.db.read().await?;
    let total = export::count_taken(&mut conn).await?;
    let mut export = Export::new(Wanted::new(app, &who.visitor, format, "导出记录"), &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for one in export::list_taken(&mut conn, offset, ROWS_AT_ONCE).await? {
            let (list, by, filter) = (ui.t(&one.list).into_owned(), one.by(&ui.lang), one.filter());
            let (at, rows) = (ui.minute(&one.exported_at), one.rows.to_string());
            export.row(&[at, by, one.organisation, list, filter, one.format, rows, one.request_id])?;
        }
    }
    drop(conn);
    export.answer().await
}
