//! The genome: bases of a FASTA file by contig and position.

mod error;
mod fai;
mod fai_builder;
mod identity;
mod source;
#[cfg(test)]
mod tests;

pub use error::FastaError;

use crate::byte_order_mark;
use crate::internal::OrInternal;
use crate::stop::Stop;
use fai::FaiEntry;
use identity::FileIdentity;
use source::{FastaFile, stale};
use std::{
    io,
    path::{Path, PathBuf},
};

/// The most bases the cache holds, and the fewest read at once.
const LONGEST_STRETCH: u64 = 1 << 18;
const SHORTEST_STRETCH: u64 = 1 << 14;

/// A sequence of the genome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contig {
    /// The name: the first word of its header line.
    pub name: String,
    /// Length in bases.
    pub length: u64,
}

/// An open genome file, plain or bgzip.
///
/// Positions are 0-based and half-open. Requests are cheapest in coordinate order: the bases
/// around the last one stay decoded.
pub struct Fasta {
    path: PathBuf,
    contigs: Vec<Contig>,
    entries: Vec<FaiEntry>,
    source: FastaFile,
    identity: FileIdentity,
    cache: Stretch,
    /// How many bases the next miss reads; grows while requests stay close to each other.
    ahead: u64,
    /// File bytes as read, with line ends; kept for its allocation.
    raw: Vec<u8>,
}

/// Decoded bases `[start, start + bases.len())` of a contig.
#[derive(Default)]
struct Stretch {
    contig: usize,
    start: u64,
    bases: Vec<u8>,
}

impl Stretch {
    fn end(&self) -> u64 {
        self.start + self.bases.len() as u64
    }

    fn get(&self, contig: usize, start: u64, end: u64) -> Option<&[u8]> {
        if contig != self.contig {
            return None;
        }
        let from = usize::try_from(start.checked_sub(self.start)?).ok()?;
        let to = usize::try_from(end.checked_sub(self.start)?).ok()?;
        self.bases.get(from..to)
    }

    /// Whether `start` lies in the stretch or within `distance` bases of it.
    fn is_near(&self, contig: usize, start: u64, distance: u64) -> bool {
        contig == self.contig
            && !self.bases.is_empty()
            && (self.start.saturating_sub(distance)..=self.end().saturating_add(distance)).contains(&start)
    }
}

impl Fasta {
    /// Opens a FASTA file, plain or bgzip (told by its first bytes, not by its name).
    ///
    /// The `.fai` beside it is used; without one the index is built and written there, or kept in
    /// memory if that is not possible. Likewise a `.gzi` is used if present, but never written.
    ///
    /// # Errors
    ///
    /// A [`FastaError`] that names the file, and the line where there is one: unreadable, plain
    /// gzip, truncated, empty or malformed files, contigs of one name, and an index that does not
    /// fit the file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FastaError> {
        Self::open_until(path, &Stop::new())
    }

    /// The same, unless it is asked to stop while it builds the index.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and [`FastaError::Stopped`].
    pub fn open_until(path: impl AsRef<Path>, stop: &Stop) -> Result<Self, FastaError> {
        let path = path.as_ref().to_owned();
        let (mut source, identity) = FastaFile::open(&path)?;
        let index_path = with_suffix(&path, ".fai");
        let entries = match fai::read(&index_path) {
            // No file has a name that is too long.
            Err(FastaError::Io { source: error, .. })
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename) =>
            {
                source.rewind(&path)?;
                let entries = fai_builder::build(&mut source, &path, stop)?;
                if !entries.is_empty() {
                    // A directory that cannot be written is no fault: the index is in memory.
                    let _ = fai::write(&index_path, &entries);
                }
                entries
            }
            read => read?,
        };
        if entries.is_empty() {
            return Err(FastaError::Empty { path });
        }
        let contig = |entry: &FaiEntry| Contig { name: entry.name.clone(), length: entry.length };
        let mut fasta = Self {
            path,
            contigs: entries.iter().map(contig).collect(),
            entries,
            source,
            identity,
            cache: Stretch::default(),
            ahead: SHORTEST_STRETCH,
            raw: Vec::new(),
        };
        fasta.check_names()?;
        fasta.check_end()?;
        Ok(fasta)
    }

    /// Checks that the file is still the one that was opened, and as it was: what was read of two files fits neither.
    ///
    /// # Errors
    ///
    /// [`FastaError::Changed`], or [`FastaError::Io`].
    pub fn check_unchanged(&self) -> Result<(), FastaError> {
        let path = || self.path.clone();
        match self.identity.is_unchanged(&self.path) {
            Ok(true) => Ok(()),
            Ok(false) => Err(FastaError::Changed { path: path() }),
            Err(source) => Err(FastaError::Io { path: path(), source }),
        }
    }

    /// The contigs in file order; contig numbers are indexes into this list.
    pub fn contigs(&self) -> &[Contig] {
        &self.contigs
    }

    /// Appends the bases `[start, end)` (0-based) of a contig to `out`: exactly `end - start`
    /// bytes, without line ends, letters and case as in the file.
    ///
    /// # Errors
    ///
    /// [`FastaError::NoSuchContig`] and [`FastaError::OutOfRange`] for requests the genome cannot
    /// answer; [`FastaError::StaleIndex`] if the file holds something else than the index says;
    /// [`FastaError::Io`]. `out` is unchanged then.
    pub fn fetch(&mut self, contig: usize, start: u64, end: u64, out: &mut Vec<u8>) -> Result<(), FastaError> {
        if let Some(bases) = self.cache.get(contig, start, end) {
            out.extend_from_slice(bases);
            return Ok(());
        }
        let Some(Contig { name, length }) = self.contigs.get(contig) else {
            return Err(FastaError::NoSuchContig { path: self.path.clone(), contig, count: self.contigs.len() });
        };
        if start > end || end > *length {
            return Err(FastaError::OutOfRange {
                path: self.path.clone(),
                name: name.clone(),
                start,
                end,
                length: *length,
            });
        }
        let length = *length;
        if end - start > LONGEST_STRETCH {
            let before = out.len();
            let read = self.read_bases(contig, start, end, out);
            if read.is_err() {
                out.truncate(before);
            }
            return read;
        }
        // Sparse requests would waste most of a long stretch, dense ones most of the short reads.
        self.ahead = if self.cache.is_near(contig, start, self.ahead) {
            (self.ahead * 2).min(LONGEST_STRETCH)
        } else {
            SHORTEST_STRETCH
        };
        let from = start.saturating_sub(self.ahead / 8);
        let to = end.max(from + self.ahead).min(length);
        let mut bases = std::mem::take(&mut self.cache.bases);
        bases.clear();
        self.read_bases(contig, from, to, &mut bases)?;
        self.cache = Stretch { contig, start: from, bases };
        let wanted = self.cache.get(contig, start, end).or_internal("the stretch holds what it was read for");
        out.extend_from_slice(wanted);
        Ok(())
    }

    /// Appends bases that are known to lie within the contig. If they cannot be read because the file is another one by
    /// now, that is the error.
    fn read_bases(&mut self, contig: usize, start: u64, end: u64, out: &mut Vec<u8>) -> Result<(), FastaError> {
        let read = self.read_pieces(contig, start, end, out);
        read.map_err(|error| self.check_unchanged().err().unwrap_or(error))
    }

    /// The same, in pieces of bounded size.
    fn read_pieces(&mut self, contig: usize, start: u64, end: u64, out: &mut Vec<u8>) -> Result<(), FastaError> {
        let entry = &self.entries[contig];
        let mut from = start;
        while from < end {
            let to = end.min(from + LONGEST_STRETCH);
            let first = entry.offset_of(from);
            let count = entry.offset_of(to - 1) + 1 - first;
            self.source.read_at(first, count, &mut self.raw, &self.path)?;
            let complete = self.raw.len() as u64 == count;
            if !complete || !append_without_line_ends(&self.raw, entry, from, out) {
                let reason = "its lines are not where the index says";
                return Err(self.stale_fai(reason));
            }
            from = to;
        }
        Ok(())
    }

    /// Makes sure that the line above each contig names it: an index left from another file of the same size would
    /// give its bases to the wrong contigs.
    fn check_names(&mut self) -> Result<(), FastaError> {
        /// More than any line of a name.
        const LONGEST_LINE: u64 = 1 << 16;

        let mut places: Vec<(u64, u64, &str)> =
            self.entries.iter().map(|entry| (entry.offset, end_of(entry), entry.name.as_str())).collect();
        places.sort_unstable();
        let mut previous_end = 0;
        let mut fits = true;
        for (offset, end, name) in places {
            let above = offset.saturating_sub(previous_end).min(LONGEST_LINE);
            self.source.read_at(offset - above, above, &mut self.raw, &self.path)?;
            let mark = if offset == above { byte_order_mark::length(&self.raw) } else { 0 };
            let line = self.raw[mark..].trim_ascii().strip_prefix(b">");
            let first_word = line.and_then(|line| line.split(u8::is_ascii_whitespace).next());
            fits &= first_word == Some(name.as_bytes());
            previous_end = end;
        }
        if fits { Ok(()) } else { Err(self.stale_fai("it names other contigs")) }
    }

    /// Makes sure that the file ends where the index says its last contig does.
    fn check_end(&mut self) -> Result<(), FastaError> {
        /// Enough to see what follows the last line.
        const LOOK: u64 = 64;

        let end = self.entries.iter().map(end_of).max().unwrap_or_default();
        let last = end.saturating_sub(1);
        self.source.read_at(last, LOOK, &mut self.raw, &self.path)?;
        match self.raw.split_first() {
            None => Err(self.stale_fai("a contig ends beyond the end of the file")),
            Some((_, rest)) if rest.iter().all(u8::is_ascii_whitespace) => Ok(()),
            Some(_) => Err(self.stale_fai("the file goes on after the last contig")),
        }
    }

    fn stale_fai(&self, reason: &'static str) -> FastaError {
        stale(&self.path, with_suffix(&self.path, ".fai"), reason)
    }
}

/// Where a contig's last base ends.
fn end_of(entry: &FaiEntry) -> u64 {
    match entry.length.checked_sub(1) {
        Some(last) => entry.offset_of(last) + 1,
        None => entry.offset,
    }
}

/// Appends the bases in `raw`, which begins with base `first` of the contig and ends with a base;
/// `false` if line ends are elsewhere than the index says.
fn append_without_line_ends(raw: &[u8], entry: &FaiEntry, first: u64, out: &mut Vec<u8>) -> bool {
    // What does not fit in memory is longer than any line of `raw`.
    let as_usize = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let line_bases = as_usize(entry.line_bases);
    let line_end = as_usize(entry.line_width - entry.line_bases);
    let before = out.len();
    let mut left_in_line = line_bases - as_usize(first % entry.line_bases.max(1));
    let mut rest = raw;
    while !rest.is_empty() {
        let (bases, after) = rest.split_at(left_in_line.min(rest.len()));
        out.extend_from_slice(bases);
        let (ends, next_line) = after.split_at(line_end.min(after.len()));
        if !ends.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            return false;
        }
        rest = next_line;
        left_in_line = line_bases;
    }
    // `fold` instead of `all`: without an early exit this is vectorised.
    let is_base = |byte: &u8| *byte > b' ' && *byte != b'>';
    out[before..].iter().fold(true, |all, byte| all & is_base(byte))
}

/// `path` with `suffix` after its whole name: `g.fa.gz` becomes `g.fa.gz.fai`.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
