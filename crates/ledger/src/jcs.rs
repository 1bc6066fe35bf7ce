//! JSON in one form (RFC 8785), so that the same facts always give the same bytes.
//!
//! **Invariant:** two values have the same canonical text if and only if they are the same facts; what RFC 8785 writes in
//! ways that differ between programs (fractions, integers beyond 2^53) is refused.

use serde_json::Value;
use std::fmt;

/// Largest integer that every JSON reader keeps exactly (RFC 7493).
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Deepest nesting: records are flat, and nothing may run away.
pub const DEPTH_MAX: usize = 16;

/// Why a value has no canonical text here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JcsError {
    Fraction { number: String },
    TooDeep,
    NotCanonical,
    NoJson,
}

impl fmt::Display for JcsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fraction { number } => {
                write!(
                    f,
                    "the number {number} cannot be logged: only whole numbers up to {INTEGER_MAX} can; write it as a text"
                )
            }
            Self::TooDeep => write!(f, "the facts are nested deeper than {DEPTH_MAX} levels"),
            Self::NotCanonical => write!(f, "the facts are not in their canonical form (RFC 8785)"),
            Self::NoJson => write!(f, "the facts are no JSON object"),
        }
    }
}

impl std::error::Error for JcsError {}

/// The canonical text of a value.
///
/// # Errors
/// A number that is no safe integer, or nesting that is too deep.
pub fn canonical(value: &Value) -> Result<String, JcsError> {
    let mut out = String::new();
    write(value, 0, &mut out)?;
    Ok(out)
}

/// Reads a canonical text of an object.
///
/// # Errors
/// It is no object, or not in its canonical form (a name given twice, for instance).
pub fn parse(text: &str) -> Result<Value, JcsError> {
    let value: Value = serde_json::from_str(text).map_err(|_| JcsError::NoJson)?;
    if !value.is_object() {
        return Err(JcsError::NoJson);
    }
    if canonical(&value)? == text { Ok(value) } else { Err(JcsError::NotCanonical) }
}

fn write(value: &Value, depth: usize, out: &mut String) -> Result<(), JcsError> {
    if depth > DEPTH_MAX {
        return Err(JcsError::TooDeep);
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => {
            let whole = number.as_i64().filter(|whole| (-INTEGER_MAX..=INTEGER_MAX).contains(whole));
            let whole = whole.ok_or_else(|| JcsError::Fraction { number: number.to_string() })?;
            out.push_str(&whole.to_string());
        }
        Value::String(text) => write_text(text, out),
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Object(fields) => {
            // RFC 8785, 3.2.3: names are ordered by their UTF-16 code units, which differs from UTF-8 beyond U+FFFF.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push('{');
            for (at, (name, value)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write(value, depth + 1, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, 3.2.2.2: only what must be escaped is, in the shortest way.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            sign if sign < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(sign))),
            sign => out.push(sign),
        }
    }
    out.push('"');
}
