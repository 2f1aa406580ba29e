//! How records lie in the bytes of a file.

use super::LineEnd;
use crate::{bounded_line::read_line, genome::bcf::Decoder};
use std::io::{self, BufRead};

/// The most bytes of a record: those of a cohort have some ten MiB.
const RECORD: u64 = 1 << 30;

/// The most bytes of a line of the header, of which the longest names the samples.
const HEADER: u64 = 64 << 20;

/// Puts the next line of a header into `line`, without its end; `None` at the end of the file.
pub(super) fn next_header_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<LineEnd>> {
    line.clear();
    next_line(input, line, HEADER)
}

fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>, limit: u64) -> io::Result<Option<LineEnd>> {
    read_line(input, line, limit)?;
    Ok(LineEnd::strip(line))
}

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
            Self::Text => next_line(input, line, RECORD),
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
