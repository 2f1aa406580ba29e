//! All packages that can be built on this machine, with all that their build needs.

use crate::cargo::Cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::libtorch;

/// What `lint` and `test` work on.
pub(crate) struct Workspace<'l> {
    pub(crate) cargo: Cargo<'l>,
    /// The options that select the packages.
    pub(crate) packages: Vec<&'static str>,
}

impl<'l> Workspace<'l> {
    /// Fetches what is needed; without a LibTorch the packages that need it are left out.
    pub(crate) fn provide(layout: &'l Layout) -> Result<Self, Error> {
        let cargo = Cargo::with_tools(layout)?;
        let mut packages = vec!["--workspace"];
        let cargo = match libtorch::provide(layout)? {
            Some(libtorch) => cargo.env(libtorch::VARIABLE, libtorch),
            None => {
                packages.extend(libtorch::PACKAGES.iter().flat_map(|package| ["--exclude", package]));
                cargo
            }
        };
        Ok(Self { cargo, packages })
    }
}
