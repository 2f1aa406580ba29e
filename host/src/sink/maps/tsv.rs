//! Mutation maps as a table of text.

use super::MapEntry;
use super::rows::{COLUMNS, MapRow, rows};
use crate::internal::OrInternal;
use crate::number::{append_integer, append_shortest_float};
use crate::scored::ScoreLabel;
use crate::sink::{PendingFiles, Sink, SinkError, TextLines, info_key::one_line};
use std::path::Path;

/// Writes a row per cell. Numbers are as short as they can be without losing anything; what is NaN is empty.
pub(super) struct MapTsv {
    lines: TextLines,
    /// For each score its name and those of its tasks.
    names: Vec<(String, Vec<String>)>,
    entries: u64,
}

impl MapTsv {
    /// Starts the file, bgzipped if its name says so, and writes the names of its columns.
    pub(super) fn create(path: &Path, labels: &[ScoreLabel]) -> Result<Self, SinkError> {
        let lines = TextLines::create(path, &COLUMNS.join("\t"))?;
        let of_label = |label: &ScoreLabel| {
            (one_line(&label.label), label.columns.iter().map(|column| one_line(column)).collect())
        };
        let names = labels.iter().map(of_label).collect();
        Ok(Self { lines, names, entries: 0 })
    }

    fn append_row(&mut self, inputs: &[String], contig: &str, row: &MapRow) {
        let (score, tasks) = self.names.get(row.score as usize).or_internal("a map is that of a score");
        let task = tasks.get(row.task as usize).or_internal("a score has a map per task");
        let text = self.lines.line();
        text.extend_from_slice(inputs[row.input as usize].as_bytes());
        text.push(b'\t');
        text.extend_from_slice(contig.as_bytes());
        text.push(b'\t');
        append_integer(text, row.pos);
        text.extend_from_slice(&[b'\t', row.reference, b'\t', row.alternate, b'\t']);
        text.extend_from_slice(score.as_bytes());
        text.push(b'\t');
        text.extend_from_slice(task.as_bytes());
        text.push(b'\t');
        if let Some(value) = row.value {
            append_shortest_float(text, value);
        }
        text.push(b'\t');
        append_integer(text, self.entries);
        text.push(b'\n');
    }
}

impl Sink<MapEntry> for MapTsv {
    fn write(&mut self, entry: &MapEntry) -> Result<(), SinkError> {
        let inputs: Vec<_> = entry.inputs.iter().map(|input| one_line(input)).collect();
        for row in rows(entry) {
            self.append_row(&inputs, &entry.contig, &row);
            self.lines.write_full()?;
        }
        self.entries += 1;
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        Ok(PendingFiles::file(self.lines.complete()?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_maps::{entry, labels};
    use super::*;

    #[test]
    fn a_row_is_a_cell() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("maps.tsv");
        let mut sink = Box::new(MapTsv::create(&path, &labels()).unwrap());
        sink.write(&entry(9, b"AC", 90)).unwrap();
        sink.write(&entry(-1, b"NA", 90)).unwrap();
        sink.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 1 + 48 + 24);
        let shown = [0, 1, 2, 3, 4, 48, 49].map(|line| lines[line]).join("\n");
        insta::assert_snapshot!(shown.replace('\t', " "), @r"
        input chrom pos ref alt score task value entry
        seq chr1 10 A A diff t 0.0 0
        seq chr1 10 A A alt t 100.0 0
        seq chr1 10 A A alt x y 108.0 0
        text chr1 10 A A diff t 0.0 0
        text chr1 11 C T alt x y  0
        seq chr1 1 A A diff t 1.0 1
        ");
    }
}
