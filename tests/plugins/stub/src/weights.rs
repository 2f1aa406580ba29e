//! A file of weights, for the argument `file`: lines of a word and a value.
//!
//! - `factor X`: all values are multiplied by X, before the sigmoid;
//! - `tasks N`: the values per row of every output, over the argument `tasks`;
//! - `edits BOOL`: whether the model evaluates edits, over the argument `edits`.

use std::fs;
use std::path::Path;
use std::str::FromStr;

use kipos_plugin_api::{ErrorKind, PluginError, Result};

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Weights {
    pub factor: Option<f64>,
    pub tasks: Option<usize>,
    pub edits: Option<bool>,
}

impl Weights {
    pub fn read(file: &Path) -> Result<Self> {
        let invalid = |what: String| PluginError::new(ErrorKind::INVALID_MODEL, format!("{}: {what}", file.display()));
        let text = fs::read_to_string(file).map_err(|error| invalid(error.to_string()))?;
        let mut weights = Self::default();
        for line in text.lines() {
            let (word, value) = line.split_once(' ').unwrap_or((line, ""));
            let known = match word {
                "factor" => parsed(value, &mut weights.factor),
                "tasks" => parsed(value, &mut weights.tasks),
                "edits" => parsed(value, &mut weights.edits),
                _ => false,
            };
            if !known {
                return Err(invalid(format!("the line `{line}` is not understood")));
            }
        }
        Ok(weights)
    }
}

/// Whether a value can be read.
fn parsed<T: FromStr>(text: &str, value: &mut Option<T>) -> bool {
    *value = text.parse().ok();
    value.is_some()
}
