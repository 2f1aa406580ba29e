//! `model test --all`: every model below a directory, a line for each.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::{BadModel, CliResult, UsageError};
use super::model_test::{mark, request};
use super::model_test_args::ModelTestArgs;
use super::registry::model_registry;
use super::reporter::Reporter;
use super::run_results::of_tests;
use super::standard_output::standard_output;
use super::test_report::{ReportFormat, TestedModel, all_json, write};
use kipos::{ErrorClass, ListedModels, StepOutcome, list_models};

/// A model to test, by its name below the directory; or what is wrong with a group.
enum Listed {
    Model(String),
    Unreadable(String, String),
}

/// `kipos model test --all`: fails if a model does.
pub fn run(args: ModelTestArgs, plugin_dirs: &[PathBuf], reporter: &mut Reporter) -> CliResult {
    let directory = args.samples.model.path(args.samples.source)?;
    let (as_json, report) = (args.json, args.report.clone());
    if let Some(path) = &report {
        ReportFormat::of(path)?;
    }
    let listed = listed(&directory)?;
    let code = args.samples.engine.code.clone();
    let common = request(args, directory.clone())?;
    let width = listed.iter().map(|listed| listed.name().chars().count()).max().unwrap_or(0);
    let mut out = standard_output();
    let mut tested = Vec::new();
    for listed in listed {
        let model = match listed {
            Listed::Unreadable(name, problem) => TestedModel { name, found: Err(problem) },
            Listed::Model(name) => {
                let path = directory.join(&name);
                let registry = model_registry(plugin_dirs, &path, &code, reporter)?;
                let mut request = common.clone();
                request.model.directory = path;
                TestedModel { name, found: Ok(request.run(&registry, &mut |_| {})?) }
            }
        };
        if !as_json {
            let outcome = if model.passed() { StepOutcome::Passed } else { StepOutcome::Failed };
            writeln!(out, "{} {:width$}  {}", mark(outcome), model.name, model.summary())?;
            out.flush()?;
        }
        tested.push(model);
    }
    if as_json {
        out.write_lines(&format_args!("{:#}", all_json(&directory, &tested)))?;
    }
    if let Some(path) = &report {
        write(path, &directory, &tested)?;
    }
    let failed = tested.iter().filter(|model| !model.passed()).count();
    reporter.remember(
        of_tests(tested.len() - failed, failed),
        &report.iter().map(|path| path.display()).collect::<Vec<_>>(),
    );
    if failed == 0 {
        return Ok(());
    }
    let message = format!("{failed} of {} models failed below {}", tested.len(), directory.display());
    Err(BadModel { message, class: ErrorClass::Model }.into())
}

impl Listed {
    fn name(&self) -> &str {
        match self {
            Self::Model(name) | Self::Unreadable(name, _) => name,
        }
    }
}

/// All models below a directory, those of groups one by one.
fn listed(directory: &Path) -> CliResult<Vec<Listed>> {
    if !directory.is_dir() {
        let shown = directory.display();
        return Err(UsageError::from(format!("{shown} is not a directory; --all tests the models below one")).into());
    }
    let mut all = Vec::new();
    for listed in list_models(directory)? {
        match listed {
            ListedModels::Model(name) => all.push(Listed::Model(name)),
            ListedModels::Group { members, .. } => all.extend(members.into_iter().map(Listed::Model)),
            ListedModels::Unreadable { name, error } => {
                let name = if name.is_empty() { ".".to_owned() } else { name };
                all.push(Listed::Unreadable(name, error.to_string()));
            }
        }
    }
    if all.is_empty() {
        let shown = directory.display();
        return Err(
            UsageError::from(format!("there is no model below {shown}; name a directory that holds some")).into()
        );
    }
    Ok(all)
}
