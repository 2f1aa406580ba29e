//! Convolutions and pools.

use kipos_onnx_graph::proto::NodeProto;

use super::step::Kind;
use super::view::{Extent, Part, View};
use super::walk::{Refusal, Walk};
use super::weight::{Coefficients, Matrix, Scaling};
use super::window::Window;

/// What a node says of one axis of its windows.
#[derive(Debug, Clone, Copy)]
struct Axis {
    taps: usize,
    stride: usize,
    dilation: usize,
    before: usize,
    after: usize,
    input: usize,
    output: usize,
}

impl Axis {
    fn read(node: &NodeProto, axis: usize, taps: usize, input: usize) -> Result<Self, Refusal> {
        let of = |name: &str, at: usize, default: i64| -> Result<usize, Refusal> {
            let value = node.ints(name).filter(|all| !all.is_empty()).map_or(Some(default), |all| all.get(at).copied());
            value.and_then(|value| usize::try_from(value).ok()).ok_or_else(|| format!("its `{name}` are not usable"))
        };
        let (stride, dilation) = (of("strides", axis, 1)?.max(1), of("dilations", axis, 1)?.max(1));
        let axes = node.ints("pads").map_or(0, <[i64]>::len) / 2;
        let reach = (taps - 1) * dilation + 1;
        let (before, after, auto) = match node.text("auto_pad").unwrap_or("NOTSET") {
            "NOTSET" => (of("pads", axis, 0)?, of("pads", axes + axis, 0)?, false),
            "VALID" => (0, 0, true),
            same => {
                let read = (input.div_ceil(stride) - 1) * stride + reach;
                if read + 1 < input {
                    return Err("its windows leave out more at the ends than engines agree about".into());
                }
                let total = read.saturating_sub(input);
                let small = total / 2;
                if same == "SAME_LOWER" { (total - small, small, true) } else { (small, total - small, true) }
            }
        };
        let Some(room) = (input + before + after).checked_sub(reach) else {
            return Err("its windows are longer than what they slide over".into());
        };
        let mut output = room / stride + 1;
        if node.int("ceil_mode") == Some(1) && !auto {
            output = room.div_ceil(stride) + 1;
            // The last window begins at a position that there is, or before.
            if (output - 1) * stride >= input + before {
                output -= 1;
            }
        }
        Ok(Self { taps, stride, dilation, before, after, input, output })
    }

    fn window(&self) -> Window {
        let Self { taps, stride, dilation, before, input, output, .. } = *self;
        Window { taps, stride, dilation, before, input, output }
    }
}

/// The axis of positions among those behind the channels; of a tensor without positions, the last of length one.
fn slid_axis(view: &View) -> Result<usize, Refusal> {
    let spatial = 1..view.axes.len();
    if view.axes.is_empty() {
        return Err("its input has no axis of positions".into());
    }
    match view.position_axis() {
        Some((axis, true)) if spatial.contains(&axis) => Ok(axis - 1),
        Some(_) => Err("positions do not lie along an axis of their own that its windows slide over".into()),
        None => {
            let one = spatial.rev().find(|&axis| view.axes[axis].is_empty());
            one.map(|axis| axis - 1).ok_or_else(|| "its windows slide over something else than positions".into())
        }
    }
}

impl Walk<'_> {
    pub fn convolution(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let (mut view, weight) = (self.view(node, 0)?, self.weight(node, 1)?);
        let groups = usize::try_from(node.int("group").unwrap_or(1)).unwrap_or(1).max(1);
        let slid = slid_axis(&view)?;
        if weight.dims.len() != view.axes.len() + 1 {
            return Err("its weights have another number of axes than its input".into());
        }
        if groups > 1 {
            view = self.in_order(&view, None);
            if view.dim(0) != view.extent.channels {
                return Err("its groups part other axes than that of channels".into());
            }
        }
        // What lies along the other axes belongs to the channels, if each is read at once.
        let (mut start, mut strides) = (0, vec![0; view.axes.len()]);
        strides[0] = weight.strides[1];
        for other in (0..view.axes.len() - 1).filter(|&other| other != slid) {
            let (taps, length) = (weight.dims[2 + other], view.dim(1 + other));
            let axis = Axis::read(node, other, taps, length)?;
            if axis.output != 1 || axis.dilation != 1 || axis.before + length > taps {
                return Err("its windows slide over two axes".into());
            }
            strides[1 + other] = weight.strides[2 + other];
            start += axis.before * weight.strides[2 + other];
        }
        let length = view.extent.length;
        let axis = Axis::read(node, slid, weight.dims[2 + slid], length)?;
        let of_group = view.extent.channels / groups;
        let mut channels = view.places(&strides).channels;
        channels.truncate(of_group);
        channels.iter_mut().for_each(|place| *place += start);
        if weight.dims[1] * groups != view.dim(0) || weight.dims[0] % groups != 0 {
            return Err("its weights are for another number of channels".into());
        }
        let matrix = Matrix {
            name: weight.name,
            output: weight.strides[0],
            group: weight.dims[0] / groups * weight.strides[0],
            channels,
            taps: (0..axis.taps).map(|tap| tap * weight.strides[2 + slid]).collect(),
            outputs: weight.dims[0],
        };
        let bias = self.bias(node)?;
        self.slide(node, &view, slid, axis.window(), groups, matrix, bias)
    }

    pub fn transposed_convolution(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let (view, weight) = (self.view(node, 0)?, self.weight(node, 1)?);
        let slid = slid_axis(&view)?;
        let ones = |name: &str, one: i64| node.ints(name).is_none_or(|all| all.iter().all(|&value| value == one));
        let is_plain = ones("strides", 1) && ones("output_padding", 0) && node.ints("output_shape").is_none();
        let others = || (0..view.axes.len() - 1).filter(|&other| other != slid);
        let is_flat = weight.dims.len() == view.axes.len() + 1
            && others().all(|other| view.dim(1 + other) == 1 && weight.dims[2 + other] == 1);
        if !is_plain
            || !is_flat
            || node.int("group").unwrap_or(1) != 1
            || node.text("auto_pad").unwrap_or("NOTSET") != "NOTSET"
        {
            return Err("edits are carried through transposed convolutions of stride 1 only".into());
        }
        let taps = weight.dims[2 + slid];
        let of = |name: &str, at: usize, default: i64| {
            node.ints(name)
                .map_or(Some(default), |all| all.get(at).copied())
                .and_then(|value| usize::try_from(value).ok())
        };
        let axes = node.ints("pads").map_or(0, <[i64]>::len) / 2;
        let padded = || {
            let dilation = of("dilations", slid, 1)?;
            let reach = (taps - 1) * dilation;
            let before = reach.checked_sub(of("pads", slid, 0)?)?;
            let after = reach.checked_sub(of("pads", axes + slid, 0)?)?;
            let output = (view.extent.length + before + after).checked_sub(reach)?;
            Some(Window { taps, stride: 1, dilation, before, input: view.extent.length, output })
        };
        let window = padded().ok_or("it cuts away more than it adds")?;
        let mut strides = vec![0; view.axes.len()];
        strides[0] = weight.strides[0];
        let matrix = Matrix {
            name: weight.name,
            output: weight.strides[1],
            group: 0,
            channels: view.places(&strides).channels,
            taps: (0..taps).rev().map(|tap| tap * weight.strides[2 + slid]).collect(),
            outputs: weight.dims[1],
        };
        let bias = self.bias(node)?;
        self.slide(node, &view, slid, window, 1, matrix, bias)
    }

    fn bias(&self, node: &NodeProto) -> Result<Vec<Scaling>, Refusal> {
        if node.input_at(2).is_none() {
            return Ok(vec![]);
        }
        let bias = self.weight(node, 2)?;
        let channels = (0..bias.dims.iter().product()).map(|channel: usize| channel * bias.strides[0]).collect();
        Ok(vec![Scaling::Add(Coefficients { name: bias.name, position: 0, channels }, 1.0)])
    }

    #[allow(clippy::too_many_arguments, reason = "they are what a convolution is made of")]
    fn slide(
        &mut self,
        node: &NodeProto,
        view: &View,
        slid: usize,
        window: Window,
        groups: usize,
        weights: Matrix,
        scalings: Vec<Scaling>,
    ) -> Result<(), Refusal> {
        if window.input == 1 && window.output > 1 {
            return Err("it makes positions of what has none".into());
        }
        let extent = Extent { length: window.output, channels: weights.outputs };
        let tensor = self.step(Kind::Convolution { window, groups, weights, scalings }, vec![view.tensor], extent);
        let mut axes = vec![Vec::new(); view.axes.len()];
        axes[0].push(Part::Channel { size: extent.channels, stride: 1 });
        axes[1 + slid].push(Part::Position);
        self.give(node, View::new(tensor, extent, axes));
        Ok(())
    }

    pub fn pool(&mut self, node: &NodeProto, is_mean: bool) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let slid = slid_axis(&view)?;
        if node.output.iter().skip(1).any(|name| !name.is_empty()) || node.int("storage_order").unwrap_or(0) != 0 {
            return Err("it also tells which elements are the largest".into());
        }
        let taps = |axis: usize| {
            let taps = node.ints("kernel_shape").and_then(|all| all.get(axis).copied());
            taps.and_then(|taps| usize::try_from(taps).ok()).filter(|&taps| taps > 0).ok_or("it has no size of windows")
        };
        for other in (0..view.axes.len() - 1).filter(|&other| other != slid) {
            let axis = Axis::read(node, other, taps(other)?, view.dim(1 + other))?;
            if axis.taps != 1 || axis.stride != 1 || axis.before + axis.after != 0 {
                return Err("its windows slide over two axes".into());
            }
        }
        let axis = Axis::read(node, slid, taps(slid)?, view.extent.length)?;
        let window = axis.window();
        if window.input == 1 && window.output > 1 {
            return Err("it makes positions of what has none".into());
        }
        if (0..window.output).any(|at| window.taps_inside(at).is_empty()) {
            return Err("it has windows without any position".into());
        }
        let counts_pads = node.int("count_include_pad") == Some(1);
        let divisor = |at: usize| {
            if !counts_pads {
                return window.taps_inside(at).len() as f32;
            }
            let padded = Window { input: axis.before + axis.input + axis.after, before: 0, ..window };
            padded.taps_inside(at).len() as f32
        };
        let divisors = is_mean.then(|| (0..window.output).map(divisor).collect());
        let extent = Extent { length: window.output, ..view.extent };
        let tensor = self.step(Kind::Pool { window, divisors }, vec![view.tensor], extent);
        self.give(node, View::new(tensor, extent, view.axes));
        Ok(())
    }
}
