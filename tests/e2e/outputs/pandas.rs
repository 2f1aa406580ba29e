//! What pandas makes of tables in Parquet.

use std::process::Command;

use kipos_tests::{World, project, skip};

use crate::case::vcf;
use crate::dna::{bases, fasta, snv};
use crate::stub_model::StubModel;
use crate::table::Table;

/// Says what pandas has read: the type of each column, how many of its cells are missing, and the scores of scored rows.
const LOOK: &str = r#"
import pandas
table = pandas.read_parquet("scores.parquet")
integers, missing = ["pos", "region_start", "region_end"], table.isna().sum()
assert table["pos"].dtype == "int64", table.dtypes
assert (table[["diff/one", "diff/two"]].dtypes == "float32").all(), table.dtypes
assert missing.to_dict() == {"chrom": 0, "pos": 0, "id": 2, "ref": 0, "alt": 0, "region_id": 3, "region_start": 1,
    "region_end": 1, "strand": 1, "skip": 2, "diff/one": 1, "diff/two": 1}, missing
text = pandas.read_csv("scores.tsv", sep="\t", na_values=["."])
scores = ["diff/one", "diff/two"]
pandas.testing.assert_frame_equal(table[scores], text[scores].astype("float32"), rtol=1e-5)
for name in integers + ["chrom", "id", "ref", "alt", "strand", "skip"]:
    assert table[name].fillna(-1).tolist() == text[name].fillna(-1).tolist(), name
print("read", len(table))
"#;

/// Runs Python in a world: what it prints, or `None`, which is listed as skipped, where it lacks one of the packages, which are
/// separated by commas.
pub fn python(world: &World, packages: &str, code: &str) -> Option<String> {
    let run = |code: &str| Command::new("python3").args(["-c", code]).current_dir(world.path("")).output();
    if !run(&format!("import {packages}")).is_ok_and(|output| output.status.success()) {
        skip::skip(&format!("python3 lacks {packages}; install them with pip"));
        return None;
    }
    let output = run(code).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The packages that read Parquet.
const PACKAGES: &str = "pandas, pyarrow";

/// The Python of the page on outputs that holds a word.
pub(super) fn recipe(word: &str) -> String {
    let page = std::fs::read_to_string(project().join("host/docs/outputs.md")).unwrap();
    let recipes = page.split("```python\n").skip(1).filter_map(|rest| rest.split_once("```")).map(|(code, _)| code);
    recipes.into_iter().find(|code| code.contains(word)).expect("a recipe").to_owned()
}

/// A world with `scores.parquet` and `scores.tsv` of two scored alleles and a skipped one.
fn scored() -> World {
    let contig = bases(60, 90);
    let world = World::new();
    StubModel { tasks: &["one", "two"], ..StubModel::default() }.write(&world, "model");
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    let named = snv("chr1", &contig, 31, 1).replacen("\t.\t", "\trs7\t", 1);
    world.write("in.vcf", vcf("", &(snv("chr1", &contig, 30, 1) + &named + &snv("chr1", &contig, 4, 1))));
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa -o scores.parquet -o scores.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world
}

#[test]
fn columns_are_typed_and_hold_the_values_of_the_text() {
    let Some(printed) = python(&scored(), PACKAGES, LOOK) else { return };
    assert_eq!(printed, "read 3\n");
}

#[test]
fn the_recipe_of_the_page_finds_the_largest_effects() {
    let recipe = recipe("read_parquet");
    let world = scored();
    let Some(printed) = python(&world, PACKAGES, &recipe) else { return };
    let table = Table::parse(&world.read("scores.tsv"));
    let largest =
        |row: &Vec<String>| row[10..].iter().map(|cell| cell.parse::<f32>().unwrap().abs()).fold(0.0, f32::max);
    let mut expected: Vec<_> =
        table.rows.iter().filter(|row| row[9] == ".").map(|row| (largest(row), &row[1])).collect();
    expected.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Below the names of the columns: a number, `chrom`, `pos` and so on.
    let found: Vec<_> = printed.lines().skip(1).filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(found, expected.iter().map(|(_, pos)| pos.as_str()).collect::<Vec<_>>(), "{printed}");
}
