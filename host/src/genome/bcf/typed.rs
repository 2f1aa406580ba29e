//! Typed values: a descriptor of type and length, then the values; read and written.

use super::BcfError;
use crate::internal::OrInternal;
use crate::number;
use std::ops::RangeInclusive;

/// What a string has in place of a missing element.
const STRING_MISSING: u8 = 7;

/// The float that stands for a missing value.
const FLOAT_MISSING: u32 = 0x7F80_0001;

/// The float after the last value of a vector that is shorter than its room.
const FLOAT_END: u32 = 0x7F80_0002;

/// The integers that BCF can hold: the lowest eight of 32 bits have other meanings.
pub(super) const INTEGERS: RangeInclusive<i64> = i32::MIN as i64 + 8..=i32::MAX as i64;

/// The types of values, by their codes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ValueType {
    /// No value at all.
    Missing = 0,
    Int8 = 1,
    Int16 = 2,
    Int32 = 3,
    Float = 5,
    Char = 7,
}

impl ValueType {
    /// The type of a code.
    fn of_code(code: u8) -> Option<Self> {
        let types = [Self::Missing, Self::Int8, Self::Int16, Self::Int32, Self::Float, Self::Char];
        types.into_iter().find(|found| found.code() == code)
    }

    /// The narrowest integers that hold all values. The lowest eight of each type have other meanings.
    fn of_integers(values: &[Slot<i32>]) -> Self {
        let (mut lowest, mut highest) = (0, 0);
        for value in values {
            if let Slot::Value(value) = value {
                (lowest, highest) = (lowest.min(*value), highest.max(*value));
            }
        }
        let fits = |min: i32, max: i32| lowest >= min + 8 && highest <= max;
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Self::Int8
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Self::Int16
        } else {
            Self::Int32
        }
    }

    /// The code that stands in descriptors.
    pub(super) fn code(self) -> u8 {
        self as u8
    }

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

/// An element of a vector that may be shorter than its room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Slot<T> {
    /// A value.
    Value(T),
    /// A missing one.
    Missing,
    /// Room behind the vector's end.
    End,
}

/// A value that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i32),
    Float(f32),
}

/// The meaning of a float's bits.
pub(super) fn float_of_bits(bits: u32) -> Slot<f32> {
    match bits {
        FLOAT_MISSING => Slot::Missing,
        FLOAT_END => Slot::End,
        _ => Slot::Value(f32::from_bits(bits)),
    }
}

/// Values of one type that lie behind each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    pub(super) kind: ValueType,
    pub(super) bytes: &'a [u8],
}

impl<'a> Values<'a> {
    /// The elements up to the end of the vector; of a string, its bytes.
    pub(super) fn elements(self) -> impl Iterator<Item = Slot<Number>> + 'a {
        let element = move |bytes: &[u8]| match *bytes {
            [byte] if self.kind == ValueType::Char => Slot::Value(Number::Integer(byte.into())),
            [byte] => integer(i8::from_le_bytes([byte]).into(), i8::MIN.into()),
            [a, b] => integer(i16::from_le_bytes([a, b]).into(), i16::MIN.into()),
            [a, b, c, d] if self.kind == ValueType::Float => match float_of_bits(u32::from_le_bytes([a, b, c, d])) {
                Slot::Value(value) => Slot::Value(Number::Float(value)),
                Slot::Missing => Slot::Missing,
                Slot::End => Slot::End,
            },
            [a, b, c, d] => integer(i32::from_le_bytes([a, b, c, d]), i32::MIN),
            _ => Slot::End,
        };
        let elements = self.bytes.chunks_exact(self.kind.size().max(1)).map(element);
        elements.take_while(|element| *element != Slot::End)
    }

    /// The bytes of a string, up to its end.
    fn text(self) -> &'a [u8] {
        let end = self.bytes.iter().position(|byte| *byte == 0);
        &self.bytes[..end.unwrap_or(self.bytes.len())]
    }

    /// Appends the values as a VCF has them: separated by commas, `.` for each that is missing and for none.
    pub(super) fn append(self, line: &mut Vec<u8>) {
        let start = line.len();
        if self.kind == ValueType::Char {
            let visible = |byte: &u8| if *byte == STRING_MISSING { b'.' } else { *byte };
            line.extend(self.text().iter().map(visible));
        } else {
            for (index, element) in self.elements().enumerate() {
                if index > 0 {
                    line.push(b',');
                }
                match element {
                    Slot::Missing | Slot::End => line.push(b'.'),
                    Slot::Value(Number::Integer(value)) => number::append_integer(line, value),
                    Slot::Value(Number::Float(value)) => number::append_shortest(line, value),
                }
            }
        }
        if line.len() == start {
            line.push(b'.');
        }
    }
}

/// The lowest value of a type means a missing one, the next the end of a vector.
fn integer(value: i32, lowest: i32) -> Slot<Number> {
    match value.wrapping_sub(lowest) {
        0 => Slot::Missing,
        1 => Slot::End,
        _ => Slot::Value(Number::Integer(value)),
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
    pub(super) fn descriptor(&mut self) -> Result<(ValueType, usize), BcfError> {
        let byte = self.take(1)?[0];
        let code = byte & 0xF;
        let kind = ValueType::of_code(code).ok_or(BcfError::Type { place: self.place, code })?;
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
    pub(super) fn values(&mut self, kind: ValueType, count: usize, times: usize) -> Result<Values<'a>, BcfError> {
        let size = kind.size().checked_mul(count).and_then(|size| size.checked_mul(times));
        Ok(Values { kind, bytes: self.take(size.ok_or(BcfError::Short(self.place))?)? })
    }

    /// A descriptor and its values.
    pub(super) fn typed(&mut self) -> Result<Values<'a>, BcfError> {
        let (kind, count) = self.descriptor()?;
        self.values(kind, count, 1)
    }

    /// A string, or nothing.
    pub(super) fn text(&mut self) -> Result<Values<'a>, BcfError> {
        let values = self.typed()?;
        match values.kind {
            ValueType::Char | ValueType::Missing => Ok(values),
            kind => Err(BcfError::Type { place: self.place, code: kind.code() }),
        }
    }

    /// A typed value that is a single integer.
    pub(super) fn integer(&mut self) -> Result<i32, BcfError> {
        let values = self.typed()?;
        match values.elements().next() {
            Some(Slot::Value(Number::Integer(value))) if values.kind.is_integer() => Ok(value),
            _ => Err(BcfError::Type { place: self.place, code: values.kind.code() }),
        }
    }
}

fn append_descriptor(bytes: &mut Vec<u8>, kind: ValueType, count: usize) {
    let code = kind.code();
    if count < 15 {
        bytes.push((count as u8) << 4 | code);
    } else {
        bytes.push(0xF0 | code);
        append_integer(bytes, i32::try_from(count).or_internal("a value has less than 2 GiB"));
    }
}

/// Appends an integer without a descriptor, in the bytes of its type.
fn append_bare_integer(bytes: &mut Vec<u8>, kind: ValueType, value: Slot<i32>) {
    let special = |lowest: i32| match value {
        Slot::Value(value) => value,
        Slot::Missing => lowest,
        Slot::End => lowest + 1,
    };
    // The type was chosen so that the upper bytes say nothing.
    match kind {
        ValueType::Int8 => bytes.extend_from_slice(&special(i8::MIN.into()).to_le_bytes()[..1]),
        ValueType::Int16 => bytes.extend_from_slice(&special(i16::MIN.into()).to_le_bytes()[..2]),
        _ => bytes.extend_from_slice(&special(i32::MIN).to_le_bytes()),
    }
}

/// No value at all: a flag's, or that of a column without any.
pub(super) fn append_nothing(bytes: &mut Vec<u8>) {
    bytes.push(ValueType::Missing.code());
}

/// A single integer with its descriptor.
pub(super) fn append_integer(bytes: &mut Vec<u8>, value: i32) {
    append_integers(bytes, &[Slot::Value(value)], 1);
}

/// Integers with one descriptor for `count` of them; there may be several times as many.
pub(super) fn append_integers(bytes: &mut Vec<u8>, values: &[Slot<i32>], count: usize) {
    let kind = ValueType::of_integers(values);
    append_descriptor(bytes, kind, count);
    for value in values {
        append_bare_integer(bytes, kind, *value);
    }
}

/// A float without a descriptor.
pub(super) fn append_float(bytes: &mut Vec<u8>, value: Slot<f32>) {
    let bits = match value {
        Slot::Value(value) => value.to_bits(),
        Slot::Missing => FLOAT_MISSING,
        Slot::End => FLOAT_END,
    };
    bytes.extend_from_slice(&bits.to_le_bytes());
}

/// Floats with one descriptor for `count` of them; there may be several times as many.
pub(super) fn append_floats(bytes: &mut Vec<u8>, values: &[Slot<f32>], count: usize) {
    append_descriptor(bytes, ValueType::Float, count);
    for value in values {
        append_float(bytes, *value);
    }
}

/// A string with its descriptor.
pub(super) fn append_text(bytes: &mut Vec<u8>, text: &[u8]) {
    append_descriptor(bytes, ValueType::Char, text.len());
    bytes.extend_from_slice(text);
}

/// Strings with one descriptor, filled up to the length of the longest.
pub(super) fn append_texts(bytes: &mut Vec<u8>, texts: &[&[u8]]) {
    let length = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    append_descriptor(bytes, ValueType::Char, length);
    for text in texts {
        bytes.extend_from_slice(text);
        bytes.resize(bytes.len() + length - text.len(), 0);
    }
}
