//! Tables as Parquet and in memory: the values of the table that is text.

use std::fs::File;

use kipos::{EdgeRule, LabelSelection, PluginRegistry, ScoreTables, ScoreVariants, TableRowId};
use kipos_plugin_api::Value;
use kipos_tests::World;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;

use crate::case::{Case, bases, snv, vcf};
use crate::properties::variants::{score, variants, vcf_of, world};
use crate::table::{FIXED, Table};

/// Columns of numbers; in text, one that has none is empty.
const NUMBERS: [&str; 3] = ["pos", "region_start", "region_end"];

/// A table in Parquet as text has it.
fn parquet(world: &World, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let file = SerializedFileReader::new(File::open(world.path(name)).unwrap()).unwrap();
    let columns = file.metadata().file_metadata().schema_descr().columns().iter();
    let names = columns.map(|column| column.name().to_owned()).collect();
    let cell = |(name, field): (&String, &Field)| match field {
        Field::Str(text) => text.clone(),
        Field::Long(number) if NUMBERS.contains(&name.as_str()) => number.to_string(),
        Field::Float(score) => bits(*score),
        Field::Null if NUMBERS.contains(&name.as_str()) || name.contains('/') => String::new(),
        Field::Null => ".".to_owned(),
        other => panic!("{name}: {other:?}"),
    };
    let rows = file.get_row_iter(None).unwrap();
    (names, rows.map(|row| row.unwrap().get_column_iter().map(cell).collect()).collect())
}

/// A score, exactly.
pub(super) fn bits(score: f32) -> String {
    // Which of the many NaN it is says nothing.
    if score.is_nan() { "NaN".to_owned() } else { format!("{:08x}", score.to_bits()) }
}

/// The table that is text, with its scores as [`bits`]; nine digits tell all of them apart.
pub(super) fn text(world: &World, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let Table { rows, .. } = Table::parse(&world.read(name));
    let names = world.read(name).lines().next().unwrap().split('\t').map(str::to_owned).collect();
    let score = |cell: String| if cell.is_empty() { cell } else { bits(cell.parse().unwrap()) };
    let row = |row: Vec<String>| {
        row.into_iter().enumerate().map(|(index, cell)| if index < FIXED.len() { cell } else { score(cell) }).collect()
    };
    (names, rows.into_iter().map(row).collect())
}

/// Regions that overlap, with and without names.
const REGIONS: &str = "chr1\t40\t120\tleft\nchr1\t60\t200\nchr2\t0\t240\tall of it\n";

/// How windows are chosen: by command and library alike.
#[derive(Debug, Clone, Copy)]
enum Rule {
    Skip,
    Pad,
    Restricted,
}

impl Rule {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Skip => &[],
            Self::Pad => &["--edge", "pad"],
            Self::Restricted => &["--restriction-bed", "regions.bed"],
        }
    }

    fn apply(self, request: &mut ScoreVariants, world: &World) {
        match self {
            Self::Skip => {}
            Self::Pad => request.samples.edge = EdgeRule::Pad,
            Self::Restricted => request.windows.restriction_bed = Some(world.path("regions.bed")),
        }
    }
}

/// The tables of a run of the library on the same files.
fn returned(world: &World, rule: Rule) -> ScoreTables {
    let registry = PluginRegistry::open(&[world.path("plugins"), kipos_tests::built("")], None);
    let mut request = ScoreVariants::new(world.path("model"), world.path("in.vcf"), Vec::new());
    let genome = world.path("genome.fa").to_str().unwrap().to_owned();
    request.samples.loader_args.push(("fasta_file".into(), Value::String(genome)));
    request.scores.scores.labels = LabelSelection::Only(vec!["diff".into(), "logit".into()]);
    request.variants.max_ref_mismatch = 1.0;
    rule.apply(&mut request, world);
    let (summary, tables) = request.run_and_return(&registry, &mut |_| ()).unwrap();
    assert!(tables.len() as u64 >= summary.alleles());
    tables
}

/// Tables in memory as text has them.
fn in_memory(tables: &ScoreTables) -> Vec<Vec<String>> {
    let row = |(index, row): (usize, TableRowId<'_>)| {
        let text = |text: Option<&str>| text.unwrap_or(".").to_owned();
        let bound = |bound: Option<i64>| bound.map_or(String::new(), |bound| bound.to_string());
        let window = row.window;
        let strand = window.map(|window| if window.strand().is_reverse() { "-" } else { "+" });
        let mut cells = vec![text(Some(row.chrom)), row.pos.to_string(), text(row.id), text(Some(row.reference))];
        cells.extend([text(row.alternate), text(row.region), bound(window.map(|window| window.start()))]);
        cells.extend([bound(window.map(|window| window.end())), text(strand)]);
        cells.push(text(row.skip.map(|skip| skip.as_str())));
        for score in tables.tables().iter().flat_map(|table| table.row(index).unwrap()) {
            assert!(row.skip.is_none() || score.is_nan());
            cells.push(if row.skip.is_some() { String::new() } else { bits(score) });
        }
        cells
    };
    tables.rows().enumerate().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn all_tables_of_a_run_hold_the_same(
        variants in variants(60),
        rule in prop::sample::select(&[Rule::Skip, Rule::Pad, Rule::Restricted][..]),
    ) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        world.write("regions.bed", REGIONS);
        score(&world, &[rule.flags(), &["-o", "scores.tsv", "-o", "scores.parquet", "-o", "scores.pq"]].concat());
        let (names, rows) = text(&world, "scores.tsv");
        prop_assert_eq!(&parquet(&world, "scores.parquet"), &(names, rows.clone()));
        let bytes = |name| std::fs::read(world.path(name)).unwrap();
        prop_assert!(bytes("scores.pq") == bytes("scores.parquet"));
        prop_assert_eq!(in_memory(&returned(&world, rule)), rows);
    }
}

#[test]
fn options_of_tables_hold_for_parquet() {
    let case = Case::new();
    let (reference, alternate) = bases(50);
    let skipped = "chr1\t60\trs2\tA\t<DEL>\t.\t.\t.\n";
    case.world.write("variants.vcf", vcf("", &(snv(50) + skipped)));
    let outcome = case.run(&["-o", "out/scores.parquet", "--only-scored", "--std-var-id"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (_, rows) = parquet(&case.world, "out/scores.parquet");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][2], format!("chr1:50:{reference}:['{alternate}']"));
}

#[test]
fn no_variants_make_a_table_of_names() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", ""));
    let outcome = case.run(&["-o", "out/scores.parquet"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (names, rows) = parquet(&case.world, "out/scores.parquet");
    assert_eq!((names.len(), names.last().unwrap().as_str(), rows.len()), (11, "diff/0", 0));
}

#[test]
fn a_run_that_fails_leaves_no_parquet() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &format!("{}chr1\t60\n", snv(50))));
    let message = case.refused(&["-o", "out/scores.parquet"]);
    assert!(message.contains("variants.vcf"), "{message}");
}
