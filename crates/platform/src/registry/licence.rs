//! A licence on a given day: valid or why not, and what it covers.

use super::{Categories, ItemCode};
use jiff::civil::Date;

/// 司法鉴定许可证 or 司法鉴定人执业证.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    pub number: String,
    pub valid_from: Date,
    pub valid_to: Date,
    pub scope: Vec<ItemCode>,
    pub interruptions: Vec<Interruption>,
}

/// Days on which a licence does not count: suspended, or ended for good (`to` is `None`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interruption {
    pub from: Date,
    pub to: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Valid,
    NotYet,
    Expired,
    Interrupted,
}

impl Licence {
    /// Both bounds count: a licence is good on its first and on its last day.
    pub fn standing(&self, day: Date) -> Standing {
        let interrupted = |one: &Interruption| one.from <= day && one.to.is_none_or(|to| day <= to);
        if day < self.valid_from {
            Standing::NotYet
        } else if day > self.valid_to {
            Standing::Expired
        } else if self.interruptions.iter().any(interrupted) {
            Standing::Interrupted
        } else {
            Standing::Valid
        }
    }

    pub fn is_valid(&self, day: Date) -> bool {
        self.standing(day) == Standing::Valid
    }

    pub fn covers(&self, item: &ItemCode) -> bool {
        self.scope.iter().any(|one| Categories::covers(one, item))
    }
}

impl Standing {
    /// The Chinese word, which is the translator's key.
    pub fn label(self) -> &'static str {
        match self {
            Self::Valid => "有效",
            Self::NotYet => "尚未生效",
            Self::Expired => "已过有效期",
            Self::Interrupted => "已停止执业或者注销",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_licence_counts_on_its_bounds_and_not_while_suspended() {
        let licence = Licence {
            number: "990000001".into(),
            valid_from: date(2022, 1, 1),
            valid_to: date(2026, 12, 31),
            scope: vec![],
            interruptions: vec![
                Interruption { from: date(2024, 3, 1), to: Some(date(2024, 5, 31)) },
                Interruption { from: date(2026, 7, 1), to: None },
            ],
        };
        for (day, standing) in [
            (date(2021, 12, 31), Standing::NotYet),
            (date(2022, 1, 1), Standing::Valid),
            (date(2024, 2, 29), Standing::Valid),
            (date(2024, 3, 1), Standing::Interrupted),
            (date(2024, 5, 31), Standing::Interrupted),
            (date(2024, 6, 1), Standing::Valid),
            (date(2026, 7, 1), Standing::Interrupted),
            (date(2027, 1, 1), Standing::Expired),
        ] {
            assert_eq!(licence.standing(day), standing, "{day}");
        }
    }
}
