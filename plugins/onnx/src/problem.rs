//! Words for what went wrong.

use kipos_file_kind::words::shortened;
use kipos_plugin_api::{ErrorKind, PluginError};

/// What is wrong with a file.
pub fn invalid(message: String) -> PluginError {
    PluginError::new(ErrorKind::INVALID_MODEL, message)
}

/// ONNX Runtime's reason on one line, without full stop.
pub fn reason(error: &ort::Error) -> String {
    meaning(&error.to_string())
}

/// What a message of ONNX Runtime says, without where in its source it arose. Of a node, its operator and name come first.
fn meaning(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let (node, cause) = match line.split_once(" Status Message: ") {
        Some((before, cause)) => (node(before), cause),
        None => (String::new(), line.as_str()),
    };
    let cause = match cause.strip_prefix("Load model from ").and_then(|rest| rest.split_once(" failed:")) {
        Some((_, cause)) => cause,
        None => cause,
    };
    let cause = without_place(cause);
    let cause = cause.strip_prefix("This is an invalid model. ").unwrap_or(cause);
    let cause = cause.split_once(" , Error ").map_or(cause, |(_, cause)| cause);
    format!("{node}{}", shortened(cause))
}

/// `Conv node "/conv": ` of `... while running Conv node. Name:'/conv'`.
fn node(before: &str) -> String {
    let operator = before.split_once("while running ").and_then(|(_, rest)| rest.split_once(" node."));
    let name = before.split_once("Name:'").and_then(|(_, rest)| rest.rsplit_once('\''));
    match (operator, name) {
        (Some((operator, _)), Some((name, _))) if !name.is_empty() => format!("{operator} `{name}`: "),
        (Some((operator, _)), _) => format!("{operator}: "),
        _ => String::new(),
    }
}

/// A message without the file, the line and the function of ONNX Runtime, and the condition there.
fn without_place(message: &str) -> &str {
    let Some((place, rest)) = message.split_once(' ') else { return message };
    let is_line = |line: &str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    if !place.rsplit_once(':').is_some_and(|(file, line)| file.contains('.') && is_line(line)) {
        return message;
    }
    if let Some((_, cause)) = rest.split_once(" was false. ") {
        return cause;
    }
    match rest.find('(') {
        // A signature.
        Some(open) if rest[..open].contains("::") => {
            let mut depth = 0;
            let close = rest[open..].find(|letter| {
                depth += i32::from(letter == '(') - i32::from(letter == ')');
                depth == 0
            });
            let behind = close.map_or(rest, |close| &rest[open + close + 1..]).trim_start();
            behind.strip_prefix("const ").unwrap_or(behind)
        }
        // The bare name of a function.
        _ => rest.split_once(' ').map_or(rest, |(_, cause)| cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_left_of_a_node_that_fails() {
        let failed = |operator: &str, name: &str, cause: &str| {
            meaning(&format!(
                "Non-zero status code returned while running {operator} node. Name:'{name}' Status Message: {cause}"
            ))
        };
        let reshape = failed(
            "Reshape",
            "/Reshape",
            "/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:55 \
             onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, \
             bool) input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested \
             shape. Input shape:{2,20,1}, requested shape:{1,20}\n",
        );
        let expected = "Reshape `/Reshape`: The input tensor cannot be reshaped to the requested shape. Input \
                        shape:{2,20,1}, requested shape:{1,20}";
        assert_eq!(reshape, expected);
        let product = failed("MatMul", "", "matmul_helper.h:59 Compute MatMul dimension mismatch");
        assert_eq!(product, "MatMul: MatMul dimension mismatch");
        let gather = failed("Gather", "look/up", "indices element out of data bounds, idx=7");
        assert_eq!(gather, "Gather `look/up`: indices element out of data bounds, idx=7");
    }

    #[test]
    fn the_cause_is_left_of_a_graph_that_is_refused() {
        let version = "/onnxruntime_src/onnxruntime/core/graph/model.cc:192 \
                       onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const \
                       std::function<void(int)>&) Unsupported model IR version: 20, max supported IR version: 13\n";
        assert_eq!(meaning(version), "Unsupported model IR version: 20, max supported IR version: 13");
        let operator = "This is an invalid model. In Node, (\"\", Foo, \"\", -1) : (\"x\": tensor(float),) -> (\"y\": \
                        tensor(float),) , Error No Op registered for Foo with domain_version of 17";
        assert_eq!(meaning(operator), "No Op registered for Foo with domain_version of 17");
        let file = "Load model from a b/model.onnx failed:Protobuf parsing failed.";
        assert_eq!(meaning(file), "Protobuf parsing failed");
        let opset = "/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void \
                     onnxruntime::model_load_utils::ValidateOpsetForDomain(const int&, bool) ONNX Runtime only *guarantees* \
                     support for models stamped with official released onnx opset versions. Opset 40 is under development \
                     and support for this is limited. The operator schemas and or other functionality may change before \
                     next ONNX release and in this case ONNX Runtime will not guarantee backward compatibility.\n";
        let expected = "ONNX Runtime only *guarantees* support for models stamped with official released onnx opset \
                        versions. Opset 40 is under development and support for this is limited";
        assert_eq!(meaning(opset), expected);
    }

    #[test]
    fn what_has_no_known_form_is_cut_only() {
        assert_eq!(meaning("no such thing: (a, b)."), "no such thing: (a, b)");
    }
}
