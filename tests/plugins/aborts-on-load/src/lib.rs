//! Ends the process as soon as the system's loader has opened it (on Linux; elsewhere it only fails to be a plugin).

#[cfg(target_os = "linux")]
mod initialiser {
    extern "C" fn abort() {
        std::process::abort();
    }

    // SAFETY: the loader calls every pointer of this section once, with arguments that the function may ignore.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static ABORT: extern "C" fn() = abort;
}
