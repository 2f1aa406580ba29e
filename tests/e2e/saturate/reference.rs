//! The values of an independent program: `tests/reference/saturation/make.py`.

use std::fs;

use kipos_tests::{World, reference};

use super::{COLUMNS, Snvs, saturate};

/// Tables of that program, and the windows that they are about.
const TABLES: [(&str, &str); 4] = [
    ("tiles.tsv", ""),
    ("tiles.tsv", "--windows tiles:20"),
    ("tiles_7_padded.tsv", "--max-offset 3 --edge pad"),
    ("centered.tsv", "--windows centered"),
];

const STRETCHES: &str = "--regions chrB:1-26,chrB:97-120,chrA:61-90";

/// A world with that program's model and genome.
fn world() -> World {
    let world = World::new();
    let golden = reference().join("saturation");
    for name in ["model.yaml", "model.onnx"] {
        world.write(&format!("model/{name}"), fs::read(golden.join(name)).unwrap());
    }
    world.write("genome.fa", fs::read(golden.join("genome.fa")).unwrap());
    world
}

/// Compares all rows of a table, and the columns of a score with those of the program under another name.
fn compare(found: &Snvs, expected: &Snvs, score: &str, expected_score: &str) {
    assert_eq!(found.rows.len(), expected.rows.len());
    let mut compared = 0;
    for row in 0..expected.rows.len() {
        assert_eq!(found.rows[row][..COLUMNS.len()], expected.rows[row][..COLUMNS.len()]);
        for task in ["open", "closed"] {
            let found = found.cell(row, &format!("{score}/{task}"));
            let expected = expected.cell(row, &format!("{expected_score}/{task}"));
            let place = || format!("row {row}, {score} of {task}: {found} {expected}");
            if expected.is_empty() {
                assert_eq!(found, "", "{}", place());
                continue;
            }
            let (found, expected): (f64, f64) = (found.parse().unwrap(), expected.parse().unwrap());
            assert!((found - expected).abs() <= 1e-6, "{}", place());
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared} values");
}

#[test]
fn all_snvs_have_the_values_of_another_program() {
    let world = world();
    for (name, windows) in TABLES {
        let expected = fs::read_to_string(reference().join("saturation").join(name)).unwrap();
        let expected = Snvs::parse(&expected);
        for edits in ["require", "off"] {
            let engine = format!("{STRETCHES} --digits 9 --edits {edits} -o snvs.tsv {windows}");
            saturate(&world, &format!("{engine} --scores diff,ref"));
            let found = Snvs::parse(&world.read("snvs.tsv"));
            compare(&found, &expected, "diff", "diff");
            compare(&found, &expected, "ref", "ref");
            saturate(&world, &format!("{engine} --scores diff --use-rc"));
            compare(&Snvs::parse(&world.read("snvs.tsv")), &expected, "diff", "diff_both_strands");
        }
    }
}

#[test]
fn the_summary_counts_snvs_and_why_they_have_no_scores() {
    let world = world();
    let said = |windows: &str| {
        let outcome = saturate(&world, &format!("{STRETCHES} -o snvs.tsv --scores diff --edits off {windows}"));
        let lines: Vec<_> = outcome.stderr.lines().map(str::to_owned).collect();
        // How long it took is another number each time.
        let (counts, _) = lines[0].split_once(", ").unwrap();
        [counts, &lines[1..].join("\n")].join("\n")
    };
    insta::assert_snapshot!(said(""), @"
        scored 132 of 222 SNVs at 80 bases
          skipped 6: non_acgt
          skipped 90: window_outside_contig
        wrote snvs.tsv
        ");
    insta::assert_snapshot!(said("--edge pad --max-n 0.09"), @"
        scored 165 of 222 SNVs at 80 bases
          skipped 6: non_acgt
          skipped 57: too_many_n
        wrote snvs.tsv
        ");
}
