//! A stream of BCF, packed: the header's text, then record by record.

use super::{
    BcfProblem, MAGIC, MINOR_VERSION,
    encode::{RecordSpan, append_record},
    guess::Guess,
    schema::Schema,
};
use crate::internal::OrInternal;

/// Turns the lines of a VCF into the bytes of a BCF.
///
/// BCF cannot name what its header does not declare. So lines may be [shown](Self::see) before the header is written:
/// what they have and the header lacks is then declared by its looks.
#[derive(Debug)]
pub(crate) struct Encoder {
    schema: Schema,
    guess: Guess,
}

impl Encoder {
    /// An encoder of records below a header, given as the text of a VCF's.
    pub(crate) fn new(header: &[u8]) -> Self {
        Self { schema: Schema::of_text(header), guess: Guess::default() }
    }

    /// Notes what a line, given without its end, has and the header lacks.
    pub(crate) fn see(&mut self, line: &[u8]) {
        self.guess.see(&self.schema, line);
    }

    /// Declares what was seen, and appends all that comes before the first record.
    pub(crate) fn append_header(&mut self, bytes: &mut Vec<u8>) {
        let guess = std::mem::take(&mut self.guess);
        self.schema.declare(guess.lines(&self.schema));
        let text = self.schema.text();
        bytes.extend_from_slice(&MAGIC);
        bytes.push(MINOR_VERSION);
        // The text ends with a zero.
        let length = u32::try_from(text.len() + 1).or_internal("the header has less than 4 GiB");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&text);
        bytes.push(0);
    }

    /// Appends the record of a line without its end.
    ///
    /// # Errors
    /// What BCF cannot hold; the bytes are of no use then.
    pub(crate) fn append_record(&self, bytes: &mut Vec<u8>, line: &[u8]) -> Result<RecordSpan, BcfProblem> {
        append_record(bytes, &self.schema, line)
    }

    /// How many contigs the header declares.
    pub(crate) fn contig_count(&self) -> usize {
        self.schema.contigs.len()
    }
}
