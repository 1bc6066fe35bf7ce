//! The translator: the Chinese sentence is the key, `locales/*.en.yml` the English catalogue.
//!
//! **Invariant:** a test reads every template and every Chinese literal in the code and fails when the catalogue lacks one
//! (tests/it/translations.rs), so no page is half translated.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The value of the page's `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The key's text in this language; a key that the catalogue lacks stays Chinese.
    pub fn t<'k>(self, key: &'k str) -> Cow<'k, str> {
        match self {
            Self::Zh => Cow::Borrowed(key),
            Self::En => crate::translate(key).map_or(Cow::Borrowed(key), Cow::Owned),
        }
    }

    /// The same with one `%{name}` filled in.
    pub fn f1(self, key: &str, name: &str, value: impl Display) -> String {
        fill(&self.t(key), name, &value.to_string())
    }

    /// The same with two.
    pub fn f2(self, key: &str, first: (&str, impl Display), second: (&str, impl Display)) -> String {
        fill(&self.f1(key, first.0, first.1), second.0, &second.1.to_string())
    }

    /// Keys in a row, as this language separates them: `甲、乙` and `A, B`.
    pub fn list(self, keys: &[&str]) -> String {
        keys.iter().map(|key| self.t(key)).collect::<Vec<_>>().join(&self.t("、"))
    }

    /// Names in a row: what people wrote, so only the separator is the language's.
    pub fn names<N: AsRef<str>>(self, names: &[N]) -> String {
        names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(&self.t("、"))
    }

    pub fn say(self, said: &Say) -> String {
        said.slots
            .iter()
            .fold(self.t(said.key).into_owned(), |text, (name, value)| fill(&text, name, &value.text(self)))
    }
}

fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("%{{{name}}}"), value)
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zh" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            other => Err(format!("there is no language {other:?}; there are zh and en")),
        }
    }
}

crate::text_columns!(Lang);

/// A sentence to be said in the reader's language: a key and what fills its slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    key: &'static str,
    slots: Vec<(&'static str, Slot)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    Verbatim(String),
    Key(&'static str),
    Said(Box<Say>),
}

impl Slot {
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::Verbatim(text) => text.clone(),
            Self::Key(key) => lang.t(key).into_owned(),
            Self::Said(said) => lang.say(said),
        }
    }
}

/// A sentence without slots.
pub fn say(key: &'static str) -> Say {
    Say { key, slots: Vec::new() }
}

impl Say {
    /// Fills `%{name}` with a name, a number, a date.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.slots.push((name, Slot::Verbatim(value.to_string())));
        self
    }

    /// Fills `%{name}` with a sentence.
    #[must_use]
    pub fn said(mut self, name: &'static str, said: Say) -> Self {
        self.slots.push((name, Slot::Said(Box::new(said))));
        self
    }

    /// Fills `%{name}` with a word that is itself translated.
    #[must_use]
    pub fn word(mut self, name: &'static str, key: &'static str) -> Self {
        self.slots.push((name, Slot::Key(key)));
        self
    }

    pub fn key(&self) -> &'static str {
        self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_in_the_readers_language() {
        let said = say("%{who}不能复核自己参与的鉴定").with("who", "甲某");
        assert_eq!(Lang::Zh.say(&said), "甲某不能复核自己参与的鉴定");
        assert_eq!(Lang::Zh.f2("%{a}和%{b}", ("a", 1), ("b", "二")), "1和二");
    }
}
