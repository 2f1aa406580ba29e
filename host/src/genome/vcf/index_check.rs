//! Whether an index holds what it states. Its readers ask for memory by its numbers.

use noodles::bgzf;
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// The most bytes of an index, unpacked. Those of large genomes have some MiB.
const MOST_BYTES: u64 = 128 << 20;

/// The most contigs of an index.
const MOST_CONTIGS: u64 = 1 << 22;

/// A chunk: two places of the file.
const CHUNK: u64 = 16;

/// The kinds of index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IndexKind {
    Csi,
    Tbi,
}

/// Walks through an index.
///
/// # Errors
/// An index that cannot be read, ends before what it states, or is larger than any index.
pub(super) fn check(path: &Path, kind: IndexKind) -> io::Result<()> {
    walk(bgzf::io::Reader::new(io::BufReader::new(File::open(path)?)), kind)
}

fn walk(input: impl Read, kind: IndexKind) -> io::Result<()> {
    let mut walk = Walk { input, left: MOST_BYTES };
    // The magic number is left to the reader.
    walk.skip(4)?;
    let contigs = match kind {
        IndexKind::Csi => {
            // Bits of the smallest bin, and levels.
            walk.skip(8)?;
            let stated = walk.number()?;
            // Its reader goes on where the header ends, not where its stated size does.
            if stated > 0 {
                let found = walk.header()?;
                if found != stated {
                    return Err(invalid(format!("it states a header of {stated} bytes, which has {found}")));
                }
            }
            walk.number()?
        }
        IndexKind::Tbi => {
            let contigs = walk.number()?;
            walk.header()?;
            contigs
        }
    };
    if contigs > MOST_CONTIGS {
        return Err(invalid(format!(
            "it states {contigs} contigs, more than the {MOST_CONTIGS} that an index may have"
        )));
    }
    for _ in 0..contigs {
        for _ in 0..walk.number()? {
            // The bin's number and, in one kind, the place of its first record.
            walk.skip(if kind == IndexKind::Csi { 12 } else { 4 })?;
            let chunks = walk.number()?;
            walk.skip(chunks * CHUNK)?;
        }
        if kind == IndexKind::Tbi {
            let offsets = walk.number()?;
            walk.skip(offsets * 8)?;
        }
    }
    Ok(())
}

struct Walk<R> {
    input: R,
    /// Bytes that may still come.
    left: u64,
}

impl<R: Read> Walk<R> {
    fn number(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 4];
        self.take(4)?;
        self.input.read_exact(&mut bytes).map_err(|error| if_cut(error, 4))?;
        let number = i32::from_le_bytes(bytes);
        u64::try_from(number).map_err(|_| invalid(format!("it states the number {number}")))
    }

    /// Passes over format, columns, comments, lines to skip and the names of contigs: the bytes of all of it.
    fn header(&mut self) -> io::Result<u64> {
        const FIELDS: u64 = 24;
        self.skip(FIELDS)?;
        let names = self.number()?;
        self.skip(names)?;
        Ok(FIELDS + 4 + names)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.take(bytes)?;
        match io::copy(&mut (&mut self.input).take(bytes), &mut io::sink())? {
            skipped if skipped < bytes => Err(if_cut(io::ErrorKind::UnexpectedEof.into(), bytes - skipped)),
            _ => Ok(()),
        }
    }

    fn take(&mut self, bytes: u64) -> io::Result<()> {
        let larger = || invalid(format!("it states more than the {} MiB that an index may have", MOST_BYTES >> 20));
        self.left = self.left.checked_sub(bytes).ok_or_else(larger)?;
        Ok(())
    }
}

/// The error for an input that ends although it states more.
fn if_cut(error: io::Error, missing: u64) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => invalid(format!("it states at least {missing} bytes more than it has")),
        _ => error,
    }
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(numbers: &[i32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    fn said(bytes: &[u8], kind: IndexKind) -> String {
        walk(bytes, kind).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn numbers_of_things_that_are_not_there() {
        // A header without names, one contig, and the bins that it states.
        let csi = |bins: &[i32]| numbers(&[&[0, 14, 5, 0, 1], bins].concat());
        assert_eq!(said(&csi(&[0]), IndexKind::Csi), "");
        assert_eq!(said(&csi(&[1, 4681, 0, 0, 1, 0, 0, 9, 0]), IndexKind::Csi), "");
        let more = "it states at least 12 bytes more than it has";
        assert_eq!(said(&csi(&[100_000_000]), IndexKind::Csi), more);
        assert_eq!(
            said(&csi(&[1, 4681, 0, 0, 1, 0, 0, 9]), IndexKind::Csi),
            "it states at least 4 bytes more than it has"
        );
        let most = "it states more than the 128 MiB that an index may have";
        assert_eq!(said(&csi(&[1, 4681, 0, 0, i32::MAX]), IndexKind::Csi), most);
        assert_eq!(said(&csi(&[-1]), IndexKind::Csi), "it states the number -1");
        let with_header = |stated: i32| numbers(&[0, 14, 5, stated, 2, 1, 2, 0, 35, 0, 0, 1, 0]);
        assert_eq!(said(&with_header(28), IndexKind::Csi), "");
        assert_eq!(said(&with_header(30), IndexKind::Csi), "it states a header of 30 bytes, which has 28");
        let contigs = "it states 2147483647 contigs, more than the 4194304 that an index may have";
        assert_eq!(said(&numbers(&[0, 14, 5, 0, i32::MAX]), IndexKind::Csi), contigs);
    }

    #[test]
    fn offsets_of_the_older_kind_are_passed_over() {
        let tbi = |rest: &[i32]| numbers(&[&[0, 1, 2, 1, 2, 0, 35, 0, 4, 0], rest].concat());
        assert_eq!(said(&tbi(&[1, 4681, 1, 0, 0, 9, 0, 2, 0, 0, 0, 0]), IndexKind::Tbi), "");
        let more = "it states at least 8 bytes more than it has";
        assert_eq!(said(&tbi(&[0, 2, 0, 0]), IndexKind::Tbi), more);
    }
}
