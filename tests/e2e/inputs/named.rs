//! `--variant`.

use super::{command, positions, records, scored};
use crate::case::{CONTIG_LENGTH, Case, POSITIONS, bases, vcf};

/// The SNV at a 1-based position of `chr1`, with a sign between REF and ALT.
fn named(position: usize, sign: char) -> String {
    let (reference, alternate) = bases(position);
    format!("chr1:{position}:{reference}{sign}{alternate}")
}

#[test]
fn named_variants_get_the_scores_of_a_vcf() {
    let case = Case::new();
    let from_file = case.scored(&[]);
    let mut command = command(&case);
    for (position, sign) in POSITIONS.into_iter().zip([':', '>', ':']) {
        command.args(["--variant", &named(position, sign)]);
    }
    let (by_name, _) = scored(&case, &mut command);
    assert_eq!(records(&by_name), records(&from_file));
}

#[test]
fn the_header_is_complete_and_the_order_is_the_typed_one() {
    let case = Case::new();
    let (vcf, said) = scored(&case, command(&case).args(["--variant", &named(70, ':'), "--variant", &named(50, '>')]));
    assert_eq!(positions(&vcf), [70, 50]);
    assert!(vcf.starts_with("##fileformat=VCFv4.2\n"), "{vcf}");
    assert!(vcf.contains(&format!("##contig=<ID=chr1,length={CONTIG_LENGTH}>\n")), "{vcf}");
    assert!(said.contains("scored 2 of 2 alleles in 2 records"), "{said}");
}

#[test]
fn a_variant_on_no_contig_or_of_another_genome_is_an_error() {
    let case = Case::new();
    let sentence = case.refused(command(&case).args(["--variant", "chr9:50:A:T"]));
    assert!(sentence.contains("chr9") && sentence.contains("genome: chr1"), "{sentence}");
    let (reference, alternate) = bases(60);
    let swapped = format!("chr1:60:{alternate}:{reference}");
    let sentence = case.refused(
        command(&case).args(["--variant", &named(50, ':'), "--variant", &swapped]).args(["--ref-mismatch", "error"]),
    );
    assert!(sentence.starts_with(&format!("--variant:2: REF {alternate} disagrees")), "{sentence}");
}

#[test]
fn the_output_is_an_input() {
    let case = Case::new();
    let (by_name, _) = scored(&case, command(&case).args(["--variant", &named(50, ':')]));
    case.world.write("variants.vcf", &by_name);
    assert_eq!(case.scored(&[]), by_name);
    assert_ne!(by_name, vcf("", ""));
}
