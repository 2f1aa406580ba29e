//! A run that had alleles and scored none.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::{RefDisagreement, ScoreSummary};
use crate::genome::SkipReason;
use crate::run::Event;
use crate::warning::{Warning, WarningCode};

/// Reasons that are named; further ones are counted.
const NAMED: usize = 3;

/// Alleles were tried, and none was scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct NothingScored {
    skipped: BTreeMap<SkipReason, u64>,
    disagreement: Option<Box<RefDisagreement>>,
}

impl NothingScored {
    /// Looks whether a run that had alleles scored any: if not, that is an error where something must be scored, else a
    /// warning.
    pub(crate) fn check(summary: &ScoreSummary, must_score: bool, observe: &mut dyn FnMut(Event)) -> Result<(), Self> {
        match Self::of(summary) {
            Some(nothing) if must_score => Err(nothing),
            Some(nothing) => {
                observe(Event::Warning(Warning::new(WarningCode::NothingScored, nothing)));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Whether that is so of a run. A record without ALT has no allele to try.
    pub(super) fn of(summary: &ScoreSummary) -> Option<Self> {
        let mut skipped = summary.skipped.clone();
        skipped.remove(&SkipReason::NoAlt);
        let disagreement = summary.first_ref_mismatch.clone().map(Box::new);
        (summary.scored == 0 && !skipped.is_empty()).then_some(Self { skipped, disagreement })
    }
}

impl fmt::Display for NothingScored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alleles: u64 = self.skipped.values().sum();
        match alleles {
            1 => f.write_str("the only allele was not scored: ")?,
            alleles => write!(f, "none of {alleles} alleles was scored: ")?,
        }
        let mut reasons: Vec<_> = self.skipped.iter().collect();
        // Reasons as frequent as each other stay in the order of summaries.
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named: Vec<_> = reasons.iter().take(NAMED).map(|(reason, count)| format!("{count} {reason}")).collect();
        f.write_str(&named.join(", "))?;
        let others: u64 = reasons.iter().skip(NAMED).map(|(_, count)| **count).sum();
        if others > 0 {
            write!(f, ", {others} for other reasons")?;
        }
        match &self.disagreement {
            Some(first) if alleles == 1 => write!(f, "; {first}"),
            Some(first) => write!(f, "; of the first ref_mismatch, {first}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(scored: u64, skipped: &[(SkipReason, u64)]) -> ScoreSummary {
        ScoreSummary { scored, skipped: skipped.iter().copied().collect(), ..ScoreSummary::default() }
    }

    fn said(skipped: &[(SkipReason, u64)]) -> String {
        NothingScored::of(&summary(0, skipped)).unwrap().to_string()
    }

    #[test]
    fn the_most_frequent_reasons_are_named() {
        use SkipReason::{NonAcgt, RefMismatch, Symbolic, TooManyN, UnknownContig};
        assert_eq!(said(&[(Symbolic, 1)]), "the only allele was not scored: 1 symbolic");
        let many = [(Symbolic, 2), (NonAcgt, 7), (RefMismatch, 2), (UnknownContig, 1), (TooManyN, 3)];
        assert_eq!(
            said(&many),
            "none of 15 alleles was scored: 7 non_acgt, 3 too_many_n, 2 symbolic, 3 for other reasons"
        );
        let mut mismatched = summary(0, &[(RefMismatch, 2)]);
        mismatched.first_ref_mismatch =
            Some(RefDisagreement { contig: "chr1".into(), position: 60, reference: "A".into(), found: "G".into() });
        assert_eq!(
            NothingScored::of(&mismatched).unwrap().to_string(),
            "none of 2 alleles was scored: 2 ref_mismatch; of the first ref_mismatch, REF is A at chr1:60, and the \
             genome has G"
        );
    }

    #[test]
    fn a_run_without_alleles_tried_nothing() {
        assert_eq!(NothingScored::of(&summary(0, &[])), None);
        assert_eq!(NothingScored::of(&summary(0, &[(SkipReason::NoAlt, 4)])), None);
        assert_eq!(NothingScored::of(&summary(1, &[(SkipReason::Symbolic, 4)])), None);
    }
}
