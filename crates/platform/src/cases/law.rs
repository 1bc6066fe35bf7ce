//! The articles that the steps and guards of a case cite: translator keys, so that every reader can look them up.
//! Trust in each article's wording is recorded in the rule book, ../shared/law/rules.md §1.1.

pub const T12: &str = "《司法鉴定程序通则》第十二条";
pub const T13: &str = "《司法鉴定程序通则》第十三条";
pub const T14: &str = "《司法鉴定程序通则》第十四条";
pub const T15: &str = "《司法鉴定程序通则》第十五条";
pub const T16: &str = "《司法鉴定程序通则》第十六条";
pub const T18_19: &str = "《司法鉴定程序通则》第十八条、第十九条";
pub const T20: &str = "《司法鉴定程序通则》第二十条";
pub const T21: &str = "《司法鉴定程序通则》第二十一条";
pub const T22_24: &str = "《司法鉴定程序通则》第二十二条、第二十四条";
pub const T23: &str = "《司法鉴定程序通则》第二十三条";
pub const T24: &str = "《司法鉴定程序通则》第二十四条";
pub const T23_27: &str = "《司法鉴定程序通则》第二十三条、第二十七条";
pub const T25_28: &str = "《司法鉴定程序通则》第二十五条、第二十八条";
pub const T27: &str = "《司法鉴定程序通则》第二十七条";
pub const T28: &str = "《司法鉴定程序通则》第二十八条";
pub const T29: &str = "《司法鉴定程序通则》第二十九条";
pub const T30: &str = "《司法鉴定程序通则》第三十条";
pub const T31_32: &str = "《司法鉴定程序通则》第三十一条、第三十二条";
pub const T33: &str = "《司法鉴定程序通则》第三十三条";
pub const T35: &str = "《司法鉴定程序通则》第三十五条";
pub const T36: &str = "《司法鉴定程序通则》第三十六条";
pub const T36_39: &str = "《司法鉴定程序通则》第三十六条至第三十九条";
pub const T37: &str = "《司法鉴定程序通则》第三十七条";
pub const T37_SH30: &str = "《司法鉴定程序通则》第三十七条、《上海市司法鉴定管理条例》第三十条";
pub const T39: &str = "《司法鉴定程序通则》第三十九条";
pub const T41: &str = "《司法鉴定程序通则》第四十一条";
pub const T42: &str = "《司法鉴定程序通则》第四十二条";
pub const T43_46: &str = "《司法鉴定程序通则》第四十三条至第四十六条";
pub const SH21: &str = "《上海市司法鉴定管理条例》第二十一条";
pub const SH22: &str = "《上海市司法鉴定管理条例》第二十二条";
pub const SH23: &str = "《上海市司法鉴定管理条例》第二十三条";
pub const SH25: &str = "《上海市司法鉴定管理条例》第二十五条";
pub const SH30: &str = "《上海市司法鉴定管理条例》第三十条";
pub const SH49: &str = "《上海市司法鉴定管理条例》第四十九条";
pub const INJURY_4_2: &str = "《人体损伤程度鉴定标准》4.2";
