//! `cargo xtask lint`: clippy and rustdoc over everything that can be built, and the licences of other crates.

use crate::cargo::FEATURES;
use crate::error::Error;
use crate::layout::Layout;
use crate::licences;
use crate::stage;
use crate::workspace::Workspace;

/// Stops at the first warning.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    let Workspace { cargo, packages } = Workspace::provide(layout)?;
    let cargo = cargo.env("RUSTDOCFLAGS", "-D warnings");
    let of_packages = |command, options: &[&'static str]| [&[command], packages.as_slice(), options].concat();
    let clippy = of_packages("clippy", &["--all-targets", "--release", FEATURES, "--", "-D", "warnings"]);
    stage::timed("clippy", || cargo.run(&clippy))?;
    stage::timed("licences", || licences::check(layout))?;
    stage::timed("documentation", || cargo.run(&of_packages("doc", &["--no-deps", "--release", FEATURES])))
}
