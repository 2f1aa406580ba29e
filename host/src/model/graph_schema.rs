//! The schema of a description, compared with what the graph says of itself.

use std::ops::Deref;

use kipos_plugin_api::{Bound, DType, Signature, TensorSpec};
use thiserror::Error;

use super::arrays::check_output;
use super::{ModelError, output_specs};
use crate::description::{ArrayShape, ArraySpec, DnaEncoding, ModelDir, SpecialType};

/// What a description says of an array, and the graph says otherwise.
#[derive(Debug, Error)]
pub enum SchemaProblem {
    /// The graph has an array of this name, but another one stands for it.
    #[error(
        "{what} `{name}` of model.yaml is bound to `{found}` of the graph by position, but the graph also has \
         `{name}`; give all of them the names that they have in the graph"
    )]
    Name {
        /// `input` or `output`.
        what: &'static str,
        /// Its name in the description.
        name: String,
        /// The name in the graph of what stands for it.
        found: String,
    },
    /// Another number of axes.
    #[error(
        "input `{input}` has {} in model.yaml, {described}, but {} in the graph, {found}; correct `schema.inputs`",
        axes(described),
        axes(found)
    )]
    Rank {
        /// The input.
        input: String,
        /// Its shape in the description.
        described: ArrayShape,
        /// Its shape in the graph.
        found: ArrayShape,
    },
    /// Axes of another length.
    #[error("input `{input}` has shape {described} in model.yaml, but {found} in the graph; correct `schema.inputs`")]
    Shape {
        /// The input.
        input: String,
        /// Its shape in the description.
        described: ArrayShape,
        /// Its shape in the graph.
        found: ArrayShape,
    },
    /// The graph reads text.
    #[error("input `{input}` is {described} in model.yaml, but the graph reads strings; correct its `special_type`")]
    Text {
        /// The input.
        input: String,
        /// What it should hold.
        described: &'static str,
    },
    /// The graph reads numbers.
    #[error(
        "input `{input}` is {described} in model.yaml, but the graph reads numbers ({found}); correct its `special_type` \
         or the dataloader"
    )]
    Number {
        /// The input.
        input: String,
        /// What it should hold.
        described: &'static str,
        /// What the graph reads.
        found: DType,
    },
    /// An output.
    #[error(transparent)]
    Output(#[from] ModelError),
}

fn axes(shape: &ArrayShape) -> String {
    match shape.len() {
        1 => "1 axis".into(),
        count => format!("{count} axes"),
    }
}

/// Everything in which the description and the graph's `signature` disagree, as far as the graph knows itself: names,
/// numbers of axes and their lengths, text or numbers; of outputs, text and the number of values of a row for windows of
/// `window` bases, if that is known.
pub fn compare_schema(dir: &ModelDir, signature: &Signature, window: Option<usize>) -> Vec<SchemaProblem> {
    let spec = dir.model();
    let mut problems = Vec::new();
    problems.extend(swapped_names("input", &spec.inputs, &signature.inputs));
    let dna = dir.dna_inputs();
    for (index, (input, graph)) in spec.inputs.iter().zip(&signature.inputs).enumerate() {
        let encoding = dna.iter().find(|dna| dna.index == index).map(|dna| dna.encoding);
        problems.extend(wrong_type(input, encoding, graph.dtype));
        problems.extend(wrong_shape(input, graph));
    }
    problems.extend(swapped_names("output", &spec.targets, &signature.outputs));
    match output_specs(spec, window) {
        Ok(outputs) => {
            let pairs = outputs.0.iter().zip(&signature.outputs);
            problems.extend(pairs.filter_map(|(output, graph)| check_output(output, graph).err()).map(Into::into));
        }
        Err(error) => problems.push(error.into()),
    }
    problems
}

/// Arrays whose names belong to another array of the graph.
fn swapped_names<'a>(
    what: &'static str,
    described: &'a [ArraySpec],
    graph: &'a [TensorSpec],
) -> impl Iterator<Item = SchemaProblem> + 'a {
    let has = |name: &str| graph.iter().any(|array| array.name.as_deref() == Some(name));
    described.iter().zip(graph).filter_map(move |(array, graph)| {
        let found = graph.name.as_ref().filter(|found| **found != array.name && has(&array.name))?;
        if graph.bound == Bound::Declared {
            return None;
        }
        Some(SchemaProblem::Name { what, name: array.name.clone(), found: found.clone() })
    })
}

fn wrong_type(input: &ArraySpec, encoding: Option<DnaEncoding>, graph: Option<DType>) -> Option<SchemaProblem> {
    let name = input.name.clone();
    let (is_text, described) = match (encoding, input.special_type) {
        (Some(DnaEncoding::Text), _) | (None, Some(SpecialType::DnaStringSeq)) => (true, "a DNA string"),
        (Some(DnaEncoding::OneHot), _) | (None, Some(SpecialType::DnaSeq)) => (false, "one-hot DNA"),
        (None, Some(SpecialType::Bigwig | SpecialType::VPlot)) => (false, "a signal"),
        // Nothing is said.
        (None, Some(SpecialType::Array) | None) => return None,
    };
    match graph? {
        DType::String if is_text => None,
        DType::String => Some(SchemaProblem::Text { input: name, described }),
        found if is_text => Some(SchemaProblem::Number { input: name, described, found }),
        _ => None,
    }
}

fn wrong_shape(input: &ArraySpec, graph: &TensorSpec) -> Option<SchemaProblem> {
    let found = graph.shape.clone().map(ArrayShape::from)?;
    let (name, described) = (input.name.clone(), input.shape.clone());
    if described.is_compatible(&found) {
        None
    } else if described.deref().len() == found.deref().len() {
        Some(SchemaProblem::Shape { input: name, described, found })
    } else {
        Some(SchemaProblem::Rank { input: name, described, found })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const F32: Option<DType> = Some(DType::F32);
    const TEXT: Option<DType> = Some(DType::String);

    /// An array of the graph.
    fn graph(name: &str, dtype: Option<DType>, shape: &[usize]) -> TensorSpec {
        let shape = shape.iter().copied().map(Some).collect();
        TensorSpec::default().with_name(Some(name.into())).with_dtype(dtype).with_shape(Some(shape))
    }

    /// What is said of a description and a graph with these arrays.
    fn problems(schema: &str, inputs: Vec<TensorSpec>, outputs: Vec<TensorSpec>) -> String {
        let directory = tempfile::tempdir().unwrap();
        let text = format!("type: onnx\nargs: {{}}\ninfo: {{}}\nschema: {schema}\n");
        fs::write(directory.path().join("model.yaml"), text).unwrap();
        let dir = ModelDir::open(directory.path()).unwrap();
        let signature = Signature::new(inputs, outputs);
        let problems = compare_schema(&dir, &signature, None);
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const TWO: &str = "{inputs: {seq: {shape: '(None, 4)', special_type: DNASeq}, side: {shape: '(1,)'}}, \
                       targets: {shape: '(2,)'}}";

    #[test]
    fn what_the_graph_does_not_say_fits() {
        let fitting = vec![graph("seq", F32, &[200, 4]), graph("side", Some(DType::I64), &[1])];
        assert_eq!(problems(TWO, fitting, vec![graph("y", F32, &[1, 2])]), "");
        assert_eq!(problems(TWO, vec![TensorSpec::default(); 2], vec![TensorSpec::default()]), "");
    }

    #[test]
    fn everything_that_differs_is_told() {
        let inputs = vec![graph("side", TEXT, &[200, 4]), graph("other", F32, &[3, 1])];
        insta::assert_snapshot!(problems(TWO, inputs, vec![graph("y", TEXT, &[2])]), @r"
        input `side` of model.yaml is bound to `other` of the graph by position, but the graph also has `side`; give all of them the names that they have in the graph
        input `seq` is one-hot DNA in model.yaml, but the graph reads strings; correct its `special_type`
        input `side` has 1 axis in model.yaml, (1,), but 2 axes in the graph, (3, 1); correct `schema.inputs`
        output `output` of the graph holds strings; only numbers can be scored
        ");
        let inputs = vec![graph("seq", F32, &[200, 5]), graph("side", F32, &[1])];
        insta::assert_snapshot!(problems(TWO, inputs, vec![graph("y", F32, &[3])]), @r"
        input `seq` has shape (None, 4) in model.yaml, but (200, 5) in the graph; correct `schema.inputs`
        output `output`: model.yaml says shape (2,), but the graph gives (3,); correct `schema.targets` in model.yaml
        ");
        // model.yaml says that it is so.
        let declared = |name: &str, shape| graph(name, F32, shape).with_bound(Bound::Declared);
        let swapped = vec![declared("side", &[200, 4]), declared("seq", &[1])];
        assert_eq!(problems(TWO, swapped, vec![graph("y", F32, &[2])]), "");
        let text = "{inputs: {shape: '(101,)', special_type: DNAStringSeq}, targets: {shape: '(None, 2)'}}";
        insta::assert_snapshot!(problems(text, vec![graph("x", F32, &[101])], vec![graph("y", F32, &[5, 2])]), @r"
        input `input` is a DNA string in model.yaml, but the graph reads numbers (float32); correct its `special_type` or the dataloader
        output `output` has shape (None, 2); every axis must be known: give its length in `schema.targets`, or `crop` and `bin` in `kipos.outputs` if it follows that of the window
        ");
    }
}
