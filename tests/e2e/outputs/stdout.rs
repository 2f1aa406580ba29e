//! VCFs on standard output.

use std::io::Read as _;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use kipos_tests::{Outcome, no_internal_error, output};

use crate::bgzip::unpack;
use crate::case::{Case, snv, vcf};

/// `kipos score-variants` on the case, writing to standard output.
fn command(case: &Case) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "-"]);
    command
}

#[test]
fn nothing_but_the_vcf_is_printed() {
    let case = Case::new();
    let expected = case.scored(&[]);
    let Output { status, stdout, stderr } = output(&mut command(&case));
    assert!(status.success());
    assert_eq!(String::from_utf8(stdout).unwrap(), expected);
    assert!(String::from_utf8(stderr).unwrap().starts_with("scored 3 of 3 alleles"));

    let plain = output(command(&case).args(["-O", "v"]));
    assert_eq!(String::from_utf8(plain.stdout).unwrap(), expected);
    let compressed = output(command(&case).args(["-O", "z"]));
    assert_eq!(unpack(&compressed.stdout), expected);

    let kipoi = "postproc score_variants model -i variants.vcf --dataloader_args fasta_file=genome.fa -o";
    let outcome = case.world.run(kipoi, &["-"]);
    assert!(outcome.stdout.contains("\tKV:dir:model:DIFF="), "{outcome:?}");
    assert!(!case.world.path("-").exists());
}

#[test]
fn a_format_for_no_stream_is_typed_wrongly() {
    let case = Case::new();
    let outcome = case.run(&["-O", "z"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert_snapshot!(outcome.stderr.trim_end(), @"error: -O applies to standard output only; add `-o -`, or drop -O (file names set the format)");
    assert_eq!(case.run(&["-O", "b"]).code, 2);
    assert_eq!(case.outputs(), [""; 0]);
}

/// A case with so many records that no pipe holds them all.
fn many() -> Case {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(20..380).map(snv).collect::<String>().repeat(100)));
    case
}

/// Runs a command whose output is closed after its first bytes: its exit code and stderr.
fn closed_early(command: &mut Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 20]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    no_internal_error(&output);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let case = many();
    for kind in ["v", "z"] {
        assert_eq!(closed_early(command(&case).args(["-O", kind])), (Some(0), String::new()));
    }
}

#[test]
fn other_outputs_are_completed_when_the_pipe_is_closed() {
    let case = many();
    let (code, stderr) = closed_early(command(&case).args(["-o", "out/scores.tsv"]));
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.starts_with("scored 36000 of 36000 alleles"), "{stderr}");
    assert_eq!(case.world.read("out/scores.tsv").lines().count(), 36_001);
}

#[test]
fn a_run_that_fails_leaves_a_stream_without_end_marker() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &format!("{}chr1\t60\n", snv(50))));
    let output = output(command(&case).args(["-O", "z"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stdout.ends_with(&[0; 8]), "an end marker makes a cut stream look complete");
}

/// What a command that is called by a line of shell leaves; the command is `$0`.
#[cfg(unix)]
fn by(case: &Case, line: &str, command: &Command) -> Output {
    output(case.world.kipos_by(line).arg(command.get_program()).args(command.get_args()))
}

#[cfg(unix)]
#[test]
fn a_closed_standard_output_is_an_error() {
    let case = Case::new();
    let closed = |command: &Command| {
        let Output { status, stderr, .. } = by(&case, "exec \"$0\" \"$@\" >&-", command);
        assert_eq!(status.code(), Some(1));
        String::from_utf8(stderr).unwrap()
    };
    assert_snapshot!(closed(&command(&case)).trim_end(), @"error: cannot write standard output: it is closed; redirect it to a file or a pipe");
    let mut both = command(&case);
    assert!(closed(both.args(["-o", "out/scores.tsv"])).contains("it is closed"));
    assert_eq!(case.outputs(), [""; 0]);
    let mut listing = case.world.kipos();
    assert_snapshot!(closed(listing.args(["model", "ls", "."])).trim_end(), @"error: standard output is closed");
    // Whoever throws the output away has one.
    let thrown_away = by(&case, "exec \"$0\" \"$@\" >/dev/null", &command(&case));
    assert!(thrown_away.status.success(), "{thrown_away:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_name_of_standard_output_is_standard_output() {
    let case = Case::new();
    let expected = case.scored(&[]);
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "/dev/stdout"]);
    let piped = output(&mut command);
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), expected);
    // A file that is appended to keeps what it has.
    case.world.write("out/all", "before\n");
    let appended = by(&case, "exec \"$0\" \"$@\" >>out/all", &command);
    assert!(appended.status.success(), "{appended:?}");
    assert_eq!(case.world.read("out/all"), format!("before\n{expected}"));
}

#[cfg(unix)]
#[test]
fn a_named_pipe_whose_reader_leaves_stops_the_run_and_nothing_is_written() {
    let case = many();
    assert!(Command::new("mkfifo").arg(case.world.path("pipe")).status().unwrap().success());
    let reader = case.world.kipos_by("head -c 20 pipe >/dev/null").spawn();
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa"]);
    let outcome = Outcome::from(command.args(["-o", "pipe", "-o", "out/scores.tsv"]).output().unwrap());
    reader.unwrap().wait().unwrap();
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(outcome.stderr.trim_end(), @"error: cannot write pipe; what was written so far is discarded: Broken pipe (os error 32)");
    assert_eq!(case.outputs(), [""; 0]);
}
