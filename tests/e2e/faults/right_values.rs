//! Tables of right values that a script beside a fault's inputs printed.

use crate::annotated::assert_close;

/// A table with a header and cells that tabs part.
pub(super) struct RightValues {
    header: Vec<&'static str>,
    rows: Vec<Vec<&'static str>>,
}

impl RightValues {
    pub(super) fn parse(text: &'static str) -> Self {
        let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        Self { header: lines.next().unwrap(), rows: lines.collect() }
    }

    /// The numbers in `column` of all rows whose second cell is `kind`, in their order.
    pub(super) fn column(&self, kind: &str, column: &str) -> Vec<f64> {
        let index = self.header.iter().position(|name| *name == column).unwrap();
        let rows = self.rows.iter().filter(|row| row[1] == kind);
        let found: Vec<f64> = rows.map(|row| row[index].parse().unwrap()).collect();
        assert!(!found.is_empty(), "no {kind}");
        found
    }
}

/// Fails unless the cells of a column of scores are these numbers.
pub(super) fn assert_column(found: &[&str], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert_close(found.parse().unwrap(), *expected, what);
    }
}
