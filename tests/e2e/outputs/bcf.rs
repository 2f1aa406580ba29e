//! BCF out.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::World;

use crate::annotated::records;
use crate::bgzip::unpack_bytes;
use crate::case::{Case, snv, vcf};
use crate::dna::{bases, fasta, others};
use crate::htslib;
use crate::stub_model::StubModel;

const META: &str = "##FILTER=<ID=q10,Description=\"Low, \\\"quoted\\\"\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency\">\n\
    ##INFO=<ID=DB,Number=0,Type=Flag,Description=\"Known\">\n\
    ##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">\n\
    ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">\n\
    ##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Filter\">\n";

/// What columns from ID on may look like for a record with one ALT, and with two.
const ONE: [&str; 4] = [
    "29.5\tPASS\tDP=128;AF=0.1;DB\tGT:AD:PL:FT\t0/1:3,300:70000,0,9:low\t1|0:.:.:.",
    ".\t.\t.\tGT\t.\t./.",
    "1e-07\tq10\tAF=.;CSQ=x,y|z\tAD:GT\t3,.:0\t.:1",
    "100\tPASS\tDP=.\t.\t.\t.",
];
const TWO: &str = "7\tPASS\tDP=-5;AF=0.25,1e-10\tGT:AD\t0/2:1,2,3\t1/2/.:7,8,9";

/// A world with 64 contigs and a cohort of two samples in `in.vcf`.
fn cohort() -> World {
    let world = World::new();
    StubModel { tasks: &["one", "two"], ..StubModel::default() }.write(&world, "model");
    let contigs: Vec<_> = (1..=64).map(|number| (format!("chr{number}"), bases(200, number))).collect();
    let named: Vec<_> = contigs.iter().map(|(name, bases)| (name.as_str(), bases.as_slice())).collect();
    world.write("genome.fa", fasta(&named));
    let declared = contigs.iter().map(|(name, bases)| format!("##contig=<ID={name},length={}>\n", bases.len()));
    let mut text = format!("##fileformat=VCFv4.2\n{}{META}", declared.collect::<String>());
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";
    for (contig, bases) in &contigs {
        for (pos, rest) in (5..).step_by(40).zip(ONE.into_iter().chain([TWO])) {
            let reference = char::from(bases[pos - 1]);
            let others: Vec<_> = others(bases[pos - 1]).into_iter().map(|base| char::from(base).to_string()).collect();
            let alternates = others[..if rest == TWO { 2 } else { 1 }].join(",");
            text += &format!("{contig}\t{pos}\trs{pos};x\t{reference}\t{alternates}\t{rest}\n");
        }
    }
    world.write("in.vcf", text);
    world
}

fn run(world: &World, input: &str, outputs: &[&str]) {
    let outputs: Vec<_> = outputs.iter().flat_map(|output| ["-o", output]).collect();
    let outcome = world.run(&format!("score-variants model --fasta genome.fa --vcf {input}"), &outputs);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!outcome.stderr.contains("no index"), "{outcome:?}");
}

fn lines(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn what_is_written_as_bcf_is_read_as_text() {
    let world = cohort();
    run(&world, "in.vcf", &["out.vcf", "out.bcf"]);
    // Scored again, from either, the values of the first run are replaced by the same.
    run(&world, "out.bcf", &["again.vcf", "again.bcf"]);
    let (text, again) = (world.read("out.vcf"), world.read("again.vcf"));
    assert_eq!(lines(&text), lines(&again));
    assert_eq!(records(&text).len(), 320);
    let bcf = |name: &str| fs::read(world.path(name)).unwrap();
    assert!(bcf("out.bcf") == bcf("again.bcf"));
    assert!(unpack_bytes(&bcf("out.bcf")).starts_with(b"BCF\x02\x02"));
}

#[test]
fn bcftools_finds_the_same_values() {
    let world = cohort();
    let bcftools = |args: &[&str]| htslib::run(&world, "bcftools", args);
    if bcftools(&["view", "-Ob", "-o", "in.bcf", "in.vcf"]).is_none() {
        return;
    }
    run(&world, "in.vcf", &["text.vcf", "text.bcf"]);
    run(&world, "in.bcf", &["binary.vcf", "binary.bcf"]);
    let view = |name: &str| bcftools(&["view", "--no-version", "-H", name]).unwrap();
    let expected = view("text.vcf");
    assert_eq!(lines(&expected).len(), 320);
    for name in ["text.bcf", "binary.vcf", "binary.bcf"] {
        assert!(view(name) == expected, "{name}");
    }
    let split = |name: &str| bcftools(&["norm", "--no-version", "-m-", name]).unwrap();
    assert_eq!(lines(&split("binary.bcf")), lines(&split("text.vcf")));
    let query = |name: &str| bcftools(&["query", "-f", "%CHROM %POS %KV_model_DIFF[ %GT]\n", name]).unwrap();
    assert_eq!(query("binary.bcf"), query("text.vcf"));
    let filter = |name: &str| bcftools(&["filter", "--no-version", "-i", "KV_model_DIFF_MAXABS>0", name]).unwrap();
    assert_eq!(lines(&filter("binary.bcf")), lines(&filter("text.vcf")));
    // Through our index.
    for region in ["chr64", "chr10:45-85", "chr2:1-4", "chr1:165"] {
        let inside = bcftools(&["view", "--no-version", "-H", "binary.bcf", region]).unwrap();
        let expected = bcftools(&["view", "--no-version", "-H", "-t", region, "text.vcf"]).unwrap();
        assert_eq!(inside, expected, "{region}");
    }
    // And through an index of its own.
    bcftools(&["index", "in.bcf"]).unwrap();
    let part = world.run("score-variants model --fasta genome.fa --vcf in.bcf -r chr10:45-85,chr64 -o part.vcf", &[]);
    assert!(part.code == 0 && !part.stderr.contains("warning"), "{part:?}");
    let expected = bcftools(&["view", "--no-version", "-H", "binary.bcf", "chr10:45-85", "chr64"]).unwrap();
    assert_eq!(bcftools(&["view", "--no-version", "-H", "part.vcf"]).unwrap(), expected);
    assert_eq!(lines(&expected).len(), 7);
    let counts = bcftools(&["index", "-s", "binary.bcf"]).unwrap();
    assert_eq!(counts.lines().filter(|line| line.ends_with("\t200\t5")).count(), 64, "{counts}");
}

#[test]
fn keys_of_kipoi_survive() {
    let case = Case::new();
    let kipoi = "postproc score_variants model -i variants.vcf --dataloader_args fasta_file=genome.fa -o out/kipoi.bcf";
    let outcome = case.world.run(kipoi, &["--extra_output", "out/kipoi.vcf"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // A run of the same model would remove them.
    for (input, output) in [("out/kipoi.bcf", "out/bcf.vcf"), ("out/kipoi.vcf", "out/text.vcf")] {
        let other = "score-variants model --model-name other --fasta genome.fa --vcf";
        let outcome = case.world.run(other, &[input, "-o", output]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    let (from_bcf, from_text) = (case.world.read("out/bcf.vcf"), case.world.read("out/text.vcf"));
    assert!(from_bcf.contains("\tKV:dir:model:DIFF="), "{from_bcf}");
    assert_eq!(lines(&from_bcf), lines(&from_text));
}

#[test]
fn standard_output_is_bcf_if_asked() {
    let case = Case::new();
    case.scored(&["-o", "out/scored.bcf"]);
    let expected = unpack_bytes(&fs::read(case.world.path("out/scored.bcf")).unwrap());
    let piped = |kind: &str| {
        let mut command = case.world.kipos();
        command.args([
            "score-variants",
            "model",
            "--vcf",
            "variants.vcf",
            "--fasta",
            "genome.fa",
            "-o",
            "-",
            "-O",
            kind,
        ]);
        let output = kipos_tests::output(&mut command);
        assert!(output.status.success());
        output.stdout
    };
    assert!(piped("u") == expected);
    assert!(unpack_bytes(&piped("b")) == expected);
}

#[test]
fn line_ends_of_windows_do_not_matter() {
    let case = Case::new();
    case.scored(&["-o", "out/unix.bcf"]);
    let text = case.world.read("variants.vcf").replace('\n', "\r\n");
    case.world.write("variants.vcf", text);
    case.scored(&["-o", "out/windows.bcf"]);
    let bcf = |name: &str| fs::read(case.world.path(name)).unwrap();
    assert!(bcf("out/unix.bcf") == bcf("out/windows.bcf"));
}

#[test]
fn a_bcf_without_records_is_complete() {
    let case = Case::new();
    case.world.write("variants.vcf", vcf("", ""));
    case.scored(&["-o", "out/scored.bcf"]);
    assert!(case.world.path("out/scored.bcf.csi").exists());
    run(&case.world, "out/scored.bcf", &["out/again.vcf"]);
    assert_eq!(lines(&case.world.read("out/again.vcf")), [""; 0]);
    if let Some(viewed) = htslib::run(&case.world, "bcftools", &["view", "-H", "out/scored.bcf", "chr1"]) {
        assert_eq!(viewed, "");
    }
}

#[test]
fn what_the_header_lacks_is_declared_from_the_first_records() {
    let case = Case::new();
    let info = snv(50).replace("\t.\t.\t.\n", "\t.\tlow\tX=1,2;Y=a;Z;W=0.5\n");
    case.world.write("variants.vcf", vcf("", &(info + &snv(60))));
    case.scored(&["-o", "out/scored.bcf"]);
    let view = ["view", "--no-version", "out/scored.bcf"];
    let Some(viewed) = htslib::run(&case.world, "bcftools", &view) else { return };
    let declared = |id: &str| {
        let line = viewed.lines().find(|line| line.contains(&format!("<ID={id},"))).unwrap();
        line.split_once(",Description").unwrap().0.to_owned()
    };
    assert_eq!(
        ["low", "W", "X", "Y", "Z"].map(declared),
        [
            "##FILTER=<ID=low",
            "##INFO=<ID=W,Number=1,Type=Float",
            "##INFO=<ID=X,Number=.,Type=Integer",
            "##INFO=<ID=Y,Number=1,Type=String",
            "##INFO=<ID=Z,Number=0,Type=Flag",
        ]
    );
    assert!(viewed.contains("\tlow\tX=1,2;Y=a;Z;W=0.5;KV_model_DIFF="), "{viewed}");
}

#[test]
fn what_comes_too_late_is_refused() {
    let case = Case::new();
    let late = snv(60).replace("\t.\n", "\tLATE=1\n");
    case.world.write("variants.vcf", vcf("", &(snv(50).repeat(10_000) + &late)));
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "out/scored.bcf"]);
    assert_snapshot!(case.refused(&mut command), @"cannot write out/scored.bcf: line 10003 of the input has INFO key LATE, which neither its header declares nor its first records have; declare it or write .vcf.gz, which takes any record");
}

#[test]
fn whatever_comes_too_late_is_refused() {
    let refused = |columns: &str, late: &str| {
        let case = Case::new();
        let early = snv(50).trim_end().to_owned() + columns + "\n";
        let header = vcf("##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n", "");
        let header = if columns.is_empty() { header } else { header.replace("\tINFO\n", "\tINFO\tFORMAT\tNA1\n") };
        case.world.write("variants.vcf", header + &early.repeat(10_000) + late);
        let mut command = case.world.kipos();
        command.args([
            "score-variants",
            "model",
            "--vcf",
            "variants.vcf",
            "--fasta",
            "genome.fa",
            "-o",
            "out/scored.bcf",
        ]);
        case.refused(&mut command)
    };
    assert_snapshot!(refused("", &snv(60).replace("\t.\t.\t.\n", "\t.\tlow\t.\n")), @"cannot write out/scored.bcf: line 10004 of the input has filter low, which neither its header declares nor its first records have; declare it or write .vcf.gz, which takes any record");
    assert_snapshot!(refused("", &snv(60).replace("chr1", "chr7")), @"cannot write out/scored.bcf: line 10004 of the input has contig chr7, which neither its header declares nor its first records have; declare it or write .vcf.gz, which takes any record");
    assert_snapshot!(refused("\tGT\t0/1", &(snv(60).trim_end().to_owned() + "\tGT:LATE\t0/1:3\n")), @"cannot write out/scored.bcf: line 10004 of the input has FORMAT key LATE, which neither its header declares nor its first records have; declare it or write .vcf.gz, which takes any record");
}

#[test]
fn unsorted_records_get_no_index_and_a_warning() {
    let case = Case::new();
    case.world.write("out/scored.bcf.csi", "from an earlier run");
    case.world.write("variants.vcf", vcf("", &[60, 50].map(snv).concat()));
    let outcome = case.run(&["-o", "out/scored.bcf"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let warning = outcome.stderr.lines().next().unwrap();
    assert_eq!(warning, "warning: out/scored.bcf has no index: the records are not sorted by contig and position");
    assert!(!case.world.path("out/scored.bcf.csi").exists());
}
