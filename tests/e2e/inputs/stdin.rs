//! A VCF through a pipe.

use std::fs::File;
use std::process::Stdio;

use insta::assert_snapshot;

use super::{command, scored};
use crate::bgzip;
use crate::case::{Case, POSITIONS, snv, vcf};

#[test]
fn a_pipe_is_scored_as_its_file_is() {
    let case = Case::new();
    let text = case.world.read("variants.vcf");
    let from_file = case.scored(&[]);
    case.world.write("packed", bgzip::pack(text.as_bytes(), 40));
    for name in ["variants.vcf", "packed"] {
        let input = File::open(case.world.path(name)).unwrap();
        let (from_pipe, _) = scored(&case, command(&case).args(["--vcf", "-"]).stdin(Stdio::from(input)));
        assert_eq!(from_pipe, from_file, "{name}");
    }
    assert!(!case.world.path("-").exists());
}

#[test]
fn regions_select_from_a_pipe_without_a_warning() {
    let case = Case::new();
    let input = File::open(case.world.path("variants.vcf")).unwrap();
    let mut command = command(&case);
    let (vcf, said) = scored(&case, command.args(["--vcf", "-", "-r", "chr1:60"]).stdin(Stdio::from(input)));
    assert_eq!(super::positions(&vcf), [60]);
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn what_is_wrong_with_a_pipe_is_told() {
    let case = Case::new();
    let refused = |bytes: &[u8]| {
        let input = File::open(case.world.write("input", bytes)).unwrap();
        case.refused(command(&case).args(["--vcf", "-"]).stdin(Stdio::from(input)))
    };
    assert_snapshot!(refused(b""), @"standard input:1: expected a VCF header line (`##...` or `#CHROM...`); is this a VCF file?");
    assert_snapshot!(refused(vcf("", "chr1\tx\t.\tA\tC\t.\t.\t.\n").as_bytes()), @"standard input:3: invalid POS `x`: expected a non-negative integer");
    let whole = bgzip::pack(vcf("", &POSITIONS.map(snv).concat()).as_bytes(), 40);
    assert_snapshot!(refused(&whole[..whole.len() - 28]), @"standard input is truncated (its bgzip end marker is missing); copy or make it again");
}
