//! Files, arguments, inputs and outputs: what is accepted, cast and refused.

use kipos_plugin_api::{BatchAxis, Bound};

use super::*;

fn two_inputs(file: &str, targets: &[&str]) -> TorchModel {
    load(file, &source(&[("seq", &[4, 24]), ("extra", &[2])], targets), CPU).unwrap()
}

#[test]
fn files_that_are_no_torchscript_are_answered_with_the_command_that_makes_one() {
    let refused = |file: &str| message(load(file, &source(&[("x", &[4])], &["y"]), CPU));
    assert_eq!(refused("absent.pt"), "no such file: absent.pt; correct `args.file` in model.yaml");
    insta::assert_snapshot!(refused("state_dict.pt"), @r#"state_dict.pt holds weights without the network (a state_dict); name the class to convert it: kipos model convert state_dict.pt --class "FILE.py:CLASS(ARGUMENTS)" --shape 4"#);
    insta::assert_snapshot!(refused("pickled.pt"), @"pickled.pt is a pickled module, which needs its Python code, and runs what is in it when it is loaded; if you trust it, convert it: kipos model convert pickled.pt --shape 4");
    insta::assert_snapshot!(refused("make_models.py"), @"make_models.py is a text file, not TorchScript; write the model with torch.jit.trace(model.eval(), torch.rand(2, 4)).save('model.pt')");
    let directory = tempfile::tempdir().unwrap();
    let whole = std::fs::read(fixtures().join("cnn_scripted.pt")).unwrap();
    // Without its beginning, an archive still has the list of its parts.
    std::fs::write(directory.path().join("broken.pt"), [b"PK\x03\x04", &whole[whole.len() / 2..]].concat()).unwrap();
    let mut source = source(&[("x", &[4])], &["y"]);
    source.directory = directory.path().to_owned();
    let broken = message(load("broken.pt", &source, CPU));
    assert!(broken.contains("broken.pt is not as PyTorch writes it: "), "{broken}");
    assert!(!broken.contains('\n'), "{broken}");
    std::fs::write(directory.path().join("half.pt"), &whole[..whole.len() / 2]).unwrap();
    let half = message(load("half.pt", &source, CPU));
    assert!(half.ends_with("half.pt is cut short: its end is missing; copy or download it again"), "{half}");
}

#[test]
fn arguments_of_the_original_backend_are_answered_with_a_command() {
    let weights = [("weights", Value::String("w.pth".into())), ("module_class", Value::String("nets.Net".into()))];
    let refused = message(load_with(&weights, &source(&[("x", &[4])], &["y"]), CPU));
    assert!(refused.ends_with("in the directory of model.yaml run: kipos model convert ."), "{refused}");
    let none = message(load_with(&[], &source(&[("x", &[4])], &["y"]), CPU));
    assert_eq!(none, "argument `file` is required: the TorchScript file");
}

#[test]
fn inputs_are_matched_by_position_or_name() {
    let golden = Golden::read("two_inputs");
    let mut swapped = source(&[("extra", &[2]), ("seq", &[4, 24])], &["main", "side"]);
    swapped.input_structure = Structure::Map;
    let model = load("two_inputs_scripted.pt", &swapped, CPU).unwrap();
    let [seq, extra] = <[Tensor; 2]>::try_from(golden.inputs()).unwrap();
    let found = predict(&model, &[extra.clone(), seq.clone()]).unwrap();
    assert_close(&found[0], &golden.outputs()[0], 1e-6, "by name");
    assert_eq!(model.signature().inputs[0].name.as_deref(), Some("extra"));
    assert_eq!(model.signature().batch, BatchAxis::Dynamic);

    let refused = message(load("two_inputs_traced.pt", &source(&[("seq", &[4, 24])], &["main", "side"]), CPU));
    insta::assert_snapshot!(refused, @"the model's `forward` takes seq, extra, but model.yaml describes seq; describe one input per argument");
}

#[test]
fn outputs_are_matched_by_name_or_position() {
    let golden = Golden::read("two_inputs");
    // The scripted file returns a dict that begins with `side`, the traced one a tuple that begins with the other.
    let by_name = predict(&two_inputs("two_inputs_scripted.pt", &["side"]), &golden.inputs()).unwrap();
    assert_close(&by_name[0], &golden.outputs()[1], 1e-6, "by name");
    let by_position = predict(&two_inputs("two_inputs_traced.pt", &["a", "b"]), &golden.inputs()).unwrap();
    assert_close(&by_position[1], &golden.outputs()[1], 1e-6, "by position");
    let bounds = |model: &TorchModel| model.signature().outputs.iter().map(|spec| spec.bound).collect::<Vec<_>>();
    assert_eq!(bounds(&two_inputs("two_inputs_scripted.pt", &["side"])), [Bound::ByName]);
    assert_eq!(bounds(&two_inputs("two_inputs_traced.pt", &["a", "b"])), [Bound::ByPosition; 2]);
    let described = source(&[("seq", &[4, 24]), ("extra", &[2])], &["main", "sid"]);
    let unknown = message(load("two_inputs_scripted.pt", &described, CPU));
    insta::assert_snapshot!(unknown, @"the model returns 2 tensors (side, main), but model.yaml describes 2 targets (main, sid); describe what it returns");
}

#[test]
fn a_tuple_is_not_bound_to_a_map_of_targets_by_position() {
    let golden = Golden::read("two_inputs");
    let mut described = source(&[("seq", &[4, 24]), ("extra", &[2])], &["side", "main"]);
    described.target_structure = Structure::Map;
    let refused = message(load("two_inputs_traced.pt", &described, CPU));
    insta::assert_snapshot!(refused, @"the model returns 2 tensors without names, but model.yaml describes a map of targets (side, main), so which is which is not known; write the targets as a list in the order of the tensors, or say the place of each, counted from 0: `args: {outputs: {side: PLACE, main: PLACE}}`");
    let places = Value::Map(vec![("main".into(), Value::Int(0)), ("side".into(), Value::Int(1))]);
    let args = [("file", Value::String("two_inputs_traced.pt".into())), ("outputs", places)];
    let declared = load_with(&args, &described, CPU).unwrap();
    let found = predict(&declared, &golden.inputs()).unwrap();
    assert_close(&found[0], &golden.outputs()[1], 1e-6, "side");
    assert_close(&found[1], &golden.outputs()[0], 1e-6, "main");
    assert!(declared.signature().outputs.iter().all(|spec| spec.bound == Bound::Declared));
    let slope = gradients(&declared, &golden.inputs(), &sum_of(OUTPUT.with_call(Some(0)), &[0])).unwrap();
    assert_eq!(slope.unconnected, [0], "side does not depend on seq");
    // With other numbers of values, what is in another order is noticed when it runs.
    for (target, length) in described.targets.iter_mut().zip([1, 2]) {
        target.shape = vec![Some(length)];
    }
    let turned = load("two_inputs_traced.pt", &described, CPU).unwrap();
    let message = message(predict(&turned, &golden.inputs()));
    assert_eq!(
        message,
        "output `side` has shape [2] without the batch axis, but model.yaml says [1]; correct `schema.targets`"
    );
}

#[test]
fn a_device_in_the_script_that_is_not_there_is_one_sentence() {
    let model = load("cuda.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    let refused = message(predict(&model, &[tensor(&[1, 4], vec![0.5f32; 4])]));
    assert!(
        refused.starts_with("the model fails on `x` [1, 4]: the script makes tensors on a CUDA device (aten::"),
        "{refused}"
    );
    assert!(refused.len() < 300, "{refused}");
}

#[test]
fn numbers_are_cast_to_what_the_model_reads() {
    let model = load("tokens.pt", &source(&[("tokens", &[4])], &["y"]), CPU).unwrap();
    assert_eq!(model.signature().inputs[0].dtype, Some(DType::I64));
    let expected = predict(&model, &[tensor(&[1, 4], vec![0i64, 1, 2, 4])]).unwrap();
    for tokens in [
        tensor(&[1, 4], vec![0i32, 1, 2, 4]),
        tensor(&[1, 4], vec![0u8, 1, 2, 4]),
        tensor(&[1, 4], vec![0f32, 1., 2., 4.]),
        tensor(&[1, 4], vec![0f64, 1., 2., 4.]),
    ] {
        assert_eq!(predict(&model, &[tokens]).unwrap(), expected);
    }
    let float = load("overwrites.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    assert_eq!(float.signature().inputs[0].dtype, Some(DType::F32));
    let ones = predict(&float, &[tensor(&[1, 4], vec![1f32; 4])]).unwrap();
    assert_eq!(predict(&float, &[tensor(&[1, 4], vec![true; 4])]).unwrap(), ones);
    let text = tensor(&[1, 4], ["A"; 4].into_iter().collect::<kipos_plugin_api::Strings>());
    assert_eq!(message(predict(&float, &[text])), "input `x` holds strings, but the model reads numbers");
}

#[test]
fn inputs_that_become_indices_are_found_inside_of_containers_and_behind_arithmetic() {
    let mut described = source(&[("extra", &[4]), ("tokens", &[2])], &["y"]);
    described.input_structure = Structure::Map;
    let model = load("shifted.pt", &described, CPU).unwrap();
    let dtypes: Vec<Option<DType>> = model.signature().inputs.iter().map(|input| input.dtype).collect();
    assert_eq!(dtypes, [Some(DType::F32), Some(DType::I64)]);
    let extra = tensor(&[2, 4], vec![0.5f32; 8]);
    let clamped = predict(&model, &[extra.clone(), tensor(&[2, 2], vec![4i64, 9, -1, -7])]).unwrap();
    assert_eq!(predict(&model, &[extra, tensor(&[2, 2], vec![4i64, 4, -1, -1])]).unwrap(), clamped);
}

#[test]
fn what_a_model_raises_is_one_sentence() {
    let model = load("raises.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    let raised = message(predict(&model, &[tensor(&[1, 4], vec![2f32; 4])]));
    assert_eq!(raised, "the model fails on `x` [1, 4]: the values must not exceed 1");
}

#[test]
fn a_model_that_overwrites_its_input_does_not_reach_the_callers_memory() {
    let model = load("overwrites.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    let x = [tensor(&[2, 4], vec![0.25f32; 8])];
    let first = predict(&model, &x).unwrap();
    assert_eq!(x, [tensor(&[2, 4], vec![0.25f32; 8])]);
    assert_eq!(predict(&model, &x).unwrap(), first);
    // A leaf of the gradient must not be changed either.
    let slope = gradients(&model, &x, &sum_of(OUTPUT, &[0])).unwrap();
    assert_eq!(numbers(&slope.tensors[0])[..4], numbers(&slope.tensors[0])[4..]);
}

#[test]
fn shapes_that_do_not_fit_are_named() {
    let golden = Golden::read("cnn");
    let model = golden.model("cnn_scripted", CPU);
    let narrow = message(predict(&model, &[tensor(&[2, 4, 23], vec![0f32; 184])]));
    assert_eq!(narrow, "input `x` must have shape [4, 24] without the batch axis, found [4, 23]");
    assert_eq!(message(predict(&model, &[])), "the model reads 1 inputs, but 0 were given");
    // A description that does not know better.
    let mut open = source(&[("x", &[])], &["y"]);
    open.inputs[0].shape = vec![None, None];
    let open = load("cnn_scripted.pt", &open, CPU).unwrap();
    insta::assert_snapshot!(message(predict(&open, &[tensor(&[2, 4, 40], vec![0f32; 320])])), @"the model fails on `x` [2, 4, 40]: mat1 and mat2 shapes cannot be multiplied (2x45 and 25x3)");
    let mut wide = source(&[("x", &[4, 24])], &["y"]);
    wide.targets[0].shape = vec![Some(2)];
    let wide = load("cnn_scripted.pt", &wide, CPU).unwrap();
    insta::assert_snapshot!(message(predict(&wide, &golden.inputs())), @"output `y` has shape [3] without the batch axis, but model.yaml says [2]; correct `schema.targets`");
}
