//! Archives of NumPy arrays, in which golden results are kept.
#![allow(clippy::unwrap_used)] // for tests alone

use std::io::Read;

use flate2::read::DeflateDecoder;

/// The 32-bit floats of an array in an archive.
///
/// # Panics
/// There is no such array.
pub fn array(archive: &[u8], name: &str) -> Vec<f32> {
    let name = format!("{name}.npy");
    let is_header =
        |at: &usize| archive[*at..].starts_with(b"PK\x03\x04") && archive[at + 30..].starts_with(name.as_bytes());
    let header = (0..archive.len() - 30).find(is_header).unwrap_or_else(|| panic!("no {name}"));
    let length = |at: usize| usize::from(u16::from_le_bytes([archive[header + at], archive[header + at + 1]]));
    let mut bytes = Vec::new();
    DeflateDecoder::new(&archive[header + 30 + length(26) + length(28)..]).read_to_end(&mut bytes).unwrap();
    let description = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    bytes[10 + description..].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
