//! What no specification foresees and some file has.

use std::fs;

use insta::assert_snapshot;

use crate::bgzip::unpack_bytes;
use crate::case::{Case, snv, vcf};

/// `vcf` with each `ü` as the one byte that it is in Latin-1, which is no UTF-8.
fn latin(vcf: &str) -> Vec<u8> {
    vcf.chars().map(|character| u8::try_from(character).unwrap()).collect()
}

#[test]
fn bytes_that_are_no_utf8_stay() {
    let case = Case::new();
    let record = snv(50).replace("\t.\t.\t.\n", "\t.\t.\tX=für\n");
    case.world.write("variants.vcf", latin(&vcf("##source=für\n", &record)));
    let outcome = case.run(&["-o", "out/scored.bcf"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let text = fs::read(case.world.path("out/scored.vcf")).unwrap();
    let contains = |bytes: &[u8], part: &str| bytes.windows(part.chars().count()).any(|window| window == latin(part));
    assert!(contains(&text, "\n##source=für\n") && contains(&text, "\tX=für;KV_model_DIFF="), "{text:?}");
    let bcf = unpack_bytes(&fs::read(case.world.path("out/scored.bcf")).unwrap());
    assert!(contains(&bcf, "\n##source=für\n") && contains(&bcf, "für"), "{bcf:?}");
    // And back again.
    let back = "score-variants model --vcf out/scored.bcf --fasta genome.fa -o out/back.vcf";
    let outcome = case.world.run(back, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let record = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').rev().nth(1).unwrap().to_owned();
    assert_eq!(record(&fs::read(case.world.path("out/back.vcf")).unwrap()), record(&text));
}

#[test]
fn info_that_is_written_oddly() {
    let case = Case::new();
    // What INFO is, what comes before ours in text, and in BCF, which knows keys and values only.
    let odd = [
        ("", "", ""),
        (".", "", ""),
        ("DP=1;", "DP=1;", "DP=1;"),
        (";DP=1", ";DP=1;", "DP=1;"),
        ("DP=1;DP=2", "DP=1;DP=2;", "DP=1;DP=2;"),
        ("E=", "E=;", "E=.;"),
        ("F", "F;", "F;"),
        (
            "XKV_model_DIFF=1;KV_model_DIFFER=2",
            "XKV_model_DIFF=1;KV_model_DIFFER=2;",
            "XKV_model_DIFF=1;KV_model_DIFFER=2;",
        ),
    ];
    let record = |(index, (info, ..)): (usize, &(&str, &str, &str))| {
        snv(50 + index).replace("\t.\t.\t.\n", &format!("\t.\t.\t{info}\n"))
    };
    case.world.write("variants.vcf", vcf("", &odd.iter().enumerate().map(record).collect::<String>()));
    let outcome = case.run(&["-o", "out/scored.bcf"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let outcome = case.world.run("score-variants model --vcf out/scored.bcf --fasta genome.fa -o out/back.vcf", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let before_ours = |name: &str| {
        let text = case.world.read(name);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let ours = |info: &str| info.rfind("KV_model_DIFF=").unwrap();
        let infos = lines.map(|line| line.split('\t').nth(7).unwrap()).map(|info| info[..ours(info)].to_owned());
        infos.collect::<Vec<_>>()
    };
    assert_eq!(before_ours("out/scored.vcf"), odd.map(|(_, text, _)| text));
    assert_eq!(before_ours("out/back.vcf"), odd.map(|(.., bcf)| bcf));
}

#[test]
fn records_without_all_of_their_samples() {
    let case = Case::new();
    let header = vcf("", "").replace("\tINFO\n", "\tINFO\tFORMAT\tNA 1\ta,b\n");
    let record = snv(50).trim_end().to_owned() + "\tGT\t0/1\t1/1\n";
    case.world.write("variants.vcf", header.clone() + &record);
    let scored = case.scored(&["-o", "out/scored.bcf"]);
    assert!(scored.contains("\tINFO\tFORMAT\tNA 1\ta,b\n") && scored.ends_with("\tGT\t0/1\t1/1\n"), "{scored}");
    let case = Case::new();
    case.world.write("variants.vcf", header + &record.replace("\t1/1", ""));
    assert_snapshot!(case.refused(&[]), @"variants.vcf:3: found 10 tab-separated columns, but the #CHROM line has 11; is the line cut off, or are tabs missing or added?");
}

#[test]
fn a_byte_order_mark() {
    let case = Case::new();
    let plain = case.scored(&[]);
    let text = case.world.read("variants.vcf");
    case.world.write("variants.vcf", format!("\u{feff}{text}"));
    assert_eq!(case.scored(&[]), plain);
}
