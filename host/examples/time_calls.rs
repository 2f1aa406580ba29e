//! Answers the calls that standard input names, line by line, with the seconds that each took, for
//! tests/bench/onnx_gradients.py.
//!
//!     cargo run --release --example time_calls -- PLUGIN_DIR BACKEND MODEL_FILE THREADS BATCH AXIS...
//!
//! The lines: `load` (the model is loaded again), `forward`, `values LAYER`, `gradient`, of the sum of the output with
//! respect to the input. The model has one input `x` of the shape `BATCH AXIS...`, and one output `y`.

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use kipos::PluginRegistry;
use kipos_plugin_api::{
    Device, GradientRequest, Layer, LayerRequest, ModelSource, RuntimeOptions, SchemaLeaf, Structure, Tensor, Value,
};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [plugins, backend, file, threads, shape @ ..] = args.as_slice() else {
        return Err("usage: time_calls PLUGIN_DIR BACKEND MODEL_FILE THREADS BATCH AXIS...".into());
    };
    let shape = shape.iter().map(|length| length.parse()).collect::<Result<Vec<usize>, _>>()?;
    let leaf = |name: &str| SchemaLeaf::new(name, vec![]);
    let source = ModelSource::new(
        Path::new(file).parent().map(PathBuf::from).unwrap_or_default(),
        Value::Map(vec![("file".into(), Value::String(file.clone()))]),
        vec![leaf("x")],
        vec![leaf("y")],
    )
    .with_input_structure(Structure::One)
    .with_target_structure(Structure::One);
    let registry = PluginRegistry::open(&[PathBuf::from(plugins)], None);
    let options = RuntimeOptions::new(threads.parse()?, Device::Cpu);
    let load = || registry.load_model(backend, &source, options.clone());
    let mut model = load()?;

    // One base per position; which one follows no pattern that a network could tell from chance.
    let channels = shape.get(1).copied().unwrap_or(1);
    let length: usize = shape.iter().skip(2).product();
    let mut state = 1u32;
    let mut data = vec![0f32; shape.iter().product()];
    for at in 0..data.len() / channels {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        data[at / length * channels * length + (state >> 16) as usize % channels * length + at % length] = 1.0;
    }
    let x = Tensor::new(shape, data)?;
    let values = LayerRequest::new;
    let sum = GradientRequest::new(values(Layer::Final), vec![0]);

    let mut answers = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let start = Instant::now();
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("load", _) => model = load()?,
            ("forward", _) => drop(model.predict(&[x.view()])?),
            ("values", layer) => drop(model.activations(&[x.view()], &values(Layer::Name(layer.into())))?),
            ("gradient", _) => drop(model.input_gradients(&[x.view()], &sum)?),
            _ => return Err(format!("unknown call `{line}`").into()),
        }
        writeln!(answers, "{}", start.elapsed().as_secs_f64())?;
        answers.flush()?;
    }
    Ok(())
}
