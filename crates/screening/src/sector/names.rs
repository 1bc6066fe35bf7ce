//! 名称编号: ids as they are written, each with a small number of its own.
//!
//! **Invariant:** numbers are given in order of first appearance, so the same file gives the same numbers.

use rustc_hash::FxHashMap;

/// The number of what is not there.
pub const NONE: u32 = u32::MAX;

/// Names and their numbers.
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<Box<str>>,
    numbers: FxHashMap<Box<str>, u32>,
}

impl Names {
    /// The number of a name, a new one if it is new. The empty name is [`NONE`].
    pub fn number(&mut self, name: &str) -> u32 {
        if name.is_empty() {
            return NONE;
        }
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        number
    }

    /// The number of a known name.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The name of a number; empty for [`NONE`].
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |n| n)
    }

    /// How many names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// No name yet.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
