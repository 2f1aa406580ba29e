//! Lines of bedGraph.

use super::TrackSummary;
use super::error::TrackError;
use super::order::Base;
use crate::number::{append_integer, append_shortest};
use crate::sink::{AtomicFile, TextLines, TextOutput};
use std::sync::Arc;

/// A bedGraph under construction.
pub(super) struct BedGraph {
    lines: TextLines,
    merge: bool,
    /// The line to come, which may still grow.
    line: Option<Line>,
    /// The contig of the last line, and where it ended.
    last: Option<(Arc<str>, i64)>,
    summary: TrackSummary,
}

struct Line {
    base: Base,
    end: i64,
}

impl BedGraph {
    pub(super) fn new(output: TextOutput, merge: bool) -> Self {
        Self { lines: TextLines::new(output), merge, line: None, last: None, summary: TrackSummary::default() }
    }

    /// Takes the next base.
    pub(super) fn write(&mut self, base: Base) -> Result<(), TrackError> {
        self.summary.stretches += u64::from(base.begins);
        if !base.exists {
            self.summary.beyond += 1;
            return Ok(());
        }
        if !base.value.is_finite() {
            self.summary.left_out += 1;
            return Ok(());
        }
        if let Some(line) = &mut self.line
            && self.merge
            && line.base.contig == base.contig
            && line.end == base.position
            && line.base.value == base.value
        {
            line.end += 1;
            return Ok(());
        }
        self.end_line()?;
        self.line = Some(Line { end: base.position + 1, base });
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), TrackError> {
        let Some(Line { base, end }) = self.line.take() else { return Ok(()) };
        let overlaps = |(contig, last): &(Arc<str>, i64)| *contig == base.contig && base.position < *last;
        self.summary.overlapping += u64::from(self.last.as_ref().is_some_and(overlaps));
        self.summary.lines += 1;
        // Zero has no sign to tell.
        let value = if base.value == 0.0 { 0.0 } else { base.value };
        let text = self.lines.line();
        text.extend_from_slice(base.contig.as_bytes());
        for position in [base.position, end] {
            text.push(b'\t');
            append_integer(text, position);
        }
        text.push(b'\t');
        match base.is_double {
            true => append_shortest(text, value),
            false => append_shortest(text, value as f32),
        }
        text.push(b'\n');
        self.last = Some((base.contig, end));
        Ok(self.lines.write_full()?)
    }

    /// Ends the file, which then has to be put under its name.
    pub(super) fn complete(mut self) -> Result<(AtomicFile, TrackSummary), TrackError> {
        self.end_line()?;
        Ok((self.lines.complete()?, self.summary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &[(i64, f64)], merge: bool, is_double: bool) -> (String, TrackSummary) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.bedgraph");
        let mut file = BedGraph::new(TextOutput::create(path.as_path()).unwrap(), merge);
        for (index, (position, value)) in values.iter().enumerate() {
            let begins = index == 0;
            let (contig, exists) = ("chr1".into(), (0..100).contains(position));
            file.write(Base { contig, position: *position, value: *value, is_double, exists, begins }).unwrap();
        }
        let (output, summary) = file.complete().unwrap();
        output.commit().unwrap();
        (std::fs::read_to_string(&path).unwrap(), summary)
    }

    #[test]
    fn every_base_has_a_line_of_shortest_decimals() {
        let third = f64::from(1.0_f32 / 3.0);
        let (text, summary) = written(&[(5, -0.059_818_693), (6, third), (7, 0.0), (8, -0.0)], false, false);
        insta::assert_snapshot!(text, @r"
        chr1	5	6	-0.059818693
        chr1	6	7	0.33333334
        chr1	7	8	0
        chr1	8	9	0
        ");
        assert_eq!(summary, TrackSummary { stretches: 1, lines: 4, ..TrackSummary::default() });
        assert_eq!(written(&[(0, 0.1)], false, true).0, "chr1\t0\t1\t0.1\n");
        assert_eq!(written(&[(0, -0.000_003_159_413_8)], false, true).0, "chr1\t0\t1\t-3.1594138e-06\n");
    }

    #[test]
    fn equal_neighbours_become_one_line_on_request() {
        let values = [(1, 2.0), (2, 2.0), (3, 1.0), (5, 1.0), (6, 1.0)];
        insta::assert_snapshot!(written(&values, true, false).0, @r"
        chr1	1	3	2
        chr1	3	4	1
        chr1	5	7	1
        ");
    }

    #[test]
    fn bases_that_the_contig_does_not_have_are_left_out_and_counted() {
        let (text, summary) = written(&[(-1, 1.0), (0, 2.0), (99, 3.0), (100, 4.0), (101, 5.0)], false, false);
        assert_eq!(text, "chr1\t0\t1\t2\nchr1\t99\t100\t3\n");
        insta::assert_snapshot!(summary, @"2 lines of 1 stretch; left out 3 bases beyond their contigs");
    }

    #[test]
    fn what_is_no_number_is_left_out_and_counted() {
        let (text, summary) = written(&[(1, f64::NAN), (2, f64::INFINITY), (3, 1.0), (3, 2.0)], false, false);
        assert_eq!(text, "chr1\t3\t4\t1\nchr1\t3\t4\t2\n");
        assert_eq!((summary.left_out, summary.overlapping), (2, 1));
        insta::assert_snapshot!(summary, @"2 lines of 1 stretch; left out 2 bases without a value; 1 line overlaps another, which bedGraphToBigWig refuses");
    }
}
