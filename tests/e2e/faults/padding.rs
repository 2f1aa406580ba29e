//! What `--edge pad` fills up beyond contigs has no coordinates.

use std::fs;

use kipos_tests::{World, fault, reference};

fn world() -> World {
    let world = World::new();
    for file in ["model.onnx", "model.yaml"] {
        world.write(&format!("tiny/{file}"), fs::read(reference().join("tiny").join(file)).unwrap());
    }
    world.write("g.fa", fs::read(fault("common").join("g.fa")).unwrap());
    world.write("in.bed", fs::read(fault("pad-coordinates").join("in.bed")).unwrap());
    world
}

fn run(world: &World, args: &str) -> String {
    let outcome = world.run(args, &[]);
    assert_eq!(outcome.code, 0, "{args}: {outcome:?}");
    outcome.stderr
}

/// Contig, start and end of all lines of a BED or bedGraph.
fn lines(text: &str) -> Vec<(String, i64, i64)> {
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(cells);
    lines.map(|cells| (cells[0].clone(), cells[1].parse().unwrap(), cells[2].parse().unwrap())).collect()
}

fn length(contig: &str) -> i64 {
    let lengths = [("chr1", 3_000), ("chr2", 2_000), ("chrM", 1_200)];
    lengths.iter().find(|(name, _)| *name == contig).unwrap().1
}

#[test]
fn tracks_of_gradients_have_only_bases_of_their_contigs() {
    let world = world();
    run(&world, "gradient tiny --fasta g.fa --intervals in.bed --edge pad -o g.h5");
    let said = run(&world, "track g.h5 -o g.bedgraph");
    let found = lines(&world.read("g.bedgraph"));
    assert!(found.iter().all(|(contig, start, end)| 0 <= *start && *end <= length(contig)), "{found:?}");
    // Five windows of 200 bases, of which 50 lie before chr1 and 75 behind it.
    assert_eq!(found.len(), 5 * 200 - 125);
    assert!(said.contains("; left out 125 bases beyond their contigs"), "{said}");
    // Nothing else is lost.
    assert!(found.contains(&("chr1".into(), 0, 1)) && found.contains(&("chr1".into(), 2_999, 3_000)));
}

#[test]
fn tracks_say_where_contigs_have_no_known_end() {
    let world = world();
    run(&world, "gradient tiny --fasta g.fa --intervals in.bed --edge pad -o g.h5");
    // As other programs write such files.
    hdf5::File::append(world.path("g.h5")).unwrap().unlink("metadata/ranges/contig_length").unwrap();
    let warning = "warning: contig lengths are unknown from g.h5; lines past a contig's end are kept\n";
    for (command, output) in [("track", "-o"), ("postproc gr_inp_to_file", "--output")] {
        let input = if command == "track" { "g.h5" } else { "-f g.h5" };
        let said = run(&world, &format!("{command} {input} {output} g.bedgraph"));
        assert!(said.starts_with(warning) && said.contains("; left out 50 bases beyond their contigs"), "{said}");
        assert_eq!(lines(&world.read("g.bedgraph")).len(), 5 * 200 - 50);
    }
    // Where no sequence ends in N, nothing lies past an end.
    assert!(!run(&world, "track g.h5 --sample 1 -o g.bedgraph").contains("warning"));
    world.write("in.bed", "chr1\t400\t600\n");
    run(&world, "gradient tiny --fasta g.fa --intervals in.bed -o inside.h5");
    assert!(!run(&world, "track inside.h5 -o g.bedgraph").contains("warning"));
}

#[test]
fn reverse_strands_lose_the_same_bases() {
    let world = world();
    world.write("in.bed", "chr1\t2900\t3100\ta\t0\t-\nchr2\t0\t20\tb\t0\t-\n");
    let args = "--dataloader-args use_strand=true";
    run(&world, &format!("gradient tiny --fasta g.fa --intervals in.bed --edge pad -o g.h5 {args}"));
    let said = run(&world, "track g.h5 -o g.bedgraph");
    assert!(said.contains("; left out 190 bases beyond their contigs"), "{said}");
    let found = lines(&world.read("g.bedgraph"));
    assert_eq!((found.len(), found[0].1, found[100].1, found[209].2), (210, 2_900, 0, 110));
}

#[test]
fn bed_files_of_predictions_are_clipped_to_contigs() {
    let world = world();
    world.write("in.bed", world.read("in.bed") + "chr2\t5000\t5100\n");
    let said = run(&world, "predict tiny --fasta g.fa --intervals in.bed --edge pad -o p.bed -o p.tsv");
    let found: Vec<_> = lines(&world.read("p.bed")).into_iter().map(|(_, start, end)| (start, end)).collect();
    assert_eq!(found, [(0, 150), (400, 600), (500, 700), (2_875, 3_000), (400, 600)]);
    let warning = said.lines().find(|line| line.starts_with("warning: ")).unwrap();
    let expected = "warning: p.bed: 2 ranges reach beyond their contig and were clipped to it; 1 ranges are wholly \
                    beyond their contig and were left out";
    assert_eq!(warning, expected);
    // A table holds what the model was shown.
    assert_eq!(world.read("p.tsv").lines().count(), 1 + 6);
    assert!(said.contains("predicted 6 of 6 samples"), "{said}");
}

#[test]
fn pictures_mark_padding() {
    let world = world();
    run(&world, "gradient tiny --fasta g.fa --intervals in.bed --edge pad -o g.h5");
    let drawn = |args: &str| {
        run(&world, &format!("{args} -o picture.svg"));
        world.read("picture.svg")
    };
    let first = drawn("plot gradient g.h5 --sample 0");
    assert!(first.contains("<g class=\"padding\">") && first.contains("chr1:1-150 and padding of 50"), "{first}");
    let last = drawn("plot gradient g.h5 --sample 3");
    assert!(last.contains("<g class=\"padding\">") && last.contains("chr1:2,876-3,000 and padding of 75"), "{last}");
    let inside = drawn("plot gradient g.h5 --sample 1");
    assert!(!inside.contains("padding") && inside.contains("chr1:401-600"), "{inside}");
    run(&world, "mutation-map tiny --fasta g.fa -s diff -r chr1:2801-3000 -r chr1:2901-3000 --edge pad -o m.h5");
    let whole = drawn("plot mutation-map m.h5 --input-entry 0 --scoring-key diff --model-output t0");
    assert!(!whole.contains("padding"), "{whole}");
    let cut = drawn("plot mutation-map m.h5 --input-entry 1 --scoring-key diff --model-output t0");
    assert!(cut.contains("<g class=\"padding\">") && cut.contains("chr1:2,901-3,000 and padding of 100"), "{cut}");
    let said = run(&world, "track m.h5 --input-entry 1 --scoring-key diff --model-output t0 -o m.bedgraph");
    assert!(said.contains("100 lines of 1 stretch; left out 100 bases beyond their contigs"), "{said}");
}
