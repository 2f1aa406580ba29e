//! BCF holds what the VCF says.

use proptest::prelude::*;

use super::dialects::dialect;
use super::variants::{score, variants, vcf_of, world};
use crate::htslib;

fn lines(vcf: &str) -> Vec<&str> {
    vcf.lines().filter(|line| !line.starts_with('#')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn scored_again_from_bcf(variants in variants(60), dialect in dialect()) {
        let world = world();
        // BCF keeps numbers, not their spelling.
        let input = dialect.write(&vcf_of(&variants)).replace("\t50.0\t", "\t50\t");
        world.write("in.vcf", input);
        score(&world, &["-o", "out.bcf"]);
        let text = world.read("out.vcf");
        if let Some((expected, _)) = htslib::spoken(&world, "bcftools", &["view", "--no-version", "-H", "out.vcf"]) {
            let (found, _) = htslib::spoken(&world, "bcftools", &["view", "--no-version", "-H", "out.bcf"]).unwrap();
            prop_assert_eq!(found, expected);
        }
        let again = "score-variants model --vcf out.bcf --fasta genome.fa -o again.vcf --max-ref-mismatch 1 --digits 9";
        let outcome = world.run(again, &["--scores", "diff", "logit"]);
        prop_assert_eq!(outcome.code, 0, "{:?}", outcome);
        let again = world.read("again.vcf");
        prop_assert_eq!(lines(&again), lines(&text));
    }
}
