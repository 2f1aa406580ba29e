//! Mutation maps that are handed back instead of written.

use super::{MapEntry, MapVariant, ROWS, StoredMap, StoredMaps, StoredVariant};
use crate::dataloader::BatchError;
use crate::internal::OrInternal;
use crate::scored::ScoreLabel;
use std::path::Path;

/// What stands for a file in messages.
const PLACE: &str = "maps in memory";

/// The mutation maps of a run, with the names of their scores and tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryMaps {
    model: String,
    labels: Vec<ScoreLabel>,
    entries: Vec<MapEntry>,
}

impl MemoryMaps {
    /// No maps yet, of these scores of `model`.
    pub fn new(model: impl Into<String>, labels: Vec<ScoreLabel>) -> Self {
        Self { model: model.into(), labels, entries: Vec::new() }
    }

    /// Appends the maps of a window, one for each task of each score.
    pub fn append(&mut self, entry: MapEntry) {
        self.entries.push(entry);
    }

    /// The scores and their tasks, in the order in which entries have them.
    pub fn labels(&self) -> &[ScoreLabel] {
        &self.labels
    }

    /// The windows, in the order of the run.
    pub fn entries(&self) -> &[MapEntry] {
        &self.entries
    }

    fn find(&self, entry: usize, input: &str, score: &str, task: &str) -> Option<StoredMap> {
        let entry = self.entries.get(entry).filter(|entry| entry.inputs.iter().any(|name| **name == *input))?;
        let (label, values) = self.labels.iter().zip(&entry.scores).find(|(label, _)| label.label == score)?;
        let task = label.columns.iter().position(|column| column == task)?;
        Some(StoredMap {
            contig_length: entry.contig_length,
            contig: entry.contig.clone(),
            start: entry.window.start(),
            sequence: String::from_utf8_lossy(&entry.letters).into_owned(),
            values: values.chunks(ROWS * entry.letters.len().max(1)).nth(task)?.to_vec(),
            variants: entry.variants.iter().flat_map(stored).collect(),
        })
    }
}

impl StoredMaps for MemoryMaps {
    fn path(&self) -> &Path {
        Path::new(PLACE)
    }

    fn model(&self) -> Option<String> {
        Some(self.model.clone())
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn names(&self, entry: usize, path: &[&str]) -> Result<Vec<String>, BatchError> {
        Ok(match path {
            [] => {
                self.entries.get(entry).into_iter().flat_map(|entry| &entry.inputs).map(ToString::to_string).collect()
            }
            [_] => self.labels.iter().map(|label| label.label.clone()).collect(),
            [_, score, ..] => {
                // A score that is not there has no tasks, as an empty group of a file has none.
                let label = self.labels.iter().find(|label| label.label == *score);
                label.map(|label| label.columns.clone()).unwrap_or_default()
            }
        })
    }

    fn read(&self, entry: usize, input: &str, score: &str, task: &str) -> Result<StoredMap, BatchError> {
        self.find(entry, input, score, task).ok_or_else(|| BatchError::Content {
            path: PLACE.into(),
            place: format!("{entry}/{input}/{score}/{task}"),
            problem: "is not there".to_owned(),
        })
    }
}

/// A query variant, one for each ALT.
fn stored(variant: &MapVariant) -> impl Iterator<Item = StoredVariant> + '_ {
    let start = i64::try_from(variant.pos).or_internal("the window holds its variants") - 1;
    variant.alternates.iter().map(move |alternate| StoredVariant {
        start,
        reference: variant.reference.clone(),
        alternate: alternate.clone(),
        id: variant.id.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Interval, Strand};
    use crate::scored::ScoreOrigin;

    /// Two scores, the second of two tasks, of a window of two bases that two inputs show.
    fn maps() -> MemoryMaps {
        let label = |label: &str, columns: &[&str]| ScoreLabel {
            label: label.into(),
            columns: columns.iter().map(ToString::to_string).collect(),
            background: vec![],
            origin: ScoreOrigin { plugin: "scorers".into(), version: "1.2".into(), scorer: label.into() },
        };
        let mut maps = MemoryMaps::new("motif", vec![label("diff", &["t"]), label("alt", &["t", "u"])]);
        let numbers = |from: u8, to: u8| (from..to).map(f32::from).collect();
        maps.append(MapEntry {
            contig: "chr1".into(),
            contig_length: Some(90),
            window: Interval::new(0, 9, 11, Strand::Reverse).unwrap(),
            shown: Interval::new(0, 5, 15, Strand::Reverse).unwrap(),
            letters: b"AC".to_vec(),
            inputs: vec!["seq".into(), "text".into()],
            variants: vec![MapVariant {
                pos: 11,
                id: "rs1".into(),
                reference: "C".into(),
                alternates: vec!["A".into(), "T".into()],
            }],
            scores: vec![numbers(0, 8), numbers(100, 116)],
        });
        maps
    }

    #[test]
    fn maps_are_found_by_name() {
        let maps = maps();
        assert_eq!((maps.len(), maps.names(0, &[]).unwrap()), (1, vec!["seq".to_owned(), "text".into()]));
        assert_eq!(maps.names(0, &["seq"]).unwrap(), ["diff", "alt"]);
        assert_eq!(maps.names(0, &["seq", "alt"]).unwrap(), ["t", "u"]);
        let map = maps.read(0, "text", "alt", "u").unwrap();
        assert_eq!((map.contig.as_str(), map.start, map.sequence.as_str()), ("chr1", 9, "AC"));
        assert_eq!(map.values, [108.0, 109.0, 110.0, 111.0, 112.0, 113.0, 114.0, 115.0]);
        let variants: Vec<_> = map.variants.iter().map(|it| (it.start, it.alternate.as_str())).collect();
        assert_eq!(variants, [(10, "A"), (10, "T")]);
        assert_eq!(maps.read(0, "seq", "diff", "t").unwrap().values[7], 7.0);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let error = maps().read(0, "seq", "diff", "u").unwrap_err();
        insta::assert_snapshot!(error, @"maps in memory: `0/seq/diff/u` is not there");
        let message = |entry, input| maps().read(entry, input, "diff", "t").unwrap_err().to_string();
        assert_eq!(message(1, "seq"), "maps in memory: `1/seq/diff/t` is not there");
        assert_eq!(message(0, "dna"), "maps in memory: `0/dna/diff/t` is not there");
    }
}
