//! Running a graph on a batch.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use kipos_plugin_api::bind;
use kipos_plugin_api::{BatchAxis, DType, DataView, PluginError, Result, Strings, Tensor, TensorView};
use ort::logging::LogLevel;
use ort::session::{OutputSelector, RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, TensorRef};

use crate::lone_row;
use crate::model::OnnxModel;
use crate::port::Port;
use crate::problem::reason;

impl OnnxModel {
    /// The outputs for a batch of inputs, both in the description's order.
    ///
    /// # Errors
    /// Inputs of the wrong number, shape or type; a failure of the engine; outputs without a row per input row.
    pub fn run(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        self.check(inputs)?;
        self.settle(inputs)?;
        self.run_as_it_is(inputs)
    }

    /// As [`run`](Self::run), of the form of the graph that the session has now, and of inputs that fit.
    pub(crate) fn run_as_it_is(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        self.tensors_by_rows(inputs, |inputs| {
            if self.rounds_alike {
                return self.run_forward(inputs);
            }
            self.beside_copy(inputs, |inputs| self.run_forward(inputs))
        })
    }

    /// Runs the session for the outputs once, which is made if it is not there.
    ///
    /// # Errors
    /// A failure of the engine; outputs without a row per input row.
    pub(crate) fn run_forward(&self, inputs: &[TensorView<'_>]) -> Result<Vec<Tensor>> {
        let mut session = self.session.lock();
        let session = match &mut *session {
            Some(session) => session,
            none => none.insert(self.sessions.forward().map_err(|error| {
                PluginError::runtime(format!("ONNX Runtime refuses the graph: {}", reason(&error)))
            })?),
        };
        run_session(session, &self.inputs, inputs, &self.outputs)
    }

    /// Whether the inputs fit the graph and each other.
    ///
    /// # Errors
    /// Inputs of the wrong number or shape.
    pub(crate) fn check(&self, inputs: &[TensorView<'_>]) -> Result<()> {
        // The engine itself would repeat a single row for all rows of the other inputs.
        let names: Vec<&str> = self.inputs.iter().map(|port| port.described.as_str()).collect();
        bind::check_inputs(&self.signature_of_graph(), &names, inputs).map(drop)
    }

    /// The tensors `outputs` of `session`, whose inputs are `ports`.
    ///
    /// # Errors
    /// A failure of the engine; outputs without a row per input row.
    pub(crate) fn run_on(
        &self,
        session: &Mutex<Session>,
        ports: &[Port],
        inputs: &[TensorView<'_>],
        outputs: &[Port],
    ) -> Result<Vec<Tensor>> {
        self.beside_copy(inputs, |inputs| run_rows(session, ports, inputs, outputs))
    }

    /// What `run` gives for rows, a single one beside its own copy.
    fn beside_copy(
        &self,
        inputs: &[TensorView<'_>],
        run: impl Fn(&[TensorView<'_>]) -> Result<Vec<Tensor>>,
    ) -> Result<Vec<Tensor>> {
        if inputs.first().map_or(0, TensorView::rows) == 1 && self.engine_batch() == BatchAxis::Dynamic {
            let doubled = inputs.iter().map(lone_row::doubled).collect::<Result<Vec<Tensor>>>()?;
            let views: Vec<TensorView<'_>> = doubled.iter().map(Tensor::view).collect();
            let answers = run(&views)?;
            return answers.iter().map(|answer| lone_row::row(&answer.view(), 0)).collect();
        }
        run(inputs)
    }
}

/// Runs a session once: `inputs` feed the tensors `ports`.
///
/// # Errors
/// A failure of the engine; outputs without a row per input row.
pub(crate) fn run_rows(
    session: &Mutex<Session>,
    ports: &[Port],
    inputs: &[TensorView<'_>],
    outputs: &[Port],
) -> Result<Vec<Tensor>> {
    run_session(&mut session.lock().unwrap_or_else(PoisonError::into_inner), ports, inputs, outputs)
}

fn run_session(
    session: &mut Session,
    ports: &[Port],
    inputs: &[TensorView<'_>],
    outputs: &[Port],
) -> Result<Vec<Tensor>> {
    let failed = |error: ort::Error| PluginError::runtime(format!("ONNX Runtime failed: {}", reason(&error)));
    let rows = inputs.first().map_or(0, TensorView::rows);
    let values = ports.iter().zip(inputs).map(|(port, view)| Ok((port.name.as_str(), input_value(port, view)?)));
    let values = values.collect::<Result<Vec<(&str, SessionInputValue<'_>)>>>()?;
    let selector = outputs.iter().fold(OutputSelector::no_default(), |selector, port| selector.with(&port.name));
    let mut options = RunOptions::new().map_err(failed)?.with_outputs(selector);
    // The error says it; trial runs may fail.
    options.set_log_level(LogLevel::Fatal).map_err(failed)?;
    let answers = session.run_with_options(values, &options).map_err(failed)?;
    outputs.iter().map(|port| output_tensor(port, &answers[port.name.as_str()], rows)).collect()
}

/// The input in the graph's element type: borrowed if it has it already, cast otherwise.
pub(crate) fn input_value<'a>(port: &Port, view: &TensorView<'a>) -> Result<SessionInputValue<'a>> {
    let failed = |error: ort::Error| {
        PluginError::runtime(format!("input `{}` cannot be handed to ONNX Runtime: {}", port.described, reason(&error)))
    };
    let shape = view.shape();
    macro_rules! value {
        ($($variant:ident $element:ty, $cast:expr;)*) => {
            match (port.dtype, view.data()) {
                $((DType::$variant, DataView::$variant(elements)) => {
                    TensorRef::from_array_view((shape, elements)).map_err(failed)?.into()
                })*
                (DType::String, DataView::Strings(strings)) => {
                    let texts = (0..strings.len()).map(|i| strings.get(i).map(str::to_owned));
                    let texts = texts.collect::<Result<Vec<String>>>()?;
                    ort::value::Tensor::from_string_array((shape, texts.as_slice())).map_err(failed)?.into()
                }
                $((DType::$variant, other) => {
                    let cast: fn(f64) -> $element = $cast;
                    let elements: Vec<$element> = numbers(port, other)?.into_iter().map(cast).collect();
                    ort::value::Tensor::from_array((shape, elements)).map_err(failed)?.into()
                })*
                (DType::String, other) => return Err(mixed(port, other.dtype())),
            }
        };
    }
    Ok(value! {
        F32 f32, |x| x as f32;
        F64 f64, |x| x;
        I64 i64, |x| x as i64;
        I32 i32, |x| x as i32;
        U8 u8, |x| x as u8;
        Bool bool, |x| x != 0.0;
    })
}

/// Numbers as float32; those that are already are borrowed.
///
/// # Errors
/// Text.
pub(crate) fn as_f32<'a>(view: &TensorView<'a>) -> Result<Cow<'a, [f32]>> {
    Ok(match view.data() {
        DataView::F32(numbers) => Cow::Borrowed(numbers),
        DataView::F64(numbers) => numbers.iter().map(|&number| number as f32).collect(),
        DataView::I64(numbers) => numbers.iter().map(|&number| number as f32).collect(),
        DataView::I32(numbers) => numbers.iter().map(|&number| number as f32).collect(),
        DataView::U8(numbers) => numbers.iter().map(|&number| f32::from(number)).collect(),
        DataView::Bool(numbers) => numbers.iter().map(|&number| f32::from(u8::from(number))).collect(),
        DataView::Strings(_) => return Err(PluginError::shape("numbers are needed, but text was given")),
    })
}

fn mixed(port: &Port, found: DType) -> PluginError {
    PluginError::shape(format!("input `{}` of the graph is {}, but {found} was given", port.described, port.dtype))
}

/// Numbers of any type, widened.
fn numbers(port: &Port, data: DataView<'_>) -> Result<Vec<f64>> {
    Ok(match data {
        DataView::F32(elements) => elements.iter().map(|&x| f64::from(x)).collect(),
        DataView::F64(elements) => elements.to_vec(),
        DataView::I64(elements) => elements.iter().map(|&x| x as f64).collect(),
        DataView::I32(elements) => elements.iter().map(|&x| f64::from(x)).collect(),
        DataView::U8(elements) => elements.iter().map(|&x| f64::from(x)).collect(),
        DataView::Bool(elements) => elements.iter().map(|&x| f64::from(u8::from(x))).collect(),
        DataView::Strings(_) => return Err(mixed(port, DType::String)),
    })
}

/// An output of the engine as a tensor of our own.
fn output_tensor(port: &Port, value: &DynValue, rows: usize) -> Result<Tensor> {
    let failed = |error: ort::Error| {
        PluginError::runtime(format!("output `{}` cannot be read: {}", port.described, reason(&error)))
    };
    let lengths = |shape: &[i64]| shape.iter().map(|&axis| axis.unsigned_abs() as usize).collect::<Vec<usize>>();
    macro_rules! tensor {
        ($($variant:ident $element:ty),*) => {
            match port.dtype {
                $(DType::$variant => {
                    let (shape, elements) = value.try_extract_tensor::<$element>().map_err(failed)?;
                    Tensor::new(lengths(shape), elements.to_vec())?
                })*
                DType::String => {
                    let (shape, texts) = value.try_extract_strings().map_err(failed)?;
                    Tensor::new(lengths(shape), texts.iter().collect::<Strings>())?
                }
            }
        };
    }
    let tensor = tensor!(F32 f32, F64 f64, I64 i64, I32 i32, U8 u8, Bool bool);
    const ADVICE: &str = "rows must come first; export the model so that its outputs begin with the batch axis, or choose \
                          a layer that does";
    bind::check_rows(&format!("`{}`", port.described), tensor.shape(), rows, ADVICE)?;
    Ok(tensor)
}
