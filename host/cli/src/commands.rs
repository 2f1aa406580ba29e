//! The commands.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::args::{KipoiScoreVariantsArgs, ScoreVariantsArgs, parse_device};
use super::gradient_args::GradientArgs;
use super::map_args::{KipoiMapArgs, NativeMapArgs};
use super::model_args::ModelArgs;
use super::model_test_args::ModelTestArgs;
use super::picture_args::{KipoiPlotMapArgs, KipoiTrackArgs, PlotCommand, TrackArgs};
use super::predict_args::PredictArgs;

/// What does this variant do, and why? Runs genomics models and scores genetic variants with them.
#[derive(Debug, Parser)]
#[command(name = "kipos", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// Where to look for plugins first; may be repeated
    #[arg(long, global = true, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Score the variants of a VCF: annotated VCFs and tables come out
    ScoreVariants(Box<ScoreVariantsArgs>),
    /// Replace every base of a window by every other, and score that: maps as HDF5 come out
    MutationMap(Box<NativeMapArgs>),
    /// Run a model on intervals or on prepared samples: tables or arrays of predictions come out
    Predict(Box<PredictArgs>),
    /// Differentiate a model's output, or a layer, with respect to its inputs
    Gradient(Box<GradientArgs>),
    /// Draw what another command wrote: SVG or PNG
    #[command(subcommand)]
    Plot(PlotCommand),
    /// Write values per base for genome browsers: bedGraph
    Track(Box<TrackArgs>),
    /// The commands in Kipoi's spelling
    #[command(subcommand)]
    Postproc(Postproc),
    /// Gradients in Kipoi's spelling
    #[command(subcommand)]
    Interpret(Interpret),
    /// Look at models
    #[command(subcommand)]
    Model(ModelCommand),
    /// `model test`, in Kipoi's spelling
    Test(Box<ModelTestArgs>),
    /// Look at plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
}

/// Commands in Kipoi's spelling.
#[derive(Debug, Subcommand)]
pub enum Postproc {
    /// Score the variants of a VCF, with Kipoi's flags and defaults
    #[command(name = "score_variants")]
    ScoreVariants(Box<KipoiScoreVariantsArgs>),
    /// Map mutations, with Kipoi's flags and defaults
    #[command(name = "create_mutation_map")]
    CreateMutationMap(Box<KipoiMapArgs>),
    /// Differentiate a model, with Kipoi's flags: --layer or --final_layer must be given
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
    /// Differentiate a model, with Kipoi's flags: --layer or --final_layer must be given
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
        /// Where the model is loaded: `cpu` or `cuda:N`
        #[arg(long, default_value = "cpu", value_name = "DEVICE", value_parser = parse_device)]
        device: kipos_plugin_api::Device,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the layers of a model, for --layer of `predict` and `gradient`
    Layers {
        /// The model
        #[command(flatten)]
        model: ModelArgs,
        /// The length of inputs that may have any, for their shapes and gradients
        #[arg(long, alias = "seq_length", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        seq_length: Option<u32>,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Also look for plugins in the model's own directory `plugins`: native code with all your rights
        #[arg(long, alias = "allow_model_plugins")]
        allow_model_plugins: bool,
    },
    /// Check a model's descriptions, and nothing but files: all errors and warnings at once
    Lint {
        /// The model
        #[command(flatten)]
        model: ModelArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a model from its descriptions to its predictions, step by step; fails if a step does
    Test(Box<ModelTestArgs>),
    /// List the models below a directory; a group of models is one line with their number, but one that is the directory itself is listed in full
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
    /// List the plugins that are found, with their backends and scores
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show everything that a plugin says of itself
    Inspect {
        /// A plugin's name, or the path of a library
        plugin: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
