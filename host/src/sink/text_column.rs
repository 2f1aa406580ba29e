//! Many short texts without an allocation for each.

/// A column of texts, some of them missing.
#[derive(Debug, Clone, Default)]
pub(super) struct TextColumn {
    text: String,
    /// Where each row's text ends in `text`, and whether the row has one.
    rows: Vec<(usize, bool)>,
}

impl TextColumn {
    /// Appends a row. What is not UTF-8 becomes the replacement character.
    pub(super) fn push(&mut self, text: Option<&[u8]>) {
        if let Some(text) = text {
            self.text.push_str(&String::from_utf8_lossy(text));
        }
        self.rows.push((self.text.len(), text.is_some()));
    }

    /// The text of a row; `None` if it has none, or if there is no such row.
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        let &(end, is_present) = self.rows.get(row)?;
        let start = row.checked_sub(1).map_or(0, |before| self.rows[before].0);
        is_present.then(|| &self.text[start..end])
    }

    /// Bytes that its rows take.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.rows.len() * size_of::<(usize, bool)>()
    }

    /// Removes all rows, but keeps their memory for more.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back(rows in prop::collection::vec(prop::option::of(".{0,5}"), 0..20)) {
            let mut column = TextColumn::default();
            rows.iter().for_each(|row| column.push(row.as_deref().map(str::as_bytes)));
            for (index, row) in rows.iter().enumerate() {
                prop_assert_eq!(column.get(index), row.as_deref());
            }
            prop_assert_eq!(column.get(rows.len()), None);
            let letters: usize = rows.iter().flatten().map(String::len).sum();
            prop_assert!(column.bytes() >= letters + rows.len());
        }
    }

    #[test]
    fn any_bytes_become_text() {
        let mut column = TextColumn::default();
        column.push(Some(b"rs\xff1"));
        column.push(Some(b"rs2"));
        assert_eq!((column.get(0), column.get(1)), (Some("rs\u{fffd}1"), Some("rs2")));
    }
}
