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

/// Makes a struct that has a `printed_on` a paper: its template beside the calling file, its title, who issues it, and
/// where it has pictures, which.
#[macro_export]
macro_rules! printed {
    ($paper:ty, $name:literal, $title:literal, |$one:ident| $author:expr $(, pictures = $pictures:path)?) => {
        impl $paper {
            pub const TEMPLATE: $crate::Template = $crate::Template { name: $name, source: include_str!($name) };
        }

        impl $crate::Printed for $paper {
            fn template() -> $crate::Template {
                Self::TEMPLATE
            }

            fn title() -> &'static str {
                $title
            }

            fn author(&self) -> String {
                let $one = self;
                $author.to_string()
            }

            fn date(&self) -> ::jiff::civil::Date {
                self.printed_on
            }

            $(fn pictures(&self) -> Vec<$crate::Picture> {
                $pictures(self)
            })?
        }
    };
}
