//! Forms as they arrive: names and texts, all faults gathered before anything is said.

use super::described::{self, Kind};
use crate::fail::{Fail, Fault};
use crate::text::{Say, say};
use axum::extract::{FromRequest, Request};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What was typed, by field. Repeated fields keep their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<String, Vec<String>>);

/// Most fields of one form; more is no form of ours.
const FIELDS_MAX: usize = 2_000;

impl Form {
    /// From pairs, as tests and the demo type them.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = Self::default();
        for (name, text) in pairs {
            form.0.entry(name.to_owned()).or_default().push(text.to_owned());
        }
        form
    }

    pub fn from_fields(fields: BTreeMap<String, Vec<String>>) -> Self {
        Self(fields)
    }

    /// The fields as JSON text; what [`Form::from_fields`] takes back.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// Without these fields: what must not be shown again, kept, or hashed.
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    pub fn set(&mut self, name: &str, text: impl Into<String>) {
        self.0.insert(name.to_owned(), vec![text.into()]);
    }

    /// What was typed, without the spaces around it; empty when the field is absent.
    pub fn text(&self, name: &str) -> &str {
        described::note(name, || Kind::Text);
        self.0.get(name).and_then(|all| all.first()).map_or("", |text| text.trim())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        described::note(name, || Kind::Several(Vec::new()));
        self.0.get(name).map(|all| all.iter().map(|text| text.trim()).collect()).unwrap_or_default()
    }

    pub fn is_checked(&self, name: &str) -> bool {
        described::note(name, || Kind::Flag);
        !matches!(self.text(name), "" | "0" | "no")
    }

    pub fn has(&self, name: &str, value: &str) -> bool {
        described::note(name, || Kind::Several(vec![value.to_owned()]));
        self.all(name).contains(&value)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Fail;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fail> {
        let axum_extra::extract::Form(pairs) =
            axum_extra::extract::Form::<Vec<(String, String)>>::from_request(request, state).await.map_err(
                |rejection| {
                    let status = axum::response::IntoResponse::into_response(rejection).status();
                    if status == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
                        Fail::TooLarge(say("表单内容过长，请缩短文字，或作为文件上传。"))
                    } else {
                        Fail::Bad(say("表单内容无法识别，请返回重新填写。"))
                    }
                },
            )?;
        if pairs.len() > FIELDS_MAX {
            return Err(Fail::TooLarge(say("表单内容过长，请缩短文字，或作为文件上传。")));
        }
        let mut form = Self::default();
        for (name, text) in pairs {
            // PostgreSQL keeps no NUL, and no person types one.
            form.0.entry(name).or_default().push(text.replace('\0', "").replace("\r\n", "\n"));
        }
        Ok(form)
    }
}

/// Reads fields into types and gathers every fault on the way.
pub struct Reader<'f> {
    form: &'f Form,
    pub faults: Vec<Fault>,
}

impl<'f> Reader<'f> {
    pub fn new(form: &'f Form) -> Self {
        Self { form, faults: Vec::new() }
    }

    pub fn fault(&mut self, field: &str, what: Say) {
        self.faults.push(Fault::new(field, what));
    }

    /// A text that must be there, at most `longest` characters.
    pub fn required(&mut self, field: &str, longest: usize) -> String {
        let text = self.optional(field, longest);
        if text.is_empty() && !self.faults.iter().any(|fault| fault.field == field) {
            self.fault(field, say("请填写。"));
        }
        text
    }

    pub fn optional(&mut self, field: &str, longest: usize) -> String {
        let text = self.form.text(field);
        described::note_longest(field, longest);
        if text.chars().count() > longest {
            self.fault(field, say("最多%{n}个字。").with("n", longest));
        }
        text.to_owned()
    }

    /// A date that must be there.
    pub fn date(&mut self, field: &str) -> Option<Date> {
        described::note(field, || Kind::Date);
        let text = self.form.text(field);
        if text.is_empty() {
            self.fault(field, say("请填写日期。"));
            return None;
        }
        self.optional_date(field)
    }

    pub fn optional_date(&mut self, field: &str) -> Option<Date> {
        described::note(field, || Kind::Date);
        let text = self.form.text(field);
        if text.is_empty() {
            return None;
        }
        let date = text.parse::<Date>().ok().filter(|date| (1850..=2200).contains(&date.year()));
        if date.is_none() {
            self.fault(field, say("日期写作2026-03-02的样子。"));
        }
        date
    }

    pub fn number(&mut self, field: &str, least: i64, most: i64) -> i64 {
        described::note(field, || Kind::Number { least, most });
        match self.form.text(field).parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                self.fault(field, say("请填写%{least}至%{most}之间的整数。").with("least", least).with("most", most));
                least
            }
        }
    }

    /// Yuan with at most two decimals, as fen.
    pub fn fen(&mut self, field: &str, most: i64) -> i64 {
        described::note(field, || Kind::Money);
        match parse_fen(self.form.text(field)).filter(|fen| *fen <= most) {
            Some(fen) => fen,
            None => {
                self.fault(field, say("金额写作1200或1200.50的样子。"));
                0
            }
        }
    }

    /// One of the given words.
    pub fn choice<T: Copy>(&mut self, field: &str, choices: &[(&str, T)]) -> Option<T> {
        described::note(field, || Kind::Choice(choices.iter().map(|(word, _)| (*word).to_owned()).collect()));
        let text = self.form.text(field);
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if found.is_none() {
            self.fault(field, say("请选择一项。"));
        }
        found
    }

    /// The value if nothing was wrong, else every fault.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.faults.is_empty() { Ok(value) } else { Err(self.faults) }
    }
}

fn parse_fen(text: &str) -> Option<i64> {
    let (yuan, fen) = text.split_once('.').unwrap_or((text, ""));
    if yuan.is_empty()
        || yuan.len() > 12
        || fen.len() > 2
        || !yuan.bytes().chain(fen.bytes()).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let fen = format!("{fen:0<2}");
    Some(yuan.parse::<i64>().ok()? * 100 + fen.parse::<i64>().ok()?)
}

/// A typed form with its faults, as a template shows it: `filled.value("name")`, `filled.faults_of("name")`.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    pub form: Form,
    pub faults: Vec<Fault>,
}

impl Filled {
    pub fn new(form: Form, faults: Vec<Fault>) -> Self {
        Self { form, faults }
    }

    pub fn value(&self, name: &str) -> &str {
        self.form.text(name)
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.form.has(name, value)
    }

    pub fn checked(&self, name: &str) -> bool {
        self.form.is_checked(name)
    }

    pub fn faults_of(&self, name: &str) -> Vec<&Say> {
        self.faults.iter().filter(|fault| fault.field == name).map(|fault| &fault.what).collect()
    }

    pub fn is_faulty(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.field == name)
    }
}

/// Rows on one page of a list.
pub const PAGE_ROWS: i64 = 50;

/// Where in a list the reader is; every list says how many there are in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    pub page: i64,
    pub total: i64,
}

impl Paging {
    /// `asked` counts from 1; out of range is brought into it.
    pub fn new(asked: i64, total: i64) -> Self {
        let pages = ((total + PAGE_ROWS - 1) / PAGE_ROWS).max(1);
        Self { page: asked.clamp(1, pages), total }
    }

    pub fn pages(&self) -> i64 {
        ((self.total + PAGE_ROWS - 1) / PAGE_ROWS).max(1)
    }

    pub fn offset(&self) -> i64 {
        (self.page - 1) * PAGE_ROWS
    }

    pub fn previous(&self) -> Option<i64> {
        (self.page > 1).then(|| self.page - 1)
    }

    pub fn next(&self) -> Option<i64> {
        (self.page < self.pages()).then(|| self.page + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_gathered() {
        let form = Form::of([("name", " "), ("on", "2026-02-30"), ("fee", "12.345"), ("copies", "0")]);
        let mut reader = Reader::new(&form);
        reader.required("name", 10);
        reader.date("on");
        reader.fen("fee", i64::MAX);
        reader.number("copies", 1, 9);
        assert_eq!(reader.faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "on", "fee", "copies"]);
    }

    #[test]
    fn money_is_read_in_fen() {
        for (text, fen) in [
            ("1200", Some(120_000)),
            ("0.5", Some(50)),
            ("3.05", Some(305)),
            ("-1", None),
            ("1e3", None),
            (".5", None),
            ("", None),
        ] {
            assert_eq!(parse_fen(text), fen, "{text}");
        }
    }

    #[test]
    fn pages_cover_the_list_and_stay_inside_it() {
        assert_eq!(Paging::new(9, 101), Paging { page: 3, total: 101 });
        assert_eq!(Paging::new(-4, 0).pages(), 1);
        assert_eq!(Paging::new(2, 100).next(), None);
    }
}
