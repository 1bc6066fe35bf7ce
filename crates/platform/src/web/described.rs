//! What a form asks for, told by the code that reads it: while [`describing`] runs, every field that is looked at is noted.
//!
//! **Invariant:** nothing is described twice over: kinds, lengths and choices come from the very calls that check them.

use super::form::Form;
use crate::fail::Fault;
use crate::text::Say;
use std::cell::RefCell;

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Ticked or not.
    Flag,
    Date,
    Number {
        least: i64,
        most: i64,
    },
    /// Yuan with at most two decimals.
    Money,
    /// One of these words.
    Choice(Vec<String>),
    /// Any of these words; any texts where there are none.
    Several(Vec<String>),
}

/// A field as the form's reader looked at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub longest: Option<usize>,
    pub required: bool,
}

thread_local! {
    /// The fields noted on this thread; `None` outside of [`describing`], where noting costs one look.
    static NOTED: RefCell<Option<Vec<Field>>> = const { RefCell::new(None) };
}

/// Runs what reads a form, and returns beside its result the fields it looked at, in their order.
pub fn describing<T>(read: impl FnOnce() -> T) -> (T, Vec<Field>) {
    NOTED.with(|noted| *noted.borrow_mut() = Some(Vec::new()));
    let result = read();
    let fields = NOTED.with(|noted| noted.borrow_mut().take()).unwrap_or_default();
    (result, fields)
}

/// The fields of a form, and what else it may find missing: a fault that belongs to several fields together.
#[derive(Clone, Debug)]
pub struct Described {
    pub fields: Vec<Field>,
    pub together: Vec<(String, Say)>,
}

/// What the form asks for: it is read empty, and once more with everything it looked at filled in (`known` as given), so
/// that what stands behind a tick is seen too. What an empty form is faulted for is required.
pub fn describe(known: &[(&str, &str)], read: impl Fn(&Form) -> Option<Vec<Fault>>) -> Described {
    let (faults, mut fields) = describing(|| read(&Form::default()));
    let mut full = Form::default();
    for field in &fields {
        let given = known.iter().find(|(name, _)| *name == field.name).map(|(_, text)| *text);
        let first = match &field.kind {
            Kind::Choice(words) | Kind::Several(words) => words.first().map_or("yes", String::as_str),
            _ => "yes",
        };
        full.set(&field.name, given.unwrap_or(first));
    }
    let (_, more) = describing(|| read(&full));
    for field in more {
        match fields.iter_mut().find(|one| one.name == field.name) {
            Some(one) if one.kind == Kind::Text && one.longest.is_none() => *one = field,
            Some(_) => {}
            None => fields.push(field),
        }
    }
    let mut together = Vec::new();
    for fault in faults.unwrap_or_default() {
        match fields.iter_mut().find(|one| one.name == fault.field) {
            Some(one) => one.required = true,
            None => together.push((fault.field, fault.what)),
        }
    }
    for field in &mut fields {
        if let Kind::Several(words) = &mut field.kind {
            words.dedup();
        }
    }
    Described { fields, together }
}

fn with(name: &str, change: impl FnOnce(&mut Field)) {
    NOTED.with(|noted| {
        let mut noted = noted.borrow_mut();
        let Some(fields) = noted.as_mut() else { return };
        let at = fields.iter().position(|one| one.name == name).unwrap_or_else(|| {
            fields.push(Field { name: name.to_owned(), kind: Kind::Text, longest: None, required: false });
            fields.len() - 1
        });
        if let Some(field) = fields.get_mut(at) {
            change(field);
        }
    });
}

/// A field was looked at as this; what says more about it wins over what says less.
pub(super) fn note(name: &str, kind: impl FnOnce() -> Kind) {
    with(name, |field| match (&mut field.kind, kind()) {
        (Kind::Several(words), Kind::Several(more)) => words.extend(more),
        (Kind::Text, kind) => field.kind = kind,
        _ => {}
    });
}

pub(super) fn note_longest(name: &str, longest: usize) {
    with(name, |field| field.longest = Some(longest));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::form::{Form, Reader};

    #[test]
    fn a_reader_tells_what_it_reads() {
        let form = Form::default();
        let (_, fields) = describing(|| {
            let mut reader = Reader::new(&form);
            reader.required("name", 20);
            reader.number("copies", 1, 9);
            reader.choice("way", &[("a", 1), ("b", 2)]);
            (form.has("grounds", "x"), form.has("grounds", "y"), form.is_checked("read"))
        });
        let kinds: Vec<_> = fields.iter().map(|one| (one.name.as_str(), one.kind.clone(), one.longest)).collect();
        let words = |all: [&str; 2]| all.map(str::to_owned).to_vec();
        assert_eq!(
            kinds,
            [
                ("name", Kind::Text, Some(20)),
                ("copies", Kind::Number { least: 1, most: 9 }, None),
                ("way", Kind::Choice(words(["a", "b"])), None),
                ("grounds", Kind::Several(words(["x", "y"])), None),
                ("read", Kind::Flag, None),
            ]
        );
        form.text("elsewhere");
        assert!(describing(|| ()).1.is_empty(), "what is read outside is not noted");
    }
}
