//! The end of a graph as a graph of its own.

use crate::error::GraphError;
use crate::graph::{Graph, declare_shape};
use crate::proto::{Dimension, DimensionValue, NodeProto, TensorShapeProto};
use crate::tensor::element;

impl Graph {
    /// What makes `outputs` of `inputs`, tensors of float32 whose rows have these shapes; `None` if it reads more than these
    /// and weights.
    ///
    /// # Errors
    /// An output that no tensor is called.
    pub fn behind(&self, inputs: &[(&str, &[usize])], outputs: &[&str]) -> Result<Option<Self>, GraphError> {
        let mut part = self.clone();
        part.nodes.retain(|node| !node.output.iter().any(|name| inputs.iter().any(|(input, _)| input == name)));
        part.inputs = inputs.iter().map(|(name, row)| declare_shape(name, element::F32, Some(shape_of(row)))).collect();
        let part = part.expose(outputs)?;
        let made = part.producers();
        let is_known = |name: &str| {
            made.contains_key(name)
                || part.initializers.contains_key(name)
                || inputs.iter().any(|(input, _)| *input == name)
        };
        let is_whole = part.nodes.iter().flat_map(NodeProto::reads).all(is_known);
        Ok(is_whole.then_some(part))
    }
}

/// The shape of any number of rows.
fn shape_of(row: &[usize]) -> TensorShapeProto {
    let rows = Dimension { value: Some(DimensionValue::DimParam("rows".into())), ..Default::default() };
    let dim =
        |&length: &usize| Dimension { value: Some(DimensionValue::DimValue(length as i64)), ..Default::default() };
    TensorShapeProto { dim: std::iter::once(rows).chain(row.iter().map(dim)).collect() }
}

#[cfg(test)]
mod tests {
    use crate::tests::{load, model, node};

    #[test]
    fn the_end_of_a_graph_reads_what_it_is_cut_at() {
        let nodes = vec![
            node("Relu", "a", &["x"], "a", vec![]),
            node("Exp", "b", &["a"], "b", vec![]),
            node("Mul", "y", &["b", "w"], "y", vec![]),
        ];
        let graph = load(&model(18, nodes, "y")).unwrap();
        let end = graph.behind(&[("b", &[3])], &["y"]).unwrap().unwrap();
        let names = |graph: &crate::Graph| graph.nodes.iter().map(|node| node.name.clone()).collect::<Vec<String>>();
        assert_eq!((names(&end), end.inputs[0].name.as_str(), end.inputs.len()), (vec!["y".to_owned()], "b", 1));
        assert!(end.initializers.contains_key("w"));
        assert!(graph.behind(&[], &["y"]).unwrap().is_none(), "it reads `x`");
        let error = graph.behind(&[("b", &[3])], &["z"]).unwrap_err().to_string();
        assert!(error.contains("`z`"), "{error}");
    }
}
