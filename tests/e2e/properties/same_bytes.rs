//! What changes no byte: batch size, threads, compression; and kipos changes none that is not its own.

use std::fs;

use proptest::prelude::*;

use super::variants::{score, variants, vcf_of, world};
use crate::annotated::{records, stripped};
use crate::bgzip::{pack, unpack};

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn batch_size_and_threads_do_not_matter(variants in variants(60), batch_size in 2..100u32) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        score(&world, &["--batch-size", "1", "--threads", "1"]);
        let expected = world.read("out.vcf");
        let batch_size = batch_size.to_string();
        for (batch_size, threads) in [(batch_size.as_str(), "1"), (&batch_size, "3"), ("1", "2")] {
            score(&world, &["--batch-size", batch_size, "--threads", threads]);
            prop_assert_eq!(&world.read("out.vcf"), &expected);
        }
    }

    #[test]
    fn everything_but_our_keys_stays(variants in variants(60), edge in prop::sample::select(&["skip", "pad"][..])) {
        let world = world();
        let input = vcf_of(&variants);
        world.write("in.vcf", &input);
        score(&world, &["--edge", edge]);
        let output = world.read("out.vcf");
        prop_assert_eq!(stripped(&output, "KV_model_"), input);
        // What was scored once is scored again in place.
        world.write("in.vcf", &output);
        score(&world, &["--edge", edge]);
        prop_assert_eq!(world.read("out.vcf"), output);
    }

    #[test]
    fn compression_does_not_matter(variants in variants(60), block in 50..400usize) {
        let world = world();
        let input = vcf_of(&variants);
        world.write("in.vcf", &input);
        score(&world, &[]);
        let expected = world.read("out.vcf");
        world.write("in.vcf.gz", pack(input.as_bytes(), block));
        world.write("genome.fa.gz", pack(world.read("genome.fa").as_bytes(), block));
        let command = "score-variants model --vcf in.vcf.gz --fasta genome.fa.gz -o out.vcf.gz --max-ref-mismatch 1 \
                       --digits 9 --scores diff logit";
        let outcome = world.run(command, &[]);
        prop_assert_eq!(outcome.code, 0, "{:?}", outcome);
        prop_assert_eq!(unpack(&fs::read(world.path("out.vcf.gz")).unwrap()), expected);
    }

    #[test]
    fn an_allele_like_the_reference_has_no_effect(positions in prop::collection::vec(10..230usize, 1..30)) {
        let world = world();
        let genome = world.read("genome.fa").lines().skip(1).take(4).collect::<String>();
        let is_base = |pos: &&usize| b"ACGT".contains(&genome.as_bytes()[**pos - 1]);
        let positions: Vec<_> = positions.iter().filter(is_base).collect();
        prop_assume!(!positions.is_empty());
        let record = |pos: &&usize| {
            let base = &genome[**pos - 1..**pos];
            format!("chr1\t{pos}\t.\t{base}\t{base}\t.\t.\t.\tGT:DP\t.\t.\n")
        };
        world.write("in.vcf", super::variants::vcf(&positions.iter().map(record).collect::<String>()));
        score(&world, &["--info-layout", "per-task"]);
        let records = records(&world.read("out.vcf"));
        prop_assert_eq!(records.len(), positions.len());
        for record in records {
            prop_assert_eq!(record.info("KV_model_DIFF_a"), Some("0"));
            prop_assert_eq!(record.info("KV_model_LOGIT_b"), Some("0"));
        }
    }
}
