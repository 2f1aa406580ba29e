//! What is asked of this program.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::target::{self, TARGETS, Target};

/// Shown by `--help`.
pub(crate) const USAGE: &str = "\
usage: cargo xtask fuzz [TARGET]... [--seconds N] [--seed S] [--jobs N] [--list]
       cargo xtask fuzz TARGET --input DIRECTORY

Feeds damaged files to the readers of kipos. Without a TARGET, all of them; `--list` lists them.

  --seconds N        for each target, after its regressions; 15 if not given
  --seed S           inputs with the same seed are the same; 1 if not given
  --jobs N           targets at a time; as many as the machine has cores if not given
  --input DIRECTORY  reads this one input, as it is, in this process

Findings are kept under tests/fuzz/findings/TARGET, made as small as a short trial can. Move one that is mended to
tests/fuzz/regressions/TARGET: every run and `cargo test` read those again.";

/// What to do.
pub(crate) enum Task {
    /// Print the usage.
    Help,
    /// Print the targets.
    List,
    /// Read one stored input here.
    Input(&'static Target, PathBuf),
    /// Fuzz.
    Fuzz(Plan),
    /// Be the process that reads inputs, for a supervisor.
    Work(Work),
}

/// What a run fuzzes.
pub(crate) struct Plan {
    /// The targets.
    pub(crate) targets: Vec<&'static Target>,
    /// For each target.
    pub(crate) time: Duration,
    /// What inputs follow from.
    pub(crate) seed: u64,
    /// Targets at a time.
    pub(crate) jobs: usize,
}

/// What a worker does.
pub(crate) struct Work {
    /// The target.
    pub(crate) target: &'static Target,
    /// Which inputs it reads.
    pub(crate) inputs: Inputs,
    /// The directory that it may write into; it says in a file of it at which input it is.
    pub(crate) scratch: PathBuf,
}

/// Inputs of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// Those of a seed, from this number on, for this long.
    Made {
        /// What they follow from.
        seed: u64,
        /// The number of the first.
        from: u64,
        /// How long.
        time: Duration,
    },
    /// One that lies in a directory.
    Stored(PathBuf),
}

/// Reads the arguments behind the name of the program.
pub(crate) fn parse(arguments: &[String]) -> Result<Task, String> {
    let mut plan = Plan {
        targets: Vec::new(),
        time: Duration::from_secs(15),
        seed: 1,
        jobs: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let (mut input, mut scratch, mut from) = (None, None, None);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "-h" | "--help" => return Ok(Task::Help),
            "--list" => return Ok(Task::List),
            "--seconds" => plan.time = Duration::from_secs(number(argument, value()?)?),
            "--seed" => plan.seed = number(argument, value()?)?,
            "--jobs" => plan.jobs = number::<usize>(argument, value()?)?.max(1),
            "--input" => input = Some(PathBuf::from(value()?)),
            "--worker" => scratch = Some(PathBuf::from(value()?)),
            "--from" => from = Some(number(argument, value()?)?),
            _ if argument.starts_with('-') => {
                return Err(format!("there is no option `{argument}`; see `cargo xtask fuzz --help`"));
            }
            name => plan.targets.push(target::named(name)?),
        }
    }
    let only = match plan.targets[..] {
        [only] => Ok(only),
        _ => Err("an input belongs to one target; name it".to_owned()),
    };
    match (scratch, input) {
        (Some(scratch), Some(input)) => Ok(Task::Work(Work { target: only?, inputs: Inputs::Stored(input), scratch })),
        (Some(scratch), None) => {
            let inputs = Inputs::Made { seed: plan.seed, from: from.unwrap_or(0), time: plan.time };
            Ok(Task::Work(Work { target: only?, inputs, scratch }))
        }
        (None, Some(input)) => Ok(Task::Input(only?, input)),
        (None, None) => {
            if plan.targets.is_empty() {
                plan.targets = TARGETS.to_vec();
            }
            Ok(Task::Fuzz(plan))
        }
    }
}

fn number<T: FromStr>(option: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{option} needs a whole number, not `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    fn error(line: &str) -> String {
        parsed(line).err().unwrap()
    }

    #[test]
    fn all_targets_are_fuzzed_unless_some_are_named() {
        let Ok(Task::Fuzz(plan)) = parsed("") else { panic!("not a plan") };
        assert_eq!((plan.targets.len(), plan.time, plan.seed), (TARGETS.len(), Duration::from_secs(15), 1));
        let Ok(Task::Fuzz(plan)) = parsed("vcf bed --seconds 3 --seed 9 --jobs 0") else { panic!("not a plan") };
        let names: Vec<&str> = plan.targets.iter().map(|target| target.name).collect();
        assert_eq!((names, plan.time, plan.seed, plan.jobs), (vec!["vcf", "bed"], Duration::from_secs(3), 9, 1));
    }

    #[test]
    fn a_worker_knows_its_inputs() {
        let Ok(Task::Work(work)) = parsed("vcf --worker /s --seed 2 --from 7 --seconds 1") else { panic!("no worker") };
        assert_eq!(work.inputs, Inputs::Made { seed: 2, from: 7, time: Duration::from_secs(1) });
        let Ok(Task::Work(work)) = parsed("vcf --worker /s --input /i") else { panic!("no worker") };
        assert_eq!((work.inputs, work.scratch), (Inputs::Stored("/i".into()), "/s".into()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(error("vfc").starts_with("there is no target `vfc`; the targets are vcf, "));
        assert_eq!(error("--seconds x"), "--seconds needs a whole number, not `x`");
        assert_eq!(error("--seed"), "--seed needs a value");
        assert_eq!(error("--fast"), "there is no option `--fast`; see `cargo xtask fuzz --help`");
        assert_eq!(error("--input d"), "an input belongs to one target; name it");
    }
}
