//! A score depends on its allele alone: not on the record's other alleles, nor on other records.

use proptest::prelude::*;

use super::variants::{score, variants, vcf, vcf_of, world};
use crate::annotated::{Record, records};

/// ID, ALT, scores and reason of every allele.
fn alleles(records: &[Record]) -> Vec<Vec<String>> {
    let of_record = |record: &Record| {
        let keys = ["KV_model_DIFF", "KV_model_DIFF_TOP", "KV_model_LOGIT", "KV_model_LOGIT_MAXABS", "KV_model_SKIP"];
        let values = keys.map(|key| record.elements(key));
        let alternates: Vec<_> = record.alternates().into_iter().map(str::to_owned).collect();
        let row = |(index, alternate): (usize, String)| {
            let values = values.iter().map(|elements| elements[index].clone());
            [record.column(2).to_owned(), alternate].into_iter().chain(values).collect()
        };
        alternates.into_iter().enumerate().map(row).collect::<Vec<_>>()
    };
    records.iter().flat_map(of_record).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn several_alleles_score_as_split_records(variants in variants(40)) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        score(&world, &[]);
        let together = alleles(&records(&world.read("out.vcf")));
        let split = variants.iter().enumerate().map(|(index, variant)| variant.split(&format!("r{index}")));
        world.write("in.vcf", vcf(&split.collect::<String>()));
        prop_assume!(!together.is_empty());
        score(&world, &[]);
        prop_assert_eq!(alleles(&records(&world.read("out.vcf"))), together);
    }

    #[test]
    fn the_order_of_records_does_not_matter(variants in variants(60), seed: u64) {
        let world = world();
        let input = vcf_of(&variants);
        world.write("in.vcf", &input);
        score(&world, &[]);
        let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let mut expected = lines(world.read("out.vcf"));

        let (header, mut shuffled): (Vec<_>, Vec<_>) = lines(input).into_iter().partition(|line| line.starts_with('#'));
        shuffled.sort_by_key(|line| {
            line.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        world.write("in.vcf", [header, shuffled.clone()].concat().join("\n") + "\n");
        score(&world, &["--batch-size", "5"]);
        let mut found = lines(world.read("out.vcf"));
        // The output keeps the order of its input.
        let ids = |lines: &[String]| {
            let records = lines.iter().filter(|line| !line.starts_with('#'));
            records.map(|line| line.split('\t').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
        };
        prop_assert_eq!(ids(&found), ids(&shuffled));
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }
}
