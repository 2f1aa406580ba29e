//! Regions in which no variant can lie.

use crate::genome::{Contig, ContigMap, Region, RegionOutside};
use crate::warning::{Warning, WarningCode};

/// A warning for each of the `regions` that begins behind the end of its contig.
pub(super) fn regions_beyond(regions: &[Region], names: &ContigMap, contigs: &[Contig]) -> Vec<Warning> {
    let warning = |region: &Region| {
        // A region that cannot be resolved stops the run soon after.
        let (contig, start, _) = region.resolve(names).ok()?;
        let Contig { name, length } = contigs.get(contig)?;
        let is_beyond = u64::try_from(start).is_ok_and(|start| start >= *length);
        let outside = || RegionOutside { region: region.to_string(), contig: name.clone(), length: *length };
        is_beyond.then(|| Warning::new(WarningCode::RegionBeyondContig, outside()))
    };
    regions.iter().filter_map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_behind_the_end_of_their_contig_are_told() {
        let contigs = [Contig { name: "chr1".into(), length: 100 }];
        let regions =
            ["chr1", "chr1:100-200", "1:101-110", "chr1:101-", "chr9:1000"].map(|text| text.parse::<Region>().unwrap());
        let told = regions_beyond(&regions, &ContigMap::new(&contigs), &contigs);
        let told: [Warning; 2] = told.try_into().unwrap();
        let expected = ["1:101-110", "chr1:101-"].map(|region| {
            format!("region `{region}` is outside chr1, which has 100 bases; are the coordinates from another genome?")
        });
        assert_eq!(told.map(|warning| warning.text), expected);
    }
}
