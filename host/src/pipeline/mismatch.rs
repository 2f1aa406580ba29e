//! What happens when REF is not what the genome holds.

use thiserror::Error;

use super::RefDisagreement;
use super::reference_comparison::Verdict;

/// Too many REFs that disagree with the genome.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "{mismatches} of the first {compared} REF alleles disagree with {genome}; the VCF was probably made for another \
     genome build: score it with that genome, or raise --max-ref-mismatch (now {limit}){}",
    example.as_ref().map(|first| format!("; of the first, {first}")).unwrap_or_default()
)]
pub struct WrongBuild {
    mismatches: u64,
    compared: u64,
    limit: f64,
    genome: String,
    example: Option<Box<RefDisagreement>>,
}

/// Judged from this many comparisons on.
const ENOUGH: u64 = 100;
/// Not judged any more after this many: a long file with one bad stretch at its end is not the wrong build.
const EARLY: u64 = 1_000;

/// Watches the first REFs of a run for a genome of the wrong build.
#[derive(Debug, Clone)]
pub struct BuildGuard {
    limit: f64,
    genome: String,
    compared: u64,
    mismatches: u64,
}

impl BuildGuard {
    /// A guard that allows the fraction `limit` of mismatches; 1 allows all.
    pub fn new(limit: f64, genome: String) -> Self {
        Self { limit, genome, compared: 0, mismatches: 0 }
    }

    /// Takes note of one comparison; `first` is the first that was a mismatch, to be shown. A REF that the genome says nothing of is none: it would hide the others.
    ///
    /// # Errors
    /// If too many of the first comparisons were mismatches.
    pub(super) fn observe(&mut self, verdict: Verdict, first: Option<&RefDisagreement>) -> Result<(), WrongBuild> {
        if self.compared == EARLY || verdict == Verdict::Unknown {
            return Ok(());
        }
        self.compared += 1;
        self.mismatches += u64::from(verdict == Verdict::Disagrees);
        if self.compared >= ENOUGH && self.mismatches as f64 > self.limit * self.compared as f64 {
            return Err(WrongBuild {
                mismatches: self.mismatches,
                compared: self.compared,
                limit: self.limit,
                genome: self.genome.clone(),
                example: first.cloned().map(Box::new),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(agrees: bool) -> Verdict {
        if agrees { Verdict::Agrees } else { Verdict::Disagrees }
    }

    /// The comparison, counted from 1, at which a run with one mismatch in every `period` REFs stops.
    fn stops_at(limit: f64, period: u64) -> Option<u64> {
        let mut guard = BuildGuard::new(limit, "genome.fa".into());
        (1..=5_000).find(|i| guard.observe(verdict(i % period != 0), None).is_err())
    }

    #[test]
    fn a_wrong_build_is_noticed_after_a_hundred_records() {
        assert_eq!(stops_at(0.1, 2), Some(100));
        assert_eq!(stops_at(0.1, 9), Some(100));
        assert_eq!(stops_at(0.1, 10), None);
        assert_eq!(stops_at(1.0, 1), None);
        assert_eq!(stops_at(0.0, 500), Some(500));
    }

    #[test]
    fn late_mismatches_do_not_count() {
        let mut guard = BuildGuard::new(0.1, "genome.fa".into());
        assert!((0..1_000).all(|_| guard.observe(Verdict::Agrees, None).is_ok()));
        assert!((0..5_000).all(|_| guard.observe(Verdict::Disagrees, None).is_ok()));
    }

    #[test]
    fn a_masked_genome_hides_no_mismatches() {
        let mut guard = BuildGuard::new(0.1, "genome.fa".into());
        assert!((0..5_000).all(|_| guard.observe(Verdict::Unknown, None).is_ok()));
        assert_eq!((1..=100).find(|i| guard.observe(verdict(i % 5 != 0), None).is_err()), Some(100));
    }

    #[test]
    fn the_message_names_both_numbers() {
        let mut guard = BuildGuard::new(0.25, "hg19.fa".into());
        let error = (0..200).find_map(|i| guard.observe(verdict(i % 2 == 0), None).err()).unwrap();
        insta::assert_snapshot!(error, @"50 of the first 100 REF alleles disagree with hg19.fa; the VCF was probably made for another genome build: score it with that genome, or raise --max-ref-mismatch (now 0.25)");
    }
}
