//! Typst source and data become PDF/A-2b. Knows no application, no clock, no network, and of the file system only the fonts.
//!
//! **Invariant:** a paper that comes out of [`Press`] shows every character that went in; a character no font can draw
//! is a [`Fault`], never an empty box. What a person typed is data and can not become Typst code.

mod amount;
mod date;
mod desk;
mod fault;
mod fonts;
mod picture;
mod press;
mod print;
mod qr;
mod sfnt;

pub use amount::{amount, capital_amount};
pub use date::zh_date;
pub use fault::{Fault, FontFault};
pub use fonts::Fonts;
pub use picture::Picture;
pub use press::{Imprint, Pdf, Press, Template};
pub use print::Printed;
pub use qr::qr_svg;
