//! What `tests/fuzz` reads damaged files with; nothing here is for other programs.

pub use crate::genome::{
    Allele, BedIntervals, BedReader, Contig, ContigMap, Fasta, LineEnd, Regions, VariantSource, VcfHeader, VcfReader,
};

use std::path::Path;

use crate::genome::{Encoder, check_header};
use crate::number::{append_shortest, append_significant};
use crate::plugin::{self, is_finding};

/// The shortest spelling of a 64-bit float.
pub fn shortest(value: f64) -> String {
    spelled(|text| append_shortest(text, value))
}

/// The shortest spelling of a 32-bit float.
pub fn shortest_f32(value: f32) -> String {
    spelled(|text| append_shortest(text, value))
}

/// The spelling of a 32-bit float with this many significant digits.
pub fn significant(value: f32, digits: u8) -> String {
    spelled(|text| append_significant(text, value, digits))
}

fn spelled(append: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut text = Vec::new();
    append(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The BCF of these lines, which have no ends, as the sink of VCFs makes it; `None` if BCF cannot hold them.
pub fn encode_bcf(header: &VcfHeader, lines: &[Vec<u8>]) -> Option<Vec<u8>> {
    check_header(header).ok()?;
    let text = [header.meta_lines(), &[header.column_line().to_vec(), Vec::new()]].concat().join(&b'\n');
    let mut encoder = Encoder::new(&text);
    lines.iter().for_each(|line| encoder.see(line));
    let mut bytes = Vec::new();
    encoder.append_header(&mut bytes);
    lines.iter().try_for_each(|line| encoder.append_record(&mut bytes, line).map(drop)).ok()?;
    Some(bytes)
}

/// What is wrong with a library, as far as its tables tell.
pub fn library_problem(library: &Path) -> Option<String> {
    plugin::library_problem(library)
}

/// Whether a text is what a process says of a library that it opened.
pub fn read_plugin_finding(text: &[u8]) -> bool {
    is_finding(text)
}
