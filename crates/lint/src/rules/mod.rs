//! The table of rules: id, title, where it is written, what to do, and the function that looks.
//!
//! **Invariant:** a rule looks at everything it is told and says only what it can show at a place.

mod annexes;
mod dates;
mod grades;
mod names;
mod numbers;
mod person;
mod sides;
mod signers;
mod standards;
mod wording;

use crate::text::{Doc, Sink};
use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($id:ident $word:literal $check:path, $title:literal, $basis:literal, $remedy:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum RuleId { $($id),* }

        /// Every rule, in the order in which they are asked.
        pub const RULES: &[Rule] =
            &[$(Rule { id: RuleId::$id, word: $word, title: $title, basis: $basis, remedy: $remedy, check: $check }),*];
    };
}

/// A rule as the pages show it: title, basis and remedy are translator's keys.
pub struct Rule {
    pub id: RuleId,
    pub word: &'static str,
    pub title: &'static str,
    pub basis: &'static str,
    pub remedy: &'static str,
    pub(crate) check: fn(&Doc, &mut Sink),
}

impl RuleId {
    pub fn rule(self) -> &'static Rule {
        RULES.iter().find(|rule| rule.id == self).unwrap_or(&RULES[0])
    }
}

rules! {
    Structure "structure" wording::structure, "结构完整", "《司法鉴定程序通则》第三十六条", "请补齐这一部分。";
    Placeholder "placeholder" wording::placeholders, "没有占位内容", "《司法鉴定程序通则》第三十六条", "请填写实际内容，或者删去。";
    DateImpossible "date-impossible" dates::impossible, "日期存在", "《司法鉴定程序通则》第三十六条", "请核对原件，改成正确的日期。";
    DateFuture "date-future" dates::future, "日期不晚于今天", "《司法鉴定程序通则》第三十六条", "请核对原件，改成正确的日期。";
    DateOrder "date-order" dates::order, "日期先后", "《司法鉴定程序通则》第三十六条", "请核对原件，改成正确的日期。";
    Name "name" names::examinee, "被鉴定人姓名一致", "《司法鉴定程序通则》第三十六条", "请与身份证件核对，全文统一。";
    Organisation "organisation" names::organisations, "机构名称一致", "《司法鉴定程序通则》第三十六条", "请与委托书核对，全文统一。";
    Sex "sex" person::sex, "性别一致", "《司法鉴定程序通则》第三十六条", "请与身份证件核对。";
    Age "age" person::age, "年龄与出生日期相符", "《司法鉴定程序通则》第三十六条", "请按出生日期计算年龄。";
    IdNumber "id-number" person::id_number, "身份证号码", "GB 11643-1999", "请与身份证件核对。";
    Standard "standard" standards::in_force, "标准现行有效", "《司法鉴定程序通则》第二十三条", "请改用受理之日有效的标准。";
    Clause "clause" standards::clauses, "条款与等级相符", "《司法鉴定程序通则》第二十三条", "请对照标准核对条款号与等级。";
    Grade "grade" grades::consistent, "等级前后一致", "《司法鉴定程序通则》第三十六条", "请核对分析说明与鉴定意见，统一等级。";
    Side "side" sides::consistent, "左右一致", "《司法鉴定程序通则》第三十六条", "请核对病历和检查记录，更正左右。";
    Numbers "numbers" numbers::check, "数字相符", "《司法鉴定程序通则》第三十六条", "请重新计算并核对。";
    Unit "unit" numbers::units, "数值和单位合理", "《司法鉴定程序通则》第三十六条", "请核对检查记录。";
    Annex "annex" annexes::cited, "引用的附件存在", "《司法鉴定程序通则》第三十六条", "请补列附件，或者更正引用。";
    Signers "signers" signers::licensed, "鉴定人有资格签名", "《司法鉴定程序通则》第十九条、第三十七条", "请机构负责人更换或者补充鉴定人。";
    Reviewer "reviewer" signers::reviewer, "复核人不署名", "《上海市司法鉴定管理条例》第三十条", "请删去复核人；复核意见另行归档。";
    Hedging "hedging" wording::hedging, "意见明确", "《司法鉴定程序通则》第三十六条", "请写成明确的意见；不能得出明确意见的，应当终止鉴定。";
    Repeated "repeated" wording::repeated, "没有重复段落", "《司法鉴定程序通则》第三十六条", "请删去重复的段落。";
    Brackets "brackets" wording::brackets, "括号引号配对", "GB/T 15834-2011", "请补上或者删去。";
    HalfWidth "half-width" wording::half_width, "中文标点", "GB/T 15834-2011", "请改成全角标点。";
    Matter "matter" wording::answers, "回答委托事项", "《司法鉴定程序通则》第三十六条", "请对照委托事项逐项回答。";
}
