//! The files of a run: all hold the same rows, in an order that indexes know.

use std::fs::File;

use hdf5::types::VarLenUnicode;
use kipos_tests::World;
use noodles::core::Region;
use noodles::{csi, tabix};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{COLUMNS, Snvs, saturate, usual_world, world};
use crate::annotated::records;
use crate::bgzip::unpack;
use crate::dna::{bases, fasta};
use crate::htslib;
use crate::stub_model::StubModel;

/// A number as text has it.
fn spelled(value: f32) -> String {
    format!("{:08x}", value.to_bits())
}

/// The table that is text, with scores as bits: nine digits tell all of them apart.
fn text(world: &World, name: &str) -> Vec<Vec<String>> {
    let Snvs { rows, .. } = Snvs::parse(&world.read(name));
    let score = |cell: String| if cell.is_empty() { cell } else { spelled(cell.parse().unwrap()) };
    let row = |row: Vec<String>| {
        let cells = row.into_iter().enumerate();
        cells.map(|(at, cell)| if at < COLUMNS.len() { cell } else { score(cell) }).collect()
    };
    rows.into_iter().map(row).collect()
}

/// The table that is Parquet, spelled as text has it.
fn parquet(world: &World, name: &str) -> Vec<Vec<String>> {
    let file = SerializedFileReader::new(File::open(world.path(name)).unwrap()).unwrap();
    let names: Vec<_> =
        file.metadata().file_metadata().schema_descr().columns().iter().map(|it| it.name().to_owned()).collect();
    assert_eq!(names[..COLUMNS.len()], COLUMNS);
    let cell = |(name, field): (&String, &Field)| match field {
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Float(score) => spelled(*score),
        Field::Null if ["alt", "skip"].contains(&name.as_str()) => ".".to_owned(),
        Field::Null => String::new(),
        other => panic!("{name}: {other:?}"),
    };
    file.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(cell).collect()).collect()
}

/// The table that is HDF5, spelled as text has it.
fn hdf5(world: &World, name: &str, scores: &[&str]) -> Vec<Vec<String>> {
    let file = hdf5::File::open(world.path(name)).unwrap();
    let mut members = file.group("variants").unwrap().member_names().unwrap();
    members.sort();
    let mut expected = COLUMNS.to_vec();
    expected.sort_unstable();
    assert_eq!(members, expected);
    let column = |name: &&str| {
        let column = file.dataset(&format!("variants/{name}")).unwrap();
        if let Ok(missing) = column.attr("missing") {
            let missing: i64 = missing.read_scalar().unwrap();
            let cells = column.read_raw::<i64>().unwrap().into_iter();
            return cells.map(|it| if it == missing { String::new() } else { it.to_string() }).collect::<Vec<_>>();
        }
        let cells = column.read_raw::<VarLenUnicode>().unwrap().into_iter();
        cells.map(|it| if it.is_empty() { ".".to_owned() } else { it.to_string() }).collect()
    };
    let columns: Vec<_> = COLUMNS.iter().map(column).collect();
    let scores: Vec<Vec<f32>> =
        scores.iter().map(|score| file.dataset(&format!("scores/{score}")).unwrap().read_raw().unwrap()).collect();
    let score = |value: f32| if value.is_nan() { String::new() } else { spelled(value) };
    let row = |row: usize| {
        let cells = columns.iter().map(|column| column[row].clone());
        cells.chain(scores.iter().map(|scores| score(scores[row]))).collect()
    };
    (0..columns[0].len()).map(row).collect()
}

/// The records of a VCF as rows: REF, ALT and place are columns, all else is in INFO.
fn vcf(text: &str) -> Vec<Vec<String>> {
    let records = records(text).into_iter().map(|record| {
        let info = |key: &str| record.info(&format!("KV_model_{key}")).unwrap_or_default().to_owned();
        let number = |key: &str| match info(key).as_str() {
            "" => String::new(),
            value => spelled(value.parse().unwrap()),
        };
        let skip = Some(info("SKIP")).filter(|skip| !skip.is_empty()).unwrap_or(".".to_owned());
        let place = [0, 1, 3, 4].map(|column| record.column(column).to_owned());
        assert_eq!([2, 5, 6].map(|column| record.column(column)), ["."; 3]);
        [&place[..], &[info("OFFSET"), skip, number("DIFF"), number("REF")]].concat()
    });
    records.collect()
}

/// The same of the rows of a table, which say the window besides.
fn without_window(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| [&row[..4], &row[6..]].concat()).collect()
}

#[test]
fn all_files_hold_the_same_rows() {
    let world = usual_world();
    let names = ["tsv", "tsv.gz", "parquet", "h5", "vcf", "vcf.gz", "bcf"].map(|ending| format!("-o snvs.{ending}"));
    // The start of the contig, known and unknown bases.
    let args = format!("--regions chr1:1-30,chr1:91-120 --scores diff ref --digits 9 {}", names.join(" "));
    saturate(&world, &args);
    let rows = text(&world, "snvs.tsv");
    assert_eq!(rows.len(), (60 - 6) * 3 + 6);
    assert!(rows.iter().any(|row| row[7] == "window_outside_contig") && rows.iter().any(|row| row[6] == "-4"));
    assert_eq!(parquet(&world, "snvs.parquet"), rows);
    assert_eq!(hdf5(&world, "snvs.h5", &["diff", "ref"]), rows);
    assert_eq!(unpack(&std::fs::read(world.path("snvs.tsv.gz")).unwrap()), world.read("snvs.tsv"));
    assert_eq!(vcf(&world.read("snvs.vcf")), without_window(&rows));
    assert_eq!(unpack(&std::fs::read(world.path("snvs.vcf.gz")).unwrap()), world.read("snvs.vcf"));
    if let Some(text) = htslib::run(&world, "bcftools", &["view", "--no-version", "snvs.bcf"]) {
        // BCF holds single floats; htslib prints six digits of them.
        let places = |rows: Vec<Vec<String>>| rows.into_iter().map(|row| row[..6].to_vec()).collect::<Vec<_>>();
        assert_eq!(places(vcf(&text)), places(without_window(&rows)));
    }
    saturate(&world, &format!("{args} --only-scored"));
    let scored: Vec<_> = rows.iter().filter(|row| row[7] == ".").cloned().collect();
    assert_eq!((text(&world, "snvs.tsv"), vcf(&world.read("snvs.vcf"))), (scored.clone(), without_window(&scored)));
}

#[test]
fn a_table_begins_with_place_and_alleles() {
    let world = usual_world();
    saturate(&world, "--regions chr1:97-98,chr1:110 -o snvs.tsv");
    insta::assert_snapshot!(world.read("snvs.tsv").replace('\t', "|"), @"
        chrom|pos|ref|alt|region_start|region_end|offset|skip|diff/only
        chr1|97|A|C|91|111|-4|.|0.006
        chr1|97|A|G|91|111|-4|.|0.012
        chr1|97|A|T|91|111|-4|.|0.018
        chr1|98|N|.||||non_acgt|
        chr1|110|A|C|101|121|-1|.|0.002
        chr1|110|A|G|101|121|-1|.|0.00399999
        chr1|110|A|T|101|121|-1|.|0.006
        ");
}

#[test]
fn a_vcf_declares_what_it_has() {
    let world = usual_world();
    saturate(&world, "--regions chr1:97-98 -o snvs.vcf");
    let text = world.read("snvs.vcf");
    let lines = text.lines().filter(|line| !line.starts_with("##kipos"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
        ##fileformat=VCFv4.2
        ##contig=<ID=chr1,length=400>
        ##INFO=<ID=KV_model_DIFF,Number=A,Type=Float,Description="Score diff of model model for only (diff of plugin scorers 0.1.0)">
        ##INFO=<ID=KV_model_FAILED,Number=A,Type=String,Description="Scores of model model that failed for the allele and have no value">
        ##INFO=<ID=KV_model_SKIP,Number=A,Type=String,Description="Why model model did not score the allele">
        ##INFO=<ID=KV_model_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model model">
        ##INFO=<ID=KV_model_OFFSET,Number=1,Type=Integer,Description="Bases from the centre of the window in which model model saw the allele to POS">
        #CHROM	POS	ID	REF	ALT	QUAL	FILTER	INFO
        chr1	97	.	A	C	.	.	KV_model_DIFF=0.006;KV_model_OFFSET=-4
        chr1	97	.	A	G	.	.	KV_model_DIFF=0.012;KV_model_OFFSET=-4
        chr1	97	.	A	T	.	.	KV_model_DIFF=0.018;KV_model_OFFSET=-4
        chr1	98	.	N	.	.	.	KV_model_SKIP=non_acgt
        "#);
    let outcome = saturate(&world, "--regions chr1:97-98 -o - --info-layout per-task --model-name other");
    assert!(outcome.stdout.contains("KV_other_OFFSET="), "{outcome:?}");
}

/// A world of two contigs of 70 000 bases, with tables of stretches of both.
fn indexed(second: &[u8], ending: &str) -> World {
    let world = world(&StubModel::default(), &bases(10, 1));
    world.write("genome.fa", fasta(&[("chr2", &bases(70_000, 5)), ("chr1", second)]));
    let stretches = "chr2:16300-16500,chr1:100-300,chr1:49000-49100";
    saturate(&world, &format!("--regions {stretches} -o snvs.{ending} -o plain.tsv -o snvs.vcf.gz"));
    world
}

/// Regions to ask for: before, between, across and behind stretches and blocks.
const REGIONS: [&str; 6] =
    ["chr1:1-99", "chr1:250-49010", "chr2:16380-16390", "chr2", "chr1:49101-70000", "chr1:100-100"];

/// The lines of the plain table in a region.
fn expected(world: &World, region: &str) -> Vec<String> {
    let (contig, bounds) = region.split_once(':').unwrap_or((region, "1-1000000000"));
    let (first, last) = bounds.split_once('-').unwrap();
    let bounds = first.parse::<u64>().unwrap()..=last.parse().unwrap();
    let is_inside = |line: &&str| {
        let cells: Vec<_> = line.split('\t').collect();
        cells[0] == contig && bounds.contains(&cells[1].parse().unwrap())
    };
    world.read("plain.tsv").lines().skip(1).filter(is_inside).map(str::to_owned).collect()
}

/// The lines that an independent reader finds through the index.
fn found(world: &World, region: &str, index: impl csi::BinningIndex) -> Vec<String> {
    let mut reader = csi::io::IndexedReader::new(File::open(world.path("snvs.tsv.gz")).unwrap(), index);
    let region: Region = region.parse().unwrap();
    let lines = reader.query(&region).unwrap();
    lines.map(|line| line.unwrap().as_ref().to_owned()).collect()
}

#[test]
fn tabix_finds_the_rows_of_a_table() {
    let world = indexed(&bases(70_000, 6), "tsv.gz");
    assert_eq!(expected(&world, "chr1:250-49010").len(), (51 + 11) * 3);
    for region in REGIONS {
        let index = tabix::fs::read(world.path("snvs.tsv.gz.tbi")).unwrap();
        assert_eq!(found(&world, region, index), expected(&world, region), "{region}");
        if let Some(lines) = htslib::run(&world, "tabix", &["snvs.tsv.gz", region]) {
            assert_eq!(lines.lines().collect::<Vec<_>>(), expected(&world, region), "{region}");
        }
    }
    // The index of a table that is no longer there would be wrong.
    world.write("one.vcf", crate::case::vcf("", &crate::dna::snv("chr1", &bases(70_000, 6), 100, 1)));
    let outcome = world.run("score-variants model --vcf one.vcf --fasta genome.fa -o snvs.tsv.gz", &[]);
    assert_eq!((outcome.code, world.path("snvs.tsv.gz.tbi").exists()), (0, false), "{outcome:?}");
}

#[test]
fn only_bgzipped_tables_have_an_index() {
    let world = indexed(&bases(60_000, 6), "tsv.bgz");
    let entries = std::fs::read_dir(world.path("")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with("i")).collect();
    names.sort();
    assert_eq!(names, ["genome.fa.fai", "snvs.tsv.bgz.tbi", "snvs.vcf.gz.tbi"]);
}
