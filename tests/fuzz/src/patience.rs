//! Waits for a process that may hang.

use std::fs;
use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// On a machine that has much else to do, a process that computes for its whole time has had a part of it alone. So one is given
/// up when it has computed for half of its time, or after this many times its time.
const MOST_TIMES: u32 = 6;

/// How a process ended. One whose `progress` stays the same for longer than `most` is killed, and `None` the answer.
pub(crate) fn wait(
    mut child: Child,
    most: Duration,
    progress: impl Fn() -> Option<u64>,
) -> io::Result<Option<ExitStatus>> {
    let id = child.id();
    let mut seen = (None, Instant::now(), computed(id));
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let at = progress();
        if at != seen.0 {
            seen = (at, Instant::now(), computed(id));
        } else if is_hung(seen.1.elapsed(), computed(id).saturating_sub(seen.2), most) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// Whether a process that has waited and computed for so long without progress hangs.
fn is_hung(waited: Duration, computed: Duration, most: Duration) -> bool {
    waited > most * MOST_TIMES || waited > most && computed > most / 2
}

/// How long all threads of a process have computed.
fn computed(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    of_stat(&stat).unwrap_or_default()
}

/// The time that a line of `/proc/ID/stat` tells: in user mode and in the system, in hundredths of a second.
fn of_stat(stat: &str) -> Option<Duration> {
    // The name in parentheses may hold anything; behind it, the state is the third field.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(14 - 3);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(10);

    #[test]
    fn who_could_not_compute_is_waited_for() {
        let seconds = Duration::from_secs;
        assert!(!is_hung(seconds(9), seconds(9), MOST));
        assert!(is_hung(seconds(11), seconds(11), MOST));
        assert!(!is_hung(seconds(40), seconds(3), MOST));
        assert!(is_hung(seconds(61), seconds(0), MOST));
    }

    #[test]
    fn the_time_of_a_process_is_read_behind_its_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10";
        assert_eq!(of_stat(stat), Some(Duration::from_secs(3)));
        assert_eq!(of_stat(""), None);
    }
}
