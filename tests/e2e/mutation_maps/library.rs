//! Maps that a program asks for, and draws at once.

use std::path::Path;

use kipos::{MapChoice, MapSummary, MutationMap, MutationMapOptions, MutationMapPlotter, PluginRegistry, svg};
use kipos_plugin_api::Value;
use kipos_tests::World;

use super::world;
use crate::annotated::without_provenance;
use crate::case::vcf;
use crate::dna::{bases, snv};
use crate::stub_model::StubModel;

/// The picture of the second window.
fn drawn((summary, plotter): (MapSummary, MutationMapPlotter)) -> String {
    assert_eq!((summary.windows, plotter.entries()), (2, 2));
    let choice = MapChoice { entry: Some(1), ..MapChoice::default() };
    svg(&plotter.picture(&choice).unwrap().draw(&MutationMapOptions::default()).unwrap())
}

/// The picture that the commands draw of the same window.
fn commanded(world: &World, query: &str) -> String {
    for command in [
        &format!("mutation-map model --fasta genome.fa -o maps.h5 {query}"),
        "plot mutation-map maps.h5 --input-entry 1 -o map.svg",
    ] {
        let outcome = world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    // What the file says besides is no part of the picture.
    without_provenance(&world.read("map.svg"))
}

#[test]
fn queries_can_be_drawn_without_a_file() {
    let contig = bases(120, 7);
    let world = world(&StubModel::default(), &contig);
    world.write("q.vcf", vcf("", &[snv("chr1", &contig, 40, 1), snv("chr1", &contig, 52, 3)].concat()));
    world.write("q.bed", "chr1\t30\t50\nchr1\t60\t61\n");
    let mut request = MutationMap::new(world.path("model"));
    let genome = Value::String(world.path("genome.fa").display().to_string());
    request.samples.loader_args = vec![("fasta_file".to_owned(), genome)];
    let registry = PluginRegistry::open(&[world.path("plugins"), kipos_tests::built("")], None);
    let path = |name: &str| world.path(name);
    let regions = ["chr1:31-50", "chr1:61"].map(|region| region.parse().unwrap());
    let observe = &mut |_| ();
    let pictures = [
        drawn(request.query_region(&regions, &registry, observe).unwrap()),
        drawn(request.query_bed(&path("q.bed"), &registry, observe).unwrap()),
        drawn(request.query_vcf(&path("q.vcf"), &registry, observe).unwrap()),
    ];
    assert_eq!(pictures[0], pictures[1]);
    assert_eq!(pictures[0], commanded(&world, "--regions chr1:31-50,chr1:61"));
    assert_eq!(pictures[2], commanded(&world, "--regions-file q.vcf"));
    assert!(pictures[2].contains("class=\"variants\""));
    let error = request.query_bed(Path::new("none.bed"), &registry, observe).err().unwrap();
    insta::assert_snapshot!(error, @"cannot open the regions file none.bed");
}

#[test]
fn a_run_without_windows_leaves_nothing_to_draw() {
    let contig = bases(120, 7);
    let world = world(&StubModel::default(), &contig);
    world.write("q.vcf", vcf("", &snv("chr1", &contig, 3, 1)));
    let outcome = world.run("mutation-map model --fasta genome.fa -o maps.h5 --regions-file q.vcf", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stderr.contains("mapped 0 windows"), "{outcome:?}");
    let outcome = world.run("plot mutation-map maps.h5 -o map.svg", &[]);
    insta::assert_snapshot!(outcome.stderr.trim(), @"error: maps.h5 has no maps to draw: the run skipped all windows; its summary said why");
    assert!(outcome.code == 1 && !world.path("map.svg").exists());
    let outcome = world.run("track maps.h5 -o map.bedgraph", &[]);
    assert_eq!((outcome.code, world.read("map.bedgraph").as_str()), (0, ""), "{outcome:?}");
}
