//! Cutting a batch whose edits the backend evaluates into engine calls.

use std::ops::Range;

use crate::edits::EditBatch;

/// One engine call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditCall {
    /// Its rows: those of the batch first, then one for every allele that has a row of its own.
    pub rows: Range<usize>,
    /// The alleles that are told as substitutions on these rows.
    pub edited: Vec<usize>,
}

/// The engine calls of a batch. Rows come once, with all alleles on them, unless one row has more alleles than a call
/// may have.
#[derive(Debug)]
pub struct EditCalls {
    /// The alleles that are told as substitutions, row by row.
    by_row: Vec<Vec<usize>>,
    /// The alleles that have a row of their own, in the order of these rows.
    whole: Vec<usize>,
    /// The first row that is not done.
    row: usize,
    /// How many alleles of it are done.
    done: usize,
}

impl EditCalls {
    /// The calls of a batch.
    pub fn new(batch: &EditBatch) -> Self {
        let mut by_row = vec![Vec::new(); batch.rows().len()];
        let mut whole = Vec::new();
        for (allele, &row) in batch.sources().iter().enumerate() {
            if batch.is_substitution(allele) {
                by_row[row].push(allele);
            } else {
                whole.push(allele);
            }
        }
        Self { by_row, whole, row: 0, done: 0 }
    }

    /// The allele whose own row this is; `None` for a row of the batch.
    pub fn whole_allele(&self, row: usize) -> Option<usize> {
        row.checked_sub(self.by_row.len()).and_then(|at| self.whole.get(at)).copied()
    }

    /// The next call, of at most `most_rows` rows and `most_edits` alleles (each at least 1).
    pub fn next(&mut self, most_rows: usize, most_edits: usize) -> Option<EditCall> {
        let first = self.row;
        let mut edited = Vec::new();
        while self.row < self.by_row.len() + self.whole.len() && self.row - first < most_rows {
            let waiting = self.by_row.get(self.row).map_or(&[][..], |alleles| &alleles[self.done..]);
            let room = most_edits - edited.len();
            if waiting.len() > room {
                if self.row > first {
                    break;
                }
                edited.extend_from_slice(&waiting[..room]);
                self.done += room;
                return Some(EditCall { rows: first..first + 1, edited });
            }
            edited.extend_from_slice(waiting);
            (self.row, self.done) = (self.row + 1, 0);
        }
        (self.row > first).then_some(EditCall { rows: first..self.row, edited })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_and_allele_comes_once_within_the_limits(
            alleles in prop::collection::vec(0usize..6, 0..8),
            whole in 0usize..5,
            most_rows in 1usize..5,
            most_edits in 1usize..7,
        ) {
            let mut count = 0;
            let by_row: Vec<Vec<usize>> = alleles.iter().map(|&n| { count += n; (count - n..count).collect() }).collect();
            let mut calls = EditCalls { by_row: by_row.clone(), whole: (count..count + whole).collect(), row: 0, done: 0 };
            let (mut rows, mut edited) = (Vec::new(), Vec::new());
            while let Some(call) = calls.next(most_rows, most_edits) {
                prop_assert!(call.rows.len() <= most_rows && call.edited.len() <= most_edits);
                let of_row = |row: usize| by_row.get(row).map_or(&[][..], Vec::as_slice);
                for allele in &call.edited {
                    prop_assert!(call.rows.clone().any(|row| of_row(row).contains(allele)));
                }
                let is_new = |row: &usize| rows.last() != Some(row);
                prop_assert!(call.rows.clone().all(|row| is_new(&row) || of_row(row).len() > most_edits));
                rows.extend(call.rows);
                edited.extend(call.edited);
            }
            rows.dedup();
            prop_assert_eq!(rows, (0..by_row.len() + whole).collect::<Vec<_>>());
            prop_assert_eq!(edited, (0..count).collect::<Vec<_>>());
        }
    }
}
