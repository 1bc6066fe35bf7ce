//! The public page on which anyone checks an opinion: no sign-in, no personal data of the parties, nothing uploaded.

use super::issue::grouped;
use super::store::{self, CorrectionRow, Later, Opinion, WithdrawalRow};
use crate::app::App;
use crate::cases::content::WithdrawalGround;
use crate::fail::Fail;
use crate::log::{self, Log};
use crate::registry::{Categories, ItemCode};
use crate::signing::{self, Seen};
use crate::web::{Page, Ui, Visitor, html};
use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/verify", get(ask))
        .route("/verify/{code}", get(answer))
        // What the QR code holds, in capitals so that it stays small.
        .route("/V/{code}", get(from_qr))
        .route("/v/{code}", get(from_qr))
}

#[derive(Template)]
#[template(path = "opinions/verify.html")]
struct Verify {
    ui: Ui,
    typed: String,
    found: Option<Opinion>,
    corrections: Vec<CorrectionRow>,
    withdrawal: Option<WithdrawalRow>,
    /// Opinions of later appraisals of the same matter.
    later: Vec<Later>,
    /// Who signed the kept file, and what is wrong with it.
    signatures: Vec<Seen>,
    faults: Vec<String>,
    /// A code was given and belongs to no opinion.
    unknown: bool,
    /// The key of the public log, for checking a proof in the browser.
    log_key: String,
}

impl Verify {
    fn of(visitor: &Visitor, typed: String, found: Option<Opinion>) -> Self {
        let (corrections, withdrawal, later, signatures, faults, log_key) = Default::default();
        let (ui, unknown) = (visitor.ui(), false);
        Self { ui, typed, found, corrections, withdrawal, later, signatures, faults, unknown, log_key }
    }

    fn item(&self, opinion: &Opinion) -> String {
        match opinion.facts.item.parse::<ItemCode>().ok().and_then(|code| Categories::get().find(&code)) {
            Some(one) if self.ui.is_english() => one.english.to_owned(),
            Some(one) => one.name.to_owned(),
            None => opinion.facts.item.clone(),
        }
    }

    fn standing(&self, opinion: &Opinion) -> &'static str {
        match opinion.standing.as_str() {
            "corrected" => "已补正",
            "withdrawn" => "已撤销",
            _ if self.later.iter().any(|one| one.number.is_none()) => "已签发，其后另有重新鉴定",
            _ if !self.later.is_empty() => "已签发，其后另有补充鉴定",
            _ => "已签发，有效",
        }
    }

    /// A correction leaves the opinion as it is (通则 41): it was issued here, and is read together with its corrections.
    fn corrected(&self) -> String {
        match self.corrections.last() {
            Some(last) => self.ui.f1("本平台签发过这份意见书，其后已补正（%{date}）", "date", last.corrected_on),
            None => self.ui.t("本平台签发过这份意见书，其后已补正").into_owned(),
        }
    }

    /// A withdrawn opinion was issued here and is the original; nobody stands by it any more.
    fn withdrawn(&self) -> String {
        match &self.withdrawal {
            Some(one) => {
                self.ui.f1("这份意见书已于%{date}由签发机构撤销，请勿再作为依据使用", "date", one.withdrawn_on)
            }
            None => self.ui.t("已撤销").into_owned(),
        }
    }

    /// The ground in words.
    fn ground(&self, withdrawal: &WithdrawalRow) -> &'static str {
        WithdrawalGround::of(&withdrawal.ground).map_or("", WithdrawalGround::label)
    }

    fn code(&self, opinion: &Opinion) -> String {
        grouped(&opinion.check_code)
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    code: String,
}

async fn ask(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Fail> {
    let code = normalised_code(&asked.code);
    if code.is_empty() {
        let page = Verify::of(&visitor, String::new(), None);
        return Ok(html(&page)?.into_response());
    }
    Ok(Redirect::to(&format!("/verify/{code}")).into_response())
}

async fn from_qr(Path(code): Path<String>) -> Redirect {
    Redirect::to(&format!("/verify/{}", normalised_code(&code)))
}

async fn answer(State(app): State<App>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Fail> {
    app.limits.verify(visitor.ip)?;
    let code = normalised_code(&code);
    let mut conn = app.db.read().await?;
    let found = store::find_by_code(&mut conn, &code).await?;
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let corrections = store::corrections(&mut conn, &code).await?;
    let withdrawal = store::withdrawal(&mut conn, &code).await?;
    let later = store::later(&mut conn, &code).await?;
    drop(conn);
    let (signatures, faults) = match &found {
        Some(opinion) => match signing::seen(&app, &opinion.sha256).await {
            // The kept file of an opinion whose case was removed: the hash still answers.
            Err(Fail::NotFound) => Default::default(),
            seen => seen?,
        },
        None => Default::default(),
    };
    let log_key = log::keys(&app).map_err(Fail::Internal)?.verifier(Log::Public).to_string();
    let unknown = found.is_none();
    let page: Page = html(&Verify {
        log_key,
        corrections,
        withdrawal,
        later,
        signatures,
        faults,
        unknown,
        ..Verify::of(&visitor, grouped(&code), found)
    });
    Ok((status, page?).into_response())
}

/// A check code as it is stored, whatever was typed: capitals, no gaps, letters taken for digits put right (Crockford).
pub fn normalised_code(typed: &str) -> String {
    typed
        .chars()
        .filter(|sign| sign.is_ascii_alphanumeric())
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_code_read_aloud_is_understood() {
        assert_eq!(super::normalised_code(" 7kq2-m9xa oil0 "), "7KQ2M9XA0110");
    }
}
