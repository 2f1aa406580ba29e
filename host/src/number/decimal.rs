//! Decimals on their way to text.

use std::{fmt::Arguments, io::Write};

/// Most significant digits that say anything about a double-precision float.
const MAX_DIGITS: usize = 17;

/// `d.ddd… x 10^exponent`: the first digit is not zero, nor is the last of several.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: [u8; MAX_DIGITS],
    count: usize,
    /// The power of ten of the first digit.
    exponent: i32,
}

impl Decimal {
    /// A whole number of `count` digits, times a power of ten such that its first digit has that of `exponent`.
    pub(super) fn of_whole(mut number: u64, count: usize, exponent: i32) -> Self {
        let mut decimal = Self { digits: [b'0'; MAX_DIGITS], count, exponent };
        for digit in decimal.digits[..count].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        decimal.trimmed()
    }

    /// The decimal of a positive, finite float as Rust's `{:e}` writes it, of 17 digits at most.
    pub(super) fn of_scientific(written: Arguments<'_>) -> Self {
        // `d.dddddddddddddddde-308` at most.
        let mut text = [0; MAX_DIGITS + 6];
        let mut rest = &mut text[..];
        rest.write_fmt(written).ok();
        let left = rest.len();
        let text = &text[..text.len() - left];
        let mut decimal = Self { digits: [b'0'; MAX_DIGITS], count: 0, exponent: 0 };
        let mut bytes = text.iter();
        for &byte in bytes.by_ref().take_while(|byte| **byte != b'e').filter(|byte| **byte != b'.') {
            decimal.digits[decimal.count] = byte;
            decimal.count += 1;
        }
        let (sign, size) = match bytes.as_slice() {
            [b'-', size @ ..] => (-1, size),
            size => (1, size),
        };
        decimal.exponent = sign * size.iter().fold(0, |size, digit| 10 * size + i32::from(digit - b'0'));
        decimal.trimmed()
    }

    fn trimmed(mut self) -> Self {
        while self.count > 1 && self.digits[self.count - 1] == b'0' {
            self.count -= 1;
        }
        self
    }

    /// How many digits there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether there are no digits behind the point.
    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= self.count as i32 - 1
    }

    /// Whether `%g` of this precision writes an exponent.
    pub(super) fn needs_exponent(&self, precision: usize) -> bool {
        self.exponent < -4 || self.exponent >= precision as i32
    }

    /// Appends the decimal as `%g` of this precision, which is not below the number of digits, writes it.
    pub(super) fn append(&self, out: &mut Vec<u8>, precision: usize) {
        let digits = &self.digits[..self.count];
        if self.needs_exponent(precision) {
            out.push(digits[0]);
            append_fraction(out, &digits[1..]);
            return append_exponent(out, self.exponent);
        }
        let Ok(exponent) = usize::try_from(self.exponent) else {
            let zeros = self.exponent.unsigned_abs() as usize - 1;
            out.extend_from_slice(b"0.");
            out.extend_from_slice(&b"000"[..zeros]);
            return out.extend_from_slice(digits);
        };
        let whole = exponent + 1;
        if whole >= digits.len() {
            out.extend_from_slice(digits);
            out.resize(out.len() + whole - digits.len(), b'0');
        } else {
            out.extend_from_slice(&digits[..whole]);
            append_fraction(out, &digits[whole..]);
        }
    }
}

/// Appends an exponent of two digits at least.
fn append_exponent(out: &mut Vec<u8>, exponent: i32) {
    out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    let size = exponent.unsigned_abs();
    if size >= 100 {
        out.push(b'0' + (size / 100 % 10) as u8);
    }
    out.push(b'0' + (size / 10 % 10) as u8);
    out.push(b'0' + (size % 10) as u8);
}

fn append_fraction(out: &mut Vec<u8>, digits: &[u8]) {
    if !digits.is_empty() {
        out.push(b'.');
        out.extend_from_slice(digits);
    }
}
