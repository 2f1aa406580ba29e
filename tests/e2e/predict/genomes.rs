//! The genome and the intervals in all forms that they may have.

use super::{COMMAND, contig, predicted, stub, table, world};
use crate::bgzip;
use crate::dna::fasta;
use crate::stub_model::StubModel;

const INTERVALS: &str = "chr1\t100\t120\nchr1\t55\t75\n";

fn expected() -> Vec<Vec<String>> {
    [100, 55].map(|start| vec![stub(&contig()[start..start + 20], 0).to_string()]).to_vec()
}

#[test]
fn a_genome_may_be_packed_and_has_an_index_or_gets_one() {
    let world = world(StubModel::default(), INTERVALS);
    let text = fasta(&[("chr1", &contig())]);
    // Blocks that end within lines.
    world.write("packed.fa.gz", bgzip::pack(text.as_ref(), 67));
    for genome in ["genome.fa", "packed.fa.gz"] {
        let index = format!("{genome}.fai");
        let mut indices = Vec::new();
        for run in ["without an index", "with the index that the first run left"] {
            let outcome = world.run(&format!("predict model --fasta {genome} --intervals in.bed -o out.tsv"), &[]);
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert_eq!(table(&world, "out.tsv")[1..], expected(), "{genome} {run}");
            indices.push(world.read(&index));
        }
        assert_eq!(indices[0], indices[1]);
        assert!(indices[0].starts_with("chr1\t300\t"), "{indices:?}");
    }
}

#[test]
fn intervals_may_be_packed() {
    let world = world(StubModel::default(), "");
    world.write("in.bed.gz", bgzip::pack(INTERVALS.as_bytes(), 9));
    let outcome = world.run("predict model --fasta genome.fa --intervals in.bed.gz -o out.tsv", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(table(&world, "out.tsv")[1..], expected());
}

/// What `num_chr_fasta` is about: either spelling of the contig finds the genome's, whatever it says.
#[test]
fn contigs_are_found_in_either_spelling() {
    for (of_genome, of_intervals) in [("chr1", "chr1"), ("chr1", "1"), ("1", "chr1"), ("1", "1")] {
        let world = world(StubModel::default(), &INTERVALS.replace("chr1", of_intervals));
        world.write("genome.fa", fasta(&[(of_genome, &contig())]));
        for arg in ["num_chr_fasta=true", "num_chr_fasta=false"] {
            predicted(&world, &["-m", "-o", "out.tsv", "--dataloader_args", arg]);
            let rows = table(&world, "out.tsv");
            assert_eq!(rows[1][0], of_genome);
            assert_eq!(rows[1][5..], expected()[0]);
        }
    }
}

#[test]
fn a_table_of_contigs_comes_before_their_names() {
    let world = world(StubModel::default(), "NC_1\t100\t120\nchr1\t55\t75\n");
    let outcome = world.run(COMMAND, &["-o", "out.tsv"]);
    insta::assert_snapshot!(outcome.stderr, @"error: in.bed:1: contig `NC_1` is not in the genome (it has chr1)");
    world.write("names.tsv", "# RefSeq\nNC_1\tchr1\n");
    for flag in ["--contig-map", "--contig_map"] {
        predicted(&world, &["-m", "-o", "out.tsv", flag, "names.tsv"]);
        let rows = table(&world, "out.tsv");
        assert_eq!((rows[1][0].as_str(), &rows[1][5..]), ("chr1", &expected()[0][..]));
        assert_eq!(rows[2][5..], expected()[1]);
    }
    world.write("names.tsv", "NC_1\tchr7\n");
    let outcome = world.run(COMMAND, &["-o", "out.tsv", "--contig-map", "names.tsv"]);
    insta::assert_snapshot!(outcome.stderr, @"error: names.tsv:1: the FASTA has no contig `chr7` (it has chr1)");
    world.write("names.tsv", "NC_1\tchr1\n");
    let outcome = world.run(COMMAND, &["-o", "names.tsv", "--contig-map", "names.tsv"]);
    assert!(outcome.stderr.contains("is the same file as names.tsv, which the run reads"), "{outcome:?}");
}
