//! Maps in the formats besides HDF5: tables, arrays of NumPy, and pictures.

use std::fs;

use kipos_tests::numpy::array;
use kipos_tests::{World, reference};

use super::{doubles, open, values, world};
use crate::annotated::assert_score;
use crate::case::vcf;
use crate::dna::{bases, snv};
use crate::outputs::python;
use crate::stub_model::StubModel;

/// A row of a table of maps.
struct Row {
    input: String,
    pos: usize,
    reference: String,
    alternate: usize,
    score: String,
    task: String,
    /// NaN where the cell is empty.
    value: f32,
    entry: usize,
}

fn rows(text: &str) -> Vec<Row> {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("input\tchrom\tpos\tref\talt\tscore\ttask\tvalue\tentry"));
    let row = |line: &str| {
        let cells: Vec<_> = line.split('\t').collect();
        let [input, _, pos, reference, alternate, score, task, value, entry] = cells[..] else { panic!("{line}") };
        Row {
            input: input.into(),
            pos: pos.parse().unwrap(),
            reference: reference.into(),
            alternate: "ACGT".find(alternate).unwrap(),
            score: score.into(),
            task: task.into(),
            value: if value.is_empty() { f32::NAN } else { value.parse().unwrap() },
            entry: entry.parse().unwrap(),
        }
    };
    lines.map(row).collect()
}

fn run(world: &World, args: &str) {
    let outcome = world.run(&format!("mutation-map model --fasta genome.fa {args}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// Says of every row of the table whether the arrays have its value.
const LOOK: &str = r#"
import csv, numpy
maps = dict(numpy.load("maps.npz").items())
table = list(csv.DictReader(open("maps.tsv"), delimiter="\t"))
first = {}
for row in table:
    start = first.setdefault(row["entry"], int(row["pos"]))
    found = maps["__".join(row[name] for name in ["input", "score", "task", "entry"])]
    assert found.dtype == "float32" and found.shape == (4, 20), (found.dtype, found.shape)
    found = found["ACGT".index(row["alt"]), int(row["pos"]) - start]
    expected = numpy.float32(row["value"] or "nan")
    assert found == expected or (numpy.isnan(found) and numpy.isnan(expected)), (row, found)
print("read", len(maps), "arrays and", len(table), "rows")
"#;

#[test]
fn all_formats_hold_the_same_cells() {
    let mut contig = bases(120, 7);
    contig[47] = b'N';
    let model = StubModel { tasks: &["one", "two"], ..StubModel::default() };
    let world = world(&model, &contig);
    let outputs = "-o maps.h5 -o maps.tsv -o maps.npz -o maps.parquet -o maps.tsv.gz";
    run(&world, &format!("--regions chr1:31-70 --scores diff ref {outputs}"));
    let rows = rows(&world.read("maps.tsv"));
    assert_eq!(rows.len(), 40 * 4 * 2 * 2);
    assert!(rows.is_sorted_by_key(|row| (row.pos, row.alternate)));
    let file = open(&world, "maps.h5");
    for row in &rows {
        assert_eq!(row.reference.as_bytes(), &contig[row.pos - 1..row.pos]);
        let place = format!("_list_{}/{}/{}/{}", row.entry, row.input, row.score, row.task);
        let expected = values(&file, &place)[row.alternate * 20 + (row.pos - 31) % 20];
        // Neither is spelled with a sign, nor with anything else behind it.
        assert!(row.value.to_bits() == expected.to_bits() || row.value.is_nan() && expected.is_nan(), "{place}");
    }
    assert_eq!(rows.iter().filter(|row| row.value.is_nan()).count(), 4 * 2 * 2);
    if let Some(printed) = python(&world, "numpy", LOOK) {
        assert_eq!(printed, "read 8 arrays and 640 rows\n");
    }
}

#[test]
fn a_table_has_the_values_of_the_golden_map() {
    let golden = reference();
    let world = World::new();
    for name in ["tiny/model.yaml", "tiny/model.onnx", "genome.fa", "mm_1.vcf"] {
        world.write(name, fs::read(golden.join(name)).unwrap());
    }
    let own = ["--dataloader_args", r#"{"fasta_file": "genome.fa"}"#, "--scores", "diff", "ref", "alt", "logit"];
    let command = "postproc create_mutation_map tiny --source dir --regions_file mm_1.vcf -o maps.tsv --batch_size 32";
    let outcome = world.run(command, &own);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let rows = rows(&world.read("maps.tsv"));
    assert_eq!(rows.len(), 4 * 200 * 4 * 5);
    let archive = fs::read(golden.join("tiny/mutation_map_entry0.npz")).unwrap();
    let first = rows[0].pos;
    for score in ["diff", "ref", "alt", "logit"] {
        for task in ["t0", "t1", "t2", "t3", "t4"] {
            let expected = doubles(&array(&archive, &format!("seq__{score}__{task}")));
            let found: Vec<_> = rows.iter().filter(|row| row.score == score && row.task == task).collect();
            assert_eq!((found.len(), expected.len()), (800, 800));
            for row in found {
                let expected = expected[row.alternate * 200 + row.pos - first];
                assert_score(score, row.value.into(), expected, format_args!("{score} {task} {}", row.pos));
            }
        }
    }
}

#[test]
fn a_picture_is_that_of_the_stored_map() {
    let contig = bases(120, 7);
    let world = world(&StubModel::default(), &contig);
    world.write("one.vcf", vcf("", &snv("chr1", &contig, 40, 1)));
    run(&world, "--regions-file one.vcf -o map.h5 -o map.svg -o map.png");
    let outcome = world.run("plot mutation-map map.h5 -o plotted.svg -o plotted.png", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.read("map.svg"), world.read("plotted.svg"));
    assert!(world.read("map.svg").contains("class=\"variants\""));
    assert!(fs::read(world.path("map.png")).unwrap() == fs::read(world.path("plotted.png")).unwrap());
}

#[test]
fn a_picture_shows_one_map() {
    let contig = bases(120, 7);
    let world = world(&StubModel { tasks: &["one", "two"], ..StubModel::default() }, &contig);
    world.write("two.vcf", vcf("", &[snv("chr1", &contig, 40, 1), snv("chr1", &contig, 60, 1)].concat()));
    world.write("none.vcf", vcf("", &snv("chr1", &contig, 3, 1)));
    let refused = |args: &str, code: i32| {
        let args = format!("mutation-map model --fasta genome.fa {args} -o map.svg -o map.npz -o map.tsv");
        let outcome = world.run(&args, &[]);
        assert_eq!(outcome.code, code, "{outcome:?}");
        for name in ["map.svg", "map.npz", "map.tsv"] {
            assert!(!world.path(name).exists(), "{name}");
        }
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(refused("--regions chr1:31-50", 2), @"error: cannot write map.svg: a picture shows one map, and this run has 2 tasks; choose one with --tasks, or write .h5 and draw it with `kipos plot mutation-map`");
    insta::assert_snapshot!(refused("--regions chr1:31-50 --scores diff ref --tasks one", 2), @"error: cannot write map.svg: a picture shows one map, and this run has 2 scores (diff, ref); choose one with --scores, or write .h5 and draw it with `kipos plot mutation-map`");
    insta::assert_snapshot!(refused("--regions chr1:31-51 --tasks one", 2), @"error: cannot write map.svg: a picture shows one map, and this run has several windows; choose one region that fits the model's window, or one variant, or write .h5 and draw it with `kipos plot mutation-map`");
    insta::assert_snapshot!(refused("--regions-file two.vcf --tasks one", 2), @"error: cannot write map.svg: a picture shows one map, and this run has several windows; choose one region that fits the model's window, or one variant, or write .h5 and draw it with `kipos plot mutation-map`");
    insta::assert_snapshot!(refused("--regions-file none.vcf --tasks one", 1), @"error: cannot write map.svg: there is no map to draw, as all windows were skipped (1 window_outside_contig)");
    run(&world, "--regions chr1:31-50 --tasks one -o map.svg");
}

#[test]
fn files_appear_together_or_not_at_all() {
    let world = world(&StubModel::default(), &bases(100, 3));
    for other in ["none/b.tsv", "none/b.parquet", "none/b.svg", "a.npz"] {
        let args = format!("mutation-map model --fasta genome.fa --regions chr1:1-20 -o a.npz -o {other}");
        let outcome = world.run(&args, &[]);
        assert_ne!(outcome.code, 0, "{outcome:?}");
        assert!(!world.path("a.npz").exists(), "{other}");
    }
}
