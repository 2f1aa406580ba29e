//! The command `kipos`: turns arguments into requests to the library, and prints what they give.

mod advice;
mod args;
mod commands;
mod date;
mod environment;
mod error;
mod gradient;
mod gradient_args;
mod headings;
mod layers;
mod loader_args;
mod log;
mod map_args;
mod message_args;
mod model;
mod model_args;
mod model_files;
mod model_test;
mod model_test_args;
mod multiqc;
mod mutation_map;
mod old_spellings;
mod output_args;
mod output_keys;
mod parse;
mod picture_args;
mod pictures;
mod plugin;
mod predict;
mod predict_args;
mod progress;
mod reporter;
mod run_record;
mod run_results;
mod score_args;
mod score_traits;
mod score_variants;
mod section_keys;
mod shell_help;
mod standard_output;
mod variant_args;
mod version;
mod window_args;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kipos::{ErrorClass, PluginRegistry, RequestError, caught, check_text_file, error_chain};

use commands::{Cli, Command, Interpret, ModelCommand, PluginCommand, Postproc};
use environment::open_registry;
use error::{CliResult, UsageError};
use log::Log;
use picture_args::PlotCommand;
use predict_args::SampleArgs;
use reporter::Reporter;
use run_record::{RunEnd, RunRecord};

/// Exit codes: 0 done, 1 failed, 2 typed wrongly.
fn main() -> ExitCode {
    let (typed, notes) = old_spellings::replace(env::args_os());
    let (cli, command) = parse::command_line(&typed);
    let log = Log::of(&cli.messages);
    notes.iter().for_each(|note| log.note("old_spelling", note));
    let mut reporter = Reporter::new(log, RunRecord::begin(command, &typed));
    let outcome = caught(|| begin(cli, &mut reporter)).unwrap_or_else(|error| Err(error.into()));
    let end = match &outcome {
        Ok(()) => RunEnd { exit_status: 0, error: None },
        // Whoever reads our output has seen enough.
        Err(error) if error.class() == ErrorClass::Interrupted => RunEnd { exit_status: 0, error: None },
        Err(error) => {
            let message = error_chain(error.error());
            log.error(error.class(), &message);
            RunEnd { exit_status: error.exit_status(), error: Some((error.class(), message)) }
        }
    };
    if let Err(error) = reporter.record().write(&end) {
        log.error(error.class(), &error_chain(&error));
        return ExitCode::from(end.exit_status.max(1));
    }
    ExitCode::from(end.exit_status)
}

/// What comes before every command, and the command.
fn begin(cli: Cli, reporter: &mut Reporter) -> CliResult {
    standard_output::move_away().map_err(|error| {
        let message = format!("cannot separate standard output from what plugins print: {error}");
        io::Error::new(error.kind(), message)
    })?;
    if let Some(path) = &cli.messages.summary {
        // Better now than after hours.
        check_text_file(path)?;
        reporter.summarise_into(path);
    }
    run(cli, reporter)
}

fn run(cli: Cli, reporter: &mut Reporter) -> CliResult {
    let dirs = &cli.plugin_dir;
    if let Some(absent) = dirs.iter().find(|dir| !dir.is_dir()) {
        return Err(UsageError::from(format!("--plugin-dir {} is not a directory", absent.display())).into());
    }
    match cli.command {
        Command::ScoreVariants(args) => {
            let model = args.model.path(None)?;
            let registry = model_registry(dirs, &model, args.common.allow_model_plugins, reporter)?;
            score_variants::run_native(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::ScoreVariants(args)) => {
            let model = args.model.path(args.source)?;
            let registry = model_registry(dirs, &model, args.common.allow_model_plugins, reporter)?;
            score_variants::run_kipoi(*args, model, &registry, reporter)
        }
        Command::MutationMap(args) => {
            let model = args.map.model.path(None)?;
            let registry = model_registry(dirs, &model, args.map.allow_model_plugins, reporter)?;
            mutation_map::run_native(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::CreateMutationMap(args)) => {
            let model = args.map.model.path(args.source)?;
            let registry = model_registry(dirs, &model, args.map.allow_model_plugins, reporter)?;
            mutation_map::run_kipoi(*args, model, &registry, reporter)
        }
        Command::Predict(args) => {
            let (model, registry) = model_of(dirs, &args.samples, reporter)?;
            predict::run(*args, model, &registry, reporter)
        }
        Command::Gradient(args) => {
            let (model, registry) = model_of(dirs, &args.samples, reporter)?;
            gradient::run(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::Grad(args)) | Command::Interpret(Interpret::Grad(args)) => {
            let (model, registry) = model_of(dirs, &args.samples, reporter)?;
            gradient::run_kipoi(*args, model, &registry, reporter)
        }
        Command::Model(ModelCommand::Info { model, device, json }) => {
            let registry = registry(dirs, reporter);
            model::info(&model.path(None)?, device, json, &registry, reporter)
        }
        Command::Plot(PlotCommand::MutationMap(args)) => pictures::plot_mutation_map(&args.maps, args.drawn, reporter),
        Command::Postproc(Postproc::PlotMutationMap(args)) => {
            pictures::plot_mutation_map(&args.maps, args.drawn, reporter)
        }
        Command::Postproc(Postproc::GrInpToFile(args)) => pictures::kipoi_track(*args, reporter),
        Command::Plot(PlotCommand::Gradient(args)) => pictures::plot_gradient(*args, reporter),
        Command::Track(args) => pictures::track(*args, reporter),
        Command::Model(ModelCommand::Layers { model, seq_length, json, allow_model_plugins }) => {
            let model = model.path(None)?;
            let length = seq_length.map(|length| length as usize);
            let registry = model_registry(dirs, &model, allow_model_plugins, reporter)?;
            layers::run(&model, length, json, &registry, reporter)
        }
        Command::Model(ModelCommand::Lint { model, json }) => model_files::lint(&model.path(None)?, json),
        Command::Model(ModelCommand::Test(args)) | Command::Test(args) => {
            let (model, registry) = model_of(dirs, &args.samples, reporter)?;
            model_test::run(*args, model, &registry, reporter)
        }
        Command::Model(ModelCommand::Ls { directory, json }) => model_files::ls(&directory, json),
        Command::Version { json } => version::run(json, dirs, &open_registry(dirs)),
        Command::Completions { shell } => shell_help::completions(shell),
        Command::Man { directory } => shell_help::man_pages(&directory),
        Command::Plugin(PluginCommand::List { json }) => plugin::list(json, &open_registry(dirs)),
        Command::Plugin(PluginCommand::Inspect { plugin, json }) => {
            // A library that is named by its path need not lie where plugins are looked for.
            let file = Path::new(&plugin).canonicalize().ok().filter(|path| path.is_file());
            let own = file.as_deref().and_then(Path::parent).map(Path::to_owned);
            let dirs: Vec<PathBuf> = own.into_iter().chain(cli.plugin_dir).collect();
            plugin::inspect(&plugin, json, &open_registry(&dirs))
        }
    }
}

/// The path of a model whose samples are asked about, and the plugins for it.
fn model_of(dirs: &[PathBuf], args: &SampleArgs, reporter: &mut Reporter) -> CliResult<(PathBuf, PluginRegistry)> {
    let model = args.model.path(args.source)?;
    let registry = model_registry(dirs, &model, args.allow_model_plugins, reporter)?;
    Ok((model, registry))
}

/// The plugins for a model, with those in its own directory if that is `allowed`.
fn model_registry(dirs: &[PathBuf], model: &Path, allowed: bool, reporter: &mut Reporter) -> CliResult<PluginRegistry> {
    if !allowed {
        return Ok(registry(dirs, reporter));
    }
    let own = model.join("plugins");
    if !own.is_dir() {
        let message = format!("--allow-model-plugins: the model has no directory {}", own.display());
        return Err(UsageError::from(message).into());
    }
    Ok(registry(&[dirs, &[own]].concat(), reporter))
}

/// The plugins of a run, which its summary names.
fn registry(dirs: &[PathBuf], reporter: &mut Reporter) -> PluginRegistry {
    let registry = open_registry(dirs);
    reporter.plugins(&registry);
    registry
}

/// An argument value as JSON.
fn value_json(value: &kipos_plugin_api::Value) -> serde_json::Value {
    use kipos_plugin_api::Value;
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(value_json).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value_json(value))).collect(),
    }
}
