//! Finding the axis of an output's positions where nobody names it.

use kipos_plugin_api::OutputSpec;

use super::OutputSelectionError;
use super::reduction::Reduction;
use crate::description::{ArrayShape, yaml_scalar};

/// What is known of a model's lengths, to tell positions from tasks.
pub trait Lengths {
    /// The length of the sequences that the loader gives; `None` if they have no single one.
    fn window(&self) -> Option<usize>;

    /// The only axis of an output, by its number, that becomes longer when the sequence does; `None` if there is no such
    /// axis, or the model takes sequences of one length only. Asked for only where it decides.
    fn grown_axis(&mut self, output: usize) -> Option<usize>;
}

/// The length of the sequences alone, for a model that is not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLength(pub Option<usize>);

impl Lengths for WindowLength {
    fn window(&self) -> Option<usize> {
        self.0
    }

    fn grown_axis(&mut self, _: usize) -> Option<usize> {
        None
    }
}

/// The axis of the positions of output number `index`, which has `labels` column labels.
///
/// Labels come first: an axis that has as many elements holds the tasks. Then counts which axis follows the length of
/// the sequence, and then which has that length. An only long axis that another follows is taken as it is, since shapes
/// such as (1000, 1) are written for positions.
pub(super) fn find_position_axis(
    reduction: Reduction,
    output: &OutputSpec,
    index: usize,
    labels: usize,
    lengths: &mut dyn Lengths,
) -> Result<usize, OutputSelectionError> {
    let shape = &output.shape;
    let mut candidates: Vec<usize> = (0..shape.len()).filter(|&axis| shape[axis] > 1).collect();
    let no_positions = |axis: Option<usize>| OutputSelectionError::NoPositions {
        output: output.name.clone(),
        shape: known(shape),
        hint: axis.map_or_else(String::new, |axis| {
            format!("; if they are positions, say so with {}", how_to_say(&output.name, &axis.to_string()))
        }),
    };
    match candidates.as_slice() {
        [] => return Err(no_positions((!shape.is_empty()).then_some(0))),
        [only] if shape.len() == 1 => return Err(no_positions(Some(*only))),
        _ => {}
    }
    let long = candidates.clone();
    let labelled: Vec<usize> = candidates.iter().copied().filter(|&axis| shape[axis] == labels).collect();
    if let [tasks] = labelled[..] {
        candidates.retain(|&axis| axis != tasks);
    }
    let unclear = || {
        let axes: Vec<String> = long.iter().map(ToString::to_string).collect();
        OutputSelectionError::WhichAxis {
            reduction,
            output: output.name.clone(),
            shape: known(shape),
            axes: axes.join(" or "),
            how: how_to_say(&output.name, "N"),
        }
    };
    let window = lengths.window();
    let as_long = |axes: &[usize]| match axes.iter().filter(|&&axis| Some(shape[axis]) == window).collect::<Vec<_>>()[..]
    {
        [&axis] => Some(axis),
        _ => None,
    };
    match candidates.as_slice() {
        [] => return Err(no_positions(long.first().copied())),
        // Labels and length may contradict each other.
        &[only] if long.len() > 1 => {
            return if as_long(&long).is_none_or(|axis| axis == only) { Ok(only) } else { Err(unclear()) };
        }
        &[only] if only + 1 < shape.len() => return Ok(only),
        _ => {}
    }
    let grown = lengths.grown_axis(index).filter(|axis| candidates.contains(axis));
    let found = grown.or_else(|| as_long(&candidates));
    found.ok_or_else(|| if long.len() == 1 { no_positions(long.first().copied()) } else { unclear() })
}

/// How to name the axis of an output's positions.
pub(super) fn how_to_say(output: &str, axis: &str) -> String {
    let keys = format!("kipos: {{outputs: {{{}: {{position_axis: {axis}}}}}}}", yaml_scalar(output));
    format!("--position-axis {output}={axis}, or in model.yaml with `{keys}`")
}

pub(super) fn known(shape: &[usize]) -> ArrayShape {
    ArrayShape::from(shape.iter().copied().map(Some).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A window, and the axis that grows.
    struct Told(Option<usize>, Option<usize>);

    impl Lengths for Told {
        fn window(&self) -> Option<usize> {
            self.0
        }

        fn grown_axis(&mut self, _: usize) -> Option<usize> {
            self.1
        }
    }

    fn find(shape: &[usize], labels: usize, mut told: Told) -> Result<usize, String> {
        let output = OutputSpec::new("y", shape.to_vec());
        find_position_axis(Reduction::Max, &output, 0, labels, &mut told).map_err(|error| error.to_string())
    }

    #[test]
    fn labels_then_growth_then_the_length_decide() {
        let nothing = || Told(None, None);
        for (shape, labels, told, expected) in [
            // As many labels as tasks, in either layout.
            (&[12, 101][..], 12, nothing(), 1),
            (&[101, 12], 12, nothing(), 0),
            (&[101, 1, 12], 12, nothing(), 0),
            // What a model of any length shows.
            (&[3, 5000], 0, Told(Some(15000), Some(1)), 1),
            (&[5000, 3], 0, Told(Some(15000), Some(0)), 0),
            (&[2, 3, 50], 3, Told(None, Some(2)), 2),
            (&[1, 50], 0, Told(None, Some(1)), 1),
            // The length of the loader.
            (&[2, 200], 0, Told(Some(200), None), 1),
            (&[200, 2], 0, Told(Some(200), None), 0),
            (&[1, 200], 0, Told(Some(200), None), 1),
            // Labels that fit no axis, or two, say nothing.
            (&[12, 101], 5, Told(Some(101), None), 1),
            (&[12, 12], 12, Told(None, Some(0)), 0),
            // Nothing else could be meant.
            (&[1000, 1], 0, nothing(), 0),
            (&[1, 6, 1], 0, nothing(), 1),
            (&[1000, 1], 1, nothing(), 0),
        ] {
            assert_eq!(find(shape, labels, told), Ok(expected), "{shape:?}");
        }
    }

    #[test]
    fn what_stays_ambiguous_is_refused_with_the_line_to_add() {
        insta::assert_snapshot!(find(&[12, 101], 0, Told(Some(10101), None)).unwrap_err(), @"--reduce y=max: it is unknown which axis of output `y`, of shape (12, 101), holds the positions, 0 or 1; say so with --position-axis y=N, or in model.yaml with `kipos: {outputs: {y: {position_axis: N}}}`");
        for (shape, labels, told) in [
            (&[12, 101][..], 5, Told(None, None)),
            (&[200, 200], 0, Told(Some(200), None)),
            (&[12, 12], 12, Told(None, None)),
            (&[2, 3, 50], 3, Told(None, None)),
            // The axis that grows has the labels.
            (&[2, 3, 50], 3, Told(None, Some(1))),
            // The labels call positions what has the length of the loader.
            (&[2, 10], 10, Told(Some(10), None)),
        ] {
            let message = find(shape, labels, told).unwrap_err();
            assert!(message.contains("--position-axis y=N"), "{shape:?}: {message}");
        }
    }

    #[test]
    fn outputs_without_positions_are_refused() {
        insta::assert_snapshot!(find(&[919], 0, Told(Some(919), None)).unwrap_err(), @"--reduce: output `y` of shape (919,) has no position axis: its values are tasks; if they are positions, say so with --position-axis y=0, or in model.yaml with `kipos: {outputs: {y: {position_axis: 0}}}`");
        insta::assert_snapshot!(find(&[], 0, Told(None, None)).unwrap_err(), @"--reduce: output `y` of shape () has no position axis: its values are tasks");
        insta::assert_snapshot!(find(&[1, 1], 0, Told(None, None)).unwrap_err(), @"--reduce: output `y` of shape (1, 1) has no position axis: its values are tasks; if they are positions, say so with --position-axis y=0, or in model.yaml with `kipos: {outputs: {y: {position_axis: 0}}}`");
        // A vector in one more pair of brackets, as far as anybody knows.
        insta::assert_snapshot!(find(&[1, 5], 0, Told(Some(200), None)).unwrap_err(), @"--reduce: output `y` of shape (1, 5) has no position axis: its values are tasks; if they are positions, say so with --position-axis y=1, or in model.yaml with `kipos: {outputs: {y: {position_axis: 1}}}`");
        // The labels say that they are tasks.
        insta::assert_snapshot!(find(&[3, 1], 3, Told(None, None)).unwrap_err(), @"--reduce: output `y` of shape (3, 1) has no position axis: its values are tasks; if they are positions, say so with --position-axis y=0, or in model.yaml with `kipos: {outputs: {y: {position_axis: 0}}}`");
    }
}
