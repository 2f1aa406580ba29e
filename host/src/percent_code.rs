//! Text in which bytes may be written as `%` and two hexadecimal digits.

/// The bytes that are meant; a `%` without two digits behind it is itself.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|letter| char::from(*letter).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((16 * high + low) as u8);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_digits_are_a_byte_and_all_else_is_itself() {
        for (text, expected) in [
            ("a%3Bb%2c", &b"a;b,"[..]),
            ("100%", b"100%"),
            ("%2", b"%2"),
            ("%g0%+5%%41", b"%g0%+5%A"),
            ("%FF\u{e9}", b"\xff\xc3\xa9"),
            ("", b""),
        ] {
            assert_eq!(percent_decoded(text), expected, "{text}");
        }
    }
}
