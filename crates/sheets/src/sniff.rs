//! What a file is, by its content; what would unpack to more than the memory holds is refused from its directory.

use crate::limits::{PART_MAX, PARTS_MAX, UNPACKED_MAX};
use crate::read::Unreadable;
use std::io::{Cursor, Read};
use zip::ZipArchive;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Xlsx,
    Xls,
    Ods,
    Csv,
}

const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const ZIP: &[u8] = b"PK\x03\x04";

/// # Errors
/// What the file is instead of a spreadsheet.
pub(crate) fn kind(bytes: &[u8]) -> Result<Kind, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.starts_with(OLE) {
        return if is_encrypted(bytes) { Err(Unreadable::Encrypted) } else { Ok(Kind::Xls) };
    }
    if bytes.starts_with(ZIP) {
        return packed(bytes);
    }
    let head = &bytes[..bytes.len().min(4_096)];
    let text = String::from_utf8_lossy(head);
    if head.starts_with(b"%PDF") || text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).starts_with('<') {
        return Err(Unreadable::NotASheet);
    }
    let is_utf16 = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    if !is_utf16 && bytes.contains(&0) {
        return Err(Unreadable::NotASheet);
    }
    Ok(Kind::Csv)
}

/// A workbook with a password is an OLE file that holds a part of this name, in UTF-16.
fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}

fn packed(bytes: &[u8]) -> Result<Kind, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    if zip.len() > PARTS_MAX {
        return Err(Unreadable::Bomb);
    }
    let (mut all, mut found, mut whole) = (0_u64, None, Vec::new());
    for at in 0..zip.len() {
        let part = zip.by_index_raw(at).map_err(|error| Unreadable::Damaged(error.to_string()))?;
        all = all.saturating_add(part.size());
        let name = part.name().map_err(|error| Unreadable::Damaged(error.to_string()))?.to_lowercase();
        match name.as_str() {
            "xl/workbook.xml" => found = Some(Kind::Xlsx),
            "content.xml" => found = found.or(Some(Kind::Ods)),
            _ => {}
        }
        if part.encrypted() {
            return Err(Unreadable::Encrypted);
        }
        if !name.starts_with("xl/worksheets/sheet") && name != "content.xml" {
            whole.push((at, part.size()));
        }
    }
    if all > UNPACKED_MAX {
        return Err(Unreadable::Bomb);
    }
    let kind = found.ok_or(Unreadable::NotASheet)?;
    for (at, size) in whole {
        is_as_large_as_it_says(&mut zip, at, size)?;
    }
    Ok(kind)
}

/// The directory is only what somebody wrote: parts that are read whole are unpacked once and counted. The sheets are read
/// piece by piece, with limits of their own.
fn is_as_large_as_it_says(zip: &mut ZipArchive<Cursor<&[u8]>>, at: usize, size: u64) -> Result<(), Unreadable> {
    if size > PART_MAX {
        return Err(Unreadable::Bomb);
    }
    let part = zip.by_index(at).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    let mut part = part.take(size + 1);
    let read =
        std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    if read > size { Err(Unreadable::Bomb) } else { Ok(()) }
}
