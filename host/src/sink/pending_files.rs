//! Files that are complete and appear together.

use super::{AtomicFile, ScoreTables, SinkError, commit::commit};
use std::path::PathBuf;

/// What completed sinks leave: files that wait to be put under their names, and what is to be said of the run.
#[derive(Debug, Default)]
pub struct PendingFiles {
    /// Complete files, in the order in which they shall appear.
    pub(super) files: Vec<AtomicFile>,
    /// Files that describe what stood under those names before, and would be wrong now.
    pub(super) stale: Vec<PathBuf>,
    /// Sentences for the user.
    pub(super) warnings: Vec<String>,
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

    /// Takes in what another sink leaves. Sinks of one run replace the same values, which count once.
    pub(crate) fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.stale.extend(other.stale);
        self.warnings.extend(other.warnings);
        self.replaced = self.replaced.max(other.replaced);
        self.tables = self.tables.take().or(other.tables);
    }

    /// Adds a sentence for the user, if there is one.
    pub(crate) fn warn(&mut self, warning: Option<String>) {
        self.warnings.extend(warning);
    }

    /// Sentences for the user.
    pub fn warnings(&self) -> &[String] {
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
