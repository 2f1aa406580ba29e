//! ONNX graphs: the format, and every walk over a graph, with what an engine might have said of its tensors.

mod damage;

use std::collections::HashMap;
use std::path::Path;

use kipos_onnx_graph::{Facts, Graph, Observation, Run, plan};

use super::{checked, files};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "onnx",
    about: "ONNX graphs: format, layers, rows, gradients, rewriting",
    place: Place::InProcess,
    seeds,
    words: &[
        b"Conv",
        b"Gemm",
        b"LSTM",
        b"If",
        b"Loop",
        b"Constant",
        b"ai.onnx",
        b"kipos.states/",
        b"\x08\x01",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
    own_mutation: Some(damage::mutate),
    run,
};

/// The file of an input.
const PART: &str = "model.onnx";

fn seeds() -> Result<Vec<Input>, String> {
    files(
        PART,
        &[
            "examples/motif-cnn/model.onnx",
            "examples/any-length/model.onnx",
            "examples/channels-first/model.onnx",
            "examples/text-input/model.onnx",
            "examples/two-inputs/model.onnx",
            "tests/models/fixed_batch.onnx",
            "tests/models/int64_in.onnx",
            "tests/models/mixed_batch.onnx",
            "tests/models/position_weights.onnx",
            "tests/models/profile.onnx",
            "tests/reference/tiny/model.onnx",
            "tests/faults/batch-mixing/model.onnx",
            "tests/faults/baked-batch/model.onnx",
        ],
    )
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let bytes = input.bytes(PART).unwrap_or_default().to_vec();
    let Some(mut graph) = checked(Graph::load(bytes.into()))? else { return Ok(()) };
    graph.files_beside();
    checked(graph.read_beside(scratch))?;
    graph.to_inference();
    look(&graph)?;
    let mut raised = graph.clone();
    raised.raise();
    look(&raised)?;
    for max_pools in [false, true] {
        if let Some(wide) = raised.to_2d(max_pools) {
            look(&wide.graph)?;
        }
    }
    // What is written is read back as the same.
    let again = checked(Graph::load(graph.save().into()))?;
    match again {
        Some(again) if again.nodes.len() == graph.nodes.len() => Ok(()),
        Some(again) => {
            Err(Finding::own(format!("{} nodes were written, {} read", graph.nodes.len(), again.nodes.len())))
        }
        None => Err(Finding::own("a graph that was written cannot be read")),
    }
}

/// Asks everything of a graph.
fn look(graph: &Graph) -> Result<(), Finding> {
    let layers = graph.layers();
    for name in layers.iter().map(|layer| layer.tensor.as_str()).chain(["absent", ""]).take(12) {
        checked(graph.resolve_layer(name, &[]))?;
        checked(graph.expose(&[name]))?;
        checked(graph.clone().before_nonlinearity(name))?;
    }
    checked(graph.layer_at(layers.len()))?;
    let outputs: Vec<&str> = graph.outputs.iter().map(|output| output.name.as_str()).collect();
    for batch in [None, Some(1), Some(3)] {
        let flow = graph.follow_rows(batch);
        flow.apart(&outputs);
        for output in &outputs {
            flow.mixed(output);
        }
    }
    let facts = Facts::new(graph, &observed(graph, 2), Some(&observed(graph, 3)));
    graph.clone().take_known_branches(Some(&facts));
    let inputs: Vec<&str> = graph.inputs.iter().map(|input| input.name.as_str()).collect();
    let plan = plan(graph, &facts, &inputs);
    // A plan looks at types alone. To build a gradient takes shapes, of which made-up ones contradict the graph: that is
    // tried with those that the engine finds, in the target `engine`.
    for target in outputs.iter().copied().chain(layers.iter().map(|layer| layer.tensor.as_str())).take(6) {
        plan.allows(target);
    }
    Ok(())
}

/// What an engine may have said: every tensor holds floats in some shape with rows first.
fn observed(graph: &Graph, rows: usize) -> Run {
    let tensors = graph.nodes.iter().flat_map(|node| &node.output).chain(graph.inputs.iter().map(|input| &input.name));
    let observe = |(at, name): (usize, &String)| {
        let shape = match at % 4 {
            0 => vec![rows, 4, 20],
            1 => vec![rows, 8],
            2 => vec![rows, 4, 1, 20],
            _ => vec![rows, 20, 4],
        };
        (name.clone(), Observation { element: 1, shape, value: None })
    };
    (rows, tensors.enumerate().map(observe).collect::<HashMap<_, _>>())
}
