//! What a run has left.

use std::fs;
use std::path::Path;

use crate::jobs::{Job, Yard};
use crate::phase::OLD;

/// How many outputs are new, and how many are not there or old.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Outputs {
    /// Right and new.
    pub(crate) new: usize,
    /// Absent, or what stood there before.
    pub(crate) untouched: usize,
}

/// Looks at the final names of a job; a file that is neither old nor right is a finding, and one that was there and is gone.
pub(crate) fn outputs(job: &Job, place: &Path, with_old: bool, findings: &mut Vec<String>) -> Outputs {
    let mut outputs = Outputs::default();
    for output in &job.outputs {
        match fs::read(place.join(&output.name)) {
            Ok(bytes) if output.is_right(&bytes) => outputs.new += 1,
            Ok(bytes) if bytes == OLD => outputs.untouched += 1,
            Ok(bytes) => findings.push(format!("{} is wrong ({} bytes)", output.name, bytes.len())),
            // An old index goes before its file is replaced, as it would be wrong after that.
            Err(_) if with_old && output.is_asked() => findings.push(format!("{} was there and is gone", output.name)),
            Err(_) => outputs.untouched += 1,
        }
    }
    outputs
}

/// Hidden files, which partial files are, are a finding; `when` says since when.
pub(crate) fn left_overs(place: &Path, when: &str, findings: &mut Vec<String>) {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let names: Vec<String> = names.filter(|name| name.starts_with('.')).collect();
    if !names.is_empty() {
        findings.push(format!("left {when}: {}", names.join(", ")));
    }
}

/// The next run in the same directory works, and leaves no hidden file, of whichever run.
pub(crate) fn next_run(yard: &Yard, place: &Path, findings: &mut Vec<String>) -> Result<(), String> {
    let output = yard.next_run(place)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        findings.push(format!("the next run fails ({}): {said}", output.status));
    }
    left_overs(place, "after the next run", findings);
    Ok(())
}

/// What a run said, in one line.
pub(crate) fn said(file: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned();
    text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" | ")
}

/// A panic or an internal error is a finding; whether there is none.
pub(crate) fn no_panic(said: &str, findings: &mut Vec<String>) -> bool {
    let is_none = !said.contains("internal error") && !said.contains("panicked at");
    if !is_none {
        findings.push(format!("it says: {said}"));
    }
    is_none
}

/// A run that fails says why, in a sentence; and nothing panics.
pub(crate) fn sentence(said: &str, findings: &mut Vec<String>) {
    if no_panic(said, findings) && !said.contains("error: ") {
        findings.push(format!("it fails without a sentence: {said}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_files_are_left_and_others_are_not() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("o.vcf"), "").unwrap();
        let mut findings = Vec::new();
        left_overs(place.path(), "by the run", &mut findings);
        assert_eq!(findings, [""; 0]);
        fs::write(place.path().join(".o.vcf.a8.partial"), "").unwrap();
        left_overs(place.path(), "by the run", &mut findings);
        assert_eq!(findings, ["left by the run: .o.vcf.a8.partial"]);
    }

    #[test]
    fn a_failure_says_why_and_does_not_panic() {
        let found = |said: &str| {
            let mut findings = Vec::new();
            sentence(said, &mut findings);
            findings
        };
        assert_eq!(found("warning: a | error: no room"), [""; 0]);
        assert_eq!(found("Aborted"), ["it fails without a sentence: Aborted"]);
        assert_eq!(found("error: internal error: a"), ["it says: error: internal error: a"]);
    }
}
