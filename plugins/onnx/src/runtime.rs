//! ONNX Runtime itself, opened once per process.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use kipos_plugin_api::{Args, ErrorKind, ModelSource, PluginError, Result, RuntimeOptions};
use ort::LoadDynamicError;
use ort::environment::Environment;
use ort::logging::LogLevel;

use crate::search::{Candidate, VARIABLE, directories, find};

/// The oldest ONNX Runtime whose interface this plugin can use.
const OLDEST: &str = "1.24";

struct Opened {
    path: PathBuf,
    environment: Environment,
}

/// The engine can be opened once per process; who comes later shares it.
static OPENED: Mutex<Option<Opened>> = Mutex::new(None);

/// The engine for a model: the library that the host chooses, or else the one that model.yaml names, or one that is found.
///
/// # Errors
/// As [`environment`].
pub fn of_model(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<Environment> {
    let chosen = options.engine_library.clone().map(|path| (path, "the choice of an engine library"));
    let named = || Some((source.directory.join(args.text("runtime")?), "the argument `runtime` of model.yaml"));
    environment(chosen.or_else(named))
}

/// The engine, opened on the first call. `named` is a library that somebody asks for, and who does.
///
/// # Errors
/// A library that is missing, too old or none, or another one than was opened before.
pub fn environment(named: Option<(PathBuf, &'static str)>) -> Result<Environment> {
    let mut opened = OPENED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(Opened { path, environment }) = &*opened {
        return match named {
            Some((other, _)) if other != *path => Err(missing(format!(
                "this process already runs the ONNX Runtime {}; a model cannot use {} in the same process",
                path.display(),
                other.display()
            ))),
            _ => Ok(environment.clone()),
        };
    }
    let candidate = find(named);
    let path = match &candidate {
        Candidate::Named { path, .. } | Candidate::Found(path) | Candidate::System(path) => path,
    };
    if let Candidate::Named { path, by } = &candidate
        && !path.is_file()
    {
        return Err(missing(format!(
            "{by} names the ONNX Runtime {}, which does not exist; {}",
            path.display(),
            fix()
        )));
    }
    let environment = open(path).map_err(|error| missing(explain(&candidate, error)))?;
    *opened = Some(Opened { path: path.clone(), environment: environment.clone() });
    Ok(environment)
}

enum OpenError {
    Load(LoadDynamicError),
    Start(ort::Error),
}

fn open(path: &Path) -> Result<Environment, OpenError> {
    let environment = ort::init_from(path).map_err(OpenError::Load)?.build().map_err(OpenError::Start)?;
    // What fails is told by whoever asked for it; the engine would write lines of its own to standard error.
    environment.set_log_level(LogLevel::Fatal);
    Ok(environment)
}

fn missing(message: String) -> PluginError {
    PluginError::new(ErrorKind::MISSING_LIBRARY, message)
}

fn fix() -> String {
    format!("install one with `pip install 'onnxruntime>={OLDEST}'`, or set {VARIABLE} to the path of libonnxruntime")
}

/// One sentence: what is wrong with which library, and what to do.
fn explain(candidate: &Candidate, error: OpenError) -> String {
    let path = match candidate {
        Candidate::Named { path, .. } | Candidate::Found(path) => path.display(),
        Candidate::System(_) => {
            let places: Vec<String> = directories().iter().map(|place| place.display().to_string()).collect();
            let places = places.join(", ");
            return format!("no ONNX Runtime was found in {places}, Python or the system; {}", fix());
        }
    };
    match error {
        OpenError::Load(LoadDynamicError::BadVersion { version_str, .. }) => {
            format!("the ONNX Runtime {path} is version {version_str}, but {OLDEST} or newer is needed; {}", fix())
        }
        OpenError::Load(LoadDynamicError::Dlopen { error, .. }) => {
            let reason = error.to_string();
            format!("{path} cannot be opened as ONNX Runtime ({}); {}", reason.lines().next().unwrap_or(""), fix())
        }
        OpenError::Load(_) => format!("{path} is not an ONNX Runtime library; {}", fix()),
        OpenError::Start(error) => format!("the ONNX Runtime {path} does not start: {error}"),
    }
}
