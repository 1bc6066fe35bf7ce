//! 监管提示: the list of what acts have pointed out, the oldest first, with its rule, its facts and its case.

use super::READERS;
use crate::app::App;
use crate::fail::Fail;
use crate::flags::{self, Filter, Flag, Kind};
use crate::registry;
use crate::text::{Lang, say};
use crate::web::export::{Export, Format, ROWS_AT_ONCE, Wanted};
use crate::web::form::PAGE_ROWS;
use crate::web::{Page, Paging, Signed, Ui, html};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::Value as Json;

pub fn routes() -> Router<App> {
    Router::new().route("/supervision/hints", get(list))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    institution: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    format: String,
}

#[derive(Template)]
#[template(path = "supervision/hints.html")]
struct Hints {
    ui: Ui,
    lines: Vec<Flag>,
    paging: Paging,
    /// Each kind that there is, with how many.
    kinds: Vec<(Kind, i64)>,
    all: i64,
    institutions: Vec<(String, String)>,
    filter: Filter,
}

const HEADER: [(&str, f64); 6] =
    [("时间", 18.0), ("提示", 22.0), ("鉴定机构", 28.0), ("事实", 48.0), ("依据", 24.0), ("案件", 38.0)];

async fn list(State(app): State<App>, who: Signed, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    who.must_be(READERS)?;
    let filter = Filter { kind: asked.kind.parse().ok(), institution_id: asked.institution.trim().to_owned() };
    let mut conn = app.db.read().await?;
    let total = flags::count(&mut conn, &filter).await?;
    if let Some(format) = Format::of(&asked.format) {
        let wanted = Wanted::new(&app, &who.visitor, format, "监管提示")
            .by("kind", filter.kind.map_or("", Kind::word))
            .by("institution", &filter.institution_id);
        let mut export = Export::new(wanted, &HEADER, total)?;
        for offset in (0..total).step_by(ROWS_AT_ONCE as usize) {
            for flag in flags::list(&mut conn, &filter, offset, ROWS_AT_ONCE).await? {
                export.row(&row(&who.ui(), &flag))?;
            }
        }
        drop(conn);
        return export.answer().await;
    }
    let paging = Paging::new(asked.page.parse().unwrap_or(1), total);
    let lines = flags::list(&mut conn, &filter, paging.offset(), PAGE_ROWS).await?;
    let kinds = flags::kinds(&mut conn, &filter.institution_id).await?;
    let all = kinds.iter().map(|(_, n)| n).sum();
    let institutions = registry::store::institution_names(&mut conn).await?;
    let page: Page = html(&Hints { ui: who.ui(), lines, paging, kinds, all, institutions, filter });
    Ok(page?.into_response())
}

fn row(ui: &Ui, flag: &Flag) -> [String; 6] {
    [
        ui.minute(&flag.raised_at),
        ui.t(flag.kind.label()).into_owned(),
        flag.institution_name.clone(),
        facts(ui.lang, flag),
        ui.t(&flag.article).into_owned(),
        flag.subject_id.clone(),
    ]
}

/// What happened, in a sentence: the facts that the act wrote down.
pub fn facts(lang: Lang, flag: &Flag) -> String {
    let fact = |name: &str| match &flag.detail[name] {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let yuan = |name: &str| flag.detail[name].as_i64().map(paper::amount).unwrap_or_default();
    let told = flag.detail["text"].as_str().map(|key| lang.t(key).into_owned()).unwrap_or_default();
    let said = match flag.kind {
        Kind::LongExtension => say("延长%{n}个工作日").with("n", fact("workdays")),
        Kind::LateExtension => say("到期日%{due}，%{on}才批准延长").with("due", fact("due")).with("on", fact("on")),
        Kind::FeeDeviation if flag.detail["guide_fen"].is_i64() => say("%{code}：报价%{price}元，政府指导价%{guide}元")
            .with("code", fact("code"))
            .with("price", yuan("price_fen"))
            .with("guide", yuan("guide_fen")),
        Kind::TooFewAppraisers => {
            say("%{item}：符合条件的鉴定人%{n}名").with("item", fact("item")).with("n", fact("eligible"))
        }
        Kind::AcceptedElsewhere => say("%{told}（%{days}天前另案受理）").with("told", told).with("days", fact("days")),
        Kind::Custody => say("%{told}（%{code}）").with("told", told).with("code", fact("material")),
        Kind::LateRecord => say("检验%{ended}结束，最迟应在%{last}记录，%{entered}才记录")
            .with("ended", fact("ended_on"))
            .with("last", fact("last_day"))
            .with("entered", fact("entered_on")),
        Kind::OpinionWithdrawn => {
            let term = |name: &str| lang.t(&fact(name)).into_owned();
            let permitted = match flag.detail["permitted"].as_bool() {
                Some(true) => "有决定或者准许的文书",
                _ => "没有人民法院或者司法行政机关的文书",
            };
            say("%{ground}；%{adopted}；%{permitted}")
                .with("ground", term("ground"))
                .with("adopted", term("adopted"))
                .word("permitted", permitted)
        }
        Kind::CourtAbsence => say("通知出庭日期%{on}").with("on", fact("on")),
        Kind::FeeDeviation => return told,
    };
    lang.say(&said)
}

impl Hints {
    fn facts(&self, flag: &Flag) -> String {
        facts(self.ui.lang, flag)
    }

    fn is_kind(&self, kind: &Kind) -> bool {
        self.filter.kind == Some(*kind)
    }

    /// The address of this list with another kind or page.
    fn at(&self, kind: &str, page: i64) -> String {
        format!("/supervision/hints?kind={kind}&institution={}&page={page}", self.filter.institution_id)
    }

    fn kind_word(&self) -> &'static str {
        self.filter.kind.map_or("", Kind::word)
    }

    fn file(&self, format: &str) -> String {
        format!("{}&format={format}", self.at(self.kind_word(), 1))
    }
}
