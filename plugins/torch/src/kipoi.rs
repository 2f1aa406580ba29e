//! The arguments of Kipoi's own PyTorch backend, which ran Python: they are answered with the command that makes a
//! TorchScript file.

use kipos_file_kind::words::{python_literal, python_module, python_name};
use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec, Args, ModelSource, PluginError, Result, SchemaLeaf, Value};

use crate::trace;

const DOC: &str = "of Kipoi's Python backend; the error says how to make a TorchScript file of it";

const fn original(name: &'static str, kind: ArgKind) -> ArgSpec {
    ArgSpec::new(name, kind, ArgDefault::Absent, DOC)
}

const ORIGINAL: [ArgSpec; 6] = [
    original("weights", ArgKind::String),
    original("module_class", ArgKind::String),
    original("module_obj", ArgKind::String),
    original("module_file", ArgKind::String),
    original("module_kwargs", ArgKind::Map),
    original("build_fn", ArgKind::String),
];
/// The only one that asks for nothing: it may stay beside `file`.
const AUTO_USE_CUDA: ArgSpec =
    ArgSpec::new("auto_use_cuda", ArgKind::Bool, ArgDefault::Absent, "ignored; `--device` chooses the device");

/// Our own arguments and those of Kipoi.
pub const fn with_original_arguments(own: [ArgSpec; 3]) -> [ArgSpec; 10] {
    let [file, layers, outputs] = own;
    let [a, b, c, d, e, f] = ORIGINAL;
    [file, layers, outputs, a, b, c, d, e, f, AUTO_USE_CUDA]
}

/// What a conversion puts beside model.yaml.
const CONVERTED: &str = "model.pt";

/// The TorchScript file: that of the argument `file`; or, where arguments name Python code or weights, what a conversion has
/// put beside model.yaml.
///
/// # Errors
/// There is none. For arguments that name Python code or weights, the message holds the command that makes a file of them.
pub fn file<'a>(args: &'a Args, source: &ModelSource) -> Result<&'a str> {
    let Some(given) = ORIGINAL.iter().find(|spec| args.get(spec.name).is_some()) else {
        let missing = || PluginError::invalid_argument("argument `file` is required: the TorchScript file");
        return args.text("file").ok_or_else(missing);
    };
    if source.directory.join(CONVERTED).is_file() {
        return Ok(CONVERTED);
    }
    let inputs = &source.inputs;
    Err(PluginError::invalid_argument(format!(
        "argument `{}` is of Kipoi's Python backend, and this one runs TorchScript files; in the directory of \
         model.yaml run: python -c \"{}\" and write `args: {{file: model.pt}}`",
        given.name,
        command(args, inputs)
    )))
}

fn command(args: &Args, inputs: &[SchemaLeaf]) -> String {
    let weights = args.text("weights");
    let save = trace::save("m", inputs);
    let load = |only: &str| {
        format!("torch.load({}, map_location='cpu', weights_only={only})", python_literal(weights.unwrap_or("WEIGHTS")))
    };
    // The older spelling: Python code in `file`, with a function that builds the network.
    let (module, name, call) = match (args.text("module_obj"), args.text("module_class"), args.text("build_fn")) {
        (Some(object), _, _) => (stem(args, object), last(object), String::new()),
        (None, Some(class), _) => (stem(args, class), last(class), format!("({})", keywords(args))),
        (None, None, Some(function)) => {
            (args.text("file").map_or("MODULE".into(), python_module), python_name(function, "FUNCTION"), "()".into())
        }
        (None, None, None) => return format!("import torch; m = {}; {save}", load("False")),
    };
    let weights = weights.map_or(String::new(), |_| format!("m.load_state_dict({}); ", load("True")));
    format!("import torch; from {module} import {name}; m = {name}{call}; {weights}{save}")
}

/// The Python module that `module_file`, or else a dotted name, stands for.
fn stem(args: &Args, dotted: &str) -> String {
    match (args.text("module_file"), dotted.rsplit_once('.')) {
        (Some(file), _) => python_module(file),
        (None, Some((module, _))) => python_name(module, "MODULE"),
        (None, None) => "MODULE".into(),
    }
}

/// What a dotted name ends in.
fn last(dotted: &str) -> String {
    python_name(dotted.rsplit('.').next().unwrap_or(dotted), "CLASS")
}

/// The arguments of the class, as Python writes them.
fn keywords(args: &Args) -> String {
    match args.get("module_kwargs") {
        Some(Value::Map(entries)) => entries
            .iter()
            .map(|(name, value)| format!("{}={}", python_name(name, "ARGUMENT"), python(value)))
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    }
}

fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::String(text) => python_literal(text),
        Value::List(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}: {}", python_literal(key), python(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        number => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(entries: &[(&str, Value)]) -> String {
        let map = entries.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        let shape = vec![Some(4), Some(24)];
        let input = SchemaLeaf::new("x", shape);
        let own = ArgSpec::new("file", ArgKind::String, ArgDefault::Absent, "");
        let args = Args::check(&Value::Map(map), &with_original_arguments([own, own, own])).unwrap();
        file(&args, &ModelSource::new("", Value::Null, vec![input], Vec::new())).unwrap_err().message
    }

    fn text(value: &str) -> Value {
        Value::String(value.into())
    }

    #[test]
    fn a_class_with_weights_becomes_a_command() {
        let kwargs = Value::Map(vec![("width".into(), Value::Int(3)), ("bias".into(), Value::Bool(true))]);
        let message =
            refusal(&[("weights", text("w.pth")), ("module_class", text("nets.Net")), ("module_kwargs", kwargs)]);
        assert_eq!(
            message,
            "argument `weights` is of Kipoi's Python backend, and this one runs TorchScript files; in the directory of \
             model.yaml run: python -c \"import torch; from nets import Net; m = Net(width=3, bias=True); \
             m.load_state_dict(torch.load('w.pth', map_location='cpu', weights_only=True)); torch.jit.trace(m.eval(), torch.rand(2, 4, \
             24)).save('model.pt')\" and write `args: {file: model.pt}`"
        );
    }

    #[test]
    fn the_other_spellings_have_commands_too() {
        let object = refusal(&[("weights", text("w")), ("module_obj", text("net")), ("module_file", text("a/b.py"))]);
        assert!(object.contains("from a.b import net; m = net; m.load_state_dict"), "{object}");
        let built = refusal(&[("file", text("net.py")), ("build_fn", text("build")), ("weights", text("w"))]);
        assert!(built.contains("from net import build; m = build(); m.load_state_dict"), "{built}");
        let hostile =
            refusal(&[("weights", text("w\"; touch x; echo \"")), ("module_class", text("nets.Net(); exit"))]);
        let load = r"torch.load('w\U00000022\U0000003b touch x\U0000003b echo \U00000022', map_location='cpu', weights_only=True)";
        assert!(hostile.contains("from nets import CLASS; m = CLASS();") && hostile.contains(load), "{hostile}");
        let whole = refusal(&[("weights", text("w"))]);
        assert!(whole.contains("m = torch.load('w', map_location='cpu', weights_only=False); torch.jit"), "{whole}");
    }
}
