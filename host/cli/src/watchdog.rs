//! Ends a run that waits for the HDF5 library for ever, as it may do for a damaged file.

use std::process;
use std::thread;
use std::time::Duration;

use kipos::{ErrorClass, RunningHdf5Call, remove_unfinished_files, running_hdf5_call};

use super::environment::hdf5_limit;
use super::log::Log;

/// How often the watchdog looks.
const PERIOD: Duration = Duration::from_millis(500);

/// Starts to watch, in a thread that ends with the process. Without a thread, runs are not watched.
pub fn start(log: Log) {
    let limit = hdf5_limit();
    let watch = move || {
        loop {
            thread::sleep(PERIOD.min(limit));
            if let Some(call) = running_hdf5_call().filter(|call| call.lasts >= limit) {
                end(&call, log);
            }
        }
    };
    // A run needs it only where a file is damaged.
    drop(thread::Builder::new().name("watchdog".to_owned()).spawn(watch));
}

/// The library cannot be asked to come back: all that can be done is to leave.
fn end(call: &RunningHdf5Call, log: Log) -> ! {
    remove_unfinished_files();
    let RunningHdf5Call { path, lasts } = call;
    let (path, seconds) = (path.display(), lasts.as_secs());
    let advice = "the file is damaged, or its disk does not answer; make or copy it again";
    log.error(ErrorClass::Io, &format!("the HDF5 library has not come back from {path} for {seconds} s; {advice}"));
    process::exit(1);
}
