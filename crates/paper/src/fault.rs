//! What can go wrong, in sentences somebody can act on.

use std::fmt;
use std::path::PathBuf;

/// The fonts are not as they must be; said to whoever installs the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FontFault {
    /// No configured directory has a font of this kind.
    Missing { what: &'static str, package: &'static str, searched: Vec<PathBuf> },
    /// The font was there and can not be read (any more).
    Unreadable { path: PathBuf, why: String },
}

impl fmt::Display for FontFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { what, package, searched } => {
                let dirs: Vec<String> = searched.iter().map(|dir| dir.display().to_string()).collect();
                write!(f, "找不到{what}，请安装 Debian 软件包 {package}（apt-get install {package}），")?;
                write!(f, "或把字体放入已配置的字体目录：{}。", dirs.join("、"))
            }
            Self::Unreadable { path, why } => {
                write!(f, "字体文件 {} 无法读取（{why}），请检查该文件后重新启动。", path.display())
            }
        }
    }
}

impl std::error::Error for FontFault {}

/// Why a paper did not come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No font draws these characters. A paper with an empty box in a name is worse than none.
    MissingGlyph {
        characters: Vec<char>,
    },
    /// The template does not fit the data, or is wrong: our mistake, not the citizen's.
    Template {
        message: String,
        place: Option<String>,
    },
    /// The laid-out paper can not be written as PDF/A.
    Pdf {
        message: String,
    },
    /// A picture is no PNG or JPEG, or is larger than a paper needs.
    Picture {
        name: String,
        why: &'static str,
    },
    /// More data than a paper may have.
    TooLarge {
        bytes: usize,
        limit: usize,
    },
    Font(FontFault),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGlyph { characters } => {
                let names: Vec<String> =
                    characters.iter().map(|&c| format!("“{c}”（U+{:04X}）", u32::from(c))).collect();
                write!(
                    f,
                    "字库中没有下列字符，无法打印：{}。请核对后改用可打印的字，或安装含有该字的字体。",
                    names.join("、")
                )
            }
            Self::Template { message, place: Some(place) } => write!(f, "文书模板有误（{place}）：{message}"),
            Self::Template { message, place: None } => write!(f, "文书模板有误：{message}"),
            Self::Pdf { message } => write!(f, "文书无法生成 PDF/A：{message}"),
            Self::Picture { name, why } => write!(f, "图片 {name} 不能放入文书：{why}"),
            Self::TooLarge { bytes, limit } => {
                write!(f, "文书内容共 {bytes} 字节，超过上限 {limit} 字节，请改作附件。")
            }
            Self::Font(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}
