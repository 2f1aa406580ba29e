//! A loaded graph.

use std::path::Path;
use std::sync::Mutex;

use kipos_onnx_graph::Graph;
use kipos_plugin_api::{
    BatchAxis, Device, ModelSource, PluginError, Result, RuntimeOptions, SchemaLeaf, Signature, TensorSpec,
};
use ort::environment::Environment;
use ort::session::Session;
use ort::value::Outlet;

use crate::aliases::aliases;
use crate::inside::Inside;
use crate::names;
use crate::port::{Port, port};
use crate::problem::{invalid, reason};
use crate::tensorflow::Original;

/// A loaded graph.
pub struct OnnxModel {
    /// Running needs exclusive access. One session computes with all threads, so the weights are held once.
    pub(crate) session: Mutex<Session>,
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
    pub(crate) batch: BatchAxis,
    /// What layers and gradients need; made when one of them is asked for.
    pub(crate) inside: Inside,
}

impl OnnxModel {
    /// Loads a graph.
    ///
    /// # Errors
    /// A file that is absent or broken, or a graph whose inputs or outputs are not those of the description.
    pub fn load(
        environment: Environment,
        file: &Path,
        source: &ModelSource,
        options: RuntimeOptions,
        original: Original,
    ) -> Result<Self> {
        if options.device != Device::Cpu {
            return Err(PluginError::unsupported("the onnx backend runs on the processor only; choose --device cpu"));
        }
        if !file.is_file() {
            return Err(invalid(format!("no such file: {}; correct `args.file` in model.yaml", file.display())));
        }
        let unusable = |error: ort::Error| unusable(file, &error);
        let (aliases, vocabulary) = (aliases(&source.args)?, original.vocabulary);
        let inside = Inside::new(environment, file, source, aliases, options.threads, vocabulary).map_err(unusable)?;
        let session = inside.forward().map_err(unusable)?;
        let ports = |what: &str, leaves: &[SchemaLeaf], nodes: Option<&[String]>, outlets: &[Outlet]| {
            let graph: Vec<&str> = outlets.iter().map(Outlet::name).collect();
            let indices = names::pair(what, leaves, nodes, &graph)?;
            let port = |(leaf, index): (&SchemaLeaf, usize)| port(&leaf.name, &outlets[index]);
            leaves.iter().zip(indices).map(port).collect::<Result<Vec<Port>>>()
        };
        inside.check_aliases()?;
        let inputs = ports("input", &source.inputs, original.input_nodes.as_deref(), session.inputs())?;
        if inputs.len() < session.inputs().len() {
            let graph: Vec<&str> = session.inputs().iter().map(Outlet::name).collect();
            return Err(invalid(format!(
                "the graph reads {}, but model.yaml describes fewer inputs",
                graph.join(", ")
            )));
        }
        let outputs = ports("output", &source.targets, original.target_nodes.as_deref(), session.outputs())?;
        let batch = batch_axis(&inputs)?;
        Ok(Self { session: Mutex::new(session), inputs, outputs, batch, inside })
    }

    /// What the graph says of itself, in the description's order.
    pub fn signature_of_graph(&self) -> Signature {
        let spec = |port: &Port| TensorSpec {
            name: Some(port.name.clone()),
            dtype: Some(port.dtype),
            shape: Some(port.shape.iter().skip(1).copied().collect()),
            ..TensorSpec::default()
        };
        Signature {
            inputs: self.inputs.iter().map(spec).collect(),
            outputs: self.outputs.iter().map(spec).collect(),
            batch: self.batch,
        }
    }
}

/// Why the engine takes no graph from `file`.
fn unusable(file: &Path, error: &ort::Error) -> PluginError {
    let graph = std::fs::read(file).ok().and_then(|bytes| Graph::load(bytes.into()).ok());
    let missing = graph.iter().flat_map(Graph::files_beside).find(|beside| !file.with_file_name(beside).exists());
    let file = file.display();
    match missing {
        Some(beside) => {
            invalid(format!("{file} keeps weights in the file {beside}, which is missing; put it beside the graph"))
        }
        None => invalid(format!("{file} is not a usable ONNX file, export or copy it again: {}", reason(error))),
    }
}

/// The batch axis of all inputs together.
fn batch_axis(inputs: &[Port]) -> Result<BatchAxis> {
    let mut fixed = None;
    for input in inputs {
        match input.shape.first() {
            None => return Err(invalid(format!("input `{}` of the graph is a single number", input.name))),
            Some(None) => {}
            Some(Some(rows)) if fixed.is_none_or(|other| other == *rows) => fixed = Some(*rows),
            Some(Some(rows)) => {
                return Err(invalid(format!(
                    "the inputs of the graph have batch axes of different length, such as {rows}"
                )));
            }
        }
    }
    Ok(fixed.map_or(BatchAxis::Dynamic, BatchAxis::Fixed))
}
