//! What the rules say: each sentence with its severity, once.
//!
//! **Invariant:** [`ALL`] holds every message, so the catalogue's test sees them all.

use serde::{Deserialize, Serialize};

/// Only errors block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }

    /// The Chinese word (a translator's key).
    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Hint => "提示",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Message {
    pub severity: Severity,
    pub key: &'static str,
}

macro_rules! messages {
    ($($name:ident $severity:ident $key:literal;)*) => {
        $(pub(crate) const $name: Message = Message { severity: Severity::$severity, key: $key };)*
        pub(crate) const ALL: &[Message] = &[$($name),*];
    };
}

messages! {
    EMPTY_PART Error "这一部分是空的。";
    PLACEHOLDER Error "“%{text}”像是没有填写的占位内容。";
    IMPOSSIBLE_DATE Error "“%{text}”不是存在的日期。";
    FUTURE_DATE Error "日期%{text}晚于今天。";
    DISCHARGE_FIRST Error "出院日期%{text}早于入院日期%{other}。";
    ADMITTED_FIRST Error "入院日期%{text}早于受伤日期%{other}。";
    ADMITTED_LONG_BEFORE Warning "入院日期%{text}远早于受伤日期%{other}；如为既往病历，请写明。";
    RANGE_REVERSED Error "起止日期颠倒：%{text}晚于%{other}。";
    EVENT_DATES_DIFFER Error "受伤日期写作%{text}，而基本案情写作%{other}。";
    EXAMINED_FIRST Error "检验日期%{text}早于受理日期%{other}。";
    EXAMINED_AFTER Warning "检验日期%{text}晚于登记的鉴定结束日期%{other}。";
    EXAMINED_BEFORE_INJURY Error "检验日期%{text}早于受伤日期%{other}。";
    RECORD_ORDER Warning "案件登记的日期顺序有误：%{text}早于%{other}。";
    NAME_MISSPELT Error "“%{text}”与被鉴定人姓名“%{other}”不一致。";
    NAME_VARIANT Warning "“%{text}”与被鉴定人姓名“%{other}”只差一个同音或者形近的字。";
    NAME_OTHER Error "此处的被鉴定人是“%{text}”，而本案的被鉴定人是“%{other}”。";
    ORGANISATION_MISSPELT Error "“%{text}”与登记的名称“%{other}”不一致。";
    ORGANISATION_VARIANT Warning "“%{text}”与登记的名称“%{other}”只差一个字。";
    SEX_DIFFERS Error "此处写作“%{text}”，而登记的性别是“%{other}”。";
    SEX_ORGAN Warning "“%{text}”与登记的性别“%{other}”不相符。";
    SEX_RELATIVE Hint "“%{text}”与登记的性别“%{other}”可能不相符。";
    AGE_DIFFERS Error "年龄写作%{text}岁，按出生日期应为%{other}岁。";
    BIRTH_DIFFERS Error "出生日期写作%{text}，而登记的是%{other}。";
    ID_CHECK Error "身份证号码“%{text}”的校验位不对。";
    ID_DIFFERS Error "身份证号码“%{text}”与登记的号码不一致。";
    ID_RECORD Warning "案件登记的身份证号码校验位不对。";
    ID_BIRTH Warning "案件登记的身份证号码与出生日期不一致。";
    ID_SEX Warning "案件登记的身份证号码与性别不一致。";
    STANDARD_OVER Error "受理之日（%{other}），%{text}已经不再适用。";
    STANDARD_NOT_YET Error "受理之日（%{other}），%{text}尚未实施。";
    STANDARD_OVER_MEMORY Warning "受理之日（%{other}），%{text}可能已被代替，请核对。";
    STANDARD_NOT_YET_MEMORY Warning "受理之日（%{other}），%{text}可能尚未实施，请核对。";
    STANDARD_YEAR Warning "标准目录中没有%{text}，同号标准有%{other}，请核对年号。";
    STANDARD_NAME Warning "%{text}的名称在标准目录中是《%{other}》，请核对。";
    CLAUSE_LEVEL Warning "第%{text}条不是%{other}的条款，请核对。";
    GRADE_UNKNOWN Error "没有“%{text}”这一等级。";
    GRADE_DIFFERS Error "鉴定意见为%{text}，而分析说明为%{other}。";
    GRADE_DENIED Error "鉴定意见为%{text}，而分析说明认为不构成等级。";
    GRADE_LOST Error "鉴定意见认为不构成等级，而分析说明为%{other}。";
    SIDE_DIFFERS Error "“%{text}”与其他部分记载的“%{other}”左右不一致。";
    SIDE_FINDING Warning "“%{text}”与其他部分多次记载的“%{other}”左右不一致，请核对。";
    CAPITALS_DIFFER Error "大写“%{text}”与小写%{other}不相等。";
    SUM_DIFFERS Error "合计写作%{text}，各项相加为%{other}。";
    PERCENT_OVER Error "“%{text}”超过百分之百。";
    UNIT_UNLIKELY Warning "“%{text}”的数值或者单位不合常理，请核对。";
    ANNEX_MISSING Error "引用了“%{text}”，但附件中没有。";
    ANNEX_UNCITED Hint "附件列有“%{text}”，正文没有引用。";
    SIGNERS_FEW Error "本案只有%{text}名鉴定人签名，至少需要两名。";
    SIGNER_LICENCE Error "%{text}的执业证今天不在有效期内或者已停止执业。";
    SIGNER_SCOPE Error "%{text}的执业类别不包括本案的委托事项。";
    REVIEWER_NAMED Error "意见书中写有“%{text}”，复核人不得在意见书上署名。";
    NO_OPINION Error "“%{text}”使鉴定意见不成其为意见。";
    HEDGED Warning "鉴定意见中的“%{text}”含糊，请写成明确的意见。";
    LEGAL_QUESTION Warning "“%{text}”是法律问题，不属于鉴定意见的范围。";
    REPEATED Warning "这一段与前面的一段相同。";
    UNBALANCED Warning "“%{text}”没有配对。";
    HALF_WIDTH Hint "中文之间用了半角标点“%{text}”，本部分共%{other}处。";
    NOT_ANSWERED Hint "委托事项问到“%{text}”，鉴定意见中没有找到回答。";
}
