//! A draft of a file that a backend runs as it is: what the file says of itself, and what it does with a few rows.

use std::path::PathBuf;

use kipos_plugin_api::{
    BatchAxis, DType, ModelSource, RuntimeOptions, SchemaLeaf, Tensor, TensorData, TensorSpec, TensorView, Value,
};

use super::draft::{DraftInput, DraftOutput, DraftPositions, ModelDraft};
use super::error::ConversionError;
use crate::description::ArrayShape;
use crate::internal::caught;
use crate::plugin::{PluginCallError, PluginModel, PluginRegistry};
use crate::sequence::OneHotLayout;

/// Shapes of several arrays.
type Shapes = Vec<Vec<usize>>;

/// Lengths that are tried where a model reads any: networks that pool and go back need multiples of a power of two, and
/// published splice models leave out 10 000 bases.
const LENGTHS: [usize; 4] = [640, 2176, 10_368, 41_088];

/// A model file to describe.
#[derive(Debug, Clone)]
pub struct DraftRequest {
    /// The backend that runs it.
    pub backend: String,
    /// The file.
    pub file: PathBuf,
    /// The shape of each input without the batch axis, where the file does not tell it; `None` is any length.
    pub shapes: Vec<ArrayShape>,
    /// How it is run.
    pub runtime: RuntimeOptions,
}

impl DraftRequest {
    /// Asks the backend and runs the model on rows of zeros.
    ///
    /// # Errors
    /// A file that the backend cannot read, or whose shapes are not known and not given; a model that does not run.
    pub fn draft(&self, registry: &PluginRegistry) -> Result<ModelDraft, ConversionError> {
        caught(|| self.try_out(registry))?
    }

    fn try_out(&self, registry: &PluginRegistry) -> Result<ModelDraft, ConversionError> {
        let name = self.file_name();
        let directory = self.file.parent().map(PathBuf::from).unwrap_or_default();
        let args = Value::Map(vec![("file".into(), Value::String(name.clone()))]);
        let source = ModelSource::new(directory.clone(), args.clone(), Vec::new(), Vec::new());
        let described = registry.describe(&self.backend, &source, self.runtime.clone())?;
        let inputs = self.inputs(&described.inputs)?;
        let input_leaves = inputs.iter().map(|input| SchemaLeaf::new(&*input.name, input.leaf_shape())).collect();
        let outputs: Vec<String> = named(&described.outputs, "output");
        let shapes = described.outputs.iter().map(|output| output.shape.clone().unwrap_or_else(|| vec![None]));
        let output_leaves = outputs.iter().zip(shapes).map(|(name, shape)| SchemaLeaf::new(&**name, shape)).collect();
        let source = ModelSource::new(directory, args, input_leaves, output_leaves);
        let model = registry.load_model(&self.backend, &source, self.runtime.clone())?;
        let trial = Trial { model, inputs };
        let (tried, found) = trial.first_that_runs(&name)?;
        let longer = trial.twice_as_long(&tried)?;
        let laws = longer.as_ref().map(|(length, longer)| {
            found.iter().zip(longer).map(|(one, other)| law(one, other, *length)).collect::<Vec<_>>()
        });
        let laws = laws.unwrap_or_else(|| vec![None; found.len()]);
        let is_free = longer.is_some();
        let inputs = trial.inputs.into_iter().zip(tried).map(|(input, tried)| input.drafted(tried, is_free)).collect();
        let tasks = described.tasks.into_iter().chain(std::iter::repeat(Vec::new()));
        let outputs = outputs.into_iter().zip(found).zip(laws).zip(tasks);
        let output = |(((name, tried), positions), labels)| DraftOutput { name, tried, positions, labels };
        Ok(ModelDraft {
            backend: self.backend.clone(),
            origin: name.clone(),
            files: vec![name],
            inputs,
            outputs: outputs.map(output).collect(),
        })
    }

    fn file_name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What the file and the request say of the inputs.
    fn inputs(&self, described: &[TensorSpec]) -> Result<Vec<TriedInput>, ConversionError> {
        let (file, names) = (self.file_name(), named(described, "input"));
        let given = self.shapes.len();
        if given > 0 && given != described.len() {
            let (count, inputs) = (described.len(), names.join(", "));
            return Err(ConversionError::ShapeCount { file, given, count, inputs });
        }
        let input = |(at, (spec, name)): (usize, (&TensorSpec, String))| {
            let asked = match (&spec.shape, self.shapes.get(at)) {
                (None, None) => return Err(ConversionError::NoShape { file: file.clone(), input: name }),
                (Some(own), None) => own.clone(),
                (None, Some(given)) => given.to_vec(),
                (Some(own), Some(given)) => {
                    let found = ArrayShape::from(own.clone());
                    if !found.is_compatible(given) {
                        let (found, given) = (found.to_string(), given.to_string());
                        return Err(ConversionError::WrongShape { file: file.clone(), input: name, found, given });
                    }
                    own.iter().zip(given.iter()).map(|(own, given)| own.or(*given)).collect()
                }
            };
            let dtype = spec.dtype.unwrap_or(DType::F32);
            Ok(TriedInput { name, dtype, own: spec.shape.clone(), asked })
        };
        described.iter().zip(names).enumerate().map(input).collect()
    }
}

/// The names of arrays; those without one are numbered.
fn named(arrays: &[TensorSpec], word: &str) -> Vec<String> {
    let several = arrays.len() > 1;
    let number = |at: usize| if several { format!("{word}_{at}") } else { word.to_owned() };
    let name = |(at, array): (usize, &TensorSpec)| array.name.clone().unwrap_or_else(|| number(at));
    arrays.iter().enumerate().map(name).collect()
}

/// An input that is tried.
struct TriedInput {
    name: String,
    dtype: DType,
    /// Its shape, as far as the file tells.
    own: Option<Vec<Option<usize>>>,
    /// The shape to try.
    asked: Vec<Option<usize>>,
}

impl TriedInput {
    /// The shape that the model is loaded with.
    fn leaf_shape(&self) -> Vec<Option<usize>> {
        self.own.clone().unwrap_or_else(|| vec![None; self.asked.len()])
    }

    fn with_length(&self, length: usize) -> Vec<usize> {
        self.asked.iter().map(|axis| axis.unwrap_or(length)).collect()
    }

    /// The axis that runs along the sequence of one-hot DNA of this shape.
    fn position_axis(&self, tried: &[usize]) -> Option<usize> {
        (self.dtype != DType::String).then(|| OneHotLayout::of_shape(tried).map(|layout| layout.axes().0)).flatten()
    }

    /// Rows of zeros, or of N.
    fn rows(&self, count: usize, shape: &[usize]) -> Result<Tensor, ConversionError> {
        let elements = count * shape.iter().product::<usize>();
        let data: TensorData = match self.dtype {
            DType::F64 => vec![0f64; elements].into(),
            DType::I64 => vec![0i64; elements].into(),
            DType::I32 => vec![0i32; elements].into(),
            DType::U8 => vec![0u8; elements].into(),
            DType::Bool => vec![false; elements].into(),
            DType::String => TensorData::Strings(std::iter::repeat_n("N", elements).collect()),
            _ => vec![0f32; elements].into(),
        };
        Ok(Tensor::new([&[count][..], shape].concat(), data)?)
    }

    /// What is known now. A file that tells no shapes is believed to read the length that it was shown to read.
    fn drafted(self, tried: Vec<usize>, is_free: bool) -> DraftInput {
        let position = self.position_axis(&tried).filter(|_| is_free);
        let shape = self.own.unwrap_or_else(|| {
            tried.iter().enumerate().map(|(axis, length)| Some(*length).filter(|_| position != Some(axis))).collect()
        });
        DraftInput { name: self.name, shape, tried, dtype: self.dtype }
    }
}

/// A loaded model and its inputs.
struct Trial {
    model: PluginModel,
    inputs: Vec<TriedInput>,
}

impl Trial {
    /// The shapes of the outputs, without the batch axis, for inputs of these shapes.
    fn shapes(&self, tried: &[Vec<usize>]) -> Result<Result<Vec<Vec<usize>>, PluginCallError>, ConversionError> {
        let count = match self.model.signature().batch {
            BatchAxis::Fixed(rows) => rows,
            BatchAxis::Dynamic => 2,
        };
        let rows = self.inputs.iter().zip(tried).map(|(input, shape)| input.rows(count, shape));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let views: Vec<TensorView<'_>> = rows.iter().map(Tensor::view).collect();
        let answers = self.model.predict(&views);
        Ok(answers.map(|answers| answers.iter().map(|answer| answer.shape()[1..].to_vec()).collect()))
    }

    /// The first shapes that the model runs on, of inputs and outputs.
    fn first_that_runs(&self, file: &str) -> Result<(Shapes, Shapes), ConversionError> {
        let is_free = self.inputs.iter().any(|input| input.asked.contains(&None));
        let mut failed = (Vec::new(), String::new());
        for length in &LENGTHS[..if is_free { LENGTHS.len() } else { 1 }] {
            let tried: Vec<Vec<usize>> = self.inputs.iter().map(|input| input.with_length(*length)).collect();
            let problem = match self.shapes(&tried)? {
                Ok(found) if found.iter().flatten().all(|length| *length > 0) => return Ok((tried, found)),
                Ok(_) => "its outputs are empty".to_owned(),
                Err(error) => error.to_string(),
            };
            failed = (tried, problem);
        }
        let (tried, problem) = failed;
        let tried = tried.into_iter().map(|shape| shape.into_iter().map(Some).collect::<Vec<_>>());
        let tried: Vec<String> = tried.map(|shape| ArrayShape::from(shape).to_string()).collect();
        Err(ConversionError::NoTrial { file: file.to_owned(), tried: tried.join(", "), problem })
    }

    /// The length of the window, and the shapes of the outputs for windows of twice that, if the model reads them.
    fn twice_as_long(&self, tried: &[Vec<usize>]) -> Result<Option<(usize, Shapes)>, ConversionError> {
        let window = self.inputs.iter().zip(tried).find_map(|(input, shape)| {
            let axis = input.position_axis(shape)?;
            let is_free = input.own.as_ref().is_none_or(|own| own.get(axis) == Some(&None));
            is_free.then(|| shape[axis])
        });
        let Some(length) = window else { return Ok(None) };
        let double = |(input, shape): (&TriedInput, &Vec<usize>)| -> Vec<usize> {
            let is_free = |axis: usize| input.own.as_ref().is_none_or(|own| own.get(axis) == Some(&None));
            let axes = shape.iter().enumerate();
            axes.map(|(axis, &n)| if n == length && is_free(axis) { 2 * n } else { n }).collect()
        };
        let longer: Vec<Vec<usize>> = self.inputs.iter().zip(tried).map(double).collect();
        Ok(self.shapes(&longer)?.ok().map(|found| (length, found)))
    }
}

/// The positions of an output of shape `one` for windows of `length`, and of shape `other` for twice that; none if they
/// are alike.
fn law(one: &[usize], other: &[usize], length: usize) -> Option<DraftPositions> {
    let differ: Vec<usize> = (0..one.len()).filter(|&axis| one.get(axis) != other.get(axis)).collect();
    let [axis] = differ[..] else { return None };
    let unknown = DraftPositions { axis, follow: true, crop: None, bin: None };
    let Some(more) = other.get(axis)?.checked_sub(one[axis]) else { return Some(unknown) };
    let bin = ((length + more / 2) / more).max(1);
    let crop = length.checked_sub(one[axis] * bin);
    match crop.filter(|_| length.abs_diff(bin * more) < bin) {
        Some(crop) => Some(DraftPositions { crop: Some((crop / 2, crop - crop / 2)), bin: Some(bin), ..unknown }),
        None => Some(unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lengths_tell_crop_and_bin() {
        let positions = |axis, crop, bin| Some(DraftPositions { axis, follow: true, crop, bin });
        assert_eq!(law(&[600, 3], &[1240, 3], 640), positions(0, Some((20, 20)), Some(1)));
        assert_eq!(law(&[3, 20], &[3, 40], 640), positions(1, Some((0, 0)), Some(32)));
        assert_eq!(law(&[3, 17], &[3, 37], 641), positions(1, Some((48, 49)), Some(32)));
        assert_eq!(law(&[3], &[3], 640), None);
        assert_eq!(law(&[3, 9], &[6, 18], 640), None);
        assert_eq!(law(&[900], &[1900], 640), positions(0, None, None));
        assert_eq!(law(&[9], &[4], 640), positions(0, None, None));
    }
}
