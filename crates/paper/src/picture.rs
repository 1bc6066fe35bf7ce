//! Pictures of an annex. Only PNG and JPEG: an SVG may name other files, and nobody photographs in it.

use crate::Fault;
use std::sync::Arc;

/// A scanned page at 300 dpi is some 3 MB; this leaves room for a photograph.
const BYTES_MAX: usize = 20 * 1024 * 1024;

/// 40 million pixels are 160 MB once unpacked; a picture may not claim more than that in its header.
const PIXELS_MAX: u64 = 40_000_000;

/// A PNG or JPEG file, under the name by which the data of the paper mentions it (`annex-1`).
#[derive(Debug, Clone)]
pub struct Picture {
    pub name: String,
    pub bytes: Arc<[u8]>,
}

impl Picture {
    /// Refuses what the typesetter should never have to open.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let fault = |why| Err(Fault::Picture { name: self.name.clone(), why });
        if self.bytes.len() > BYTES_MAX {
            return fault("文件超过 20 MB，请压缩后再上传。");
        }
        match size(&self.bytes) {
            None => fault("不是 PNG 或 JPEG 图片，请转换格式后再上传。"),
            Some((width, height)) if u64::from(width) * u64::from(height) > PIXELS_MAX => {
                fault("超过 4000 万像素，请缩小后再上传。")
            }
            Some(_) => Ok(()),
        }
    }
}

/// Width and height as the header states them.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((number(16)?, number(20)?));
    }
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return jpeg_size(bytes);
    }
    None
}

/// Walks the segments of a JPEG up to its frame header (SOF0…SOF15 without DHT, JPG and DAC).
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let short = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        let (mark, kind) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        if mark != 0xFF {
            return None;
        }
        match kind {
            0xFF => at += 1,
            0xC0..=0xCF if !matches!(kind, 0xC4 | 0xC8 | 0xCC) => {
                return Some((u32::from(short(at + 7)?), u32::from(short(at + 5)?)));
            }
            _ => at += 2 + usize::from(short(at + 2)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(bytes: &[u8]) -> Picture {
        Picture { name: "annex-1".to_owned(), bytes: bytes.into() }
    }

    #[test]
    fn only_pictures_of_sensible_size_pass() {
        let png = |width: u32, height: u32| {
            let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
            bytes.extend(width.to_be_bytes());
            bytes.extend(height.to_be_bytes());
            bytes
        };
        let jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 11, 8, 0, 100, 0, 200];
        assert!(picture(&png(800, 600)).check().is_ok());
        assert!(picture(&png(100_000, 100_000)).check().is_err());
        assert_eq!(size(&jpeg), Some((200, 100)));
        assert!(picture(b"<svg><image href='/etc/passwd'/></svg>").check().is_err());
        assert!(picture(&jpeg[..10]).check().is_err());
        assert!(picture(&[0xFF, 0xD8, 0xFF, 0xFF, 0xFF]).check().is_err());
    }
}
