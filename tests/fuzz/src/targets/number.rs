//! Numbers: what is spelled is read back as the same number.

use std::path::Path;

use kipos::for_fuzzing::{shortest, shortest_f32, significant};

use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "number",
    about: "the spelling of floats, read back",
    place: Place::InProcess,
    seeds,
    words: &[
        b"\0\0\0\0\0\0\xf0\x7f",
        b"\0\0\x80\x7f",
        b"\x01\0\0\0\0\0\0\0",
        b"\xff\xff\xff\xff\xff\xff\xef\x7f",
        b"\xff\xff\x7f\x7f",
    ],
    own_mutation: None,
    run,
};

const PART: &str = "numbers.bin";

fn seeds() -> Result<Vec<Input>, String> {
    let numbers = [0.0, -0.0, 1e-4, 9.999_999_5e-5, 123_456.7, 1e21, 1e6, 0.1, f64::MIN_POSITIVE, f64::MAX, 999_999.5];
    Ok(vec![Input::one(PART, numbers.iter().flat_map(|number: &f64| number.to_le_bytes()).collect::<Vec<u8>>())])
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    for (place, bytes) in input.bytes(PART).unwrap_or_default().chunks_exact(8).take(64).enumerate() {
        let bits = u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        check(f64::from_bits(bits), f32::from_bits(bits as u32), 1 + (place % 9) as u8)?;
    }
    Ok(())
}

fn check(double: f64, single: f32, digits: u8) -> Result<(), Finding> {
    let text = shortest(double);
    let same =
        text.parse().is_ok_and(|read: f64| read.to_bits() == double.to_bits() || read.is_nan() && double.is_nan());
    if !same {
        return Err(Finding::own(format!("{double:e} is spelled {text}")));
    }
    let text = shortest_f32(single);
    let same =
        text.parse().is_ok_and(|read: f32| read.to_bits() == single.to_bits() || read.is_nan() && single.is_nan());
    if !same {
        return Err(Finding::own(format!("{single:e} is spelled {text}")));
    }
    let text = significant(single, digits);
    let read: f64 = text.parse().map_err(|_| Finding::own(format!("{single:e} is spelled {text}")))?;
    // Half a unit of the last digit, and what a double cannot hold of it.
    let most = 0.5 * 10_f64.powi(1 - i32::from(digits)) * (1.0 + 1e-9);
    let value = f64::from(single);
    if value.is_finite() && value != 0.0 && ((read - value) / value).abs() > most {
        return Err(Finding::own(format!("{single:e} is spelled {text} with {digits} digits")));
    }
    Ok(())
}
