//! What a message of clap does not say.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use kipos::printable;

use super::standard_error::standard_error;

/// The error of a command line without MODEL, with the flag that took it for one of its values, if one did.
pub fn with_advice(mut error: clap::Error, typed: &[OsString]) -> clap::Error {
    let lacks_model = error.kind() == ErrorKind::MissingRequiredArgument
        && matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::Strings(names)) if names.iter().any(|name| name == "<MODEL>"));
    if let Some((flag, model)) = model_among_values(typed).filter(|_| lacks_model) {
        let advice = format!("{model} was read as a value of {flag}: put it first, or separate with commas");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(advice)]));
    }
    error
}

/// Prints the message and ends the process, as clap does. A message repeats what was typed, and a shell types names of
/// files, which may hold what a terminal obeys.
pub fn exit(error: clap::Error, typed: &[OsString]) -> ! {
    let repeats = typed.iter().any(|word| matches!(printable(&word.to_string_lossy()), Cow::Owned(_)));
    if !repeats || !error.use_stderr() {
        error.exit();
    }
    // Nothing can be done about a closed stderr.
    let _ = standard_error().write_lines(&error.render().to_string().trim_end());
    std::process::exit(error.exit_code())
}

/// The first value of a flag that is the directory of a model, after its flag.
fn model_among_values(typed: &[OsString]) -> Option<(String, String)> {
    let mut flag = None;
    for word in typed.iter().filter_map(|word| word.to_str()) {
        if word.len() > 1 && word.starts_with('-') {
            flag = Some(word);
        } else if let Some(flag) = flag
            && Path::new(word).join("model.yaml").is_file()
        {
            return Some((flag.to_owned(), word.to_owned()));
        }
    }
    None
}
