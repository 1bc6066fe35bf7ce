//! What people type, so that the same thing is written the same: width, gaps, variant characters, sound.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

/// Variant and traditional characters met in names, each with the one it is read as here. A small table, not a dictionary:
/// what it lacks is caught by sound.
const VARIANTS: &[(&str, char)] = &[
    ("峯", '峰'),
    ("裡裏", '里'),
    ("甦", '苏'),
    ("蘇", '苏'),
    ("昇陞", '升'),
    ("偉", '伟'),
    ("張", '张'),
    ("陳", '陈'),
    ("劉", '刘'),
    ("楊", '杨'),
    ("黃", '黄'),
    ("趙", '赵'),
    ("吳", '吴'),
    ("孫", '孙'),
    ("馬", '马'),
    ("鄭", '郑'),
    ("謝", '谢'),
    ("許", '许'),
    ("韓", '韩'),
    ("馮", '冯'),
    ("鄧", '邓'),
    ("蕭肖", '萧'),
    ("葉", '叶'),
    ("閻閆闫", '阎'),
    ("鍾鐘", '钟'),
    ("盧", '卢'),
    ("蔣", '蒋'),
    ("賈", '贾'),
    ("顧", '顾'),
    ("龍", '龙'),
    ("萬", '万'),
    ("錢", '钱'),
    ("湯", '汤'),
    ("陸", '陆'),
    ("嚴", '严'),
    ("龔", '龚'),
    ("賴", '赖'),
    ("齊亝", '齐'),
    ("國囯", '国'),
    ("華", '华'),
    ("麗", '丽'),
    ("軍", '军'),
    ("強彊", '强'),
    ("傑", '杰'),
    ("鳳", '凤'),
    ("蘭", '兰'),
    ("紅", '红'),
    ("雲", '云'),
    ("瓊", '琼'),
    ("穎頴", '颖'),
    ("潔", '洁'),
    ("寶寳", '宝'),
    ("慶", '庆'),
    ("東", '东'),
    ("輝煇", '辉'),
    ("勝", '胜'),
    ("順", '顺'),
    ("義", '义'),
    ("愛", '爱'),
    ("蓮", '莲'),
    ("靜", '静'),
    ("嬌", '娇'),
    ("賢", '贤'),
    ("學", '学'),
    ("禮", '礼'),
    ("榮", '荣'),
    ("貴", '贵'),
    ("進", '进'),
    ("連", '连'),
    ("長", '长'),
    ("興", '兴'),
    ("達", '达'),
    ("遠", '远'),
    ("飛", '飞'),
    ("鵬", '鹏'),
    ("銘", '铭'),
    ("鋒", '锋'),
    ("鋼", '钢'),
    ("鐵", '铁'),
    ("鴻", '鸿'),
    ("濤", '涛'),
    ("澤", '泽'),
    ("瑩", '莹'),
    ("瑋", '玮'),
    ("璽", '玺'),
    ("曉", '晓'),
    ("棟", '栋'),
    ("樹", '树'),
    ("歡", '欢'),
    ("蕓", '芸'),
    ("藝", '艺'),
    ("誠", '诚'),
    ("諾", '诺'),
    ("豐", '丰'),
    ("躍", '跃'),
    ("邁", '迈'),
    ("陽", '阳'),
    ("雙", '双'),
    ("韋", '韦'),
    ("領", '领'),
    ("顯", '显'),
    ("駿", '骏'),
    ("鶴", '鹤'),
    ("剛", '刚'),
    ("勳勛", '勋'),
    ("啟啓", '启'),
    ("嘯", '啸'),
    ("婭", '娅'),
    ("寧甯", '宁'),
    ("崑", '昆'),
    ("彥", '彦'),
    ("恆", '恒'),
    ("憲", '宪'),
    ("懷", '怀'),
    ("應", '应'),
    ("時", '时'),
    ("會", '会'),
    ("權", '权'),
    ("煒", '炜'),
    ("燦", '灿'),
    ("獻", '献'),
    ("畢", '毕'),
    ("發", '发'),
    ("碩", '硕'),
    ("維", '维'),
    ("綱", '纲'),
    ("緒", '绪'),
    ("羅", '罗'),
    ("聖", '圣'),
    ("聰", '聪'),
    ("聲", '声'),
    ("倫", '伦'),
    ("儀", '仪'),
    ("億", '亿'),
    ("淨", '净'),
    ("淸", '清'),
    ("靑", '青'),
    ("眞", '真'),
    ("硏", '研'),
    ("衞衛", '卫'),
    ("閔", '闵'),
    ("關", '关'),
];

/// Half width, one form for each character.
pub(crate) fn folded(text: &str) -> String {
    text.nfkc().collect()
}

/// A name without gaps, dots and brackets, in simplified characters, small letters.
pub fn name(typed: &str) -> String {
    folded(typed).chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).map(simplified).collect()
}

fn simplified(sign: char) -> char {
    if sign.is_ascii() {
        return sign;
    }
    VARIANTS.iter().find(|(many, _)| many.contains(sign)).map_or(sign, |(_, one)| *one)
}

/// How a name sounds, tones and what ears take for one another (zh/z, ang/an, l/n) left out. Signs without a sound stay.
pub fn sound(normal_name: &str) -> String {
    normal_name
        .chars()
        .map(|sign| sign.to_pinyin().map_or_else(|| sign.to_string(), |one| heard(one.plain())))
        .collect::<Vec<_>>()
        .join(" ")
}

fn heard(syllable: &str) -> String {
    let (head, tail) = match syllable.split_at_checked(2) {
        Some(("zh", rest)) => ("z", rest),
        Some(("ch", rest)) => ("c", rest),
        Some(("sh", rest)) => ("s", rest),
        _ => match syllable.split_at_checked(1) {
            Some(("l", rest)) => ("n", rest),
            Some((first, rest)) => (first, rest),
            None => ("", syllable),
        },
    };
    let tail = tail.strip_suffix("ng").map_or_else(|| tail.to_owned(), |short| format!("{short}n"));
    format!("{head}{tail}")
}

/// The digits of a telephone number without the country's code and the zero of an area.
pub fn phone(typed: &str) -> String {
    let digits: String = folded(typed).chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("0086").unwrap_or(&digits);
    let digits = if digits.len() > 11 { digits.strip_prefix("86").unwrap_or(digits) } else { digits };
    let digits = digits.trim_start_matches('0');
    // Shorter ones are extensions and lines like 110: they belong to no person.
    if digits.len() < PHONE_LEAST { String::new() } else { digits.to_owned() }
}

/// Digits from which a number can be one person's.
const PHONE_LEAST: usize = 7;

/// The number of a letter or a court case without its brackets and gaps: `(2026)沪0101民初12号` however it is typed.
pub fn letter(typed: &str) -> String {
    let signs: String = folded(typed)
        .chars()
        .filter(|sign| sign.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(simplified)
        .collect();
    // 第 and 号 are written or left out as people like.
    let signs = signs.replace(['第', '号', '號', '字'], "");
    // A bare serial number is everybody's.
    let digits = signs.chars().filter(char::is_ascii_digit).count();
    if digits < LETTER_DIGITS || signs.chars().count() < LETTER_LEAST { String::new() } else { signs }
}

/// Digits of a letter's number that can tell one letter from another: a year and a serial number.
const LETTER_DIGITS: usize = 5;
const LETTER_LEAST: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_however_it_is_written() {
        for (a, b) in [
            ("张 伟", "張偉"),
            ("李峯", "李峰"),
            ("阿依古丽·买买提", "阿依古丽．买买提"),
            ("闫宁", "閻甯"),
            ("ＡＬＩＣＥ", "alice"),
        ] {
            assert_eq!(name(a), name(b));
        }
        assert_ne!(name("张伟"), name("张炜"));
    }

    #[test]
    fn names_that_sound_alike() {
        for (a, b) in [("张伟", "章炜"), ("陈晨", "程晨"), ("刘娜", "牛拉")] {
            assert_eq!(sound(&name(a)), sound(&name(b)), "{a} {b}");
        }
        assert_ne!(sound("张伟"), sound("张芳"));
    }

    #[test]
    fn numbers_without_their_dress() {
        assert_eq!(phone("+86 138-0000-1234"), phone("１３８００００１２３４"));
        assert_eq!(phone("021-12345678"), phone("(021) 12345678"));
        assert_eq!(phone("110"), "");
        assert_eq!(letter("（2026）沪0101民初12号"), letter("(2026) 沪0101 民初 第12号"));
        assert_eq!(letter("12号"), "");
    }
}
