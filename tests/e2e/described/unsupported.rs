//! Keys that are known, and refused by name where they would change a number.

use super::say;
use crate::case::Case;

const COMMANDS: [&str; 7] = [
    "score-variants model --vcf variants.vcf --fasta genome.fa -o out/a.vcf",
    "score-variants model --vcf variants.vcf --fasta genome.fa --write-sequences out/a.h5",
    "postproc score_variants model -i variants.vcf --dataloader_args fasta_file=genome.fa -o out/b.vcf",
    "mutation-map model --fasta genome.fa --regions-file in.bed -o out/c.h5",
    "predict model --fasta genome.fa --intervals in.bed -o out/d.tsv",
    "gradient model --fasta genome.fa --intervals in.bed -o out/e.h5",
    "model test model --fasta genome.fa --intervals in.bed",
];

#[test]
fn every_command_that_would_have_to_obey_refuses() {
    let case = Case::new();
    case.world.write("in.bed", "chr1\t100\t110\n");
    say(&case, "\n  flanks: {left: ACGT}");
    let message = "model/model.yaml:12: `kipos.flanks` is not supported by this version of kipos";
    for command in COMMANDS {
        let outcome = case.world.run(command, &[]);
        assert_eq!(outcome.code, 1, "{command}: {outcome:?}");
        assert!(format!("{}{}", outcome.stdout, outcome.stderr).contains(message), "{command}: {outcome:?}");
        assert_eq!(case.outputs(), [""; 0], "{command}");
    }
}

#[test]
fn each_is_refused_by_name() {
    for (section, name) in
        [("{inputs: {seq: {constant: 0}}}", "kipos.inputs.seq.constant"), ("{mask: transcript}", "kipos.mask")]
    {
        let case = Case::new();
        say(&case, section);
        let expected = format!("model/model.yaml:11: `{name}` is not supported by this version of kipos");
        assert_eq!(case.refused(&[][..]), expected);
        let lint = case.world.run("model lint model", &[]);
        assert_eq!((lint.code, lint.stdout), (0, format!("note     {expected}\n")));
        let json = case.world.run("model lint model --json", &[]);
        let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
        assert_eq!(json["notes"], serde_json::json!([expected]));
    }
}
