//! The table of seven columns: `#NAME CHROM STRAND TX_START TX_END EXON_START EXON_END`, a line per gene. Starts are
//! 0-based; exons are two lists of numbers, parted by commas, with or without one at the end.

use super::{
    Found, Unplaced,
    columns::{coordinate, strand},
};
use crate::genes::{GenesProblem, gene::united};

pub(super) const TABLE_COLUMNS: usize = 7;

/// The gene of a line.
pub(super) fn gene(line: u64, columns: [&str; TABLE_COLUMNS]) -> Result<Found, GenesProblem> {
    let [name, contig, on, tx_start, tx_end, exon_starts, exon_ends] = columns;
    let strand = strand(on)?;
    let (start, end) = (coordinate(tx_start, "TX_START", 0)?, coordinate(tx_end, "TX_END", 1)?);
    if end <= start {
        return Err(GenesProblem::Reversed { start, end });
    }
    let starts = list(exon_starts, "EXON_START", 0)?;
    let ends = list(exon_ends, "EXON_END", 1)?;
    if starts.len() != ends.len() {
        return Err(GenesProblem::ExonCounts { starts: starts.len(), ends: ends.len() });
    }
    let exon = |(exon_start, exon_end): (i64, i64)| {
        if exon_end <= exon_start {
            return Err(GenesProblem::Reversed { start: exon_start, end: exon_end });
        }
        if exon_start < start || end < exon_end {
            return Err(GenesProblem::ExonOutside { start: exon_start, end: exon_end, from: start, to: end });
        }
        Ok(exon_start..exon_end)
    };
    let exons = starts.into_iter().zip(ends).map(exon).collect::<Result<_, _>>()?;
    Ok(Found {
        line,
        contig: contig.to_owned(),
        gene: Unplaced {
            id: name.to_owned(),
            name: name.to_owned(),
            gene_type: None,
            transcript: None,
            start,
            end,
            strand,
            exons: united(exons),
        },
    })
}

fn list(text: &str, column: &'static str, lowest: i64) -> Result<Vec<i64>, GenesProblem> {
    let text = text.strip_suffix(',').unwrap_or(text);
    text.split(',').map(|number| coordinate(number.trim(), column, lowest)).collect()
}
