//! Headers that make a BCF which htslib cannot read: refused before anything is written.

use insta::assert_snapshot;

use crate::case::{Case, snv};
use crate::htslib;

/// A case whose VCF has these further header lines, these columns after INFO, and these texts behind its records.
fn case(meta: &str, columns: &str, samples: &str) -> Case {
    let case = Case::new();
    let records: String = [50, 60].map(|pos| snv(pos).replace('\n', &format!("{samples}\n"))).concat();
    let header = format!("##fileformat=VCFv4.2\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{columns}\n");
    case.world.write("variants.vcf", header + &records);
    case
}

/// What is said of such a VCF; as text it is scored.
fn refused(meta: &str, columns: &str, samples: &str) -> String {
    let case = case(meta, columns, samples);
    let said = case.refused(&["-o", "out/scored.bcf"]);
    let to_pipe = case.world.run("score-variants model --vcf variants.vcf --fasta genome.fa -o - -O u", &[]);
    assert_eq!((to_pipe.code, to_pipe.stdout.as_str()), (1, ""), "{to_pipe:?}");
    assert!(case.scored(&[]).contains(&format!("INFO{columns}\n")));
    said
}

#[test]
fn samples_that_cannot_be_told_apart() {
    assert_snapshot!(refused("", "\tFORMAT\tNA1\tNA2\tNA1", "\tGT\t0/1\t0/0\t1/1"), @"cannot write out/scored.bcf: line 2 of the input names the sample `NA1` twice; correct it or write .vcf.gz, which takes any header");
    assert_snapshot!(refused("", "\tFORMAT", "\tGT"), @"cannot write out/scored.bcf: line 2 of the input has a column FORMAT but no samples; correct it or write .vcf.gz, which takes any header");
    assert_snapshot!(refused("", "\tFORMA\tNA1", "\tGT\t0/1"), @"cannot write out/scored.bcf: line 2 of the input has a column `FORMA` where FORMAT has to be; correct it or write .vcf.gz, which takes any header");
    assert_snapshot!(refused("", "\tFORMAT\tNA1\t", "\tGT\t0/1\t0/1"), @"cannot write out/scored.bcf: line 2 of the input has a sample without a name; correct it or write .vcf.gz, which takes any header");
}

#[test]
fn declarations_that_declare_nothing() {
    assert_snapshot!(refused("##source=x\n##contig=<ID=chr1,leng;h=400>\n", "", ""), @"cannot write out/scored.bcf: line 3 of the input declares `chr1` in a form that no other program reads; the form is ##contig=<ID=chr1,...>, with attributes `name=value` or `name=\"value\"`; correct it or write .vcf.gz, which takes any header");
    assert_snapshot!(refused("##contig=<ID=chr1,length=unknown>\n", "", ""), @"cannot write out/scored.bcf: line 2 of the input declares contig `chr1` with the length `unknown`, which is not a number of bases; correct it or write .vcf.gz, which takes any header");
    assert_snapshot!(refused("##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth>\n", "", ""), @"cannot write out/scored.bcf: line 2 of the input declares `DP` in a form that no other program reads; the form is ##INFO=<ID=DP,...>, with attributes `name=value` or `name=\"value\"`; correct it or write .vcf.gz, which takes any header");
}

#[test]
fn keys_that_no_declaration_can_hold() {
    let record = snv(50);
    let refused_with = |column: usize, text: &str| {
        let case = Case::new();
        let mut columns: Vec<_> = record.trim_end().split('\t').collect();
        columns[column] = text;
        case.spoil("variants.vcf", record.trim_end(), &columns.join("\t"));
        let said = case.refused(&["-o", "out/scored.bcf"]);
        assert!(case.scored(&[]).contains(&format!("\t{text}")));
        said
    };
    assert_snapshot!(refused_with(6, "[q10"), @r#"cannot write out/scored.bcf: line 3 of the input has filter "[q10", which no header line can declare; rename it or write .vcf.gz, which takes any record"#);
    assert_snapshot!(refused_with(7, "[K=1"), @r#"cannot write out/scored.bcf: line 3 of the input has INFO key "[K", which no header line can declare; rename it or write .vcf.gz, which takes any record"#);
}

#[test]
fn contigs_of_the_genome_that_no_declaration_can_hold() {
    for name in ["[a", "a>b"] {
        let case = case("", "", "");
        case.world.write("genome.fa", case.world.read("genome.fa") + &format!(">{name}\nACGT\n"));
        let said = case.refused(&["-o", "out/scored.bcf"]);
        let expected = format!(
            "cannot write out/scored.bcf: a header line that kipos adds declares contig `{name}`, a name that no other \
             program reads there; rename it or write .vcf.gz, which takes any header"
        );
        assert_eq!(said, expected);
        assert!(case.scored(&[]).contains(&format!("##contig=<ID={name},length=4>")));
    }
}

#[test]
fn what_htslib_reads_is_written_and_read() {
    for (meta, columns, samples) in [
        ("##contig=<ID=chr1,length=400>\n", "\tFORMAT\tNA1\tna1", "\tGT\t0/1\t1/1"),
        ("##contig=<ID=chr1,assembly=b37 and more>\n", "", ""),
        ("##contig=<ID=chr1,length=400,note=\"a > \\\"b, c=\">  \n##nothing\n##SAMPLE=<ID=x,a;b>\n", "", ""),
        ("##INFO=< ID =DP, Number = 1,Type=Integer,Description=\"Depth\">\n##META=<ID=x,Values=[a,b]>\n", "", ""),
    ] {
        let case = case(meta, columns, samples);
        let outcome = case.run(&["-o", "out/scored.bcf"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let Some((text, _)) = htslib::spoken(&case.world, "bcftools", &["view", "-H", "out/scored.bcf"]) else {
            return;
        };
        assert_eq!(text.matches("KV_model_DIFF=").count(), 2, "{meta}{columns}: {text}");
    }
}
