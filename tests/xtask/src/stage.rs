//! How long each stage of a task takes.

use std::time::Instant;

use crate::error::Error;
use crate::report;

/// Runs a stage and prints its seconds, also if it fails.
pub(crate) fn timed(name: &str, run: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let start = Instant::now();
    let result = run();
    report::line(format!("stage {name}: {} s", start.elapsed().as_secs()));
    result
}
