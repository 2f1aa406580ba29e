//! Records of megabytes, as cohorts have them: memory holds a few of them, whatever the batch.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::case::{Case, POSITIONS, bases, vcf};

/// Bytes of a record.
const WIDTH: usize = 2 << 20;

/// Records of a run: 400 MiB.
const RECORDS: usize = 200;

#[test]
fn memory_does_not_grow_with_the_records() {
    let case = Case::new();
    let mut command = case.world.kipos();
    let arguments =
        "score-variants model --fasta genome.fa --vcf - -o out/scored.vcf.gz -o out/scored.tsv --batch-size 512";
    let mut child = command.args(arguments.split(' ')).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(vcf("", "").as_bytes()).unwrap();
    let info = "x".repeat(WIDTH);
    for record in 0..RECORDS {
        let position = POSITIONS[0] + record;
        let (reference, alternate) = bases(position);
        writeln!(input, "chr1\t{position}\t.\t{reference}\t{alternate}\t.\t.\tNOTE={info}").unwrap();
    }
    // All but what the pipe holds was read, and the process is still there to be asked.
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
    let table = case.world.read("out/scored.tsv");
    assert_eq!(table.lines().count(), 1 + RECORDS);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 300 << 10, "{peak} KiB");
}
