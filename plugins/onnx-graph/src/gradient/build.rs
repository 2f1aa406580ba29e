//! Walking a graph backwards.

use std::collections::{HashMap, HashSet};

use super::GradientError;
use super::emit::Emitter;
use super::expr::Expr;
use super::rules::{is_supported, rule};
use super::site::Site;
use crate::facts::Facts;
use crate::graph::{Graph, declare};
use crate::proto::NodeProto;
use crate::raise::GRADIENT_OPSET;
use crate::tensor::element;

/// A graph that computes gradients.
#[derive(Debug, Clone)]
pub struct GradientGraph {
    /// The graph. It has one input more per target, the weights of its elements.
    pub graph: Graph,
    /// The names of the inputs for those weights, one per target.
    pub seeds: Vec<String>,
    /// The names of the outputs, one per input asked for; `None` where no target depends on it.
    pub gradients: Vec<Option<String>>,
}

/// Which gradients a graph can give.
pub struct GradientPlan<'a> {
    facts: &'a Facts,
    /// The tensors whose gradient cannot be taken, each with the node to blame.
    blocked: HashMap<&'a str, usize>,
    /// The tensors that carry how an input changes.
    varying: HashSet<&'a str>,
    graph: &'a Graph,
}

/// Which gradients with respect to `inputs` a graph can give, judged by its operators.
pub fn plan<'a>(graph: &'a Graph, facts: &'a Facts, inputs: &[&'a str]) -> GradientPlan<'a> {
    let mut varying: HashSet<&str> = inputs.iter().copied().filter(|name| is_float(facts, name)).collect();
    let mut blocked = HashMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if !node.reads().iter().any(|name| varying.contains(name)) {
            continue;
        }
        let earlier = node.reads().iter().find_map(|name| blocked.get(name).copied());
        let to_blame = earlier.or_else(|| (!is_supported(node)).then_some(at));
        for name in carrying(node, facts) {
            varying.insert(name);
            let half = (!is_float(facts, name)).then_some(at);
            if let Some(culprit) = to_blame.or(half) {
                blocked.insert(name, culprit);
            }
        }
    }
    GradientPlan { facts, blocked, varying, graph }
}

fn is_float(facts: &Facts, name: &str) -> bool {
    facts.get(name).is_some_and(|fact| element::is_float(fact.element))
}

/// The results of a node that change with what it reads: those of floating-point numbers. Operators without a rule may
/// keep the same in another form, as quantized numbers or sequences; what they count or choose does not change smoothly.
fn carrying<'a>(node: &'a NodeProto, facts: &Facts) -> impl Iterator<Item = &'a str> {
    let supported = is_supported(node);
    let carries = move |name: &&str| {
        let code = facts.get(name).map(|fact| fact.element);
        match code {
            Some(code) if element::is_float(code) || element::is_half(code) => true,
            _ if supported => false,
            Some(element::I64 | element::BOOL) => false,
            _ => true,
        }
    };
    node.output.iter().map(String::as_str).filter(|name| !name.is_empty()).filter(carries)
}

impl GradientPlan<'_> {
    /// Whether the operators between the inputs and `tensor` all have rules.
    pub fn allows(&self, tensor: &str) -> bool {
        self.varying.contains(tensor) && !self.blocked.contains_key(tensor)
    }

    /// The graph that computes the gradients of `targets`, each weighted by an input of its own, with respect to
    /// `inputs`.
    ///
    /// # Errors
    /// What stands in the way, before anything runs.
    pub fn build(&self, targets: &[String], inputs: &[&str]) -> Result<GradientGraph, GradientError> {
        if self.graph.opset() < GRADIENT_OPSET {
            return Err(GradientError::OldOperators(self.graph.opset()));
        }
        let element = self.element_of(targets)?;
        let active = self.active(targets, inputs);
        self.check_precision(&active, element)?;
        let mut emitter = Emitter::new(element);
        let mut cotangents: HashMap<String, Vec<Expr>> = HashMap::new();
        let seeds: Vec<String> = (0..targets.len()).map(|at| format!("kipos.seed/{at}")).collect();
        for (target, seed) in targets.iter().zip(&seeds) {
            cotangents.entry(target.clone()).or_default().push(Expr::tensor(seed));
        }
        for node in self.graph.nodes.iter().rev() {
            self.step(node, &active, &mut cotangents, &mut emitter)
                .map_err(|error| self.with_path(error, node, targets))?;
        }
        let gradients = inputs.iter().map(|&input| {
            let value = total(cotangents.remove(input).filter(|_| active.contains(input))?);
            let name = emitter.write(&value);
            let output = format!("kipos.gradient_of/{input}");
            let identity = NodeProto { op_type: "Identity".into(), input: vec![name], ..Default::default() };
            emitter.nodes.push(NodeProto { name: output.clone(), output: vec![output.clone()], ..identity });
            Some(output)
        });
        let gradients: Vec<Option<String>> = gradients.collect();
        let mut graph = self.graph.clone();
        graph.inputs.extend(seeds.iter().map(|seed| declare(seed, element)));
        share_indices(&mut graph.nodes, &mut emitter.nodes);
        graph.nodes.append(&mut emitter.nodes);
        graph.initializers.extend(emitter.constants.into_iter().map(|tensor| (tensor.name.clone(), tensor)));
        let outputs: Vec<&String> = gradients.iter().flatten().collect();
        let mut graph = graph.expose(&outputs)?;
        for output in &mut graph.outputs {
            *output = declare(&output.name, element);
        }
        Ok(GradientGraph { graph, seeds, gradients })
    }

    fn element_of(&self, targets: &[String]) -> Result<i32, GradientError> {
        let mut found = element::F32;
        for target in targets {
            let fact = self.facts.get(target).ok_or_else(|| GradientError::UnknownTensor(target.clone()))?;
            if !element::is_float(fact.element) {
                return Err(GradientError::NotFloat(target.clone()));
            }
            found = fact.element;
        }
        Ok(found)
    }

    /// Refuses floating-point numbers of other types than `element`, the first in the graph's order.
    fn check_precision(&self, active: &HashSet<String>, element: i32) -> Result<(), GradientError> {
        let made = self.graph.nodes.iter().flat_map(|node| &node.output);
        let names = self.graph.inputs.iter().map(|input| &input.name).chain(made);
        for name in names.filter(|name| active.contains(*name)) {
            let found = self.facts.get(name).map_or(0, |fact| fact.element);
            if element::is_half(found) {
                return Err(GradientError::HalfPrecision(name.clone()));
            }
            if element::is_float(found) && found != element {
                return Err(GradientError::MixedPrecision(name.clone()));
            }
        }
        Ok(())
    }

    /// The tensors between `inputs` and `targets`.
    fn active(&self, targets: &[String], inputs: &[&str]) -> HashSet<String> {
        let mut reached: HashSet<&str> = inputs.iter().copied().filter(|name| is_float(self.facts, name)).collect();
        for node in &self.graph.nodes {
            if node.reads().iter().any(|name| reached.contains(name)) {
                reached.extend(carrying(node, self.facts));
            }
        }
        let mut needed: HashSet<&str> = targets.iter().map(String::as_str).collect();
        for node in self.graph.nodes.iter().rev() {
            if node.output.iter().any(|name| needed.contains(name.as_str()) && reached.contains(name.as_str())) {
                needed.extend(node.reads());
            }
        }
        reached.into_iter().filter(|name| needed.contains(name)).map(str::to_owned).collect()
    }

    /// Carries the cotangents of a node's results to its inputs.
    fn step(
        &self,
        node: &NodeProto,
        active: &HashSet<String>,
        cotangents: &mut HashMap<String, Vec<Expr>>,
        emitter: &mut Emitter,
    ) -> Result<(), GradientError> {
        if !node.reads().iter().any(|name| active.contains(*name)) {
            return Ok(());
        }
        let mut of_result = |name: &String| {
            // Written at once, so that expressions stay shallow however deep the graph is.
            let terms = if active.contains(name) { cotangents.remove(name) } else { None };
            terms.map(|terms| Expr::tensor(&emitter.write(&total(terms))))
        };
        let results: Vec<Option<Expr>> = node.output.iter().map(&mut of_result).collect();
        if results.iter().all(Option::is_none) {
            return Ok(());
        }
        let site = Site { node, facts: self.facts, active };
        for (name, value) in node.input.iter().zip(rule(&site, &results)?) {
            if let Some(value) = value
                && active.contains(name)
            {
                cotangents.entry(name.clone()).or_default().push(value);
            }
        }
        Ok(())
    }

    /// The error with the tensors between the node and the targets.
    fn with_path(&self, error: GradientError, node: &NodeProto, targets: &[String]) -> GradientError {
        let GradientError::Unsupported { op, node: name, reason, .. } = error else { return error };
        let mut path: Vec<&str> = node.output.first().map(String::as_str).into_iter().collect();
        // From the target backwards: what leads from the node to each tensor.
        let mut from: HashMap<&str, &str> = HashMap::new();
        let mut reached: HashSet<&str> = node.output.iter().map(String::as_str).collect();
        for later in &self.graph.nodes {
            if let Some(source) = later.input.iter().map(String::as_str).find(|name| reached.contains(name)) {
                for output in later.output.iter().map(String::as_str) {
                    if reached.insert(output) {
                        from.insert(output, source);
                    }
                }
            }
        }
        if let Some(target) = targets.iter().find(|target| from.contains_key(target.as_str())) {
            let steps = std::iter::successors(Some(target.as_str()), |name| from.get(name).copied());
            path = steps.collect();
            path.reverse();
        }
        if path.len() > 6 {
            path.splice(3..path.len() - 3, ["…"]);
        }
        GradientError::Unsupported { op, node: name, reason, path: path.join(" → ") }
    }
}

/// The sum of terms.
fn total(mut terms: Vec<Expr>) -> Expr {
    match terms.len() {
        1 => terms.swap_remove(0),
        _ => Expr::node("Sum", terms.into_iter().map(Some).collect(), vec![], 1),
    }
}

/// Lets the pools of the graph itself tell which elements they chose, instead of pooling once more. This is about the nodes
/// that the rule of `MaxPool` writes, not about operators, so it goes by the name.
fn share_indices(graph: &mut [NodeProto], emitted: &mut Vec<NodeProto>) {
    emitted.retain_mut(|again| {
        let same = |node: &&mut NodeProto| {
            node.op_type == "MaxPool" && node.input == again.input && node.attribute == again.attribute
        };
        let Some(first) = graph.iter_mut().filter(|node| node.output.len() == 1).find(same) else { return true };
        if again.op_type == "MaxPool" && again.output.len() == 2 {
            first.output.push(again.output.swap_remove(1));
            return false;
        }
        true
    });
}
