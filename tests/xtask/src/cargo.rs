//! Calling the cargo that runs this task.

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::Command;

use crate::cmake;
use crate::error::Error;
use crate::layout::Layout;
use crate::process;

/// Everything that can be built, beyond the default features of the packages that `test` or its user picks. The command
/// itself has them by default.
pub(crate) const FEATURES: &str = "--features=kipos/hdf5";

/// A cargo with an environment of its own.
pub(crate) struct Cargo<'l> {
    layout: &'l Layout,
    environment: Vec<(&'static str, OsString)>,
}

impl<'l> Cargo<'l> {
    /// Without anything more in its environment.
    pub(crate) fn plain(layout: &'l Layout) -> Self {
        Self { layout, environment: Vec::new() }
    }

    /// With the tools that a build with HDF5 needs.
    pub(crate) fn with_tools(layout: &'l Layout) -> Result<Self, Error> {
        let mut cargo = Self::plain(layout);
        if let Some(directory) = cmake::provide(layout)? {
            let others = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths(std::iter::once(directory.clone()).chain(env::split_paths(&others)));
            cargo = cargo.env("PATH", path.map_err(|_| Error::NotInPath { directory })?);
        }
        Ok(cargo)
    }

    /// Lets cargo's programs see a variable.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Runs cargo in the root of the checkout. It finds the target directory the way the outer cargo
    /// did, so what it builds lies beside this executable.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<(), Error> {
        let (mut command, shown) = self.command(arguments);
        process::run(&mut command, &shown)
    }

    /// Runs cargo in the same way, and gives what it prints.
    pub(crate) fn output<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Result<String, Error> {
        let (mut command, shown) = self.command(arguments);
        process::output(&mut command, &shown)
    }

    /// The command, and how a user would type it.
    fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> (Command, String) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        command.args(arguments).envs(environment).current_dir(&self.layout.root);
        (command, process::spelled(OsStr::new("cargo"), arguments))
    }
}
