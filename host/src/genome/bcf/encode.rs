//! A line of text becomes a record in binary.

use super::{
    guess::split_entry,
    problem::BcfProblem,
    samples::append_samples,
    schema::{DeclaredType, Schema},
    typed::{Slot, append_float, append_floats, append_integer, append_integers, append_nothing, append_text},
    values::{elements, float, integer, known, unknown},
};
use crate::internal::OrInternal;

/// Where a record is on its contig.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RecordSpan {
    /// The contig's number.
    pub(crate) contig: usize,
    /// First base, **1-based**; 0 denotes a telomere.
    pub(crate) first: i64,
    /// Last base, **1-based**, not before the first.
    pub(crate) last: i64,
}

/// Appends the record of a line without its end.
///
/// # Errors
/// What BCF cannot hold; the bytes are of no use then.
pub(super) fn append_record(bytes: &mut Vec<u8>, schema: &Schema, line: &[u8]) -> Result<RecordSpan, BcfProblem> {
    let columns: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
    let [chrom, pos, id, reference, alternates, quality, filters, info, rest @ ..] = &columns[..] else {
        return Err(BcfProblem::Columns { found: columns.len(), expected: schema.columns });
    };
    // A record may do without all samples, but not without some.
    if columns.len() != schema.columns && !rest.is_empty() {
        return Err(BcfProblem::Columns { found: columns.len(), expected: schema.columns });
    }
    let contig = match std::str::from_utf8(chrom).ok().and_then(|name| schema.contigs.get(name)) {
        Some(contig) => *contig,
        None => return Err(unknown("contig", chrom)),
    };
    let Slot::Value(pos) = integer(b"POS", pos)? else {
        return Err(BcfProblem::Type { key: "POS".into(), kind: "Integer", found: ".".into() });
    };
    let last = last_base(pos, reference, info);
    let sample_count = schema.columns.saturating_sub(9);
    if sample_count >= 1 << 24 {
        return Err(BcfProblem::Many { what: "samples", found: sample_count });
    }

    let start = bytes.len();
    bytes.extend_from_slice(&[0; 8]);
    // A span beyond what BCF can say is as long as it can say.
    for number in [contig, pos - 1, i32::try_from(last - i64::from(pos) + 1).unwrap_or(i32::MAX)] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    append_float(bytes, float(b"QUAL", quality)?);
    // The counts, which are known later.
    let counts = bytes.len();
    bytes.extend_from_slice(&[0; 8]);
    append_text(bytes, if *id == b"." { b"" } else { id });
    let mut alleles = 1_usize;
    append_text(bytes, reference);
    for alternate in alternates.split(|byte| *byte == b',').filter(|_| *alternates != b".") {
        append_text(bytes, alternate);
        alleles += 1;
    }
    append_filters(bytes, schema, filters)?;
    let entries = append_info(bytes, schema, info)?;
    let shared = bytes.len() - start - 8;
    let (format, samples) = rest.split_first().map_or((&b"."[..], &[][..]), |(format, samples)| (*format, samples));
    let keys = append_samples(bytes, schema, format, samples)?;
    let individual = bytes.len() - start - 8 - shared;

    let count = |what, found: usize| u16::try_from(found).map_err(|_| BcfProblem::Many { what, found });
    let length = |found: usize| u32::try_from(found).map_err(|_| BcfProblem::Many { what: "bytes", found });
    bytes[start..start + 4].copy_from_slice(&length(shared)?.to_le_bytes());
    bytes[start + 4..start + 8].copy_from_slice(&length(individual)?.to_le_bytes());
    bytes[counts..counts + 2].copy_from_slice(&count("INFO entries", entries)?.to_le_bytes());
    bytes[counts + 2..counts + 4].copy_from_slice(&count("alleles", alleles)?.to_le_bytes());
    bytes[counts + 4..counts + 7].copy_from_slice(&sample_count.to_le_bytes()[..3]);
    bytes[counts + 7] = keys;
    Ok(RecordSpan { contig: usize::try_from(contig).or_internal("contigs count from 0"), first: pos.into(), last })
}

/// The last base of a record, **1-based**: INFO's END, or the end of REF.
fn last_base(pos: i32, reference: &[u8], info: &[u8]) -> i64 {
    let first = i64::from(pos);
    let declared = info.split(|byte| *byte == b';').find_map(|entry| entry.strip_prefix(b"END="));
    let declared = declared.and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<i64>().ok());
    let of_reference = first.saturating_add(i64::try_from(reference.len()).or_internal("REF is in memory")) - 1;
    declared.filter(|end| *end >= first).unwrap_or(of_reference).max(first)
}

fn append_filters(bytes: &mut Vec<u8>, schema: &Schema, filters: &[u8]) -> Result<(), BcfProblem> {
    if filters == b"." || filters.is_empty() {
        append_nothing(bytes);
        return Ok(());
    }
    let mut numbers = Vec::new();
    for filter in filters.split(|byte| *byte == b';') {
        numbers.push(Slot::Value(known(&schema.filters, "filter", filter)?.0));
    }
    append_integers(bytes, &numbers, numbers.len());
    Ok(())
}

/// Appends the entries of INFO; says how many there are.
fn append_info(bytes: &mut Vec<u8>, schema: &Schema, info: &[u8]) -> Result<usize, BcfProblem> {
    let mut entries = 0;
    for entry in info.split(|byte| *byte == b';').filter(|entry| !entry.is_empty() && *entry != b".") {
        let (key, value) = split_entry(entry);
        let (number, kind) = known(&schema.info, "INFO key", key)?;
        append_integer(bytes, number);
        match (value, kind) {
            (None, _) => append_nothing(bytes),
            (Some(value), DeclaredType::Text) => append_text(bytes, value),
            (Some(value), DeclaredType::Integer) => {
                let mut values = Vec::new();
                elements(&mut values, value, |text| integer(key, text))?;
                append_integers(bytes, &values, values.len());
            }
            (Some(value), DeclaredType::Float) => {
                let mut values = Vec::new();
                elements(&mut values, value, |text| float(key, text))?;
                append_floats(bytes, &values, values.len());
            }
        }
        entries += 1;
    }
    Ok(entries)
}
