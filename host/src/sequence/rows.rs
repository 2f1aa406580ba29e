//! Blocks of encoded rows, of whichever number type the model reads.

use std::sync::Arc;

use kipos_plugin_api::{DType, DataView, EditAxes, PluginError, Substitution, TensorView};

use super::{AlphabetError, Element, OneHotCodec, OneHotLayout};
use crate::internal::impossible;

/// Encoded rows of one DNA input.
#[derive(Debug, Clone)]
pub struct OneHotRows<T> {
    codec: Arc<OneHotCodec<T>>,
    /// All rows, and behind them what earlier rows left: a block that is filled again is not made zero before.
    elements: Vec<T>,
    /// Elements of the rows.
    used: usize,
}

impl<T: Element + PartialEq> OneHotRows<T> {
    fn width(&self) -> usize {
        self.codec.layout().elements()
    }

    fn new(codec: Arc<OneHotCodec<T>>) -> Self {
        Self { codec, elements: Vec::new(), used: 0 }
    }

    /// The elements of all rows.
    fn filled(&self) -> &[T] {
        &self.elements[..self.used]
    }

    fn row(&self, row: usize) -> &[T] {
        &self.elements[row * self.width()..(row + 1) * self.width()]
    }

    /// Room for some more elements, which hold anything and are to be written.
    fn grow(&mut self, count: usize) -> &mut [T] {
        let start = self.used;
        self.used += count;
        if self.elements.len() < self.used {
            self.elements.resize(self.used, T::default());
        }
        &mut self.elements[start..self.used]
    }

    /// A new row at the end, to be written.
    fn grow_row(&mut self) -> &mut [T] {
        self.grow(self.width())
    }

    fn push(&mut self, sequence: &[u8]) {
        let codec = Arc::clone(&self.codec);
        codec.encode(sequence, self.grow_row());
    }

    fn push_copy(&mut self, from: &Self, row: usize) {
        self.grow_row().copy_from_slice(from.row(row));
    }

    fn repeat_last(&mut self) {
        let (start, end) = (self.used - self.width(), self.used);
        self.grow_row();
        self.elements.copy_within(start..end, end);
    }

    fn push_reverse_complement(&mut self, from: &Self, row: usize) {
        from.codec.reverse_complement(from.row(row), self.grow_row());
    }

    fn reverse_complement_last(&mut self) {
        let start = self.used - self.width();
        let forward = self.filled()[start..].to_vec();
        let codec = Arc::clone(&self.codec);
        codec.reverse_complement(&forward, &mut self.elements[start..self.used]);
    }

    fn letter(&self, row: usize, position: usize) -> u8 {
        self.codec.letter(self.row(row), position)
    }

    fn write_allele(&mut self, row: usize, position: usize, letters: &[u8]) {
        let width = self.width();
        let row = &mut self.elements[row * width..(row + 1) * width];
        for (offset, &letter) in letters.iter().enumerate() {
            self.codec.write_allele(row, position + offset, letter);
        }
    }
}

macro_rules! define_rows {
    ($($variant:ident $element:ty),*) => {
        /// Encoded rows of one DNA input, in the number type that the model reads.
        #[derive(Debug, Clone)]
        #[allow(missing_docs)]
        pub enum DnaRows { $($variant(OneHotRows<$element>)),* }

        /// Runs an expression on the rows, whatever their type.
        macro_rules! each {
            ($rows:expr, $name:ident => $body:expr) => {
                match $rows { $(DnaRows::$variant($name) => $body),* }
            };
        }

        /// Runs an expression on two blocks of the same type.
        macro_rules! both {
            ($left:expr, $right:expr, ($l:ident, $r:ident) => $body:expr) => {
                match ($left, $right) {
                    $((DnaRows::$variant($l), DnaRows::$variant($r)) => $body,)*
                    // Blocks of one run are all made from one another by `empty_like`.
                    _ => impossible("two blocks of one input have the same number type"),
                }
            };
        }

        impl DnaRows {
            /// An empty block of rows of `dtype`.
            ///
            /// # Errors
            /// If `alphabet` is not an order of A, C, G and T. `None` if one-hot arrays cannot be of `dtype`.
            pub fn new(
                dtype: DType,
                layout: OneHotLayout,
                alphabet: &str,
                neutral: f32,
            ) -> Result<Option<Self>, AlphabetError> {
                Ok(match dtype {
                    $(DType::$variant => {
                        let codec = Arc::new(OneHotCodec::new(layout, alphabet, neutral)?);
                        Some(Self::$variant(OneHotRows::new(codec)))
                    })*
                    DType::Bool | DType::String => None,
                })
            }

            /// Appends rows that are encoded already: whole rows, of the block's own type.
            pub fn push_encoded(&mut self, rows: &DataView<'_>) {
                match (self, rows) {
                    $((Self::$variant(own), DataView::$variant(elements)) => {
                        let whole = elements.len() / own.width().max(1) * own.width();
                        own.grow(whole).copy_from_slice(&elements[..whole]);
                    })*
                    _ => impossible("encoded rows are of the type that the model reads"),
                }
            }

            /// An empty block for rows of the same kind.
            pub fn empty_like(&self) -> Self {
                match self {
                    $(Self::$variant(rows) => Self::$variant(OneHotRows::new(Arc::clone(&rows.codec)))),*
                }
            }
        }
    };
}
define_rows!(F32 f32, F64 f64, I64 i64, I32 i32, U8 u8);

impl DnaRows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        each!(self, rows => rows.used / rows.width().max(1))
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory of one row in bytes.
    pub fn row_bytes(&self) -> usize {
        each!(self, rows => rows.width() * element_size(&rows.elements))
    }

    /// The layout of the rows.
    pub fn layout(&self) -> &OneHotLayout {
        each!(self, rows => rows.codec.layout())
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) {
        each!(self, block => {
            let needed = block.used + rows * block.width();
            block.elements.reserve(needed.saturating_sub(block.elements.len()));
        });
    }

    /// Removes all rows, keeping the memory.
    pub fn clear(&mut self) {
        each!(self, rows => rows.used = 0);
    }

    /// Appends the encoding of `sequence`, which must have the layout's length.
    pub fn push(&mut self, sequence: &[u8]) {
        each!(self, rows => rows.push(sequence));
    }

    /// Appends a copy of a row of `from`.
    pub fn push_copy(&mut self, from: &Self, row: usize) {
        both!(self, from, (rows, from) => rows.push_copy(from, row));
    }

    /// Appends a copy of the last row.
    pub fn repeat_last(&mut self) {
        each!(self, rows => rows.repeat_last());
    }

    /// Appends the reverse complement of a row of `from`.
    pub fn push_reverse_complement(&mut self, from: &Self, row: usize) {
        both!(self, from, (rows, from) => rows.push_reverse_complement(from, row));
    }

    /// Replaces the last row by its reverse complement.
    pub fn reverse_complement_last(&mut self) {
        each!(self, rows => rows.reverse_complement_last());
    }

    /// The letter at `position` (0-based) of a row: N unless exactly one channel is 1 and the others are 0.
    pub fn letter(&self, row: usize, position: usize) -> u8 {
        each!(self, rows => rows.letter(row, position))
    }

    /// Writes an allele's letters over a row, from `position` (0-based) on.
    pub fn write_allele(&mut self, row: usize, position: usize, letters: &[u8]) {
        each!(self, rows => rows.write_allele(row, position, letters));
    }

    /// The substitution that writes `letter` at `position` of `input`, which has such rows, on the strand that is asked
    /// for.
    pub fn substitution(&self, input: usize, position: usize, letter: u8, reverse_complement: bool) -> Substitution {
        each!(self, rows => {
            let channel = rows.codec.channel(letter);
            if reverse_complement {
                let position = rows.codec.layout().length() - 1 - position;
                let channel = channel.map(|channel| rows.codec.complement_channel(channel));
                Substitution { input, position, channel }
            } else {
                Substitution { input, position, channel }
            }
        })
    }

    /// The axes along which substitutions of `input`, which has such rows, are meant.
    pub fn edit_axes(&self, input: usize) -> EditAxes {
        let (position, channel) = self.layout().axes();
        EditAxes { input, position, channel }
    }

    /// The shape of the block: rows, then the layout's axes.
    pub fn shape(&self) -> Vec<usize> {
        [&[self.len()], self.layout().shape()].concat()
    }

    /// The block as a tensor of `shape`, which is what [`shape`](Self::shape) gives.
    ///
    /// # Errors
    /// If `shape` is another.
    pub fn view<'a>(&'a self, shape: &'a [usize]) -> Result<TensorView<'a>, PluginError> {
        each!(self, rows => TensorView::new(shape, rows.filled()))
    }
}

fn element_size<T>(_: &[T]) -> usize {
    std::mem::size_of::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(dtype: DType) -> DnaRows {
        DnaRows::new(dtype, OneHotLayout::new(3, 0, Some(1)).unwrap(), "ACGT", 0.25).unwrap().unwrap()
    }

    #[test]
    fn every_number_type_holds_rows() {
        for dtype in [DType::F32, DType::F64, DType::I64, DType::I32, DType::U8] {
            let mut block = rows(dtype);
            block.push(b"ACG");
            block.push(b"TTT");
            let shape = block.shape();
            assert_eq!(shape, [2, 4, 1, 3]);
            assert_eq!(block.view(&shape).unwrap().dtype(), dtype);
        }
        assert!(DnaRows::new(DType::Bool, OneHotLayout::new(3, 1, None).unwrap(), "ACGT", 0.25).unwrap().is_none());
        assert_eq!(rows(DType::F64).row_bytes(), 96);
    }

    #[test]
    fn an_edited_copy_leaves_its_source_alone() {
        let mut sources = rows(DType::F32);
        sources.push(b"ACG");
        let mut block = sources.empty_like();
        block.push_copy(&sources, 0);
        block.write_allele(0, 1, b"TA");
        let mut expected = sources.empty_like();
        expected.push(b"ATA");
        let shape = block.shape();
        assert_eq!(block.view(&shape).unwrap(), expected.view(&shape).unwrap());
        assert_ne!(block.view(&shape).unwrap(), sources.view(&shape).unwrap());
        block.reverse_complement_last();
        expected.clear();
        expected.push(b"TAT");
        assert_eq!(block.view(&shape).unwrap(), expected.view(&shape).unwrap());
    }

    #[test]
    fn letters_can_be_read_back() {
        for axis in [0, 1] {
            let layout = OneHotLayout::new(5, axis, None).unwrap();
            let mut block = DnaRows::new(DType::F64, layout, "AGCT", 0.25).unwrap().unwrap();
            block.push(b"GATNC");
            block.write_allele(0, 2, b"N");
            let copy = block.clone();
            let shape = copy.shape();
            block.push_encoded(&copy.view(&shape).unwrap().data());
            assert_eq!(block.len(), 2);
            let letters: Vec<u8> = (0..5).map(|position| block.letter(1, position)).collect();
            assert_eq!(letters, b"GANNC");
        }
    }

    #[test]
    fn substitutions_move_to_the_other_strand() {
        let block = rows(DType::F32);
        let forward = block.substitution(0, 0, b'C', false);
        assert_eq!((forward.position, forward.channel), (0, Some(1)));
        let reverse = block.substitution(0, 0, b'C', true);
        assert_eq!((reverse.position, reverse.channel), (2, Some(2)));
    }
}
