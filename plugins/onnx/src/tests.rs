//! The backend on small graphs whose answers can be written down; tests/models/README.md says which.

use std::path::{Path, PathBuf};

use kipos_plugin_api::{
    Args, Backend, BatchAxis, Bound, DType, Device, ErrorKind, Model, ModelSource, PluginError, Result, RuntimeOptions,
    SchemaLeaf, Structure, Tensor, TensorData, TensorSpec, Value,
};

use crate::Onnx;
use crate::model::OnnxModel;

const OPTIONS: RuntimeOptions = RuntimeOptions::new(1, Device::Cpu);

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models")
}

/// target/native/onnxruntime, seen from target/release/deps/kipos_plugin_onnx-….
fn runtime() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let directory = own.ancestors().nth(3).unwrap().join("native/onnxruntime");
    crate::search::library_in(&directory)
        .unwrap_or_else(|| panic!("no ONNX Runtime in {}; `cargo xtask test` fetches it", directory.display()))
}

fn leaves(names: &[&str]) -> Vec<SchemaLeaf> {
    let leaf = |name: &&str| SchemaLeaf::new(name.to_string(), vec![]);
    names.iter().map(leaf).collect()
}

fn load_with(directory: PathBuf, file: &str, inputs: &[&str], targets: &[&str], device: Device) -> Result<OnnxModel> {
    load_options(directory, file, inputs, targets, OPTIONS.with_device(device))
}

fn load_options(
    directory: PathBuf,
    file: &str,
    inputs: &[&str],
    targets: &[&str],
    options: RuntimeOptions,
) -> Result<OnnxModel> {
    load_args(directory, vec![("file".into(), Value::String(file.into()))], inputs, targets, options)
}

fn load_args(
    directory: PathBuf,
    args: Vec<(String, Value)>,
    inputs: &[&str],
    targets: &[&str],
    options: RuntimeOptions,
) -> Result<OnnxModel> {
    let options = options.with_engine_library(Some(runtime()));
    let args = Value::Map(args);
    let source = ModelSource::new(directory, args.clone(), leaves(inputs), leaves(targets))
        .with_input_structure(Structure::List)
        .with_target_structure(Structure::List);
    Onnx::load(&source, &Args::check(&args, Onnx::ARGS)?, &options)
}

fn load(file: &str, inputs: &[&str], targets: &[&str]) -> Result<OnnxModel> {
    load_with(models(), file, inputs, targets, Device::Cpu)
}

fn tensor(shape: &[usize], data: impl Into<TensorData>) -> Tensor {
    Tensor::new(shape.to_vec(), data).unwrap()
}

fn predict(model: &OnnxModel, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
    model.predict(&inputs.iter().map(|tensor| tensor.view()).collect::<Vec<_>>())
}

fn message<T>(result: Result<T>) -> (ErrorKind, String) {
    let PluginError { kind, message } = result.err().unwrap();
    (kind, message.replace(models().to_str().unwrap(), "[models]"))
}

#[test]
fn inputs_and_outputs_are_matched_by_name_or_as_declared() {
    let a = tensor(&[2, 3], vec![1f32, 2., 3., 4., 5., 6.]);
    let b = tensor(&[2, 3], vec![10f32, 20., 30., 40., 50., 60.]);
    let sum = tensor(&[2, 3], vec![11f32, 22., 33., 44., 55., 66.]);
    let product = tensor(&[2, 3], vec![10f32, 40., 90., 160., 250., 360.]);
    let in_order = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    assert_eq!(predict(&in_order, &[&a, &b]).unwrap(), [sum.clone(), product.clone()]);
    let swapped = load("double_input.onnx", &["b", "a"], &["prod", "sum"]).unwrap();
    assert_eq!(predict(&swapped, &[&b, &a]).unwrap(), [product.clone(), sum.clone()]);
    let one = load("double_input.onnx", &["a", "b"], &["prod"]).unwrap();
    assert_eq!(predict(&one, &[&a, &b]).unwrap(), std::slice::from_ref(&product));
    let upper = load("double_input.onnx", &["B", "A"], &["Prod", "Sum"]).unwrap();
    assert_eq!(predict(&upper, &[&b, &a]).unwrap(), [product.clone(), sum.clone()]);
    assert_eq!(upper.signature().outputs[0].bound, Bound::ByName);
    let args = |inputs: Value, outputs: Value| {
        let args = vec![("inputs".into(), inputs), ("outputs".into(), outputs)];
        let file = ("file".to_owned(), Value::String("double_input.onnx".into()));
        load_args(models(), [vec![file], args].concat(), &["x", "y"], &["s", "p"], OPTIONS)
    };
    let list = |names: [&str; 2]| Value::List(names.map(|name| Value::String(name.into())).to_vec());
    let map = Value::Map(vec![("p".into(), Value::String("sum".into())), ("s".into(), Value::String("prod".into()))]);
    let declared = args(list(["b", "a"]), map).unwrap();
    assert_eq!(predict(&declared, &[&b, &a]).unwrap(), [product.clone(), sum.clone()]);
    let signature = declared.signature();
    assert!(signature.inputs.iter().chain(&signature.outputs).all(|spec| spec.bound == Bound::Declared));
    assert_eq!(
        message(args(list(["b", "a"]), list(["sum", "sum"]))).1,
        "`outputs` names `sum` twice; name another output of the graph for each array"
    );
    let (_, refused) = message(load("double_input.onnx", &["a", "b"], &["s", "p"]));
    assert!(
        refused.starts_with(
            "neither names nor shapes tell which output of the graph is which: it has `sum` (3) of node sum, `prod` (3)"
        ),
        "{refused}"
    );
    assert_eq!(in_order.signature().batch, BatchAxis::Dynamic);
    assert_eq!(swapped.signature().inputs[0].name.as_deref(), Some("b"));
    assert_eq!(swapped.signature().inputs[0].shape, Some(vec![Some(3)]));
}

#[test]
fn graphs_that_do_not_fit_the_description_are_explained() {
    assert_eq!(
        message(load("double_input.onnx", &["a"], &["sum", "prod"])),
        (ErrorKind::INVALID_MODEL, "the graph reads a, b, but model.yaml describes fewer inputs".into())
    );
    assert_eq!(
        message(load("double_input.onnx", &["a", "b"], &["x", "y", "z"])).1,
        "the graph has 2 outputs (sum, prod), but model.yaml describes 3 (x, y, z); give them the same names"
    );
}

#[test]
fn a_model_names_no_engine() {
    let args =
        |runtime: Value| vec![("file".into(), Value::String("double_input.onnx".into())), ("runtime".into(), runtime)];
    for runtime in [Value::String("libevil.so".into()), Value::List(vec![])] {
        let refused = load_args(models(), args(runtime), &["a", "b"], &["sum", "prod"], OPTIONS);
        let expected = "`args.runtime` of model.yaml is refused, as the files of a model name no native code; remove it, and \
                        give `--engine-library FILE` or set KIPOS_ONNXRUNTIME";
        assert_eq!(message(refused), (ErrorKind::INVALID_ARGUMENT, expected.into()));
    }
}

#[test]
fn a_file_is_described_without_a_description() {
    let args = Value::Map(vec![("file".into(), Value::String("double_input.onnx".into()))]);
    let source = ModelSource::new(models(), args.clone(), vec![], vec![]);
    let options = OPTIONS.with_engine_library(Some(runtime()));
    let found = Onnx::describe(&source, &Args::check(&args, Onnx::ARGS).unwrap(), &options).unwrap();
    let array = |spec: &TensorSpec| (spec.name.clone().unwrap(), spec.dtype.unwrap(), spec.shape.clone().unwrap());
    let expected = |name: &str| (name.to_owned(), DType::F32, vec![Some(3)]);
    assert_eq!(found.inputs.iter().map(array).collect::<Vec<_>>(), ["a", "b"].map(expected));
    assert_eq!(found.outputs.iter().map(array).collect::<Vec<_>>(), ["sum", "prod"].map(expected));
    assert_eq!(found.tasks, [const { Vec::<String>::new() }; 2]);
}

#[test]
fn what_must_be_converted_is_said_with_the_command() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("m.h5"), b"\x89HDF\r\n\x1a\n").unwrap();
    let conversion = |file: &str| {
        let args = Value::Map(vec![("file".into(), Value::String(file.into()))]);
        let source = ModelSource::new(directory.path(), args.clone(), vec![], vec![]);
        Onnx::conversion(&source, &Args::check(&args, Onnx::ARGS)?)
    };
    let found = conversion("m.h5").unwrap().unwrap();
    assert_eq!(found.from, "an HDF5 file, as Keras writes");
    assert_eq!(found.output, Path::new("model.onnx"));
    assert_eq!(found.command, "kipos model convert m.h5");
    assert!(message(conversion("absent.h5")).1.starts_with("cannot read "));
    let of_kipoi = Value::Map(vec![("weights".into(), Value::String("w.h5".into()))]);
    let source = ModelSource::new(directory.path(), of_kipoi.clone(), vec![], vec![]);
    let args = Args::check(&of_kipoi, crate::Keras::ARGS).unwrap();
    let found = crate::Keras::conversion(&source, &args).unwrap().unwrap();
    assert_eq!(found.from, "a Keras model");
    assert_eq!(found.command, "kipos model convert .");
}

#[test]
fn a_fixed_batch_axis_that_no_memory_holds_is_refused() {
    let expected = "the graph takes exactly 4611686018427387904 rows per call, more than the 65536 that it may; export it \
                    with a free batch axis";
    assert_eq!(built::refused_rows(1 << 62).message, expected);
}

#[test]
fn a_fixed_batch_axis_is_reported() {
    let model = load("fixed_batch.onnx", &["x"], &["y"]).unwrap();
    assert_eq!(model.signature().batch, BatchAxis::Fixed(4));
    let width = model.signature().inputs[0].shape.clone().unwrap()[0].unwrap();
    let rows = tensor(&[4, width], (0..4 * width).map(|i| i as f32).collect::<Vec<f32>>());
    let sums = predict(&model, &[&rows]).unwrap();
    let expected = (0..4).map(|row| (0..width).map(|i| (row * width + i) as f32).sum::<f32>());
    assert_eq!(sums[0].view().as_f32().unwrap(), expected.collect::<Vec<f32>>());
    let few = tensor(&[3, width], vec![0f32; 3 * width]);
    let (kind, message) = message(predict(&model, &[&few]));
    assert_eq!((kind, message), (ErrorKind::SHAPE, "the model takes 4 rows per call, but 3 were given".into()));
}

#[test]
fn numbers_are_cast_to_the_graphs_type() {
    let double = load("f64.onnx", &["x"], &["y"]).unwrap();
    assert_eq!(double.signature().inputs[0].dtype, Some(DType::F64));
    let width = double.signature().inputs[0].shape.clone().unwrap()[0].unwrap();
    let values = vec![0.5f64; width];
    let as_double = predict(&double, &[&tensor(&[1, width], values.clone())]).unwrap();
    let single: Vec<f32> = values.iter().map(|&x| x as f32).collect();
    assert_eq!(predict(&double, &[&tensor(&[1, width], single)]).unwrap(), as_double);
    assert!(matches!(as_double[0].data(), TensorData::F64(_)));

    let whole = load("int64_in.onnx", &["x"], &["y"]).unwrap();
    assert_eq!(whole.signature().inputs[0].dtype, Some(DType::I64));
    let width = whole.signature().inputs[0].shape.clone().unwrap()[0].unwrap();
    for input in [
        tensor(&[1, width], vec![2i64; width]),
        tensor(&[1, width], vec![2i32; width]),
        tensor(&[1, width], vec![2u8; width]),
        tensor(&[1, width], vec![2f32; width]),
        tensor(&[1, width], vec![2f64; width]),
    ] {
        let output = predict(&whole, &[&input]).unwrap();
        assert_eq!(output[0].view().as_f32().unwrap(), [2.0 * width as f32]);
    }
    let text = tensor(&[1, width], vec!["A"; width].into_iter().collect::<kipos_plugin_api::Strings>());
    assert_eq!(message(predict(&whole, &[&text])).1, "the model reads input `x` as int64, but string was given");
}

#[test]
fn wrong_ranks_and_lengths_are_explained() {
    let model = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    let right = tensor(&[2, 3], vec![0f32; 6]);
    for wrong in [tensor(&[2, 3, 1], vec![0f32; 6]), tensor(&[2, 2], vec![0f32; 4])] {
        assert_eq!(
            message(predict(&model, &[&right, &wrong])),
            (
                ErrorKind::SHAPE,
                format!("input `b` must have shape [3] without the batch axis, found {:?}", &wrong.shape()[1..])
            )
        );
    }
    assert_eq!(message(predict(&model, &[&right])).1, "the model reads 2 inputs, but 1 were given");
}

#[test]
fn profiles_and_open_axes_keep_their_shape() {
    let profile = load("profile.onnx", &["x"], &["y"]).unwrap();
    let output = predict(&profile, &[&tensor(&[2, 10, 4], vec![0.25f32; 80])]).unwrap();
    assert_eq!(output[0].shape(), [2, 10, 2]);
    let open = load("channels_first.onnx", &["x"], &["y"]).unwrap();
    assert_eq!(open.signature().inputs[0].shape, Some(vec![Some(4), None]));
    for length in [5, 9] {
        let output = predict(&open, &[&tensor(&[3, 4, length], vec![0.5f32; 12 * length])]).unwrap();
        assert_eq!(output[0].shape(), [3, 1]);
    }
}

#[test]
fn files_that_are_no_graphs_are_explained() {
    assert_eq!(
        message(load("absent.onnx", &["x"], &["y"])),
        (ErrorKind::INVALID_MODEL, "no such file: [models]/absent.onnx; correct `args.file` in model.yaml".into())
    );
    let directory = tempfile::tempdir().unwrap();
    let whole = std::fs::read(models().join("double_input.onnx")).unwrap();
    std::fs::write(directory.path().join("half.onnx"), &whole[..whole.len() / 2]).unwrap();
    let (kind, message) =
        message(load_with(directory.path().to_owned(), "half.onnx", &["a", "b"], &["sum", "prod"], Device::Cpu));
    assert_eq!(kind, ErrorKind::INVALID_MODEL);
    assert!(message.ends_with("half.onnx is cut short: its end is missing; copy or download it again"), "{message}");
}

#[test]
fn other_devices_are_refused() {
    let refused = load_with(models(), "f64.onnx", &["x"], &["y"], Device::Cuda(0));
    assert_eq!(message(refused).0, ErrorKind::NO_DEVICE);
}

/// The bits of all answers to `rows` (each of `shape`), for several batch sizes and numbers of threads.
fn answers(directory: &Path, file: &str, names: [&str; 2], shape: &[usize], rows: &[f32]) -> Vec<Vec<u32>> {
    let width: usize = shape.iter().product();
    let mut answers = Vec::new();
    for threads in [1, 2] {
        let options = OPTIONS.with_threads(threads);
        let model = load_options(directory.to_owned(), file, &names[..1], &names[1..], options).unwrap();
        for batch in [1, 2, 3, 8, 32] {
            let mut bits = Vec::new();
            for chunk in rows.chunks(batch * width) {
                let shape: Vec<usize> = [&[chunk.len() / width], shape].concat();
                let output = predict(&model, &[&tensor(&shape, chunk.to_vec())]).unwrap();
                assert_eq!(output[0].shape()[0], shape[0]);
                bits.extend(output[0].view().as_f32().unwrap().iter().map(|x| x.to_bits()));
            }
            answers.push(bits);
        }
    }
    answers
}

/// A row's answer must not depend on its neighbours or on the number of threads: bit for bit. The row numbers leave one
/// row over from batches of 2, 8 and 32.
#[test]
fn answers_do_not_depend_on_batch_or_threads() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let one_hot: Vec<f32> =
        (0..33 * 800).map(|i| if i / 4 * 7 % 4 == i % 4 { 1.0 } else { 0.1 * (i % 3) as f32 }).collect();
    let network = answers(&here.join("../../examples/motif-cnn"), "model.onnx", ["seq", "prob"], &[200, 4], &one_hot);
    assert_eq!(network[0].len(), 33 * 2);
    assert!(network.iter().all(|bits| *bits == network[0]));

    // By itself, ONNX Runtime adds up the positions of one row in another order than those of several.
    let fractions: Vec<f32> = (0..33 * 1600).map(|i| 1.0 / (1 + i * 7919 % 1009) as f32).collect();
    let mean = answers(&here.join("fixtures"), "mean_over_positions.onnx", ["x", "y"], &[50, 32], &fractions);
    assert_eq!(mean[0].len(), 33 * 32);
    assert!(mean.iter().all(|bits| *bits == mean[0]));
}

#[test]
fn a_single_row_of_every_type_gives_a_single_row() {
    let sum = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    let row = tensor(&[1, 3], vec![1f32, 2., 3.]);
    assert_eq!(
        predict(&sum, &[&row, &row]).unwrap(),
        [tensor(&[1, 3], vec![2f32, 4., 6.]), tensor(&[1, 3], vec![1f32, 4., 9.])]
    );
    let double = load("f64.onnx", &["x"], &["y"]).unwrap();
    let third = 1.0f64 * (1.0 / 3.0);
    let ones = tensor(&[1, 3], vec![1f64; 3]);
    assert_eq!(predict(&double, &[&ones]).unwrap(), [tensor(&[1, 3], vec![third; 3])]);
    let whole = load("int64_in.onnx", &["x"], &["y"]).unwrap();
    let flags = tensor(&[1, 3], vec![true, false, true]);
    assert_eq!(predict(&whole, &[&flags]).unwrap(), [tensor(&[1, 1], vec![2f32])]);
}

/// The engine would repeat the single row for every row of the other input.
#[test]
fn inputs_of_different_row_numbers_are_refused() {
    let model = load("double_input.onnx", &["a", "b"], &["sum", "prod"]).unwrap();
    let (two, one) = (tensor(&[2, 3], vec![1f32; 6]), tensor(&[1, 3], vec![1f32; 3]));
    for (a, b, found) in [(&two, &one, "has 1 rows, but `a` has 2"), (&one, &two, "has 2 rows, but `a` has 1")] {
        let expected = format!("input `b` {found}; all inputs of a batch must have equally many");
        assert_eq!(message(predict(&model, &[a, b])), (ErrorKind::SHAPE, expected));
    }
}

mod built;
mod edits;
mod gradients;
mod keras;
mod layers;
mod models;
mod properties;
mod row_rounding;
mod sessions;
mod ties;
