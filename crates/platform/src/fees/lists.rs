//! What an institution is owed, its bank statement, and the public tariff.

use super::KEEPERS;
use super::deeds::{self, STATEMENT_MAX, Unrecorded};
use super::payments::Payment;
use super::statement::Match;
use super::store::{self, OwedLine, Totals};
use super::tariff::{Tariff, TariffRow, tariff};
use crate::app::App;
use crate::fail::{Fail, Fault, Objection};
use crate::rulebook;
use crate::text::say;
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, Visitor, done, html};
use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::civil::Date;
use serde::Deserialize;

/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/fees", get(list))
        .route("/fees/statement", post(import).layer(DefaultBodyLimit::max(STATEMENT_MAX + 10_000)))
        .route("/fees/tariff", get(show_tariff))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "fees/list.html")]
struct List {
    ui: Ui,
    lines: Vec<OwedLine>,
    totals: Totals,
    paging: Paging,
    /// Rows of a statement that was not recorded, and what is wrong with it.
    rows: Vec<(Payment, Match)>,
    faults: Vec<Fault>,
    objections: Vec<Objection>,
}

async fn list(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(KEEPERS)?;
    if let Some(format) = Format::of(&asked.format) {
        return owed_as_file(&app, &who, format).await;
    }
    let page = asked.page.parse::<i64>().unwrap_or(1).clamp(1, PAGES_MAX);
    Ok(list_page(&app, &who, page, Vec::new(), Vec::new(), Vec::new()).await?.into_response())
}

async fn owed_as_file(app: &App, who: &Signed, format: Format) -> Result<Response, Fail> {
    const HEADER: [(&str, f64); 7] = [
        ("约定日期", 12.0),
        ("委托人", 28.0),
        ("付款码", 14.0),
        ("应收", 12.0),
        ("已收", 12.0),
        ("已退", 12.0),
        ("尚欠", 12.0),
    ];
    let scope = store::scope_of(&who.actor)?;
    let mut conn = app.db.read().await?;
    let total = store::outstanding(&mut conn, &scope, 0, 0).await?.1.owing;
    let mut export = Export::new(Wanted::new(app, &who.visitor, format, "尚欠的费用"), &HEADER, total)?;
    for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
        for line in store::outstanding(&mut conn, &scope, offset, ROWS_AT_ONCE).await?.0 {
            export.row(&[
                line.agreed_on.map(|day| day.to_string()).unwrap_or_default(),
                line.client_name,
                line.payment_code,
                yuan(&line.charge_fen),
                yuan(&line.received_fen),
                yuan(&line.refunded_fen),
                yuan(&line.outstanding_fen),
            ])?;
        }
    }
    drop(conn);
    export.answer().await
}

async fn list_page(
    app: &App,
    who: &Signed,
    page: i64,
    rows: Vec<(Payment, Match)>,
    faults: Vec<Fault>,
    objections: Vec<Objection>,
) -> Page {
    let scope = store::scope_of(&who.actor)?;
    let mut conn = app.db.read().await?;
    let (lines, totals) = store::outstanding(&mut conn, &scope, (page - 1) * PAGE_ROWS, PAGE_ROWS).await?;
    let paging = Paging::new(page, totals.owing);
    html(&List { ui: who.ui(), lines, totals, paging, rows, faults, objections })
}

async fn import(
    State(app): State<App>,
    who: Signed,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fail> {
    who.must_be(KEEPERS)?;
    let mut form = form.map_err(|_| Fail::Bad(say("没有选择文件，请选择后再上传。")))?;
    let bytes = file_of(&mut form).await?;
    let (rows, faults, objections) = match deeds::record_statement(&app, &who, &bytes).await {
        Ok(Ok((tx, _))) => {
            tx.conn.commit().await?;
            return Ok(done("/fees", "对账单已全部登记，收费凭据已生成。"));
        }
        Ok(Err(Unrecorded::Unmatched(rows))) => (rows, Vec::new(), Vec::new()),
        Ok(Err(Unrecorded::Faults(faults))) => (Vec::new(), faults, Vec::new()),
        Err(Fail::Refused(objections)) => (Vec::new(), Vec::new(), objections),
        Err(other) => return Err(other),
    };
    let status = if faults.is_empty() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = list_page(&app, &who, 1, rows, faults, objections).await?;
    Ok((status, page).into_response())
}

async fn file_of(form: &mut Multipart) -> Result<Vec<u8>, Fail> {
    let bad = |_| Fail::Bad(say("文件没有传完，请重新上传。"));
    while let Some(field) = form.next_field().await.map_err(bad)? {
        if field.name() != Some("file") {
            continue;
        }
        return Ok(field.bytes().await.map_err(bad)?.to_vec());
    }
    Err(Fail::Bad(say("没有选择文件，请选择后再上传。")))
}

impl List {
    fn outcome(&self, found: &Match) -> String {
        match found {
            Match::Found(_) => self.ui.t("已找到对应的案件").into_owned(),
            Match::Known => self.ui.t("以前已登记").into_owned(),
            Match::Unmatched(why) => self.ui.say(why),
        }
    }

    /// The case a row goes to.
    fn case_of<'a>(&self, found: &'a Match) -> Option<&'a str> {
        if let Match::Found(id) = found { Some(id) } else { None }
    }

    fn is_unmatched(&self, found: &Match) -> bool {
        matches!(found, Match::Unmatched(_))
    }
}

fn yuan(fen: &i64) -> String {
    paper::amount(*fen)
}

#[derive(Deserialize)]
struct TariffAsked {
    #[serde(default)]
    on: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "fees/tariff.html")]
struct TariffPage {
    ui: Ui,
    on: Date,
    region: String,
    tariff: Option<Tariff>,
}

/// The pack shown first: the city the platform was made for.
pub const FIRST_REGION: &str = "shanghai";

async fn show_tariff(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<TariffAsked>,
) -> Result<Response, Fail> {
    let on = asked.on.parse().ok().filter(|day: &Date| (1850..=2200).contains(&day.year())).unwrap_or(visitor.today);
    let known = rulebook::regions().map(|(region, _)| region).find(|region| *region == asked.region);
    let region = known.unwrap_or(FIRST_REGION).to_owned();
    let tariff = tariff(&region, on);
    let page = TariffPage { ui: visitor.ui(), on, region, tariff };
    match Format::of(&asked.format) {
        Some(format) => {
            let wanted = Wanted::new(&app, &visitor, format, "收费标准").by("region", &page.region);
            page.file(wanted.by("on", on.to_string())).await
        }
        None => Ok(html(&page)?.into_response()),
    }
}

impl TariffPage {
    fn is_region(&self, word: &str) -> bool {
        self.region == word
    }

    fn regions(&self) -> Vec<(&'static str, &'static str)> {
        rulebook::regions().collect()
    }

    fn address(&self) -> String {
        format!("/fees/tariff?region={}&on={}&", self.region, self.on)
    }

    async fn file(&self, wanted: Wanted<'_>) -> Result<Response, Fail> {
        const HEADER: [(&str, f64); 8] = [
            ("代码", 10.0),
            ("收费项目", 40.0),
            ("计价单位", 12.0),
            ("指导价（元）", 16.0),
            ("定价方式", 14.0),
            ("执业类别", 14.0),
            ("依据", 28.0),
            ("备注", 40.0),
        ];
        let is_english = self.ui.is_english();
        let told = |chinese: &String, english: &String| if is_english { english.clone() } else { chinese.clone() };
        let row = |row: &TariffRow| {
            [
                row.code.clone(),
                told(&row.name, &row.english),
                told(&row.unit, &row.unit_english),
                row.guide_fen.map(|_| row.guide_text()).unwrap_or_default(),
                self.ui.t(row.regime.label()).into_owned(),
                row.items.clone(),
                row.article.clone(),
                told(&row.note, &row.note_english),
            ]
        };
        let rows: Vec<_> = self.rows().iter().map(row).collect();
        wanted.file(&HEADER, &rows).await
    }

    fn rows(&self) -> &'static [TariffRow] {
        self.tariff.map_or(&[], |tariff| tariff.rows)
    }
}
