//! One vocabulary of flags: regions and windows, lists with commas, and what was called otherwise before.

use kipos_tests::{Outcome, World};

use crate::case::Case;

/// Runs a command, which must succeed, in the world of a case.
fn run(case: &Case, args: &str) -> Outcome {
    let outcome = case.world.run(args, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The lines of a file without those of its header.
fn records(world: &World, name: &str) -> Vec<String> {
    world.read(name).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

const SCORE: &str = "score-variants model --vcf variants.vcf --fasta genome.fa";

#[test]
fn old_flags_work_with_a_note() {
    let case = Case::new();
    let note = |args: &str| {
        let stderr = run(&case, args).stderr;
        stderr.lines().next().unwrap_or_default().to_owned()
    };
    let today = run(&case, &format!("{SCORE} --windows centered --regions chr1:60 -o out/today.tsv"));
    assert!(!today.stderr.contains("note:"), "{today:?}");
    insta::assert_snapshot!(note(&format!("{SCORE} --regions centered -r chr1:60 -o out/modes.tsv")), @"note: --regions centered is now --windows centered");
    insta::assert_snapshot!(note(&format!("{SCORE} --region=chr1:60 -o out/regions.tsv")), @"note: --region is now --regions");
    let table = case.world.read("out/today.tsv");
    assert_eq!(table.lines().count(), 2, "{table}");
    assert_eq!([case.world.read("out/modes.tsv"), case.world.read("out/regions.tsv")], [table.clone(), table]);
}

#[test]
fn lists_take_commas() {
    let case = Case::new();
    run(&case, &format!("{SCORE} --scores diff,ref -o out/commas.vcf"));
    run(&case, &format!("{SCORE} --scores diff ref -o out/words.vcf"));
    assert_eq!(records(&case.world, "out/commas.vcf"), records(&case.world, "out/words.vcf"));
    run(&case, &format!("{SCORE} -r chr1:50,chr1:70 -o out/regions.vcf"));
    assert_eq!(records(&case.world, "out/regions.vcf").len(), 2);
    run(&case, &format!("{SCORE} -r chr1:60-1,000 -o out/thousands.vcf"));
    assert_eq!(records(&case.world, "out/thousands.vcf").len(), 2);
    let unknown = case.world.run(&format!("{SCORE} --scores diff,fid -o out/none.vcf"), &[]);
    assert!(unknown.code == 2 && unknown.stderr.contains("`fid`"), "{unknown:?}");
}

#[test]
fn a_model_among_the_values_of_a_list_is_found() {
    let case = Case::new();
    let outcome = case.world.run("score-variants --vcf variants.vcf --fasta genome.fa -o o.vcf -s diff model", &[]);
    assert_eq!(outcome.code, 2);
    let advice = "model was read as a value of -s: put it first, or separate with commas";
    assert!(outcome.stderr.contains("<MODEL>") && outcome.stderr.contains(advice), "{}", outcome.stderr);
}

#[test]
fn maps_of_named_variants_are_those_of_a_vcf() {
    let case = Case::new();
    let (reference, alternate) = crate::case::bases(60);
    let variant = format!("--variant chr1:60:{reference}:{alternate}");
    case.world.write("one.vcf", crate::case::vcf("", &crate::case::snv(60)));
    for (query, name) in [(variant.as_str(), "named"), ("-R one.vcf", "file")] {
        run(&case, &format!("mutation-map model --fasta genome.fa {query} -o out/{name}.h5"));
        run(&case, &format!("track out/{name}.h5 -o out/{name}.bedgraph"));
    }
    let track = records(&case.world, "out/named.bedgraph");
    assert!(track.len() > 1);
    assert_eq!(track, records(&case.world, "out/file.bedgraph"));
}

#[test]
fn regions_are_samples_as_intervals_are() {
    let case = Case::new();
    let both = "chr1\t100\t110\nchr1\t200\t207\nchr1\t0\t400\n";
    case.world.write("in.bed", both);
    for command in ["predict model -m", "gradient model"] {
        let (bed, typed) = ("--intervals in.bed", "--regions chr1:101-110,chr1:201-207 -r chr1");
        let outputs = [bed, typed].map(|samples| {
            let outcome = case.world.run(&format!("{command} --fasta genome.fa {samples} -o out/o.tsv"), &[]);
            (outcome.code, if outcome.code == 0 { case.world.read("out/o.tsv") } else { outcome.stderr })
        });
        assert_eq!(outputs[0], outputs[1]);
    }
    let refused = |args: &str| {
        let outcome = case.world.run(&format!("predict model --fasta genome.fa -o out/n.tsv {args}"), &[]);
        outcome.stderr.lines().next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(refused("--regions chr9:1-10"), @"error: unknown contig in region `chr9:1-10` (the genome has chr1); write CHROM:START-END");
    let beyond = refused("--regions chr1:101-110,chr1:1-3");
    assert!(beyond.starts_with("error: --regions:2: window chr1:-") && beyond.ends_with("--edge pad"), "{beyond}");
    insta::assert_snapshot!(refused("--regions chr1:9 --intervals in.bed"), @"error: the argument '--regions <REGION>' cannot be used with '--intervals <FILE>'");
}

#[test]
fn the_environment_names_the_genome_and_the_zoo() {
    let case = Case::new();
    case.world.write("zoo/group/small/model.yaml", case.world.read("model/model.yaml"));
    case.world.write("zoo/group/small/dataloader.yaml", case.world.read("model/dataloader.yaml"));
    let scored = |args: &str, fasta: &str| {
        let mut command = case.world.kipos();
        command.args(args.split(' ')).env("KIPOS_FASTA", fasta).env("KIPOS_ZOO", case.world.path("zoo"));
        Outcome::from(command.output().unwrap())
    };
    for args in [
        "score-variants group/small --vcf variants.vcf -o out/zoo.tsv",
        "score-variants model --vcf variants.vcf -o out/path.tsv",
    ] {
        let outcome = scored(args, "genome.fa");
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    assert_eq!(case.world.read("out/zoo.tsv"), case.world.read("out/path.tsv"));
    let flag = scored("score-variants model --vcf variants.vcf --fasta genome.fa -o out/flag.tsv", "absent.fa");
    assert_eq!(flag.code, 0, "{flag:?}");
    let absent = scored("score-variants model --vcf variants.vcf -o out/absent.tsv", "absent.fa");
    assert!(absent.code == 1 && absent.stderr.contains("absent.fa"), "{absent:?}");
}
