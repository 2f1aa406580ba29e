//! Keys that this version knows but does not obey.

use std::fmt;

use crate::description::error::SpecPlace;
use crate::description::node::Node;

/// A key that this version of kipos reads and does not obey. Who only looks at the model is told; a run, whose numbers
/// would be others, is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsupportedKey {
    /// Where it stands.
    pub at: SpecPlace,
}

impl UnsupportedKey {
    /// A key of which every value is refused.
    pub(in crate::description) fn new(node: &Node<'_>) -> Self {
        Self { at: node.place() }
    }
}

impl fmt::Display for UnsupportedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}` is not supported by this version of kipos", self.at, self.at.key)
    }
}
