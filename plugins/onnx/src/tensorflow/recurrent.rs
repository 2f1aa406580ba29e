//! Recurrent layers, which tf2onnx writes as one node without the name of the layer (`LSTM__113`).

use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::{Graph, is_recurrent};

/// Where a recurrent node takes its data.
const DATA: usize = 0;
/// Where it takes the states that it starts from.
const STATES: [usize; 2] = [5, 6];
/// What stands between a layer's states and the node, as tf2onnx writes it.
const BETWEEN: [&str; 6] = ["Cast", "Concat", "Expand", "Identity", "Squeeze", "Unsqueeze"];

/// The recurrent nodes without the name of a layer.
pub fn nameless(graph: &Graph) -> Vec<&NodeProto> {
    graph.nodes.iter().filter(|node| is_recurrent(node) && !node.name.contains('/')).collect()
}

/// Whether `node` puts time before the batch, which no layer does for its own sake.
pub fn turns_time(node: &NodeProto) -> bool {
    node.op_type == "Transpose" && node.ints("perm").and_then(|perm| perm.first()).is_some_and(|&first| first != 0)
}

/// The nameless recurrent nodes that do the work of the layer of `members`: those that get its turned data, or, if there
/// are none, those that start from its states.
pub fn claimed_by<'a>(graph: &'a Graph, members: &[&NodeProto]) -> Vec<&'a NodeProto> {
    let made = |name: &str, by: &dyn Fn(&NodeProto) -> bool| {
        members.iter().any(|node| by(node) && node.output.iter().any(|output| output == name))
    };
    let by_data = |node: &&NodeProto| node.input_at(DATA).is_some_and(|name| made(name, &turns_time));
    let by_states = |node: &&NodeProto| {
        let mut waiting: Vec<&str> = STATES.iter().filter_map(|&at| node.input_at(at)).collect();
        while let Some(name) = waiting.pop() {
            if made(name, &|_| true) {
                return true;
            }
            // Layers share what they know of shapes, but states have the name of one layer.
            let between =
                producer(graph, name).filter(|node| !name.contains('/') && BETWEEN.contains(&node.op_type.as_str()));
            waiting.extend(between.into_iter().flat_map(|node| &node.input).map(String::as_str));
        }
        false
    };
    let all = nameless(graph);
    let found: Vec<&NodeProto> = all.iter().copied().filter(by_data).collect();
    if found.is_empty() { all.into_iter().filter(by_states).collect() } else { found }
}

/// The nameless recurrent node that `tensor` comes from, with nothing of a layer in between.
pub fn source<'a>(graph: &'a Graph, tensor: &str) -> Option<&'a NodeProto> {
    let mut node = producer(graph, tensor)?;
    while !node.name.contains('/') {
        if is_recurrent(node) {
            return Some(node);
        }
        node = producer(graph, node.input_at(DATA)?)?;
    }
    None
}

/// The nameless nodes between `members` and the recurrent nodes whose results they take, with those.
pub fn behind<'a>(graph: &'a Graph, members: &[&NodeProto]) -> Vec<&'a NodeProto> {
    let read = members.iter().flat_map(|node| &node.input);
    let own: Vec<&NodeProto> = read.filter_map(|name| source(graph, name)).collect();
    let comes_from = |node: &NodeProto| {
        node.output
            .iter()
            .any(|name| source(graph, name).is_some_and(|found| own.iter().any(|other| std::ptr::eq(*other, found))))
    };
    graph.nodes.iter().filter(|node| !node.name.contains('/') && comes_from(node)).collect()
}

/// The value of a layer whose work a recurrent node does: what becomes of its result before another layer reads it.
pub fn value_of(graph: &Graph, node: &NodeProto) -> String {
    let readers = |name: &str| {
        let reads = |other: &&NodeProto| other.op_type != "Shape" && other.input.iter().any(|input| input == name);
        graph.nodes.iter().filter(reads).collect::<Vec<&NodeProto>>()
    };
    let used = node.output.iter().find(|name| !name.is_empty() && !readers(name).is_empty());
    let mut value = used.or(node.output.first()).cloned().unwrap_or_default();
    loop {
        match readers(&value).as_slice() {
            [next]
                if !next.name.contains('/')
                    && matches!(next.op_type.as_str(), "Squeeze" | "Transpose" | "Identity") =>
            {
                let Some(after) = next.output.first() else { return value };
                value.clone_from(after);
            }
            _ => return value,
        }
    }
}

fn producer<'a>(graph: &'a Graph, name: &str) -> Option<&'a NodeProto> {
    graph.nodes.iter().find(|node| node.output.iter().any(|output| output == name))
}
