//! Kills the command, fills its disk, takes its descriptors, closes its pipes, and looks at what it leaves.
//!
//! Whatever happens to a run: no wrong file is under a final name, no plugin is given up, and partial files stay only after
//! SIGKILL, until the next run there.

mod after;
mod descriptors;
mod disk;
mod jobs;
mod kills;
mod phase;
mod pipes;
mod random;
mod running;

use std::io::{self, Write};
use std::process::ExitCode;

use jobs::Yard;

/// Shown by `--help`.
const USAGE: &str = "\
usage: cargo xtask torture [kills] [disk] [descriptors] [pipes] [--rounds N] [--seed S]

Without a name, all of them. Linux only, as the phase of a run is read from /proc.

  --rounds N   kills and signals, 200 if not given; a tenth of them in every phase
  --seed S     what the times of kills follow from, 1 if not given";

/// What is done to runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Torture {
    /// Signals at any time.
    Kills,
    /// No room for the outputs.
    Disk,
    /// Too few descriptors.
    Descriptors,
    /// Closed streams.
    Pipes,
}

/// Each with its name.
const TORTURES: [(&str, Torture); 4] = [
    ("kills", Torture::Kills),
    ("disk", Torture::Disk),
    ("descriptors", Torture::Descriptors),
    ("pipes", Torture::Pipes),
];

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    tortures: Vec<Torture>,
    rounds: usize,
    seed: u64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if arguments.iter().any(|word| matches!(word.as_str(), "-h" | "--help")) {
        say(USAGE);
        return ExitCode::SUCCESS;
    }
    match parse(&arguments).and_then(|plan| run(&plan)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// How many things were found that must not be.
fn run(plan: &Plan) -> Result<usize, String> {
    let yard = Yard::new()?;
    let mut count = 0;
    for torture in &plan.tortures {
        let findings = match torture {
            Torture::Kills => kills::run(&yard, plan.rounds, plan.seed)?,
            Torture::Disk => disk::run(&yard)?,
            Torture::Descriptors => descriptors::run(&yard)?,
            Torture::Pipes => pipes::run(&yard)?,
        };
        count += findings.len();
        findings.iter().for_each(|finding| say(&format!("FOUND {finding}")));
    }
    say(&format!("{count} findings"));
    Ok(count)
}

fn parse(arguments: &[String]) -> Result<Plan, String> {
    let mut plan = Plan { tortures: Vec::new(), rounds: 200, seed: 1 };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
            value.parse::<u64>().map_err(|_| format!("{argument} needs a whole number, not `{value}`"))
        };
        match argument.as_str() {
            "--rounds" => plan.rounds = number()? as usize,
            "--seed" => plan.seed = number()?,
            name => match TORTURES.iter().find(|(known, _)| *known == name) {
                Some((_, torture)) => plan.tortures.push(*torture),
                None => return Err(format!("there is no `{name}`; see `cargo xtask torture --help`")),
            },
        }
    }
    if plan.tortures.is_empty() {
        plan.tortures = TORTURES.map(|(_, torture)| torture).to_vec();
    }
    Ok(plan)
}

/// Prints a line. Nobody reading it is no reason to stop.
fn say(line: &str) {
    writeln!(io::stdout(), "{line}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Plan, String> {
        parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn all_is_done_unless_something_is_named() {
        assert_eq!(parsed("").map(|plan| plan.tortures.len()), Ok(4));
        let plan = Plan { tortures: vec![Torture::Pipes, Torture::Disk], rounds: 5, seed: 9 };
        assert_eq!(parsed("pipes disk --rounds 5 --seed 9"), Ok(plan));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parsed("fire"), Err("there is no `fire`; see `cargo xtask torture --help`".into()));
        assert_eq!(parsed("--rounds"), Err("--rounds needs a value".into()));
        assert_eq!(parsed("--seed x"), Err("--seed needs a whole number, not `x`".into()));
    }
}
