//! Floats to a given number of digits.

use super::{append, append_special, decimal::Decimal};

/// Powers of ten up to the largest by which a float of 24 significant bits can be multiplied in double precision
/// without rounding: 24 bits and the 28 of 5^12 are 52, of 53.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// Most significant digits that say anything about a single-precision float.
const MAX_DIGITS: u8 = 9;

/// Appends `value` with `digits` significant digits (1 to 9; others are moved into that range) as C's `%g` does: no
/// trailing zeros; an exponent below 1e-4 and where there are more digits before the point than `digits`; `nan`, `inf`,
/// `-inf`.
pub(crate) fn append_significant(out: &mut Vec<u8>, value: f32, digits: u8) {
    if append_special(out, value.into()) {
        return;
    }
    if value == 0.0 {
        out.push(b'0');
        return;
    }
    let digits = usize::from(digits.clamp(1, MAX_DIGITS));
    let decimal = quickly(value.abs().into(), digits).unwrap_or_else(|| slowly(value.abs(), digits));
    decimal.append(out, digits);
}

/// Appends `value` with eight decimals, as C's `%.8f`; `nan`, `inf`, `-inf`.
pub(crate) fn append_eight_decimals(out: &mut Vec<u8>, value: f32) {
    if append_special(out, value.into()) {
        return;
    }
    let scaled = f64::from(value.abs()) * POWERS[8];
    // The product is exact, so rounding it is rounding the value.
    if scaled < 1e18 {
        let scaled = scaled.round_ties_even() as u64;
        append(out, format_args!("{}.{:08}", scaled / 100_000_000, scaled % 100_000_000));
    } else {
        append(out, format_args!("{:.8}", value.abs()));
    }
}

/// The decimal of a positive float of at most 24 significant bits, where double precision holds it exactly.
fn quickly(value: f64, digits: usize) -> Option<Decimal> {
    // The first digit's power of ten, and the power that brings the last digit before the point.
    let mut exponent = digits as i32 - 1;
    let mut shift = 0;
    if value >= POWERS[digits] {
        return None;
    }
    while value * POWERS[shift] < POWERS[digits - 1] {
        shift += 1;
        exponent -= 1;
        if shift == POWERS.len() {
            return None;
        }
    }
    let mut number = (value * POWERS[shift]).round_ties_even() as u64;
    if number == POWERS[digits] as u64 {
        number /= 10;
        exponent += 1;
    }
    Some(Decimal::of_whole(number, digits, exponent))
}

/// The decimal of any positive, finite float.
fn slowly(value: f32, digits: usize) -> Decimal {
    Decimal::of_scientific(format_args!("{value:.*e}", digits - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn significant(value: f32, digits: u8) -> String {
        let mut out = Vec::new();
        append_significant(&mut out, value, digits);
        String::from_utf8(out).unwrap()
    }

    fn eight_decimals(value: f32) -> String {
        let mut out = Vec::new();
        append_eight_decimals(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn significant_digits_as_c_prints_them() {
        for (value, digits, expected) in [
            (0.0, 6, "0"),
            (-0.0, 6, "-0"),
            (1.0, 6, "1"),
            (-2.5, 6, "-2.5"),
            (0.1, 6, "0.1"),
            (0.1, 9, "0.100000001"),
            (0.017_238_4, 6, "0.0172384"),
            (1.0 / 3.0, 6, "0.333333"),
            (1.0 / 3.0, 1, "0.3"),
            (2.0 / 3.0, 3, "0.667"),
            (0.0001, 6, "0.0001"),
            (0.000_099_999, 6, "9.9999e-05"),
            (0.000_1, 2, "0.0001"),
            (-0.000_05, 6, "-5e-05"),
            (100_000.0, 6, "100000"),
            (123_456.0, 6, "123456"),
            (999_999.5, 6, "1e+06"),
            (999_999.4, 6, "999999"),
            (1_000_000.0, 6, "1e+06"),
            (1_234_567.0, 6, "1.23457e+06"),
            (1_234_567.0, 9, "1234567"),
            (0.5, 0, "0.5"),
            (9.5, 1, "1e+01"),
            (8.5, 1, "8"),
            (2.5, 1, "2"),
            (f32::MAX, 6, "3.40282e+38"),
            (f32::MAX, 9, "3.40282347e+38"),
            (f32::from_bits(1), 9, "1.40129846e-45"),
            (f32::NAN, 6, "nan"),
            (-f32::NAN, 6, "nan"),
            (f32::INFINITY, 6, "inf"),
            (f32::NEG_INFINITY, 6, "-inf"),
        ] {
            assert_eq!(significant(value, digits), expected, "{value:e} to {digits} digits");
        }
    }

    #[test]
    fn eight_decimals_as_c_prints_them() {
        for (value, expected) in [
            (0.017_238_4, "0.01723840"),
            (-0.25, "-0.25000000"),
            (0.1, "0.10000000"),
            (1.0, "1.00000000"),
            (-1e-12, "-0.00000000"),
            (-0.0, "-0.00000000"),
            (0.0, "0.00000000"),
            // A tie: 1/512 = 0.001953125 has nine decimals, and the eighth is even.
            (1.0 / 512.0, "0.00195312"),
            (16_777_216.0, "16777216.00000000"),
            (1e20, "100000002004087734272.00000000"),
            (f32::NAN, "nan"),
            (f32::INFINITY, "inf"),
            (f32::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(eight_decimals(value), expected);
        }
    }

    proptest! {
        #[test]
        fn nine_digits_give_the_float_back(bits: u32) {
            let value = f32::from_bits(bits);
            let back: f32 = significant(value, MAX_DIGITS).parse().unwrap();
            prop_assert!(back == value || back.is_nan() && value.is_nan());
        }

        #[test]
        fn the_quick_way_is_the_exact_way(value in prop_oneof![1e-12f32..1e10, 1e-4f32..1.0], digits in 1..=9usize) {
            if let Some(decimal) = quickly(value.into(), digits) {
                prop_assert_eq!(decimal, slowly(value, digits));
            }
        }

        #[test]
        fn ordinary_scores_take_the_quick_way(value in 1e-6f32..1e5) {
            prop_assert!(quickly(value.into(), 6).is_some());
        }

        #[test]
        fn eight_decimals_are_rounded_once(bits: u32) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            let exact = format!("{value:.8}");
            let ours = eight_decimals(value);
            prop_assert_eq!(ours, exact);
        }
    }
}
