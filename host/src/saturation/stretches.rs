//! The stretches of the genome whose SNVs are scored.

use super::{Saturate, SaturateError};
use crate::genome::{BedIntervals, Contig, ContigMap, Interval, NamedInterval, Regions};

impl Saturate {
    /// The union of all regions and of the intervals of all files, as far as their contigs have it.
    ///
    /// # Errors
    /// A file that cannot be read, or a region of which the genome has nothing.
    pub(super) fn stretches(&self, names: &mut ContigMap, contigs: &[Contig]) -> Result<Regions, SaturateError> {
        let mut stretches: Vec<Interval> = Vec::new();
        for region in &self.regions {
            stretches.push(NamedInterval::typed(region, names)?.within(contigs)?.interval);
        }
        for path in &self.regions_files {
            let BedIntervals { intervals, lines, .. } = BedIntervals::read(path, names)?.all_known(path, names)?;
            for (interval, line) in intervals.into_iter().zip(lines) {
                let refused = |outside| SaturateError::LineOutsideContig { path: path.clone(), line, outside };
                stretches.push(interval.within(contigs).map_err(refused)?.interval);
            }
        }
        Ok(Regions::union(stretches))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_regions_hold_comes_once_in_the_order_of_the_genome() {
        let contigs = ["chr2", "chr1"].map(|name| Contig { name: name.into(), length: 100 });
        let directory = tempfile::tempdir().unwrap();
        let bed = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let regions = ["chr1:41-50", "chr2:91-", "1:45-60"].map(|text| text.parse().unwrap());
        let mut request = Saturate::new("model", regions.to_vec(), Vec::new());
        let all = |request: &Saturate| {
            let stretches = request.stretches(&mut ContigMap::new(&contigs), &contigs)?;
            let stretches = stretches.all().map(|it| (it.contig(), it.start(), it.end()));
            Ok::<_, SaturateError>(stretches.collect::<Vec<_>>())
        };
        assert_eq!(all(&request).unwrap(), [(0, 90, 100), (1, 40, 60)]);
        request.regions_files = vec![bed("a.bed", "chr1\t60\t62\nchr2\t10\t20\n"), bed("b.bed", "chr1\t7\t7\n")];
        assert_eq!(all(&request).unwrap(), [(0, 10, 20), (0, 90, 100), (1, 40, 62)]);
        request.regions_files = vec![bed("c.bed", "chr1\t0\t10\nchr1\t100\t200\n")];
        let message = all(&request).unwrap_err().to_string();
        let expected = "c.bed:2: region `chr1:100-200` is outside chr1, which has 100 bases; are the coordinates from another \
                        genome?";
        assert!(message.ends_with(expected), "{message}");
        request.regions_files = vec![bed("d.bed", "chr1\t0\t10\nchr3\t1\t2\n")];
        let message = all(&request).unwrap_err().to_string();
        assert!(message.ends_with("d.bed:2: contig `chr3` is not in the genome (it has chr2, chr1)"), "{message}");
        request.regions = vec!["chr1:101-200".parse().unwrap()];
        let message = all(&request).unwrap_err().to_string();
        assert!(message.starts_with("region `chr1:101-200` is outside chr1"), "{message}");
    }
}
