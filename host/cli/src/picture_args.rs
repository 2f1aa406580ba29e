//! What may be typed after `plot` and `track`, in both spellings.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::file_path;
use super::model_args::SourceChoice;
use kipos::{DrawAs, GradientTransform, MapChoice, NamedVariant, Palette};

/// Pictures.
#[derive(Debug, Subcommand)]
pub enum PlotCommand {
    /// Draw a mutation map (in-silico mutagenesis): the effect of every substitution
    MutationMap(Box<PlotMapArgs>),
    /// Draw the gradients (saliency) of a sample: a logo for DNA, a heat map for other inputs
    Gradient(Box<PlotGradientArgs>),
}

/// What all pictures have.
#[derive(Debug, Args)]
pub struct PictureArgs {
    /// The picture to write, .svg or .png; several in one list or repeated
    #[arg(short, long, value_name = "FILE", num_args = 1.., required = true, value_parser = file_path())]
    pub output: Vec<PathBuf>,
    /// Draw only the bases [A, B) of the contig, counted from 0
    #[arg(long, alias = "limit_region_genomic", value_names = ["A", "B"], num_args = 2)]
    pub limit_region_genomic: Option<Vec<i64>>,
    /// Draw only the columns [A, B) of the array, counted from 0
    #[arg(long, alias = "limit_region", value_names = ["A", "B"], num_args = 2, conflicts_with = "limit_region_genomic")]
    pub limit_region: Option<Vec<i64>>,
    /// Draw the reverse complement
    #[arg(long, alias = "rc_plot")]
    pub rc_plot: bool,
    /// Colour palette; color-blind works for any colour vision
    #[arg(long, default_value = "classic", value_name = "PALETTE")]
    pub colors: PaletteChoice,
    /// Leave out the colour scale
    #[arg(long, alias = "no_color_bar")]
    pub no_color_bar: bool,
    /// Title above the picture
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
    /// Width of the picture in pixels [default: from the number of bases]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(200..=20000))]
    pub width: Option<u32>,
    /// Pixels of a PNG per pixel of the picture, 1 to 8
    #[arg(long, default_value_t = 2.0, value_name = "N")]
    pub density: f64,
}

/// `kipos plot mutation-map`.
#[derive(Debug, Args)]
pub struct PlotMapArgs {
    /// Maps: the HDF5 file that `kipos mutation-map` writes
    pub maps: PathBuf,
    /// What to draw
    #[command(flatten)]
    pub drawn: MapPictureArgs,
}

/// `kipos postproc plot_mutation_map`.
#[derive(Debug, Args)]
pub struct KipoiPlotMapArgs {
    /// Maps: the HDF5 file that create_mutation_map writes
    #[arg(short = 'f', long = "input_file", alias = "input-file", value_name = "FILE")]
    pub maps: PathBuf,
    /// What to draw
    #[command(flatten)]
    pub drawn: MapPictureArgs,
}

/// What to draw of a file of maps.
#[derive(Debug, Args)]
pub struct MapPictureArgs {
    /// How pictures look
    #[command(flatten)]
    pub picture: PictureArgs,
    /// Which map
    #[command(flatten)]
    pub choice: MapChoiceArgs,
    /// How a map looks
    #[command(flatten)]
    pub look: MapLookArgs,
}

/// Which map of a file. An option may be left out if there is only one choice.
#[derive(Debug, Args)]
pub struct MapChoiceArgs {
    /// The entry, counted from 0: a window of the run
    #[arg(long, aliases = ["input_entry", "input_line"], value_name = "N")]
    pub input_entry: Option<usize>,
    /// The model input that was mutated
    #[arg(long, alias = "model_seq_input", value_name = "NAME")]
    pub model_seq_input: Option<String>,
    /// The score
    #[arg(long, alias = "scoring_key", value_name = "LABEL")]
    pub scoring_key: Option<String>,
    /// The task
    #[arg(long, alias = "model_output", value_name = "TASK")]
    pub model_output: Option<String>,
}

impl MapChoiceArgs {
    /// The first of these options that was typed.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.input_entry.is_some(), "--input-entry"),
            (self.model_seq_input.is_some(), "--model-seq-input"),
            (self.scoring_key.is_some(), "--scoring-key"),
            (self.model_output.is_some(), "--model-output"),
        ];
        given.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
    }
}

impl From<MapChoiceArgs> for MapChoice {
    fn from(args: MapChoiceArgs) -> Self {
        let MapChoiceArgs { input_entry, model_seq_input, scoring_key, model_output } = args;
        Self { entry: input_entry, input: model_seq_input, score: scoring_key, task: model_output }
    }
}

/// How a map looks.
#[derive(Debug, Args)]
pub struct MapLookArgs {
    /// Minimum height of a letter as a fraction of the largest, 0 to 1
    #[arg(long, alias = "minimum_letter_height", value_name = "FRACTION")]
    pub minimum_letter_height: Option<f64>,
    /// Draw letters upwards where substitutions lower the score, downwards where they raise it
    #[arg(long, alias = "signed_letters", conflicts_with = "minimum_letter_height")]
    pub signed_letters: bool,
    /// Also mark a variant such as chr1:100:A:T or chr1:100:A>T; may be repeated
    #[arg(long, alias = "annotation_variant", value_name = "CHROM:POS:REF:ALT")]
    pub annotation_variant: Vec<NamedVariant>,
    /// Also mark the variants of a VCF, plain or bgzipped, or BCF
    #[arg(long, alias = "annotation_vcf", value_name = "FILE", value_parser = file_path())]
    pub annotation_vcf: Option<PathBuf>,
    /// Do not mark the variants that the map was made for
    #[arg(long, alias = "ignore_stored_variants")]
    pub ignore_stored_variants: bool,
    /// Leave out the names of variants
    #[arg(long, alias = "no_variant_labels")]
    pub no_variant_labels: bool,
}

/// `kipos plot gradient`.
#[derive(Debug, Args)]
pub struct PlotGradientArgs {
    /// Gradients: the HDF5 file that `kipos gradient` writes
    pub gradients: PathBuf,
    /// How pictures look
    #[command(flatten)]
    pub picture: PictureArgs,
    /// The sample, counted from 0
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub sample: usize,
    /// Which values
    #[command(flatten)]
    pub values: GradientValueArgs,
    /// A logo or a heat map
    #[arg(long, alias = "draw_as", default_value = "auto", value_name = "KIND")]
    pub draw_as: DrawAsChoice,
}

/// Which gradients of a file.
#[derive(Debug, Args)]
pub struct GradientValueArgs {
    /// The model input; needed if there are several
    #[arg(long, alias = "model_input", value_name = "NAME")]
    pub model_input: Option<String>,
    /// How gradients are transformed; abs is the magnitude [default: grad*input]
    #[arg(long, value_name = "VALUES")]
    pub transform: Option<TransformChoice>,
    /// The sequence axis, counted without the sample axis, from the end if negative; needed if it is unknown
    #[arg(long, alias = "seq_dim", value_name = "AXIS", allow_negative_numbers = true)]
    pub seq_dim: Option<i64>,
}

impl GradientValueArgs {
    /// The first of these options that was typed.
    pub fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.model_input.is_some(), "--model-input"),
            (self.transform.is_some(), "--transform"),
            (self.seq_dim.is_some(), "--seq-dim"),
        ];
        given.into_iter().find_map(|(is_given, option)| is_given.then_some(option))
    }
}

/// `kipos track`.
#[derive(Debug, Args)]
pub struct TrackArgs {
    /// Gradients or mutation maps: the HDF5 file that `kipos gradient` or `kipos mutation-map` writes
    pub file: PathBuf,
    /// The track to write: .bedgraph, .bdg or .bed, optionally with .gz
    #[arg(short, long, value_name = "FILE", value_parser = file_path())]
    pub output: PathBuf,
    /// The sample of gradients, counted from 0 [default: all]
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// Which gradients
    #[command(flatten)]
    pub values: GradientValueArgs,
    /// Which maps [default: all entries]
    #[command(flatten)]
    pub choice: MapChoiceArgs,
    /// Merge neighbouring bases of equal value into one line
    #[arg(long, alias = "merge_equal")]
    pub merge: bool,
}

/// `kipos postproc gr_inp_to_file`.
#[derive(Debug, Args)]
pub struct KipoiTrackArgs {
    /// Ignored (for compatibility): the file describes the gradients
    pub model: Option<PathBuf>,
    /// Ignored (for compatibility)
    #[arg(long)]
    pub source: Option<SourceChoice>,
    /// Ignored (for compatibility)
    #[arg(long, aliases = ["dataloader_args", "dataloader_arguments"], value_name = "ARGS", num_args = 1..)]
    pub dataloader_args: Vec<String>,
    /// Gradients: the HDF5 file that grad writes
    #[arg(short = 'f', long = "input_file", alias = "input-file", value_name = "FILE")]
    pub gradients: PathBuf,
    /// The track to write: .bedgraph, .bdg or .bed, optionally with .gz
    #[arg(short, long, value_name = "FILE", value_parser = file_path())]
    pub output: PathBuf,
    /// The sample, counted from 0 [default: all]
    #[arg(long, value_name = "N")]
    pub sample: Option<usize>,
    /// The model input; needed if there are several
    #[arg(long, alias = "model_input", value_name = "NAME")]
    pub model_input: Option<String>,
}

/// Choices of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaletteChoice {
    /// Bases green, blue, orange, red; values blue, white, red
    Classic,
    /// Colours that work for any colour vision
    #[value(alias = "colour-blind", alias = "color_blind", alias = "colorblind")]
    ColorBlind,
}

impl From<PaletteChoice> for Palette {
    fn from(choice: PaletteChoice) -> Self {
        match choice {
            PaletteChoice::Classic => Self::Classic,
            PaletteChoice::ColorBlind => Self::ColorBlind,
        }
    }
}

/// Transforms of a gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TransformChoice {
    /// Gradient times input
    #[value(name = "grad*input", alias = "grad_input", alias = "input*grad")]
    GradientTimesInput,
    /// The gradient itself
    #[value(name = "grad", alias = "gradient")]
    Gradient,
    /// The gradient's magnitude
    #[value(name = "abs")]
    Magnitude,
}

impl From<TransformChoice> for GradientTransform {
    fn from(choice: TransformChoice) -> Self {
        match choice {
            TransformChoice::GradientTimesInput => Self::GradientTimesInput,
            TransformChoice::Gradient => Self::Gradient,
            TransformChoice::Magnitude => Self::Magnitude,
        }
    }
}

/// Kinds of pictures of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DrawAsChoice {
    /// A logo of one-hot DNA, a heat map of anything else
    Auto,
    /// A logo
    Logo,
    /// A heat map
    #[value(alias = "heat_map", alias = "heatmap")]
    HeatMap,
}

impl From<DrawAsChoice> for DrawAs {
    fn from(choice: DrawAsChoice) -> Self {
        match choice {
            DrawAsChoice::Auto => Self::Auto,
            DrawAsChoice::Logo => Self::Logo,
            DrawAsChoice::HeatMap => Self::HeatMap,
        }
    }
}
