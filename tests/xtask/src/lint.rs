//! `cargo xtask lint`: clippy and rustdoc over everything that can be built.

use crate::cargo::{Cargo, FEATURES};
use crate::error::Error;
use crate::layout::Layout;

/// Stops at the first warning.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    let cargo = Cargo::with_tools(layout)?.env("RUSTDOCFLAGS", "-D warnings");
    cargo.run(&["clippy", "--workspace", "--all-targets", "--release", FEATURES, "--", "-D", "warnings"])?;
    cargo.run(&["doc", "--workspace", "--no-deps", "--release", FEATURES])
}
