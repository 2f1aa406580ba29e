//! Tables as HDF5: the values of the table that is text.

#[cfg(target_os = "linux")]
use std::process::Command;

use hdf5::File;
use hdf5::types::VarLenUnicode;
#[cfg(target_os = "linux")]
use kipos_tests::Outcome;
use kipos_tests::World;
use proptest::prelude::*;

use super::pandas::{python, recipe};
use super::table_formats::{bits, text};
use crate::case::{Case, snv, vcf};
use crate::properties::variants::{score, variants, vcf_of, world};
use crate::table::{FIXED, Table};

fn texts(values: Vec<VarLenUnicode>) -> Vec<String> {
    values.iter().map(|text| text.to_string()).collect()
}

/// A column of `/variants` as text has it.
fn column(file: &File, name: &str) -> Vec<String> {
    let column = file.dataset(&format!("variants/{name}")).unwrap();
    if let Ok(missing) = column.attr("missing") {
        let missing: i64 = missing.read_scalar().unwrap();
        let numbers = column.read_raw::<i64>().unwrap().into_iter();
        return numbers.map(|number| if number == missing { String::new() } else { number.to_string() }).collect();
    }
    let cells = texts(column.read_raw().unwrap()).into_iter();
    cells.map(|cell| if cell.is_empty() { ".".to_owned() } else { cell }).collect()
}

/// A table in HDF5 as text has it, its labels by name.
fn table(world: &World, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let file = File::open(world.path(name)).unwrap();
    let mut names = FIXED.map(str::to_owned).to_vec();
    let columns = FIXED.map(|name| column(&file, name));
    let mut rows: Vec<Vec<String>> =
        (0..columns[0].len()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect();
    let mut labels = file.group("scores").unwrap().member_names().unwrap();
    labels.sort();
    for label in labels {
        let scores = file.dataset(&format!("scores/{label}")).unwrap();
        let tasks = texts(scores.attr("tasks").unwrap().read_raw().unwrap());
        assert_eq!(scores.shape(), [rows.len(), tasks.len()]);
        let values = scores.read_raw::<f32>().unwrap();
        for (row, values) in rows.iter_mut().zip(values.chunks(tasks.len())) {
            let is_scored = row[FIXED.len() - 1] == ".";
            assert!(is_scored || values.iter().all(|value| value.is_nan()));
            row.extend(values.iter().map(|&value| if is_scored { bits(value) } else { String::new() }));
        }
        names.extend(tasks.iter().map(|task| format!("{label}/{task}")));
    }
    (names, rows)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn arrays_hold_what_text_holds(variants in variants(60), edge in prop::sample::select(&["skip", "pad"][..])) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        score(&world, &["--edge", edge, "-o", "scores.tsv", "-o", "scores.h5", "-o", "scores.hdf5"]);
        prop_assert_eq!(table(&world, "scores.h5"), text(&world, "scores.tsv"));
        let bytes = |name| std::fs::read(world.path(name)).unwrap();
        prop_assert!(bytes("scores.h5") == bytes("scores.hdf5"));
    }
}

#[test]
fn the_file_says_what_it_is() {
    let case = Case::new();
    let outcome = case.run(&["-o", "out/scores.h5", "--model-name", "m1"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = File::open(case.world.path("out/scores.h5")).unwrap();
    let attribute = |name: &str| file.attr(name).unwrap().read_scalar::<VarLenUnicode>().unwrap().to_string();
    assert_eq!((attribute("format").as_str(), attribute("kipos_model").as_str()), ("kipos-scores", "m1"));
    assert_eq!(file.attr("version").unwrap().read_scalar::<u32>().unwrap(), 1);
}

#[test]
fn the_recipe_of_the_page_finds_the_largest_effects() {
    let case = Case::new();
    let skipped = "chr1\t80\trs2\tA\t<DEL>\t.\t.\t.\n";
    let variants = case.world.read("variants.vcf");
    case.world.write("variants.vcf", variants + skipped);
    let outcome = case.run(&["-o", "scores.h5", "-o", "scores.tsv"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let Some(printed) = python(&case.world, "h5py, numpy", &recipe("h5py.File(\"scores.h5\")")) else { return };
    let table = Table::parse(&case.world.read("scores.tsv"));
    let effect = |row: &Vec<String>| row[10].parse::<f32>().map_or(0.0, f32::abs);
    let mut expected: Vec<_> =
        table.rows.iter().map(|row| (effect(row), [0, 3, 4, 1].map(|column| row[column].as_str()).join(" "))).collect();
    expected.sort_by(|a, b| b.0.total_cmp(&a.0));
    let printed: Vec<_> = printed.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(printed, expected.iter().map(|(_, row)| row.as_str()).collect::<Vec<_>>());
}

#[test]
fn no_variants_make_arrays_without_rows() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", ""));
    let outcome = case.run(&["-o", "out/scores.h5"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (names, rows) = table(&case.world, "out/scores.h5");
    assert_eq!((names.len(), names.last().unwrap().as_str(), rows.len()), (11, "diff/0", 0));
}

#[test]
fn a_run_that_fails_leaves_no_hdf5() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", "chr1\t60\n"));
    let message = case.refused(&["-o", "out/scores.h5"]);
    assert!(message.contains("variants.vcf"), "{message}");
}

/// The command with files of at most so many blocks (of 512 or 1024 bytes, as shells have it), like a disk that fills up.
#[cfg(target_os = "linux")]
fn with_little_room(kipos: &Command, blocks: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", blocks]);
    command.arg(kipos.get_program()).args(kipos.get_args()).current_dir(kipos.get_current_dir().unwrap());
    for (name, value) in kipos.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Four megabytes of texts, more than the library keeps before it writes.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing() {
    let case = Case::new();
    let long = format!("\t{}\t", "id".repeat(2000));
    let record = |index: usize| snv(20 + index / 3).replacen("\t.\t", &long, 1);
    case.world.write("variants.vcf", vcf("", &(0..1000).map(record).collect::<String>()));
    let mut kipos = case.world.kipos();
    kipos.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "out/scores.h5"]);
    for blocks in ["2", "200", "1000", "3500"] {
        let outcome = Outcome::from(with_little_room(&kipos, blocks).output().unwrap());
        assert_eq!(outcome.code, 1, "{blocks}: {outcome:?}");
        let message = outcome.stderr.lines().last().unwrap();
        assert!(message.starts_with("error: cannot write out/scores.h5;"), "{message}");
        assert_eq!(case.outputs(), [""; 0]);
    }
    assert_eq!(kipos.status().unwrap().code(), Some(0));
}
