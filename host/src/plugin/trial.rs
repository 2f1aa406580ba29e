//! Opening a library in a child process first, which may die of it.

use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::finding::Finding;

/// How long a library may take to open. PyTorch's takes a second on a slow machine.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// What is read of a child, in bytes; a report is a line of it.
const LONGEST_OUTPUT: u64 = 1 << 20;

/// A program that opens one library and reports what it found: it calls [`examine_library`](super::examine_library) and
/// ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbingProgram {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; the library's path comes behind them.
    pub args: Vec<OsString>,
    /// How long it may take. Default: 10 seconds.
    pub time_limit: Duration,
}

/// What came of opening a library in a child.
#[derive(Debug)]
pub(super) enum Trial {
    /// It reported.
    Reported(Finding),
    /// It died as programs die of their own faults, or did not end: how, as the end of a sentence.
    Died(String),
    /// It ended without a report in a way that may have other causes than the library: how, as the end of a sentence.
    Ended(String),
    /// The system could not start it.
    NotStarted(io::Error),
}

impl ProbingProgram {
    /// This program with these arguments, and the default time limit.
    pub fn new(program: impl Into<PathBuf>, args: impl IntoIterator<Item = OsString>) -> Self {
        Self { program: program.into(), args: args.into_iter().collect(), time_limit: TIME_LIMIT }
    }

    /// Has a library opened.
    pub(super) fn open(&self, library: &Path) -> Trial {
        let word = word();
        let begun = Instant::now();
        let mut command = Command::new(&self.program);
        // What a library prints while it is opened is printed again when this process opens it.
        command.args(&self.args).arg(library).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = match command.spawn() {
            Ok(child) => Started(child),
            Err(error) => return Trial::NotStarted(error),
        };
        let report = match child.report(word) {
            Ok(report) => report,
            Err(error) => return Trial::NotStarted(error),
        };
        let finding = report.recv_timeout(self.time_limit).ok().flatten();
        // Who has answered has as long again to end.
        let spent = if finding.is_some() { Duration::ZERO } else { begun.elapsed() };
        let ended = child.ended_within(self.time_limit.saturating_sub(spent));
        match (finding, ended.map(of_status)) {
            // A run would open it as well, and crash or hang when all is done.
            (Some(_), Some(Trial::Died(how))) => Trial::Died(format!("{how} when it ended")),
            (Some(_), None) => Trial::Died(format!("did not end within {} s", self.time_limit.as_secs_f32())),
            (Some(finding), Some(_)) => Trial::Reported(finding),
            (None, Some(ended)) => ended,
            (None, None) => Trial::Died(format!("did not answer within {} s", self.time_limit.as_secs_f32())),
        }
    }
}

/// A child that does not outlive this value.
struct Started(Child);

impl Started {
    /// Gives it the word, and waits for its report on a thread: the end of the report need not come, as other processes may
    /// hold the pipe open.
    fn report(&mut self, word: String) -> io::Result<Receiver<Option<Finding>>> {
        if let Some(mut stdin) = self.0.stdin.take() {
            // A child that does not read is heard all the same, or dies.
            drop(stdin.write_all(word.as_bytes()));
        }
        let (sender, receiver) = mpsc::channel();
        let stdout = self.0.stdout.take();
        thread::Builder::new().spawn(move || {
            let lines = stdout.map(|stdout| BufReader::new(stdout.take(LONGEST_OUTPUT)).split(b'\n'));
            let finding = lines.and_then(|lines| lines.map_while(Result::ok).find_map(|line| finding(&line, &word)));
            // Who waits no longer has judged without it.
            drop(sender.send(finding));
        })?;
        Ok(receiver)
    }

    /// How it ended, if it ends within this time.
    fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().ok()? {
                return Some(status);
            }
            if begun.elapsed() >= limit {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // A child that has ended cannot be ended; there is nothing else to do about one that cannot.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a line says if it is the report, which begins with this word.
fn finding(line: &[u8], word: &str) -> Option<Finding> {
    Finding::from_json(&serde_json::from_slice(line.strip_prefix(word.as_bytes())?).ok()?)
}

/// A word that a library cannot print by chance.
fn word() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(unix)]
fn of_status(status: ExitStatus) -> Trial {
    use std::os::unix::process::ExitStatusExt as _;

    match (status.signal(), status.signal().and_then(fault)) {
        (_, Some(name)) => Trial::Died(format!("died of {name}")),
        (Some(signal), None) => Trial::Ended(format!("was ended by signal {signal}")),
        (None, _) => Trial::Ended(format!("ended ({status}) before it said anything")),
    }
}

#[cfg(not(unix))]
fn of_status(status: ExitStatus) -> Trial {
    Trial::Ended(format!("ended ({status}) before it said anything"))
}

/// The name of a signal by which a program dies of its own fault. Whoever wants to end a program sends others.
#[cfg(unix)]
fn fault(signal: i32) -> Option<&'static str> {
    const BUS: i32 = if cfg!(any(target_os = "linux", target_os = "android")) { 7 } else { 10 };
    match signal {
        4 => Some("SIGILL"),
        6 => Some("SIGABRT"),
        8 => Some("SIGFPE"),
        11 => Some("SIGSEGV"),
        BUS => Some("SIGBUS"),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::finding::Refused;
    use super::*;

    /// What comes of a shell's script that runs in place of kipos, with the library's path as `$0`.
    fn trial(script: &str, limit: Duration) -> Trial {
        let mut program = ProbingProgram::new("/bin/sh", ["-c", script].map(OsString::from));
        program.time_limit = limit;
        program.open(Path::new("/library.so"))
    }

    fn said(script: &str) -> String {
        match trial(script, TIME_LIMIT) {
            Trial::Died(how) => format!("died: {how}"),
            Trial::Ended(how) => format!("ended: {how}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_report_counts_unless_the_child_dies_of_its_end() {
        let report = r#"read -r word; echo "$word {\"refused\": \"$0\", \"lasts\": true}";"#;
        let expected = Refused { probed: None, reason: "/library.so".into(), lasts: true };
        for end in ["", "exit 1", "exec >&-; exit 0", "kill -TERM $$"] {
            let Trial::Reported(Finding::Refused(found)) = trial(&format!("{report} {end}"), TIME_LIMIT) else {
                panic!("{end}")
            };
            assert_eq!(found, expected);
        }
        let died = |end: &str, limit| match trial(&format!("{report} {end}"), limit) {
            Trial::Died(how) => how,
            other => panic!("{other:?}"),
        };
        assert_eq!(died("kill -SEGV $$", TIME_LIMIT), "died of SIGSEGV when it ended");
        let limit = Duration::from_millis(500);
        assert_eq!(died("exec >&-; exec sleep 1000", limit), "did not end within 0.5 s");
    }

    #[test]
    fn what_is_printed_is_not_a_report() {
        let forged = r#"echo '{"refused": "x", "lasts": true}'; echo 0 '{"refused": "x", "lasts": true}';"#;
        assert_eq!(said(forged), "ended: ended (exit status: 0) before it said anything");
        assert_eq!(said("exit 3"), "ended: ended (exit status: 3) before it said anything");
    }

    #[test]
    fn only_faults_of_its_own_are_a_death() {
        for name in ["SEGV", "BUS", "ABRT", "ILL", "FPE"] {
            assert_eq!(said(&format!("kill -{name} $$")), format!("died: died of SIG{name}"));
        }
        for (name, number) in [("KILL", 9), ("TERM", 15), ("USR1", 10)] {
            assert_eq!(said(&format!("kill -{name} $$")), format!("ended: was ended by signal {number}"));
        }
    }

    #[test]
    fn a_child_that_does_not_end_is_ended() {
        let Trial::Died(how) = trial("exec sleep 1000", Duration::from_millis(50)) else { panic!("it ended") };
        assert_eq!(how, "did not answer within 0.05 s");
        // Nor does one that only closes its output.
        let Trial::Died(how) = trial("exec >&-; exec sleep 1000", Duration::from_millis(50)) else {
            panic!("it ended")
        };
        assert_eq!(how, "did not answer within 0.05 s");
    }

    #[test]
    fn a_program_that_is_absent_is_not_started() {
        let trial = ProbingProgram::new("/absent/program", []).open(Path::new("/library.so"));
        let Trial::NotStarted(error) = trial else { panic!("{trial:?}") };
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
