//! Names, numbers and addresses of people who do not exist.

use jiff::civil::{Date, date};

use super::kinds::{CityPerson, Sex};
use super::rng::Rng;

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "韩", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡",
    "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "卢", "姚", "沈", "钟", "姜", "崔", "谭", "陆",
    "范", "汪", "廖", "石", "金", "韦", "贾", "夏", "付", "方", "邹", "熊", "白", "孟", "秦", "邱", "江", "尹", "薛",
    "欧阳", "诸葛", "上官", "司徒", "仇", "单", "盖", "乐", "覃", "逄",
];
const FIRST: &[&str] = &[
    "景", "若", "思", "嘉", "承", "知", "云", "子", "明", "清", "文", "雨", "书", "安", "以", "怀", "维", "宗", "浩",
    "佩", "心", "亦", "仲", "启", "晓", "慕", "予", "言", "志", "海",
];
const MALE: &[&str] = &[
    "川", "恒", "远", "舟", "辰", "岳", "峻", "朗", "泽", "骁", "毅", "樵", "松", "衡", "柏", "桐", "尧", "轩", "勉",
    "彦", "钧", "霖", "铮", "驰",
];
const FEMALE: &[&str] = &[
    "宁", "岚", "瑶", "蘅", "语", "棠", "婉", "筠", "漪", "荷", "薇", "珂", "芷", "溪", "妍", "黛", "菀", "玥", "澜",
    "霏", "苒", "琬", "绮", "鸢",
];
/// Characters outside the common set, and a long name: what a form, a search and a paper must bear.
const RARE: &[(&str, Sex)] = &[
    ("陈𠮷安", Sex::Male),
    ("周㛃", Sex::Female),
    ("李𬎆成", Sex::Male),
    ("古丽努尔·艾合买提江", Sex::Female),
    ("王𬎆", Sex::Male),
    ("沈㛃宁", Sex::Female),
    ("𠮷田樵", Sex::Male),
];

pub fn sex(rng: &mut Rng, male_per_mille: usize) -> Sex {
    if rng.per_mille(male_per_mille) { Sex::Male } else { Sex::Female }
}

pub fn name(rng: &mut Rng, sex: Sex) -> String {
    let last = if sex == Sex::Male { MALE } else { FEMALE };
    let surname = rng.pick(SURNAMES);
    if rng.per_mille(180) {
        return format!("{surname}{}", rng.pick(last));
    }
    format!("{surname}{}{}", rng.pick(FIRST), rng.pick(last))
}

/// The rare name number `n`, round and round.
pub fn rare_name(n: usize) -> (String, Sex) {
    let (name, sex) = RARE[n % RARE.len()];
    (name.to_owned(), sex)
}

/// A person of an age between two numbers of years on a day.
pub fn person(rng: &mut Rng, ages: (i64, i64), on: Date) -> CityPerson {
    let (name, sex) = if rng.per_mille(8) {
        rare_name(rng.below(RARE.len()))
    } else {
        let sex = sex(rng, 580);
        (name(rng, sex), sex)
    };
    with_numbers(rng, (name, sex), ages, on)
}

/// As [`person`], of this sex.
pub fn person_of(rng: &mut Rng, sex: Sex, ages: (i64, i64), on: Date) -> CityPerson {
    let name = name(rng, sex);
    with_numbers(rng, (name, sex), ages, on)
}

fn with_numbers(rng: &mut Rng, (name, sex): (String, Sex), ages: (i64, i64), on: Date) -> CityPerson {
    // One year more than the age, so that nobody is born after the day.
    let year = on.year() - rng.between(ages.0, ages.1) as i16 - 1;
    let born_on = date(year, rng.between(1, 12) as i8, rng.between(1, 28) as i8);
    CityPerson { name, sex, born_on, id_number: id_number(rng, born_on, sex), phone: mobile(rng) }
}

fn id_number(rng: &mut Rng, born_on: Date, sex: Sex) -> String {
    // The last of the three serial digits is odd for men.
    let serial = rng.between(0, 499) * 2 + i64::from(sex == Sex::Male);
    let digits = format!("990000{:04}{:02}{:02}{serial:03}", born_on.year(), born_on.month(), born_on.day());
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// The check digit of a citizen's number (GB 11643): weights are powers of two modulo 11.
pub fn check_digit(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// No operator has numbers that begin with 120.
pub fn mobile(rng: &mut Rng) -> String {
    format!("120{:08}", rng.below(100_000_000))
}

/// No subscriber in Shanghai has a number that begins with 0.
pub fn landline(rng: &mut Rng) -> String {
    format!("021-0{:07}", rng.below(10_000_000))
}

pub fn address(rng: &mut Rng, district: &str) -> String {
    const ROADS: &[&str] =
        &["云帆", "青衡", "澄观", "听松", "望舒", "怀瑾", "采薇", "临溪", "栖梧", "拾光", "知远", "鹿鸣"];
    format!("上海市{district}演示{}路{}号", rng.pick(ROADS), rng.between(1, 1999))
}
