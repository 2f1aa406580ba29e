//! What may be typed after `predict`, in both spellings, and of samples in general.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{EngineArgs, file_path};
use super::headings::{ENGINE, INPUT, OUTPUT, WINDOWS};
use super::loader_args::LoaderFiles;
use super::model_args::{ModelArgs, SourceChoice};
use super::window_args::EdgeChoice;
use kipos::{ColumnOrder, RegionList};

/// `kipos predict`.
#[derive(Debug, Args)]
pub struct PredictArgs {
    /// Model, samples and engine
    #[command(flatten)]
    pub samples: SampleArgs,
    /// Output files of predictions; several in one list or repeated. The extension sets the format: .tsv, .bed (both also
    /// .gz or .bgz), .parquet, .pq, .pqt, .h5 or .hdf5; give MODEL before this list
    #[arg(help_heading = OUTPUT, short, long, value_name = "FILE", num_args = 1.., required = true, value_parser = file_path())]
    pub output: Vec<PathBuf>,
    /// Also write the model's inputs and the labels of the intervals
    #[arg(help_heading = OUTPUT, short, long, alias = "keep_inputs")]
    pub keep_inputs: bool,
    /// Also write the ranges and other metadata of the samples; BED files always hold the ranges
    #[arg(help_heading = OUTPUT, short = 'm', long, alias = "keep_metadata")]
    pub keep_metadata: bool,
    /// Write the values (activations) of a layer instead of predictions: by its name, or by its number in `kipos model
    /// layers`
    #[arg(help_heading = OUTPUT, short, long, value_name = "LAYER", allow_negative_numbers = true)]
    pub layer: Option<String>,
    /// With --layer, only this call of a layer that is called several times, from 0
    #[arg(help_heading = OUTPUT, long, value_name = "K", requires = "layer")]
    pub call: Option<usize>,
    /// With --layer, write the input of its nonlinearity instead of its output
    #[arg(help_heading = OUTPUT, long, alias = "pre_nonlinearity", requires = "layer")]
    pub pre_nonlinearity: bool,
}

/// A model, its samples and where it runs.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// Where models come from: `dir`, a path, or `kipoi`, a checkout of the zoo that --zoo names
    #[arg(help_heading = INPUT, long)]
    pub source: Option<SourceChoice>,
    /// A dataloader to use instead of the model's: kipoiseq.dataloaders.SeqIntervalDl or StringSeqIntervalDl, or the
    /// directory of a dataloader.yaml
    #[arg(help_heading = INPUT, long, value_name = "LOADER", conflicts_with = "batch_file")]
    pub dataloader: Option<String>,
    /// Ignored (for compatibility): --dataloader names the description itself
    #[arg(long, alias = "dataloader_source", hide = true, value_name = "SOURCE")]
    pub dataloader_source: Option<String>,
    /// Ignored (for compatibility): nothing has to be installed
    #[arg(short = 'i', long, alias = "install_req", hide = true)]
    pub install_req: bool,
    /// Ignored (for compatibility): no container is needed
    #[arg(long, hide = true)]
    pub singularity: bool,
    /// Arguments of the model's dataloader: JSON, YAML, a file of either, or key=value words
    #[arg(help_heading = INPUT, long, aliases = ["dataloader_args", "dataloader_arguments"], value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// The files that the loader reads
    #[command(flatten)]
    pub files: LoaderFiles,
    /// Regions that are samples, instead of --intervals: chr, chr:pos, chr:start- or chr:start-end (1-based, inclusive;
    /// 1,000 is a number, {chr:1} a name); several separated by commas or repeated. They are read forward, and resized as
    /// intervals are
    #[arg(help_heading = INPUT, short, long, value_name = "REGION", conflicts_with_all = ["intervals", "batch_file"])]
    pub regions: Vec<RegionList>,
    /// Resize every interval to this length around its centre (the loader's auto_resize_len)
    #[arg(help_heading = WINDOWS, long, alias = "seq_length", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub seq_length: Option<u32>,
    /// A file of two columns: contig name in the BED file, contig name in the FASTA
    #[arg(help_heading = INPUT, long, alias = "contig_map", value_name = "FILE")]
    pub contig_map: Option<PathBuf>,
    /// A file of prepared samples, instead of the dataloader: the HDF5 that `kipoi preproc` writes
    #[arg(help_heading = INPUT, long, alias = "batch_file", value_name = "FILE", value_parser = file_path())]
    pub batch_file: Option<PathBuf>,
    /// What to do when an interval extends beyond its contig: skip it, pad it with N, or stop
    #[arg(help_heading = WINDOWS, long, default_value = "error", value_name = "RULE")]
    pub edge: EdgeChoice,
    /// The order of the columns of tables
    #[arg(help_heading = OUTPUT, long, alias = "column_order", default_value = "natural", value_name = "ORDER")]
    pub column_order: ColumnOrderChoice,
    /// Ignored (for compatibility): one thread always reads ahead
    #[arg(help_heading = ENGINE, short = 'n', long, alias = "num_workers", default_value_t = 0, value_name = "N")]
    pub num_workers: u32,
    /// Where the model runs
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// The order of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColumnOrderChoice {
    /// As the model has them
    Natural,
    /// Sorted by name as strings: preds/10 before preds/2
    Kipoi,
}

impl From<ColumnOrderChoice> for ColumnOrder {
    fn from(choice: ColumnOrderChoice) -> Self {
        match choice {
            ColumnOrderChoice::Natural => Self::Natural,
            ColumnOrderChoice::Kipoi => Self::Kipoi,
        }
    }
}
