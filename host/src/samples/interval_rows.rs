//! Intervals, as the native dataloaders read them.

use std::path::Path;

use kipos_plugin_api::DType;

use super::interval_source::{IntervalSource, TypedRegions};
use super::rows::{Block, SampleMetadata};
use super::{EdgeRule, IntervalProblem, SampleError, WindowError, WindowReader};
use crate::dataloader::{BedDataset, BedSample, SeqInterval};
use crate::extent::ExtentWatch;
use crate::genome::{ContigMap, Fasta, FastaError, GenomePosition, Interval, Outcome, Region, Strand};
use crate::internal::OrInternal;
use crate::sequence::reverse_complement;
use crate::sink::{ColumnValues, LeafKind, OutputArray};

/// The samples of SeqIntervalDl and StringSeqIntervalDl.
pub(crate) struct IntervalRows {
    /// The loader, with the length of the first interval if all must have that.
    loader: SeqInterval,
    intervals: IntervalSource,
    contigs: ContigMap,
    windows: WindowReader,
    /// Whether intervals may leave their contigs; the lengths of the contigs are then reported.
    padded: bool,
    /// The length that intervals are resized to.
    resized: Option<usize>,
    /// The length that all must have.
    expected: Option<usize>,
    about: SampleMetadata,
    sample: BedSample,
    /// The interval of the last sample.
    last: Option<Interval>,
    letters: Vec<u8>,
}

impl IntervalRows {
    /// Opens intervals on the genome of a loader, `fasta`: `regions`, or else the loader's own. `contig_map` is a file that
    /// says what their contigs are called in the genome. With `as_first`, all must be as long as the first.
    ///
    /// # Errors
    /// A file that cannot be opened, or no intervals.
    pub(crate) fn open(
        mut loader: SeqInterval,
        fasta: Fasta,
        regions: &[Region],
        contig_map: Option<&Path>,
        edge: EdgeRule,
        about: SampleMetadata,
        as_first: bool,
    ) -> Result<Self, SampleError> {
        let contigs = match contig_map {
            Some(path) => ContigMap::with_file(fasta.contigs(), path)?,
            None => ContigMap::new(fasta.contigs()),
        };
        let intervals = match regions {
            [] => IntervalSource::Bed(Box::new(BedDataset::open(loader.intervals(about.targets)?)?)),
            regions => IntervalSource::Regions(TypedRegions::resolve(regions, &contigs, fasta.contigs())?),
        };
        let resized = loader.auto_resize_len;
        if as_first {
            loader.auto_resize_len = intervals.first_length().or(loader.auto_resize_len);
        }
        Ok(Self {
            loader,
            intervals,
            contigs,
            windows: WindowReader::new(fasta, edge, 1.0),
            padded: edge == EdgeRule::Pad,
            resized,
            expected: None,
            about,
            sample: BedSample::default(),
            last: None,
            letters: Vec::new(),
        })
    }

    /// Checks that the genome is still the one that was opened.
    ///
    /// # Errors
    /// [`FastaError::Changed`].
    pub(super) fn check_unchanged(&self) -> Result<(), FastaError> {
        self.windows.check_unchanged()
    }

    /// The loader.
    pub(super) fn loader(&self) -> &SeqInterval {
        &self.loader
    }

    /// Refuses intervals of another length; `None` takes any.
    pub(super) fn expect_length(&mut self, length: Option<usize>) {
        self.expected = length;
    }

    /// How many intervals there are.
    pub(super) fn extent(&self) -> ExtentWatch {
        self.intervals.extent()
    }

    /// Where the last sample lies.
    pub(super) fn position(&self) -> Option<GenomePosition> {
        self.last.map(|interval| GenomePosition {
            contig: self.windows.contigs()[interval.contig()].name.clone(),
            position: interval.start().max(0).unsigned_abs() + 1,
        })
    }

    /// The interval of the current sample, resized, on its strand.
    fn interval(&mut self) -> Result<Interval, SampleError> {
        let BedSample { line, start, end, .. } = self.sample;
        let path = || self.intervals.path();
        let index = self.intervals.contig(&self.sample, &mut self.contigs)?;
        let strand = if self.loader.use_strand { self.sample.strand() } else { Strand::Forward };
        let interval = Interval::new(index, start, end, strand);
        let interval =
            interval.map_err(|error| IntervalProblem::Window { path: path(), line, problem: error.into() })?;
        let interval = self.resized.map_or(interval, |length| interval.resized(length as u64));
        match self.expected {
            Some(expected) if expected as u64 != interval.len() => {
                Err(IntervalProblem::Length { path: path(), line, found: interval.len(), expected }.into())
            }
            // Rows of arrays without elements could not be counted.
            Some(0) => Err(IntervalProblem::Empty { path: path(), line }.into()),
            _ => Ok(interval),
        }
    }

    /// Reports the range and labels of the current sample.
    fn report(&self, interval: &Interval, about: &mut [ColumnValues]) {
        let mut about = about.iter_mut();
        if self.about.ranges {
            let [chr, start, end, id, strand] =
                std::array::from_fn(|_| about.next().or_internal("a range has five arrays"));
            let contig = &self.windows.contigs()[interval.contig()];
            chr.push_text(&contig.name);
            start.push_integer(interval.start());
            end.push_integer(interval.end());
            id.push_text(&self.sample.index.to_string());
            let sign = if self.loader.use_strand { self.sample.strand } else { '*' };
            strand.push_text(sign.encode_utf8(&mut [0; 4]));
            if self.padded {
                let length = about.next().or_internal("the lengths of contigs have an array");
                length.push_integer(i64::try_from(contig.length).or_internal("the contig is in a file"));
            }
        }
        if let (Some(labels), Some(targets)) = (&self.sample.labels, about.next()) {
            targets.append(&labels.view());
        }
    }

    /// The arrays reported for every sample.
    pub(super) fn leaves(&self) -> Vec<OutputArray> {
        let mut leaves = Vec::new();
        if self.about.ranges {
            leaves.extend(range_leaves("ranges"));
            if self.padded {
                leaves.push(OutputArray::column(LeafKind::Metadata, "ranges/contig_length".to_owned(), DType::I64));
            }
        }
        let count = self.intervals.label_count();
        if self.about.targets && count > 0 {
            let dtype = self.intervals.label_dtype();
            leaves.push(OutputArray {
                kind: LeafKind::Targets,
                name: String::new(),
                dtype,
                shape: vec![count],
                special_type: None,
                positions: None,
                tasks: None,
            });
        }
        leaves
    }

    /// As [`Rows::next_sample`](super::Rows::next_sample).
    pub(super) fn next_sample(&mut self, block: &mut Block) -> Result<bool, SampleError> {
        if !self.intervals.next_sample(&mut self.sample)? {
            return Ok(false);
        }
        let interval = self.interval()?;
        self.last = Some(interval);
        self.letters.clear();
        let read = self.windows.append(&interval, &mut self.letters).map_err(|problem| match problem {
            // The genome's fault, not the interval's.
            WindowError::Fasta(error) => SampleError::from(error),
            problem => {
                let (path, line) = (self.intervals.path(), self.sample.line);
                IntervalProblem::Window { path, line, problem }.into()
            }
        })?;
        if let Outcome::Skipped(reason) = read {
            *block.skipped.entry(reason).or_default() += 1;
            return Ok(true);
        }
        if interval.strand().is_reverse() {
            reverse_complement(&mut self.letters);
        }
        block.rows.inputs_mut().iter_mut().for_each(|input| input.push_letters(&self.letters));
        self.report(&interval, &mut block.about);
        Ok(true)
    }
}

/// The leaves of a range.
pub(super) fn range_leaves(object: &str) -> impl Iterator<Item = OutputArray> {
    let columns = [
        ("chr", DType::String),
        ("start", DType::I64),
        ("end", DType::I64),
        ("id", DType::String),
        ("strand", DType::String),
    ];
    let path = move |name: &str| if object.is_empty() { name.to_owned() } else { format!("{object}/{name}") };
    columns.into_iter().map(move |(name, dtype)| OutputArray::column(LeafKind::Metadata, path(name), dtype))
}
