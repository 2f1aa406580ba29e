//! The stretches of a shard, by the names that the variant file itself gives to contigs.

use super::{RegionError, Regions, bed::BedReader};
use crate::genome::Interval;
use std::{collections::HashMap, path::Path};

/// Which records belong to a shard of a run: those that start in its stretches. A genome is not asked, so records on
/// contigs that it does not have belong to a shard like all others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ShardStretches {
    /// The number of each contig in `regions`.
    contigs: HashMap<String, usize>,
    regions: Regions,
}

impl ShardStretches {
    /// Reads the BED file of a shard, plain or bgzipped.
    ///
    /// # Errors
    /// A [`RegionError`] with the line: no BED.
    pub fn read(path: &Path) -> Result<Self, RegionError> {
        let mut contigs = HashMap::new();
        let mut stretches = Vec::new();
        let mut lines = BedReader::open(path)?;
        while let Some(line) = lines.next_line()? {
            let next = contigs.len();
            let contig = *contigs.entry(line.contig.to_owned()).or_insert(next);
            stretches.push((contig, line.start, line.end));
        }
        Ok(Self { contigs, regions: Regions::merge(stretches) })
    }

    /// Whether a record belongs to the shard that starts at the 0-based `start` of a contig. A telomere, which lies before
    /// the first base, goes with the first base.
    pub fn contains(&self, contig: &str, start: i64) -> bool {
        self.contigs.get(contig).is_some_and(|contig| self.regions.contains(*contig, start.max(0)))
    }

    /// The stretches of one contig: sorted, apart from each other, none empty.
    pub(crate) fn of_contig(&self, name: &str) -> &[Interval] {
        self.contigs.get(name).map_or(&[], |contig| self.regions.of_contig(*contig))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_belong_where_they_start() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("0001.bed");
        std::fs::write(&path, format!("chr1\t90\t{}\nodd\t0\t7\n", i64::MAX)).unwrap();
        let shard = ShardStretches::read(&path).unwrap();
        let found = |contig: &str, starts: &[i64]| -> Vec<bool> {
            starts.iter().map(|start| shard.contains(contig, *start)).collect()
        };
        assert_eq!(found("chr1", &[-1, 89, 90, 1 << 40]), [false, false, true, true]);
        assert_eq!(found("odd", &[-1, 0, 6, 7]), [true, true, true, false]);
        assert_eq!(found("1", &[95]), [false]);
        std::fs::write(&path, "").unwrap();
        assert_eq!(ShardStretches::read(&path).unwrap(), ShardStretches::default());
    }
}
