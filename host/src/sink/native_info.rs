//! kipos's own INFO entries.

use super::{
    InfoLayout, RowKind,
    info_field::{InfoField, append_elements, append_packed},
    info_key::{InfoKey, native_part, percent_encode},
    record_line::RecordLine,
    strongest_value::strongest_column,
};
use crate::genome::Outcome;
use crate::number::{append_integer, append_significant};
use crate::region::RegionMode;
use crate::scored::{AlleleInWindow, ScoreLabel, ScoreMatrix};
use std::collections::BTreeSet;

/// What a native VCF gets into its INFO column. Keys end in `=`, but for the flag.
#[derive(Debug)]
pub(super) struct NativeInfo {
    labels: Vec<LabelEntries>,
    failed: FailedScores,
    skip: Vec<u8>,
    reference_mismatch: Vec<u8>,
    /// The keys of the region's name and of the number of regions, where windows come from regions.
    regions: Option<[Vec<u8>; 2]>,
    /// The key of the distance from the centre of the window, where records have one.
    offset: Option<(RowKind, Vec<u8>)>,
    digits: u8,
}

/// The entries of one label.
#[derive(Debug)]
enum LabelEntries {
    /// One key per column.
    Plain(Vec<Vec<u8>>),
    /// All columns in one key.
    Packed {
        values: Vec<u8>,
        largest: Vec<u8>,
        top: Vec<u8>,
        /// The columns' names as `top` spells them.
        names: Vec<Vec<u8>>,
        /// The columns that are never the largest.
        background: Vec<usize>,
    },
}

impl NativeInfo {
    /// The entries, and the keys they will use, in the order in which they are written.
    pub(super) fn new(
        model: &str,
        labels: &[ScoreLabel],
        (rows, regions): (RowKind, RegionMode),
        layout: InfoLayout,
        digits: u8,
    ) -> (Self, Vec<InfoKey>) {
        let mut keys = Keys { prefix: format!("KV_{}_", native_part(model)), declared: Vec::new() };
        // Without blanks, so that a description can be taken apart again.
        let model = &percent_encode(model);
        let entries = labels.iter().map(|label| LabelEntries::new(&mut keys, model, label, layout)).collect();
        let failed = FailedScores::new(&mut keys, model, labels);
        let skip = keys.add(
            "SKIP",
            "A",
            "String",
            format!("Why model {model} did not score the allele"),
            "why alleles were skipped",
        );
        let mut reference_mismatch = keys.add(
            "REF_MISMATCH",
            "0",
            "Flag",
            format!("REF differs from the genome and was written over it for model {model}"),
            "whether REF differs from the genome",
        );
        // A flag has no value.
        reference_mismatch.pop();
        let regions = regions.has_regions().then(|| {
            let about = format!("Region in which model {model} saw the allele");
            let region = keys.add("REGION", "A", "String", about, "the region of an allele");
            let about = format!("Number of regions in which model {model} can see alleles of the record");
            [region, keys.add("NREGIONS", "1", "Integer", about, "the number of regions")]
        });
        let offset = (rows != RowKind::Variants).then(|| {
            let about = format!("Bases from the centre of the window in which model {model} saw the allele to POS");
            (rows, keys.add("OFFSET", "1", "Integer", about, "the distance from the centre of the window"))
        });
        (Self { labels: entries, failed, skip, reference_mismatch, regions, offset, digits }, keys.declared)
    }

    /// The keys that these labels have in either layout, with regions and distances: an earlier run may have used the other one.
    pub(super) fn siblings(model: &str, labels: &[ScoreLabel]) -> Vec<String> {
        // The earlier run may have had more tasks where this one has one: then it wrote the keys of several.
        let several = |label: &ScoreLabel| {
            let columns = [label.columns.clone(), label.columns.clone()].concat();
            ScoreLabel { columns, background: Vec::new(), ..label.clone() }
        };
        let several: Vec<_> = labels.iter().map(several).collect();
        let layouts = [InfoLayout::Packed, InfoLayout::PerTask];
        let keys = layouts.into_iter().flat_map(|layout| {
            let all = (RowKind::Saturation { centre: 0 }, RegionMode::Overlap);
            let keys = |labels: &[ScoreLabel]| Self::new(model, labels, all, layout, 1).1;
            keys(labels).into_iter().chain(keys(&several)).collect::<Vec<_>>()
        });
        let distinct: BTreeSet<String> = keys.map(|key| key.id).collect();
        distinct.into_iter().collect()
    }

    /// Appends the entries of a record.
    pub(super) fn append(&self, info: &mut InfoField<'_>, line: &RecordLine<'_>, scores: &[ScoreMatrix]) {
        let alleles = &line.alleles[..];
        if line.is_scored() {
            for (label, matrix) in self.labels.iter().zip(scores) {
                label.append(info, alleles, matrix, self.digits);
            }
            self.failed.append(info, alleles, scores);
        }
        if alleles.iter().any(|pair| pair.row().is_none()) {
            append_reasons(info.entry(&self.skip), alleles);
        }
        if line.reference_overwritten {
            info.entry(&self.reference_mismatch);
        }
        if let (Some([region, count]), true) = (&self.regions, line.regions > 0) {
            append_regions(info.entry(region), alleles);
            append_integer(info.entry(count), line.regions as u64);
        }
        if let Some((rows, key)) = &self.offset {
            let scored = alleles.iter().find(|pair| pair.row().is_some());
            let start = scored.and_then(|pair| Some(pair.window?.start()));
            if let Some(offset) = start.and_then(|start| rows.offset(line.record.pos(), start)) {
                append_integer(info.entry(key), offset);
            }
        }
    }
}

impl LabelEntries {
    fn new(keys: &mut Keys, model: &str, label: &ScoreLabel, layout: InfoLayout) -> Self {
        let ScoreLabel { label, columns, background, origin } = label;
        let part = native_part(label).to_uppercase();
        let content = format!("score `{label}`");
        let label = percent_encode(label);
        let about = format!("Score {label} of model {model}");
        match (&columns[..], layout) {
            ([task], _) => {
                let description = format!("{about} for {task} ({origin})");
                Self::Plain(vec![keys.add(&part, "A", "Float", description, &content)])
            }
            (_, InfoLayout::PerTask) => {
                let key = |task: &String| {
                    let description = format!("{about} for {task} ({origin})");
                    let content = format!("task `{task}` of {content}");
                    keys.add(&format!("{part}_{}", native_part(task)), "A", "Float", description, &content)
                };
                Self::Plain(columns.iter().map(key).collect())
            }
            (_, InfoLayout::Packed) => {
                let names: Vec<_> = columns.iter().map(|task| percent_encode(task)).collect();
                let description = format!("{about} ({origin}). Format: {}", names.join("|"));
                let values = keys.add(&part, "A", "String", description, &content);
                let largest = keys.add(
                    &format!("{part}_MAXABS"),
                    "A",
                    "Float",
                    format!("{about} for the task where it is largest, whatever its sign"),
                    &format!("the largest {content}"),
                );
                let top = keys.add(
                    &format!("{part}_TOP"),
                    "A",
                    "String",
                    format!("Task for which score {label} of model {model} is largest, whatever its sign"),
                    &format!("the task of the largest {content}"),
                );
                let names = names.into_iter().map(String::into_bytes).collect();
                Self::Packed { values, largest, top, names, background: background.clone() }
            }
        }
    }

    fn append(&self, info: &mut InfoField<'_>, alleles: &[&AlleleInWindow], matrix: &ScoreMatrix, digits: u8) {
        match self {
            Self::Plain(keys) => {
                for (column, key) in keys.iter().enumerate() {
                    append_elements(info.entry(key), alleles, matrix, |value, scores| {
                        append_significant(value, scores[column], digits);
                    });
                }
            }
            Self::Packed { values, largest, top, names, background } => {
                append_elements(info.entry(values), alleles, matrix, |value, scores| {
                    append_packed(value, scores, |value, score| append_significant(value, score, digits));
                });
                let largest_of = |scores: &[f32]| strongest_column(scores, background);
                append_elements(info.entry(largest), alleles, matrix, |value, scores| match largest_of(scores) {
                    Some((_, score)) => append_significant(value, score, digits),
                    None => value.push(b'.'),
                });
                append_elements(info.entry(top), alleles, matrix, |value, scores| match largest_of(scores) {
                    Some((column, _)) => value.extend_from_slice(&names[column]),
                    None => value.push(b'.'),
                });
            }
        }
    }
}

/// The entry that lists the scores whose scorers failed for an allele that has others.
#[derive(Debug)]
struct FailedScores {
    key: Vec<u8>,
    /// The labels as the entry spells them.
    names: Vec<Vec<u8>>,
}

impl FailedScores {
    fn new(keys: &mut Keys, model: &str, labels: &[ScoreLabel]) -> Self {
        let about = format!("Scores of model {model} that failed for the allele and have no value");
        Self {
            key: keys.add("FAILED", "A", "String", about, "which scores failed"),
            names: labels.iter().map(|label| percent_encode(&label.label).into_bytes()).collect(),
        }
    }

    /// Appends nothing if no score failed.
    fn append(&self, info: &mut InfoField<'_>, alleles: &[&AlleleInWindow], scores: &[ScoreMatrix]) {
        let failed = |pair: &AlleleInWindow| {
            let row = pair.row();
            let labels = self.names.iter().zip(scores);
            labels.filter(move |(_, matrix)| row.is_some_and(|row| matrix.failures.contains_key(&row)))
        };
        if alleles.iter().all(|pair| failed(pair).next().is_none()) {
            return;
        }
        let value = info.entry(&self.key);
        for (index, pair) in alleles.iter().enumerate() {
            if index > 0 {
                value.push(b',');
            }
            let mut is_first = true;
            for (name, _) in failed(pair) {
                if !std::mem::take(&mut is_first) {
                    value.push(b'|');
                }
                value.extend_from_slice(name);
            }
            if is_first {
                value.push(b'.');
            }
        }
    }
}

fn append_reasons(value: &mut Vec<u8>, alleles: &[&AlleleInWindow]) {
    for (index, pair) in alleles.iter().enumerate() {
        if index > 0 {
            value.push(b',');
        }
        match pair.outcome {
            Outcome::Done(_) => value.push(b'.'),
            Outcome::Skipped(reason) => value.extend_from_slice(reason.as_str().as_bytes()),
        }
    }
}

fn append_regions(value: &mut Vec<u8>, alleles: &[&AlleleInWindow]) {
    for (index, pair) in alleles.iter().enumerate() {
        if index > 0 {
            value.push(b',');
        }
        match &pair.region {
            Some(region) => value.extend_from_slice(percent_encode(&region.name).as_bytes()),
            None => value.push(b'.'),
        }
    }
}

/// Keys in the making.
struct Keys {
    prefix: String,
    declared: Vec<InfoKey>,
}

impl Keys {
    /// Declares a key and returns it with its `=`.
    fn add(
        &mut self,
        name: &str,
        number: &'static str,
        kind: &'static str,
        description: String,
        content: &str,
    ) -> Vec<u8> {
        let id = format!("{}{name}", self.prefix);
        let key = format!("{id}=").into_bytes();
        self.declared.push(InfoKey { id, number, kind, description, content: content.to_owned() });
        key
    }
}
