//! Reductions, normalizations and what else works on all elements along axes.

use kipos_onnx_graph::proto::NodeProto;

use super::step::{Along, AlongKind, Kind, Reduction};
use super::view::{Extent, Part, Places, View};
use super::walk::{Refusal, Walk};
use super::weight::Scaling;

const ALL_POSITIONS: &str = "it normalizes over all positions";

impl Walk<'_> {
    pub fn reduced(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let rank = view.axes.len();
        let axes: Vec<usize> = match self.numbers(node, 1)? {
            Some(axes) => axes.iter().map(|&axis| self.axis(axis, rank)).collect::<Result<_, _>>()?,
            None if node.int("noop_with_empty_axes").unwrap_or(0) != 0 => vec![],
            None => return Err("it works along the rows".into()),
        };
        let reduction = match node.op_type.as_str() {
            "ReduceSum" => Reduction::Sum,
            "ReduceMax" => Reduction::Max,
            _ => Reduction::Mean,
        };
        let mut result = self.reduce(&view, &axes, reduction);
        if node.int("keepdims").unwrap_or(1) == 0 {
            let kept = result.axes.iter().enumerate().filter(|(axis, _)| !axes.contains(axis));
            result.axes = kept.map(|(_, axis)| axis.clone()).collect();
        }
        self.give(node, result);
        Ok(())
    }

    pub fn global_pool(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let reduction = if node.op_type == "GlobalMaxPool" { Reduction::Max } else { Reduction::Mean };
        let axes: Vec<usize> = (1..view.axes.len()).collect();
        let result = self.reduce(&view, &axes, reduction);
        self.give(node, result);
        Ok(())
    }

    /// The view without the elements along `axes`, which stay as axes of length one.
    fn reduce(&mut self, view: &View, axes: &[usize], reduction: Reduction) -> View {
        let mut view = view.clone();
        if axes.iter().any(|&axis| view.axes[axis].contains(&Part::Position)) {
            let extent = Extent { length: 1, ..view.extent };
            let tensor = self.step(Kind::Reduce(reduction), vec![view.tensor], extent);
            view = View::new(tensor, extent, view.axes);
        }
        while let Some((size, stride)) = axes.iter().flat_map(|&axis| &view.axes[axis]).find_map(|part| match part {
            Part::Channel { size, stride } => Some((*size, *stride)),
            Part::Position => None,
        }) {
            let along = along(AlongKind::Reduce(reduction), view.extent.channels, size, stride);
            let extent = Extent { channels: view.extent.channels / size, ..view.extent };
            let tensor = self.step(Kind::Channels(along), vec![view.tensor], extent);
            let mut left = view.axes.clone();
            for axis in &mut left {
                axis.retain(|part| *part != Part::Channel { size, stride });
                for part in axis {
                    if let Part::Channel { stride: other, .. } = part
                        && *other > stride
                    {
                        *other /= size;
                    }
                }
            }
            view = View::new(tensor, extent, left);
        }
        view
    }

    /// A softmax, or a normalization of layers.
    pub fn along_axes(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let epsilon = node.float("epsilon").unwrap_or(1e-5);
        match node.op_type.as_str() {
            "LayerNormalization" => return self.normalization(node, &view, AlongKind::Normalize(epsilon)),
            "RMSNormalization" => return self.normalization(node, &view, AlongKind::Scale(epsilon)),
            _ => {}
        }
        let kind = if node.op_type == "Softmax" { AlongKind::Softmax } else { AlongKind::LogSoftmax };
        let axis = self.axis(node.int("axis").unwrap_or(-1), view.axes.len())?;
        let is_over_positions = view.axes[axis].contains(&Part::Position);
        let view = if is_over_positions { self.stitched(&view)? } else { self.in_order(&view, None) };
        let (size, stride) = match view.axes[axis].as_slice() {
            [] => (1, 1),
            [Part::Channel { size, stride }] => (*size, *stride),
            _ => return Err("it works along an axis in parts".into()),
        };
        let along = along(kind, view.extent.channels, size, stride);
        let result = self.step_on(Kind::Channels(along), &view);
        self.give(node, result);
        Ok(())
    }

    fn normalization(&mut self, node: &NodeProto, view: &View, kind: AlongKind) -> Result<(), Refusal> {
        if node.output.iter().skip(1).any(|name| !name.is_empty()) {
            return Err("it also gives means and deviations".into());
        }
        let first = self.axis(node.int("axis").unwrap_or(-1), view.axes.len())?;
        if view.axes[first..].iter().flatten().any(|part| *part == Part::Position) {
            return Err(ALL_POSITIONS.into());
        }
        let view = self.in_order(view, None);
        let size = (first..view.axes.len()).map(|axis| view.dim(axis)).product();
        let along = along(kind, view.extent.channels, size, 1);
        let mut result = self.step_on(Kind::Channels(along), &view);
        let mut scalings = Vec::new();
        if node.input_at(1).is_some() {
            scalings.push(Scaling::Multiply(self.coefficients(&result, &self.weight(node, 1)?)?));
        }
        if node.input_at(2).is_some() {
            scalings.push(Scaling::Add(self.coefficients(&result, &self.weight(node, 2)?)?, 1.0));
        }
        if !scalings.is_empty() {
            result = self.step_on(Kind::Affine(scalings), &result);
        }
        self.give(node, result);
        Ok(())
    }

    pub fn batch_normalization(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        if node.int("training_mode").unwrap_or(0) != 0 {
            return Err("it is in training mode".into());
        }
        let mut names = [const { String::new() }; 4];
        for (at, name) in names.iter_mut().enumerate() {
            let weight = self.weight(node, at + 1)?;
            if weight.dims != [view.axes.first().map_or(0, |_| view.dim(0))] || weight.strides != [1] {
                return Err("its statistics are not those of channels".into());
            }
            *name = weight.name;
        }
        let mut steps = vec![0; view.axes.len()];
        steps[0] = 1;
        let Places { position, channels } = view.places(&steps);
        let epsilon = node.float("epsilon").unwrap_or(1e-5);
        let scaling = Scaling::Normalize { names, epsilon, position, channels };
        let result = self.step_on(Kind::Affine(vec![scaling]), &view);
        self.give(node, result);
        Ok(())
    }
}

/// A function along a digit of the channels.
fn along(kind: AlongKind, channels: usize, count: usize, stride: usize) -> Along {
    let starts = (0..channels)
        .filter(|channel| (channel / stride).is_multiple_of(count))
        .map(|channel| channel as u32)
        .collect();
    Along { kind, starts, count, stride }
}
