//! `cargo xtask demo`: from a fresh checkout to the first scores and the first picture.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use crate::cargo::Cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::onnxruntime;
use crate::process;
use crate::report;

/// How many scored records are shown.
const SHOWN_RECORDS: usize = 3;

/// Scores the variants of the example; the output follows.
const SCORE: &str = "score-variants examples/motif-cnn --vcf examples/motif-cnn/variants.vcf \
                     --fasta examples/motif-cnn/genome.fa -o";

/// Maps and draws the window of a variant that breaks a site; the output follows.
const MAP: &str = "mutation-map examples/motif-cnn --fasta examples/motif-cnn/genome.fa --regions synth1:606-805 \
                   --scores diff --tasks CTCF -o";

/// Fetches, builds, scores and shows the beginning of the result; then draws what every substitution would do.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    onnxruntime::provide(layout)?;
    Cargo::with_tools(layout)?.run(&[
        "build",
        "--release",
        "--package=kipos-cli",
        "--package=kipos-plugin-scorers",
        "--package=kipos-plugin-onnx",
    ])?;

    let results = layout.target.join("demo");
    fs::create_dir_all(&results).map_err(Error::file("create", &results))?;
    let [scores, picture] = ["scored.vcf", "map.svg"].map(|name| results.join(name));
    kipos(layout, SCORE, &scores)?;
    kipos(layout, MAP, &picture)?;

    let file = File::open(&scores).map_err(Error::file("read", &scores))?;
    let (scored, first) = scored_records(BufReader::new(file)).map_err(Error::file("read", &scores))?;
    if scored == 0 {
        return Err(Error::NoScoredRecord { output: scores });
    }
    report::line(format_args!("\nscored records (KV_... in INFO): {scored}; the first of them:"));
    for record in first {
        report::line(record);
    }
    report::line(format_args!("\nscores:       {}", layout.shown(&scores).display()));
    report::line(format_args!("mutation map: {}", layout.shown(&picture).display()));
    Ok(())
}

/// Runs the kipos that was built, in the root of the checkout, with words and then an output.
fn kipos(layout: &Layout, words: &str, output: &Path) -> Result<(), Error> {
    let kipos = layout.target.join("release").join("kipos");
    let mut arguments: Vec<OsString> = words.split_whitespace().map(OsString::from).collect();
    arguments.push(layout.shown(output).into());
    process::run(
        Command::new(&kipos).args(&arguments).current_dir(&layout.root),
        &process::spelled(layout.shown(&kipos).as_os_str(), &arguments),
    )
}

/// The number of records with a score, and the first of them.
fn scored_records(vcf: impl BufRead) -> std::io::Result<(usize, Vec<String>)> {
    let mut count = 0;
    let mut first = Vec::new();
    for line in vcf.lines() {
        let line = line?;
        if line.starts_with('#') || !line.contains("KV_") {
            continue;
        }
        count += 1;
        if first.len() < SHOWN_RECORDS {
            first.push(line);
        }
    }
    Ok((count, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_unscored_records_are_passed_over() {
        let vcf = "##INFO=<ID=KV_diff>\n#CHROM\nc\t1\t.\nc\t2\tKV_a\nc\t3\tKV_b\n\
                   c\t4\tKV_c\nc\t5\tKV_d\n";
        let (count, first) = scored_records(vcf.as_bytes()).unwrap();
        assert_eq!(count, 4);
        assert_eq!(first, ["c\t2\tKV_a", "c\t3\tKV_b", "c\t4\tKV_c"]);
    }
}
