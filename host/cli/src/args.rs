//! What may be typed after `score-variants`, and what it shares with other commands. Nothing here opens a file or decides
//! anything.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use kipos::{EditUse, InfoLayout, MemberCombination, ModelChoice, Output, common_name};
use kipos_plugin_api::RuntimeOptions;

use super::environment;
use super::error::UsageError;
use super::headings::{ENGINE, INPUT, OUTPUT, SCORES, WINDOWS};
use super::loader_args::LoaderFiles;
use super::model_args::{ModelArgs, SourceChoice};
use super::native_code_args::NativeCodeArgs;
use super::output_args::OutputArgs;
use super::score_args::ScoreArgs;
use super::variant_args::VariantArgs;
use super::window_args::{WindowArgs, WindowSampleArgs};

/// Where a model runs.
#[derive(Debug, Args)]
#[command(next_help_heading = ENGINE)]
pub struct EngineArgs {
    /// Directories of further models, which --combine makes one of, with the first
    #[arg(help_heading = INPUT, value_name = "MODEL")]
    pub more_models: Vec<PathBuf>,
    /// Sequences per engine call [default: 32, fewer of more than 4096 bases]
    #[arg(long, alias = "batch_size", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub batch_size: Option<u32>,
    /// Engine threads [default: all processors, in a slurm job no more than --cpus-per-task]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
    /// `cpu` or `cuda:N`
    #[arg(long, default_value = "cpu", value_name = "DEVICE", value_parser = parse_device)]
    pub device: kipos_plugin_api::Device,
    /// How the members of a family become one [default: as the model says, or else mean]
    #[arg(help_heading = INPUT, long, value_name = "HOW")]
    pub combine: Option<CombineChoice>,
    /// Native code
    #[command(flatten)]
    pub code: NativeCodeArgs,
}

/// How the members of a family become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CombineChoice {
    /// By the mean of their predictions
    Mean,
    /// By the median
    Median,
}

impl EngineArgs {
    /// The choice of a model that runs so.
    pub(super) fn choice(self, directory: PathBuf) -> ModelChoice {
        let mut choice = ModelChoice::new(directory);
        choice.batch_size = self.batch_size.map(|rows| rows as usize);
        let threads =
            self.threads.map_or_else(|| environment::processors(choice.runtime.threads), |threads| threads as usize);
        choice.combine = self.combine.map(|combine| match combine {
            CombineChoice::Mean => MemberCombination::Mean,
            CombineChoice::Median => MemberCombination::Median,
        });
        choice.members = self.more_models;
        choice.runtime = self.code.apply_to(RuntimeOptions::new(threads, self.device));
        choice
    }
}

/// Where a model runs, and which of its inputs variants are written into.
#[derive(Debug, Args)]
pub struct ScoredModelArgs {
    /// Where the model runs
    #[command(flatten)]
    pub engine: EngineArgs,
    /// The model input that holds DNA, if the model does not say so; may be repeated
    #[arg(help_heading = INPUT, long, alias = "seq_input", value_name = "NAME")]
    pub seq_input: Vec<String>,
    /// Who computes edited rows: the backend from what an edit changes, if it can for this model (`model info` tells), or
    /// the engine as whole rows
    #[arg(help_heading = ENGINE, long, default_value = "auto", value_name = "RULE")]
    pub edits: EditsChoice,
}

/// Who computes edited rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EditsChoice {
    /// The backend if it can
    Auto,
    /// Whole rows
    Off,
    /// The backend, or the run fails
    Require,
}

impl EngineArgs {
    /// What the models that are combined are called in INFO keys: as typed, or as the directory that all are in.
    pub(super) fn family_name(&self, first: &Path, typed: Option<&String>) -> Result<Option<String>, UsageError> {
        let paths = || std::iter::once(first).chain(self.more_models.iter().map(PathBuf::as_path));
        if self.more_models.is_empty() || typed.is_some() {
            return Ok(typed.cloned());
        }
        let missing = "the models are in different directories, so that the family has no name; give --model-name";
        common_name(paths()).map(Some).ok_or_else(|| missing.into())
    }
}

impl ScoredModelArgs {
    /// The choice of a model that runs so.
    pub(super) fn choice(self, directory: PathBuf) -> ModelChoice {
        let mut choice = self.engine.choice(directory);
        choice.seq_input = self.seq_input;
        choice.edits = match self.edits {
            EditsChoice::Auto => EditUse::Auto,
            EditsChoice::Off => EditUse::Off,
            EditsChoice::Require => EditUse::Require,
        };
        choice
    }
}

/// `cpu`, or `cuda:N`.
pub fn parse_device(text: &str) -> Result<kipos_plugin_api::Device, String> {
    use kipos_plugin_api::Device;
    let index = |text: &str| text.parse().map(Device::Cuda).ok();
    match text.split_once(':') {
        None if text == "cpu" => Some(Device::Cpu),
        None if text == "cuda" => Some(Device::Cuda(0)),
        Some(("cuda", number)) => index(number),
        _ => None,
    }
    .ok_or_else(|| "expected cpu or cuda:N".to_owned())
}

/// A path of a file to read. `-`, by which other programs mean a pipe, would otherwise become a file of that name.
pub(super) fn file_path() -> impl TypedValueParser<Value = PathBuf> {
    let not_a_pipe =
        |path: PathBuf| if path.as_os_str() == "-" { Err("pipes are not supported; name a file") } else { Ok(path) };
    PathBufValueParser::new().try_map(not_a_pipe)
}

/// How variants are treated; the defaults differ between the two spellings.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// What to do when REF differs from the genome [default: skip; in Kipoi's spelling overwrite]
    #[arg(help_heading = INPUT, long, alias = "ref_mismatch", value_name = "RULE")]
    pub ref_mismatch: Option<RefMismatchRule>,
    /// Stop when more than this fraction of the first 1000 REFs disagree with the genome; REFs where the genome is ambiguous
    /// are not counted
    #[arg(help_heading = INPUT, long, alias = "max_ref_mismatch", default_value_t = 0.1, value_name = "FRACTION", value_parser = parse_fraction)]
    pub max_ref_mismatch: f64,
    /// Fail, and write nothing, if there are alleles and none is scored; by default this is a warning, and an error only
    /// for --variant
    #[arg(help_heading = OUTPUT, long, alias = "fail_if_empty")]
    pub fail_if_empty: bool,
    /// What a VCF reports for a variant in several regions: the region whose centre is nearest, the one with the largest
    /// absolute value of the first score, or one record per region [default: nearest; in Kipoi's spelling records]
    #[arg(help_heading = OUTPUT, long, alias = "multi_region", value_name = "RULE")]
    pub multi_region: Option<MultiRegionChoice>,
}

pub(super) fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction = text.parse::<f64>().ok().filter(|fraction| (0.0..=1.0).contains(fraction));
    fraction.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

/// How scores look in all outputs.
#[derive(Debug, Args)]
#[command(next_help_heading = OUTPUT)]
pub struct FormatArgs {
    /// The VCF on standard output: v plain, z bgzipped, b BCF, u BCF not compressed [default: v]
    #[arg(short = 'O', long, alias = "output_type", value_name = "TYPE")]
    pub output_type: Option<StdoutChoice>,
    /// Several tasks in one key, or one key per task (native style)
    #[arg(long, alias = "info_layout", default_value = "packed", value_name = "LAYOUT")]
    pub info_layout: InfoLayoutChoice,
    /// Significant digits of scores (native style; the other writes eight decimals)
    #[arg(long, default_value_t = 6, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    pub digits: u8,
    /// The model's name in INFO keys [default: the name of its directory; in Kipoi's spelling the path as given]
    #[arg(long, alias = "model_name", value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub model_name: Option<String>,
    /// Write only records with a scored allele and rows of scored alleles [default: false; in Kipoi's spelling true]
    #[arg(long, alias = "only_scored", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub only_scored: Option<bool>,
}

impl FormatArgs {
    /// Where the values of several tasks go.
    pub(super) fn layout(&self) -> InfoLayout {
        match self.info_layout {
            InfoLayoutChoice::Packed => InfoLayout::Packed,
            InfoLayoutChoice::PerTask => InfoLayout::PerTask,
        }
    }

    /// The outputs as typed; `-` is standard output.
    pub(super) fn outputs(&self, typed: impl IntoIterator<Item = PathBuf>) -> Result<Vec<Output>, UsageError> {
        let bgzip = matches!(self.output_type, Some(StdoutChoice::Z | StdoutChoice::B));
        let bcf = matches!(self.output_type, Some(StdoutChoice::B | StdoutChoice::U));
        let output = |path: PathBuf| if path.as_os_str() == "-" { Output::Stdout { bgzip, bcf } } else { path.into() };
        let outputs: Vec<_> = typed.into_iter().map(output).collect();
        if self.output_type.is_some() && !outputs.iter().any(|output| matches!(output, Output::Stdout { .. })) {
            let message = "-O applies to standard output only; add `-o -`, or drop -O (file names set the format)";
            return Err(message.into());
        }
        Ok(outputs)
    }
}

/// How annotated VCFs look; the defaults differ between the two spellings.
#[derive(Debug, Args)]
#[command(next_help_heading = OUTPUT)]
pub struct VcfArgs {
    /// How scores look
    #[command(flatten)]
    pub scores: FormatArgs,
    /// Style of INFO keys and values [default: native; in Kipoi's spelling kipoi]
    #[arg(long, alias = "info_style", value_name = "STYLE")]
    pub info_style: Option<InfoStyleChoice>,
    /// Write CHROM:POS:REF:['ALT'] into the ID columns
    #[arg(long, alias = "std_var_id")]
    pub std_var_id: bool,
    /// What to do with values that an earlier run of the same model left in the VCF
    #[arg(long, alias = "on_existing", default_value = "replace", value_name = "RULE")]
    pub on_existing: OnExistingChoice,
}

/// Everything that `score-variants` has in both spellings.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Where the model runs
    #[command(flatten)]
    pub engine: ScoredModelArgs,
    /// How variants are treated
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which windows the model sees
    #[command(flatten)]
    pub windows: WindowArgs,
    /// What the model is shown in them
    #[command(flatten)]
    pub samples: WindowSampleArgs,
    /// What scores read
    #[command(flatten)]
    pub output_selection: OutputArgs,
    /// How the output looks
    #[command(flatten)]
    pub format: VcfArgs,
}

/// Arguments that concern predictions or scores, not sequences.
const SCORING_ARGS: [&str; 21] = [
    "spread",
    "members",
    "combine",
    "edits",
    "scores",
    "score_kwargs",
    "reduce",
    "position_axis",
    "tasks",
    "task_index",
    "threads",
    "device",
    "engine_library",
    "multi_region",
    "output_type",
    "info_style",
    "info_layout",
    "digits",
    "model_name",
    "only_scored",
    "on_existing",
];

/// `kipos score-variants`.
#[derive(Debug, Args)]
pub struct ScoreVariantsArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// The variants
    #[command(flatten)]
    pub variants: VariantArgs,
    /// The files that the loader reads
    #[command(flatten)]
    pub files: LoaderFiles,
    /// Arguments of the model's dataloader: JSON, YAML, a file of either, or key=value words
    #[arg(help_heading = INPUT, long, value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// Restrict windows to the intervals of this BED file, plain or bgzipped; variants outside of them are skipped
    #[arg(help_heading = WINDOWS, long, alias = "restriction_bed", value_name = "FILE", value_parser = file_path())]
    pub restriction_bed: Option<PathBuf>,
    /// The scores
    #[command(flatten)]
    pub scores: ScoreArgs,
    /// Output files of scores; may be repeated. The extension sets the format: .vcf, .vcf.gz, .vcf.bgz or .bcf (with an index), .tsv,
    /// .tsv.gz, .tsv.bgz, .parquet, .pq, .h5 or .hdf5 (a table, one row per ALT); `-` is a VCF on standard output
    #[arg(help_heading = OUTPUT, short,
        long,
        alias = "extra_output",
        alias = "extra-output",
        value_name = "FILE",
        required_unless_present = "write_sequences",
        conflicts_with = "write_sequences"
    )]
    pub output: Vec<PathBuf>,
    /// Write the model's inputs for both alleles of each variant to this HDF5 file; do not predict or score
    #[arg(help_heading = OUTPUT, long, alias = "write_sequences", value_name = "FILE", value_parser = file_path(), conflicts_with_all = SCORING_ARGS)]
    pub write_sequences: Option<PathBuf>,
    /// What both spellings share
    #[command(flatten)]
    pub common: CommonArgs,
}

/// `kipos postproc score_variants`.
#[derive(Debug, Args)]
pub struct KipoiScoreVariantsArgs {
    /// The model
    #[command(flatten)]
    pub model: ModelArgs,
    /// Where models come from: `dir`, a path, or `kipoi`, a checkout of the zoo that --zoo names
    #[arg(help_heading = INPUT, long)]
    pub source: Option<SourceChoice>,
    /// Arguments of the model's dataloader: JSON, YAML, a file of either, or key=value words
    #[arg(help_heading = INPUT, long = "dataloader_args", alias = "dataloader-args", alias = "dataloader_arguments", value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// The variants: VCF, plain or bgzipped, or BCF
    #[arg(help_heading = INPUT, short = 'i', long = "vcf_path", alias = "input_vcf", value_name = "FILE", value_parser = file_path())]
    pub vcf_path: PathBuf,
    /// Restrict windows to the intervals of this BED file, plain or bgzipped; variants outside of them are skipped
    #[arg(help_heading = WINDOWS, short = 'r', long = "restriction_bed", alias = "restriction-bed", value_name = "FILE", value_parser = file_path())]
    pub restriction_bed: Option<PathBuf>,
    /// The scores to compute, or `all`
    #[arg(help_heading = SCORES, short = 's', long = "scoring", alias = "scores", value_name = "LABEL", num_args = 1.., default_values_t = ["diff".to_owned()])]
    pub scoring: Vec<String>,
    /// Arguments of the scores, one for each of them in the same order; {} for none
    #[arg(help_heading = SCORES, short = 'k', long = "scoring_kwargs", alias = "score_kwargs", value_name = "ARGS", num_args = 1..)]
    pub scoring_kwargs: Vec<String>,
    /// The annotated VCF to write: .vcf, .vcf.gz, .vcf.bgz or .bcf (with an index); `-` is standard output
    #[arg(help_heading = OUTPUT, short = 'o',
        long = "out_vcf_fpath",
        alias = "output_vcf",
        value_name = "FILE",
        required_unless_present = "extra_output"
    )]
    pub out_vcf_fpath: Option<PathBuf>,
    /// One more output; may be repeated. The extension sets the format: as above, or .tsv, .tsv.gz, .tsv.bgz, .parquet, .pq,
    /// .h5, .hdf5 (a table, one row per ALT)
    #[arg(help_heading = OUTPUT, long = "extra_output", alias = "extra-output", value_name = "FILE")]
    pub extra_output: Vec<PathBuf>,
    /// What both spellings share
    #[command(flatten)]
    pub common: CommonArgs,
    /// Ignored (for compatibility): one thread always reads ahead
    #[arg(help_heading = ENGINE, short = 'n', long = "num_workers", default_value_t = 0, value_name = "N")]
    pub num_workers: u32,
}

/// What standard output gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StdoutChoice {
    /// VCF
    V,
    /// VCF, bgzipped
    Z,
    /// BCF
    B,
    /// BCF, not compressed
    U,
}

/// The rule for REFs that disagree with the genome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RefMismatchRule {
    /// Skip the allele, with the reason
    Skip,
    /// Write REF over the genome's bases first
    Overwrite,
    /// Stop
    Error,
}

/// Which of several regions speaks for a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MultiRegionChoice {
    /// The one whose centre is nearest
    Nearest,
    /// The one with the largest absolute value of the first score
    Maxabs,
    /// A record for each
    Records,
}

/// The style of INFO keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InfoStyleChoice {
    /// KV_model_SCORE, one element per ALT
    Native,
    /// KV:source:model:SCORE, eight decimals
    Kipoi,
}

/// Where several tasks go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InfoLayoutChoice {
    /// All tasks in one key, joined by a bar
    Packed,
    /// One key per task
    PerTask,
}

/// What happens to values of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnExistingChoice {
    /// All of the same model's are removed, and this run's written
    Replace,
    /// The run stops
    Error,
}
