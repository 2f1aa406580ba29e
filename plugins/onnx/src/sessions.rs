//! The sessions of a model: for its outputs, for layers, for gradients.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kipos_onnx_graph::{Graph, Length};
use kipos_plugin_api::bind::layer_aliases;
use kipos_plugin_api::{LayerRequest, ModelSource, Result};
use ort::environment::Environment;
use ort::session::Session;

use crate::cache::Cache;
use crate::engine::{Engine, Optimization};
use crate::forms::{Convolutions, GraphForms};
use crate::port::{Port, port};
use crate::problem::invalid;
use crate::tensorflow::Vocabulary;

/// The session for the outputs of a model: there once it is used, until it is let go.
pub struct ForwardSession(Mutex<Option<Session>>);

impl ForwardSession {
    /// A session that is there.
    pub fn new(session: Session) -> Self {
        Self(Mutex::new(Some(session)))
    }

    /// The session, if it is there. Running needs exclusive access; one session computes with all threads.
    pub fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the session go, and with it the weights that nobody else holds.
    pub fn let_go(&self) {
        drop(self.lock().take());
    }
}

/// A session for a part of the graph, and what it gives.
pub struct Subgraph {
    /// The session.
    pub session: Mutex<Session>,
    /// What it gives, in the order asked for.
    pub outputs: Vec<Port>,
}

/// A session that computes gradients.
pub struct GradientSession {
    /// The session; `None` if the layer depends on none of the inputs asked for.
    pub session: Option<Mutex<Session>>,
    /// Where the weights of each call of the layer go in.
    pub seeds: Vec<Port>,
    /// The shape of each call of the layer.
    pub shapes: Vec<Vec<Length>>,
    /// Where the gradients come out.
    pub outputs: Vec<Port>,
    /// For every input asked for, the position of its gradient among the outputs.
    pub positions: Vec<Option<usize>>,
}

/// What a session for gradients is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GradientKey {
    /// The layer.
    pub layer: LayerRequest,
    /// The inputs with respect to which it is differentiated.
    pub inputs: Vec<usize>,
    /// The shapes of single rows of all inputs.
    pub row_shapes: Vec<Vec<usize>>,
}

/// The graph of a model, and the sessions that were made of it.
pub struct GraphSessions {
    /// What makes sessions.
    pub engine: Engine,
    forms: Result<GraphForms>,
    /// Names for layers, and what they stand for in the graph.
    pub aliases: Vec<(String, String)>,
    /// Whose names layers have, and whose axes.
    pub vocabulary: Vocabulary,
    /// The lengths of the inputs' axes after the batch axis, as model.yaml describes them.
    pub described: Vec<Vec<Option<usize>>>,
    /// Sessions for the values of layers.
    pub values: Cache<LayerRequest, Subgraph>,
    /// Sessions for gradients.
    pub gradients: Cache<GradientKey, GradientSession>,
}

impl GraphSessions {
    /// No sessions yet of the graph in `file`, as far as the file is readable.
    pub fn new(
        environment: Environment,
        file: &Path,
        source: &ModelSource,
        threads: usize,
        vocabulary: Vocabulary,
    ) -> Self {
        let mut engine = Engine::new(environment, file, threads);
        let forms = GraphForms::read(file, &mut engine);
        let described = source.inputs.iter().map(|leaf| leaf.shape.clone()).collect();
        let (values, gradients) = (Cache::default(), Cache::default());
        Self { engine, forms, aliases: Vec::new(), vocabulary, described, values, gradients }
    }

    /// The forms of the graph.
    ///
    /// # Errors
    /// A file that could not be read.
    pub fn forms(&self) -> Result<&GraphForms> {
        self.forms.as_ref().map_err(Clone::clone)
    }

    /// The file of the graph, and the files beside it that hold its weights.
    pub fn files(&self) -> Vec<PathBuf> {
        let file = self.engine.file();
        let beside = self.forms.iter().flat_map(GraphForms::files_beside).map(|name| file.with_file_name(name));
        let beside = beside.filter(|beside| beside != file);
        std::iter::once(file.to_owned()).chain(beside).collect()
    }

    /// As [`forms`](Self::forms), to be changed.
    #[cfg(test)]
    pub fn forms_mut(&mut self) -> Option<&mut GraphForms> {
        self.forms.as_mut().ok()
    }

    /// A session that gives the outputs, of the form of the graph that is likely faster, or that was found to be right.
    ///
    /// # Errors
    /// A file that the engine cannot read.
    pub fn forward(&self) -> ort::Result<Session> {
        // What is not readable here is left to the engine, which can say why, or can read it after all.
        let Ok(forms) = &self.forms else { return self.engine.of_file() };
        let graph = forms.original();
        let outputs: Vec<&String> = graph.outputs.iter().map(|output| &output.name).collect();
        let may_be_wide = forms.convolutions() != Some(Convolutions::OneAxis);
        let wide = forms.wide().filter(|_| may_be_wide).and_then(|wide| wide.graph.expose(&outputs).ok());
        if let Some(session) = wide.and_then(|wide| self.engine.of_graph(&wide, Optimization::Fastest).ok()) {
            return Ok(session);
        }
        forms.decide(Convolutions::OneAxis);
        // The file itself would train.
        self.engine
            .of_graph(graph, Optimization::Fastest)
            .or_else(|error| if forms.trained() { Err(error) } else { self.engine.of_file() })
    }

    /// Takes the names of model.yaml for layers, and refuses those of layers that are not there.
    ///
    /// # Errors
    /// What is the matter with the first of them.
    pub fn take_aliases(&mut self, source: &ModelSource) -> Result<()> {
        let listing = || {
            let layers = self.forms.as_ref().map(|forms| forms.raised().layers()).unwrap_or_default();
            layers.into_iter().map(|layer| layer.tensor).collect()
        };
        self.aliases = layer_aliases(source.args.get("layers"), listing)?;
        let Ok(forms) = &self.forms else { return Ok(()) };
        for (alias, _) in &self.aliases {
            let found = self.vocabulary.find(forms.original(), alias, &self.aliases);
            found.map_err(|error| invalid(format!("`{alias}` in argument `layers`: {}", error.message)))?;
        }
        Ok(())
    }

    /// A session for `graph`, whose outputs are described as `described`.
    ///
    /// # Errors
    /// A graph that the engine refuses, or outputs of a type that the contract does not have.
    pub fn subgraph(&self, graph: &Graph, described: &[String]) -> Result<Subgraph> {
        let session = self.engine.session(graph, Optimization::Fastest)?;
        let ports = session.outputs().iter().zip(described).map(|(outlet, described)| port(described, outlet));
        let outputs = ports.collect::<Result<Vec<Port>>>()?;
        Ok(Subgraph { session: Mutex::new(session), outputs })
    }
}
