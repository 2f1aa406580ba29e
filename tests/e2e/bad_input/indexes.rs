//! Indexes that are not there, are old, or are damaged. They only save reading, so a run does without.

use std::fs;
use std::time::{Duration, SystemTime};

use insta::assert_snapshot;

use crate::bgzip::pack;
use crate::case::{Case, POSITIONS, genome, snv, vcf};

/// What a run says before its summary, and the data lines that it writes.
fn told(case: &Case, command: &[&str]) -> (String, Vec<String>) {
    let outcome = case.world.run("score-variants model -o out/scored.vcf", command);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let (warnings, _) = outcome.stderr.split_once("scored ").unwrap();
    let scored = case.world.read("out/scored.vcf");
    let lines = scored.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    (warnings.trim_end().to_owned(), lines)
}

#[test]
fn regions_of_files_without_index() {
    let case = Case::new();
    let packed = pack(case.world.read("variants.vcf").as_bytes(), 100);
    case.world.write("packed.vcf.gz", packed);
    let run = |name: &str| told(&case, &["--fasta", "genome.fa", "--vcf", name, "-r", "chr1:60"]);
    let (warning, lines) = run("packed.vcf.gz");
    assert_snapshot!(warning, @"warning: packed.vcf.gz has no index, so the whole file was scanned for the regions; create one with `tabix -p vcf packed.vcf.gz`");
    assert_eq!(lines.len(), 1);
    let (warning, same) = run("variants.vcf");
    assert_snapshot!(warning, @"warning: variants.vcf has no index, so the whole file was scanned for the regions; create one with `bgzip` and `tabix -p vcf`");
    assert_eq!(lines, same);
    // All of a file is read anyhow if no part of it is asked for.
    let (warning, lines) = told(&case, &["--fasta", "genome.fa", "--vcf", "packed.vcf.gz"]);
    assert_eq!((warning.as_str(), lines.len()), ("", POSITIONS.len()));
}

#[test]
fn an_index_older_than_its_vcf() {
    let case = Case::new();
    case.scored(&["-o", "out/packed.vcf.gz"]);
    let index = fs::File::options().write(true).open(case.world.path("out/packed.vcf.gz.tbi")).unwrap();
    index.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
    let region = ["--fasta", "genome.fa", "--vcf", "out/packed.vcf.gz", "--model-name", "again", "-r", "chr1:60"];
    let (warning, lines) = told(&case, &region);
    assert_snapshot!(warning, @"warning: the index out/packed.vcf.gz.tbi is older than its VCF; rebuild it");
    assert_eq!(lines.len(), 1);
}

#[test]
fn a_genome_without_index() {
    let case = Case::new();
    let expected = told(&case, &["--fasta", "genome.fa", "--vcf", "variants.vcf"]);
    assert_eq!(expected.0, "");
    assert!(case.world.path("genome.fa.fai").exists(), "it is made where there is none");
    case.world.write("packed.fa.gz", pack(case.world.read("genome.fa").as_bytes(), 100));
    for _with_and_without in 0..2 {
        assert_eq!(told(&case, &["--fasta", "packed.fa.gz", "--vcf", "variants.vcf"]), expected);
    }
    // The index of a genome that was since replaced leads to other bases.
    let old = case.world.read("genome.fa.fai");
    case.world.write("genome.fa", format!(">chr1 longer than before\n{}\n", genome()));
    case.world.write("genome.fa.fai", old);
    let sentence = case.refused(&mut case.command());
    assert_snapshot!(sentence, @"genome.fa.fai does not fit genome.fa (the file goes on after the last contig); delete the index, and it is rebuilt");
}

#[test]
fn a_genome_that_is_gzipped_but_not_bgzipped() {
    use std::io::Write as _;
    let case = Case::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(case.world.read("genome.fa").as_bytes()).unwrap();
    fs::remove_file(case.world.path("genome.fa")).unwrap();
    case.world.write("genome.fa", gzip.finish().unwrap());
    assert_snapshot!(case.refused(&[]), @"genome.fa is plain gzip, which allows no random access; re-compress it with bgzip");
}

#[test]
fn records_that_are_not_sorted_need_no_index() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &[70, 50, 60].map(snv).concat()));
    let (warning, lines) = told(&case, &["--fasta", "genome.fa", "--vcf", "variants.vcf"]);
    assert_eq!((warning.as_str(), lines.len()), ("", 3));
}
