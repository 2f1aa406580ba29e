//! Floats to as few digits as give them back.

use super::{append, append_special, decimal::Decimal};
use std::fmt::{Debug, Display, LowerExp};

/// The least precision, as of C's `%g` where none is given.
const PRECISION: usize = 6;

/// Magnitudes that never have an exponent, whatever their digits.
const PLAIN: std::ops::Range<f64> = 1e-4..1e6;

/// Appends the shortest text that reads back as the same float; `nan`, `inf`, `-inf`.
pub(crate) fn append_shortest<F: Float>(out: &mut Vec<u8>, value: F) {
    let size = value.into().abs();
    // Rust's display form of a float has as few digits, and no exponent.
    if PLAIN.contains(&size) || size == 0.0 {
        append(out, format_args!("{value}"));
    } else if size >= PLAIN.start || !append_tiny(out, value) {
        append_any(out, value);
    }
}

/// The same, with `.0` behind whole numbers without an exponent: readers that guess the type of a column find floats.
pub(crate) fn append_shortest_float<F: Float>(out: &mut Vec<u8>, value: F) {
    let size = value.into().abs();
    // Rust's debug form of a float has `.0`, and no exponent here.
    if PLAIN.contains(&size) || size == 0.0 {
        append(out, format_args!("{value:?}"));
    } else if (size >= PLAIN.start || !append_tiny(out, value)) && append_any(out, value) {
        out.extend_from_slice(b".0");
    }
}

/// Appends what is below 1e-4, with its sign. Says no, and appends nothing, if the shortest digits are those of 1e-4
/// itself, or the value is no number.
fn append_tiny<F: Float>(out: &mut Vec<u8>, value: F) -> bool {
    let start = out.len();
    // As Rust writes it, but for a single digit of the exponent.
    append(out, format_args!("{value:e}"));
    match out.as_slice() {
        [.., b'e', b'-', digit] if *digit > b'4' => {
            let end = out.len() - 1;
            out.insert(end, b'0');
            true
        }
        [.., b'e', b'-', _, _] | [.., b'e', b'-', _, _, _] => true,
        _ => {
            out.truncate(start);
            false
        }
    }
}

/// Appends any float; says whether it was a whole number that has no exponent.
fn append_any<F: Float>(out: &mut Vec<u8>, value: F) -> bool {
    if append_special(out, value.into()) {
        return false;
    }
    let decimal = Decimal::of_scientific(format_args!("{:e}", value.magnitude()));
    let precision = decimal.count().max(PRECISION);
    decimal.append(out, precision);
    decimal.is_whole() && !decimal.needs_exponent(precision)
}

/// A float, whose own type says which digits give it back.
pub(crate) trait Float: Copy + Display + Debug + LowerExp + Into<f64> {
    /// Its absolute value.
    fn magnitude(self) -> Self;
}

impl Float for f32 {
    fn magnitude(self) -> Self {
        self.abs()
    }
}

impl Float for f64 {
    fn magnitude(self) -> Self {
        self.abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::append_significant;
    use proptest::prelude::*;

    fn shortest<F: Float>(value: F) -> String {
        let mut text = Vec::new();
        append_shortest(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    fn shortest_float<F: Float>(value: F) -> String {
        let mut text = Vec::new();
        append_shortest_float(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn common_values_look_common() {
        for (value, expected, as_float) in [
            (0.1, "0.1", "0.1"),
            (-2.0, "-2", "-2.0"),
            (0.0, "0", "0.0"),
            (-0.0, "-0", "-0.0"),
            (1e-4, "0.0001", "0.0001"),
            (9.9e-5, "9.9e-05", "9.9e-05"),
            (-1e-7, "-1e-07", "-1e-07"),
            (999_999.0, "999999", "999999.0"),
            (1e6, "1e+06", "1e+06"),
            (1_234_567.0, "1234567", "1234567.0"),
            (12_345_670.0, "1.234567e+07", "1.234567e+07"),
            (3e38, "3e+38", "3e+38"),
            (f32::from_bits(1), "1e-45", "1e-45"),
            (f32::NAN, "nan", "nan"),
            (f32::NEG_INFINITY, "-inf", "-inf"),
        ] {
            assert_eq!((shortest(value).as_str(), shortest_float(value).as_str()), (expected, as_float));
        }
        assert_eq!(shortest(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(shortest(-2.2250738585072014e-308), "-2.2250738585072014e-308");
        assert_eq!(
            (shortest(123_456_789.0), shortest_float(123_456_789.0)),
            ("123456789".into(), "123456789.0".into())
        );
        assert_eq!(shortest_float(12_345_678.5), "12345678.5");
    }

    proptest! {
        #[test]
        fn the_same_single_is_read_again(bits: u32) {
            let value = f32::from_bits(bits);
            for text in [shortest(value), shortest_float(value)] {
                let read: f32 = text.parse().unwrap();
                prop_assert!(read.to_bits() == bits || read.is_nan() && value.is_nan(), "{}", text);
            }
        }

        #[test]
        fn the_same_double_is_read_again(bits: u64) {
            let value = f64::from_bits(bits);
            for text in [shortest(value), shortest_float(value)] {
                let read: f64 = text.parse().unwrap();
                prop_assert!(read.to_bits() == bits || read.is_nan() && value.is_nan(), "{}", text);
            }
        }

        #[test]
        fn every_way_spells_alike(value in prop_oneof![1e-4f32..1.0, 1f32..1e6, 1e-30f32..2e-4]) {
            let decimal = Decimal::of_scientific(format_args!("{value:e}"));
            let mut text = Vec::new();
            decimal.append(&mut text, decimal.count().max(PRECISION));
            prop_assert_eq!(shortest(value).into_bytes(), text);
        }

        #[test]
        fn six_digits_are_spelled_alike_before_and_after(value: f32) {
            let mut text = Vec::new();
            append_significant(&mut text, value, 6);
            let text = String::from_utf8(text).unwrap();
            let read: f32 = text.parse().unwrap();
            // What is smaller does not hold six digits.
            prop_assume!(read == 0.0 || read.is_normal());
            prop_assert_eq!(shortest(read), text);
        }
    }
}
