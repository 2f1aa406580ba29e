//! What is known of a model file when its description is drafted.

use kipos_plugin_api::DType;

use super::error::ConversionError;
use crate::description::ArrayShape;
use crate::sequence::OneHotLayout;

/// A model file and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDraft {
    /// The backend: `type` of model.yaml.
    pub backend: String,
    /// Its file, relative to the directory of model.yaml; of a family, that of each member.
    pub files: Vec<String>,
    /// Where it is from, in a few words.
    pub origin: String,
    /// Its inputs, at least one.
    pub inputs: Vec<DraftInput>,
    /// Its outputs, at least one.
    pub outputs: Vec<DraftOutput>,
}

/// An input.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftInput {
    /// Its name.
    pub name: String,
    /// Its shape without the batch axis; `None` is any length.
    pub shape: Vec<Option<usize>>,
    /// The shape that the model was run with.
    pub tried: Vec<usize>,
    /// Its element type.
    pub dtype: DType,
}

/// An output.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftOutput {
    /// Its name.
    pub name: String,
    /// Its shape without the batch axis, for the inputs that were tried.
    pub tried: Vec<usize>,
    /// Its positions along the sequence, if it has some.
    pub positions: Option<DraftPositions>,
    /// The names of its tasks, if they are known.
    pub labels: Vec<String>,
}

/// Positions of an output: p stands for the bases `left + p * bin .. left + (p + 1) * bin` of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftPositions {
    /// Their axis, without the batch axis.
    pub axis: usize,
    /// Whether there are more of them for a longer window.
    pub follow: bool,
    /// The bases left out on either side, if they are known.
    pub crop: Option<(usize, usize)>,
    /// The bases of one position, if they are known.
    pub bin: Option<usize>,
}

/// What a built-in dataloader needs to know to give an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NativeInput {
    /// One-hot DNA.
    OneHot { length: usize, alphabet_axis: usize, dummy_axis: Option<usize> },
    /// DNA strings.
    Strings { length: usize },
}

impl DraftInput {
    /// How a built-in dataloader gives this input, if one does.
    pub(super) fn native(&self) -> Option<NativeInput> {
        if let (DType::String, [length]) = (self.dtype, self.tried.as_slice()) {
            return Some(NativeInput::Strings { length: *length });
        }
        if self.dtype == DType::String {
            return None;
        }
        let length = OneHotLayout::of_shape(&self.tried)?.length();
        let mut axes =
            [None, Some(0), Some(1), Some(2)].into_iter().flat_map(|dummy| (0..3).map(move |axis| (axis, dummy)));
        let fits = |(alphabet_axis, dummy_axis): &(usize, Option<usize>)| {
            OneHotLayout::new(length, *alphabet_axis, *dummy_axis).is_ok_and(|layout| layout.shape() == self.tried)
        };
        let (alphabet_axis, dummy_axis) = axes.find(fits)?;
        Some(NativeInput::OneHot { length, alphabet_axis, dummy_axis })
    }
}

impl ModelDraft {
    /// The family of this model and of another, which differs from it in its weights alone.
    ///
    /// # Errors
    /// [`ConversionError::Member`] where the other has other inputs or outputs.
    pub fn with_member(mut self, other: Self) -> Result<Self, ConversionError> {
        let array = |name: &str, shape: &[Option<usize>]| format!("{name} {}", ArrayShape::from(shape.to_vec()));
        let inputs = |draft: &Self| -> Vec<String> {
            draft.inputs.iter().map(|input| array(&input.name, &input.shape) + " " + input.dtype.name()).collect()
        };
        let outputs = |draft: &Self| -> Vec<String> {
            let shape = |output: &DraftOutput| output.tried.iter().copied().map(Some).collect::<Vec<_>>();
            draft.outputs.iter().map(|output| array(&output.name, &shape(output))).collect()
        };
        for (what, first, found) in
            [("inputs", inputs(&self), inputs(&other)), ("outputs", outputs(&self), outputs(&other))]
        {
            if first != found {
                let (expected, found) = (first.join(", "), found.join(", "));
                return Err(ConversionError::Member { member: other.origin, what, expected, found });
            }
        }
        self.files.extend(other.files);
        self.origin = format!("{}, {}", self.origin, other.origin);
        Ok(self)
    }

    /// Whether outputs have more positions for longer windows.
    pub(super) fn outputs_follow(&self) -> bool {
        self.outputs.iter().filter_map(|output| output.positions).any(|positions| positions.follow)
    }

    /// How a built-in dataloader gives the only input, if one does.
    pub(super) fn native(&self) -> Option<NativeInput> {
        match self.inputs.as_slice() {
            [only] => only.native(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(dtype: DType, tried: &[usize]) -> DraftInput {
        let shape = tried.iter().copied().map(Some).collect();
        DraftInput { name: "x".into(), shape, tried: tried.to_vec(), dtype }
    }

    #[test]
    fn members_are_alike() {
        let draft = |origin: &str, length: usize| ModelDraft {
            backend: "onnx".into(),
            files: vec![format!("{origin}/model.onnx")],
            origin: origin.into(),
            inputs: vec![input(DType::F32, &[4, length])],
            outputs: vec![DraftOutput { name: "y".into(), tried: vec![2], positions: None, labels: Vec::new() }],
        };
        let family = draft("a", 9).with_member(draft("b", 9)).unwrap();
        assert_eq!((family.files.join(" "), family.origin.as_str()), ("a/model.onnx b/model.onnx".into(), "a, b"));
        let longer = family.clone().with_member(draft("c", 10)).unwrap_err();
        insta::assert_snapshot!(longer, @"c is of another model than the first source: its inputs are x (4, 10) float32, those of the first x (4, 9) float32; convert it by itself");
        let mut other = draft("d", 9);
        other.outputs[0].name = "z".into();
        insta::assert_snapshot!(family.with_member(other).unwrap_err(), @"d is of another model than the first source: its outputs are z (2,), those of the first y (2,); convert it by itself");
    }

    #[test]
    fn layouts_are_those_of_the_dataloader() {
        let one_hot = |shape: &[usize]| input(DType::F32, shape).native();
        let found = |alphabet_axis, dummy_axis| Some(NativeInput::OneHot { length: 100, alphabet_axis, dummy_axis });
        assert_eq!(one_hot(&[100, 4]), found(1, None));
        assert_eq!(one_hot(&[4, 100]), found(0, None));
        assert_eq!(one_hot(&[4, 1, 100]), found(0, Some(1)));
        assert_eq!(one_hot(&[1, 100, 4]), found(2, Some(0)));
        assert_eq!(one_hot(&[100, 4, 1]), found(1, Some(2)));
        assert_eq!(one_hot(&[100, 5]), None);
        assert_eq!(one_hot(&[4, 4]), None);
        assert_eq!(input(DType::String, &[7]).native(), Some(NativeInput::Strings { length: 7 }));
        assert_eq!(input(DType::String, &[4, 7]).native(), None);
    }
}
