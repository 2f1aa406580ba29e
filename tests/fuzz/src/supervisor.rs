//! Fuzzes a target with workers: starts one anew where the last one crashed, and keeps the inputs that did it.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::command_line::Inputs;
use crate::message::{self, Message};
use crate::patience;
use crate::target::{Finding, Place, Target};
use crate::worker::Progress;

/// How long a worker may be at one input.
const MOST_TIME: Duration = Duration::from_secs(10);

/// The same where the input goes through the command, which has a limit of its own.
const MOST_TIME_OF_COMMAND: Duration = Duration::from_secs(60);

/// How many inputs were read, and what some of them showed.
#[derive(Debug, Default)]
pub(crate) struct Fuzzed {
    /// How many.
    pub(crate) count: u64,
    /// Those with a finding, by their numbers.
    pub(crate) findings: Vec<(u64, Finding)>,
}

/// Reads inputs of a seed for some time.
pub(crate) fn fuzz(target: &'static Target, seed: u64, time: Duration) -> io::Result<Fuzzed> {
    /// After so many crashes the target rests: each costs a start.
    const MOST_CRASHES: usize = 40;

    let end = Instant::now() + time;
    let mut fuzzed = Fuzzed::default();
    let mut from = 0;
    for _ in 0..MOST_CRASHES {
        let left = end.saturating_duration_since(Instant::now());
        // A worker counts whole seconds.
        let inputs = Inputs::Made { seed, from, time: Duration::from_secs(left.as_secs_f64().ceil() as u64) };
        let worked = work(target, &inputs)?;
        fuzzed.findings.extend(worked.findings);
        let Some((at, finding)) = worked.crash else {
            fuzzed.count += worked.count;
            break;
        };
        fuzzed.count += at + 1 - from;
        fuzzed.findings.push((at, finding));
        from = at + 1;
        if left.is_zero() {
            break;
        }
    }
    Ok(fuzzed)
}

/// What a stored input shows.
pub(crate) fn check(target: &'static Target, directory: &Path) -> io::Result<Option<Finding>> {
    let worked = work(target, &Inputs::Stored(directory.to_owned()))?;
    let said = worked.findings.into_iter().next().map(|(_, finding)| finding);
    Ok(worked.crash.map(|(_, finding)| finding).or(said))
}

/// What a worker did.
struct Worked {
    count: u64,
    findings: Vec<(u64, Finding)>,
    /// The input at which it ended too soon, and how.
    crash: Option<(u64, Finding)>,
}

/// Runs a worker to its end.
fn work(target: &'static Target, inputs: &Inputs) -> io::Result<Worked> {
    let scratch = scratch()?;
    let path = scratch.path();
    let (out, err) = (path.join("worker-out.txt"), path.join("worker-err.txt"));
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(target.name).arg("--worker").arg(path);
    match inputs {
        Inputs::Stored(directory) => {
            command.arg("--input").arg(directory);
        }
        Inputs::Made { seed, from, time } => {
            for (option, number) in [("--seed", *seed), ("--from", *from), ("--seconds", time.as_secs())] {
                command.arg(option).arg(number.to_string());
            }
        }
    }
    command.env("RUST_BACKTRACE", "0").stdin(Stdio::null()).stdout(File::create(&out)?).stderr(File::create(&err)?);
    let most = if target.place == Place::InProcess { MOST_TIME } else { MOST_TIME_OF_COMMAND };
    let status = patience::wait(command.spawn()?, most, || Progress::of(path))?;
    let mut worked = Worked { count: 0, findings: Vec::new(), crash: None };
    for said in read(&out).lines().filter_map(message::parse) {
        match said {
            Message::Finding { number, finding } => worked.findings.push((number, finding)),
            Message::End { count } => worked.count = count,
        }
    }
    if !status.is_some_and(|status| status.success()) {
        let at = Progress::of(path).unwrap_or(0);
        worked.crash = Some((at, crash(status, &read(&err), most)));
    }
    Ok(worked)
}

/// How a worker ended, as a finding. Our own code runs in it, whatever the target.
fn crash(status: Option<ExitStatus>, said: &str, most: Duration) -> Finding {
    // A panic that aborts says first what it is.
    let is_cause = |line: &&str| line.contains("panicked at") || line.contains("memory allocation");
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing is said");
    let last = said.lines().find(is_cause).unwrap_or(last);
    let Some(status) = status else { return Finding::own(format!("no end after {} s", most.as_secs())) };
    match status.signal() {
        Some(signal) => Finding::own(format!("ended by signal {signal}: {last}")),
        None => Finding::own(format!("the worker failed: {last}")),
    }
}

/// A directory in memory where there is one: every input is written there.
pub(crate) fn scratch() -> io::Result<TempDir> {
    let memory = PathBuf::from("/dev/shm");
    let directory = if memory.is_dir() { memory } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("kipos-fuzz-").tempdir_in(directory)
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_by_a_signal_or_none_at_all_is_a_finding() {
        let said = "memory allocation of 4831838208 bytes failed\n\n";
        let ended = crash(Some(ExitStatus::from_raw(6)), said, MOST_TIME);
        let expected = "ended by signal 6: memory allocation of 4831838208 bytes failed";
        assert_eq!(ended, Finding::own(expected));
        assert_eq!(crash(None, "", MOST_TIME), Finding::own("no end after 10 s"));
    }
}
