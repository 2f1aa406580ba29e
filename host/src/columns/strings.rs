//! Many short strings without an allocation for each.

use super::Validity;

/// A column of strings, some of them missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringColumn {
    /// Where each row's string begins in `data`, and where the last ends.
    offsets: Vec<i64>,
    data: String,
    validity: Validity,
}

impl Default for StringColumn {
    fn default() -> Self {
        Self { offsets: vec![0], data: String::new(), validity: Validity::default() }
    }
}

impl StringColumn {
    /// Appends a string.
    pub fn push(&mut self, string: &str) {
        self.data.push_str(string);
        self.end_row(true);
    }

    /// Appends a string of bytes, or a row without one. What is not UTF-8 becomes the replacement character.
    pub fn push_bytes(&mut self, bytes: Option<&[u8]>) {
        if let Some(bytes) = bytes {
            self.data.push_str(&String::from_utf8_lossy(bytes));
        }
        self.end_row(bytes.is_some());
    }

    fn end_row(&mut self, is_valid: bool) {
        // Memory holds fewer bytes than an offset can count.
        self.offsets.push(self.data.len() as i64);
        self.validity.push(is_valid);
    }

    /// Appends the rows of another column.
    pub fn extend(&mut self, other: &Self) {
        let before = self.data.len() as i64;
        self.data.push_str(&other.data);
        self.offsets.extend(other.offsets[1..].iter().map(|offset| before + offset));
        self.validity.extend(&other.validity);
    }

    /// The string of a row; `None` if it has none, or if there is no such row.
    pub fn get(&self, row: usize) -> Option<&str> {
        let &[start, end] = self.offsets.get(row..)?.first_chunk()?;
        self.validity.is_valid(row).then(|| &self.data[start as usize..end as usize])
    }

    /// The string of a row; empty where there is none.
    pub fn value(&self, row: usize) -> &str {
        self.get(row).unwrap_or_default()
    }

    /// The strings of all rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.validity.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The buffer of offsets: where each row's string begins, and where the last ends.
    pub fn offsets(&self) -> &[i64] {
        &self.offsets
    }

    /// The buffer of all strings, one behind the other.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Which rows have a string.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        self.data.len() + self.len() * size_of::<i64>() + self.validity.bytes()
    }

    /// Removes all rows, but keeps the memory of their strings for more.
    pub fn clear(&mut self) {
        self.offsets.truncate(1);
        self.data.clear();
        self.validity.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(rows: &[Option<String>]) -> StringColumn {
        let mut column = StringColumn::default();
        rows.iter().for_each(|row| column.push_bytes(row.as_deref().map(str::as_bytes)));
        column
    }

    proptest! {
        #[test]
        fn rows_come_back(
            rows in prop::collection::vec(prop::option::of(".{0,5}"), 0..20),
            more in prop::collection::vec(prop::option::of(".{0,5}"), 0..20),
        ) {
            let all = [&rows[..], &more].concat();
            let mut column = of(&rows);
            column.extend(&of(&more));
            prop_assert_eq!(&column, &of(&all));
            prop_assert!(column.iter().eq(all.iter().map(Option::as_deref)));
            prop_assert_eq!((column.get(all.len()), column.value(all.len())), (None, ""));
            prop_assert_eq!(column.offsets().len(), all.len() + 1);
            let bytes: usize = all.iter().flatten().map(String::len).sum();
            prop_assert!(column.bytes() >= bytes + all.len());
            column.clear();
            prop_assert_eq!(column, StringColumn::default());
        }
    }

    #[test]
    fn any_bytes_become_text() {
        let mut column = StringColumn::default();
        column.push_bytes(Some(b"rs\xff1"));
        column.push("rs2");
        assert_eq!((column.get(0), column.get(1), column.data()), (Some("rs\u{fffd}1"), Some("rs2"), "rs\u{fffd}1rs2"));
    }
}
