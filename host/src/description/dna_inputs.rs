//! Which inputs of a model hold DNA.

use super::array::{ArraySpec, SpecialType};
use super::dataloader::DataloaderSpec;
use super::model::ModelSpec;

/// An input in which variants can be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnaInput {
    /// Its place among the inputs of the model, from 0.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// How the DNA is written in it.
    pub encoding: DnaEncoding,
}

/// How DNA is written in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DnaEncoding {
    /// One number per base and letter.
    OneHot,
    /// The letters themselves.
    Text,
}

/// The inputs that are `listed`, else all whose special type is a sequence. What the dataloader says counts more than
/// what the model says, as the dataloader writes the values; listed inputs of which neither says anything are one-hot.
pub(super) fn dna_inputs(
    model: &ModelSpec,
    loader: Option<&DataloaderSpec>,
    listed: Option<&[String]>,
) -> Vec<DnaInput> {
    let encoding_of = |input: &ArraySpec| {
        let given = loader.and_then(|loader| special_type_from(loader, model, input));
        [given, input.special_type].into_iter().flatten().find_map(encoding)
    };
    let dna_input =
        |index: usize, encoding: DnaEncoding| DnaInput { index, name: model.inputs[index].name.clone(), encoding };
    match listed {
        Some(names) => names
            .iter()
            .filter_map(|name| model.inputs.iter().position(|input| input.name == *name))
            .map(|index| dna_input(index, encoding_of(&model.inputs[index]).unwrap_or(DnaEncoding::OneHot)))
            .collect(),
        None => (0..model.inputs.len())
            .filter_map(|index| encoding_of(&model.inputs[index]).map(|encoding| dna_input(index, encoding)))
            .collect(),
    }
}

fn encoding(special_type: SpecialType) -> Option<DnaEncoding> {
    match special_type {
        SpecialType::DnaSeq => Some(DnaEncoding::OneHot),
        SpecialType::DnaStringSeq => Some(DnaEncoding::Text),
        SpecialType::Bigwig | SpecialType::VPlot | SpecialType::Array => None,
    }
}

fn special_type_from(loader: &DataloaderSpec, model: &ModelSpec, input: &ArraySpec) -> Option<SpecialType> {
    match (loader.inputs.as_slice(), model.inputs.len()) {
        ([], 1) => loader.native?.special_type(),
        ([only], 1) => only.special_type.or_else(|| loader.native?.special_type()),
        (given, _) => given.iter().find(|given| given.name == input.name)?.special_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::document::Document;
    use crate::description::model::{LoaderRef, read_model};
    use std::path::Path;

    fn found(inputs: &str, rest: &str) -> Vec<(String, DnaEncoding)> {
        let text = format!(
            "type: onnx\nargs: {{}}\ninfo: {{}}\nschema:\n  inputs: {inputs}\n  targets: {{shape: ()}}\n{rest}"
        );
        let document = Document::parse(Path::new("model.yaml"), text.into()).unwrap();
        let model = read_model(&document, &mut Vec::new()).unwrap();
        let loader = match &model.default_dataloader {
            LoaderRef::Inline(loader) => Some(loader.as_ref()),
            LoaderRef::Path(_) => None,
        };
        let listed = model.variant_effects.as_ref().map(|effects| effects.seq_input.as_slice());
        dna_inputs(&model, loader, listed).into_iter().map(|input| (input.name, input.encoding)).collect()
    }

    #[test]
    fn the_list_of_the_model_comes_first() {
        let inputs = "{a: {shape: '(8, 4)'}, b: {shape: '(9, 4)', special_type: DNASeq}}";
        let listed = "postprocessing: {variant_effects: {seq_input: [a]}}";
        assert_eq!(found(inputs, listed), [("a".into(), DnaEncoding::OneHot)]);
        assert_eq!(found(inputs, ""), [("b".into(), DnaEncoding::OneHot)]);
    }

    #[test]
    fn a_built_in_loader_tells_what_a_single_input_is() {
        let loader = |class: &str| format!("default_dataloader: kipoiseq.dataloaders.{class}");
        let one_hot = [("input".into(), DnaEncoding::OneHot)];
        let text = [("input".into(), DnaEncoding::Text)];
        assert_eq!(found("{shape: '(1, 8, 4)'}", &loader("SeqIntervalDl")), one_hot);
        assert_eq!(found("{shape: ()}", &loader("StringSeqIntervalDl")), text);
        assert_eq!(found("{shape: '(8, 4)', special_type: DNAStringSeq}", &loader("SeqIntervalDl")), one_hot);
        assert!(found("{shape: '(8, 4)'}", &loader("BedDataset")).is_empty());
        assert!(found("{shape: '(8, 4)'}", "").is_empty());
    }
}
