//! The command `kipos`: turns arguments into requests to the library, and prints what they give.

mod advice;
mod args;
mod commands;
mod environment;
mod error;
mod first_opening;
mod gradient;
mod gradient_args;
mod headings;
mod layers;
mod loader_args;
mod map_args;
mod model;
mod model_args;
mod model_files;
mod model_test;
mod model_test_args;
mod mutation_map;
mod native_code_args;
mod old_spellings;
mod output_args;
mod output_keys;
mod picture_args;
mod pictures;
mod plugin;
mod predict;
mod predict_args;
mod progress;
mod provenance;
mod registry;
mod score_args;
mod score_traits;
mod score_variants;
mod section_keys;
mod shell_help;
mod standard_error;
mod standard_output;
mod stopping;
mod variant_args;
mod watchdog;
mod window_args;

use std::env;
use std::error::Error as StdError;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kipos::{ErrorClass, PluginRegistry, caught, error_chain, is_plugin_file};
use kipos_plugin_api::{Device, RuntimeOptions};

use commands::{Cli, Command, Interpret, ModelCommand, PluginCommand, Postproc};
use error::{CliResult, UsageError};
use picture_args::PlotCommand;
use predict_args::SampleArgs;
use registry::{model_registry, open_registry};
use standard_error::standard_error;

/// Exit codes: 0 done, 1 failed, 2 typed wrongly, 128 + n ended by the signal n.
fn main() -> ExitCode {
    if let Some(library) = first_opening::library(env::args_os()) {
        return first_opening::run(&library);
    }
    let (typed, notes) = old_spellings::replace(env::args_os());
    for note in notes {
        // Nothing can be done about a closed stderr.
        let _ = writeln!(standard_error(), "note: {note}");
    }
    let cli = match Cli::try_parse_from(&typed) {
        Ok(cli) => cli,
        Err(error) => advice::exit(advice::with_advice(error, &typed), &typed),
    };
    if let Err(error) = standard_output::move_away() {
        let message = format!("cannot separate standard output from what plugins print: {error}");
        report(&io::Error::new(error.kind(), message));
        return ExitCode::FAILURE;
    }
    watchdog::start();
    if let Err(error) = stopping::listen() {
        report(&io::Error::new(error.kind(), format!("cannot listen to signals: {error}")));
        return ExitCode::FAILURE;
    }
    match caught(|| run(cli)).unwrap_or_else(|error| Err(error.into())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.class() == ErrorClass::Interrupted => match stopping::signal() {
            Some(number) => {
                report(error.error());
                ExitCode::from(128 + number)
            }
            // Whoever reads our output has seen enough.
            None => ExitCode::SUCCESS,
        },
        Err(error) => {
            report(error.error());
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> CliResult {
    let dirs = &cli.plugin_dir;
    if let Some(absent) = dirs.iter().find(|dir| !dir.is_dir()) {
        return Err(UsageError::from(format!("--plugin-dir {} is not a directory", absent.display())).into());
    }
    match cli.command {
        Command::ScoreVariants(args) => {
            let model = args.model.path(None)?;
            let registry = model_registry(dirs, &model, &args.common.engine.engine.code)?;
            score_variants::run_native(*args, model, &registry)
        }
        Command::Postproc(Postproc::ScoreVariants(args)) => {
            let model = args.model.path(args.source)?;
            let registry = model_registry(dirs, &model, &args.common.engine.engine.code)?;
            score_variants::run_kipoi(*args, model, &registry)
        }
        Command::MutationMap(args) => {
            let model = args.map.model.path(None)?;
            let registry = model_registry(dirs, &model, &args.map.engine.engine.code)?;
            mutation_map::run_native(*args, model, &registry)
        }
        Command::Postproc(Postproc::CreateMutationMap(args)) => {
            let model = args.map.model.path(args.source)?;
            let registry = model_registry(dirs, &model, &args.map.engine.engine.code)?;
            mutation_map::run_kipoi(*args, model, &registry)
        }
        Command::Predict(args) => {
            let (model, registry) = model_of(dirs, &args.samples)?;
            predict::run(*args, model, &registry)
        }
        Command::Gradient(args) => {
            let (model, registry) = model_of(dirs, &args.samples)?;
            gradient::run(*args, model, &registry)
        }
        Command::Postproc(Postproc::Grad(args)) | Command::Interpret(Interpret::Grad(args)) => {
            let (model, registry) = model_of(dirs, &args.samples)?;
            gradient::run_kipoi(*args, model, &registry)
        }
        Command::Model(ModelCommand::Info { model, device, json, code }) => {
            let model = model.path(None)?;
            // Nothing is computed, so one thread will do.
            let runtime = code.apply_to(RuntimeOptions::new(1, device));
            model::info(&model, runtime, json, &model_registry(dirs, &model, &code)?)
        }
        Command::Plot(PlotCommand::MutationMap(args)) => pictures::plot_mutation_map(&args.maps, args.drawn),
        Command::Postproc(Postproc::PlotMutationMap(args)) => pictures::plot_mutation_map(&args.maps, args.drawn),
        Command::Postproc(Postproc::GrInpToFile(args)) => pictures::kipoi_track(*args),
        Command::Plot(PlotCommand::Gradient(args)) => pictures::plot_gradient(*args),
        Command::Track(args) => pictures::track(*args),
        Command::Model(ModelCommand::Layers { model, seq_length, json, code }) => {
            let model = model.path(None)?;
            let length = seq_length.map(|length| length as usize);
            // At most a few rows are computed, to learn shapes, so one thread will do.
            let runtime = code.apply_to(RuntimeOptions::new(1, Device::Cpu));
            layers::run(&model, runtime, length, json, &model_registry(dirs, &model, &code)?)
        }
        Command::Model(ModelCommand::Lint { model, json }) => model_files::lint(&model.path(None)?, json),
        Command::Model(ModelCommand::Test(args)) | Command::Test(args) => {
            let (model, registry) = model_of(dirs, &args.samples)?;
            model_test::run(*args, model, &registry)
        }
        Command::Model(ModelCommand::Ls { directory, json }) => model_files::ls(&directory, json),
        Command::Provenance { file, json } => provenance::run(&file, json),
        Command::Completions { shell } => shell_help::completions(shell),
        Command::Man { directory } => shell_help::man_pages(&directory),
        Command::Plugin(PluginCommand::List { json }) => plugin::list(json, &open_registry(dirs)),
        Command::Plugin(PluginCommand::Inspect { plugin, json }) => {
            // A library that is named by its path need not be where plugins are looked for, and is opened alone.
            let file = Path::new(&plugin);
            match file.is_file() && is_plugin_file(file) {
                true => plugin::inspect_file(file, json),
                false => plugin::inspect(&plugin, json, &open_registry(dirs)),
            }
        }
    }
}

/// The path of a model whose samples are asked about, and the plugins for it.
fn model_of(dirs: &[PathBuf], args: &SampleArgs) -> CliResult<(PathBuf, PluginRegistry)> {
    let model = args.model.path(args.source)?;
    let registry = model_registry(dirs, &model, &args.engine.code)?;
    Ok((model, registry))
}

/// Prints an error and its causes on one line.
fn report(error: &(dyn StdError + 'static)) {
    // Nothing can be done about a closed stderr.
    let _ = writeln!(standard_error(), "error: {}", error_chain(error));
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
