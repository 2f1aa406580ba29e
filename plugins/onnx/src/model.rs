//! A loaded graph.

use std::path::Path;
use std::sync::OnceLock;

use kipos_onnx_graph::Graph;
use kipos_plugin_api::bind::{self, Declared, FileArray, Side};
use kipos_plugin_api::{
    BatchAxis, Bound, Device, ModelDescription, ModelSource, PluginError, Result, RuntimeOptions, SchemaLeaf,
    Signature, TensorSpec,
};
use ort::environment::Environment;
use ort::value::Outlet;

use crate::edits::EditEvaluators;
use crate::engine::Engine;
use crate::foreign;
use crate::forms::GraphForms;
use crate::imprecise;
use crate::port::{Port, array, port};
use crate::problem::{invalid, reason};
use crate::row_rounding;
use crate::sessions::{ForwardSession, GraphSessions};
use crate::tensorflow::Original;

/// A loaded graph.
pub struct OnnxModel {
    /// The session for the outputs.
    pub(crate) session: ForwardSession,
    pub(crate) inputs: Vec<Port>,
    pub(crate) outputs: Vec<Port>,
    /// How inputs and outputs were found to be those of the description.
    bound: [Vec<Bound>; 2],
    pub(crate) batch: BatchAxis,
    /// Whether it takes one row per call although its batch axis is free; not there before it was tried.
    pub(crate) takes_one_row: OnceLock<bool>,
    /// Whether the engine rounds a row alone as it does among others.
    pub(crate) rounds_alike: bool,
    /// What to know of its results, one sentence each.
    pub(crate) notes: Vec<String>,
    /// The graph, and its sessions for layers and gradients, made when one of them is asked for.
    pub(crate) sessions: GraphSessions,
    /// What evaluates edits, once it is needed.
    pub(crate) edits: EditEvaluators,
    /// How it runs.
    pub(crate) options: RuntimeOptions,
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
            return Err(PluginError::no_device("the onnx backend runs on the processor only; choose --device cpu"));
        }
        check_file(file)?;
        let unusable = |error: ort::Error| unusable(file, &error);
        let mut sessions = GraphSessions::new(environment, file, source, options.threads, original.vocabulary);
        if let Ok(forms) = sessions.forms() {
            check_graph(file, forms.original())?;
        }
        let session = sessions.forward().map_err(unusable)?;
        sessions.take_aliases(source)?;
        let graph = sessions.forms().ok().map(GraphForms::original);
        let (inputs, inputs_bound) =
            bind(Side::Inputs, &source.inputs, original.inputs.as_ref(), session.inputs(), graph)?;
        if inputs.len() < session.inputs().len() {
            let graph: Vec<&str> = session.inputs().iter().map(Outlet::name).collect();
            return Err(invalid(format!(
                "the graph reads {}, but model.yaml describes fewer inputs",
                graph.join(", ")
            )));
        }
        let (outputs, outputs_bound) =
            bind(Side::Outputs, &source.targets, original.outputs.as_ref(), session.outputs(), graph)?;
        let batch = batch_axis(&inputs)?;
        let training = sessions.forms().ok().and_then(|forms| forms.left_training(file));
        let imprecise = graph.and_then(imprecise::warning).map(|warning| format!("{}: {warning}", file.display()));
        let rounds_alike = graph.is_some_and(row_rounding::is_alike);
        let bound = [inputs_bound, outputs_bound];
        Ok(Self {
            session: ForwardSession::new(session),
            inputs,
            outputs,
            bound,
            batch,
            takes_one_row: OnceLock::new(),
            rounds_alike,
            notes: training.into_iter().chain(imprecise).collect(),
            sessions,
            edits: EditEvaluators::default(),
            options,
        })
    }

    /// What the graph in a file says of itself, in its own order.
    ///
    /// # Errors
    /// A file that is absent or broken, or arrays that the contract does not have.
    pub fn describe(environment: Environment, file: &Path) -> Result<ModelDescription> {
        check_file(file)?;
        let session = Engine::new(environment, file, 1).of_file().map_err(|error| unusable(file, &error))?;
        let spec = |outlet: &Outlet| port(outlet.name(), outlet).map(|port| port.spec());
        let specs = |outlets: &[Outlet]| outlets.iter().map(spec).collect::<Result<Vec<TensorSpec>>>();
        Ok(ModelDescription::new(specs(session.inputs())?, specs(session.outputs())?))
    }

    /// What the graph says of itself, in the description's order.
    pub fn signature_of_graph(&self) -> Signature {
        let spec = |(port, bound): (&Port, &Bound)| port.spec().with_bound(*bound);
        let [inputs_bound, outputs_bound] = &self.bound;
        Signature::new(
            self.inputs.iter().zip(inputs_bound).map(spec).collect(),
            self.outputs.iter().zip(outputs_bound).map(spec).collect(),
        )
        .with_batch(self.batch)
    }
}

/// The inputs or outputs of the graph in the order of the description, and how each was found.
fn bind(
    side: Side,
    leaves: &[SchemaLeaf],
    declared: Option<&Declared>,
    outlets: &[Outlet],
    graph: Option<&Graph>,
) -> Result<(Vec<Port>, Vec<Bound>)> {
    let producers = graph.map(Graph::producers).unwrap_or_default();
    let node =
        |outlet: &Outlet| producers.get(outlet.name()).zip(graph).map_or("", |(&at, graph)| &*graph.nodes[at].name);
    let graph: Vec<FileArray<'_>> = outlets.iter().map(|outlet| array(outlet, node(outlet))).collect();
    let pairs = bind::pair(side, leaves, declared, &graph)?;
    let bound = |(leaf, (index, bound)): (&SchemaLeaf, (usize, Bound))| Ok((port(&leaf.name, &outlets[index])?, bound));
    leaves.iter().zip(pairs).map(bound).collect()
}

fn check_file(file: &Path) -> Result<()> {
    if file.is_file() {
        return Ok(());
    }
    Err(invalid(format!("no such file: {}; correct `args.file` in model.yaml", file.display())))
}

/// Refuses a graph that the engine must not see.
fn check_graph(file: &Path, graph: &Graph) -> Result<()> {
    if let Some(outside) = graph.file_outside(file) {
        return Err(invalid(format!(
            "{} keeps weights in {outside}, which is not in its directory; put the file of weights beside the graph, \
             without a link, and name it there",
            file.display()
        )));
    }
    match graph.negative_axis() {
        Some((name, length)) => Err(invalid(format!(
            "{} is not a usable ONNX file, export or copy it again: `{name}` has an axis of length {length}",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// Why the engine takes no graph from `file`.
fn unusable(file: &Path, error: &ort::Error) -> PluginError {
    let graph = std::fs::read(file).ok().and_then(|bytes| Graph::load(bytes.into()).ok());
    if graph.is_none()
        && let Some(problem) = foreign::problem(file)
    {
        return invalid(problem);
    }
    let missing = graph.iter().flat_map(Graph::files_beside).find(|beside| !file.with_file_name(beside).exists());
    let file = file.display();
    match missing {
        Some(beside) => {
            invalid(format!("{file} keeps weights in the file {beside}, which is missing; put it beside the graph"))
        }
        None => invalid(format!("{file} is not a usable ONNX file, export or copy it again: {}", reason(error))),
    }
}

/// The most rows that a graph may insist on: memory is asked for by their number.
const LARGEST_BATCH: usize = 1 << 16;

/// The batch axis of all inputs together.
fn batch_axis(inputs: &[Port]) -> Result<BatchAxis> {
    let mut fixed = None;
    for input in inputs {
        match input.shape.first() {
            None => return Err(invalid(format!("input `{}` of the graph is a single number", input.name))),
            Some(None) => {}
            Some(Some(rows)) if *rows > LARGEST_BATCH => {
                return Err(invalid(format!(
                    "the graph takes exactly {rows} rows per call, more than the {LARGEST_BATCH} that it may; export it \
                     with a free batch axis"
                )));
            }
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
