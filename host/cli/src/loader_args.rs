//! Arguments of the dataloader, as typed.

use std::path::PathBuf;

use clap::Args;
use kipos_plugin_api::Value;

use super::error::UsageError;
use super::headings::INPUT;
use kipos::parse_value_arg;

/// The loader's argument behind `--seq-length`.
pub(super) const LENGTH_ARG: &str = "auto_resize_len";

/// The genome that most loaders read, by a flag of its own.
#[derive(Debug, Args)]
#[command(next_help_heading = INPUT)]
pub struct GenomeFile {
    /// The reference genome: FASTA, plain or bgzipped (the loader's fasta_file) [default: KIPOS_FASTA of the environment]
    #[arg(long, value_name = "FILE")]
    pub fasta: Option<PathBuf>,
}

impl GenomeFile {
    /// Adds the file to the loader's arguments; `fasta` is the genome if nothing else names one.
    pub(super) fn add_to(self, args: &mut Vec<(String, Value)>, fasta: Option<PathBuf>) -> Result<(), UsageError> {
        let is_named = args.iter().any(|(name, _)| name == "fasta_file");
        match self.fasta.or(fasta.filter(|_| !is_named)) {
            Some(fasta) => add_loader_arg(args, "fasta_file", path_value(fasta)?, "--fasta"),
            None => Ok(()),
        }
    }
}

/// Files that most loaders read, by flags of their own.
#[derive(Debug, Args)]
#[command(next_help_heading = INPUT)]
pub struct LoaderFiles {
    /// The genome
    #[command(flatten)]
    pub genome: GenomeFile,
    /// The intervals to load: BED, plain or bgzipped (the loader's intervals_file)
    #[arg(long, value_name = "FILE")]
    pub intervals: Option<PathBuf>,
}

impl LoaderFiles {
    /// Adds the files to the loader's arguments; `fasta` is the genome if nothing else names one.
    pub(super) fn add_to(self, args: &mut Vec<(String, Value)>, fasta: Option<PathBuf>) -> Result<(), UsageError> {
        self.genome.add_to(args, fasta)?;
        if let Some(intervals) = self.intervals {
            add_loader_arg(args, "intervals_file", path_value(intervals)?, "--intervals")?;
        }
        Ok(())
    }
}

/// The arguments as typed: JSON, YAML, a file of either, or `key=value` words.
pub(super) fn loader_args(typed: &[String]) -> Result<Vec<(String, Value)>, UsageError> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    match parse_value_arg(typed)? {
        Value::Map(entries) => Ok(entries),
        Value::Null => Ok(Vec::new()),
        other => Err(format!("the dataloader's arguments must be a map of names to values, found {other}").into()),
    }
}

/// Adds what a flag of its own says to the loader's arguments.
pub(super) fn add_loader_arg(
    args: &mut Vec<(String, Value)>,
    name: &str,
    value: Value,
    flag: &str,
) -> Result<(), UsageError> {
    if args.iter().any(|(given, _)| given == name) {
        return Err(format!("`{name}` is given twice, with {flag} and with --dataloader-args; give one").into());
    }
    args.push((name.into(), value));
    Ok(())
}

/// A path as the value of an argument.
fn path_value(path: PathBuf) -> Result<Value, String> {
    let text = path.into_os_string().into_string();
    text.map(Value::String).map_err(|path| format!("the path {} is not UTF-8; rename it", path.display()))
}
