//! Finding the regions that hold a variant.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::RegionId;
use crate::genome::{Interval, NamedInterval};

/// Regions of a file, which may overlap, repeat and come in any order. Memory grows with their number alone.
#[derive(Debug, Clone, Default)]
pub struct RegionIndex {
    regions: Vec<NamedInterval>,
    by_contig: BTreeMap<usize, Tree>,
}

/// Regions of one contig: a balanced search tree by start, laid out in a sorted list. The root of a part of the list is
/// its middle element.
#[derive(Debug, Clone, Default)]
struct Tree {
    /// Sorted by start.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    start: i64,
    end: i64,
    /// The place among the regions.
    region: usize,
    /// The largest end in the part of the list of which this is the root.
    last_end: i64,
}

impl RegionIndex {
    /// Indexes regions, whose order is kept.
    pub fn new(regions: Vec<NamedInterval>) -> Self {
        let mut by_contig: BTreeMap<usize, Tree> = BTreeMap::new();
        for (region, NamedInterval { interval, .. }) in regions.iter().enumerate() {
            let (start, end) = (interval.start(), interval.end());
            let tree = by_contig.entry(interval.contig()).or_default();
            tree.nodes.push(Node { start, end, region, last_end: end });
        }
        for Tree { nodes } in by_contig.values_mut() {
            nodes.sort_by_key(|node| (node.start, node.region));
            note_last_ends(nodes);
        }
        Self { regions, by_contig }
    }

    /// The number of regions.
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Whether there are no regions.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// All regions in the order of their file.
    pub fn regions(&self) -> &[NamedInterval] {
        &self.regions
    }

    /// Region `index` of the file and its name.
    pub(crate) fn get(&self, index: usize) -> Option<(Interval, RegionId)> {
        let NamedInterval { interval, name } = self.regions.get(index)?;
        Some((*interval, RegionId { name: Arc::clone(name), index }))
    }

    /// Clears `found`, and puts into it the regions of a contig that share a base with `[start, end)` (0-based), in the
    /// order of the file.
    pub(crate) fn overlapping(&self, contig: usize, start: i64, end: i64, found: &mut Vec<usize>) {
        found.clear();
        if let Some(Tree { nodes }) = self.by_contig.get(&contig) {
            collect(nodes, start, end, found);
            found.sort_unstable();
        }
    }
}

/// Fills in the largest ends; returns that of the whole part.
fn note_last_ends(nodes: &mut [Node]) -> i64 {
    let middle = nodes.len() / 2;
    let (left, rest) = nodes.split_at_mut(middle);
    let Some((root, right)) = rest.split_first_mut() else {
        return i64::MIN;
    };
    root.last_end = root.end.max(note_last_ends(left)).max(note_last_ends(right));
    root.last_end
}

fn collect(nodes: &[Node], start: i64, end: i64, found: &mut Vec<usize>) {
    let (left, rest) = nodes.split_at(nodes.len() / 2);
    let Some((root, right)) = rest.split_first() else { return };
    if root.last_end <= start {
        return;
    }
    collect(left, start, end, found);
    if root.start < end {
        if root.end > start && root.start < root.end {
            found.push(root.region);
        }
        collect(right, start, end, found);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::genome::Strand;

    fn index(regions: &[(usize, i64, i64)]) -> RegionIndex {
        let named = |&(contig, start, end): &_| NamedInterval {
            interval: Interval::new(contig, start, end, Strand::Forward).unwrap(),
            name: format!("{start}").into(),
        };
        RegionIndex::new(regions.iter().map(named).collect())
    }

    #[test]
    fn regions_come_in_the_order_of_their_file() {
        let index = index(&[(0, 5, 9), (0, 0, 100), (1, 0, 9), (0, 5, 9), (0, 9, 12)]);
        let mut found = vec![7];
        index.overlapping(0, 8, 9, &mut found);
        assert_eq!(found, [0, 1, 3]);
        index.overlapping(0, 9, 10, &mut found);
        assert_eq!(found, [1, 4]);
        index.overlapping(2, 9, 10, &mut found);
        assert_eq!(found, [0_usize; 0]);
        assert_eq!(index.get(4).map(|(interval, id)| (interval.end(), id.index)), Some((12, 4)));
    }

    proptest! {
        #[test]
        fn what_overlaps_is_found(
            regions in prop::collection::vec((0..2_usize, -5..60_i64, 0..20_i64), 0..60),
            contig in 0..2_usize,
            start in -6..80_i64,
            length in 1..12_i64,
        ) {
            let regions: Vec<_> = regions.into_iter().map(|(contig, start, len)| (contig, start, start + len)).collect();
            let end = start + length;
            let mut found = Vec::new();
            index(&regions).overlapping(contig, start, end, &mut found);
            let shares_a_base = |region: &(usize, i64, i64)| {
                region.0 == contig && (start..end).any(|position| (region.1..region.2).contains(&position))
            };
            let expected: Vec<_> = (0..regions.len()).filter(|&region| shares_a_base(&regions[region])).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
