//! 用词: the words of pictures in both languages, by key. A caller may use his own.
//!
//! **Invariant:** a key that is not here is its own word: names of features pass through.

use crate::groups::feature_name;

/// Gives the word of a key.
pub type Words<'a> = &'a dyn Fn(&str) -> String;

/// Key, Chinese, English.
const WORDS: [(&str, &str, &str); 60] = [
    ("cluster_map", "机构分组图", "Groups of institutions"),
    ("network", "关系网络", "Network"),
    ("timeline", "每周案件", "Cases by week"),
    ("score", "得分与同行比较", "Score against the peers"),
    ("refused", "不予受理率", "Rate of refusal"),
    ("complaint", "投诉率", "Rate of complaints"),
    ("reappraised", "重新鉴定率", "Rate of re-appraisal"),
    ("overturned", "重新鉴定后推翻率", "Rate of overturning"),
    ("counted", "异常事项比例", "Share of odd events"),
    ("cases", "案件数", "cases"),
    ("number_of_institutions", "机构数", "institutions"),
    ("number_of_peers", "同行数", "peers"),
    ("rate", "比率", "rate"),
    ("expected", "预期", "expected"),
    ("observed", "实际", "observed"),
    ("ratio", "实际与预期之比", "observed over expected"),
    ("z", "标准化偏离", "z"),
    ("limit_95", "95% 控制限", "95 % limits"),
    ("limit_998", "99.8% 控制限", "99.8 % limits"),
    ("mean", "总体", "overall"),
    ("median", "中位数", "median"),
    ("quartiles", "四分位区间", "middle half"),
    ("this_one", "本对象", "this one"),
    ("id", "编号", "id"),
    ("value", "数值", "value"),
    ("rank", "位次", "rank"),
    ("group", "组别", "group"),
    ("no_group", "未成组", "no group"),
    ("first_component", "第一主成分", "first component"),
    ("second_component", "第二主成分", "second component"),
    ("left_out", "未画出", "not drawn"),
    ("nothing", "没有可画的数据", "nothing to draw"),
    ("week", "周（周一）", "week (Monday)"),
    ("usual", "平常水平", "usual"),
    ("burst", "突增", "burst"),
    ("since", "自", "since"),
    ("from", "来源方", "from"),
    ("to", "对方", "to"),
    ("kind", "类别", "kind"),
    ("evidence", "证据强度", "evidence"),
    ("lawyer", "律师", "lawyer"),
    ("phone", "联系电话", "telephone"),
    ("insurer", "保险公司", "insurer"),
    ("hospital", "医院", "hospital"),
    ("address", "地址", "address"),
    ("client", "委托人", "client"),
    ("institution", "鉴定机构", "institution"),
    ("appraiser", "鉴定人", "appraiser"),
    ("share", "占比", "share"),
    ("at_institution", "在该机构案件数", "cases at the institution"),
    ("brings", "来源", "brings cases"),
    ("receives", "承办", "takes cases"),
    ("marked", "标记", "marked"),
    ("hhi", "市场集中度指数（HHI）", "Concentration (HHI)"),
    ("market_share", "市场份额", "Market shares"),
    ("moderate", "中度集中", "moderate"),
    ("high", "高度集中", "high"),
    ("name", "名称", "name"),
    ("others", "其余机构", "the others"),
    ("peers", "同行", "peers"),
];

/// The Chinese words.
pub fn chinese(key: &str) -> String {
    word(key).map_or(key, |w| w.0).to_owned()
}

/// The English words.
pub fn english(key: &str) -> String {
    word(key).map_or(key, |w| w.1).to_owned()
}

/// Chinese and English of a key, of the features of groups too.
fn word(key: &str) -> Option<(&'static str, &'static str)> {
    let feature = || Some(feature_name(key)).filter(|f| !f.0.is_empty());
    WORDS.iter().find(|w| w.0 == key).map(|w| (w.1, w.2)).or_else(feature)
}

/// Every key, for a caller with words of his own.
pub fn keys() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|w| w.0)
}
