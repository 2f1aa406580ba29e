//! Small graphs of an input of shape (rows, 3, 4), whose rows stay apart or do not.

use super::{RowsApart, Size};
use crate::Graph;
use crate::attribute::{int, ints, tensor, text};
use crate::proto::{
    AttributeProto, Dimension, DimensionValue, NodeProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto,
    TypeValue,
};
use crate::tensor::element;
use crate::tests::{load, model, node};

const YES: &str = "apart";
const OPEN: &str = "unknown";

/// A graph with an input of shape (rows, 3, `length`), and some constants.
fn graph(opset: i64, nodes: Vec<NodeProto>, length: Option<i64>) -> Graph {
    let mut model = model(opset, nodes, "y");
    let inner = model.graph.as_mut().unwrap();
    let dimension = |value: Option<i64>| Dimension { value: value.map(DimensionValue::DimValue), ..Default::default() };
    let shape = TensorShapeProto { dim: [None, Some(3), length].map(dimension).to_vec() };
    let tensor = TensorTypeProto { elem_type: element::F32, shape: Some(shape) };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() });
    inner.input[0].r#type = r#type;
    let whole = |name: &str, values: &[i64]| TensorProto::of_ints(name, vec![values.len() as i64], values);
    let zeros = |name: &str, dims: Vec<i64>| {
        let count: i64 = dims.iter().product();
        TensorProto::of_floats(name, dims, element::F32, &vec![0.0; count as usize])
    };
    inner.initializer.extend([
        whole("zero", &[0]),
        whole("one", &[1]),
        whole("two", &[2]),
        whole("minus_one", &[-1]),
        whole("flat", &[-1, 12]),
        whole("halves", &[-1, 6]),
        whole("elevens", &[-1, 8]),
        whole("back", &[-1, 3, 4]),
        whole("copied", &[0, -1]),
        whole("kernel", &[2, 2, 1]),
        zeros("square", vec![4, 4]),
        zeros("wide", vec![12, 5]),
        zeros("convolution", vec![6, 3, 2]),
        zeros("channels", vec![3]),
        zeros("recurrent_w", vec![1, 8, 4]),
        zeros("recurrent_r", vec![1, 8, 2]),
    ]);
    load(&model).unwrap()
}

fn verdict_of(mut graph: Graph, batch: Option<usize>) -> String {
    graph.raise();
    match graph.follow_rows(batch).apart(&["y"]) {
        RowsApart::Yes => YES.into(),
        RowsApart::No(reason) => reason,
        RowsApart::Unknown => OPEN.into(),
    }
}

/// The verdict on a chain of operators from `x` to `y`, each with further inputs.
fn chain(opset: i64, steps: &[(&str, &[&str], Vec<AttributeProto>)]) -> String {
    let last = steps.len() - 1;
    let name = |at: usize| if at == last { "y".to_owned() } else { format!("t{at}") };
    let nodes = steps.iter().enumerate().map(|(at, (op, more, attributes))| {
        let before = if at == 0 { "x".to_owned() } else { name(at - 1) };
        let inputs: Vec<&str> = std::iter::once(before.as_str()).chain(more.iter().copied()).collect();
        node(op, &format!("n{at}"), &inputs, &name(at), attributes.clone())
    });
    verdict_of(graph(opset, nodes.collect(), Some(4)), None)
}

#[test]
fn the_usual_layers_keep_rows_apart() {
    assert_eq!(chain(18, &[("Relu", &[], vec![]), ("Mul", &["w"], vec![])]), YES);
    assert_eq!(
        chain(18, &[("Conv", &["convolution"], vec![]), ("MaxPool", &[], vec![ints("kernel_shape", [3])])]),
        YES
    );
    assert_eq!(chain(18, &[("Flatten", &[], vec![]), ("Gemm", &["wide"], vec![])]), YES);
    assert_eq!(chain(18, &[("Reshape", &["flat"], vec![]), ("MatMul", &["wide"], vec![])]), YES);
    assert_eq!(chain(18, &[("Reshape", &["copied"], vec![]), ("Softmax", &[], vec![])]), YES);
    assert_eq!(chain(18, &[("ReduceMean", &["two"], vec![int("keepdims", 0)]), ("Softmax", &[], vec![])]), YES);
    let normalization = ["channels", "channels", "channels", "channels"];
    assert_eq!(chain(18, &[("BatchNormalization", &normalization, vec![])]), YES);
    assert_eq!(chain(18, &[("LayerNormalization", &["w"], vec![int("axis", 1)])]), YES);
    // In their old form.
    assert_eq!(chain(11, &[("Softmax", &[], vec![int("axis", 1)])]), YES);
    assert_eq!(chain(11, &[("ReduceSum", &[], vec![ints("axes", [1, 2])])]), YES);
}

#[test]
fn attention_joins_the_positions_of_a_row() {
    let heads = || vec![int("q_num_heads", 2), int("kv_num_heads", 2)];
    assert_eq!(chain(23, &[("Attention", &["x", "x"], heads())]), YES);
    // A mask that all rows share; one of three axes would have the rows of the batch where scores have heads.
    assert_eq!(chain(23, &[("Attention", &["x", "x", "square"], heads())]), YES);
    assert_eq!(chain(23, &[("Attention", &["x", "x", "x"], heads())]), OPEN);
    assert_eq!(chain(23, &[("Attention", &["square", "x"], heads())]), OPEN);
    assert_eq!(chain(23, &[("RotaryEmbedding", &["wide", "wide"], vec![int("num_heads", 1)])]), YES);
    assert_eq!(chain(23, &[("RotaryEmbedding", &["wide", "wide", "x"], vec![int("num_heads", 1)])]), YES);
    assert_eq!(chain(23, &[("RotaryEmbedding", &["x", "wide", "x"], vec![int("num_heads", 1)])]), OPEN);
    let turned = ("Transpose", &[] as &[&str], vec![ints("perm", [1, 0, 2])]);
    assert_eq!(chain(23, &[turned, ("Attention", &["t0", "t0"], heads())]), OPEN);
}

#[test]
fn rows_are_followed_to_other_axes_and_back() {
    let (there, back) = (vec![ints("perm", [1, 2, 0])], vec![ints("perm", [2, 0, 1])]);
    let both = |step: (&'static str, &'static [&'static str], Vec<AttributeProto>)| {
        chain(18, &[("Transpose", &[], there.clone()), step, ("Transpose", &[], back.clone())])
    };
    assert_eq!(both(("Softmax", &[], vec![int("axis", 0)])), YES);
    assert_eq!(both(("Softmax", &[], vec![])), "Softmax (node `n1`) works along the axis of the rows");
    // Halves of rows, put together again.
    assert_eq!(
        chain(18, &[("Reshape", &["halves"], vec![]), ("Softmax", &[], vec![]), ("Reshape", &["back"], vec![])]),
        YES
    );
    assert_eq!(chain(18, &[("Reshape", &["halves"], vec![])]), OPEN, "two halves are no row");
    // Parts of two rows side by side.
    assert_eq!(chain(18, &[("Reshape", &["elevens"], vec![]), ("Reshape", &["back"], vec![])]), OPEN);
    assert_eq!(
        chain(18, &[("Unsqueeze", &["zero"], vec![]), ("ReduceMax", &["one"], vec![])]),
        "ReduceMax (node `n1`) works along the axis of the rows"
    );
    assert_eq!(chain(18, &[("Unsqueeze", &["zero"], vec![]), ("Squeeze", &["zero"], vec![])]), YES);
    // Every row of a batch once more.
    assert_eq!(chain(18, &[("Tile", &["kernel"], vec![])]), OPEN);
}

#[test]
fn operators_along_the_rows_mix_them() {
    for (op, more, attributes) in [
        ("Softmax", &[][..], vec![int("axis", 0)]),
        ("LogSoftmax", &[], vec![int("axis", -3)]),
        ("CumSum", &["zero"], vec![]),
        ("ReduceMax", &["zero"], vec![]),
        ("ReduceMean", &[], vec![]),
        ("ReduceProd", &["zero"], vec![int("keepdims", 0)]),
        ("LpNormalization", &[], vec![int("axis", 0)]),
        ("MeanVarianceNormalization", &[], vec![]),
        ("TopK", &["one"], vec![int("axis", 0)]),
        ("ArgMax", &[], vec![]),
    ] {
        let expected = format!("{op} (node `n0`) works along the axis of the rows");
        assert_eq!(chain(18, &[(op, more, attributes)]), expected);
    }
    assert_eq!(
        chain(11, &[("Softmax", &[], vec![int("axis", 0)])]),
        "Softmax (node `n0`) works along the axis of the rows"
    );
    assert_eq!(
        chain(9, &[("ReduceSum", &[], vec![ints("axes", [0])])]),
        "ReduceSum (node `n0`) works along the axis of the rows"
    );
    // Whatever follows.
    let later = chain(18, &[("CumSum", &["zero"], vec![]), ("Relu", &[], vec![]), ("GridSample", &["w"], vec![])]);
    assert_eq!(later, "CumSum (node `n0`) works along the axis of the rows");
    let training = [int("training_mode", 1)].to_vec();
    insta::assert_snapshot!(chain(18, &[("BatchNormalization", &["channels", "channels", "channels", "channels"], training)]), @"BatchNormalization (node `n0`) is in training mode, in which rows depend on each other");
    insta::assert_snapshot!(chain(18, &[("DynamicQuantizeLinear", &[], vec![])]), @"DynamicQuantizeLinear (node `n0`) scales all rows by the extremes of the whole batch");
}

#[test]
fn products_of_rows_with_rows_mix_them() {
    let flat = || node("Flatten", "flat", &["x"], "f", vec![]);
    let turned = || node("Transpose", "turn", &["f"], "t", vec![]);
    let with = |nodes: Vec<NodeProto>| verdict_of(graph(18, nodes, Some(4)), None);
    let product = |a: &str, b: &str| with(vec![flat(), turned(), node("MatMul", "p", &[a, b], "y", vec![])]);
    assert_eq!(product("f", "t"), "MatMul (node `p`) combines the rows of the batch with each other");
    assert_eq!(product("t", "f"), "MatMul (node `p`) adds up the rows of the batch");
    let gemm = |attributes| with(vec![flat(), node("Gemm", "p", &["f", "f"], "y", attributes)]);
    assert_eq!(gemm(vec![int("transB", 1)]), "Gemm (node `p`) combines the rows of the batch with each other");
    assert_eq!(gemm(vec![int("transA", 1)]), "Gemm (node `p`) adds up the rows of the batch");
    // Each row with itself: attention.
    let attention = vec![
        node("Transpose", "turn", &["x"], "t", vec![ints("perm", [0, 2, 1])]),
        node("MatMul", "p", &["x", "t"], "y", vec![]),
    ];
    assert_eq!(with(attention), YES);
    let einsum = |equation| with(vec![node("Einsum", "p", &["x", "x"], "y", vec![text("equation", equation)])]);
    assert_eq!(einsum("bij,bkj->bik"), YES);
    assert_eq!(einsum("aij,bij->ab"), "Einsum (node `p`) combines the rows of the batch with each other");
    assert_eq!(einsum("bij,bij->ij"), "Einsum (node `p`) adds up the rows of the batch");
    // Differences of all pairs.
    let pairs = vec![
        node("Unsqueeze", "u", &["x", "zero"], "a", vec![]),
        node("Unsqueeze", "v", &["x", "one"], "b", vec![]),
        node("Sub", "d", &["a", "b"], "y", vec![]),
    ];
    assert_eq!(with(pairs), "Sub (node `d`) combines the rows of the batch with each other");
}

#[test]
fn recurrent_layers_read_steps_not_rows() {
    let weights = ["recurrent_w", "recurrent_r"];
    let lstm = |perm: [i64; 3], back: [i64; 4]| {
        chain(
            18,
            &[
                ("Transpose", &[], vec![ints("perm", perm)]),
                ("LSTM", &weights, vec![int("hidden_size", 2)]),
                ("Transpose", &[], vec![ints("perm", back)]),
            ],
        )
    };
    assert_eq!(lstm([1, 0, 2], [2, 0, 1, 3]), YES);
    assert_eq!(
        lstm([0, 1, 2], [2, 0, 1, 3]),
        "LSTM (node `n1`) reads the rows of the batch as steps, one after the other"
    );
}

#[test]
fn sizes_of_the_batch_are_followed_into_shapes() {
    let shape = || node("Shape", "s", &["x"], "s", vec![]);
    let count = || node("Gather", "g", &["s", "zero"], "n", vec![]);
    let with = |nodes: Vec<NodeProto>, length| verdict_of(graph(18, nodes, length), None);
    let joined = || node("Concat", "c", &["n", "minus_one"], "to", vec![int("axis", 0)]);
    let flatten = || vec![shape(), count(), joined(), node("Reshape", "r", &["x", "to"], "y", vec![])];
    assert_eq!(with(flatten(), Some(4)), YES);
    assert_eq!(with(flatten(), None), YES, "the length of a row need not be known");
    // A number that depends on how many rows there are reaches the values.
    let divided = vec![
        shape(),
        count(),
        node("Cast", "f", &["n"], "k", vec![int("to", 1)]),
        node("Div", "d", &["x", "k"], "y", vec![]),
    ];
    assert_eq!(with(divided, Some(4)), OPEN);
    // The same for all rows.
    let scaled = vec![
        shape(),
        node("Gather", "g", &["s", "two"], "n", vec![]),
        node("Cast", "f", &["n"], "k", vec![int("to", 1)]),
        node("Div", "d", &["x", "k"], "y", vec![]),
    ];
    assert_eq!(with(scaled, Some(4)), YES);
    let filled =
        vec![shape(), node("ConstantOfShape", "z", &["s"], "z", vec![]), node("Add", "a", &["x", "z"], "y", vec![])];
    assert_eq!(with(filled, Some(4)), YES);
}

#[test]
fn what_is_not_known_is_left_open() {
    for (op, more) in [("GridSample", &["w"][..]), ("RandomNormalLike", &[]), ("NonZero", &[]), ("Gather", &["zero"])] {
        assert_eq!(chain(18, &[(op, more, vec![])]), OPEN, "{op}");
    }
    assert_eq!(chain(6, &[("Relu", &[], vec![])]), OPEN);
    let two_batches = vec![node("Concat", "c", &["x", "x"], "y", vec![int("axis", 0)])];
    assert_eq!(verdict_of(graph(18, two_batches, Some(4)), None), OPEN);
    let foreign = NodeProto { domain: "com.example".into(), ..node("Relu", "f", &["x"], "y", vec![]) };
    assert_eq!(verdict_of(graph(18, vec![foreign], Some(4)), None), OPEN);
    let constant = vec![node("Neg", "c", &["w"], "y", vec![])];
    assert_eq!(verdict_of(graph(18, constant, Some(4)), None), YES);
}

#[test]
fn a_batch_of_fixed_size_is_followed_too() {
    let reshaped = |op: &str, more: &[&str]| {
        let inputs: Vec<&str> = std::iter::once("f").chain(more.iter().copied()).collect();
        let nodes = vec![node("Flatten", "flat", &["x"], "f", vec![]), node(op, "n", &inputs, "y", vec![])];
        verdict_of(graph(18, nodes, Some(4)), Some(5))
    };
    assert_eq!(reshaped("MatMul", &["wide"]), YES);
    assert_eq!(reshaped("ReduceMax", &["zero"]), "ReduceMax (node `n`) works along the axis of the rows");
}

#[test]
fn training_gives_way_to_inference() {
    let statistics = ["channels", "channels", "channels", "channels"];
    let inputs: Vec<&str> = std::iter::once("x").chain(statistics).collect();
    let normalization = |output: &str, more: &[&str]| {
        let mut node = node("BatchNormalization", "bn", &inputs, output, vec![int("training_mode", 1)]);
        node.output.extend(more.iter().map(|name| (*name).to_owned()));
        node
    };
    let mut plain = graph(18, vec![normalization("y", &["mean", "variance"])], Some(4));
    assert_eq!(plain.to_inference(), ["BatchNormalization"]);
    assert_eq!((plain.nodes[0].output.len(), plain.nodes[0].int("training_mode")), (1, None));
    assert_eq!(plain.to_inference(), [] as [&str; 0]);
    assert_eq!(verdict_of(plain, None), YES);
    // Statistics of the batch that something reads are what the author wants.
    let read = vec![normalization("n", &["mean", "variance"]), node("Add", "a", &["n", "mean"], "y", vec![])];
    let mut read = graph(18, read, Some(4));
    assert_eq!(read.to_inference(), [] as [&str; 0]);
    insta::assert_snapshot!(verdict_of(read, None), @"BatchNormalization (node `bn`) is in training mode, in which rows depend on each other");
    // What is dropped at random is kept.
    let constant =
        TensorProto { dims: vec![], data_type: element::BOOL, raw_data: Some(vec![1u8].into()), ..Default::default() };
    let mut dropped = graph(18, vec![node("Dropout", "d", &["x", "w", "train"], "y", vec![])], Some(4));
    dropped.initializers.insert("train".into(), constant);
    assert_eq!(dropped.to_inference(), ["Dropout"]);
    assert_eq!(dropped.nodes[0].input, ["x", "w"]);
}

/// What PyTorch writes for `pad(x, (1, 2))`: pairs from the last axis on, of which all starts come first, then all ends.
#[test]
fn sizes_are_followed_through_tables() {
    let filling = tensor("value", TensorProto::of_ints("", vec![1], &[0]));
    let nodes = vec![
        node("ConstantOfShape", "zeros", &["four"], "zeros", vec![filling]),
        node("Concat", "all", &["pair", "zeros"], "all", vec![int("axis", 0)]),
        node("Reshape", "pairs", &["all", "in_pairs"], "pairs", vec![]),
        node("Slice", "back", &["pairs", "minus_one", "first", "zero", "minus_one"], "back", vec![]),
        node("Transpose", "turned", &["back"], "turned", vec![ints("perm", [1, 0])]),
        node("Reshape", "list", &["turned", "minus_one"], "list", vec![]),
        node("Cast", "cast", &["list"], "cast", vec![int("to", i64::from(element::I64))]),
        node("Pad", "pad", &["x", "cast"], "y", vec![]),
    ];
    let mut graph = graph(18, nodes, Some(4));
    for (name, numbers) in [("four", &[4][..]), ("pair", &[1, 2]), ("in_pairs", &[-1, 2]), ("first", &[i64::MIN + 1])] {
        graph.initializers.insert(name.into(), TensorProto::of_ints(name, vec![numbers.len() as i64], numbers));
    }
    let flow = graph.follow_rows(None);
    let sizes = |name: &str| -> Vec<i64> {
        let number = |size: Size| if let Size::Fixed(number) = size { number } else { i64::MIN };
        flow.sizes(name).unwrap_or_default().into_iter().map(number).collect()
    };
    assert_eq!(sizes("back"), [0, 0, 0, 0, 1, 2]);
    assert_eq!(sizes("cast"), [0, 0, 1, 0, 0, 2]);
    assert_eq!(flow.apart(&["y"]), RowsApart::Yes);
}
