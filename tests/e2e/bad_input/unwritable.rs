//! Places that cannot be written to, for every format.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;

use crate::case::{Case, snv, vcf};

const FORMATS: [&str; 7] = ["vcf", "vcf.gz", "bcf", "tsv", "tsv.gz", "parquet", "vcf.bgz"];

/// `kipos score-variants` on a case, writing to `outputs`.
fn writing(case: &Case, outputs: &[&str]) -> Command {
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa"]);
    command.args(outputs.iter().flat_map(|output| ["-o", output]));
    command
}

#[test]
fn a_directory_that_is_absent() {
    let case = Case::new();
    for format in FORMATS {
        let name = format!("absent/scored.{format}");
        let expected = format!("cannot write {name}: the directory absent does not exist; create it first");
        assert_eq!(case.refused(&mut writing(&case, &[&name])), expected);
        // As a further output it spoils the others, which are complete or not there.
        assert_eq!(case.refused(&mut writing(&case, &["out/good.vcf", &name])), expected);
    }
    let mut kipoi = case.world.kipos();
    kipoi.args(["postproc", "score_variants", "model", "--dataloader_args", "fasta_file=genome.fa"]);
    kipoi.args(["-i", "variants.vcf", "-o", "absent/scored.vcf"]);
    assert_snapshot!(case.refused(&mut kipoi), @"cannot write absent/scored.vcf: the directory absent does not exist; create it first");
    assert!(!case.world.path("absent").exists());
}

#[test]
fn a_file_where_a_directory_should_be() {
    let case = Case::new();
    assert_snapshot!(case.refused(&mut writing(&case, &["genome.fa/scored.vcf"])), @"cannot write genome.fa/scored.vcf: the directory genome.fa does not exist; create it first");
}

#[test]
fn a_directory_where_an_index_should_be() {
    let case = Case::new();
    for (name, index) in [("scored.vcf.gz", "scored.vcf.gz.tbi"), ("scored.bcf", "scored.bcf.csi")] {
        fs::create_dir(case.world.path(index)).unwrap();
        let expected = format!("cannot write {index}: it is a directory; name a file in it");
        assert_eq!(case.refused(&mut writing(&case, &["out/good.vcf", name])), expected);
        assert!(!case.world.path(name).exists());
    }
}

/// Directories in which this process may make no file, whoever it runs as.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_may_not_be_written_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let case = Case::new();
    fs::create_dir(case.world.path("locked")).unwrap();
    fs::set_permissions(case.world.path("locked"), fs::Permissions::from_mode(0o555)).unwrap();
    let mut directories = vec!["/sys"];
    // The superuser may write into any directory of a common file system.
    if fs::write(case.world.path("locked/probe"), "").is_err() {
        directories.push("locked");
    }
    for directory in directories {
        for format in FORMATS {
            let name = format!("{directory}/scored.{format}");
            let sentence = case.refused(&mut writing(&case, &["out/good.vcf", &name]));
            let expected = format!("cannot create {name}; may its directory be written to?: ");
            assert!(sentence.starts_with(&expected), "{sentence}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", &(20..380).map(snv).collect::<String>()));
    for format in FORMATS {
        let name = format!("full.{format}");
        std::os::unix::fs::symlink("/dev/full", case.world.path(&name)).unwrap();
        let sentence = case.refused(&mut writing(&case, &["out/good.vcf", "out/good.vcf.gz", &name]));
        let reason = "what was written so far is discarded: No space left on device (os error 28)";
        assert_eq!(sentence, format!("cannot write {name}; {reason}"));
    }
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for kind in ["v", "z", "b", "u"] {
        let mut command = writing(&case, &["out/good.vcf", "-"]);
        let sentence = case.refused(command.args(["-O", kind]).stdout(full()));
        assert_eq!(
            sentence,
            "cannot write standard output; what was written so far is discarded: No space left on device (os error 28)"
        );
    }
}
