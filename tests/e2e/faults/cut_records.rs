//! Records that look like records and have more or fewer columns than their header.

use insta::assert_snapshot;

use crate::bgzip::pack;
use crate::case::{Case, snv};

/// A header with two samples.
const HEADER: &str = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";

/// A record with two samples.
fn record(pos: usize) -> String {
    snv(pos).replace('\n', "\tGT:AD\t0/1:3,4\t1/1:0,9\n")
}

#[test]
fn a_file_that_was_cut_within_its_samples() {
    let text = HEADER.to_owned() + &record(50) + &record(60);
    let last = text.len() - record(60).len();
    for (kept, columns) in
        [("\tGT:AD\t0/1:3,4", 10), ("\tGT:AD\t0/1", 10), ("\tGT", 9), (".\t.\t.", 8), ("chr1\t60\t.", 3)]
    {
        let end = last + text[last..].find(kept).unwrap() + kept.len();
        let case = Case::new();
        case.world.write("variants.vcf", &text[..end]);
        let said = case.refused(&[]);
        let expected = format!(
            "variants.vcf:4: found {columns} tab-separated columns, but the #CHROM line has 11; is the line cut off, or \
             are tabs missing or added?"
        );
        assert_eq!(said, expected, "{kept}");
        case.world.write("variants.vcf", pack(&text.as_bytes()[..end], 100));
        assert_eq!(case.refused(&["-o", "out/scored.bcf"]), expected, "{kept}");
    }
}

#[test]
fn records_with_more_than_their_header() {
    let case = Case::new();
    case.world.write("variants.vcf", HEADER.to_owned() + &record(50) + &record(60).replace('\n', "\t0/0:1,1\n"));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:4: found 12 tab-separated columns, but the #CHROM line has 11; is the line cut off, or are tabs missing or added?");
    // Genotypes that the header does not name would be nobody's.
    case.world.write("variants.vcf", HEADER.replace("\tFORMAT\ta\tb", "") + &record(50));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:3: found 11 tab-separated columns, but the #CHROM line has 8; is the line cut off, or are tabs missing or added?");
    case.world.write("variants.vcf", HEADER.to_owned() + &record(50).replace('\n', "\t\n"));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:3: found 12 tab-separated columns, but the #CHROM line has 11; is the line cut off, or are tabs missing or added?");
}

#[test]
fn complete_records_pass() {
    let case = Case::new();
    case.world.write("variants.vcf", HEADER.to_owned() + &record(50) + record(60).trim_end());
    let scored = case.scored(&[]);
    assert!(scored.contains("\tGT:AD\t0/1:3,4\t1/1:0,9\n"), "{scored}");
    assert_eq!(scored.matches("KV_model_DIFF=").count(), 2);
}
