//! What an input adds to the sum of a row.

use kipos_plugin_api::{Bound, DType, DataView, PluginError, Result, SchemaLeaf, TensorSpec, TensorView};

use crate::Bins;
use crate::formula::{Formula, Row};

/// How an input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// By the formula.
    OneHot,
    /// Letters, by the formula for their one-hot columns; a letter other than A, C, G and T has none.
    Text,
    /// The sum of its elements.
    Side,
}

/// An input of the model.
#[derive(Clone)]
pub(crate) struct Input {
    pub(crate) spec: TensorSpec,
    kind: Kind,
}

impl Input {
    /// The first input, and others that the description calls one-hot DNA, are read by the formula; the text among them
    /// is text; all else is a side input of any number type.
    pub(crate) fn of(index: usize, leaf: &SchemaLeaf) -> Self {
        let (kind, dtype) = match leaf.special_type.as_deref() {
            Some("DNAStringSeq") => (Kind::Text, Some(DType::String)),
            Some("DNASeq") => (Kind::OneHot, Some(DType::F32)),
            _ if index == 0 => (Kind::OneHot, Some(DType::F32)),
            _ => (Kind::Side, None),
        };
        Self {
            spec: TensorSpec::default()
                .with_name(Some(leaf.name.clone()))
                .with_dtype(dtype)
                .with_shape(Some(leaf.shape.clone()))
                .with_bound(Bound::ByName),
            kind,
        }
    }

    /// What each row adds. The letters run along `alphabet_axis`, or else along the last axis of length 4.
    pub(crate) fn sums(
        &self,
        input: &TensorView<'_>,
        formula: Formula,
        alphabet_axis: Option<usize>,
    ) -> Result<Vec<f64>> {
        let rows = input.rows();
        let shape = input.shape().get(1..).unwrap_or_default();
        let length = shape.iter().product::<usize>();
        match self.kind {
            Kind::OneHot => {
                let four = shape.iter().rposition(|&length| length == 4).unwrap_or(shape.len().saturating_sub(1));
                let alphabet_axis = alphabet_axis.unwrap_or(four);
                let row = |elements| formula.of(&Row { shape, alphabet_axis, elements });
                Ok(input.as_f32()?.chunks_exact(length.max(1)).map(row).collect())
            }
            Kind::Text => (0..rows).map(|row| text_sum(input, row * length..(row + 1) * length, formula)).collect(),
            Kind::Side => {
                let elements = numbers(input)?;
                Ok((0..rows).map(|row| elements[row * length..(row + 1) * length].iter().sum()).collect())
            }
        }
    }
}

impl Input {
    /// Of each row what the bases of each bin add, by the weights that they have in the whole row.
    pub(crate) fn sums_of_bins(
        &self,
        input: &TensorView<'_>,
        alphabet_axis: Option<usize>,
        bins: Bins,
    ) -> Result<Vec<Vec<f64>>> {
        let shape = input.shape().get(1..).unwrap_or_default();
        let [first, second] = shape else { return Err(PluginError::shape("bins need an input of two axes")) };
        let alphabet_axis = alphabet_axis.unwrap_or(1);
        let (bases, channels) = if alphabet_axis == 1 { (*first, *second) } else { (*second, *first) };
        let covered = bases.checked_sub(bins.left + bins.right);
        let covered = covered.ok_or_else(|| PluginError::shape(format!("{bases} bases are fewer than the crop")))?;
        let of_row = |row: &[f32]| {
            let of_base = |base: usize| -> f64 {
                let at = |channel| if alphabet_axis == 1 { base * channels + channel } else { channel * bases + base };
                (0..channels).map(|channel| ((channel + 1) * (base % 7 + 1)) as f64 * f64::from(row[at(channel)])).sum()
            };
            let of_bin = |bin: usize| (0..bins.bin).map(|base| of_base(bins.left + bin * bins.bin + base)).sum();
            (0..covered / bins.bin).map(of_bin).collect()
        };
        Ok(input.as_f32()?.chunks_exact((bases * channels).max(1)).map(of_row).collect())
    }
}

fn text_sum(input: &TensorView<'_>, elements: std::ops::Range<usize>, formula: Formula) -> Result<f64> {
    let DataView::Strings(strings) = input.data() else {
        return Err(PluginError::shape(format!("expected text, found {}", input.dtype())));
    };
    let mut columns = Vec::new();
    for element in elements {
        for letter in strings.get(element)?.bytes() {
            columns.extend(b"ACGT".map(|base| f32::from(u8::from(base == letter))));
        }
    }
    Ok(formula.of(&Row { shape: &[columns.len() / 4, 4], alphabet_axis: 1, elements: &columns }))
}

fn numbers(input: &TensorView<'_>) -> Result<Vec<f64>> {
    Ok(match input.data() {
        DataView::F32(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::F64(elements) => elements.to_vec(),
        DataView::I64(elements) => elements.iter().map(|&element| element as f64).collect(),
        DataView::I32(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::U8(elements) => elements.iter().copied().map(f64::from).collect(),
        DataView::Bool(elements) => elements.iter().map(|&element| f64::from(u8::from(element))).collect(),
        DataView::Strings(_) => return Err(PluginError::shape("expected numbers, found text")),
    })
}

#[cfg(test)]
mod tests {
    use kipos_plugin_api::{Strings, Tensor};

    use super::*;

    fn leaf(special_type: Option<&str>) -> SchemaLeaf {
        SchemaLeaf::new("x", Vec::new()).with_special_type(special_type.map(Into::into))
    }

    #[test]
    fn text_counts_like_its_one_hot_columns() {
        let one_hot = Tensor::new(vec![1, 2, 4], vec![1., 0., 0., 0., 0., 0., 0., 1f32]).unwrap();
        let expected = Input::of(0, &leaf(None)).sums(&one_hot.view(), Formula::Weighted, None).unwrap();
        let text = Input::of(0, &leaf(Some("DNAStringSeq")));
        for (shape, strings) in [(vec![1], vec!["AT"]), (vec![1, 2], vec!["A", "T"])] {
            let tensor = Tensor::new(shape, strings.into_iter().collect::<Strings>()).unwrap();
            assert_eq!(text.sums(&tensor.view(), Formula::Weighted, None).unwrap(), expected);
        }
    }

    #[test]
    fn side_inputs_of_any_type_are_summed() {
        let side = Input::of(1, &leaf(None));
        let tensor = Tensor::new(vec![2, 2], vec![1i32, 2, 3, 4]).unwrap();
        assert_eq!(side.sums(&tensor.view(), Formula::Weighted, None).unwrap(), [3.0, 7.0]);
    }
}
