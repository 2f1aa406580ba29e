//! Writing expressions into a graph. What is written twice becomes one node.

use std::collections::HashMap;
use std::rc::Rc;

use prost::Message;

use super::expr::{Expr, Kind};
use crate::attribute;
use crate::proto::{NodeProto, TensorProto};

/// What every name that is made here begins with.
const PREFIX: &str = "kipos.gradient/";

/// The nodes and constants that expressions become.
pub struct Emitter {
    /// The code of the floating-point type.
    element: i32,
    /// The nodes, each after those that it reads.
    pub nodes: Vec<NodeProto>,
    /// The constants.
    pub constants: Vec<TensorProto>,
    /// The results of expressions that are written; the expressions are kept, so that no other takes their place.
    written: HashMap<*const Kind, (Expr, Vec<String>)>,
    /// The results of nodes and constants by their content.
    same: HashMap<Vec<u8>, Vec<String>>,
}

impl Emitter {
    /// Writes numbers in the floating-point type `element`.
    pub fn new(element: i32) -> Self {
        Self { element, nodes: vec![], constants: vec![], written: HashMap::new(), same: HashMap::new() }
    }

    /// Writes an expression, and answers the name of its tensor.
    pub fn write(&mut self, expr: &Expr) -> String {
        match &*expr.0 {
            Kind::Tensor(name) => name.clone(),
            Kind::Result(node, at) => self.results(node)[*at].clone(),
            _ => self.results(expr)[0].clone(),
        }
    }

    fn results(&mut self, expr: &Expr) -> Vec<String> {
        let key = Rc::as_ptr(&expr.0);
        if let Some((_, results)) = self.written.get(&key) {
            return results.clone();
        }
        let results = match &*expr.0 {
            Kind::Tensor(name) => vec![name.clone()],
            Kind::Result(node, at) => vec![self.results(node)[*at].clone()],
            Kind::Scalar(value) => self.constant(TensorProto::of_floats("", vec![], self.element, &[*value])),
            Kind::Floats(shape, values) => {
                self.constant(TensorProto::of_floats("", shape.clone(), self.element, values))
            }
            Kind::Ints(shape, values) => self.constant(TensorProto::of_ints("", shape.clone(), values)),
            Kind::ToFloat(inner) => {
                let input = vec![self.write(inner)];
                let attribute = vec![attribute::int("to", self.element.into())];
                self.node(NodeProto { op_type: "Cast".into(), input, attribute, ..Default::default() }, 1)
            }
            Kind::Node { op, inputs, attributes, results } => {
                let (input, attribute) = (self.inputs(inputs), attributes.clone());
                self.node(NodeProto { op_type: (*op).into(), input, attribute, ..Default::default() }, *results)
            }
            Kind::Scan { inputs, attributes, captured, results } => {
                let (input, mut attribute) = (self.inputs(inputs), attributes.clone());
                for (inside, value) in captured {
                    let outside = self.write(value);
                    let bodies = attribute.iter_mut().filter_map(|attribute| attribute.g.as_mut());
                    let read = bodies.flat_map(|body| &mut body.node).flat_map(|node| &mut node.input);
                    read.filter(|name| *name == inside).for_each(|name| name.clone_from(&outside));
                }
                self.node(NodeProto { op_type: "Scan".into(), input, attribute, ..Default::default() }, *results)
            }
        };
        self.written.insert(key, (expr.clone(), results.clone()));
        results
    }

    fn inputs(&mut self, inputs: &[Option<Expr>]) -> Vec<String> {
        inputs.iter().map(|input| input.as_ref().map_or_else(String::new, |input| self.write(input))).collect()
    }

    fn constant(&mut self, tensor: TensorProto) -> Vec<String> {
        let content = tensor.encode_to_vec();
        if let Some(results) = self.same.get(&content) {
            return results.clone();
        }
        let name = format!("{PREFIX}constant_{}", self.constants.len());
        self.constants.push(TensorProto { name: name.clone(), ..tensor });
        self.same.insert(content, vec![name.clone()]);
        vec![name]
    }

    fn node(&mut self, node: NodeProto, results: usize) -> Vec<String> {
        let content = node.encode_to_vec();
        if let Some(results) = self.same.get(&content) {
            return results.clone();
        }
        let name = format!("{PREFIX}{}_{}", node.op_type, self.nodes.len());
        let output: Vec<String> =
            (0..results).map(|at| if at == 0 { name.clone() } else { format!("{name}:{at}") }).collect();
        self.nodes.push(NodeProto { name, output: output.clone(), ..node });
        self.same.insert(content, output.clone());
        output
    }
}
