//! LibTorch's messages, shortened to what went wrong.

/// One line without the traceback of the interpreter, lower-case words of its own removed, without full stop.
pub fn reason(message: &str) -> String {
    let cause = message.rfind("RuntimeError: ").map_or(message, |at| &message[at + "RuntimeError: ".len()..]);
    // A traceback of C++ may follow.
    let cause = cause.split("\nException raised from").next().unwrap_or(cause);
    let line = cause.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
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
        assert_eq!(reason("open file failed\nException raised from f at a.cpp:1"), "open file failed");
    }
}
