//! How the inputs of the description become the arguments of `forward`.

use kipos_plugin_api::bind;
use kipos_plugin_api::{ErrorKind, PluginError, Result, SchemaLeaf, Structure};

use crate::description::{Argument, ArgumentKind};

/// How tensors become arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// What the first argument is made of.
    pub mode: Mode,
    /// For every argument the position of its tensor, or -1 for its default.
    pub slots: Vec<i64>,
    /// The keys of [`Mode::Dict`], in the order of the inputs.
    pub names: Vec<String>,
    /// Whether inputs were found by their names instead of their positions.
    pub is_by_name: bool,
}

/// What the first argument is made of; the numbers are those of the shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A tensor, like all others.
    Positions = 0,
    /// All inputs as a list.
    List = 1,
    /// All inputs as a tuple.
    Tuple = 2,
    /// All inputs by their names.
    Dict = 3,
}

impl Binding {
    /// An array and a list are matched by position, a map by name.
    ///
    /// # Errors
    /// Arguments and inputs that do not match; both sides are listed.
    pub fn new(arguments: &[Argument], inputs: &[SchemaLeaf], structure: Structure) -> Result<Self> {
        let takes: Vec<&str> = arguments.iter().map(|argument| argument.name.as_str()).collect();
        let described: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
        let mismatch = |advice: &str| {
            let listed = |names: &[&str]| if names.is_empty() { "nothing".into() } else { names.join(", ") };
            let (takes, described) = (listed(&takes), listed(&described));
            let message =
                format!("the model's `forward` takes {takes}, but model.yaml describes {described}; {advice}");
            Err(PluginError::new(ErrorKind::INVALID_MODEL, message))
        };
        let whole = match arguments.first().map(|first| first.kind) {
            Some(ArgumentKind::List) => Some(Mode::List),
            Some(ArgumentKind::Tuple) => Some(Mode::Tuple),
            Some(ArgumentKind::Dict) => Some(Mode::Dict),
            _ => None,
        };
        if let Some(mode) = whole {
            if arguments[1..].iter().any(|argument| !argument.has_default) {
                return mismatch("beside an argument that takes all inputs, all others need a default");
            }
            if mode != Mode::Dict && structure == Structure::Map && inputs.len() > 1 {
                return mismatch("a map has no order, so write the inputs as a list in the order of that argument");
            }
            let names = inputs.iter().map(|input| input.name.clone()).collect();
            return Ok(Self { mode, slots: vec![-1; arguments.len()], names, is_by_name: mode == Mode::Dict });
        }
        let required = arguments.iter().filter(|argument| !argument.has_default).count();
        let by_name = structure == Structure::Map && !(inputs.len() == 1 && required <= 1);
        let mut slots = vec![-1; arguments.len()];
        for (position, named) in bind::namesakes(&described, &takes).into_iter().enumerate() {
            match if by_name { named } else { Some(position) }.and_then(|argument| slots.get_mut(argument)) {
                Some(slot) => *slot = position as i64,
                None if by_name => return mismatch("give them the same names, or write the inputs as a list"),
                None => return mismatch("describe one input per argument"),
            }
        }
        for (argument, &slot) in arguments.iter().zip(&slots) {
            if slot < 0 && !argument.has_default {
                return mismatch("describe one input per argument");
            }
            if slot >= 0 && argument.kind != ArgumentKind::Tensor {
                let name = &argument.name;
                return mismatch(&format!("`{name}` is not a tensor; let `forward` take one tensor per input"));
            }
        }
        Ok(Self { mode: Mode::Positions, slots, names: Vec::new(), is_by_name: by_name })
    }

    /// The argument that the input at this position becomes by itself.
    pub fn argument_of<'a>(&self, arguments: &'a [Argument], input: usize) -> Option<&'a Argument> {
        let slot = self.slots.iter().position(|&slot| slot == input as i64)?;
        arguments.get(slot)
    }

    /// The place or the key of the input at this position in the argument that takes all inputs, if there is one.
    pub fn element_of(&self, input: usize) -> Option<String> {
        match self.mode {
            Mode::Positions => None,
            Mode::List | Mode::Tuple => Some(input.to_string()),
            Mode::Dict => self.names.get(input).cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(name: &str, kind: ArgumentKind, has_default: bool) -> Argument {
        Argument { name: name.into(), kind, has_default, is_index: false }
    }

    fn bind(arguments: &[Argument], inputs: &[&str], structure: Structure) -> Result<Binding, String> {
        let leaf = |name: &&str| SchemaLeaf::new(name.to_string(), vec![]);
        let inputs: Vec<SchemaLeaf> = inputs.iter().map(leaf).collect();
        Binding::new(arguments, &inputs, structure).map_err(|error| error.message)
    }

    fn tensors(names: &[&str]) -> Vec<Argument> {
        names.iter().map(|name| argument(name, ArgumentKind::Tensor, false)).collect()
    }

    #[test]
    fn lists_are_matched_by_position_and_maps_by_name() {
        let arguments = tensors(&["x", "y"]);
        let slots = |names: &[&str], structure| bind(&arguments, names, structure).map(|binding| binding.slots);
        assert_eq!(slots(&["y", "x"], Structure::List), Ok(vec![0, 1]));
        assert_eq!(slots(&["y", "x"], Structure::Map), Ok(vec![1, 0]));
        assert_eq!(
            slots(&["y", "z"], Structure::Map).unwrap_err(),
            "the model's `forward` takes x, y, but model.yaml describes y, z; give them the same names, or write the \
             inputs as a list"
        );
        assert!(slots(&["x"], Structure::List).unwrap_err().ends_with("describe one input per argument"));
        assert!(slots(&["x", "y", "z"], Structure::List).unwrap_err().ends_with("describe one input per argument"));
        assert_eq!(bind(&tensors(&["input"]), &["seq"], Structure::Map).unwrap().slots, [0]);
    }

    #[test]
    fn defaults_stay_and_containers_take_all_inputs() {
        let with_default = [tensors(&["x"]), vec![argument("scale", ArgumentKind::Other, true)]].concat();
        assert_eq!(bind(&with_default, &["a"], Structure::One).unwrap().slots, [0, -1]);
        let refused = bind(&with_default, &["a", "b"], Structure::List).unwrap_err();
        assert!(refused.contains("`scale` is not a tensor"), "{refused}");
        let all = bind(&[argument("xs", ArgumentKind::Dict, false)], &["a", "b"], Structure::Map).unwrap();
        assert_eq!(
            all,
            Binding { mode: Mode::Dict, slots: vec![-1], names: vec!["a".into(), "b".into()], is_by_name: true }
        );
        assert_eq!(all.element_of(1).as_deref(), Some("b"));
        let tuple = [argument("xs", ArgumentKind::Tuple, false)];
        assert_eq!(
            bind(&tuple, &["a", "b"], Structure::Map).unwrap_err(),
            "the model's `forward` takes xs, but model.yaml describes a, b; a map has no order, so write the inputs as a \
             list in the order of that argument"
        );
        assert_eq!(bind(&tuple, &["a"], Structure::Map).unwrap().mode, Mode::Tuple);
        let listed = bind(&[argument("xs", ArgumentKind::List, false)], &["a", "b"], Structure::List).unwrap();
        assert_eq!(listed.element_of(1).as_deref(), Some("1"));
    }
}
