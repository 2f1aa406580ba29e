//! Shapes that must go together.

use super::error::ModelError;
use crate::description::{ArrayShape, ArraySpec};

/// What to correct where shapes differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixes {
    /// If it is the description that differs.
    pub(super) description: &'static str,
    /// If it is the graph.
    pub(super) graph: &'static str,
}

/// Checks the shape of an input's rows, as they will be made, against the description and the graph.
pub(super) fn check_shape(
    input: &ArraySpec,
    own: &[usize],
    graph_shape: Option<ArrayShape>,
    fixes: Fixes,
) -> Result<(), ModelError> {
    let own = known_shape(own);
    let error = |source_name, expected: &ArrayShape, fix| ModelError::Shape {
        input: input.name.clone(),
        loader: own.to_string(),
        source_name,
        expected: expected.to_string(),
        fix,
    };
    if !own.is_compatible(&input.shape) {
        return Err(error("model.yaml", &input.shape, fixes.description));
    }
    match graph_shape.filter(|shape| !own.is_compatible(shape)) {
        Some(shape) => Err(error("the graph", &shape, fixes.graph)),
        None => Ok(()),
    }
}

/// A shape of which every axis is known.
pub(super) fn known_shape(lengths: &[usize]) -> ArrayShape {
    ArrayShape::from(lengths.iter().copied().map(Some).collect::<Vec<_>>())
}
