//! A trial run of the whole graph, which tells the type and shape of every tensor.

use std::collections::HashMap;
use std::sync::Mutex;

use kipos_onnx_graph::tensor::{Constant, element};
use kipos_onnx_graph::{Facts, Graph, LARGEST_CONSTANT, Observation, Run};
use kipos_plugin_api::{BatchAxis, DType, PluginError, Result, Strings, Tensor, TensorData, TensorView};
use ort::logging::LogLevel;
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, TensorElementType, ValueType};

use crate::engine::Optimization;
use crate::model::OnnxModel;
use crate::port::{Port, element_type};
use crate::predict::input_value;
use crate::problem::{invalid, reason};

impl OnnxModel {
    /// The graph without choices that always fall the same way, and what is known of its tensors, for inputs whose rows
    /// have these shapes.
    ///
    /// # Errors
    /// As [`probe`](Self::probe).
    pub(crate) fn without_choices(&self, mut graph: Graph, row_shapes: &[Vec<usize>]) -> Result<(Graph, Facts)> {
        let mut facts = self.probe(&graph, row_shapes)?;
        while graph.take_known_branches(Some(&facts)) {
            facts = self.probe(&graph, row_shapes)?;
        }
        Ok((graph, facts))
    }

    /// What is known of the tensors of `graph` for inputs whose rows have these shapes.
    ///
    /// # Errors
    /// A graph that cannot run on zeros of these shapes.
    fn probe(&self, graph: &Graph, row_shapes: &[Vec<usize>]) -> Result<Facts> {
        let made = graph.nodes.iter().flat_map(|node| &node.output).filter(|name| !name.is_empty());
        let tensors: Vec<&String> = made.collect();
        let exposed = graph.expose(&tensors).map_err(|error| invalid(error.to_string()))?;
        let session = Mutex::new(self.sessions.engine.session(&exposed, Optimization::AsWritten)?);
        let runs = match self.engine_batch() {
            BatchAxis::Fixed(rows) => (self.trial(&session, row_shapes, rows)?, None),
            BatchAxis::Dynamic => (self.trial(&session, row_shapes, 2)?, Some(self.trial(&session, row_shapes, 3)?)),
        };
        Ok(Facts::new(graph, &runs.0, runs.1.as_ref()))
    }

    fn trial(&self, session: &Mutex<Session>, row_shapes: &[Vec<usize>], rows: usize) -> Result<Run> {
        let failed = |error: ort::Error| PluginError::runtime(format!("a trial run failed: {}", reason(&error)));
        let zeros = self.inputs.iter().zip(row_shapes).map(|(port, row)| zeros(port, rows, row));
        let zeros = zeros.collect::<Result<Vec<Tensor>>>()?;
        let views: Vec<TensorView<'_>> = zeros.iter().map(Tensor::view).collect();
        let values =
            self.inputs.iter().zip(&views).map(|(port, view)| Ok((port.name.as_str(), input_value(port, view)?)));
        let values = values.collect::<Result<Vec<(&str, SessionInputValue<'_>)>>>()?;
        let mut session = session.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut options = RunOptions::new().map_err(failed)?;
        // Whoever makes the trial tells why it failed.
        options.set_log_level(LogLevel::Fatal).map_err(failed)?;
        let answers = session.run_with_options(values, &options).map_err(failed)?;
        let mut seen: HashMap<String, Observation> =
            answers.iter().filter_map(|(name, value)| Some((name.to_owned(), observe(&value)?))).collect();
        for (port, tensor) in self.inputs.iter().zip(&zeros) {
            let element = code_of(port.dtype);
            seen.insert(port.name.clone(), Observation { element, shape: tensor.shape().to_vec(), value: None });
        }
        Ok((rows, seen))
    }
}

/// Zeros for an input; texts are empty.
///
/// # Errors
/// None that zeros could cause.
pub(crate) fn zeros(port: &Port, rows: usize, row: &[usize]) -> Result<Tensor> {
    let shape: Vec<usize> = [&[rows], row].concat();
    let count = shape.iter().product();
    let data: TensorData = match port.dtype {
        DType::F32 => vec![0f32; count].into(),
        DType::F64 => vec![0f64; count].into(),
        DType::I64 => vec![0i64; count].into(),
        DType::I32 => vec![0i32; count].into(),
        DType::U8 => vec![0u8; count].into(),
        DType::Bool => vec![false; count].into(),
        DType::String => TensorData::Strings(std::iter::repeat_n("", count).collect::<Strings>()),
    };
    Tensor::new(shape, data)
}

/// The code in the ONNX format; 0 where gradients need not tell types apart.
fn code_of(dtype: DType) -> i32 {
    match dtype {
        DType::F32 => element::F32,
        DType::F64 => element::F64,
        DType::I64 => element::I64,
        DType::I32 => element::I32,
        DType::Bool => element::BOOL,
        _ => 0,
    }
}

/// What a tensor was; `None` for a value that is no tensor.
fn observe(value: &DynValue) -> Option<Observation> {
    let ValueType::Tensor { ty, shape, .. } = value.dtype() else { return None };
    let shape: Vec<usize> = shape.iter().map(|&length| length.unsigned_abs() as usize).collect();
    let count: usize = shape.iter().product();
    let code = match ty {
        TensorElementType::Float16 => element::F16,
        TensorElementType::Bfloat16 => element::BF16,
        _ => element_type(*ty).map_or(0, code_of),
    };
    macro_rules! ints {
        ($element:ty) => {
            value.try_extract_tensor::<$element>().ok().map(|(_, all)| all.iter().map(|&one| one.into()).collect())
        };
    }
    let value = match ty {
        _ if count > LARGEST_CONSTANT => None,
        TensorElementType::Int64 => ints!(i64).map(Constant::Ints),
        TensorElementType::Int32 => ints!(i32).map(Constant::Ints),
        TensorElementType::Bool => ints!(bool).map(Constant::Ints),
        _ if count != 1 => None,
        TensorElementType::Float32 => ints!(f32).map(Constant::Floats),
        TensorElementType::Float64 => ints!(f64).map(Constant::Floats),
        _ => None,
    };
    Some(Observation { element: code, shape, value })
}
