//! Floats as text.

use std::io::Write;

/// Appends the shortest text from which the same float is read again.
pub(super) fn append_float(text: &mut Vec<u8>, value: f32) {
    let size = value.abs();
    // A vector takes every write.
    if value.is_nan() {
        text.extend_from_slice(b"nan");
    } else if size.is_infinite() || size == 0.0 || (1e-4..1e9).contains(&size) {
        write!(text, "{value}").ok();
    } else {
        write!(text, "{value:e}").ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f32) -> String {
        let mut text = Vec::new();
        append_float(&mut text, value);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn common_values_look_common() {
        let written = [0.1, -2.0, 1e-4, 9.9e-5, 1e9, 3e38, 0.0, f32::NAN, -f32::INFINITY].map(text);
        assert_eq!(written, ["0.1", "-2", "0.0001", "9.9e-5", "1e9", "3e38", "0", "nan", "-inf"]);
    }

    proptest! {
        #[test]
        fn the_same_float_is_read_again(bits in any::<u32>()) {
            let value = f32::from_bits(bits);
            let read: f32 = text(value).parse().unwrap();
            prop_assert!(read.to_bits() == bits || read.is_nan() && value.is_nan());
        }
    }
}
