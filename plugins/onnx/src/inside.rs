//! The graph of a model, and sessions for parts of it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_plugin_api::{ModelSource, PluginError, Result, Value};
use ort::environment::Environment;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;

use crate::gradients::Derived;
use crate::model::{Port, invalid, port, reason};

/// So many sessions are kept for layers, and as many for gradients; each holds the weights it needs.
const KEPT_SESSIONS: usize = 8;

/// Tells the engine where weights lie that are outside the file.
const WEIGHTS_DIRECTORY: &str = "session.model_external_initializers_file_folder_path";

/// A session for a part of the graph, and what it gives.
pub struct Part {
    /// The session.
    pub session: Mutex<Session>,
    /// What it gives, in the order asked for.
    pub outputs: Vec<Port>,
}

/// The graph of a model, read when it is needed, and sessions for parts of it.
pub struct Inside {
    environment: Environment,
    file: PathBuf,
    threads: usize,
    /// Names for layers, and what they stand for in the graph.
    aliases: Vec<(String, String)>,
    /// The lengths of the inputs' axes after the batch axis, as model.yaml describes them.
    pub described: Vec<Vec<Option<usize>>>,
    graph: OnceLock<Result<Graph>>,
    /// Sessions for the values of layers.
    pub values: Cache<Part>,
    /// Sessions for gradients.
    pub gradients: Cache<Derived>,
}

/// What was made last, by what was asked for; the newest last.
pub struct Cache<T>(Mutex<VecDeque<(String, Arc<T>)>>);

impl<T> Cache<T> {
    /// What is kept for `key`, made by `make` if there is none yet.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get(&self, key: String, make: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(other, _)| *other == key)
            && let Some((key, value)) = kept.remove(at)
        {
            kept.push_back((key, Arc::clone(&value)));
            return Ok(value);
        }
        let value = Arc::new(make()?);
        if kept.len() == KEPT_SESSIONS {
            kept.pop_front();
        }
        kept.push_back((key, Arc::clone(&value)));
        Ok(value)
    }
}

impl Inside {
    /// The inside of the graph in `file`.
    pub fn new(environment: Environment, file: &Path, source: &ModelSource, threads: usize) -> Self {
        let layers = match &source.args {
            Value::Map(entries) => entries.iter().find(|(key, _)| key == "layers").map(|(_, value)| value),
            _ => None,
        };
        let aliases = match layers {
            Some(Value::Map(entries)) => entries
                .iter()
                .filter_map(|(alias, meant)| match meant {
                    Value::String(meant) => Some((alias.clone(), meant.clone())),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        Self {
            environment,
            file: file.to_owned(),
            threads,
            aliases,
            described: source.inputs.iter().map(|leaf| leaf.shape.clone()).collect(),
            graph: OnceLock::new(),
            values: Cache(Mutex::default()),
            gradients: Cache(Mutex::default()),
        }
    }

    /// The graph.
    ///
    /// # Errors
    /// A file that cannot be read any more or that is broken.
    pub fn graph(&self) -> Result<&Graph> {
        let read = || {
            let file = self.file.display();
            let bytes =
                std::fs::read(&self.file).map_err(|error| invalid(format!("{file} cannot be read: {error}")))?;
            let mut graph = Graph::load(Bytes::from(bytes)).map_err(|error| invalid(format!("{file}: {error}")))?;
            graph.raise();
            Ok(graph)
        };
        self.graph.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Names for layers, and what they stand for.
    pub fn aliases(&self) -> &[(String, String)] {
        &self.aliases
    }

    /// A session for `graph` that gives `outputs`. `as_written` runs every node as it is.
    ///
    /// # Errors
    /// A graph that the engine refuses.
    pub fn session(&self, graph: &Graph, as_written: bool) -> Result<Session> {
        let level = if as_written { GraphOptimizationLevel::Disable } else { GraphOptimizationLevel::All };
        let create = || -> ort::Result<Session> {
            let mut builder = Session::builder(&self.environment)?
                .with_optimization_level(level)?
                .with_intra_threads(self.threads)?;
            if let Some(directory) = self.file.parent().and_then(Path::to_str).filter(|text| !text.is_empty()) {
                builder = builder.with_config_entry(WEIGHTS_DIRECTORY, directory)?;
            }
            builder.commit_from_memory(&graph.save())
        };
        create().map_err(|error| PluginError::runtime(format!("ONNX Runtime refuses the graph: {}", reason(&error))))
    }

    /// A session for `graph`, whose outputs are described as `described`.
    ///
    /// # Errors
    /// A graph that the engine refuses, or outputs of a type that the contract does not have.
    pub fn make_part(&self, graph: &Graph, described: &[String]) -> Result<Part> {
        let session = self.session(graph, false)?;
        let ports = session.outputs().iter().zip(described).map(|(outlet, described)| port(described, outlet));
        let outputs = ports.collect::<Result<Vec<Port>>>()?;
        Ok(Part { session: Mutex::new(session), outputs })
    }
}
