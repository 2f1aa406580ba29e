//! Who computes edited rows.

/// Whether a backend that evaluates edits itself is asked to: it computes what an edit changes instead of whole rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EditUse {
    /// If it can.
    #[default]
    Auto,
    /// Never: every edited row is run as a whole.
    Off,
    /// Always; a model whose edits it cannot evaluate is an error.
    Require,
}
