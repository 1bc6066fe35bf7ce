//! Nasty little ledgers, made here and read back: what comes out, or which answer.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use sheets::write::{Csv, Xlsx};
use sheets::{Cell, Flaw, Kind, Table, Unreadable, Why, clean, read};
use std::io::{Cursor, Write};

fn known(name: &str) -> bool {
    ["序号", "编号", "姓名", "身份证号", "委托人", "受理日期"].contains(&name)
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn titles_merged_headers_blank_columns_and_totals() {
    let bytes = book(|page| {
        let plain = Format::new();
        page.merge_range(0, 0, 0, 6, "某司法鉴定中心2025年案件台账", &plain).unwrap();
        page.write_string(1, 0, "填表单位：").unwrap().write_string(1, 3, "2025年12月31日").unwrap();
        page.merge_range(2, 0, 3, 0, "序 号", &plain).unwrap();
        page.merge_range(2, 1, 2, 3, "被鉴定人", &plain).unwrap();
        page.write_string(3, 1, "姓名")
            .unwrap()
            .write_string(3, 2, "性别")
            .unwrap()
            .write_string(3, 3, "身份证号")
            .unwrap();
        page.merge_range(2, 5, 3, 5, "委托人", &plain).unwrap();
        page.merge_range(2, 6, 3, 6, "受理日期", &plain).unwrap();
        for row in [4, 6] {
            page.write_number(row, 0, 1).unwrap().write_string(row, 1, "张某").unwrap();
            page.write_number(row, 3, 310_101_199_001_011_234.0).unwrap().write_string(row, 5, "甲法院").unwrap();
            let day = Format::new().set_num_format("yyyy-mm-dd");
            page.write_datetime_with_format(row, 6, ExcelDateTime::from_ymd(2025, 3, 2).unwrap(), &day).unwrap();
        }
        page.write_string(7, 0, "合 计").unwrap().write_number(7, 3, 2).unwrap();
        page.write_string(8, 0, "制表人：李某").unwrap();
    });
    let table = read(&bytes, &known).unwrap();
    assert_eq!(table.kind, Kind::Xlsx);
    assert_eq!(names(&table), ["序号", "被鉴定人/姓名", "被鉴定人/性别", "被鉴定人/身份证号", "委托人", "受理日期"]);
    assert_eq!(table.header, (3, 4));
    assert_eq!(
        table.lines.iter().map(|line| line.number).collect::<Vec<_>>(),
        [5, 7],
        "rows as the margin counts them"
    );
    assert_eq!(
        table.skipped.iter().map(|one| (one.number, one.why)).collect::<Vec<_>>(),
        [(8, Why::Total), (9, Why::Note)]
    );
    let line = &table.lines[0];
    assert_eq!(clean::identifier(line.at(3)), Err(Flaw::DigitsLost), "an identity number stored as a number");
    assert_eq!(clean::date(line.at(6)), Ok(Some(jiff::civil::date(2025, 3, 2))));
}

#[test]
fn a_table_of_words_alone_still_has_its_first_line_for_header() {
    let table =
        read("机构,负责人,地址\n甲中心,甲某,甲路\n乙中心,乙某,乙路\n".as_bytes(), &|_| false).unwrap();
    assert_eq!(names(&table), ["机构", "负责人", "地址"]);
    assert_eq!(table.lines.len(), 2);
}

#[test]
fn the_same_name_twice_and_a_column_without_one() {
    let table = read("姓名,电话,电话,,委托人\n张某,1,2,3,甲\n".as_bytes(), &known).unwrap();
    assert_eq!(names(&table), ["姓名", "电话", "电话(2)", "D", "委托人"]);
}

#[test]
fn text_in_every_usual_encoding() {
    let text = "编号,姓名,受理日期\n1,张某,2026-3-2\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (gb18030, _, _) = encoding_rs::GB18030.encode(text);
    for (bytes, about) in [
        (text.as_bytes().to_vec(), "UTF-8"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8 with its mark"),
        (gb18030.into_owned(), "GB18030"),
        (utf16, "Excel's Unicode text, with tabs"),
        (text.replace(',', ";").into_bytes(), "semicolons"),
    ] {
        let table = read(&bytes, &known).unwrap_or_else(|error| panic!("{about}: {error:?}"));
        assert_eq!((names(&table), table.kind), (vec!["编号", "姓名", "受理日期"], Kind::Csv), "{about}");
        assert_eq!(table.lines[0].at(1), &Cell::text("张某"), "{about}");
    }
}

#[test]
fn every_file_that_is_no_ledger_has_its_answer() {
    let header_only = book(|page| {
        page.write_string(0, 0, "编号").unwrap().write_string(0, 1, "姓名").unwrap();
    });
    let far = book(|page| {
        page.write_string(0, 0, "编号")
            .unwrap()
            .write_string(0, 1, "姓名")
            .unwrap()
            .write_string(1_048_575, 16_383, "x")
            .unwrap();
    });
    let whole = book(|page| {
        page.write_string(0, 0, "编号").unwrap();
    });
    let encrypted: Vec<u8> = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
        .into_iter()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (bytes, answer, about) in [
        (Vec::new(), Unreadable::Empty, "nothing"),
        (b" \n ,, \n".to_vec(), Unreadable::Empty, "blanks"),
        (b"%PDF-1.7 ledger.xlsx".to_vec(), Unreadable::NotASheet, "a PDF whose name lies"),
        (b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), Unreadable::NotASheet, "a picture"),
        (
            b"<html><table><tr><td>1</td></tr></table>".to_vec(),
            Unreadable::NotASheet,
            "a web page that calls itself .xls",
        ),
        (zipped(&[("word/document.xml", b"<w/>".as_slice())]), Unreadable::NotASheet, "a Word file"),
        (encrypted, Unreadable::Encrypted, "a password"),
        (header_only, Unreadable::NoRows, "a header alone"),
        (whole, Unreadable::NoHeader, "one cell"),
        (far, Unreadable::TooManyColumns, "a stray cell at the end of the sheet"),
        (b"\xff\x80\x81,\xff\n".to_vec(), Unreadable::Encoding, "neither encoding"),
        (vec![b'1'; sheets::BYTES_MAX + 1], Unreadable::TooLarge, "too large"),
    ] {
        assert_eq!(read(&bytes, &known), Err(answer), "{about}");
    }
    let cut = book(|page| {
        page.write_string(0, 0, "编号").unwrap();
    });
    assert!(matches!(read(&cut[..cut.len() / 2], &known), Err(Unreadable::Damaged(_))), "broken off");
    let hollow = zipped(&[("xl/workbook.xml", b"<workbook/>".as_slice())]);
    assert!(read(&hollow, &known).is_err(), "a workbook with nothing in it");
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_refused_from_its_directory() {
    // 140 MB of one letter pack to less than 200 kB.
    let large = vec![b'a'; 140 << 20];
    let bytes = zipped(&[("xl/workbook.xml", b"<workbook/>".as_slice()), ("xl/sharedStrings.xml", &large)]);
    assert!(bytes.len() < 1 << 20);
    assert_eq!(read(&bytes, &known), Err(Unreadable::Bomb));
    // The directory says less than there is: the size stands in the central directory of the file.
    let size = (140_u32 << 20).to_le_bytes();
    let mut lying = bytes.clone();
    let places: Vec<usize> = (0..lying.len() - 4).filter(|at| lying[*at..at + 4] == size).collect();
    for at in places {
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    assert!(matches!(read(&lying, &known), Err(Unreadable::Bomb | Unreadable::Damaged(_))));
}

#[test]
fn too_many_rows_are_refused() {
    let mut text = String::from("编号,姓名\n");
    for row in 0..=sheets::ROWS_MAX {
        text += &format!("{row},张\n");
    }
    assert_eq!(read(text.as_bytes(), &known), Err(Unreadable::TooManyRows));
}

#[test]
fn what_is_written_is_read_back_and_is_no_formula() {
    let rows = [["1", "=1+1", "310101199001011234"], ["2", "@SUM(A1)", "张\"某\n,"]];
    let mut out = Csv::new(Vec::new(), &["编号", "姓名", "身份证号"]).unwrap();
    let mut page = Xlsx::new("案件/台账", &["编号", "姓名", "身份证号"], &[8.0, 12.0, 20.0]).unwrap();
    for row in &rows {
        out.row(row).unwrap();
        page.row(row).unwrap();
    }
    let csv = out.finish().unwrap();
    let mut xlsx = Vec::new();
    page.finish(&mut xlsx).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    assert!(text.starts_with("\u{feff}编号") && text.contains("'=1+1") && text.contains("'@SUM"), "{text}");
    for bytes in [csv, xlsx] {
        let table = read(&bytes, &known).unwrap();
        let back: Vec<String> = table.lines.iter().map(|line| clean::text(line.at(1)).unwrap()).collect();
        assert_eq!(back, ["=1+1", "@SUM(A1)"]);
        assert_eq!(clean::identifier(table.lines[0].at(2)).unwrap().unwrap(), "310101199001011234");
    }
}
