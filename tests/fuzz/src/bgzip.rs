//! Blocks of gzip, as readers of compressed files expect them around the bytes that are damaged.

use std::io::{self, Write};

use noodles::bgzf;

/// The bytes as a complete file of blocks.
pub(crate) fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(bytes)?;
    writer.finish()
}
