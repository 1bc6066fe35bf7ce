//! A paper the application prints: a struct, and the template that stands beside it.

use crate::{Imprint, Picture, Template};
use jiff::civil::Date;
use serde::Serialize;

/// The struct is the data the template reads; its field names are the template's words.
pub trait Printed: Serialize {
    fn template() -> Template;

    /// The kind of paper, e.g. `司法鉴定意见书`: the PDF's title.
    fn title() -> &'static str;

    /// Who issues the paper: the PDF's author.
    fn author(&self) -> String;

    /// The day written into the PDF. Never the clock: the same paper must come out byte for byte again.
    fn date(&self) -> Date;

    /// Pictures of the annexes; the template opens them by their names.
    fn pictures(&self) -> Vec<Picture> {
        Vec::new()
    }

    fn imprint(&self) -> Imprint {
        Imprint { title: Self::title().to_owned(), author: self.author(), date: self.date() }
    }
}
