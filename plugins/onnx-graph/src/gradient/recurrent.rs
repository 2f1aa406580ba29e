//! What the rules of recurrent layers share; they keep the engine's own operator for the way forward, compute all gates
//! at once from its results, and go back through time in one `Scan`.

mod gru;
mod lstm;
mod rnn;

pub use gru::gru;
pub use lstm::lstm;
pub use rnn::rnn;

use super::GradientError;
use super::expr::Expr;
use super::site::Site;
use crate::attribute::{graph, int, ints};
use crate::graph::declare_matrix;
use crate::proto::{GraphProto, NodeProto};

/// A recurrent node in one direction.
struct Direction {
    /// Its position on the axis of directions.
    index: i64,
    /// Whether time runs backwards.
    reverse: bool,
}

/// Refuses activation functions other than these, which each direction has.
fn check_activations(site: &Site<'_>, usual: &[&str]) -> Result<(), GradientError> {
    let given = site.node.texts("activations");
    let is_usual = |(at, name): (usize, &&str)| name.eq_ignore_ascii_case(usual[at % usual.len()]);
    if given.iter().enumerate().all(is_usual) {
        return Ok(());
    }
    Err(site.refuse("its activation functions are not the usual ones"))
}

/// The directions of a node, if it is of a form that the rules cover.
fn directions(site: &Site<'_>) -> Result<Vec<Direction>, GradientError> {
    for (name, what) in [("clip", "it clips"), ("input_forget", "it couples its gates"), ("layout", "rows come first")]
    {
        if site.node.float(name).unwrap_or(0.0) != 0.0 || site.node.int(name).unwrap_or(0) != 0 {
            return Err(site.refuse(what));
        }
    }
    if site.node.input_at(4).is_some() {
        return Err(site.refuse("its rows have lengths of their own (sequence_lens)"));
    }
    Ok(match site.node.text("direction").unwrap_or("forward") {
        "bidirectional" => vec![Direction { index: 0, reverse: false }, Direction { index: 1, reverse: true }],
        other => vec![Direction { index: 0, reverse: other == "reverse" }],
    })
}

impl Direction {
    /// This direction's part of a tensor whose axis `axis` is that of directions.
    fn of(&self, tensor: &Expr, axis: i64) -> Expr {
        tensor.slice(axis, self.index, self.index + 1).squeeze(&[axis])
    }

    /// The state before each step: `first`, then those of all steps `states` but the last.
    fn before(&self, states: &Expr, first: &Expr, steps: i64) -> Expr {
        let first = first.unsqueeze(&[0]);
        if self.reverse {
            Expr::concat(vec![states.slice(0, 1, steps), first], 0)
        } else {
            Expr::concat(vec![first, states.slice(0, 0, steps - 1)], 0)
        }
    }

    /// An initial state, or zeros like one step of `states`.
    fn initial(&self, site: &Site<'_>, index: usize, states: &Expr) -> Expr {
        match site.node.input_at(index) {
            Some(name) => self.of(&Expr::tensor(name), 0),
            None => Expr::zeros(&states.slice(0, 0, 1).squeeze(&[0]).map("Shape")),
        }
    }

    /// The cotangent of a result, or zeros like `like`.
    fn cotangent(&self, results: &[Option<Expr>], index: usize, axis: i64, like: &Expr) -> Expr {
        match results.get(index) {
            Some(Some(g)) => self.of(g, axis),
            _ => Expr::zeros(&like.map("Shape")),
        }
    }
}

/// What every step adds up to for weights that each of them multiplies `states` with: `sums` are the cotangents of the
/// products. Both have steps and rows first.
fn over_steps(sums: &Expr, states: &Expr) -> Expr {
    let flat = |value: &Expr| Expr::op("Flatten", [value], vec![int("axis", 2)]);
    Expr::op("Gemm", [&flat(sums), &flat(states)], vec![int("transA", 1)])
}

/// What every step adds up to for what each of them adds to its products.
fn over_all(sums: &Expr) -> Expr {
    sums.sum(&[0, 1], false)
}

/// The cotangents of a direction.
struct Back {
    /// Of the input.
    x: Expr,
    /// Of the weights of the input, those of the state, and what is added to both products.
    weights: [Expr; 3],
    /// Of the initial states.
    initial: Vec<Expr>,
}

/// The cotangents of all inputs, of which the initial ones begin at position 5.
fn joined(site: &Site<'_>, directions: &[Back]) -> Vec<Option<Expr>> {
    let all =
        |of: &dyn Fn(&Back) -> &Expr| Expr::concat(directions.iter().map(|back| of(back).unsqueeze(&[0])).collect(), 0);
    let x = directions.iter().map(|back| back.x.clone()).reduce(|a, b| a + b);
    let weights = (0..3).map(|at| site.wanted(at + 1, || all(&|back| &back.weights[at])));
    let states = directions.first().map_or(0, |back| back.initial.len());
    let initial = (0..states).map(|at| site.wanted(at + 5, || all(&|back| &back.initial[at])));
    std::iter::once(x).chain(weights).chain([None]).chain(initial).collect()
}

/// One step of a `Scan`.
struct Body {
    nodes: Vec<NodeProto>,
}

/// What every name inside a body begins with; names inside must differ from those outside.
const INSIDE: &str = "kipos.step/";

impl Body {
    fn new() -> Self {
        Self { nodes: vec![] }
    }

    /// A node of the body.
    fn node(mut self, op: &str, inputs: &[&str], output: &str) -> Self {
        let input = inputs.iter().map(|name| format!("{INSIDE}{name}")).collect();
        let mut node = NodeProto { op_type: op.into(), input, ..Default::default() };
        node.output = vec![format!("{INSIDE}{output}")];
        if op == "Concat" {
            node.attribute = vec![int("axis", 1)];
        }
        self.nodes.push(node);
        self
    }

    /// Runs the body over the first axis of `scanned`, from its end if `backwards`. `states` are carried from step to
    /// step; `captured` are the same in every step. The answer is the last states, then what was made at every step.
    fn scan<const N: usize>(
        self,
        element: i32,
        states: &[(&str, &Expr, &str)],
        scanned: &[(&str, &Expr)],
        captured: &[(&str, &Expr)],
        made: &[&str],
        backwards: bool,
    ) -> [Expr; N] {
        let value = |name: &&str| declare_matrix(&format!("{INSIDE}{name}"), element);
        let inputs = states.iter().map(|(name, ..)| name).chain(scanned.iter().map(|(name, _)| name));
        let outputs = states.iter().map(|(.., next)| next).chain(made);
        let body = GraphProto {
            name: "step".into(),
            node: self.nodes,
            input: inputs.map(value).collect(),
            output: outputs.map(value).collect(),
            ..Default::default()
        };
        let direction = i64::from(backwards);
        let attributes = vec![
            graph("body", body),
            int("num_scan_inputs", scanned.len() as i64),
            ints("scan_input_directions", vec![direction; scanned.len()]),
            ints("scan_output_directions", vec![direction; made.len()]),
        ];
        let inputs = states.iter().map(|(_, value, _)| *value).chain(scanned.iter().map(|(_, value)| *value));
        let inputs = inputs.cloned().map(Some).collect();
        let captured = captured.iter().map(|(name, value)| (format!("{INSIDE}{name}"), (*value).clone())).collect();
        Expr::scan(inputs, attributes, captured)
    }
}
