//! The directory as a file: what its pages show, whole.

use super::{code_name, district_name, fields_of, standing};
use crate::db::Conn;
use crate::fail::Fail;
use crate::registry::store::{self, Narrowed};
use crate::registry::{Appraiser, ItemCode};
use crate::web::Ui;
use crate::web::export::{Export, ROWS_AT_ONCE, Wanted};
use axum::response::Response;

pub async fn institutions(mut conn: Conn, ui: &Ui, narrowed: &Narrowed, wanted: Wanted<'_>) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 8] = [
        ("名称", 32.0),
        ("机构负责人", 12.0),
        ("所在区", 10.0),
        ("地址", 32.0),
        ("联系电话", 16.0),
        ("许可证号", 16.0),
        ("许可证", 12.0),
        ("业务范围", 48.0),
    ];
    let (mut some, total) = store::list_institutions(&mut conn, narrowed, 0, ROWS_AT_ONCE).await?;
    let mut export = Export::new(wanted, &HEADER, total)?;
    let mut offset = 0;
    while !some.is_empty() {
        for one in &some {
            export.row(&[
                one.name.clone(),
                one.head_name.clone(),
                district_name(ui, &one.district),
                one.address.clone(),
                one.phone.clone(),
                one.licence.as_ref().map(|licence| licence.number.clone()).unwrap_or_default(),
                ui.t(standing(ui, one)).into_owned(),
                fields_of(ui, one),
            ])?;
        }
        offset += ROWS_AT_ONCE;
        some = store::list_institutions(&mut conn, narrowed, offset, ROWS_AT_ONCE).await?.0;
    }
    drop(conn);
    export.answer().await
}

pub async fn appraisers(ui: &Ui, appraisers: &[Appraiser], wanted: Wanted<'_>) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 6] =
        [("姓名", 12.0), ("职称", 10.0), ("执业证号", 18.0), ("许可证", 12.0), ("有效期至", 12.0), ("执业类别", 48.0)];
    let total = i64::try_from(appraisers.len()).unwrap_or(i64::MAX);
    let mut export = Export::new(wanted, &HEADER, total)?;
    for one in appraisers {
        let licence = one.licence.as_ref();
        let names = |scope: &[ItemCode]| scope.iter().map(|code| code_name(ui, code)).collect::<Vec<_>>().join(" · ");
        export.row(&[
            one.name.clone(),
            ui.t(one.title.label()).into_owned(),
            licence.map(|licence| licence.number.clone()).unwrap_or_default(),
            licence.map(|licence| ui.t(licence.standing(ui.today).label()).into_owned()).unwrap_or_default(),
            licence.map(|licence| licence.valid_to.to_string()).unwrap_or_default(),
            licence.map(|licence| names(&licence.scope)).unwrap_or_default(),
        ])?;
    }
    export.answer().await
}
