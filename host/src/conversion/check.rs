//! Whether a converted model gives what its framework gave before the conversion.

use std::path::PathBuf;

use kipos_plugin_api::{
    BatchAxis, GradientRequest, Layer, LayerRequest, RuntimeOptions, Tensor, TensorSpec, TensorView,
};

use super::arrays::{numbers, relative_difference, rows};
use super::error::{ConversionError, OriginalFile};
use super::npz::Npz;
use crate::description::{ArraySpec, ModelDir};
use crate::internal::{OrInternal, caught};
use crate::model::{ModelError, load_graph};
use crate::plugin::{PluginModel, PluginRegistry};
use crate::prediction::parse_filter;
use crate::stop::Stop;

/// How far predictions may be off, as a part of the largest.
const LIMIT: f64 = 1e-5;
/// How far gradients may be off, as a part of the largest.
const GRADIENT_LIMIT: f64 = 1e-4;

/// A converted model, and the archive of what its framework answered: `inputs/NAME` and `outputs/NAME` with the same rows,
/// `layers/NAME` of the first batch, `gradients/NAME` of the first rows.
#[derive(Debug, Clone)]
pub struct ConversionCheck {
    /// The directory of the model's description.
    pub directory: PathBuf,
    /// How the model is run.
    pub runtime: RuntimeOptions,
    /// The archive, as `numpy.savez` writes it.
    pub original: PathBuf,
    /// How many rows each of the framework's batches had.
    pub batches: Vec<usize>,
    /// What its gradients are of, if it gave some.
    pub gradient: Option<OriginalGradient>,
    /// Asks it to stop.
    pub stop: Stop,
}

/// What the framework's gradients are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalGradient {
    /// What of the first output is summed, as `--filter` takes it; all if there is nothing.
    pub filter: Option<String>,
    /// Rows, the first of all.
    pub rows: usize,
}

/// How far an array is off, at most, as a part of the largest value that the framework gave.
#[derive(Debug, Clone, PartialEq)]
pub struct ArrayDifference {
    /// Its name.
    pub name: String,
    /// The difference.
    pub difference: f64,
}

/// A model that gives what its framework gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckedConversion {
    /// Its outputs.
    pub outputs: Vec<ArrayDifference>,
    /// The gradients of its inputs.
    pub gradients: Vec<ArrayDifference>,
    /// Why no gradients were compared, if none were.
    pub no_gradients: Option<String>,
}

impl ConversionCheck {
    /// Runs the model and compares.
    ///
    /// # Errors
    /// [`ConversionError::Differs`] above 1e-5 of the largest prediction, or 1e-4 of the largest gradient; a model that
    /// cannot be run, or answers that cannot be read.
    pub fn run(&self, registry: &PluginRegistry) -> Result<CheckedConversion, ConversionError> {
        caught(|| Compared::open(self, registry)?.compare())?
    }
}

/// A model beside the answers of its framework, in the order of the description.
struct Compared<'a> {
    request: &'a ConversionCheck,
    npz: Npz,
    model: PluginModel,
    /// The number of rows that the model insists on.
    fixed: Option<usize>,
    /// The names and arrays of inputs and outputs, as numbers of those in the archive.
    inputs: Vec<usize>,
    outputs: Vec<usize>,
}

impl<'a> Compared<'a> {
    fn open(request: &'a ConversionCheck, registry: &PluginRegistry) -> Result<Self, ConversionError> {
        let npz = Npz::read(&request.original)?;
        let directory = ModelDir::open(&request.directory)?;
        let model = load_graph(&directory, registry, request.runtime.clone())?;
        let signature = model.signature().map_err(ModelError::from)?;
        let fixed = match signature.batch {
            BatchAxis::Dynamic => None,
            BatchAxis::Fixed(rows) => Some(rows),
        };
        let spec = directory.model();
        let inputs = matched("inputs", &npz, &spec.inputs, &signature.inputs)?;
        let outputs = matched("outputs", &npz, &spec.targets, &signature.outputs)?;
        let compared = Self { request, npz, model, fixed, inputs, outputs };
        compared.check_rows()?;
        Ok(compared)
    }

    /// Fails where the batches do not have the rows of the arrays.
    fn check_rows(&self) -> Result<(), ConversionError> {
        let all: usize = self.request.batches.iter().sum();
        let mut arrays = self.npz.folder("inputs").chain(self.npz.folder("outputs"));
        match arrays.find(|(_, array)| array.shape().first() != Some(&all)) {
            Some((name, array)) => {
                let (shape, file) = (array.shape(), self.request.original.clone());
                let problem = format!("`{name}` has shape {shape:?}, but the batches have {all} rows");
                Err(OriginalFile { file, problem }.into())
            }
            None => Ok(()),
        }
    }

    fn compare(&self) -> Result<CheckedConversion, ConversionError> {
        let mut checked = CheckedConversion::default();
        let found = self.predictions()?;
        for (&of, found) in self.outputs.iter().zip(&found) {
            let (name, expected) = self.array("outputs", of);
            let expected = numbers(&expected.view());
            if expected.len() != found.len() {
                let (expected, found) = (format!("{} values of `{name}`", expected.len()), found.len().to_string());
                return Err(ConversionError::Arrays { what: "outputs", expected, found });
            }
            let difference = relative_difference(found, &expected);
            checked.outputs.push(ArrayDifference { name: name.to_owned(), difference });
        }
        self.refuse(&checked.outputs, "output", LIMIT)?;
        match self.gradients()? {
            Ok(gradients) => checked.gradients = gradients,
            Err(reason) => checked.no_gradients = Some(reason),
        }
        self.refuse(&checked.gradients, "the gradient of input", GRADIENT_LIMIT)?;
        Ok(checked)
    }

    /// Fails if one of these differs more than it may, with the first layer that does.
    fn refuse(&self, differences: &[ArrayDifference], what: &str, limit: f64) -> Result<(), ConversionError> {
        let Some(worst) = differences.iter().find(|array| array.difference > limit || array.difference.is_nan()) else {
            return Ok(());
        };
        let layer = self.first_layer_that_differs()?;
        let what = format!("{what} `{}`", worst.name);
        Err(ConversionError::Differs { what, difference: worst.difference, limit, layer })
    }

    /// An array of the archive.
    fn array(&self, folder: &'static str, number: usize) -> (&str, &Tensor) {
        let found = self.npz.folder(folder).nth(number);
        found.or_internal("arrays are numbered as they were found")
    }

    /// These rows of all inputs, and as many copies of the last as the model insists on.
    fn batch(&self, from: usize, count: usize) -> Result<Vec<Tensor>, ConversionError> {
        let wanted = self.fixed.map_or(count, |fixed| fixed.max(count));
        let numbers: Vec<usize> = (0..wanted).map(|row| from + row.min(count - 1)).collect();
        let arrays = self.inputs.iter().map(|&input| rows(self.array("inputs", input).1, &numbers));
        Ok(arrays.collect::<Result<_, _>>()?)
    }

    /// The beginnings and lengths of the framework's batches, none longer than the model takes.
    fn batches(&self) -> Vec<(usize, usize)> {
        let most = self.fixed.unwrap_or(usize::MAX);
        let mut found = Vec::new();
        let mut from = 0;
        for &rows in &self.request.batches {
            let end = from + rows;
            while from < end {
                let count = most.min(end - from);
                found.push((from, count));
                from += count;
            }
        }
        found
    }

    /// The model's predictions of all rows, output by output.
    fn predictions(&self) -> Result<Vec<Vec<f64>>, ConversionError> {
        let mut found = vec![Vec::new(); self.outputs.len()];
        for (from, count) in self.batches() {
            self.request.stop.check()?;
            let batch = self.batch(from, count)?;
            let answers = self.model.predict(&views(&batch))?;
            for (all, answer) in found.iter_mut().zip(&answers) {
                all.extend(first_rows(answer, count));
            }
        }
        Ok(found)
    }

    /// How far gradients are off, or why there are none to compare.
    fn gradients(&self) -> Result<Result<Vec<ArrayDifference>, String>, ConversionError> {
        let Some(gradient) = &self.request.gradient else {
            return Ok(Err("the framework gave none".into()));
        };
        if !self.model.capabilities()?.gradients {
            return Ok(Err("the backend has none".into()));
        }
        let names: Vec<&str> = self.inputs.iter().map(|&input| self.array("inputs", input).0).collect();
        let wanted: Vec<(usize, &str, &Tensor)> = self
            .npz
            .folder("gradients")
            .filter_map(|(name, array)| Some((names.iter().position(|input| *input == name)?, name, array)))
            .collect();
        // The first output of the framework.
        let call = self.outputs.iter().position(|output| *output == 0).filter(|_| self.outputs.len() > 1);
        let layer = LayerRequest::new(Layer::Final).with_call(call);
        let mut request = GradientRequest::new(layer, wanted.iter().map(|(input, ..)| *input).collect());
        if let Some(filter) = &gradient.filter {
            let items = parse_filter(filter)
                .map_err(|error| OriginalFile { file: self.request.original.clone(), problem: error.to_string() })?;
            request = request.with_filter(items);
        }
        let mut found = vec![Vec::new(); wanted.len()];
        for row in 0..gradient.rows {
            self.request.stop.check()?;
            let batch = self.batch(row, 1)?;
            match self.model.input_gradients(&views(&batch), &request) {
                Ok(gradients) => {
                    for (all, gradient) in found.iter_mut().zip(&gradients.tensors) {
                        all.extend(first_rows(gradient, 1));
                    }
                }
                Err(error) => return Ok(Err(error.to_string())),
            }
        }
        let difference = |((_, name, expected), found): (&(usize, &str, &Tensor), &Vec<f64>)| ArrayDifference {
            name: (*name).to_owned(),
            difference: relative_difference(found, &numbers(&expected.view())),
        };
        Ok(Ok(wanted.iter().zip(&found).map(difference).collect()))
    }

    /// The first of the framework's layers that the model has by the same name, with other values.
    fn first_layer_that_differs(&self) -> Result<Option<String>, ConversionError> {
        let Some(&(from, count)) = self.batches().first() else { return Ok(None) };
        let batch = self.batch(from, count)?;
        for (name, expected) in self.npz.folder("layers") {
            self.request.stop.check()?;
            let request = LayerRequest::new(Layer::Name(name.to_owned()));
            let Ok(calls) = self.model.activations(&views(&batch), &request) else { continue };
            let expected = numbers(&expected.view());
            let [found] = calls.0.as_slice() else { continue };
            let found: Vec<f64> = first_rows(found, count).collect();
            if found.len() == expected.len() && relative_difference(&found, &expected) > LIMIT {
                return Ok(Some(name.to_owned()));
            }
        }
        Ok(None)
    }
}

fn views(arrays: &[Tensor]) -> Vec<TensorView<'_>> {
    arrays.iter().map(Tensor::view).collect()
}

/// The numbers of the first rows.
fn first_rows(array: &Tensor, count: usize) -> impl Iterator<Item = f64> + use<> {
    let width: usize = array.shape().iter().skip(1).product();
    numbers(&array.view()).into_iter().take(count * width)
}

/// For each array of the description its number in a folder of the archive: by the name in the graph, else by the name in
/// the description, else by its place.
fn matched(
    folder: &'static str,
    npz: &Npz,
    described: &[ArraySpec],
    graph: &[TensorSpec],
) -> Result<Vec<usize>, ConversionError> {
    let names: Vec<&str> = npz.folder(folder).map(|(name, _)| name).collect();
    if names.len() != described.len() {
        let listed = |names: &[&str]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        let found: Vec<&str> = described.iter().map(|array| array.name.as_str()).collect();
        return Err(ConversionError::Arrays { what: folder, expected: listed(&names), found: listed(&found) });
    }
    let by_name = |name: &str| names.iter().position(|other| *other == name);
    let all_by = |name: &dyn Fn(usize) -> Option<String>| {
        (0..described.len()).map(|at| by_name(&name(at)?)).collect::<Option<Vec<usize>>>()
    };
    let in_graph = all_by(&|at| graph.get(at).and_then(|array| array.name.clone()));
    let found = in_graph.or_else(|| all_by(&|at| Some(described[at].name.clone())));
    Ok(found.unwrap_or_else(|| (0..described.len()).collect()))
}
