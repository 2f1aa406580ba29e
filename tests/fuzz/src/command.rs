//! Runs the command on an input: what it must not do, whatever foreign code does in it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use crate::patience;
use crate::target::Finding;

/// A command that takes longer is hung.
const MOST_TIME: Duration = Duration::from_secs(20);

/// Kibibytes of address space: engines ask for much of it.
const MOST_MEMORY: u64 = 6 << 20;

/// The command `kipos`, which the build has left beside this executable or, for a test, one directory above.
pub(crate) fn kipos() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("this executable has no path: {error}"))?;
    let beside = own.ancestors().skip(1).take(2).map(|directory| directory.join("kipos"));
    beside.into_iter().find(|path| path.is_file()).ok_or_else(|| "kipos is not built; run `cargo xtask fuzz`".into())
}

/// Runs `kipos` in the directory `scratch`, with state and home of its own there.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: &[A], scratch: &Path) -> Result<(), Finding> {
    let environment = |error: io::Error| Finding::foreign(format!("cannot run the command: {error}"));
    let program = kipos().map_err(Finding::own)?;
    let (out, err) = (scratch.join("stdout.txt"), scratch.join("stderr.txt"));
    let mut command = Command::new("sh");
    // Without unsafe code, only a shell sets a limit for one child.
    command.args(["-c", &format!("ulimit -c 0; ulimit -v {MOST_MEMORY}; exec \"$@\""), "sh"]);
    command.arg(program).args(arguments).current_dir(scratch).stdin(Stdio::null());
    command.stdout(File::create(&out).map_err(environment)?).stderr(File::create(&err).map_err(environment)?);
    for name in ["XDG_STATE_HOME", "XDG_DATA_HOME", "HOME"] {
        command.env(name, scratch.join("home"));
    }
    // A library that does not come back is given up by the command itself, before this program gives up the command.
    command.env("KIPOS_HDF5_SECONDS", "5");
    for name in ["KIPOS_PLUGIN_PATH", "KIPOS_FASTA", "KIPOS_ZOO", "KIPOS_PYTHON", "KIPOS_ONNXRUNTIME"] {
        command.env_remove(name);
    }
    let child = command.spawn().map_err(environment)?;
    let status = patience::wait(child, MOST_TIME, || None).map_err(environment)?;
    let said = String::from_utf8_lossy(&fs::read(&err).unwrap_or_default()).into_owned();
    judge(status, &said)?;
    check_left_overs(scratch)
}

/// A command ends by itself, with 0 or with a sentence.
fn judge(status: Option<ExitStatus>, said: &str) -> Result<(), Finding> {
    let Some(status) = status else {
        return Err(Finding::foreign(format!("no end after {} s", MOST_TIME.as_secs())));
    };
    let last = said.lines().last().unwrap_or_default();
    if let Some(line) = said.lines().find(|line| line.contains("internal error") || line.contains("panicked at")) {
        return Err(Finding::own(line));
    }
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(1 | 2), _) if said.lines().any(|line| line.starts_with("error: ")) => Ok(()),
        (Some(code), _) => Err(Finding::own(format!("exit code {code} and the last line `{last}`"))),
        (None, signal) => {
            Err(Finding::foreign(format!("ended by signal {}, the last line is `{last}`", signal.unwrap_or(0))))
        }
    }
}

/// After an end of its own a command leaves no partial file.
fn check_left_overs(directory: &Path) -> Result<(), Finding> {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(()) };
    let mut names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    match names.find(|name| name.ends_with(".partial")) {
        Some(name) => Err(Finding::own(format!("{name} is left"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Fault;

    fn ended(status: i32, said: &str) -> Result<(), Finding> {
        judge(Some(ExitStatus::from_raw(status)), said)
    }

    #[test]
    fn an_end_with_a_sentence_is_fine() {
        assert_eq!(ended(0, ""), Ok(()));
        assert_eq!(ended(1 << 8, "warning: a\nerror: b\n"), Ok(()));
        assert_eq!(ended(2 << 8, "error: b\n"), Ok(()));
    }

    #[test]
    fn other_ends_are_findings_of_whose_fault_they_are() {
        let fault = |result: Result<(), Finding>| result.unwrap_err().fault;
        assert_eq!(fault(ended(1 << 8, "nothing of use\n")), Fault::Own);
        assert_eq!(fault(ended(101 << 8, "thread 'main' panicked at a.rs:1:1\n")), Fault::Own);
        assert_eq!(fault(ended(1 << 8, "error: internal error: a; please report this\n")), Fault::Own);
        assert_eq!(fault(ended(11, "")), Fault::Foreign);
        assert_eq!(fault(judge(None, "")), Fault::Foreign);
    }

    #[test]
    fn a_left_over_is_found() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(check_left_overs(directory.path()), Ok(()));
        fs::write(directory.path().join(".o.vcf.a8.partial"), "").unwrap();
        assert_eq!(check_left_overs(directory.path()).unwrap_err().what, ".o.vcf.a8.partial is left");
    }
}
