//! What a family is refused for, and why.

use insta::assert_snapshot;

use super::{family, three};
use crate::case::Case;

fn refused(case: &Case, code: i32, command: &str) -> String {
    let mut kipos = case.world.kipos();
    let kipos = kipos.args(command.split_whitespace());
    match code {
        2 => case.misused(kipos),
        _ => case.refused(kipos),
    }
}

#[test]
fn members_must_give_the_same_arrays() {
    let case = three("", "");
    case.world.write("model/fold1.txt", "factor 2\ntasks 3\n");
    assert_snapshot!(case.refused(&[][..]), @"fold1.txt cannot be combined with fold0.txt: its output `out` has shape (3) instead of (1); members of a family must take and give the same arrays");
    case.world.write("model/fold1.txt", "power 2\n");
    assert_snapshot!(case.refused(&[][..]), @"plugin stub: model/fold1.txt: the line `power 2` is not understood");
    std::fs::remove_file(case.world.path("model/fold1.txt")).unwrap();
    assert_snapshot!(case.refused(&[][..]), @"model/model.yaml:2: `args.files` names model/fold1.txt, which is not there; paths start from the directory of model.yaml");
}

#[test]
fn there_must_be_members_to_combine() {
    let case = family(&[2.0], "", "");
    assert_snapshot!(case.misused(&["--combine", "mean"]), @"model is a single file, so that --combine has nothing to combine; leave it out, or list the members in `args: {files: [...]}` of model.yaml");
    assert!(Case::new().misused(&["--combine", "median"]).contains("has nothing to combine"));
}

#[test]
fn layers_belong_to_one_member() {
    let case = three(", layers: true", "");
    let expected = "a layer of a family of 3 members has no value: units inside of networks that were trained apart do not \
                    match; describe one of them alone, with `args: {file: ...}`";
    let samples = "--fasta genome.fa --intervals in.bed";
    for command in [
        "model layers model".to_owned(),
        format!("predict model {samples} --layer squash -o out/l.h5"),
        format!("gradient model {samples} --layer squash -o out/l.h5"),
        format!("gradient model {samples} --layer 1 -o out/l.h5"),
    ] {
        assert_eq!(refused(&case, 2, &command), expected, "{command}");
    }
}

#[test]
fn gradients_are_of_sums_and_means() {
    let case = three(", layers: true", "");
    let gradient = "gradient model --fasta genome.fa --intervals in.bed -o out/g.h5";
    assert_snapshot!(refused(&case, 2, &format!("{gradient} --combine median")), @"the gradient of the median of a family of 3 members is that of one member, another one for each element of the output (--combine mean gives the mean of the members' gradients); describe one of them alone, with `args: {file: ...}`");
    assert_snapshot!(refused(&case, 2, &format!("{gradient} --avg_func max")), @"the gradient of the largest or smallest element of a family of 3 members may be of another element in each member (choose an element with --filter, and --reduce sum); describe one of them alone, with `args: {file: ...}`");
}
