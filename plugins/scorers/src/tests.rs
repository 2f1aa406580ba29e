//! The scores as the host calls them, against worked numbers and identities.

use kipos_plugin_api::{Alleles, Args, OutputSpec, OutputSpecs, Properties, RcMerging, Result, Scale, Scorer, Value};
use proptest::prelude::*;

use super::*;

/// Both strands' predictions for two tasks.
struct Predictions {
    reference: [f32; 2],
    alternate: [f32; 2],
    reference_rc: [f32; 2],
    alternate_rc: [f32; 2],
}

const WORKED: Predictions =
    Predictions { reference: [0.2, 0.7], alternate: [0.5, 0.6], reference_rc: [0.3, 0.4], alternate_rc: [0.1, 0.8] };

fn score<S: Scorer>(args: &[(&str, Value)], predictions: &Predictions, both_strands: bool) -> Result<[f32; 2]> {
    let map = args.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let scorer = S::from_args(&Args::check(&Value::Map(map), &S::arg_specs())?)?;
    let mut out = [9.0; 2];
    let outputs = OutputSpecs::default();
    let alleles = Alleles::new(&predictions.reference, &predictions.alternate, &outputs)
        .with_reference_rc(both_strands.then_some(&predictions.reference_rc[..]))
        .with_alternate_rc(both_strands.then_some(&predictions.alternate_rc[..]));
    scorer.score(&alleles, &mut out)?;
    Ok(out)
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn close(found: f32, expected: f32) -> bool {
    (found - expected).abs() <= 2e-6 || found == expected || (found.is_nan() && expected.is_nan())
}

/// One row of the worked example: forward only, min, max, mean and median, absmax.
fn check_row<S: Scorer>(forward: [f32; 2], min: [f32; 2], max: [f32; 2], mean: [f32; 2], absmax: [f32; 2]) {
    let found = score::<S>(&[], &WORKED, false).unwrap();
    assert!((0..2).all(|task| close(found[task], forward[task])), "{} forward: {found:?}", S::NAME);
    let rows = [("min", min), ("max", max), ("mean", mean), ("median", mean), ("absmax", absmax)];
    for (merging, expected) in rows {
        let found = score::<S>(&[("rc_merging", text(merging))], &WORKED, true).unwrap();
        assert!((0..2).all(|task| close(found[task], expected[task])), "{} {merging}: {found:?}", S::NAME);
    }
    assert_eq!(
        score::<S>(&[], &WORKED, true).unwrap(),
        score::<S>(&[("rc_merging", text("mean"))], &WORKED, true).unwrap()
    );
}

#[test]
fn the_worked_example() {
    check_row::<RcMerged<Diff>>([0.3, -0.1], [-0.2, -0.1], [0.3, 0.4], [0.05, 0.15], [0.3, 0.4]);
    check_row::<RcMerged<Ref>>([0.2, 0.7], [0.2, 0.4], [0.3, 0.7], [0.25, 0.55], [0.3, 0.7]);
    check_row::<RcMerged<Alt>>([0.5, 0.6], [0.1, 0.6], [0.5, 0.8], [0.3, 0.7], [0.5, 0.8]);
    check_row::<RcMerged<Logit>>(
        [1.386_294_4, -0.441_832_75],
        [-1.349_926_7, -0.441_832_75],
        [1.386_294_4, 1.791_759_5],
        [0.018_183_82, 0.674_963_36],
        [1.386_294_4, 1.791_759_5],
    );
    check_row::<RcMerged<LogitRef>>(
        [-1.386_294_4, 0.847_297_86],
        [-1.386_294_4, -0.405_465_1],
        [-0.847_297_86, 0.847_297_86],
        [-1.116_796_1, 0.220_916_38],
        [-1.386_294_4, 0.847_297_86],
    );
    check_row::<RcMerged<LogitAlt>>(
        [0.0, 0.405_465_1],
        [-2.197_224_6, 0.405_465_1],
        [0.0, 1.386_294_4],
        [-1.098_612_3, 0.895_879_73],
        [-2.197_224_6, 1.386_294_4],
    );
    check_row::<RcMerged<DeepSeaEffect, 2>>(
        [0.415_888_3, 0.044_183_28],
        [0.269_985_34, 0.044_183_28],
        [0.415_888_3, 0.716_703_8],
        [0.000_909_19, 0.101_244_5],
        [0.415_888_3, 0.716_703_8],
    );
}

#[test]
fn probabilities_of_zero_and_one_stay_what_they_are() {
    let cases = [
        (0.0, 0.5, f32::INFINITY, f32::INFINITY),
        (1.0, 0.5, f32::NEG_INFINITY, f32::INFINITY),
        (0.0, 0.0, f32::NAN, f32::NAN),
        (1.0, 1.0, f32::NAN, f32::NAN),
        (0.0, 1.0, f32::INFINITY, f32::INFINITY),
    ];
    for (reference, alternate, logit, effect) in cases {
        let predictions = Predictions { reference: [reference; 2], alternate: [alternate; 2], ..WORKED };
        let found = score::<RcMerged<Logit>>(&[], &predictions, false).unwrap()[0];
        assert!(close(found, logit), "logit of {reference}, {alternate}: {found}");
        let found = score::<RcMerged<DeepSeaEffect, 2>>(&[], &predictions, false).unwrap()[0];
        assert!(close(found, effect), "deepsea_effect of {reference}, {alternate}: {found}");
    }
}

#[test]
fn an_epsilon_keeps_log_odds_finite() {
    let certain = Predictions { reference: [0.0; 2], alternate: [1.0; 2], ..WORKED };
    let found = score::<RcMerged<Logit>>(&[("epsilon", Value::Float(0.1))], &certain, false).unwrap()[0];
    assert!(close(found, 2.0 * 9f32.ln()), "{found}");
    for epsilon in [0.0, 0.5, -1.0, f64::NAN] {
        let error = score::<RcMerged<Logit>>(&[("epsilon", Value::Float(epsilon))], &certain, false).unwrap_err();
        assert!(error.message.starts_with("`epsilon` must be between 0 and 0.5, found "), "{error}");
    }
    let smallest = score::<RcMerged<Logit>>(&[("epsilon", Value::Float(3e-8))], &certain, false).unwrap()[0];
    assert!(smallest.is_finite(), "{smallest}");
    for epsilon in [2e-8, 1e-60] {
        let error = score::<RcMerged<Logit>>(&[("epsilon", Value::Float(epsilon))], &certain, false).unwrap_err();
        assert!(error.message.contains("too small for 32-bit arithmetic"), "{error}");
    }
}

#[test]
fn a_score_of_one_allele_needs_no_other() {
    fn check<S: Scorer>(reads_reference: bool, expected: [f32; 2]) {
        let scorer = S::from_args(&Args::check(&Value::Null, &S::arg_specs()).unwrap()).unwrap();
        let needs = scorer.needs();
        assert_eq!((needs.reference, needs.alternate), (reads_reference, !reads_reference), "{}", S::NAME);
        let outputs = OutputSpecs::default();
        let nothing = Alleles::new(&[], &[], &outputs);
        let alleles = if reads_reference {
            nothing.with_reference(&WORKED.reference).with_reference_rc(Some(&WORKED.reference_rc))
        } else {
            nothing.with_alternate(&WORKED.alternate).with_alternate_rc(Some(&WORKED.alternate_rc))
        };
        let mut out = [9.0; 2];
        scorer.score(&alleles, &mut out).unwrap();
        assert!((0..2).all(|task| close(out[task], expected[task])), "{}: {out:?}", S::NAME);
    }
    check::<RcMerged<Ref>>(true, [0.25, 0.55]);
    check::<RcMerged<Alt>>(false, [0.3, 0.7]);
    check::<RcMerged<LogitRef>>(true, [-1.116_796_1, 0.220_916_38]);
    check::<RcMerged<LogitAlt>>(false, [-1.098_612_3, 0.895_879_73]);
}

#[test]
fn predictions_can_be_merged_before_scoring() {
    let on_prediction = [("rc_on", text("prediction"))];
    let found = score::<RcMerged<Logit>>(&on_prediction, &WORKED, true).unwrap()[0];
    let odds = |p: f32| (p / (1.0 - p)).ln();
    assert!(close(found, odds(0.3) - odds(0.25)), "{found}");
    // With one strand there is nothing to merge.
    assert_eq!(
        score::<RcMerged<Logit>>(&on_prediction, &WORKED, false).unwrap(),
        score::<RcMerged<Logit>>(&[], &WORKED, false).unwrap()
    );
}

#[test]
fn fold_changes_are_doublings() {
    let found = score::<RcMerged<Log2Fc>>(&[("pseudocount", Value::Int(1))], &WORKED, false).unwrap();
    assert!(close(found[0], (1.5f32 / 1.2).log2()), "{found:?}");
    let merged = score::<RcMerged<Log2Fc>>(&[("rc_merging", text("absmax"))], &WORKED, true).unwrap();
    assert!(close(merged[0], (0.1f32 / 0.3).log2()), "{merged:?}");
    let error = score::<RcMerged<Log2Fc>>(&[("pseudocount", Value::Int(-1))], &WORKED, false).unwrap_err();
    assert_eq!(error.message, "`pseudocount` must not be negative, found -1");
}

#[test]
fn a_fold_change_of_negative_predictions_has_no_value() {
    // Two negative numbers have a positive ratio.
    for (reference, alternate) in [(-1.691_08, -1.724_15), (-1.0, 2.0), (2.0, -1.0), (f32::NAN, 1.0)] {
        let predictions = Predictions { reference: [reference; 2], alternate: [alternate; 2], ..WORKED };
        let found = score::<RcMerged<Log2Fc>>(&[], &predictions, false).unwrap();
        assert!(found[0].is_nan(), "{reference}, {alternate}: {found:?}");
        // One strand without a value leaves none, however the two are merged.
        for merging in ["min", "max", "mean", "median", "absmax"] {
            let found = score::<RcMerged<Log2Fc>>(&[("rc_merging", text(merging))], &predictions, true).unwrap();
            let swapped = Predictions {
                reference: predictions.reference_rc,
                alternate: predictions.alternate_rc,
                reference_rc: predictions.reference,
                alternate_rc: predictions.alternate,
            };
            let other = score::<RcMerged<Log2Fc>>(&[("rc_merging", text(merging))], &swapped, true).unwrap();
            assert!(found[0].is_nan() && other[0].is_nan(), "{merging}: {found:?} {other:?}");
        }
    }
    let zeros = Predictions { reference: [0.0, 4.0], alternate: [4.0, 0.0], ..WORKED };
    assert_eq!(score::<RcMerged<Log2Fc>>(&[], &zeros, false).unwrap(), [f32::INFINITY, f32::NEG_INFINITY]);
    // What the pseudocount makes positive has a logarithm.
    let found = score::<RcMerged<Log2Fc>>(
        &[("pseudocount", Value::Int(3))],
        &Predictions { reference: [-1.0; 2], alternate: [-2.0; 2], ..WORKED },
        false,
    );
    assert_eq!(found.unwrap(), [-1.0; 2]);
}

#[test]
fn fold_changes_of_extreme_counts_stay_finite() {
    // The ratio of these is beyond single precision.
    let predictions = Predictions { reference: [1e-30; 2], alternate: [1e30; 2], ..WORKED };
    let found = score::<RcMerged<Log2Fc>>(&[], &predictions, false).unwrap()[0];
    assert!((found - 199.315_69).abs() < 1e-4, "{found}");
}

#[test]
fn unknown_arguments_list_the_known() {
    let error = score::<RcMerged<Logit>>(&[("rc_merge", text("max"))], &WORKED, true).unwrap_err();
    assert_eq!(error.message, "unknown argument `rc_merge` (known: rc_merging, rc_on, epsilon)");
    let error = score::<RcMerged<Diff>>(&[("rc_merging", text("sum"))], &WORKED, true).unwrap_err();
    assert_eq!(error.message, "argument `rc_merging` must be one of min, max, mean, median, absmax, found \"sum\"");
}

prop_compose! {
    fn predictions()(values in prop::array::uniform8(0.001f32..0.999)) -> Predictions {
        let [a, b, c, d, e, f, g, h] = values;
        Predictions { reference: [a, b], alternate: [c, d], reference_rc: [e, f], alternate_rc: [g, h] }
    }
}

/// Tests the properties that a score declares, on one strand and on both.
fn holds<S: Scorer>(args: &[(&str, Value)], p: &Predictions) -> Result<(), TestCaseError> {
    let map = args.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let scorer = S::from_args(&Args::check(&Value::Map(map), &S::arg_specs()).unwrap()).unwrap();
    let properties = scorer.properties();
    // What is said of every scorer of the kind is said of this one.
    prop_assert!(!S::PROPERTIES.zero_if_equal || properties.zero_if_equal, "{}", S::NAME);
    prop_assert!(!S::PROPERTIES.antisymmetric || properties.antisymmetric, "{}", S::NAME);
    for both_strands in [false, true] {
        let score = |p: &Predictions| score::<S>(args, p, both_strands).unwrap();
        if properties.zero_if_equal {
            let equal = Predictions { alternate: p.reference, alternate_rc: p.reference_rc, ..*p };
            prop_assert_eq!(score(&equal), [0.0; 2], "{}", S::NAME);
        }
        if properties.antisymmetric {
            let swapped = Predictions {
                reference: p.alternate,
                alternate: p.reference,
                reference_rc: p.alternate_rc,
                alternate_rc: p.reference_rc,
            };
            let (found, other) = (score(p), score(&swapped));
            for task in 0..2 {
                prop_assert_eq!(found[task], -other[task], "{} {:?}", S::NAME, args);
            }
        }
    }
    Ok(())
}

#[test]
fn comparisons_say_that_they_are_some() {
    assert_eq!(RcMerged::<Diff>::from_args(&Args::default()).unwrap().properties(), Properties::SIGNED);
    assert_eq!(RcMerged::<Diff>::PROPERTIES, Properties::ZERO_IF_EQUAL);
    assert_eq!(RcMerged::<Ref>::PROPERTIES, Properties::NONE);
}

impl std::fmt::Debug for Predictions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {:?} {:?} {:?}", self.reference, self.alternate, self.reference_rc, self.alternate_rc)
    }
}

proptest! {
    #[test]
    fn log_odds_of_what_is_no_probability_have_no_value(
        outside in prop_oneof![-1e30f32..-1e-6, 1.000_001f32..1e30],
        inside in 0.0f32..=1.0,
        epsilon in prop::option::of(0.01f64..0.4),
    ) {
        let args: Vec<_> = epsilon.map(|epsilon| ("epsilon", Value::Float(epsilon))).into_iter().collect();
        for (reference, alternate) in [(outside, inside), (inside, outside), (outside, outside)] {
            let p = Predictions { reference: [reference; 2], alternate: [alternate; 2], ..WORKED };
            prop_assert!(score::<RcMerged<Logit>>(&args, &p, false).unwrap()[0].is_nan());
            prop_assert!(score::<RcMerged<DeepSeaEffect, 2>>(&args, &p, false).unwrap()[0].is_nan());
            prop_assert_eq!(score::<RcMerged<LogitRef>>(&args, &p, false).unwrap()[0].is_nan(), reference == outside);
            prop_assert_eq!(score::<RcMerged<LogitAlt>>(&args, &p, false).unwrap()[0].is_nan(), alternate == outside);
        }
    }

    #[test]
    fn what_is_declared_always_holds(p in predictions(), merging in prop::sample::select(RcMerging::WORDS), on in prop::sample::select(vec!["score", "prediction"])) {
        let args = [("rc_merging", text(merging)), ("rc_on", text(on))];
        holds::<RcMerged<Ref>>(&args, &p)?;
        holds::<RcMerged<Alt>>(&args, &p)?;
        holds::<RcMerged<Diff>>(&args, &p)?;
        holds::<RcMerged<Logit>>(&args, &p)?;
        holds::<RcMerged<LogitRef>>(&args, &p)?;
        holds::<RcMerged<LogitAlt>>(&args, &p)?;
        holds::<RcMerged<DeepSeaEffect, 2>>(&args, &p)?;
        holds::<RcMerged<Log2Fc>>(&args, &p)?;
    }

    #[test]
    fn the_log_odds_ratio_is_the_difference_of_log_odds(p in predictions()) {
        let logit = score::<RcMerged<Logit>>(&[], &p, false).unwrap();
        let reference = score::<RcMerged<LogitRef>>(&[], &p, false).unwrap();
        let alternate = score::<RcMerged<LogitAlt>>(&[], &p, false).unwrap();
        for task in 0..2 {
            prop_assert_eq!(logit[task], alternate[task] - reference[task]);
        }
    }

    #[test]
    fn strands_are_equals(p in predictions(), merging in prop::sample::select(vec!["min", "max", "mean", "median"])) {
        let swapped = Predictions {
            reference: p.reference_rc, alternate: p.alternate_rc, reference_rc: p.reference, alternate_rc: p.alternate,
        };
        let args = [("rc_merging", text(merging))];
        for score in [
            score::<RcMerged<Ref>>,
            score::<RcMerged<Alt>>,
            score::<RcMerged<Diff>>,
            score::<RcMerged<Logit>>,
            score::<RcMerged<LogitRef>>,
            score::<RcMerged<LogitAlt>>,
            score::<RcMerged<DeepSeaEffect, 2>>,
            score::<RcMerged<Log2Fc>>,
        ] {
            prop_assert_eq!(score(&args, &p, true).unwrap(), score(&args, &swapped, true).unwrap());
        }
    }
}

/// The scores of two tasks whose numbers are on a scale.
fn score_on<S: Scorer>(scale: Scale, args: &[(&str, Value)], [reference, alternate]: [[f32; 2]; 2]) -> [f32; 2] {
    let map = args.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let scorer = S::from_args(&Args::check(&Value::Map(map), &S::arg_specs()).unwrap()).unwrap();
    let output = OutputSpec::new("y", vec![2]).with_tasks(vec!["a".into(), "b".into()]).with_scale(Some(scale));
    let (outputs, mut out) = (OutputSpecs(vec![output]), [9.0; 2]);
    scorer.score(&Alleles::new(&reference, &alternate, &outputs), &mut out).unwrap();
    out
}

#[test]
fn logits_are_taken_over_to_the_last_bit() {
    // The probabilities of both alleles round to 1, so that nothing could be told from them.
    let logits = [[20.0f32, -3.0], [21.5, 0.25]];
    assert_eq!(score_on::<RcMerged<Logit>>(Scale::Logit, &[], logits), [1.5, 3.25]);
    assert_eq!(score_on::<RcMerged<LogitRef>>(Scale::Logit, &[], logits), logits[0]);
    assert_eq!(score_on::<RcMerged<LogitAlt>>(Scale::Logit, &[], logits), logits[1]);
    // 1 / (1 + e^-x) of -3 and of 0.25.
    let difference = 0.562_176_5 - 0.047_425_874;
    let effect = score_on::<RcMerged<DeepSeaEffect, 2>>(Scale::Logit, &[], logits)[1];
    assert!(close(effect, 3.25 * difference), "{effect}");
}

#[test]
fn an_epsilon_bounds_logits_too() {
    let epsilon = [("epsilon", Value::Float(0.01))];
    // ln(0.99 / 0.01)
    let [high, middle] = score_on::<RcMerged<LogitAlt>>(Scale::Logit, &epsilon, [[0.0; 2], [f32::INFINITY, 2.5]]);
    assert!(close(high, 4.595_12) && middle == 2.5, "{high}, {middle}");
    let [low, nan] = score_on::<RcMerged<LogitRef>>(Scale::Logit, &epsilon, [[-9.0, f32::NAN], [0.0; 2]]);
    assert!(close(low, -4.595_12) && nan.is_nan(), "{low}, {nan}");
}

#[test]
fn probabilities_that_are_declared_are_read_as_if_they_were_not() {
    let numbers = [WORKED.reference, WORKED.alternate];
    let declared = score_on::<RcMerged<DeepSeaEffect, 2>>(Scale::Probability, &[], numbers);
    assert_eq!(declared, score::<RcMerged<DeepSeaEffect, 2>>(&[], &WORKED, false).unwrap());
    let declared = score_on::<RcMerged<Logit>>(Scale::Probability, &[], numbers);
    assert_eq!(declared, score::<RcMerged<Logit>>(&[], &WORKED, false).unwrap());
}

#[test]
fn scores_say_which_scales_they_read() {
    fn scales<S: Scorer>() -> Vec<Scale> {
        let scorer = S::from_args(&Args::check(&Value::Map(Vec::new()), &S::arg_specs()).unwrap()).unwrap();
        scorer.needs().scales
    }
    let (odds, none) = ([Scale::Probability, Scale::Logit], Vec::<Scale>::new());
    assert_eq!(
        (scales::<RcMerged<Ref>>(), scales::<RcMerged<Alt>>(), scales::<RcMerged<Diff>>()),
        (none.clone(), none.clone(), none)
    );
    assert_eq!(scales::<RcMerged<Logit>>(), odds);
    assert_eq!(scales::<RcMerged<LogitRef>>(), odds);
    assert_eq!(scales::<RcMerged<LogitAlt>>(), odds);
    assert_eq!(scales::<RcMerged<DeepSeaEffect, 2>>(), odds);
    assert_eq!(scales::<RcMerged<Log2Fc>>(), [Scale::Counts]);
}
