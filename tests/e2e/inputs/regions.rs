//! `-r` and `-R`.

use insta::assert_snapshot;
use noodles::{
    bgzf,
    core::Position,
    csi::{
        self,
        binning_index::{
            Indexer,
            index::{
                Header,
                reference_sequence::{bin::Chunk, index::BinnedIndex},
            },
        },
    },
    tabix,
};
use proptest::prelude::*;
use std::fs;
use std::io::Write as _;

use super::{command, positions, records, scored};
use crate::bgzip;
use crate::case::{Case, snv, vcf};

const ALL: [usize; 6] = [50, 60, 70, 80, 200, 350];

/// A case with the VCF `packed.vcf.gz` of these records, a block each, and its index.
fn indexed(positions: &[usize], extension: &str) -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &positions.iter().copied().map(snv).collect::<String>()));
    let mut writer = bgzf::io::Writer::new(Vec::new());
    writer.write_all(vcf("", "").as_bytes()).unwrap();
    let mut tbi = tabix::index::Indexer::default();
    // Bins of 16 bases, so that records of a short contig lie in several.
    let mut csi = Indexer::<BinnedIndex>::new(4, 6).unwrap();
    for &position in positions {
        writer.flush().unwrap();
        let start = writer.virtual_position();
        writer.write_all(snv(position).as_bytes()).unwrap();
        let chunk = Chunk::new(start, writer.virtual_position());
        let position = Position::new(position).unwrap();
        tbi.add_record("chr1", position, position, chunk).unwrap();
        csi.add_record(Some((0, position, position, true)), chunk).unwrap();
    }
    case.world.write("packed.vcf.gz", writer.finish().unwrap());
    let index = case.world.path(&format!("packed.vcf.gz.{extension}"));
    match extension {
        "tbi" => {
            tbi.set_header(Header::builder().build());
            tabix::fs::write(index, &tbi.build()).unwrap();
        }
        "csi" => {
            let header = Header::builder().set_reference_sequence_names(["chr1".into()].into_iter().collect());
            csi::fs::write(index, &csi.set_header(header.build()).build(1)).unwrap();
        }
        _ => {}
    }
    case
}

#[test]
fn an_index_and_a_stream_select_the_same_records() {
    let whole = indexed(&ALL, "").scored(&[]);
    for extension in ["tbi", "csi", ""] {
        let case = indexed(&ALL, extension);
        let select = ["-r", "chr1:60-70,1:65-80", "-r", "chr1:350-"];
        let (selected, said) = scored(&case, command(&case).args(["--vcf", "packed.vcf.gz"]).args(select));
        assert_eq!(positions(&selected), [60, 70, 80, 350], "{extension}");
        let within = |line: &&str| !line.starts_with("chr1\t50\t") && !line.starts_with("chr1\t200\t");
        assert_eq!(records(&selected), records(&whole).into_iter().filter(within).collect::<Vec<_>>());
        assert!(said.contains("scored 4 of 4 alleles in 4 records"), "{said}");
        assert_eq!(said.contains("warning: packed.vcf.gz has no index"), extension.is_empty(), "{said}");
    }
}

#[test]
fn the_index_saves_reading_the_rest() {
    let case = indexed(&ALL, "csi");
    // A block that nobody needs is spoilt: only who reads it notices.
    let packed = fs::read(case.world.path("packed.vcf.gz")).unwrap();
    let blocks: Vec<usize> = (0..packed.len()).filter(|at| packed[*at..].starts_with(&[31, 139, 8, 4])).collect();
    let mut spoilt = packed;
    spoilt[blocks[5] + 20] ^= 0xff;
    case.world.write("packed.vcf.gz", spoilt);
    let mut command = command(&case);
    let outcome = kipos_tests::Outcome::from(command.args(["--vcf", "packed.vcf.gz"]).output().unwrap());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let (selected, _) = scored(&case, command.args(["-r", "chr1:50"]));
    assert_eq!(positions(&selected), [50]);
}

#[test]
fn the_index_of_an_output_serves_the_next_run() {
    let case = Case::new();
    let outcome = case.run(&["-o", "out/first.vcf.gz"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (selected, said) = scored(&case, command(&case).args(["--vcf", "out/first.vcf.gz", "-r", "chr1:60"]));
    assert_eq!(positions(&selected), [60]);
    assert!(!said.contains("index"), "{said}");
}

#[test]
fn a_bed_file_counts_from_zero() {
    let case = Case::new();
    let bed = "track name=x\nchr1\t49\t50\nchr1\t60\t69\n1\t69\t70\n";
    case.world.write("regions.bed", bed);
    case.world.write("regions.bed.gz", bgzip::pack(bed.as_bytes(), 20));
    for name in ["regions.bed", "regions.bed.gz"] {
        assert_eq!(positions(&case.scored(&["-R", name])), [50, 70], "{name}");
        assert_eq!(positions(&case.scored(&["-R", name, "-r", "chr1:60"])), [50, 60, 70]);
    }
}

#[test]
fn a_region_without_variants_makes_a_valid_file() {
    for case in [indexed(&ALL, "tbi"), indexed(&ALL, "")] {
        let (vcf, said) = scored(&case, command(&case).args(["--vcf", "packed.vcf.gz", "-r", "chr1:1-9"]));
        assert!(records(&vcf).is_empty() && vcf.contains("##INFO=<ID=KV_model_DIFF"), "{vcf}");
        assert!(said.contains("in 0 records"), "{said}");
    }
}

#[test]
fn what_is_wrong_with_regions_is_told() {
    let case = Case::new();
    assert_snapshot!(case.misused(&["-r", "chr7:1-5"]), @"unknown contig in region `chr7:1-5` (the genome has chr1); write CHROM:START-END");
    assert_snapshot!(case.refused(&["-R", "absent.bed"]), @"cannot open the regions file absent.bed: No such file or directory (os error 2)");
    let refused = |bed: &str| {
        case.world.write("regions.bed", bed);
        case.refused(&["-R", "regions.bed"])
    };
    assert_snapshot!(refused("chr1\t1\t5\nchr1\t9\t5\n"), @"regions.bed:2: end 5 is before start 9; swap them");
    assert_snapshot!(refused("chr1\t9\n"), @"regions.bed:1: found 2 columns, expected at least 3 (contig, start, end)");
    assert_snapshot!(refused("chr1\t-1\t5\n"), @"regions.bed:1: invalid coordinate `-1`: expected a non-negative integer; BED is contig, start, end");
    assert_snapshot!(refused("#\nchr7\t1\t5\n"), @"regions.bed:2: contig `chr7` is not in the genome (it has chr1)");
    let case = indexed(&ALL, "tbi");
    case.world.write("packed.vcf.gz.tbi", "damaged");
    assert_snapshot!(case.refused(command(&case).args(["--vcf", "packed.vcf.gz", "-r", "chr1"])), @"cannot read the index packed.vcf.gz.tbi; rebuild it with `tabix -f -p vcf packed.vcf.gz`: it states at least 4 bytes more than it has");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn regions_part_the_records(cut in 1..400_usize, chosen in prop::collection::btree_set(6..390_usize, 1..12)) {
        let all: Vec<usize> = chosen.into_iter().collect();
        let case = indexed(&all, "tbi");
        let part = |region: String| {
            let (vcf, _) = scored(&case, command(&case).args(["--vcf", "packed.vcf.gz", "-r", &region]));
            records(&vcf).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let parts = [part(format!("chr1:1-{cut}")), part(format!("chr1:{}-", cut + 1))].concat();
        let whole = case.scored(&[]);
        prop_assert_eq!(parts, records(&whole));
    }
}
