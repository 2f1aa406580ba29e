//! The inputs of a model, taken from prepared samples and checked against description and graph.

use kipos_plugin_api::{DType, TensorSpec, Value};

use super::error::ModelError;
use super::shapes::{Fixes, check_shape, known_shape};
use crate::dataloader::{BatchInput, Batches, LoaderArgError, alphabet_of};
use crate::description::{ArrayShape, ArraySpec, DnaEncoding, DnaInput, ModelDir};
use crate::sequence::{DnaRows, InputRows, OneHotLayout, SampleRows, SideRows, TextLayout, TextRows, castable};

const FIXES: Fixes = Fixes { description: "`schema.inputs` or the file", graph: "the file" };

/// Where an input of the model lies among prepared samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreparedInput {
    /// Its place among the inputs of the file.
    pub source: usize,
    /// The type that the graph reads, or the file's if the graph does not say.
    pub dtype: DType,
    /// The range object that says where its sequence comes from; `None` if it holds no DNA.
    pub ranges: Option<usize>,
}

/// The inputs of the model that hold DNA: those that are named, or else that the description says.
pub(super) fn dna_inputs(dir: &ModelDir, seq_input: &[String]) -> Result<Vec<DnaInput>, ModelError> {
    let spec = dir.model();
    let dna = if seq_input.is_empty() { dir.dna_inputs() } else { dir.dna_inputs_named(seq_input)? };
    if dna.is_empty() {
        let names = spec.inputs.iter().map(|input| format!("`{}`", input.name)).collect::<Vec<_>>().join(", ");
        return Err(ModelError::NoDna { model: spec.name.clone(), inputs: names });
    }
    Ok(dna)
}

/// Finds every input of the model among the samples of `file`: an empty block of the model's rows, and where they lie.
pub(super) fn check_prepared(
    dir: &ModelDir,
    dna: &[DnaInput],
    file: &dyn Batches,
    graph: &[TensorSpec],
) -> Result<(SampleRows, Vec<PreparedInput>), ModelError> {
    let spec = dir.model();
    let alphabet = alphabet(dir);
    let mut rows = Vec::new();
    let mut prepared = Vec::new();
    for (index, input) in spec.inputs.iter().enumerate() {
        let source = find(dir, index, input, file)?;
        let given = &file.inputs()[source];
        let graph = graph.get(index).cloned().unwrap_or_default();
        let dna = dna.iter().find(|dna| dna.index == index);
        // Of truth values no sequence could be written; a graph that does not say reads whatever it gets.
        let own_type = if dna.is_some() && given.dtype == DType::Bool { DType::U8 } else { given.dtype };
        let dtype = graph.dtype.unwrap_or(own_type);
        check_array(input, given, dtype, graph.shape.map(ArrayShape::from), file)?;
        let ranges = dna.map(|_| find_ranges(dir, input, file)).transpose()?;
        let block = empty_rows(input, given, dtype, dna, &alphabet)?;
        if let (Some(object), Some(length)) = (ranges, fixed_length(&block)) {
            check_lengths(input, object, length, file)?;
        }
        rows.push(block);
        prepared.push(PreparedInput { source, dtype, ranges });
    }
    Ok((SampleRows::new(rows), prepared))
}

/// The letters in the order of the channels: as the loader's description says, else A, C, G, T.
fn alphabet(dir: &ModelDir) -> String {
    let args = dir.loader().map(|loader| &loader.default_args);
    let said = match args {
        Ok(Value::Map(args)) => args.iter().find(|(name, _)| name == "alphabet").map(|(_, value)| value),
        _ => None,
    };
    said.and_then(alphabet_of).unwrap_or_else(|| "ACGT".into())
}

/// Single arrays belong together whatever their names, all else by name.
pub(super) fn find(dir: &ModelDir, index: usize, input: &ArraySpec, file: &dyn Batches) -> Result<usize, ModelError> {
    let given = file.inputs();
    if let ([_], [_]) = (dir.model().inputs.as_slice(), given) {
        return Ok(index);
    }
    given.iter().position(|given| given.name == input.name).ok_or_else(|| ModelError::NotPrepared {
        path: file.path().to_owned(),
        model: dir.model().name.clone(),
        input: input.name.clone(),
        known: given.iter().map(|given| format!("`{}`", given.name)).collect::<Vec<_>>().join(", "),
    })
}

/// Checks the shape of an input, and that it can become rows of `dtype`.
pub(super) fn check_array(
    input: &ArraySpec,
    given: &BatchInput,
    dtype: DType,
    graph_shape: Option<ArrayShape>,
    file: &dyn Batches,
) -> Result<(), ModelError> {
    check_shape(input, &given.shape, graph_shape, FIXES)?;
    if !castable(given.dtype, dtype) {
        return Err(ModelError::PreparedType {
            input: input.name.clone(),
            path: file.path().to_owned(),
            found: given.dtype,
            expected: dtype,
        });
    }
    Ok(())
}

/// The range object that an input names, in the loader's description or the model's; the only one of the file if neither
/// names any.
fn find_ranges(dir: &ModelDir, input: &ArraySpec, file: &dyn Batches) -> Result<usize, ModelError> {
    let objects = file.range_objects();
    let in_loader = dir.loader().ok().and_then(|loader| loader.inputs.iter().find(|given| given.name == input.name));
    let named = in_loader.into_iter().chain([input]).flat_map(|array| &array.associated_metadata);
    let named: Vec<&String> = named.collect();
    let found = objects.iter().position(|object| named.iter().any(|name| **name == object.name));
    match (found, objects) {
        (Some(object), _) => Ok(object),
        (None, [_]) => Ok(0),
        (None, _) => Err(ModelError::NoRanges {
            path: file.path().to_owned(),
            input: input.name.clone(),
            expected: named.first().map_or("ranges".into(), |name| (*name).clone()),
            known: match objects {
                [] => "and has no other ranges".into(),
                _ => format!(
                    "and has {} instead",
                    objects.iter().map(|object| format!("`{}`", object.name)).collect::<Vec<_>>().join(", ")
                ),
            },
        }),
    }
}

fn empty_rows(
    input: &ArraySpec,
    given: &BatchInput,
    dtype: DType,
    dna: Option<&DnaInput>,
    alphabet: &str,
) -> Result<InputRows, ModelError> {
    let shape = || known_shape(&given.shape).to_string();
    match dna.map(|dna| (dna.encoding, dtype)) {
        Some((DnaEncoding::Text, _) | (_, DType::String)) => {
            let layout = match given.shape[..] {
                [] => TextLayout::Scalar,
                [1] => TextLayout::One,
                [letters] => TextLayout::Letters(letters),
                _ => return Err(ModelError::TextShape { input: input.name.clone(), shape: shape() }),
            };
            Ok(InputRows::Text(TextRows::new(layout, false)))
        }
        Some((DnaEncoding::OneHot, dtype)) => {
            let odd = || ModelError::NotOneHot { input: input.name.clone(), shape: shape() };
            let layout = OneHotLayout::of_shape(&given.shape).ok_or_else(odd)?;
            let rows = DnaRows::new(dtype, layout, alphabet, 0.25).map_err(LoaderArgError::from)?;
            Ok(InputRows::OneHot(rows.ok_or(LoaderArgError::DType(dtype))?))
        }
        None => Ok(InputRows::Side(SideRows::empty(dtype, given.shape.clone()))),
    }
}

/// The length of every row in bases, if it is fixed.
fn fixed_length(rows: &InputRows) -> Option<usize> {
    match rows {
        InputRows::OneHot(rows) => Some(rows.layout().length()),
        InputRows::Text(rows) => rows.layout().length(),
        InputRows::Side(_) => None,
    }
}

fn check_lengths(input: &ArraySpec, object: usize, length: usize, file: &dyn Batches) -> Result<(), ModelError> {
    let object = &file.range_objects()[object];
    let bases = |(start, end): (i64, i64)| end.abs_diff(start);
    let mut ranges = object.ranges.iter().map(|range| bases((range.start, range.end))).enumerate();
    match ranges.find(|(_, bases)| *bases != length as u64) {
        None => Ok(()),
        Some((sample, expected)) => Err(ModelError::RangeLength {
            path: file.path().to_owned(),
            input: input.name.clone(),
            sample,
            found: length,
            object: object.name.clone(),
            expected,
        }),
    }
}
