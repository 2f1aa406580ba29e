//! TorchScript files that PyTorch would not write, for tests of who reads them.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

/// A record of an archive to be.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name below the folder of all.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether it is packed.
    pub is_compressed: bool,
    /// What the list says instead of its true size.
    pub stated: Option<u32>,
}

impl Part {
    /// A record as PyTorch writes it.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), bytes: bytes.to_vec(), is_compressed: false, stated: None }
    }
}

/// An archive of records in the folder `m`.
///
/// # Panics
/// If memory cannot be written to.
pub fn archive(parts: &[Part]) -> Vec<u8> {
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for part in parts {
        let name = format!("m/{}", part.name);
        let mut crc = Crc::new();
        crc.update(&part.bytes);
        let mut packed = part.bytes.clone();
        if part.is_compressed {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&part.bytes).expect("memory");
            packed = encoder.finish().expect("memory");
        }
        let size = part.stated.unwrap_or(part.bytes.len() as u32);
        let mut common = vec![20, 0, 0, 0, if part.is_compressed { 8 } else { 0 }, 0, 0, 0, 0, 0];
        for number in [crc.sum(), packed.len() as u32, size, name.len() as u32] {
            common.extend(number.to_le_bytes());
        }
        let start = file.len() as u32;
        file.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), &packed].concat());
        list.extend([b"PK\x01\x02\0\0".as_slice(), &common, &[0; 10], &start.to_le_bytes(), name.as_bytes()].concat());
    }
    let (start, length, count) = (file.len() as u32, list.len() as u32, (parts.len() as u16).to_le_bytes());
    file.extend(list);
    file.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count].concat());
    file.extend([length.to_le_bytes().as_slice(), &start.to_le_bytes(), &[0, 0]].concat());
    file
}

/// A network without weights.
pub fn network(code: &str) -> Vec<Part> {
    let pickle = b"\x80\x02c__torch__\nNet\n)\x81}(X\x08\0\0\0training\x89ub.";
    let class = "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";
    let code = format!("{class}{code}");
    vec![
        Part::new("data.pkl", pickle),
        Part::new("code/__torch__.py", code.as_bytes()),
        Part::new("constants.pkl", b"\x80\x02)."),
        Part::new("version", b"3\n"),
    ]
}

/// A `forward` that does this before it gives back its input.
pub fn forward(body: &str) -> String {
    format!("  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n    {body}\n    return x\n")
}
