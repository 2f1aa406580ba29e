//! Archives of NumPy arrays as `numpy.savez` writes them: a zip archive without compression, with a file `NAME.npy` for
//! each array (NumPy Enhancement Proposal 1; PKWARE's APPNOTE).

use std::fs;
use std::path::Path;

use kipos_plugin_api::{Tensor, TensorData};

use super::error::OriginalFile;

/// The arrays of an archive, in its order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Npz {
    arrays: Vec<(String, Tensor)>,
}

impl Npz {
    /// Reads a whole archive.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such archive.
    pub(super) fn read(file: &Path) -> Result<Self, OriginalFile> {
        let bytes = fs::read(file).map_err(|error| error.to_string());
        let arrays = bytes.and_then(|bytes| arrays(&bytes));
        let arrays = arrays.map_err(|problem| OriginalFile { file: file.to_owned(), problem })?;
        Ok(Self { arrays })
    }

    /// The arrays in a folder of the archive, by their names in it.
    pub(super) fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Tensor)> {
        let inside =
            move |(name, array): &'a (String, Tensor)| Some((name.strip_prefix(folder)?.strip_prefix('/')?, array));
        self.arrays.iter().filter_map(inside)
    }
}

const CUT: &str = "it is cut short, or not an archive of arrays";

fn arrays(bytes: &[u8]) -> Result<Vec<(String, Tensor)>, String> {
    // The record at the end, behind which a comment may stand.
    let from = bytes.len().saturating_sub(22 + usize::from(u16::MAX));
    let tail = bytes[from..].windows(4).rposition(|window| window == b"PK\x05\x06").ok_or(CUT)?;
    let end = from + tail;
    let count = number(bytes, end + 10, 2)?;
    let mut at = number(bytes, end + 16, 4)?;
    if at == u32::MAX as usize || count == usize::from(u16::MAX) {
        return Err("it has more than 4 GiB".into());
    }
    let mut found = Vec::with_capacity(count);
    for _ in 0..count {
        if slice(bytes, at, 4)? != b"PK\x01\x02" {
            return Err(CUT.into());
        }
        let (method, length) = (number(bytes, at + 10, 2)?, number(bytes, at + 20, 4)?);
        let [name, extra, comment] = [28, 30, 32].map(|field| number(bytes, at + field, 2));
        let (name, extra, comment) = (name?, extra?, comment?);
        let local = number(bytes, at + 42, 4)?;
        let text = String::from_utf8_lossy(slice(bytes, at + 46, name)?).into_owned();
        at += 46 + name + extra + comment;
        let Some(array) = text.strip_suffix(".npy") else { continue };
        if method != 0 {
            return Err(format!("`{array}` is compressed"));
        }
        let data = local + 30 + number(bytes, local + 26, 2)? + number(bytes, local + 28, 2)?;
        let tensor = tensor(slice(bytes, data, length)?).map_err(|problem| format!("`{array}`: {problem}"))?;
        found.push((array.to_owned(), tensor));
    }
    Ok(found)
}

fn slice(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], String> {
    at.checked_add(length).and_then(|end| bytes.get(at..end)).ok_or_else(|| CUT.to_owned())
}

/// A number of `length` bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Result<usize, String> {
    Ok(slice(bytes, at, length)?.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// The array of a file `.npy`.
fn tensor(bytes: &[u8]) -> Result<Tensor, String> {
    if slice(bytes, 0, 6)? != b"\x93NUMPY" {
        return Err("it is not an array of NumPy".into());
    }
    let (length, from) =
        if number(bytes, 6, 1)? == 1 { (number(bytes, 8, 2)?, 10) } else { (number(bytes, 8, 4)?, 12) };
    let header = String::from_utf8_lossy(slice(bytes, from, length)?).into_owned();
    let data = &bytes[from + length..];
    let value =
        |key: &str| header.split_once(&format!("'{key}': ")).map(|(_, rest)| rest).ok_or("its header is damaged");
    if !value("fortran_order")?.starts_with("False") {
        return Err("its columns come first".into());
    }
    let inside = value("shape")?.trim_start_matches('(').split(')').next().unwrap_or_default();
    let axes = inside.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    let shape = axes.map(str::parse).collect::<Result<Vec<usize>, _>>().map_err(|_| "its shape is damaged")?;
    let kind = value("descr")?.trim_start_matches('\'').split('\'').next().unwrap_or_default();
    Tensor::new(shape, elements(kind, data)?).map_err(|error| error.message)
}

fn elements(kind: &str, data: &[u8]) -> Result<TensorData, String> {
    macro_rules! numbers {
        ($number:ty) => {{
            let (items, _) = data.as_chunks::<{ size_of::<$number>() }>();
            items.iter().map(|item| <$number>::from_le_bytes(*item)).collect::<Vec<_>>().into()
        }};
    }
    Ok(match kind {
        "<f4" => numbers!(f32),
        "<f8" => numbers!(f64),
        "<i8" => numbers!(i64),
        "<i4" => numbers!(i32),
        "|u1" => data.to_vec().into(),
        "|b1" => data.iter().map(|byte| *byte != 0).collect::<Vec<bool>>().into(),
        other => return Err(format!("its elements are of type {other}")),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file `.npy` of 32-bit floats.
    pub(in crate::conversion) fn npy(shape: &[usize], values: &[f32]) -> Vec<u8> {
        let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
        let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({axes}), }}");
        header.push_str(&" ".repeat((64 - (10 + header.len() + 1) % 64) % 64));
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        bytes
    }

    /// An archive of files, without compression; sums are not looked at.
    pub(in crate::conversion) fn archive(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, data) in files {
            let offset = u32::try_from(bytes.len()).unwrap();
            let length = u32::try_from(data.len()).unwrap().to_le_bytes();
            let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
            bytes.extend([&b"PK\x03\x04\x2d\x00\x00\x00\x00\x00"[..], &[0; 8][..]].concat());
            // As NumPy does: the lengths are in the directory alone, and a field follows the name.
            bytes.extend([0xff; 8]);
            bytes.extend([&name_length[..], &[4, 0][..], name.as_bytes(), &[1, 0, 0, 0][..], &data[..]].concat());
            directory.extend(
                [&b"PK\x01\x02\x2d\x00\x2d\x00\x00\x00\x00\x00"[..], &[0; 8][..], &length[..], &length[..]].concat(),
            );
            directory.extend([&name_length[..], &[0; 12][..], &offset.to_le_bytes()[..], name.as_bytes()].concat());
        }
        let start = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let (count, length) = (u16::try_from(files.len()).unwrap().to_le_bytes(), directory.len());
        bytes.extend(directory);
        bytes.extend([&b"PK\x05\x06\x00\x00\x00\x00"[..], &count[..], &count[..]].concat());
        bytes.extend([&u32::try_from(length).unwrap().to_le_bytes()[..], &start[..], &[0, 0][..]].concat());
        bytes
    }

    #[test]
    fn arrays_are_read_by_folder() {
        let bytes = archive(&[
            ("inputs/seq.npy", npy(&[2, 1], &[1.0, 2.0])),
            ("outputs/a/b:0.npy", npy(&[2], &[0.5, -1.0])),
            ("notes.txt", b"x".to_vec()),
        ]);
        let npz = Npz { arrays: arrays(&bytes).unwrap() };
        let found: Vec<_> = npz.folder("outputs").map(|(name, array)| (name, array.shape().to_vec())).collect();
        assert_eq!(found, [("a/b:0", vec![2])]);
        let seq = npz.folder("inputs").next().unwrap().1;
        assert_eq!(seq.view().as_f32().unwrap(), [1.0, 2.0]);
        assert_eq!(npz.folder("layers").count(), 0);
    }

    #[test]
    fn damage_is_told() {
        let whole = archive(&[("a.npy", npy(&[2], &[1.0, 2.0]))]);
        for length in [0, 3, whole.len() / 2, whole.len() - 20] {
            assert_eq!(arrays(&whole[..length]).unwrap_err(), CUT, "{length}");
        }
        let of = |data: Vec<u8>| arrays(&archive(&[("a.npy", data)])).unwrap_err();
        assert_eq!(of(b"text, no array".to_vec()), "`a`: it is not an array of NumPy");
        assert_eq!(of(npy(&[3], &[1.0])), "`a`: a tensor of shape [3] cannot hold 1 elements");
        let spoilt = |from: &str, to: &str| {
            let text = npy(&[1], &[0.0]);
            let at = text.windows(from.len()).position(|window| window == from.as_bytes()).unwrap();
            of([&text[..at], to.as_bytes(), &text[at + from.len()..]].concat())
        };
        assert_eq!(spoilt("<f4", ">f4"), "`a`: its elements are of type >f4");
        assert_eq!(spoilt("False", "True "), "`a`: its columns come first");
        assert_eq!(spoilt("'shape'", "'shade'"), "`a`: its header is damaged");
        assert_eq!(spoilt("(1, )", "(x, )"), "`a`: its shape is damaged");
    }
}
