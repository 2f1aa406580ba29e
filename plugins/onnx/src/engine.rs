//! Sessions of one model: the file, the threads, the weights.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use kipos_onnx_graph::Graph;
use kipos_plugin_api::{PluginError, Result};
use ort::environment::Environment;
use ort::logging::LogLevel;
use ort::session::Session;
use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};

use crate::problem::reason;
use crate::weights::Weights;

/// Tells the engine where weights lie that are outside the graph.
const WEIGHTS_DIRECTORY: &str = "session.model_external_initializers_file_folder_path";

/// Tells the engine to leave weights in the order in which they are.
const NO_PREPACKING: &str = "session.disable_prepacking";

/// How far the engine optimizes a graph before it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimization {
    /// Every node as it is written, ready at once.
    AsWritten,
    /// With what can be computed beforehand, and no nodes joined.
    Simplified,
    /// As fast as the engine can.
    Fastest,
}

/// What makes sessions of one model.
pub struct Engine {
    environment: Environment,
    file: PathBuf,
    threads: usize,
    weights: Weights,
}

impl Engine {
    /// Sessions of the model in `file`.
    pub fn new(environment: Environment, file: &Path, threads: usize) -> Self {
        Self { environment, file: file.to_owned(), threads, weights: Weights::of_file(file) }
    }

    /// Takes the large weights out of graphs that were read from the model's file, whose bytes are given. Sessions of
    /// these graphs, and of such that are made of them, share the weights.
    pub fn take_weights(&mut self, bytes: &Bytes, graphs: &mut [&mut Graph]) {
        self.weights.take(bytes, graphs);
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The large weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The number of threads that sessions compute with.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// A session for the file as it lies there.
    ///
    /// # Errors
    /// A file that the engine cannot read.
    pub fn of_file(&self) -> ort::Result<Session> {
        self.create(Optimization::Fastest, |mut builder| builder.commit_from_file(&self.file))
    }

    /// Makes a session. Some nodes that the engine joins exist in float32 alone, so a graph of float64 may only work
    /// with less optimization.
    fn create(
        &self,
        optimization: Optimization,
        make: impl Fn(SessionBuilder) -> ort::Result<Session>,
    ) -> ort::Result<Session> {
        make(self.builder(optimization)?).or_else(|error| match optimization {
            Optimization::Fastest => make(self.builder(Optimization::Simplified)?).map_err(|_| error),
            Optimization::AsWritten | Optimization::Simplified => Err(error),
        })
    }

    /// A session for a graph of the model.
    ///
    /// # Errors
    /// A graph that the engine refuses.
    pub fn session(&self, graph: &Graph, optimization: Optimization) -> Result<Session> {
        let refused = |error| PluginError::runtime(format!("ONNX Runtime refuses the graph: {}", reason(&error)));
        self.of_graph(graph, optimization).map_err(refused)
    }

    /// As [`session`](Self::session), with the engine's own error.
    ///
    /// # Errors
    /// A graph that the engine refuses.
    pub fn of_graph(&self, graph: &Graph, optimization: Optimization) -> ort::Result<Session> {
        let weights = self.weights.of(graph)?;
        let written = graph.save();
        // While it optimises, the engine looks into weights where the graph says that they are: in the file.
        if self.weights.is_same_file() {
            let session = self.create(optimization, |builder| {
                let mut builder = self.beside_file(builder)?;
                for (name, value) in &weights {
                    builder = builder.with_initializer(name, value.clone())?;
                }
                builder.commit_from_memory(&written)
            });
            if session.is_ok() || weights.is_empty() {
                return session;
            }
        }
        // If the file is another by now, or behind a link that the engine does not follow, it copies them first.
        self.create(optimization, |builder| {
            let mut builder = self.beside_file(builder)?;
            for (name, value) in &weights {
                builder =
                    builder.with_external_initializer(name, value.clone())?.with_initializer(name, value.clone())?;
            }
            builder.commit_from_memory(&written)
        })
    }

    /// Tells where the files lie that a graph names.
    fn beside_file(&self, builder: SessionBuilder) -> ort::Result<SessionBuilder> {
        let directory = self.file.parent().filter(|directory| !directory.as_os_str().is_empty());
        match directory.unwrap_or(Path::new(".")).to_str() {
            Some(directory) => Ok(builder.with_config_entry(WEIGHTS_DIRECTORY, directory)?),
            None => Ok(builder),
        }
    }

    fn builder(&self, optimization: Optimization) -> ort::Result<SessionBuilder> {
        // As in the environment, whose level sessions do not take over.
        let builder =
            Session::builder(&self.environment)?.with_log_level(LogLevel::Fatal)?.with_intra_threads(self.threads)?;
        Ok(match optimization {
            Optimization::Fastest => builder.with_optimization_level(GraphOptimizationLevel::All)?,
            Optimization::Simplified => builder.with_optimization_level(GraphOptimizationLevel::Level1)?,
            Optimization::AsWritten => builder
                .with_optimization_level(GraphOptimizationLevel::Disable)?
                .with_config_entry(NO_PREPACKING, "1")?,
        })
    }
}
