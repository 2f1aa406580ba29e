//! What plugins print to standard output.
#![cfg(unix)]

use std::fs::{self, File};
use std::process::Stdio;

use serde_json::Value as Json;

use crate::case::Case;

/// A case with a scorer that prints whenever it is called.
fn with_printing() -> Case {
    let case = Case::new();
    case.world.install("printing_scorers");
    case
}

#[test]
fn a_vcf_on_standard_output_holds_nothing_that_a_plugin_prints() {
    let case = with_printing();
    let expected = case.scored(&["--scores", "printing"]);
    let command = "score-variants model --vcf variants.vcf --fasta genome.fa --scores printing";
    for output in ["-", "/dev/stdout", "/dev/fd/1"] {
        let outcome = case.world.run(command, &["-o", output]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, expected.as_str()), "{output}: {}", outcome.stderr);
        for line in ["while arguments are listed", "while a scorer is made", "while an allele is scored"] {
            assert!(outcome.stderr.contains(&format!("printed {line}\n")), "{output}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_bgzipped_stream_into_a_file_is_whole() {
    let case = with_printing();
    let expected = case.scored(&["--scores", "printing"]);
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-O", "z", "-o", "-"]);
    command.args(["--scores", "printing"]).stdout(File::create(case.world.path("out.gz")).unwrap());
    let status = command.stderr(Stdio::null()).status();
    assert!(status.unwrap().success());
    assert_eq!(crate::bgzip::unpack(&fs::read(case.world.path("out.gz")).unwrap()), expected);
}

#[test]
fn listings_hold_nothing_that_a_plugin_prints() {
    let case = with_printing();
    for command in ["plugin list --json", "plugin inspect printing --json", "model info model --json"] {
        let outcome = case.world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        serde_json::from_str::<Json>(&outcome.stdout).unwrap_or_else(|error| panic!("{command}: {error}: {outcome:?}"));
        assert!(outcome.stderr.starts_with("printed while arguments are listed\n"), "{command}: {outcome:?}");
    }
    for command in ["plugin list", "plugin inspect printing", "model info model", "--help"] {
        let outcome = case.world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(!outcome.stdout.is_empty() && !outcome.stdout.contains("printed"), "{command}: {outcome:?}");
    }
}
