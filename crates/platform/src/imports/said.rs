//! What is said about a file, a row, a cell.

use crate::text::{Lang, Say, say};
use serde::{Deserialize, Serialize};
use sheets::{Flaw, Unreadable, Why};

/// Something wrong with one cell, or with the row (no column).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub row: u32,
    /// The field's name, a translator key; empty where the whole row is meant.
    pub field: &'static str,
    /// What stands there.
    pub value: String,
    pub what: Say,
}

/// The same as text, for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub row: u32,
    pub field: String,
    pub value: String,
    pub what: String,
}

impl RowFault {
    pub fn told(&self, lang: Lang) -> Told {
        let field = if self.field.is_empty() { String::new() } else { lang.t(self.field).into_owned() };
        Told { row: self.row, field, value: self.value.clone(), what: lang.say(&self.what) }
    }
}

/// Why a cell cannot be read.
pub fn flaw(flaw: Flaw) -> Say {
    match flaw {
        Flaw::DigitsLost => say("号码被存成了数字，末几位已经丢失，无法还原。请把该列设为文本格式，按原件重新填写。"),
        Flaw::AmbiguousDate => say("看不出哪个是年、哪个是日。请写成2026-03-02的样子。"),
        Flaw::NotADate => say("不是日期。请写成2026-03-02的样子。"),
        Flaw::NotMoney => say("不是金额。请写成1200或1200.50的样子。"),
        Flaw::NotAnIdentifier => say("不是号码。请把该列设为文本格式后重新填写。"),
        Flaw::Formula => say("单元格里的公式出错了。请改成数值后再导入。"),
    }
}

/// Why a file cannot be read.
pub fn unreadable(why: &Unreadable) -> Say {
    match why {
        Unreadable::Empty => say("文件里没有内容。请选择有内容的台账。"),
        Unreadable::TooLarge => {
            say("文件超过%{n}MB。请按年份拆成几个文件，分次导入。").with("n", sheets::BYTES_MAX >> 20)
        }
        Unreadable::NotASheet => say("这不是表格文件（扩展名可能与内容不符）。请在表格软件中另存为XLSX或CSV，再上传。"),
        Unreadable::Encrypted => say("文件设有密码。请去掉密码，另存后再上传。"),
        Unreadable::Bomb => say("文件展开后过大，或者内部大小不实，没有打开。请在表格软件中另存一份再上传。"),
        Unreadable::Damaged(_) => say("文件已损坏，或者没有传完。请在表格软件中打开并另存，再上传。"),
        Unreadable::TooManyRows => say("超过%{n}行。请拆成几个文件，分次导入。").with("n", sheets::ROWS_MAX),
        Unreadable::TooManyColumns => {
            say("超过%{n}列，或者很远的地方有零星的单元格。请删去多余的列，再上传。").with("n", sheets::COLUMNS_MAX)
        }
        Unreadable::Encoding => say("文字编码无法识别。请另存为UTF-8的CSV或者XLSX，再上传。"),
        Unreadable::NoHeader => say("找不到表头。请在数据上方保留一行（或者两行）列名，再上传。"),
        Unreadable::NoRows => say("只有表头，没有数据。请选择有数据的台账。"),
    }
}

/// Why a line below the header is passed over.
pub fn skipped(why: Why) -> &'static str {
    match why {
        Why::Total => "合计行",
        Why::Header => "重复的表头",
        Why::Note => "表尾说明",
    }
}
