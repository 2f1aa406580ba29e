//! Edits of which only some positions of an output are read, and rows that overlap: what is read has the same bits.

use kipos_plugin_api::{EditedOutputs, OutputSpan, RowPlace};

use super::*;

/// How many random networks there are.
const NETWORKS: u64 = 200;

/// Numbers that follow no pattern, each below its bound.
struct Choice(u64);

impl Choice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

fn numbers(outputs: &EditedOutputs) -> [&[f32]; 2] {
    [&outputs.reference, &outputs.edited].map(|tensors| tensors[0].view().as_f32().unwrap())
}

/// Asserts that elements of which `is_read` says so have the same bits.
fn check_same(expected: &EditedOutputs, found: &EditedOutputs, is_read: impl Fn(usize) -> bool, what: &str) {
    for (expected_all, found_all) in numbers(expected).into_iter().zip(numbers(found)) {
        assert_eq!(expected_all.len(), found_all.len());
        let width = expected.reference[0].shape()[1..].iter().product::<usize>();
        for (at, (a, b)) in expected_all.iter().zip(found_all).enumerate() {
            let (row, element) = (at / width, at % width);
            assert!(!is_read(element) || a.to_bits() == b.to_bits(), "{what}: {a} is {b} at {element} of row {row}");
        }
    }
}

/// The positions of the output of a plan, if it has several: their distance and number.
fn positions(evaluator: &EditEvaluator) -> Option<(usize, usize)> {
    let plan = evaluator.plan();
    let port = &plan.outputs[0];
    let length = plan.tensors[port.tensor].length;
    (length > 1).then_some((port.places.position, length))
}

/// Rows of a sequence, from `starts` on.
fn rows_of(sequence: &Tensor, length: usize, starts: &[usize]) -> Tensor {
    let all = sequence.view().as_f32().unwrap();
    let total = all.len() / 4;
    let mut data: Vec<f32> = Vec::with_capacity(starts.len() * 4 * length);
    for &start in starts {
        (0..4).for_each(|letter| data.extend(&all[letter * total + start..][..length]));
    }
    tensor(&[starts.len(), 4, length], data)
}

/// Windows of a longer sequence, and edits of them.
fn overlapping(length: usize, choice: &mut Choice) -> (Tensor, Edits, Vec<Option<RowPlace>>) {
    let axes = axes(0, 1, 0);
    let sequence = one_hot(1, &[4, 4 * length], axes, choice.below(1 << 20) as u64);
    // In no order, some several times, and of the last nobody knows where it is.
    let starts: Vec<usize> = (0..7).map(|_| choice.below(length / 2)).collect();
    let input = rows_of(&sequence, length, &starts);
    let place = |&start: &usize| Some(RowPlace { line: 3, start: start as i64 - 20 });
    let mut places: Vec<Option<RowPlace>> = starts.iter().map(place).collect();
    places[2] = places[2].map(|place| RowPlace { line: 1, ..place });
    places.pop();
    let mut edits = Edits::new(vec![], vec![], vec![], vec![axes]);
    for row in 0..starts.len() {
        for _ in 0..4 {
            let (position, channel) = (choice.below(length), Some(choice.below(4)));
            edits.substitutions.push(Substitution { input: 0, position, channel });
            edits.sources.push(row);
            edits.ends.push(edits.substitutions.len());
        }
    }
    (input, edits, places)
}

#[test]
fn cells_that_are_read_do_not_depend_on_what_else_is() {
    let (mut with_positions, mut sharing) = (0, 0);
    for seed in 0..NETWORKS {
        let mut choice = Choice(seed * 77 + 1);
        let (layers, length) = (1 + choice.below(5), 24 + choice.below(40));
        let made = if seed % 2 == 0 { networks::random } else { networks::alike };
        let network = made(layers, length, seed * 31_337 + 5);
        let what = format!("network {seed}: {}", network.what.join(", "));
        let model = built_of(22, &[4, length], element::F32, network.nodes, network.weights);
        let (shape, axes) = ([4, length], axes(0, 1, 0));
        let evaluator = evaluator(&model, &shape, axes);
        let Some((stride, count)) = positions(&evaluator) else { continue };
        with_positions += 1;
        let (input, edits) = (one_hot(2, &shape, axes, seed), every_edit(&[(0, axes, &shape)], 2));
        let all = evaluator.predict(&[input.view()], &edits, 1).unwrap();
        let (overlapping, their_edits, places) = overlapping(length, &mut choice);
        let apart = evaluator.predict(&[overlapping.view()], &their_edits, 1).unwrap();
        for _ in 0..4 {
            let start = choice.below(count);
            let span = OutputSpan::new(0, stride, count, start..(start + choice.below(9)).min(count));
            let part = evaluator.predict(&[input.view()], &edits.clone().with_reads(vec![span]), 2).unwrap();
            check_same(&all, &part, |element| span.holds(element), &what);
            let read = span.start..span.end;
            let cone = evaluator.plan().cone(std::slice::from_ref(&read));
            sharing += usize::from(span.start < span.end && evaluator.plan().is_the_same_elsewhere(&cone));
            let together = their_edits.clone().with_reads(vec![span]).with_places(places.clone());
            let together = evaluator.predict(&[overlapping.view()], &together, 1).unwrap();
            check_same(&apart, &together, |element| span.holds(element), &what);
        }
    }
    assert!(
        with_positions > 100 && sharing > 50,
        "{with_positions} networks have positions, in {sharing} cones rows share"
    );
}

fn splice() -> OnnxModel {
    load_with(models().join("splice"), "model.onnx", &["seq"], &["prob"], Device::Cpu).unwrap()
}

#[test]
fn every_edit_of_a_network_that_crops_is_that_of_the_engine() {
    check(&splice(), &[4, 101], axes(0, 1, 0), 2, "splice");
}

/// All rows of a stretch see the same, as no output reads beyond the ends of its row; so they share all that overlaps.
#[test]
fn rows_of_a_stretch_have_the_bits_that_they_have_alone() {
    let model = splice();
    let (length, mut choice) = (101, Choice(5));
    let evaluator = evaluator(&model, &[4, length], axes(0, 1, 0));
    let cone = evaluator.plan().cone(&evaluator.plan().whole_outputs());
    assert!(evaluator.plan().is_the_same_elsewhere(&cone));
    let (input, edits, places) = overlapping(length, &mut choice);
    let apart = evaluator.predict(&[input.view()], &edits, 1).unwrap();
    for threads in [1, 2, 5] {
        let together = edits.clone().with_places(places.clone());
        check_same(&apart, &evaluator.predict(&[input.view()], &together, threads).unwrap(), |_| true, "splice");
    }
    for (stride, start, end) in [(1, 0, 1), (1, 20, 21), (1, 7, 15)] {
        let span = OutputSpan::new(0, stride, 21, start..end);
        let together = edits.clone().with_places(places.clone()).with_reads(vec![span]);
        let found = evaluator.predict(&[input.view()], &together, 1).unwrap();
        check_same(&apart, &found, |element| span.holds(element), "splice");
    }
}

#[test]
fn spans_that_do_not_fit_are_refused() {
    let model = splice();
    let evaluator = evaluator(&model, &[4, 101], axes(0, 1, 0));
    let input = one_hot(1, &[4, 101], axes(0, 1, 0), 3);
    for (output, stride, length, read) in [(1, 1, 21, 0..1), (0, 0, 21, 0..1), (0, 1, 20, 0..1), (0, 1, 21, 20..22)] {
        let edits = Edits::default().with_reads(vec![OutputSpan::new(output, stride, length, read)]);
        let error = evaluator.predict(&[input.view()], &edits, 1).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::SHAPE, "spans name outputs or positions that are not there")
        );
    }
    // Positions that the plan does not know as such are read like all others.
    let all = evaluator.predict(&[input.view()], &Edits::default(), 1).unwrap();
    let edits = Edits::default().with_reads(vec![OutputSpan::new(0, 21, 3, 0..1)]);
    check_same(&all, &evaluator.predict(&[input.view()], &edits, 1).unwrap(), |_| true, "splice");
}
