//! The header of an annotated VCF.

use super::info_key::InfoKey;
use crate::genome::{Contig, VcfHeader};
use std::collections::HashSet;

/// What an annotated VCF declares beyond its input.
pub(super) struct Additions<'a> {
    /// The genome's contigs: declared if the input declares none.
    pub(super) contigs: &'a [Contig],
    /// Our INFO keys.
    pub(super) keys: &'a [InfoKey],
    /// Keys whose declarations go: ours, and those that an earlier run of the same model left.
    pub(super) own: &'a [String],
    /// Numbers of lines of the input that go: what earlier runs of the same model said of their scores.
    pub(super) outdated: &'a [usize],
    /// Lines that say who wrote the scores; left out where the input has them already.
    pub(super) provenance: &'a [String],
}

/// The header's text: the input's lines as they are, each once, without declarations of our keys; then what is missing.
pub(super) fn annotated(input: &VcfHeader, additions: &Additions<'_>) -> Vec<u8> {
    let Additions { contigs, keys, own, outdated, provenance } = additions;
    let ids: HashSet<&str> = own.iter().map(String::as_str).collect();
    let ours = input.info().iter().filter(|declared| ids.contains(declared.id.as_str()));
    let ours: HashSet<usize> = ours.map(|declared| declared.line).collect();

    let mut text = Text { bytes: Vec::new(), line_end: input.line_end().as_bytes() };
    if input.file_format().is_none() {
        text.push(b"##fileformat=VCFv4.2");
    }
    let mut seen = HashSet::new();
    for (index, line) in input.meta_lines().iter().enumerate() {
        if !ours.contains(&index) && !outdated.contains(&index) && seen.insert(&line[..]) {
            text.push(line);
        }
    }
    if input.contigs().is_empty() {
        for Contig { name, length } in *contigs {
            text.push(format!("##contig=<ID={name},length={length}>").as_bytes());
        }
    }
    for line in provenance.iter().filter(|line| !seen.contains(line.as_bytes())) {
        text.push(line.as_bytes());
    }
    for key in *keys {
        text.push(key.header_line().as_bytes());
    }
    text.push(input.column_line());
    text.bytes
}

struct Text {
    bytes: Vec<u8>,
    line_end: &'static [u8],
}

impl Text {
    fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.bytes.extend_from_slice(self.line_end);
    }
}
