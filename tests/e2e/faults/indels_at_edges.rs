//! Insertions and deletions at the edges of intervals: padding bases are no change.

use std::collections::BTreeMap;
use std::fs;

use kipos_tests::{World, fault, reference};

use crate::annotated::records;
use crate::table::Table;

/// What `right_values.py` prints: the diff of t0 for each variant in each tile that it changes, by the tile's start.
const RIGHT: &str = "\
snv401 400 0.000914723
snv600 400 -0.000491574
snv601 600 0.000394717
ins400 400 0.0118464
ins600 600 0.00398315
ins599 400 0.00013262
del_in 400 0.0175654
del_out 400 -0.000491574
del_out 600 0.000667676
del_after 600 -0.0174895
ins799 600 0
del_first 400 0.0117603
del_last 600 0.00185737
del_last_out 600 -0.000396952
behind_del 400 0.0117603
behind_ins 400 -0.00703475
delins 400 -0.000748903
delins 600 -0.00243761
";

/// By variant and start of the tile.
type Diffs = BTreeMap<(String, String), f64>;

fn right() -> Diffs {
    let cells = RIGHT.lines().map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    cells.map(|cells| ((cells[0].clone(), cells[1].clone()), cells[2].parse().unwrap())).collect()
}

/// A world with TINY, its genome, the tiles and all variants of both files.
fn world() -> World {
    let world = World::new();
    for file in ["model.onnx", "model.yaml"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("tiles.bed", fs::read(fault("anchor-overlap").join("tiles.bed")).unwrap());
    let vcf = |name: &str| fs::read_to_string(fault("anchor-overlap").join(name)).unwrap();
    let more = vcf("more.vcf");
    let more: String = more.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    world.write("in.vcf", vcf("in.vcf") + &more);
    world
}

fn scored(world: &World, flags: &str) -> Table {
    let outcome = world.run(&format!("score-variants tiny --vcf in.vcf --fasta g.fa -s diff {flags} -o out.tsv"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    Table::parse(&world.read("out.tsv"))
}

/// The scores of all rows that have one, and the variants without.
fn diffs(table: &Table) -> (Diffs, Vec<(String, String)>) {
    let columns = ["id", "region_start", "skip", "diff/t0"].map(|name| table.column(name));
    let mut skipped = Vec::new();
    let mut diffs = Diffs::new();
    for row in 0..table.rows.len() {
        let [id, start, skip, diff] = columns.each_ref().map(|column| column[row].to_owned());
        if skip == "." {
            diffs.insert((id, start), diff.parse().unwrap());
        } else {
            skipped.push((id, skip));
        }
    }
    (diffs, skipped)
}

/// Variants that change nothing in any tile.
const OUTSIDE: [&str; 6] = ["snv400", "del_before", "ins800", "del_touching", "del_behind", "behind_ins_out"];

#[test]
fn overlapping_and_restricted_windows_are_those_that_change() {
    let world = world();
    for (flags, reason) in
        [("--windows overlap --intervals tiles.bed", "no_range"), ("--restriction-bed tiles.bed", "outside_regions")]
    {
        let (found, skipped) = diffs(&scored(&world, flags));
        let right = right();
        assert_eq!(found.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "{flags}");
        for (place, expected) in &right {
            let found = found[place];
            assert!((found - expected).abs() < 1e-6, "{flags} {place:?}: {found} instead of {expected}");
        }
        let outside = OUTSIDE.map(|id| (id.to_owned(), reason.to_owned()));
        assert_eq!(skipped, outside);
    }
}

#[test]
fn a_vcf_names_the_region_that_changes() {
    let world = world();
    let command = "score-variants tiny --vcf in.vcf --fasta g.fa -s diff --windows overlap --intervals tiles.bed";
    let outcome = world.run(&format!("{command} -o out.vcf"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let said = |id: &str| {
        let text = world.read("out.vcf");
        let record = records(&text).into_iter().find(|record| record.column(2) == id).unwrap();
        let info = |key: &str| record.info(key).map(str::to_owned);
        (info("KV_tiny_REGION"), info("KV_tiny_NREGIONS"), info("KV_tiny_SKIP"))
    };
    let region = |name: &str, count: &str| (Some(name.to_owned()), Some(count.to_owned()), None);
    assert_eq!(said("del_after"), region("p2", "1"));
    assert_eq!(said("ins600"), region("p2", "1"));
    assert_eq!(said("ins400"), region("p1", "1"));
    // Seven deleted bases, two of them in p1: the middle of the seven lies in p2.
    assert_eq!(said("del_out"), region("p2", "2"));
    assert_eq!(said("ins800").2.as_deref(), Some("no_range"));
}

/// The gap behind the last base of a contig belongs to no interval that ends there, but to a window that goes on.
#[test]
fn an_insertion_behind_the_last_base_changes_no_interval_of_the_contig() {
    let world = world();
    let genome = world.read("g.fa");
    let last = genome.split(">chr2").next().unwrap().trim_end().chars().last().unwrap();
    let first = genome.lines().nth(1).unwrap().chars().next().unwrap();
    world.write("tiles.bed", "chr1\t2800\t3000\tlast\nchr1\t0\t200\tfirst\n");
    world.write(
        "in.vcf",
        format!(
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
             chr1\t3000\tbehind\t{last}\t{last}GATTACA\t.\t.\t.\nchr1\t1\tbefore\t{first}\tGATTACC{first}\t.\t.\t.\n"
        ),
    );
    let (found, skipped) = diffs(&scored(&world, "--windows overlap --intervals tiles.bed"));
    assert_eq!(skipped, [("behind".to_owned(), "no_range".to_owned())]);
    let before = found[&("before".to_owned(), "0".to_owned())];
    assert!(before != 0.0, "{found:?}");
    let (found, skipped) = diffs(&scored(&world, "--edge pad"));
    assert!(found.len() == 2 && found.values().all(|diff| *diff != 0.0) && skipped.is_empty(), "{found:?}");
}
