//! Plugin libraries: finding, checking, loading and calling them.
//!
//! A plugin is native code: once it is loaded it can do whatever kipos itself can, and no check here changes that.
//! What this room does is to open nothing but files named as plugins in directories that the caller chose, to read a
//! library's plain C description before its Rust types are trusted, to remember across processes which library
//! crashed while it was loaded, and to check every answer of a plugin against what was asked. Whatever is wrong with
//! one library is recorded beside it and never stops the others.

mod built_in;
mod discovery;
mod error;
mod info;
mod library;
mod load;
mod model;
mod native;
mod probe;
mod problem;
mod quarantine;
mod registry;
mod scorer;
mod scorer_names;

pub use built_in::BUILT_IN_PLUGIN;
pub use error::PluginCallError;
pub use info::{ComponentInfo, LibraryInfo, PluginStatus};
pub use model::PluginModel;
pub use problem::PluginProblem;
pub(crate) use quarantine::hash_file;
pub use registry::PluginRegistry;
pub use scorer::PluginScorer;
