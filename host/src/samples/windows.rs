//! The bases of a window of the genome, and what happens where the window leaves its contig.

use thiserror::Error;

use crate::genome::{Contig, Fasta, FastaError, Interval, IntervalError, Outcome, SkipReason, is_base};
use crate::internal::OrInternal;

/// What happens to a window that leaves its contig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EdgeRule {
    /// The variant is skipped, with the reason.
    #[default]
    Skip,
    /// The missing bases are N.
    Pad,
    /// The run stops.
    Error,
}

/// Why a window cannot be read.
#[derive(Debug, Error)]
pub enum WindowError {
    /// The genome cannot be read.
    #[error(transparent)]
    Fasta(#[from] FastaError),
    /// The window has no length.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// The window leaves its contig and [`EdgeRule::Error`] holds.
    #[error(
        "window {contig}:{start}-{end} (0-based, half-open) extends beyond the contig, which has {length} bases; \
         choose --edge skip or --edge pad"
    )]
    OutsideContig {
        /// The contig's name.
        contig: String,
        /// The window's start, 0-based.
        start: i64,
        /// The window's end, exclusive.
        end: i64,
        /// The contig's length.
        length: u64,
    },
}

/// Reads windows of a genome.
pub struct WindowReader {
    fasta: Fasta,
    edge: EdgeRule,
    /// The largest fraction of bases other than A, C, G and T that a window may hold.
    max_n: f64,
}

impl WindowReader {
    /// Windows of `fasta`. `edge` applies to windows that leave their contig; a window with a larger fraction of bases
    /// other than A, C, G and T than `max_n` is skipped.
    pub fn new(fasta: Fasta, edge: EdgeRule, max_n: f64) -> Self {
        Self { fasta, edge, max_n }
    }

    /// Checks that the genome is still the one that was opened.
    ///
    /// # Errors
    /// [`FastaError::Changed`].
    pub fn check_unchanged(&self) -> Result<(), FastaError> {
        self.fasta.check_unchanged()
    }

    /// The contigs of the genome.
    pub fn contigs(&self) -> &[Contig] {
        self.fasta.contigs()
    }

    /// Appends the bases of `window` to `letters`, as many as the window is long. U of an RNA genome becomes T.
    ///
    /// # Errors
    /// An unreadable genome, or a window outside its contig under [`EdgeRule::Error`].
    pub fn append(&mut self, window: &Interval, letters: &mut Vec<u8>) -> Result<Outcome<()>, WindowError> {
        let contig = &self.fasta.contigs()[window.contig()];
        let length = i64::try_from(contig.length).or_internal("the contig is in a file");
        let (start, end) = (window.start().clamp(0, length), window.end().clamp(0, length));
        if (start, end) != (window.start(), window.end()) {
            match self.edge {
                EdgeRule::Pad => {}
                EdgeRule::Skip => return Ok(Outcome::Skipped(SkipReason::WindowOutsideContig)),
                EdgeRule::Error => {
                    return Err(WindowError::OutsideContig {
                        contig: contig.name.clone(),
                        start: window.start(),
                        end: window.end(),
                        length: contig.length,
                    });
                }
            }
        }
        let total = letters.len() + usize::try_from(window.len()).or_internal("the window fits in memory");
        // Of a window behind its contig, all is padding that follows.
        let before = letters.len() + usize::try_from(start - window.start()).unwrap_or_default();
        letters.resize(before.min(total), b'N');
        self.fasta.fetch(window.contig(), start.unsigned_abs(), end.unsigned_abs(), letters)?;
        letters[before.min(total)..].iter_mut().for_each(|letter| *letter = as_dna(*letter));
        letters.resize(total, b'N');
        Ok(Outcome::Done(()))
    }

    /// Whether too many of the genome's bases in `window`, which are these `letters`, are not A, C, G or T. Padding beyond
    /// the contig does not count.
    pub fn too_many_n(&self, window: &Interval, letters: &[u8]) -> bool {
        // Counting costs as much as reading: only when it can matter.
        self.max_n < 1.0 && {
            let contig = &self.fasta.contigs()[window.contig()];
            let end = i64::try_from(contig.length).or_internal("the contig is in a file");
            let index = |position: i64| usize::try_from(position - window.start()).unwrap_or(0).min(letters.len());
            is_too_much(self.max_n, letters[index(0)..index(end).max(index(0))].iter().copied())
        }
    }
}

/// A base of a genome as DNA: T for the U of RNA, in the same case; any other unchanged.
pub fn as_dna(letter: u8) -> u8 {
    match letter {
        b'U' => b'T',
        b'u' => b't',
        other => other,
    }
}

/// Whether more than the fraction `max_n` of bases are not A, C, G or T.
pub fn is_too_much(max_n: f64, letters: impl Iterator<Item = u8>) -> bool {
    let (count, total) =
        letters.fold((0_u64, 0_u64), |(count, total), letter| (count + u64::from(!is_base(letter)), total + 1));
    count as f64 > max_n * total as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Strand;

    fn read(edge: EdgeRule, max_n: f64, start: i64, end: i64) -> Result<Result<String, SkipReason>, String> {
        read_of("ACGTN\nNAC", edge, max_n, start, end)
    }

    fn read_of(
        contig: &str,
        edge: EdgeRule,
        max_n: f64,
        start: i64,
        end: i64,
    ) -> Result<Result<String, SkipReason>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("genome.fa");
        std::fs::write(&path, format!(">one\n{contig}\n")).unwrap();
        let mut windows = WindowReader::new(Fasta::open(&path).unwrap(), edge, max_n);
        let mut letters = b"before".to_vec();
        let window = Interval::new(0, start, end, Strand::Forward).unwrap();
        let outcome = windows.append(&window, &mut letters);
        Ok(match outcome.map_err(|error| error.to_string())? {
            Outcome::Skipped(reason) => Err(reason),
            Outcome::Done(()) => {
                let letters = letters.strip_prefix(b"before").unwrap();
                let text = String::from_utf8(letters.to_vec()).unwrap();
                if windows.too_many_n(&window, letters) { Err(SkipReason::TooManyN) } else { Ok(text) }
            }
        })
    }

    #[test]
    fn windows_inside_are_read_as_they_are() {
        assert_eq!(read(EdgeRule::Error, 1.0, 1, 7).unwrap().unwrap(), "CGTNNA");
    }

    #[test]
    fn windows_outside_follow_the_edge_rule() {
        for (start, end, padded) in [(-2, 3, "NNACG"), (5, 10, "NACNN"), (-1, 9, "NACGTNNACN"), (20, 22, "NN")] {
            assert_eq!(read(EdgeRule::Pad, 1.0, start, end).unwrap().unwrap(), padded);
            assert_eq!(read(EdgeRule::Skip, 1.0, start, end).unwrap(), Err(SkipReason::WindowOutsideContig));
        }
        assert_eq!(
            read(EdgeRule::Error, 1.0, -2, 3).unwrap_err(),
            "window one:-2-3 (0-based, half-open) extends beyond the contig, which has 8 bases; choose --edge skip or \
             --edge pad"
        );
    }

    #[test]
    fn windows_full_of_n_are_skipped_on_request() {
        assert_eq!(read(EdgeRule::Pad, 0.5, 3, 7).unwrap().unwrap(), "TNNA");
        assert_eq!(read(EdgeRule::Pad, 0.4, 3, 7).unwrap(), Err(SkipReason::TooManyN));
    }

    #[test]
    fn rna_is_read_as_dna() {
        assert_eq!(read_of("ACGUacgu", EdgeRule::Pad, 0.0, 0, 8).unwrap().unwrap(), "ACGTacgt");
    }

    #[test]
    fn every_letter_that_is_no_base_counts_and_padding_does_not() {
        for letter in ["R", "n", "-", "X"] {
            let read = |max_n| read_of(&format!("A{letter}GT"), EdgeRule::Pad, max_n, 0, 4).unwrap();
            assert_eq!(read(0.24), Err(SkipReason::TooManyN), "{letter}");
            assert_eq!(read(0.25).unwrap(), format!("A{letter}GT"));
        }
        assert_eq!(read_of("ACGT", EdgeRule::Pad, 0.0, -3, 9).unwrap().unwrap(), "NNNACGTNNNNN");
        assert_eq!(read_of("ACGT", EdgeRule::Pad, 0.0, 5, 7).unwrap().unwrap(), "NN");
        // One of the two bases that the window has of the contig.
        assert_eq!(read_of("NCGT", EdgeRule::Pad, 0.4, -8, 2).unwrap(), Err(SkipReason::TooManyN));
    }
}
