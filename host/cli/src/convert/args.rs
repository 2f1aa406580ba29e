//! What may be typed after `model convert` and `model new`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kipos::ArrayShape;

use super::super::args::file_path;
use super::super::headings::{ENGINE, INPUT, OUTPUT};
use super::super::native_code_args::NativeCodeArgs;

/// `kipos model convert`.
#[derive(Debug, Args)]
pub struct ConvertArgs {
    /// The files of a model as it was published (Keras, TensorFlow, PyTorch), the directory of a SavedModel, or that of a Kipoi
    /// model, in which the converted file is then put; several weights are the members of a family
    #[arg(value_name = "SOURCE", required = true)]
    pub sources: Vec<PathBuf>,
    /// The directory to write: the converted file with drafts of its descriptions [default: called as the first SOURCE without
    /// its extension, here]
    #[arg(help_heading = OUTPUT, short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The class of a PyTorch model with the arguments of its constructor, as in Python; MODULE may be a file
    #[arg(help_heading = INPUT, long, value_name = "MODULE:CLASS(ARGS)")]
    pub class: Option<String>,
    /// Shape of an input without the axis of rows, such as 4,2000 or None,4; repeat it for each input
    #[arg(help_heading = INPUT, long, value_name = "AXES", value_parser = parse_shape)]
    pub shape: Vec<ArrayShape>,
    /// What to convert to [default: TorchScript for PyTorch if a plugin runs it, else ONNX]
    #[arg(help_heading = OUTPUT, long, value_name = "FORMAT")]
    pub to: Option<TargetFormat>,
    /// The Python that has the model's framework; `auto` makes an environment with it once, in the user's cache [default:
    /// KIPOS_PYTHON of the environment, else python3]
    #[arg(help_heading = ENGINE, long, value_name = "PYTHON")]
    pub python: Option<PathBuf>,
    /// Do not compare the converted model with the original
    #[arg(help_heading = OUTPUT, long, alias = "no_check")]
    pub no_check: bool,
    /// Code of the model's author, which --trust-model lets Python run, and the engine
    #[command(flatten)]
    pub code: NativeCodeArgs,
}

/// `kipos model new`.
#[derive(Debug, Args)]
pub struct NewModelArgs {
    /// The directory to write: the file with drafts of its descriptions
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
    /// The model file, ONNX or TorchScript; one that is in DIR already stays where it is
    #[arg(help_heading = INPUT, long, value_name = "FILE", value_parser = file_path())]
    pub from: PathBuf,
    /// Shape of an input without the axis of rows, such as 4,2000 or None,4; repeat it for each input
    #[arg(help_heading = INPUT, long, value_name = "AXES", value_parser = parse_shape)]
    pub shape: Vec<ArrayShape>,
    /// Native code
    #[command(flatten)]
    pub code: NativeCodeArgs,
}

/// A format that a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetFormat {
    /// ONNX, run by the plugin `onnx`
    Onnx,
    /// TorchScript, run by the plugin `torch`
    Torchscript,
}

impl TargetFormat {
    /// Its name in requests to Python.
    pub fn name(self) -> &'static str {
        match self {
            Self::Onnx => "onnx",
            Self::Torchscript => "torchscript",
        }
    }
}

/// Lengths of axes, `None` for any length.
fn parse_shape(text: &str) -> Result<ArrayShape, String> {
    let inside = text.trim().trim_start_matches('(').trim_end_matches(')').trim_end_matches(',');
    let axis = |axis: &str| match axis.trim() {
        "None" | "none" => Some(None),
        axis => axis.parse().ok().filter(|length| *length > 0).map(Some),
    };
    let axes: Option<Vec<Option<usize>>> = inside.split(',').map(axis).collect();
    axes.map(ArrayShape::from)
        .ok_or_else(|| "expected lengths of axes such as 4,2000, with None for any length".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_lengths_without_rows() {
        let shape = |text: &str| parse_shape(text).map(|shape| shape.to_string());
        assert_eq!(shape("4,2000").unwrap(), "(4, 2000)");
        assert_eq!(shape("(None, 4)").unwrap(), "(None, 4)");
        assert_eq!(shape("10").unwrap(), "(10,)");
        for wrong in ["", "4,x", "0,4", "-1,4", "4,,4"] {
            assert_eq!(shape(wrong).unwrap_err(), "expected lengths of axes such as 4,2000, with None for any length");
        }
    }
}
