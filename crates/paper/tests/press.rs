//! The promises of the press: data stays data, the same paper is the same bytes, no character is lost.

mod common;

use common::{press, text};
use paper::{Fault, Fonts, Imprint, Pdf, Picture, Template, qr_svg};
use serde_json::json;
use std::path::PathBuf;

const PLAIN: Template = Template {
    name: "plain.typ",
    source: r#"#import "house.typ": *
#let (paper: data) = json("data.json")
#show: house
#paragraphs(data.text)"#,
};

fn imprint() -> Imprint {
    Imprint {
        title: "试验文书".to_owned(), author: "示例司法鉴定中心".to_owned(), date: jiff::civil::date(2026, 3, 2)
    }
}

fn render(template: &Template, data: &serde_json::Value) -> Result<Pdf, Vec<Fault>> {
    press().render(template, data, &imprint(), &[])
}

fn plain(text: &str) -> Result<Pdf, Vec<Fault>> {
    render(&PLAIN, &json!({ "text": text }))
}

/// A template of its own name, for tests run side by side.
fn faults(name: &'static str, source: &'static str) -> Vec<Fault> {
    render(&Template { name, source }, &json!({})).expect_err("must be refused")
}

#[test]
fn what_a_person_typed_is_never_code() {
    let hostile = [
        r##"#read("/etc/passwd")"##,
        "*bold*",
        "_under_",
        "$x^2$",
        "]",
        "//comment",
        "/*c*/",
        "@ref",
        "<label>",
        "`raw`",
        "=heading",
        r"\u{41}",
        "#import\"house.typ\":*",
        "\"}",
        "#set",
    ];
    let pdf = plain(&hostile.join("\n")).expect("prints");
    let text = text(&pdf);
    for line in hostile {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!text.contains("root:"));
}

#[test]
fn each_line_is_a_paragraph() {
    let pdf = plain("第一段\r\n第二段\n\n第三段").expect("prints");
    let lines = common::poppler("pdftotext", &["-layout", "-", "-"], &pdf.bytes);
    let lines = String::from_utf8_lossy(&lines).into_owned();
    let paragraphs: Vec<&str> = lines.lines().map(str::trim).filter(|line| line.ends_with('段')).collect();
    assert_eq!(paragraphs, ["第一段", "第二段", "第三段"]);
}

#[test]
fn the_same_paper_is_the_same_bytes() {
    let first = plain("同一文书 2026").expect("prints");
    let _ = plain("另一文书").expect("prints");
    assert_eq!(first, plain("同一文书 2026").expect("prints"));
    assert_ne!(first.bytes, plain("同一文书 2027").expect("prints").bytes);
}

#[test]
fn the_pdf_says_what_it_is_and_embeds_its_fonts() {
    let pdf = plain("宋体𰀀").expect("prints");
    let info = common::poppler("pdfinfo", &["-"], &pdf.bytes);
    let info = String::from_utf8_lossy(&info).into_owned();
    for word in ["试验文书", "示例司法鉴定中心", "2026", "A4"] {
        assert!(info.contains(word), "{word} is not in {info}");
    }
    let written = String::from_utf8_lossy(&pdf.bytes).into_owned();
    assert!(written.contains("<pdfaid:part>2</pdfaid:part>") && written.contains("<pdfaid:conformance>B"));
    let fonts = common::poppler("pdffonts", &["-"], &pdf.bytes);
    let fonts = String::from_utf8_lossy(&fonts).into_owned();
    let embedded = fonts.lines().skip(2);
    assert!(embedded.clone().count() >= 2 && embedded.clone().all(|line| line.contains("yes yes yes")), "{fonts}");
}

#[test]
fn rare_characters_print() {
    // Extensions A, B, E, F, G, H; marks on letters; an ideographic variation sequence.
    let rare = ["㛃", "𠮷", "𬎆", "𫍯", "𰀀", "𱍐", "〇", "·", "é", "e\u{301}", "ǎ", "n\u{30C}", "葛\u{E0100}"];
    for name in rare {
        assert!(press().fonts().missing_glyphs(name).is_empty(), "{name}");
        let pdf = plain(&format!("姓名{name}完")).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let first: String = name.chars().take(1).collect();
        assert!(text(&pdf).contains(&first) || name.starts_with('e') || name.starts_with('n'), "{name}");
    }
}

#[test]
fn a_character_without_glyph_is_refused_by_name() {
    for (name, missing) in [("甲\u{10FFFD}某", '\u{10FFFD}'), ("\u{3FFFD}", '\u{3FFFD}'), ("乙\u{E000}", '\u{E000}')]
    {
        assert_eq!(press().fonts().missing_glyphs(name), [missing]);
        let faults = plain(name).expect_err("must be refused");
        assert_eq!(faults, [Fault::MissingGlyph { characters: vec![missing] }]);
        assert!(faults[0].to_string().contains(&format!("U+{:04X}", u32::from(missing))));
    }
    assert!(press().fonts().missing_glyphs("甲某 2026（示例）\n\u{FE00}").is_empty());
}

#[test]
fn control_characters_do_not_panic() {
    for text in ["\u{0}", "\u{7}", "\u{FEFF}", "\u{FFFE}", "\u{202E}甲", "\t甲\u{b}", "\u{200D}\u{200B}"] {
        let _ = plain(text);
    }
}

#[test]
fn a_template_sees_nothing_but_its_desk() {
    for (name, source) in [
        ("t-read.typ", r#"#read("/etc/passwd")"#),
        ("t-dots.typ", r#"#read("../../../../etc/passwd")"#),
        ("t-package.typ", r#"#import "@preview/cetz:0.3.0": *"#),
        ("t-today.typ", "#datetime.today().display()"),
        ("t-source.typ", r#"#include "plain.typ""#),
        ("t-image.typ", r#"#image("/usr/share/pixmaps/debian-logo.png")"#),
    ] {
        let faults = faults(name, source);
        assert!(
            matches!(&faults[0], Fault::Template { place: Some(place), .. } if place.starts_with(name)),
            "{faults:?}"
        );
    }
}

#[test]
fn a_picture_must_be_a_picture() {
    let svg = Picture { name: "scan".to_owned(), bytes: b"<svg/>".to_vec().into() };
    let faults = press().render(&PLAIN, &json!({ "text": "" }), &imprint(), &[svg]).expect_err("refused");
    assert!(matches!(&faults[0], Fault::Picture { name, .. } if name == "scan"));
}

#[test]
fn too_much_data_is_refused() {
    let faults = plain(&"甲".repeat(2_000_000)).expect_err("refused");
    assert!(matches!(faults[0], Fault::TooLarge { .. }));
}

#[test]
fn long_words_stay_on_the_page() {
    let pdf = plain(&"0123456789abcdef".repeat(40)).expect("prints");
    let boxes = common::poppler("pdftotext", &["-bbox", "-", "-"], &pdf.bytes);
    let boxes = String::from_utf8_lossy(&boxes).into_owned();
    let right = boxes.split("xMax=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
    assert!(right.fold(0.0, f64::max) < 595.0 - 70.0, "{boxes}");
}

#[test]
fn the_qr_code_reads_back() {
    let payload = "HTTPS://SIJIAN.EXAMPLE/V/SLSJ-2026-LC-12?C=ABCDEFGH23456789";
    let template = Template {
        name: "qr.typ",
        source: r#"#let (paper: data) = json("data.json")
#image(bytes(data.qr), format: "svg", width: 31mm)"#,
    };
    let pdf = render(&template, &json!({ "qr": qr_svg(payload) })).expect("prints");
    let page = common::poppler("pdftoppm", &["-r", "150", "-png", "-singlefile", "-"], &pdf.bytes);
    let file = std::env::temp_dir().join(format!("paper-qr-{}.png", std::process::id()));
    std::fs::write(&file, page).expect("writable");
    let read = std::process::Command::new("zbarimg").args(["-q", "--raw"]).arg(&file).output();
    let _ = std::fs::remove_file(&file);
    let read = read.unwrap_or_else(|error| panic!("zbarimg: {error}; please run: apt-get install zbar-tools"));
    assert_eq!(String::from_utf8_lossy(&read.stdout).trim(), payload);
}

#[test]
fn a_missing_font_names_its_package() {
    let Err(fault) = Fonts::load(&[PathBuf::from("/nowhere")]) else { panic!("there are no fonts there") };
    assert!(fault.to_string().contains("apt-get install fonts-noto-cjk"), "{fault}");
    let Err(fault) = Fonts::load(&[PathBuf::from("/usr/share/fonts/opentype/noto")]) else {
        panic!("no rare font there")
    };
    assert!(fault.to_string().contains("fonts-babelstone-han"), "{fault}");
}
