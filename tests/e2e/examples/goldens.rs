//! The commands of the READMEs, compared with the scores that ONNX Runtime gave from Python.

use kipos_tests::World;

use super::{WITH_GOLDEN_SCORES, entries, name, world};
use crate::annotated::assert_score;
use crate::summary::Summary;
use crate::table::{FIXED, Table};

const EVERYTHING: [&str; 6] = ["--digits", "9", "--scores", "ref", "alt", "diff"];

/// The commands of an example's README, each with the table that it writes.
fn commands(world: &World, example: &str) -> Vec<(String, String)> {
    let readme = world.read(&format!("examples/{example}/README.md"));
    let lines = readme.lines().filter_map(|line| line.strip_prefix("    target/release/kipos "));
    lines.map(|line| (line.to_owned(), line.rsplit(' ').next().unwrap().to_owned())).collect()
}

/// Fails unless both tables have the same rows and columns, and nearly the same scores.
fn compare(found: &Table, golden: &Table, what: &str) {
    assert_eq!(found.scores(), golden.scores(), "{what}");
    assert_eq!(found.rows.len(), golden.rows.len(), "{what}");
    let mut scored = 0;
    for (row, expected) in found.rows.iter().zip(&golden.rows) {
        let ((place, scores), (golden_place, golden_scores)) =
            (row.split_at(FIXED.len()), expected.split_at(FIXED.len()));
        assert_eq!(place, golden_place, "{what}");
        for ((score, golden), column) in scores.iter().zip(golden_scores).zip(found.scores()) {
            if golden.is_empty() {
                assert_eq!(score, "", "{what}: {column} of {place:?}");
                continue;
            }
            assert_score(
                column.split('/').next().unwrap(),
                score.parse().unwrap(),
                golden.parse().unwrap(),
                format_args!("{what}: {column} of {place:?}"),
            );
            scored += 1;
        }
    }
    assert!(scored > 0, "{what}: no scores");
}

/// Runs all commands of an example and compares what they write with all its golden tables.
fn check(example: &str) {
    let world = world();
    let mut compared = Vec::new();
    for (command, output) in commands(&world, example) {
        let summary = Summary::of(&world.run(&command, &EVERYTHING));
        let golden = output.replace("scores", "golden");
        let table = Table::parse(&world.read(&output));
        compare(&table, &Table::parse(&world.read(&format!("examples/{example}/{golden}"))), &command);
        assert!(summary.scored > 0 && summary.scored < summary.alleles, "{summary:?}");
        compared.push(golden);
    }
    compared.sort_unstable();
    let files = entries(&format!("examples/{example}")).iter().map(|path| name(path)).collect::<Vec<_>>();
    let goldens: Vec<_> = files.into_iter().filter(|file| file.starts_with("golden")).collect();
    assert_eq!(compared, goldens, "{example}");
}

#[test]
fn letters_first_with_a_dummy_axis() {
    check("channels-first");
}

#[test]
fn letters_as_text() {
    check("text-input");
}

#[test]
fn two_inputs_and_a_map_of_outputs() {
    check("two-inputs");
}

#[test]
fn any_length_and_a_list_of_outputs() {
    check("any-length");
}

#[test]
fn the_commands_work_as_they_are() {
    let world = world();
    for example in WITH_GOLDEN_SCORES {
        for (command, output) in commands(&world, example) {
            Summary::of(&world.run(&command, &[]));
            let table = Table::parse(&world.read(&output));
            assert!(table.scores().iter().all(|column| column.starts_with("diff/")), "{command}: {table:?}");
        }
    }
}

#[test]
fn batch_size_and_threads_change_no_byte() {
    let world = world();
    for example in WITH_GOLDEN_SCORES {
        let (command, output) = commands(&world, example).swap_remove(0);
        let mut first = None;
        for (batch_size, threads) in [("1", "1"), ("7", "2"), ("16", "1"), ("64", "1")] {
            let more = [&EVERYTHING[..], &["--batch-size", batch_size, "--threads", threads]].concat();
            Summary::of(&world.run(&command, &more));
            let table = world.read(&output);
            assert_eq!(&table, first.get_or_insert_with(|| table.clone()), "{example} {more:?}");
        }
    }
}

#[test]
fn one_output_alone_has_the_same_scores() {
    let world = world();
    for (example, task) in [("any-length", "gc.fraction"), ("two-inputs", "sites.AP1")] {
        let (command, output) = commands(&world, example).swap_remove(0);
        Summary::of(&world.run(&command, &["--tasks", task]));
        let alone = Table::parse(&world.read(&output));
        let column = format!("diff/{task}");
        assert_eq!(alone.scores(), [column.as_str()]);
        Summary::of(&world.run(&command, &[]));
        assert_eq!(alone.column(&column), Table::parse(&world.read(&output)).column(&column));
    }
}
