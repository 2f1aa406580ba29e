//! Functions of single elements, and arithmetic of two operands.

use kipos_onnx_graph::proto::NodeProto;

use super::step::Kind;
use super::view::{Part, View, strides};
use super::walk::{Known, Refusal, Walk};
use super::weight::{Coefficients, Scaling, Weight};
use crate::function::Function;

/// What a node does to each element of its first input.
enum Element {
    Function(Function),
    Scale(f64, f64),
    Cube,
}

impl Walk<'_> {
    pub fn function(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        if node.op_type == "PRelu" {
            return self.prelu(node, &view);
        }
        let result = match self.element(node)? {
            Element::Function(function) => self.step_on(Kind::Function(function), &view),
            Element::Scale(scale, shift) => self.step_on(Kind::Affine(vec![Scaling::Constant(scale, shift)]), &view),
            Element::Cube => {
                let square = self.step_on(Kind::Function(Function::Square), &view);
                let tensor = self.step(Kind::Product, vec![square.tensor, view.tensor], view.extent);
                View { tensor, ..view }
            }
        };
        self.give(node, result);
        Ok(())
    }

    /// What is above zero, and what is below times a slope: the one or the other is zero.
    fn prelu(&mut self, node: &NodeProto, view: &View) -> Result<(), Refusal> {
        let slopes = self.coefficients(view, &self.weight(node, 1)?)?;
        let above = self.step_on(Kind::Function(Function::Relu), view);
        let below = self.step_on(Kind::Function(Function::Clip(f32::MIN, 0.0)), view);
        let sloped = self.step_on(Kind::Affine(vec![Scaling::Multiply(slopes)]), &below);
        let tensor = self.step(Kind::Sum(1.0), vec![above.tensor, sloped.tensor], view.extent);
        self.give(node, View { tensor, ..view.clone() });
        Ok(())
    }

    fn element(&self, node: &NodeProto) -> Result<Element, Refusal> {
        let of = |name: &str, default: f64| node.float(name).unwrap_or(default) as f32;
        let bound = |at: usize, default: f32| match node.input_at(at) {
            None => Ok(default),
            Some(_) => self.scalar(node, at).map(|bound| bound as f32).ok_or("its bounds are not known before it runs"),
        };
        Ok(Element::Function(match node.op_type.as_str() {
            "Relu" => Function::Relu,
            "LeakyRelu" => Function::LeakyRelu(of("alpha", 0.01)),
            "Elu" => Function::Elu(of("alpha", 1.0)),
            "Celu" => Function::Celu(of("alpha", 1.0)),
            "Selu" => Function::Selu(of("alpha", 1.673_263_192_176_818_8), of("gamma", 1.050_701_022_148_132_3)),
            "ThresholdedRelu" => Function::ThresholdedRelu(of("alpha", 1.0)),
            "Sigmoid" => Function::Sigmoid,
            "HardSigmoid" => Function::HardSigmoid(of("alpha", 0.2), of("beta", 0.5)),
            "HardSwish" => Function::HardSwish,
            "Swish" => Function::Swish(of("alpha", 1.0)),
            "Tanh" => Function::Tanh,
            "Softplus" => Function::Softplus,
            "Softsign" => Function::Softsign,
            "Mish" => Function::Mish,
            "Gelu" if node.text("approximate") == Some("tanh") => Function::GeluTanh,
            "Gelu" => Function::Gelu,
            "Exp" => Function::Exp,
            "Log" => Function::Log,
            "Erf" => Function::Erf,
            "Sqrt" => Function::Sqrt,
            "Abs" => Function::Abs,
            "Reciprocal" => Function::Reciprocal,
            "Neg" => return Ok(Element::Scale(-1.0, 0.0)),
            "Clip" => Function::Clip(bound(1, f32::MIN)?, bound(2, f32::MAX)?),
            "Pow" => match self.scalar(node, 1) {
                Some(1.0) => return Ok(Element::Scale(1.0, 0.0)),
                Some(2.0) => Function::Square,
                Some(3.0) => return Ok(Element::Cube),
                Some(0.5) => Function::Sqrt,
                _ => {
                    return Err(
                        "edits are carried through squares, cubes and square roots, not through other powers".into()
                    );
                }
            },
            _ => return Err("the operator has no rule for edits".into()),
        }))
    }

    pub fn arithmetic(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let count = node.input.len();
        if count == 1 || count > 2 && node.op_type != "Sum" {
            return Err("it has another number of operands than two".into());
        }
        let mut result = self.known(node, 0).cloned();
        for at in 1..count {
            let combined = match (result.take(), self.known(node, at).cloned()) {
                (Some(Known::Tensor(a)), Some(Known::Tensor(b))) => self.of_two(&node.op_type, &a, &b)?,
                (Some(Known::Tensor(view)), _) => {
                    let weight = self.weight(node, at)?;
                    self.with_weight(&node.op_type, &view, &weight, false)?
                }
                (_, Some(Known::Tensor(view))) => {
                    let weight = self.weight(node, at - 1)?;
                    self.with_weight(&node.op_type, &view, &weight, true)?
                }
                _ => return Err("none of its operands depends on the sequence".into()),
            };
            result = Some(Known::Tensor(combined));
        }
        if let Some(Known::Tensor(view)) = result {
            self.give(node, view);
        }
        Ok(())
    }

    /// A value combined with a weight, which is the first operand if `is_first`.
    fn with_weight(&mut self, op: &str, view: &View, weight: &Weight, is_first: bool) -> Result<View, Refusal> {
        let numbers = self.coefficients(view, weight)?;
        let scalings = match (op, is_first) {
            ("Add" | "Sum", _) => vec![Scaling::Add(numbers, 1.0)],
            ("Sub", false) => vec![Scaling::Add(numbers, -1.0)],
            ("Sub", true) => vec![Scaling::SubtractFrom(numbers)],
            ("Mul", _) => vec![Scaling::Multiply(numbers)],
            ("Div", false) => vec![Scaling::Divide(numbers)],
            _ => {
                let over = self.step_on(Kind::Function(Function::Reciprocal), view);
                return Ok(self.step_on(Kind::Affine(vec![Scaling::Multiply(numbers)]), &over));
            }
        };
        Ok(self.step_on(Kind::Affine(scalings), view))
    }

    /// Where the numbers of a weight that is repeated along the axes of a tensor lie.
    pub fn coefficients(&self, view: &View, weight: &Weight) -> Result<Coefficients, Refusal> {
        let repeats = || "its weight has more axes or elements than its value".to_owned();
        let mut steps = vec![0; view.axes.len()];
        // From the last axis on; that of the rows comes first in the value.
        for (back, (&dim, &stride)) in weight.dims.iter().rev().zip(weight.strides.iter().rev()).enumerate() {
            match view.axes.len().checked_sub(back + 1) {
                _ if dim == 1 => {}
                Some(axis) if view.dim(axis) == dim => steps[axis] = stride,
                _ => return Err(repeats()),
            }
        }
        if weight.dims.len() > view.axes.len() + 1 {
            return Err(repeats());
        }
        let places = view.places(&steps);
        Ok(Coefficients { name: weight.name.clone(), position: places.position, channels: places.channels })
    }

    fn of_two(&mut self, op: &str, a: &View, b: &View) -> Result<View, Refusal> {
        let (a, b) = self.aligned(a, b)?;
        let kind = match op {
            "Add" | "Sum" => Kind::Sum(1.0),
            "Sub" => Kind::Sum(-1.0),
            "Mul" if a.tensor == b.tensor => return Ok(self.step_on(Kind::Function(Function::Square), &a)),
            "Mul" => Kind::Product,
            _ => Kind::Quotient,
        };
        let tensor = self.step(kind, vec![a.tensor, b.tensor], a.extent);
        Ok(View { tensor, ..a })
    }

    /// Both operands with the same channels, repeated where one has a single one.
    fn aligned(&mut self, a: &View, b: &View) -> Result<(View, View), Refusal> {
        if a.axes == b.axes && a.extent == b.extent {
            return Ok((a.clone(), b.clone()));
        }
        let grown = |view: &View, rank: usize| {
            let mut axes = vec![Vec::new(); rank - view.axes.len()];
            axes.extend(view.axes.clone());
            View::new(view.tensor, view.extent, axes)
        };
        let rank = a.axes.len().max(b.axes.len());
        let (a, b) = (grown(a, rank), grown(b, rank));
        if a.extent.length != b.extent.length || a.position_axis() != b.position_axis() {
            return Err(
                "it combines what all positions give with single positions, so a change reaches all of them".into()
            );
        }
        if a.position_axis().is_some_and(|(_, alone)| !alone) {
            return Err("it combines values in different arrangements".into());
        }
        let covers = |large: &View, small: &View| {
            large.dims().iter().zip(small.dims()).all(|(&large, small)| large == small || small == 1)
        };
        if covers(&a, &b) {
            let b = self.like(&a, &b);
            Ok((a, b))
        } else if covers(&b, &a) {
            let a = self.like(&b, &a);
            Ok((a, b))
        } else {
            Err("both of its operands are repeated".into())
        }
    }

    /// `small` with the channels of `large`.
    fn like(&mut self, large: &View, small: &View) -> View {
        // A list of channels alone: where axes of `small` have one, all of `large` find the same.
        let count = |axis: &Vec<Part>| -> usize {
            let sizes = axis.iter().map(|part| match part {
                Part::Channel { size, .. } => *size,
                Part::Position => 1,
            });
            sizes.product()
        };
        let dims: Vec<usize> = small.axes.iter().map(count).collect();
        let steps = strides(&dims);
        let own = small.places(&steps).channels;
        let mut channel_at = vec![0; own.len()];
        own.iter().enumerate().for_each(|(channel, &place)| channel_at[place] = channel as u32);
        let repeated: Vec<usize> =
            steps.iter().zip(&dims).map(|(&step, &dim)| if dim == 1 { 0 } else { step }).collect();
        let picked: Vec<u32> = large.places(&repeated).channels.iter().map(|&place| channel_at[place]).collect();
        let tensor = self.step(Kind::Pick(picked), vec![small.tensor], large.extent);
        View { tensor, ..large.clone() }
    }
}
