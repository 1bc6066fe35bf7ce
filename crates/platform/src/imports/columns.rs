//! What can be imported, the fields of each, and which column of a file is which field.

use crate::actor::{Actor, Role};
use crate::web::Form;
use sha2::{Digest, Sha256};
use sheets::Table;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const NAMES: &str = include_str!("../../data/ledger-columns.tsv");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Cases,
    Institutions,
    Appraisers,
    Organisations,
}

/// A field of ours: the stored word, the name (a translator key), whether a column must be named for it.
pub type Field = (&'static str, &'static str, bool);

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Cases, Kind::Institutions, Kind::Appraisers, Kind::Organisations];

    pub fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Institutions => "institutions",
            Self::Appraisers => "appraisers",
            Self::Organisations => "organisations",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Cases => "案件台账（已办结的历史案件）",
            Self::Institutions => "机构名册",
            Self::Appraisers => "鉴定人名册",
            Self::Organisations => "委托单位名册",
        }
    }

    /// Cases are the institution's, registers the licensing officer's.
    pub fn may(self, actor: &Actor) -> bool {
        match self {
            Self::Cases => actor.is(Role::FrontDesk) || actor.is(Role::Head),
            _ => actor.is(Role::LicensingOfficer),
        }
    }

    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Cases => &[
                ("ledger_number", "台账编号", true),
                ("examinee", "被鉴定人", true),
                ("sex", "性别", false),
                ("birth", "出生日期", false),
                ("id_number", "身份证号码", false),
                ("phone", "联系电话", false),
                ("item", "鉴定事项", true),
                ("matter", "委托事项", false),
                ("client", "委托人", true),
                ("letter", "委托函号", false),
                ("received_on", "收到日期", true),
                ("opinion_number", "意见书编号", false),
                ("issued_on", "出具日期", false),
                ("outcome", "状态", false),
                ("appraisers", "鉴定人", false),
                ("fee", "鉴定费", false),
                ("remarks", "备注", false),
            ],
            Self::Institutions => &[
                ("name", "名称", true),
                ("short_name", "简称", false),
                ("head_name", "机构负责人", true),
                ("district", "所在区", true),
                ("address", "地址", true),
                ("phone", "联系电话", true),
                ("licence_number", "许可证号", true),
                ("valid_from", "有效期自", true),
                ("valid_to", "有效期至", true),
                ("scope", "业务范围", true),
            ],
            Self::Appraisers => &[
                ("institution", "鉴定机构", true),
                ("name", "姓名", true),
                ("title", "职称", false),
                ("licence_number", "执业证号", true),
                ("valid_from", "有效期自", true),
                ("valid_to", "有效期至", true),
                ("scope", "执业类别", true),
            ],
            Self::Organisations => &[
                ("kind", "单位类型", true),
                ("name", "名称", true),
                ("district", "所在区", false),
                ("address", "地址", false),
                ("phone", "联系电话", false),
            ],
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|kind| kind.word()).collect();
            format!("{text:?} is none of {}", words.join(", "))
        })
    }
}

crate::text_columns!(Kind);

/// Rows of the data file: kind, field, names.
fn rows() -> &'static [(&'static str, &'static str, Vec<&'static str>)] {
    static ROWS: OnceLock<Vec<(&'static str, &'static str, Vec<&'static str>)>> = OnceLock::new();
    ROWS.get_or_init(|| {
        NAMES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.next()?, cells.next()?.split(' ').collect()))
            })
            .collect()
    })
}

/// Whether the word is one of those the data file lists under that name.
pub fn is_word(group: &str, text: &str) -> bool {
    rows().iter().any(|(kind, field, names)| *kind == "words" && *field == group && names.contains(&text))
}

/// Whether a column of any kind is called so.
pub fn is_known(name: &str) -> bool {
    rows().iter().any(|(kind, _, names)| *kind != "words" && names.contains(&name))
}

/// Which column (by its place in the sheet) is which field.
pub type Mapping = BTreeMap<String, usize>;

/// The fields whose columns can be told by their names; each column once.
pub fn guess(kind: Kind, columns: &[(usize, String)]) -> Mapping {
    let mut mapping = Mapping::new();
    let plain = |name: &str| name.replace('（', "(").replace('）', ")");
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    // Whole names first, so that 委托人/姓名 is not taken for the examinee's name while 被鉴定人/姓名 is there.
    for is_whole in [true, false] {
        for (_, field, names) in rows().iter().filter(|(of, _, _)| *of == kind.word()) {
            if mapping.contains_key(*field) {
                continue;
            }
            let found = names.iter().find_map(|wanted| {
                columns.iter().find(|(at, name)| {
                    let name = if is_whole { plain(name) } else { last(&plain(name)) };
                    name == *wanted && !mapping.values().any(|taken| taken == at)
                })
            });
            if let Some((at, _)) = found {
                mapping.insert((*field).to_owned(), *at);
            }
        }
    }
    mapping
}

/// What the form says: a column's place, or nothing, for each field.
pub fn chosen(kind: Kind, form: &Form, columns: &[(usize, String)]) -> Mapping {
    let fields = kind.fields().iter();
    fields
        .filter_map(|(field, _, _)| {
            let at: usize = form.text(field).parse().ok()?;
            columns.iter().any(|(column, _)| *column == at).then(|| ((*field).to_owned(), at))
        })
        .collect()
}

/// Tells a header from another: the names of its columns, in order.
pub fn signature(columns: &[(usize, String)]) -> String {
    let mut hash = Sha256::new();
    for (at, name) in columns {
        hash.update(format!("{at}\t{name}\n"));
    }
    hex::encode(&hash.finalize()[..16])
}

pub fn columns_of(table: &Table) -> Vec<(usize, String)> {
    table.columns.iter().map(|column| (column.at, column.name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_names_and_no_name_belongs_to_nothing() {
        for kind in Kind::ALL {
            for (field, _, _) in kind.fields() {
                assert!(rows().iter().any(|(of, name, _)| *of == kind.word() && name == field), "{kind:?} {field}");
            }
        }
        for (of, field, names) in rows().iter().filter(|(of, _, _)| *of != "words" && *of != "kind") {
            let kind: Kind = of.parse().unwrap();
            assert!(kind.fields().iter().any(|(name, _, _)| name == field) && !names.is_empty(), "{of} {field}");
        }
    }

    #[test]
    fn columns_are_guessed_by_their_names() {
        let columns: Vec<(usize, String)> =
            ["编号", "被鉴定人/姓名", "委托人/姓名", "身份证号", "鉴定类别", "收案日期", "委托人（单位）"]
                .into_iter()
                .map(str::to_owned)
                .enumerate()
                .collect();
        let mapping = guess(Kind::Cases, &columns);
        let found = |field: &str| mapping.get(field).copied();
        assert_eq!((found("ledger_number"), found("examinee"), found("id_number")), (Some(0), Some(1), Some(3)));
        assert_eq!((found("item"), found("received_on"), found("client")), (Some(4), Some(5), Some(6)));
        assert_eq!(found("fee"), None);
    }
}
