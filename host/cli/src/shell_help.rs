//! Help outside the command: completions of shells, and man pages.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use super::commands::Cli;
use super::error::CliResult;
use super::standard_output::standard_output;

/// `kipos completions SHELL`.
pub fn completions(shell: Shell) -> CliResult {
    // Made in memory, since the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "kipos", &mut script);
    Ok(standard_output().write_all(&script)?)
}

/// `kipos man DIR`.
pub fn man_pages(directory: &Path) -> CliResult {
    Ok(clap_mangen::generate_to(Cli::command(), directory)?)
}
