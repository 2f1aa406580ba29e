//! Distinct reference rows and the alleles to write on them.

use std::collections::HashMap;
use std::ops::Range;

use kipos_plugin_api::{Edits, Site};

use crate::genome::Interval;
use crate::sequence::DnaRows;

/// What makes two reference rows the same: the window, and the letters that were written over the genome's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RowKey {
    contig: usize,
    start: i64,
    overwritten: Vec<(usize, u8)>,
}

/// How an allele's row comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Edit {
    /// A copy of the reference row with letters written from a position on.
    Write {
        position: usize,
        /// The letters, as a range of the batch's.
        letters: Range<usize>,
    },
    /// A row of its own, because the allele shifts what follows it.
    Replace {
        /// Its index among the replacement rows.
        row: usize,
    },
}

/// Distinct reference rows, and edits of them. Each reference row is predicted once, however many alleles share it.
#[derive(Debug)]
pub struct EditBatch {
    rows: DnaRows,
    known: HashMap<RowKey, usize>,
    /// The window of each reference row.
    windows: Vec<Interval>,
    replacements: DnaRows,
    edits: Vec<Edit>,
    letters: Vec<u8>,
    sources: Vec<usize>,
    sites: Vec<Site>,
}

impl EditBatch {
    /// An empty batch of rows like those of `prototype`.
    pub fn new(prototype: &DnaRows) -> Self {
        Self {
            rows: prototype.empty_like(),
            replacements: prototype.empty_like(),
            known: HashMap::new(),
            windows: Vec::new(),
            edits: Vec::new(),
            letters: Vec::new(),
            sources: Vec::new(),
            sites: Vec::new(),
        }
    }

    /// Makes room for `rows` more reference rows: growing by doubling would for a while need three times the memory.
    pub fn reserve(&mut self, rows: usize) {
        self.rows.reserve(rows);
    }

    /// Removes everything, keeping the memory.
    pub fn clear(&mut self) {
        // Taken apart, so that a new field cannot be forgotten.
        let Self { rows, known, windows, replacements, edits, letters, sources, sites } = self;
        rows.clear();
        known.clear();
        windows.clear();
        replacements.clear();
        edits.clear();
        letters.clear();
        sources.clear();
        sites.clear();
    }

    /// The distinct reference rows.
    pub fn rows(&self) -> &DnaRows {
        &self.rows
    }

    /// The number of alleles to score.
    pub fn len(&self) -> usize {
        self.edits.len()
    }

    /// Whether there is nothing to score.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The reference row of each allele.
    pub fn sources(&self) -> &[usize] {
        &self.sources
    }

    /// The window of each allele.
    pub fn windows(&self) -> Vec<Interval> {
        self.sources.iter().map(|&row| self.windows[row]).collect()
    }

    /// What scorers are told of each allele's place.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The memory that the rows take, in bytes.
    pub fn row_bytes(&self) -> usize {
        (self.rows.len() + self.replacements.len()) * self.rows.row_bytes()
    }

    /// The reference row of `window`: `sequence`, its letters, with `overwritten` (position, letter) written over.
    pub fn reference_row(&mut self, window: &Interval, sequence: &[u8], overwritten: Vec<(usize, u8)>) -> usize {
        let key = RowKey { contig: window.contig(), start: window.start(), overwritten };
        if let Some(&row) = self.known.get(&key) {
            return row;
        }
        let row = self.rows.len();
        self.rows.push(sequence);
        self.windows.push(*window);
        for &(position, letter) in &key.overwritten {
            self.rows.write_allele(row, position, &[letter]);
        }
        self.known.insert(key, row);
        row
    }

    /// Adds an allele that keeps the length: the row `source` with `letters` written from `position` on. Returns its
    /// index.
    pub fn push_write(&mut self, source: usize, position: usize, letters: &[u8], site: Site) -> usize {
        let start = self.letters.len();
        self.letters.extend_from_slice(letters);
        self.push(source, Edit::Write { position, letters: start..self.letters.len() }, site)
    }

    /// Adds an allele that changes the length: `sequence`, the letters of the whole window with the allele in it,
    /// stands against the row `source`. Returns its index.
    pub fn push_replacement(&mut self, source: usize, sequence: &[u8], site: Site) -> usize {
        let row = self.replacements.len();
        self.replacements.push(sequence);
        self.push(source, Edit::Replace { row }, site)
    }

    fn push(&mut self, source: usize, edit: Edit, site: Site) -> usize {
        self.edits.push(edit);
        self.sources.push(source);
        self.sites.push(site);
        self.edits.len() - 1
    }

    /// Appends the row of an allele to `block`.
    pub fn materialise(&self, index: usize, block: &mut DnaRows) {
        match &self.edits[index] {
            Edit::Write { position, letters } => {
                block.push_copy(&self.rows, self.sources[index]);
                block.write_allele(block.len() - 1, *position, &self.letters[letters.clone()]);
            }
            Edit::Replace { row } => block.push_copy(&self.replacements, *row),
        }
    }

    /// Whether every allele can be told as substitutions on its reference row.
    pub fn only_writes(&self) -> bool {
        self.replacements.is_empty()
    }

    /// All alleles as substitutions on the reference rows, or on their reverse complements; a replaced row has none
    /// (see [`only_writes`](Self::only_writes)).
    pub fn as_edits(&self, reverse_complement: bool) -> Edits {
        let mut edits = Edits {
            sources: self.sources.clone(),
            ends: Vec::with_capacity(self.edits.len()),
            substitutions: Vec::with_capacity(self.letters.len()),
            axes: vec![self.rows.edit_axes()],
        };
        for edit in &self.edits {
            if let Edit::Write { position, letters } = edit {
                for (offset, &letter) in self.letters[letters.clone()].iter().enumerate() {
                    let substitution = self.rows.substitution(position + offset, letter, reverse_complement);
                    edits.substitutions.push(substitution);
                }
            }
            edits.ends.push(edits.substitutions.len());
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::DType;

    use super::*;
    use crate::genome::Strand;
    use crate::sequence::OneHotLayout;

    fn batch() -> EditBatch {
        let layout = OneHotLayout::new(4, 1, None).unwrap();
        EditBatch::new(&DnaRows::new(DType::F32, layout, "ACGT", 0.25).unwrap().unwrap())
    }

    fn encoded(batch: &EditBatch, sequences: &[&[u8]]) -> Vec<f32> {
        let mut rows = batch.rows().empty_like();
        sequences.iter().for_each(|sequence| rows.push(sequence));
        elements(&rows)
    }

    fn elements(rows: &DnaRows) -> Vec<f32> {
        let shape = rows.shape();
        rows.view(&shape).unwrap().as_f32().unwrap().to_vec()
    }

    #[test]
    fn equal_windows_share_a_row_unless_their_reference_was_overwritten() {
        let mut batch = batch();
        let window = Interval::new(0, 10, 14, Strand::Forward).unwrap();
        let other = Interval::new(1, 10, 14, Strand::Forward).unwrap();
        assert_eq!(batch.reference_row(&window, b"ACGT", vec![]), 0);
        assert_eq!(batch.reference_row(&window, b"ACGT", vec![]), 0);
        assert_eq!(batch.reference_row(&window, b"ACGT", vec![(1, b'T')]), 1);
        assert_eq!(batch.reference_row(&other, b"GGGG", vec![]), 2);
        batch.push_write(2, 0, b"A", Site::default());
        batch.push_write(1, 0, b"C", Site::default());
        assert_eq!(batch.windows(), [other, window]);
        assert_eq!(elements(batch.rows()), encoded(&batch, &[b"ACGT", b"ATGT", b"GGGG"]));
    }

    #[test]
    fn alleles_are_written_on_copies() {
        let mut batch = batch();
        let row = batch.reference_row(&Interval::new(0, 0, 4, Strand::Forward).unwrap(), b"ACGT", vec![]);
        batch.push_write(row, 1, b"T", Site::default());
        batch.push_write(row, 2, b"CC", Site::default());
        batch.push_replacement(row, b"AGTA", Site::default());
        let mut block = batch.rows().empty_like();
        (0..batch.len()).for_each(|index| batch.materialise(index, &mut block));
        assert_eq!(elements(&block), encoded(&batch, &[b"ATGT", b"ACCC", b"AGTA"]));
        assert!(!batch.only_writes());
    }

    #[test]
    fn substitutions_say_the_same_as_materialised_rows() {
        let mut batch = batch();
        let row = batch.reference_row(&Interval::new(0, 0, 4, Strand::Forward).unwrap(), b"ACGT", vec![]);
        batch.push_write(row, 1, b"TG", Site::default());
        let edits = batch.as_edits(false);
        assert_eq!((edits.sources, edits.ends), (vec![0], vec![2]));
        let places = |edits: &[kipos_plugin_api::Substitution]| -> Vec<_> {
            edits.iter().map(|edit| (edit.position, edit.channel)).collect()
        };
        assert_eq!(places(&edits.substitutions), [(1, Some(3)), (2, Some(2))]);
        assert_eq!(places(&batch.as_edits(true).substitutions), [(2, Some(0)), (1, Some(1))]);
    }
}
