//! What may be typed after `model test`, in both spellings.

use std::path::PathBuf;

use clap::Args;

use super::args::file_path;
use super::predict_args::SampleArgs;

/// `kipos model test`.
#[derive(Debug, Args)]
pub struct ModelTestArgs {
    /// Model, engine, and samples instead of the dataloader's examples
    #[command(flatten)]
    pub samples: SampleArgs,
    /// The file to compare with, .h5, .hdf5 or .tsv [default: `test.expect` of model.yaml, if it names one]
    #[arg(short, long, value_name = "FILE", value_parser = file_path())]
    pub expect: Option<PathBuf>,
    /// Do not compare
    #[arg(short, long, alias = "skip_expect", conflicts_with = "expect")]
    pub skip_expect: bool,
    /// Write inputs and predictions to this file, .h5 or .hdf5 (or predictions alone, .tsv), for `test.expect`; do not
    /// compare
    #[arg(short, long, value_name = "FILE", value_parser = file_path(), conflicts_with = "expect")]
    pub output: Option<PathBuf>,
    /// Also write the ranges and other metadata of the samples
    #[arg(short = 'm', long, alias = "keep_metadata", requires = "output")]
    pub keep_metadata: bool,
    /// MODEL is a directory: test every model below it, one line each; fails if one does
    #[arg(long, conflicts_with_all = ["expect", "output", "zoo"])]
    pub all: bool,
    /// Also write what was found, with versions and digests of files: .json, .md (Markdown) or .html
    #[arg(long, value_name = "FILE", value_parser = file_path())]
    pub report: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
