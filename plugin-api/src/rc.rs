//! Scorers that average over both strands: write the formula of one strand, get the merging for free.

use crate::{Alleles, ArgDefault, ArgKind, ArgSpec, Args, Needs, PluginError, Result, Scorer};

/// How the two strands' values become one (`rc_merging`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RcMerging {
    /// The smaller value; NaN if either is.
    Min,
    /// The larger value; NaN if either is.
    Max,
    /// The arithmetic mean.
    #[default]
    Mean,
    /// The median, which for two values is the mean.
    Median,
    /// The value of larger magnitude, with its sign; the forward value on a tie, NaN if either is.
    AbsMax,
}

impl RcMerging {
    const WORDS: &'static [&'static str] = &["min", "max", "mean", "median", "absmax"];

    fn from_word(word: &str) -> Self {
        match word {
            "min" => Self::Min,
            "max" => Self::Max,
            "median" => Self::Median,
            "absmax" => Self::AbsMax,
            _ => Self::Mean,
        }
    }

    /// Merges the forward value with the reverse complement's.
    ///
    /// ```
    /// use kipos_plugin_api::RcMerging;
    /// assert_eq!(RcMerging::AbsMax.merge(0.25, -0.5), -0.5);
    /// assert_eq!(RcMerging::Mean.merge(0.25, -0.5), -0.125);
    /// assert!(RcMerging::Min.merge(f32::NAN, 0.0).is_nan());
    /// ```
    pub fn merge(self, forward: f32, reverse: f32) -> f32 {
        match self {
            // f32::min, max and comparisons drop a NaN; a strand without a value must stay visible.
            Self::Min | Self::Max | Self::AbsMax if forward.is_nan() || reverse.is_nan() => f32::NAN,
            Self::Min => forward.min(reverse),
            Self::Max => forward.max(reverse),
            Self::Mean | Self::Median => (forward + reverse) / 2.0,
            Self::AbsMax if forward.abs() < reverse.abs() => reverse,
            Self::AbsMax => forward,
        }
    }
}

const RC_MERGING: ArgSpec = ArgSpec::new(
    "rc_merging",
    ArgKind::Choice(RcMerging::WORDS),
    ArgDefault::String("mean"),
    "how the values of the two strands become one",
);
const RC_ON: ArgSpec = ArgSpec::new(
    "rc_on",
    ArgKind::Choice(&["score", "prediction"]),
    ArgDefault::String("score"),
    "whether each strand is scored before merging, or the predictions are merged before scoring",
);

/// The formula of a score on one strand and one task.
///
/// `TERMS` is 1 for most scores. A score that is made of several signed terms, each merged over the strands
/// before they are combined, gives them all.
///
/// ```
/// use kipos_plugin_api::{Args, RcScorer, Result};
///
/// struct Difference;
///
/// impl RcScorer for Difference {
///     const NAME: &'static str = "difference";
///     const DOC: &'static str = "alt - ref";
///     fn from_args(_: &Args) -> Result<Self> {
///         Ok(Self)
///     }
///     fn terms(&self, reference: f32, alternate: f32) -> [f32; 1] {
///         [alternate - reference]
///     }
/// }
/// // exported as `RcMerged<Difference>`
/// ```
pub trait RcScorer<const TERMS: usize = 1>: Sized + Send + Sync + 'static {
    /// The name by which users choose it.
    const NAME: &'static str;
    /// What it computes, in a sentence, with unit or range.
    const DOC: &'static str;
    /// Its own arguments, beside `rc_merging` and `rc_on`.
    const ARGS: &'static [ArgSpec] = &[];
    /// Whether the formula reads the reference allele; if not, it is handed 0.
    const READS_REFERENCE: bool = true;
    /// Whether the formula reads the alternate allele; if not, it is handed 0.
    const READS_ALTERNATE: bool = true;

    /// Makes a formula from checked arguments.
    ///
    /// # Errors
    /// What is wrong with the combination of arguments.
    fn from_args(args: &Args) -> Result<Self>;

    /// The signed terms of one strand, from the predictions for the two alleles.
    fn terms(&self, reference: f32, alternate: f32) -> [f32; TERMS];

    /// The score from the (merged) terms: by default the first term.
    fn combine(&self, terms: [f32; TERMS]) -> f32 {
        terms[0]
    }
}

/// The [`Scorer`] made from an [`RcScorer`].
#[derive(Debug, Clone)]
pub struct RcMerged<S, const TERMS: usize = 1> {
    formula: S,
    merging: RcMerging,
    merge_predictions: bool,
}

impl<const TERMS: usize, S: RcScorer<TERMS>> Scorer for RcMerged<S, TERMS> {
    const NAME: &'static str = S::NAME;
    const DOC: &'static str = S::DOC;
    const ARGS: &'static [ArgSpec] = S::ARGS;

    fn arg_specs() -> Vec<ArgSpec> {
        [RC_MERGING, RC_ON].into_iter().chain(S::ARGS.iter().copied()).collect()
    }

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self {
            formula: S::from_args(args)?,
            merging: args.text(RC_MERGING.name).map(RcMerging::from_word).unwrap_or_default(),
            merge_predictions: args.text(RC_ON.name) == Some("prediction"),
        })
    }

    fn needs(&self) -> Needs {
        Needs {
            reference: S::READS_REFERENCE,
            alternate: S::READS_ALTERNATE,
            reverse_complement: true,
            whole_outputs: false,
        }
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        let rows = [(alleles.reference, S::READS_REFERENCE), (alleles.alternate, S::READS_ALTERNATE)];
        if let Some((row, _)) = rows.iter().find(|(row, read)| *read && row.len() < out.len()) {
            return Err(PluginError::shape(format!("{} predictions for {} scores", row.len(), out.len())));
        }
        // An allele that is not read arrives as an empty row, or as none for the other strand.
        let at = |row: &[f32], i: usize| row.get(i).copied().unwrap_or_default();
        let strands = [(alleles.reference_rc, S::READS_REFERENCE), (alleles.alternate_rc, S::READS_ALTERNATE)];
        let both_strands = strands.iter().all(|(row, read)| row.is_some() || !read);
        let [reference_rc, alternate_rc] = strands.map(|(row, _)| row.unwrap_or_default());
        for (i, out) in out.iter_mut().enumerate() {
            let forward = (at(alleles.reference, i), at(alleles.alternate, i));
            let reverse = (at(reference_rc, i), at(alternate_rc, i));
            let terms = match (both_strands, self.merge_predictions) {
                (false, _) => self.formula.terms(forward.0, forward.1),
                (true, true) => self
                    .formula
                    .terms(self.merging.merge(forward.0, reverse.0), self.merging.merge(forward.1, reverse.1)),
                (true, false) => {
                    let forward = self.formula.terms(forward.0, forward.1);
                    let reverse = self.formula.terms(reverse.0, reverse.1);
                    std::array::from_fn(|t| self.merging.merge(forward[t], reverse[t]))
                }
            };
            *out = self.formula.combine(terms);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_strand_without_a_value_stays_visible() {
        for merging in RcMerging::WORDS.iter().map(|word| RcMerging::from_word(word)) {
            assert!(merging.merge(f32::NAN, 1.0).is_nan(), "{merging:?}");
            assert!(merging.merge(1.0, f32::NAN).is_nan(), "{merging:?}");
        }
    }

    #[test]
    fn absmax_keeps_the_forward_value_on_a_tie() {
        assert_eq!(RcMerging::AbsMax.merge(0.5, -0.5), 0.5);
        assert_eq!(RcMerging::AbsMax.merge(-0.5, 0.5), -0.5);
    }

    proptest! {
        #[test]
        fn merging_equal_values_changes_nothing(x in -1e30f32..1e30) {
            for word in RcMerging::WORDS {
                prop_assert_eq!(RcMerging::from_word(word).merge(x, x), x);
            }
        }

        #[test]
        fn merged_values_lie_between_the_strands(f in -1e30f32..1e30, r in -1e30f32..1e30) {
            for word in RcMerging::WORDS {
                let merged = RcMerging::from_word(word).merge(f, r);
                prop_assert!(f.min(r) <= merged && merged <= f.max(r));
            }
        }
    }
}
