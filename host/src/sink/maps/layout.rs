//! The names in a file of maps. What they hold is said where the [room](super) begins.

/// The root attribute `format`.
pub(super) const FORMAT: &str = "kipos-mutation-maps";

/// The map itself.
pub(super) const MAP: &str = "mutation_map";
/// The bases of the window.
pub(super) const SEQUENCE: &str = "ref_seq";
/// The group that says where the window is.
pub(super) const REGION: &str = "metadata_region";
/// The group of the variants that the window was asked for.
pub(super) const VARIANTS: &str = "ovlp_var";

/// The datasets of [`REGION`].
pub(super) mod region {
    pub(in super::super) const CHR: &str = "chr";
    pub(in super::super) const START: &str = "start";
    pub(in super::super) const END: &str = "end";
    pub(in super::super) const STRAND: &str = "strand";
    pub(in super::super) const CONTIG_LENGTH: &str = "contig_length";
    pub(in super::super) const WINDOW_START: &str = "window_start";
    pub(in super::super) const WINDOW_END: &str = "window_end";
}

/// The datasets of [`VARIANTS`].
pub(super) mod variants {
    pub(in super::super) const CHR: &str = "chr";
    pub(in super::super) const POS: &str = "pos";
    pub(in super::super) const REFERENCE: &str = "ref";
    pub(in super::super) const ID: &str = "id";
    pub(in super::super) const COLUMN: &str = "varpos_rel";
    pub(in super::super) const ALTERNATES: &str = "alt";
}

const ENTRY: &str = "_list_";

/// The group of a window at the root.
pub(super) fn entry_group(number: usize) -> String {
    format!("{ENTRY}{number}")
}

/// The number of the window of a group at the root, if it is one's.
pub(super) fn entry_number(group: &str) -> Option<usize> {
    group.strip_prefix(ENTRY)?.parse().ok()
}
