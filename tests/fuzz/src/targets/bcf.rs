//! BCFs without their compression, so that a changed byte is seen by the decoder and not by a checksum.

use std::io::Cursor;
use std::path::Path;

use kipos::for_fuzzing::{VcfReader, encode_bcf};

use super::{file, vcf};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "bcf",
    about: "BCF, without compression",
    place: Place::InProcess,
    seeds,
    words: vcf::WORDS,
    own_mutation: None,
    run,
};

/// The file of an input.
const PART: &str = "variants.bcf";

fn seeds() -> Result<Vec<Input>, String> {
    let texts = ["examples/motif-cnn/variants.vcf", "tests/reference/mm_1.vcf"].map(file);
    let mut texts = texts.into_iter().collect::<Result<Vec<_>, _>>()?;
    texts.push(vcf::SAMPLES.into());
    texts.into_iter().map(|text| Ok(Input::one(PART, encoded(text)?))).collect()
}

fn encoded(text: Vec<u8>) -> Result<Vec<u8>, String> {
    let mut reader = VcfReader::new(Cursor::new(text), "a seed").map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    while let Some(record) = reader.read_record().map_err(|error| error.to_string())? {
        lines.push(record.bytes().to_vec());
    }
    encode_bcf(reader.header(), &lines).ok_or_else(|| "a seed cannot be written as BCF".into())
}

fn run(input: &Input, _: &Path) -> Result<(), Finding> {
    vcf::read(input.bytes(PART).unwrap_or_default())
}
