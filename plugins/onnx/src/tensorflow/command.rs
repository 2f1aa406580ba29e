//! The commands that make an ONNX file of what Kipoi's backends read.

use kipos_file_kind::words::python_literal;
use kipos_plugin_api::{Args, Value, shell_word};

/// The file that the commands write.
pub const FILE: &str = "model.onnx";
const OUTPUT: &str = "--output model.onnx --opset 17";

/// Of what `kipos model convert` converts: a file, or the directory of a model.yaml.
pub fn of_published(source: &str) -> String {
    format!("kipos model convert {}", shell_word(source))
}

/// Of what the arguments of Kipoi name, beside model.yaml.
pub fn of_kipoi(_: &Args) -> String {
    of_published(".")
}

/// Of a checkpoint of TensorFlow 1.
pub fn of_checkpoint(args: &Args) -> String {
    let prefix = prefix(args.get("checkpoint_path"));
    let nodes = |name: &str, missing: &str| {
        let mut found = Vec::new();
        args.get(name).into_iter().for_each(|value| texts(value, &mut found));
        if found.is_empty() { vec![missing.to_owned()] } else { found }
    };
    let (inputs, targets) = (nodes("input_nodes", "INPUT"), nodes("target_nodes", "TARGET"));
    let Some(constants) = args.text("const_feed_dict_pkl") else {
        let list = |nodes: &[String]| shell_word(&nodes.iter().map(|node| tensor(node)).collect::<Vec<_>>().join(","));
        let (inputs, targets) = (list(&inputs), list(&targets));
        let meta = shell_word(&format!("{prefix}.meta"));
        return format!("python -m tf2onnx.convert --checkpoint {meta} --inputs {inputs} --outputs {targets} {OUTPUT}");
    };
    let list = |items: Vec<String>| format!("[{}]", items.join(", "));
    let tensors = |nodes: &[String]| list(nodes.iter().map(|node| python_literal(&tensor(node))).collect());
    let operations = list(targets.iter().map(|node| python_literal(operation(node))).collect());
    let (meta, prefix, constants) =
        (python_literal(&format!("{prefix}.meta")), python_literal(&prefix), python_literal(constants));
    format!(
        "python -c \"import pickle, tensorflow.compat.v1 as tf, tf2onnx; tf.disable_eager_execution(); s = \
         tf.Session(); tf.train.import_meta_graph({meta}).restore(s, {prefix}); c = \
         {{k: tf.make_tensor_proto(v, s.graph.get_tensor_by_name(k + ':0').dtype) for k, v in \
         pickle.load(open({constants}, 'rb')).items()}}; g = tf.graph_util.convert_variables_to_constants(s, \
         s.graph_def, {operations}); [n.CopyFrom(tf.NodeDef(name=n.name, op='Const', attr={{'dtype': \
         tf.AttrValue(type=c[n.name].dtype), 'value': tf.AttrValue(tensor=c[n.name])}})) for n in g.node if n.name in \
         c]; tf2onnx.convert.from_graph_def(g, input_names={}, output_names={}, opset=17, \
         output_path='model.onnx')\"",
        tensors(&inputs),
        tensors(&targets)
    )
}

/// Of a model of TensorFlow Lite.
pub fn of_lite(file: &str) -> String {
    format!("python -m tf2onnx.convert --tflite {} {OUTPUT}", shell_word(file))
}

/// What the three files of a checkpoint have in common.
fn prefix(checkpoint: Option<&Value>) -> String {
    match checkpoint {
        Some(Value::String(prefix)) => prefix.trim_end_matches(".meta").to_owned(),
        Some(Value::Map(files)) => {
            let meta = files.iter().find(|(key, _)| key == "meta").map(|(_, value)| value);
            match meta {
                Some(Value::String(file)) => file.trim_end_matches(".meta").to_owned(),
                // A file at an address: where it lies after fetching is for its user to say.
                _ => "CHECKPOINT".into(),
            }
        }
        _ => "CHECKPOINT".into(),
    }
}

/// All texts of a value, in order; those of maps are the values.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Map(entries) => entries.iter().for_each(|(_, value)| texts(value, found)),
        _ => {}
    }
}

/// The tensor that an operation gives, as tf2onnx wants it.
fn tensor(node: &str) -> String {
    if node.contains(':') { node.to_owned() } else { format!("{node}:0") }
}

fn operation(node: &str) -> &str {
    node.split(':').next().unwrap_or(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensorflow::arguments::TENSORFLOW;
    use kipos_plugin_api::ArgSpec;

    fn args(specs: &[ArgSpec], entries: &[(&str, Value)]) -> Args {
        let map = entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        Args::check(&Value::Map(map), specs).unwrap()
    }

    fn text(text: &str) -> Value {
        Value::String(text.into())
    }

    #[test]
    fn checkpoints_are_named_by_their_prefix_or_their_files() {
        let command = |entries: &[(&str, Value)]| of_checkpoint(&args(&TENSORFLOW, entries));
        let nodes = [
            ("input_nodes", Value::Map(vec![("a".into(), text("x")), ("b".into(), text("y"))])),
            ("target_nodes", text("net/logits")),
        ];
        let expected = "python -m tf2onnx.convert --checkpoint ckpt/model.meta --inputs x:0,y:0 --outputs net/logits:0 \
                        --output model.onnx --opset 17";
        let files = Value::Map(vec![("meta".into(), text("ckpt/model.meta")), ("index".into(), text("i"))]);
        for checkpoint in [text("ckpt/model"), files] {
            assert_eq!(command(&[nodes.as_slice(), &[("checkpoint_path", checkpoint)]].concat()), expected);
        }
    }

    #[test]
    fn constants_that_were_fed_become_part_of_the_graph() {
        let entries = [
            ("input_nodes", text("x")),
            ("target_nodes", text("y")),
            ("checkpoint_path", text("m")),
            ("const_feed_dict_pkl", text("c.pkl")),
        ];
        let command = of_checkpoint(&args(&TENSORFLOW, &entries));
        assert!(command.contains("restore(s, 'm')") && command.contains("open('c.pkl', 'rb')"), "{command}");
        assert!(command.contains("input_names=['x:0'], output_names=['y:0']"), "{command}");
    }
}
