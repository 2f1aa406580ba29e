//! Layers by the names that Keras and TensorFlow gave them.
//!
//! tf2onnx keeps the names of TensorFlow's operations, which begin with the names of models and layers
//! (`sequential/conv_a/Relu`). It does not keep them faithfully: a node may give the result of another layer
//! that was folded into it, nodes of its own have the name of a neighbour and a number, and recurrent layers lose their
//! names. So it is the names of results that count, and what is left of a layer must have computed something.

use std::collections::HashSet;

use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::{Graph, LayerError, is_passive, made_by_converter};

use super::recurrent;

/// The tensor that `name` means. The first of these that fits decides: one of `aliases`, a tensor, an operation, a layer,
/// whose value is the last that leaves it.
///
/// # Errors
/// Why the name means nothing, or several things.
pub fn resolve(graph: &Graph, name: &str, aliases: &[(String, String)]) -> Result<String, String> {
    let by_graph = || graph.resolve_layer(name, aliases);
    if aliases.iter().any(|(alias, _)| alias == name) {
        return by_graph().map_err(|error| error.to_string());
    }
    if is_spelled_out(graph, name) {
        let tensor = by_graph().map_err(|error| error.to_string())?;
        return match graph.nodes.iter().find(|node| node.name == name && node.output.contains(&tensor)) {
            Some(node) if belongs_elsewhere(graph, node, &tensor) => Err(folded(name, &tensor)),
            _ => Ok(tensor),
        };
    }
    let (members, value) = layer(graph, name)?;
    if let Some(value) = value {
        let calls = calls(graph, &members, value);
        if calls.len() > 1 {
            return Err(ambiguous(name, calls.into_iter()));
        }
        return match elsewhere(graph, &members, value) {
            Some(other) => Err(scattered(name, value, other)),
            None => Ok(value.to_owned()),
        };
    }
    match recurrent::claimed_by(graph, &members).as_slice() {
        [] => Err(why_nothing(graph, name, by_graph().err())),
        [node] => Ok(recurrent::value_of(graph, node)),
        several => Err(ambiguous(name, several.iter().map(|node| node.name.as_str()))),
    }
}

/// Whether `name` is that of a tensor or of a node, perhaps with the number of a result.
fn is_spelled_out(graph: &Graph, name: &str) -> bool {
    let suffixed = format!("{name}:0");
    let node_name = name.rsplit_once('#').map_or(name, |(node, _)| node);
    let is_it = |tensor: &String| *tensor == name || *tensor == suffixed;
    graph.inputs.iter().any(|input| is_it(&input.name))
        || graph.nodes.iter().any(|node| {
            node.output.iter().any(is_it) || (!node.name.is_empty() && (node.name == name || node.name == node_name))
        })
}

/// TensorFlow's name for the operation whose result this is; empty if tf2onnx does not tell.
fn operation<'a>(graph: &Graph, node: &'a NodeProto) -> &'a str {
    let result = node.output.iter().find(|name| !name.is_empty()).map_or("", String::as_str);
    // Outputs of the graph are called as its maker wants.
    let name = if graph.outputs.iter().any(|output| output.name == result) { &node.name } else { result };
    name.rsplit_once(':').map_or(name, |(operation, _)| operation)
}

/// Whether tf2onnx gave `node` the work of another operation, too.
fn belongs_elsewhere(graph: &Graph, node: &NodeProto, tensor: &str) -> bool {
    !graph.outputs.iter().any(|output| output.name == tensor) && operation(graph, node) != node.name
}

/// The nodes of a layer, and the value that leaves it.
type Layer<'a> = (Vec<&'a NodeProto>, Option<&'a str>);

/// The layer `name`, however deep in models it lies: the least deep counts.
fn layer<'a>(graph: &'a Graph, name: &str) -> Result<Layer<'a>, String> {
    let wanted: Vec<&str> = name.split(['/', '.']).filter(|part| !part.is_empty()).collect();
    let mut found: Vec<(usize, String, &NodeProto)> = Vec::new();
    for node in graph.nodes.iter().filter(|_| !wanted.is_empty()) {
        let mut path: Vec<&str> = operation(graph, node).split('/').collect();
        path.pop();
        if let Some(depth) = path.windows(wanted.len()).position(|parts| parts == wanted) {
            found.push((depth, path[..depth + wanted.len()].join("/"), node));
        }
    }
    let least = found.iter().map(|(depth, ..)| *depth).min();
    found.retain(|(depth, ..)| Some(*depth) == least);
    let mut paths: Vec<&str> = found.iter().map(|(_, path, _)| path.as_str()).collect();
    paths.dedup();
    paths.sort_unstable();
    paths.dedup();
    let at = |path: &str| {
        let members: Vec<&NodeProto> =
            found.iter().filter(|(_, other, _)| other == path).map(|(.., node)| *node).collect();
        let value = leaving(graph, &members);
        (members, value)
    };
    let mut layers: Vec<(&str, Layer<'a>)> = paths.iter().map(|path| (*path, at(path))).collect();
    if layers.len() > 1 {
        // What is left of a loop has paths like those of layers, but no values.
        layers.retain(|(_, (_, value))| value.is_some());
    }
    match layers.len() {
        0 | 1 => Ok(layers.pop().map_or((vec![], None), |(_, layer)| layer)),
        _ => Err(ambiguous(name, layers.iter().map(|(path, _)| *path))),
    }
}

/// The last of the results of `members` that leave them.
fn leaving<'a>(graph: &'a Graph, members: &[&'a NodeProto]) -> Option<&'a str> {
    all_leaving(graph, members).pop()
}

/// The results of `members` that something outside of them reads, as far as they are the work of the layer.
fn all_leaving<'a>(graph: &'a Graph, members: &[&'a NodeProto]) -> Vec<&'a str> {
    let inside = |node: &NodeProto| members.iter().any(|member| std::ptr::eq(*member, node));
    let outside = graph.nodes.iter().filter(|node| !inside(node)).flat_map(NodeProto::reads);
    let read: HashSet<&str> = outside.chain(graph.outputs.iter().map(|output| output.name.as_str())).collect();
    let values = graph.computed_from(graph.inputs.iter().map(|input| input.name.as_str()), true);
    let results = members.iter().flat_map(|node| &node.output).map(String::as_str);
    results.filter(|name| read.contains(name) && values.contains(name) && is_work(graph, members, name)).collect()
}

/// The values that leave a layer where `value` does so, too: one for each time that it is called. TensorFlow gives the
/// operations of every further call a number (`act/Relu`, `act/Relu_1`).
fn calls<'a>(graph: &'a Graph, members: &[&'a NodeProto], value: &str) -> Vec<&'a str> {
    let unnumbered = |tensor: &str| {
        let node = members.iter().find(|node| node.output.iter().any(|output| output == tensor))?;
        let name = operation(graph, node);
        let base = name.rsplit_once('_').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        Some((node.op_type.as_str(), base.map_or(name, |(base, _)| base)))
    };
    let same = |tensor: &&str| unnumbered(tensor).is_some() && unnumbered(tensor) == unnumbered(value);
    all_leaving(graph, members).into_iter().filter(same).collect()
}

/// Another result of the layer that is read outside of it and has no part in `value`: then `value` is not all of it.
fn elsewhere<'a>(graph: &'a Graph, members: &[&'a NodeProto], value: &str) -> Option<&'a str> {
    let inside = |node: &NodeProto| members.iter().any(|member| std::ptr::eq(*member, node));
    let own = recurrent::behind(graph, members);
    let results = members.iter().chain(&own).flat_map(|node| &node.output).map(String::as_str);
    let values = graph.computed_from(graph.inputs.iter().map(|input| input.name.as_str()), true);
    let mut results = results.filter(|name| values.contains(name) && *name != value && is_work(graph, members, name));
    results.find(|name| {
        let read = |node: &&NodeProto| node.op_type != "Shape" && node.reads().contains(name);
        let mut readers = graph.nodes.iter().filter(read);
        readers.any(|node| !inside(node) && !own.iter().any(|other| std::ptr::eq(*other, node)))
            && !graph.computed_from(std::iter::once(*name), true).contains(value)
    })
}

/// Whether a node of the layer had a part in `tensor`: not only what tf2onnx puts before a layer or turns for time.
fn is_work(graph: &Graph, members: &[&NodeProto], tensor: &str) -> bool {
    let mut waiting = vec![tensor];
    while let Some(name) = waiting.pop() {
        let Some(node) = members.iter().find(|node| node.output.iter().any(|output| output == name)) else {
            if recurrent::source(graph, name).is_some() {
                return true;
            }
            continue;
        };
        let passes_on = is_passive(node);
        if !passes_on || !(made_by_converter(&node.name) || recurrent::turns_time(node)) {
            return true;
        }
        waiting.extend(node.input.first().map(String::as_str));
    }
    false
}

fn why_nothing(graph: &Graph, name: &str, error: Option<LayerError>) -> String {
    // The graph's own rules go by the names of nodes, and these tell which node took the layer over.
    let taken_over = graph.nodes.iter().find(|node| {
        let wanted = format!("/{}/", name.replace('.', "/"));
        format!("/{}", node.name).contains(&wanted)
            && !made_by_converter(&node.name)
            && node.output.first().is_some_and(|tensor| belongs_elsewhere(graph, node, tensor))
    });
    if let Some(tensor) = taken_over.and_then(|node| node.output.first()) {
        return folded(name, tensor);
    }
    let mut message = match error {
        Some(error) => error.to_string(),
        None => {
            format!("tf2onnx left nothing of the layer `{name}` in the graph; list the layers to see what is there")
        }
    };
    let nameless = recurrent::nameless(graph);
    if !nameless.is_empty() {
        message += &format!(
            "; recurrent layers lost their names: these are {}, which `layers` of `args` can name",
            quoted(nameless.iter().map(|node| node.name.as_str()))
        );
    }
    message
}

fn folded(name: &str, tensor: &str) -> String {
    format!(
        "`{name}` has no value of its own: tf2onnx folded it and what follows into one operation, whose result is \
         `{tensor}`; ask for that"
    )
}

fn scattered(name: &str, value: &str, other: &str) -> String {
    format!(
        "`{name}` has no value of its own: tf2onnx merged its last step with what follows, and left `{value}` and \
         `{other}`; ask for one of these, or for a layer behind it"
    )
}

fn ambiguous<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    format!("`{name}` may mean any of {}; give one of these names", quoted(candidates))
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kipos_onnx_graph::proto::{GraphProto, ModelProto, OperatorSetIdProto, ValueInfoProto};
    use prost::Message;

    use super::*;

    /// As when a layer reads both strands, and as a layer of an activation that stands behind several others.
    #[test]
    fn the_calls_of_a_layer_are_listed() {
        let node = |op: &str, name: &str, inputs: &[&str]| NodeProto {
            op_type: op.into(),
            name: name.into(),
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec![format!("{name}:0")],
            ..Default::default()
        };
        let value = |name: &str| ValueInfoProto { name: name.into(), ..Default::default() };
        let nodes = vec![
            node("Neg", "m/rev/Neg", &["x"]),
            node("Exp", "m/conv/Exp", &["x"]),
            node("Exp", "m/conv/Exp_1", &["m/rev/Neg:0"]),
            node("Max", "m/both/Maximum", &["m/conv/Exp:0", "m/conv/Exp_1:0"]),
            node("Relu", "m/act/Relu", &["m/both/Maximum:0"]),
            node("Sin", "m/gelu/mul", &["m/act/Relu:0"]),
            node("Sin", "m/gelu/mul_1", &["m/gelu/mul:0"]),
            node("Relu", "m/act/Relu_1", &["m/gelu/mul_1:0"]),
            node("Abs", "m/last/Abs", &["m/act/Relu_1:0"]),
        ];
        let graph = GraphProto {
            node: nodes,
            input: vec![value("x")],
            output: vec![value("m/last/Abs:0")],
            ..Default::default()
        };
        let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
        let model = ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() };
        let graph = Graph::load(Bytes::from(model.encode_to_vec())).unwrap();
        let several = |name: &str, one: &str, two: &str| {
            Err(format!("`{name}` may mean any of `{one}`, `{two}`; give one of these names"))
        };
        assert_eq!(resolve(&graph, "conv", &[]), several("conv", "m/conv/Exp:0", "m/conv/Exp_1:0"));
        assert_eq!(resolve(&graph, "act", &[]), several("act", "m/act/Relu:0", "m/act/Relu_1:0"));
        assert_eq!(resolve(&graph, "gelu", &[]), Ok("m/gelu/mul_1:0".into()));
        assert_eq!(resolve(&graph, "m/act/Relu", &[]), Ok("m/act/Relu:0".into()));
    }
}
