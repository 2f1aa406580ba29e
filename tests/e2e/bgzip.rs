//! Block-gzipped files.

use std::io::{Read as _, Write as _};

use flate2::{Compression, GzBuilder, read::MultiGzDecoder};

/// The empty block with which every bgzip file ends.
const END: [u8; 28] = [31, 139, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 66, 67, 2, 0, 27, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Packs bytes into blocks of at most `size` bytes each.
pub fn pack(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut packed: Vec<u8> = bytes.chunks(size).flat_map(block).collect();
    packed.extend_from_slice(&END);
    packed
}

/// One block: gzip whose header tells its own length.
pub fn block(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().extra(vec![b'B', b'C', 2, 0, 0, 0]).write(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    let mut block = encoder.finish().unwrap();
    let last = u16::try_from(block.len() - 1).expect("a small block").to_le_bytes();
    block[16..18].copy_from_slice(&last);
    block
}

/// The text in a bgzip file, which must be complete.
pub fn unpack(bytes: &[u8]) -> String {
    String::from_utf8(unpack_bytes(bytes)).unwrap()
}

/// The contents of a bgzip file, which must be complete.
pub fn unpack_bytes(bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.ends_with(&END), "the end is missing");
    let mut contents = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut contents).unwrap();
    contents
}
