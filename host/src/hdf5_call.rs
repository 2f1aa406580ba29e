//! Whether the HDF5 library answers. A damaged file can keep it in one call for ever; whoever runs kipos may look, and
//! end the run.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A call of the HDF5 library that has not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningHdf5Call {
    /// The file that it reads or writes.
    pub path: PathBuf,
    /// How long no call has begun or come back.
    pub lasts: Duration,
}

/// The calls that run now.
struct Calls {
    running: usize,
    /// When the last call began or came back, and its file.
    last: Option<(Instant, PathBuf)>,
}

static CALLS: Mutex<Calls> = Mutex::new(Calls { running: 0, last: None });

fn calls() -> MutexGuard<'static, Calls> {
    CALLS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The call of the HDF5 library that runs, if one does: the heartbeat for a watchdog.
///
/// One thread at a time is in the library; others wait for it. As long as any of them makes progress, the time begins
/// anew.
pub fn running_hdf5_call() -> Option<RunningHdf5Call> {
    let calls = calls();
    let (since, path) = calls.last.as_ref().filter(|_| calls.running > 0)?;
    Some(RunningHdf5Call { path: path.clone(), lasts: since.elapsed() })
}

/// Runs a call of the HDF5 library about the file at `path`.
#[cfg_attr(not(feature = "hdf5"), expect(dead_code, reason = "nothing else calls the HDF5 library"))]
pub(crate) fn hdf5_call<T>(path: &Path, call: impl FnOnce() -> T) -> T {
    /// Ends the call, also where it panics.
    struct Running;

    impl Drop for Running {
        fn drop(&mut self) {
            let mut calls = calls();
            calls.running = calls.running.saturating_sub(1);
            if let Some((since, _)) = &mut calls.last {
                *since = Instant::now();
            }
        }
    }

    {
        let mut calls = calls();
        calls.running += 1;
        match &mut calls.last {
            Some((since, known)) => {
                *since = Instant::now();
                if known != path {
                    path.clone_into(known);
                }
            }
            none => *none = Some((Instant::now(), path.to_owned())),
        }
    }
    let _running = Running;
    call()
}

#[cfg(test)]
#[cfg(feature = "hdf5")]
mod tests {
    use super::*;

    #[test]
    fn a_call_can_be_seen_until_it_comes_back() {
        // Other tests make calls meanwhile: what they leave is not looked at.
        let path = Path::new("only/here.h5");
        let seen = hdf5_call(path, || {
            let begun = Instant::now();
            loop {
                let seen = running_hdf5_call();
                if seen.as_ref().is_some_and(|call| call.path == path) || begun.elapsed() > Duration::from_secs(60) {
                    return seen;
                }
            }
        });
        assert_eq!(seen.unwrap().path, path);
    }
}
