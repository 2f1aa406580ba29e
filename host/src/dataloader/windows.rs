//! The letters of a window of the genome, and what happens where the window leaves its contig.

use thiserror::Error;

use crate::genome::{Contig, Fasta, FastaError, Interval, IntervalError, SkipReason};

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

/// Why a window has no letters.
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
        "window {contig}:{start}-{end} (0-based, half-open) leaves the contig, which has {length} bases; \
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
pub struct Windows {
    fasta: Fasta,
    edge: EdgeRule,
    /// The largest fraction of N that a window may hold.
    max_n: f64,
}

impl Windows {
    /// Windows of `fasta`, at whose ends `edge` rules; a window with a larger fraction of N than `max_n` is skipped.
    pub fn new(fasta: Fasta, edge: EdgeRule, max_n: f64) -> Self {
        Self { fasta, edge, max_n }
    }

    /// The contigs of the genome.
    pub fn contigs(&self) -> &[Contig] {
        self.fasta.contigs()
    }

    /// Appends the letters of `window` to `letters`: as many as the window is long.
    ///
    /// # Errors
    /// The outer error stops the run: an unreadable genome, or a window outside its contig under [`EdgeRule::Error`].
    /// The inner one is why this window alone is skipped.
    pub fn append(&mut self, window: &Interval, letters: &mut Vec<u8>) -> Result<Result<(), SkipReason>, WindowError> {
        let contig = &self.fasta.contigs()[window.contig()];
        let length = i64::try_from(contig.length).unwrap_or(i64::MAX);
        let (start, end) = (window.start().clamp(0, length), window.end().clamp(0, length));
        if (start, end) != (window.start(), window.end()) {
            match self.edge {
                EdgeRule::Pad => {}
                EdgeRule::Skip => return Ok(Err(SkipReason::WindowOutsideContig)),
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
        let total = letters.len() + usize::try_from(window.len()).unwrap_or_default();
        let before = letters.len() + usize::try_from(start - window.start()).unwrap_or_default();
        letters.resize(before.min(total), b'N');
        self.fasta.fetch(window.contig(), start.unsigned_abs(), end.unsigned_abs(), letters)?;
        letters.resize(total, b'N');
        Ok(Ok(()))
    }

    /// Whether a window with these letters holds too much N.
    pub fn too_many_n(&self, letters: &[u8]) -> bool {
        // Counting costs as much as reading: only when it can matter.
        self.max_n < 1.0 && {
            let count = letters.iter().filter(|letter| letter.eq_ignore_ascii_case(&b'N')).count();
            count as f64 > self.max_n * letters.len() as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Strand;

    fn read(edge: EdgeRule, max_n: f64, start: i64, end: i64) -> Result<Result<String, SkipReason>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("genome.fa");
        std::fs::write(&path, ">one\nACGTN\nNAC\n").unwrap();
        let mut windows = Windows::new(Fasta::open(&path).unwrap(), edge, max_n);
        let mut letters = b"before".to_vec();
        let outcome = windows.append(&Interval::new(0, start, end, Strand::Forward).unwrap(), &mut letters);
        let outcome = outcome.map_err(|error| error.to_string())?;
        Ok(outcome.and_then(|()| {
            let letters = letters.strip_prefix(b"before").unwrap();
            let text = String::from_utf8(letters.to_vec()).unwrap();
            if windows.too_many_n(letters) { Err(SkipReason::TooManyN) } else { Ok(text) }
        }))
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
            "window one:-2-3 (0-based, half-open) leaves the contig, which has 8 bases; choose --edge skip or --edge pad"
        );
    }

    #[test]
    fn windows_full_of_n_are_skipped_on_request() {
        assert_eq!(read(EdgeRule::Pad, 0.5, 3, 7).unwrap().unwrap(), "TNNA");
        assert_eq!(read(EdgeRule::Pad, 0.4, 3, 7).unwrap(), Err(SkipReason::TooManyN));
    }
}
