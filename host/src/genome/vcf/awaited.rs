//! Input that may have to be waited for, such as a pipe, while the run may be stopped.

use crate::stop::Stop;
use std::io::{self, Read};

/// Reads as its input does, but gives up once a run is asked to stop; an input that does not wait by itself is waited for.
pub(super) struct Awaited<R> {
    input: R,
    stop: Stop,
}

impl<R> Awaited<R> {
    pub(super) fn new(input: R, stop: &Stop) -> Self {
        Self { input, stop: stop.clone() }
    }
}

#[cfg(unix)]
impl<R: Read + std::os::fd::AsFd> Read for Awaited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            while !is_ready(&self.input)? {
                if self.stop.is_asked() {
                    return Err(io::Error::other("the run was asked to stop"));
                }
            }
            match self.input.read(buffer) {
                // Another reader of the same pipe was faster.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

/// Waits a moment for bytes, or for the end.
#[cfg(unix)]
fn is_ready(input: &impl std::os::fd::AsFd) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    const MOMENT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    match poll(&mut [PollFd::new(input, PollFlags::IN)], Some(&MOMENT)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
impl<R: Read> Read for Awaited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_asked() {
            return Err(io::Error::other("the run was asked to stop"));
        }
        self.input.read(buffer)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    #[test]
    fn what_comes_is_read_to_its_end() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let writing = std::thread::spawn(move || theirs.write_all(&[7; 1 << 20]));
        let mut read = Vec::new();
        Awaited::new(ours, &Stop::new()).read_to_end(&mut read).unwrap();
        writing.join().unwrap().unwrap();
        assert_eq!(read, [7; 1 << 20]);
    }

    #[test]
    fn nothing_is_waited_for_once_the_run_is_stopped() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let stop = Stop::new();
        stop.ask();
        let error = Awaited::new(ours, &stop).read(&mut [0; 8]).unwrap_err();
        insta::assert_snapshot!(error, @"the run was asked to stop");
        drop(theirs);
    }
}
