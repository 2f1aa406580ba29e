//! The programs that must be on the machine before a task can start.

use std::env;
use std::ffi::{OsStr, OsString};

use crate::error::Error;
use crate::process;

/// Stops with the name of every missing program and the way to get it. `with_pip`: whether
/// something is still to be fetched.
pub(crate) fn check(with_pip: bool) -> Result<(), Error> {
    let has_compiler = env::var_os("CC")
        .into_iter()
        .chain(["cc", "gcc", "clang"].map(OsString::from))
        .any(|compiler| process::answers(&compiler, &["--version"]));
    let has_python = !with_pip || process::answers(OsStr::new("python3"), &["--version"]);
    let has_pip = !with_pip || process::answers(OsStr::new("python3"), &["-m", "pip", "--version"]);
    let missing = missing(has_compiler, has_python, has_pip);
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
}

fn missing(has_compiler: bool, has_python: bool, has_pip: bool) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if !has_compiler {
        missing.push(
            "a C compiler (`apt-get install build-essential`, `dnf install gcc gcc-c++` or \
             `xcode-select --install`)",
        );
    }
    if !has_python {
        missing.push(
            "Python 3 with pip (`apt-get install python3-pip`, `dnf install python3-pip` or \
             `brew install python`)",
        );
    } else if !has_pip {
        missing.push(
            "pip for python3 (`apt-get install python3-pip`, `dnf install python3-pip` or \
             `python3 -m ensurepip`)",
        );
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_machine_misses_nothing() {
        assert!(missing(true, true, true).is_empty());
    }

    #[test]
    fn every_missing_program_is_named_once() {
        let all = Error::Missing(missing(false, false, false)).to_string();
        assert!(all.contains("a C compiler") && all.contains("Python 3 with pip"), "{all}");
        assert!(!all.contains("pip for python3"), "{all}");
        let only_pip = Error::Missing(missing(true, true, false)).to_string();
        assert!(only_pip.contains("pip for python3"), "{only_pip}");
        assert!(!only_pip.contains("compiler"), "{only_pip}");
    }
}
