//! What the texts of an opinion say in numbers: the grade of disability, the injury, the blood alcohol. Pure.
//!
//! **Invariant:** what is not said plainly is not there; nothing is guessed.

/// The digits of a grade, the worst first: 一级 is 10 in severity, 十级 is 1.
const GRADES: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/// Severity of the conclusion: 0 for no grade, 1 (十级, the least) to 10 (一级); none where it is no question of a grade.
pub(super) fn severity(conclusion: &str) -> Option<u8> {
    for none in ["不构成伤残", "未达到伤残", "不构成残疾", "未达伤残等级"] {
        if conclusion.contains(none) {
            return Some(0);
        }
    }
    // The worst grade named together with 伤残 or 致残 is the one that counts (分级 4.2: multiple injuries).
    let mut worst = None;
    for (at, _) in conclusion.match_indices("级") {
        let before = conclusion[..at].chars().next_back();
        let Some(place) = before.and_then(|sign| GRADES.iter().position(|one| *one == sign)) else { continue };
        let around: String = conclusion[at..].chars().take(6).collect();
        let lead: String = conclusion[..at].chars().rev().take(16).collect::<Vec<_>>().into_iter().rev().collect();
        if around.contains("残") || lead.contains("残") {
            let severity = u8::try_from(10 - place).unwrap_or(1);
            worst = Some(worst.map_or(severity, |one: u8| one.max(severity)));
        }
    }
    worst
}

/// Words that tell which part of the body was injured, in the order in which they are asked.
const INJURIES: &[(&str, &[&str])] = &[
    ("brain", &["颅", "脑", "蛛网膜"]),
    ("spine", &["椎", "脊"]),
    ("chest", &["肋", "胸", "肺"]),
    ("abdomen", &["脾", "肝", "肾", "腹", "肠"]),
    ("pelvis", &["骨盆", "髋", "耻骨"]),
    ("leg", &["股骨", "胫", "腓", "膝", "踝", "跟骨", "下肢"]),
    ("arm", &["锁骨", "肱", "桡", "尺骨", "肩", "肘", "腕", "上肢"]),
    ("hand", &["手", "指"]),
    ("eye", &["眼", "视力"]),
    ("ear", &["耳", "听力"]),
    ("face", &["鼻", "面", "牙"]),
];

/// Which part of the body a conclusion speaks of; the first that fits.
pub(super) fn injury(conclusion: &str) -> Option<&'static str> {
    let found = INJURIES.iter().find(|(_, words)| words.iter().any(|word| conclusion.contains(word)));
    found.map(|(name, _)| *name)
}

/// Blood alcohol in mg/100 mL.
pub(super) fn alcohol(conclusion: &str) -> Option<f64> {
    let tight: String = conclusion.chars().filter(|sign| !sign.is_whitespace()).collect();
    let at = ["mg/100mL", "mg/100ml", "毫克/100毫升"].iter().find_map(|unit| tight.find(unit))?;
    let number: Vec<char> =
        tight[..at].chars().rev().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
    let number: String = number.into_iter().rev().collect();
    number.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)
}

/// Series and serial of an opinion's number: what stands before its last digits, and these.
pub(super) fn serial(number: &str) -> Option<(&str, i64)> {
    let end = number.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let start = end.trim_end_matches(|sign: char| sign.is_ascii_digit());
    end[start.len()..].parse().ok().map(|serial| (start, serial))
}

/// Signs that end a name before it begins.
const BREAKS: &str = "，。、；：（）()《》“”\"·,;: \t　-—/0123456789";

/// The hospital that a material's name tells: what stands before 医院, from the last break on.
pub(super) fn hospital(material: &str) -> Option<String> {
    const WORD: &str = "医院";
    let end = material.find(WORD)?;
    let name: String = material[..end].rsplit(|sign| BREAKS.contains(sign)).next().unwrap_or_default().to_owned();
    // “医院病历” names none.
    (name.chars().count() >= 2).then(|| name + WORD)
}

/// An address without what people write differently: gaps, signs, wide digits; empty where it says less than a street.
pub(super) fn address(typed: &str) -> String {
    let signs = typed.chars().map(|sign| match sign {
        '０'..='９' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        other => other,
    });
    let said: String = signs.filter(|sign| sign.is_alphanumeric()).collect();
    if said.chars().count() >= 6 { said } else { String::new() }
}

/// Digits that together are a person's: a telephone number has 11, an identity number 18.
const DIGITS_MAX: usize = 10;

/// The text with names taken out and long numbers blotted: what is compared is how it was written, not about whom.
pub(super) fn without_names(text: &str, names: &[&str]) -> String {
    let mut names: Vec<&str> = names.iter().copied().filter(|name| name.chars().count() > 1).collect();
    // The longest first: a name may be part of an address.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut text = names.iter().fold(text.to_owned(), |text, name| text.replace(name, "○"));
    text.retain(|sign| sign != '\u{feff}' && sign != '\r');
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for sign in text.chars().chain(['\n']) {
        if sign.is_ascii_digit() {
            run.push(sign);
            continue;
        }
        out += if run.len() > DIGITS_MAX { "#" } else { &run };
        run.clear();
        // One text is one line of a table.
        out.push(if sign.is_control() { ' ' } else { sign });
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_and_no_number_of_a_person_stays() {
        let text = "被鉴定人甲某（990000199001011234，电话13800000000）\n住甲路1号，屈曲90°。";
        let said = without_names(text, &["甲某", "甲路1号", ""]);
        assert_eq!(said, "被鉴定人○（#，电话#） 住○，屈曲90°。");
    }

    #[test]
    fn hospitals_and_addresses_are_read_where_they_are_said() {
        for (material, expected) in [
            ("上海市第九人民医院出院小结", Some("上海市第九人民医院")),
            ("2026年3月 仁济医院CT片", Some("仁济医院")),
            ("医院病历", None),
            ("道路交通事故认定书", None),
        ] {
            assert_eq!(hospital(material).as_deref(), expected, "{material}");
        }
        assert_eq!(address("甲区 乙路１２号，302室"), address("甲区乙路12号302室"));
        assert_eq!(address("上海"), "", "a city is no address");
    }

    #[test]
    fn grades_are_read_where_they_are_said() {
        for (text, expected, why) in [
            ("其遗留后果构成十级伤残。", Some(1), "the least"),
            ("构成八级伤残；另构成十级伤残。", Some(3), "the worst of two"),
            ("致残程度等级为九级。", Some(2), "the other order of words"),
            ("目前后果不构成伤残等级。", Some(0), "none"),
            ("其损伤程度构成轻伤二级。", None, "a degree of injury is no grade of disability"),
            ("误工期120日，护理期60日，营养期60日。", None, "no question of a grade"),
        ] {
            assert_eq!(severity(text), expected, "{why}: {text}");
        }
    }

    #[test]
    fn alcohol_is_read_with_its_unit() {
        for (text, expected) in [
            ("血液中检出乙醇成分，其含量为85.3mg/100mL。", Some(85.3)),
            ("其含量为 112 mg/100 mL。", Some(112.0)),
            ("未检出乙醇成分。", None),
        ] {
            assert_eq!(alcohol(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_has_a_series_and_a_serial() {
        assert_eq!(serial("沪甲司鉴〔2026〕临鉴字第12号"), Some(("沪甲司鉴〔2026〕临鉴字第", 12)));
        assert_eq!(serial("无号"), None);
    }

    #[test]
    fn an_injury_has_its_part_of_the_body() {
        assert_eq!(injury("因交通事故致左侧第4～9肋骨骨折"), Some("chest"));
        assert_eq!(injury("目前无异常"), None);
    }
}
