//! What every page has: language, who is signed in, navigation, the notice of the last act.

use super::visitor::{NOTICE_COOKIE, Visitor};
use crate::actor::Actor;
use crate::fail::Fail;
use crate::text::{Lang, Say};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use std::borrow::Cow;
use std::fmt::Display;

/// A link of the navigation, and for whom it is.
pub struct NavItem {
    pub path: &'static str,
    pub label: &'static str,
    pub shown: fn(Option<&Actor>) -> bool,
}

/// A page of one case: what follows `/cases/{id}` in its address, its name, and for whom it is.
pub struct CaseTab {
    pub path: &'static str,
    pub label: &'static str,
    pub shown: fn(&Actor) -> bool,
}

/// Handed to every template as `ui`.
#[derive(Clone, Debug)]
pub struct Ui {
    pub lang: Lang,
    pub who: Option<Actor>,
    pub path: String,
    pub today: Date,
    pub demo: bool,
    pub notice: Option<String>,
    /// Numbers beside links of the navigation: address and number.
    pub badges: Vec<(&'static str, i64)>,
}

impl Ui {
    pub(super) fn new(visitor: &Visitor) -> Self {
        Self {
            lang: visitor.lang,
            who: visitor.actor.clone(),
            path: visitor.path.clone(),
            today: visitor.today,
            demo: visitor.demo,
            notice: visitor.notice.as_deref().and_then(urlencoded),
            badges: visitor.badges.clone(),
        }
    }

    pub fn t<'k>(&self, key: &'k str) -> Cow<'k, str> {
        self.lang.t(key)
    }

    pub fn f1(&self, key: &str, name: &str, value: impl Display) -> String {
        self.lang.f1(key, name, value)
    }

    /// Keys in a row.
    pub fn list(&self, keys: &[&str]) -> String {
        self.lang.list(keys)
    }

    pub fn say(&self, said: &Say) -> String {
        self.lang.say(said)
    }

    pub fn is_english(&self) -> bool {
        self.lang == Lang::En
    }

    /// A minute in China.
    pub fn minute(&self, instant: &Timestamp) -> String {
        crate::clock::minute_of(*instant)
    }

    /// The navigation for this person: path, text, whether it is the page shown.
    pub fn nav(&self) -> Vec<(&'static str, String, bool)> {
        crate::navigation()
            .filter(|item| (item.shown)(self.who.as_ref()))
            .map(|item| {
                let here = self.path == item.path || self.path.starts_with(&format!("{}?", item.path));
                let badge = self.badges.iter().find(|(path, n)| *path == item.path && *n > 0);
                let label = self.t(item.label);
                (item.path, badge.map_or_else(|| label.clone().into_owned(), |(_, n)| format!("{label} ({n})")), here)
            })
            .collect()
    }

    /// The tabs of a case for this person: address, text, whether it is the page shown.
    pub fn case_tabs(&self, case_id: &str) -> Vec<(String, String, bool)> {
        let Some(who) = &self.who else { return Vec::new() };
        let here = self.path.split('?').next().unwrap_or_default();
        crate::case_tabs()
            .filter(|tab| (tab.shown)(who))
            .map(|tab| {
                let path = format!("/cases/{case_id}{}", tab.path);
                let is_here = here == path || (!tab.path.is_empty() && here.starts_with(&format!("{path}/")));
                (path, self.t(tab.label).into_owned(), is_here)
            })
            .collect()
    }

    /// The address of a file under `/assets`, with its content's hash so that it may be kept for ever.
    pub fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }
}

/// The cookie holds the key percent-encoded; only keys of ours are shown.
fn urlencoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}"))
}

/// A page as a response.
pub type Page = Result<Html<String>, Fail>;

/// Renders a page.
///
/// # Errors
/// A template that fails is ours to mend.
pub fn html(page: &impl Template) -> Page {
    page.render().map(Html).map_err(|error| Fail::Internal(error.into()))
}

/// After an act: to the page where its result is seen, which says once what was done.
pub fn done(to: &str, what: &'static str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let cookie = format!("{NOTICE_COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60", percent(what));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

pub(super) fn forget_notice(response: &mut Response) {
    let gone = HeaderValue::from_static("notice=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
    response.headers_mut().append(header::SET_COOKIE, gone);
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_notice_survives_its_cookie() {
        assert_eq!(super::urlencoded(&super::percent("已受理。")).as_deref(), Some("已受理。"));
        assert_eq!(super::urlencoded("%zz"), None);
        assert_eq!(super::urlencoded("%e4%"), None);
    }
}
