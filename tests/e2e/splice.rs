//! A network that crops what it reads: of an edit, and of a row, no more is computed than what scores read, and windows of a
//! stretch share what they have in common. `tests/models/splice` holds it, and scores that NumPy computed.

use std::fs;

use kipos_tests::{World, project, reference};

use crate::annotated::{Record, assert_within, records, without_provenance};

/// How far single precision may be off.
const ROUNDING: f64 = 2e-6;

fn world() -> World {
    let world = World::new();
    for name in ["model.yaml", "model.onnx", "variants.vcf"] {
        world.write(&format!("model/{name}"), fs::read(project().join("tests/models/splice").join(name)).unwrap());
    }
    world.write("genome.fa", fs::read(reference().join("genome.fa")).unwrap());
    world
}

/// The VCF with scores of nine digits.
fn scored(world: &World, more: &[&str]) -> String {
    let command =
        "score-variants model --vcf model/variants.vcf --fasta genome.fa -o scored.vcf --digits 9 --scores diff";
    let outcome = world.run(command, more);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("scored.vcf")
}

fn scores(record: &Record) -> Vec<Vec<f64>> {
    record.scores("KV_model_DIFF").into_iter().map(Option::unwrap).collect()
}

#[test]
fn scores_are_those_of_numpy() {
    let world = world();
    let expected = fs::read_to_string(project().join("tests/models/splice/expected.tsv")).unwrap();
    let names: Vec<&str> = expected.lines().next().unwrap().split('\t').collect();
    assert_eq!(names[2..], ["max/none", "max/acceptor", "max/donor", "center/none", "center/acceptor", "center/donor"]);
    // The description says that the largest of all positions counts.
    for (first, more) in [(2, &[][..]), (5, &["--reduce", "center:3"])] {
        let vcf = scored(&world, &[&["--edits", "require"], more].concat());
        let mut rows = expected.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
        for record in records(&vcf) {
            for (alternate, found) in record.alternates().into_iter().zip(scores(&record)) {
                let row = rows.next().expect("a row for every allele");
                assert_eq!(row[..2], [record.column(1), alternate]);
                for (found, expected) in found.into_iter().zip(&row[first..first + 3]) {
                    assert_within(ROUNDING, found, expected.parse().unwrap(), format_args!("{row:?}"));
                }
            }
        }
        assert!(rows.next().is_none(), "more rows than alleles");
    }
}

/// Rows that share, in whatever calls, give the bits of rows alone; and all of it what whole rows of the engine give.
#[test]
fn neither_windows_beside_nor_calls_matter() {
    let world = world();
    for more in [&[][..], &["--reduce", "center:5"], &["--use-rc"]] {
        let with = |flags: &[&str]| scored(&world, &[more, flags].concat());
        let expected = with(&["--edits", "require"]);
        for flags in [["--batch-size", "1", "--threads", "1"], ["--batch-size", "7", "--threads", "2"]] {
            assert_eq!(with(&[&["--edits", "require"], &flags[..]].concat()), expected, "{flags:?}");
        }
        let whole = with(&["--edits", "off"]);
        assert_ne!(without_provenance(&whole), expected);
        for (whole, record) in records(&whole).iter().zip(records(&expected)) {
            let pairs = scores(whole).into_iter().flatten().zip(scores(&record).into_iter().flatten());
            pairs.for_each(|(whole, found)| assert_within(ROUNDING, found, whole, record.place()));
        }
    }
}
