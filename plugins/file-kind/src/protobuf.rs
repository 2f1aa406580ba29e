//! Messages of protobuf: ONNX, and what TensorFlow writes. They have no mark at their beginning, but their fields are
//! numbered, and each says how long it is.

use crate::FileKind;

/// A field of a message.
struct Field<'a> {
    number: u64,
    value: Value<'a>,
    /// Where in the message it ends.
    end: u64,
}

enum Value<'a> {
    Number(u64),
    /// As much of it as is there.
    Bytes(&'a [u8]),
    Fixed,
}

/// The kind of a message of `length` bytes that begins with `head`.
pub fn kind_of(head: &[u8], length: u64) -> Option<FileKind> {
    let first = field(head, 0)?;
    match (first.number, first.value) {
        // A node, whose first field is its name.
        (1, Value::Bytes(node)) => {
            let name = field(node, 0)?;
            matches!((name.number, name.value), (1, Value::Bytes(name)) if name.iter().all(u8::is_ascii_graphic))
                .then_some(FileKind::GraphDef)
        }
        // The version of the format: of a saved model it is 1, and its graph follows.
        (1, Value::Number(version)) => {
            let second = field(head, first.end);
            let second_is_graph = second.is_some_and(|field| {
                field.number == 2 && matches!(field.value, Value::Bytes(value) if value.first() == Some(&0x0a))
            });
            match version {
                1 if second_is_graph => Some(FileKind::SavedModel),
                1..=1000 => Some(if is_whole(head, length) { FileKind::Onnx } else { FileKind::TruncatedOnnx }),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether no field goes beyond the end of the file, as far as they can be followed.
fn is_whole(head: &[u8], length: u64) -> bool {
    let mut at = 0;
    while at < length && at < head.len() as u64 {
        match field(head, at) {
            Some(field) => at = field.end,
            // What cannot be read may be broken in the middle, unless it is the last that there is.
            None => return (head.len() as u64) < length,
        }
    }
    at <= length
}

/// The field that begins at `at`.
fn field(message: &[u8], at: u64) -> Option<Field<'_>> {
    let rest = message.get(usize::try_from(at).ok()?..)?;
    let (key, read) = varint(rest)?;
    let (number, rest) = (key >> 3, &rest[read..]);
    let start = at + read as u64;
    let (value, size) = match key & 7 {
        0 => varint(rest).map(|(value, read)| (Value::Number(value), read as u64))?,
        1 => (Value::Fixed, 8),
        2 => {
            let (size, read) = varint(rest)?;
            let rest = &rest[read..];
            let there = usize::try_from(size).unwrap_or(usize::MAX).min(rest.len());
            (Value::Bytes(&rest[..there]), (read as u64).checked_add(size)?)
        }
        5 => (Value::Fixed, 4),
        _ => return None,
    };
    (number > 0).then_some(Field { number, value, end: start.checked_add(size)? })
}

/// A number in groups of seven bits, and how many bytes it takes.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8]) -> Option<FileKind> {
        kind_of(bytes, bytes.len() as u64)
    }

    /// Version 8 of the format, a producer, a graph of 300 bytes, a version of the operators.
    fn onnx() -> Vec<u8> {
        [b"\x08\x08\x12\x02me\x3a\xac\x02".as_slice(), &[b'a'; 300], b"\x42\x02\x10\x11"].concat()
    }

    #[test]
    fn messages_are_told_apart_by_their_first_fields() {
        assert_eq!(of(&onnx()), Some(FileKind::Onnx));
        assert_eq!(of(b"\x08\x01\x12\x05\x0a\x03\x0a\x01x"), Some(FileKind::SavedModel));
        assert_eq!(of(b"\x0a\x05\x0a\x03seq\x12\x00"), Some(FileKind::GraphDef));
        for other in
            [&b"\x7fELF"[..], b"\x00\x00", b"\x0a\x02\x12\x00", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert_eq!(of(other), None, "{other:?}");
        }
    }

    #[test]
    fn every_beginning_of_a_graph_is_cut_short() {
        let whole = onnx();
        // Between two fields, nothing tells that there was more.
        let between = [2, 6, whole.len() - 4];
        for cut in (1..whole.len()).filter(|cut| !between.contains(cut)) {
            let expected = if cut == 1 { None } else { Some(FileKind::TruncatedOnnx) };
            assert_eq!(of(&whole[..cut]), expected, "{cut} bytes");
        }
        // Only the beginning of a large file is looked at.
        assert_eq!(kind_of(&whole[..50], whole.len() as u64), Some(FileKind::Onnx));
    }
}
