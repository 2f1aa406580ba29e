//! Blocks of rows for all inputs of a model together.

use kipos_plugin_api::{DataView, EditAxes, PluginError, Strings, Substitution, Tensor, TensorView};

use super::{DnaRows, SideRows, TextRows};
use crate::internal::impossible;

/// Rows of one input.
#[derive(Debug, Clone)]
pub enum InputRows {
    /// One-hot DNA.
    OneHot(DnaRows),
    /// DNA as text.
    Text(TextRows),
    /// No DNA: what no variant changes.
    Side(SideRows),
}

/// Runs an expression on the rows of an input, whatever they hold.
macro_rules! each {
    ($rows:expr, $name:ident => $body:expr) => {
        match $rows {
            InputRows::OneHot($name) => $body,
            InputRows::Text($name) => $body,
            InputRows::Side($name) => $body,
        }
    };
}

impl InputRows {
    /// Whether variants reach it as substitutions of one-hot columns.
    pub fn one_hot(&self) -> Option<&DnaRows> {
        match self {
            Self::OneHot(rows) => Some(rows),
            Self::Text(_) | Self::Side(_) => None,
        }
    }

    /// Appends a sequence, which must have the length of the input's rows if that is fixed. An input without DNA stays
    /// as it is.
    pub fn push_letters(&mut self, letters: &[u8]) {
        match self {
            Self::OneHot(rows) => rows.push(letters),
            Self::Text(rows) => rows.push(letters),
            Self::Side(_) => impossible("bases are shown to inputs of DNA"),
        }
    }

    /// The letter at `position` (0-based) of a row, as the row is read; N where it is none of the four, and in inputs
    /// without DNA.
    pub fn letter(&self, row: usize, position: usize) -> u8 {
        match self {
            Self::OneHot(rows) => rows.letter(row, position),
            Self::Text(rows) => rows.letters(row).get(position).copied().unwrap_or(b'N'),
            Self::Side(_) => b'N',
        }
    }

    /// Appends rows that are encoded already, from a tensor of the input's own type and shape.
    ///
    /// # Errors
    /// Text that is not readable.
    pub fn push_encoded(&mut self, tensor: &Tensor) -> Result<(), PluginError> {
        match (self, tensor.data().view()) {
            (Self::OneHot(rows), data) => rows.push_encoded(&data),
            (Self::Text(rows), DataView::Strings(strings)) => rows.push_strings(&strings)?,
            (Self::Text(_), _) => impossible("encoded rows are of the type that the model reads"),
            (Self::Side(rows), _) => {
                let given = SideRows::of(tensor)?;
                (0..given.len()).for_each(|row| rows.push_copy(&given, row));
            }
        }
        Ok(())
    }

    /// The memory of all rows in bytes.
    fn bytes(&self) -> usize {
        match self {
            Self::OneHot(rows) => rows.len() * rows.row_bytes(),
            Self::Text(rows) => rows.bytes(),
            Self::Side(rows) => rows.bytes(),
        }
    }

    fn shape(&self) -> Vec<usize> {
        match self {
            Self::OneHot(rows) => rows.shape(),
            Self::Text(rows) => [&[rows.len()], rows.layout().shape().as_slice()].concat(),
            Self::Side(rows) => rows.shape(),
        }
    }
}

/// Rows of all inputs of a model, in its order: row `i` of every input belongs to the same sample.
#[derive(Debug, Clone)]
pub struct SampleRows {
    inputs: Vec<InputRows>,
}

impl SampleRows {
    /// Rows of these inputs, which must all be equally many.
    pub fn new(inputs: Vec<InputRows>) -> Self {
        Self { inputs }
    }

    /// An empty block for rows of the same kind.
    pub fn empty_like(&self) -> Self {
        let empty = |input: &InputRows| match input {
            InputRows::OneHot(rows) => InputRows::OneHot(rows.empty_like()),
            InputRows::Text(rows) => InputRows::Text(rows.empty_like()),
            InputRows::Side(rows) => InputRows::Side(rows.empty_like()),
        };
        Self { inputs: self.inputs.iter().map(empty).collect() }
    }

    /// The inputs in the model's order.
    pub fn inputs(&self) -> &[InputRows] {
        &self.inputs
    }

    /// The inputs, to append a row to each of them.
    pub fn inputs_mut(&mut self) -> &mut [InputRows] {
        &mut self.inputs
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.inputs.first().map_or(0, |input| each!(input, rows => rows.len()))
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory of all rows in bytes.
    pub fn bytes(&self) -> usize {
        self.inputs.iter().map(InputRows::bytes).sum()
    }

    /// The memory that one row is known to take beforehand, in bytes.
    pub fn row_bytes(&self) -> usize {
        self.inputs.iter().filter_map(InputRows::one_hot).map(DnaRows::row_bytes).sum()
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) {
        for input in &mut self.inputs {
            if let InputRows::OneHot(block) = input {
                block.reserve(rows);
            }
        }
    }

    /// Removes all rows, keeping the memory.
    pub fn clear(&mut self) {
        self.inputs.iter_mut().for_each(|input| each!(input, rows => rows.clear()));
    }

    /// Appends a copy of a row of `from`.
    pub fn push_copy(&mut self, from: &Self, row: usize) {
        for (own, from) in self.inputs.iter_mut().zip(&from.inputs) {
            match (own, from) {
                (InputRows::OneHot(own), InputRows::OneHot(from)) => own.push_copy(from, row),
                (InputRows::Text(own), InputRows::Text(from)) => own.push_copy(from, row),
                (InputRows::Side(own), InputRows::Side(from)) => own.push_copy(from, row),
                // Blocks of one run are all made from one another by `empty_like`.
                _ => impossible("two blocks of one model have inputs of the same kinds"),
            }
        }
    }

    /// Appends a copy of the last row.
    pub fn repeat_last(&mut self) {
        self.inputs.iter_mut().for_each(|input| each!(input, rows => rows.repeat_last()));
    }

    /// Appends a row that holds nothing: zeros, empty texts, and N for DNA; `letters` of it where texts may have any
    /// length.
    pub fn push_blank(&mut self, letters: usize) {
        for input in &mut self.inputs {
            let length = match input {
                InputRows::OneHot(rows) => rows.layout().length(),
                InputRows::Text(rows) => rows.layout().length().unwrap_or(letters),
                InputRows::Side(rows) => {
                    rows.push_blank();
                    continue;
                }
            };
            input.push_letters(&vec![b'N'; length]);
        }
    }

    /// Appends the reverse complement of a row of `from`; inputs without DNA are copied.
    pub fn push_reverse_complement(&mut self, from: &Self, row: usize) {
        for (own, from) in self.inputs.iter_mut().zip(&from.inputs) {
            match (own, from) {
                (InputRows::OneHot(own), InputRows::OneHot(from)) => own.push_reverse_complement(from, row),
                (InputRows::Text(own), InputRows::Text(from)) => {
                    own.push_copy(from, row);
                    own.reverse_complement_last();
                }
                (InputRows::Side(own), InputRows::Side(from)) => own.push_copy(from, row),
                _ => impossible("two blocks of one model have inputs of the same kinds"),
            }
        }
    }

    /// Replaces the last row by its reverse complement; inputs without DNA stay as they are.
    pub fn reverse_complement_last(&mut self) {
        for input in &mut self.inputs {
            match input {
                InputRows::OneHot(rows) => rows.reverse_complement_last(),
                InputRows::Text(rows) => rows.reverse_complement_last(),
                InputRows::Side(_) => {}
            }
        }
    }

    /// Writes letters over a row of a DNA input, from `position` (0-based) on.
    pub fn write(&mut self, input: usize, row: usize, position: usize, letters: &[u8]) {
        match &mut self.inputs[input] {
            InputRows::OneHot(rows) => rows.write_allele(row, position, letters),
            InputRows::Text(rows) => rows.write(row, position, letters),
            InputRows::Side(_) => impossible("alleles are in inputs of DNA"),
        }
    }

    /// The substitution that writes `letter` at `position` of an input, on the strand that is asked for; `None` if the
    /// input is no one-hot DNA.
    pub fn substitution(
        &self,
        input: usize,
        position: usize,
        letter: u8,
        reverse_complement: bool,
    ) -> Option<Substitution> {
        Some(self.inputs[input].one_hot()?.substitution(input, position, letter, reverse_complement))
    }

    /// The axes along which substitutions are meant, of every input of one-hot DNA.
    pub fn edit_axes(&self) -> Vec<EditAxes> {
        let one_hot = self.inputs.iter().enumerate().filter_map(|(index, input)| Some((index, input.one_hot()?)));
        one_hot.map(|(index, rows)| rows.edit_axes(index)).collect()
    }

    /// The blocks of all inputs with their shapes, as an engine call wants them.
    pub fn shaped(&self) -> Vec<ShapedRows<'_>> {
        let strings = |rows: &InputRows| match rows {
            InputRows::OneHot(_) => None,
            InputRows::Text(rows) => Some(rows.strings()),
            InputRows::Side(rows) => rows.strings(),
        };
        self.inputs.iter().map(|rows| ShapedRows { shape: rows.shape(), strings: strings(rows), rows }).collect()
    }
}

/// The block of one input with its shape and, if it is text, its strings.
#[derive(Debug)]
pub struct ShapedRows<'a> {
    shape: Vec<usize>,
    strings: Option<Strings>,
    rows: &'a InputRows,
}

impl ShapedRows<'_> {
    /// The block as a tensor.
    ///
    /// # Errors
    /// If the rows do not fill the shape: texts of another length than the input's.
    pub fn view(&self) -> Result<TensorView<'_>, PluginError> {
        match (self.rows, &self.strings) {
            (InputRows::OneHot(rows), _) => rows.view(&self.shape),
            (InputRows::Text(_), Some(strings)) => TensorView::new(&self.shape, DataView::Strings(strings.view())),
            (InputRows::Text(_), None) => TensorView::new(&self.shape, DataView::U8(&[])),
            (InputRows::Side(rows), strings) => rows.view(&self.shape, strings),
        }
    }
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::DType;

    use super::*;
    use crate::sequence::{OneHotLayout, TextLayout};

    #[test]
    fn rows_of_all_inputs_stay_together() {
        let layout = OneHotLayout::new(3, 1, None).unwrap();
        let side = SideRows::of(&Tensor::new(vec![1, 2], vec![0.5f64, 1.5]).unwrap()).unwrap();
        let mut rows = SampleRows::new(vec![
            InputRows::OneHot(DnaRows::new(DType::F32, layout, "ACGT", 0.25).unwrap().unwrap()),
            InputRows::Side(side),
            InputRows::Text(TextRows::new(TextLayout::One, true)),
        ]);
        rows.inputs_mut()[0].push_letters(b"ACG");
        rows.inputs_mut()[2].push_letters(b"acgtt");
        let mut block = rows.empty_like();
        block.push_copy(&rows, 0);
        block.write(0, 0, 2, b"T");
        block.write(2, 0, 0, b"GG");
        block.push_reverse_complement(&block.clone(), 0);
        block.repeat_last();
        assert_eq!((block.len(), rows.len(), block.row_bytes()), (3, 1, 48));
        let shaped = block.shaped();
        let views: Vec<_> = shaped.iter().map(|rows| rows.view().unwrap()).collect();
        assert_eq!(views.iter().map(TensorView::shape).collect::<Vec<_>>(), [&[3, 3, 4][..], &[3, 2], &[3, 1]]);
        let DataView::Strings(texts) = views[2].data() else { panic!() };
        assert_eq!([0, 1, 2].map(|row| texts.get(row).unwrap()), ["GGGTT", "AACCC", "AACCC"]);
        assert_eq!(views[1].data(), DataView::F64(&[0.5, 1.5, 0.5, 1.5, 0.5, 1.5]));
        let mut expected = rows.inputs()[0].one_hot().unwrap().empty_like();
        [b"ACT", b"AGT", b"AGT"].iter().for_each(|letters| expected.push(*letters));
        let shape = expected.shape();
        assert_eq!(views[0], expected.view(&shape).unwrap());
        assert_eq!(block.edit_axes().len(), 1);
        assert!(block.substitution(2, 0, b'A', false).is_none());
        block.clear();
        assert!(block.is_empty() && block.bytes() == 0);
        block.push_blank(5);
        let shaped = block.shaped();
        let views: Vec<_> = shaped.iter().map(|rows| rows.view().unwrap()).collect();
        assert_eq!(views[0].data(), DataView::F32(&[0.25; 12]));
        assert_eq!(views[1].data(), DataView::F64(&[0.0; 2]));
        let DataView::Strings(texts) = views[2].data() else { panic!() };
        assert_eq!(texts.get(0).unwrap(), "NNNNN");
    }
}
