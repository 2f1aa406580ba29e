//! Genotypes, which BCF holds as integers: alleles are numbered from 1, so that 0 is a missing one, and doubled; the
//! lowest bit tells whether an allele is phased with the one before it.

use super::{
    problem::BcfProblem,
    typed::{Number, Slot, Values},
};
use std::io::Write;

/// Appends the integers of a genotype such as `0|1` or `./.`.
///
/// # Errors
/// [`BcfProblem::Genotype`]
pub(super) fn append_alleles(alleles: &mut Vec<Slot<i32>>, text: &[u8]) -> Result<(), BcfProblem> {
    let problem = || BcfProblem::Genotype { found: String::from_utf8_lossy(text).into_owned() };
    // A prefix says whether the first allele is phased.
    let (mut phased, mut rest) = match text {
        [b'|', rest @ ..] => (true, rest),
        [b'/', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'|')).unwrap_or(rest.len());
        let (allele, after) = rest.split_at(end);
        let number = match allele {
            b"." => 0,
            digits if digits.iter().all(u8::is_ascii_digit) => {
                let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i32>().ok());
                number.filter(|number| *number < i32::MAX / 2).ok_or_else(problem)? + 1
            }
            _ => return Err(problem()),
        };
        alleles.push(Slot::Value(number << 1 | i32::from(phased)));
        let Some((separator, next)) = after.split_first() else {
            return Ok(());
        };
        (phased, rest) = (*separator == b'|', next);
    }
}

/// Appends the genotype of a sample's integers to a line.
pub(super) fn append_genotype(line: &mut Vec<u8>, alleles: Values<'_>) {
    let mut first = true;
    for allele in alleles.elements() {
        let (allele, separator) = match allele {
            Slot::Value(Number::Integer(value)) => (value >> 1, if value & 1 == 1 { b'|' } else { b'/' }),
            _ => (0, b'/'),
        };
        if !std::mem::take(&mut first) {
            line.push(separator);
        }
        match allele {
            0 => line.push(b'.'),
            // A vector takes every write.
            number => drop(write!(line, "{}", number - 1)),
        }
    }
    if first {
        line.push(b'.');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alleles(text: &str) -> Result<Vec<i32>, BcfProblem> {
        let mut alleles = Vec::new();
        append_alleles(&mut alleles, text.as_bytes())?;
        let value = |slot: &Slot<i32>| match slot {
            Slot::Value(value) => *value,
            _ => panic!("no value"),
        };
        Ok(alleles.iter().map(value).collect())
    }

    #[test]
    fn alleles_and_phasing_are_one_number() {
        for (text, expected) in [
            ("0/1", &[2, 4][..]),
            ("0|1", &[2, 5]),
            ("./.", &[0, 0]),
            (".|2", &[0, 7]),
            (".", &[0]),
            ("1", &[4]),
            ("0/1|2", &[2, 4, 7]),
            ("|1/0", &[5, 2]),
        ] {
            assert_eq!(alleles(text).unwrap(), expected, "{text}");
        }
        for text in ["", "/", "0/", "0/x", "-1/0", "0//1", "2147483647/0", "99999999999/0"] {
            let message = alleles(text).unwrap_err().to_string();
            assert!(message.starts_with(&format!("has the genotype {text:?},")), "{message}");
        }
    }
}
