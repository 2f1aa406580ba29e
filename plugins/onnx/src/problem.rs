//! Words for what went wrong.

use kipos_plugin_api::{ErrorKind, PluginError};

/// What is wrong with a file.
pub fn invalid(message: String) -> PluginError {
    PluginError::new(ErrorKind::INVALID_MODEL, message)
}

/// ONNX Runtime's reason on one line, without full stop.
pub fn reason(error: &ort::Error) -> String {
    let line = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
}
