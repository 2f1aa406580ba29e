//! `provenance`: what the contents of a file follow from.

use std::path::Path;

use super::error::CliResult;
use super::standard_output::standard_output;
use kipos::{Provenance, read_provenance};

/// `kipos provenance`.
pub fn run(file: &Path, as_json: bool) -> CliResult {
    let runs = read_provenance(file)?;
    let mut out = standard_output();
    if as_json {
        // By hand, as JSON's own maps have an order of their own.
        let runs: Vec<String> = runs.iter().map(|run| run.to_pretty_json().trim_end().to_owned()).collect();
        out.write_lines(&format_args!("[{}]", runs.join(",\n")))?;
        return Ok(());
    }
    let texts: Vec<String> = runs.iter().map(Provenance::to_string).collect();
    Ok(out.write_lines(&texts.join("\n").trim_end())?)
}
