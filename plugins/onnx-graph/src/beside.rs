//! Small constants that lie in files beside the graph's. Weights stay there; the engine reads them by itself.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path};

use bytes::Bytes;
use prost::Message;

use crate::error::GraphError;
use crate::facts::LARGEST_CONSTANT;
use crate::graph::Graph;
use crate::proto::{DimensionValue, NodeProto, SparseTensorProto, TensorProto, TypeValue, ValueInfoProto};
use crate::tensor::element;

impl Graph {
    /// The files that hold weights of the graph or of graphs within its nodes, relative to its own file.
    pub fn files_beside(&self) -> BTreeSet<String> {
        let mut files = Files::default();
        self.initializers.values().for_each(|tensor| files.add(tensor));
        files.add_sparse(&self.sparse_initializers);
        files.add_nodes(&self.nodes);
        files.0
    }

    /// The first of these files that is neither `file`, the graph's own, nor in its directory or one below it. A graph has
    /// no business with other files of the user, nor has a link.
    pub fn file_outside(&self, file: &Path) -> Option<String> {
        let directory = file.parent().unwrap_or(Path::new(""));
        let is_own = |location: &String| file.file_name().is_some_and(|name| name == location.as_str());
        self.files_beside().into_iter().find(|location| !is_own(location) && !is_inside(directory, Path::new(location)))
    }

    /// The first input or output with an axis of fewer than no elements; -1 is how some programs write an unknown length.
    pub fn negative_axis(&self) -> Option<(&str, i64)> {
        let arrays = self.inputs.iter().chain(&self.outputs);
        arrays.flat_map(|array| lengths(array).map(|length| (&*array.name, length))).find(|(_, length)| *length < -1)
    }

    /// Reads the whole numbers, truth values and single numbers that lie in files of `directory`, where the graph's own
    /// file is. Rules need them.
    ///
    /// # Errors
    /// A file that is absent or too short.
    pub fn read_beside(&mut self, directory: &Path) -> Result<(), GraphError> {
        for tensor in self.initializers.values_mut().filter(|tensor| !tensor.external_data.is_empty()) {
            let whole = matches!(tensor.data_type, element::I32 | element::I64 | element::BOOL);
            if tensor.elements() > if whole { LARGEST_CONSTANT } else { 1 } {
                continue;
            }
            let (location, size) = (beside(tensor, "location").map(Path::new), element::size(tensor.data_type));
            let (Some(location), Some(size)) = (location, size) else { continue };
            // A graph that names other files is refused as a whole.
            if !is_inside(directory, location) {
                continue;
            }
            let offset = beside(tensor, "offset").and_then(|text| text.parse().ok()).unwrap_or(0);
            let file = directory.join(location);
            let bytes = read(&file, offset, tensor.elements() * size).map_err(|error| GraphError::Beside {
                tensor: tensor.name.clone(),
                file: file.display().to_string(),
                reason: error.to_string(),
            })?;
            let (name, dims) = (std::mem::take(&mut tensor.name), std::mem::take(&mut tensor.dims));
            let data_type = tensor.data_type;
            *tensor = TensorProto { name, dims, data_type, raw_data: Some(bytes), ..TensorProto::default() };
        }
        Ok(())
    }
}

/// The names of files in which tensors lie.
#[derive(Default)]
struct Files(BTreeSet<String>);

impl Files {
    fn add(&mut self, tensor: &TensorProto) {
        self.0.extend(beside(tensor, "location").map(str::to_owned));
    }

    /// Adds those of sparse weights, as far as they can be read.
    fn add_sparse<'b>(&mut self, sparse: impl IntoIterator<Item = &'b Bytes>) {
        let read = sparse.into_iter().filter_map(|bytes| SparseTensorProto::decode(bytes.clone()).ok());
        read.flat_map(|sparse| [sparse.values, sparse.indices]).flatten().for_each(|tensor| self.add(&tensor));
    }

    /// Adds those of nodes, and of graphs within them.
    fn add_nodes(&mut self, nodes: &[NodeProto]) {
        for attribute in nodes.iter().flat_map(|node| &node.attribute) {
            attribute.t.iter().chain(&attribute.tensors).for_each(|tensor| self.add(tensor));
            self.add_sparse(attribute.sparse_tensor.iter().chain(&attribute.sparse_tensors));
            for graph in attribute.g.iter().chain(&attribute.graphs) {
                graph.initializer.iter().for_each(|tensor| self.add(tensor));
                self.add_sparse(&graph.sparse_initializer);
                self.add_nodes(&graph.node);
            }
        }
    }
}

/// The lengths of an array's axes that are numbers.
fn lengths(array: &ValueInfoProto) -> impl Iterator<Item = i64> + '_ {
    let shape = match array.r#type.as_ref().and_then(|kind| kind.value.as_ref()) {
        Some(TypeValue::Tensor(tensor)) => tensor.shape.as_ref(),
        _ => None,
    };
    shape.into_iter().flat_map(|shape| &shape.dim).filter_map(|axis| match axis.value {
        Some(DimensionValue::DimValue(length)) => Some(length),
        _ => None,
    })
}

/// Whether a file lies in a directory, by its name and by where links lead. One that is not there is not outside.
fn is_inside(directory: &Path, location: &Path) -> bool {
    let is_plain = location.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    is_plain
        && match (directory.canonicalize(), directory.join(location).canonicalize()) {
            (Ok(directory), Ok(file)) => file.starts_with(directory),
            _ => true,
        }
}

/// What the graph says of where `tensor` lies.
fn beside<'a>(tensor: &'a TensorProto, key: &str) -> Option<&'a str> {
    tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
}

fn read(file: &Path, offset: u64, length: usize) -> std::io::Result<Bytes> {
    let mut file = File::open(file)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{AttributeProto, GraphProto, ModelProto, StringStringEntryProto};

    /// A tensor that lies in a file.
    fn tensor(name: &str, location: &str) -> TensorProto {
        let entry = StringStringEntryProto { key: "location".into(), value: location.into() };
        TensorProto { name: name.into(), external_data: vec![entry], data_location: Some(1), ..Default::default() }
    }

    fn node(kind: &str, output: &str, attribute: AttributeProto) -> NodeProto {
        let output = vec![output.into()];
        NodeProto { op_type: kind.into(), name: kind.into(), output, attribute: vec![attribute], ..Default::default() }
    }

    #[test]
    fn files_are_named_by_tensors_anywhere_in_a_graph() {
        let constant = AttributeProto { name: "value".into(), t: Some(tensor("", "constant")), ..Default::default() };
        let body = GraphProto {
            node: vec![node("Mine", "z", constant)],
            initializer: vec![tensor("w", "../inside")],
            ..Default::default()
        };
        let sparse = SparseTensorProto { values: Some(tensor("s", "few")), indices: None };
        let body = AttributeProto { name: "body".into(), g: Some(body), ..Default::default() };
        let graph = GraphProto {
            node: vec![node("Loop", "y", body)],
            initializer: vec![tensor("v", "weights")],
            sparse_initializer: vec![sparse.encode_to_vec().into()],
            ..Default::default()
        };
        let model = ModelProto { graph: Some(graph), ..Default::default() };
        let graph = Graph::load(Bytes::from(model.encode_to_vec())).unwrap();
        assert_eq!(graph.files_beside().into_iter().collect::<Vec<_>>(), ["../inside", "constant", "few", "weights"]);
        assert_eq!(graph.file_outside(Path::new("directory/model.onnx")), Some("../inside".into()));
    }
}
