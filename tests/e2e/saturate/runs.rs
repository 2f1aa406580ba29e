//! What a run does besides the values: parts and batches, estimates, provenance, a library's request.

use kipos::{Event, PluginRegistry, RegionMode, RunEstimate, Saturate, Tiling};
use kipos_plugin_api::Value;
use kipos_tests::World;
use proptest::prelude::*;

use super::{Snvs, saturate, usual_world, world};
use crate::dna::{bases, fasta};
use crate::stub_model::StubModel;

/// The rows of a run, without the line of names.
fn rows(world: &World, args: &str) -> Vec<String> {
    saturate(world, &format!("{args} -o part.tsv"));
    world.read("part.tsv").lines().skip(1).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, failure_persistence: None, ..Default::default() })]

    #[test]
    fn parts_and_batches_do_not_matter(
        cuts in prop::collection::btree_set(2..400_usize, 1..5),
        batch_size in 1..40_u32,
        step in 1..20_u32,
    ) {
        let world = usual_world();
        let flags = format!("--edge pad --windows tiles:{step} --digits 9 --scores diff ref");
        let whole = rows(&world, &format!("{flags} --regions chr1"));
        // Regions that touch, out of order, one of them in two parts that overlap.
        let edges: Vec<_> = [1].into_iter().chain(cuts).chain([401]).collect();
        let parts: Vec<_> = edges.windows(2).map(|pair| format!("chr1:{}-{}", pair[0], pair[1] - 1)).collect();
        let parts_in_one = format!("--regions {},chr1:30-60", parts.iter().rev().cloned().collect::<Vec<_>>().join(","));
        prop_assert_eq!(&rows(&world, &format!("{flags} {parts_in_one} --batch-size {batch_size}")), &whole);
        let alone: Vec<_> =
            parts.iter().flat_map(|part| rows(&world, &format!("{flags} --regions {part}"))).collect();
        prop_assert_eq!(alone, whole);
    }
}

#[test]
fn rows_follow_the_contigs_of_the_genome() {
    let world = world(&StubModel::default(), &bases(60, 1));
    world.write("genome.fa", fasta(&[("chr10", &bases(60, 1)), ("chr2", &bases(60, 2)), ("chr1", &bases(60, 3))]));
    world.write("a.bed", "chr1\t30\t32\nchr2\t20\t22\nchr1\t31\t33\n");
    world.write("b.bed", "chr10\t25\t26\n");
    saturate(&world, "--regions 1:20,chr2:21-21 -R a.bed -R b.bed -o snvs.tsv");
    let table = Snvs::parse(&world.read("snvs.tsv"));
    let mut places: Vec<_> =
        (0..table.rows.len()).map(|row| format!("{}:{}", table.cell(row, "chrom"), table.cell(row, "pos"))).collect();
    assert_eq!(places.len(), 7 * 3);
    places.dedup();
    assert_eq!(places, ["chr10:26", "chr2:21", "chr2:22", "chr1:20", "chr1:31", "chr1:32", "chr1:33"]);
}

#[test]
fn how_long_it_takes_is_told_at_the_beginning() {
    let world = usual_world();
    // Small batches make small chunks, so that one of full size comes soon.
    let told = saturate(&world, "--regions chr1:21-380 --batch-size 1 -o snvs.tsv").stderr;
    let first = told.lines().next().unwrap();
    assert!(
        first.starts_with("1,062 SNVs, about ") && first.ends_with("second") | first.ends_with("seconds"),
        "{told}"
    );
    let quiet = saturate(&world, "--regions chr1:21-380 --batch-size 1 -o snvs.tsv -q").stderr;
    assert_eq!(quiet, "");
    let json = saturate(&world, "--regions chr1:21-380 --batch-size 1 -o snvs.tsv --log-format json").stderr;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&first["code"], &first["snvs"]), (&"estimate".into(), &1062.into()), "{json}");
    assert!(first["seconds_expected"].as_f64().unwrap() >= 0.0);
}

#[test]
fn the_files_say_how_windows_were_chosen() {
    let world = usual_world();
    let windows = |flags: &str| {
        saturate(&world, &format!("--regions chr1:50-60 -o snvs.tsv.gz -o snvs.bcf -o snvs.parquet {flags}"));
        let told = |name: &str| {
            let outcome = world.run(&format!("provenance {name} --json"), &[]);
            let runs: serde_json::Value =
                serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{outcome:?}"));
            runs[0].clone()
        };
        let [table, bcf, parquet] = ["snvs.tsv.gz", "snvs.bcf", "snvs.parquet"].map(told);
        assert_eq!((&table, &table), (&bcf, &parquet));
        table["windows"].to_string()
    };
    insta::assert_snapshot!(windows(""), @r#"{"length":"20","mode":"tiles","step":"10","variant_index":"9"}"#);
    insta::assert_snapshot!(windows("--windows tiles:8 --max-n 0.5"), @r#"{"length":"20","max_n":"0.5","mode":"tiles","step":"8","variant_index":"9"}"#);
    insta::assert_snapshot!(windows("--windows centered"), @r#"{"length":"20","mode":"centered","variant_index":"9"}"#);
}

#[test]
fn programs_ask_for_the_same() {
    let world = usual_world();
    saturate(&world, "--regions chr1:50-150 --windows tiles:4 -o command.tsv");
    let regions = vec!["chr1:50-150".parse().unwrap()];
    let mut request = Saturate::new(world.path("model"), regions, vec![world.path("library.tsv").into()]);
    let genome = Value::String(world.path("genome.fa").display().to_string());
    request.samples.loader_args = vec![("fasta_file".to_owned(), genome)];
    request.windows.mode = Some(RegionMode::Tiled(Tiling { step: Some(4), max_offset: None }));
    request.model.batch_size = Some(1);
    let registry = PluginRegistry::open(&[world.path("plugins"), kipos_tests::built("")], None);
    let mut told = Vec::new();
    let summary = request.run(&registry, &mut |event| told.push(event)).unwrap();
    assert_eq!(world.read("library.tsv"), world.read("command.tsv"));
    assert_eq!((summary.records, summary.scored), (95 * 3 + 6, 95 * 3));
    let estimates = told.iter().filter(|event| matches!(event, Event::Estimate(RunEstimate { snvs: 285, .. })));
    assert_eq!(estimates.count(), 1);
    let last = told.iter().rev().find_map(|event| match event {
        Event::Progress(progress) => Some(progress.fraction()),
        _ => None,
    });
    assert_eq!(last, Some(Some(1.0)));
}
