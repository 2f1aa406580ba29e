//! What the user asked for.

use std::ffi::{OsStr, OsString};

use crate::error::Error;

/// Shown by `cargo xtask --help`.
pub(crate) const USAGE: &str = "\
usage: cargo xtask <command>

  demo             fetch ONNX Runtime (and CMake, where there is none), build kipos and its default
                   plugins, score the example's variants, draw a mutation map
  fuzz [ARG]...    build everything, feed damaged files to every reader; `cargo xtask fuzz --help`
                   lists the ARGs
  licences         write LICENSE-THIRDPARTY anew, from the crates that cargo has fetched
  lint             clippy and rustdoc over everything, every warning an error; LICENSE-THIRDPARTY
                   must be current
  man              build kipos, write its man pages into target/man
  onnx-suite       the operator tests of the ONNX standard, with what is built (they are part of
                   `cargo xtask test` without ARGs)
  test [ARG]...    fetch ONNX Runtime and LibTorch (and CMake, where there is none), build
                   everything, run all tests; ARGs go to `cargo test`, as in `cargo xtask test -p
                   kipos -- --nocapture`
  torch            fetch LibTorch (540 MB), build the PyTorch plugin into target/plugins
  torture [ARG]... build everything, kill runs, fill disks, take descriptors, close pipes; `cargo
                   xtask torture --help` lists the ARGs";

/// The names `parse` knows, for the message about one that it does not know.
pub(crate) const COMMANDS: &str = "demo, fuzz, licences, lint, man, onnx-suite, test, torch, torture";

/// One run of xtask.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print the usage.
    Help,
    /// Score the example.
    Demo,
    /// Feed damaged files to every reader, with these arguments for the program that does it.
    Fuzz(Vec<OsString>),
    /// Write the licences of other crates.
    Licences,
    /// Look over code and documentation.
    Lint,
    /// Write man pages.
    Man,
    /// Run the operator tests of the ONNX standard.
    OnnxSuite,
    /// Build the PyTorch plugin.
    Torch,
    /// Run the tests, with these arguments for `cargo test`.
    Test(Vec<OsString>),
    /// Do harm to runs, with these arguments for the program that does it.
    Torture(Vec<OsString>),
}

/// Reads the arguments that follow `cargo xtask`.
pub(crate) fn parse(mut arguments: Vec<OsString>) -> Result<Task, Error> {
    if arguments.is_empty() {
        return Err(Error::NoCommand);
    }
    let command = arguments.remove(0);
    match (command.to_str(), arguments.first()) {
        (Some("help" | "--help" | "-h"), _) => Ok(Task::Help),
        (Some("demo"), None) => Ok(Task::Demo),
        (Some("fuzz"), _) => Ok(Task::Fuzz(arguments)),
        (Some("licences"), None) => Ok(Task::Licences),
        (Some("licences"), Some(extra)) => Err(extra_argument("licences", extra)),
        (Some("lint"), None) => Ok(Task::Lint),
        (Some("man"), None) => Ok(Task::Man),
        (Some("man"), Some(extra)) => Err(extra_argument("man", extra)),
        (Some("onnx-suite"), None) => Ok(Task::OnnxSuite),
        (Some("onnx-suite"), Some(extra)) => Err(extra_argument("onnx-suite", extra)),
        (Some("torch"), None) => Ok(Task::Torch),
        (Some("torch"), Some(extra)) => Err(extra_argument("torch", extra)),
        (Some("demo"), Some(extra)) => Err(extra_argument("demo", extra)),
        (Some("lint"), Some(extra)) => Err(extra_argument("lint", extra)),
        (Some("test"), _) => Ok(Task::Test(arguments)),
        (Some("torture"), _) => Ok(Task::Torture(arguments)),
        _ => Err(Error::UnknownCommand { command: command.to_string_lossy().into_owned() }),
    }
}

fn extra_argument(command: &'static str, extra: &OsStr) -> Error {
    Error::ExtraArgument { command, argument: extra.to_string_lossy().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Task, String> {
        parse(arguments.iter().map(OsString::from).collect()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_command_is_recognised() {
        assert_eq!(parsed(&["demo"]), Ok(Task::Demo));
        assert_eq!(parsed(&["licences"]), Ok(Task::Licences));
        assert_eq!(parsed(&["lint"]), Ok(Task::Lint));
        assert_eq!(parsed(&["man"]), Ok(Task::Man));
        assert_eq!(parsed(&["onnx-suite"]), Ok(Task::OnnxSuite));
        assert_eq!(parsed(&["torch"]), Ok(Task::Torch));
        assert_eq!(parsed(&["test"]), Ok(Task::Test(vec![])));
        for spelling in ["help", "--help", "-h"] {
            assert_eq!(parsed(&[spelling]), Ok(Task::Help));
        }
    }

    #[test]
    fn the_arguments_of_other_programs_are_handed_on_unchanged() {
        assert_eq!(parsed(&["fuzz", "vcf"]), Ok(Task::Fuzz(vec!["vcf".into()])));
        assert_eq!(parsed(&["torture", "--help"]), Ok(Task::Torture(vec!["--help".into()])));
        assert_eq!(
            parsed(&["test", "-p", "kipos", "--", "--nocapture"]),
            Ok(Task::Test(["-p", "kipos", "--", "--nocapture"].map(OsString::from).into()))
        );
    }

    #[test]
    fn wrong_input_is_named_and_the_known_commands_are_listed() {
        let unknown = parsed(&["dmeo"]).unwrap_err();
        assert!(unknown.contains("`dmeo`") && unknown.contains(COMMANDS), "{unknown}");
        assert!(parsed(&["demo", "fast"]).unwrap_err().contains("`fast`"));
        assert!(parsed(&["onnx-suite", "fast"]).unwrap_err().contains("`fast`"));
        assert!(parsed(&["torch", "fast"]).unwrap_err().contains("`fast`"));
        assert!(parsed(&["lint", "fast"]).unwrap_err().contains("`fast`"));
        assert!(parsed(&["licences", "fast"]).unwrap_err().contains("`fast`"));
        assert!(parsed(&[]).unwrap_err().contains(COMMANDS));
    }
}
