//! Operators whose results in ONNX Runtime are known to be off.

use kipos_onnx_graph::Graph;
use kipos_onnx_graph::proto::NodeProto;

/// The Fourier transforms. What is said of them is true of this engine alone, so no table of operators says it.
const FOURIER: [&str; 2] = ["DFT", "STFT"];

/// What to know of the results of a graph, in a sentence.
pub fn warning(graph: &Graph) -> Option<String> {
    let mut found = Vec::new();
    collect(&graph.nodes, &mut found);
    if found.is_empty() {
        return None;
    }
    Some(format!(
        "the graph has the operator {}: ONNX Runtime computes Fourier transforms of a length that is not a power of 2 with \
         errors that grow with it (up to 1e-3 of the largest value at 4000); compare with the original model, or export \
         it as TorchScript",
        found.join(", ")
    ))
}

fn collect(nodes: &[NodeProto], found: &mut Vec<&'static str>) {
    for node in nodes {
        if let Some(operator) = FOURIER.iter().find(|operator| **operator == node.op_type)
            && kipos_onnx_graph::is_standard(&node.domain)
            && !found.contains(operator)
        {
            found.push(operator);
        }
        for attribute in &node.attribute {
            attribute.g.iter().chain(&attribute.graphs).for_each(|graph| collect(&graph.node, found));
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kipos_onnx_graph::proto::{AttributeProto, GraphProto, ModelProto};
    use prost::Message;

    use super::*;

    fn node(operator: &str, domain: &str, inside: Vec<NodeProto>) -> NodeProto {
        let graph = GraphProto { node: inside, ..Default::default() };
        let attribute = AttributeProto { g: Some(graph), ..Default::default() };
        NodeProto { op_type: operator.into(), domain: domain.into(), attribute: vec![attribute], ..Default::default() }
    }

    fn operators(node: Vec<NodeProto>) -> Option<String> {
        let model = ModelProto { graph: Some(GraphProto { node, ..Default::default() }), ..Default::default() };
        let warning = warning(&Graph::load(Bytes::from(model.encode_to_vec())).unwrap())?;
        let (_, rest) = warning.split_once("the operator ").unwrap();
        Some(rest.split(':').next().unwrap().to_owned())
    }

    #[test]
    fn fourier_transforms_are_found_anywhere_in_a_graph() {
        assert_eq!(operators(vec![node("Conv", "", vec![])]), None);
        assert_eq!(operators(vec![node("DFT", "my.own", vec![])]), None);
        assert_eq!(operators(vec![node("DFT", "", vec![]), node("DFT", "", vec![])]).as_deref(), Some("DFT"));
        let inside = node("Loop", "", vec![node("STFT", "ai.onnx", vec![])]);
        assert_eq!(operators(vec![inside, node("DFT", "", vec![])]).as_deref(), Some("STFT, DFT"));
    }
}
