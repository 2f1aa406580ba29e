//! The order of nodes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use crate::error::GraphError;
use crate::proto::NodeProto;

/// The nodes in an order in which each comes after those that it reads: as if they were taken from the list in rounds, in
/// each round all that wait for nothing any more, from front to back.
///
/// # Errors
/// A node that waits for itself, through others or at once; a tensor that is made twice.
pub fn in_order(nodes: Vec<NodeProto>) -> Result<Vec<NodeProto>, GraphError> {
    let order = positions(&nodes)?;
    let mut nodes: Vec<Option<NodeProto>> = nodes.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|at| nodes[at].take()).collect())
}

/// The positions of the nodes in that order.
fn positions(nodes: &[NodeProto]) -> Result<Vec<usize>, GraphError> {
    let mut made: HashSet<&str> = HashSet::new();
    for name in nodes.iter().flat_map(|node| &node.output).filter(|name| !name.is_empty()) {
        // Walks from a tensor back to its node would go in circles.
        if !made.insert(name) {
            return Err(GraphError::MadeTwice(name.clone()));
        }
    }
    let mut readers: HashMap<&str, Vec<usize>> = HashMap::new();
    // For each node, the tensors that it waits for, and the round in which it can be taken as far as is known.
    let mut waits = vec![0; nodes.len()];
    let mut rounds = vec![0; nodes.len()];
    let mut ready = BinaryHeap::new();
    for (at, node) in nodes.iter().enumerate() {
        let read: HashSet<&str> = node.reads().into_iter().filter(|name| made.contains(name)).collect();
        waits[at] = read.len();
        if read.is_empty() {
            ready.push(Reverse((0, at)));
        }
        for name in read {
            readers.entry(name).or_default().push(at);
        }
    }
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(Reverse((round, at))) = ready.pop() {
        order.push(at);
        for reader in nodes[at].output.iter().filter_map(|name| readers.remove(name.as_str())).flatten() {
            // Who stands further back in the list is reached in the same round.
            rounds[reader] = rounds[reader].max(if reader > at { round } else { round + 1 });
            waits[reader] -= 1;
            if waits[reader] == 0 {
                ready.push(Reverse((rounds[reader], reader)));
            }
        }
    }
    if order.len() == nodes.len() {
        return Ok(order);
    }
    let taken: HashSet<usize> = order.into_iter().collect();
    let waiting = nodes.iter().enumerate().find(|(at, _)| !taken.contains(at));
    Err(GraphError::Cycle(waiting.map(|(_, node)| node.name.clone()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::node;

    /// The same in the words of the description.
    fn in_rounds(nodes: &[NodeProto]) -> Option<Vec<usize>> {
        let mut made: HashSet<&str> = nodes.iter().flat_map(|node| &node.output).map(String::as_str).collect();
        let (mut order, mut left) = (Vec::new(), (0..nodes.len()).collect::<Vec<usize>>());
        while !left.is_empty() {
            let before = left.len();
            left.retain(|&at| {
                let waits = nodes[at].reads().iter().any(|name| made.contains(name));
                if !waits {
                    made.retain(|name| !nodes[at].output.iter().any(|output| output == name));
                    order.push(at);
                }
                waits
            });
            if left.len() == before {
                return None;
            }
        }
        Some(order)
    }

    #[test]
    fn nodes_are_taken_in_rounds() {
        let mut state = 1u32;
        let mut below = |bound: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as usize % bound
        };
        let (mut sorted, mut circles) = (0, 0);
        for _ in 0..2000 {
            let count = 1 + below(12);
            // Mostly without circles: a rank for each node, and inputs of lower rank.
            let ranks: Vec<usize> = (0..count).map(|_| below(40)).collect();
            let nodes: Vec<NodeProto> = (0..count)
                .map(|at| {
                    let wild = below(40) == 0;
                    let read = (0..below(4)).map(|_| below(count)).filter(|&from| wild || ranks[from] < ranks[at]);
                    let inputs: Vec<String> = read.map(|from| from.to_string()).chain(["x".to_owned()]).collect();
                    node("Sum", "", &inputs.iter().map(String::as_str).collect::<Vec<_>>(), &at.to_string(), vec![])
                })
                .collect();
            let expected = in_rounds(&nodes);
            *if expected.is_some() { &mut sorted } else { &mut circles } += 1;
            assert_eq!(positions(&nodes).ok(), expected);
        }
        assert!(sorted > 1000 && circles > 10, "{sorted} and {circles}");
    }

    #[test]
    fn a_tensor_has_one_node() {
        let nodes = vec![node("Neg", "", &["x"], "y", vec![]), node("Cast", "", &["y"], "y", vec![])];
        assert_eq!(in_order(nodes), Err(GraphError::MadeTwice("y".into())));
    }

    #[test]
    fn a_list_that_is_backwards_takes_no_longer() {
        let count = 20_000;
        let name = |at: usize| at.to_string();
        let nodes = (0..count).map(|at| node("Neg", "", &[&name(at + 1)], &name(at), vec![])).collect();
        let ordered = in_order(nodes).unwrap();
        assert_eq!((&ordered[0].output[0], &ordered[count - 1].output[0]), (&name(count - 1), &name(0)));
    }
}
