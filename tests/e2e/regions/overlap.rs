//! Variants in the loader's own intervals.

use super::{Regions, contig, number};
use crate::annotated::{Record, assert_close};
use crate::dna::{record, snv};
use crate::oracle::Oracle;

/// Intervals of 20 bases once they are resized: unsorted, with a name twice, one twice, one on the other strand, and one
/// that no variant lies in.
const BED: &str = "chr1\t100\t120\tb\t0\t+\n\
    chr1\t52\t68\ta\t0\t-\n\
    chr1\t105\t125\tb\t0\t+\n\
    chr1\t105\t125\t.\t0\t+\n\
    chr1\t250\t270\tlonely\t0\t+\n";

const FLAGS: &str = "--windows overlap --intervals regions.bed";

/// Not sorted either.
const POSITIONS: [usize; 5] = [110, 55, 101, 125, 200];

fn variants() -> Vec<String> {
    POSITIONS.iter().map(|&pos| snv("chr1", &contig(), pos, 2)).collect()
}

/// The starts and the names of the intervals that hold a position, in the order of the file.
fn held(pos: usize) -> Vec<(usize, &'static str)> {
    let intervals = [(100, "b"), (50, "a"), (105, "b"), (105, "chr1:105-125"), (250, "lonely")];
    intervals.into_iter().filter(|(start, _)| (*start..start + 20).contains(&(pos - 1))).collect()
}

fn expected(start: usize, record: &Record, alternate: &str) -> f64 {
    let contig = contig();
    let oracle = Oracle { index: record.pos() - 1 - start, ..Oracle::new(&contig) };
    oracle.diff(record.pos(), record.column(3).as_bytes(), alternate.as_bytes())
}

#[test]
fn every_interval_that_holds_a_variant_shows_it() {
    let regions = Regions::new(BED, &variants());
    let (records, table, summary) = regions.scored(FLAGS);
    assert_eq!((summary.scored, summary.alleles, summary.skipped["no_range"]), (8, 10, 2));
    let order: Vec<_> = records.iter().map(Record::pos).collect();
    assert_eq!(order, POSITIONS, "the order of the VCF stays");
    let mut rows = table.rows.iter().zip(table.column("diff/only"));
    for record in &records {
        for alternate in record.alternates() {
            let intervals = held(record.pos());
            if intervals.is_empty() {
                assert_eq!(rows.next().unwrap().0[9], "no_range");
            }
            for (start, name) in intervals {
                let (row, score) = rows.next().unwrap();
                assert_eq!([&row[5], &row[6]], [name, start.to_string().as_str()]);
                assert_close(
                    number(score),
                    expected(start, record, alternate),
                    format_args!("{name} {}", record.place()),
                );
            }
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn the_nearest_interval_speaks_for_a_variant() {
    let regions = Regions::new(BED, &variants());
    let (records, ..) = regions.scored(FLAGS);
    // 110 is 0-based 109: half a base from the middle of [100, 120), 5 from that of [105, 125).
    assert_eq!(records[0].info("KV_model_REGION"), Some("b,b"));
    assert_eq!(records[0].info("KV_model_NREGIONS"), Some("3"));
    for (record, start) in [(0, 100), (1, 50), (2, 100), (3, 105)] {
        let record = &records[record];
        for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
            assert_close(found, expected(start, record, alternate), record.place());
        }
    }
}

#[test]
fn the_largest_score_may_speak_instead() {
    let regions = Regions::new(BED, &variants());
    let (records, table, _) = regions.scored(&format!("{FLAGS} --multi-region maxabs"));
    let found = records[0].values("KV_model_DIFF");
    let largest = |rows: &[Vec<String>]| {
        let scores = rows.iter().map(|row| number(row.last().unwrap()));
        scores.reduce(|best, score| if score.abs() > best.abs() { score } else { best }).unwrap()
    };
    assert_eq!(found, [largest(&table.rows[..3]), largest(&table.rows[3..6])]);
}

#[test]
fn each_interval_may_have_a_record() {
    let regions = Regions::new(BED, &variants());
    let (records, table, _) = regions.scored(&format!("{FLAGS} --multi-region records"));
    let places: Vec<_> = records.iter().map(|record| (record.pos(), record.info("KV_model_REGION"))).collect();
    let b = Some("b,b");
    let unnamed = Some("chr1:105-125,chr1:105-125");
    let expected =
        [(110, b), (110, b), (110, unnamed), (55, Some("a,a")), (101, b), (125, b), (125, unnamed), (200, None)];
    assert_eq!(places, expected);
    let in_records: Vec<_> = records[..3].iter().map(|record| record.values("KV_model_DIFF")[0]).collect();
    let in_table: Vec<_> = table.rows[..3].iter().map(|row| number(row.last().unwrap())).collect();
    assert_eq!(in_records, in_table);
}

#[test]
fn a_loader_without_bed_input_shows_variants_in_its_own_intervals() {
    let regions = Regions::new(BED, &variants());
    let fixed = "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n\
                 default_args: {auto_resize_len: 20}\n\
                 postprocessing: {variant_effects: {bed_input: []}}\n";
    regions.world.write("model/dataloader.yaml", fixed);
    let yaml = regions.world.read("model/model.yaml");
    let (start, rest) = yaml.split_once("default_dataloader:").unwrap();
    let (_, end) = rest.split_once("info:").unwrap();
    let by_flag = regions.scored(FLAGS).1;
    regions.world.write("model/model.yaml", format!("{start}default_dataloader: .\ninfo:{end}"));
    assert_eq!(regions.scored("--intervals regions.bed").1.rows, by_flag.rows);
    // Where windows lie can still be chosen.
    let (records, ..) = regions.scored("--windows centered");
    assert_eq!(records[0].info("KV_model_REGION"), None);
}

#[test]
fn intervals_of_the_other_strand_are_read_on_it() {
    let regions = Regions::new(BED, &variants());
    let (records, table, _) = regions.scored(&format!("{FLAGS} --dataloader-args use_strand=true"));
    assert_eq!(
        table.column("strand"),
        ["+", "+", "+", "+", "+", "+", "-", "-", "+", "+", "+", "+", "+", "+", ".", "."]
    );
    let oracle = Oracle { index: 4, merging: Some("reverse"), ..Oracle::new(&regions.contig) };
    let record = &records[1];
    for (alternate, found) in record.alternates().iter().zip(record.values("KV_model_DIFF")) {
        let expected = oracle.diff(55, record.column(3).as_bytes(), alternate.as_bytes());
        assert_close(found, expected, record.place());
    }
}

#[test]
fn strands_change_places_on_the_other_strand() {
    let regions = Regions::new(BED, &variants());
    let both = regions.world.read("model/model.yaml").replace("use_rc: false", "use_rc: true");
    regions.world.write("model/model.yaml", both);
    let forward = regions.scored(FLAGS).0;
    let stranded = regions.scored(&format!("{FLAGS} --dataloader-args use_strand=true")).0;
    // The mean of both strands does not depend on which comes first.
    for (one, other) in forward.iter().zip(&stranded).take(4) {
        for (one, other) in one.values("KV_model_DIFF").into_iter().zip(other.values("KV_model_DIFF")) {
            assert_close(one, other, "mean of both strands");
        }
    }
}

#[test]
fn insertions_and_deletions_keep_the_length_of_the_interval() {
    let contig = contig();
    let inserted = [&contig[59..60], b"GATT"].concat();
    // The second deletion begins before the interval and reaches into it; the third reaches out of it.
    let cases: [(usize, &[u8], &[u8]); 4] = [
        (60, &contig[59..60], &inserted),
        (64, &contig[63..67], &contig[63..64]),
        (48, &contig[47..53], &contig[47..48]),
        (68, &contig[67..73], &contig[67..68]),
    ];
    let variants = cases.map(|(pos, reference, alternate)| record("chr1", pos, reference, &[alternate]));
    for (strand, merging) in [("+", None), ("-", Some("reverse"))] {
        let regions = Regions::new(&format!("chr1\t50\t70\tr\t0\t{strand}\n"), &variants);
        let (records, table, _) = regions.scored(&format!("{FLAGS} --dataloader-args use_strand=true"));
        assert_eq!(table.column("skip"), ["."; 4]);
        for (record, (pos, reference, alternate)) in records.iter().zip(cases) {
            let found = record.values("KV_model_DIFF")[0];
            let expected = if pos > 50 {
                let oracle = Oracle { index: pos - 51, merging, ..Oracle::new(&contig) };
                oracle.diff(pos, reference, alternate)
            } else {
                // What the interval loses: its own bases up to the end of the deletion.
                let oracle = Oracle { index: 0, merging, ..Oracle::new(&contig) };
                oracle.diff(51, &contig[50..pos - 1 + reference.len()], b"")
            };
            assert_close(found, expected, format_args!("{strand} {}", record.place()));
        }
    }
}

#[test]
fn kipoi_numbers_the_intervals() {
    let regions = Regions::new(BED, &variants());
    let args = "fasta_file=genome.fa intervals_file=regions.bed";
    let command =
        format!("postproc score_variants model -i in.vcf -o out.vcf --windows overlap --dataloader_args {args}");
    let outcome = regions.world.run(&command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let records = crate::annotated::records(&regions.world.read("out.vcf"));
    let ids: Vec<_> = records.iter().map(|record| (record.pos(), record.info("KV:dir:model:rID").unwrap())).collect();
    let expected = [(110, "0"), (110, "2"), (110, "3"), (55, "1"), (101, "0"), (125, "2"), (125, "3")];
    assert_eq!(ids, expected);
}

#[test]
fn a_model_of_any_length_gets_intervals_of_the_length_that_is_asked_for() {
    let regions = Regions::new(BED, &variants());
    let open =
        regions.world.read("model/model.yaml").replace("(20, 4)", "(None, 4)").replace("auto_resize_len: 20, ", "");
    regions.world.write("model/model.yaml", open);
    let (_, table, _) = regions.scored(&format!("{FLAGS} --seq-length 24"));
    assert_eq!(table.rows[0][6..8], ["98", "122"]);
}
