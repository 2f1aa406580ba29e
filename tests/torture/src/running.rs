//! A run that can be stopped, looked at, and ended.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::phase::is_stopped_or_gone;

/// No run may take longer, whatever is done to it.
const MOST_TIME: Duration = Duration::from_secs(60);

/// A process of ours.
pub(crate) struct Running(Child);

impl Running {
    /// Starts a command; what it says on standard error goes into a file.
    pub(crate) fn start(command: &mut Command, said: &Path) -> io::Result<Self> {
        command.stderr(File::create(said)?).spawn().map(Self)
    }

    /// Its id.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal, unless it has ended: its id may be that of another by then. One that ends now keeps it.
    pub(crate) fn signal(&mut self, signal: Signal) -> io::Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        let id = i32::try_from(self.id()).ok().and_then(Pid::from_raw);
        let id = id.ok_or_else(|| io::Error::other("a process without an id"))?;
        Ok(kill_process(id, signal)?)
    }

    /// Stops it where it is; whether it was still there.
    pub(crate) fn freeze(&mut self) -> io::Result<bool> {
        self.signal(Signal::STOP)?;
        while !is_stopped_or_gone(self.id()) {
            thread::yield_now();
        }
        Ok(self.ended()?.is_none())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.0.try_wait()
    }

    /// Waits for its end; one that takes too long is killed, and `None` the answer.
    pub(crate) fn wait(&mut self) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(Some(status));
            }
            if start.elapsed() > MOST_TIME {
                self.0.kill()?;
                self.0.wait()?;
                return Ok(None);
            }
            thread::sleep(Duration::from_micros(500));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing of ours stays behind, whatever went wrong here.
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

/// How a run ended, for people.
pub(crate) fn told(status: Option<ExitStatus>) -> String {
    match status {
        None => format!("no end after {} s", MOST_TIME.as_secs()),
        Some(status) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit {code}"),
            (None, signal) => format!("signal {}", signal.unwrap_or(0)),
        },
    }
}
