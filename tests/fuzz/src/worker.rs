//! The process that reads inputs. It may crash, hang, or ask for too much memory: its supervisor sees at which input.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::command_line::{Inputs, Work};
use crate::input::Input;
use crate::message::{self, Message};
use crate::mutation::mutate;
use crate::random::Random;
use crate::target::{Fault, Finding, Place, Target};

/// The address space of a worker whose target reads in process. No input has more than a few MiB.
const MOST_MEMORY: u64 = 1 << 30;

/// The stack of the thread that reads: that of every thread which a library does not ask more for.
const STACK: usize = 2 << 20;

/// After so many findings of our own the worker ends: what is broken so often needs no more examples.
const MOST_FINDINGS: usize = 20;

/// Does what a supervisor asks for, and says what it finds on standard output.
pub(crate) fn run(work: &Work) -> Result<(), String> {
    if work.target.place == Place::InProcess {
        setrlimit(Resource::As, Rlimit { current: Some(MOST_MEMORY), maximum: Some(MOST_MEMORY) })
            .map_err(|error| format!("cannot limit the memory: {error}"))?;
    }
    panic::set_hook(Box::new(|info| {
        LAST_PANIC.with(|last| *last.borrow_mut() = info.to_string().replace('\n', " "));
    }));
    thread::scope(|scope| {
        let reads = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || read_inputs(work));
        let reads = reads.map_err(|error| format!("cannot start a thread: {error}"))?;
        reads.join().unwrap_or_else(|_| Err("the worker itself panicked".into()))
    })
}

thread_local! {
    /// What the panic hook was told, of this thread.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

fn read_inputs(work: &Work) -> Result<(), String> {
    let &Work { target, ref inputs, ref scratch } = work;
    match inputs {
        Inputs::Stored(directory) => {
            let input = Input::read(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
            if let Err(finding) = read(target, &input, scratch) {
                message::say(&Message::Finding { number: 0, finding });
            }
            Ok(())
        }
        &Inputs::Made { seed, from, time } => {
            let progress = Progress::create(scratch).map_err(|error| error.to_string())?;
            let seeds = (target.seeds)()?;
            let start = Instant::now();
            let (mut number, mut findings) = (from, 0);
            while start.elapsed() < time && findings < MOST_FINDINGS {
                progress.set(number).map_err(|error| error.to_string())?;
                if let Err(finding) = read(target, &made(target, &seeds, seed, number), scratch) {
                    findings += usize::from(finding.fault == Fault::Own);
                    message::say(&Message::Finding { number, finding });
                }
                number += 1;
            }
            message::say(&Message::End { count: number - from });
            Ok(())
        }
    }
}

/// The input of a number: the first are the seeds as they are.
pub(crate) fn made(target: &Target, seeds: &[Input], seed: u64, number: u64) -> Input {
    if let Some(input) = usize::try_from(number).ok().and_then(|number| seeds.get(number)) {
        return input.clone();
    }
    let mut random = Random::of_input(seed, target.name, number);
    let mut input = random.pick(seeds).cloned().unwrap_or_default();
    match target.own_mutation.filter(|_| !random.one_in(2)) {
        Some(mutate) => mutate(&mut input, &mut random),
        None => mutate(&mut input, seeds, target.words, &mut random),
    }
    input
}

/// Lets the target read an input; a panic is a finding.
pub(crate) fn read(target: &Target, input: &Input, scratch: &Path) -> Result<(), Finding> {
    panic::catch_unwind(AssertUnwindSafe(|| (target.run)(input, scratch)))
        .unwrap_or_else(|payload| Err(Finding::own(panic_text(payload.as_ref()))))
}

/// What a panic said: of an internal error, which passes the hook by, its own text.
fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    match payload.downcast_ref::<kipos::InternalError>() {
        Some(error) => error.to_string(),
        None => LAST_PANIC.with(|last| last.borrow().clone()),
    }
}

/// The file that says at which input a worker is.
pub(crate) struct Progress(File);

impl Progress {
    fn create(scratch: &Path) -> io::Result<Self> {
        OpenOptions::new().create(true).truncate(true).write(true).open(path(scratch)).map(Self)
    }

    fn set(&self, number: u64) -> io::Result<()> {
        self.0.write_all_at(&number.to_le_bytes(), 0)
    }

    /// At which input the worker of this directory is; `None` before its first.
    pub(crate) fn of(scratch: &Path) -> Option<u64> {
        let mut bytes = [0; 8];
        File::open(path(scratch)).and_then(|file| file.read_exact_at(&mut bytes, 0)).ok()?;
        Some(u64::from_le_bytes(bytes))
    }
}

fn path(scratch: &Path) -> PathBuf {
    scratch.join("at-input")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::TARGETS;

    #[test]
    fn every_target_reads_its_seeds() {
        let scratch = tempfile::tempdir().unwrap();
        for target in TARGETS {
            let seeds = (target.seeds)().unwrap_or_else(|error| panic!("{}: {error}", target.name));
            assert!(!seeds.is_empty(), "{} has no seeds", target.name);
            for (number, seed) in seeds.iter().enumerate() {
                let read = read(target, seed, scratch.path());
                assert_eq!(read, Ok(()), "seed {number} of {}", target.name);
            }
        }
    }

    #[test]
    fn a_panic_is_a_finding_of_our_own() {
        let target = Target {
            name: "panics",
            about: "",
            place: Place::InProcess,
            seeds: || Ok(vec![]),
            words: &[],
            own_mutation: None,
            run: |_, _| panic!("at the disco"),
        };
        let finding = read(&target, &Input::default(), Path::new("")).unwrap_err();
        assert_eq!(finding.fault, Fault::Own);
    }

    #[test]
    fn progress_is_read_as_it_was_written() {
        let scratch = tempfile::tempdir().unwrap();
        assert_eq!(Progress::of(scratch.path()), None);
        let progress = Progress::create(scratch.path()).unwrap();
        for number in [3, u64::MAX] {
            progress.set(number).unwrap();
            assert_eq!(Progress::of(scratch.path()), Some(number));
        }
    }
}
