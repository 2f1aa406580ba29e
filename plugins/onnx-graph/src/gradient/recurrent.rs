//! What the rules of LSTM and GRU share; they keep the engine's own operator for the way forward, compute all gates at
//! once from its results, and go back through time in one `Scan`.

mod gru;
mod lstm;

pub use gru::gru;
pub use lstm::lstm;

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

/// The directions of a node, if it is of a form that the rules cover.
fn directions(site: &Site<'_>, activations: &[&str], initial: &[usize]) -> Result<Vec<Direction>, GradientError> {
    for (name, what) in [("clip", "it clips"), ("input_forget", "it couples its gates"), ("layout", "rows come first")]
    {
        if site.node.float(name).unwrap_or(0.0) != 0.0 || site.node.int(name).unwrap_or(0) != 0 {
            return Err(site.refuse(what));
        }
    }
    let given = site.node.attribute.iter().find(|attribute| attribute.name == "activations");
    let usual = |(at, name): (usize, &bytes::Bytes)| {
        std::str::from_utf8(name).is_ok_and(|name| name.eq_ignore_ascii_case(activations[at % activations.len()]))
    };
    if given.is_some_and(|given| !given.strings.iter().enumerate().all(usual)) {
        return Err(site.refuse("its activation functions are not the usual ones"));
    }
    if site.node.input_at(4).is_some() {
        return Err(site.refuse("its rows have lengths of their own (sequence_lens)"));
    }
    if (1..site.node.input.len()).any(|index| site.wants(index) && !initial.contains(&index)) {
        return Err(site.refuse("its weights depend on the inputs"));
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
