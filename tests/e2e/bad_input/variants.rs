//! VCF files that cannot be read.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use insta::assert_snapshot;

use crate::bgzip;
use crate::case::{Case, snv, vcf};

/// A case whose VCF holds these bytes.
fn with_variants(bytes: impl AsRef<[u8]>) -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", bytes);
    case
}

#[test]
fn a_vcf_without_header() {
    let case = with_variants(snv(50));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:1: expected a VCF header line (`##...` or `#CHROM...`); is this a VCF file?");
}

#[test]
fn an_empty_file() {
    let case = with_variants("");
    assert_snapshot!(case.refused(&[]), @"variants.vcf:1: expected a VCF header line (`##...` or `#CHROM...`); is this a VCF file?");
}

#[test]
fn an_absent_file() {
    let case = Case::new();
    std::fs::remove_file(case.world.path("variants.vcf")).unwrap();
    assert_snapshot!(case.refused(&[]), @"cannot open variants.vcf: No such file or directory (os error 2)");
}

#[test]
fn bgzip_without_its_end() {
    let text = vcf("", &snv(50));
    let block = bgzip::block(text.as_bytes());
    // Both say that something is missing: within a block, and between blocks.
    let case = with_variants(&block);
    assert_snapshot!(case.refused(&[]), @"variants.vcf is truncated (its bgzip end marker is missing); copy or make it again");
    let case = with_variants([&block[..], &bgzip::block(snv(60).as_bytes())[..20]].concat());
    assert_snapshot!(case.refused(&[]), @"variants.vcf is truncated (its bgzip end marker is missing); copy or make it again");
    let case = with_variants(bgzip::pack(text.as_bytes(), text.len()));
    assert!(case.scored(&[]).contains("KV_model_DIFF="), "a whole file is read");
}

#[test]
fn plain_gzip() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(vcf("", &snv(50)).as_bytes()).unwrap();
    let case = with_variants(encoder.finish().unwrap());
    assert_snapshot!(case.refused(&[]), @"variants.vcf is plain gzip, not bgzip; re-compress it with bgzip");
}

#[test]
fn a_record_of_three_columns_after_good_ones() {
    let case = with_variants(vcf("", &format!("{}chr1\t60\tx\n", snv(50))));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:4: found 3 tab-separated columns, but the #CHROM line has 8; is the line cut off, or are tabs missing or added?");
}

#[test]
fn a_position_that_is_no_number() {
    let case = with_variants(vcf("", &snv(50).replace("\t50\t", "\tfifty\t")));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:3: invalid POS `fifty`: expected a non-negative integer");
}
