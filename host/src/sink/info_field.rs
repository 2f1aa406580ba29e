//! An INFO column that grows.

use crate::scored::{AlleleInWindow, ScoreMatrix};

/// The INFO column at the end of a line under construction.
pub(super) struct InfoField<'a> {
    line: &'a mut Vec<u8>,
    start: usize,
}

impl<'a> InfoField<'a> {
    /// An empty column at the end of `line`.
    pub(super) fn new(line: &'a mut Vec<u8>) -> Self {
        Self { start: line.len(), line }
    }

    /// Takes over the entries of `info` for which `keep` holds, byte by byte; tells how many it left out.
    pub(super) fn copy(&mut self, info: &[u8], keep: impl Fn(&[u8]) -> bool) -> u64 {
        let mut left_out = 0;
        let mut first = true;
        for entry in info.split(|byte| *byte == b';') {
            if !keep(entry) {
                left_out += 1;
                continue;
            }
            if !std::mem::take(&mut first) {
                self.line.push(b';');
            }
            self.line.extend_from_slice(entry);
        }
        left_out
    }

    /// Starts an entry: a flag, or a key with its `=`. The value is appended to what is returned.
    pub(super) fn entry(&mut self, key: &[u8]) -> &mut Vec<u8> {
        if &self.line[self.start..] == b"." {
            self.line.truncate(self.start);
        }
        if self.line.len() > self.start && !self.line.ends_with(b";") {
            self.line.push(b';');
        }
        self.line.extend_from_slice(key);
        self.line
    }

    /// Ends the column: it must not be empty, unless it was in the input.
    pub(super) fn finish(self, was_empty: bool) {
        if self.line.len() == self.start && !was_empty {
            self.line.push(b'.');
        }
    }
}

/// Appends one element per allele, divided by commas: `.` for those without this score, else what `element` appends for
/// the allele's values.
pub(super) fn append_elements(
    value: &mut Vec<u8>,
    alleles: &[&AlleleInWindow],
    matrix: &ScoreMatrix,
    mut element: impl FnMut(&mut Vec<u8>, &[f32]),
) {
    for (index, pair) in alleles.iter().enumerate() {
        if index > 0 {
            value.push(b',');
        }
        match pair.row().and_then(|row| matrix.row(row)) {
            Some(scores) => element(value, scores),
            None => value.push(b'.'),
        }
    }
}

/// Appends what `element` appends for each value, divided by bars; `.` if there are none.
pub(super) fn append_packed(value: &mut Vec<u8>, scores: &[f32], element: impl Fn(&mut Vec<u8>, f32)) {
    if scores.is_empty() {
        value.push(b'.');
    }
    for (index, score) in scores.iter().enumerate() {
        if index > 0 {
            value.push(b'|');
        }
        element(value, *score);
    }
}
