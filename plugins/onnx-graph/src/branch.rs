//! Replacing a choice between two graphs by the one that is always taken.

use std::collections::{HashMap, HashSet};

use crate::facts::Facts;
use crate::graph::{Graph, is_standard};
use crate::proto::{GraphProto, NodeProto};
use crate::rename::{Renaming, Taken, identity, made};
use crate::scope::inherit;
use crate::tensor::Constant;

impl Graph {
    /// Replaces every `If` whose condition is among the constants, or known from trial runs; whether there was one.
    /// Results keep their names.
    pub fn take_known_branches(&mut self, facts: Option<&Facts>) -> bool {
        let mut replaced = false;
        // A branch may hold another choice, which is seen in the next round.
        while let Some((at, branch)) = self.known_branch(facts) {
            let node = self.nodes.remove(at);
            let nodes = self.opened(branch, &node);
            self.nodes.splice(at..at, nodes);
            replaced = true;
        }
        self.name_states();
        replaced
    }

    /// The first choice that is no choice: its position, and the branch that is taken. An `If` is structure of the graph and
    /// no step of a computation, so no table of operators knows it.
    fn known_branch(&self, facts: Option<&Facts>) -> Option<(usize, GraphProto)> {
        let choices = self.nodes.iter().enumerate();
        choices.filter(|(_, node)| node.op_type == "If" && is_standard(&node.domain)).find_map(|(at, node)| {
            let condition = node.input_at(0)?;
            let own = self.initializers.get(condition).and_then(|tensor| tensor.constant());
            let known = own.or_else(|| facts.and_then(|facts| facts.get(condition)?.value.clone()))?;
            let Constant::Ints(values) = known else { return None };
            let name = if *values.first()? != 0 { "then_branch" } else { "else_branch" };
            let branch = node.attribute.iter().find(|attribute| attribute.name == name)?.g.clone()?;
            Some((at, branch))
        })
    }

    /// The nodes of a branch, which make the results of `choice`; its weights become those of the graph.
    fn opened(&mut self, branch: GraphProto, choice: &NodeProto) -> Vec<NodeProto> {
        let mut taken = Taken::default();
        taken.take(made(&self.nodes));
        taken.take(self.initializers.keys().cloned());
        taken.take(self.inputs.iter().map(|input| input.name.clone()));
        taken.take(choice.output.iter().cloned());
        let results: HashSet<String> = branch.node.iter().flat_map(|node| &node.output).cloned().collect();
        let mut given: HashMap<String, String> = HashMap::new();
        let mut passed_on = Vec::new();
        for (result, output) in branch.output.iter().zip(&choice.output).filter(|(_, output)| !output.is_empty()) {
            // What the branch takes from outside, holds as a weight or gives twice needs a second name.
            if results.contains(&result.name) && !given.contains_key(&result.name) {
                given.insert(result.name.clone(), output.clone());
            } else {
                passed_on.push((result.name.clone(), output));
            }
        }
        let first = choice.output.first().map_or("", String::as_str);
        let label = if choice.name.is_empty() { first } else { &choice.name };
        let weights = branch.initializer.iter().map(|tensor| tensor.name.clone());
        let renaming = Renaming::new(given, made(&branch.node).into_iter().chain(weights), label, &mut taken);
        for mut tensor in branch.initializer {
            tensor.name = renaming.of(&tensor.name);
            self.initializers.insert(tensor.name.clone(), tensor);
        }
        let mut nodes = branch.node;
        nodes.iter_mut().for_each(|node| renaming.apply(node));
        nodes.extend(passed_on.iter().map(|(from, to)| identity(renaming.of(from), to)));
        nodes.iter_mut().for_each(|node| inherit(node, choice));
        self.without_constants(nodes)
    }
}

#[cfg(test)]
mod tests {
    use crate::attribute;
    use crate::proto::{GraphProto, NodeProto, TensorProto};
    use crate::tensor::element;
    use crate::tests::{load, model, node};

    /// The branch that gives `results` of `nodes`.
    fn branch(name: &str, nodes: Vec<NodeProto>, results: &[&str]) -> crate::proto::AttributeProto {
        let output = results.iter().map(|result| crate::graph::declare(result, element::F32)).collect();
        attribute::graph(name, GraphProto { node: nodes, output, ..Default::default() })
    }

    #[test]
    fn a_choice_that_is_none_becomes_the_branch_that_is_taken() {
        let then = branch("then_branch", vec![node("Exp", "e", &["x"], "r", vec![])], &["r", "x"]);
        let other = branch("else_branch", vec![], &["w", "w"]);
        let mut choice = node("If", "choose", &["flag"], "y", vec![then, other]);
        choice.output.push("z".into());
        let nodes =
            vec![choice, node("Neg", "n", &["x"], "r", vec![]), node("Sum", "s", &["y", "z", "r"], "out", vec![])];
        let mut file = model(18, nodes, "out");
        let flag = |value: i32| TensorProto {
            name: "flag".into(),
            data_type: element::BOOL,
            int32_data: vec![value],
            ..Default::default()
        };
        for (value, expected) in
            [(1, [("Exp", "x", "y"), ("Identity", "x", "z")]), (0, [("Identity", "w", "y"), ("Identity", "w", "z")])]
        {
            let graph = file.graph.as_mut().unwrap();
            graph.initializer.retain(|tensor| tensor.name != "flag");
            graph.initializer.push(flag(value));
            let nodes = load(&file).unwrap().nodes;
            let told: Vec<(&str, &str, &str)> =
                nodes.iter().map(|node| (&*node.op_type, &*node.input[0], &*node.output[0])).collect();
            assert_eq!(told[..2], expected);
            assert_eq!(told[2..], [("Neg", "x", "r"), ("Sum", "y", "out")]);
        }
        file.graph.as_mut().unwrap().initializer.retain(|tensor| tensor.name != "flag");
        assert_eq!(load(&file).unwrap().nodes[0].op_type, "If");
    }
}
