//! Alleles in samples that another program prepared.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::alleles::ShownWindow;
use super::place::PlaceInWindow;
use super::prepared::PreparedSamples;
use super::windows::{as_dna, is_too_much};
use crate::dataloader::{BatchError, BatchRange, Batches};
use crate::edits::{BaseSubstitution, EditBatch, RowKey, RowSource};
use crate::genome::{Allele, Contig, Interval, IntervalError, NamedInterval, Outcome, SkipReason};
use crate::internal::OrInternal;
use crate::model::PreparedInput;
use crate::region::{Placement, RegionIndex};
use crate::sequence::{InputRows, SampleRows, complement, reverse_complement};

/// Adds alleles to batches, in prepared samples.
pub struct PreparedAlleles {
    samples: PreparedSamples,
    contigs: Vec<Contig>,
    /// The ranges of each object: one per sample, on the contigs above.
    ranges: Vec<Vec<Interval>>,
    /// The current sample.
    rows: SampleRows,
    loaded: Option<usize>,
    max_n: f64,
}

impl PreparedAlleles {
    /// Prepared samples for a model with these `inputs` and rows like those of `prototype`. A sample with a larger
    /// fraction of bases other than A, C, G and T than `max_n` is skipped.
    ///
    /// # Errors
    /// A range that ends before it starts.
    pub fn new(
        file: Box<dyn Batches>,
        inputs: Vec<PreparedInput>,
        prototype: &SampleRows,
        max_n: f64,
    ) -> Result<Self, IntervalError> {
        let mut contigs: Vec<Contig> = Vec::new();
        let mut by_name = HashMap::new();
        let mut interval = |range: &BatchRange| {
            let contig = *by_name.entry(Arc::clone(&range.contig)).or_insert_with(|| {
                // Batch files do not say how long contigs are.
                contigs.push(Contig { name: range.contig.to_string(), length: u64::MAX });
                contigs.len() - 1
            });
            Interval::new(contig, range.start, range.end, range.strand)
        };
        let objects = file.range_objects().iter();
        let ranges =
            objects.map(|object| object.ranges.iter().map(&mut interval).collect()).collect::<Result<_, _>>()?;
        let rows = prototype.empty_like();
        let samples = PreparedSamples { file, inputs };
        Ok(Self { samples, contigs, ranges, rows, loaded: None, max_n })
    }

    /// The contigs of the ranges, of unknown length.
    pub fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    /// The ranges of all samples and how many of them each sample has: those of sample `i` are the `i`-th of so many.
    pub fn region_index(&self) -> (RegionIndex, usize) {
        let mut used: Vec<usize> = self.samples.inputs.iter().filter_map(|input| input.ranges).collect();
        used.sort_unstable();
        used.dedup();
        let mut named = Vec::with_capacity(self.samples.file.len() * used.len());
        for sample in 0..self.samples.file.len() {
            for &object in &used {
                let id = &self.samples.file.range_objects()[object].ranges[sample].id;
                let name = id.clone().unwrap_or_else(|| sample.to_string().into());
                named.push(NamedInterval { interval: self.ranges[object][sample], name });
            }
        }
        (RegionIndex::new(named), used.len().max(1))
    }

    /// Clears `found`, then fills it with the bases of REF in the samples of all placements: (offset in REF, base) pairs
    /// on the forward strand. REF covers the `bases` (0-based) of their contig.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn reference(
        &mut self,
        bases: &Range<u64>,
        placements: &[Placement],
        found: &mut Vec<(usize, u8)>,
    ) -> Result<(), BatchError> {
        found.clear();
        let length = length_of(bases);
        for placement in placements {
            let sample = self.load(sample_of(placement))?;
            for (input, place) in self.shown(bases, placement.window.contig(), sample) {
                found.extend(place.shown(length).map(|(offset, index)| match place.is_reverse() {
                    true => (offset, complement(self.letter(input, index))),
                    false => (offset, self.letter(input, index)),
                }));
            }
        }
        Ok(())
    }

    /// Adds an allele to the batch, in the sample of a placement, and returns its index. `overwritten` bases (0-based
    /// position, base) replace the sample's first; they may be outside the allele and outside the sample.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add(
        &mut self,
        allele: &Allele,
        placement: &Placement,
        overwritten: &[(i64, u8)],
        batch: &mut EditBatch,
    ) -> Result<Outcome<usize>, BatchError> {
        if allele.kind().is_indel() {
            // What lies behind the sample is not in the file.
            return Ok(Outcome::Skipped(SkipReason::IndelWithoutGenome));
        }
        let sample = self.load(sample_of(placement))?;
        let contig = placement.window.contig();
        let bases = allele.start()..allele.start().saturating_add(allele.reference().len() as u64);
        let shown: Vec<(usize, PlaceInWindow)> = self.shown(&bases, contig, sample).collect();
        let Some((_, first)) = shown.first() else { return Ok(Outcome::Skipped(SkipReason::NoRange)) };
        if shown.iter().any(|(_, place)| place.is_too_long(allele)) {
            return Ok(Outcome::Skipped(SkipReason::AlleleTooLong));
        }
        if shown.iter().any(|&(input, _)| self.too_many_n(input, sample)) {
            return Ok(Outcome::Skipped(SkipReason::TooManyN));
        }
        // An input that does not show the allele may show other bases of REF.
        let mut over: Vec<BaseSubstitution> = Vec::new();
        for &(position, letter) in overwritten {
            let ranges = self.ranges_on(contig, sample);
            let at = |range: &Interval| PlaceInWindow::at(position - range.start(), range);
            over.extend(ranges.filter_map(|(input, range)| at(range).substitution(input, &[letter])));
        }
        let source = self.reference_row(sample, over, batch)?;
        let writes = shown.iter().filter_map(|(input, place)| place.substitution(*input, allele.alternate()));
        Ok(Outcome::Done(batch.push_substitutions(source, writes, first.site(allele))))
    }

    /// Adds a sample to the batch without any allele: its inputs that show exactly `window`, and their bases.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add_window(
        &mut self,
        window: &Interval,
        sample: usize,
        batch: &mut EditBatch,
    ) -> Result<Outcome<ShownWindow>, BatchError> {
        self.load(sample)?;
        let inputs: Vec<usize> =
            (0..self.samples.inputs.len()).filter(|&input| self.range(input, sample) == Some(window)).collect();
        let Some(&first) = inputs.first() else { return Ok(Outcome::Skipped(SkipReason::NoRange)) };
        if inputs.iter().any(|&input| self.too_many_n(input, sample)) {
            return Ok(Outcome::Skipped(SkipReason::TooManyN));
        }
        let length = usize::try_from(window.len()).or_internal("the window is in memory");
        let mut letters: Vec<u8> = (0..length).map(|index| self.letter(first, index).to_ascii_uppercase()).collect();
        if window.strand().is_reverse() {
            reverse_complement(&mut letters);
        }
        Ok(Outcome::Done(ShownWindow { row: self.reference_row(sample, Vec::new(), batch)?, letters, inputs }))
    }

    /// Adds an allele to the batch that replaces the base at `index` (0-based, forward) of `window` by `base` (forward
    /// strand), in all inputs of the sample that show it, and returns its index. The sample is `row` of the batch.
    pub fn add_base(
        &self,
        window: &Interval,
        sample: usize,
        row: usize,
        (index, letter): (usize, u8),
        batch: &mut EditBatch,
    ) -> usize {
        let base = window.start() + index as i64;
        let shown = self
            .ranges_on(window.contig(), sample)
            .filter(|(_, range)| (range.start()..range.end()).contains(&base))
            .map(|(input, range)| (input, PlaceInWindow::at(base - range.start(), range)));
        let mut site = None;
        let writes = shown.filter_map(|(input, place)| {
            site.get_or_insert_with(|| place.site_of(1, 1));
            place.substitution(input, &[letter])
        });
        let writes: Vec<BaseSubstitution> = writes.collect();
        batch.push_substitutions(row, writes, site.or_internal("an input shows the window"))
    }

    /// The row of the current sample, with some bases replaced.
    fn reference_row(
        &self,
        sample: usize,
        overwritten: Vec<BaseSubstitution>,
        batch: &mut EditBatch,
    ) -> Result<usize, BatchError> {
        batch.reference_row(RowKey { source: RowSource::Sample(sample), overwritten }, |rows| {
            rows.push_copy(&self.rows, 0);
            Ok(())
        })
    }

    /// The inputs in which a sample shows any of the `bases` (0-based) of a contig, and where these begin.
    fn shown<'a>(
        &'a self,
        bases: &Range<u64>,
        contig: usize,
        sample: usize,
    ) -> impl Iterator<Item = (usize, PlaceInWindow)> + use<'a> {
        let start = i64::try_from(bases.start).or_internal("an allele with a placement has coordinates");
        let length = length_of(bases);
        self.ranges_on(contig, sample).filter_map(move |(input, range)| {
            let place = PlaceInWindow::at(start - range.start(), range);
            place.is_inside(length).then_some((input, place))
        })
    }

    /// The inputs whose row of a sample comes from a contig, and where from.
    fn ranges_on(&self, contig: usize, sample: usize) -> impl Iterator<Item = (usize, &Interval)> {
        (0..self.samples.inputs.len()).filter_map(move |input| {
            self.range(input, sample).filter(|range| range.contig() == contig).map(|range| (input, range))
        })
    }

    /// Where a sample's row of an input comes from, if that holds DNA.
    fn range(&self, input: usize, sample: usize) -> Option<&Interval> {
        self.ranges.get(self.samples.inputs[input].ranges?)?.get(sample)
    }

    /// The base at an index of the current sample, in the order of the row.
    fn letter(&self, input: usize, index: usize) -> u8 {
        as_dna(self.rows.inputs()[input].letter(0, index))
    }

    /// Whether too many bases of the current sample are not A, C, G or T. Positions before the contig do not count; the end
    /// of the contig is unknown.
    fn too_many_n(&self, input: usize, sample: usize) -> bool {
        // Counting costs as much as reading: only when it can matter.
        self.max_n < 1.0
            && self.range(input, sample).is_some_and(|range| {
                let length = range.end() - range.start();
                let on_contig = |index: &i64| match range.strand().is_reverse() {
                    true => range.end() - 1 - index >= 0,
                    false => range.start() + index >= 0,
                };
                let letters = (0..length).filter(on_contig).map(|index| index as usize);
                is_too_much(self.max_n, letters.map(|index| self.letter(input, index)))
            })
    }

    /// Reads a sample unless it is the current one, and returns its number.
    fn load(&mut self, sample: usize) -> Result<usize, BatchError> {
        if self.loaded == Some(sample) {
            return Ok(sample);
        }
        self.loaded = None;
        self.rows.clear();
        self.samples.read(sample, &mut self.rows)?;
        for input in 0..self.samples.inputs.len() {
            self.check_text(input, sample)?;
        }
        self.loaded = Some(sample);
        Ok(sample)
    }

    /// A string must be as long as its range, or no variant would be found in it.
    fn check_text(&self, input: usize, sample: usize) -> Result<(), BatchError> {
        let (InputRows::Text(rows), Some(range)) = (&self.rows.inputs()[input], self.range(input, sample)) else {
            return Ok(());
        };
        let found = rows.letters(0).len();
        if found as u64 == range.len() {
            return Ok(());
        }
        let problem = format!("has {found} bases for sample {sample}, whose range has {} bases", range.len());
        Err(self.samples.fault(input, problem))
    }
}

/// The number of bases.
fn length_of(bases: &Range<u64>) -> usize {
    usize::try_from(bases.end - bases.start).or_internal("REF is in memory")
}

/// The sample of a placement.
fn sample_of(placement: &Placement) -> usize {
    placement.region.as_ref().or_internal("a placement among samples names one").index
}
