//! How numbers are spelled in all text that is written: VCF, also what a BCF stands for, TSV, BED, bedGraph.
//!
//! All spellings are those of C's `%g` and `%f`, which differ in their digits alone:
//!
//! | function | digits | where |
//! |---|---|---|
//! | [`append_significant`] | a given number, without trailing zeros | scores in VCF and TSV |
//! | [`append_shortest`] | as few as give the same number back | floats of a BCF, bedGraph |
//! | [`append_shortest_float`] | the same; whole numbers end in `.0` | predictions in TSV and BED, whose readers guess types |
//! | [`append_eight_decimals`] | eight decimals | scores as Kipoi writes them |
//!
//! There is an exponent, of two digits or more, below 1e-4 and where more digits than the precision are before the
//! point. The precision is the number of significant digits, for the shortest at least 6, the usual number: what a VCF
//! has to 6 digits is spelled the same after a way through BCF. What is no number is `nan`, `inf` or `-inf`.

mod decimal;
mod shortest;
mod significant;

pub(crate) use shortest::{append_shortest, append_shortest_float};
pub(crate) use significant::{append_eight_decimals, append_significant};

use std::{
    fmt::{Arguments, Display},
    io::Write,
};

/// Appends a whole number.
pub(crate) fn append_integer<I: Display + Into<i128>>(out: &mut Vec<u8>, value: I) {
    append(out, format_args!("{value}"));
}

fn append(out: &mut Vec<u8>, text: Arguments<'_>) {
    // A vector takes every write.
    out.write_fmt(text).ok();
}

/// Appends the sign of a negative number, and the whole word of what has no digits; whether that was so.
fn append_special(out: &mut Vec<u8>, value: f64) -> bool {
    if value.is_nan() {
        out.extend_from_slice(b"nan");
        return true;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    if value.is_infinite() {
        out.extend_from_slice(b"inf");
    }
    value.is_infinite()
}
