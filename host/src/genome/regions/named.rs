//! Intervals of a BED file, each under its name.

use super::{
    RegionError,
    bed::{self, BedLine},
};
use crate::genome::{ContigMap, Interval};
use std::{path::Path, sync::Arc};

/// A stretch of the genome as a line of a BED file gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedInterval {
    /// The stretch, with the strand of the sixth column.
    pub interval: Interval,
    /// The fourth column; where that is missing or `.`, `CONTIG:START-END` as the first three have it: 0-based,
    /// half-open.
    pub name: Arc<str>,
}

/// All intervals of a BED file, plain or bgzipped, in their order. Their contigs are resolved as those of a VCF are.
///
/// # Errors
///
/// A [`RegionError`] with the line: no BED, or a contig that the genome does not have.
pub fn read(path: &Path, contigs: &mut ContigMap) -> Result<Vec<NamedInterval>, RegionError> {
    let mut intervals = Vec::new();
    bed::read(path, |BedLine { line, contig: contig_name, start, end, name, strand }| {
        let contig = contigs.resolve(contig_name).ok_or_else(|| RegionError::UnknownBedContig {
            path: path.to_owned(),
            line,
            name: contig_name.to_owned(),
            known: contigs.known_names(),
        })?;
        let interval = Interval::new(contig, start, end, strand);
        let interval = interval.map_err(|_| RegionError::Reversed { path: path.to_owned(), line, start, end })?;
        let name = name.map_or_else(|| format!("{contig_name}:{start}-{end}").into(), Arc::from);
        intervals.push(NamedInterval { interval, name });
        Ok(())
    })?;
    Ok(intervals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genome::{Contig, Strand};

    #[test]
    fn names_and_strands_come_from_their_columns() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.bed");
        let text = "chr1\t5\t9\tpeak one\t0\t-\r\n1 2 3\nchr1\t0\t4\t.\t7\t+\nchr1\t0\t4\tx\t0\t.\n";
        std::fs::write(&path, text).unwrap();
        let mut contigs = ContigMap::new(&[Contig { name: "chr1".into(), length: 10 }]);
        let read = read(&path, &mut contigs).unwrap();
        let shown: Vec<_> = read.iter().map(|named| (&*named.name, named.interval.strand())).collect();
        let expected = [
            ("peak one", Strand::Reverse),
            ("1:2-3", Strand::Forward),
            ("chr1:0-4", Strand::Forward),
            ("x", Strand::Forward),
        ];
        assert_eq!(shown, expected);
    }
}
