//! Products with matrices of weights.

use kipos_onnx_graph::proto::NodeProto;

use super::step::Kind;
use super::view::{Extent, Part, View};
use super::walk::{Known, Refusal, Walk};
use super::weight::{Matrix, Scaling, Weight};
use super::window::Window;

impl Walk<'_> {
    pub fn product(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        if let (Some(Known::Tensor(_)), Some(Known::Tensor(_))) = (self.known(node, 0), self.known(node, 1)) {
            return Err("it multiplies two values that depend on the sequence, as attention does".into());
        }
        let (view, weight) = (self.view(node, 0)?, self.weight(node, 1)?);
        if weight.dims.len() != 2 || view.axes.is_empty() {
            return Err("its weight is not a matrix".into());
        }
        if node.op_type == "MatMul" {
            let result = self.times(&view, &weight, [0, 1], vec![])?;
            self.give(node, result);
            return Ok(());
        }
        if node.int("transA").unwrap_or(0) != 0 || view.axes.len() != 1 {
            return Err("it turns its first factor".into());
        }
        let sides = if node.int("transB").unwrap_or(0) == 0 { [0, 1] } else { [1, 0] };
        let mut scalings = Vec::new();
        let alpha = node.float("alpha").unwrap_or(1.0);
        if alpha != 1.0 {
            scalings.push(Scaling::Constant(alpha, 0.0));
        }
        if node.input_at(2).is_some() {
            let added = self.weight(node, 2)?;
            let result = View::whole(0, &[weight.dims[sides[1]]]);
            scalings.push(Scaling::Add(self.coefficients(&result, &added)?, node.float("beta").unwrap_or(1.0)));
        }
        let result = self.times(&view, &weight, sides, scalings)?;
        self.give(node, result);
        Ok(())
    }

    /// The product over the last axis with the matrix whose axes are `sides`.
    fn times(
        &mut self,
        view: &View,
        weight: &Weight,
        [inner, outer]: [usize; 2],
        scalings: Vec<Scaling>,
    ) -> Result<View, Refusal> {
        let last = view.axes.len() - 1;
        if view.dim(last) != weight.dims[inner] {
            return Err("its matrix has another number of rows than its input has elements".into());
        }
        // What the other axes hold of the channels are groups, each of which is multiplied with the same matrix.
        let sizes = view.axes[..last].iter().flatten().map(|part| match part {
            Part::Channel { size, .. } => *size,
            Part::Position => 1,
        });
        let groups: usize = sizes.product();
        let with_positions = view.axes[last].contains(&Part::Position);
        if groups > 1 && with_positions {
            return Err("it multiplies the positions of each channel".into());
        }
        let view = if groups > 1 { self.in_order(view, None) } else { view.clone() };
        let of_group = weight.dims[outer];
        let mut strides = vec![0; view.axes.len()];
        strides[last] = weight.strides[inner];
        let mut places = view.places(&strides);
        places.channels.truncate(view.extent.channels / groups);
        let matrix = |taps: Vec<usize>| Matrix {
            name: weight.name.clone(),
            output: weight.strides[outer],
            group: 0,
            channels: places.channels.clone(),
            taps,
            outputs: groups * of_group,
        };
        let length = view.extent.length;
        let mut axes = view.axes.clone();
        for part in axes[..last].iter_mut().flatten() {
            if let Part::Channel { stride, .. } = part {
                *stride = *stride / places.channels.len() * of_group;
            }
        }
        axes[last] = vec![Part::Channel { size: of_group, stride: 1 }];
        if with_positions {
            let taps = (0..length).map(|position| position * places.position).collect();
            let extent = Extent { length: 1, channels: of_group };
            let tensor = self.step(Kind::Dense { weights: matrix(taps), scalings }, vec![view.tensor], extent);
            return Ok(View::new(tensor, extent, axes));
        }
        let window = Window { taps: 1, stride: 1, dilation: 1, before: 0, input: length, output: length };
        let extent = Extent { length, channels: groups * of_group };
        let kind = Kind::Convolution { window, groups, weights: matrix(vec![0]), scalings };
        let tensor = self.step(kind, vec![view.tensor], extent);
        Ok(View::new(tensor, extent, axes))
    }
}
