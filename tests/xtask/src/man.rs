//! `cargo xtask man`: a man page for every command.

use std::fs;
use std::process::Command;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::process;
use crate::report;

/// Builds kipos, which writes the pages.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    Cargo::with_tools(layout)?.run(&["build", "--release", "--package=kipos-cli"])?;
    let pages = layout.target.join("man");
    fs::create_dir_all(&pages).map_err(Error::file("create", &pages))?;
    let kipos = layout.target.join("release").join("kipos");
    let (program, shown) = (layout.shown(&kipos).as_os_str(), layout.shown(&pages));
    let line = process::spelled(program, &["man".as_ref(), shown.as_os_str()]);
    process::run(Command::new(&kipos).arg("man").arg(&pages), &line)?;
    report::line(format_args!(
        "man pages: {}; read one with `man {}`",
        shown.display(),
        shown.join("kipos.1").display()
    ));
    Ok(())
}
