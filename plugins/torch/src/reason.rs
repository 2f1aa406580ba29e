//! LibTorch's messages, shortened to what went wrong.

use kipos_file_kind::words::shortened;

/// One line without the traceback of the interpreter, without full stop.
pub fn reason(message: &str) -> String {
    // A traceback of C++ may follow.
    let cause = message.split("\nException raised from").next().unwrap_or(message);
    let line = raised(cause).split_whitespace().collect::<Vec<_>>().join(" ");
    match absent_backend(&line) {
        Some((operator, backend)) => format!(
            "the script makes tensors on a {backend} device ({operator}), which this run does not have; write the file again \
             after model.to('cpu'), with tensors made on the device of the input (device=x.device)"
        ),
        None => shortened(&line),
    }
}

/// The operator and the device of a message that an operator does not exist there, which goes on for pages.
fn absent_backend(line: &str) -> Option<(&str, &str)> {
    let (operator, rest) = line.strip_prefix("Could not run '")?.split_once("' with arguments from the '")?;
    let (backend, _) = rest.split_once("' backend")?;
    Some((operator, backend))
}

/// What comes after the last line that begins with the name of an exception, as tracebacks end: `RuntimeError: ...`, or
/// `builtins.ValueError: ...` where the model itself raises one.
fn raised(message: &str) -> &str {
    let starts = message.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let texts = starts.filter_map(|(start, line)| {
        let (name, _) = line.split_once(": ")?;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte));
        let raises = name.starts_with("builtins.") || name.ends_with("Error") || name.ends_with("Exception");
        (is_name && raises).then_some(&message[start + name.len() + 2..])
    });
    texts.last().unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traceback_is_left_out() {
        let message = "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript \
                       (most recent call last):\n  File \"x.py\", line 3\nRuntimeError: mat1 and mat2\n cannot be \
                       multiplied.\n";
        assert_eq!(reason(message), "mat1 and mat2 cannot be multiplied");
        let raised = "The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript (most \
                      recent call last):\n    raise ValueError(\"too short\")\n    ~~~~~ <--- HERE\n\
                      builtins.ValueError: too short: 24\n";
        assert_eq!(reason(raised), "too short: 24");
        assert_eq!(reason("a.b: found: c"), "a.b: found: c");
        assert_eq!(reason("open file failed\nException raised from f at a.cpp:1"), "open file failed");
    }

    #[test]
    fn a_device_that_is_not_there_is_one_sentence() {
        let message = format!(
            "Traceback of TorchScript (most recent call last):\nRuntimeError: Could not run 'aten::empty.memory_format' with \
             arguments from the 'CUDA' backend. This could be because the operator doesn't exist for this backend. {}",
            "CPU: registered at build/aten/src/ATen/RegisterCPU.cpp:1 [kernel]\n".repeat(99)
        );
        assert_eq!(
            reason(&message),
            "the script makes tensors on a CUDA device (aten::empty.memory_format), which this run does not have; write the \
             file again after model.to('cpu'), with tensors made on the device of the input (device=x.device)"
        );
        let long = reason(&format!("RuntimeError: no such kernel. {}", "registered at a.cpp ".repeat(99)));
        assert_eq!(long, "no such kernel");
    }
}
