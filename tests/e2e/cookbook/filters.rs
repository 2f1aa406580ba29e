//! Every bcftools filter that the README prints, on its own example.

use std::collections::BTreeSet;
use std::fs;

use kipos_tests::{World, project};

use crate::annotated::records;
use crate::htslib;

/// The expressions behind `-i` in the README, each once.
fn filters() -> BTreeSet<String> {
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    let printed = readme.lines().filter(|line| line.contains("bcftools")).flat_map(|line| line.split(" -i '").skip(1));
    let filters = printed.map(|rest| rest.split_once('\'').unwrap_or_else(|| panic!("no end: {rest}")).0);
    // The README's word for any model stands for the example's.
    filters.map(|filter| filter.replace("KV_MODEL_", "KV_motif_cnn_")).collect()
}

/// The example's variants, scored in this layout.
fn scored(world: &World, layout: &str) -> String {
    let example = project().join("examples/motif-cnn");
    let [model, vcf, fasta] = ["", "variants.vcf", "genome.fa"].map(|name| example.join(name).display().to_string());
    let more =
        ["--model-name", "motif-cnn", "--vcf", &vcf, "--fasta", &fasta, "--info-layout", layout, "-o", "scored.vcf"];
    let outcome = world.run("score-variants", &[&[model.as_str()], &more[..]].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.read("scored.vcf")
}

#[test]
fn every_filter_keeps_gains_and_losses() {
    let world = World::new();
    let filters = filters();
    assert!(filters.len() >= 2, "{filters:?}");
    for filter in filters {
        let parts = filter.strip_prefix("ABS(").and_then(|rest| rest.split_once(")>"));
        let (key, limit) = parts.unwrap_or_else(|| panic!("no filter of magnitudes: {filter}"));
        let limit: f64 = limit.parse().unwrap();
        let in_layout = |layout: &&str| scored(&world, layout).contains(&format!("##INFO=<ID={key},"));
        let layout = ["packed", "per-task"].into_iter().find(in_layout).unwrap_or_else(|| panic!("no key {key}"));
        let all = scored(&world, layout);
        let Some(kept) = htslib::run(&world, "bcftools", &["view", "-H", "-i", &filter, "scored.vcf"]) else { return };
        let kept: Vec<_> = kept.lines().map(|line| line.split('\t').nth(2).unwrap().to_owned()).collect();
        let values = |key: &str| {
            records(&all)
                .into_iter()
                .map(|record| {
                    let values = record.scores(key).into_iter().flatten().flatten().collect::<Vec<_>>();
                    (record.column(2).to_owned(), values)
                })
                .collect::<Vec<_>>()
        };
        let strong = |sign: f64| {
            let any = |values: &[f64]| values.iter().any(|value| sign * value > limit);
            values(key).into_iter().filter(move |(_, values)| any(values)).map(|(id, _)| id).collect::<BTreeSet<_>>()
        };
        let (gains, losses) = (strong(1.0), strong(-1.0));
        assert!(!gains.is_empty() && !losses.is_empty(), "{filter}: {gains:?}, {losses:?}");
        let expected: BTreeSet<_> = gains.union(&losses).cloned().collect();
        assert_eq!(kept.len(), expected.len(), "{filter}: {kept:?}");
        assert_eq!(kept.into_iter().collect::<BTreeSet<_>>(), expected, "{filter}");
    }
}
