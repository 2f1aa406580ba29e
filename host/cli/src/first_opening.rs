//! Being the child in which a plugin library is opened first.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, abort};
use std::thread;
use std::time::Duration;

use kipos::{ProbingProgram, StandardOutput, examine_library};

use super::standard_output;

/// The first argument of such a child; the second is the library.
const WORD: &str = "__open-library-first";

/// This executable as the program that opens libraries first; `None` if it does not know where it is.
pub(super) fn program() -> Option<ProbingProgram> {
    Some(ProbingProgram::new(env::current_exe().ok()?, [OsString::from(WORD)]))
}

/// The library that this process is there for, if it is such a child.
pub(super) fn library(mut typed: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    let word = typed.nth(1)?;
    let library = typed.next()?;
    (word == OsStr::new(WORD) && typed.next().is_none()).then(|| library.into())
}

/// Opens the library and reports. Whatever the library prints gets between nothing: the report goes to where standard output
/// led when this process began, and what is called standard output leads elsewhere by then.
pub(super) fn run(library: &Path) -> ExitCode {
    let ended = thread::Builder::new().spawn(|| {
        // Who waits for the report gives up long before; where the system does not end this process with that one, this does.
        thread::sleep(Duration::from_secs(60));
        abort();
    });
    let reported = ended
        .and_then(|_| ended_with_the_parent())
        .and_then(|()| without_core_dump())
        .and_then(|()| standard_output::move_away())
        .and_then(|()| examine_library(library, io::stdin(), StandardOutput::get()));
    if reported.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The system ends this process when the thread that waits for its report is gone.
#[cfg(target_os = "linux")]
fn ended_with_the_parent() -> io::Result<()> {
    use rustix::process::{Signal, set_parent_process_death_signal};
    Ok(set_parent_process_death_signal(Some(Signal::KILL))?)
}

#[cfg(not(target_os = "linux"))]
fn ended_with_the_parent() -> io::Result<()> {
    Ok(())
}

/// A library that crashes leaves no file behind.
#[cfg(unix)]
fn without_core_dump() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

#[cfg(not(unix))]
fn without_core_dump() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_words_make_a_child() {
        let child = |words: &[&str]| library(words.iter().map(OsString::from));
        assert_eq!(child(&["kipos", WORD, "/a.so"]), Some("/a.so".into()));
        for words in [&["kipos"][..], &["kipos", WORD], &["kipos", WORD, "/a.so", "more"], &["kipos", "model", WORD]] {
            assert_eq!(child(words), None, "{words:?}");
        }
    }
}
