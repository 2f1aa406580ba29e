//! Blocks of sequences as text.

use kipos_plugin_api::{PluginError, Strings, StringsView};

use super::reverse_complement;

/// How a sequence lies in an array of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLayout {
    /// Shape `()`: a string per sequence.
    Scalar,
    /// Shape `(1,)`: a list of one string per sequence.
    One,
    /// Shape `(n,)`: a string per base of sequences of this length, at least 2.
    Letters(usize),
}

impl TextLayout {
    /// The shape of one sequence.
    pub fn shape(self) -> Vec<usize> {
        match self {
            Self::Scalar => Vec::new(),
            Self::One => vec![1],
            Self::Letters(length) => vec![length],
        }
    }

    /// The length that every sequence has, in bases; `None` if it may be any.
    pub fn length(self) -> Option<usize> {
        match self {
            Self::Scalar | Self::One => None,
            Self::Letters(length) => Some(length),
        }
    }
}

/// Sequences of one DNA input, as the letters themselves. Their lengths may differ unless each letter is a string.
#[derive(Debug, Clone)]
pub struct TextRows {
    layout: TextLayout,
    upper: bool,
    letters: Vec<u8>,
    ends: Vec<usize>,
}

impl TextRows {
    /// An empty block; with `upper`, sequences are written in upper case.
    pub fn new(layout: TextLayout, upper: bool) -> Self {
        Self { layout, upper, letters: Vec::new(), ends: Vec::new() }
    }

    /// An empty block for sequences of the same kind.
    pub fn empty_like(&self) -> Self {
        Self::new(self.layout, self.upper)
    }

    /// How a sequence lies in the array.
    pub fn layout(&self) -> TextLayout {
        self.layout
    }

    /// The number of sequences.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no sequences.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The memory that all sequences take, in bytes.
    pub fn bytes(&self) -> usize {
        self.letters.len() + self.ends.len() * size_of::<usize>()
    }

    /// The letters of a sequence.
    pub fn letters(&self, row: usize) -> &[u8] {
        &self.letters[self.start(row)..self.ends[row]]
    }

    fn start(&self, row: usize) -> usize {
        row.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Removes all sequences, keeping the memory.
    pub fn clear(&mut self) {
        self.letters.clear();
        self.ends.clear();
    }

    /// Appends a sequence.
    pub fn push(&mut self, letters: &[u8]) {
        let start = self.letters.len();
        self.letters.extend_from_slice(letters);
        if self.upper {
            self.letters[start..].make_ascii_uppercase();
        }
        self.ends.push(self.letters.len());
    }

    /// Appends sequences that lie in an array of strings as the layout says.
    ///
    /// # Errors
    /// Text that is not readable.
    pub fn push_strings(&mut self, strings: &StringsView<'_>) -> Result<(), PluginError> {
        let per_sequence = match self.layout {
            TextLayout::Scalar | TextLayout::One => 1,
            TextLayout::Letters(length) => length,
        };
        for row in 0..strings.len() / per_sequence.max(1) {
            let mut sequence = Vec::new();
            for element in row * per_sequence..(row + 1) * per_sequence {
                sequence.extend_from_slice(strings.get(element)?.as_bytes());
            }
            self.push(&sequence);
        }
        Ok(())
    }

    /// Appends a copy of a sequence of `from`.
    pub fn push_copy(&mut self, from: &Self, row: usize) {
        self.letters.extend_from_slice(from.letters(row));
        self.ends.push(self.letters.len());
    }

    /// Appends a copy of the last sequence.
    pub fn repeat_last(&mut self) {
        if let Some(last) = self.ends.len().checked_sub(1) {
            self.letters.extend_from_within(self.start(last)..);
            self.ends.push(self.letters.len());
        }
    }

    /// Replaces the last sequence by its reverse complement.
    pub fn reverse_complement_last(&mut self) {
        if let Some(last) = self.ends.len().checked_sub(1) {
            let start = self.start(last);
            reverse_complement(&mut self.letters[start..]);
        }
    }

    /// Writes letters over a sequence, from `position` (0-based) on.
    pub fn write(&mut self, row: usize, position: usize, letters: &[u8]) {
        let start = self.start(row) + position;
        self.letters[start..start + letters.len()].copy_from_slice(letters);
    }

    /// All sequences as elements of an array of strings.
    pub fn strings(&self) -> Strings {
        // Letters of a genome are ASCII; any other byte must not stop a run.
        let text = |letters| String::from_utf8_lossy(letters);
        match self.layout {
            TextLayout::Scalar | TextLayout::One => (0..self.len()).map(|row| text(self.letters(row))).collect(),
            TextLayout::Letters(_) => self.letters.chunks(1).map(text).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(rows: &TextRows) -> Vec<String> {
        let strings = rows.strings();
        let view = strings.view();
        (0..view.len()).map(|index| view.get(index).unwrap().to_owned()).collect()
    }

    #[test]
    fn sequences_are_strings_or_lists_of_letters() {
        let mut rows = TextRows::new(TextLayout::Scalar, true);
        rows.push(b"acgN");
        rows.push(b"TT");
        rows.push_copy(&rows.clone(), 0);
        rows.write(2, 1, b"GG");
        rows.repeat_last();
        rows.reverse_complement_last();
        assert_eq!(elements(&rows), ["ACGN", "TT", "AGGN", "NCCT"]);
        rows.clear();
        assert!(rows.is_empty() && elements(&rows).is_empty());
        let mut rows = TextRows::new(TextLayout::Letters(3), false);
        rows.push(b"acG");
        rows.push(b"TTT");
        assert_eq!(elements(&rows), ["a", "c", "G", "T", "T", "T"]);
        assert_eq!(rows.layout().shape(), [3]);
        let mut again = rows.empty_like();
        again.push_strings(&rows.strings().view()).unwrap();
        assert_eq!((again.len(), again.letters(1)), (2, &b"TTT"[..]));
    }
}
