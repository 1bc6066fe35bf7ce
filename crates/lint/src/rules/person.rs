//! Sex, age and identity number against what is registered.
//!
//! **Invariant:** only what stands beside the examinee's name, or a word that means him, is compared.

use super::dates::mentions;
use crate::messages::*;
use crate::text::{Body, Doc, Sink, has};
use crate::{Part, Sex};
use jiff::civil::Date;

fn word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "男",
        Sex::Female => "女",
    }
}

/// Places right after the examinee's name or a word that means him alone.
fn beside(doc: &Doc, body: &Body) -> Vec<usize> {
    let name = doc.input.examinee.as_str();
    let mut found: Vec<usize> = body.places(name).into_iter().map(|at| at + name.chars().count()).collect();
    for word in ["患者，", "被鉴定人，", "患者：", "被鉴定人："] {
        found.extend(body.places(word).into_iter().map(|at| at + word.chars().count() - 1));
    }
    found
}

const ORGANS: [(Sex, &[&str]); 2] = [
    (Sex::Male, &["子宫", "卵巢", "妊娠", "月经", "阴道", "分娩", "输卵管"]),
    (Sex::Female, &["前列腺", "睾丸", "阴茎", "阴囊", "精索", "附睾"]),
];

pub fn sex(doc: &Doc, sink: &mut Sink) {
    let (Some(sex), Some(_)) = (doc.input.sex, doc.person()) else { return };
    let other = match sex {
        Sex::Male => Sex::Female,
        Sex::Female => Sex::Male,
    };
    for body in &doc.bodies {
        for at in beside(doc, body) {
            // The name, then at most a mark or 性别.
            let mut next = at;
            while next < at + 5 && "，,（(、 ：:性别系".contains(body.at(next)) && body.at(next) != '\n' {
                next += 1;
            }
            let follows = body.at(next + 1);
            let closes = "，,、。；）) 性\n".contains(follows);
            if next > at && body.at(next) == word(other).chars().next().unwrap_or(' ') && closes {
                sink.mark(SEX_DIFFERS, body, next..next + 1, word(sex));
            }
        }
        for at in body.places(&format!("{}性尸体", word(other))) {
            sink.mark(SEX_DIFFERS, body, at..at + 2, word(sex));
        }
        if matches!(body.part, Part::Process | Part::DataAbstract) {
            let organs = ORGANS.iter().filter(|(whose, _)| *whose == sex).flat_map(|(_, organs)| *organs);
            for organ in organs {
                for at in body.places(organ) {
                    if !has(&body.lead(at, 6), &["无", "否认", "未见", "配偶", "妻", "夫", "母"]) {
                        sink.mark(SEX_ORGAN, body, at..at + organ.chars().count(), word(sex));
                    }
                }
            }
        }
        let relative = if sex == Sex::Male { ["其夫", "其丈夫"] } else { ["其妻", "其妻子"] };
        for at in relative.iter().flat_map(|one| body.places(one)) {
            sink.mark(SEX_RELATIVE, body, at..at + 2, word(sex));
        }
    }
}

fn full_years(born: Date, on: Date) -> i64 {
    i64::from(on.year()) - i64::from(born.year()) - i64::from((on.month(), on.day()) < (born.month(), born.day()))
}

pub fn age(doc: &Doc, sink: &mut Sink) {
    let (Some(born), Some(_)) = (doc.input.birth, doc.person()) else { return };
    let told = [Part::CaseFacts, Part::DataAbstract].into_iter().flat_map(|part| mentions(doc.body(part)));
    let event = told.filter_map(|one| one.date).filter(|date| *date > born).chain(doc.input.injured_on);
    let earliest = event.min().unwrap_or(doc.input.received_on).min(doc.input.received_on);
    let (least, most) = (full_years(born, earliest), full_years(born, doc.input.today));
    let right = if least == most { least.to_string() } else { format!("{least}～{most}") };
    for body in &doc.bodies {
        for at in beside(doc, body) {
            // Up to the number only marks, sex, people and the like.
            let mut next = at;
            while next < at + 14
                && !body.at(next).is_ascii_digit()
                && "，,（(、 ：:性别男女系年龄汉族现".contains(body.at(next))
            {
                next += 1;
            }
            let Some((age, end)) = body.number(next).filter(|_| next > at) else { continue };
            let is_age = body.at(end) == '岁' || body.starts(end, "周岁");
            if is_age && !(least..=most).contains(&i64::try_from(age).unwrap_or(0)) {
                sink.mark(AGE_DIFFERS, body, next..end, &right);
            }
        }
        for one in mentions(body) {
            let Some(date) = one.date.filter(|date| *date != born) else { continue };
            let (lead, tail) = (body.lead(one.range.start, 6), body.tail(one.range.end, 2));
            let is_birth = has(&lead, &["出生日期", "出生于", "生于"])
                || tail == "出生"
                || tail.starts_with('生') && !tail.starts_with("生效");
            let sentence = body.text(body.sentence(one.range.start));
            if is_birth && has(&sentence, &[&doc.input.examinee, "被鉴定人", "患者"]) {
                sink.add(BIRTH_DIFFERS, body.part, one.range, date, born);
            }
        }
    }
}

/// The check digit of GB 11643 (ISO 7064 MOD 11-2).
fn is_sound(id: &[char]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits: Vec<u32> = id.iter().take(17).filter_map(|sign| sign.to_digit(10)).collect();
    if id.len() != 18 || digits.len() != 17 {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize) == Some(id[17].to_ascii_uppercase())
}

pub fn id_number(doc: &Doc, sink: &mut Sink) {
    let registered: Vec<char> = doc.input.id_number.trim().chars().collect();
    if registered.len() == 18 {
        if !is_sound(&registered) {
            sink.add(ID_RECORD, Part::Record, 0..0, "", "");
        }
        let born: String = registered[6..14].iter().collect();
        if doc.input.birth.is_some_and(|birth| birth.strftime("%Y%m%d").to_string() != born) {
            sink.add(ID_BIRTH, Part::Record, 0..1, "", "");
        }
        let is_male = registered[16].to_digit(10).is_some_and(|digit| digit % 2 == 1);
        if doc.input.sex.is_some_and(|sex| (sex == Sex::Male) != is_male) {
            sink.add(ID_SEX, Part::Record, 0..2, "", "");
        }
    }
    for body in &doc.bodies {
        for at in ["身份证", "公民身份号码"].iter().flat_map(|word| body.places(word)) {
            let start = (at..at + 14).find(|at| body.at(*at).is_ascii_digit());
            let Some(start) = start else { continue };
            let id: Vec<char> = body
                .chars
                .iter()
                .skip(start)
                .take(19)
                .take_while(|sign| sign.is_ascii_digit() || matches!(sign, 'X' | 'x'))
                .copied()
                .collect();
            if id.len() != 18 {
                continue;
            }
            let range = start..start + 18;
            let whose = body.lead(at, 20);
            let his = has(&whose, &[&doc.input.examinee, "被鉴定人"]) && doc.person().is_some();
            let same = id.iter().zip(&registered).all(|(a, b)| a.eq_ignore_ascii_case(b));
            if !(is_sound(&id) || his && same) {
                sink.mark(ID_CHECK, body, range, "");
            } else if his && registered.len() == 18 && !same {
                sink.mark(ID_DIFFERS, body, range, "");
            }
        }
    }
}
