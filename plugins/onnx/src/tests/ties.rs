//! Where several elements are the largest: a maximum over a layer counts them all, a pool only the first.

use kipos_onnx_graph::attribute::ints;
use kipos_onnx_graph::tensor::element;
use kipos_plugin_api::{Layer, Reduce};

use super::built::{built, op};
use super::gradients::gradient;
use super::*;

fn gradients(model: &OnnxModel, reduce: Reduce, row: &[f32]) -> Vec<f32> {
    let x = tensor(&[1, row.len()], row.to_vec());
    let found = model.input_gradients(&[x.view()], &gradient(Layer::Name("out".into()), reduce)).unwrap();
    found.tensors[0].view().as_f32().unwrap().to_vec()
}

#[test]
fn every_element_that_is_the_extremum_of_a_layer_counts() {
    let model = built(&[5], element::F32, vec![op("Identity", &["x"], "out", vec![])], vec![]);
    let row = [2.0, -3.0, 2.0, 0.0, -3.0];
    assert_eq!(gradients(&model, Reduce::Max, &row), [1.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(gradients(&model, Reduce::Min, &row), [0.0, 1.0, 0.0, 0.0, 1.0]);
    assert_eq!(gradients(&model, Reduce::AbsMax, &row), [0.0, -1.0, 0.0, 0.0, -1.0]);
    assert_eq!(gradients(&model, Reduce::Max, &[0.25; 5]), [1.0; 5]);
    assert_eq!(gradients(&model, Reduce::AbsMax, &[0.0; 5]), [0.0; 5]);
}

/// The tied elements need not lie in the same row: each row has extrema of its own, whatever its neighbours are.
#[test]
fn rows_with_ties_do_not_depend_on_each_other() {
    let model = built(&[4], element::F32, vec![op("Relu", &["x"], "out", vec![])], vec![]);
    let rows = [[1.0f32, 1.0, 0.5, -2.0], [-1.0, -1.0, -1.0, -1.0], [3.0, 0.0, 3.0, 1.0]];
    let expected = [[1.0f32, 1.0, 0.0, 0.0], [0.0; 4], [1.0, 0.0, 1.0, 0.0]];
    let x = tensor(&[3, 4], rows.concat());
    let together = model.input_gradients(&[x.view()], &gradient(Layer::Final, Reduce::Max)).unwrap();
    assert_eq!(together.tensors[0].view().as_f32().unwrap(), expected.concat());
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(gradients(&model, Reduce::Max, row), expected);
    }
}

#[test]
fn the_first_of_the_largest_elements_of_a_window_counts() {
    let unsqueezed = op("Unsqueeze", &["x", "one"], "channels", vec![]);
    let pool = op("MaxPool", &["channels"], "out", vec![ints("kernel_shape", [3]), ints("strides", [3])]);
    let one = kipos_onnx_graph::proto::TensorProto::of_ints("one", vec![1], &[1]);
    let model = built(&[6], element::F32, vec![unsqueezed, pool], vec![one]);
    assert_eq!(gradients(&model, Reduce::Sum, &[0.0; 6]), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    assert_eq!(gradients(&model, Reduce::Sum, &[1.0, 2.0, 2.0, 0.5, 0.5, 0.25]), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
}
