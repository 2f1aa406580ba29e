//! Layers: listings, names, calls, and what cannot be read.

use kipos_plugin_api::LayerQuery;

use super::*;

#[test]
fn layers_are_listed_with_their_place_and_class() {
    let model = Golden::read("residual").model("residual_scripted", CPU);
    let listed = model.layers(&LayerQuery::default()).unwrap();
    let shown: Vec<String> =
        listed.iter().map(|l| format!("{} {} in `{}`: {}", l.index, l.name, l.scope, l.op)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    0 features in ``: Sequential
    1 features.0 in `features`: Conv1d
    2 features.1 in `features`: BatchNorm1d
    3 features.2 in `features`: ReLU
    4 features.3 in `features`: MaxPool1d
    5 features.4 in `features`: Sequential
    6 features.4.0 in `features.4`: Conv1d
    7 features.4.1 in `features.4`: BatchNorm1d
    8 features.4.2 in `features.4`: LeakyReLU
    9 features.5 in `features`: Dropout
    10 shortcut in ``: Conv1d
    11 fc in ``: Linear
    "#);
    let by_index = named("").with_layer(Layer::Index(2));
    let inputs = Golden::read("residual").inputs();
    assert_eq!(
        activations(&model, &inputs, &by_index).unwrap(),
        activations(&model, &inputs, &named(&listed[2].name)).unwrap()
    );
    let far = named("").with_layer(Layer::Index(listed.len()));
    assert!(message(activations(&model, &inputs, &far)).starts_with("there is no layer"));
}

#[test]
fn shapes_are_those_of_the_values() {
    let files = [
        "cnn_traced",
        "residual_scripted",
        "recurrent_scripted",
        "two_inputs_traced",
        "twice_scripted",
        "trained_traced",
    ];
    for file in files {
        let golden = Golden::read(file.rsplit_once('_').unwrap().0);
        let model = golden.model(file, CPU);
        for layer in model.layers(&LayerQuery::default()).unwrap() {
            let Ok(values) = activations(&model, &golden.inputs(), &named(&layer.name)) else {
                assert_eq!(layer.shape, None, "{file}, {}", layer.name);
                continue;
            };
            let shape: Vec<Option<usize>> = values[0].shape()[1..].iter().copied().map(Some).collect();
            assert_eq!(layer.shape, Some(shape), "{file}, {}", layer.name);
        }
    }
}

#[test]
fn shapes_are_unknown_where_zeros_do_not_tell() {
    let mut open = source(&[("x", &[])], &["y"]);
    open.inputs[0].shape = vec![Some(4), None];
    for model in [load("cnn_scripted.pt", &open, CPU), load("counts.pt", &source(&[("x", &[4])], &["y"]), CPU)] {
        let layers = model.unwrap().layers(&LayerQuery::default()).unwrap();
        assert!(!layers.is_empty() && layers.iter().all(|layer| layer.shape.is_none()), "{layers:?}");
    }
    let constrained =
        Golden::read("constrained").model("constrained_scripted", CPU).layers(&LayerQuery::default()).unwrap();
    assert!(constrained.iter().all(|layer| layer.shape.is_none()), "{constrained:?}");
    // What it changes is its input, not itself.
    let overwrites =
        load("overwrites.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap().layers(&LayerQuery::default()).unwrap();
    assert_eq!(overwrites[0].shape, Some(vec![Some(2)]));
    let whole =
        load("tokens.pt", &source(&[("tokens", &[4])], &["y"]), CPU).unwrap().layers(&LayerQuery::default()).unwrap();
    assert_eq!(whole[0].shape, Some(vec![Some(4), Some(3)]));
}

#[test]
fn an_unknown_layer_lists_the_known_ones() {
    let golden = Golden::read("cnn");
    let model = golden.model("cnn_traced", CPU);
    assert_eq!(
        message(activations(&model, &golden.inputs(), &named("conv2"))),
        "unknown layer `conv2` (known: conv1, relu1, pool1, fc, sigmoid)"
    );
}

#[test]
fn other_names_for_layers_can_be_given() {
    let golden = Golden::read("cnn");
    let given = |path: &str| {
        let names = Value::Map(vec![("motifs".into(), Value::String(path.into()))]);
        let args = [("file", Value::String("cnn_scripted.pt".into())), ("layers", names)];
        load_with(&args, &source(&[("x", &[4, 24])], &["y"]), CPU)
    };
    let model = given("relu1").unwrap();
    let by_alias = activations(&model, &golden.inputs(), &named("motifs")).unwrap();
    assert_eq!(by_alias, activations(&model, &golden.inputs(), &named("relu1")).unwrap());
    let names = Value::Map(vec![("motifs".into(), Value::Int(1))]);
    let args = [("file", Value::String("cnn_scripted.pt".into())), ("layers", names)];
    let numbered = load_with(&args, &source(&[("x", &[4, 24])], &["y"]), CPU).unwrap();
    assert_eq!(by_alias, activations(&numbered, &golden.inputs(), &named("motifs")).unwrap());
    assert!(message(given("relu")).starts_with("unknown layer `relu` (known: conv1"));
}

#[test]
fn a_layer_that_is_called_twice_has_two_values() {
    let golden = Golden::read("twice");
    for file in ["twice_scripted", "twice_traced"] {
        let model = golden.model(file, CPU);
        let both = activations(&model, &golden.inputs(), &named("tower")).unwrap();
        assert_eq!(both.len(), 2);
        assert_ne!(both[0], both[1]);
        for (call, value) in both.iter().enumerate() {
            let one = named("tower").with_call(Some(call));
            assert_eq!(activations(&model, &golden.inputs(), &one).unwrap(), std::slice::from_ref(value));
        }
        let third = named("tower").with_call(Some(2));
        assert_eq!(
            message(activations(&model, &golden.inputs(), &third)),
            "layer `tower` has no call 2: it has 2, from 0"
        );
    }
}

#[test]
fn parts_of_a_tuple_are_layers_of_their_own() {
    let golden = Golden::read("recurrent");
    let model = golden.model("recurrent_scripted", CPU);
    assert_eq!(
        message(activations(&model, &golden.inputs(), &named("lstm"))),
        "layer `lstm` gives several tensors; name one of lstm[0], lstm[1][0], lstm[1][1]"
    );
    // The last states have the directions on their first axis.
    let states = message(activations(&model, &golden.inputs(), &named("lstm[1][0]")));
    assert!(states.starts_with("layer `lstm[1][0]` has shape [2, 3, 3] for a batch of 3 rows"), "{states}");
}

#[test]
fn what_cannot_be_read_says_why() {
    let model = load("branches.pt", &source(&[("x", &[4])], &["y"]), CPU).unwrap();
    let x = [tensor(&[2, 4], vec![0.5f32; 8])];
    let names: Vec<String> =
        model.layers(&LayerQuery::default()).unwrap().into_iter().map(|layer| layer.name).collect();
    // `scale` stands behind a flag of the model, which is known.
    assert_eq!(names, ["scale", "fc"]);
    for inner in ["inner", "step"] {
        assert_eq!(
            message(activations(&model, &x, &named(inner))),
            format!("the value of layer `{inner}` cannot be read: it runs inside an `if` or a loop")
        );
    }
    assert_eq!(
        message(activations(&model, &x, &named("unused"))),
        "the model never calls its module `unused` (known: scale, fc)"
    );
    predict(&model, &x).unwrap();
    gradients(&model, &x, &sum_of(OUTPUT, &[0])).unwrap();
}

#[test]
fn a_frozen_file_has_no_layers_but_an_output() {
    let golden = Golden::read("cnn");
    let model = golden.model("frozen", CPU);
    let refused = message(model.layers(&LayerQuery::default()));
    assert!(refused.starts_with("this file has no modules left inside (torch.jit.freeze"), "{refused}");
    assert_eq!(message(activations(&model, &golden.inputs(), &named("conv1"))), refused);
    assert_close(&predict(&model, &golden.inputs()).unwrap()[0], &golden.outputs()[0], 1e-6, "frozen");
    let whole = gradients(&golden.model("cnn_scripted", CPU), &golden.inputs(), &sum_of(OUTPUT, &[0])).unwrap();
    let frozen = gradients(&model, &golden.inputs(), &sum_of(OUTPUT, &[0])).unwrap();
    assert_close(&frozen.tensors[0], &whole.tensors[0], 1e-6, "frozen");
}

#[test]
fn a_value_without_nonlinearity_is_refused() {
    let golden = Golden::read("residual");
    for file in ["residual_scripted", "residual_traced"] {
        let model = golden.model(file, CPU);
        for layer in ["fc", "features.0", "features.1", "features.3"] {
            let refused = message(activations(&model, &golden.inputs(), &before_nonlinearity(layer)));
            assert!(refused.starts_with(&format!("`{layer}` has no nonlinearity: its value comes from aten::")));
        }
    }
}

#[test]
fn the_outputs_of_a_model_are_the_calls_of_its_last_layer() {
    let golden = Golden::read("cnn");
    let model = golden.model("cnn_scripted", CPU);
    let found = activations(&model, &golden.inputs(), &OUTPUT).unwrap();
    assert_eq!(found, predict(&model, &golden.inputs()).unwrap());
    let before = OUTPUT.with_pre_nonlinearity(true);
    let fc = activations(&model, &golden.inputs(), &named("fc")).unwrap();
    assert_eq!(activations(&model, &golden.inputs(), &before).unwrap(), fc);

    let golden = Golden::read("two_inputs");
    // The scripted file returns its outputs by name, in another order than that of the targets.
    for file in ["two_inputs_scripted", "two_inputs_traced"] {
        let several = golden.model(file, CPU);
        let all = predict(&several, &golden.inputs()).unwrap();
        assert_eq!(activations(&several, &golden.inputs(), &OUTPUT).unwrap(), all, "{file}");
        let output = |call| OUTPUT.with_call(Some(call));
        assert_eq!(activations(&several, &golden.inputs(), &output(1)).unwrap(), all[1..], "{file}");
        assert_eq!(
            message(activations(&several, &golden.inputs(), &output(2))),
            "there is no output 2: the model has 2, from 0"
        );
        let of = |layer| numbers(&gradients(&several, &golden.inputs(), &sum_of(layer, &[0])).unwrap().tensors[0]);
        let (both, first, second) = (of(OUTPUT), of(output(0)), of(output(1)));
        assert_ne!(first, second);
        for ((both, first), second) in both.iter().zip(first).zip(second) {
            assert!((both - (first + second)).abs() < 1e-6, "{file}: {both} instead of {first} + {second}");
        }
    }
}

#[test]
fn outputs_that_are_put_together_while_the_model_runs_are_found_then() {
    let model = load("fills.pt", &source(&[("x", &[4])], &["main", "side"]), CPU).unwrap();
    let x = [tensor(&[2, 4], vec![0.5f32, -1.0, 0.25, 2.0, -0.5, 1.0, 1.0, -2.0])];
    let all = predict(&model, &x).unwrap();
    assert_eq!((all[0].shape(), all[1].shape()), (&[2, 2][..], &[2, 1][..]));
    assert!(numbers(&all[1]).iter().all(|side| *side >= 0.0));
    let output = |call| OUTPUT.with_call(Some(call));
    assert_eq!(activations(&model, &x, &output(1)).unwrap(), all[1..]);
    assert_eq!(message(activations(&model, &x, &output(2))), "there is no output 2: the model has 2, from 0");
    assert!(numbers(&gradients(&model, &x, &sum_of(output(0), &[0])).unwrap().tensors[0]).iter().all(|g| *g != 0.0));
    // Which of its parts a nonlinearity ends is not known before.
    let before = output(0).with_pre_nonlinearity(true);
    assert_eq!(
        message(activations(&model, &x, &before)),
        "the output has no nonlinearity: its value comes from prim::DictConstruct; ask for it without pre-nonlinearity"
    );
}

#[test]
fn whole_numbers_have_no_gradient() {
    let model = load("tokens.pt", &source(&[("tokens", &[4])], &["y"]), CPU).unwrap();
    let tokens = [tensor(&[1, 4], vec![0i64, 1, 2, 4])];
    assert_eq!(
        message(gradients(&model, &tokens, &sum_of(OUTPUT, &[0]))),
        "input `tokens` holds whole numbers, which have no gradient"
    );
    assert_eq!(message(gradients(&model, &tokens, &sum_of(OUTPUT, &[1]))), "there is no input 1: the model has 1");
    // TorchScript does not say that an output is an index.
    let model = load("chosen.pt", &source(&[("x", &[4])], &["scores", "best"]), CPU).unwrap();
    let best = OUTPUT.with_call(Some(1));
    assert_eq!(
        message(gradients(&model, &[tensor(&[1, 4], vec![0.5f32; 4])], &sum_of(best, &[0]))),
        "output `best` holds whole numbers, which have no gradient"
    );
}
