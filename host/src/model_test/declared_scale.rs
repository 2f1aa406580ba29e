//! Whether predictions can be on the scale that model.yaml says they are on.

use kipos_plugin_api::{OutputSpec, OutputSpecs, Scale};

use super::comparison::place;

/// Whether a number cannot be on a scale.
type IsImpossible = fn(f64) -> bool;

/// What numbers on a scale cannot be, in words, and whether a number is that.
fn impossible(scale: Scale) -> Option<(&'static str, IsImpossible)> {
    match scale {
        Scale::Probability => Some(("outside of 0 to 1", |value| !(0.0..=1.0).contains(&value) && !value.is_nan())),
        // The logarithm of a count plus one is below 0 only if the count is.
        Scale::Counts | Scale::Log1p => Some(("negative", |value| value < 0.0)),
        _ => None,
    }
}

/// What there is to say of predictions that contradict the declared scales, one line for each output that has any.
pub(super) fn contradictions(outputs: &OutputSpecs, values: &[Vec<f64>]) -> Vec<String> {
    outputs.0.iter().zip(values).filter_map(|(output, values)| contradiction(output, values)).collect()
}

fn contradiction(output: &OutputSpec, values: &[f64]) -> Option<String> {
    let scale = output.scale?;
    let (words, is_impossible) = impossible(scale)?;
    let mut wrong = values.iter().enumerate().filter(|(_, value)| is_impossible(**value)).peekable();
    let &(index, value) = wrong.peek()?;
    let (sample, element) = (index / output.len().max(1), index % output.len().max(1));
    Some(format!(
        "{} of {} predictions of output `{}` are {words}, the first {value} in {} of sample {sample}, but \
         `kipos.outputs.{}.scale` in model.yaml says {scale}",
        wrong.count(),
        values.len(),
        output.name,
        place(output, element),
        output.name,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(scale: Scale, values: &[f64]) -> Vec<String> {
        let output = OutputSpec::new("y", vec![2]).with_tasks(vec!["a".into(), "b".into()]).with_scale(Some(scale));
        contradictions(&OutputSpecs(vec![output]), &[values.to_vec()])
    }

    #[test]
    fn what_no_number_of_the_scale_can_be_is_counted() {
        insta::assert_snapshot!(told(Scale::Probability, &[0.0, 1.0, 0.5, 1.25, -0.1, f64::NAN])[0], @"2 of 6 predictions of output `y` are outside of 0 to 1, the first 1.25 in task `b` of sample 1, but `kipos.outputs.y.scale` in model.yaml says probability");
        insta::assert_snapshot!(told(Scale::Counts, &[3.0, -2.0])[0], @"1 of 2 predictions of output `y` are negative, the first -2 in task `b` of sample 0, but `kipos.outputs.y.scale` in model.yaml says counts");
        assert_eq!(told(Scale::Log1p, &[-0.5, 3.0]).len(), 1);
    }

    #[test]
    fn what_can_be_is_not_told() {
        assert_eq!(told(Scale::Probability, &[0.0, 1.0, 0.5, f64::NAN]), [""; 0]);
        assert_eq!(told(Scale::Counts, &[0.0, 1e9]), [""; 0]);
        for scale in [Scale::Logit, Scale::Log, Scale::Log2, Scale::ProfileLogits] {
            assert_eq!(told(scale, &[-1e9, 1e9]), [""; 0], "{scale}");
        }
    }
}
