//! Files that are complete and appear together.

use super::{
    AtomicFile, ScoreTables, SinkError,
    commit::commit,
    text_index::{IndexFile, index_paths},
};
use crate::warning::{Warning, WarningCode};
use std::path::{Path, PathBuf};

/// What completed sinks leave: files that wait to be put under their names, and what is to be said of the run.
#[derive(Debug, Default)]
pub struct PendingFiles {
    /// Complete files, in the order in which they shall appear.
    pub(super) files: Vec<AtomicFile>,
    /// Files that describe what stood under those names before, and would be wrong now.
    pub(super) stale: Vec<PathBuf>,
    /// What the user should know.
    pub(super) warnings: Vec<Warning>,
    /// Values of an earlier run that were replaced.
    pub(super) replaced: u64,
    /// Scores that were collected in memory.
    pub(super) tables: Option<ScoreTables>,
}

impl PendingFiles {
    /// A single file.
    pub(crate) fn file(file: AtomicFile) -> Self {
        Self { files: vec![file], ..Self::default() }
    }

    /// A file with its index, or with a warning that says why it has none. What stood under the names of indexes goes.
    pub(super) fn indexed(path: &Path, file: AtomicFile, index: IndexFile) -> Self {
        let mut pending = Self { stale: index_paths(path).into(), ..Self::file(file) };
        match index {
            Ok(file) => pending.files.push(file),
            Err(reason) => {
                let text = format!("{} has no index: {reason}", path.display());
                pending.warn(Some(Warning::new(WarningCode::IndexNotWritten, text)));
            }
        }
        pending
    }

    /// Takes in what another sink leaves. Sinks of one run replace the same values, which count once.
    pub(crate) fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.stale.extend(other.stale);
        self.warnings.extend(other.warnings);
        self.replaced = self.replaced.max(other.replaced);
        self.tables = self.tables.take().or(other.tables);
    }

    /// Adds a warning, if there is one.
    pub(crate) fn warn(&mut self, warning: Option<Warning>) {
        self.warnings.extend(warning);
    }

    /// What the user should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Values of an earlier run that were replaced.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// The scores that a [`MemorySink`](super::MemorySink) has collected, if there was one.
    pub fn take_tables(&mut self) -> Option<ScoreTables> {
        self.tables.take()
    }

    /// Puts the files under their names, once the disk has them. Either all appear, or every name holds what it held.
    ///
    /// # Errors
    /// [`SinkError::Write`]: a stale file cannot be removed, or a file cannot be put to disk or renamed.
    /// [`SinkError::PartlyInPlace`] if, besides, not all could be undone.
    pub fn commit(self) -> Result<(), SinkError> {
        commit(self.files, self.stale)
    }
}
