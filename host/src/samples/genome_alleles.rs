//! Alleles in windows of a genome, which the native dataloaders read.

use std::ops::Range;

use super::alleles::ShownWindow;
use super::place::PlaceInWindow;
use super::windows::{WindowError, WindowReader};
use crate::edits::{BaseSubstitution, EditBatch, RowKey, RowSource};
use crate::genome::{Allele, Contig, FastaError, Interval, Outcome, SkipReason, Strand};
use crate::internal::OrInternal;
use crate::sequence::reverse_complement;

/// The only input of a model with a native dataloader.
const INPUT: usize = 0;

/// Adds alleles to batches, in windows of a genome.
pub struct GenomeAlleles {
    windows: WindowReader,
    /// The bases of the current window, forward strand.
    letters: Vec<u8>,
    /// The same with an insertion or deletion in it.
    replaced: Vec<u8>,
    /// The genome's bases at the current REF.
    reference: Vec<u8>,
}

impl GenomeAlleles {
    /// Alleles in these windows.
    pub fn new(windows: WindowReader) -> Self {
        Self { windows, letters: Vec::new(), replaced: Vec::new(), reference: Vec::new() }
    }

    /// Checks that the genome is still the one that was opened.
    ///
    /// # Errors
    /// [`FastaError::Changed`].
    pub fn check_unchanged(&self) -> Result<(), FastaError> {
        self.windows.check_unchanged()
    }

    /// The contigs of the genome.
    pub fn contigs(&self) -> &[Contig] {
        self.windows.contigs()
    }

    /// Clears `found`, then fills it with the genome's (offset in REF, base) pairs. REF covers the `bases` (0-based) of a
    /// contig, all inside it.
    ///
    /// # Errors
    /// An unreadable genome.
    pub fn reference(
        &mut self,
        contig: usize,
        bases: &Range<u64>,
        found: &mut Vec<(usize, u8)>,
    ) -> Result<(), WindowError> {
        let start = i64::try_from(bases.start).or_internal("REF is inside its contig");
        let end = i64::try_from(bases.end).or_internal("REF is inside its contig");
        self.reference.clear();
        let read = self.windows.append(&Interval::new(contig, start, end, Strand::Forward)?, &mut self.reference)?;
        // A stretch within its contig leaves nothing to the edge rule.
        read.done().or_internal("REF is inside its contig");
        found.clear();
        found.extend(self.reference.iter().copied().enumerate());
        Ok(())
    }

    /// Adds an allele to the batch, in `window`, and returns its index. `overwritten` bases (0-based position, base) replace
    /// the genome's first; they may be outside the allele and outside the window.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add(
        &mut self,
        allele: &Allele,
        window: &Interval,
        overwritten: &[(i64, u8)],
        batch: &mut EditBatch,
    ) -> Result<Outcome<usize>, WindowError> {
        let place = PlaceInWindow::of(allele, window);
        if place.is_too_long(allele) {
            return Ok(Outcome::Skipped(SkipReason::AlleleTooLong));
        }
        if let Outcome::Skipped(reason) = self.read(window)? {
            return Ok(Outcome::Skipped(reason));
        }
        for (position, base) in overwritten {
            let index = usize::try_from(position - window.start()).ok();
            if let Some(letter) = index.and_then(|index| self.letters.get_mut(index)) {
                *letter = *base;
            }
        }
        if allele.kind().is_indel()
            && let Outcome::Skipped(reason) = self.replace(window, allele, overwritten)?
        {
            return Ok(Outcome::Skipped(reason));
        }
        let over =
            |&(at, letter): &(i64, u8)| PlaceInWindow::at(at - window.start(), window).substitution(INPUT, &[letter]);
        let source = self.reference_row(window, overwritten.iter().filter_map(over).collect(), batch)?;
        let site = place.site(allele);
        Ok(Outcome::Done(if allele.kind().is_indel() {
            batch.push_replacement(source, &self.replaced, site)
        } else {
            batch.push_substitutions(source, place.substitution(INPUT, allele.alternate()), site)
        }))
    }

    /// Adds a window to the batch without any allele.
    ///
    /// # Errors
    /// What stops the run.
    pub fn add_window(
        &mut self,
        window: &Interval,
        batch: &mut EditBatch,
    ) -> Result<Outcome<ShownWindow>, WindowError> {
        if let Outcome::Skipped(reason) = self.read(window)? {
            return Ok(Outcome::Skipped(reason));
        }
        let letters = self.letters.to_ascii_uppercase();
        Ok(Outcome::Done(ShownWindow {
            row: self.reference_row(window, Vec::new(), batch)?,
            letters,
            inputs: vec![INPUT],
        }))
    }

    /// Adds an allele to the batch that replaces the base at `index` (0-based, forward) of `window` by `base` (forward
    /// strand), and returns its index. The window is `row` of the batch.
    pub fn add_base(window: &Interval, row: usize, index: usize, base: u8, batch: &mut EditBatch) -> usize {
        let place = PlaceInWindow::at(index as i64, window);
        batch.push_substitutions(row, place.substitution(INPUT, &[base]), place.site_of(1, 1))
    }

    /// Reads the bases of a window, forward strand.
    fn read(&mut self, window: &Interval) -> Result<Outcome<()>, WindowError> {
        self.letters.clear();
        if let Outcome::Skipped(reason) = self.windows.append(window, &mut self.letters)? {
            return Ok(Outcome::Skipped(reason));
        }
        Ok(match self.windows.too_many_n(window, &self.letters) {
            true => Outcome::Skipped(SkipReason::TooManyN),
            false => Outcome::Done(()),
        })
    }

    /// The row of the current window, whose bases may be turned to the window's strand.
    fn reference_row(
        &mut self,
        window: &Interval,
        overwritten: Vec<BaseSubstitution>,
        batch: &mut EditBatch,
    ) -> Result<usize, WindowError> {
        let key = RowKey { source: RowSource::Window(*window), overwritten };
        batch.reference_row(key, |rows| {
            if window.strand().is_reverse() {
                reverse_complement(&mut self.letters);
            }
            rows.inputs_mut().iter_mut().for_each(|input| input.push_letters(&self.letters));
            Ok::<_, WindowError>(())
        })
    }

    /// Writes the current window with an insertion or deletion into `replaced`, on the window's strand: the bases before
    /// the change keep their positions, and the genome behind it moves in or out, so that the window keeps its length. Of
    /// a change that begins before the window, the part inside is made. `overwritten` bases (0-based position, base)
    /// replace the genome's, as they do in the current window already.
    fn replace(
        &mut self,
        window: &Interval,
        allele: &Allele,
        overwritten: &[(i64, u8)],
    ) -> Result<Outcome<()>, WindowError> {
        let coordinate = |position: u64| i64::try_from(position).or_internal("an allele is inside its contig");
        let changed = coordinate(allele.changed().start)..coordinate(allele.changed().end);
        let length = self.letters.len();
        let before = usize::try_from(changed.start - window.start()).unwrap_or(0).min(length);
        let outside = usize::try_from(window.start() - changed.start).unwrap_or(0);
        self.replaced.clear();
        self.replaced.extend_from_slice(&self.letters[..before]);
        self.replaced.extend_from_slice(allele.inserted().get(outside..).unwrap_or_default());
        self.replaced.truncate(length);
        let moved = self.replaced.len();
        let flank =
            Interval::new(window.contig(), changed.end, changed.end + (length - moved) as i64, Strand::Forward)?;
        let read = self.windows.append(&flank, &mut self.replaced)?;
        for (position, base) in overwritten {
            let index = usize::try_from(position - changed.end).ok().map(|behind| moved + behind);
            if let Some(letter) = index.and_then(|index| self.replaced.get_mut(index)) {
                *letter = *base;
            }
        }
        if window.strand().is_reverse() {
            reverse_complement(&mut self.replaced);
        }
        Ok(read)
    }
}
