//! Nodes that only arrange elements anew: nothing is computed, axes are seen in another way.

use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::{Size, Spread, spread};

use super::view::{View, strides};
use super::walk::{Known, Refusal, Walk};
use super::weight::Weight;

impl Walk<'_> {
    pub fn arranged(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let axes = match node.op_type.as_str() {
            "Transpose" => {
                let rank = view.axes.len() + 1;
                let perm: Vec<i64> =
                    node.ints("perm").map_or_else(|| (0..rank as i64).rev().collect(), <[i64]>::to_vec);
                if perm.first() != Some(&0) || perm.len() != rank {
                    return Err("it moves the axis of the rows".into());
                }
                let moved = |&axis: &i64| Ok(view.axes[self.axis(axis, view.axes.len())?].clone());
                perm[1..].iter().map(moved).collect::<Result<Vec<_>, Refusal>>()?
            }
            "Squeeze" => {
                let dropped = match self.numbers(node, 1)? {
                    Some(axes) => {
                        axes.iter().map(|&axis| self.axis(axis, view.axes.len())).collect::<Result<_, _>>()?
                    }
                    None => (0..view.axes.len()).filter(|&axis| view.dim(axis) == 1).collect::<Vec<usize>>(),
                };
                if dropped.iter().any(|&axis| view.dim(axis) != 1) {
                    return Err("it leaves out an axis that is longer than one".into());
                }
                let kept = view.axes.iter().enumerate().filter(|(axis, _)| !dropped.contains(axis));
                kept.map(|(_, axis)| axis.clone()).collect()
            }
            "Unsqueeze" => {
                let added = self.numbers(node, 1)?.unwrap_or_default();
                let rank = view.axes.len() + added.len();
                let added: Vec<usize> = added.iter().map(|&axis| self.axis(axis, rank)).collect::<Result<_, _>>()?;
                let mut own = view.axes.iter();
                let axis = |axis: usize| if added.contains(&axis) { None } else { own.next() };
                (0..rank).map(axis).map(|axis| axis.cloned().unwrap_or_default()).collect()
            }
            _ => {
                let dims = self.new_shape(node, &view)?;
                let Some(reshaped) = view.reshaped(&dims) else {
                    return Err("its new shape parts the positions".into());
                };
                self.give(node, reshaped);
                return Ok(());
            }
        };
        self.give(node, View::new(view.tensor, view.extent, axes));
        Ok(())
    }

    /// The shape, without rows, that a node gives its input.
    fn new_shape(&self, node: &NodeProto, view: &View) -> Result<Vec<usize>, Refusal> {
        let elements: usize = view.dims().iter().product();
        if node.op_type == "Flatten" {
            let rank = view.axes.len() as i64 + 1;
            let axis = node.int("axis").unwrap_or(1);
            return if axis == 1 || axis == 1 - rank {
                Ok(vec![elements])
            } else {
                Err("it joins rows with others".into())
            };
        }
        let sizes = self.sizes(node, 1)?.ok_or("it has no new shape")?;
        let copies = node.int("allowzero").unwrap_or(0) == 0;
        let (rows, behind) = sizes.split_first().ok_or("it leaves no rows")?;
        let fixed = self.batch.map(|rows| rows as i64);
        match rows {
            Size::Rows | Size::Fixed(-1 | 1) => {}
            Size::Fixed(0) if copies => {}
            Size::Fixed(rows) if Some(*rows) == fixed => {}
            Size::Fixed(_) => return Err("it joins or parts rows".into()),
        }
        let mut open = None;
        let mut dims = Vec::with_capacity(behind.len());
        for (axis, size) in behind.iter().enumerate() {
            dims.push(match size {
                Size::Fixed(-1) => {
                    open = Some(axis);
                    1
                }
                Size::Fixed(0) if copies && axis < view.axes.len() => view.dim(axis),
                Size::Fixed(size) => usize::try_from(*size).map_err(|_| "it has a negative size")?,
                Size::Rows => return Err("it moves the axis of the rows".into()),
            });
        }
        let product: usize = dims.iter().product();
        if let Some(axis) = open {
            if product == 0 || !elements.is_multiple_of(product) {
                return Err("its new shape does not fit".into());
            }
            dims[axis] = elements / product;
        }
        if dims.iter().product::<usize>() == elements { Ok(dims) } else { Err("it joins or parts rows".into()) }
    }

    /// Follows a weight through a node that arranges it anew.
    pub fn arrange_weight(&mut self, node: &NodeProto) {
        let Some(Known::Weight(weight)) = self.known(node, 0).cloned() else { return };
        let is_contiguous = weight.strides == strides(&weight.dims);
        let arranged = match spread(node) {
            Spread::Kept if node.op_type != "Cast" => Some(weight),
            Spread::Arranged if node.op_type == "Transpose" => {
                let rank = weight.dims.len();
                let perm: Vec<usize> = match node.ints("perm") {
                    Some(perm) => perm.iter().filter_map(|&axis| usize::try_from(axis).ok()).collect(),
                    None => (0..rank).rev().collect(),
                };
                (perm.len() == rank && perm.iter().all(|&axis| axis < rank)).then(|| Weight {
                    name: weight.name,
                    dims: perm.iter().map(|&axis| weight.dims[axis]).collect(),
                    strides: perm.iter().map(|&axis| weight.strides[axis]).collect(),
                })
            }
            Spread::Arranged if is_contiguous => self.shape_of_weight(node, &weight).map(|dims| Weight {
                strides: strides(&dims),
                dims,
                name: weight.name,
            }),
            _ => None,
        };
        if let Some(weight) = arranged {
            self.give_weight(node, weight);
        }
    }

    fn shape_of_weight(&self, node: &NodeProto, weight: &Weight) -> Option<Vec<usize>> {
        let numbers = self.numbers(node, 1).ok().flatten();
        let rank = weight.dims.len();
        let absolute = |rank: usize| -> Option<Vec<usize>> {
            let from_start = |&axis: &i64| usize::try_from(if axis < 0 { axis + rank as i64 } else { axis }).ok();
            numbers.as_ref()?.iter().map(from_start).collect()
        };
        let elements: usize = weight.dims.iter().product();
        match node.op_type.as_str() {
            "Unsqueeze" => {
                let added = absolute(rank + numbers.as_ref()?.len())?;
                let mut own = weight.dims.iter();
                (0..rank + added.len())
                    .map(|axis| if added.contains(&axis) { Some(1) } else { own.next().copied() })
                    .collect()
            }
            "Squeeze" => {
                let dropped = absolute(rank)?;
                let kept = weight.dims.iter().enumerate().filter(|(axis, _)| !dropped.contains(axis));
                Some(kept.map(|(_, &dim)| dim).collect())
                    .filter(|dims: &Vec<usize>| dims.iter().product::<usize>() == elements)
            }
            "Reshape" => {
                let sizes = numbers?;
                let known: i64 = sizes.iter().filter(|&&size| size > 0).product();
                let dim = |(axis, &size): (usize, &i64)| match size {
                    0 => weight.dims.get(axis).copied(),
                    -1 => elements.checked_div(usize::try_from(known).ok()?),
                    size => usize::try_from(size).ok(),
                };
                let dims: Vec<usize> = sizes.iter().enumerate().map(dim).collect::<Option<_>>()?;
                (dims.iter().product::<usize>() == elements).then_some(dims)
            }
            _ => None,
        }
    }
}
