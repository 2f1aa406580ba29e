//! The commands.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::args::{KipoiScoreVariantsArgs, ScoreVariantsArgs, file_path, parse_device};
use super::convert::args::{ConvertArgs, NewModelArgs};
use super::gradient_args::GradientArgs;
use super::headings::ENGINE;
use super::map_args::{KipoiMapArgs, NativeMapArgs};
use super::message_args::MessageArgs;
use super::model_args::ModelArgs;
use super::model_test_args::ModelTestArgs;
use super::native_code_args::NativeCodeArgs;
use super::picture_args::{KipoiPlotMapArgs, KipoiTrackArgs, PlotCommand, TrackArgs};
use super::predict_args::PredictArgs;
use super::saturate_args::SaturateArgs;
use super::shard_args::ShardCommand;
use super::top::TopArgs;

/// What does this variant do, and why? Runs genomics models and scores genetic variants with them.
#[derive(Debug, Parser)]
#[command(name = "kipos", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Directory to search for plugins first; may be repeated
    #[arg(long, global = true, value_name = "DIR", help_heading = ENGINE)]
    pub plugin_dir: Vec<PathBuf>,
    /// How it is said what happens
    #[command(flatten)]
    pub messages: MessageArgs,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Score the variants of a VCF; write annotated VCFs and tables
    ScoreVariants(Box<ScoreVariantsArgs>),
    /// Score all SNVs of stretches of the genome; write tables and VCFs in the order of the genome
    Saturate(Box<SaturateArgs>),
    /// In-silico mutagenesis: score every single-base substitution in windows
    MutationMap(Box<NativeMapArgs>),
    /// Run a model on intervals or prepared samples; write tables or arrays of predictions
    Predict(Box<PredictArgs>),
    /// Gradients (saliency) of a model's output, or of a layer, with respect to its inputs
    Gradient(Box<GradientArgs>),
    /// Draw mutation maps or gradients as SVG or PNG
    #[command(subcommand)]
    Plot(PlotCommand),
    /// Write one value per base for genome browsers, as bedGraph
    Track(Box<TrackArgs>),
    /// Cut a run into shards for the machines of a cluster, and merge what they gave
    #[command(subcommand)]
    Shard(ShardCommand),
    /// The commands in Kipoi's spelling
    #[command(subcommand)]
    Postproc(Postproc),
    /// Gradients in Kipoi's spelling
    #[command(subcommand)]
    Interpret(Interpret),
    /// Inspect, check, convert and describe models
    #[command(subcommand)]
    Model(ModelCommand),
    /// `model test`, in Kipoi's spelling
    Test(Box<ModelTestArgs>),
    /// Inspect plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Print the version, what kipos was built with, and the plugins that it finds
    Version {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print how a file was made: the versions, model files, genome, windows and scores that its contents follow from
    Provenance {
        /// A file that kipos wrote, of any format
        #[arg(value_parser = file_path())]
        file: PathBuf,
        /// Print JSON: a list of one object for each run
        #[arg(long)]
        json: bool,
    },
    /// Print the alleles of a file of scores with the largest magnitudes: a table with the task and the score of each
    Top(TopArgs),
    /// Print what completes commands and flags in a shell, such as `kipos completions bash`
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write a man page for every command
    #[command(hide = true)]
    Man {
        /// An existing directory
        directory: PathBuf,
    },
}

/// Commands in Kipoi's spelling.
#[derive(Debug, Subcommand)]
pub enum Postproc {
    /// Score the variants of a VCF, with Kipoi's flags and defaults
    #[command(name = "score_variants")]
    ScoreVariants(Box<KipoiScoreVariantsArgs>),
    /// In-silico mutagenesis, with Kipoi's flags and defaults
    #[command(name = "create_mutation_map")]
    CreateMutationMap(Box<KipoiMapArgs>),
    /// Gradients (saliency), with Kipoi's flags: --layer or --final_layer must be given
    Grad(Box<GradientArgs>),
    /// Draw a mutation map, with Kipoi's flags
    #[command(name = "plot_mutation_map")]
    PlotMutationMap(Box<KipoiPlotMapArgs>),
    /// Write gradient times input as bedGraph, with Kipoi's flags
    #[command(name = "gr_inp_to_file")]
    GrInpToFile(Box<KipoiTrackArgs>),
}

/// The command of Kipoi's plugin for interpretation.
#[derive(Debug, Subcommand)]
pub enum Interpret {
    /// Gradients (saliency), with Kipoi's flags: --layer or --final_layer must be given
    Grad(Box<GradientArgs>),
}

/// Commands about models.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    /// Show a model's inputs, outputs, loader, scores and backend
    Info {
        /// The model
        #[command(flatten)]
        model: ModelArgs,
        /// Device to load the model on: `cpu` or `cuda:N`
        #[arg(long, default_value = "cpu", value_name = "DEVICE", value_parser = parse_device)]
        device: kipos_plugin_api::Device,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Native code
        #[command(flatten)]
        code: NativeCodeArgs,
    },
    /// List the layers of a model, for --layer of `predict` and `gradient`
    Layers {
        /// The model
        #[command(flatten)]
        model: ModelArgs,
        /// Length of inputs of any length, to find shapes and gradients
        #[arg(long, alias = "seq_length", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        seq_length: Option<u32>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Native code
        #[command(flatten)]
        code: NativeCodeArgs,
    },
    /// Check a model's descriptions, files, backend and scores, without loading it: all errors and warnings at once
    Lint {
        /// The model
        #[command(flatten)]
        model: ModelArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Consent to native code
        #[command(flatten)]
        code: NativeCodeArgs,
    },
    /// Check a model from its descriptions to its predictions, step by step; fails if a step does
    Test(Box<ModelTestArgs>),
    /// Convert a published model with its own framework, and compare the result with it
    Convert(Box<ConvertArgs>),
    /// Draft the descriptions of a model file that needs no conversion
    New(Box<NewModelArgs>),
    /// List the models below a directory; a group of models is one line with its number of models, unless it is the directory itself
    Ls {
        /// The directory
        directory: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Commands about plugins.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// List plugins with their backends and scores
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show everything that a plugin declares
    Inspect {
        /// A plugin's name, or the path of a library
        plugin: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
