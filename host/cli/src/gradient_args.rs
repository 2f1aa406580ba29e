//! What may be typed after `gradient`, in both spellings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kipos_plugin_api::{FilterItem, Reduce};

use super::args::file_path;
use super::headings::{GRADIENT, OUTPUT};
use super::predict_args::SampleArgs;
use kipos::parse_filter;

/// `kipos gradient`.
#[derive(Debug, Args)]
pub struct GradientArgs {
    /// The layer whose value (activation) is differentiated: by its name, or by its number in `kipos model layers`
    /// [default: the model's output]
    #[arg(help_heading = GRADIENT, short, long, value_name = "LAYER", allow_negative_numbers = true)]
    pub layer: Option<String>,
    /// Differentiate the model's output
    #[arg(help_heading = GRADIENT, long, alias = "final_layer", conflicts_with = "layer")]
    pub final_layer: bool,
    /// The output that is differentiated, by the name of its target, where the model has several
    #[arg(help_heading = GRADIENT, long, alias = "output_name", value_name = "NAME", conflicts_with = "layer")]
    pub output_name: Option<String>,
    /// Only this call of a layer that is called several times, from 0 [default: all, each flattened, one after the other]
    #[arg(help_heading = GRADIENT, long, alias = "selected_fwd_node", value_name = "K", requires = "layer", conflicts_with_all = ["final_layer", "output_name"])]
    pub call: Option<usize>,
    /// Differentiate the input of the layer's nonlinearity instead of its output
    #[arg(help_heading = GRADIENT, long, alias = "pre_nonlinearity")]
    pub pre_nonlinearity: bool,
    /// Which elements of the layer's value to differentiate: `3`, or in brackets, axis by axis after the batch axis, integers,
    /// slices and `...`, such as `[-1]` or `[0:8, ...]` [default: all]
    #[arg(help_heading = GRADIENT, short, long, alias = "filter_idx", value_name = "FILTER", value_parser = filter, allow_hyphen_values = true)]
    pub filter: Option<Filter>,
    /// Of an output, differentiate only these tasks, by name, by a pattern of names such as 'CTCF*', or by number from 0, separated
    /// by spaces or commas; give MODEL before this list
    #[arg(help_heading = GRADIENT, long, value_name = "TASK", num_args = 1.., conflicts_with_all = ["filter", "layer"])]
    pub tasks: Vec<String>,
    /// How these elements are reduced to one number per sample
    #[arg(help_heading = GRADIENT, short = 'a', long, alias = "avg_func", value_name = "HOW", default_value = "sum")]
    pub reduce: ReduceChoice,
    /// Differentiate with respect to these inputs, separated by spaces or commas [default: all inputs of floats]
    #[arg(help_heading = GRADIENT, long, value_name = "INPUT", num_args = 1..)]
    pub wrt: Vec<String>,
    /// Compare gradients with finite differences at this many elements of the first samples, and print a table [default: 0]
    #[arg(help_heading = GRADIENT, long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub check_gradient: usize,
    /// Model, samples and engine
    #[command(flatten)]
    pub samples: SampleArgs,
    /// Output files of gradients, with inputs, labels and ranges; several in one list or repeated. The extension sets the
    /// format: .h5, .hdf5, .tsv (also .gz or .bgz), .parquet, .pq or .pqt; give MODEL before this list
    #[arg(help_heading = OUTPUT, short, long, value_name = "FILE", num_args = 1.., required = true, value_parser = file_path())]
    pub output: Vec<PathBuf>,
}

/// The items of a filter: clap takes a bare vector for a flag with several values.
#[derive(Debug, Clone)]
pub struct Filter(pub Vec<FilterItem>);

fn filter(text: &str) -> Result<Filter, String> {
    parse_filter(text).map(Filter).map_err(|error| error.to_string())
}

/// How several elements become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReduceChoice {
    /// Their sum
    Sum,
    /// The largest
    Max,
    /// The smallest
    Min,
    /// The one of the largest magnitude, without its sign
    Absmax,
}

impl From<ReduceChoice> for Reduce {
    fn from(choice: ReduceChoice) -> Self {
        match choice {
            ReduceChoice::Sum => Self::Sum,
            ReduceChoice::Max => Self::Max,
            ReduceChoice::Min => Self::Min,
            ReduceChoice::Absmax => Self::AbsMax,
        }
    }
}
