//! Everything that can go wrong, each in one sentence for the person at the terminal.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::command_line::COMMANDS;

/// Why a task stopped.
#[derive(Debug)]
pub(crate) enum Error {
    /// `cargo xtask` alone.
    NoCommand,
    /// A command that does not exist.
    UnknownCommand { command: String },
    /// An argument for a command that takes none.
    ExtraArgument { command: &'static str, argument: String },
    /// The environment variables that cargo sets are not there.
    NotRunByCargo { variable: &'static str },
    /// The running executable has no place from which the target directory follows.
    NoTargetDirectory,
    /// Programs that have to be installed first, each with the way to get it.
    Missing(Vec<&'static str>),
    /// No wheel is pinned for this machine.
    UnsupportedPlatform { what: &'static str, os: &'static str, arch: &'static str },
    /// A directory cannot be named in PATH.
    NotInPath { directory: PathBuf },
    /// pip did not deliver the wheel.
    Download { what: &'static str, last_lines: String },
    /// Python could not unpack the wheel.
    Unpack { wheel: PathBuf, last_lines: String },
    /// A directory that should hold a certain file does not.
    Absent { what: &'static str, place: PathBuf },
    /// A program could not be started.
    Start { program: String, source: io::Error },
    /// A program ran and failed.
    Failed { command: String, status: String },
    /// kipos ran, but its output holds no scored record.
    NoScoredRecord { output: PathBuf },
    /// The file of licences is not that of the crates.
    OldLicences { file: &'static str, line: usize },
    /// A file operation failed.
    File { action: &'static str, path: PathBuf, source: io::Error },
}

impl Error {
    /// For `map_err` after a file operation: what was tried, on which path.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => write!(f, "name a command: {COMMANDS} (see `cargo xtask --help`)"),
            Self::UnknownCommand { command } => {
                write!(f, "unknown command `{command}`; the commands are: {COMMANDS}")
            }
            Self::ExtraArgument { command, argument } => {
                write!(f, "`{command}` takes no arguments, but got `{argument}`")
            }
            Self::NotRunByCargo { variable } => {
                write!(f, "{variable} is not set: run this as `cargo xtask`")
            }
            Self::NoTargetDirectory => {
                write!(f, "this executable does not lie in a cargo target directory: run it as `cargo xtask`")
            }
            Self::Missing(programs) => {
                write!(f, "not found on this machine: {}", programs.join("; "))
            }
            Self::UnsupportedPlatform { what, os, arch } => write!(
                f,
                "no {what} is pinned for {os} on {arch} (only for Linux on x86_64 or aarch64 \
                 and macOS on arm64)"
            ),
            Self::NotInPath { directory } => {
                write!(f, "{} cannot be put on PATH, which parts its directories by a colon", directory.display())
            }
            Self::Download { what, last_lines } => {
                write!(
                    f,
                    "pip could not fetch {what} (this needs pip 22 or newer and access to PyPI), it said:\n{last_lines}"
                )
            }
            Self::Unpack { wheel, last_lines } => {
                let wheel = wheel.display();
                write!(f, "Python could not unpack {wheel}, it said:\n{last_lines}")
            }
            Self::Absent { what, place } => write!(f, "there is no {what} in {}", place.display()),
            Self::Start { program, source } => write!(f, "cannot run `{program}`: {source}"),
            Self::Failed { command, status } => write!(f, "`{command}` failed ({status})"),
            Self::NoScoredRecord { output } => {
                write!(f, "no record of {} carries a score", output.display())
            }
            Self::OldLicences { file, line } => {
                write!(f, "{file} is not current, from line {line} on: run `cargo xtask licences`")
            }
            Self::File { action, path, source } => write!(f, "cannot {action} {}: {source}", path.display()),
        }
    }
}

impl std::error::Error for Error {}
