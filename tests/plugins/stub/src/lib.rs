//! The backend `stub`: a model without a file, whose answers can be written down.
//!
//! It reads its first input. Within a row, `x[p, c]` is the element at position `p` and channel `c`, where the channel
//! runs along `alphabet_axis` and the position along all other axes. Task `t` (from 0) of the first output is
//!
//! - `weighted`: the sum over all `p` and `c` of `(c + 1) * (p % 7 + 1) * (t + 1) * x[p, c]`, over 1000. The sum is
//!   exact for one-hot rows, and the reverse complement of a row has another one.
//! - `probe`: `(t + 1) * (x[first] + 2 * x[last] + sum over k < 4 of (k + 1) * x[middle + k])`, over 1000, by flat
//!   index, with `middle` half the length of a row: a handful of reads however long the row is.
//!
//! The tasks of a second output go on counting where those of the first ended. With `sigmoid`, a value `y` becomes
//! `1 / (1 + exp(-y))`. The other modes misbehave; see [`Mode`].

mod edits;
mod formula;

use kipos_plugin_api::{
    ArgDefault, ArgKind, ArgSpec, Args, Backend, BatchAxis, Capabilities, DType, EditedOutputs, Edits, Model,
    ModelSource, PluginError, Result, RuntimeOptions, SchemaLeaf, Signature, Tensor, TensorSpec, TensorView,
    export_plugin,
};

use formula::{Formula, Row};

/// The backend.
pub struct Stub;

/// What the model does with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Answers by one of the two formulas.
    Formula(Formula),
    /// Answers NaN.
    Nan,
    /// Answers one row too few.
    Short,
    /// Answers one output too many.
    ExtraOutput,
    /// Panics.
    Panic,
}

/// A model of the backend.
pub struct StubModel {
    inputs: Vec<TensorSpec>,
    outputs: Vec<TensorSpec>,
    tasks: usize,
    mode: Mode,
    sigmoid: bool,
    alphabet_axis: Option<usize>,
    fixed: Option<usize>,
    evaluates_edits: bool,
}

impl Backend for Stub {
    const NAME: &'static str = "stub";
    const DOC: &'static str = "closed-form answers, without a model file";
    const ARGS: &'static [ArgSpec] = &[
        ArgSpec::new("tasks", ArgKind::Int, ArgDefault::Int(1), "values per row of every output"),
        ArgSpec::new(
            "mode",
            ArgKind::Choice(&["weighted", "probe", "nan", "short", "extra_output", "panic", "load_panic"]),
            ArgDefault::String("weighted"),
            "the formula, or the way in which the model misbehaves",
        ),
        ArgSpec::new("sigmoid", ArgKind::Bool, ArgDefault::Bool(false), "whether answers are squeezed into (0, 1)"),
        ArgSpec::new(
            "alphabet_axis",
            ArgKind::Int,
            ArgDefault::Absent,
            "the axis of the channels, counted without the batch axis; the last if not given",
        ),
        ArgSpec::new("fixed", ArgKind::Int, ArgDefault::Absent, "the only number of rows that a batch may have"),
        ArgSpec::new("edits", ArgKind::Bool, ArgDefault::Bool(false), "whether the model evaluates edits itself"),
    ];
    type Model = StubModel;

    fn load(source: &ModelSource, args: &Args, _: &RuntimeOptions) -> Result<StubModel> {
        let tasks = count(args, "tasks")?.unwrap_or(1);
        let mode = match args.text("mode") {
            Some("probe") => Mode::Formula(Formula::Probe),
            Some("nan") => Mode::Nan,
            Some("short") => Mode::Short,
            Some("extra_output") => Mode::ExtraOutput,
            Some("panic") => Mode::Panic,
            Some("load_panic") => panic!("this model panics when it is loaded"),
            _ => Mode::Formula(Formula::Weighted),
        };
        let input = |leaf: &SchemaLeaf| TensorSpec {
            name: Some(leaf.name.clone()),
            dtype: Some(DType::F32),
            shape: Some(leaf.shape.clone()),
        };
        let output = |leaf: &SchemaLeaf| TensorSpec { shape: Some(vec![Some(tasks)]), ..input(leaf) };
        Ok(StubModel {
            inputs: source.inputs.iter().map(input).collect(),
            outputs: source.targets.iter().map(output).collect(),
            tasks,
            mode,
            sigmoid: args.bool("sigmoid").unwrap_or(false),
            alphabet_axis: count(args, "alphabet_axis")?,
            fixed: count(args, "fixed")?,
            evaluates_edits: args.bool("edits").unwrap_or(false),
        })
    }
}

/// A whole number that is not negative.
fn count(args: &Args, name: &str) -> Result<Option<usize>> {
    let negative = |_| PluginError::invalid_argument(format!("argument `{name}` must not be negative"));
    args.int(name).map(|value| usize::try_from(value).map_err(negative)).transpose()
}

impl Model for StubModel {
    fn signature(&self) -> Signature {
        Signature {
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            batch: self.fixed.map_or(BatchAxis::Dynamic, BatchAxis::Fixed),
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { edits: self.evaluates_edits, ..Capabilities::default() }
    }

    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        let input = inputs.first().ok_or_else(|| PluginError::shape("the stub needs an input"))?;
        let rows = input.rows();
        if let Some(fixed) = self.fixed.filter(|&fixed| fixed != rows) {
            return Err(PluginError::shape(format!("a batch must have {fixed} rows, found {rows}")));
        }
        let (answered, extra) = match self.mode {
            Mode::Panic => panic!("this model panics when it predicts"),
            Mode::Short => (rows.saturating_sub(1), 0),
            Mode::ExtraOutput => (rows, 1),
            Mode::Formula(_) | Mode::Nan => (rows, 0),
        };
        (0..self.outputs.len() + extra).map(|output| self.output(input, output, answered)).collect()
    }

    fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        let [input] = inputs else {
            return Err(PluginError::shape(format!("the stub evaluates edits of one input, found {}", inputs.len())));
        };
        let edited = edits::materialise(input, edits)?;
        Ok(EditedOutputs { reference: self.predict(inputs)?, edited: self.predict(&[edited.view()])? })
    }
}

impl StubModel {
    fn output(&self, input: &TensorView<'_>, output: usize, rows: usize) -> Result<Tensor> {
        let shape = &input.shape()[1..];
        let alphabet_axis = self.alphabet_axis.unwrap_or(shape.len().saturating_sub(1));
        let row_length = shape.iter().product::<usize>();
        let mut values = Vec::with_capacity(rows * self.tasks);
        for row in input.as_f32()?.chunks_exact(row_length.max(1)).take(rows) {
            let sum = match self.mode {
                Mode::Nan => f64::NAN,
                Mode::Formula(formula) => formula.of(&Row { shape, alphabet_axis, elements: row }),
                Mode::Short | Mode::ExtraOutput | Mode::Panic => 0.0,
            };
            for task in 0..self.tasks {
                let value = sum * (output * self.tasks + task + 1) as f64 / 1000.0;
                values.push(if self.sigmoid { 1.0 / (1.0 + (-value).exp()) } else { value } as f32);
            }
        }
        Tensor::new(vec![rows, self.tasks], values)
    }
}

export_plugin! { name: "stub", backends: [Stub] }
