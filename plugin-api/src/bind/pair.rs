//! Which input or output of a graph stands for which array of the description.

use super::{Declared, find_node, namesakes, operation};
use crate::setters::setters;
use crate::{Bound, DType, ErrorKind, PluginError, Result, SchemaLeaf};

/// How many arrays a message lists.
const LISTED: usize = 16;

/// What is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Inputs.
    Inputs,
    /// Outputs.
    Outputs,
}

impl Side {
    /// The word for one of them.
    pub fn one(self) -> &'static str {
        match self {
            Self::Inputs => "input",
            Self::Outputs => "output",
        }
    }

    /// The argument of model.yaml that says which is which.
    pub fn argument(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
        }
    }
}

/// One input or output of a model file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileArray<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its element type, if the contract has it.
    pub dtype: Option<DType>,
    /// Its shape without the batch axis; `None` is any length.
    pub shape: Vec<Option<usize>>,
    /// The node that makes it, for messages; empty if none does, or it has no name.
    pub node: &'a str,
}

impl<'a> FileArray<'a> {
    /// An array of this name, type and shape (without the batch axis).
    pub fn new(name: &'a str, dtype: Option<DType>, shape: Vec<Option<usize>>) -> Self {
        Self { name, dtype, shape, node: "" }
    }
}

setters! { FileArray<'a>, ['a] { with_node(node: &'a str) } }

/// For every array of the description, the index of its counterpart in the graph and how it was found: as `declared`; by
/// name; by position, but only where nothing else is possible.
///
/// # Errors
/// If neither works; both sides are listed, with the line for model.yaml that settles it.
pub fn pair(
    side: Side,
    leaves: &[SchemaLeaf],
    declared: Option<&Declared>,
    graph: &[FileArray<'_>],
) -> Result<Vec<(usize, Bound)>> {
    if let Some(declared) = declared {
        return as_declared(side, declared, graph);
    }
    let described: Vec<&str> = leaves.iter().map(|leaf| leaf.name.as_str()).collect();
    let names: Vec<&str> = graph.iter().map(|array| array.name).collect();
    let found = namesakes(&described, &names);
    if let Some(all) = found.iter().copied().collect::<Option<Vec<usize>>>() {
        return Ok(all.into_iter().map(|index| (index, Bound::ByName)).collect());
    }
    let refuse = |problem: String| Err(PluginError::new(ErrorKind::INVALID_MODEL, problem));
    let what = side.one();
    if leaves.len() != graph.len() {
        let problem = format!(
            "the graph has {} {what}s ({}), but model.yaml describes {} ({}); give them the same names",
            graph.len(),
            shortened(names.iter().map(ToString::to_string)),
            leaves.len(),
            described.join(", ")
        );
        // An input of the graph that stands for nothing could not be fed.
        let can_be_declared = side == Side::Outputs && graph.len() > leaves.len();
        return refuse(if can_be_declared { format!("{problem}, or {}", remedy(side, &described)) } else { problem });
    }
    // A name that the graph has elsewhere would be given to an array of another name.
    if let Some(namesake) = found.iter().enumerate().find_map(|(place, at)| at.filter(|at| *at != place)) {
        return refuse(format!(
            "the graph's {what}s are {}, but model.yaml describes {}, which has `{}` in another place; give them the same \
             names, or {}",
            names.join(", "),
            described.join(", "),
            names[namesake],
            remedy(side, &described)
        ));
    }
    let open: Vec<usize> = (0..leaves.len()).filter(|&place| found[place].is_none()).collect();
    if open.len() == 1 || only_in_order(&open, |leaf, array| fits(&leaves[leaf], &graph[array])) {
        let bound = |at: &Option<usize>| if at.is_some() { Bound::ByName } else { Bound::ByPosition };
        return Ok(found.iter().map(bound).enumerate().collect());
    }
    refuse(format!(
        "neither names nor shapes tell which {what} of the graph is which: it has {}, and model.yaml describes {}; {}, or \
         export the model with these names (of a Keras model, tf2onnx.convert.from_keras keeps them)",
        shortened(graph.iter().map(shown)),
        described.join(", "),
        remedy(side, &described)
    ))
}

/// # Errors
/// A name that the graph has not, or that stands for two arrays.
fn as_declared(side: Side, declared: &Declared, graph: &[FileArray<'_>]) -> Result<Vec<(usize, Bound)>> {
    let refuse = |problem: String| Err(PluginError::new(ErrorKind::INVALID_MODEL, problem));
    let names: Vec<&str> = graph.iter().map(|array| array.name).collect();
    let mut bound: Vec<(usize, Bound)> = Vec::with_capacity(declared.names.len());
    for name in &declared.names {
        let (argument, what) = (declared.argument, side.one());
        let Some(index) = find_node(name, &names) else {
            // The arguments of Kipoi's TensorFlow backend name what tf2onnx was to keep.
            let again = match argument.strip_suffix("_nodes") {
                Some(_) => format!(", or convert the model again with `--{}s {}:0`", what, operation(name)),
                None => String::new(),
            };
            return refuse(format!(
                "`{argument}` names `{name}`, but the {what}s of the graph are {}; correct it{again}",
                shortened(names.iter().map(ToString::to_string))
            ));
        };
        if bound.iter().any(|(other, _)| *other == index) {
            return refuse(format!(
                "`{argument}` names `{name}` twice; name another {what} of the graph for each array"
            ));
        }
        bound.push((index, Bound::Declared));
    }
    Ok(bound)
}

/// Whether the order is the only way to give each of the places `open` one array that fits.
fn only_in_order(open: &[usize], fits: impl Fn(usize, usize) -> bool) -> bool {
    let mut open = open.to_vec();
    // A leaf that fits its own array alone settles both. If there is none left, some can change places.
    while let Some(settled) =
        open.iter().position(|&leaf| open.iter().all(|&array| fits(leaf, array) == (leaf == array)))
    {
        open.remove(settled);
    }
    open.is_empty()
}

/// Whether an array of the graph can be the one that is described. Axes of length 1 do not count: graphs drop or add some.
fn fits(leaf: &SchemaLeaf, array: &FileArray<'_>) -> bool {
    let is_text = array.dtype == Some(DType::String);
    match leaf.special_type.as_deref() {
        Some("DNAStringSeq") if !is_text => return false,
        Some("DNASeq") if is_text => return false,
        _ => {}
    }
    let long = |shape: &[Option<usize>]| shape.iter().copied().filter(|axis| *axis != Some(1)).collect::<Vec<_>>();
    let (described, found) = (long(&leaf.shape), long(&array.shape));
    if described.len() != found.len() {
        // An open axis may have length 1.
        return described.contains(&None) || found.contains(&None);
    }
    let agree = |(a, b): (&Option<usize>, &Option<usize>)| a.is_none() || b.is_none() || a == b;
    described.iter().zip(&found).all(agree)
}

/// The line of model.yaml that settles it.
fn remedy(side: Side, described: &[&str]) -> String {
    let names = shortened(described.iter().map(|name| format!("NAME OF {name}")));
    format!("say by the graph's names which is which, in this order: `args: {{{}: [{names}]}}`", side.argument())
}

fn shown(array: &FileArray<'_>) -> String {
    let axes: Vec<String> = array.shape.iter().map(|axis| axis.map_or("any".into(), |n| n.to_string())).collect();
    let of = if array.node.is_empty() { String::new() } else { format!(" of node {}", array.node) };
    format!("`{}` ({}){of}", array.name, axes.join(", "))
}

fn shortened(words: impl ExactSizeIterator<Item = String>) -> String {
    let more = words.len().saturating_sub(LISTED);
    let listed = words.take(LISTED).collect::<Vec<_>>().join(", ");
    if more == 0 { listed } else { format!("{listed}, ... ({more} more)") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str, shape: &[Option<usize>]) -> SchemaLeaf {
        SchemaLeaf::new(name, shape.to_vec())
    }

    fn array<'a>(name: &'a str, shape: &[Option<usize>]) -> FileArray<'a> {
        FileArray { name, dtype: Some(DType::F32), shape: shape.to_vec(), node: "" }
    }

    /// Outputs of two values each, by their names.
    fn pair_names(leaves: &[&str], graph: &[&str]) -> Result<Vec<(usize, Bound)>, String> {
        let leaves: Vec<SchemaLeaf> = leaves.iter().map(|name| leaf(name, &[Some(2)])).collect();
        let graph: Vec<FileArray<'_>> = graph.iter().map(|name| array(name, &[Some(2)])).collect();
        pair(Side::Outputs, &leaves, None, &graph).map_err(|error| error.message)
    }

    /// Outputs whose names say nothing, by the lengths of their only axes; whether they can be bound.
    fn pair_lengths(leaves: &[Option<usize>], graph: &[Option<usize>]) -> bool {
        let (names, other) = (["a", "b", "c", "d"], ["w", "x", "y", "z"]);
        let leaves: Vec<SchemaLeaf> = leaves.iter().zip(names).map(|(axis, name)| leaf(name, &[*axis])).collect();
        let graph: Vec<FileArray<'_>> = graph.iter().zip(other).map(|(axis, name)| array(name, &[*axis])).collect();
        match pair(Side::Outputs, &leaves, None, &graph) {
            Ok(bound) => {
                assert_eq!(bound, (0..leaves.len()).map(|at| (at, Bound::ByPosition)).collect::<Vec<_>>());
                true
            }
            Err(error) => {
                assert!(error.message.starts_with("neither names nor shapes tell which output"), "{error:?}");
                false
            }
        }
    }

    #[test]
    fn names_win_over_positions() {
        let by_name = |indices: &[usize]| Ok(indices.iter().map(|&index| (index, Bound::ByName)).collect());
        assert_eq!(pair_names(&["b", "a"], &["a", "b"]), by_name(&[1, 0]));
        assert_eq!(pair_names(&["b"], &["a", "b"]), by_name(&[1]));
        assert_eq!(pair_names(&["B", "A"], &["a", "b"]), by_name(&[1, 0]));
        assert_eq!(pair_names(&["neg", "pos"], &["pos:0", "neg:0"]), by_name(&[1, 0]));
        // One array is left on either side, at the same place.
        assert_eq!(pair_names(&["a", "x"], &["a", "b"]), Ok(vec![(0, Bound::ByName), (1, Bound::ByPosition)]));
        assert_eq!(pair_names(&["y"], &["Identity:0"]), Ok(vec![(0, Bound::ByPosition)]));
    }

    #[test]
    fn arrays_of_one_shape_without_common_names_are_refused() {
        let identities: Vec<String> = (0..20).map(|i| format!("Identity_{i}:0")).collect();
        let identities: Vec<&str> = identities.iter().map(String::as_str).collect();
        assert_eq!(
            pair_names(&["zeta", "alpha"], &["Identity:0", "Identity_1:0"]).unwrap_err(),
            "neither names nor shapes tell which output of the graph is which: it has `Identity:0` (2), `Identity_1:0` \
             (2), and model.yaml describes zeta, alpha; say by the graph's names which is which, in this order: `args: \
             {outputs: [NAME OF zeta, NAME OF alpha]}`, or export the model with these names (of a Keras model, \
             tf2onnx.convert.from_keras keeps them)"
        );
        assert_eq!(
            pair_names(&["x"], &["a", "b"]).unwrap_err(),
            "the graph has 2 outputs (a, b), but model.yaml describes 1 (x); give them the same names, or say by the \
             graph's names which is which, in this order: `args: {outputs: [NAME OF x]}`"
        );
        let long = pair_names(&["x"], &identities).unwrap_err();
        assert!(long.contains("Identity_15:0, ... (4 more)), but"), "{long}");
    }

    #[test]
    fn a_name_is_never_given_to_another_array() {
        for (described, namesake) in [(["x", "a"], "a"), (["b", "x"], "b"), (["B", "x"], "b"), (["b", "b2"], "b")] {
            assert_eq!(
                pair_names(&described, &["a", "b"]).unwrap_err(),
                format!(
                    "the graph's outputs are a, b, but model.yaml describes {0}, {1}, which has `{namesake}` in another \
                     place; give them the same names, or say by the graph's names which is which, in this order: `args: \
                     {{outputs: [NAME OF {0}, NAME OF {1}]}}`",
                    described[0], described[1]
                )
            );
        }
    }

    #[test]
    fn positions_count_where_shapes_allow_no_other_order() {
        let some = |lengths: &[usize]| lengths.iter().copied().map(Some).collect::<Vec<_>>();
        assert!(pair_lengths(&some(&[2, 3]), &some(&[2, 3])));
        assert!(pair_lengths(&[None, Some(2)], &some(&[3, 2])));
        assert!(pair_lengths(&some(&[4, 3, 2]), &[Some(4), Some(3), None]));
        for (leaves, graph) in [
            (some(&[2, 2]), some(&[2, 2])),
            // In another order, or not at all.
            (some(&[2, 3]), some(&[3, 2])),
            (some(&[2, 3]), some(&[2, 4])),
            // Two that may change places among three.
            (some(&[2, 3, 2]), some(&[2, 3, 2])),
            // What is open on either side tells nothing.
            (vec![None, None], some(&[2, 3])),
            (some(&[2, 3]), vec![None, None]),
            (vec![Some(2), None], some(&[2, 2])),
        ] {
            assert!(!pair_lengths(&leaves, &graph), "{leaves:?} {graph:?}");
        }
    }

    #[test]
    fn axes_of_length_1_do_not_tell_shapes_apart() {
        let one = |shape: &[usize]| leaf("a", &shape.iter().copied().map(Some).collect::<Vec<_>>());
        let graph = |shape: &[Option<usize>]| array("x", shape);
        assert!(fits(&one(&[2]), &graph(&[Some(1), Some(2)])));
        assert!(fits(&one(&[1]), &graph(&[])));
        assert!(fits(&one(&[2]), &graph(&[None, Some(2)])));
        assert!(!fits(&one(&[2]), &graph(&[Some(3), Some(2)])));
        assert!(!fits(&one(&[10, 2]), &graph(&[Some(20)])));
    }

    #[test]
    fn text_and_numbers_tell_inputs_apart() {
        let typed = |name: &str, special: &str| leaf(name, &[Some(9)]).with_special_type(Some(special.into()));
        let graph = [array("x", &[Some(9)]), FileArray { dtype: Some(DType::String), ..array("y", &[Some(9)]) }];
        let bound = pair(Side::Inputs, &[typed("a", "DNASeq"), typed("b", "DNAStringSeq")], None, &graph);
        assert_eq!(bound, Ok(vec![(0, Bound::ByPosition), (1, Bound::ByPosition)]));
        let refused = pair(Side::Inputs, &[leaf("a", &[Some(9)]), leaf("b", &[Some(9)])], None, &graph).unwrap_err();
        assert!(refused.message.contains("`args: {inputs: [NAME OF a, NAME OF b]}`"), "{refused:?}");
    }

    #[test]
    fn what_is_declared_wins_over_names() {
        let graph = [array("a:0", &[Some(2)]), array("b:0", &[Some(2)])];
        let declared = |names: &[&str]| {
            let declared = Declared { argument: "outputs", names: names.iter().map(ToString::to_string).collect() };
            pair(Side::Outputs, &[], Some(&declared), &graph).map_err(|error| error.message)
        };
        assert_eq!(declared(&["b", "a:0"]), Ok(vec![(1, Bound::Declared), (0, Bound::Declared)]));
        assert_eq!(
            declared(&["c", "a"]).unwrap_err(),
            "`outputs` names `c`, but the outputs of the graph are a:0, b:0; correct it"
        );
        assert_eq!(
            declared(&["a", "a:0"]).unwrap_err(),
            "`outputs` names `a:0` twice; name another output of the graph for each array"
        );
        let nodes = Declared { argument: "target_nodes", names: vec!["c".into()] };
        assert_eq!(
            pair(Side::Outputs, &[], Some(&nodes), &graph).unwrap_err().message,
            "`target_nodes` names `c`, but the outputs of the graph are a:0, b:0; correct it, or convert the model again \
             with `--outputs c:0`"
        );
    }
}
