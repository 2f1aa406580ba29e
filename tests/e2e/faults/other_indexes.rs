//! Indexes that were made of another VCF than the one that they lie beside, newer or older than it.

use std::fs;
use std::time::{Duration, SystemTime};

use kipos_tests::Outcome;

use crate::case::{Case, snv, vcf};
use crate::htslib;

/// A case with the bgzipped file `v.vcf.gz` or BCF `v.bcf` of these records in the directory `out`, and its index.
fn indexed(name: &str, positions: &[usize]) -> Case {
    let case = Case::new();
    case.world.write(
        "variants.vcf",
        vcf("##contig=<ID=chr1,length=400>\n", &positions.iter().copied().map(snv).collect::<String>()),
    );
    let outcome =
        case.world.run(&format!("score-variants model --vcf variants.vcf --fasta genome.fa -o out/{name}"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    case
}

fn within(case: &Case, name: &str) -> Outcome {
    let command = format!("score-variants model --vcf out/{name} --fasta genome.fa --model-name m -r chr1:60-80 -o -");
    case.world.run(&command, &[])
}

#[test]
fn the_error_names_the_index() {
    let few = [60, 70];
    let many: Vec<usize> = (10..390).collect();
    for (name, extension, maker) in [("v.vcf.gz", "tbi", "tabix -f -p vcf"), ("v.bcf", "csi", "bcftools index -f")] {
        for (own, others) in [(&few[..], &many[..]), (&many, &few), (&many[..100], &many[..99]), (&few, &[])] {
            let (case, other) = (indexed(name, own), indexed(name, others));
            let index = format!("out/{name}.{extension}");
            assert_eq!(within(&case, name).code, 0, "with its own index");
            fs::copy(other.world.path(&index), case.world.path(&index)).unwrap();
            let expected = format!(
                "error: the index {index} does not match out/{name}: it ends at another place; rebuild it with \
                 `{maker} out/{name}`\n"
            );
            for hours in [-1_i64, 1] {
                let file = fs::File::options().write(true).open(case.world.path(&index)).unwrap();
                let distance = Duration::from_hours(hours.unsigned_abs());
                let now = SystemTime::now();
                file.set_modified(if hours < 0 { now - distance } else { now + distance }).unwrap();
                let outcome = within(&case, name);
                assert_eq!((outcome.code, outcome.stderr.as_str()), (1, expected.as_str()), "{outcome:?}");
                assert!(!outcome.stdout.contains("\nchr1\t"), "{outcome:?}");
            }
        }
    }
}

#[test]
fn indexes_of_other_programs_are_taken() {
    for (name, commands) in [
        ("v.vcf.gz", &["index -f -t", "index -f -c", "index -f -c -m 10"][..]),
        ("v.bcf", &["index -f", "index -f -m 10"]),
    ] {
        let case = indexed(name, &(10..390).collect::<Vec<_>>());
        for command in commands {
            for extension in ["tbi", "csi"] {
                // It may be that there is none.
                drop(fs::remove_file(case.world.path(&format!("out/{name}.{extension}"))));
            }
            let file = format!("out/{name}");
            let args: Vec<_> = command.split(' ').chain([file.as_str()]).collect();
            if htslib::run(&case.world, "bcftools", &args).is_none() {
                return;
            }
            let outcome = within(&case, name);
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert!(!outcome.stderr.contains("warning: all of"), "{outcome:?}");
            assert_eq!(outcome.stdout.matches("\nchr1\t").count(), 21, "{outcome:?}");
        }
    }
}
