//! Scores that are handed back instead of written.

use super::{
    PendingFiles, ScoreTables, Sink, SinkError, TableOptions,
    table::{check_shape, table_rows},
};
use crate::scored::ScoredChunk;
use std::path::Path;

/// Collects all rows; [`PendingFiles::take_tables`] hands them over.
#[derive(Debug)]
pub struct MemorySink {
    options: TableOptions,
    tables: ScoreTables,
}

impl MemorySink {
    /// Tables without rows.
    pub fn new(options: TableOptions) -> Self {
        Self { tables: ScoreTables::new(&options.labels), options }
    }
}

impl Sink for MemorySink {
    fn write(&mut self, chunk: &ScoredChunk) -> Result<(), SinkError> {
        check_shape(Path::new("tables in memory"), &self.options.labels, chunk)?;
        for row in table_rows(chunk, self.options.only_scored) {
            self.tables.push(&row, &chunk.scores, &self.options);
        }
        Ok(())
    }

    fn complete(mut self: Box<Self>) -> Result<PendingFiles, SinkError> {
        self.tables.settle();
        Ok(PendingFiles { tables: Some(self.tables), ..PendingFiles::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        genome::{Interval, Outcome, SkipReason, Strand},
        sink::{
            TableRowId,
            test_input::{chunk, label, matrix, pair, records},
        },
    };

    fn options() -> TableOptions {
        let labels = vec![label("diff", &["a", "b"]), label("ref", &["a"])];
        TableOptions {
            rows: Default::default(),
            model_name: "m".into(),
            labels,
            digits: None,
            only_scored: false,
            std_var_id: false,
            provenance: Default::default(),
        }
    }

    fn collected(options: TableOptions) -> ScoreTables {
        let mut sink = MemorySink::new(options);
        let scored = |value| vec![matrix(2, &[value, value + 1.0]), matrix(1, &[-value])];
        let outcomes = vec![vec![Outcome::Done(0), Outcome::Skipped(SkipReason::Symbolic)], vec![]];
        let mut first = chunk(records("chr1\t7\trs1\tA\tC,<DEL>\nchr1\t8\t.\tG\t.\n"), outcomes, scored(0.5));
        first.pairs[0] = pair(Some((3, "peak")), Outcome::Done(0));
        sink.write(&first).unwrap();
        sink.write(&chunk(records("chrX\t9\t.\tC\tT\n"), vec![vec![Outcome::Done(0)]], scored(2.5))).unwrap();
        Box::new(sink).complete().unwrap().take_tables().unwrap()
    }

    #[test]
    fn rows_and_scores_stand_side_by_side() {
        let tables = collected(options());
        let window = Interval::new(0, -3, 3, Strand::Forward).ok();
        let base = TableRowId {
            chrom: "chr1",
            pos: 7,
            id: Some("rs1"),
            reference: "A",
            alternate: Some("C"),
            region: Some("peak"),
            window,
            skip: None,
        };
        let skipped = TableRowId { region: None, window: None, skip: Some(SkipReason::Symbolic), ..base };
        let rows: Vec<_> = tables.rows().collect();
        assert_eq!(rows[0], base);
        assert_eq!(rows[1], TableRowId { alternate: Some("<DEL>"), ..skipped });
        let bare = TableRowId { pos: 8, id: None, reference: "G", alternate: None, ..skipped };
        assert_eq!(rows[2], TableRowId { skip: Some(SkipReason::NoAlt), ..bare });
        assert_eq!((rows[3].chrom, rows[3].pos, rows[3].window), ("chrX", 9, window));
        assert_eq!((tables.len(), tables.rows().count(), tables.row(4)), (4, 4, None));

        let labels: Vec<_> = tables.tables().iter().map(|table| (table.label(), table.columns().len())).collect();
        assert_eq!(labels, [("diff", 2), ("ref", 1)]);
        let diff = tables.table("diff").unwrap();
        assert_eq!((diff.row(0), diff.row(3), diff.row(4)), (Some(vec![0.5, 1.5]), Some(vec![2.5, 3.5]), None));
        let middle = [0, 1].map(|column| diff.scores(column)[1..3].to_vec()).concat();
        assert!(middle.len() == 4 && middle.iter().all(|score| score.is_nan()));
        assert_eq!((diff.validity().null_count(), diff.scores(1)[3], diff.scores(2)), (2, 3.5, &[][..]));
        assert_eq!(tables.table("ref").unwrap().row(0), Some(vec![-0.5]));
        assert!(tables.table("alt").is_none());
    }

    #[test]
    fn rows_are_left_out_and_named_as_in_tables_on_disk() {
        let tables = collected(TableOptions { only_scored: true, std_var_id: true, ..options() });
        let ids: Vec<_> = tables.rows().filter_map(|row| row.id).collect();
        assert_eq!(ids, ["chr1:7:A:['C', '<DEL>']", "chrX:9:C:['T']"]);
        assert_eq!([0, 1].map(|column| tables.table("diff").unwrap().scores(column)), [[0.5, 2.5], [1.5, 3.5]]);
    }
}
