//! Waits for a process that may hang.

use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// How a process ended. One whose `progress` stays the same for longer than `most` is killed, and `None` the answer.
pub(crate) fn wait(
    mut child: Child,
    most: Duration,
    progress: impl Fn() -> Option<u64>,
) -> io::Result<Option<ExitStatus>> {
    let mut seen = (None, Instant::now());
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let at = progress();
        if at != seen.0 {
            seen = (at, Instant::now());
        } else if seen.1.elapsed() > most {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}
