//! LibTorch's messages, shortened to what went wrong.

/// One line without the traceback of the interpreter, without full stop.
pub fn reason(message: &str) -> String {
    // A traceback of C++ may follow.
    let cause = message.split("\nException raised from").next().unwrap_or(message);
    let line = raised(cause).split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
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
}
