//! A made-up population of matters, duplicates of them with the slips that people make, and matters that only look alike.
//! Shared by the test and by `examples/bench_matching.rs`. Everything follows from the seed.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use matching::{Key, Match, Matter, Print, Secret, compare, prints};
use std::collections::HashMap;

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉鹏飞红玉华建国志海燕春梅峰俊玲宇晨浩然子轩欣怡佳琪思雨梓涵一诺雅婷晓东立新永福德胜宝荣凤云清亮";
const ITEMS: [&str; 16] = [
    "FY-0201", "FY-0202", "FY-0203", "FY-0204", "FY-0205", "FY-0101", "FY-0301", "FY-0302", "FY-0401", "FY-0402",
    "WZ-0101", "WZ-0102", "WZ-0201", "HJ-0101", "SX-0101", "SX-0201",
];
const REGIONS: [&str; 8] = ["310101", "310104", "310115", "320106", "330102", "340111", "110105", "510104"];

/// Small and repeatable; good enough to draw lots.
pub struct Lots(u64);

impl Lots {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn sign(&mut self, of: &str) -> char {
        // The first of the list are drawn far more often, as in life.
        let many = of.chars().count();
        let place = self.below(many).min(self.below(many));
        of.chars().nth(place).unwrap_or('王')
    }
}

#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub id: String,
    pub birth: Option<Date>,
    pub phone: String,
    pub on: Option<Date>,
    pub letter: String,
    pub item: String,
}

fn check_sign(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

fn id_of(region: &str, birth: Date, sequence: usize) -> String {
    let body = format!("{region}{:04}{:02}{:02}{sequence:03}", birth.year(), birth.month(), birth.day());
    format!("{body}{}", check_sign(&body))
}

pub fn person(lots: &mut Lots) -> Person {
    let mut name = String::from(lots.sign(SURNAMES));
    name.push(lots.sign(GIVEN));
    if !lots.one_in(3) {
        name.push(lots.sign(GIVEN));
    }
    let birth = date(1940, 1, 1).saturating_add((lots.below(27_000) as i64).days());
    let region = REGIONS[lots.below(REGIONS.len())];
    let item = ITEMS[lots.below(ITEMS.len())];
    // Injuries have a day; a handwriting or a drug test has none.
    let on = item.starts_with("FY").then(|| date(2025, 6, 1).saturating_add((lots.below(365) as i64).days()));
    Person {
        name,
        id: if lots.one_in(12) { String::new() } else { id_of(region, birth, 1 + lots.below(998)) },
        birth: (!lots.one_in(5)).then_some(birth),
        phone: if lots.one_in(4) {
            String::new()
        } else {
            format!("1{}{:09}", 3 + lots.below(7), lots.below(1_000_000_000))
        },
        on,
        letter: letter(lots),
        item: item.to_owned(),
    }
}

fn letter(lots: &mut Lots) -> String {
    format!("（2026）沪{:04}委鉴字第{}号", 101 + lots.below(16), 1 + lots.below(4_000))
}

pub fn printed(secret: &Secret, one: &Person) -> Vec<Print> {
    let field = one.item[..5].to_owned();
    let items = [one.item.clone(), field];
    prints(
        secret,
        &Matter {
            name: &one.name,
            id_number: &one.id,
            birth: one.birth,
            phone: &one.phone,
            event_on: one.on,
            letter: &one.letter,
            items: &items,
        },
    )
}

/// What is kept: fingerprints, and which matters have them.
pub struct Kept {
    pub all: Vec<Vec<Print>>,
    by_key: HashMap<Key, Vec<usize>>,
}

impl Kept {
    pub fn of(all: Vec<Vec<Print>>) -> Self {
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (place, one) in all.iter().enumerate() {
            for print in one.iter().filter(|print| print.kind.finds()) {
                by_key.entry(print.key).or_default().push(place);
            }
        }
        Self { all, by_key }
    }

    /// Every matter that is the same, as the platform looks it up.
    pub fn hits(&self, new: &[Print]) -> Vec<(usize, Match)> {
        let mut places: Vec<usize> = new
            .iter()
            .filter(|print| print.kind.finds())
            .filter_map(|print| self.by_key.get(&print.key))
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| compare(new, &self.all[place]).map(|found| (place, found))).collect()
    }
}

/// A way in which the same matter comes in a second time.
pub type Slip = (&'static str, fn(&mut Person, &mut Lots));

/// The slips; every duplicate has one, one in three two of them.
pub const SLIPS: &[Slip] = &[
    ("as it was", |_, _| {}),
    ("id: one digit wrong", |one, lots| {
        if !one.id.is_ascii() || one.id.len() != 18 {
            return;
        }
        let place = lots.below(17);
        let digit = char::from(b'0' + (one.id.as_bytes()[place] - b'0' + 1 + lots.below(9) as u8) % 10);
        one.id.replace_range(place..=place, &digit.to_string());
    }),
    ("id: neighbours exchanged", |one, lots| {
        if !one.id.is_ascii() || one.id.len() != 18 {
            return;
        }
        let place = lots.below(16);
        let mut signs: Vec<char> = one.id.chars().collect();
        signs.swap(place, place + 1);
        one.id = signs.into_iter().collect();
    }),
    ("id: one digit missing", |one, lots| {
        if one.id.is_ascii() && one.id.len() == 18 {
            one.id.remove(lots.below(17));
        }
    }),
    ("id: full width, small x, gaps", |one, _| {
        let wide = |sign: char| char::from_u32(u32::from(sign) + 0xFEE0).unwrap_or(sign);
        one.id = one
            .id
            .to_lowercase()
            .chars()
            .enumerate()
            .map(|(n, sign)| if n % 2 == 0 { wide(sign) } else { sign })
            .collect();
        if one.id.chars().count() > 6 {
            one.id.insert(one.id.char_indices().nth(6).map_or(0, |(at, _)| at), ' ');
        }
    }),
    ("id: the old 15 digits", |one, _| {
        if one.id.len() == 18 && one.id.get(6..8) == Some("19") {
            one.id = format!("{}{}", &one.id[..6], &one.id[8..17]);
        }
    }),
    ("id: not given", |one, _| one.id.clear()),
    ("name: variant or traditional character", |one, _| {
        for (here, there) in [
            ('张', '張'),
            ('陈', '陳'),
            ('刘', '劉'),
            ('峰', '峯'),
            ('伟', '偉'),
            ('强', '彊'),
            ('闫', '阎'),
            ('华', '華'),
        ] {
            one.name = one.name.replace(here, &there.to_string());
        }
    }),
    ("name: sounds alike", |one, _| {
        for (here, there) in [
            ('张', '章'),
            ('伟', '玮'),
            ('程', '陈'),
            ('静', '婧'),
            ('娜', '那'),
            ('明', '鸣'),
            ('英', '瑛'),
            ('红', '虹'),
            ('燕', '艳'),
        ] {
            one.name = one.name.replace(here, &there.to_string());
        }
    }),
    ("name: another character", |one, lots| {
        let last = one.name.chars().next_back().map_or(0, char::len_utf8);
        one.name.truncate(one.name.len() - last);
        one.name.push(lots.sign(GIVEN));
    }),
    ("name: gaps and full stops", |one, _| {
        one.name = one.name.chars().map(|sign| format!("{sign} ")).collect::<String>().trim().to_owned();
    }),
    ("birth: a digit wrong", |one, lots| {
        one.birth =
            one.birth.map(|birth| Date::new(birth.year(), birth.month(), (lots.below(28) + 1) as i8).unwrap_or(birth));
    }),
    ("birth: not given", |one, _| one.birth = None),
    ("phone: not given", |one, _| one.phone.clear()),
    ("phone: with the country's code", |one, _| {
        if !one.phone.is_empty() {
            one.phone = format!("+86 {}", one.phone);
        }
    }),
    ("event: a day off", |one, _| one.on = one.on.map(|on| on.saturating_add(1.day()))),
    ("event: day and month exchanged", |one, _| {
        one.on = one.on.map(|on| Date::new(on.year(), on.day(), on.month()).unwrap_or(on))
    }),
    ("event: last year's number", |one, _| one.on = one.on.map(|on| on.saturating_sub(1.year()))),
    ("event: a digit of the day wrong", |one, lots| {
        let wrong =
            |on: Date| Date::new(on.year(), on.month(), on.day() / 10 * 10 + lots.below(10) as i8).unwrap_or(on);
        one.on = one.on.map(wrong);
    }),
    ("event: not given", |one, _| one.on = None),
    ("item: named more coarsely", |one, _| one.item.truncate(5)),
];

/// The same matter at another institution: by another letter three times in four, with one slip or two.
pub fn duplicate(of: &Person, slip: usize, lots: &mut Lots) -> Person {
    let mut one = of.clone();
    if !lots.one_in(4) {
        one.letter = letter(lots);
    }
    (SLIPS[slip].1)(&mut one, lots);
    if lots.one_in(3) {
        (SLIPS[lots.below(SLIPS.len())].1)(&mut one, lots);
    }
    one
}

/// A matter that only looks like another.
pub type Alike = (&'static str, fn(&Person, &mut Lots) -> Person);

/// A new person of another name, then those that are hard to tell from `of`.
pub const ALIKE: &[Alike] = &[
    ("a new person", |_, lots| person(lots)),
    ("a namesake", |of, lots| Person { name: of.name.clone(), ..person(lots) }),
    ("a namesake born the same day", |of, lots| Person {
        name: of.name.clone(),
        birth: of.birth,
        id: of.birth.map_or(String::new(), |birth| id_of(REGIONS[lots.below(8)], birth, 1 + lots.below(998))),
        ..person(lots)
    }),
    ("a namesake hurt the same day, item the same", |of, lots| Person {
        name: of.name.clone(),
        on: of.on,
        item: of.item.clone(),
        ..person(lots)
    }),
    ("a namesake of whom no number is known", |of, lots| Person {
        name: of.name.clone(),
        id: String::new(),
        ..person(lots)
    }),
    ("a sibling in the same accident", |of, lots| {
        let other = person(lots);
        let surname: String = of.name.chars().take(1).collect();
        let name = format!("{surname}{}", other.name.chars().skip(1).collect::<String>());
        Person { name, id: other.id, birth: other.birth, ..of.clone() }
    }),
    ("a twin in the same accident", |of, lots| {
        let surname: String = of.name.chars().take(1).collect();
        let birth = of.birth.unwrap_or(date(1990, 1, 1));
        let name = format!("{surname}{}", lots.sign(GIVEN));
        Person { name, birth: Some(birth), id: id_of(REGIONS[0], birth, 1 + lots.below(998)), ..of.clone() }
    }),
    ("the same person, hurt another day", |of, lots| match of.on {
        Some(on) => Person {
            on: Some(on.saturating_add(((5 + lots.below(150)) as i64).days())),
            letter: letter(lots),
            ..of.clone()
        },
        None => person(lots),
    }),
    ("the same person and event, another item", |of, lots| {
        let others: Vec<&str> = ITEMS.iter().copied().filter(|item| *item != of.item).collect();
        Person { item: others[lots.below(others.len())].to_owned(), letter: letter(lots), ..of.clone() }
    }),
];
