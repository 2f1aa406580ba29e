//! The archive that a TorchScript file is.
//!
//! LibTorch reads the same file afterwards with a reader of its own. So this one takes only what no two readers can take
//! for different things: one end, names that differ in more than their case, and sizes that are true. That is why it is not
//! one of the lenient readers that there are for archives.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::DeflateDecoder;

/// Bytes that all compressed records may have together when they are unpacked. PyTorch compresses code alone.
const LARGEST_UNPACKED: u64 = 256 << 20;

/// Bytes of the record at the end of an archive, without comment.
const END_LENGTH: u64 = 22;
/// Bytes of what stands before it in large archives.
const LOCATOR_LENGTH: u64 = 20;
const LARGE_END_LENGTH: u64 = 56;
const HEADER_LENGTH: u64 = 30;
const ENTRY_LENGTH: usize = 46;

/// The list of an archive's records.
pub struct Archive {
    file: File,
    length: u64,
    root: String,
    records: Vec<Record>,
    /// Where the first record of each name is.
    places: HashMap<String, usize>,
}

/// A part of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name below the folder that all records are in.
    pub name: String,
    /// Bytes when it is unpacked.
    pub size: u64,
    packed: u64,
    is_compressed: bool,
    header: u64,
}

impl Archive {
    /// Reads the list.
    ///
    /// # Errors
    /// What is not as PyTorch writes it.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(text)?;
        let length = file.metadata().map_err(text)?.len();
        let mut archive = Self { file, length, root: String::new(), records: Vec::new(), places: HashMap::new() };
        let (entries, start, size) = archive.directory()?;
        let directory = archive.bytes(start, size)?;
        let mut rest = directory.as_slice();
        for _ in 0..entries {
            let (record, after) = entry(rest).ok_or("its list of records is cut short")?;
            archive.add(record?)?;
            rest = after;
        }
        archive.check_sizes()?;
        Ok(archive)
    }

    /// All records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record of this name.
    pub fn get(&self, name: &str) -> Option<&Record> {
        self.places.get(name).map(|&place| &self.records[place])
    }

    /// What is in a record.
    ///
    /// # Errors
    /// A record that cannot be read, or has not as many bytes as the list says.
    pub fn read(&self, record: &Record) -> Result<Vec<u8>, String> {
        let name = &record.name;
        let header = self.bytes(record.header, HEADER_LENGTH)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(format!("record {name} is not where the list says"));
        }
        let before = u64::from(number(&header, 26, 2)) + u64::from(number(&header, 28, 2));
        let packed = self.bytes(record.header + HEADER_LENGTH + before, record.packed)?;
        if !record.is_compressed {
            return Ok(packed);
        }
        let mut unpacked = Vec::new();
        let read = DeflateDecoder::new(packed.as_slice()).take(record.size + 1).read_to_end(&mut unpacked);
        read.map_err(|error| format!("record {name} cannot be unpacked: {error}"))?;
        match unpacked.len() as u64 == record.size {
            true => Ok(unpacked),
            false => Err(format!("record {name} has not the {} bytes that the list says", record.size)),
        }
    }

    /// How many records the list has, where it begins, and how long it is.
    fn directory(&self) -> Result<(u64, u64, u64), String> {
        let at = self.length.checked_sub(END_LENGTH).ok_or("it is too short for an archive")?;
        let end = self.bytes(at, END_LENGTH)?;
        if !end.starts_with(b"PK\x05\x06") || number(&end, 20, 2) != 0 {
            return Err("something follows the archive".into());
        }
        let locator = match at.checked_sub(LOCATOR_LENGTH) {
            Some(locator) => self.bytes(locator, LOCATOR_LENGTH)?,
            None => Vec::new(),
        };
        let (entries, size, start) = if locator.starts_with(b"PK\x06\x07") {
            let large = self.bytes(long(&locator, 8), LARGE_END_LENGTH)?;
            if !large.starts_with(b"PK\x06\x06") {
                return Err("its end is not where it says".into());
            }
            (long(&large, 32), long(&large, 40), long(&large, 48))
        } else {
            (number(&end, 10, 2).into(), number(&end, 12, 4).into(), number(&end, 16, 4).into())
        };
        if start.checked_add(size).is_none_or(|end| end > at) {
            return Err("its list of records is not where it says".into());
        }
        Ok((entries, start, size))
    }

    /// Adds a record, whose name still begins with the folder of all.
    fn add(&mut self, mut record: Record) -> Result<(), String> {
        let (root, name) = record.name.split_once('/').ok_or("it has a record outside of its folder")?;
        if self.records.is_empty() {
            self.root = root.to_owned();
        }
        if root != self.root || name.contains(['\\', '\0']) {
            return Err(format!("it has a record outside of its folder {}", self.root));
        }
        record.name = name.to_owned();
        self.places.entry(record.name.clone()).or_insert(self.records.len());
        self.records.push(record);
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), String> {
        let mut names = HashSet::new();
        let (mut packed, mut unpacked) = (0u64, 0u64);
        for record in &self.records {
            if !names.insert(record.name.to_ascii_lowercase()) {
                return Err(format!("it has record {} twice", record.name));
            }
            if !record.is_compressed && record.packed != record.size {
                return Err(format!("record {} has two sizes", record.name));
            }
            packed = packed.saturating_add(record.packed);
            if record.is_compressed {
                unpacked = unpacked.saturating_add(record.size);
            }
        }
        if packed > self.length {
            return Err(format!("its records have {packed} bytes, and the file has {}", self.length));
        }
        if unpacked > LARGEST_UNPACKED {
            return Err(format!(
                "its compressed records have {} MiB when they are unpacked; PyTorch does not compress weights",
                unpacked >> 20
            ));
        }
        Ok(())
    }

    fn bytes(&self, at: u64, length: u64) -> Result<Vec<u8>, String> {
        if at.checked_add(length).is_none_or(|end| end > self.length) {
            return Err("a part of it lies beyond its end".into());
        }
        let mut bytes = Vec::new();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at)).map_err(text)?;
        file.take(length).read_to_end(&mut bytes).map_err(text)?;
        match bytes.len() as u64 == length {
            true => Ok(bytes),
            false => Err("it became shorter while it was read".into()),
        }
    }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}

/// The first entry of the list, and what follows it; `None` if it is cut short.
fn entry(list: &[u8]) -> Option<(Result<Record, String>, &[u8])> {
    let fixed = list.get(..ENTRY_LENGTH).filter(|fixed| fixed.starts_with(b"PK\x01\x02"))?;
    let [name, extra, comment] = [28, 30, 32].map(|at| number(fixed, at, 2) as usize);
    let after = list.get(ENTRY_LENGTH + name + extra + comment..)?;
    let extra = &list[ENTRY_LENGTH + name..][..extra];
    let name = &list[ENTRY_LENGTH..][..name];
    Some((record(fixed, name, extra), after))
}

fn record(fixed: &[u8], name: &[u8], extra: &[u8]) -> Result<Record, String> {
    let name = std::str::from_utf8(name).map_err(|_| "it has a record whose name is not UTF-8")?.to_owned();
    if number(fixed, 8, 2) & 1 != 0 {
        return Err(format!("record {name} is encrypted"));
    }
    let is_compressed = match number(fixed, 10, 2) {
        0 => false,
        8 => true,
        _ => return Err(format!("record {name} is compressed in a way that PyTorch does not know")),
    };
    // What does not fit is in a field of its own, in this order.
    let mut large = large_numbers(extra).chunks_exact(8);
    let mut whole = |at: usize| match number(fixed, at, 4) {
        u32::MAX => large.next().map(|bytes| long(bytes, 0)).ok_or_else(|| format!("record {name} has no size")),
        number => Ok(number.into()),
    };
    let (size, packed, header) = (whole(24)?, whole(20)?, whole(42)?);
    Ok(Record { name, size, packed, is_compressed, header })
}

/// The field of an entry that holds numbers of eight bytes; empty if there is none.
fn large_numbers(mut extra: &[u8]) -> &[u8] {
    while let (Some(head), Some(rest)) = (extra.get(..4), extra.get(4..)) {
        let length = rest.len().min(number(head, 2, 2) as usize);
        if number(head, 0, 2) == 1 {
            return &rest[..length];
        }
        extra = &rest[length..];
    }
    &[]
}

/// A number of at most four bytes; what is not there counts as 0.
fn number(bytes: &[u8], at: usize, length: usize) -> u32 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from(number(bytes, at, 4)) | u64::from(number(bytes, at + 4, 4)) << 32
}
