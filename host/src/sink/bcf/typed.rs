//! Typed values: a descriptor of type and length, then the values.

use crate::genome::{FLOAT_END, FLOAT_MISSING};
use std::ops::RangeInclusive;

const INT8: u8 = 1;
const INT16: u8 = 2;
const INT32: u8 = 3;
const FLOAT: u8 = 5;
const CHAR: u8 = 7;

/// The integers that BCF can hold: the lowest eight of 32 bits have other meanings.
pub(super) const INTEGERS: RangeInclusive<i64> = i32::MIN as i64 + 8..=i32::MAX as i64;

/// A value of a vector that may be shorter than its room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Slot<T> {
    /// A value.
    Value(T),
    /// A missing one.
    Missing,
    /// Room behind the vector's end.
    End,
}

/// Bytes of an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Width {
    One,
    Two,
    Four,
}

impl Width {
    /// The narrowest that holds all values. The lowest eight of each have other meanings.
    fn of(values: &[Slot<i32>]) -> Self {
        let (mut lowest, mut highest) = (0, 0);
        for value in values {
            if let Slot::Value(value) = value {
                (lowest, highest) = (lowest.min(*value), highest.max(*value));
            }
        }
        let fits = |min: i32, max: i32| lowest >= min + 8 && highest <= max;
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Self::One
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Self::Two
        } else {
            Self::Four
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::One => INT8,
            Self::Two => INT16,
            Self::Four => INT32,
        }
    }

    fn append(self, bytes: &mut Vec<u8>, value: Slot<i32>) {
        let special = |lowest: i32| match value {
            Slot::Value(value) => value,
            Slot::Missing => lowest,
            Slot::End => lowest + 1,
        };
        // The width was chosen so that the upper bytes say nothing.
        match self {
            Self::One => bytes.extend_from_slice(&special(i8::MIN.into()).to_le_bytes()[..1]),
            Self::Two => bytes.extend_from_slice(&special(i16::MIN.into()).to_le_bytes()[..2]),
            Self::Four => bytes.extend_from_slice(&special(i32::MIN).to_le_bytes()),
        }
    }
}

fn append_descriptor(bytes: &mut Vec<u8>, code: u8, count: usize) {
    if count < 15 {
        bytes.push((count as u8) << 4 | code);
    } else {
        bytes.push(0xF0 | code);
        append_integer(bytes, i32::try_from(count).unwrap_or(i32::MAX));
    }
}

/// No value at all: a flag's, or that of a column without any.
pub(super) fn append_nothing(bytes: &mut Vec<u8>) {
    bytes.push(0);
}

/// A single integer with its descriptor.
pub(super) fn append_integer(bytes: &mut Vec<u8>, value: i32) {
    append_integers(bytes, &[Slot::Value(value)], 1);
}

/// Integers with one descriptor for `count` of them; there may be several times as many.
pub(super) fn append_integers(bytes: &mut Vec<u8>, values: &[Slot<i32>], count: usize) {
    let width = Width::of(values);
    append_descriptor(bytes, width.code(), count);
    for value in values {
        width.append(bytes, *value);
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
    append_descriptor(bytes, FLOAT, count);
    for value in values {
        append_float(bytes, *value);
    }
}

/// A text with its descriptor.
pub(super) fn append_text(bytes: &mut Vec<u8>, text: &[u8]) {
    append_descriptor(bytes, CHAR, text.len());
    bytes.extend_from_slice(text);
}

/// Texts with one descriptor, filled up to the length of the longest.
pub(super) fn append_texts(bytes: &mut Vec<u8>, texts: &[&[u8]]) {
    let length = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    append_descriptor(bytes, CHAR, length);
    for text in texts {
        bytes.extend_from_slice(text);
        bytes.resize(bytes.len() + length - text.len(), 0);
    }
}
