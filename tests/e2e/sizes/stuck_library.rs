//! A damaged HDF5 file that keeps its library in one call for ever.

use std::fs;

use insta::assert_snapshot;
use kipos_tests::{Outcome, World};

use crate::batch_files::{Batches, Range, write_model};
use crate::case::Case;

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
