//! The one input that a native loader serves, checked against description and graph.

use kipos_plugin_api::{DType, TensorSpec};

use super::error::ModelError;
use super::shapes::{Fixes, check_shape};
use crate::dataloader::{LONGEST_WINDOW, OneHotArgs, SeqInterval, SequenceEncoding};
use crate::description::{ArrayShape, ArraySpec, ModelDir};
use crate::sequence::{InputRows, OneHotLayout, TextLayout, TextRows};

const FIXES: Fixes =
    Fixes { description: "the loader's arguments or `schema.inputs`", graph: "the loader's arguments" };

/// The one input of the model, which must be DNA.
pub(super) fn dna_input<'a>(dir: &'a ModelDir, seq_input: &[String]) -> Result<&'a ArraySpec, ModelError> {
    let spec = dir.model();
    let names = |inputs: &mut dyn Iterator<Item = &ArraySpec>| {
        inputs.map(|input| format!("`{}`", input.name)).collect::<Vec<_>>().join(", ")
    };
    let dna = if seq_input.is_empty() { dir.dna_inputs() } else { dir.dna_inputs_named(seq_input)? };
    let [only] = dna.as_slice() else {
        return Err(ModelError::DnaInput {
            model: spec.name.clone(),
            why: if dna.is_empty() { String::new() } else { format!(" but {}", dna.len()) },
            inputs: names(&mut spec.inputs.iter()),
        });
    };
    if spec.inputs.len() > 1 {
        let mut others = spec.inputs.iter().filter(|input| input.name != only.name);
        return Err(ModelError::OtherInputs { model: spec.name.clone(), inputs: names(&mut others) });
    }
    Ok(&spec.inputs[only.index])
}

/// Whether neither the loader nor the description says how many bases the model reads.
pub fn lacks_length(dir: &ModelDir, seq_input: &[String], loader: &SeqInterval) -> bool {
    let Ok(input) = dna_input(dir, seq_input) else { return false };
    loader.auto_resize_len.is_none()
        && match &loader.encoding {
            SequenceEncoding::OneHot(args) => open_axis_length(args, &input.shape).is_none(),
            SequenceEncoding::Text { .. } => matches!(input.shape[..], [None]),
        }
}

/// Checks the loader's rows against the description and the graph; an empty block of them, and the length of the
/// windows if that is fixed.
pub(super) fn check_input(
    input: &ArraySpec,
    loader: &SeqInterval,
    graph: TensorSpec,
) -> Result<(InputRows, Option<usize>), ModelError> {
    let (graph_type, graph_shape) = (graph.dtype, graph.shape.map(ArrayShape::from));
    match &loader.encoding {
        SequenceEncoding::OneHot(args) => check_one_hot(input, loader, args, graph_type, graph_shape),
        SequenceEncoding::Text { force_upper } => check_text(input, loader, *force_upper, graph_type, graph_shape),
    }
}

fn check_one_hot(
    input: &ArraySpec,
    loader: &SeqInterval,
    args: &OneHotArgs,
    graph_type: Option<DType>,
    graph_shape: Option<ArrayShape>,
) -> Result<(InputRows, Option<usize>), ModelError> {
    let dtype = match graph_type {
        Some(DType::String) => return Err(ModelError::TextInput { input: input.name.clone() }),
        Some(dtype) => dtype,
        None => args.dtype.unwrap_or(DType::F32),
    };
    let length = loader
        .auto_resize_len
        .or_else(|| open_axis_length(args, &input.shape))
        .or_else(|| open_axis_length(args, graph_shape.as_ref()?))
        .ok_or_else(|| ModelError::NoLength { input: input.name.clone() })?;
    check_length(input, length)?;
    let rows = args.rows(length, dtype)?;
    check_shape(input, rows.layout().shape(), graph_shape, FIXES)?;
    Ok((InputRows::OneHot(rows), Some(length)))
}

fn check_text(
    input: &ArraySpec,
    loader: &SeqInterval,
    upper: bool,
    graph_type: Option<DType>,
    graph_shape: Option<ArrayShape>,
) -> Result<(InputRows, Option<usize>), ModelError> {
    if let Some(dtype) = graph_type.filter(|dtype| *dtype != DType::String) {
        return Err(ModelError::NumberInput { input: input.name.clone(), dtype });
    }
    let odd = || ModelError::TextShape { input: input.name.clone(), shape: input.shape.to_string() };
    let (layout, length) = match input.shape[..] {
        [] => (TextLayout::Scalar, loader.auto_resize_len),
        [Some(1)] => (TextLayout::One, loader.auto_resize_len),
        [Some(letters)] if letters > 1 => (TextLayout::Letters(letters), Some(letters)),
        [None] => {
            let letters = loader.auto_resize_len.ok_or_else(|| ModelError::NoLength { input: input.name.clone() })?;
            (TextLayout::Letters(letters), Some(letters))
        }
        _ => return Err(odd()),
    };
    check_length(input, length.unwrap_or_default())?;
    if let (TextLayout::Letters(letters), Some(resized)) = (layout, loader.auto_resize_len)
        && letters != resized
    {
        check_shape(input, &[resized], None, FIXES)?;
    }
    check_shape(input, &layout.shape(), graph_shape, FIXES)?;
    Ok((InputRows::Text(TextRows::new(layout, upper)), length))
}

/// Refuses windows that are longer than any.
fn check_length(input: &ArraySpec, length: usize) -> Result<(), ModelError> {
    if length > LONGEST_WINDOW {
        return Err(ModelError::LongWindow { input: input.name.clone(), length });
    }
    Ok(())
}

/// The length of the position axis in a shape that the loader's rows should have.
fn open_axis_length(args: &OneHotArgs, shape: &ArrayShape) -> Option<usize> {
    // A length that no model has marks the position axis.
    let marker = usize::MAX;
    let layout = OneHotLayout::new(marker, args.alphabet_axis, args.dummy_axis).ok()?;
    let axis = layout.shape().iter().position(|&length| length == marker)?;
    shape.get(axis).copied().flatten()
}
