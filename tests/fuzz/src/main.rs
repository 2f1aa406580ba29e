//! Feeds damaged files to every reader of kipos, without tools that stable Rust lacks.
//!
//! A supervisor (this process) starts workers (this program again), which damage known inputs and read them. A worker may
//! panic, crash, hang or ask for too much memory; the supervisor knows at which input it was, as inputs follow from a seed
//! and their number, keeps that input, makes it smaller, and goes on behind it. Our own readers run in the worker itself.
//! Foreign code (HDF5, the engine, the dynamic loader) runs in the command `kipos`, which the worker starts.

mod bgzip;
mod command;
mod command_line;
mod input;
mod keep;
mod message;
mod mutation;
mod patience;
mod random;
mod shrink;
mod supervisor;
mod target;
mod targets;
mod worker;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use command_line::{Plan, Task, USAGE};
use input::Input;
use target::{Fault, Place, TARGETS, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    match command_line::parse(&arguments).and_then(run) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing was found.
fn run(task: Task) -> Result<bool, String> {
    match task {
        Task::Help => say(USAGE),
        Task::List => TARGETS.iter().for_each(|target| say(&format!("{:14} {}", target.name, target.about))),
        Task::Work(work) => worker::run(&work)?,
        Task::Input(target, directory) => {
            let input = Input::read(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
            let scratch = supervisor::scratch().map_err(|error| error.to_string())?;
            let read = worker::read(target, &input, scratch.path());
            say(&read.as_ref().map_or_else(|finding| finding.what.clone(), |()| "nothing to see".into()));
            return Ok(read.is_ok());
        }
        Task::Fuzz(plan) => return fuzz_all(&plan),
    }
    Ok(true)
}

/// Fuzzes targets, several at a time; whether none has a finding of our own.
fn fuzz_all(plan: &Plan) -> Result<bool, String> {
    let next = AtomicUsize::new(0);
    let (own, problem) = (AtomicUsize::new(0), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs.min(plan.targets.len()) {
            scope.spawn(|| {
                while let Some(target) = plan.targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match fuzz_one(target, plan) {
                        Ok(count) => {
                            own.fetch_add(count, Ordering::Relaxed);
                        }
                        Err(error) => {
                            let text = format!("{}: {error}", target.name);
                            problem.lock().unwrap_or_else(|lock| lock.into_inner()).get_or_insert(text);
                        }
                    }
                }
            });
        }
    });
    match problem.into_inner().unwrap_or_else(|lock| lock.into_inner()) {
        Some(error) => Err(error),
        None => Ok(own.into_inner() == 0),
    }
}

/// Reads the regressions of a target, then new inputs; how many kinds of findings are of our own.
fn fuzz_one(target: &'static Target, plan: &Plan) -> io::Result<usize> {
    let start = Instant::now();
    let mut own = 0;
    let regressions = keep::stored_inputs(&target::stored("regressions", target))?;
    for directory in &regressions {
        if let Some(finding) = supervisor::check(target, directory)? {
            own += usize::from(finding.fault == Fault::Own);
            say(&format!("{}: {}: {}", target.name, directory.display(), finding.what));
        }
    }
    let fuzzed = supervisor::fuzz(target, plan.seed, plan.time)?;
    let kinds = keep::kinds(fuzzed.findings);
    for kind in &kinds {
        own += usize::from(kind.finding.fault == Fault::Own);
        let kept = keep::keep(target, plan.seed, kind)?;
        say(&format!(
            "{}: {} (input {}, {} of this kind): {}",
            target.name,
            kept.display(),
            kind.number,
            kind.count,
            kind.finding.what
        ));
    }
    let foreign =
        kinds.iter().filter(|kind| kind.finding.fault == Fault::Foreign).map(|kind| kind.count).sum::<usize>();
    let place = if target.place == Place::Command { " through the command" } else { "" };
    say(&format!(
        "{}: {} inputs{place} and {} regressions in {} s, {own} kinds of faults{}",
        target.name,
        fuzzed.count,
        regressions.len(),
        start.elapsed().as_secs(),
        if target.place == Place::Command { format!(", {foreign} crashes of foreign code") } else { String::new() },
    ));
    Ok(own)
}

/// Prints a line. Nobody reading it is no reason to stop.
fn say(line: &str) {
    writeln!(io::stdout(), "{line}").ok();
}
