//! The command `kipos`: turns arguments into requests to the library, and prints what they give.

mod advice;
mod args;
mod commands;
mod convert;
mod date;
mod document;
mod environment;
mod error;
mod first_opening;
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
mod model_tests;
mod multiqc;
mod mutation_map;
mod native_code_args;
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
mod provenance;
mod registry;
mod reporter;
mod run_record;
mod run_results;
mod saturate;
mod saturate_args;
mod score_args;
mod score_traits;
mod score_variants;
mod section_keys;
mod shard;
mod shard_args;
mod shell_help;
mod standard_error;
mod standard_output;
mod stopping;
mod test_report;
mod top;
mod variant_args;
mod version;
mod watchdog;
mod window_args;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kipos::{ErrorClass, PluginRegistry, RequestError, caught, check_text_file, error_chain, is_plugin_file};
use kipos_plugin_api::{Device, RuntimeOptions};

use commands::{Cli, Command, Interpret, ModelCommand, PluginCommand, Postproc};
use error::{CliResult, UsageError};
use log::Log;
use model_args::{ModelArgs, SourceChoice};
use native_code_args::NativeCodeArgs;
use picture_args::PlotCommand;
use predict_args::SampleArgs;
use registry::{model_registry, open_registry};
use reporter::Reporter;
use run_record::{RunEnd, RunRecord};
use shard_args::ShardCommand;

/// Exit codes: 0 done, 1 failed, 2 typed wrongly, 128 + n ended by the signal n.
fn main() -> ExitCode {
    if let Some(library) = first_opening::library(env::args_os()) {
        return first_opening::run(&library);
    }
    let (typed, notes) = old_spellings::replace(env::args_os());
    let (cli, command) = parse::command_line(&typed);
    let log = Log::of(&cli.messages);
    notes.iter().for_each(|note| log.note("old_spelling", note));
    let mut reporter = Reporter::new(log, RunRecord::begin(command, &typed));
    let outcome = caught(|| begin(cli, &mut reporter)).unwrap_or_else(|error| Err(error.into()));
    let signal = stopping::signal();
    let end = match &outcome {
        Ok(()) => RunEnd { exit_status: 0, error: None },
        // Whoever reads our output has seen enough.
        Err(error) if error.class() == ErrorClass::Interrupted && signal.is_none() => {
            RunEnd { exit_status: 0, error: None }
        }
        Err(error) => {
            let message = error_chain(error.error());
            log.error(error.class(), &message);
            let exit_status = match signal.filter(|_| error.class() == ErrorClass::Interrupted) {
                Some(number) => 128 + number,
                None => error.exit_status(),
            };
            RunEnd { exit_status, error: Some((error.class(), message)) }
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
    watchdog::start(reporter.log());
    stopping::listen(reporter.log())
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen to signals: {error}")))?;
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
            let (model, registry) = model_of(dirs, (&args.model, None), &args.common.engine.engine.code, reporter)?;
            score_variants::run_native(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::ScoreVariants(args)) => {
            let code = &args.common.engine.engine.code;
            let (model, registry) = model_of(dirs, (&args.model, args.source), code, reporter)?;
            score_variants::run_kipoi(*args, model, &registry, reporter)
        }
        Command::Saturate(args) => {
            let (model, registry) = model_of(dirs, (&args.model, None), &args.engine.engine.code, reporter)?;
            saturate::run(*args, model, &registry, reporter)
        }
        Command::MutationMap(args) => {
            let (model, registry) = model_of(dirs, (&args.map.model, None), &args.map.engine.engine.code, reporter)?;
            mutation_map::run_native(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::CreateMutationMap(args)) => {
            let code = &args.map.engine.engine.code;
            let (model, registry) = model_of(dirs, (&args.map.model, args.source), code, reporter)?;
            mutation_map::run_kipoi(*args, model, &registry, reporter)
        }
        Command::Predict(args) => {
            let (model, registry) = model_of_samples(dirs, &args.samples, reporter)?;
            predict::run(*args, model, &registry, reporter)
        }
        Command::Gradient(args) => {
            let (model, registry) = model_of_samples(dirs, &args.samples, reporter)?;
            gradient::run(*args, model, &registry, reporter)
        }
        Command::Postproc(Postproc::Grad(args)) | Command::Interpret(Interpret::Grad(args)) => {
            let (model, registry) = model_of_samples(dirs, &args.samples, reporter)?;
            gradient::run_kipoi(*args, model, &registry, reporter)
        }
        Command::Model(ModelCommand::Info { model, device, json, code }) => {
            let (model, registry) = model_of(dirs, (&model, None), &code, reporter)?;
            // Nothing is computed, so one thread will do.
            let runtime = code.apply_to(RuntimeOptions::new(1, device));
            model::info(&model, runtime, json, &registry, reporter)
        }
        Command::Plot(PlotCommand::MutationMap(args)) => pictures::plot_mutation_map(&args.maps, args.drawn, reporter),
        Command::Postproc(Postproc::PlotMutationMap(args)) => {
            pictures::plot_mutation_map(&args.maps, args.drawn, reporter)
        }
        Command::Postproc(Postproc::GrInpToFile(args)) => pictures::kipoi_track(*args, reporter),
        Command::Plot(PlotCommand::Gradient(args)) => pictures::plot_gradient(*args, reporter),
        Command::Track(args) => pictures::track(*args, reporter),
        Command::Model(ModelCommand::Layers { model, seq_length, json, code }) => {
            let (model, registry) = model_of(dirs, (&model, None), &code, reporter)?;
            let length = seq_length.map(|length| length as usize);
            // At most a few rows are computed, to learn shapes, so one thread will do.
            let runtime = code.apply_to(RuntimeOptions::new(1, Device::Cpu));
            layers::run(&model, runtime, length, json, &registry, reporter)
        }
        Command::Model(ModelCommand::Lint { model, json, code }) => {
            let (model, registry) = model_of(dirs, (&model, None), &code, reporter)?;
            model_files::lint(&model, json, &registry)
        }
        Command::Model(ModelCommand::Test(args)) | Command::Test(args) if args.all => {
            model_tests::run(*args, dirs, reporter)
        }
        Command::Model(ModelCommand::Test(args)) | Command::Test(args) => {
            let (model, registry) = model_of_samples(dirs, &args.samples, reporter)?;
            model_test::run(*args, model, &registry, reporter)
        }
        Command::Model(ModelCommand::Convert(args)) => convert::convert(*args, dirs, reporter),
        Command::Model(ModelCommand::New(args)) => convert::new_model(*args, dirs, reporter),
        Command::Model(ModelCommand::Ls { directory, json }) => model_files::ls(&directory, json),
        Command::Shard(ShardCommand::Plan(args)) => shard::plan(args, reporter),
        Command::Shard(ShardCommand::Merge(args)) => shard::merge(args, reporter),
        Command::Version { json } => version::run(json, dirs, &open_registry(dirs)),
        Command::Provenance { file, json } => provenance::run(&file, json),
        Command::Top(args) => top::run(args),
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

/// The path of a model, and the plugins for it.
fn model_of(
    dirs: &[PathBuf],
    (model, source): (&ModelArgs, Option<SourceChoice>),
    code: &NativeCodeArgs,
    reporter: &mut Reporter,
) -> CliResult<(PathBuf, PluginRegistry)> {
    let model = model.path(source)?;
    let registry = model_registry(dirs, &model, code, reporter)?;
    Ok((model, registry))
}

/// Those of a model whose samples are asked about.
fn model_of_samples(
    dirs: &[PathBuf],
    args: &SampleArgs,
    reporter: &mut Reporter,
) -> CliResult<(PathBuf, PluginRegistry)> {
    model_of(dirs, (&args.model, args.source), &args.engine.code, reporter)
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
