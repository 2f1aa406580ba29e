//! How exact edits have to be: within 1e-5 of the largest output of what the engine gives for a row of its own; an edit that
//! is not must be at most as far from a float64 evaluation as the engine is, and there may be few of these.

use kipos_onnx_graph::tensor::Constant;
use kipos_plugin_api::{DataView, EditedOutputs, Edits, Tensor, TensorView};

use super::float64::{Array, evaluate};
use crate::edits::materialised;
use crate::model::OnnxModel;

/// The largest difference that rounding explains, over the largest output.
const ROUNDING: f64 = 1e-5;

/// At most one edit of so many may be further apart.
const RARE: usize = 1000;

/// The engine itself is so close to float64 where nothing makes much of rounding.
const ENGINE: f64 = 1e-4;

/// What was held to the engine so far.
#[derive(Debug, Default)]
pub struct Exactness {
    edits: usize,
    /// Those that were further apart than rounding explains, with how far either is from float64.
    beyond: Vec<String>,
    /// Those of them that are further from float64 than the engine.
    wrong: Vec<String>,
}

impl Exactness {
    /// Holds all rows and edits of a model to the engine.
    pub fn hold(&mut self, model: &OnnxModel, inputs: &[Tensor], edits: &Edits, found: &EditedOutputs, what: &str) {
        let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
        let run = |inputs: &[TensorView<'_>]| model.run(inputs);
        let expected = materialised::outputs(&views, edits, model.batch.fixed(), run).unwrap();
        let rows = views[0].rows();
        let nothing = Edits::new((0..rows).collect(), vec![0; rows], vec![], edits.axes.clone());
        self.hold_rows(model, &views, &nothing, [&expected.reference, &found.reference], what);
        self.hold_rows(model, &views, edits, [&expected.edited, &found.edited], what);
    }

    fn hold_rows(
        &mut self,
        model: &OnnxModel,
        inputs: &[TensorView<'_>],
        edits: &Edits,
        [expected, found]: [&[Tensor]; 2],
        what: &str,
    ) {
        self.edits += edits.sources.len();
        let [expected, found] = [expected, found].map(|tensors| tensors.iter().map(numbers).collect::<Vec<Vec<f64>>>());
        let scales: Vec<f64> = expected.iter().map(|numbers| largest(numbers)).collect();
        let count = edits.sources.len();
        let apart = |a: &[Vec<f64>], b: &[Vec<f64>], row_of_a: usize, row_of_b: usize| {
            let of_output = |output: usize| {
                let width = expected[output].len() / count.max(1);
                let [a, b] = [&a[output][row_of_a * width..][..width], &b[output][row_of_b * width..][..width]];
                let apart = |(a, b): (&f64, &f64)| if same(*a, *b) { 0.0 } else { distance(a - b) / scales[output] };
                a.iter().zip(b).map(apart).fold(0.0, f64::max)
            };
            (0..expected.len()).map(of_output).fold(0.0, f64::max)
        };
        let beyond: Vec<usize> = (0..count).filter(|&edit| apart(&expected, &found, edit, edit) > ROUNDING).collect();
        if beyond.is_empty() {
            return;
        }
        let exact = in_float64(model, &materialised::rows(inputs, edits, &beyond).unwrap());
        for (place, &edit) in beyond.iter().enumerate() {
            let [ours, engines] = [&found, &expected].map(|given| apart(given, &exact, edit, place));
            let line = format!("{what}: {ours:e} from float64, the engine {engines:e}");
            if ours > engines {
                self.wrong.push(line.clone());
            }
            self.beyond.push(line);
        }
    }

    /// That all edits were as they have to be.
    pub fn check(&self) {
        let (beyond, edits) = (self.beyond.len(), self.edits);
        assert!(self.wrong.is_empty(), "{} of {edits} edits:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(beyond * RARE <= edits, "{beyond} of {edits} edits:\n{}", self.beyond.join("\n"));
    }
}

/// Holds the engine itself to float64, and so what float64 says to the engine.
pub fn hold_engine(model: &OnnxModel, inputs: &[Tensor], what: &str) {
    let views: Vec<TensorView<'_>> = inputs.iter().map(Tensor::view).collect();
    for (expected, exact) in model.run(&views).unwrap().iter().map(numbers).zip(in_float64(model, inputs)) {
        assert_eq!(expected.len(), exact.len(), "{what}");
        let most = expected.iter().zip(&exact).fold(0.0, |most: f64, (a, b)| most.max(distance(a - b)));
        assert!(most <= ENGINE * largest(&exact), "{what}: the engine is {most:e} from float64");
    }
}

/// What the graph of a model gives for rows in float64, output by output.
fn in_float64(model: &OnnxModel, inputs: &[Tensor]) -> Vec<Vec<f64>> {
    let graph = model.sessions.forms().unwrap().raised();
    let weights = graph.initializers.iter().filter_map(|(name, tensor)| {
        let numbers = match tensor.constant()? {
            Constant::Floats(numbers) => numbers,
            Constant::Ints(numbers) => numbers.into_iter().map(|number| number as f64).collect(),
        };
        let dims: Vec<usize> = tensor.dims.iter().map(|&dim| dim as usize).collect();
        Some((name.clone(), Array::new(&dims, numbers)))
    });
    let rows = model.inputs.iter().zip(inputs);
    let rows = rows.map(|(port, rows)| (port.name.clone(), Array::new(rows.shape(), numbers(rows))));
    let known = evaluate(&graph.nodes, weights.chain(rows));
    model.outputs.iter().map(|port| known[&port.name].data.clone()).collect()
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    match tensor.view().data() {
        DataView::F64(numbers) => numbers.to_vec(),
        _ => tensor.view().as_f32().unwrap().iter().map(|&number| f64::from(number)).collect(),
    }
}

fn largest(numbers: &[f64]) -> f64 {
    let finite = numbers.iter().copied().filter(|number| number.is_finite());
    finite.fold(f64::from(f32::MIN_POSITIVE), |largest, number| largest.max(number.abs()))
}

/// What is infinite or no number has to be so on both sides.
fn same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

fn distance(difference: f64) -> f64 {
    if difference.is_nan() { f64::INFINITY } else { difference.abs() }
}
