//! A stored file as an answer: whole, or the part that a player asks for (RFC 9110 §14), so that a hearing of an hour is heard
//! from its middle without its beginning being sent.
//!
//! **Invariant:** what somebody uploaded may run nothing in a browser, opened in place or not.

use super::Files;
use crate::fail::Fail;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::ops::Range;

/// What a request wants of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    Bytes(Range<u64>),
    /// Of bytes that the file does not have.
    Beyond,
}

impl Part {
    /// Reads `Range` and `If-Range`. What is none, is of another unit or asks for several parts is passed over, as the
    /// standard allows: the whole file is an answer to it.
    pub fn of(headers: &HeaderMap, sha256: &str, size: u64) -> Self {
        let Some(asked) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else { return Self::Whole };
        // Who has a part of another file wants this one whole. A date would be weaker than the hash: it never fits.
        let is_same = |value: &axum::http::HeaderValue| value.as_bytes() == tag(sha256).as_bytes();
        if headers.get(header::IF_RANGE).is_some_and(|value| !is_same(value)) {
            return Self::Whole;
        }
        let Some((unit, bounds)) = asked.split_once('=') else { return Self::Whole };
        let Some((first, last)) = bounds.trim().split_once('-') else { return Self::Whole };
        if !unit.trim().eq_ignore_ascii_case("bytes") {
            return Self::Whole;
        }
        match (number(first), number(last)) {
            (Ok(Some(first)), Ok(Some(last))) if last < first => Self::Whole,
            (Ok(Some(first)), Ok(_)) if first >= size => Self::Beyond,
            (Ok(Some(first)), Ok(last)) => {
                Self::Bytes(first..last.map_or(size, |last| size.min(last.saturating_add(1))))
            }
            (Ok(None), Ok(Some(0))) => Self::Beyond,
            (Ok(None), Ok(Some(_))) if size == 0 => Self::Beyond,
            (Ok(None), Ok(Some(tail))) => Self::Bytes(size.saturating_sub(tail)..size),
            _ => Self::Whole,
        }
    }

    /// Whether the file's first byte is in it.
    pub fn has_beginning(&self) -> bool {
        match self {
            Self::Whole => true,
            Self::Bytes(part) => part.start == 0,
            Self::Beyond => false,
        }
    }
}

/// A bound: none where it is left out, an error where it is no number. One of more than nineteen digits lies beyond any file.
fn number(text: &str) -> Result<Option<u64>, ()> {
    match text.trim() {
        "" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(digits.parse().unwrap_or(u64::MAX))),
        _ => Err(()),
    }
}

fn tag(sha256: &str) -> String {
    format!("\"{sha256}\"")
}

/// A file that is sent.
pub struct Served<'f> {
    pub sha256: &'f str,
    pub size: u64,
    pub media_type: &'f str,
    /// Under which it is kept by who takes it.
    pub name: &'f str,
}

impl Served<'_> {
    /// # Errors
    /// [`Fail::Internal`] when the file is not there.
    pub async fn answer(&self, files: &Files, part: Part) -> Result<Response, Fail> {
        let name: String = self.name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let always: [(HeaderName, String); 4] = [
            (header::ACCEPT_RANGES, "bytes".into()),
            (header::ETAG, tag(self.sha256)),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"file\"; filename*=UTF-8''{name}")),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".into()),
        ];
        let kind = (header::CONTENT_TYPE, self.media_type.to_owned());
        Ok(match part {
            Part::Whole => {
                let length = (header::CONTENT_LENGTH, self.size.to_string());
                let content = Body::from_stream(files.content(self.sha256).await?);
                (always, [kind, length], content).into_response()
            }
            Part::Bytes(part) => {
                let length = (header::CONTENT_LENGTH, (part.end - part.start).to_string());
                let range = format!("bytes {}-{}/{}", part.start, part.end - 1, self.size);
                let content = Body::from_stream(files.part(self.sha256, part).await?);
                (StatusCode::PARTIAL_CONTENT, always, [kind, length, (header::CONTENT_RANGE, range)], content)
                    .into_response()
            }
            Part::Beyond => {
                let range = (header::CONTENT_RANGE, format!("bytes */{}", self.size));
                (StatusCode::RANGE_NOT_SATISFIABLE, always, [range]).into_response()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_part_is_what_the_standard_says() {
        for (asked, size, part, why) in [
            ("bytes=0-", 1_000, Part::Bytes(0..1_000), "how a player begins"),
            ("bytes=0-0", 1_000, Part::Bytes(0..1), "both ends count"),
            ("bytes=500-999", 1_000, Part::Bytes(500..1_000), "the second half"),
            ("bytes=500-5000", 1_000, Part::Bytes(500..1_000), "as far as there is something"),
            ("bytes=-1", 1_000, Part::Bytes(999..1_000), "from the end"),
            ("bytes=-5000", 1_000, Part::Bytes(0..1_000), "more than there is"),
            ("Bytes = 1-2", 1_000, Part::Bytes(1..3), "the unit's name in any case"),
            ("bytes=1000-", 1_000, Part::Beyond, "behind the last byte"),
            ("bytes=99999999999999999999999-", 1_000, Part::Beyond, "more than a number holds"),
            ("bytes=-0", 1_000, Part::Beyond, "nothing at the end"),
            ("bytes=-1", 0, Part::Beyond, "an empty file"),
            ("bytes=5-4", 1_000, Part::Whole, "no range: passed over"),
            ("bytes=a-4", 1_000, Part::Whole, "no number"),
            ("bytes=-", 1_000, Part::Whole, "no bound"),
            ("bytes=0-1,5-6", 1_000, Part::Whole, "several parts"),
            ("pages=0-1", 1_000, Part::Whole, "another unit"),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(asked))]);
            assert_eq!(Part::of(&headers, "abc", size), part, "{asked}: {why}");
        }
        assert_eq!(Part::of(&HeaderMap::new(), "abc", 1_000), Part::Whole);
    }

    #[test]
    fn a_part_of_another_file_is_not_added_to() {
        let asked = |tag: &'static str| {
            HeaderMap::from_iter([
                (header::RANGE, HeaderValue::from_static("bytes=5-9")),
                (header::IF_RANGE, HeaderValue::from_static(tag)),
            ])
        };
        assert_eq!(Part::of(&asked("\"abc\""), "abc", 10), Part::Bytes(5..10));
        for tag in ["\"abd\"", "W/\"abc\"", "Mon, 30 Nov 2026 20:00:00 GMT"] {
            assert_eq!(Part::of(&asked(tag), "abc", 10), Part::Whole, "{tag}");
        }
    }
}
