//! BCF in.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use kipos_tests::World;

use super::{command, positions, records, scored};
use crate::bgzip::{self, unpack_bytes};
use crate::case::{Case, snv, vcf};
use crate::dna::{self, bases, fasta};
use crate::stub_model::StubModel;

/// A case whose variants stand in `packed.bcf`, with its index, and `plain.bcf` too.
fn case_of(records: &str) -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("##contig=<ID=chr1,length=400>\n", records));
    let outcome = case.run(&["-o", "packed.bcf"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    case.world.write("plain.bcf", unpack_bytes(&fs::read(case.world.path("packed.bcf")).unwrap()));
    case
}

fn case() -> Case {
    case_of(&[50, 60, 70, 350].map(snv).concat())
}

/// The command with a file as its standard input.
fn piped<'c>(case: &Case, command: &'c mut Command, name: &str) -> &'c mut Command {
    let input = File::open(case.world.path(name)).unwrap();
    command.args(["--vcf", "-"]).stdin(Stdio::from(input))
}

#[test]
fn files_and_pipes_are_told_by_their_content() {
    let case = case();
    let expected = case.scored(&[]);
    // Its name says nothing.
    fs::copy(case.world.path("packed.bcf"), case.world.path("misnamed.vcf")).unwrap();
    for name in ["packed.bcf", "plain.bcf", "misnamed.vcf"] {
        let (from_file, _) = scored(&case, command(&case).args(["--vcf", name]));
        assert_eq!(records(&from_file), records(&expected), "{name}");
        let (from_pipe, _) = scored(&case, piped(&case, &mut command(&case), name));
        assert_eq!(from_pipe, from_file, "{name}");
    }
}

#[test]
fn an_index_and_a_stream_select_the_same_records() {
    let case = case();
    fs::copy(case.world.path("packed.bcf"), case.world.path("bare.bcf")).unwrap();
    let select = ["-r", "1:55-70", "-r", "chr1:350"];
    let mut warnings = Vec::new();
    for name in ["packed.bcf", "bare.bcf", "plain.bcf"] {
        let (selected, said) = scored(&case, command(&case).args(["--vcf", name]).args(select));
        assert_eq!(positions(&selected), [60, 70, 350], "{name}");
        let warned = |line: &&str| line.contains(" has no index, ");
        warnings.extend(said.lines().filter(warned).map(str::to_owned));
    }
    assert_snapshot!(warnings.join("\n"), @"
    warning: bare.bcf has no index, so the whole file was scanned for the regions; create one with `bcftools index bare.bcf`
    warning: plain.bcf has no index, so the whole file was scanned for the regions; create one with `bcftools view -Ob` and `bcftools index`
    ");
    let (piped, said) = scored(&case, piped(&case, &mut command(&case), "plain.bcf").args(select));
    assert_eq!(positions(&piped), [60, 70, 350]);
    assert!(!said.contains("has no index"), "{said}");
}

#[test]
fn the_index_saves_reading_the_rest() {
    let world = World::new();
    StubModel::default().write(&world, "model");
    let contig = bases(80_000, 91);
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let variants: String = (10..80_000).step_by(10).map(|pos| dna::snv("chr1", &contig, pos, 1)).collect();
    world.write("in.vcf", vcf("", &variants));
    let run = |args: &str| world.run("score-variants model --fasta genome.fa", &args.split(' ').collect::<Vec<_>>());
    let outcome = run("--vcf in.vcf -o in.bcf");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // A block that nobody needs is spoilt: only who reads it notices.
    let (mut packed, index) = ["in.bcf", "in.bcf.csi"].map(|name| fs::read(world.path(name)).unwrap()).into();
    let blocks: Vec<usize> = (0..packed.len()).filter(|at| packed[*at..].starts_with(&[31, 139, 8, 4])).collect();
    assert!(blocks.len() > 6, "{blocks:?}");
    packed[blocks[blocks.len() / 2] + 20] ^= 0xff;
    world.write("in.bcf", packed);
    // The index shall not seem older.
    world.write("in.bcf.csi", index);
    assert_eq!(run("--vcf in.bcf -o out.vcf").code, 1);
    for (region, expected) in [("chr1:95-115", &[100, 110][..]), ("chr1:79980-", &[79_980, 79_990])] {
        let outcome = run(&format!("--vcf in.bcf -o out.vcf -r {region}"));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(positions(&world.read("out.vcf")), expected);
    }
}

#[test]
fn what_is_wrong_with_a_bcf_is_told() {
    // Scores of the same name would be warned of.
    const OTHER: [&str; 2] = ["--model-name", "other"];
    let case = case();
    let plain = fs::read(case.world.path("plain.bcf")).unwrap();
    let refused = |bytes: &[u8]| {
        case.world.write("input", bytes);
        case.refused(piped(&case, command(&case).args(OTHER), "input"))
    };
    fs::remove_file(case.world.path("out/scored.vcf")).unwrap();
    assert_snapshot!(refused(&plain[..plain.len() - 1]), @"cannot read standard input after line 14: the BCF is cut off inside a record");
    assert_snapshot!(refused(&plain[..20]), @"cannot read standard input after line 0: the BCF is cut off inside its header");
    assert_snapshot!(refused(b"BCF\x04rest"), @"standard input is not BCF version 2, the only version supported; convert it with `bcftools view`");
    let packed = bgzip::pack(&plain, 1000);
    assert_snapshot!(refused(&packed[..packed.len() - 28]), @"standard input is truncated (its bgzip end marker is missing); copy or make it again");
    case.world.write("packed.bcf.csi", "damaged");
    assert_snapshot!(case.refused(command(&case).args(OTHER).args(["--vcf", "packed.bcf", "-r", "chr1"])), @"cannot read the index packed.bcf.csi; rebuild it with `bcftools index -f packed.bcf`: it states at least 4 bytes more than it has");
}
