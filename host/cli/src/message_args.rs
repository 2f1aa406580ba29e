//! What may be typed after every command: how it says what it does.

use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ColorChoice, ValueEnum};

use super::headings::MESSAGES;

/// Messages on standard error, and the summary of a run.
#[derive(Debug, Args)]
#[command(next_help_heading = MESSAGES)]
pub struct MessageArgs {
    /// Also write what the run did to this file, even if it fails: counts, warnings, seconds and versions as JSON. A name
    /// that ends with _mqc.json gets a table for MultiQC instead
    #[arg(long, global = true, value_name = "FILE.json", value_parser = summary_path())]
    pub summary: Option<PathBuf>,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also say which plugins are loaded, which stage begins, and how long each took
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Messages in words, or each as a JSON object on a line of its own
    #[arg(long, alias = "log_format", global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// Colors in messages and help [default: auto, on a terminal unless NO_COLOR is set]
    #[arg(
        long,
        alias = "colour",
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: ColorChoice,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    // Without documentation, which would make the help of every command three times as long.
    Text,
    Json,
}

/// The path of a summary, whose name says that it is JSON: no other file is replaced by a slip of the pen.
fn summary_path() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path: PathBuf| {
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        if is_json { Ok(path) } else { Err("the name of a summary ends with .json") }
    })
}
