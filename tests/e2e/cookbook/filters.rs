//! Every bcftools filter that README and the pages print, on README's own example.

use std::collections::BTreeSet;

use kipos_tests::{World, project};

use super::page;

use crate::annotated::records;
use crate::htslib;

/// Pages with filters.
const PAGES: [&str; 5] = [
    "README.md",
    "host/docs/cookbook.md",
    "host/docs/outputs.md",
    "host/docs/skip-reasons.md",
    "host/docs/variants.md",
];

/// Filters that are not the magnitude of one key, and how many records of the example each keeps.
const OTHERS: [(&str, usize); 5] = [
    ("KV_motif_cnn_DIFF_MAXABS<-0.1", 16),
    ("ABS(KV_motif_cnn_DIFF_MAXABS)>0.1 && KV_motif_cnn_DIFF_TOP=\"CTCF\"", 13),
    ("ABS(KV_motif_cnn_DIFF_CTCF-KV_motif_cnn_DIFF_AP1)>0.5", 21),
    ("KV_motif_cnn_SKIP=\"ref_mismatch\"", 1),
    ("KV_motif_cnn_SKIP!=\".\"", 7),
];

/// The expressions behind `-i` on the pages, each once.
fn filters() -> BTreeSet<String> {
    let pages = PAGES.map(page).join("\n");
    let printed = pages.lines().filter(|line| line.contains("bcftools")).flat_map(|line| line.split(" -i '").skip(1));
    let filters = printed.map(|rest| rest.split_once('\'').unwrap_or_else(|| panic!("no end: {rest}")).0);
    // The pages' word for any model stands for the example's.
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

/// Writes `scored.vcf` in the layout that has a key: what is in it.
fn scored_with(world: &World, key: &str) -> String {
    let in_layout = |layout: &&str| scored(world, layout).contains(&format!("##INFO=<ID={key},"));
    let layout = ["packed", "per-task"].into_iter().find(in_layout).unwrap_or_else(|| panic!("no key {key}"));
    scored(world, layout)
}

#[test]
fn every_other_filter_keeps_so_many_records() {
    let world = World::new();
    let filters = filters();
    for (filter, count) in OTHERS {
        assert!(filters.contains(filter), "no page has {filter}");
        let (_, rest) = filter.split_once("KV_").unwrap();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap();
        scored_with(&world, &format!("KV_{}", &rest[..end]));
        let Some(kept) = htslib::run(&world, "bcftools", &["view", "-H", "-i", filter, "scored.vcf"]) else { return };
        assert_eq!(kept.lines().count(), count, "{filter}: {kept}");
    }
}

#[test]
fn every_filter_of_magnitudes_keeps_gains_and_losses() {
    let world = World::new();
    let filters: Vec<_> =
        filters().into_iter().filter(|filter| OTHERS.iter().all(|(other, _)| other != filter)).collect();
    assert!(filters.len() >= 3, "{filters:?}");
    for filter in filters {
        let parts = filter.strip_prefix("ABS(").and_then(|rest| rest.split_once(")>"));
        let (key, limit) = parts.unwrap_or_else(|| panic!("no filter of magnitudes: {filter}"));
        let limit: f64 = limit.parse().unwrap();
        // With an index, only of the first ALT.
        let (key, alleles) = key.strip_suffix("[0]").map_or((key, usize::MAX), |key| (key, 1));
        let all = scored_with(&world, key);
        let Some(kept) = htslib::run(&world, "bcftools", &["view", "-H", "-i", &filter, "scored.vcf"]) else { return };
        let kept: Vec<_> = kept.lines().map(|line| line.split('\t').nth(2).unwrap().to_owned()).collect();
        let values = |key: &str| {
            records(&all)
                .into_iter()
                .map(|record| {
                    let values = record.scores(key).into_iter().take(alleles).flatten().flatten().collect::<Vec<_>>();
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
