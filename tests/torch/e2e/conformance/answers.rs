//! Predictions, values of layers and gradients.

use super::*;

/// An array of the generator's, row by row.
struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    fn read(json: &Json) -> Self {
        let list = |key: &str| json[key].as_array().unwrap().iter();
        Self {
            shape: list("shape").map(|length| length.as_u64().unwrap() as usize).collect(),
            values: list("values").map(|value| value.as_f64().unwrap()).collect(),
        }
    }

    /// The names of its columns below `name`.
    fn columns(&self, name: &str) -> Vec<String> {
        self.shape[1..].iter().fold(vec![name.to_owned()], |names, &length| {
            names.iter().flat_map(|name| (0..length).map(move |i| format!("{name}/{i}"))).collect()
        })
    }
}

/// The numbers of these columns, row by row.
fn numbers(table: &str, columns: &[String], what: &str) -> Vec<f64> {
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let find = |column: &String| header.iter().position(|name| name == column);
    let places: Vec<usize> = columns
        .iter()
        .map(|column| find(column).unwrap_or_else(|| panic!("{what}: no {column} in {header:?}")))
        .collect();
    lines.flat_map(|row| places.iter().map(|&place| row[place].parse().unwrap()).collect::<Vec<f64>>()).collect()
}

/// Elements up to a bound each.
fn assert_within(found: &[f64], expected: &[f64], bound: impl Fn(f64) -> f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= bound(*expected), "{what}, {place}: {found} instead of {expected}");
    }
}

/// Holds what was found, each in its way, to the answer and to one another.
fn check(network: &Network, request: &Json, found: &[(&str, Answer)], what: &str) {
    let is_gradient = request["reduce"].is_string();
    let (kind, leaves) = if is_gradient { ("grads", "inputs") } else { ("preds", "targets") };
    let answers: Vec<Array> = request["answers"].as_array().unwrap().iter().map(Array::read).collect();
    let has_names = network.described["structure"] != "one" && (is_gradient || request["layer"].is_null());
    for (position, answer) in answers.iter().enumerate() {
        let name = match has_names {
            true => format!("{kind}/{}", network.list(leaves)[position][0].as_str().unwrap()),
            false => kind.to_owned(),
        };
        let largest = answer.values.iter().fold(0f64, |largest, value| largest.max(value.abs()));
        let bound = |value: f64| if is_gradient { 1e-5 * largest } else { 1e-6 * value.abs().max(1.0) };
        let columns = answer.columns(&name);
        let values: Vec<Vec<f64>> = found.iter().map(|(_, found)| numbers(&found.table, &columns, what)).collect();
        for ((way, _), values) in found.iter().zip(&values) {
            assert_within(values, &answer.values, bound, &format!("{way}, {what}"));
        }
        assert_within(&values[0], &values[1], bound, &format!("{} beside {}, {what}", found[0].0, found[1].0));
    }
    let expected: usize = answers.iter().map(|answer| answer.shape[1..].iter().product::<usize>()).sum();
    let unconnected: Vec<&str> =
        request["unconnected"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for (way, found) in found {
        let names = found.table.lines().next().unwrap().split('\t');
        assert_eq!(names.filter(|name| name.starts_with(kind)).count(), expected, "{way}, {what}");
        // The least value behind a rectifier is 0, which nothing changes.
        let is_off = |warning: &&String| !warning.contains(" samples are zero; ");
        let warnings: Vec<&String> = found.warnings.iter().filter(is_off).collect();
        match (unconnected.as_slice(), warnings.as_slice()) {
            ([], []) => {}
            ([_, ..], [warning]) => {
                let said = format!(" does not depend on {}; these gradients are zero", unconnected.join(", "));
                assert!(warning.ends_with(&said), "{way}, {what}: {warning}");
            }
            (_, warnings) => panic!("{way}, {what}: {warnings:?}"),
        }
    }
}

/// A request without its answers, for messages.
fn shown(network: &Network, request: &Json) -> String {
    let mut shown = request.as_object().unwrap().clone();
    shown.remove("answers");
    format!("{}, {}", network.name, Json::from(shown))
}

fn agree(name: &'static str) {
    let network = Network::read(name);
    let world = network.world();
    for request in network.list("requests") {
        let what = shown(&network, request);
        let found = BACKENDS.map(|backend| {
            let answer = ask(&world, backend, Device::Cpu, request);
            (backend, answer.unwrap_or_else(|error| panic!("{backend}, {what}: {error}")))
        });
        check(&network, request, &found, &what);
    }
}

/// On the device, what the processor gives.
#[test]
fn a_cuda_device_gives_the_same() {
    for name in NETWORKS {
        let network = Network::read(name);
        let world = network.world();
        for request in network.list("requests") {
            let what = shown(&network, request);
            let found = [("cuda:0", Device::Cuda(0)), ("cpu", Device::Cpu)]
                .map(|(way, device)| (way, ask(&world, "pytorch", device, request)));
            if let [(_, Err(refused)), _] = &found
                && refused.contains("LibTorch finds no CUDA device")
            {
                eprintln!("skipped: {refused}");
                return;
            }
            let found =
                found.map(|(way, answer)| (way, answer.unwrap_or_else(|error| panic!("{way}, {what}: {error}"))));
            check(&network, request, &found, &what);
        }
    }
}

#[test]
fn max_pool_and_dense() {
    agree("cnn");
}

#[test]
fn batch_norm_and_activations_in_place() {
    agree("normed");
}

#[test]
fn lstm_and_gru() {
    agree("recurrent");
}

#[test]
fn attention_with_layer_norm_gelu_and_softmax() {
    agree("attention");
}

#[test]
fn lists_of_inputs_and_outputs() {
    agree("listed");
}

#[test]
fn maps_of_inputs_and_outputs() {
    agree("mapped");
}
