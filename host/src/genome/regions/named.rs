//! Stretches of the genome under their names: typed, or lines of a BED file.

use super::{
    Region, RegionError, RegionOutside,
    bed::{BedLine, BedReader},
};
use crate::genome::{Contig, ContigMap, Interval, Strand};
use crate::internal::OrInternal;
use std::{path::Path, sync::Arc};

/// A stretch of the genome as it is typed, or as a line of a BED file gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamedInterval {
    /// The stretch, with the strand of the sixth column.
    pub interval: Interval,
    /// The fourth column; where that is missing or `.`, `CONTIG:START-END` as the first three have it: 0-based,
    /// half-open. Of a region that is typed, its text.
    pub name: Arc<str>,
}

impl NamedInterval {
    /// A region that is typed, read forward.
    ///
    /// # Errors
    /// A contig that the genome does not have.
    pub(crate) fn typed(region: &Region, contigs: &ContigMap) -> Result<Self, RegionError> {
        let (contig, start, end) = region.resolve(contigs)?;
        let interval = Interval::new(contig, start, end, Strand::Forward).or_internal("a region has a base");
        Ok(Self { interval, name: region.to_string().into() })
    }

    /// The part that its contig, one of these, has: also of a whole contig.
    ///
    /// # Errors
    /// There is none. A stretch without any base has no part, wherever it is, and that is fine.
    pub(crate) fn within(self, contigs: &[Contig]) -> Result<Self, RegionOutside> {
        let Self { interval, name } = self;
        let Contig { name: contig, length } =
            contigs.get(interval.contig()).or_internal("a stretch is on a contig of the genome");
        let end = interval.end().min(i64::try_from(*length).unwrap_or(i64::MAX));
        let clipped = Interval::new(interval.contig(), interval.start().max(0), end, interval.strand());
        match clipped {
            _ if interval.is_empty() => Ok(Self { interval, name }),
            Ok(clipped) if end > 0 && !clipped.is_empty() => Ok(Self { interval: clipped, name }),
            _ => Err(RegionOutside { region: name.to_string(), contig: contig.clone(), length: *length }),
        }
    }
}

/// Intervals of a BED file, and how many of its lines lie on contigs that the genome does not have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BedIntervals {
    /// Those on contigs of the genome, in the order of the file.
    pub intervals: Vec<NamedInterval>,
    /// The line of each, from 1.
    pub lines: Vec<u64>,
    /// Lines on other contigs.
    pub elsewhere: u64,
    /// The error for the first of those lines.
    first_elsewhere: Option<(u64, String)>,
}

impl BedIntervals {
    /// Reads a BED file, plain or bgzipped. Contigs are resolved as those of a VCF are.
    ///
    /// # Errors
    ///
    /// A [`RegionError`] with the line: no BED, or none of its contigs is in the genome.
    pub fn read(path: &Path, contigs: &mut ContigMap) -> Result<Self, RegionError> {
        let mut read = Self::default();
        let mut lines = BedReader::open(path)?;
        while let Some(bed_line) = lines.next_line()? {
            let BedLine { line, contig: contig_name, start, end, .. } = bed_line;
            let Some(contig) = contigs.resolve(contig_name) else {
                read.elsewhere += 1;
                read.first_elsewhere.get_or_insert_with(|| (line, contig_name.to_owned()));
                continue;
            };
            let interval = Interval::new(contig, start, end, bed_line.strand());
            let interval = interval.map_err(|_| RegionError::Reversed { path: path.to_owned(), line, start, end })?;
            let name = bed_line.name().map_or_else(|| format!("{contig_name}:{start}-{end}").into(), Arc::from);
            read.intervals.push(NamedInterval { interval, name });
            read.lines.push(line);
        }
        if read.intervals.is_empty() { read.all_known(path, contigs) } else { Ok(read) }
    }

    /// The intervals, if all of them lie on contigs of the genome.
    ///
    /// # Errors
    ///
    /// [`RegionError::UnknownBedContig`] for the first that does not.
    pub fn all_known(self, path: &Path, contigs: &ContigMap) -> Result<Self, RegionError> {
        match self.first_elsewhere {
            Some((line, name)) => {
                Err(RegionError::UnknownBedContig { path: path.to_owned(), line, name, known: contigs.known_names() })
            }
            None => Ok(self),
        }
    }
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
        let read = BedIntervals::read(&path, &mut contigs).unwrap();
        let shown: Vec<_> = read.intervals.iter().map(|named| (&*named.name, named.interval.strand())).collect();
        let expected = [
            ("peak one", Strand::Reverse),
            ("1:2-3", Strand::Forward),
            ("chr1:0-4", Strand::Forward),
            ("x", Strand::Forward),
        ];
        assert_eq!(shown, expected);
        assert_eq!(read.lines, [1, 2, 3, 4]);
    }
    #[test]
    fn other_contigs_are_counted_unless_there_are_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("r.bed");
        let mut contigs = ContigMap::new(&[Contig { name: "chr1".into(), length: 10 }]);
        std::fs::write(&path, "chrX\t1\t2\nchr1\t1\t2\nchrX\t3\t4\n").unwrap();
        let read = BedIntervals::read(&path, &mut contigs).unwrap();
        assert_eq!((read.intervals.len(), read.elsewhere), (1, 2));
        assert!(read.all_known(&path, &contigs).unwrap_err().to_string().contains("r.bed:1: contig `chrX`"));
        std::fs::write(&path, "#\nchrX\t1\t2\n").unwrap();
        let error = BedIntervals::read(&path, &mut contigs).unwrap_err().to_string();
        assert!(error.ends_with("r.bed:2: contig `chrX` is not in the genome (it has chr1)"), "{error}");
        std::fs::write(&path, "").unwrap();
        assert_eq!(BedIntervals::read(&path, &mut contigs).unwrap(), BedIntervals::default());
    }
}
