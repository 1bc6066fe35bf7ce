//! What a program sends, as the form a page would send: JSON bodies and queries.

use crate::fail::{Fail, Fault};
use crate::text::say;
use crate::web::Form;
use crate::web::form::Reader;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Rows of one page where nothing else is asked for, and the most.
const PER_PAGE: i64 = 50;
const PER_PAGE_MAX: i64 = 200;
/// No list is longer; keeps a made-up page number from overflowing.
const PAGES_MAX: i64 = 1_000_000;

/// A JSON object as a form: texts, numbers and truths, arrays of them for fields that are repeated. Nothing sent is nothing
/// typed.
///
/// # Errors
/// [`Fail::Bad`] for what is no object, [`Fail::Faults`] for every field that holds something deeper.
pub(super) fn form(body: &[u8]) -> Result<Form, Fail> {
    let bad = || Fail::Bad(say("请求正文不是有效的JSON对象。"));
    let fields = match body.iter().all(u8::is_ascii_whitespace) {
        true => serde_json::Map::new(),
        false => match serde_json::from_slice::<Json>(body).map_err(|_| bad())? {
            Json::Object(fields) => fields,
            _ => return Err(bad()),
        },
    };
    let (mut form, mut faults) = (BTreeMap::new(), Vec::new());
    for (name, value) in fields {
        let texts: Option<Vec<String>> = match &value {
            Json::Array(all) => all.iter().map(text).collect(),
            one => text(one).map(|text| vec![text]),
        };
        match texts {
            Some(texts) if value != Json::Null => drop(form.insert(name, texts)),
            Some(_) => {}
            None => faults.push(Fault::new(name, say("此字段只能是文字、数字、真假值，或者它们的数组。"))),
        }
    }
    if faults.is_empty() { Ok(Form::from_fields(form)) } else { Err(Fail::Faults(faults)) }
}

/// As a browser's form would hold it: a tick says `yes`, its absence nothing.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null | Json::Bool(false) => Some(String::new()),
        Json::Bool(true) => Some("yes".to_owned()),
        Json::Number(number) => Some(number.to_string()),
        // PostgreSQL keeps no NUL, and no person types one.
        Json::String(text) => Some(text.replace('\0', "").replace("\r\n", "\n")),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// Which rows of a list are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub page: i64,
    pub per_page: i64,
}

impl Window {
    /// # Errors
    /// [`Fail::Faults`] where the query names no page.
    pub fn of(query: &Form) -> Result<Self, Fail> {
        let mut reader = Reader::new(query);
        let mut number = |field: &str, otherwise: i64, most: i64| match query.text(field) {
            "" => otherwise,
            _ => reader.number(field, 1, most),
        };
        let window = Self { page: number("page", 1, PAGES_MAX), per_page: number("per_page", PER_PAGE, PER_PAGE_MAX) };
        reader.finish(window).map_err(Fail::Faults)
    }

    pub fn offset(self) -> i64 {
        (self.page - 1) * self.per_page
    }

    /// At least one, also of nothing.
    pub fn pages(self, total: i64) -> i64 {
        ((total + self.per_page - 1) / self.per_page).max(1)
    }
}

/// The query of an address as a form.
pub(super) fn query(pairs: Vec<(String, String)>) -> Form {
    Form::of(pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_as_a_form() {
        let read = form(r#"{"a": " x ", "n": 3, "yes": true, "no": false, "none": null, "all": ["1", 2]}"#.as_bytes());
        let read = read.unwrap();
        assert_eq!((read.text("a"), read.text("n"), read.all("all")), ("x", "3", vec!["1", "2"]));
        assert!(read.is_checked("yes") && !read.is_checked("no") && !read.is_checked("none"));
        assert_eq!(form(b"").unwrap(), Form::default());
        assert!(matches!(form(b"[1]"), Err(Fail::Bad(_))));
        assert!(matches!(form(b"{\"a\":{}, \"b\":[[1]]}"), Err(Fail::Faults(all)) if all.len() == 2));
    }

    #[test]
    fn a_window_stays_inside_its_bounds() {
        let of = |text: &str| Window::of(&Form::of([("page", text), ("per_page", text)]));
        assert_eq!(of("").unwrap(), Window { page: 1, per_page: 50 });
        assert_eq!(of("3").unwrap().offset(), 6);
        assert!(matches!(of("0"), Err(Fail::Faults(all)) if all.len() == 2));
        assert!(matches!(of("201"), Err(Fail::Faults(all)) if all.len() == 1));
    }
}
