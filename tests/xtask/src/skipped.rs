//! The list of tests that could not run on this machine.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use crate::error::Error;
use crate::layout::Layout;
use crate::report;

/// The variable that tells tests where the list is.
pub(crate) const VARIABLE: &str = "KIPOS_SKIPPED_TESTS";

/// The list, which tests append to.
pub(crate) struct SkippedTests {
    pub(crate) path: PathBuf,
}

impl SkippedTests {
    /// An empty list.
    pub(crate) fn begin(layout: &Layout) -> Result<Self, Error> {
        let path = layout.target.join("skipped-tests.txt");
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::file("remove", &path)(error)),
            _ => Ok(Self { path }),
        }
    }

    /// Adds what could not run.
    pub(crate) fn add(&self, what: &str) -> Result<(), Error> {
        let list = OpenOptions::new().append(true).create(true).open(&self.path);
        list.and_then(|mut list| writeln!(list, "{what}")).map_err(Error::file("write", &self.path))
    }

    /// Prints how many tests were skipped, and why.
    pub(crate) fn report(&self) {
        let mut lines: Vec<String> =
            fs::read_to_string(&self.path).unwrap_or_default().lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines.dedup();
        report::line(format!(
            "{} tests could not run on this machine{}",
            lines.len(),
            if lines.is_empty() { "" } else { ":" }
        ));
        for line in lines {
            report::line(format!("    {line}"));
        }
    }
}
