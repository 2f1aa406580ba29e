//! ONNX Runtime itself, opened once per process.

use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::Mutex;

use kipos_plugin_api::{Args, EngineRelease, ErrorKind, PluginError, Result, RuntimeOptions, writable_by_all};
use ort::LoadDynamicError;
use ort::environment::Environment;
use ort::logging::LogLevel;

use crate::RUNTIME;
use crate::loaded_library::{file_of, onnxruntime_version};
use crate::search::{Candidate, Search, UnsafePlace, VARIABLE, directories, find};

/// The oldest ONNX Runtime whose interface this plugin can use.
const OLDEST: &str = "1.24";

struct Opened {
    path: PathBuf,
    environment: Environment,
}

/// The engine can be opened once per process; who comes later shares it.
static OPENED: Mutex<Option<Opened>> = Mutex::new(None);

/// The engine for a model: the library that the user chooses, or one that is found.
///
/// # Errors
/// A model that names a library itself: that is native code, and the user decides on it. Else as [`environment`].
pub fn of_model(args: &Args, options: &RuntimeOptions) -> Result<Environment> {
    if args.get(RUNTIME.name).is_some() {
        return Err(PluginError::invalid_argument(format!(
            "`args.runtime` of model.yaml is refused, as the files of a model name no native code; remove it, and give \
             `--engine-library FILE` or set {VARIABLE}"
        )));
    }
    chosen(options)
}

/// The version and the file of the engine that models with these options run on.
///
/// # Errors
/// As [`environment`].
pub fn release(options: &RuntimeOptions) -> Result<EngineRelease> {
    chosen(options)?;
    // The table of its functions lies in the library itself, wherever the system has found that.
    let library = file_of(ptr::from_ref(ort::api()).cast());
    let version = library.as_deref().and_then(onnxruntime_version);
    let release = EngineRelease::new("ONNX Runtime", version.unwrap_or_else(|| "unknown".into()));
    Ok(release.with_libraries(library.into_iter().collect()))
}

/// The library that the user chooses, or one that is found.
fn chosen(options: &RuntimeOptions) -> Result<Environment> {
    environment(options.engine_library.clone().map(|path| (path, "--engine-library")))
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
    let Search { candidate, unsafe_places } = find(named);
    let path = match &candidate {
        Candidate::Named { path, .. } | Candidate::Found(path) | Candidate::System(path) => path,
        Candidate::Nothing => return Err(missing(nothing(&unsafe_places))),
    };
    if let Candidate::Named { path, by } = &candidate {
        check_named(path, by)?;
    }
    let environment = open(path).map_err(|error| missing(explain(&candidate, &unsafe_places, error)))?;
    *opened = Some(Opened { path: path.clone(), environment: environment.clone() });
    Ok(environment)
}

/// What the user names must be there, and nobody else may be able to change it.
fn check_named(path: &Path, by: &str) -> Result<()> {
    let named = || format!("{by} names the ONNX Runtime {}", path.display());
    if !path.is_file() {
        return Err(missing(format!("{}, which does not exist; {}", named(), fix())));
    }
    match writable_by_all(path) {
        Ok(None) => Ok(()),
        Ok(Some(place)) => Err(missing(format!(
            "{}, which is not used, because every user may write to {}; remove that permission with `chmod o-w`",
            named(),
            place.display()
        ))),
        Err(error) => Err(missing(format!("{}, which cannot be looked at: {error}", named()))),
    }
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

/// That none was found, with the places in which every user may have put one.
fn nothing(unsafe_places: &[UnsafePlace]) -> String {
    let places: Vec<String> = directories().iter().map(|place| place.display().to_string()).collect();
    let not_used: Vec<String> = unsafe_places.iter().map(|place| format!("; {place}")).collect();
    let (places, not_used) = (places.join(", "), not_used.concat());
    format!("no ONNX Runtime was found in {places}, Python or the system{not_used}; {}", fix())
}

/// One sentence: what is wrong with which library, and what to do.
fn explain(candidate: &Candidate, unsafe_places: &[UnsafePlace], error: OpenError) -> String {
    let path = match candidate {
        Candidate::Named { path, .. } | Candidate::Found(path) => path.display(),
        Candidate::System(_) | Candidate::Nothing => return nothing(unsafe_places),
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
