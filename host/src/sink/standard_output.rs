//! Standard output, which a program may have moved away from where plugins print.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// What was standard output before a program moved it.
static MOVED: OnceLock<File> = OnceLock::new();

/// Tells the library that the program's standard output is `file` from now on, for the whole process: plugins may print
/// to what the system calls standard output, and none of that must get between the results. Only the first call counts.
pub fn move_standard_output(file: File) {
    MOVED.get_or_init(|| file);
}

/// Where results go that are asked for on standard output. Writes are not buffered.
#[derive(Debug)]
pub enum StandardOutput {
    /// Where the process has it.
    Process(io::Stdout),
    /// Where [`move_standard_output`] said.
    Moved(&'static File),
}

impl StandardOutput {
    /// Standard output as it is now.
    pub fn get() -> Self {
        MOVED.get().map_or_else(|| Self::Process(io::stdout()), Self::Moved)
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Process(stdout) => stdout.write(bytes),
            Self::Moved(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Process(stdout) => stdout.flush(),
            Self::Moved(file) => file.flush(),
        }
    }
}

/// Where a path leads that may be one of the system's names for standard output.
pub(super) fn led_to(path: &Path) -> PathBuf {
    #[cfg(unix)]
    if let Some(file) = MOVED.get()
        && ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
    {
        use std::os::fd::AsRawFd;
        return format!("/dev/fd/{}", file.as_raw_fd()).into();
    }
    path.to_owned()
}
