//! How money is written in an official paper: in figures, and in capitals that can not be altered.

/// `12,345.60`: yuan in figures.
pub fn amount(fen: i64) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    let yuan = (fen / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in yuan.chars().enumerate() {
        if at > 0 && (yuan.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{:02}", fen % 100)
}

/// 大写金额, as 正确填写票据和结算凭证的基本规定 has it: 整 after yuan or jiao, one 零 for any run of noughts between.
pub fn capital_amount(fen: i64) -> String {
    const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
    let digit = |number: u64| DIGITS[(number % 10) as usize];
    let (sign, fen) = (if fen < 0 { "负" } else { "" }, fen.unsigned_abs());
    let (yuan, jiao, rest) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::from(sign);
    if yuan > 0 {
        text.push_str(&capital_integer(yuan));
        text.push('元');
    } else if jiao == 0 && rest == 0 {
        text.push_str("零元");
    }
    if jiao > 0 {
        // `壹拾元零伍角`: between a nought yuan and jiao the rules allow the 零; forms of courts write it.
        if yuan > 0 && yuan.is_multiple_of(10) {
            text.push('零');
        }
        text.push_str(digit(jiao));
        text.push('角');
    } else if yuan > 0 && rest > 0 {
        text.push('零');
    }
    match rest {
        0 => text.push('整'),
        _ => text.push_str(&format!("{}分", digit(rest))),
    }
    text
}

fn capital_integer(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
    const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
    const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];
    let mut text = String::new();
    let mut nought = false;
    for group in (0..GROUPS.len()).rev() {
        let four = number / 10_000_u64.pow(group as u32) % 10_000;
        for place in (0..PLACES.len()).rev() {
            let digit = (four / 10_u64.pow(place as u32) % 10) as usize;
            if digit == 0 {
                nought = !text.is_empty();
                continue;
            }
            if nought {
                text.push('零');
                nought = false;
            }
            text.push_str(DIGITS[digit]);
            text.push_str(PLACES[place]);
        }
        if four > 0 {
            text.push_str(GROUPS[group]);
            // `壹拾万柒仟`: noughts that end a group of four are not said unless the next group begins with one.
            nought = false;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_in_figures_and_capitals() {
        for (fen, figures, capital) in [
            (0, "0.00", "零元整"),
            (5, "0.05", "伍分"),
            (50, "0.50", "伍角整"),
            (55, "0.55", "伍角伍分"),
            (100, "1.00", "壹元整"),
            (1_000, "10.00", "壹拾元整"),
            (1_050, "10.50", "壹拾元零伍角整"),
            (1_005, "10.05", "壹拾元零伍分"),
            (325_004, "3,250.04", "叁仟贰佰伍拾元零肆分"),
            (375_000, "3,750.00", "叁仟柒佰伍拾元整"),
            (140_950, "1,409.50", "壹仟肆佰零玖元伍角整"),
            (600_714, "6,007.14", "陆仟零柒元壹角肆分"),
            (1_680_032, "16,800.32", "壹万陆仟捌佰元零叁角贰分"),
            (10_700_053, "107,000.53", "壹拾万柒仟元零伍角叁分"),
            (1_000_000_000, "10,000,000.00", "壹仟万元整"),
            (10_000_000_100, "100,000,001.00", "壹亿零壹元整"),
            (10_001_000_000, "100,010,000.00", "壹亿零壹万元整"),
            (100_000_000_000_000, "1,000,000,000,000.00", "壹万亿元整"),
            (-375_000, "-3,750.00", "负叁仟柒佰伍拾元整"),
        ] {
            assert_eq!((amount(fen).as_str(), capital_amount(fen).as_str()), (figures, capital));
        }
    }

    #[test]
    fn no_amount_panics() {
        for fen in [i64::MIN, i64::MAX, i64::MIN + 1] {
            assert!(!capital_amount(fen).is_empty());
        }
    }
}
