//! What is fuzzed: a reader, the inputs that it is known to read, the words of its format.

use std::path::{Path, PathBuf};

use crate::input::Input;
use crate::random::Random;
use crate::targets;

/// Something that an input shows and that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Whose fault it is.
    pub(crate) fault: Fault,
    /// What happened, in one line.
    pub(crate) what: String,
}

impl Finding {
    /// A fault of our own code.
    pub(crate) fn own(what: impl Into<String>) -> Self {
        Self { fault: Fault::Own, what: what.into() }
    }

    /// A crash or hang of code that is not ours.
    pub(crate) fn foreign(what: impl Into<String>) -> Self {
        Self { fault: Fault::Foreign, what: what.into() }
    }
}

/// Whose code is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Code of this repository.
    Own,
    /// HDF5, an engine, the dynamic loader. It is counted and kept, and fails no run.
    Foreign,
}

/// Where a target runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In this process: our own readers.
    InProcess,
    /// In the command, as foreign code may crash or hang in it.
    Command,
}

/// How an input is damaged in a way of the target's own.
pub(crate) type OwnMutation = fn(&mut Input, &mut Random);

/// A reader that is fuzzed.
pub(crate) struct Target {
    /// What it is called on the command line, and in the names of directories.
    pub(crate) name: &'static str,
    /// What it reads, for the list.
    pub(crate) about: &'static str,
    /// Where it runs.
    pub(crate) place: Place,
    /// The inputs that all others are made of.
    pub(crate) seeds: fn() -> Result<Vec<Input>, String>,
    /// Words of the format.
    pub(crate) words: &'static [&'static [u8]],
    /// What knows the format and damages half of the inputs.
    pub(crate) own_mutation: Option<OwnMutation>,
    /// Reads an input, with a directory to write into. Refusing it in a sentence is fine.
    pub(crate) run: fn(&Input, &Path) -> Result<(), Finding>,
}

/// All targets.
pub(crate) static TARGETS: &[&Target] = &[
    &targets::vcf::TARGET,
    &targets::bcf::TARGET,
    &targets::variant_index::TARGET,
    &targets::fasta::TARGET,
    &targets::bed::TARGET,
    &targets::description::TARGET,
    &targets::group::TARGET,
    &targets::onnx::TARGET,
    &targets::file_kind::TARGET,
    &targets::torch_archive::TARGET,
    &targets::plugin_file::TARGET,
    &targets::typed::TARGET,
    &targets::number::TARGET,
    &targets::hdf5::TARGET,
    &targets::engine::TARGET,
    &targets::library::TARGET,
];

/// The target of this name.
pub(crate) fn named(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().copied().find(|target| target.name == name).ok_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        format!("there is no target `{name}`; the targets are {}", known.join(", "))
    })
}

/// The root of the project.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The directory of this crate's inputs of one kind: `regressions` or `findings`.
pub(crate) fn stored(kind: &str, target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_known() {
        for target in TARGETS {
            assert!(std::ptr::eq(named(target.name).unwrap(), *target), "{} is the name of two targets", target.name);
        }
        let error = named("vfc").err().unwrap();
        assert!(error.starts_with("there is no target `vfc`; the targets are vcf, bcf, "), "{error}");
    }
}
