//! The walk over the nodes of a graph, from which a plan is made.

use std::collections::HashMap;

use kipos_onnx_graph::proto::{Dimension, DimensionValue, NodeProto, TensorShapeProto, TypeValue};
use kipos_onnx_graph::tensor::{Constant, element};
use kipos_onnx_graph::{GRADIENT_OPSET, Graph, RowFlow, Size, Spread, spread};

use super::step::{Kind, Step};
use super::view::{Extent, Part, View, strides};
use super::weight::Weight;
use super::{Input, Plan, Port, Stop};

/// Why a node cannot be planned.
pub type Refusal = String;

/// What is known of a tensor of the graph.
#[derive(Debug, Clone)]
pub enum Known {
    /// It depends on inputs.
    Tensor(View),
    /// It is a weight.
    Weight(Weight),
    /// It depends on inputs, and is left to the tail.
    Left,
}

impl Known {
    /// Whether it depends on inputs.
    pub fn depends(&self) -> bool {
        matches!(self, Self::Tensor(_) | Self::Left)
    }
}

/// What the walk has found so far.
pub struct Walk<'a> {
    pub graph: &'a Graph,
    pub batch: Option<usize>,
    flow: RowFlow,
    pub known: HashMap<String, Known>,
    pub tensors: Vec<Extent>,
    steps: Vec<Step>,
    /// The node that is looked at.
    node: String,
    /// The first node that is left to the tail, and why.
    pub left: Option<Stop>,
}

/// A tensor of more elements is not put together for each edit.
const MOST_STITCHED: usize = 1 << 16;

/// The plan of a graph as it is written.
pub fn walk(graph: &Graph, batch: Option<usize>, inputs: &[Input], outputs: &[&str]) -> Result<Plan, Stop> {
    let whole = |why: String| Stop { node: None, why };
    if graph.opset() < GRADIENT_OPSET {
        return Err(whole(format!("its operators are of version {}, which are not read here", graph.opset())));
    }
    let graph = with_shapes(graph, inputs).expose(outputs).map_err(|error| whole(error.to_string()))?;
    let weights = graph.initializers.iter().map(|(name, tensor)| {
        let dims: Vec<usize> = tensor.dims.iter().map(|&length| usize::try_from(length).unwrap_or(0)).collect();
        (name.clone(), Known::Weight(Weight { name: name.clone(), strides: strides(&dims), dims }))
    });
    let known = weights.collect();
    let flow = graph.follow_rows(batch);
    let node = String::new();
    let mut walk = Walk { graph: &graph, batch, flow, known, tensors: vec![], steps: vec![], node, left: None };
    let lengths: Vec<usize> = inputs
        .iter()
        .filter_map(|input| input.axes.and_then(|(position, _)| input.shape.get(position)))
        .copied()
        .collect();
    let mut ports = Vec::with_capacity(inputs.len());
    for input in inputs {
        let view = walk.input(input, &lengths).map_err(|why| whole(format!("the input `{}`: {why}", input.name)))?;
        ports.push(Port::of(&view, input.axes));
        walk.known.insert(input.name.clone(), Known::Tensor(view));
    }
    for node in &graph.nodes {
        walk.node = name_of(node);
        walk.plan_node(node).or_else(|why| walk.leave(node, blamed(&graph, node, why)))?;
    }
    let (outputs, sources, tail) = walk.ends(outputs)?;
    let (tensors, steps) = (walk.tensors, walk.steps);
    Ok(Plan { tensors, steps, inputs: ports, outputs, sources, tail, is_new: vec![] })
}

/// The graph, whose inputs have rows of known shapes.
fn with_shapes(graph: &Graph, inputs: &[Input]) -> Graph {
    let mut graph = graph.clone();
    for declared in &mut graph.inputs {
        let Some(input) = inputs.iter().find(|input| input.name == declared.name) else { continue };
        let Some(TypeValue::Tensor(tensor)) = declared.r#type.as_mut().and_then(|of| of.value.as_mut()) else {
            continue;
        };
        let rows = tensor.shape.as_ref().and_then(|shape| shape.dim.first().cloned()).unwrap_or_default();
        let dim = |&length: &usize| Dimension {
            value: Some(DimensionValue::DimValue(length as i64)),
            denotation: String::new(),
        };
        tensor.shape =
            Some(TensorShapeProto { dim: std::iter::once(rows).chain(input.shape.iter().map(dim)).collect() });
    }
    graph
}

/// What to blame for a node that cannot be planned: if it only arranges for one that cannot be planned anyway, that one.
fn blamed(graph: &Graph, node: &NodeProto, why: Refusal) -> Stop {
    let reads = |other: &&NodeProto| node.output.iter().any(|name| other.reads().contains(&name.as_str()));
    if spread(node) == Spread::Arranged
        && let Some((reader, why)) = graph.nodes.iter().filter(reads).find_map(|reader| match spread(reader) {
            Spread::Stops(why) => Some((reader, why)),
            _ => None,
        })
    {
        return Stop { node: Some(name_of(reader)), why: why.into() };
    }
    Stop { node: Some(name_of(node)), why }
}

/// The name of a node, and what it is.
fn name_of(node: &NodeProto) -> String {
    let name = if node.name.is_empty() { node.output.join(", ") } else { node.name.clone() };
    format!("`{name}` ({})", node.op_type)
}

impl Walk<'_> {
    /// The view of an input.
    fn input(&mut self, input: &Input, lengths: &[usize]) -> Result<View, Refusal> {
        // Whoever hands over an input of other numbers rounds them as the graph itself does.
        let is_rounded = || input.axes.is_none() && self.is_only_cast(&input.name);
        if self.graph.input_element(&input.name) != element::F32 && !is_rounded() {
            return Err("edits are carried through float32 numbers only".into());
        }
        // An input beside an edited one that has as many positions goes along with it.
        let beside = || {
            let others = input.shape.iter().filter(|&&length| length > 1).count();
            let position = input.shape.iter().position(|length| *length > 1 && lengths.contains(length))?;
            (others <= 2).then(|| {
                let channel = input.shape.iter().enumerate().find(|(axis, length)| *axis != position && **length > 1);
                (position, channel.map(|(axis, _)| axis))
            })
        };
        let axes = input.axes.map(|(position, channel)| (position, Some(channel))).or_else(beside);
        let Some((position, channel)) = axes else {
            self.tensors.push(Extent { length: 1, channels: input.shape.iter().product() });
            return Ok(View::whole(self.tensors.len() - 1, &input.shape));
        };
        let length = *input.shape.get(position).ok_or("the model has no axis of positions there")?;
        let channels = channel.map_or(Some(&1), |channel| input.shape.get(channel)).copied();
        let extent = Extent { length, channels: channels.ok_or("the model has no axis of bases there")? };
        if extent.length * extent.channels != input.shape.iter().product::<usize>() {
            return Err("it has axes besides those of positions and bases".into());
        }
        if length < 2 {
            return Err("it has a single position".into());
        }
        let mut axes = vec![Vec::new(); input.shape.len()];
        axes[position].push(Part::Position);
        if let Some(channel) = channel {
            axes[channel].push(Part::Channel { size: extent.channels, stride: 1 });
        }
        self.tensors.push(extent);
        Ok(View::new(self.tensors.len() - 1, extent, axes))
    }

    /// Whether every node that reads a tensor turns it into float32.
    fn is_only_cast(&self, name: &str) -> bool {
        let mut readers = self.graph.nodes.iter().filter(|node| node.reads().contains(&name));
        readers.all(|node| node.op_type == "Cast" && node.int("to") == Some(i64::from(element::F32)))
    }

    fn plan_node(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let depends = |name: &&str| self.known.get(*name).is_some_and(Known::depends);
        if !node.reads().iter().any(depends) || node.op_type == "Shape" {
            self.arrange_weight(node);
            return Ok(());
        }
        match spread(node) {
            Spread::Stops(why) => Err(why.into()),
            Spread::Kept => self.kept(node),
            Spread::Function => self.function(node),
            Spread::Arithmetic => self.arithmetic(node),
            Spread::Convolution => self.convolution(node),
            Spread::TransposedConvolution => self.transposed_convolution(node),
            Spread::MaxPool => self.pool(node, false),
            Spread::AveragePool => self.pool(node, true),
            Spread::GlobalPool => self.global_pool(node),
            Spread::ChannelScale => self.batch_normalization(node),
            Spread::AlongAxes => self.along_axes(node),
            Spread::Product => self.product(node),
            Spread::Arranged => self.arranged(node),
            Spread::Cut => self.cut(node),
            Spread::Resized => self.resize(node),
            Spread::Reduced => self.reduced(node),
        }
    }

    /// A node that passes its first input on.
    fn kept(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        if node.op_type == "Cast" && node.int("to") != Some(i64::from(element::F32)) {
            return Err("it turns numbers into others than float32".into());
        }
        self.give(node, view);
        Ok(())
    }

    /// A step more, and the tensor that it makes.
    pub fn step(&mut self, kind: Kind, inputs: Vec<usize>, extent: Extent) -> usize {
        self.tensors.push(extent);
        let output = self.tensors.len() - 1;
        self.steps.push(Step { kind, inputs, output, node: self.node.clone() });
        output
    }

    /// A step more that keeps the extent of its input, which is seen as before.
    pub fn step_on(&mut self, kind: Kind, view: &View) -> View {
        let tensor = self.step(kind, vec![view.tensor], view.extent);
        View { tensor, ..view.clone() }
    }

    /// What the first output of a node is.
    pub fn give(&mut self, node: &NodeProto, view: View) {
        self.give_at(node, 0, view);
    }

    /// What an output of a node is.
    pub fn give_at(&mut self, node: &NodeProto, at: usize, view: View) {
        if let Some(name) = node.output.get(at).filter(|name| !name.is_empty()) {
            self.known.insert(name.clone(), Known::Tensor(view));
        }
    }

    /// A weight that a node makes of another.
    pub fn give_weight(&mut self, node: &NodeProto, weight: Weight) {
        if let Some(name) = node.output.first() {
            self.known.insert(name.clone(), Known::Weight(weight));
        }
    }

    /// What is known of an input of a node.
    pub fn known(&self, node: &NodeProto, at: usize) -> Option<&Known> {
        self.known.get(node.input_at(at)?)
    }

    /// An input of a node that depends on inputs of the graph.
    pub fn view(&self, node: &NodeProto, at: usize) -> Result<View, Refusal> {
        match self.known(node, at) {
            Some(Known::Tensor(view)) => Ok(view.clone()),
            _ => Err("its first operand is a weight, not a value".into()),
        }
    }

    /// An input of a node that is a weight.
    pub fn weight(&self, node: &NodeProto, at: usize) -> Result<Weight, Refusal> {
        let name = node.input_at(at).unwrap_or_default();
        match self.known(node, at) {
            Some(Known::Weight(weight)) if self.is_float(&weight.name) => Ok(weight.clone()),
            Some(Known::Weight(_)) => Err(format!("the weight `{name}` is not float32")),
            Some(Known::Tensor(_) | Known::Left) => Err("it combines two values where one has to be a weight".into()),
            None => Err(format!("it reads `{name}`, which the graph computes from weights")),
        }
    }

    fn is_float(&self, weight: &str) -> bool {
        self.graph.initializers.get(weight).is_some_and(|tensor| tensor.data_type == element::F32)
    }

    /// The only number of a small weight.
    pub fn scalar(&self, node: &NodeProto, at: usize) -> Option<f64> {
        let Some(Known::Weight(weight)) = self.known(node, at) else { return None };
        let tensor = self.graph.initializers.get(&weight.name).filter(|tensor| tensor.elements() == 1)?;
        match tensor.constant()? {
            Constant::Floats(values) => values.first().copied(),
            Constant::Ints(values) => values.first().map(|&value| value as f64),
        }
    }

    /// The whole numbers of an input of a node; `None` if it is left out.
    pub fn sizes(&self, node: &NodeProto, at: usize) -> Result<Option<Vec<Size>>, Refusal> {
        let Some(name) = node.input_at(at) else { return Ok(None) };
        self.flow.sizes(name).map(Some).ok_or_else(|| format!("the sizes `{name}` are not known before it runs"))
    }

    /// As [`sizes`](Self::sizes), none of which may be the number of rows.
    pub fn numbers(&self, node: &NodeProto, at: usize) -> Result<Option<Vec<i64>>, Refusal> {
        let fixed = |size: Size| match size {
            Size::Fixed(number) => Ok(number),
            Size::Rows => Err("a size is the number of rows".to_owned()),
        };
        self.sizes(node, at)?.map(|sizes| sizes.into_iter().map(fixed).collect()).transpose()
    }

    /// The axis behind that of the rows that `axis` means in a tensor seen so.
    pub fn axis(&self, axis: i64, rank: usize) -> Result<usize, Refusal> {
        let from_start = if axis < 0 { axis + rank as i64 + 1 } else { axis };
        let behind = usize::try_from(from_start).ok().and_then(|axis| axis.checked_sub(1));
        behind.filter(|&axis| axis < rank).ok_or_else(|| "it works along the rows".into())
    }

    /// The same tensor with its channels in the order of its axes, those of `slowest` first.
    pub fn in_order(&mut self, view: &View, slowest: Option<usize>) -> View {
        let others = (0..view.axes.len()).filter(|&axis| Some(axis) != slowest);
        let order: Vec<usize> = slowest.into_iter().chain(others).collect();
        let mut stride = view.extent.channels;
        let mut axes = view.axes.clone();
        for &axis in &order {
            for part in &mut axes[axis] {
                if let Part::Channel { size, stride: own } = part {
                    stride /= *size;
                    *own = stride;
                }
            }
        }
        if axes == view.axes {
            return view.clone();
        }
        // Both number the same digits, so the places of one in the numbers of the other tell the order.
        let mut picked = vec![0; view.extent.channels];
        for (channel, place) in (0..view.extent.channels).map(|channel| (channel, renumbered(channel, view, &axes))) {
            picked[place] = channel as u32;
        }
        let tensor = self.step(Kind::Pick(picked), vec![view.tensor], view.extent);
        View::new(tensor, view.extent, axes)
    }

    /// The same elements as one cell, in the order of the axes.
    pub fn stitched(&mut self, view: &View) -> Result<View, Refusal> {
        let dims = view.dims();
        if view.extent.length == 1 {
            return Ok(self.in_order(view, None));
        }
        let extent = Extent { length: 1, channels: dims.iter().product() };
        if extent.channels > MOST_STITCHED {
            return Err("it needs all positions at once".into());
        }
        let places = view.places_in_order();
        let channels = places.channels.iter().map(|&place| place as u32).collect();
        let tensor = self.step(Kind::Stitch { position: places.position, channels }, vec![view.tensor], extent);
        Ok(View::whole(tensor, &dims))
    }
}

/// The number of a channel of `view` if its digits count as in `axes`.
fn renumbered(channel: usize, view: &View, axes: &[Vec<Part>]) -> usize {
    let digits = view.axes.iter().flatten().zip(axes.iter().flatten());
    digits
        .map(|pair| match pair {
            (Part::Channel { size, stride }, Part::Channel { stride: other, .. }) => channel / stride % size * other,
            _ => 0,
        })
        .sum()
}
