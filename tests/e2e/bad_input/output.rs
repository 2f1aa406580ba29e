//! Outputs that cannot be written.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;

use crate::case::{Case, snv, vcf};

/// `kipos score-variants` on a case, writing to `output`.
fn writing_to(case: &Case, output: &str) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", output]);
    command
}

#[test]
fn the_directory_is_absent() {
    let case = Case::new();
    assert_snapshot!(case.refused(&mut writing_to(&case, "absent/scored.vcf")), @"cannot write absent/scored.vcf: the directory absent does not exist; create it first");
    assert!(!case.world.path("absent").exists());
}

#[test]
fn the_output_is_a_directory() {
    let case = Case::new();
    assert_snapshot!(case.refused(&mut writing_to(&case, "out")), @"cannot write out: it is a directory; name a file in it");
    assert_snapshot!(case.refused(&mut writing_to(&case, "out/")), @"cannot write out/: it is a directory; name a file in it");
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn the_output_is_an_input() {
    let case = Case::new();
    fs::hard_link(case.world.path("variants.vcf"), case.world.path("same.vcf")).unwrap();
    assert_snapshot!(case.misused(&mut writing_to(&case, "variants.vcf")), @"the output variants.vcf is the same file as variants.vcf, which the run reads; choose another name");
    assert_snapshot!(case.misused(&mut writing_to(&case, "same.vcf")), @"the output same.vcf is the same file as variants.vcf, which the run reads; choose another name");
    assert!(case.scored(&[]).contains("KV_model_DIFF="), "nothing was harmed");
}

#[test]
#[cfg(unix)]
fn who_may_read_an_output_stays() {
    use std::os::unix::fs::PermissionsExt;
    let case = Case::new();
    let old = case.world.write("out/scored.vcf", "old");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    case.scored(&[]);
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
#[cfg(unix)]
fn a_link_to_nothing_is_followed() {
    let case = Case::new();
    let expected = case.scored(&[]);
    std::os::unix::fs::symlink("made.vcf", case.world.path("out/link.vcf")).unwrap();
    let outcome = kipos_tests::Outcome::from(writing_to(&case, "out/link.vcf").output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(case.world.read("out/made.vcf"), expected);
    assert!(fs::symlink_metadata(case.world.path("out/link.vcf")).unwrap().is_symlink());
}

#[test]
#[cfg(target_os = "linux")]
fn the_longest_name_that_the_system_takes() {
    let case = Case::new();
    let expected = case.scored(&[]);
    for length in [240, 255] {
        let name = format!("{}.vcf", "n".repeat(length - 4));
        let outcome = kipos_tests::Outcome::from(writing_to(&case, &format!("out/{name}")).output().unwrap());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(case.world.read(&format!("out/{name}")), expected);
    }
    // The index would have a longer one.
    let name = format!("out/{}.vcf.gz", "n".repeat(248));
    let outcome = kipos_tests::Outcome::from(writing_to(&case, &name).output().unwrap());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains(&format!("warning: {name} has no index: its name would be too long")));
    let name = format!("out/{}.vcf", "n".repeat(252));
    let expected = format!("cannot create {name}; may its directory be written to?: File name too long (os error 36)");
    assert_eq!(case.refused(&mut writing_to(&case, &name)), expected);
}

#[test]
#[cfg(unix)]
fn writing_fails_half_way() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(20..380).map(snv).collect::<String>().repeat(20)));
    // A file of more than 64 blocks of 512 or 1024 bytes; the signal of the system for it may be ignored already.
    let limited = |trap: &str, output: &str| {
        let command = case.command();
        let mut shell = case.world.kipos_by(&format!("{trap} ulimit -f 64; exec \"$0\" \"$@\""));
        shell.arg(command.get_program()).args(command.get_args().take(6)).args(["-o", output]);
        shell
    };
    assert_snapshot!(case.refused(&mut limited("trap '' XFSZ;", "out/scored.vcf")), @"cannot write out/scored.vcf; what was written so far is discarded: File too large (os error 27)");

    case.world.write("out/scored.vcf", "from an earlier run\n");
    for trap in ["trap '' XFSZ;", ""] {
        for name in ["scored.vcf", "scored.tsv"] {
            let sentence = case.refused(&mut limited(trap, &format!("out/{name}")));
            assert!(sentence.ends_with("File too large (os error 27)"), "{sentence}");
        }
    }
    assert_eq!(case.outputs(), ["scored.vcf"], "only the earlier file is there");
    assert_eq!(case.world.read("out/scored.vcf"), "from an earlier run\n");
}

#[test]
fn a_run_that_fails_leaves_the_earlier_output_alone() {
    let case = Case::new();
    let earlier = case.scored(&[]);
    case.world.write("variants.vcf", vcf("", &format!("{}chr1\t60\n", snv(50))));
    case.refused(&mut case.command());
    assert_eq!(case.outputs(), ["scored.vcf"]);
    assert_eq!(case.world.read("out/scored.vcf"), earlier);
}

#[test]
fn values_of_an_earlier_run_that_must_stay() {
    let case = Case::new();
    let scored = case.scored(&[]);
    case.world.write("variants.vcf", scored);
    fs::remove_file(case.world.path("out/scored.vcf")).unwrap();
    assert_snapshot!(case.refused(&["--on-existing", "error"]), @"cannot write out/scored.vcf: the input's header declares KV_model_DIFF already; choose --on-existing replace or another --model-name");
}

#[test]
fn undeclared_values_of_an_earlier_run_that_must_stay() {
    let case = Case::new();
    let record = snv(60).replace("\t.\n", "\tKV_model_DIFF=1\n");
    case.world.write("variants.vcf", vcf("", &(snv(50) + &record)));
    assert_snapshot!(case.refused(&["--on-existing", "error"]), @"cannot write out/scored.vcf: line 4 of the input has KV_model_DIFF already; choose --on-existing replace or another --model-name");
}
