//! Scorers that average over both strands: write the formula of one strand, get the merging for free.

use crate::{
    Alleles, ArgDefault, ArgKind, ArgSpec, Args, Column, Needs, OutputSpecs, PluginError, Properties, Result, Scale,
    Scorer,
};

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
    /// The words for all of them, as users spell them.
    pub const WORDS: &'static [&'static str] = &["min", "max", "mean", "median", "absmax"];
    /// The argument `rc_merging`, for a scorer that merges strands by itself.
    pub const ARG: ArgSpec = ArgSpec::new(
        "rc_merging",
        ArgKind::Choice(Self::WORDS),
        ArgDefault::String("mean"),
        "how the values of the two strands become one",
    );

    /// What a word means.
    ///
    /// # Errors
    /// A word that is none of [`WORDS`](Self::WORDS), which are listed.
    pub fn parse(word: &str) -> Result<Self> {
        match word {
            "min" => Ok(Self::Min),
            "max" => Ok(Self::Max),
            "mean" => Ok(Self::Mean),
            "median" => Ok(Self::Median),
            "absmax" => Ok(Self::AbsMax),
            _ => {
                let known = Self::WORDS.join(", ");
                Err(PluginError::invalid_argument(format!("unknown way `{word}` to merge strands (known: {known})")))
            }
        }
    }

    /// What the argument [`ARG`](Self::ARG) says; the mean if it was not declared.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn of_args(args: &Args) -> Result<Self> {
        args.text(Self::ARG.name).map_or(Ok(Self::default()), Self::parse)
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

const RC_ON: ArgSpec = ArgSpec::new(
    "rc_on",
    ArgKind::Choice(&["score", "prediction"]),
    ArgDefault::String("score"),
    "whether each strand is scored before merging, or the predictions are merged before scoring",
);

/// How the strands of a score are merged, as its arguments [`RcMerging::ARG`] and [`RC_ON`] say.
#[derive(Debug, Clone, Copy)]
struct StrandMerge {
    merging: RcMerging,
    /// The predictions are merged before scoring, not the scores.
    of_predictions: bool,
}

impl StrandMerge {
    /// Its arguments, and those of the score itself.
    fn arg_specs(own: &[ArgSpec]) -> Vec<ArgSpec> {
        [RcMerging::ARG, RC_ON].into_iter().chain(own.iter().copied()).collect()
    }

    fn of_args(args: &Args) -> Result<Self> {
        Ok(Self { merging: RcMerging::of_args(args)?, of_predictions: args.text(RC_ON.name) == Some("prediction") })
    }

    /// What merging makes of the properties of the score of one strand. The smaller of two numbers is not the larger one
    /// with another sign, so these merge signed scores into unsigned ones.
    fn properties(self, properties: Properties) -> Properties {
        let is_signed = self.of_predictions || !matches!(self.merging, RcMerging::Min | RcMerging::Max);
        properties.with_antisymmetric(properties.antisymmetric && is_signed)
    }
}

/// What every merged score has by default, for the constant of a scorer: `rc_merging` may be `min` or `max`.
const fn any_merging(properties: Properties) -> Properties {
    properties.with_antisymmetric(false)
}

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
    /// What always holds of it on one strand.
    const PROPERTIES: Properties = Properties::NONE;
    /// Whether the formula reads the reference allele; if not, it is handed 0.
    const READS_REFERENCE: bool = true;
    /// Whether the formula reads the alternate allele; if not, it is handed 0.
    const READS_ALTERNATE: bool = true;
    /// The scales of which the formula reads numbers, the best first; all of them if it is empty: see [`Needs::scales`].
    const SCALES: &'static [Scale] = &[];

    /// Makes a formula from checked arguments.
    ///
    /// # Errors
    /// What is wrong with the combination of arguments.
    fn from_args(args: &Args) -> Result<Self>;

    /// The signed terms of one strand, from the predictions for the two alleles.
    fn terms(&self, reference: f32, alternate: f32) -> [f32; TERMS];

    /// The terms of predictions of which `scale` is known, one of [`SCALES`](Self::SCALES): by default those of
    /// [`terms`](Self::terms), which is what a formula with no more than one scale needs. It is called if `SCALES` is not
    /// empty.
    fn terms_on(&self, scale: Scale, reference: f32, alternate: f32) -> [f32; TERMS] {
        let _ = scale;
        self.terms(reference, alternate)
    }

    /// The score from the (merged) terms: by default the first term.
    fn combine(&self, terms: [f32; TERMS]) -> f32 {
        terms[0]
    }
}

/// The [`Scorer`] made from an [`RcScorer`].
#[derive(Debug, Clone)]
pub struct RcMerged<S, const TERMS: usize = 1> {
    formula: S,
    strands: StrandMerge,
}

impl<const TERMS: usize, S: RcScorer<TERMS>> Scorer for RcMerged<S, TERMS> {
    const NAME: &'static str = S::NAME;
    const DOC: &'static str = S::DOC;
    const ARGS: &'static [ArgSpec] = S::ARGS;
    const PROPERTIES: Properties = any_merging(S::PROPERTIES);

    fn arg_specs() -> Vec<ArgSpec> {
        StrandMerge::arg_specs(S::ARGS)
    }

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self { formula: S::from_args(args)?, strands: StrandMerge::of_args(args)? })
    }

    fn properties(&self) -> Properties {
        self.strands.properties(S::PROPERTIES)
    }

    fn needs(&self) -> Needs {
        Needs::default()
            .with_reference(S::READS_REFERENCE)
            .with_alternate(S::READS_ALTERNATE)
            .with_reverse_complement(true)
            .with_scales(S::SCALES.to_vec())
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
            let scale = if S::SCALES.is_empty() { None } else { alleles.outputs.scale_at(i) };
            let terms_of = |(reference, alternate): (f32, f32)| match scale {
                Some(scale) => self.formula.terms_on(scale, reference, alternate),
                None => self.formula.terms(reference, alternate),
            };
            let terms = match (both_strands, self.strands.of_predictions) {
                (false, _) => terms_of(forward),
                (true, true) => terms_of((
                    self.strands.merging.merge(forward.0, reverse.0),
                    self.strands.merging.merge(forward.1, reverse.1),
                )),
                (true, false) => {
                    let (forward, reverse) = (terms_of(forward), terms_of(reverse));
                    std::array::from_fn(|t| self.strands.merging.merge(forward[t], reverse[t]))
                }
            };
            *out = self.formula.combine(terms);
        }
        Ok(())
    }
}

/// The formula of scores on one strand that read whole rows: distances between vectors or profiles, such as cosine or
/// Jensen-Shannon.
///
/// ```
/// use kipos_plugin_api::{Args, Column, OutputSpecs, RcVector, Result};
///
/// /// The largest change of any task, with its sign.
/// struct Largest;
///
/// impl RcVector for Largest {
///     const NAME: &'static str = "largest";
///     const DOC: &'static str = "the largest change of any task";
///     fn from_args(_: &Args) -> Result<Self> {
///         Ok(Self)
///     }
///     fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
///         vec!["largest".into()]
///     }
///     fn score(&self, reference: &[f32], alternate: &[f32], _: &OutputSpecs, out: &mut [f32]) -> Result<()> {
///         let changes = alternate.iter().zip(reference).map(|(alternate, reference)| alternate - reference);
///         out[0] = changes.fold(0.0, |top: f32, change| if change.abs() > top.abs() { change } else { top });
///         Ok(())
///     }
/// }
/// // exported as `RcMergedVector<Largest>`
/// ```
pub trait RcVector: Sized + Send + Sync + 'static {
    /// The name by which users choose it.
    const NAME: &'static str;
    /// What it computes, in a sentence, with unit or range.
    const DOC: &'static str;
    /// Its own arguments, beside `rc_merging` and `rc_on`.
    const ARGS: &'static [ArgSpec] = &[];
    /// What always holds of it on one strand.
    const PROPERTIES: Properties = Properties::NONE;
    /// Whether it reads whole outputs, position axes included: see [`Needs::whole_outputs`].
    const WHOLE_OUTPUTS: bool = false;
    /// The scales of which it reads numbers, the best first; all of them if it is empty: see [`Needs::scales`].
    const SCALES: &'static [Scale] = &[];

    /// Makes a formula from checked arguments.
    ///
    /// # Errors
    /// What is wrong with the combination of arguments.
    fn from_args(args: &Args) -> Result<Self>;

    /// The scores that it gives, all of them numbers.
    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column>;

    /// The scores of one strand, from the flat rows of the two alleles.
    ///
    /// # Errors
    /// As [`Scorer::score`].
    fn score(&self, reference: &[f32], alternate: &[f32], outputs: &OutputSpecs, out: &mut [f32]) -> Result<()>;
}

/// The [`Scorer`] made from an [`RcVector`].
#[derive(Debug, Clone)]
pub struct RcMergedVector<S> {
    formula: S,
    strands: StrandMerge,
}

impl<S: RcVector> Scorer for RcMergedVector<S> {
    const NAME: &'static str = S::NAME;
    const DOC: &'static str = S::DOC;
    const ARGS: &'static [ArgSpec] = S::ARGS;
    const PROPERTIES: Properties = any_merging(S::PROPERTIES);

    fn arg_specs() -> Vec<ArgSpec> {
        StrandMerge::arg_specs(S::ARGS)
    }

    fn from_args(args: &Args) -> Result<Self> {
        Ok(Self { formula: S::from_args(args)?, strands: StrandMerge::of_args(args)? })
    }

    fn properties(&self) -> Properties {
        self.strands.properties(S::PROPERTIES)
    }

    fn needs(&self) -> Needs {
        Needs::default()
            .with_reverse_complement(true)
            .with_whole_outputs(S::WHOLE_OUTPUTS)
            .with_scales(S::SCALES.to_vec())
    }

    fn columns(&self, outputs: &OutputSpecs) -> Vec<Column> {
        self.formula.columns(outputs)
    }

    fn score(&self, alleles: &Alleles<'_>, out: &mut [f32]) -> Result<()> {
        let Alleles { reference, alternate, outputs, .. } = *alleles;
        let (Some(reference_rc), Some(alternate_rc)) = (alleles.reference_rc, alleles.alternate_rc) else {
            return self.formula.score(reference, alternate, outputs, out);
        };
        if self.strands.of_predictions {
            let merged = |forward: &[f32], reverse: &[f32]| -> Vec<f32> {
                forward
                    .iter()
                    .zip(reverse)
                    .map(|(&forward, &reverse)| self.strands.merging.merge(forward, reverse))
                    .collect()
            };
            let (reference, alternate) = (merged(reference, reference_rc), merged(alternate, alternate_rc));
            return self.formula.score(&reference, &alternate, outputs, out);
        }
        let mut reverse = vec![f32::NAN; out.len()];
        self.formula.score(reference, alternate, outputs, out)?;
        self.formula.score(reference_rc, alternate_rc, outputs, &mut reverse)?;
        for (forward, reverse) in out.iter_mut().zip(reverse) {
            *forward = self.strands.merging.merge(*forward, reverse);
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
        for merging in RcMerging::WORDS.iter().map(|word| RcMerging::parse(word).unwrap()) {
            assert!(merging.merge(f32::NAN, 1.0).is_nan(), "{merging:?}");
            assert!(merging.merge(1.0, f32::NAN).is_nan(), "{merging:?}");
        }
    }

    #[test]
    fn absmax_keeps_the_forward_value_on_a_tie() {
        assert_eq!(RcMerging::AbsMax.merge(0.5, -0.5), 0.5);
        assert_eq!(RcMerging::AbsMax.merge(-0.5, 0.5), -0.5);
    }

    /// The sum of all changes.
    struct Total;

    impl RcVector for Total {
        const NAME: &'static str = "total";
        const DOC: &'static str = "the sum of all changes";
        const PROPERTIES: Properties = Properties::SIGNED;

        fn from_args(_: &Args) -> Result<Self> {
            Ok(Self)
        }

        fn columns(&self, _: &OutputSpecs) -> Vec<Column> {
            vec!["total".into()]
        }

        fn score(&self, reference: &[f32], alternate: &[f32], _: &OutputSpecs, out: &mut [f32]) -> Result<()> {
            out[0] = alternate.iter().sum::<f32>() - reference.iter().sum::<f32>();
            Ok(())
        }
    }

    fn total(merging: &str, on: &str) -> RcMergedVector<Total> {
        let text = |text: &str| crate::Value::String(text.into());
        let map = vec![("rc_merging".into(), text(merging)), ("rc_on".into(), text(on))];
        let specs = RcMergedVector::<Total>::arg_specs();
        RcMergedVector::from_args(&Args::check(&crate::Value::Map(map), &specs).unwrap()).unwrap()
    }

    #[test]
    fn vectors_are_merged_before_or_after_scoring() {
        let outputs = OutputSpecs::default();
        let one = Alleles::new(&[1.0, 1.0], &[2.0, 4.0], &outputs);
        let both = one.with_reference_rc(Some(&[0.0, 5.0])).with_alternate_rc(Some(&[0.0, 0.0]));
        let score = |merging, on, alleles: &Alleles<'_>| {
            let mut out = [f32::NAN];
            total(merging, on).score(alleles, &mut out).unwrap();
            out[0]
        };
        assert_eq!(score("mean", "score", &one), 4.0);
        assert_eq!(score("mean", "score", &both), -0.5);
        assert_eq!(score("absmax", "score", &both), -5.0);
        assert_eq!(score("max", "prediction", &both), 0.0);
    }

    #[test]
    fn the_smaller_of_two_signed_scores_is_not_signed() {
        assert_eq!(total("mean", "score").properties(), Properties::SIGNED);
        assert_eq!(total("min", "score").properties(), Properties::ZERO_IF_EQUAL);
        assert_eq!(total("min", "prediction").properties(), Properties::SIGNED);
        assert_eq!(RcMergedVector::<Total>::PROPERTIES, Properties::ZERO_IF_EQUAL);
    }

    #[test]
    fn unknown_ways_to_merge_are_refused() {
        assert_eq!(
            RcMerging::parse("sum").unwrap_err().message,
            "unknown way `sum` to merge strands (known: min, max, mean, median, absmax)"
        );
    }

    proptest! {
        #[test]
        fn merging_equal_values_changes_nothing(x in -1e30f32..1e30) {
            for word in RcMerging::WORDS {
                prop_assert_eq!(RcMerging::parse(word).unwrap().merge(x, x), x);
            }
        }

        #[test]
        fn merged_values_lie_between_the_strands(f in -1e30f32..1e30, r in -1e30f32..1e30) {
            for word in RcMerging::WORDS {
                let merged = RcMerging::parse(word).unwrap().merge(f, r);
                prop_assert!(f.min(r) <= merged && merged <= f.max(r));
            }
        }
    }
}
