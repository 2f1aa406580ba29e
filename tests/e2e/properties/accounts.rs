//! Every allele has one fate: what goes in is what is scored and what is skipped.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::variants::{score, variants, vcf_of, world};
use crate::annotated::{Record, records};
use crate::summary::Summary;

/// How many alleles have a score, and how many have none, by reason.
pub fn fates(records: &[Record]) -> (usize, BTreeMap<String, usize>) {
    let (mut scored, mut skipped) = (0, BTreeMap::<String, usize>::new());
    for record in records {
        let reasons = record.elements("KV_model_SKIP");
        for (scores, reason) in record.scores("KV_model_DIFF").iter().zip(&reasons) {
            assert_eq!(scores.is_some(), reason == ".", "{}", record.place());
            match scores {
                Some(_) => scored += 1,
                None => *skipped.entry(reason.clone()).or_default() += 1,
            }
        }
        if reasons.is_empty() {
            *skipped.entry("no_alt".into()).or_default() += 1;
        }
    }
    (scored, skipped)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn in_is_scored_and_skipped(
        variants in variants(80),
        edge in prop::sample::select(&["skip", "pad"][..]),
        mismatch in prop::sample::select(&["skip", "overwrite"][..]),
        max_n in prop::sample::select(&["1", "0.1"][..]),
    ) {
        let world = world();
        world.write("in.vcf", vcf_of(&variants));
        let summary = Summary::of(&score(&world, &["--edge", edge, "--ref-mismatch", mismatch, "--max-n", max_n]));
        prop_assert_eq!(summary.records, variants.len());
        // A record without ALT counts as one.
        let alleles: usize = variants.iter().map(|variant| variant.alternates().max(1)).sum();
        prop_assert_eq!(summary.alleles, alleles);
        prop_assert_eq!(summary.scored + summary.skipped.values().sum::<usize>(), alleles);

        // The same numbers from the records.
        prop_assert_eq!(fates(&records(&world.read("out.vcf"))), (summary.scored, summary.skipped));
    }
}
