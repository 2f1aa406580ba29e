//! Files of maps and gradients as other programs write them.

use std::str::FromStr;

use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{File, Group};
use kipos_tests::World;

fn text(group: &Group, name: &str, text: &str) {
    let value = VarLenUnicode::from_str(text).unwrap();
    group.new_dataset::<VarLenUnicode>().create(name).unwrap().write_scalar(&value).unwrap();
}

fn texts(group: &Group, name: &str, texts: &[&str]) {
    let values: Vec<_> = texts.iter().map(|text| VarLenUnicode::from_str(text).unwrap()).collect();
    group.new_dataset::<VarLenUnicode>().shape([texts.len()]).create(name).unwrap().write_raw(&values).unwrap();
}

fn fixed(group: &Group, name: &str, texts: &[&str], shape: &[usize]) {
    let values: Vec<FixedAscii<8>> = texts.iter().map(|text| FixedAscii::from_ascii(text).unwrap()).collect();
    group.new_dataset::<FixedAscii<8>>().shape(shape).create(name).unwrap().write_raw(&values).unwrap();
}

fn numbers(group: &Group, name: &str, shape: &[usize], values: &[f32]) {
    group.new_dataset::<f32>().shape(shape).create(name).unwrap().write_raw(values).unwrap();
}

fn integers(group: &Group, name: &str, values: &[i64]) {
    group.new_dataset::<i64>().shape([values.len()]).create(name).unwrap().write_raw(values).unwrap();
}

/// What the model whose weight of base b (A, C, G, T: 1, 2, 3, 4) at position p is (4p + b) / 100 says of the changes of
/// ACGTACGT, in rows A, C, G, T.
pub(super) const TOY: [f32; 32] = [
    0.0, -0.01, -0.02, -0.03, 0.0, -0.01, -0.02, -0.03, //
    0.01, 0.0, -0.01, -0.02, 0.01, 0.0, -0.01, -0.02, //
    0.02, 0.01, 0.0, -0.01, 0.02, 0.01, 0.0, -0.01, //
    0.03, 0.02, 0.01, 0.0, 0.03, 0.02, 0.01, 0.0,
];

/// Two entries of ACGTACGT at chr1:100-108 and chr1:108-116, with the scores `diff` and `twice` of the task `t`; the first
/// has the variant rs7, 102 C>T (from 1).
pub fn maps(world: &World, name: &str) {
    let file = File::create(world.path(name)).unwrap();
    for (entry, start) in [(0, 100), (1, 108)] {
        for (score, factor) in [("diff", 1.0), ("twice", 2.0)] {
            let group = file.create_group(&format!("_list_{entry}/seq/{score}/t")).unwrap();
            numbers(&group, "mutation_map", &[4, 8], &TOY.map(|value| value * factor));
            text(&group, "ref_seq", "ACGTACGT");
            let region = group.create_group("metadata_region").unwrap();
            text(&region, "chr", "chr1");
            text(&region, "strand", "*");
            for (name, value) in [("start", start), ("end", start + 8)] {
                region.new_dataset::<i64>().create(name).unwrap().write_scalar(&i64::from(value)).unwrap();
            }
            if entry == 0 {
                let variants = group.create_group("ovlp_var").unwrap();
                fixed(&variants, "chr", &["chr1"], &[1]);
                integers(&variants, "pos", &[102]);
                fixed(&variants, "ref", &["C"], &[1]);
                fixed(&variants, "alt", &["T"], &[1, 1]);
                fixed(&variants, "id", &["rs7"], &[1]);
                integers(&variants, "varpos_rel", &[1]);
            }
        }
    }
}

/// Gradients of three samples of five bases, ACGTN: `seq` (5, 4) and `signal` (5, 2). They lie at chr2:10-15, chr1:20-25
/// (read on the reverse strand), and chr1:25-30; in sample s the base p has the gradient (p + 1) * (s + 1) / 4.
pub fn gradients(world: &World, name: &str) {
    let file = File::create(world.path(name)).unwrap();
    let (inputs, grads) = (file.create_group("inputs").unwrap(), file.create_group("grads").unwrap());
    let mut one_hot = Vec::new();
    let mut gradient = Vec::new();
    for sample in 0..3_u8 {
        for base in 0..5_u8 {
            for channel in 0..4_u8 {
                one_hot.push(if base == 4 { 0.25 } else { f32::from(u8::from(channel == base)) });
                gradient.push(f32::from((base + 1) * (sample + 1)) / 4.0);
            }
        }
    }
    numbers(&inputs, "seq", &[3, 5, 4], &one_hot);
    numbers(&grads, "seq", &[3, 5, 4], &gradient);
    let signal: Vec<f32> = (0..30_u8).map(f32::from).collect();
    numbers(&inputs, "signal", &[3, 5, 2], &signal);
    numbers(&grads, "signal", &[3, 5, 2], &[0.5; 30]);
    let ranges = file.create_group("metadata/ranges").unwrap();
    texts(&ranges, "chr", &["chr2", "chr1", "chr1"]);
    integers(&ranges, "start", &[10, 20, 25]);
    integers(&ranges, "end", &[15, 25, 30]);
    texts(&ranges, "strand", &["+", "-", "+"]);
}
