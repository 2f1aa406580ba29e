//! What is shown while a run lasts, and when it has ended.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::error::CliResult;
use super::standard_error::standard_error;
use kipos::Event;

/// Runs something with a counter of records, or whatever it counts.
pub(super) fn observed<T, E>(what: &str, run: impl FnOnce(&mut dyn FnMut(Event)) -> Result<T, E>) -> Result<T, E> {
    let bar = progress_bar(what);
    let outcome = run(&mut |event| match event {
        Event::Records(records) => bar.set_position(records),
        Event::Report(lines) => bar.suspend(|| drop(standard_error().write_lines(&lines))),
        // Nothing can be done about a closed stderr.
        Event::Warning(warning) => bar.suspend(|| drop(writeln!(standard_error(), "warning: {warning}"))),
    });
    bar.finish_and_clear();
    outcome
}

/// Says what a run did, and which files it wrote.
pub(super) fn report(summary: &dyn Display, outputs: &[impl ToString]) -> CliResult {
    let outputs: Vec<_> = outputs.iter().map(ToString::to_string).collect();
    standard_error().write_lines(summary)?;
    writeln!(standard_error(), "wrote {}", outputs.join(", "))?;
    Ok(())
}

/// A counter where someone can see it.
fn progress_bar(what: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) =
        ProgressStyle::with_template(&format!("{{spinner}} {{human_pos}} {what}, {{per_sec}}, {{elapsed}}"))
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
