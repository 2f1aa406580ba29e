use super::*;
use crate::{
    genome::{Interval, Strand},
    scored::{ScoreLabel, ScoreOrigin},
    sink::{MapEntry, MapVariant, MemoryMaps, Sink, maps::hdf5::MapHdf5},
};
use hdf5::types::{FixedAscii, VarLenUnicode};
use std::str::FromStr;

fn text(group: &hdf5::Group, name: &str, text: &str) {
    let value = VarLenUnicode::from_str(text).unwrap();
    group.new_dataset::<VarLenUnicode>().create(name).unwrap().write_scalar(&value).unwrap();
}

fn fixed<const N: usize>(group: &hdf5::Group, name: &str, values: &[&str], shape: &[usize]) {
    let values: Vec<FixedAscii<N>> = values.iter().map(|text| FixedAscii::from_ascii(text).unwrap()).collect();
    group.new_dataset::<FixedAscii<N>>().shape(shape).create(name).unwrap().write_raw(&values).unwrap();
}

/// A file of one map of two bases, as h5py writes it.
fn written(path: &Path, columns: usize) {
    let file = hdf5::File::create(path).unwrap();
    let map = file.create_group("_list_0/seq/diff/a%2Fb").unwrap();
    let values: Vec<f32> = (0..4 * columns).map(|value| value as f32).collect();
    map.new_dataset::<f32>().shape([4, columns]).create("mutation_map").unwrap().write_raw(&values).unwrap();
    text(&map, "ref_seq", "AC");
    let region = map.create_group("metadata_region").unwrap();
    text(&region, "chr", "chr22");
    text(&region, "strand", ".");
    region.new_dataset::<i64>().create("start").unwrap().write_scalar(&100_i64).unwrap();
    region.new_dataset::<i64>().create("end").unwrap().write_scalar(&102_i64).unwrap();
    let variants = map.create_group("ovlp_var").unwrap();
    fixed::<5>(&variants, "chr", &["chr22", "chr22"], &[2]);
    variants.new_dataset::<i64>().shape([2]).create("pos").unwrap().write_raw(&[101_i64, 102]).unwrap();
    fixed::<1>(&variants, "ref", &["A", "C"], &[2]);
    fixed::<1>(&variants, "alt", &["C", "T", "G", ""], &[2, 2]);
    fixed::<6>(&variants, "id", &["rs1", "."], &[2]);
}

#[test]
fn a_map_is_read_with_its_variants() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("map.h5");
    written(&path, 2);
    let maps = MapFile::open(&path).unwrap();
    assert_eq!(maps.len(), 1);
    assert_eq!(maps.names(0, &[]).unwrap(), ["seq"]);
    assert_eq!(maps.names(0, &["seq", "diff"]).unwrap(), ["a/b"]);
    let map = maps.read(0, "seq", "diff", "a/b").unwrap();
    assert_eq!((map.contig.as_str(), map.start, map.sequence.as_str()), ("chr22", 100, "AC"));
    assert_eq!(map.values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let variants: Vec<_> = map
        .variants
        .iter()
        .map(|it| (it.start, it.reference.as_str(), it.alternate.as_str(), it.id.as_str()))
        .collect();
    assert_eq!(variants, [(100, "A", "C", "rs1"), (100, "A", "T", "rs1"), (101, "C", "G", ".")]);
}

#[test]
fn what_is_no_map_is_explained() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("map.h5");
    let message = |error: BatchError| error.to_string().replace(directory.path().to_str().unwrap(), "DIR");
    written(&path, 3);
    let maps = MapFile::open(&path).unwrap();
    insta::assert_snapshot!(message(maps.read(0, "seq", "diff", "a/b").unwrap_err()), @"DIR/map.h5: `/_list_0/seq/diff/a%2Fb/mutation_map` is of shape [4, 3], expected [4, 2], as `ref_seq` has bases");
    insta::assert_snapshot!(message(maps.read(0, "seq", "logit", "a/b").unwrap_err()), @"DIR/map.h5: `/_list_0/seq` has no group `logit`");
    let other = directory.path().join("other.h5");
    hdf5::File::create(&other).unwrap().create_group("scores").unwrap();
    insta::assert_snapshot!(message(MapFile::open(&other).unwrap_err()), @"DIR/other.h5: `/` is without `_list_0`, expected mutation maps, as `kipos mutation-map` writes them");
    std::fs::write(&other, "no hdf5").unwrap();
    insta::assert_snapshot!(message(MapFile::open(&other).unwrap_err()), @"cannot read DIR/other.h5: it is not an HDF5 file, or it is incomplete");
}

#[test]
fn what_was_written_is_read_as_it_is_kept_in_memory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("maps.h5");
    let label = |label: &str, columns: &[&str]| ScoreLabel {
        label: label.into(),
        columns: columns.iter().map(ToString::to_string).collect(),
        background: vec![],
        origin: ScoreOrigin { plugin: "scorers".into(), version: "1.2".into(), scorer: label.into() },
    };
    let labels = vec![label("my/diff", &["."]), label("ref", &["a/b", "c"])];
    let variant = |id: &str, alternates: &[&str]| MapVariant {
        pos: 11,
        id: id.into(),
        reference: "C".into(),
        alternates: alternates.iter().map(ToString::to_string).collect(),
    };
    let values = |from: u8, to: u8| (from..to).map(f32::from).collect();
    let entry = |contig_length, variants| MapEntry {
        contig: "chr1".into(),
        contig_length,
        window: Interval::new(0, 9, 11, Strand::Reverse).unwrap(),
        shown: Interval::new(0, 5, 15, Strand::Reverse).unwrap(),
        letters: b"AC".to_vec(),
        inputs: vec!["seq".into(), "x/y".into()],
        variants,
        scores: vec![values(0, 8), values(100, 116)],
    };
    let entries = [entry(Some(90), vec![variant("rs1", &["A", "T"]), variant("rs2", &["G"])]), entry(None, Vec::new())];
    let mut sink = Box::new(MapHdf5::create(&path, "motif", labels.clone(), &Default::default()).unwrap());
    let mut kept = MemoryMaps::new("motif", labels);
    for entry in entries {
        sink.write(&entry).unwrap();
        kept.append(entry);
    }
    sink.finish().unwrap();

    let read = MapFile::open(&path).unwrap();
    assert_eq!((read.len(), read.model()), (kept.len(), kept.model()));
    for index in 0..kept.len() {
        assert_eq!(read.names(index, &[]).unwrap(), kept.names(index, &[]).unwrap());
        for input in kept.names(index, &[]).unwrap() {
            assert_eq!(read.names(index, &[&input]).unwrap(), kept.names(index, &[&input]).unwrap());
            for score in kept.names(index, &[&input]).unwrap() {
                let tasks = kept.names(index, &[&input, &score]).unwrap();
                assert_eq!(read.names(index, &[&input, &score]).unwrap(), tasks);
                for task in tasks {
                    let expected = kept.read(index, &input, &score, &task).unwrap();
                    assert_eq!(read.read(index, &input, &score, &task).unwrap(), expected);
                }
            }
        }
    }
}
