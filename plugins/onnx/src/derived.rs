//! What computes the gradients of a layer.

use std::sync::Mutex;

use kipos_onnx_graph::Length;
use ort::session::Session;

use crate::port::Port;

/// A session that computes gradients.
pub struct Derived {
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
