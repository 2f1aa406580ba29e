//! Files that point at other files.

use crate::case::Case;
use kipos_tests::{Outcome, World};

const ADVICE: &str = "; kipos reads nothing but the file that was named: copy the elements into it";

/// A file of predictions with inputs, as `predict -k` writes it, and what a command makes of it after `change`.
fn changed(case: &Case, made: &str, change: impl FnOnce(&hdf5::File), command: &str) -> Outcome {
    let outcome = case.world.run(made, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = hdf5::File::open_rw(case.world.path("out/f.h5")).unwrap();
    change(&file);
    file.close().unwrap();
    case.world.run(command, &[])
}

/// Moves an object of a file into another file, and leaves a link.
fn move_out(world: &World, file: &hdf5::File, name: &str) {
    let other = world.path("other.h5");
    std::fs::copy(world.path("out/f.h5"), &other).unwrap();
    file.unlink(name).unwrap();
    file.link_external(other.to_str().unwrap(), &format!("/{name}"), name).unwrap();
}

#[test]
fn maps_do_not_lead_out_of_their_file() {
    let case = Case::new();
    let map = "mutation-map model --fasta genome.fa -r chr1:100-109 -o out/f.h5";
    let plot = "plot mutation-map out/f.h5 -o out/p.svg";
    for name in ["_list_0", "_list_0/seq", "_list_0/seq/diff/only/mutation_map"] {
        let name = &existing(&case, map, name);
        let outcome = changed(&case, map, |file| move_out(&case.world, file, name), plot);
        assert_eq!(
            (outcome.code, &*outcome.stderr),
            (1, &*format!("error: out/f.h5: `/{name}` is a link to another file{ADVICE}\n"))
        );
    }
}

/// The name of an object of a map's file; the last but one part of a path of several is the map's task.
fn existing(case: &Case, map: &str, name: &str) -> String {
    let outcome = case.world.run(map, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let file = hdf5::File::open(case.world.path("out/f.h5")).unwrap();
    let parts: Vec<&str> = name.split('/').collect();
    let mut path = String::new();
    for part in parts {
        let group = if path.is_empty() { (*file).clone() } else { file.group(&path).unwrap() };
        let names = group.member_names().unwrap();
        let part = if names.iter().any(|name| name == part) { part.to_owned() } else { names[0].clone() };
        path = if path.is_empty() { part } else { format!("{path}/{part}") };
    }
    path
}

#[test]
fn expectations_do_not_lead_out_of_their_file() {
    let case = Case::new();
    case.world.write("i.bed", "chr1\t100\t110\n");
    let predict = "predict model --fasta genome.fa --intervals i.bed --keep-inputs -o out/f.h5";
    let test = "model test model --fasta genome.fa --intervals i.bed --expect out/f.h5";
    let right = changed(&case, predict, |_| (), test);
    assert_eq!(right.code, 0, "{right:?}");
    for name in ["preds", "inputs"] {
        let outcome = changed(&case, predict, |file| move_out(&case.world, file, name), test);
        let expected = format!("out/f.h5: `/{name}` is a link to another file{ADVICE}");
        assert!(
            outcome.code == 1 && format!("{}{}", outcome.stdout, outcome.stderr).contains(&expected),
            "{outcome:?}"
        );
    }
}

#[test]
fn batch_files_do_not_lead_out_of_their_file() {
    let case = Case::new();
    case.world.write("i.bed", "chr1\t100\t110\n");
    let predict = "predict model --fasta genome.fa --intervals i.bed --keep-inputs --keep-metadata -o out/f.h5";
    let again = "predict model --batch-file out/f.h5 --keep-inputs -o out/p.h5";
    for name in ["inputs", "metadata"] {
        let outcome = changed(&case, predict, |file| move_out(&case.world, file, name), again);
        assert_eq!(
            (outcome.code, &*outcome.stderr),
            (1, &*format!("error: out/f.h5: `/{name}` is a link to another file{ADVICE}\n"))
        );
        assert!(!case.world.path("out/p.h5").exists());
    }
}

#[test]
fn labels_are_those_of_the_model() {
    let case = Case::new();
    case.world.write("other/secret.txt", "root:x:0\n");
    case.spoil("model/model.yaml", "name: out", "name: out, column_labels: ../other/secret.txt");
    let refused = case.refused(&[]);
    let expected = "it lies neither in the model's directory nor directly above it, but at [world]/other/secret.txt; \
                    copy it into [world]/model";
    assert!(refused.ends_with(expected), "{refused}");
    let info = case.world.run("model info model", &[]);
    assert!(!info.stdout.contains("root"), "{info:?}");
}
