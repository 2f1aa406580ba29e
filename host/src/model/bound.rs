//! How the arrays of a description were matched with those of the graph, in words.

use kipos_plugin_api::{Bound, TensorSpec};

/// `by name`, or how else, with the name in the graph where that is another.
pub fn how_bound(side: ModelSide, described: &str, graph: &TensorSpec) -> String {
    let how = match graph.bound {
        Bound::ByName => "by name".to_owned(),
        Bound::Declared => format!("as declared by args.{}", side.argument()),
        _ => "by position".to_owned(),
    };
    match &graph.name {
        Some(name) if name != described => format!("{how}: `{name}` of the graph"),
        _ => how,
    }
}

/// Inputs or outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelSide {
    /// Inputs.
    Inputs,
    /// Outputs.
    Outputs,
}

impl ModelSide {
    fn argument(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
        }
    }
}
