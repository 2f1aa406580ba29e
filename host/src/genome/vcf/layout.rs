//! How records lie in the bytes of a file.

use super::LineEnd;
use crate::genome::bcf::Decoder;
use std::io::{self, BufRead};

/// How the records of a file, once unpacked, are held.
#[derive(Clone)]
pub(super) enum Layout {
    /// Lines of text.
    Text,
    /// Binary records.
    Bcf(Box<Decoder>),
}

impl Layout {
    /// Puts the next line into `line`, without its end; `None` at the end of the file.
    pub(super) fn next_line(&mut self, input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<LineEnd>> {
        line.clear();
        match self {
            Self::Text => {
                input.read_until(b'\n', line)?;
                Ok(LineEnd::strip(line))
            }
            Self::Bcf(decoder) => Ok(decoder.read_line(input, line)?.then_some(LineEnd::Lf)),
        }
    }

    /// The contigs by their numbers, where records name contigs by number.
    pub(super) fn contigs(&self) -> Option<Vec<(usize, String)>> {
        match self {
            Self::Text => None,
            Self::Bcf(decoder) => {
                let contigs = decoder.dictionary().contigs();
                Some(contigs.map(|(number, name)| (number, name.to_owned())).collect())
            }
        }
    }

    /// The command that makes an index of such a file.
    pub(super) fn index_maker(&self) -> &'static str {
        match self {
            Self::Text => "tabix -f -p vcf",
            Self::Bcf(_) => "bcftools index -f",
        }
    }
}
