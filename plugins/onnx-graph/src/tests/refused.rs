//! What has no gradient says so before anything could run: there is no engine here.

use std::collections::HashMap;

use super::{graph, node};
use crate::attribute::{int, ints, text};
use crate::proto::{AttributeProto, NodeProto, TensorProto};
use crate::tensor::{Constant, element};
use crate::{Facts, GradientError, Observation, plan};

/// Operators that take and give floating-point numbers and have no rule.
const WITHOUT_RULE: [&str; 18] = [
    "CenterCropPad",
    "Col2Im",
    "CumProd",
    "DFT",
    "DeformConv",
    "Det",
    "DynamicQuantizeLinear",
    "GridSample",
    "If",
    "Loop",
    "MaxRoiPool",
    "MaxUnpool",
    "NegativeLogLikelihoodLoss",
    "RoiAlign",
    "STFT",
    "Scan",
    "SoftmaxCrossEntropyLoss",
    "TensorScatter",
];

/// The error of the gradient through `node`, which reads `x` and gives `y`, which one more node reads. Rows of all
/// tensors have the shape `row`, but `i`, which holds whole numbers.
fn refused(node: NodeProto, row: &[usize]) -> GradientError {
    let last = super::node("Exp", "last", &["y"], "out", vec![]);
    let first = super::node("Neg", "first", &["x"], "h", vec![]);
    let mut graph = graph(18, vec![first, node, last], "out");
    graph.initializers.insert("c".into(), TensorProto::of_floats("c", vec![4], element::F32, &[1.0; 4]));
    let run = |rows: usize| {
        let shape = [&[rows], row].concat();
        let number = Observation { element: element::F32, shape: shape.clone(), value: None };
        let whole =
            Observation { element: element::I64, shape: vec![rows], value: Some(Constant::Ints(vec![rows as i64])) };
        let mut seen: HashMap<String, Observation> =
            ["x", "h", "y", "out"].map(|name| (name.to_owned(), number.clone())).into();
        seen.insert("i".into(), whole);
        (rows, seen)
    };
    let facts = Facts::new(&graph, &run(2), Some(&run(3)));
    plan(&graph, &facts, &["x"]).build(&["out".into()], &["x"]).unwrap_err()
}

fn reason(error: GradientError, op: &str) -> String {
    match error {
        GradientError::Unsupported { op: found, node, reason, path } => {
            assert_eq!((found.as_str(), node.as_str(), path.as_str()), (op, "culprit", "y → out"));
            reason
        }
        other => panic!("{op}: {other}"),
    }
}

#[test]
fn operators_without_a_rule_are_named() {
    for op in WITHOUT_RULE {
        let error = refused(node(op, "culprit", &["h"], "y", vec![]), &[4]);
        assert_eq!(reason(error, op), "the operator has no rule");
    }
    let strange = NodeProto { domain: "com.example".into(), ..node("Neg", "culprit", &["h"], "y", vec![]) };
    assert_eq!(reason(refused(strange, &[4]), "Neg"), "operators of `com.example` are not standard");
}

/// An operator, its inputs and attributes, the shape of its rows, and why it is refused.
type Form<'a> = (&'a str, Vec<&'a str>, Vec<AttributeProto>, &'a [usize], &'a str);

#[test]
fn forms_that_no_rule_covers_are_named() {
    let windows = || ints("kernel_shape", [2]);
    let cases: Vec<Form<'_>> = vec![
        ("MaxPool", vec!["h"], vec![windows(), int("storage_order", 1)], &[2, 4], "its indices count columns first"),
        ("AveragePool", vec!["h"], vec![], &[2, 4], "the size of its windows is not given"),
        (
            "ConvTranspose",
            vec!["h", "c"],
            vec![text("auto_pad", "SAME_UPPER")],
            &[4],
            "its padding is left to the engine",
        ),
        ("Pad", vec!["h", "i"], vec![text("mode", "reflect")], &[4], "`i` is not a constant"),
        ("Slice", vec!["h", "i", "i"], vec![], &[4], "`i` is not a constant"),
        (
            "Concat",
            vec!["h", "h"],
            vec![int("axis", 0)],
            &[4],
            "it works on an axis that depends on the number of rows",
        ),
        (
            "Resize",
            vec!["h"],
            vec![text("mode", "linear")],
            &[4],
            "it interpolates by linear, half_pixel, round_prefer_floor",
        ),
        ("Einsum", vec!["h"], vec![text("equation", "bb->b")], &[4], "its equation `bb->b` takes a diagonal"),
        ("Einsum", vec!["h"], vec![text("equation", "...i")], &[4], "its equation `...i` leaves axes unnamed"),
        ("Clip", vec!["h", "h"], vec![], &[4], "its input `h` depends on the inputs"),
        ("LSTM", vec!["h", "c", "c", "", "i"], vec![], &[1, 4], "its rows have lengths of their own (sequence_lens)"),
        ("LSTM", vec!["h", "c", "c"], vec![int("layout", 1)], &[1, 4], "rows come first"),
        ("LSTM", vec!["h", "c", "c"], vec![int("input_forget", 1)], &[1, 4], "it couples its gates"),
        ("LSTM", vec!["h", "c", "c", "", "", "", "", "c"], vec![], &[1, 4], "its gates look at the cell (peepholes)"),
        (
            "GroupNormalization",
            vec!["h", "c", "c"],
            vec![int("num_groups", 3)],
            &[4],
            "its channels make no whole number of groups",
        ),
        ("LpNormalization", vec!["h"], vec![int("p", 3)], &[4], "its norm is of order 3"),
        ("ScatterElements", vec!["h", "i", "h"], vec![text("reduction", "mean")], &[4], "it joins elements by mean"),
        ("SpaceToDepth", vec!["h"], vec![], &[4, 2, 2], "it lacks its `blocksize`"),
        ("LRN", vec!["h"], vec![], &[4], "it lacks its `size`"),
        ("Attention", vec!["h", "h", "h"], vec![], &[2, 4], "it lacks its `q_num_heads`"),
        (
            "Attention",
            vec!["h", "h", "h", "", "", "", "i"],
            vec![int("is_causal", 1)],
            &[2, 3, 4],
            "it hides later keys beside those that a mask or a number of keys hides, as engines do differently",
        ),
        (
            "Attention",
            vec!["h", "h", "h"],
            vec![int("left_window_size", 2)],
            &[2, 3, 4],
            "its queries see a window of keys",
        ),
        ("GRU", vec!["h", "c", "c"], vec![crate::attribute::float("clip", 3.0)], &[1, 4], "it clips"),
    ];
    for (op, inputs, attributes, row, expected) in cases {
        assert_eq!(reason(refused(node(op, "culprit", &inputs, "y", attributes), row), op), expected);
    }
    let training =
        node("BatchNormalization", "culprit", &["h", "c", "c", "c", "c"], "y", vec![int("training_mode", 1)]);
    assert!(reason(refused(training, &[4]), "BatchNormalization").starts_with("it is in training mode"));
}

/// A result that no rule knows, such as the mean beside a normalization, must not pass for one without gradient.
#[test]
fn further_results_are_not_passed_over() {
    let mut normalized = node("LayerNormalization", "culprit", &["h", "c", "c"], "z", vec![]);
    normalized.output.push("y".into());
    let error = refused(normalized, &[4]);
    assert!(
        matches!(&error, GradientError::Unsupported { reason, .. } if reason == "only its first result has a gradient"),
        "{error}"
    );
}

/// The error of the gradient of `y` with respect to `x`, where a chain of operators leads from one to the other by way of
/// tensors of these types.
fn refused_on_the_way(steps: &[(&str, &str, Option<i32>)]) -> GradientError {
    let mut from = "x";
    let mut nodes = Vec::new();
    let mut seen: HashMap<String, Observation> = HashMap::new();
    let see = |element| Observation { element, shape: vec![2, 4], value: None };
    seen.insert("x".into(), see(element::F32));
    for &(op, to, code) in steps {
        nodes.push(node(op, to, &[from], to, vec![]));
        seen.extend(code.map(|code| (to.to_owned(), see(code))));
        from = to;
    }
    let graph = graph(18, nodes, "y");
    let facts = Facts::new(&graph, &(2, seen), None);
    let plan = plan(&graph, &facts, &["x"]);
    assert!(!plan.allows("y"));
    plan.build(&["y".into()], &["x"]).unwrap_err()
}

/// Predictions vary by way of half precision, quantized numbers and sequences, so a gradient of zero would be wrong.
#[test]
fn what_takes_other_types_on_the_way_has_no_gradient_of_zero() {
    for half in [element::F16, element::BF16] {
        let error = refused_on_the_way(&[
            ("Cast", "h", Some(half)),
            ("Relu", "r", Some(half)),
            ("Cast", "y", Some(element::F32)),
        ]);
        assert_eq!(error, GradientError::HalfPrecision("h".into()));
    }
    let quantized = [("QuantizeLinear", "q", Some(0)), ("DequantizeLinear", "y", Some(element::F32))];
    let multiplied = [
        ("QuantizeLinear", "q", Some(0)),
        ("MatMulInteger", "m", Some(element::I32)),
        ("Cast", "y", Some(element::F32)),
    ];
    let listed = [("SplitToSequence", "s", None), ("ConcatFromSequence", "y", Some(element::F32))];
    for (steps, culprit) in
        [(&quantized[..], "DequantizeLinear"), (&multiplied[..], "MatMulInteger"), (&listed[..], "ConcatFromSequence")]
    {
        let error = refused_on_the_way(steps);
        assert!(matches!(&error, GradientError::Unsupported { op, .. } if op == culprit), "{culprit}: {error}");
    }
}
