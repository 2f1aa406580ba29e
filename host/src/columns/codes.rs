//! Names of a short list.

use super::NumberColumn;
use crate::internal::OrInternal;

/// A column whose rows have one of a few names, or none: held as the names' places in their list.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeColumn {
    names: &'static [&'static str],
    codes: NumberColumn<i8>,
}

impl CodeColumn {
    /// A column of these names, 127 at most, without rows.
    pub fn new(names: &'static [&'static str]) -> Self {
        Self { names, codes: NumberColumn::default() }
    }

    /// Appends a row by the place of its name in their list.
    pub fn push(&mut self, code: Option<u8>) {
        self.codes.push(code.map(|code| i8::try_from(code).or_internal("a column of names has 127 at most")));
    }

    /// The place of a row's name in their list.
    pub fn code(&self, row: usize) -> Option<usize> {
        self.codes.get(row).map(|code| usize::try_from(code).or_internal("codes count from 0"))
    }

    /// The name of a row.
    pub fn get(&self, row: usize) -> Option<&'static str> {
        self.code(row).map(|code| *self.names.get(code).or_internal("every code has a name"))
    }

    /// The names of all rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&'static str>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }

    /// All names, by their codes.
    pub fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// The codes of all rows.
    pub fn codes(&self) -> &NumberColumn<i8> {
        &self.codes
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        self.codes.bytes()
    }

    /// Removes all rows, but keeps their memory for more.
    pub fn clear(&mut self) {
        self.codes.clear();
    }
}
