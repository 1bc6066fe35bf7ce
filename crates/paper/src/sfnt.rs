//! Reads chosen tables of one face out of a font file or collection, as a font of its own.
//!
//! A CJK collection holds up to ten faces in some 25 MB, of which knowing the name takes 2 kB and knowing the
//! characters 240 kB. So the server reads those at the start and the outlines when the first paper is printed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The tables that tell a face's name and weight.
pub const NAMES: &[&[u8; 4]] = &[b"head", b"hhea", b"maxp", b"name", b"OS/2"];

/// The same, and which characters it draws.
pub const COVERAGE: &[&[u8; 4]] = &[b"head", b"hhea", b"maxp", b"name", b"OS/2", b"cmap"];

/// No collection known has more than some twenty faces, and no face more tables.
const FACES_MAX: u32 = 64;
const TABLES_MAX: u16 = 64;

/// The largest font known (BabelStone Han) has 51 MB.
const BYTES_MAX: u64 = 128 * 1024 * 1024;

/// A file with one or more faces.
pub struct Collection {
    file: File,
    length: u64,
    faces: Vec<u32>,
}

struct Table {
    tag: [u8; 4],
    checksum: [u8; 4],
    offset: u32,
    length: u32,
}

impl Collection {
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut start = [0; 12];
        file.read_exact(&mut start)?;
        let faces = match &start[..4] {
            b"ttcf" => {
                let count = u32_at(&start, 8)?.min(FACES_MAX);
                let mut offsets = vec![0; 4 * count as usize];
                file.read_exact(&mut offsets)?;
                (0..count as usize).map(|face| u32_at(&offsets, 4 * face)).collect::<io::Result<_>>()?
            }
            _ => vec![0],
        };
        Ok(Self { file, length, faces })
    }

    pub fn faces(&self) -> usize {
        self.faces.len()
    }

    /// One face as a font file: the tables `wanted`, or all of them.
    pub fn face(&mut self, index: usize, wanted: Option<&[&[u8; 4]]>) -> io::Result<Vec<u8>> {
        let start = *self.faces.get(index).ok_or_else(|| broken("no such face"))?;
        let (version, mut tables) = self.tables(start)?;
        if let Some(wanted) = wanted {
            tables.retain(|table| wanted.contains(&&table.tag));
        }
        let total: u64 = tables.iter().map(|table| u64::from(table.length) + 3).sum();
        if total > BYTES_MAX {
            return Err(broken("larger than any font"));
        }
        let mut font = Vec::with_capacity(total as usize + 16 * tables.len() + 12);
        font.extend(version);
        font.extend((tables.len() as u16).to_be_bytes());
        font.extend([0; 6]); // The search hints, which nobody reads.
        let mut at = (12 + 16 * tables.len()) as u32;
        for table in &tables {
            font.extend(table.tag);
            font.extend(table.checksum);
            font.extend(at.to_be_bytes());
            font.extend(table.length.to_be_bytes());
            at += table.length.next_multiple_of(4);
        }
        for table in &tables {
            self.append(table, &mut font)?;
        }
        Ok(font)
    }

    fn tables(&mut self, start: u32) -> io::Result<([u8; 4], Vec<Table>)> {
        let mut head = [0; 12];
        self.file.seek(SeekFrom::Start(start.into()))?;
        self.file.read_exact(&mut head)?;
        let count = u16::from_be_bytes([head[4], head[5]]);
        if count > TABLES_MAX {
            return Err(broken("not a font"));
        }
        let mut records = vec![0; 16 * usize::from(count)];
        self.file.read_exact(&mut records)?;
        let tables = records.as_chunks::<16>().0.iter().map(|record| {
            let [tag, checksum, _, _] = record.as_chunks::<4>().0 else { return Err(broken("not a font")) };
            let table =
                Table { tag: *tag, checksum: *checksum, offset: u32_at(record, 8)?, length: u32_at(record, 12)? };
            match u64::from(table.offset) + u64::from(table.length) <= self.length {
                true => Ok(table),
                false => Err(broken("a table lies beyond the end of the file")),
            }
        });
        let version = [head[0], head[1], head[2], head[3]];
        Ok((version, tables.collect::<io::Result<_>>()?))
    }

    fn append(&mut self, table: &Table, font: &mut Vec<u8>) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(table.offset.into()))?;
        let read = (&mut self.file).take(table.length.into()).read_to_end(font)?;
        if read != table.length as usize {
            return Err(broken("the file is too short"));
        }
        font.resize(font.len().next_multiple_of(4), 0);
        Ok(())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> io::Result<u32> {
    match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => Ok(u32::from_be_bytes([a, b, c, d])),
        _ => Err(broken("the file is too short")),
    }
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
