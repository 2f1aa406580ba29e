//! The graph of a model, and sessions for parts of it.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use bytes::Bytes;
use kipos_onnx_graph::{Graph, GraphError, Widened};
use kipos_plugin_api::{ModelSource, Result};
use ort::environment::Environment;
use ort::session::Session;

use crate::cache::Cache;
use crate::derived::Derived;
use crate::engine::{Effort, Engine};
use crate::port::{Port, port};
use crate::problem::invalid;
use crate::tensorflow::Vocabulary;

/// A session for a part of the graph, and what it gives.
pub struct Part {
    /// The session.
    pub session: Mutex<Session>,
    /// What it gives, in the order asked for.
    pub outputs: Vec<Port>,
}

/// A graph as its file has it, and with its convolutions over one axis as ones over two, if it has any.
type Forms = (Graph, Option<Widened>);

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The values of a layer.
    Values,
    /// Gradients.
    Gradients,
}

/// The graph of a model, and sessions for parts of it.
pub struct Inside {
    /// What makes sessions.
    pub engine: Engine,
    /// The graph as the file has it, and with its convolutions over one axis as ones over two; without large weights.
    forms: Result<Forms>,
    /// Names for layers, and what they stand for in the graph.
    aliases: Vec<(String, String)>,
    /// Whether the file has operators in training mode, which both forms have in inference mode.
    trained: bool,
    /// Whose names layers have, and whose axes.
    pub vocabulary: Vocabulary,
    /// The lengths of the inputs' axes after the batch axis, as model.yaml describes them.
    pub described: Vec<Vec<Option<usize>>>,
    /// The graph in the operators that gradients know.
    raised: OnceLock<Graph>,
    /// Whether convolutions run over two axes; not there before it was tried.
    pub(crate) wide: OnceLock<bool>,
    /// The graph in the operators that gradients know, with convolutions over two axes: for values, for gradients.
    widened: [OnceLock<Graph>; 2],
    /// Sessions for the values of layers.
    pub values: Cache<Part>,
    /// Sessions for gradients.
    pub gradients: Cache<Derived>,
}

impl Inside {
    /// The inside of the graph in `file`, as far as the file is readable.
    ///
    /// # Errors
    /// Those of the engine when it takes the weights.
    pub fn new(
        environment: Environment,
        file: &Path,
        source: &ModelSource,
        aliases: Vec<(String, String)>,
        threads: usize,
        vocabulary: Vocabulary,
    ) -> ort::Result<Self> {
        let mut engine = Engine::new(environment, file, threads);
        let mut trained = false;
        let forms = match read(file) {
            Ok((bytes, mut graph)) => {
                trained = leave_training(&mut graph, file);
                without_weights(&bytes, graph, &mut engine)?
            }
            Err(error) => Err(error),
        };
        Ok(Self {
            engine,
            forms,
            aliases,
            trained,
            vocabulary,
            described: source.inputs.iter().map(|leaf| leaf.shape.clone()).collect(),
            raised: OnceLock::new(),
            wide: OnceLock::new(),
            widened: Default::default(),
            values: Cache::default(),
            gradients: Cache::default(),
        })
    }

    /// The session that gives the outputs, of the form of the graph that is likely faster.
    ///
    /// # Errors
    /// A file that the engine cannot read.
    pub fn forward(&self) -> ort::Result<Session> {
        // What is not readable here is left to the engine, which can say why, or can read it after all.
        let Ok((graph, wide)) = self.forms() else { return self.engine.of_file() };
        let outputs: Vec<&String> = graph.outputs.iter().map(|output| &output.name).collect();
        let part = wide.as_ref().and_then(|wide| wide.graph.expose(&outputs).ok());
        if let Some(session) = part.and_then(|part| self.engine.of_graph(&part, Effort::Fastest).ok()) {
            return Ok(session);
        }
        self.wide.get_or_init(|| false);
        // The file itself would train.
        self.engine
            .of_graph(graph, Effort::Fastest)
            .or_else(|error| if self.trained { Err(error) } else { self.engine.of_file() })
    }

    /// The graph as the file has it, and with its convolutions over two axes, if it has any.
    ///
    /// # Errors
    /// A file that could not be read.
    pub fn forms(&self) -> Result<&Forms> {
        self.forms.as_ref().map_err(Clone::clone)
    }

    /// As [`forms`](Self::forms), to be changed.
    #[cfg(test)]
    pub fn forms_mut(&mut self) -> Option<&mut Forms> {
        self.forms.as_mut().ok()
    }

    /// The graph in the operators that gradients know.
    ///
    /// # Errors
    /// A file that could not be read.
    pub fn graph(&self) -> Result<&Graph> {
        let (graph, _) = self.forms()?;
        Ok(self.raised.get_or_init(|| {
            let mut graph = graph.clone();
            graph.raise();
            graph
        }))
    }

    /// The form of the graph that sessions are made of. It has every tensor of [`graph`](Self::graph).
    ///
    /// # Errors
    /// A file that could not be read.
    pub fn runnable(&self, purpose: Purpose) -> Result<&Graph> {
        let graph = self.graph()?;
        if self.wide.get() != Some(&true) {
            return Ok(graph);
        }
        let widen = || graph.to_2d(purpose == Purpose::Values).map_or_else(|| graph.clone(), |wide| wide.graph);
        Ok(self.widened[purpose as usize].get_or_init(widen))
    }

    /// Refuses names of model.yaml for layers that are not there.
    ///
    /// # Errors
    /// What is the matter with the first of them.
    pub fn check_aliases(&self) -> Result<()> {
        let Ok((graph, _)) = self.forms() else { return Ok(()) };
        for (alias, _) in &self.aliases {
            let found = self.vocabulary.find(graph, alias, &self.aliases);
            found.map_err(|error| invalid(format!("`{alias}` in argument `layers`: {}", error.message)))?;
        }
        Ok(())
    }

    /// Names for layers, and what they stand for.
    pub fn aliases(&self) -> &[(String, String)] {
        &self.aliases
    }

    /// A session for `graph`, whose outputs are described as `described`.
    ///
    /// # Errors
    /// A graph that the engine refuses, or outputs of a type that the contract does not have.
    pub fn make_part(&self, graph: &Graph, described: &[String]) -> Result<Part> {
        let session = self.engine.session(graph, Effort::Fastest)?;
        let ports = session.outputs().iter().zip(described).map(|(outlet, described)| port(described, outlet));
        let outputs = ports.collect::<Result<Vec<Port>>>()?;
        Ok(Part { session: Mutex::new(session), outputs })
    }
}

fn read(file: &Path) -> Result<(Bytes, Graph)> {
    let bytes = std::fs::read(file).map_err(|error| invalid(format!("{} cannot be read: {error}", file.display())))?;
    let bytes = Bytes::from(bytes);
    let broken = |error: GraphError| invalid(format!("{}: {error}", file.display()));
    let mut graph = Graph::load(bytes.clone()).map_err(broken)?;
    graph.read_beside(file.parent().unwrap_or(Path::new(""))).map_err(broken)?;
    Ok((bytes, graph))
}

/// Brings a graph from training to inference mode; whether there was anything to bring. It is said, as the numbers are not
/// those that the exported model gave while it trained.
fn leave_training(graph: &mut Graph, file: &Path) -> bool {
    let changed = graph.to_inference();
    if !changed.is_empty() {
        let (file, what) = (file.display(), changed.join(" and "));
        // Nothing can be done about a closed stderr.
        let _ = writeln!(
            io::stderr(),
            "warning: {file} was exported in training mode; {what} runs in inference mode here, as after model.eval()"
        );
    }
    !changed.is_empty()
}

/// Both forms of a graph, whose large weights go to the engine.
fn without_weights(bytes: &Bytes, mut graph: Graph, engine: &mut Engine) -> ort::Result<Result<Forms>> {
    let mut wide = graph.to_2d(true);
    let mut graphs: Vec<&mut Graph> = wide.iter_mut().map(|wide| &mut wide.graph).collect();
    graphs.push(&mut graph);
    engine.take_weights(bytes, &mut graphs)?;
    // What is left still holds the memory of the whole file, unless it is written and read again.
    let fresh = |graph: &Graph| Graph::load(Bytes::from(graph.save())).map_err(|error| invalid(error.to_string()));
    Ok(fresh(&graph).and_then(|graph| {
        let wide = wide.map(|wide| Ok(Widened { graph: fresh(&wide.graph)?, ..wide })).transpose()?;
        Ok((graph, wide))
    }))
}
