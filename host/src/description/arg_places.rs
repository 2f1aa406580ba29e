//! Where the arguments of a backend stand in model.yaml.

use super::error::{SpecError, SpecPlace};
use super::node::Node;

/// Where arguments are said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgPlaces {
    /// The section.
    pub section: SpecPlace,
    /// Each argument.
    pub each: Vec<(String, SpecPlace)>,
}

impl ArgPlaces {
    pub(super) fn of(node: &Node<'_>) -> Result<Self, SpecError> {
        let each = if node.is_map() { node.entries()? } else { Vec::new() };
        let each = each.into_iter().map(|(name, node)| (name, node.place())).collect();
        Ok(Self { section: node.place(), each })
    }

    /// Whether an argument is said.
    pub fn has(&self, name: &str) -> bool {
        self.each.iter().any(|(known, _)| known == name)
    }

    /// Where an argument is said, or else all of them.
    pub fn of_arg(&self, name: &str) -> &SpecPlace {
        self.each.iter().find(|(known, _)| known == name).map_or(&self.section, |(_, place)| place)
    }
}
