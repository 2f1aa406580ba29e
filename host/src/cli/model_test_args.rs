//! What may be typed after `model test`, in both spellings.

use std::path::PathBuf;

use clap::Args;

use super::args::{EngineArgs, file_path};
use super::model_args::{ModelArgs, SourceChoice};

/// `kipos model test`.
#[derive(Debug, Args)]
pub struct ModelTestArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// Where models come from: `dir`, a path, or `kipoi`, a checkout of the zoo that --zoo names
    #[arg(long)]
    pub source: Option<SourceChoice>,
    /// Arguments of the model's dataloader, in the place of its examples: JSON, YAML, a file of either, or key=value words
    #[arg(long, aliases = ["dataloader_args", "dataloader_arguments"], value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// The genome: FASTA, plain or bgzipped (the loader's fasta_file)
    #[arg(long, value_name = "FILE")]
    pub fasta: Option<PathBuf>,
    /// The intervals to predict, a BED file, plain or bgzipped (the loader's intervals_file)
    #[arg(long, value_name = "FILE")]
    pub intervals: Option<PathBuf>,
    /// A file of samples in the place of the dataloader: the HDF5 that `kipoi preproc` writes
    #[arg(long, alias = "batch_file", value_name = "FILE", value_parser = file_path())]
    pub batch_file: Option<PathBuf>,
    /// The file to compare with, .h5, .hdf5 or .tsv [default: `test.expect` of model.yaml, if it names one]
    #[arg(short, long, value_name = "FILE", value_parser = file_path())]
    pub expect: Option<PathBuf>,
    /// Compare with nothing
    #[arg(short, long, alias = "skip_expect", conflicts_with = "expect")]
    pub skip_expect: bool,
    /// Write inputs and predictions to this file, .h5 or .hdf5 (or predictions alone, .tsv), for `test.expect` to name, and
    /// compare with nothing
    #[arg(short, long, value_name = "FILE", value_parser = file_path(), conflicts_with = "expect")]
    pub output: Option<PathBuf>,
    /// Also write where the samples come from
    #[arg(short = 'm', long, alias = "keep_metadata", requires = "output")]
    pub keep_metadata: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Also look for plugins in the model's own directory `plugins`: native code with all your rights
    #[arg(long, alias = "allow_model_plugins")]
    pub allow_model_plugins: bool,
    /// Where the model runs
    #[command(flatten)]
    pub engine: EngineArgs,
}
