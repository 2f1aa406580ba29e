//! Places of the genome that rows of a part are known to have, read where that costs little.

use super::{JoinError, JoinFormat, format::HeaderKind};
use crate::genome::VcfReader;
use crate::sink::RowColumn;
use noodles::bgzf;
use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

/// Where a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowPlace {
    /// The contig.
    pub(crate) contig: String,
    /// The position, 1-based.
    pub(crate) pos: u64,
}

/// Places of some rows of a part: of the first of a file of variants or a table of them, and of Parquet the ends of each
/// row group that has one contig. None for files whose rows have no such places.
///
/// # Errors
/// A part that cannot be read.
pub(crate) fn row_places(format: JoinFormat, part: &Path) -> Result<Vec<RowPlace>, JoinError> {
    let read = |source| JoinError::read(part, source);
    match format {
        JoinFormat::Bgzip(HeaderKind::Bcf) => first_record(part),
        JoinFormat::Bgzip(HeaderKind::Comments) | JoinFormat::Text(HeaderKind::Comments) if !is_bed(part) => {
            first_record(part)
        }
        JoinFormat::Bgzip(HeaderKind::Names) => {
            let file = File::open(part).map_err(read)?;
            first_row(bgzf::io::Reader::new(file)).map_err(read)
        }
        JoinFormat::Text(HeaderKind::Names) => first_row(BufReader::new(File::open(part).map_err(read)?)).map_err(read),
        #[cfg(feature = "parquet")]
        JoinFormat::Parquet => super::parquet::row_places(part),
        _ => Ok(Vec::new()),
    }
}

fn is_bed(part: &Path) -> bool {
    part.to_string_lossy().to_ascii_lowercase().contains(".bed")
}

fn first_record(part: &Path) -> Result<Vec<RowPlace>, JoinError> {
    let record = VcfReader::open(part)?.read_record()?;
    Ok(record.map(|record| RowPlace { contig: record.chrom().to_owned(), pos: record.pos() }).into_iter().collect())
}

fn first_row(input: impl BufRead) -> io::Result<Vec<RowPlace>> {
    let mut input = input.take(1 << 26);
    let (mut names, mut row) = (String::new(), String::new());
    input.read_line(&mut names)?;
    let mut cells = names.trim_end().split('\t');
    if cells.next() != Some(RowColumn::Chrom.name()) || cells.next() != Some(RowColumn::Pos.name()) {
        return Ok(Vec::new());
    }
    input.read_line(&mut row)?;
    let mut cells = row.trim_end().split('\t');
    let place = cells.next().zip(cells.next().and_then(|pos| pos.parse().ok()));
    Ok(place.map(|(contig, pos)| RowPlace { contig: contig.to_owned(), pos }).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_of_a_table_of_variants_has_a_place() {
        let places = |text: &str| first_row(text.as_bytes()).unwrap();
        assert_eq!(places("chrom\tpos\tid\nchr1\t7\t.\n"), [RowPlace { contig: "chr1".into(), pos: 7 }]);
        assert_eq!(places("chrom\tpos\tid\n"), []);
        assert_eq!(places("metadata/ranges/chr\tx\nchr1\t7\n"), []);
    }
}
