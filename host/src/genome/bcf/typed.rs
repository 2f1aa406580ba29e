//! Typed values: a descriptor of type and length, then the values.

use super::{BcfError, FLOAT_END, FLOAT_MISSING, float::append_float};
use std::io::Write;

/// What a text has in place of a missing element.
const TEXT_MISSING: u8 = 7;

/// The types of values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// No value at all.
    Missing,
    Int8,
    Int16,
    Int32,
    Float,
    Char,
}

impl Kind {
    /// Bytes of one value.
    fn size(self) -> usize {
        match self {
            Self::Missing => 0,
            Self::Int8 | Self::Char => 1,
            Self::Int16 => 2,
            Self::Int32 | Self::Float => 4,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32)
    }
}

/// An element of a vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element {
    Missing,
    /// The vector is over, though its room is not.
    End,
    Integer(i32),
    Float(f32),
}

/// Values of one type that lie behind each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
}

impl<'a> Values<'a> {
    /// The elements up to the end of the vector; of a text, its bytes.
    pub(super) fn elements(self) -> impl Iterator<Item = Element> + 'a {
        let element = move |bytes: &[u8]| match *bytes {
            [byte] if self.kind == Kind::Char => Element::Integer(byte.into()),
            [byte] => integer(i8::from_le_bytes([byte]).into(), i8::MIN.into()),
            [a, b] => integer(i16::from_le_bytes([a, b]).into(), i16::MIN.into()),
            [a, b, c, d] if self.kind == Kind::Float => float(u32::from_le_bytes([a, b, c, d])),
            [a, b, c, d] => integer(i32::from_le_bytes([a, b, c, d]), i32::MIN),
            _ => Element::End,
        };
        let elements = self.bytes.chunks_exact(self.kind.size().max(1)).map(element);
        elements.take_while(|element| *element != Element::End)
    }

    /// The bytes of a text, up to its end.
    fn text(self) -> &'a [u8] {
        let end = self.bytes.iter().position(|byte| *byte == 0);
        &self.bytes[..end.unwrap_or(self.bytes.len())]
    }

    /// Appends the values as a VCF has them: parted by commas, `.` for each that is missing and for none.
    pub(super) fn append(self, line: &mut Vec<u8>) {
        let start = line.len();
        if self.kind == Kind::Char {
            let visible = |byte: &u8| if *byte == TEXT_MISSING { b'.' } else { *byte };
            line.extend(self.text().iter().map(visible));
        } else {
            for (index, element) in self.elements().enumerate() {
                if index > 0 {
                    line.push(b',');
                }
                match element {
                    Element::Missing | Element::End => line.push(b'.'),
                    // A vector takes every write.
                    Element::Integer(value) => drop(write!(line, "{value}")),
                    Element::Float(value) => append_float(line, value),
                }
            }
        }
        if line.len() == start {
            line.push(b'.');
        }
    }
}

/// The lowest value of a type means a missing one, the next the end of a vector.
fn integer(value: i32, lowest: i32) -> Element {
    match value.wrapping_sub(lowest) {
        0 => Element::Missing,
        1 => Element::End,
        _ => Element::Integer(value),
    }
}

/// The meaning of a float's bits.
pub(super) fn float(bits: u32) -> Element {
    match bits {
        FLOAT_MISSING => Element::Missing,
        FLOAT_END => Element::End,
        _ => Element::Float(f32::from_bits(bits)),
    }
}

/// What is left of a part of a record.
pub(super) struct Rest<'a> {
    pub(super) bytes: &'a [u8],
    /// What the part is called in messages.
    pub(super) place: &'static str,
}

impl<'a> Rest<'a> {
    /// The next bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], BcfError> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(BcfError::Short(self.place))?;
        self.bytes = rest;
        Ok(taken)
    }

    /// The next four bytes.
    pub(super) fn word(&mut self) -> Result<[u8; 4], BcfError> {
        let bytes = self.take(4)?;
        bytes.try_into().map_err(|_| BcfError::Short(self.place))
    }

    /// A descriptor: the type, and how many values there are.
    pub(super) fn descriptor(&mut self) -> Result<(Kind, usize), BcfError> {
        let byte = self.take(1)?[0];
        let kind = match byte & 0xF {
            0 => Kind::Missing,
            1 => Kind::Int8,
            2 => Kind::Int16,
            3 => Kind::Int32,
            5 => Kind::Float,
            7 => Kind::Char,
            code => return Err(BcfError::Type { place: self.place, code }),
        };
        let count = match byte >> 4 {
            15 => {
                let code = self.bytes.first().copied().unwrap_or_default();
                // No length of lengths: a length is a single integer.
                if code >> 4 != 1 {
                    return Err(BcfError::Type { place: self.place, code });
                }
                self.integer()?
            }
            count => count.into(),
        };
        Ok((kind, usize::try_from(count).map_err(|_| BcfError::Short(self.place))?))
    }

    /// `count` values of a type, `times` behind each other.
    pub(super) fn values(&mut self, kind: Kind, count: usize, times: usize) -> Result<Values<'a>, BcfError> {
        let size = kind.size().checked_mul(count).and_then(|size| size.checked_mul(times));
        Ok(Values { kind, bytes: self.take(size.ok_or(BcfError::Short(self.place))?)? })
    }

    /// A descriptor and its values.
    pub(super) fn typed(&mut self) -> Result<Values<'a>, BcfError> {
        let (kind, count) = self.descriptor()?;
        self.values(kind, count, 1)
    }

    /// A text, or nothing.
    pub(super) fn text(&mut self) -> Result<Values<'a>, BcfError> {
        let values = self.typed()?;
        match values.kind {
            Kind::Char | Kind::Missing => Ok(values),
            kind => Err(BcfError::Type { place: self.place, code: kind as u8 }),
        }
    }

    /// A typed value that is a single integer.
    pub(super) fn integer(&mut self) -> Result<i32, BcfError> {
        let values = self.typed()?;
        match values.elements().next() {
            Some(Element::Integer(value)) if values.kind.is_integer() => Ok(value),
            _ => Err(BcfError::Type { place: self.place, code: values.kind as u8 }),
        }
    }
}
