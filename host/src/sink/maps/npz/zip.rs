//! Archives of members that are not compressed: what readers of NumPy's `.npz` need of ZIP, and no more.
//!
//! Numbers that are too large for 32 bits (16 for the count of members) stand in the fields of ZIP64. No member has a
//! time: all are of the first day that the format knows.

use std::io::{self, Write};

/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// 1 January 1980.
const DATE: u16 = 1 << 5 | 1;
/// The version of the format that readers need: 2.0, or 4.5 for ZIP64.
const PLAIN: u16 = 20;
const ZIP64: u16 = 45;

/// An archive that is being written.
pub(super) struct Zip<W> {
    out: W,
    /// Bytes written.
    offset: u64,
    /// The directory that ends the archive.
    directory: Vec<u8>,
    members: u64,
    /// What stands at the end of the archive.
    comment: String,
}

/// A record of the archive.
#[derive(Default)]
struct Record(Vec<u8>);

impl Record {
    fn signed(signature: &[u8; 4]) -> Self {
        Self(signature.to_vec())
    }

    fn u16s<const N: usize>(mut self, values: [u16; N]) -> Self {
        values.iter().for_each(|value| self.0.extend_from_slice(&value.to_le_bytes()));
        self
    }

    fn u32s<const N: usize>(mut self, values: [u32; N]) -> Self {
        values.iter().for_each(|value| self.0.extend_from_slice(&value.to_le_bytes()));
        self
    }

    fn u64s(mut self, values: &[u64]) -> Self {
        values.iter().for_each(|value| self.0.extend_from_slice(&value.to_le_bytes()));
        self
    }

    /// The extra field with what fits nowhere else, if there is such.
    fn zip64(self, values: &[u64]) -> Self {
        match values.len() as u16 {
            0 => self,
            count => self.u16s([1, 8 * count]).u64s(values),
        }
    }
}

/// A number in 32 bits, or all of these set if it does not fit.
fn short(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Whether a number stands in a field of ZIP64.
fn is_long(value: &u64) -> bool {
    short(*value) == u32::MAX
}

impl<W: Write> Zip<W> {
    /// An archive without members.
    pub(super) fn new(out: W) -> Self {
        Self { out, offset: 0, directory: Vec::new(), members: 0, comment: String::new() }
    }

    /// The same with a comment at its end; one that is longer than the format allows is left out.
    pub(super) fn with_comment(self, comment: String) -> Self {
        let comment = if comment.len() <= usize::from(u16::MAX) { comment } else { String::new() };
        Self { comment, ..self }
    }

    /// Adds a member, whose bytes are in two parts.
    ///
    /// # Errors
    /// The archive cannot be written, or the name is longer than the format allows.
    pub(super) fn add(&mut self, name: &str, parts: [&[u8]; 2]) -> io::Result<()> {
        let name_length = u16::try_from(name.len()).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("the name of an array has {} bytes", name.len()))
        })?;
        let mut sum = crc32fast::Hasher::new();
        parts.iter().for_each(|part| sum.update(part));
        let sum = sum.finalize();
        let size: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let (offset, sizes) = (self.offset, [size; 2]);

        // Both sizes, packed and not, are either long or not.
        let long: Vec<u64> = sizes.into_iter().filter(is_long).collect();
        let needs = |long: &[u64]| if long.is_empty() { PLAIN } else { ZIP64 };
        let extra = |long: &[u64]| if long.is_empty() { 0 } else { 4 + 8 * long.len() as u16 };
        let mut header = Record::signed(b"PK\x03\x04")
            .u16s([needs(&long), FLAGS, 0, 0, DATE])
            .u32s([sum, short(size), short(size)])
            .u16s([name_length, extra(&long)]);
        header.0.extend_from_slice(name.as_bytes());
        self.write(&header.zip64(&long).0)?;
        parts.iter().try_for_each(|part| self.write(part))?;

        let long: Vec<u64> = sizes.into_iter().chain([offset]).filter(is_long).collect();
        let mut entry = Record(std::mem::take(&mut self.directory));
        entry.0.extend_from_slice(b"PK\x01\x02");
        let mut entry = entry
            .u16s([needs(&long), needs(&long), FLAGS, 0, 0, DATE])
            .u32s([sum, short(size), short(size)])
            .u16s([name_length, extra(&long), 0, 0, 0])
            .u32s([0, short(offset)]);
        entry.0.extend_from_slice(name.as_bytes());
        self.directory = entry.zip64(&long).0;
        self.members += 1;
        Ok(())
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let (start, members) = (self.offset, self.members);
        let directory = std::mem::take(&mut self.directory);
        self.write(&directory)?;
        let size = directory.len() as u64;
        let few = u16::try_from(members).unwrap_or(u16::MAX);
        if few == u16::MAX || is_long(&size) || is_long(&start) {
            let end = self.offset;
            let record = Record::signed(b"PK\x06\x06")
                .u64s(&[44])
                .u16s([ZIP64, ZIP64])
                .u32s([0, 0])
                .u64s(&[members, members, size, start]);
            self.write(&record.0)?;
            self.write(&Record::signed(b"PK\x06\x07").u32s([0]).u64s(&[end]).u32s([1]).0)?;
        }
        let end = Record::signed(b"PK\x05\x06")
            .u16s([0, 0, few, few])
            .u32s([short(size), short(start)])
            .u16s([self.comment.len() as u16]);
        self.write(&end.0)?;
        let comment = std::mem::take(&mut self.comment);
        self.write(comment.as_bytes())?;
        Ok(self.out)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offset += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let mut zip = Zip::new(Vec::new());
        zip.add("a", [b"b", b"c"]).unwrap();
        let found = zip.finish().unwrap();
        let header = b"PK\x03\x04\x14\0\0\x08\0\0\0\0\x21\0\x84\x76\xd5\x96\x02\0\0\0\x02\0\0\0\x01\0\0\0a";
        let entry = b"PK\x01\x02\x14\0\x14\0\0\x08\0\0\0\0\x21\0\x84\x76\xd5\x96\x02\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a";
        let end = b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2f\0\0\0\x21\0\0\0\0\0";
        let expected = [&header[..], b"bc", entry, end].concat();
        // The sum of `bc` is not what this test is about.
        let without_sums = |mut bytes: Vec<u8>| {
            [14, 33 + 16].into_iter().for_each(|at| bytes[at..at + 4].fill(0));
            bytes
        };
        assert_eq!(without_sums(found.clone()), without_sums(expected));
        let sum = crc32fast::hash(b"bc").to_le_bytes();
        assert_eq!((&found[14..18], &found[33 + 16..33 + 20]), (&sum[..], &sum[..]));
    }

    #[test]
    fn numbers_that_are_too_large_stand_in_zip64() {
        // As if 5 GiB had been written.
        let mut zip = Zip { offset: 5 << 30, ..Zip::new(Vec::new()) };
        zip.add("a", [b"", b""]).unwrap();
        let found = zip.finish().unwrap();
        let entry = &found[31..31 + 46 + 1 + 12];
        assert_eq!(entry[42..], [&[0xff; 4][..], b"a\x01\0\x08\0", &(5u64 << 30).to_le_bytes()].concat());
        let [record, locator] = [&b"PK\x06\x06"[..], b"PK\x06\x07"]
            .map(|signature| found.windows(4).position(|found| found == signature).unwrap());
        assert_eq!((record, locator, found.len()), (31 + 59, 31 + 59 + 56, 31 + 59 + 56 + 20 + 22));
        assert_eq!(found[record + 48..locator], ((5u64 << 30) + 31).to_le_bytes());
        assert_eq!(found[locator + 8..locator + 16], ((5u64 << 30) + record as u64).to_le_bytes());

        let mut zip = Zip::new(Vec::new());
        (0..70_000).for_each(|number| zip.add(&number.to_string(), [b"", b""]).unwrap());
        let found = zip.finish().unwrap();
        assert_eq!(found[found.len() - 14..found.len() - 10], [0xff; 4]);
        let record = found.len() - 22 - 20 - 56;
        assert_eq!(found[record + 24..record + 32], 70_000u64.to_le_bytes());
    }

    #[test]
    fn a_name_has_a_longest_length() {
        let message = Zip::new(Vec::new()).add(&"a".repeat(70_000), [b"", b""]).unwrap_err().to_string();
        assert_eq!(message, "the name of an array has 70000 bytes");
    }
}
