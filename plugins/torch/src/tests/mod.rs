//! The backend on the small networks of fixtures/make_models.py, against what eager PyTorch gives in float64.

mod consent;
mod device;
mod exactness;
mod golden;
mod layers;
mod loading;

use std::path::{Path, PathBuf};

use kipos_plugin_api::{
    Args, Backend, DType, DataView, Device, GradientRequest, Gradients, Layer, LayerRequest, Model, ModelSource,
    Result, RuntimeOptions, SchemaLeaf, Structure, Tensor, TensorData, Value,
};
use serde_json::Value as Json;

use crate::PyTorch;
use crate::model::TorchModel;

const CPU: RuntimeOptions = RuntimeOptions::new(1, Device::Cpu);

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn leaves(names: &[&str]) -> Vec<SchemaLeaf> {
    let leaf = |name: &&str| SchemaLeaf::new(name.to_string(), vec![]);
    names.iter().map(leaf).collect()
}

/// The description of a model whose inputs have these shapes.
fn source(inputs: &[(&str, &[usize])], targets: &[&str]) -> ModelSource {
    let mut described = leaves(&inputs.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (leaf, (_, shape)) in described.iter_mut().zip(inputs) {
        leaf.shape = shape.iter().map(|&length| Some(length)).collect();
    }
    let mut targets = leaves(targets);
    targets.iter_mut().for_each(|leaf| leaf.shape = vec![None]);
    ModelSource::new(fixtures(), Value::Null, described, targets)
        .with_input_structure(Structure::List)
        .with_target_structure(Structure::List)
}

fn load(file: &str, source: &ModelSource, options: RuntimeOptions) -> Result<TorchModel> {
    load_with(&[("file", Value::String(file.into()))], source, options)
}

fn load_with(args: &[(&str, Value)], source: &ModelSource, options: RuntimeOptions) -> Result<TorchModel> {
    let args = Value::Map(args.iter().map(|(name, value)| (name.to_string(), value.clone())).collect());
    PyTorch::load(source, &Args::check(&args, PyTorch::ARGS)?, &options)
}

/// The error of a result, with the fixtures' directory left out.
fn message<T>(result: Result<T>) -> String {
    let message = result.err().expect("an error").message;
    message.replace(&format!("{}/", fixtures().display()), "")
}

fn tensor(shape: &[usize], data: impl Into<TensorData>) -> Tensor {
    Tensor::new(shape.to_vec(), data).unwrap()
}

fn predict(model: &TorchModel, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    model.predict(&inputs.iter().map(Tensor::view).collect::<Vec<_>>())
}

fn activations(model: &TorchModel, inputs: &[Tensor], request: &LayerRequest) -> Result<Vec<Tensor>> {
    Ok(model.activations(&inputs.iter().map(Tensor::view).collect::<Vec<_>>(), request)?.0)
}

fn gradients(model: &TorchModel, inputs: &[Tensor], request: &GradientRequest) -> Result<Gradients> {
    model.input_gradients(&inputs.iter().map(Tensor::view).collect::<Vec<_>>(), request)
}

fn named(name: &str) -> LayerRequest {
    LayerRequest::new(Layer::Name(name.into()))
}

fn before_nonlinearity(name: &str) -> LayerRequest {
    named(name).with_pre_nonlinearity(true)
}

const OUTPUT: LayerRequest = LayerRequest::new(Layer::Final);

fn sum_of(layer: LayerRequest, inputs: &[usize]) -> GradientRequest {
    GradientRequest::new(layer, inputs.to_vec())
}

/// The elements as float64.
fn numbers(tensor: &Tensor) -> Vec<f64> {
    match tensor.view().data() {
        DataView::F32(elements) => elements.iter().map(|&element| f64::from(element)).collect(),
        DataView::F64(elements) => elements.to_vec(),
        other => panic!("{:?} instead of numbers with a fraction", other.dtype()),
    }
}

/// Rows of a tensor of float32.
fn rows(tensor: &Tensor, range: std::ops::Range<usize>) -> Tensor {
    let width = tensor.shape()[1..].iter().product::<usize>();
    let elements = tensor.view().as_f32().unwrap()[range.start * width..range.end * width].to_vec();
    let shape = [&[range.len()], &tensor.shape()[1..]].concat();
    Tensor::new(shape, elements).unwrap()
}

/// Holds two tensors to each other: shapes, and elements up to `relative` times the largest or 1.
fn assert_close(found: &Tensor, expected: &Tensor, relative: f64, what: &str) {
    assert_eq!(found.shape(), expected.shape(), "{what}");
    for (i, (found, expected)) in numbers(found).into_iter().zip(numbers(expected)).enumerate() {
        let bound = relative * expected.abs().max(1.0);
        assert!((found - expected).abs() <= bound, "{what}, element {i}: {found} instead of {expected}");
    }
}

/// What a network must give.
struct Golden(Json);

impl Golden {
    fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(fixtures().join(format!("{name}.json"))).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    fn tensor(json: &Json, dtype: DType) -> Tensor {
        let list = |key: &str| json[key].as_array().unwrap();
        let shape = list("shape").iter().map(|length| length.as_u64().unwrap() as usize).collect();
        let values = list("values").iter().map(|value| value.as_f64().unwrap());
        match dtype {
            DType::F64 => Tensor::new(shape, values.collect::<Vec<f64>>()).unwrap(),
            _ => Tensor::new(shape, values.map(|value| value as f32).collect::<Vec<f32>>()).unwrap(),
        }
    }

    fn map(&self, key: &str) -> impl Iterator<Item = (&str, &Json)> {
        self.0[key].as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), &pair[1]))
    }

    fn inputs(&self) -> Vec<Tensor> {
        self.map("inputs").map(|(_, json)| Self::tensor(json, DType::F32)).collect()
    }

    fn outputs(&self) -> Vec<Tensor> {
        self.map("outputs").map(|(_, json)| Self::tensor(json, DType::F64)).collect()
    }

    /// The network, as scripted (`_scripted`) or traced (`_traced`).
    fn model(&self, file: &str, options: RuntimeOptions) -> TorchModel {
        let inputs = self.inputs();
        let names = self.map("inputs").map(|(name, _)| name);
        let shaped: Vec<(&str, &[usize])> = names.zip(&inputs).map(|(name, x)| (name, &x.shape()[1..])).collect();
        let targets: Vec<&str> = self.map("outputs").map(|(name, _)| name).collect();
        load(&format!("{file}.pt"), &source(&shaped, &targets), options).unwrap()
    }
}
