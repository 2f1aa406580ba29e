//! Natural scales: numbers as probabilities or counts, whatever scale a model gives them in.

use kipos_plugin_api::Scale;

/// What numbers on a scale are naturally: logits are of probabilities, logarithms are of counts. The logits of a profile
/// have no natural number each, only all of its positions together have; they stay what they are.
pub(crate) fn natural_scale(scale: Scale) -> Scale {
    match scale {
        Scale::Probability | Scale::Logit => Scale::Probability,
        Scale::Counts | Scale::Log | Scale::Log1p | Scale::Log2 => Scale::Counts,
        other => other,
    }
}

/// Whether every number on one scale has one on the other.
pub(crate) fn is_convertible(from: Scale, to: Scale) -> bool {
    natural_scale(from) == natural_scale(to)
}

/// Makes numbers on one scale numbers on the other, between which [`is_convertible`] holds: computed in double precision,
/// rounded once. NaN stays NaN; negative counts, and probabilities outside of 0 to 1, are NaN on a scale of logarithms.
pub(crate) fn rescale(from: Scale, to: Scale, values: &mut [f32]) {
    if from == to {
        return;
    }
    for value in values {
        *value = value_on_scale(to, natural_value(from, f64::from(*value))) as f32;
    }
}

/// The natural number of a number on a scale: `1 / (1 + exp(-x))` of a logit, `exp(x)`, `exp(x) - 1` and `2^x` of
/// logarithms.
pub(crate) fn natural_value(scale: Scale, value: f64) -> f64 {
    match scale {
        // Of the two forms, the one whose exponential does not overflow.
        Scale::Logit if value >= 0.0 => 1.0 / (1.0 + (-value).exp()),
        Scale::Logit => value.exp() / (1.0 + value.exp()),
        Scale::Log => value.exp(),
        Scale::Log1p => value.exp_m1(),
        Scale::Log2 => value.exp2(),
        _ => value,
    }
}

/// The number on a scale of a natural number: the inverse of [`natural_value`].
pub(crate) fn value_on_scale(scale: Scale, natural: f64) -> f64 {
    match scale {
        Scale::Logit => natural.ln() - (-natural).ln_1p(),
        Scale::Log => natural.ln(),
        Scale::Log1p => natural.ln_1p(),
        Scale::Log2 => natural.log2(),
        _ => natural,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn natural(scale: Scale, values: &[f32]) -> Vec<f32> {
        let mut values = values.to_vec();
        rescale(scale, natural_scale(scale), &mut values);
        values
    }

    #[test]
    fn numbers_become_natural_by_the_formula_of_their_scale() {
        assert_eq!(natural(Scale::Probability, &[0.25, 2.0]), [0.25, 2.0]);
        assert_eq!(natural(Scale::Counts, &[-1.0, 7.5]), [-1.0, 7.5]);
        assert_eq!(natural(Scale::ProfileLogits, &[-1.0, 7.5]), [-1.0, 7.5]);
        assert_eq!(natural(Scale::Log2, &[-1.0, 0.0, 3.0]), [0.5, 1.0, 8.0]);
        assert_eq!(natural(Scale::Log, &[0.0, 1.0]), [1.0, std::f32::consts::E]);
        assert_eq!(natural(Scale::Log1p, &[0.0, 1e-10]), [0.0, 1e-10]);
        // ln 3 are the odds of 3 to 1.
        assert_eq!(natural(Scale::Logit, &[0.0, 3f32.ln(), -(3f32.ln())]), [0.5, 0.75, 0.25]);
    }

    #[test]
    fn what_is_far_out_stays_a_probability() {
        assert_eq!(natural(Scale::Logit, &[1000.0, -1000.0, f32::INFINITY, f32::NEG_INFINITY]), [1.0, 0.0, 1.0, 0.0]);
        assert!(Scale::ALL.into_iter().all(|scale| natural(scale, &[f32::NAN])[0].is_nan()));
        let mut impossible = [-0.5, 1.5];
        rescale(Scale::Probability, Scale::Logit, &mut impossible);
        assert!(impossible.iter().all(|value| value.is_nan()));
    }

    #[test]
    fn scales_are_convertible_within_probabilities_and_within_counts() {
        let convertible = |from| Scale::ALL.into_iter().filter(move |&to| is_convertible(from, to)).collect::<Vec<_>>();
        assert_eq!(convertible(Scale::Logit), [Scale::Probability, Scale::Logit]);
        assert_eq!(convertible(Scale::Log2), [Scale::Counts, Scale::Log, Scale::Log1p, Scale::Log2]);
        assert_eq!(convertible(Scale::ProfileLogits), [Scale::ProfileLogits]);
    }

    proptest! {
        #[test]
        fn the_way_back_leads_to_the_same_number(value in -8f64..8.0) {
            for scale in Scale::ALL {
                let back = value_on_scale(scale, natural_value(scale, value));
                prop_assert!((back - value).abs() < 1e-9, "{scale}: {value} became {back}");
            }
        }

        #[test]
        fn rescaling_is_both_ways_in_one(value in -8f32..8.0) {
            for scale in [Scale::Log, Scale::Log1p, Scale::Log2] {
                let mut values = [value.abs()];
                rescale(scale, Scale::Log2, &mut values);
                let expected = natural_value(scale, f64::from(value.abs())).log2();
                prop_assert_eq!(values[0], if scale == Scale::Log2 { value.abs() } else { expected as f32 });
            }
        }
    }
}
