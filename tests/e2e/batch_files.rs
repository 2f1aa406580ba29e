//! Samples that another program's loader has prepared, in the place of a native loader.

mod inputs;
mod refused;

use std::path::Path;

use hdf5::types::VarLenUnicode;
use kipos_tests::World;

use crate::dna::bases;

/// Bases of the contig.
const LENGTH: usize = 200;

/// The contig from which samples are made.
pub fn contig() -> Vec<u8> {
    bases(LENGTH, 91)
}

/// Where a sample's sequence comes from: start, strand and name.
pub type Range = (usize, char, &'static str);

/// A batch file under construction.
pub struct Batches {
    file: hdf5::File,
}

impl Batches {
    pub fn create(path: &Path) -> Self {
        Self { file: hdf5::File::create(path).unwrap() }
    }

    /// Writes the ranges of `length` bases as a range object.
    pub fn ranges(&self, object: &str, length: usize, ranges: &[Range]) -> &Self {
        let group = self.file.create_group(&format!("metadata/{object}")).unwrap();
        let starts: Vec<i64> = ranges.iter().map(|(start, ..)| *start as i64).collect();
        let ends: Vec<i64> = starts.iter().map(|start| start + length as i64).collect();
        self.column(&group, "chr", &vec!["chr1".to_owned(); ranges.len()]);
        group.new_dataset_builder().with_data(&starts).create("start").unwrap();
        group.new_dataset_builder().with_data(&ends).create("end").unwrap();
        self.column(&group, "strand", &ranges.iter().map(|(_, strand, _)| strand.to_string()).collect::<Vec<_>>());
        self.column(&group, "id", &ranges.iter().map(|(.., id)| (*id).to_owned()).collect::<Vec<_>>());
        self
    }

    fn column(&self, group: &hdf5::Group, name: &str, texts: &[String]) {
        let texts: Vec<VarLenUnicode> = texts.iter().map(|text| text.parse().unwrap()).collect();
        group.new_dataset_builder().with_data(&texts).create(name).unwrap();
    }

    /// Writes the ranges' sequences as one-hot columns, letters last.
    pub fn one_hot(&self, input: &str, length: usize, ranges: &[Range]) -> &Self {
        let column = |letter: u8| b"ACGT".map(|base| f64::from(u8::from(base == letter)));
        let values: Vec<f64> = ranges.iter().flat_map(|range| sequence(range, length)).flat_map(column).collect();
        self.array(input, &values, &[ranges.len(), length, 4])
    }

    /// Writes the ranges' sequences as one-hot columns, letters first and an axis of length 1 in between.
    pub fn one_hot_letters_first(&self, input: &str, length: usize, ranges: &[Range]) -> &Self {
        let mut values = Vec::new();
        for sequence in ranges.iter().map(|range| sequence(range, length)) {
            for base in *b"ACGT" {
                values.extend(sequence.iter().map(|&letter| f32::from(u8::from(letter == base))));
            }
        }
        self.array(input, &values, &[ranges.len(), 4, 1, length])
    }

    /// Writes the ranges' sequences as text.
    pub fn text(&self, input: &str, length: usize, ranges: &[Range]) -> &Self {
        let texts = ranges.iter().map(|range| String::from_utf8(sequence(range, length)).unwrap());
        let texts: Vec<VarLenUnicode> = texts.map(|text| text.parse().unwrap()).collect();
        self.file.new_dataset_builder().with_data(&texts).create(format!("inputs/{input}").as_str()).unwrap();
        self
    }

    /// Writes numbers as an input; one without a name is `/inputs` itself.
    pub fn array<T: hdf5::H5Type>(&self, input: &str, values: &[T], shape: &[usize]) -> &Self {
        let name = if input.is_empty() { "inputs".to_owned() } else { format!("inputs/{input}") };
        if let Some((group, _)) = name.rsplit_once('/')
            && self.file.group(group).is_err()
        {
            self.file.create_group(group).unwrap();
        }
        let dataset = self.file.new_dataset::<T>().shape(shape).create(name.as_str()).unwrap();
        dataset.as_writer().write_raw(values).unwrap();
        self
    }
}

/// The letters of a range, as they are read on its strand.
fn sequence(&(start, strand, _): &Range, length: usize) -> Vec<u8> {
    let mut letters = contig()[start..start + length].to_vec();
    if strand == '-' {
        letters.reverse();
        for letter in &mut letters {
            *letter = b"TGCA"[b"ACGT".iter().position(|base| base == letter).unwrap()];
        }
    }
    letters
}

/// Writes a stub model with these inputs, in YAML.
pub fn write_model(world: &World, inputs: &str, seq_input: &str, use_rc: bool) {
    world.install("test_stub");
    let yaml = format!(
        "type: stub\nargs: {{tasks: 1}}\ninfo: {{doc: closed-form answers}}\ndefault_dataloader: .\nschema:\n  \
         inputs: {inputs}\n  targets: {{shape: \"(1,)\", column_labels: [only]}}\npostprocessing:\n  variant_effects:\n    \
         seq_input: {seq_input}\n    use_rc: {use_rc}\n    scoring_functions: [{{type: diff}}]\n"
    );
    world.write("model/model.yaml", yaml);
    let python = "defined_as: dataloader.Own\nargs: {}\noutput_schema:\n  inputs: {shape: ()}\ninfo: {}\n";
    world.write("model/dataloader.yaml", python);
}
