//! Plugin libraries: finding, checking, loading and calling them.
//!
//! A plugin is native code: once it is loaded it can do whatever kipos itself can, and no check here changes that.
//! What this room does is to open nothing but files named as plugins in directories that the caller chose and that not
//! every user may write to, to open a library in a child process before it is opened in this one, to read a library's
//! plain C description before its Rust types are trusted, and to check every answer of a plugin against what was asked.
//! Whatever is wrong with one library is recorded beside it and never stops the others.

mod admission;
mod built_in;
mod discovery;
mod elf;
mod error;
mod family;
mod finding;
mod info;
mod library;
mod library_file;
mod load;
mod member;
mod model;
mod native;
mod probe;
mod problem;
mod registry;
mod scorer;
mod scorer_names;
mod search;
mod trial;
mod verdicts;

pub use built_in::BUILT_IN_PLUGIN;
pub use discovery::is_plugin_file;
pub use error::PluginCallError;
pub use family::Combining;
pub(crate) use family::combine_numbers;
pub use finding::examine_library;
pub(crate) use finding::is_finding;
pub use info::{ComponentInfo, LibraryInfo, PluginStatus};
pub(crate) use library_file::problem as library_problem;
pub use member::Member;
pub use model::{MemberSource, PluginModel};
pub use problem::PluginProblem;
pub use registry::PluginRegistry;
pub use scorer::PluginScorer;
pub use search::PluginSearch;
pub use trial::ProbingProgram;
