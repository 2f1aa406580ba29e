//! What a model returned, as the description's targets.

use kipos_plugin_api::bind;
use kipos_plugin_api::{Bound, ErrorKind, PluginError, Result, SchemaLeaf, Structure, Tensor, Value};

use crate::convert;

/// Where a target is in what a model returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Counted from 0.
    Number(usize),
    /// Under this key of a dict or a named tuple.
    Key(String),
}

/// The targets of a description, and what it says of where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets {
    /// The targets.
    pub leaves: Vec<SchemaLeaf>,
    structure: Structure,
    declared: Option<Vec<Place>>,
}

impl Targets {
    /// Those of a description. `declared` is the argument `outputs`: the place or the key of each target, as a list in
    /// their order or a map by their names.
    ///
    /// # Errors
    /// A value of another form, or without a place for each target.
    pub fn new(leaves: Vec<SchemaLeaf>, structure: Structure, declared: Option<&Value>) -> Result<Self> {
        let refuse = |problem: &str| {
            let places = leaves.iter().map(|leaf| format!("{}: PLACE", leaf.name)).collect::<Vec<_>>().join(", ");
            Err(PluginError::invalid_argument(format!(
                "`outputs` {problem}; write the place of every target in what the model returns, counted from 0, or its \
                 key: `outputs: {{{places}}}`"
            )))
        };
        let given: Vec<&Value> = match declared {
            None => return Ok(Self { leaves, structure, declared: None }),
            Some(Value::List(items)) => items.iter().collect(),
            Some(Value::Map(entries)) => {
                let entry = |leaf: &SchemaLeaf| entries.iter().find(|(name, _)| *name == leaf.name);
                let unknown = entries.iter().any(|(name, _)| leaves.iter().all(|leaf| leaf.name != *name));
                let Some(found) = leaves.iter().map(entry).collect::<Option<Vec<_>>>().filter(|_| !unknown) else {
                    return refuse("does not name the targets of the schema");
                };
                found.into_iter().map(|(_, value)| value).collect()
            }
            Some(one) => vec![one],
        };
        let place = |value: &&Value| match value {
            Value::Int(number) => usize::try_from(*number).ok().map(Place::Number),
            Value::String(key) => Some(Place::Key(key.clone())),
            _ => None,
        };
        let places = given.iter().map(place).collect::<Option<Vec<Place>>>();
        match places.filter(|places| places.len() == leaves.len()) {
            Some(places) if (1..places.len()).any(|at| places[..at].contains(&places[at])) => {
                refuse("names one place twice")
            }
            Some(places) => Ok(Self { leaves, structure, declared: Some(places) }),
            None => refuse("does not have one place or key for each target"),
        }
    }

    /// Which of what a model returns, under these names or none, are the targets, and how that is known: as declared; by
    /// name if it has all of their names; by position if both sides are lists, or nothing could change places unnoticed.
    ///
    /// # Errors
    /// Names and counts that do not match the targets; a map of targets beside values without names.
    pub fn places(&self, found: &[&str]) -> Result<Vec<(usize, Bound)>> {
        let targets = &self.leaves;
        if let Some(declared) = &self.declared {
            return declared.iter().map(|place| Ok((declared_place(place, found)?, Bound::Declared))).collect();
        }
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        let all: Option<Vec<usize>> = bind::namesakes(&names, found).into_iter().collect();
        // A target without a name has the name of a tensor without one, which says nothing.
        if let Some(all) = all.filter(|_| names.iter().all(|name| !name.is_empty())) {
            return Ok(all.into_iter().map(|place| (place, Bound::ByName)).collect());
        }
        let described = names.join(", ");
        let unnamed = found.iter().all(|name| name.is_empty());
        if found.len() == targets.len() && (unnamed || targets.len() == 1) {
            if self.structure != Structure::Map || targets.len() == 1 || differ_in_size(targets) {
                return Ok((0..found.len()).map(|place| (place, Bound::ByPosition)).collect());
            }
            let places = targets.iter().map(|target| format!("{}: PLACE", target.name)).collect::<Vec<_>>().join(", ");
            return Err(PluginError::new(
                ErrorKind::INVALID_MODEL,
                format!(
                    "the model returns {} tensors without names, but model.yaml describes a map of targets ({described}), \
                     so which is which is not known; write the targets as a list in the order of the tensors, or say the \
                     place of each, counted from 0: `args: {{outputs: {{{places}}}}}`",
                    found.len()
                ),
            ));
        }
        let names: Vec<&str> = found.iter().copied().filter(|name| !name.is_empty()).collect();
        let known = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        Err(PluginError::shape(format!(
            "the model returns {} tensors{known}, but model.yaml describes {} targets ({described}); describe what it \
             returns",
            found.len(),
            targets.len()
        )))
    }

    /// How tensors will be found that are only known when the model runs: a map of targets takes no others than named ones.
    pub fn bound_when_run(&self) -> Bound {
        match (&self.declared, self.structure) {
            (Some(_), _) => Bound::Declared,
            (None, Structure::Map) if self.leaves.len() > 1 => Bound::ByName,
            (None, _) => Bound::ByPosition,
        }
    }

    /// The tensors of the targets, of all that a model returned.
    ///
    /// # Errors
    /// As [`places`](Self::places).
    pub fn pair(&self, found: &[(String, tch::Tensor)]) -> Result<Vec<tch::Tensor>> {
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        Ok(self.places(&names)?.into_iter().map(|(place, _)| found[place].1.shallow_clone()).collect())
    }
}

/// # Errors
/// A place or a key that the model does not have.
fn declared_place(place: &Place, found: &[&str]) -> Result<usize> {
    let (at, shown) = match place {
        Place::Number(number) => (Some(*number).filter(|number| *number < found.len()), number.to_string()),
        Place::Key(key) => (found.iter().position(|name| name == key), format!("`{key}`")),
    };
    at.ok_or_else(|| {
        let names: Vec<&str> = found.iter().copied().filter(|name| !name.is_empty()).collect();
        let known = if names.is_empty() { "without names".into() } else { format!("({})", names.join(", ")) };
        PluginError::invalid_argument(format!(
            "`outputs` names {shown}, but the model returns {} tensors {known}; places are counted from 0",
            found.len()
        ))
    })
}

/// Whether no two targets have equally many values, so that tensors in another order are noticed by [`checked`].
fn differ_in_size(targets: &[SchemaLeaf]) -> bool {
    let sizes: Option<Vec<usize>> = targets.iter().map(|target| target.shape.iter().copied().product()).collect();
    sizes.is_some_and(|sizes| (1..sizes.len()).all(|at| !sizes[..at].contains(&sizes[at])))
}

/// A target's tensor.
///
/// # Errors
/// Other than `rows` rows, or than the described number of values in each.
pub fn checked(tensor: &tch::Tensor, target: &SchemaLeaf, rows: usize) -> Result<Tensor> {
    let what = format!("output `{}`", target.name);
    let copied = convert::owned(&what, tensor)?;
    check_rows(&what, copied.shape(), rows)?;
    let described: Option<usize> = target.shape.iter().copied().product();
    let values = copied.shape().iter().skip(1).product::<usize>();
    if described.is_some_and(|described| described != values) {
        let shape: Vec<String> = target.shape.iter().map(|n| n.map_or("any".into(), |n| n.to_string())).collect();
        return Err(PluginError::shape(format!(
            "{what} has shape {:?} without the batch axis, but model.yaml says [{}]; correct `schema.targets`",
            &copied.shape()[1..],
            shape.join(", ")
        )));
    }
    Ok(copied)
}

/// # Errors
/// A value without one row per sample.
pub fn check_rows(what: &str, shape: &[usize], rows: usize) -> Result<()> {
    const ADVICE: &str = "its first axis must be the batch (it is not in the last states of LSTM and GRU, and a traced \
                          model may have its batch size written into it: trace it with an example of two rows, and use \
                          x.size(0) instead of a number)";
    bind::check_rows(what, shape, rows, ADVICE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str, shape: &[usize]) -> SchemaLeaf {
        let shape = shape.iter().map(|&n| Some(n)).collect();
        SchemaLeaf::new(name, shape)
    }

    fn found(names: &[&str]) -> Vec<(String, tch::Tensor)> {
        let numbered = names.iter().enumerate();
        numbered.map(|(i, name)| (name.to_string(), tch::Tensor::from_slice(&[i as f32]).reshape([1, 1]))).collect()
    }

    fn targets(names: &[&str], structure: Structure, declared: Option<Value>) -> Result<Targets> {
        Targets::new(names.iter().map(|name| target(name, &[1])).collect(), structure, declared.as_ref())
    }

    fn values(names: &[&str], wanted: Result<Targets>) -> Result<Vec<f32>, String> {
        let wanted = wanted.map_err(|error| error.message)?;
        let tensors = wanted.pair(&found(names)).map_err(|error| error.message)?;
        let value = |(tensor, target)| checked(&tensor, target, 1).unwrap().view().as_f32().unwrap()[0];
        Ok(tensors.into_iter().zip(&wanted.leaves).map(value).collect())
    }

    fn first_values(names: &[&str], wanted: &[&str]) -> Result<Vec<f32>, String> {
        values(names, targets(wanted, Structure::List, None))
    }

    #[test]
    fn names_win_and_unnamed_tensors_go_by_position() {
        assert_eq!(first_values(&["a", "b"], &["b", "a"]), Ok(vec![1.0, 0.0]));
        assert_eq!(first_values(&["a", "b"], &["b"]), Ok(vec![1.0]));
        assert_eq!(first_values(&["", ""], &["b", "a"]), Ok(vec![0.0, 1.0]));
        assert_eq!(first_values(&["a"], &["out"]), Ok(vec![0.0]));
        assert_eq!(
            first_values(&["a", "b"], &["a", "c"]).unwrap_err(),
            "the model returns 2 tensors (a, b), but model.yaml describes 2 targets (a, c); describe what it returns"
        );
        assert_eq!(
            first_values(&["", ""], &["a"]).unwrap_err(),
            "the model returns 2 tensors, but model.yaml describes 1 targets (a); describe what it returns"
        );
        assert_eq!(first_values(&["A", "b"], &["B", "a"]), Ok(vec![1.0, 0.0]));
        assert_eq!(first_values(&["A", "a"], &["a", "A"]), Ok(vec![1.0, 0.0]));
        // As in a graph that was exported: what exporters add to a name is left out.
        assert_eq!(first_values(&["heads/a", "heads/b"], &["b", "a"]), Ok(vec![1.0, 0.0]));
    }

    #[test]
    fn tensors_and_targets_without_names_go_by_position() {
        let bound = targets(&[""], Structure::One, None).unwrap().places(&[""]).unwrap();
        assert_eq!(bound, [(0, Bound::ByPosition)]);
    }

    #[test]
    fn a_map_of_targets_is_not_given_tensors_by_position() {
        let map = |names: &[&str]| values(&vec![""; names.len()], targets(names, Structure::Map, None));
        assert_eq!(
            map(&["neg", "pos"]).unwrap_err(),
            "the model returns 2 tensors without names, but model.yaml describes a map of targets (neg, pos), so which is \
             which is not known; write the targets as a list in the order of the tensors, or say the place of each, counted \
             from 0: `args: {outputs: {neg: PLACE, pos: PLACE}}`"
        );
        assert_eq!(map(&["y"]), Ok(vec![0.0]));
        let of_sizes = |sizes: [Option<usize>; 2]| {
            let leaves = sizes.map(|size| target("y", &[]).with_shape(vec![size]));
            Targets::new(leaves.to_vec(), Structure::Map, None).unwrap().places(&["", ""]).is_ok()
        };
        // Of other sizes, tensors in another order are refused when the model runs.
        assert!(of_sizes([Some(1), Some(2)]));
        assert!(!of_sizes([Some(2), Some(2)]));
        assert!(!of_sizes([Some(2), None]));
    }

    #[test]
    fn what_is_declared_wins() {
        let int = Value::Int;
        let key = |key: &str| Value::String(key.into());
        let swapped = Value::Map(vec![("a".into(), int(1)), ("b".into(), int(0))]);
        let declared = |names: &[&str], value: Value| values(names, targets(&["a", "b"], Structure::Map, Some(value)));
        assert_eq!(declared(&["", ""], swapped), Ok(vec![1.0, 0.0]));
        assert_eq!(declared(&["", "", ""], Value::List(vec![int(2), int(0)])), Ok(vec![2.0, 0.0]));
        assert_eq!(declared(&["x", "y"], Value::List(vec![key("y"), key("x")])), Ok(vec![1.0, 0.0]));
        assert_eq!(
            declared(&["x", "y"], Value::List(vec![key("y"), key("z")])).unwrap_err(),
            "`outputs` names `z`, but the model returns 2 tensors (x, y); places are counted from 0"
        );
        assert_eq!(
            declared(&["", ""], Value::List(vec![int(0), int(2)])).unwrap_err(),
            "`outputs` names 2, but the model returns 2 tensors without names; places are counted from 0"
        );
        let advice = "; write the place of every target in what the model returns, counted from 0, or its key: `outputs: {a: \
                      PLACE, b: PLACE}`";
        for (value, problem) in [
            (Value::List(vec![int(0)]), "`outputs` does not have one place or key for each target"),
            (Value::List(vec![int(0), int(-1)]), "`outputs` does not have one place or key for each target"),
            (Value::List(vec![int(1), int(1)]), "`outputs` names one place twice"),
            (Value::Map(vec![("a".into(), int(0))]), "`outputs` does not name the targets of the schema"),
        ] {
            assert_eq!(declared(&["", ""], value).unwrap_err(), format!("{problem}{advice}"));
        }
    }

    #[test]
    fn rows_and_widths_are_checked() {
        let value = tch::Tensor::from_slice(&[0f32]).reshape([1, 1]);
        let two = checked(&value, &target("y", &[2]), 1).unwrap_err().message;
        assert!(two.contains("[1] without the batch axis, but model.yaml says [2]"), "{two}");
        let rows = checked(&value, &target("y", &[1]), 3).unwrap_err().message;
        assert!(rows.contains("[1, 1] for a batch of 3 rows"), "{rows}");
    }
}
