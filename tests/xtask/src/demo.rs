//! `cargo xtask demo`: from a fresh checkout to the first scores.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Command;

use crate::cargo;
use crate::error::Error;
use crate::layout::Layout;
use crate::onnxruntime;
use crate::process;
use crate::report;

/// How many scored records are shown.
const SHOWN_RECORDS: usize = 3;

/// Fetches, builds, scores and shows the beginning of the result.
pub(crate) fn run(layout: &Layout) -> Result<(), Error> {
    onnxruntime::provide(layout)?;
    cargo::run(
        layout,
        &["build", "--release", "--package=kipos-cli", "--package=kipos-plugin-scorers", "--package=kipos-plugin-onnx"],
    )?;

    let results = layout.target.join("demo");
    fs::create_dir_all(&results).map_err(Error::file("create", &results))?;
    let output = results.join("scored.vcf");
    score_example(layout, &output)?;

    let file = File::open(&output).map_err(Error::file("read", &output))?;
    let (scored, first) = scored_records(BufReader::new(file)).map_err(Error::file("read", &output))?;
    if scored == 0 {
        return Err(Error::NoScoredRecord { output });
    }
    let output = layout.shown(&output).display();
    report::line(format_args!("\nrecords of {output} with scores (KV_... in INFO): {scored}; the first of them:"));
    for record in first {
        report::line(record);
    }
    Ok(())
}

fn score_example(layout: &Layout, output: &Path) -> Result<(), Error> {
    let kipos = layout.target.join("release").join("kipos");
    let example = Path::new("examples").join("motif-cnn");
    let arguments = [
        OsStr::new("score-variants"),
        example.as_os_str(),
        OsStr::new("--vcf"),
        example.join("variants.vcf").as_os_str(),
        OsStr::new("--fasta"),
        example.join("genome.fa").as_os_str(),
        OsStr::new("-o"),
        layout.shown(output).as_os_str(),
    ]
    .map(OsStr::to_owned);
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
