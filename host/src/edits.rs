//! Distinct reference rows and the alleles to write on them.

use std::collections::HashMap;
use std::ops::Range;

use kipos_plugin_api::{Edits, RowPlace, Site};

use crate::genome::Interval;
use crate::sequence::SampleRows;

/// Bases that replace those of a row, in one input of the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseSubstitution {
    /// The input, by its position among the model's inputs.
    pub input: usize,
    /// Index of the first base in the row, 0-based, in the order of the row.
    pub position: usize,
    /// The new bases, on the strand of the row.
    pub bases: Vec<u8>,
}

/// Where a reference row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowSource {
    /// A stretch of the genome, on its strand.
    Window(Interval),
    /// A prepared sample.
    Sample(usize),
}

/// What makes two reference rows the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// Where it comes from.
    pub source: RowSource,
    /// What replaces bases of the row: bases of REF that the genome does not have.
    pub overwritten: Vec<BaseSubstitution>,
}

/// How an allele's row is made.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Edit {
    /// A copy of the reference row with other bases.
    Substitute {
        /// The range of the batch's substitutions.
        substitutions: Range<usize>,
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
    rows: SampleRows,
    /// The windows of the genome that rows show as they are; `None` for other rows.
    windows: Vec<Option<Interval>>,
    known: HashMap<RowKey, usize>,
    replacements: SampleRows,
    edits: Vec<Edit>,
    substitutions: Vec<BaseSubstitution>,
    sources: Vec<usize>,
    sites: Vec<Site>,
}

impl EditBatch {
    /// An empty batch of rows like those of `prototype`.
    pub fn new(prototype: &SampleRows) -> Self {
        Self {
            rows: prototype.empty_like(),
            windows: Vec::new(),
            replacements: prototype.empty_like(),
            known: HashMap::new(),
            edits: Vec::new(),
            substitutions: Vec::new(),
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
        let Self { rows, windows, known, replacements, edits, substitutions, sources, sites } = self;
        rows.clear();
        windows.clear();
        known.clear();
        replacements.clear();
        edits.clear();
        substitutions.clear();
        sources.clear();
        sites.clear();
    }

    /// The distinct reference rows.
    pub fn rows(&self) -> &SampleRows {
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

    /// What scorers are told of each allele's place.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The memory that the rows take, in bytes.
    pub fn row_bytes(&self) -> usize {
        self.rows.bytes() + self.replacements.bytes()
    }

    /// The reference row of `key`. If it is new, `push` appends it as the loader gives it.
    ///
    /// # Errors
    /// That of `push`, which must then have appended nothing.
    pub fn reference_row<E>(
        &mut self,
        key: RowKey,
        push: impl FnOnce(&mut SampleRows) -> Result<(), E>,
    ) -> Result<usize, E> {
        if let Some(&row) = self.known.get(&key) {
            return Ok(row);
        }
        let row = self.rows.len();
        push(&mut self.rows)?;
        for BaseSubstitution { input, position, bases } in &key.overwritten {
            self.rows.write(*input, row, *position, bases);
        }
        self.windows.push(match key.source {
            RowSource::Window(window) if key.overwritten.is_empty() => Some(window),
            RowSource::Window(_) | RowSource::Sample(_) => None,
        });
        self.known.insert(key, row);
        Ok(row)
    }

    /// Adds an allele that keeps the length: the row `source` with other bases. Returns its index.
    pub fn push_substitutions(
        &mut self,
        source: usize,
        substitutions: impl IntoIterator<Item = BaseSubstitution>,
        site: Site,
    ) -> usize {
        let start = self.substitutions.len();
        self.substitutions.extend(substitutions);
        self.push(source, Edit::Substitute { substitutions: start..self.substitutions.len() }, site)
    }

    /// Adds an allele that changes the length: `sequence`, the bases of the whole window with the allele in it, on the
    /// row's strand, replaces those of the row `source` in the model's DNA input. Returns its index.
    pub fn push_replacement(&mut self, source: usize, sequence: &[u8], site: Site) -> usize {
        let row = self.replacements.len();
        self.replacements.inputs_mut().iter_mut().for_each(|input| input.push_letters(sequence));
        self.push(source, Edit::Replace { row }, site)
    }

    fn push(&mut self, source: usize, edit: Edit, site: Site) -> usize {
        self.edits.push(edit);
        self.sources.push(source);
        self.sites.push(site);
        self.edits.len() - 1
    }

    /// Appends the row of an allele to `block`.
    pub fn materialise(&self, index: usize, block: &mut SampleRows) {
        match &self.edits[index] {
            Edit::Substitute { substitutions } => {
                block.push_copy(&self.rows, self.sources[index]);
                let row = block.len() - 1;
                for BaseSubstitution { input, position, bases } in &self.substitutions[substitutions.clone()] {
                    block.write(*input, row, *position, bases);
                }
            }
            Edit::Replace { row } => block.push_copy(&self.replacements, *row),
        }
    }

    /// Whether an allele can be told as substitutions on its reference row: it keeps the length, and no input that it
    /// is written in holds strings.
    pub fn is_substitution(&self, allele: usize) -> bool {
        let in_one_hot = |of: &BaseSubstitution| self.rows.inputs()[of.input].one_hot().is_some();
        match &self.edits[allele] {
            Edit::Substitute { substitutions } => self.substitutions[substitutions.clone()].iter().all(in_one_hot),
            Edit::Replace { .. } => false,
        }
    }

    /// These alleles, each of which [is a substitution](Self::is_substitution), on the reference rows from `first_row`
    /// on, or on their reverse complements.
    pub fn as_edits(&self, alleles: &[usize], first_row: usize, reverse_complement: bool) -> Edits {
        let mut edits = Edits::new(
            alleles.iter().map(|&allele| self.sources[allele] - first_row).collect(),
            Vec::with_capacity(alleles.len()),
            Vec::new(),
            self.rows.edit_axes(),
        );
        for &allele in alleles {
            if let Edit::Substitute { substitutions } = &self.edits[allele] {
                for BaseSubstitution { input, position, bases } in &self.substitutions[substitutions.clone()] {
                    let substitution = |(offset, &base): (usize, &u8)| {
                        self.rows.substitution(*input, position + offset, base, reverse_complement)
                    };
                    edits.substitutions.extend(bases.iter().enumerate().filter_map(substitution));
                }
            }
            edits.ends.push(edits.substitutions.len());
        }
        edits
    }

    /// Where these rows, or their reverse complements, lie on the strands of the genome.
    pub fn places(&self, rows: Range<usize>, reverse_complement: bool) -> Vec<Option<RowPlace>> {
        let place = |window: &Interval| {
            let is_reverse = window.strand().is_reverse() != reverse_complement;
            // A strand is a line; what is read first on the reverse one lies last on the other.
            let start = if is_reverse { -window.end() } else { window.start() };
            RowPlace { line: 2 * window.contig() + usize::from(is_reverse), start }
        };
        rows.map(|row| self.windows.get(row)?.as_ref().map(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use kipos_plugin_api::DType;

    use super::*;
    use crate::genome::Strand;
    use crate::sequence::{DnaRows, InputRows, OneHotLayout, TextLayout, TextRows};

    fn one_hot() -> InputRows {
        let layout = OneHotLayout::new(4, 1, None).unwrap();
        InputRows::OneHot(DnaRows::new(DType::F32, layout, "ACGT", 0.25).unwrap().unwrap())
    }

    fn batch() -> EditBatch {
        EditBatch::new(&SampleRows::new(vec![one_hot()]))
    }

    fn encoded(batch: &EditBatch, sequences: &[&[u8]]) -> Vec<f32> {
        let mut rows = batch.rows().empty_like();
        sequences.iter().for_each(|sequence| rows.inputs_mut()[0].push_letters(sequence));
        elements(&rows)
    }

    fn elements(rows: &SampleRows) -> Vec<f32> {
        rows.shaped()[0].view().unwrap().as_f32().unwrap().to_vec()
    }

    fn write(position: usize, bases: &[u8]) -> BaseSubstitution {
        BaseSubstitution { input: 0, position, bases: bases.to_vec() }
    }

    fn reference_row(
        batch: &mut EditBatch,
        window: Interval,
        letters: &[u8],
        overwritten: Vec<BaseSubstitution>,
    ) -> usize {
        let key = RowKey { source: RowSource::Window(window), overwritten };
        let push = |rows: &mut SampleRows| {
            rows.inputs_mut().iter_mut().for_each(|input| input.push_letters(letters));
            Ok::<_, Infallible>(())
        };
        let Ok(row) = batch.reference_row(key, push);
        row
    }

    #[test]
    fn equal_windows_share_a_row_unless_their_reference_was_overwritten() {
        let mut batch = batch();
        let window = Interval::new(0, 10, 14, Strand::Forward).unwrap();
        let other = Interval::new(0, 10, 14, Strand::Reverse).unwrap();
        assert_eq!(reference_row(&mut batch, window, b"ACGT", vec![]), 0);
        assert_eq!(reference_row(&mut batch, window, b"ACGT", vec![]), 0);
        assert_eq!(reference_row(&mut batch, window, b"ACGT", vec![write(1, b"T")]), 1);
        assert_eq!(reference_row(&mut batch, other, b"GGGG", vec![]), 2);
        assert_eq!(elements(batch.rows()), encoded(&batch, &[b"ACGT", b"ATGT", b"GGGG"]));
    }

    #[test]
    fn alleles_are_written_on_copies() {
        let mut batch = batch();
        let row = reference_row(&mut batch, Interval::new(0, 0, 4, Strand::Forward).unwrap(), b"ACGT", vec![]);
        batch.push_substitutions(row, [write(1, b"T")], Site::default());
        batch.push_substitutions(row, [write(0, b"G"), write(2, b"CC")], Site::default());
        batch.push_replacement(row, b"AGTA", Site::default());
        let mut block = batch.rows().empty_like();
        (0..batch.len()).for_each(|index| batch.materialise(index, &mut block));
        assert_eq!(elements(&block), encoded(&batch, &[b"ATGT", b"GCCC", b"AGTA"]));
        assert_eq!([0, 1, 2].map(|allele| batch.is_substitution(allele)), [true, true, false]);
    }

    #[test]
    fn substitutions_say_the_same_as_materialised_rows() {
        let mut batch = batch();
        let row = reference_row(&mut batch, Interval::new(0, 0, 4, Strand::Forward).unwrap(), b"ACGT", vec![]);
        batch.push_substitutions(row, [write(1, b"TG")], Site::default());
        let edits = batch.as_edits(&[0], 0, false);
        assert_eq!((edits.sources, edits.ends), (vec![0], vec![2]));
        let places = |edits: &[kipos_plugin_api::Substitution]| -> Vec<_> {
            edits.iter().map(|edit| (edit.position, edit.channel)).collect()
        };
        assert_eq!(places(&edits.substitutions), [(1, Some(3)), (2, Some(2))]);
        assert_eq!(places(&batch.as_edits(&[0], 0, true).substitutions), [(2, Some(0)), (1, Some(1))]);
    }

    #[test]
    fn rows_of_one_strand_lie_on_one_line() {
        let mut batch = batch();
        let window = |start, strand| Interval::new(3, start, start + 4, strand).unwrap();
        reference_row(&mut batch, window(10, Strand::Forward), b"ACGT", vec![]);
        reference_row(&mut batch, window(12, Strand::Forward), b"GTAA", vec![]);
        reference_row(&mut batch, window(12, Strand::Forward), b"GTAA", vec![write(1, b"T")]);
        reference_row(&mut batch, window(11, Strand::Reverse), b"TACG", vec![]);
        let found = |rows: Range<usize>, reverse_complement: bool| -> Vec<Option<(usize, i64)>> {
            let places = batch.places(rows, reverse_complement).into_iter();
            places.map(|place| place.map(|place| (place.line, place.start))).collect()
        };
        // The last row is one of its own behind those of the batch.
        assert_eq!(found(0..5, false), [Some((6, 10)), Some((6, 12)), None, Some((7, -15)), None]);
        // Reverse complements of the first two begin with their last base; that of the last is as the genome is.
        assert_eq!(found(0..4, true), [Some((7, -14)), Some((7, -16)), None, Some((6, 11))]);
        let columns = |row: usize| elements(batch.rows())[row * 16..][..16].to_vec();
        assert_eq!(columns(0)[8..], columns(1)[..8]);
    }

    #[test]
    fn text_cannot_be_told_as_substitutions() {
        let text = InputRows::Text(TextRows::new(TextLayout::Scalar, true));
        let mut batch = EditBatch::new(&SampleRows::new(vec![one_hot(), text]));
        let row = reference_row(&mut batch, Interval::new(0, 0, 4, Strand::Forward).unwrap(), b"ACGT", vec![]);
        batch.push_substitutions(row, [write(1, b"T")], Site::default());
        batch.push_substitutions(
            row,
            [write(1, b"T"), BaseSubstitution { input: 1, ..write(1, b"T") }],
            Site::default(),
        );
        assert_eq!([0, 1].map(|allele| batch.is_substitution(allele)), [true, false]);
    }
}
