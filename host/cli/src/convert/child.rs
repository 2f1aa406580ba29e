//! A program that runs beside kipos, and ends with it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use kipos::{Stop, Stopped};

use super::super::error::CliResult;
use super::error::PythonError;

/// How often it is asked whether the run should stop.
const MOMENT: Duration = Duration::from_millis(50);
/// Bytes at the end of what a program printed that are looked at, and lines of them that are shown.
const TAIL: u64 = 4096;
const LINES: usize = 3;

/// Runs a command to its end, with `input` on its standard input, and hands on each line of its standard output; what it
/// prints on standard error goes into the file `log`. The command is killed if the run is asked to stop, or a line is
/// refused.
///
/// # Errors
/// A program that cannot be run; the refusal of a line; [`Stopped`].
pub fn run(
    command: &mut Command,
    input: &str,
    log: &Path,
    stop: &Stop,
    each_line: &mut dyn FnMut(&str) -> CliResult,
) -> CliResult<ExitStatus> {
    let printed = File::create(log)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(printed);
    let spawned = command.spawn();
    let absent = |source| PythonError::Absent { python: command.get_program().into(), source };
    let mut child = Killed(spawned.map_err(absent)?);
    let (stdin, stdout) = (child.0.stdin.take(), child.0.stdout.take());
    // A program that ends early does not read all; how it ended says more than the broken pipe.
    let _ = stdin.map(|mut stdin| stdin.write_all(input.as_bytes()));
    let (sender, lines) = sync_channel(64);
    // Ends with the program's standard output, or with the receiver.
    let reader = thread::spawn(move || {
        let Some(stdout) = stdout else { return };
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
    loop {
        if stop.is_asked() {
            return Err(Stopped::default().into());
        }
        match lines.recv_timeout(MOMENT) {
            Ok(line) => each_line(&line)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // The standard output is closed; the program may still have something to do.
    let status = loop {
        match child.0.try_wait()? {
            Some(status) => break status,
            None if stop.is_asked() => return Err(Stopped::default().into()),
            None => thread::sleep(MOMENT),
        }
    };
    // It has nothing left to read.
    let _ = reader.join();
    Ok(status)
}

/// A child that does not outlive this value.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and one that cannot be waited for is not ours.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The last lines of a file, in one.
pub fn last_lines(log: &Path) -> String {
    let tail = || {
        let mut file = File::open(log)?;
        let length = fs::metadata(log)?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        std::io::Result::Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = tail().unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join(" | ")
}

/// How a program ended, in words.
pub fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return format!("signal {signal}");
        }
    }
    status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"))
}
