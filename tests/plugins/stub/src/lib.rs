//! The backend `stub`: a model without a file, whose answers can be written down.
//!
//! Within a row of its first input, `x[p, c]` is the element at position `p` and channel `c`, where the channel
//! runs along `alphabet_axis` and the position along all other axes. Task `t` (from 0) of the first output is
//!
//! - `weighted`: the sum over all `p` and `c` of `(c + 1) * (p % 7 + 1) * (t + 1) * x[p, c]`, over 1000. The sum is
//!   exact for one-hot rows, and the reverse complement of a row has another one.
//! - `probe`: `(t + 1) * (x[first] + 2 * x[last] + sum over k < 4 of (k + 1) * x[middle + k])`, over 1000, by flat
//!   index, with `middle` half the length of a row: a handful of reads however long the row is.
//!
//! Input `i` (from 0) adds `i + 1` times what it would alone: text as its one-hot columns would, an input that holds no
//! DNA the sum of its elements. The tasks of a second output go on counting where those of the first ended. With
//! `as_described`, outputs have the shapes of the targets; one of several axes has the positions `p` on the first and its
//! tasks on the others, and a task at `p` has `p % 5 + 1` times the value above. With `bin`, there are as many positions as
//! bins of so many bases in the first input, without `crop_left` and `crop_right` bases, whatever length the description
//! says; each has the value above of its own bases alone. With `sigmoid`, a value `y` becomes
//! `1 / (1 + exp(-y))`. With `file`, values are
//! those of its weights. With `gate` or `load_gate`, the model waits for a file. With `layers`, the model shows its inside,
//! as the module of that name says. The
//! other modes misbehave; see [`Mode`].

mod edits;
mod formula;
mod gate;
mod inputs;
mod layers;
mod weights;

use kipos_plugin_api::{
    ArgDefault, ArgKind, ArgSpec, Args, Backend, BatchAxis, Bound, Calls, Capabilities, DType, Device, EditedOutputs,
    Edits, GradientRequest, Gradients, LayerInfo, LayerQuery, LayerRequest, Model, ModelSource, PluginError, Result,
    RowIndependence, RuntimeOptions, Signature, Tensor, TensorSpec, TensorView, export_plugin,
};

use formula::Formula;
use gate::Gate;
use inputs::Input;
use weights::Weights;

/// The bases of the first input that a position sees.
#[derive(Debug, Clone, Copy)]
pub struct Bins {
    bin: usize,
    left: usize,
    right: usize,
}

/// The backend.
pub struct Stub;

/// What the model does with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Answers by one of the two formulas.
    Formula(Formula),
    /// Answers NaN.
    Nan,
    /// Answers how many rows the batch has.
    Rows,
    /// Adds the sum over all rows of the batch.
    Neighbours,
    /// Answers one row too few.
    Short,
    /// Answers one output too many.
    ExtraOutput,
    /// Panics.
    Panic,
}

/// An output of the model.
#[derive(Clone)]
pub struct OutputShape {
    spec: TensorSpec,
    /// Without the batch axis.
    shape: Vec<usize>,
    /// The number of tasks of the outputs before it.
    first_task: usize,
}

/// A model of the backend.
#[derive(Clone)]
pub struct StubModel {
    inputs: Vec<Input>,
    outputs: Vec<OutputShape>,
    mode: Mode,
    sigmoid: bool,
    alphabet_axis: Option<usize>,
    fixed: Option<usize>,
    most_rows: Option<usize>,
    bins: Option<Bins>,
    evaluates_edits: bool,
    regrets_edits: bool,
    shows_layers: bool,
    /// What all values are multiplied by, before the sigmoid.
    factor: f64,
    independence: RowIndependence,
    gate: Option<Gate>,
}

impl Backend for Stub {
    const NAME: &'static str = "stub";
    const DOC: &'static str = "closed-form answers, without a model file";
    const ARGS: &'static [ArgSpec] = &[
        ArgSpec::new("tasks", ArgKind::Int, ArgDefault::Int(1), "values per row of every output"),
        ArgSpec::new(
            "mode",
            ArgKind::Choice(&[
                "weighted",
                "probe",
                "nan",
                "rows",
                "neighbours",
                "short",
                "extra_output",
                "panic",
                "load_panic",
            ]),
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
        ArgSpec::new("most_rows", ArgKind::Int, ArgDefault::Absent, "the most rows that a batch may have"),
        ArgSpec::new(
            "as_described",
            ArgKind::Bool,
            ArgDefault::Bool(false),
            "whether outputs have the shapes of the targets instead of `tasks` values",
        ),
        ArgSpec::new("bin", ArgKind::Int, ArgDefault::Absent, "bases of a position, which sees no others"),
        ArgSpec::new("crop_left", ArgKind::Int, ArgDefault::Int(0), "bases before the first position, with `bin`"),
        ArgSpec::new("crop_right", ArgKind::Int, ArgDefault::Int(0), "bases after the last position, with `bin`"),
        ArgSpec::new("edits", ArgKind::Bool, ArgDefault::Bool(false), "whether the model evaluates edits itself"),
        ArgSpec::new("regrets", ArgKind::Bool, ArgDefault::Bool(false), "whether it says so and then refuses to"),
        ArgSpec::new("layers", ArgKind::Bool, ArgDefault::Bool(false), "whether the model shows layers and gradients"),
        ArgSpec::new(
            "rows",
            ArgKind::Choice(&["independent", "dependent", "unknown"]),
            ArgDefault::String("independent"),
            "what the model says of the rows of a batch",
        ),
        ArgSpec::new("file", ArgKind::String, ArgDefault::Absent, "a file of weights, as the module of that name says"),
        ArgSpec::new("gate", ArgKind::String, ArgDefault::Absent, "a file that every call of the model waits for"),
        ArgSpec::new("load_gate", ArgKind::String, ArgDefault::Absent, "a file that loading the model waits for"),
    ];
    type Model = StubModel;

    fn load(source: &ModelSource, args: &Args, options: &RuntimeOptions) -> Result<StubModel> {
        if options.device != Device::Cpu {
            return Err(PluginError::no_device("the stub runs on the processor only; choose --device cpu"));
        }
        if let Some(name) = args.text("load_gate") {
            Gate::new(name).pass();
        }
        let weights =
            args.text("file").map(|file| Weights::read(&source.directory.join(file))).transpose()?.unwrap_or_default();
        let tasks = weights.tasks.or(count(args, "tasks")?).unwrap_or(1);
        let mode = match args.text("mode") {
            Some("probe") => Mode::Formula(Formula::Probe),
            Some("nan") => Mode::Nan,
            Some("rows") => Mode::Rows,
            Some("neighbours") => Mode::Neighbours,
            Some("short") => Mode::Short,
            Some("extra_output") => Mode::ExtraOutput,
            Some("panic") => Mode::Panic,
            Some("load_panic") => panic!("this model panics when it is loaded"),
            _ => Mode::Formula(Formula::Weighted),
        };
        let as_described = args.bool("as_described").unwrap_or(false);
        let mut outputs: Vec<OutputShape> = Vec::new();
        for leaf in &source.targets {
            // An axis of unknown length has one element.
            let described = leaf.shape.iter().map(|length| length.unwrap_or(1)).collect();
            let shape = if as_described { described } else { vec![tasks] };
            let first_task = outputs.last().map_or(0, |before| before.first_task + before.tasks());
            let has_bins = args.int("bin").is_some();
            let length = |(axis, length): (usize, &usize)| (axis > 0 || !has_bins).then_some(*length);
            let known = shape.iter().enumerate().map(length).collect();
            let spec = TensorSpec::default()
                .with_name(Some(leaf.name.clone()))
                .with_dtype(Some(DType::F32))
                .with_shape(Some(known))
                .with_bound(Bound::ByName);
            outputs.push(OutputShape { spec, shape, first_task });
        }
        Ok(StubModel {
            inputs: source.inputs.iter().enumerate().map(|(index, leaf)| Input::of(index, leaf)).collect(),
            outputs,
            mode,
            sigmoid: args.bool("sigmoid").unwrap_or(false),
            alphabet_axis: count(args, "alphabet_axis")?,
            fixed: count(args, "fixed")?,
            most_rows: count(args, "most_rows")?,
            bins: match count(args, "bin")? {
                Some(bin) => Some(Bins {
                    bin: bin.max(1),
                    left: count(args, "crop_left")?.unwrap_or(0),
                    right: count(args, "crop_right")?.unwrap_or(0),
                }),
                None => None,
            },
            evaluates_edits: weights.edits.or(args.bool("edits")).unwrap_or(false),
            regrets_edits: args.bool("regrets").unwrap_or(false),
            shows_layers: args.bool("layers").unwrap_or(false),
            factor: weights.factor.unwrap_or(1.0),
            independence: match args.text("rows") {
                Some("dependent") => RowIndependence::Dependent("the stub says so".into()),
                Some("unknown") => RowIndependence::Unknown,
                _ => RowIndependence::Independent,
            },
            gate: args.text("gate").map(Gate::new),
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
        Signature::new(
            self.inputs.iter().map(|input| input.spec.clone()).collect(),
            self.outputs.iter().map(|output| output.spec.clone()).collect(),
        )
        .with_batch(self.fixed.map_or(BatchAxis::Dynamic, BatchAxis::Fixed))
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
            .with_layers(self.shows_layers)
            .with_gradients(self.shows_layers)
            .with_edits(self.evaluates_edits)
    }

    fn predict(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        self.outputs_of(inputs, self.sigmoid)
    }

    fn independent_rows(&self) -> Result<RowIndependence> {
        Ok(self.independence.clone())
    }

    fn layers(&self, _: &LayerQuery) -> Result<Vec<LayerInfo>> {
        Ok(self.layer_infos())
    }

    fn activations(&self, inputs: &[TensorView<'_>], request: &LayerRequest) -> Result<Calls> {
        self.rows(inputs)?;
        self.layer_values(inputs, request).map(Calls)
    }

    fn input_gradients(&self, inputs: &[TensorView<'_>], request: &GradientRequest) -> Result<Gradients> {
        self.rows(inputs)?;
        self.gradients(inputs, request)
    }

    fn predict_edits(&self, inputs: &[TensorView<'_>], edits: &Edits) -> Result<EditedOutputs> {
        let [input] = inputs else {
            return Err(PluginError::shape(format!("the stub evaluates edits of one input, found {}", inputs.len())));
        };
        if self.regrets_edits {
            return Err(PluginError::unsupported("its numbers would differ by 0.5"));
        }
        edits::check_places(input, edits)?;
        let reference = self.predict(inputs)?;
        let edited = edits::materialise(input, edits)?;
        // How many edits a call has is not bound by the rows of a batch.
        let unbound = Self { fixed: None, most_rows: None, ..self.clone() };
        let edited = unbound.predict(&[edited.view()])?;
        Ok(EditedOutputs::new(edits::forget_unread(reference, edits)?, edits::forget_unread(edited, edits)?))
    }
}

impl StubModel {
    /// The rows of a batch, which must be as many as the model takes.
    fn rows(&self, inputs: &[TensorView<'_>]) -> Result<usize> {
        self.gate.iter().for_each(Gate::pass);
        let rows = inputs.first().ok_or_else(|| PluginError::shape("the stub needs an input"))?.rows();
        if let Some(fixed) = self.fixed.filter(|&fixed| fixed != rows) {
            return Err(PluginError::shape(format!("a batch must have {fixed} rows, found {rows}")));
        }
        match self.most_rows.filter(|&most| most < rows) {
            Some(most) => Err(PluginError::shape(format!("a batch may have {most} rows, found {rows}"))),
            None => Ok(rows),
        }
    }

    /// All outputs, `squashed` by the sigmoid or not.
    fn outputs_of(&self, inputs: &[TensorView<'_>], squashed: bool) -> Result<Vec<Tensor>> {
        let rows = self.rows(inputs)?;
        let (answered, extra) = match self.mode {
            Mode::Panic => panic!("this model panics when it predicts"),
            Mode::Short => (rows.saturating_sub(1), 0),
            Mode::ExtraOutput => (rows, 1),
            Mode::Formula(_) | Mode::Nan | Mode::Rows | Mode::Neighbours => (rows, 0),
        };
        if let (Some(bins), Mode::Formula(_), Some(input), Some(view)) =
            (self.bins, self.mode, self.inputs.first(), inputs.first())
        {
            let own = input.sums_of_bins(view, self.axis(0), bins)?;
            return self.outputs.iter().map(|output| output.values_of_bins(&own, squashed)).collect();
        }
        let last = self.outputs.last().into_iter();
        let mut sums = self.sums(inputs, rows)?;
        sums.truncate(answered);
        self.outputs.iter().chain(last.take(extra)).map(|output| output.values(&sums, squashed)).collect()
    }

    /// A thousand times the value of the first task, for each row.
    fn sums(&self, inputs: &[TensorView<'_>], rows: usize) -> Result<Vec<f64>> {
        let formula = match self.mode {
            Mode::Nan => return Ok(vec![f64::NAN; rows]),
            Mode::Rows => return Ok(vec![1000.0 * rows as f64; rows]),
            Mode::Short | Mode::ExtraOutput | Mode::Panic => return Ok(vec![0.0; rows]),
            Mode::Formula(formula) => formula,
            Mode::Neighbours => Formula::Weighted,
        };
        let mut sums = vec![0.0; rows];
        for (index, (input, view)) in self.inputs.iter().zip(inputs).enumerate() {
            let own = input.sums(view, formula, self.axis(index))?;
            sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += self.factor * (index + 1) as f64 * own);
        }
        if self.mode == Mode::Neighbours {
            let all = sums.iter().sum::<f64>();
            sums.iter_mut().for_each(|sum| *sum += all);
        }
        Ok(sums)
    }

    /// What each row of an input adds, as if it were the only one.
    fn sums_of(&self, index: usize, view: &TensorView<'_>) -> Result<Vec<f64>> {
        match (self.mode, self.inputs.get(index)) {
            (Mode::Formula(formula), Some(input)) => {
                Ok(input.sums(view, formula, self.axis(index))?.into_iter().map(|sum| self.factor * sum).collect())
            }
            _ => Err(PluginError::unsupported("a stub that misbehaves has no layers")),
        }
    }

    fn axis(&self, index: usize) -> Option<usize> {
        self.alphabet_axis.filter(|_| index == 0)
    }
}

impl OutputShape {
    fn values(&self, sums: &[f64], squashed: bool) -> Result<Tensor> {
        let factors = self.factors();
        let values = sums.iter().flat_map(|sum| factors.iter().map(move |factor| sum * factor / 1000.0));
        let values = values.map(|value| if squashed { 1.0 / (1.0 + (-value).exp()) } else { value } as f32);
        let shape = [sums.len()].into_iter().chain(self.shape.iter().copied()).collect();
        Tensor::new(shape, values.collect::<Vec<f32>>())
    }

    /// The values of each position of each row.
    fn values_of_bins(&self, sums: &[Vec<f64>], squashed: bool) -> Result<Tensor> {
        let tasks = self.tasks();
        let of_tasks = |sum: &f64| {
            let sum = *sum;
            (0..tasks).map(move |task| sum * (self.first_task + task + 1) as f64 / 1000.0)
        };
        let values = sums.iter().flatten().flat_map(of_tasks);
        let values = values.map(|value| if squashed { 1.0 / (1.0 + (-value).exp()) } else { value } as f32);
        let positions = sums.first().map_or(0, Vec::len);
        let shape = [sums.len(), positions].into_iter().chain(self.shape.iter().skip(1).copied()).collect();
        Tensor::new(shape, values.collect::<Vec<f32>>())
    }

    /// The factor of the sum in every element of a row.
    fn factors(&self) -> Vec<f64> {
        let tasks = self.tasks();
        let factor = |element: usize| (element / tasks % 5 + 1) * (self.first_task + element % tasks + 1);
        (0..self.shape.iter().product()).map(|element| factor(element) as f64).collect()
    }

    /// The values of one position, or all if there are no positions.
    fn tasks(&self) -> usize {
        let axes = if self.shape.len() > 1 { &self.shape[1..] } else { &self.shape };
        axes.iter().product::<usize>().max(1)
    }
}

export_plugin! { name: "stub", backends: [Stub] }
