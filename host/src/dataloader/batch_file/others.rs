//! Arrays of a batch file that no model reads: targets, metadata besides the ranges, gradients.

use super::tree::{Branch, Leaf, Node};
use crate::dataloader::{BatchError, BatchPart, RangeObject};
use std::path::Path;

/// The columns of ranges, which are read with them.
const RANGE_COLUMNS: [&str; 5] = ["chr", "start", "end", "strand", "id"];

/// The path of a part: of a group, or of the one dataset that it is.
pub(super) fn place(part: BatchPart) -> &'static str {
    match part {
        BatchPart::Targets => "/targets",
        BatchPart::Metadata => "/metadata",
        BatchPart::Gradients => "/grads",
    }
}

/// The datasets of a part, lists in their order and others by name; of metadata those that are no columns of `ranges`.
pub(super) fn leaves(
    path: &Path,
    root: &Branch,
    part: BatchPart,
    ranges: &[RangeObject],
) -> Result<Vec<Leaf>, BatchError> {
    let mut leaves = match root.get(path, place(part).trim_start_matches('/'))? {
        Some(Node::Dataset(leaf)) => vec![leaf],
        Some(Node::Group(group)) => group.leaves(path)?,
        None => Vec::new(),
    };
    if part == BatchPart::Metadata {
        let is_range = |above: &str| {
            let object = above.strip_prefix(place(part)).unwrap_or(above).trim_start_matches('/');
            ranges.iter().any(|range| range.name == object)
        };
        let is_column = |leaf: &Leaf| {
            leaf.place.rsplit_once('/').is_some_and(|(above, name)| RANGE_COLUMNS.contains(&name) && is_range(above))
        };
        leaves.retain(|leaf| !is_column(leaf));
    }
    Ok(leaves)
}
