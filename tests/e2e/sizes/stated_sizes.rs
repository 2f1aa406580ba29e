//! Numbers that ask for more memory than any machine has.

use insta::assert_snapshot;
use kipos_tests::World;

use crate::batch_files::{Batches, write_model};
use crate::bgzip::pack;
use crate::case::{Case, vcf};

#[test]
fn an_index_that_states_many_bins() {
    let case = Case::new();
    case.world.write("packed.vcf.gz", pack(case.world.read("variants.vcf").as_bytes(), 100));
    // Bits of a bin, levels, no header, one contig, its bins.
    let stated = |bins: i32| [14, 5, 0, 1, bins].iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let index = |bins: i32| pack(&[b"CSI\x01".as_slice(), &stated(bins)].concat(), 100);
    let mut command = case.world.kipos();
    command.args("score-variants model --fasta genome.fa --vcf packed.vcf.gz -r chr1:60 -o out/scored.vcf".split(' '));
    case.world.write("packed.vcf.gz.csi", index(150_000_000));
    assert_snapshot!(case.refused(&mut command), @"cannot read the index packed.vcf.gz.csi; rebuild it with `tabix -f -p vcf packed.vcf.gz`: it states at least 12 bytes more than it has");
    case.world.write("packed.vcf.gz.csi", index(-7));
    assert_snapshot!(case.refused(&mut command), @"cannot read the index packed.vcf.gz.csi; rebuild it with `tabix -f -p vcf packed.vcf.gz`: it states the number -7");
}

/// What is said of a batch file whose columns have so many rows, of which none was written.
fn unwritten(rows: usize, row: usize) -> String {
    let world = World::new();
    write_model(&world, "{name: seq, special_type: DNASeq, shape: \"(20, 4)\"}", "[seq]", false);
    world.write("in.vcf", vcf("", "chr1\t60\t.\tA\tC\t.\t.\t.\n"));
    {
        let file = hdf5::File::create(world.path("b.h5")).unwrap();
        file.create_group("inputs").unwrap();
        let chunk = (1, row, 4);
        file.new_dataset::<u8>().chunk(chunk).shape((rows, row, 4)).create("inputs/seq").unwrap();
        file.create_group("metadata/ranges").unwrap();
        for name in ["chr", "start", "end"] {
            file.new_dataset::<i64>()
                .chunk(rows.min(1000))
                .shape(rows)
                .create(format!("metadata/ranges/{name}").as_str())
                .unwrap();
        }
    }
    let outcome = world.run("score-variants model --vcf in.vcf --batch-file b.h5 -o out.vcf", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(!world.path("out.vcf").exists());
    outcome.stderr
}

#[test]
fn rows_that_take_no_room_in_the_file() {
    assert_snapshot!(unwritten(1_000_000_000, 20), @"error: b.h5: `/inputs/seq` is of 1000000000 rows, expected at most 67108864; split the samples into several files");
    assert_snapshot!(unwritten(60_000_000, 20), @"error: b.h5: `/inputs/seq` is of shape [60000000, 20, 4], of which 0 bytes were written, expected an array that was written completely");
    assert_snapshot!(unwritten(2, 1_000_000_000), @"error: b.h5: `/inputs/seq` is of shape [2, 1000000000, 4], of which 0 bytes were written, expected an array that was written completely");
}

#[test]
fn a_row_that_no_memory_holds() {
    let world = World::new();
    write_model(
        &world,
        "{seq: {special_type: DNASeq, shape: \"(20, 4)\"}, big: {shape: \"(400000000,)\"}}",
        "[seq]",
        false,
    );
    let ranges = [(50, '+', "a")];
    let file = Batches::create(&world.path("b.h5"));
    file.ranges("ranges", 20, &ranges).one_hot("seq", 20, &ranges);
    drop(file);
    {
        // A chunk that was written makes the dataset look as if all were there: a thousandth is.
        let file = hdf5::File::open_rw(world.path("b.h5")).unwrap();
        let big = file.new_dataset::<f64>().chunk((1, 1 << 20)).shape((1, 400_000_000)).create("inputs/big").unwrap();
        big.write_slice(&vec![1.0; 1 << 20], (0, ..1 << 20)).unwrap();
    }
    let outcome = world.run("predict model --batch-file b.h5 -o out.tsv", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_snapshot!(outcome.stderr, @"error: b.h5: `/inputs/big` is of shape [1, 400000000], expected rows of at most 1024 MiB");
}

#[test]
fn a_model_that_takes_only_huge_batches() {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 1, fixed: 4611686018427387904}");
    assert_snapshot!(case.refused(&[]), @"plugin stub: the loaded model takes batches of 4611686018427387904 rows, more than 65536; this is a bug of the plugin, please report it to its authors");
    let mut gradient = case.world.kipos();
    case.world.write("i.bed", "chr1\t50\t60\n");
    gradient.args("gradient model --fasta genome.fa --intervals i.bed -o out/g.tsv --layer 0".split(' '));
    assert_snapshot!(case.refused(&mut gradient), @"plugin stub: the loaded model takes batches of 4611686018427387904 rows, more than 65536; this is a bug of the plugin, please report it to its authors");
}

#[test]
fn windows_and_batches_that_are_typed() {
    let case = Case::new();
    assert_snapshot!(case.misused(&["--seq-length", "1000000000"]), @"dataloader argument `auto_resize_len` must be a length in bases, at most 67108864, found 1000000000");
    assert_snapshot!(case.misused(&["--batch-size", "1000000000"]), @"a batch has at most 65536 samples, found 1000000000; choose a smaller batch size");
    case.spoil("model/model.yaml", "shape: \"(10, 4)\"", "shape: \"(None, 4)\"");
    assert_snapshot!(case.misused(&["--seq-length", "60000000", "--batch-size", "64"]), @"one call of 64 rows of 960000000 bytes each needs more than 32 GiB; choose a smaller --batch-size");
}

#[test]
fn arguments_in_very_many_brackets() {
    let case = Case::new();
    let nested = format!("{}1{}", "{a:".repeat(20_000), "}".repeat(20_000));
    let said = case.misused(&["--dataloader-args", &nested]);
    assert!(said.len() < 1000, "{} bytes", said.len());
    assert!(said.contains("...` as arguments: brackets are nested too deeply; give JSON"), "{said}");
}

#[test]
fn descriptions_of_very_many_unknown_and_repeated_keys() {
    let case = Case::new();
    let keys: String = (0..20_000).map(|key| format!("zz{key}: 1\nzz{key}: 1\n")).collect();
    let model = case.world.read("model/model.yaml");
    let lines = model.lines().count();
    case.world.write("model/model.yaml", model + &keys);
    let outcome = case.world.run("model lint model", &[]);
    for (said, line) in [("unknown", lines + 39_999), ("twice", lines + 40_000)] {
        let key = format!("model/model.yaml:{line}: ");
        let told = outcome.stdout.lines().chain(outcome.stderr.lines()).find(|text| text.contains(&key));
        assert!(told.is_some_and(|told| told.contains("zz19999") && told.contains(said)), "{said} {line}: {told:?}");
    }
}
