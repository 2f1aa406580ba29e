//! FORMAT and the columns of samples.

use super::{
    genotype::append_alleles,
    problem::BcfProblem,
    schema::{DeclaredType, Schema},
    typed::{Slot, append_floats, append_integer, append_integers, append_texts},
    values::{elements, float, integer, known},
};

/// Appends the values key by key, each for all samples; says how many keys there are.
///
/// # Errors
/// A key is not declared, a value not of its type, or there are more than 255 keys.
pub(super) fn append_samples(
    bytes: &mut Vec<u8>,
    schema: &Schema,
    format: &[u8],
    samples: &[&[u8]],
) -> Result<u8, BcfProblem> {
    if format == b"." || format.is_empty() || samples.is_empty() {
        return Ok(0);
    }
    let keys: Vec<_> = format.split(|byte| *byte == b':').collect();
    let count = u8::try_from(keys.len()).map_err(|_| BcfProblem::Many { what: "FORMAT keys", found: keys.len() })?;
    let mut fields: Vec<_> = samples.iter().map(|sample| sample.split(|byte| *byte == b':')).collect();
    let mut column = Vec::with_capacity(samples.len());
    for key in keys {
        column.clear();
        // Values that are missing at the end of a sample may be left out.
        column.extend(fields.iter_mut().map(|fields| fields.next().unwrap_or(b".")));
        let (number, kind) = known(&schema.format, "FORMAT key", key)?;
        append_integer(bytes, number);
        match kind {
            _ if key == b"GT" => {
                let (alleles, count) = vectors(&column, append_alleles)?;
                append_integers(bytes, &alleles, count);
            }
            DeclaredType::Integer => {
                let (values, count) = vectors(&column, |room, text| elements(room, text, |text| integer(key, text)))?;
                append_integers(bytes, &values, count);
            }
            DeclaredType::Float => {
                let (values, count) = vectors(&column, |room, text| elements(room, text, |text| float(key, text)))?;
                append_floats(bytes, &values, count);
            }
            DeclaredType::Text => append_texts(bytes, &column),
        }
    }
    Ok(count)
}

/// The vectors of all samples behind each other, each filled up to the length of the longest, which is told too.
fn vectors<T: Clone>(
    column: &[&[u8]],
    append: impl Fn(&mut Vec<Slot<T>>, &[u8]) -> Result<(), BcfProblem>,
) -> Result<(Vec<Slot<T>>, usize), BcfProblem> {
    let (mut values, mut ends) = (Vec::with_capacity(column.len()), Vec::with_capacity(column.len()));
    for text in column {
        append(&mut values, text)?;
        ends.push(values.len());
    }
    let starts = [0].into_iter().chain(ends.iter().copied());
    let length = starts.clone().zip(&ends).map(|(start, end)| end - start).max().unwrap_or(0);
    if values.len() == length * column.len() {
        return Ok((values, length));
    }
    let mut filled = Vec::with_capacity(length * column.len());
    for (start, end) in starts.zip(&ends) {
        filled.extend_from_slice(&values[start..*end]);
        filled.resize(filled.len() + length - (end - start), Slot::End);
    }
    Ok((filled, length))
}
