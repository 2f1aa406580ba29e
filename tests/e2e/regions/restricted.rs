//! Windows around variants, moved into the regions of a BED file.

use super::{Regions, contig, number};
use crate::annotated::assert_close;
use crate::bgzip;
use crate::dna::{record, snv};
use crate::oracle::Oracle;

/// Region, its name, and the variant's index in the window of 20 bases, by position.
const EXPECTED: [(usize, &[(&str, usize)]); 6] = [
    // Close to the start of a long region, in its middle, at its end.
    (41, &[("long", 0)]),
    (60, &[("long", 9)]),
    (100, &[("long", 19)]),
    // In a region of just one window, and in one that is too short.
    (121, &[("chr1:115-135", 5)]),
    (150, &[]),
    // In two at once.
    (210, &[("first", 9), ("second", 4)]),
];

const BED: &str = "#regions\n\
    chr1\t40\t100\tlong\t0\t-\n\
    chr1\t115\t135\n\
    chr1\t145\t164\tshort\n\
    1\t200\t260\tfirst\n\
    chr1\t205\t225\tsecond\n";

fn variants() -> Vec<String> {
    let mut positions: Vec<usize> = EXPECTED.iter().map(|(pos, _)| *pos).collect();
    positions.push(280);
    positions.iter().map(|&pos| snv("chr1", &contig(), pos, 2)).collect()
}

#[test]
fn windows_are_moved_into_their_regions() {
    let regions = Regions::new(BED, &variants());
    let (records, table, summary) = regions.scored("--restriction-bed regions.bed");
    assert_eq!((summary.scored, summary.skipped["outside_regions"]), (10, 4));
    assert_eq!(records.len(), 7);
    let mut rows = table.rows.iter().zip(table.column("diff/only"));
    for (record, (pos, expected)) in records.iter().zip(EXPECTED) {
        assert_eq!(record.pos(), pos);
        let count = expected.len().to_string();
        assert_eq!(record.info("KV_model_NREGIONS"), (!expected.is_empty()).then_some(count.as_str()));
        for alternate in record.alternates() {
            let found = rows.by_ref().take(expected.len().max(1));
            for ((row, score), (name, index)) in found.zip(expected) {
                let start = (pos - 1 - index).to_string();
                assert_eq!([&row[4], &row[5], &row[6], &row[8]], [alternate, *name, start.as_str(), "+"]);
                let oracle = Oracle { index: *index, ..Oracle::new(&regions.contig) };
                let expected = oracle.diff(pos, record.column(3).as_bytes(), alternate.as_bytes());
                assert_close(number(score), expected, format_args!("{name} at {pos}"));
            }
        }
    }
    assert_eq!(records[5].info("KV_model_REGION"), Some("first,first"));
    assert_eq!(records[6].info("KV_model_SKIP"), Some("outside_regions,outside_regions"));
}

#[test]
fn the_file_may_be_bgzipped() {
    let regions = Regions::new(BED, &variants());
    let plain = regions.scored("--restriction-bed regions.bed").1;
    regions.world.write("regions.bed.gz", bgzip::pack(BED.as_bytes(), 50));
    let packed = regions.scored("--restriction-bed regions.bed.gz").1;
    assert_eq!(plain.rows, packed.rows);
}

#[test]
fn a_model_of_any_length_gets_the_window_that_is_asked_for() {
    let regions = Regions::new("chr1\t50\t100\n", &[snv("chr1", &contig(), 52, 1)]);
    let open =
        regions.world.read("model/model.yaml").replace("(20, 4)", "(None, 4)").replace("auto_resize_len: 20, ", "");
    regions.world.write("model/model.yaml", open);
    let (records, ..) = regions.scored("--restriction-bed regions.bed --seq-length 30");
    let oracle = Oracle { length: 30, index: 1, ..Oracle::new(&regions.contig) };
    let expected = oracle.diff(52, records[0].column(3).as_bytes(), records[0].column(4).as_bytes());
    assert_close(records[0].values("KV_model_DIFF")[0], expected, "30 bases");
}

#[test]
fn insertions_and_deletions_take_from_the_genome_behind_the_region() {
    let contig = contig();
    let (pos, reference, alternate) = (97, &contig[96..100], &contig[96..97]);
    let regions = Regions::new("chr1\t50\t100\n", &[record("chr1", pos, reference, &[alternate])]);
    let (records, ..) = regions.scored("--restriction-bed regions.bed");
    let oracle = Oracle { index: 16, ..Oracle::new(&contig) };
    assert_close(records[0].values("KV_model_DIFF")[0], oracle.diff(pos, reference, alternate), "deletion");
}

#[test]
fn kipoi_writes_a_record_for_each_region() {
    let regions = Regions::new(BED, &variants());
    let command = "postproc score_variants model -i in.vcf --dataloader_args fasta_file=genome.fa -o out.vcf";
    let outcome = regions.world.run(command, &["-r", "regions.bed"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let records = crate::annotated::records(&regions.world.read("out.vcf"));
    let positions: Vec<_> = records.iter().map(crate::annotated::Record::pos).collect();
    assert_eq!(positions, [41, 60, 100, 121, 210, 210]);
    let id = format!("chr1:41:{}:['{}']", records[0].column(3), records[0].column(4).replace(',', "', '"));
    assert_eq!(
        records[0].info("KV:dir:model:rID").map(|id| id.replace("', '", "','")),
        Some(id.replace("', '", "','"))
    );
}
