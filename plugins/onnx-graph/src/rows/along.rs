//! What each operator does to the axis of rows.

use super::Step;
use super::value::{Extent, Rows, Value, from_start};

/// Operators that work element by element on one tensor.
const UNARY: [&str; 49] = [
    "Identity",
    "Cast",
    "CastLike",
    "Neg",
    "Abs",
    "Sqrt",
    "Reciprocal",
    "Exp",
    "Log",
    "Sin",
    "Cos",
    "Tan",
    "Asin",
    "Acos",
    "Atan",
    "Sinh",
    "Cosh",
    "Asinh",
    "Acosh",
    "Atanh",
    "Erf",
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "IsNaN",
    "IsInf",
    "Not",
    "BitwiseNot",
    "Relu",
    "LeakyRelu",
    "Elu",
    "Selu",
    "Celu",
    "ThresholdedRelu",
    "Sigmoid",
    "HardSigmoid",
    "HardSwish",
    "Swish",
    "Tanh",
    "Softplus",
    "Softsign",
    "Mish",
    "Gelu",
    "Shrink",
    "Clip",
    "Dropout",
    "QuantizeLinear",
    "DequantizeLinear",
];

/// Operators that work element by element on several tensors.
const BROADCASTING: [&str; 24] = [
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Pow",
    "Mod",
    "Sum",
    "Mean",
    "Max",
    "Min",
    "Where",
    "PRelu",
    "And",
    "Or",
    "Xor",
    "Equal",
    "Greater",
    "Less",
    "GreaterOrEqual",
    "LessOrEqual",
    "BitShift",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
];

/// Operators that put elements elsewhere and leave each as it is.
const ARRANGING: [&str; 6] = ["Concat", "Expand", "Reshape", "Squeeze", "Transpose", "Unsqueeze"];

/// Whether each element of the result is made of one element of each input.
pub fn keeps_elements(op: &str) -> bool {
    UNARY.contains(&op) || BROADCASTING.contains(&op) || ARRANGING.contains(&op)
}

/// The inputs of an operator that only say what shape its result has, or which axes it works on.
pub fn shape_inputs(op: &str) -> &'static [usize] {
    match op {
        "Reshape" | "Expand" | "Tile" | "Squeeze" | "Unsqueeze" | "TopK" | "Split" | "OneHot" | "CumSum" => &[1],
        "Slice" => &[1, 2, 3, 4],
        "Pad" => &[1, 3],
        "Resize" => &[1, 2, 3],
        "Upsample" => &[1],
        "ConstantOfShape" => &[0],
        _ if op.starts_with("Reduce") => &[1],
        _ => &[],
    }
}

/// Whether an operator draws random numbers.
pub fn is_random(op: &str) -> bool {
    op.starts_with("Random") || matches!(op, "Bernoulli" | "Multinomial")
}

impl Step<'_> {
    /// The results, for inputs whose rows stay apart; `None` if the operator is not known, or this form of it.
    pub(super) fn rule(&self) -> Option<Vec<Value>> {
        let op = self.node.op_type.as_str();
        let one = match op {
            // Element by element, of one tensor.
            op if UNARY.contains(&op) => self.kept()?,
            // Element by element, of several.
            op if BROADCASTING.contains(&op) => self.broadcast()?,
            // Along axes that stay.
            "Softmax" | "LogSoftmax" | "Hardmax" if self.opset >= 13 => self.along(&[self.attribute("axis", -1)])?,
            "LpNormalization" => self.along(&[self.attribute("axis", -1)])?,
            "CumSum" | "CumProd" => self.along(&self.ints(1)?)?,
            "MeanVarianceNormalization" => self.along(self.node.ints("axes").unwrap_or(&[0, 2, 3]))?,
            "LayerNormalization" | "RMSNormalization" => self.along_later_axes()?,
            "TopK" => self.resized(self.attribute("axis", -1))?,
            // Along axes that go.
            "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd" | "ReduceL1" | "ReduceL2"
            | "ReduceSumSquare" | "ReduceLogSum" | "ReduceLogSumExp" => self.reduce()?,
            "ArgMax" | "ArgMin" => self.reduced(&[self.attribute("axis", 0)])?,
            // Over positions and channels of each row.
            "BatchNormalization" => self.batch_normalization()?,
            "InstanceNormalization" | "GroupNormalization" | "LRN" => self.row_by_row(|shape| shape.to_vec())?,
            "Conv" => self.convolution()?,
            "MaxPool" | "AveragePool" | "LpPool" => self.pool()?,
            "ConvTranspose" => self.row_by_row(|shape| [&shape[..1], &vec![Extent::Any; shape.len() - 1]].concat())?,
            "GlobalAveragePool" | "GlobalMaxPool" | "GlobalLpPool" => {
                self.row_by_row(|shape| [&shape[..2], &vec![Extent::Known(1); shape.len() - 2]].concat())?
            }
            "DepthToSpace" | "SpaceToDepth" => {
                self.row_by_row(|shape| [&shape[..1], &vec![Extent::Any; shape.len() - 1]].concat())?
            }
            "DynamicQuantizeLinear" => self.dynamic_quantization()?,
            // Products.
            "MatMul" => self.matmul()?,
            "Gemm" => self.gemm()?,
            "Einsum" => self.einsum()?,
            "LSTM" | "GRU" | "RNN" => return self.recurrent(),
            // Elements in another order or place.
            "Transpose" => self.transpose()?,
            "Reshape" => self.reshape()?,
            "Flatten" => self.flatten()?,
            "Squeeze" => self.squeeze()?,
            "Unsqueeze" => self.unsqueeze()?,
            "Expand" => self.expand()?,
            "Tile" => self.tile()?,
            "Concat" => self.concat()?,
            "Split" => self.resized(self.attribute("axis", 0))?,
            "Slice" => self.slice()?,
            "Pad" => self.pad()?,
            "Resize" | "Upsample" => self.resize()?,
            "Gather" => self.gather()?,
            "OneHot" => self.one_hot()?,
            // Made from sizes.
            "ConstantOfShape" => Value::new(Rows::Free, self.value(0)?.sizes.clone()),
            _ => return None,
        };
        Some(vec![one])
    }

    pub(super) fn attribute(&self, name: &str, default: i64) -> i64 {
        self.node.int(name).unwrap_or(default)
    }

    /// The first input as it is.
    fn kept(&self) -> Option<Value> {
        let x = self.value(0)?;
        // A limit or scale that depends on rows is another tensor that counts.
        let alone = (1..self.node.input.len()).all(|index| self.value(index).is_none_or(|of| of.row_axis().is_none()));
        (alone || self.node.op_type == "CastLike").then(|| x.clone())
    }

    /// The result of working along axes that stay as long as they are.
    fn along(&self, axes: &[i64]) -> Option<Value> {
        let x = self.value(0)?;
        let Some(rows) = x.row_axis() else { return Some(Value::new(x.rows.clone(), x.shape.clone())) };
        for &axis in axes {
            // An axis that is counted from the start needs no rank.
            let axis = if axis < 0 { from_start(axis, x.rank()?)? } else { usize::try_from(axis).ok()? };
            if axis == rows {
                return Some(self.mixes_along());
            }
        }
        Some(Value::new(x.rows.clone(), x.shape.clone()))
    }

    /// As [`along`](Self::along), for all axes from the attribute `axis` on.
    fn along_later_axes(&self) -> Option<Value> {
        let rank = self.value(0)?.rank()?;
        let first = from_start(self.attribute("axis", -1), rank)?;
        if !(1..self.node.input.len()).all(|index| self.is_free(index)) {
            return None;
        }
        self.along(&(first as i64..rank as i64).collect::<Vec<i64>>())
    }

    /// As [`along`](Self::along), if the axis becomes longer or shorter.
    fn resized(&self, axis: i64) -> Option<Value> {
        let x = self.value(0)?;
        let axis = from_start(axis, x.rank()?)?;
        if x.row_axis() == Some(axis) {
            // Splitting a batch into its rows, as after joining two batches, is no mistake yet.
            return (self.node.op_type != "Split").then(|| self.mixes_along());
        }
        let mut shape = x.shape.clone()?;
        *shape.get_mut(axis)? = Extent::Any;
        Some(Value::new(x.rows.clone(), Some(shape)))
    }

    fn reduce(&self) -> Option<Value> {
        let x = self.value(0)?;
        let given = if self.node.input_at(1).is_some() { self.ints(1)? } else { Vec::new() };
        let given = if given.is_empty() { self.node.ints("axes").unwrap_or_default().to_vec() } else { given };
        if !given.is_empty() {
            return self.reduced(&given);
        }
        if self.attribute("noop_with_empty_axes", 0) != 0 {
            return Some(Value::new(x.rows.clone(), x.shape.clone()));
        }
        if x.row_axis().is_some() {
            return Some(self.mixes_along());
        }
        let kept = self.attribute("keepdims", 1) != 0;
        let shape = x.rank().map(|rank| if kept { vec![Extent::Known(1); rank] } else { Vec::new() });
        Some(Value::new(x.rows.clone(), shape))
    }

    /// The result of reducing axes.
    fn reduced(&self, axes: &[i64]) -> Option<Value> {
        let mixed = self.along(axes)?;
        if matches!(mixed.rows, Rows::Mixed(_)) {
            return Some(mixed);
        }
        let x = self.value(0)?;
        let kept = self.attribute("keepdims", 1) != 0;
        let rank = x.rank()?;
        let axes: Vec<usize> = axes.iter().map(|&axis| from_start(axis, rank)).collect::<Option<_>>()?;
        let mut shape = x.shape.clone()?;
        if kept {
            axes.iter().filter(|&&axis| axis < rank).for_each(|&axis| shape[axis] = Extent::Known(1));
            return Some(Value::new(x.rows.clone(), Some(shape)));
        }
        let left = |axis: &usize| !axes.contains(axis);
        let shape = (0..rank).filter(left).map(|axis| shape[axis]).collect();
        let rows = match x.rows {
            Rows::Along { axis, each } => Rows::Along { axis: (0..axis).filter(left).count(), each },
            ref other => other.clone(),
        };
        Some(Value::new(rows, Some(shape)))
    }

    /// The result of an operator that takes its first axis for that of the batch, and computes each element of it alone.
    pub(super) fn row_by_row(&self, shape: impl FnOnce(&[Extent]) -> Vec<Extent>) -> Option<Value> {
        let x = self.value(0)?;
        let free = (1..self.node.input.len()).all(|index| self.value(index).is_none_or(|of| of.row_axis().is_none()));
        let first = x.row_axis().is_none_or(|axis| axis == 0);
        let shape = x.shape.as_ref().filter(|shape| shape.len() >= 2).map(|known| shape(known));
        (free && first).then(|| Value::new(x.rows.clone(), shape))
    }

    fn batch_normalization(&self) -> Option<Value> {
        let x = self.value(0)?;
        // Until version 13, further results told that it trains.
        let further = self.node.output.iter().skip(1).any(|name| !name.is_empty());
        if self.attribute("training_mode", 0) != 0 || further {
            return x
                .row_axis()
                .is_some()
                .then(|| self.mixes("is in training mode, in which rows depend on each other"));
        }
        self.row_by_row(|shape| shape.to_vec())
    }

    fn dynamic_quantization(&self) -> Option<Value> {
        let x = self.value(0)?;
        x.row_axis().is_some().then(|| self.mixes("scales all rows by the extremes of the whole batch"))
    }

    /// The states of recurrent layers: of all steps, then the last.
    fn recurrent(&self) -> Option<Vec<Value>> {
        let x = self.value(0)?;
        let rows = if self.attribute("layout", 0) == 0 { 1 } else { 0 };
        let axis = x.row_axis();
        if axis == Some(1 - rows) {
            return Some(vec![self.mixes("reads the rows of the batch as steps, one after the other")]);
        }
        // Initial states have their rows behind the direction, or first.
        let fits = |index: usize| self.value(index).and_then(Value::row_axis).is_none_or(|axis| axis == rows);
        if axis != Some(rows) || !(5..=6).all(fits) {
            return None;
        }
        if (1..self.node.input.len()).any(|index| !(5..=6).contains(&index) && !self.is_free(index)) {
            return None;
        }
        let Rows::Along { each, .. } = x.rows else { return None };
        let shape = x.shape.as_ref()?;
        let length = |axis: usize| shape.get(axis).copied().unwrap_or(Extent::Any);
        let hidden = self.node.int("hidden_size").map_or(Extent::Any, Extent::Known);
        let ways = Extent::Known(if self.node.text("direction") == Some("bidirectional") { 2 } else { 1 });
        let (all, last) = match rows {
            1 => ((2, vec![length(0), ways, length(1), hidden]), (1, vec![ways, length(1), hidden])),
            _ => ((0, vec![length(0), length(1), ways, hidden]), (0, vec![length(0), ways, hidden])),
        };
        let value = |(axis, shape)| Value::new(Rows::Along { axis, each }, Some(shape));
        Some(vec![value(all), value(last)])
    }

    /// Whether input `index` does not depend on rows, or is left out.
    pub(super) fn is_free(&self, index: usize) -> bool {
        self.value(index).is_none_or(|value| value.rows == Rows::Free)
    }
}
