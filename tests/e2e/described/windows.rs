//! Where the variant lies in its window.

use kipos_tests::World;

use crate::annotated::{assert_close, records};
use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::oracle::Oracle;
use crate::stub_model::StubModel;

const NATIVE: &str = "score-variants model --vcf in.vcf --fasta genome.fa -o out.vcf";
const KIPOI: &str = "postproc score_variants model -i in.vcf --dataloader_args fasta_file=genome.fa -o out.vcf";

/// A model that reads windows of this length and says where the variant lies.
fn world(contig: &[u8], length: usize, index: &str) -> World {
    let world = World::new();
    StubModel { length, ..StubModel::default() }.write(&world, "model");
    let yaml = world.read("model/model.yaml");
    world.write("model/model.yaml", format!("{yaml}\nkipos: {{variant_index: {index}}}\n"));
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    world.write("in.vcf", vcf("", &[40, 45, 101, 140].map(|pos| snv("chr1", contig, pos, 2)).concat()));
    world
}

#[test]
fn the_index_is_the_described_one_unless_another_is_typed() {
    let contig = bases(200, 12);
    for (length, said, command, more, index) in [
        (21, "middle", NATIVE, &[][..], 10),
        (21, "kipoi", NATIVE, &[], 9),
        (21, "half", NATIVE, &[], 10),
        (20, "middle", NATIVE, &[], 9),
        (20, "half", NATIVE, &[], 10),
        (20, "3", NATIVE, &[], 3),
        (20, "19", NATIVE, &[], 19),
        (20, "0", NATIVE, &[], 0),
        (21, "half", KIPOI, &[], 10),
        (21, "", KIPOI, &[], 9),
        (20, "3", NATIVE, &["--centering", "middle"], 9),
        (20, "3", NATIVE, &["--centering", "half"], 10),
        (20, "3", KIPOI, &["--centering", "5"], 5),
        (20, "middle", NATIVE, &["--window-offset", "3"], 6),
        (20, "middle", NATIVE, &["--window-offset", "-10"], 19),
        (21, "half", KIPOI, &["--window-offset=10"], 0),
    ] {
        let world = world(&contig, length, said);
        let outcome = world.run(command, more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let key = if command == NATIVE { "KV_model_DIFF" } else { "KV:dir:model:DIFF" };
        let oracle = Oracle { length, index, ..Oracle::new(&contig) };
        for record in records(&world.read("out.vcf")) {
            for (alternate, found) in record.alternates().iter().zip(record.values(key)) {
                let expected = oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes());
                assert_close(found, expected, format_args!("{said} {command} {more:?} at {}", record.place()));
            }
        }
    }
}

#[test]
fn a_window_is_not_moved_off_its_variant() {
    let contig = bases(200, 12);
    let refused = |command: &str, more: &[&str]| {
        let outcome = world(&contig, 20, "middle").run(command, more);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        outcome.stderr
    };
    insta::assert_snapshot!(refused(NATIVE, &["--window-offset", "10"]), @"error: --window-offset 10 moves windows of 20 bases off the variant, which has index 9 in them; give N from -10 to 9");
    insta::assert_snapshot!(refused(NATIVE, &["--window-offset", "-11"]), @"error: --window-offset -11 moves windows of 20 bases off the variant, which has index 9 in them; give N from -10 to 9");
    insta::assert_snapshot!(refused(NATIVE, &["--window-offset", "1", "--windows", "overlap"]), @"error: --window-offset moves windows around variants, but they are the dataloader's own intervals here; leave it out, or give --windows centered");
}

#[test]
fn an_index_beyond_the_window_is_refused() {
    let contig = bases(200, 12);
    let message = |said: &str, more: &[&str]| {
        let outcome = world(&contig, 20, said).run(NATIVE, more);
        (outcome.code, outcome.stderr)
    };
    let beyond = "error: the variant cannot have index 20 in a window of 20 bases; give --centering N below 20, or correct \
                  `kipos.variant_index` in model.yaml\n";
    assert_eq!(message("20", &[]), (2, beyond.into()));
    assert_eq!(message("middle", &["--centering", "20"]), (2, beyond.into()));
    let (code, stderr) = message("", &["--centering", "center"]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("no place in a window: `center` (known: middle, kipoi, half, or an index from 0)"),
        "{stderr}"
    );
}
