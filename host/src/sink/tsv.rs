//! Tables of scores as text.

use super::{
    Output, PendingFiles, Sink, SinkError, TableOptions, TextLines,
    info_key::one_line,
    is_compressed,
    row_column::RowColumn,
    table::{TableRow, check_shape, score_columns, table_rows},
    text_index::{IndexedLines, TextIndex, index_paths},
    variant_id::append_variant_id,
};
use crate::{
    genome::SkipReason,
    number::{append_eight_decimals, append_integer, append_significant},
    scored::{ScoreMatrix, ScoredChunk},
};

/// Writes one row per ALT allele and window, in input order; a record without ALT makes one row too, as it counts as one
/// that is skipped.
///
/// After the columns of variant, region and skip reason comes one column `<label>/<task>` per task of every label.
/// What an allele does not have is `.` in columns of text and empty in columns of numbers.
#[derive(Debug)]
pub struct TsvSink {
    lines: TextLines,
    index: Option<Box<TextIndex>>,
    options: TableOptions,
    /// Columns of scores.
    width: usize,
}

impl TsvSink {
    /// Starts the file, bgzipped if its name ends in `.gz` or `.bgz`, and writes the names of its columns.
    ///
    /// # Errors
    /// The file cannot be made or written.
    pub fn create(output: impl Into<Output>, options: TableOptions) -> Result<Self, SinkError> {
        let names = score_columns(&options.labels);
        let rows = options.rows.columns().iter().map(|column| column.name());
        let header: Vec<&str> = rows.chain(names.iter().map(String::as_str)).collect();
        let lines = TextLines::create(output, &header.join("\t"))?;
        Ok(Self { lines, index: None, options, width: names.len() })
    }

    /// The same for rows in the order of the genome, whose longest contig has `longest` bases: a bgzipped file gets an
    /// index for `tabix` beside it.
    ///
    /// # Errors
    /// A file cannot be made or written.
    pub fn create_indexed(output: impl Into<Output>, options: TableOptions, longest: u64) -> Result<Self, SinkError> {
        let mut sink = Self::create(output, options)?;
        let output = sink.lines.output();
        if output.virtual_position().is_some() {
            sink.index = Some(Box::new(TextIndex::create(output.path(), IndexedLines::Table, longest)?));
        }
        Ok(sink)
    }

    fn append_row(&mut self, table_row: &TableRow<'_>, scores: &[ScoreMatrix]) {
        let TableRow { record, alternate, region, window, skip, scores: scored } = *table_row;
        let row = self.lines.line();
        for (index, column) in self.options.rows.columns().iter().enumerate() {
            if index > 0 {
                row.push(b'\t');
            }
            match column {
                RowColumn::Chrom => row.extend_from_slice(record.chrom().as_bytes()),
                RowColumn::Pos => append_integer(row, record.pos()),
                RowColumn::Id if self.options.std_var_id => append_variant_id(row, record),
                RowColumn::Id => row.extend_from_slice(record.id()),
                RowColumn::Reference => row.extend_from_slice(record.reference()),
                RowColumn::Alternate => row.extend_from_slice(alternate),
                RowColumn::Region => {
                    row.extend_from_slice(region.map_or(".".into(), |region| one_line(&region.name)).as_bytes());
                }
                RowColumn::Start => window.iter().for_each(|window| append_integer(row, window.start())),
                RowColumn::End => window.iter().for_each(|window| append_integer(row, window.end())),
                RowColumn::Strand => row.extend_from_slice(match window {
                    Some(window) if window.strand().is_reverse() => b"-",
                    Some(_) => b"+",
                    None => b".",
                }),
                RowColumn::Offset => {
                    let offset = window.and_then(|window| self.options.rows.offset(record.pos(), window.start()));
                    offset.iter().for_each(|offset| append_integer(row, *offset));
                }
                RowColumn::Skip => row.extend_from_slice(skip.map_or(".", SkipReason::as_str).as_bytes()),
            }
        }
        let Some(index) = scored else {
            row.resize(row.len() + self.width, b'\t');
            row.push(b'\n');
            return;
        };
        for matrix in scores {
            let Some(scores) = matrix.row(index) else {
                row.resize(row.len() + matrix.width, b'\t');
                continue;
            };
            for &score in scores {
                row.push(b'\t');
                match self.options.digits {
                    Some(digits) => append_significant(row, score, digits),
                    None => append_eight_decimals(row, score),
                }
            }
        }
        row.push(b'\n');
    }
}

impl Sink for TsvSink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        check_shape(self.lines.output().path(), &self.options.labels, chunk)?;
        for row in table_rows(chunk, self.options.only_scored) {
            self.append_row(&row, &chunk.scores);
            let Some(index) = &mut self.index else {
                self.lines.write_full()?;
                continue;
            };
            // Alone, to learn where it is.
            let start = self.lines.output().virtual_position();
            self.lines.write()?;
            if let (Some(start), Some(end)) = (start, self.lines.output().virtual_position()) {
                index.add(row.record, start, end);
            }
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        let Self { lines, index, .. } = *self;
        let path = lines.output().path().to_owned();
        let file = lines.complete()?;
        Ok(match index {
            Some(index) => PendingFiles::indexed(&path, file, index.complete()?),
            // An index of a table that stood there before would be wrong.
            None if is_compressed(&path) => {
                PendingFiles { stale: index_paths(&path).into(), ..PendingFiles::file(file) }
            }
            None => PendingFiles::file(file),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::Outcome;
    use crate::sink::test_input::{chunk, label, matrix, records};
    use insta::assert_snapshot;
    use std::fs;

    /// The table of three records, with bars for tabs.
    fn table(adjust: impl FnOnce(&mut TableOptions)) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("scores.tsv");
        let labels = vec![label("diff", &["a", "b\tc"]), label("ref", &["a"])];
        let mut options = TableOptions {
            rows: Default::default(),
            model_name: "m".into(),
            labels,
            digits: Some(6),
            only_scored: false,
            std_var_id: false,
            provenance: Default::default(),
        };
        adjust(&mut options);
        let mut sink = TsvSink::create(&path, options).unwrap();
        let records = records("chr1\t7\trs1;rs2\tA\tC,*,<DEL>\nchr1\t8\t.\tG\t.\nchrX\t9\t.\tC\tT\n");
        let skip = Outcome::Skipped;
        let outcomes = vec![
            vec![Outcome::Done(1), skip(SkipReason::SpanningDeletion), skip(SkipReason::Symbolic)],
            vec![],
            vec![Outcome::Done(0)],
        ];
        let scores = vec![matrix(2, &[f32::NAN, f32::NEG_INFINITY, 0.5, -1.0 / 3.0]), matrix(1, &[1e-9, 2.0])];
        sink.write(&chunk(records, outcomes, scores)).unwrap();
        Box::new(sink).finish().unwrap();
        fs::read_to_string(path).unwrap().replace('\t', "|")
    }

    #[test]
    fn every_allele_has_a_row_with_all_columns() {
        let table = table(|_| ());
        assert_snapshot!(table, @"
        chrom|pos|id|ref|alt|region_id|region_start|region_end|strand|skip|diff/a|diff/b c|ref/a
        chr1|7|rs1;rs2|A|C|.|-2|4|-|.|0.5|-0.333333|2
        chr1|7|rs1;rs2|A|*|.|||.|spanning_deletion|||
        chr1|7|rs1;rs2|A|<DEL>|.|||.|symbolic|||
        chr1|8|.|G|.|.|||.|no_alt|||
        chrX|9|.|C|T|.|-3|3|+|.|nan|-inf|1e-09
        ");
        let widths: Vec<_> = table.lines().map(|line| line.matches('|').count()).collect();
        assert_eq!(widths, [12; 6]);
    }

    #[test]
    fn kipoi_spelling() {
        let table = table(|options| {
            options.digits = None;
            options.only_scored = true;
            options.std_var_id = true;
        });
        assert_snapshot!(table, @"
        chrom|pos|id|ref|alt|region_id|region_start|region_end|strand|skip|diff/a|diff/b c|ref/a
        chr1|7|chr1:7:A:['C', '*', '<DEL>']|A|C|.|-2|4|-|.|0.50000000|-0.33333334|2.00000000
        chrX|9|chrX:9:C:['T']|C|T|.|-3|3|+|.|nan|-inf|0.00000000
        ");
    }
}
