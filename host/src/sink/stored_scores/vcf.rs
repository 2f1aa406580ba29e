//! Scores of annotated VCFs and BCFs.

use std::path::Path;

use super::score_keys::{KeyValues, score_keys};
use super::{StoredScoresError, StrongestTask, Visit, chosen};
use crate::genome::{VcfReader, VcfRecord};
use crate::sink::info_key::percent_decode;
use crate::sink::strongest_value::strongest;
use crate::stop::Stop;

pub(super) fn read(
    path: &Path,
    score: Option<&str>,
    stop: &Stop,
    visit: &mut Visit<'_>,
) -> Result<String, StoredScoresError> {
    let mut reader = VcfReader::open_until(path, stop)?;
    let scores = score_keys(reader.header().info());
    let score = &scores[chosen(path, scores.iter().map(|score| score.name.as_str()), score)?];
    while let Some(record) = reader.read_record()? {
        let texts = [record.id(), record.reference()].map(|text| String::from_utf8_lossy(text).into_owned());
        let [id, reference] = &texts;
        for (allele, alternate) in record.alternates().enumerate() {
            if let Some((task, value)) = strongest_of(&score.values, &record, allele) {
                let (chrom, pos, alternate) = (record.chrom(), record.pos(), String::from_utf8_lossy(alternate));
                visit(StrongestTask { chrom, pos, id, reference, alternate: &alternate, task: &task, value })?;
            }
        }
    }
    Ok(score.name.clone())
}

/// The strongest task of an ALT allele, by its place in the record.
fn strongest_of(values: &KeyValues, record: &VcfRecord, allele: usize) -> Option<(String, f32)> {
    match values {
        KeyValues::Packed { largest: Some((largest, top)), .. } => {
            let value = element(record, largest, allele)?.parse().ok()?;
            Some((percent_decode(element(record, top, allele)?), value))
        }
        KeyValues::Packed { key, tasks, largest: None } => {
            let packed = element(record, key, allele)?.split('|').map(|value| value.parse().ok());
            let values = tasks.iter().zip(packed).filter_map(|(task, value)| Some((task, value?)));
            strongest(values).map(|(task, value)| (task.clone(), value))
        }
        KeyValues::PerTask(keys) => {
            let value =
                |(key, task): &'_ (String, String)| Some((task.clone(), element(record, key, allele)?.parse().ok()?));
            strongest(keys.iter().filter_map(value))
        }
    }
}

/// The element of an INFO entry that belongs to an ALT allele.
fn element<'a>(record: &'a VcfRecord, key: &str, allele: usize) -> Option<&'a str> {
    let mut entries = record.info().split(|byte| *byte == b';');
    let value = entries.find_map(|entry| entry.strip_prefix(key.as_bytes())?.strip_prefix(b"="))?;
    std::str::from_utf8(value.split(|byte| *byte == b',').nth(allele)?).ok()
}
