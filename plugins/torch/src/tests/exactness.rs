//! Properties: rows do not depend on each other, nor on threads; gradients are slopes.

use std::thread;

use proptest::prelude::*;

use super::*;

const NETWORKS: [&str; 4] = ["cnn_scripted", "residual_traced", "recurrent_scripted", "twice_traced"];

fn golden_of(file: &str) -> Golden {
    Golden::read(file.rsplit_once('_').unwrap().0)
}

#[test]
fn a_row_does_not_depend_on_its_batch() {
    for file in NETWORKS {
        let golden = golden_of(file);
        let model = golden.model(file, CPU);
        let inputs = golden.inputs();
        let together = predict(&model, &inputs).unwrap();
        let slopes = gradients(&model, &inputs, &sum_of(OUTPUT, &[0])).unwrap();
        for row in 0..inputs[0].shape()[0] {
            let alone: Vec<Tensor> = inputs.iter().map(|input| rows(input, row..row + 1)).collect();
            let found = predict(&model, &alone).unwrap();
            assert_close(&found[0], &rows(&together[0], row..row + 1), 1e-6, file);
            let slope = gradients(&model, &alone, &sum_of(OUTPUT, &[0])).unwrap();
            assert_close(&slope.tensors[0], &rows(&slopes.tensors[0], row..row + 1), 1e-6, file);
        }
    }
}

/// The README's bound, on the network of the example, which has other kernels for other batches.
#[test]
fn a_score_depends_on_the_batch_size_by_a_few_roundings_at_most() {
    let mut described = source(&[("seq", &[200, 4])], &["prob"]);
    described.directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/pytorch");
    let model = load("model.pt", &described, CPU).unwrap();
    let mut state = 1u32;
    let mut bases = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let base = (state >> 24) as usize % 4;
        (0..4).map(move |letter| f32::from(u8::from(letter == base)))
    };
    let all = tensor(&[64, 200, 4], (0..64 * 200).flat_map(&mut bases).collect::<Vec<f32>>());
    let in_batches = |size: usize| -> Vec<f64> {
        let starts = (0..64).step_by(size);
        let batches = starts.map(|start| rows(&all, start..64.min(start + size)));
        batches.flat_map(|batch| numbers(&predict(&model, &[batch]).unwrap()[0])).collect()
    };
    let reference = in_batches(64);
    let largest = reference.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    assert!(largest > 0.1, "{largest}");
    for size in [1, 7, 32] {
        for (found, expected) in in_batches(size).into_iter().zip(&reference) {
            assert!((found - expected).abs() <= 5e-6 * largest, "{found} in batches of {size}, {expected} together");
        }
    }
}

#[test]
fn several_threads_may_ask_one_model_at_once() {
    let golden = golden_of("residual_scripted");
    let model = golden.model("residual_scripted", CPU);
    let inputs = golden.inputs();
    let expected = predict(&model, &inputs).unwrap();
    let slope = gradients(&model, &inputs, &sum_of(named("features"), &[0])).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    assert_eq!(predict(&model, &inputs).unwrap(), expected);
                    assert_eq!(gradients(&model, &inputs, &sum_of(named("features"), &[0])).unwrap(), slope);
                }
            });
        }
    });
}

#[test]
fn a_model_that_keeps_state_runs_one_call_after_the_other() {
    let model = load("counts.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    let x = [tensor(&[2, 4], vec![0.5f32; 8])];
    let expected = predict(&model, &x).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(predict(&model, &x).unwrap(), expected)));
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The gradient of a smooth network predicts how its output moves.
    #[test]
    fn a_gradient_is_a_slope(
        values in prop::collection::vec(-1f32..1.0, 4 * 24),
        direction in prop::collection::vec(-1f32..1.0, 4 * 24),
    ) {
        let golden = golden_of("recurrent_scripted");
        let model = golden.model("recurrent_scripted", CPU);
        let at = |step: f32| -> f64 {
            let moved: Vec<f32> = values.iter().zip(&direction).map(|(x, d)| x + step * d).collect();
            numbers(&predict(&model, &[tensor(&[1, 4, 24], moved)]).unwrap()[0]).iter().sum()
        };
        let slope = gradients(&model, &[tensor(&[1, 4, 24], values.clone())], &sum_of(OUTPUT, &[0])).unwrap();
        let along: f64 = numbers(&slope.tensors[0]).iter().zip(&direction).map(|(g, &d)| g * f64::from(d)).sum();
        let step = 0.01;
        let measured = (at(step) - at(-step)) / (2.0 * f64::from(step));
        prop_assert!((measured - along).abs() < 2e-3 * along.abs().max(0.1), "{measured} instead of {along}");
    }
}
