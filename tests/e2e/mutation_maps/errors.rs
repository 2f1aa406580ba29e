//! Maps that cannot be made.

use kipos_tests::World;

use super::world;
use crate::dna::bases;
use crate::stub_model::StubModel;

/// What is said of a run that must fail and leave nothing.
fn error(world: &World, args: &str, code: i32) -> String {
    let outcome = world.run(&format!("mutation-map model --fasta genome.fa {args}"), &[]);
    assert_eq!(outcome.code, code, "{outcome:?}");
    assert!(!world.path("maps.h5").exists());
    outcome.stderr.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn what_cannot_be_mapped_is_explained() {
    let world = world(&StubModel::default(), &bases(100, 3));
    world.write("empty.bed", "chrX\t1\t5\n");
    world.write("a.bed", "chr1\t1\t5\n");
    world.write("beyond.bed", "#\nchr1\t1\t5\nchr1\t100\t105\n");
    let error = |args, code| error(&world, args, code);
    insta::assert_snapshot!(error("-o maps.h5", 2), @"error: the following required arguments were not provided:");
    insta::assert_snapshot!(error("--regions chr1:1-5 --regions-file a.bed -o maps.h5", 2), @"error: the argument '--regions <REGION>' cannot be used with '--regions-file <FILE>'");
    insta::assert_snapshot!(error("--regions chr1:101-110 -o maps.h5", 2), @"error: region `chr1:101-110` is outside chr1, which has 100 bases; are the coordinates from another genome?");
    insta::assert_snapshot!(error("--regions-file beyond.bed -o maps.h5", 1), @"error: beyond.bed:3: region `chr1:100-105` is outside chr1, which has 100 bases; are the coordinates from another genome?");
    insta::assert_snapshot!(error("--regions chr7:1-10 -o maps.h5", 2), @"error: unknown contig in region `chr7:1-10` (the genome has chr1); write CHROM:START-END");
    insta::assert_snapshot!(error("--regions-file empty.bed -o maps.h5", 1), @"error: empty.bed:1: contig `chrX` is not in the genome (it has chr1)");
    insta::assert_snapshot!(error("--regions chr1:1-10 -o maps.txt", 2), @"error: cannot write maps.txt: its name must end in .h5, .hdf5, .npz, .parquet, .pq, .pqt, .tsv, .tsv.gz, .tsv.bgz, .svg or .png");
    insta::assert_snapshot!(error("--regions-file a.txt -o maps.h5", 2), @"error: unsupported regions file a.txt (expected .bed, .bed.gz, .vcf, .vcf.gz, .vcf.bgz or .bcf)");
    insta::assert_snapshot!(error("--regions chr1:1-10 --restriction-bed a.bed -o maps.h5", 2), @"error: --restriction-bed applies to variants only, but windows of regions are fixed; give variants with --regions-file FILE.vcf, or leave it out");
}

#[test]
fn models_without_dna_have_no_maps() {
    let world = world(&StubModel::default(), &bases(100, 3));
    let description = world.read("model/model.yaml").replace("special_type: DNASeq, ", "");
    let (description, _) = description.split_once("postprocessing:").unwrap();
    let description = description.replace("defined_as: kipoiseq.dataloaders.SeqIntervalDl", "defined_as: own.Loader");
    world.write("model/model.yaml", description);
    let message = error(&world, "--regions chr1:1-10 -o maps.h5", 1);
    assert!(message.starts_with("error: the dataloader `own.Loader` of model is not native to kipos"), "{message}");
}
