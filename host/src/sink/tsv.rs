//! Tables of scores as text.

use super::{
    Output, PendingFiles, Sink, SinkError, TableOptions, TextLines,
    info_key::one_line,
    table::{ROW_COLUMNS, TableRow, check_shape, score_columns, table_rows},
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
/// After the ten columns of variant, region and skip reason comes one column `<label>/<task>` per task of every label.
/// What an allele does not have is `.` in columns of text and empty in columns of numbers.
#[derive(Debug)]
pub struct TsvSink {
    lines: TextLines,
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
        let header: Vec<&str> = ROW_COLUMNS.into_iter().chain(names.iter().map(String::as_str)).collect();
        let lines = TextLines::create(output, &header.join("\t"))?;
        Ok(Self { lines, options, width: names.len() })
    }

    fn append_row(&mut self, table_row: &TableRow<'_>, scores: &[ScoreMatrix]) {
        let TableRow { record, alternate, region, window, skip, scores: scored } = *table_row;
        let row = self.lines.line();
        row.extend_from_slice(record.chrom().as_bytes());
        row.push(b'\t');
        append_integer(row, record.pos());
        row.push(b'\t');
        if self.options.std_var_id {
            append_variant_id(row, record);
        } else {
            row.extend_from_slice(record.id());
        }
        for allele in [record.reference(), alternate] {
            row.push(b'\t');
            row.extend_from_slice(allele);
        }
        row.push(b'\t');
        row.extend_from_slice(region.map_or(".".into(), |region| one_line(&region.name)).as_bytes());
        row.push(b'\t');
        match window {
            Some(window) => {
                append_integer(row, window.start());
                row.push(b'\t');
                append_integer(row, window.end());
                row.extend_from_slice(if window.strand().is_reverse() { b"\t-\t" } else { b"\t+\t" });
            }
            None => row.extend_from_slice(b"\t\t.\t"),
        }
        row.extend_from_slice(skip.map_or(".", SkipReason::as_str).as_bytes());
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
            self.lines.write_full()?;
        }
        Ok(())
    }

    fn complete(self: Box<Self>) -> Result<PendingFiles, SinkError> {
        Ok(PendingFiles::file(self.lines.complete()?))
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
