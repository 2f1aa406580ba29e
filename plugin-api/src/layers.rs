//! Requests for the inside of a model: layers, their values, and gradients.

use crate::Tensor;
use crate::setters::setters;

/// Which layer is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The layer of this name, as the backend's listing or the model's author spells it.
    Name(String),
    /// The layer at this index of the backend's listing.
    Index(usize),
    /// The model's output. Of several outputs, each counts as a call, in the order of
    /// [`ModelSource::targets`](crate::ModelSource::targets).
    Final,
}

/// What a listing of layers is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LayerQuery {
    /// For each of [`ModelSource::inputs`](crate::ModelSource::inputs), the length of all its axes that have none of
    /// their own, apart from the batch axis. Where it is `None`, or the list ends before, they may have any length.
    pub lengths: Vec<Option<usize>>,
}

impl LayerQuery {
    /// A listing for inputs of these lengths.
    pub fn new(lengths: Vec<Option<usize>>) -> Self {
        Self { lengths }
    }
}

/// A layer, and which of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerRequest {
    /// The layer.
    pub layer: Layer,
    /// Take the input of the layer's nonlinearity instead of its output; an error if it has none.
    pub pre_nonlinearity: bool,
    /// Which call of a layer that is called several times, from 0; all by default.
    pub call: Option<usize>,
}

impl LayerRequest {
    /// The output of all calls of a layer.
    pub const fn new(layer: Layer) -> Self {
        Self { layer, pre_nonlinearity: false, call: None }
    }
}

setters! {
    LayerRequest {
        with_layer(layer: Layer),
        with_pre_nonlinearity(pre_nonlinearity: bool),
        with_call(call: Option<usize>),
    }
}

/// What is known of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerInfo {
    /// Its position in the listing.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The name of the operation that makes it; empty if it has none.
    pub node: String,
    /// The path of the module that it belongs to; empty at the top.
    pub scope: String,
    /// The operation.
    pub op: String,
    /// The shape of its value without the batch axis, if known; `None` inside is any length.
    pub shape: Option<Vec<Option<usize>>>,
    /// Whether gradients can be taken from it.
    pub differentiable: bool,
}

impl LayerInfo {
    /// The layer of this name at this place of the listing, made by operation `op`. It is at the top, of no known shape,
    /// and has no gradients.
    pub fn new(index: usize, name: impl Into<String>, op: impl Into<String>) -> Self {
        Self {
            index,
            name: name.into(),
            node: String::new(),
            scope: String::new(),
            op: op.into(),
            shape: None,
            differentiable: false,
        }
    }
}

setters! {
    LayerInfo {
        with_node(node: impl Into<String>),
        with_scope(scope: impl Into<String>),
        with_shape(shape: Option<Vec<Option<usize>>>),
        with_differentiable(differentiable: bool),
    }
}

/// The values of a layer: one tensor per call of it, in the order of the calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls(pub Vec<Tensor>);

/// What to differentiate, and with respect to what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GradientRequest {
    /// The layer whose value is differentiated. If it is called several times and no call is chosen, its value is
    /// that of all calls, each row flattened, one after the other.
    pub layer: LayerRequest,
    /// Which elements of the layer's value count, axis by axis after the batch axis; all if empty.
    pub filter: Vec<FilterItem>,
    /// How the chosen elements of one row become one number.
    pub reduce: Reduce,
    /// The inputs, by position, whose gradients are wanted.
    pub inputs: Vec<usize>,
}

impl GradientRequest {
    /// The gradient of the sum of all elements of a layer with respect to `inputs`.
    pub fn new(layer: LayerRequest, inputs: Vec<usize>) -> Self {
        Self { layer, filter: Vec::new(), reduce: Reduce::Sum, inputs }
    }
}

setters! {
    GradientRequest {
        with_layer(layer: LayerRequest),
        with_filter(filter: Vec<FilterItem>),
        with_reduce(reduce: Reduce),
        with_inputs(inputs: Vec<usize>),
    }
}

/// The gradients of a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Gradients {
    /// One tensor for each of [`GradientRequest::inputs`], in their order, shaped like that input.
    pub tensors: Vec<Tensor>,
    /// Those of [`GradientRequest::inputs`] on which the layer does not depend; their gradients are zero.
    pub unconnected: Vec<usize>,
}

impl Gradients {
    /// These gradients, all of inputs on which the layer depends.
    pub fn new(tensors: Vec<Tensor>) -> Self {
        Self { tensors, unconnected: Vec::new() }
    }
}

setters! { Gradients { with_unconnected(unconnected: Vec<usize>) } }

/// One item of a filter, as in NumPy indexing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterItem {
    /// One index; negative counts from the end.
    Index(i64),
    /// `start:stop:step`; negative counts from the end.
    Slice {
        /// First index.
        start: Option<i64>,
        /// Index after the last.
        stop: Option<i64>,
        /// Distance; not 0.
        step: Option<i64>,
    },
    /// As many whole axes as are left over.
    Ellipsis,
}

impl FilterItem {
    /// `:`, a whole axis.
    pub const ALL: Self = Self::Slice { start: None, stop: None, step: None };
}

/// As a person types it: `3`, `1:8:2`, `...`.
impl std::fmt::Display for FilterItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bound = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Slice { start, stop, step: None } => write!(f, "{}:{}", bound(start), bound(stop)),
            Self::Slice { start, stop, step } => write!(f, "{}:{}:{}", bound(start), bound(stop), bound(step)),
            Self::Ellipsis => f.write_str("..."),
        }
    }
}

/// How several elements become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduce {
    /// Their sum.
    Sum,
    /// The largest; every tied element has weight 1.
    Max,
    /// The smallest; every tied element has weight 1.
    Min,
    /// The largest magnitude; every tied element has weight 1, times its sign.
    AbsMax,
}
