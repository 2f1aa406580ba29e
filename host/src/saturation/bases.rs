//! The bases of stretches, one after the other.

use std::vec;

use crate::genome::{Interval, Regions, is_base};
use crate::internal::OrInternal;
use crate::samples::{SampleError, Samples};
use crate::stop::Stop;

use super::SaturateError;
use crate::pipeline::PlanError;

/// Bases that are read at once.
const PIECE: i64 = 1 << 14;

/// A base of the genome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StretchBase {
    /// The contig, as its index in the genome.
    pub(super) contig: usize,
    /// Its position, 0-based.
    pub(super) position: u64,
    /// A, C, G or T; `None` where the genome has another letter.
    pub(super) letter: Option<u8>,
}

/// Reads the bases of stretches in their order, a piece at a time.
#[derive(Debug, Clone)]
pub(super) struct StretchBases {
    stretches: vec::IntoIter<Interval>,
    /// What is left of the current stretch, behind the piece that was read.
    rest: Option<Interval>,
    /// The contig and the first position of that piece.
    place: (usize, u64),
    /// The bases of that piece, each with its offset in it.
    piece: Vec<(usize, u8)>,
    /// How many of them were handed over.
    done: usize,
}

/// How many bases of stretches have SNVs, and how many have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct BaseCounts {
    /// A, C, G or T.
    pub(super) known: u64,
    /// Others.
    pub(super) unknown: u64,
}

impl BaseCounts {
    /// Three SNVs for each base that is known.
    pub(super) fn snvs(self) -> u64 {
        3 * self.known
    }

    /// A row for each SNV, and for each base that has none.
    pub(super) fn rows(self) -> u64 {
        self.snvs() + self.unknown
    }
}

impl StretchBases {
    /// The bases of these stretches, which are within their contigs.
    pub(super) fn new(stretches: &Regions) -> Self {
        let stretches = stretches.all().copied().collect::<Vec<_>>().into_iter();
        Self { stretches, rest: None, place: (0, 0), piece: Vec::new(), done: 0 }
    }

    /// The next base; `None` after the last.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(super) fn next(&mut self, samples: &mut Samples) -> Result<Option<StretchBase>, SampleError> {
        while self.done == self.piece.len() {
            let Some(stretch) = self.rest.take().or_else(|| self.stretches.next()) else { return Ok(None) };
            let end = stretch.end().min(stretch.start() + PIECE);
            let rest = Interval::new(stretch.contig(), end, stretch.end(), stretch.strand());
            self.rest = rest.ok().filter(|rest| !rest.is_empty());
            let position = |base: i64| u64::try_from(base).or_internal("stretches are within their contigs");
            self.place = (stretch.contig(), position(stretch.start()));
            samples.reference(stretch.contig(), &(self.place.1..position(end)), &[], &mut self.piece)?;
            self.done = 0;
        }
        let ((contig, first), (offset, letter)) = (self.place, self.piece[self.done]);
        self.done += 1;
        let letter = Some(letter.to_ascii_uppercase()).filter(|letter| is_base(*letter));
        Ok(Some(StretchBase { contig, position: first + offset as u64, letter }))
    }

    /// Counts all bases that are still to come, until `stop` is asked.
    ///
    /// # Errors
    /// A genome that cannot be read.
    pub(super) fn count(&self, samples: &mut Samples, stop: &Stop) -> Result<BaseCounts, SaturateError> {
        let (mut bases, mut counts) = (self.clone(), BaseCounts::default());
        while let Some(base) = bases.next(samples).map_err(PlanError::from)? {
            if bases.done == 1 {
                stop.check()?;
            }
            *(if base.letter.is_some() { &mut counts.known } else { &mut counts.unknown }) += 1;
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Fasta, Strand};
    use crate::samples::{EdgeRule, GenomeAlleles, WindowReader};

    #[test]
    fn bases_come_in_their_order_and_are_counted() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("genome.fa");
        // Longer than a piece.
        let long = "ACGTN".repeat(8_000);
        std::fs::write(&path, format!(">one\nacgUNryT\n>two\n{long}\n")).unwrap();
        let windows = WindowReader::new(Fasta::open(&path).unwrap(), EdgeRule::Error, 1.0);
        let mut samples = Samples::Genome(GenomeAlleles::new(windows));
        let interval = |contig, start, end| Interval::new(contig, start, end, Strand::Forward).unwrap();
        let stretches = Regions::union([interval(1, 3, 39_999), interval(0, 1, 8)]);
        let mut bases = StretchBases::new(&stretches);
        let counts = bases.count(&mut samples, &Stop::new()).unwrap();
        let mut found = Vec::new();
        while let Some(base) = bases.next(&mut samples).unwrap() {
            found.push((base.contig, base.position, base.letter.map_or('N', char::from)));
        }
        let one = [(0, 1, 'C'), (0, 2, 'G'), (0, 3, 'T'), (0, 4, 'N'), (0, 5, 'N'), (0, 6, 'N'), (0, 7, 'T')];
        let two = long.chars().enumerate().skip(3).take(39_996).map(|(at, letter)| (1, at as u64, letter));
        assert!(found.into_iter().eq(one.into_iter().chain(two)));
        assert_eq!(counts, BaseCounts { known: 4 + 31_997, unknown: 3 + 7_999 });
        assert_eq!((counts.snvs(), counts.rows()), (96_003, 104_005));
    }
}
