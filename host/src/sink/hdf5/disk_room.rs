//! Room on the disk, taken before it is needed.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Bytes that are taken beyond what is needed, so that this happens seldom.
const AHEAD: u64 = 4 << 20;

/// A file whose bytes another writer fills in.
#[derive(Debug)]
pub(super) struct DiskRoom {
    file: File,
}

impl DiskRoom {
    pub(super) fn new(file: File) -> Self {
        Self { file }
    }

    /// Makes sure that the disk has room for the first `needed` bytes of the file, of which `used` are written.
    ///
    /// # Errors
    /// A full disk, or a limit on the size of files.
    pub(super) fn ensure(&self, used: u64, needed: u64) -> io::Result<()> {
        // The writer may have cut the file to what it uses.
        let length = self.file.metadata()?.len();
        if length >= needed {
            return Ok(());
        }
        let from = used.min(length);
        self.take(from, length, needed + AHEAD).or_else(|_| self.take(from, length, needed))
    }

    /// Gives back what lies behind the first `length` bytes.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn cut(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    /// Takes the room of the bytes up to `to`: from `from` on, where the file, which ends at `length`, may have holes.
    #[cfg(target_os = "linux")]
    fn take(&self, from: u64, length: u64, to: u64) -> io::Result<()> {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::{Errno, retry_on_intr};
        match retry_on_intr(|| fallocate(&self.file, FallocateFlags::empty(), from, to - from)) {
            // A file system that takes no room in advance gives it with the bytes.
            Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => self.write_zeros(length, to),
            taken => Ok(taken?),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn take(&self, _: u64, length: u64, to: u64) -> io::Result<()> {
        self.write_zeros(length, to)
    }

    fn write_zeros(&self, from: u64, to: u64) -> io::Result<()> {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(from))?;
        let mut left = to.saturating_sub(from);
        while left > 0 {
            let count = left.min(ZEROS.len() as u64);
            file.write_all(&ZEROS[..count as usize])?;
            left -= count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn room_is_taken_and_given_back() {
        for zeros in [false, true] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(b"used").unwrap();
            let room = DiskRoom::new(file.try_clone().unwrap());
            if zeros {
                room.write_zeros(4, 100_000).unwrap();
            } else {
                room.ensure(4, 100_000).unwrap();
            }
            assert!(file.metadata().unwrap().len() >= 100_000);
            room.cut(6).unwrap();
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, b"used\0\0");
        }
    }

    #[test]
    fn a_file_that_no_disk_has_room_for_is_an_error() {
        let room = DiskRoom::new(tempfile::tempfile().unwrap());
        let error = room.take(0, 0, 1 << 62).unwrap_err().to_string();
        assert!(error.contains("os error"), "{error}");
    }
}
