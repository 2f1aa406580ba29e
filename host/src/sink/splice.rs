//! Records with scores spliced in: nothing else of a line changes.

use super::{
    info_field::InfoField, kipoi_info::KipoiInfo, native_info::NativeInfo, record_line::RecordLine,
    variant_id::append_variant_id,
};
use crate::{genome::VcfRecord, scored::ScoreMatrix};
use std::{collections::HashSet, ops::Range};

/// The INFO entries of a style.
#[derive(Debug)]
pub(super) enum Entries {
    Native(NativeInfo),
    Kipoi(KipoiInfo),
}

/// Turns scored records into lines.
#[derive(Debug)]
pub(super) struct Splicer {
    entries: Entries,
    own: OwnKeys,
    std_var_id: bool,
}

impl Splicer {
    /// A splicer of `entries`, which take the place of `own` keys; with `std_var_id` it writes the ID column too.
    pub(super) fn new(entries: Entries, own: &[String], std_var_id: bool) -> Self {
        Self { entries, own: OwnKeys::new(own), std_var_id }
    }

    /// The first of our keys that the record has already.
    pub(super) fn first_own_key<'r>(&self, record: &'r VcfRecord) -> Option<&'r [u8]> {
        record.info().split(|byte| *byte == b';').find(|entry| self.own.contains(entry)).map(key_of)
    }

    /// Appends the record's line with its end; tells how many entries of an earlier run it left out.
    pub(super) fn append_line(&self, line: &mut Vec<u8>, content: &RecordLine<'_>, scores: &[ScoreMatrix]) -> u64 {
        let record = content.record;
        let (bytes, column) = (record.bytes(), record.info_range());
        let mut copied = 0;
        if self.std_var_id {
            let id = id_range(record);
            line.extend_from_slice(&bytes[..id.start]);
            append_variant_id(line, record);
            copied = id.end;
        }
        line.extend_from_slice(&bytes[copied..column.start]);
        let mut info = InfoField::new(line);
        let left_out = info.copy(record.info(), |entry| !self.own.contains(entry));
        match &self.entries {
            Entries::Native(entries) => entries.append(&mut info, content, scores),
            Entries::Kipoi(entries) => entries.append(&mut info, content, scores),
        }
        info.finish(column.is_empty());
        line.extend_from_slice(&bytes[column.end..]);
        line.extend_from_slice(record.line_end().as_bytes());
        left_out
    }
}

/// Where the ID column lies in the record's bytes.
fn id_range(record: &VcfRecord) -> Range<usize> {
    let columns = record.bytes().split(|byte| *byte == b'\t');
    let start = columns.take(2).map(|column| column.len() + 1).sum();
    start..start + record.id().len()
}

/// The keys that are ours.
#[derive(Debug)]
struct OwnKeys {
    /// The beginning that all share: most entries are told by it alone.
    prefix: Vec<u8>,
    keys: HashSet<Vec<u8>>,
}

impl OwnKeys {
    fn new(keys: &[String]) -> Self {
        let keys: HashSet<Vec<u8>> = keys.iter().map(|key| key.clone().into_bytes()).collect();
        let mut prefix = keys.iter().next().cloned().unwrap_or_default();
        for key in &keys {
            let shared = prefix.iter().zip(key).take_while(|(a, b)| a == b).count();
            prefix.truncate(shared);
        }
        Self { prefix, keys }
    }

    /// Whether the entry, a flag or `KEY=value`, is ours.
    fn contains(&self, entry: &[u8]) -> bool {
        entry.starts_with(&self.prefix) && self.keys.contains(key_of(entry))
    }
}

fn key_of(entry: &[u8]) -> &[u8] {
    entry.split(|byte| *byte == b'=').next().unwrap_or_default()
}
