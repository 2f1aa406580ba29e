//! What may be typed for mutation maps.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::args::{ScoredModelArgs, file_path};
use super::headings::{ENGINE, INPUT, OUTPUT, SCORES, WINDOWS};
use super::loader_args::LoaderFiles;
use super::model_args::{ModelArgs, SourceChoice};
use super::output_args::OutputArgs;
use super::score_args::ScoreArgs;
use super::window_args::{WindowArgs, WindowSampleArgs};
use kipos::{NamedVariant, Region, RegionList};

/// `kipos mutation-map`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("query").args(["regions", "regions_file", "variant"]))]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["regions", "regions_file", "variant", "mutate"]))]
pub struct NativeMapArgs {
    /// Regions to map: chr, chr:pos, chr:start- or chr:start-end (1-based, inclusive; 1,000 is a number, {chr:1} a
    /// name); several separated by commas or repeated. Windows are placed side by side from the start; a loader with
    /// intervals of its own gives those that overlap
    #[arg(help_heading = INPUT, short, long, value_name = "REGION")]
    pub regions: Vec<RegionList>,
    /// The same for the intervals of a BED file, plain or bgzipped; of a VCF or BCF, the windows around its variants
    #[arg(help_heading = INPUT, short = 'R', long, alias = "regions_file", value_name = "FILE", value_parser = file_path())]
    pub regions_file: Option<PathBuf>,
    /// Map the windows around a variant such as chr1:100:A:T or chr1:100:A>T; may be repeated
    #[arg(help_heading = INPUT, long, value_name = "CHROM:POS:REF:ALT")]
    pub variant: Vec<NamedVariant>,
    /// Substitute only these bases (chr:from-to, 1-based, inclusive): the windows that hold any of them give maps of these
    /// columns alone, and each of the bases must be in a window. Without regions, file and variant, one window is centred
    /// on them
    #[arg(help_heading = WINDOWS, long, value_name = "REGION")]
    pub mutate: Option<Region>,
    /// The files that the loader reads
    #[command(flatten)]
    pub files: LoaderFiles,
    /// What both spellings share
    #[command(flatten)]
    pub map: MapArgs,
    /// The scores
    #[command(flatten)]
    pub scores: ScoreArgs,
}

/// `kipos postproc create_mutation_map`.
#[derive(Debug, Args)]
pub struct KipoiMapArgs {
    /// Where models come from: `dir`, a path, or `kipoi`, a checkout of the zoo that --zoo names
    #[arg(help_heading = INPUT, long)]
    pub source: Option<SourceChoice>,
    /// What to map: the intervals of a BED file, or the windows around the variants of a VCF or BCF
    #[arg(help_heading = INPUT, short = 'r', long = "regions_file", alias = "regions-file", value_name = "FILE", value_parser = file_path())]
    pub regions_file: PathBuf,
    /// The scores to compute, or `all`
    #[arg(help_heading = SCORES, short = 's', long = "scores", alias = "scoring", value_name = "LABEL", num_args = 1.., default_values_t = ["diff".to_owned()])]
    pub scores: Vec<String>,
    /// Arguments of the scores, one for each of them in the same order; {} for none
    #[arg(help_heading = SCORES, short = 'k', long = "score_kwargs", alias = "scoring_kwargs", value_name = "ARGS", num_args = 1..)]
    pub score_kwargs: Vec<String>,
    /// Ignored (for compatibility): one thread always reads ahead
    #[arg(help_heading = ENGINE, short = 'n', long = "num_workers", default_value_t = 0, value_name = "N")]
    pub num_workers: u32,
    /// What both spellings share
    #[command(flatten)]
    pub map: MapArgs,
}

/// Everything that both spellings have; the defaults of some differ.
#[derive(Debug, Args)]
pub struct MapArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// Arguments of the model's dataloader: JSON, YAML, a file of either, or key=value words
    #[arg(help_heading = INPUT, long, alias = "dataloader_args", alias = "dataloader_arguments", value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// Restrict windows around variants to the intervals of this BED file, plain or bgzipped
    #[arg(help_heading = WINDOWS, long, alias = "restriction_bed", value_name = "FILE", value_parser = file_path())]
    pub restriction_bed: Option<PathBuf>,
    /// Which windows the model sees; with --batch-file, those that overlap the query
    #[command(flatten)]
    pub windows: WindowArgs,
    /// What the model is shown in them
    #[command(flatten)]
    pub samples: WindowSampleArgs,
    /// What scores read
    #[command(flatten)]
    pub output_selection: OutputArgs,
    /// Output files of maps; may be repeated. The extension sets the format: .h5 or .hdf5 (all maps, to be drawn later),
    /// .npz (arrays of NumPy), .parquet, .pq, .pqt, .tsv, .tsv.gz or .tsv.bgz (a table, one row per cell), .svg or .png
    /// (a picture of the run's only map)
    #[arg(help_heading = OUTPUT, short, long, value_name = "FILE", required = true, value_parser = file_path())]
    pub output: Vec<PathBuf>,
    /// Value of the cells of the reference base: its score for ref, alt, logit_ref and logit_alt (0 for differences), or
    /// always zero [default: score; in Kipoi's spelling zero]
    #[arg(help_heading = OUTPUT, long, alias = "reference_cells", value_name = "RULE")]
    pub reference_cells: Option<ReferenceCellsChoice>,
    /// Fail, and write nothing, if there are windows or variants and none is mapped; by default this is a warning, and an
    /// error only for --variant
    #[arg(help_heading = OUTPUT, long, alias = "fail_if_empty")]
    pub fail_if_empty: bool,
    /// Where the model runs
    #[command(flatten)]
    pub engine: ScoredModelArgs,
}

/// The value of the cells of the reference base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReferenceCellsChoice {
    /// The score of the sequence itself, 0 for differences
    Score,
    /// 0
    Zero,
}
