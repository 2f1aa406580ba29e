//! Windows that leave their contig, and other reasons that hold in one window and not in another.

use super::{Regions, contig};
use crate::dna::snv;

/// The variant lies in an interval that leaves the contig and in one that does not.
#[test]
fn an_allele_is_scored_if_one_of_its_windows_is() {
    let regions = Regions::new("chr1\t0\t10\tout\nchr1\t0\t20\tin\n", &[snv("chr1", &contig(), 5, 1)]);
    let flags = "--windows overlap --intervals regions.bed";
    let (records, table, summary) = regions.scored(flags);
    assert_eq!((summary.scored, summary.skipped.len()), (1, 0));
    assert_eq!(table.column("region_id"), ["out", "in"]);
    assert_eq!(table.column("skip"), ["window_outside_contig", "."]);
    assert_eq!(records[0].info("KV_model_REGION"), Some("in"));
    assert_eq!(records[0].info("KV_model_NREGIONS"), Some("2"));
    let (_, table, _) = regions.scored(&format!("{flags} --edge pad"));
    assert_eq!(table.column("skip"), [".", "."]);
}

#[test]
fn an_allele_is_skipped_for_the_first_reason_if_none_is() {
    let regions = Regions::new("chr1\t0\t10\tout\n", &[snv("chr1", &contig(), 5, 1)]);
    let (records, _, summary) = regions.scored("--windows overlap --intervals regions.bed");
    assert_eq!(summary.skipped["window_outside_contig"], 1);
    assert_eq!(records[0].info("KV_model_SKIP"), Some("window_outside_contig"));
}
