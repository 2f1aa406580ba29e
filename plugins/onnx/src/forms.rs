//! The forms in which the graph of a model is kept.
//!
//! | form | its operators | its convolutions over one axis | what runs it |
//! |---|---|---|---|
//! | `original` | those of the file, in inference mode | as they are | predictions |
//! | `wide` | those of the file, in inference mode | over two axes, the first of length 1 | predictions, as engines are faster at it |
//! | `raised` | those of opset 18, which the rules of gradients know | as they are | layers and gradients |
//! | `wide_for_values`, `wide_for_gradients` | those of opset 18 | over two axes | layers and gradients |
//!
//! The first two are made when the file is read, and hold no large weights: the engine has those. The others are made
//! when a layer or a gradient is first asked for. Wide forms run once a trial has shown that they give the same
//! (`widening.rs`).

use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use kipos_onnx_graph::{Graph, GraphError, Widened};
use kipos_plugin_api::Result;

use crate::engine::Engine;
use crate::problem::invalid;

/// Over how many axes convolutions over one axis run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convolutions {
    /// Over one, as the file has them.
    OneAxis,
    /// Over two.
    TwoAxes,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The values of a layer.
    Values,
    /// Gradients.
    Gradients,
}

/// The forms of a graph.
pub struct GraphForms {
    original: Graph,
    /// Not there without convolutions over one axis.
    wide: Option<Widened>,
    raised: OnceLock<Graph>,
    wide_for_values: OnceLock<Graph>,
    wide_for_gradients: OnceLock<Graph>,
    /// What the trial showed; not there before it was made.
    convolutions: OnceLock<Convolutions>,
    /// The operators that the file has in training mode.
    training: Vec<&'static str>,
    /// The bytes of all weights of the file.
    weight_bytes: u64,
    /// The files of weights that the graph names, relative to its own.
    files_beside: Vec<String>,
}

impl GraphForms {
    /// The forms of the graph in `file`; its large weights are left to the engine.
    ///
    /// # Errors
    /// A file that is not readable here.
    pub fn read(file: &Path, engine: &mut Engine) -> Result<Self> {
        let (bytes, mut original, files_beside) = read(file)?;
        let weight_bytes = original.weight_bytes();
        let training = original.to_inference();
        let mut wide = original.to_2d(true);
        let mut graphs: Vec<&mut Graph> = wide.iter_mut().map(|wide| &mut wide.graph).collect();
        graphs.push(&mut original);
        engine.take_weights(&bytes, &mut graphs);
        // What is left still holds the memory of the whole file, unless it is written and read again.
        let fresh = |graph: &Graph| Graph::load(Bytes::from(graph.save())).map_err(|error| invalid(error.to_string()));
        Ok(Self {
            original: fresh(&original)?,
            wide: wide.map(|wide| Ok(Widened { graph: fresh(&wide.graph)?, ..wide })).transpose()?,
            raised: OnceLock::new(),
            wide_for_values: OnceLock::new(),
            wide_for_gradients: OnceLock::new(),
            convolutions: OnceLock::new(),
            training,
            weight_bytes,
            files_beside,
        })
    }

    /// The bytes of all weights, which the engine holds.
    pub fn weight_bytes(&self) -> u64 {
        self.weight_bytes
    }

    /// The files of weights that the graph names, relative to its own.
    pub fn files_beside(&self) -> &[String] {
        &self.files_beside
    }

    /// The graph as the file has it.
    pub fn original(&self) -> &Graph {
        &self.original
    }

    /// The graph with its convolutions over two axes, if it has any over one.
    pub fn wide(&self) -> Option<&Widened> {
        self.wide.as_ref()
    }

    /// As [`wide`](Self::wide), to be changed.
    #[cfg(test)]
    pub fn wide_mut(&mut self) -> Option<&mut Widened> {
        self.wide.as_mut()
    }

    /// The graph in the operators that gradients know.
    pub fn raised(&self) -> &Graph {
        self.raised.get_or_init(|| {
            let mut graph = self.original.clone();
            graph.raise();
            graph
        })
    }

    /// The form that sessions for layers and gradients are made of. It has every tensor of [`raised`](Self::raised).
    pub fn runnable(&self, purpose: Purpose) -> &Graph {
        let raised = self.raised();
        if self.convolutions() != Some(Convolutions::TwoAxes) {
            return raised;
        }
        let widened = |max_pools: bool| raised.to_2d(max_pools).map_or_else(|| raised.clone(), |wide| wide.graph);
        match purpose {
            Purpose::Values => self.wide_for_values.get_or_init(|| widened(true)),
            Purpose::Gradients => self.wide_for_gradients.get_or_init(|| widened(false)),
        }
    }

    /// Over how many axes convolutions run; `None` before it is decided.
    pub fn convolutions(&self) -> Option<Convolutions> {
        self.convolutions.get().copied()
    }

    /// Decides over how many axes convolutions run. The first decision stands.
    pub fn decide(&self, convolutions: Convolutions) {
        self.convolutions.get_or_init(|| convolutions);
    }

    /// Whether the file itself has operators in training mode.
    pub fn trained(&self) -> bool {
        !self.training.is_empty()
    }

    /// What to know of a graph in training mode: the numbers are not those that the exported model gave while it trained.
    pub fn left_training(&self, file: &Path) -> Option<String> {
        self.trained().then(|| {
            let (file, what) = (file.display(), self.training.join(" and "));
            format!("{file} was exported in training mode; {what} runs in inference mode here, as after model.eval()")
        })
    }
}

/// The bytes of a file, their graph, and the files that it names.
fn read(file: &Path) -> Result<(Bytes, Graph, Vec<String>)> {
    let bytes = std::fs::read(file).map_err(|error| invalid(format!("{} cannot be read: {error}", file.display())))?;
    let bytes = Bytes::from(bytes);
    let broken = |error: GraphError| invalid(format!("{}: {error}", file.display()));
    let mut graph = Graph::load(bytes.clone()).map_err(broken)?;
    // What is read from these files now, the graph no longer names.
    let files_beside = graph.files_beside().into_iter().collect();
    graph.read_beside(file.parent().unwrap_or(Path::new(""))).map_err(broken)?;
    Ok((bytes, graph, files_beside))
}
