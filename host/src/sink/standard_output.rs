//! Standard output, which a program may have moved away from where plugins print.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
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
    /// The process was started without one. Nothing can be written.
    Closed,
}

impl StandardOutput {
    /// Standard output as it is now.
    pub fn get() -> Self {
        match MOVED.get() {
            Some(file) if is_closed(file) => Self::Closed,
            Some(file) => Self::Moved(file),
            None if is_closed(&io::stdout()) => Self::Closed,
            None => Self::Process(io::stdout()),
        }
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Process(stdout) => loop {
                let written = stdout.write(bytes);
                if !is_full(&written) {
                    return written;
                }
                wait_for_room(stdout)?;
            },
            Self::Moved(file) => loop {
                let written = file.write(bytes);
                if !is_full(&written) {
                    return written;
                }
                wait_for_room(file)?;
            },
            Self::Closed => Err(closed()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Process(stdout) => loop {
                let flushed = stdout.flush();
                if !is_full(&flushed) {
                    return flushed;
                }
                wait_for_room(stdout)?;
            },
            Self::Moved(file) => file.flush(),
            Self::Closed => Err(closed()),
        }
    }
}

fn closed() -> io::Error {
    io::Error::other("standard output is closed")
}

/// Whether a stream that does not wait has no room now: a pipe of a program that made it so.
fn is_full<T>(outcome: &io::Result<T>) -> bool {
    outcome.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Waits until a stream takes bytes again.
#[cfg(unix)]
fn wait_for_room(stream: &impl std::os::fd::AsFd) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    loop {
        match poll(&mut [PollFd::new(stream, PollFlags::OUT)], None) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Elsewhere, streams wait by themselves.
#[cfg(not(unix))]
fn wait_for_room<T>(_: &T) -> io::Result<()> {
    Err(io::ErrorKind::WouldBlock.into())
}

/// Whether the process was started without this stream. Rust then opens `/dev/null` in its place, for reading and
/// writing; whoever throws output away opens it for writing alone, as shells do.
#[cfg(unix)]
fn is_closed(stream: &impl std::os::fd::AsFd) -> bool {
    use rustix::fs::{OFlags, fcntl_getfl, fstat, stat};
    let Ok(flags) = fcntl_getfl(stream) else { return true };
    let (Ok(found), Ok(nothing)) = (fstat(stream), stat("/dev/null")) else { return false };
    let is_nothing = (found.st_mode, found.st_rdev) == (nothing.st_mode, nothing.st_rdev);
    is_nothing && flags.contains(OFlags::RDWR)
}

/// Elsewhere, writing tells.
#[cfg(not(unix))]
fn is_closed<T>(_: &T) -> bool {
    false
}

/// Whether a path is one of the system's names for standard output.
pub(super) fn is_standard_output(path: &Path) -> bool {
    cfg!(unix) && ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs::OpenOptions;

    #[test]
    fn a_stream_that_was_closed_is_told_from_one_that_is_thrown_away() {
        let nothing = |read: bool| OpenOptions::new().read(read).write(true).open("/dev/null").unwrap();
        assert!(is_closed(&nothing(true)), "as Rust puts it instead of a closed stream");
        assert!(!is_closed(&nothing(false)), "as a shell opens it");
        assert!(!is_closed(&tempfile::tempfile().unwrap()));
        let mut closed = StandardOutput::Closed;
        insta::assert_snapshot!(closed.write(b"text").unwrap_err(), @"standard output is closed");
    }

    #[test]
    fn a_full_pipe_is_waited_for() {
        use std::io::Read;
        use std::os::unix::net::UnixStream;
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let file: &'static File = Box::leak(Box::new(File::from(std::os::fd::OwnedFd::from(ours))));
        let bytes = vec![7; 4 << 20];
        let reading = std::thread::spawn(move || {
            let mut read = vec![0; 4 << 20];
            theirs.read_exact(&mut read).map(|()| read)
        });
        StandardOutput::Moved(file).write_all(&bytes).unwrap();
        assert!(reading.join().unwrap().unwrap() == bytes);
    }
}
