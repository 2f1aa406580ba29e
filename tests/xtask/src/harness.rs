//! `cargo xtask fuzz` and `cargo xtask torture`: the programs that do harm, with all that they start already built.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::error::Error;
use crate::layout::Layout;
use crate::process;
use crate::test;

/// Builds everything, and feeds damaged files to it.
pub(crate) fn fuzz(layout: &Layout, arguments: &[OsString]) -> Result<(), Error> {
    test::build(layout)?;
    start(layout, "kipos-fuzz", arguments)
}

/// Builds everything, and does harm to runs of it.
pub(crate) fn torture(layout: &Layout, arguments: &[OsString]) -> Result<(), Error> {
    test::build(layout)?;
    start(layout, "kipos-torture", arguments)
}

/// Starts a program that was built.
pub(crate) fn start(layout: &Layout, name: &str, arguments: &[OsString]) -> Result<(), Error> {
    let program = layout.target.join("release").join(name);
    let shown = process::spelled(OsStr::new(name), arguments);
    process::run(Command::new(program).args(arguments).current_dir(&layout.root), &shown)
}
