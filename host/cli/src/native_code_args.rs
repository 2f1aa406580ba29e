//! Which native code a model may bring, and which engine runs it.

use std::path::{Path, PathBuf, absolute};

use clap::Args;
use kipos_plugin_api::RuntimeOptions;

use super::args::file_path;
use super::error::{CliResult, UsageError};
use super::headings::ENGINE;

/// The consent to native code, on every command that opens a model.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = ENGINE)]
pub struct NativeCodeArgs {
    /// Let the model bring code that runs with your rights: the plugins in its directory `plugins`, and programs in its files
    #[arg(long, alias = "trust_model")]
    pub trust_model: bool,
    /// As --trust-model, but plugins only, and they must exist
    #[arg(long, alias = "allow_model_plugins", hide = true)]
    pub allow_model_plugins: bool,
    /// The library of the engine, instead of the one that is found: for ONNX graphs an ONNX Runtime [default:
    /// KIPOS_ONNXRUNTIME of the environment]
    #[arg(long, alias = "engine_library", value_name = "FILE", value_parser = file_path())]
    pub engine_library: Option<PathBuf>,
}

impl NativeCodeArgs {
    /// Options of an engine with this consent.
    pub fn apply_to(&self, options: RuntimeOptions) -> RuntimeOptions {
        // The system's loader takes a path without a slash for the name of a library that it should search itself.
        let library = self.engine_library.as_ref().map(|file| absolute(file).unwrap_or_else(|_| file.clone()));
        options.with_trust_model(self.trust_model).with_engine_library(library)
    }

    /// The model's own directory of plugins, if it is to be searched.
    pub fn plugins_of(&self, model: &Path) -> CliResult<Option<PathBuf>> {
        let own = own_plugins(model);
        if self.allow_model_plugins && !own.is_dir() {
            let message = format!("--allow-model-plugins: the model has no directory {}", own.display());
            return Err(UsageError::from(message).into());
        }
        let is_allowed = self.allow_model_plugins || self.trust_model && own.exists();
        Ok(is_allowed.then_some(own))
    }
}

/// Where a model has plugins of its own.
pub fn own_plugins(model: &Path) -> PathBuf {
    model.join("plugins")
}
