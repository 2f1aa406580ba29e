//! Why a name means no layer, as far as the graph tells.

use crate::graph::Graph;
use crate::layers::{LayerError, first_result, list};
use crate::ops::{self, Role};
use crate::proto::NodeProto;
use crate::scope::{canonical, scopes, without_root};

impl Graph {
    /// The error for a name that means no layer.
    pub(crate) fn missing(&self, name: &str) -> LayerError {
        let wanted = canonical(name);
        let why = self
            .carrying(&wanted)
            .map(folded)
            .or_else(|| self.before(&wanted))
            .or_else(|| self.renamed(name))
            .unwrap_or_else(|| {
                "The exporter may have folded it into its neighbour, as it does with batch normalization, or renamed it, \
                 as it does with recurrent layers"
                    .into()
            });
        LayerError::Unknown { name: name.into(), close: self.close_names(name), why }
    }

    /// The node that a layer went into, if its result or one of its weights still has the name of the layer.
    fn carrying(&self, wanted: &str) -> Option<&NodeProto> {
        let carries = |name: &String| {
            let path = format!(".{}.", canonical(name));
            !wanted.is_empty() && path.contains(&format!(".{wanted}."))
        };
        let weights =
            |node: &NodeProto| node.input.iter().any(|name| self.initializers.contains_key(name) && carries(name));
        self.nodes.iter().find(|node| node.output.iter().any(carries) || weights(node))
    }

    /// What an exporter may have done to item `n` of a sequence, seen from the item before it.
    fn before(&self, wanted: &str) -> Option<String> {
        let (parent, position) = wanted.rsplit_once('.').unwrap_or(("", wanted));
        let position: usize = position.parse().ok()?;
        let mut siblings: Vec<(usize, String, &NodeProto)> = Vec::new();
        for node in &self.nodes {
            for path in scopes(node) {
                let inner = without_root(&path).unwrap_or_default();
                let item = [path.as_str(), inner].into_iter().find_map(|path| {
                    let (of, item) = path.rsplit_once('.').unwrap_or(("", path));
                    if of == parent { item.parse().ok() } else { None }
                });
                if let Some(item) = item {
                    siblings.push((item, path, node));
                }
            }
        }
        let behind = siblings.iter().map(|(item, ..)| *item).max()?;
        let (_, path, node) =
            siblings.into_iter().filter(|(item, ..)| *item < position).max_by_key(|(item, ..)| *item)?;
        // Far behind the end there never was anything.
        (position <= behind + 1).then(|| match ops::named(node).role == Role::Linear {
            true => format!("It may have been folded into `{path}` ({}) by the exporter", node.op_type),
            false => format!("The exporter may have left it out behind `{path}`, as it does with dropout"),
        })
    }

    fn renamed(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        let recurrent = ["lstm", "gru", "rnn", "bidirectional"].iter().any(|kind| name.contains(kind));
        let nodes = self.nodes.iter().filter(|node| ops::is_recurrent(node));
        let names: Vec<&str> =
            nodes.map(|node| if node.name.is_empty() { first_result(node) } else { &node.name }).collect();
        let renamed = || format!("It may have been renamed by the exporter to one of {}", list(names.iter().copied()));
        (recurrent && !names.is_empty()).then(renamed)
    }

    fn close_names(&self, name: &str) -> String {
        let mut known: Vec<String> = Vec::new();
        for layer in self.layers() {
            known.extend([layer.node, layer.tensor]);
        }
        for path in self.nodes.iter().flat_map(scopes) {
            known.extend(without_root(&path).map(str::to_owned));
            known.push(path);
        }
        known.retain(|name| !name.is_empty());
        known.sort();
        known.dedup();
        known.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
        known.truncate(5);
        list(known.iter().map(String::as_str))
    }
}

fn folded(node: &NodeProto) -> String {
    let name = if node.name.is_empty() { first_result(node) } else { &node.name };
    let module = scopes(node).pop().unwrap_or_else(|| name.to_owned());
    format!("It may have been folded into `{module}` ({}) by the exporter", node.op_type)
}

#[cfg(test)]
mod tests {
    use crate::tests::{load, model, node};

    fn why(names: &[(&str, &str)], wanted: &str) -> String {
        let mut from = "x".to_owned();
        let mut nodes = Vec::new();
        for (op, name) in names {
            let to = format!("{name}:0");
            nodes.push(node(op, name, &[&from, "model/bn_b/batchnorm/mul"], &to, vec![]));
            from = to;
        }
        let mut file = model(18, nodes, &from);
        let mut weight = file.graph.as_ref().unwrap().initializer[0].clone();
        weight.name = "model/bn_b/batchnorm/mul".into();
        file.graph.as_mut().unwrap().initializer = vec![weight];
        let text = load(&file).unwrap().resolve_layer(wanted, &[]).unwrap_err().to_string();
        text.split_once(". ").unwrap().1.split_once("; list").unwrap().0.to_owned()
    }

    #[test]
    fn what_became_of_a_layer_is_told() {
        let torch = [("Conv", "/trunk/trunk.0/Conv"), ("Relu", "/trunk/trunk.2/Relu"), ("Gemm", "/Gemm")];
        assert_eq!(why(&torch, "trunk.1"), "It may have been folded into `trunk.0` (Conv) by the exporter");
        assert_eq!(
            why(&torch, "trunk.3"),
            "The exporter may have left it out behind `trunk.2`, as it does with dropout"
        );
        assert!(why(&torch, "trunk.9").starts_with("The exporter may have folded it into its neighbour, as"));
        let keras = [("Conv", "model/conv_b/Conv1D"), ("LSTM", "LSTM__113"), ("GRU", "GRU__12")];
        assert_eq!(why(&keras, "bn_b"), "It may have been folded into `model.conv_b` (Conv) by the exporter");
        assert_eq!(
            why(&keras, "bidirectional_1"),
            "It may have been renamed by the exporter to one of `LSTM__113`, `GRU__12`"
        );
    }
}
