//! Cuts of a file that has no index: all of it is read once.

use super::{ShardError, by_index::Cuts, stretches::Cut};
use crate::genome::{VcfReader, VcfRecord};
use crate::stop::Stop;
use std::collections::HashSet;

/// Places that are remembered at most; then every other is forgotten.
const MOST_MARKS: usize = 1 << 20;
/// Records between two looks at whether to stop.
const LOOK: u64 = 1 << 12;

/// A place where the file can be cut, and the records before it.
struct Mark {
    cut: Cut,
    before: u64,
}

/// What was read of a file: where it can be cut.
pub(super) struct Marks {
    contigs: Vec<String>,
    marks: Vec<Mark>,
    records: u64,
}

impl Marks {
    /// Reads all records of a file.
    pub(super) fn read(mut reader: VcfReader, stop: &Stop) -> Result<Self, ShardError> {
        let mut found = Self { contigs: Vec::new(), marks: Vec::new(), records: 0 };
        let mut seen = HashSet::new();
        let mut last = 0;
        // How many places stand for one mark.
        let (mut every, mut places) = (1_u64, 0_u64);
        while let Some(record) = reader.read_record()? {
            let same_contig = found.contigs.last().is_some_and(|name| name == record.chrom());
            if !same_contig {
                if !seen.insert(record.chrom().to_owned()) {
                    return Err(found.unsorted(&reader, &record, last));
                }
                found.contigs.push(record.chrom().to_owned());
            } else if record.pos() < last {
                return Err(found.unsorted(&reader, &record, last));
            }
            if !same_contig || record.pos() > last {
                if places % every == 0 {
                    let cut = Cut { contig: found.contigs.len() - 1, pos: record.pos() };
                    found.marks.push(Mark { cut, before: found.records });
                }
                places += 1;
                if found.marks.len() >= MOST_MARKS {
                    let mut number = 0_usize;
                    found.marks.retain(|_| {
                        number += 1;
                        number % 2 == 1
                    });
                    every *= 2;
                }
            }
            last = record.pos();
            found.records += 1;
            if found.records.is_multiple_of(LOOK) {
                stop.check()?;
            }
        }
        Ok(found)
    }

    /// How many records there are.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Cuts into `shards` parts that have about as many records.
    pub(super) fn cuts(self, shards: usize) -> Cuts {
        let (mut cuts, mut ends) = (Vec::new(), Vec::new());
        for number in 1..shards {
            let target = (u128::from(self.records) * number as u128).div_ceil(shards as u128);
            let next = self.marks.partition_point(|mark| u128::from(mark.before) < target);
            let mark = self.marks.get(next);
            ends.push(mark.map_or(self.records, |mark| mark.before));
            cuts.push(mark.map(|mark| mark.cut.clone()));
        }
        ends.push(self.records);
        let mut begin = 0;
        let records = ends.into_iter().map(|end| end - std::mem::replace(&mut begin, end)).collect();
        Cuts { contigs: self.contigs, cuts, records: Some(records), bytes: None, all_records: Some(self.records) }
    }

    fn unsorted(&self, reader: &VcfReader, record: &VcfRecord, last: u64) -> ShardError {
        let before = self.contigs.last().map_or_else(String::new, |contig| format!("{contig}:{last}"));
        let (path, line) = (reader.path().to_owned(), record.line_number());
        ShardError::Unsorted { path, line, contig: record.chrom().to_owned(), pos: record.pos(), before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const HEADER: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";

    fn marks(places: &[(&str, u64)]) -> Result<Marks, ShardError> {
        let lines: String = places.iter().map(|(contig, pos)| format!("{contig}\t{pos}\t.\tA\tC\t.\t.\t.\n")).collect();
        let reader = VcfReader::new(Cursor::new(format!("{HEADER}{lines}")), "in.vcf").unwrap();
        Marks::read(reader, &Stop::new())
    }

    #[test]
    fn records_are_shared_out_and_no_pos_is_cut() {
        let places = [("b", 0), ("b", 5), ("b", 5), ("b", 5), ("a", 1), ("a", 9)];
        let cuts = marks(&places).unwrap().cuts(3);
        assert_eq!(cuts.contigs, ["b", "a"]);
        assert_eq!(cuts.records, Some(vec![4, 0, 2]));
        assert_eq!(cuts.cuts, [Some(Cut { contig: 1, pos: 1 }), Some(Cut { contig: 1, pos: 1 })]);
        let cuts = marks(&[]).unwrap().cuts(2);
        assert_eq!((cuts.records, cuts.cuts), (Some(vec![0, 0]), vec![None]));
    }

    #[test]
    fn unsorted_records_are_refused() {
        for places in [&[("a", 5), ("a", 4)][..], &[("a", 5), ("b", 4), ("a", 6)]] {
            let error = marks(places).map(|_| ()).unwrap_err();
            assert!(matches!(error, ShardError::Unsorted { .. }), "{error}");
        }
        let error = marks(&[("a", 5), ("a", 4)]).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("line 4 has a:4 after a:5; sort it with `bcftools sort"), "{error}");
    }
}
