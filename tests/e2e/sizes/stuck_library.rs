//! A damaged HDF5 file that keeps its library in one call for ever.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World};

use crate::batch_files::{Batches, Range, write_model};
use crate::case::Case;
use crate::pictures::{gradients, maps};

const RANGES: [Range; 3] = [(30, '+', "a"), (35, '-', "b"), (90, '.', "c")];

/// Makes the heaps for texts of a file hold an object of size 0, which libhdf5 never gets past.
fn damage(path: &std::path::Path) {
    let mut bytes = fs::read(path).unwrap();
    let heaps: Vec<usize> = (0..bytes.len() - 4).filter(|&at| &bytes[at..at + 4] == b"GCOL").collect();
    assert!(!heaps.is_empty());
    for heap in heaps {
        // Behind the heap's own head: number 0 is free room, of the size that follows six bytes later.
        bytes[heap + 16..heap + 32].fill(0);
    }
    fs::write(path, bytes).unwrap();
}

fn run(case_world: &World, arguments: &str) -> Outcome {
    let mut command = case_world.kipos();
    command.env("KIPOS_HDF5_SECONDS", "1").args(arguments.split(' '));
    command.output().unwrap().into()
}

#[test]
fn a_batch_file_is_given_up() {
    let world = World::new();
    write_model(&world, "{name: seq, special_type: DNASeq, shape: \"(20, 4)\"}", "[seq]", false);
    Batches::create(&world.path("b.h5")).ranges("ranges", 20, &RANGES).one_hot("seq", 20, &RANGES);
    damage(&world.path("b.h5"));
    let outcome = run(&world, "predict model --batch-file b.h5 -o out.tsv");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
    assert_snapshot!(outcome.stderr, @"error: the HDF5 library has not come back from b.h5 for 1 s; the file is damaged, or its disk does not answer; make or copy it again");
}

#[test]
fn partial_files_are_removed_first() {
    let case = Case::new();
    // A text of its own heap, which is read only when all outputs are open.
    let world = &case.world;
    write_model(world, "{name: seq, special_type: DNAStringSeq, shape: ()}", "[seq]", false);
    {
        let file = hdf5::File::create(world.path("b.h5")).unwrap();
        file.create_group("inputs").unwrap();
        let text: hdf5::types::VarLenUnicode = "ACGT".repeat(2000).parse().unwrap();
        file.new_dataset_builder().with_data(&[text]).create("inputs/seq").unwrap();
    }
    damage(&world.path("b.h5"));
    let outcome = run(world, "predict model --batch-file b.h5 -o out/a.tsv -o out/b.tsv.gz -o out/c.h5");
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""), "{outcome:?}");
    assert_snapshot!(outcome.stderr, @"error: the HDF5 library has not come back from b.h5 for 1 s; the file is damaged, or its disk does not answer; make or copy it again");
    assert_eq!(case.outputs(), [""; 0]);
}

#[test]
fn pictures_and_tracks_of_damaged_files_are_given_up() {
    let case = Case::new();
    let world = &case.world;
    maps(world, "m.h5");
    gradients(world, "g.h5");
    for (file, command) in [
        ("m.h5", "plot mutation-map m.h5 --input-entry 0 --scoring-key diff -o out/p.svg"),
        ("m.h5", "track m.h5 --scoring-key diff -o out/t.bedgraph"),
        ("g.h5", "plot gradient g.h5 --model-input seq -o out/p.png"),
        ("g.h5", "track g.h5 --model-input seq -o out/t.bed"),
    ] {
        damage(&world.path(file));
        let outcome = run(world, command);
        assert_eq!(outcome.code, 1, "{command}: {outcome:?}");
        let expected = format!(
            "error: the HDF5 library has not come back from {file} for 1 s; the file is damaged, or its disk does not answer; \
             make or copy it again\n"
        );
        assert_eq!(outcome.stderr, expected, "{command}");
        assert_eq!(case.outputs(), [""; 0]);
    }
}
