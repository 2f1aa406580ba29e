//! Signals: the first that asks a run to end has it stop, a second ends the process at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::log::Log;
use kipos::{ErrorClass, Stop};

/// What the signals say; `None` before [`listen`].
static SIGNALS: OnceLock<Signals> = OnceLock::new();

/// What is to be done on a signal, and which one came.
#[derive(Debug, Default)]
struct Signals {
    /// Whether a run has begun, which stops when it is asked to.
    begun: Mutex<bool>,
    /// A signal ends the process at once, as one came already.
    #[cfg(unix)]
    at_once: std::sync::Arc<AtomicBool>,
    /// The last signal that came, 0 before the first.
    number: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    asked: std::sync::Arc<AtomicBool>,
}

impl Signals {
    fn begun(&self) -> MutexGuard<'_, bool> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens to signals from now on. They end the process with 128 + n: the run, once one has begun with [`stop`], or what
/// comes before a run, which is said in `log` at once.
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub(super) fn listen(log: Log) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
    use signal_hook::low_level::pipe;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    let Signals { at_once, number, asked, .. } = SIGNALS.get_or_init(Signals::default);
    let (came, comes) = UnixStream::pair()?;
    let ignored = ignored();
    let is_ignored = |signal: i32| ignored >> (signal - 1) & 1 == 1;
    // What whoever started the process wants ignored, as `nohup` does, stays so.
    for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)) {
        // In this order: the first signal must not find what it sets itself, and whoever hears of it knows which it is.
        register_conditional_shutdown(signal, 128 + signal, Arc::clone(at_once))?;
        register(signal, Arc::clone(at_once))?;
        register_usize(signal, Arc::clone(number), signal.unsigned_abs() as usize)?;
        register(signal, Arc::clone(asked))?;
        pipe::register(signal, comes.try_clone()?)?;
    }
    if !is_ignored(SIGXFSZ) {
        // A file that outgrows its limit is an error of writing then, as a full disk is.
        register(SIGXFSZ, Arc::default())?;
    }
    std::thread::Builder::new().name("signals".into()).spawn(move || end_what_has_not_begun(came, log))?;
    Ok(())
}

/// Waits for a signal; if there is no run yet that could be asked to stop, says so and ends the process.
#[cfg(unix)]
fn end_what_has_not_begun(mut came: std::os::unix::net::UnixStream, log: Log) {
    use std::io::Read as _;

    // Nothing comes where every signal is ignored.
    if came.read_exact(&mut [0]).is_err() {
        return;
    }
    let (Some(signals), Some(number)) = (SIGNALS.get(), signal()) else { return };
    // As long as this is held, no run begins.
    let begun = signals.begun();
    if !*begun {
        log.error(ErrorClass::Interrupted, "stopped");
        // Without a clean-up, which other threads may be in the midst of.
        signal_hook::low_level::exit(128 + i32::from(number));
    }
}

/// Elsewhere, the system ends the process.
#[cfg(not(unix))]
pub(super) fn listen(_: Log) -> std::io::Result<()> {
    Ok(())
}

/// The signals that the process was started with ignored, a bit for each, where the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).unwrap_or(0)
}

/// What stops a run that is about to begin: the first signal from now on only asks it to.
pub(super) fn stop() -> Stop {
    let signals = SIGNALS.get_or_init(Signals::default);
    *signals.begun() = true;
    Stop::from(std::sync::Arc::clone(&signals.asked))
}

/// The number of the signal that asked the run to stop, if one did.
pub(super) fn signal() -> Option<u8> {
    let number = SIGNALS.get()?.number.load(Ordering::SeqCst);
    u8::try_from(number).ok().filter(|number| *number > 0)
}
