//! A made-up sequence to try a draft with, as nothing is known of the genome that it is for.

use std::fmt::Write as _;

use super::draft::{ModelDraft, NativeInput};
use crate::split_mix::SplitMix;

/// The contig: nobody takes it for one of a genome.
const CONTIG: &str = "made_up";

/// Windows that are samples, a few so that batches can be compared, this many bases apart.
const WINDOWS: usize = 4;
const STEP: usize = 8;

/// The bases on either side of all windows, in which those around an insertion or deletion find room.
const FLANK: usize = 16;

/// The bases of a line.
const LINE: usize = 60;

/// Files that are the examples of a draft's dataloader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUpExample {
    /// The text of the FASTA file.
    pub fasta: String,
    /// The text of the BED file.
    pub intervals: String,
}

impl MadeUpExample {
    /// The path of the FASTA file from the directory of the descriptions.
    pub const FASTA: &str = "example/made_up.fa";
    /// The path of the BED file.
    pub const INTERVALS: &str = "example/made_up.bed";

    /// A sequence that is drawn at random, the same for all drafts, and windows of `length` bases in it.
    fn of_length(length: usize) -> Self {
        let mut numbers = SplitMix::new(0x6d61_6465_7570);
        let starts = (0..WINDOWS).map(|window| FLANK + window * STEP);
        let mut intervals = String::new();
        starts.for_each(|start| {
            let _ = writeln!(intervals, "{CONTIG}\t{start}\t{}", start + length);
        });
        let bases = length + 2 * FLANK + (WINDOWS - 1) * STEP;
        let mut fasta = format!(">{CONTIG}");
        for at in 0..bases {
            if at % LINE == 0 {
                fasta.push('\n');
            }
            fasta.push(char::from(b"ACGT"[numbers.below(4)]));
        }
        fasta.push('\n');
        Self { fasta, intervals }
    }
}

impl ModelDraft {
    /// The examples of the draft's dataloader, if it is a built-in one.
    pub fn example(&self) -> Option<MadeUpExample> {
        let (NativeInput::OneHot { length, .. } | NativeInput::Strings { length }) = self.native()?;
        Some(MadeUpExample::of_length(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_lie_within_the_sequence() {
        let example = MadeUpExample::of_length(20);
        insta::assert_snapshot!(example.fasta, @r"
        >made_up
        GGGTCAATAACCGGAGATCCCATAACTGCCCCACTCCGGGCCTGTCAGCCATATCGATCC
        CAAGTTCTTTGGTTGG
        ");
        insta::assert_snapshot!(example.intervals, @r"
        made_up	16	36
        made_up	24	44
        made_up	32	52
        made_up	40	60
        ");
        let bases: String = example.fasta.lines().skip(1).collect();
        assert_eq!(bases.len(), 20 + 24 + 32);
    }
}
