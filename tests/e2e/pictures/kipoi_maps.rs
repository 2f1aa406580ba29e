//! A map as Kipoi wrote it: the columns that are known of `first_variant_mm.hdf5`, in the layout of that file.

use std::str::FromStr;

use hdf5::types::{FixedAscii, VarLenUnicode};
use kipos_tests::World;

use super::{layer, texts};

/// hg38, chr22:21541541-21541641, from 1.
const SEQUENCE: &str =
    "TACCTATTTGGGTTTTCACTAGTAAGCAGTTGGTTTGTAAGCAGTTGGTGATTTTAGTTTGTCTGGGTTTCAGCCATGAATATTCTATTGTAAACTTAATT";

const START: usize = 21_541_540;

/// Columns, with what stands in the rows A, C, G and T.
const COLUMNS: [(usize, [f32; 4]); 5] = [
    (0, [-0.002_741_26, -0.003_514_66, -0.003_658_86, 0.0]),
    (48, [0.008_832_70, 0.048_645_28, 0.035_402_13, 0.0]),
    (49, [-0.061_889_6, -0.005_528_35, 0.0, -0.044_651_2]),
    (50, [0.0, 0.089_978_02, 0.062_236_89, 0.037_550_64]),
    (100, [0.003_294_94, 0.003_604_85, 0.007_448_93, 0.0]),
];

fn fixed<const N: usize>(group: &hdf5::Group, name: &str, text: &str, shape: &[usize]) {
    let value = FixedAscii::<N>::from_ascii(text).unwrap();
    let dataset = group.new_dataset::<FixedAscii<N>>().shape(shape).chunk(shape).deflate(4).create(name).unwrap();
    dataset.write_raw(&[value]).unwrap();
}

fn integer(group: &hdf5::Group, name: &str, value: i64) {
    group.new_dataset::<i64>().shape([1]).chunk([1]).deflate(4).create(name).unwrap().write_raw(&[value]).unwrap();
}

/// The file: the columns above, 0 in all others.
fn world() -> World {
    let world = World::new();
    let file = hdf5::File::create(world.path("mm.hdf5")).unwrap();
    let map = file.create_group("_list_0/seq/diff/rbp_prb").unwrap();
    let mut values = vec![0.0_f32; 4 * SEQUENCE.len()];
    for (column, rows) in COLUMNS {
        rows.iter().enumerate().for_each(|(row, value)| values[row * SEQUENCE.len() + column] = *value);
    }
    let shape = [4, SEQUENCE.len()];
    let dataset = map.new_dataset::<f32>().shape(shape).chunk(shape).deflate(4).create("mutation_map").unwrap();
    dataset.write_raw(&values).unwrap();
    let text = |group: &hdf5::Group, name: &str, text: &str| {
        let value = VarLenUnicode::from_str(text).unwrap();
        group.new_dataset::<VarLenUnicode>().create(name).unwrap().write_scalar(&value).unwrap();
    };
    text(&map, "ref_seq", SEQUENCE);
    let region = map.create_group("metadata_region").unwrap();
    text(&region, "chr", "chr22");
    text(&region, "strand", ".");
    for (name, value) in [("start", START), ("end", START + SEQUENCE.len())] {
        region.new_dataset::<i64>().create(name).unwrap().write_scalar(&(value as i64)).unwrap();
    }
    let variants = map.create_group("ovlp_var").unwrap();
    fixed::<5>(&variants, "chr", "chr22", &[1]);
    fixed::<1>(&variants, "ref", "G", &[1]);
    fixed::<1>(&variants, "alt", "T", &[1, 1]);
    fixed::<6>(&variants, "id", "marked", &[1]);
    integer(&variants, "pos", START as i64 + 50);
    // One too large, as in the file.
    integer(&variants, "varpos_rel", 50);
    world
}

fn run(world: &World, args: &str) {
    let outcome = world.run(args, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn columns_lie_where_their_bases_are() {
    let world = world();
    run(&world, "track mm.hdf5 -o mm.bedgraph");
    let track = world.read("mm.bedgraph");
    let lines: Vec<_> = track.lines().collect();
    assert_eq!(lines.len(), SEQUENCE.len());
    for (column, rows) in COLUMNS {
        let [contig, start, end, value] = lines[column].split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((contig, start), ("chr22", (START + column).to_string().as_str()));
        assert_eq!(end, (START + column + 1).to_string());
        let expected = rows.iter().sum::<f32>() / 3.0;
        assert!((value.parse::<f32>().unwrap() - expected).abs() < 1e-8, "{column}: {value} {expected}");
    }
}

#[test]
fn the_variant_is_marked_at_its_position() {
    let world = world();
    run(&world, "plot mutation-map mm.hdf5 -o mm.svg --limit-region 48 51 --no-color-bar");
    let svg = world.read("mm.svg");
    let letters: String = layer(&svg, "sequence").iter().map(|line| &line[12..13]).collect();
    assert_eq!(letters, "TGA");
    assert!(texts(&svg).contains(&"marked"));
    // The second column, the row of T.
    let cells = layer(&svg, "heat-map");
    let place = |line: &str| line.split(" fill=").next().unwrap().to_owned();
    assert_eq!(place(layer(&svg, "variants")[0]), place(cells[3 * 3 + 1]));
    // Unfilled cells are the three bases that are there.
    let white: Vec<_> = (0..cells.len()).filter(|cell| cells[*cell].contains("#ffffff")).collect();
    assert_eq!(white, [2, 7, 9]);
}
