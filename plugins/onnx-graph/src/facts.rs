//! What is known of the tensors of a graph: types, shapes, and the values of constants.
//!
//! An engine runs the graph once or twice on inputs of zeros, with different numbers of rows, and hands over what every
//! tensor was. No rule of shape inference is needed then, for whatever operators a graph has.

use std::collections::HashMap;

use crate::graph::Graph;
use crate::tensor::Constant;

/// A constant of more elements is not looked into.
pub const LARGEST_CONSTANT: usize = 1 << 16;

/// One tensor in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The code of its element type.
    pub element: i32,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its elements, if they are whole numbers or a single number, and at most [`LARGEST_CONSTANT`].
    pub value: Option<Constant>,
}

/// A run: how many rows were fed, and what every tensor was.
pub type Run = (usize, HashMap<String, Observation>);

/// The length of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Always this.
    Fixed(usize),
    /// This times the number of rows.
    Rows(usize),
    /// Something else.
    Other,
}

/// What is known of a tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The code of its element type.
    pub element: i32,
    /// Its shape.
    pub shape: Vec<Length>,
    /// Its elements, if it is a small constant.
    pub value: Option<Constant>,
}

/// What is known of all tensors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts(HashMap<String, Fact>);

impl Facts {
    /// The facts that follow from two runs; from one if the number of rows is fixed.
    pub fn new(graph: &Graph, first: &Run, second: Option<&Run>) -> Self {
        let varying = graph.computed_from(graph.inputs.iter().map(|input| input.name.as_str()), true);
        let mut facts = HashMap::with_capacity(first.1.len() + graph.initializers.len());
        for (name, tensor) in &graph.initializers {
            let lengths = tensor.dims.iter().map(|&length| Length::Fixed(usize::try_from(length).unwrap_or(0)));
            let value = if tensor.elements() <= LARGEST_CONSTANT { tensor.constant() } else { None };
            facts.insert(name.clone(), Fact { element: tensor.data_type, shape: lengths.collect(), value });
        }
        for (name, observed) in &first.1 {
            let other = second.map(|(rows, run)| (*rows, run.get(name)));
            let shape = match other {
                None => observed.shape.iter().map(|&length| Length::Fixed(length)).collect(),
                Some((_, None)) => vec![Length::Other; observed.shape.len()],
                Some((rows, Some(again))) => {
                    let pairs = observed.shape.iter().zip(&again.shape);
                    pairs.map(|(&a, &b)| length(first.0, a, rows, b)).collect()
                }
            };
            let same = other.is_none_or(|(_, again)| again.is_some_and(|again| again.value == observed.value));
            let constant = same && !varying.contains(name.as_str());
            let value = if constant { observed.value.clone() } else { None };
            facts.insert(name.clone(), Fact { element: observed.element, shape, value });
        }
        Self(facts)
    }

    /// What is known of a tensor.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }
}

fn length(rows: usize, a: usize, other_rows: usize, b: usize) -> Length {
    match () {
        () if a == b => Length::Fixed(a),
        () if rows > 0 && a.is_multiple_of(rows) && a / rows * other_rows == b => Length::Rows(a / rows),
        () => Length::Other,
    }
}
