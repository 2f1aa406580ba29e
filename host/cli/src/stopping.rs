//! Signals: the first that asks a run to end has it stop, a second ends the process at once.

use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use kipos::Stop;

/// What the signals say; `None` before [`listen`].
static SIGNALS: OnceLock<Signals> = OnceLock::new();

/// What is to be done on a signal, and which one came.
#[derive(Debug, Default)]
struct Signals {
    /// A signal ends the process: nothing is asked to stop yet, or it has been asked once already.
    #[cfg(unix)]
    at_once: std::sync::Arc<std::sync::atomic::AtomicBool>,
    /// The last signal that came, 0 before the first.
    number: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    asked: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

/// Listens to signals from now on. They end the process with 128 + n, and do so at once
/// before the first [`stop`].
///
/// # Errors
/// What the system says.
#[cfg(unix)]
pub(super) fn listen() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
    use std::sync::Arc;

    let Signals { at_once, number, asked } = SIGNALS.get_or_init(Signals::default);
    at_once.store(true, Ordering::SeqCst);
    let ignored = ignored();
    let is_ignored = |signal: i32| ignored >> (signal - 1) & 1 == 1;
    // What whoever started the process wants ignored, as `nohup` does, stays so.
    for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)) {
        // In this order: the first signal must not find what it sets itself.
        register_conditional_shutdown(signal, 128 + signal, Arc::clone(at_once))?;
        register(signal, Arc::clone(at_once))?;
        register_usize(signal, Arc::clone(number), signal.unsigned_abs() as usize)?;
        register(signal, Arc::clone(asked))?;
    }
    if !is_ignored(SIGXFSZ) {
        // A file that outgrows its limit is an error of writing then, as a full disk is.
        register(SIGXFSZ, Arc::default())?;
    }
    Ok(())
}

/// Elsewhere, the system ends the process.
#[cfg(not(unix))]
pub(super) fn listen() -> std::io::Result<()> {
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
    #[cfg(unix)]
    signals.at_once.store(false, Ordering::SeqCst);
    Stop::from(std::sync::Arc::clone(&signals.asked))
}

/// The number of the signal that asked the run to stop, if one did.
pub(super) fn signal() -> Option<u8> {
    let number = SIGNALS.get()?.number.load(Ordering::SeqCst);
    u8::try_from(number).ok().filter(|number| *number > 0)
}
