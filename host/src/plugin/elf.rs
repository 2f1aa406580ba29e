//! Libraries of Linux as files: ELF of 64 bits, the least byte first. What the system's loader finds by an address of memory is
//! found here by the same address, before anything is mapped.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// The head of a file, an entry of the table of its segments, and one of its dynamic table.
const HEAD: usize = 64;
const SEGMENT: usize = 56;
const DYNAMIC_ENTRY: usize = 16;
/// More segments than any library has.
const MOST_SEGMENTS: u64 = 1024;

/// What is wrong with a file.
#[derive(Debug)]
pub(super) enum Problem {
    /// It cannot be read, as whoever opens it will say.
    Unreadable,
    /// It is shorter than its tables say.
    Incomplete {
        /// Its length, and what it should be at least.
        length: u64,
        needed: u64,
    },
    /// Its tables lead nowhere: which of them.
    Damaged(&'static str),
}

impl From<io::Error> for Problem {
    fn from(_: io::Error) -> Self {
        Self::Unreadable
    }
}

/// What a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SegmentKind {
    /// It is mapped.
    Loaded,
    /// It is the dynamic table.
    Dynamic,
    /// It is what each thread has of its own.
    ThreadLocal,
    /// Something that the loader does not follow.
    Other,
}

/// A part of the file or of memory.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub kind: SegmentKind,
    flags: u64,
    offset: u64,
    pub address: u64,
    pub in_file: u64,
    pub in_memory: u64,
}

impl Segment {
    /// Whether the memory of the segment holds all of this.
    fn holds(&self, address: u64, size: u64) -> bool {
        within(address, size, self.address, self.in_memory)
    }
}

/// What may be done with memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anything.
    Any,
    /// It is written to.
    Write,
    /// It is run.
    Run,
}

/// A library.
pub(super) struct Elf {
    file: File,
    /// The number of the kind of processor.
    pub machine: u64,
    pub segments: Vec<Segment>,
}

impl Elf {
    /// Reads the head and the table of segments; `None` if it is no such file.
    pub fn open(library: &Path) -> Result<Option<Self>, Problem> {
        let mut file = File::open(library)?;
        let length = file.metadata()?.len();
        let mut head = [0; HEAD];
        if file.read_exact(&mut head).is_err() || head[..6] != *b"\x7fELF\x02\x01" {
            return Ok(None);
        }
        let (table, size, count) = (number(&head, 32, 8), number(&head, 54, 2), number(&head, 56, 2));
        if size != SEGMENT as u64 || count > MOST_SEGMENTS {
            return Ok(None);
        }
        let mut needed = table.saturating_add(size * count);
        if length < needed {
            return Err(Problem::Incomplete { length, needed });
        }
        file.seek(SeekFrom::Start(table))?;
        let mut segments = Vec::new();
        for _ in 0..count {
            let mut entry = [0; SEGMENT];
            file.read_exact(&mut entry)?;
            let segment = segment(&entry);
            if segment.kind == SegmentKind::Loaded {
                needed = needed.max(segment.offset.saturating_add(segment.in_file));
            }
            segments.push(segment);
        }
        if length < needed {
            return Err(Problem::Incomplete { length, needed });
        }
        Ok(Some(Self { file, machine: number(&head, 18, 2), segments }))
    }

    /// The segments that are mapped.
    pub fn loaded(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.kind == SegmentKind::Loaded)
    }

    /// Whether some segment has this memory, for this use.
    pub fn has(&self, address: u64, size: u64, access: Access) -> bool {
        let flag = match access {
            Access::Any => 0,
            Access::Write => 2,
            Access::Run => 1,
        };
        self.loaded().any(|segment| segment.holds(address, size) && segment.flags & flag == flag)
    }

    /// What the file has for the memory at an address; `what` is the table that led there.
    ///
    /// # Errors
    /// Memory that the file has nothing for.
    pub fn at(&self, address: u64, size: u64, what: &'static str) -> Result<Vec<u8>, Problem> {
        let holds = |segment: &&Segment| within(address, size, segment.address, segment.in_file);
        let segment = self.loaded().find(holds).ok_or(Problem::Damaged(what))?;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(segment.offset + (address - segment.address)))?;
        // No more than the file has, as all its segments are in it.
        let mut bytes = vec![0; usize::try_from(size).map_err(|_| Problem::Damaged(what))?];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The dynamic table up to its end; `None` if there is none.
    ///
    /// # Errors
    /// A table that is not in the file, or without end.
    pub fn dynamic(&self) -> Result<Option<Dynamic>, Problem> {
        const WHAT: &str = "its dynamic table";
        let Some(segment) = self.segments.iter().find(|segment| segment.kind == SegmentKind::Dynamic) else {
            return Ok(None);
        };
        let mut entries = Vec::new();
        for entry in self.at(segment.address, segment.in_file, WHAT)?.chunks_exact(DYNAMIC_ENTRY) {
            match number(entry, 0, 8) {
                0 => return Ok(Some(Dynamic(entries))),
                tag => entries.push((tag, number(entry, 8, 8))),
            }
        }
        Err(Problem::Damaged(WHAT))
    }
}

/// The table that leads to all others.
#[derive(Debug)]
pub(super) struct Dynamic(Vec<(u64, u64)>);

impl Dynamic {
    /// What stands under a tag; of several, the last counts.
    pub fn get(&self, tag: u64) -> Option<u64> {
        self.all(tag).last()
    }

    /// All that stands under a tag.
    pub fn all(&self, tag: u64) -> impl Iterator<Item = u64> {
        self.0.iter().filter(move |(other, _)| *other == tag).map(|(_, value)| *value)
    }

    /// A table that two tags describe, its address and its size; `None` if there is none.
    pub fn table(&self, address: u64, size: u64) -> Option<(u64, u64)> {
        Some((self.get(address)?, self.get(size).unwrap_or(0)))
    }
}

fn segment(entry: &[u8; SEGMENT]) -> Segment {
    let kind = match number(entry, 0, 4) {
        1 => SegmentKind::Loaded,
        2 => SegmentKind::Dynamic,
        7 => SegmentKind::ThreadLocal,
        _ => SegmentKind::Other,
    };
    Segment {
        kind,
        flags: number(entry, 4, 4),
        offset: number(entry, 8, 8),
        address: number(entry, 16, 8),
        in_file: number(entry, 32, 8),
        in_memory: number(entry, 40, 8),
    }
}

/// Whether so many bytes from an address on lie in a stretch.
fn within(address: u64, size: u64, start: u64, length: u64) -> bool {
    address.checked_sub(start).is_some_and(|from| from <= length && size <= length - from)
}

/// A number of up to 8 bytes, the least first; what is not there counts as 0.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}
