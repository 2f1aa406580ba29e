//! In which phase a run is, told from outside: by what the process has mapped and by its files.

use std::fs;
use std::path::Path;

use crate::jobs::Job;

/// What a run is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Reading arguments and descriptions, opening plugins: the engine is not there yet.
    Start,
    /// The engine is there and loads the model; no output is.
    Load,
    /// Outputs are begun, and nothing of the first chunk is in them.
    FirstChunk,
    /// Outputs grow.
    Middle,
    /// Files get their names.
    Commit,
}

impl Phase {
    /// All phases, in their order.
    pub(crate) const ALL: [Self; 5] = [Self::Start, Self::Load, Self::FirstChunk, Self::Middle, Self::Commit];

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Load => "load",
            Self::FirstChunk => "first chunk",
            Self::Middle => "middle",
            Self::Commit => "commit",
        }
    }

    /// The phase of the process, which writes the outputs of a job into `place`.
    pub(crate) fn of(process: u32, job: &Job, place: &Path) -> Self {
        if job.outputs.iter().any(|output| is_new(&place.join(&output.name))) {
            return Self::Commit;
        }
        let partial = partial_files(place);
        // The first bytes of a file are its header; what is written of the first chunk is longer than any.
        match partial.iter().map(|(_, length)| *length).max() {
            Some(longest) if longest > LONGEST_HEADER => Self::Middle,
            Some(_) => Self::FirstChunk,
            None if maps_engine(process) => Self::Load,
            None => Self::Start,
        }
    }
}

/// What stands under a final name before a run, in half of the rounds.
pub(crate) const OLD: &[u8] = b"old\n";

/// Longer than the header of any output that is begun here.
const LONGEST_HEADER: u64 = 16 << 10;

/// Whether a file is there, and not the old one.
fn is_new(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() != OLD.len() as u64)
}

/// The partial files of a directory with their lengths.
pub(crate) fn partial_files(place: &Path) -> Vec<(String, u64)> {
    let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
    let entries = entries.flatten().map(|entry| {
        let length = entry.metadata().map_or(0, |found| found.len());
        (entry.file_name().to_string_lossy().into_owned(), length)
    });
    entries.filter(|(name, _)| name.ends_with(".partial")).collect()
}

/// Whether the process has mapped ONNX Runtime.
fn maps_engine(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/maps")).is_ok_and(|maps| maps.contains("libonnxruntime"))
}

/// Whether the process is stopped (`T`), or gone.
pub(crate) fn is_stopped_or_gone(process: u32) -> bool {
    let Ok(text) = fs::read_to_string(format!("/proc/{process}/stat")) else { return true };
    // The name in parentheses may hold anything.
    let state = text.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next());
    matches!(state, None | Some('T' | 't' | 'Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_files_are_found_with_their_lengths() {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in [("o.tsv", "done"), (".o.tsv.x1.partial", "half"), ("partial", "")] {
            fs::write(place.path().join(name), text).unwrap();
        }
        assert_eq!(partial_files(place.path()), [(".o.tsv.x1.partial".to_owned(), 4)]);
    }

    #[test]
    fn a_process_that_runs_is_not_stopped_and_one_that_never_was_is_gone() {
        assert!(!is_stopped_or_gone(std::process::id()));
        assert!(is_stopped_or_gone(u32::MAX));
    }

    #[test]
    fn a_file_is_new_unless_it_is_the_old_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("o.tsv");
        assert!(!is_new(&path));
        fs::write(&path, OLD).unwrap();
        assert!(!is_new(&path));
        fs::write(&path, "other bytes\n").unwrap();
        assert!(is_new(&path));
    }
}
