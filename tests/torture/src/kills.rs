//! Signals at all times of a run, one by one and to many runs together.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::after;
use crate::jobs::{Job, Yard};
use crate::phase::{OLD, Phase};
use crate::random::Random;
use crate::running::{Running, told};
use crate::say;

/// The signals, each with its number and name.
const SIGNALS: [(Signal, i32, &str); 4] =
    [(Signal::INT, 2, "INT"), (Signal::TERM, 15, "TERM"), (Signal::HUP, 1, "HUP"), (Signal::KILL, 9, "KILL")];

/// Runs that are killed together, as a cluster does.
const HERD: usize = 16;

/// How often.
const HERDS: usize = 12;

/// Kills runs until there were `rounds`, a tenth of them at least in every phase.
pub(crate) fn run(yard: &Yard, rounds: usize, seed: u64) -> Result<Vec<String>, String> {
    let mut random = Random(seed);
    let mut findings = Vec::new();
    let mut phases: BTreeMap<Phase, usize> = BTreeMap::new();
    let mut by_signal: BTreeMap<&str, usize> = BTreeMap::new();
    let times: Vec<BTreeMap<Phase, Duration>> =
        yard.jobs.iter().map(|job| when(yard, job)).collect::<Result<_, _>>()?;
    let (mut done, mut tries) = (0, 0);
    while done < rounds && tries < rounds * 3 {
        tries += 1;
        // Every job meets every signal, with and without older files.
        let at = tries / SIGNALS.len() % yard.jobs.len();
        let least = Phase::ALL.into_iter().min_by_key(|phase| phases.get(phase).copied().unwrap_or(0));
        let wanted = least.unwrap_or(Phase::Middle);
        let (signal, number, name) = SIGNALS[done % SIGNALS.len()];
        let round = Round {
            yard,
            job: &yard.jobs[at],
            times: &times[at],
            wanted,
            signal,
            number,
            with_old: done / SIGNALS.len() % 2 == 1,
        };
        let Some((phase, found)) = round.run(&mut random)? else { continue };
        *phases.entry(phase).or_default() += 1;
        *by_signal.entry(name).or_default() += 1;
        done += 1;
        findings
            .extend(found.into_iter().map(|found| format!("{} {name} in {}: {found}", round.job.name, phase.name())));
    }
    let counted = |phase: Phase| phases.get(&phase).copied().unwrap_or(0);
    say(&format!("{done} kills in {tries} runs: {}", join(Phase::ALL.map(|phase| (phase.name(), counted(phase))))));
    say(&format!("signals: {}", join(by_signal)));
    for phase in Phase::ALL {
        if counted(phase) < rounds / 10 {
            findings.push(format!("only {} kills in {}, of {rounds}", counted(phase), phase.name()));
        }
    }
    herds(yard, &mut random, &mut findings)?;
    Ok(findings)
}

fn join<'a>(counts: impl IntoIterator<Item = (&'a str, usize)>) -> String {
    counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}

/// When each phase of a job begins, if it is left alone.
fn when(yard: &Yard, job: &Job) -> Result<BTreeMap<Phase, Duration>, String> {
    let place = yard.place("times")?;
    let problem = |error: std::io::Error| format!("cannot run kipos: {error}");
    let start = Instant::now();
    let mut running =
        Running::start(&mut yard.kipos(&yard.arguments(job), &place), &yard.path("said.txt")).map_err(problem)?;
    let mut times = BTreeMap::from([(Phase::Start, Duration::ZERO)]);
    while running.ended().map_err(problem)?.is_none() {
        times.entry(Phase::of(running.id(), job, &place)).or_insert_with(|| start.elapsed());
    }
    times.entry(Phase::Commit).or_insert_with(|| start.elapsed());
    Ok(times)
}

/// One kill.
struct Round<'a> {
    yard: &'a Yard,
    job: &'a Job,
    times: &'a BTreeMap<Phase, Duration>,
    /// The phase that is tried for.
    wanted: Phase,
    signal: Signal,
    number: i32,
    /// Whether there are files under the final names before.
    with_old: bool,
}

impl Round<'_> {
    /// The phase that the signal met, and what was wrong after it; `None` if the run was over before.
    fn run(&self, random: &mut Random) -> Result<Option<(Phase, Vec<String>)>, String> {
        let problem = |error: std::io::Error| format!("cannot torture a run: {error}");
        let place = self.yard.place("place")?;
        if self.with_old {
            for output in &self.job.outputs {
                fs::write(place.join(&output.name), OLD).map_err(problem)?;
            }
        }
        let said = self.yard.path("said.txt");
        let start = Instant::now();
        let mut running =
            Running::start(&mut self.yard.kipos(&self.yard.arguments(self.job), &place), &said).map_err(problem)?;
        self.wait_for_phase(&mut running, &place, start, random)?;
        // Stopped, it stays in the phase in which it is seen.
        if !running.freeze().map_err(problem)? {
            return Ok(None);
        }
        let phase = Phase::of(running.id(), self.job, &place);
        running.signal(self.signal).map_err(problem)?;
        running.signal(Signal::CONT).map_err(problem)?;
        let status = running.wait().map_err(problem)?;
        let mut findings = Vec::new();
        self.judge(phase, status, &after::said(&said), &place, &mut findings);
        after::next_run(self.yard, &place, &mut findings)?;
        findings.extend(self.yard.lost_plugins()?);
        Ok(Some((phase, findings)))
    }

    /// Waits for some time in the phase that is wanted.
    fn wait_for_phase(
        &self,
        running: &mut Running,
        place: &Path,
        start: Instant,
        random: &mut Random,
    ) -> Result<(), String> {
        let begins = |phase: &Phase| self.times.get(phase).copied();
        let next = Phase::ALL.iter().filter(|phase| **phase > self.wanted).find_map(begins);
        let begin = begins(&self.wanted).unwrap_or_default();
        let most = next.map_or(Duration::from_millis(2), |next| next.saturating_sub(begin));
        let within = random.time(most);
        if self.wanted != Phase::Start {
            // Much is slower at times on a busy machine, so the phase is waited for.
            while Phase::of(running.id(), self.job, place) < self.wanted {
                if running.ended().map_err(|error| error.to_string())?.is_some() {
                    return Ok(());
                }
            }
            if self.wanted != Phase::Commit {
                thread::sleep(within);
            }
        } else {
            thread::sleep(within.saturating_sub(start.elapsed()));
        }
        Ok(())
    }

    /// What the signal may leave.
    fn judge(&self, phase: Phase, status: Option<ExitStatus>, said: &str, place: &Path, findings: &mut Vec<String>) {
        let outputs = after::outputs(self.job, place, self.with_old, findings);
        let (code, signal) = (status.and_then(|status| status.code()), status.and_then(|status| status.signal()));
        if self.signal == Signal::KILL {
            // A run whose last threads are ending keeps the code that it had.
            let was_over = code == Some(0) && outputs.untouched == 0;
            if signal != Some(9) && !was_over {
                findings.push(format!("{} after SIGKILL", told(status)));
            }
            return;
        }
        after::left_overs(place, "by the run", findings);
        match code {
            // The signal came when all was done.
            Some(0) if outputs.untouched == 0 => {}
            Some(0) => findings.push(format!("exit 0, but {} outputs are missing", outputs.untouched)),
            Some(code) if code == 128 + self.number => {
                let is_told = said.contains("nothing was written") || said.contains("none of the outputs");
                if outputs.new > 0 && is_told {
                    findings.push(format!("{} outputs are new, and it says: {said}", outputs.new));
                }
                if outputs.new > 0 && outputs.untouched > 0 {
                    self.judge_mixture(said, place, findings);
                }
                if said.trim().is_empty() {
                    findings.push("it ends without a word".into());
                }
            }
            // Before the handler is there, the system ends the process.
            None if signal == Some(self.number) && outputs.new == 0 && phase == Phase::Start => {}
            _ => findings.push(format!("{} instead of exit {}: {said}", told(status), 128 + self.number)),
        }
    }

    /// Where only some outputs have their names, the message names them.
    fn judge_mixture(&self, said: &str, place: &Path, findings: &mut Vec<String>) {
        let new = self
            .job
            .outputs
            .iter()
            .filter(|output| fs::read(place.join(&output.name)).is_ok_and(|bytes| output.is_right(&bytes)));
        let untold: Vec<&str> = new.map(|output| output.name.as_str()).filter(|name| !said.contains(name)).collect();
        if !untold.is_empty() {
            findings.push(format!("{} are new and others not, and it says: {said}", untold.join(", ")));
        }
    }
}

/// Many runs that start together and are killed together soon after: none of the plugins may be given up.
fn herds(yard: &Yard, random: &mut Random, findings: &mut Vec<String>) -> Result<(), String> {
    let problem = |error: std::io::Error| format!("cannot torture runs: {error}");
    let job = &yard.jobs[0];
    for herd in 0..HERDS {
        let place = yard.place("herd")?;
        let mut runs = Vec::new();
        for _ in 0..HERD {
            let own = place.join(runs.len().to_string());
            fs::create_dir_all(&own).map_err(problem)?;
            runs.push(
                Running::start(&mut yard.kipos(&yard.arguments(job), &own), &yard.path("said.txt")).map_err(problem)?,
            );
        }
        // They need about as long to open their plugins.
        thread::sleep(random.time(Duration::from_millis(60)));
        for run in &mut runs {
            run.signal(if herd % 2 == 0 { Signal::KILL } else { Signal::TERM }).map_err(problem)?;
        }
        for run in &mut runs {
            run.wait().map_err(problem)?;
        }
        let mut found = Vec::new();
        after::next_run(yard, &place, &mut found)?;
        found.extend(yard.lost_plugins()?);
        findings.extend(found.into_iter().map(|found| format!("herd {herd}: {found}")));
    }
    say(&format!("{HERDS} times {HERD} runs killed together"));
    Ok(())
}
