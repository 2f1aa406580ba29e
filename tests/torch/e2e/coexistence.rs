//! ONNX Runtime and LibTorch in one process.

use std::thread;

use kipos::{PluginModel, PluginRegistry};
use kipos_plugin_api::{Device, ModelSource, RuntimeOptions, SchemaLeaf, Structure, TensorView, Value};
use kipos_tests::{built, project};
use kipos_torch_tests::plugins;

fn load(registry: &PluginRegistry, backend: &str, example: &str, file: &str) -> PluginModel {
    let leaf = |name: &str, shape: &[usize]| SchemaLeaf::new(name, shape.iter().map(|&length| Some(length)).collect());
    let source = ModelSource::new(
        project().join("examples").join(example),
        Value::Map(vec![("file".into(), Value::String(file.into()))]),
        vec![leaf("seq", &[200, 4])],
        vec![leaf("prob", &[2])],
    )
    .with_input_structure(Structure::One)
    .with_target_structure(Structure::One);
    registry.load_model(backend, &source, RuntimeOptions::new(2, Device::Cpu)).unwrap()
}

fn predicted(model: &PluginModel, rows: usize) -> Vec<f32> {
    // One-hot letters that differ from row to row.
    let letter = |at: usize| (at * at / 7 + at / 200) % 4;
    let inputs: Vec<f32> = (0..rows * 800).map(|i| if letter(i / 4) == i % 4 { 1.0 } else { 0.0 }).collect();
    let shape = [rows, 200, 4];
    let outputs = model.predict(&[TensorView::new(&shape, inputs.as_slice()).unwrap()]).unwrap();
    outputs[0].view().as_f32().unwrap().to_vec()
}

#[test]
fn both_run_at_the_same_time_and_agree() {
    let registry = PluginRegistry::open(&[plugins(), built("")], None);
    let torch = load(&registry, "pytorch", "pytorch", "model.pt");
    let onnx = load(&registry, "onnx", "motif-cnn", "model.onnx");
    thread::scope(|scope| {
        for rows in [1, 5, 32] {
            let (torch, onnx) = (&torch, &onnx);
            scope.spawn(move || {
                for _ in 0..5 {
                    let (found, expected) = (predicted(torch, rows), predicted(onnx, rows));
                    assert_eq!(found.len(), 2 * rows);
                    for (found, expected) in found.iter().zip(expected) {
                        assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
                    }
                }
            });
        }
    });
}
