//! Files that a run reads, and that its outputs must not replace, by any name.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use kipos_tests::World;

use crate::bgzip;
use crate::case::{Case, snv, vcf};
use crate::pictures::{gradients, maps};

/// Lets the run write to `file` by a link of each kind, called like an output. `run` gives what the run says.
fn refused(world: &World, file: &str, ending: &str, run: &dyn Fn(&str) -> String) {
    let before = fs::read(world.path(file)).unwrap();
    for (kind, hard) in [("soft", false), ("hard", true)] {
        let name = format!("{kind}.{ending}");
        let link = world.path(&name);
        match hard {
            true => fs::hard_link(world.path(file), &link).unwrap(),
            false => symlink(world.path(file), &link).unwrap(),
        }
        let said = run(&name);
        let expected = format!("the output {name} is the same file as ");
        assert!(
            said.contains(&expected) && said.ends_with(", which the run reads; choose another name"),
            "{file}: {said}"
        );
        assert!(fs::read(world.path(file)).unwrap() == before, "{file} was changed by {name}");
        fs::remove_file(link).unwrap();
    }
}

#[test]
fn everything_that_scores_are_made_of() {
    let case = Case::new();
    case.spoil("model/model.yaml", "shape: \"(1,)\"", "shape: \"(1,)\", column_labels: [labels.txt]");
    case.world.write("model/labels.txt", "task\n");
    case.world.write("contigs.tsv", "one\tchr1\n");
    case.world.write("regions.bed", "chr1\t0\t400\n");
    case.world.write("windows.bed", "chr1\t0\t400\n");
    // A run with an index for it.
    let packed = bgzip::pack(vcf("", &snv(50)).as_bytes(), 40);
    case.world.write("in.vcf.gz", packed);
    case.world.write("in.vcf.gz.tbi", "not read yet");
    case.world.write("in.vcf.gz.csi", "not read yet");
    case.world.write("genome.fa.gzi", "not read");
    let command = |output: &str| {
        let mut command = case.world.kipos();
        command.args(["score-variants", "model", "--vcf", "in.vcf.gz", "--fasta", "genome.fa"]);
        command.args(["--contig-map", "contigs.tsv", "--regions-file", "regions.bed"]);
        command.args(["--restriction-bed", "windows.bed", "-o", output]);
        case.misused(&mut command)
    };
    let plugin = fs::read_dir(case.world.path("plugins")).unwrap().next().unwrap().unwrap().file_name();
    let plugin = format!("plugins/{}", plugin.to_str().unwrap());
    for file in [
        "model/model.yaml",
        "model/dataloader.yaml",
        "model/labels.txt",
        "genome.fa",
        "genome.fa.gzi",
        "in.vcf.gz",
        "in.vcf.gz.tbi",
        "in.vcf.gz.csi",
        "contigs.tsv",
        "regions.bed",
        "windows.bed",
        &plugin,
    ] {
        refused(&case.world, file, "vcf", &command);
        refused(&case.world, file, "tsv", &command);
    }
}

#[test]
fn an_index_that_the_output_gets_counts_as_the_output() {
    let case = Case::new();
    symlink(case.world.path("variants.vcf"), case.world.path("new.vcf.gz.tbi")).unwrap();
    let mut command = case.world.kipos();
    command.args(["score-variants", "model", "--vcf", "variants.vcf", "--fasta", "genome.fa", "-o", "new.vcf.gz"]);
    let said = case.misused(&mut command);
    assert_eq!(
        said,
        "the output new.vcf.gz.tbi is the same file as variants.vcf, which the run reads; choose another name"
    );
}

#[test]
fn everything_that_maps_and_predictions_are_made_of() {
    let case = Case::new();
    case.world.write("in.bed", "chr1\t100\t110\n");
    let with = |args: &'static str| {
        let case = &case;
        move |output: &str| {
            let mut command = case.world.kipos();
            case.misused(command.args(args.split_whitespace()).args(["--fasta", "genome.fa", "-o", output]))
        }
    };
    for file in ["in.bed", "genome.fa", "model/model.yaml"] {
        refused(&case.world, file, "tsv", &with("predict model --intervals in.bed"));
        refused(&case.world, file, "h5", &with("mutation-map model --regions-file in.bed --scores diff"));
    }
}

#[test]
fn everything_that_pictures_and_tracks_are_made_of() {
    let world = World::new();
    gradients(&world, "g.h5");
    maps(&world, "m.h5");
    world.write("marks.vcf", vcf("", ""));
    let with = |args: &'static str| {
        let world = &world;
        move |output: &str| {
            let outcome = world.run(args, &["-o", output]);
            assert_eq!(outcome.code, 2, "{outcome:?}");
            outcome.stderr.trim_end().to_owned()
        }
    };
    let map = "plot mutation-map m.h5 --input-entry 0 --scoring-key diff --annotation-vcf marks.vcf";
    refused(&world, "m.h5", "svg", &with(map));
    refused(&world, "marks.vcf", "svg", &with(map));
    refused(&world, "g.h5", "png", &with("plot gradient g.h5 --model-input seq"));
    refused(&world, "g.h5", "bedgraph", &with("track g.h5 --model-input seq"));
    refused(&world, "m.h5", "bed", &with("track m.h5 --scoring-key diff"));
}

#[test]
fn the_weights_and_the_engine_of_a_graph() {
    let case = Case::onnx_with_weights_beside();
    case.world.write("in.bed", "chr1\t100\t110\n");
    // Of another name than any that is looked for, and no link, so that it can be linked to.
    let library = case.world.path("libengine.so");
    fs::copy(kipos_tests::onnxruntime(), &library).unwrap();
    let with = |args: &'static str| {
        let (case, library) = (&case, &library);
        move |output: &str| {
            let mut command = case.world.kipos();
            command.args(args.split_whitespace()).args(["--fasta", "genome.fa", "-o", output]);
            case.misused(command.arg("--engine-library").arg(library))
        }
    };
    for file in ["model/weights_beside.numbers", "libengine.so"] {
        refused(&case.world, file, "tsv", &with("predict model --intervals in.bed"));
        refused(&case.world, file, "vcf", &with("score-variants model --vcf variants.vcf"));
        refused(&case.world, file, "h5", &with("mutation-map model --regions-file in.bed --scores diff"));
    }
}
