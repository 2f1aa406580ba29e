//! Small constants that lie in files beside the graph's. Weights stay there; the engine reads them by itself.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path};

use bytes::Bytes;

use crate::error::GraphError;
use crate::facts::LARGEST_CONSTANT;
use crate::graph::Graph;
use crate::proto::TensorProto;
use crate::tensor::element;

impl Graph {
    /// The files that hold weights of the graph, relative to its own file.
    pub fn files_beside(&self) -> BTreeSet<&str> {
        self.initializers.values().filter_map(|tensor| beside(tensor, "location")).collect()
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
            // What points elsewhere is for the engine to judge.
            if !location.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
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
