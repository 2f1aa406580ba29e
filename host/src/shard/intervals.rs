//! Intervals of a BED file in parts.

use super::ShardError;
use crate::genome::BedReader;
use std::path::Path;

/// The lines of a BED file, and where each starts and ends as `CONTIG:POS`.
pub(super) struct IntervalLines {
    lines: Vec<(String, String, String)>,
}

/// The intervals of one shard.
pub(super) struct IntervalPart {
    /// A BED file of them.
    pub(super) bed: String,
    /// Where the first starts and the last ends.
    pub(super) ends: Option<(String, String)>,
    /// How many there are.
    pub(super) count: u64,
}

impl IntervalLines {
    /// Reads a BED file.
    pub(super) fn read(path: &Path) -> Result<Self, ShardError> {
        let mut reader = BedReader::open(path)?;
        let mut lines = Vec::new();
        while let Some(line) = reader.next_line()? {
            let columns = [line.contig.to_owned(), line.start.to_string(), line.end.to_string()];
            let text = columns.into_iter().chain(line.rest.iter().map(|&cell| cell.to_owned()));
            let text = text.collect::<Vec<_>>().join("\t");
            lines.push((text, format!("{}:{}", line.contig, line.start + 1), format!("{}:{}", line.contig, line.end)));
        }
        Ok(Self { lines })
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.lines.len() as u64
    }

    /// `shards` parts in the order of the file, of about as many intervals.
    pub(super) fn parts(&self, shards: usize) -> Vec<IntervalPart> {
        let at = |number: usize| (self.lines.len() as u128 * number as u128 / shards as u128) as usize;
        let part = |number: usize| {
            let lines = &self.lines[at(number)..at(number + 1)];
            let ends = lines.first().zip(lines.last()).map(|(first, last)| (first.1.clone(), last.2.clone()));
            let bed = lines.iter().map(|(text, ..)| format!("{text}\n")).collect();
            IntervalPart { bed, ends, count: lines.len() as u64 }
        };
        (0..shards).map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_in_one_part_with_all_its_columns() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("peaks.bed");
        std::fs::write(&path, "track x\nb\t4\t9\tpeak\t0\t-\na 1 2\nb\t0\t3\n").unwrap();
        let lines = IntervalLines::read(&path).unwrap();
        for shards in 1..6 {
            let parts = lines.parts(shards);
            assert_eq!(parts.len(), shards);
            let all: String = parts.iter().map(|part| part.bed.as_str()).collect();
            assert_eq!(all, "b\t4\t9\tpeak\t0\t-\na\t1\t2\nb\t0\t3\n");
            assert_eq!(parts.iter().map(|part| part.count).sum::<u64>(), lines.count());
        }
        assert_eq!(lines.parts(1)[0].ends, Some(("b:5".into(), "b:3".into())));
    }
}
