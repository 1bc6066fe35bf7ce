//! The articles that fees rest on: translator keys, so that every reader can look them up.

pub const T29: &str = "《司法鉴定程序通则》第二十九条";
pub const SH23: &str = "《上海市司法鉴定管理条例》第二十三条";
pub const SH29: &str = "《上海市司法鉴定管理条例》第二十九条";
pub const SH36: &str = "《上海市司法鉴定管理条例》第三十六条";
pub const GD30: &str = "《广东省司法鉴定管理条例》第三十条";
pub const GD32: &str = "《广东省司法鉴定管理条例》第三十二条";
/// 法律援助法 53: institutions must defer, reduce or waive for recipients.
pub const LA53: &str = "《中华人民共和国法律援助法》第五十三条";
pub const E35: &str = "《最高人民法院关于民事诉讼证据的若干规定》第三十五条";
pub const E40: &str = "《最高人民法院关于民事诉讼证据的若干规定》第四十条";
pub const E42: &str = "《最高人民法院关于民事诉讼证据的若干规定》第四十二条";
pub const E81: &str = "《最高人民法院关于民事诉讼证据的若干规定》第八十一条";
/// 上海市司法鉴定收费管理办法: listed items not above the guide price, the rest at market price.
pub const SH_FEES: &str = "《上海市司法鉴定收费管理办法》（沪司行规〔2021〕3号）";
