//! `--write-sequences`: what the model would be given, instead of its predictions.

use hdf5::types::VarLenUnicode;
use kipos_tests::World;

use crate::batch_files::{Batches, write_model};
use crate::case::vcf;
use crate::dna::{bases, fasta, record, snv};
use crate::stub_model::StubModel;
use crate::summary::Summary;

fn contig() -> Vec<u8> {
    bases(200, 91)
}

fn reverse_complement(letters: &[u8]) -> Vec<u8> {
    let complement = |letter: &u8| b"TGCA"[b"ACGT".iter().position(|base| base == letter).unwrap()];
    letters.iter().rev().map(complement).collect()
}

/// The sequences of a dataset of one-hot rows, letters last.
fn letters(file: &hdf5::File, name: &str) -> Vec<Vec<u8>> {
    let dataset = file.dataset(name).unwrap();
    let shape = dataset.shape();
    assert_eq!(shape[2], 4, "{name}");
    let values = dataset.read_raw::<f32>().unwrap();
    let letter = |column: &[f32]| b"ACGT"[column.iter().position(|value| *value == 1.0).unwrap()];
    values.chunks(shape[1] * 4).map(|row| row.chunks(4).map(letter).collect()).collect()
}

fn texts(file: &hdf5::File, name: &str) -> Vec<String> {
    let texts = file.dataset(name).unwrap().read_raw::<VarLenUnicode>().unwrap();
    texts.iter().map(|text| text.as_str().to_owned()).collect()
}

/// Both sequences of the variants below, in windows of 20 bases.
fn expected(contig: &[u8]) -> [Vec<Vec<u8>>; 2] {
    let window = |start: usize| contig[start..start + 20].to_vec();
    let mut alternates = Vec::new();
    for base in crate::dna::others(contig[39]).into_iter().take(2) {
        let mut changed = window(30);
        changed[9] = base;
        alternates.push(changed);
    }
    // A deletion of two bases: the genome behind moves in.
    alternates.push([&contig[70..80], &contig[82..92]].concat());
    [vec![window(30), window(30), window(70)], alternates]
}

fn world(contig: &[u8]) -> World {
    let world = World::new();
    world.write("genome.fa", fasta(&[("chr1", contig)]));
    let variants = [
        snv("chr1", contig, 40, 2),
        "chr1\t60\t.\tN\t<DEL>\t.\t.\t.\n".into(),
        record("chr1", 80, &contig[79..82], &[&contig[79..80]]),
    ];
    world.write("in.vcf", vcf("", &variants.concat()));
    world
}

const COMMAND: &str = "score-variants model --vcf in.vcf --fasta genome.fa --write-sequences s.h5";

#[test]
fn every_allele_has_a_row_in_every_set() {
    let contig = contig();
    let [references, alternates] = expected(&contig);
    for use_rc in [false, true] {
        let world = world(&contig);
        StubModel { use_rc, ..StubModel::default() }.write(&world, "model");
        let outcome = world.run(COMMAND, &["--batch-size", "2", "--std-var-id"]);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.stderr.starts_with("wrote the sequences of 3 of 4 alleles in 3 records"), "{outcome:?}");
        let file = hdf5::File::open(world.path("s.h5")).unwrap();
        assert_eq!(letters(&file, "ref"), references);
        assert_eq!(letters(&file, "alt"), alternates);
        if use_rc {
            let turned = |rows: &[Vec<u8>]| rows.iter().map(|row| reverse_complement(row)).collect::<Vec<_>>();
            assert_eq!(letters(&file, "ref_rc"), turned(&references));
            assert_eq!(letters(&file, "alt_rc"), turned(&alternates));
        } else {
            assert!(!file.link_exists("ref_rc"));
        }
        assert_eq!(file.dataset("variants/pos").unwrap().read_raw::<i64>().unwrap(), [40, 40, 80]);
        assert_eq!(texts(&file, "variants/ref")[2], String::from_utf8_lossy(&contig[79..82]));
        assert!(texts(&file, "variants/id")[0].starts_with("chr1:40:"));
    }
}

#[test]
fn text_stays_text() {
    let contig = contig();
    let world = world(&contig);
    write_model(&world, "{name: seq, special_type: DNAStringSeq, shape: ()}", "[seq]", true);
    let loader = "defined_as: kipoiseq.dataloaders.StringSeqIntervalDl\ndefault_args: {auto_resize_len: 20}\n";
    world.write("model/dataloader.yaml", loader);
    let outcome = world.run(COMMAND, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = hdf5::File::open(world.path("s.h5")).unwrap();
    let text = |rows: &[Vec<u8>]| rows.iter().map(|row| String::from_utf8(row.clone()).unwrap()).collect::<Vec<_>>();
    let [references, alternates] = expected(&contig);
    assert_eq!(texts(&file, "ref"), text(&references));
    assert_eq!(texts(&file, "alt"), text(&alternates));
    assert_eq!(texts(&file, "alt_rc")[1].as_bytes(), reverse_complement(&alternates[1]));
}

#[test]
fn several_inputs_have_a_group_for_each_set() {
    let world = World::new();
    let inputs = "{seq: {special_type: DNASeq, shape: \"(20, 4)\"}, side: {shape: \"(2,)\"}}";
    write_model(&world, inputs, "[seq]", true);
    let ranges = [(30, '+', "a"), (35, '+', "b")];
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges).array("side", &[1i32, 2, 3, 4], &[2, 2]);
    drop(file);
    world.write("in.vcf", vcf("", &snv("chr1", &contig(), 40, 1)));
    let command = "score-variants model --vcf in.vcf --batch-file b.h5 --write-sequences s.h5";
    assert_eq!(
        Summary::of(&world.run("score-variants model --vcf in.vcf --batch-file b.h5 -o out.vcf", &[])).scored,
        1
    );
    let outcome = world.run(command, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = hdf5::File::open(world.path("s.h5")).unwrap();
    for set in ["ref", "alt", "ref_rc", "alt_rc"] {
        assert_eq!(file.dataset(&format!("{set}/seq")).unwrap().shape(), [2, 20, 4]);
        assert_eq!(file.dataset(&format!("{set}/side")).unwrap().read_raw::<i32>().unwrap(), [1, 2, 3, 4]);
    }
    assert_eq!(texts(&file, "variants/region_id"), ["a", "b"]);
}

#[test]
fn sequences_take_the_place_of_scores() {
    let contig = contig();
    let world = world(&contig);
    StubModel::default().write(&world, "model");
    for more in [["-o", "out.vcf"], ["-s", "diff"], ["--tasks", "only"], ["--digits", "3"], ["--only-scored", "true"]] {
        let outcome = world.run(COMMAND, &more);
        assert_eq!(outcome.code, 2, "{outcome:?}");
    }
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa --write-sequences s.vcf", &[]);
    insta::assert_snapshot!(outcome.stderr, @"error: cannot write s.vcf: its name must end in .h5 or .hdf5");
    assert_eq!(outcome.code, 2);
    std::os::unix::fs::symlink(world.path("in.vcf"), world.path("s.h5")).unwrap();
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa --write-sequences s.h5", &[]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("is the same file as in.vcf, which the run reads"), "{outcome:?}");
    let outcome = world.run("score-variants model --vcf in.vcf --fasta genome.fa --write-sequences no/s.h5", &[]);
    assert_eq!((outcome.code, outcome.stderr.lines().count()), (1, 1), "{outcome:?}");
}
