//! A stream of BCF, unpacked: the header's text, then record by record.

use super::{BcfError, Dictionary, MAGIC, decode::append_record};
use crate::bounded_line::LineTooLong;
use crate::genome::VcfHeader;
use std::io::{self, Read};

/// The most bytes of a record, as of a line of a VCF.
const LARGEST_RECORD: u64 = 1 << 30;

/// Turns the records of a BCF into lines.
#[derive(Clone, Debug)]
pub(in crate::genome) struct Decoder {
    dictionary: Dictionary,
    columns: usize,
    /// The bytes of a record, kept for their allocation.
    shared: Vec<u8>,
    individual: Vec<u8>,
}

impl Decoder {
    /// The text of the header at the start of a stream, whose first bytes are known to be [`MAGIC`].
    ///
    /// # Errors
    /// [`BcfError::BreaksOff`] as an [`io::Error`], and whatever the stream fails with.
    pub(in crate::genome) fn read_header(input: &mut impl Read) -> io::Result<Vec<u8>> {
        const HEADER: &str = "its header";
        let mut start = [0; MAGIC.len() + 1];
        read_all(input, &mut start, HEADER)?;
        let mut length = [0; 4];
        read_all(input, &mut length, HEADER)?;
        let mut text = Vec::new();
        read_part(input, u32::from_le_bytes(length), &mut text, HEADER)?;
        let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
        text.truncate(end);
        Ok(text)
    }

    /// A decoder of the records behind `header`, of whose lines `index` says the `IDX`.
    pub(in crate::genome) fn new(header: &VcfHeader, index: impl Fn(usize) -> Option<usize>) -> Self {
        let dictionary = Dictionary::new(header, index);
        let columns = header.column_line().split(|byte| *byte == b'\t').count();
        Self { dictionary, columns, shared: Vec::new(), individual: Vec::new() }
    }

    /// What the header numbers.
    pub(in crate::genome) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Appends the line of the next record, without an end; `false` after the last.
    ///
    /// # Errors
    /// A [`BcfError`] as an [`io::Error`], and whatever the stream fails with.
    pub(in crate::genome) fn read_line(&mut self, input: &mut impl Read, line: &mut Vec<u8>) -> io::Result<bool> {
        const RECORD: &str = "a record";
        let mut first = [0];
        if read_some(input, &mut first)? == 0 {
            return Ok(false);
        }
        let mut rest = [0; 7];
        read_all(input, &mut rest, RECORD)?;
        let [b, c, d, individual @ ..] = rest;
        let (shared, individual) = (u32::from_le_bytes([first[0], b, c, d]), u32::from_le_bytes(individual));
        if u64::from(shared) + u64::from(individual) > LARGEST_RECORD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, LineTooLong::new(LARGEST_RECORD)));
        }
        read_part(input, shared, &mut self.shared, RECORD)?;
        read_part(input, individual, &mut self.individual, RECORD)?;
        append_record(line, &self.dictionary, self.columns, &self.shared, &self.individual)?;
        Ok(true)
    }
}

/// Reads something unless the stream is at its end.
fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Fills `buffer`. The stream's own errors are kept: a bgzip stream tells a missing end marker.
fn read_all(input: &mut impl Read, buffer: &mut [u8], place: &'static str) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some(input, &mut buffer[filled..])? {
            0 => return Err(BcfError::BreaksOff(place).into()),
            count => filled += count,
        }
    }
    Ok(())
}

/// Reads `length` bytes into `part`, which grows only as they come: a damaged length asks for any amount.
fn read_part(input: &mut impl Read, length: u32, part: &mut Vec<u8>, place: &'static str) -> io::Result<()> {
    part.clear();
    let read = input.take(length.into()).read_to_end(part)?;
    if read < length as usize { Err(BcfError::BreaksOff(place).into()) } else { Ok(()) }
}
