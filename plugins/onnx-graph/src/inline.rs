//! Replacing the calls of a file's own functions by what the functions do.

use std::collections::HashMap;

use crate::error::GraphError;
use crate::proto::{AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto};
use crate::rename::{Renaming, Taken, identity, made};
use crate::scope::inherit;

/// What a function is found by: its domain, name and overload.
type Key<'a> = (&'a str, &'a str, &'a str);

type Functions<'a> = HashMap<Key<'a>, &'a FunctionProto>;

fn key(function: &FunctionProto) -> Key<'_> {
    (&function.domain, &function.name, &function.overload)
}

/// Replaces all calls in `graph`, and empties the functions of `model`.
///
/// # Errors
/// A function that calls itself.
pub fn inline(model: &mut ModelProto, graph: &mut GraphProto) -> Result<(), GraphError> {
    let functions = std::mem::take(&mut model.functions);
    if functions.is_empty() {
        return Ok(());
    }
    // What the functions are written in must be declared once they are gone.
    for set in functions.iter().flat_map(|function| &function.opset_import) {
        if !model.opset_import.iter().any(|known| known.domain == set.domain) {
            model.opset_import.push(set.clone());
        }
    }
    let mut taken = Taken::default();
    taken.take(made(&graph.node));
    taken.take(graph.input.iter().map(|input| input.name.clone()));
    taken.take(graph.initializer.iter().map(|tensor| tensor.name.clone()));
    let known: Functions<'_> = functions.iter().map(|function| (key(function), function)).collect();
    graph.node = expand(std::mem::take(&mut graph.node), &known, &mut Vec::new(), &mut taken)?;
    Ok(())
}

/// The nodes with every call replaced. `calling` are the functions that these nodes are part of.
fn expand<'a>(
    nodes: Vec<NodeProto>,
    functions: &Functions<'a>,
    calling: &mut Vec<Key<'a>>,
    taken: &mut Taken,
) -> Result<Vec<NodeProto>, GraphError> {
    let mut expanded = Vec::with_capacity(nodes.len());
    for mut node in nodes {
        for graph in node.attribute.iter_mut().flat_map(|attribute| attribute.g.iter_mut().chain(&mut attribute.graphs))
        {
            graph.node = expand(std::mem::take(&mut graph.node), functions, calling, taken)?;
        }
        let Some(function) = functions.get(&(&*node.domain, &*node.op_type, &*node.overload)).copied() else {
            expanded.push(node);
            continue;
        };
        if calling.contains(&key(function)) {
            return Err(GraphError::Recursion(function.name.clone()));
        }
        calling.push(key(function));
        expanded.extend(expand(body(function, &node, taken), functions, calling, taken)?);
        calling.pop();
    }
    Ok(expanded)
}

/// What `call` does: the nodes of `function` with its names and attributes.
fn body(function: &FunctionProto, call: &NodeProto, taken: &mut Taken) -> Vec<NodeProto> {
    let actual = call.input.iter().cloned().chain(std::iter::repeat(String::new()));
    let mut given: HashMap<String, String> = function.input.iter().cloned().zip(actual).collect();
    let mut passed_on = Vec::new();
    for (formal, actual) in function.output.iter().zip(&call.output).filter(|(_, actual)| !actual.is_empty()) {
        match given.get(formal) {
            Some(same) => passed_on.push(identity(same.clone(), actual)),
            None => drop(given.insert(formal.clone(), actual.clone())),
        }
    }
    let first = call.output.iter().find(|name| !name.is_empty()).map_or("", String::as_str);
    let label = if call.name.is_empty() { first } else { &call.name };
    let renaming = Renaming::new(given, made(&function.node), label, taken);
    let mut nodes: Vec<NodeProto> = function
        .node
        .iter()
        .map(|node| {
            let mut node = node.clone();
            bind(&mut node, function, call);
            renaming.apply(&mut node);
            node
        })
        .chain(passed_on)
        .collect();
    for node in &mut nodes {
        // What makes the result of the call is what the call's name finds.
        if node.output.iter().any(|name| name == first) {
            node.name.clone_from(&call.name);
        } else if !node.name.is_empty() {
            node.name = format!("{label}/{}", node.name);
        }
        inherit(node, call);
    }
    nodes
}

/// Gives the attributes of `node` that stand for those of the call their values.
fn bind(node: &mut NodeProto, function: &FunctionProto, call: &NodeProto) {
    let mut bound = Vec::with_capacity(node.attribute.len());
    for mut attribute in node.attribute.drain(..) {
        for graph in attribute.g.iter_mut().chain(&mut attribute.graphs) {
            graph.node.iter_mut().for_each(|node| bind(node, function, call));
        }
        if attribute.ref_attr_name.is_empty() {
            bound.push(attribute);
            continue;
        }
        let given = call.attribute.iter().chain(&function.attribute_proto);
        // One that the call leaves out, and that has no value of its own, is left to the operator.
        if let Some(value) = given.into_iter().find(|value| value.name == attribute.ref_attr_name) {
            bound.push(AttributeProto { name: attribute.name, ..value.clone() });
        }
    }
    node.attribute = bound;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::{OperatorSetIdProto, StringStringEntryProto};
    use crate::tests::{load, model, node};

    fn function(name: &str, inputs: &[&str], outputs: &[&str], nodes: Vec<NodeProto>) -> FunctionProto {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        FunctionProto {
            domain: "own".into(),
            name: name.into(),
            input: names(inputs),
            output: names(outputs),
            node: nodes,
            opset_import: vec![OperatorSetIdProto { domain: "strange".into(), version: 3 }],
            ..Default::default()
        }
    }

    fn call(name: &str, inputs: &[&str], output: &str) -> NodeProto {
        let entry =
            StringStringEntryProto { key: "pkg.torch.onnx.name_scopes".into(), value: "['', 'trunk.0', 'own']".into() };
        NodeProto {
            domain: "own".into(),
            metadata_props: vec![entry],
            ..node(name, &format!("/m/{name}"), inputs, output, vec![])
        }
    }

    #[test]
    fn calls_become_nodes_with_names_of_their_own() {
        let double = function(
            "Double",
            &["a"],
            &["b", "a"],
            vec![node("Exp", "e", &["a"], "y", vec![]), node("Add", "sum", &["y", "y"], "b", vec![])],
        );
        let mut second = call("Double", &["h"], "y");
        second.output.push("same".into());
        let mut file = model(18, vec![call("Double", &["x"], "h"), second], "y");
        file.functions = vec![double];
        let graph = load(&file).unwrap();
        let told: Vec<String> = graph
            .nodes
            .iter()
            .map(|node| {
                format!("{} {}: {} -> {}", node.name, node.op_type, node.input.join(" "), node.output.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "/m/Double/e Exp: x -> /m/Double/y",
                "/m/Double Add: /m/Double/y /m/Double/y -> h",
                "/m/Double/e Exp: h -> /m/Double/y.2",
                "/m/Double Add: /m/Double/y.2 /m/Double/y.2 -> y",
                "/m/Double/same Identity: h -> same",
            ]
        );
        assert_eq!(graph.layers()[0].scope, "trunk.0");
        assert_eq!(graph.resolve_layer("trunk.0", &[]).as_deref(), Ok("y"));
        assert_eq!(graph.expose(&["y"]).unwrap().opset(), 18);
        assert_eq!(load(&file).unwrap().save(), graph.save());
    }

    #[test]
    fn a_function_that_calls_itself_is_refused() {
        let mut file = model(18, vec![call("One", &["x"], "y")], "y");
        let one = |inner: &str| vec![call(inner, &["a"], "b")];
        file.functions = vec![function("One", &["a"], &["b"], one("Two")), function("Two", &["a"], &["b"], one("One"))];
        assert_eq!(load(&file), Err(GraphError::Recursion("One".into())));
        // One that the file does not have is left as it is.
        file.functions[1].node = one("Three");
        assert_eq!(load(&file).unwrap().nodes[0].op_type, "Three");
    }
}
