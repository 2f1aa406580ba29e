//! A record in binary becomes a line of text.

use super::{
    BcfError, Dictionary,
    genotype::append_genotype,
    typed::{Number, Rest, Slot, ValueType, Values, float_of_bits},
};
use std::io::Write;

/// The key of genotypes, whose integers hold alleles and phasing.
const GENOTYPE: &str = "GT";

/// Appends the line, without its end, of a record's part that all samples share and its part of the samples' values.
/// `columns` is the number of columns of the header.
pub(super) fn append_record(
    line: &mut Vec<u8>,
    dictionary: &Dictionary,
    columns: usize,
    shared: &[u8],
    individual: &[u8],
) -> Result<(), BcfError> {
    let start = line.len();
    let mut fixed = Rest { bytes: shared, place: "fixed part" };
    let contig = i32::from_le_bytes(fixed.word()?);
    let position = i32::from_le_bytes(fixed.word()?);
    // The length on the reference follows from REF and INFO.
    fixed.word()?;
    let quality = float_of_bits(u32::from_le_bytes(fixed.word()?));
    let [info_low, info_high, alleles_low, alleles_high] = fixed.word()?;
    let info_count = u16::from_le_bytes([info_low, info_high]);
    let allele_count = u16::from_le_bytes([alleles_low, alleles_high]);
    let [a, b, c, format_count] = fixed.word()?;
    let sample_count = u32::from_le_bytes([a, b, c, 0]) as usize;
    let mut rest = Rest { bytes: fixed.bytes, place: "part before FORMAT" };

    let name = usize::try_from(contig).ok().and_then(|number| dictionary.contig(number));
    let name = name.ok_or(BcfError::Number { what: "contig", number: contig.into() })?;
    line.extend_from_slice(name.as_bytes());
    // A vector takes every write.
    write!(line, "\t{}\t", i64::from(position) + 1).ok();
    rest.text()?.append(line);
    for index in 0..allele_count.max(2) {
        line.push(if index < 2 { b'\t' } else { b',' });
        match index < allele_count {
            true => rest.text()?.append(line),
            false => line.push(b'.'),
        }
    }
    line.push(b'\t');
    match quality {
        Slot::Value(_) => Values { kind: ValueType::Float, bytes: &shared[12..16] }.append(line),
        _ => line.push(b'.'),
    }
    line.push(b'\t');
    append_filters(line, dictionary, rest.typed()?)?;
    line.push(b'\t');
    append_info(line, dictionary, &mut rest, info_count)?;
    if columns > 8 {
        let samples = columns - 9;
        if sample_count != samples && format_count > 0 {
            return Err(BcfError::Samples { found: sample_count, expected: samples });
        }
        append_samples(line, dictionary, individual, format_count, samples)?;
    }
    let written = &line[start..];
    let tabs = written.iter().filter(|byte| **byte == b'\t').count();
    if tabs + 1 != columns || written.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(BcfError::Text);
    }
    Ok(())
}

fn key(dictionary: &Dictionary, number: i32) -> Result<&str, BcfError> {
    let name = usize::try_from(number).ok().and_then(|number| dictionary.string(number));
    name.ok_or(BcfError::Number { what: "filter or key", number: number.into() })
}

fn append_filters(line: &mut Vec<u8>, dictionary: &Dictionary, filters: Values<'_>) -> Result<(), BcfError> {
    let start = line.len();
    for filter in filters.elements() {
        let number = match filter {
            Slot::Value(Number::Integer(number)) if filters.kind.is_integer() => number,
            // A single missing filter is none.
            Slot::Missing => continue,
            _ => return Err(BcfError::Type { place: "FILTER", code: filters.kind.code() }),
        };
        if line.len() > start {
            line.push(b';');
        }
        line.extend_from_slice(key(dictionary, number)?.as_bytes());
    }
    if line.len() == start {
        line.push(b'.');
    }
    Ok(())
}

fn append_info(line: &mut Vec<u8>, dictionary: &Dictionary, rest: &mut Rest<'_>, count: u16) -> Result<(), BcfError> {
    if count == 0 {
        line.push(b'.');
    }
    for index in 0..count {
        if index > 0 {
            line.push(b';');
        }
        let number = rest.integer()?;
        line.extend_from_slice(key(dictionary, number)?.as_bytes());
        let values = rest.typed()?;
        // A flag, or a key that stands alone.
        if !values.bytes.is_empty() {
            line.push(b'=');
            values.append(line);
        }
    }
    Ok(())
}

fn append_samples(
    line: &mut Vec<u8>,
    dictionary: &Dictionary,
    individual: &[u8],
    count: u8,
    samples: usize,
) -> Result<(), BcfError> {
    let mut rest = Rest { bytes: individual, place: "part of the samples" };
    let mut fields = Vec::with_capacity(count.into());
    for index in 0..count {
        let number = rest.integer()?;
        let name = key(dictionary, number)?;
        let (kind, length) = rest.descriptor()?;
        let values = rest.values(kind, length, samples)?;
        line.push(if index == 0 { b'\t' } else { b':' });
        line.extend_from_slice(name.as_bytes());
        let is_genotype = name == GENOTYPE && kind.is_integer();
        fields.push((values, values.bytes.len() / samples.max(1), is_genotype));
    }
    if fields.is_empty() {
        line.extend_from_slice(b"\t.");
    }
    for sample in 0..samples {
        line.push(b'\t');
        for (index, &(values, size, is_genotype)) in fields.iter().enumerate() {
            if index > 0 {
                line.push(b':');
            }
            let values = Values { bytes: &values.bytes[sample * size..][..size], ..values };
            match is_genotype {
                true => append_genotype(line, values),
                false => values.append(line),
            }
        }
        if fields.is_empty() {
            line.push(b'.');
        }
    }
    Ok(())
}
