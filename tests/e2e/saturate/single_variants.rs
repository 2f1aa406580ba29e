//! All SNVs in windows of their own: what `score-variants` makes of a VCF with the same SNVs.

use std::fs;

use kipos_tests::{World, reference};

use super::{Snvs, saturate};
use crate::case::vcf;
use crate::dna::{bases, fasta, others, record};
use crate::stub_model::StubModel;
use crate::table::Table;

/// A VCF with a record for each SNV of stretches (1-based, inclusive) of `chr1`.
fn all_snvs(contig: &[u8], stretches: &[(usize, usize)]) -> String {
    let positions = stretches.iter().flat_map(|&(first, last)| first..=last);
    let known = positions.filter(|pos| b"ACGT".contains(&contig[pos - 1].to_ascii_uppercase()));
    let records = known.flat_map(|pos| {
        let reference = contig[pos - 1].to_ascii_uppercase();
        others(reference).into_iter().map(move |base| record("chr1", pos, &[reference], &[&[base]]))
    });
    vcf("", &records.collect::<String>())
}

/// Scores the stretches with both commands and compares all columns that both tables have: scores may differ by so much.
fn compare(world: &World, contig: &[u8], stretches: &[(usize, usize)], flags: &str, tolerance: f32) {
    world.write("all.vcf", all_snvs(contig, stretches));
    let shared = format!("--fasta genome.fa --windows centered --digits 9 {flags}");
    let regions: Vec<_> = stretches.iter().map(|(first, last)| format!("chr1:{first}-{last}")).collect();
    let commands = [
        format!("score-variants model --vcf all.vcf -o variants.tsv {shared}"),
        format!("saturate model --regions {} -o snvs.tsv {shared}", regions.join(",")),
    ];
    for command in commands {
        let outcome = world.run(&command, &[]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
    }
    let (variants, snvs) = (Table::parse(&world.read("variants.tsv")), Snvs::parse(&world.read("snvs.tsv")));
    let rows: Vec<_> = (0..snvs.rows.len()).filter(|row| snvs.cell(*row, "skip") != "non_acgt").collect();
    assert_eq!(rows.len(), variants.rows.len());
    for name in ["chrom", "pos", "ref", "alt", "region_start", "region_end", "skip"] {
        let found: Vec<_> = rows.iter().map(|row| snvs.cell(*row, name)).collect();
        assert_eq!(found, variants.column(name), "{name}");
    }
    let mut scored = 0;
    for score in variants.scores() {
        for (row, expected) in rows.iter().zip(variants.column(score)) {
            let found = snvs.cell(*row, score);
            if expected.is_empty() {
                assert_eq!(found, "");
                continue;
            }
            scored += 1;
            // Nine digits tell all values apart.
            let difference = (found.parse::<f32>().unwrap() - expected.parse::<f32>().unwrap()).abs();
            assert!(difference <= tolerance, "{score} of row {row}: {found} {expected}");
        }
    }
    assert!(scored > 100, "{scored} scores");
    let is_centre = |row: &usize| snvs.cell(*row, "skip") != "." || snvs.cell(*row, "offset") == "0";
    assert!(rows.iter().all(is_centre));
}

/// Both ends of the contig, a gap, lower case.
const STRETCHES: [(usize, usize); 3] = [(1, 30), (90, 110), (385, 400)];

fn contig() -> Vec<u8> {
    let mut contig = bases(400, 11);
    contig[97..100].fill(b'N');
    contig[104..120].make_ascii_lowercase();
    contig
}

#[test]
fn a_backend_gives_the_same_bits_with_and_without_edits() {
    let contig = contig();
    for (edits, is_used) in [("edits: true, ", "require"), ("", "off")] {
        for flags in ["", "--edge pad --use-rc --scores diff logit ref", "--max-n 0.1 --centering half"] {
            let scoring = "{type: diff}, {type: logit}";
            let model = StubModel { tasks: &["one", "two"], sigmoid: true, scoring, ..StubModel::default() };
            let world = super::world(&model, &contig);
            let yaml = world.read("model/model.yaml").replacen("args: {", &format!("args: {{{edits}"), 1);
            world.write("model/model.yaml", yaml);
            compare(&world, &contig, &STRETCHES, &format!("{flags} --edits {is_used}"), 0.0);
        }
    }
}

#[test]
fn fixed_batches_and_other_axes_are_no_matter() {
    let contig = contig();
    let model = StubModel { fixed: Some(7), axes: (0, None), tasks: &["one", "two"], ..StubModel::default() };
    compare(&super::world(&model, &contig), &contig, &STRETCHES, "--use-rc", 0.0);
}

#[test]
fn a_network_gives_the_same_bits_from_edits_and_almost_from_whole_rows() {
    let contig = contig();
    let world = World::new();
    let golden = reference().join("saturation");
    for name in ["model.yaml", "model.onnx"] {
        world.write(&format!("model/{name}"), fs::read(golden.join(name)).unwrap());
    }
    world.write("genome.fa", fasta(&[("chr1", &contig)]));
    for strands in ["", "--use-rc"] {
        compare(&world, &contig, &STRETCHES, &format!("--edits require {strands}"), 0.0);
        // The engine may round a row otherwise among other rows.
        compare(&world, &contig, &STRETCHES, &format!("--edits off {strands}"), 1e-6);
    }
}

#[test]
fn tiles_of_one_base_are_windows_of_their_own() {
    let world = super::usual_world();
    for (windows, name) in [("centered", "centered.tsv"), ("tiles:1", "tiles.tsv")] {
        saturate(&world, &format!("--regions chr1:50-120 --windows {windows} -o {name}"));
    }
    assert_eq!(world.read("tiles.tsv"), world.read("centered.tsv"));
}
