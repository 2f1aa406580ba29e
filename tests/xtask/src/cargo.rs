//! Calling the cargo that runs this task.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::error::Error;
use crate::layout::Layout;
use crate::process;

/// Runs cargo in the root of the checkout. It finds the target directory the way the outer cargo
/// did, so what it builds lies beside this executable.
pub(crate) fn run<A: AsRef<OsStr>>(layout: &Layout, arguments: &[A]) -> Result<(), Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let shown = process::spelled(OsStr::new("cargo"), arguments);
    process::run(Command::new(cargo).args(arguments).current_dir(&layout.root), &shown)
}
