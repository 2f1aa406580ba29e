//! Graphs in float64, operator by operator as the standard defines them: plain loops over indices, which share nothing with
//! what they are compared with.

mod array;
mod functions;
mod windows;

use std::collections::HashMap;

use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::tensor::Constant;

pub use array::Array;
use array::{largest, mean, product};
pub use windows::Windows;

/// All tensors of a graph of these nodes, each behind those that it reads. `known` are its weights and inputs.
pub fn evaluate(nodes: &[NodeProto], known: impl IntoIterator<Item = (String, Array)>) -> HashMap<String, Array> {
    let mut known: HashMap<String, Array> = known.into_iter().collect();
    for node in nodes {
        let results = Operation { node, known: &known }.results();
        known.extend(node.output.iter().cloned().zip(results));
    }
    known
}

/// A node and what is known before it.
struct Operation<'a> {
    node: &'a NodeProto,
    known: &'a HashMap<String, Array>,
}

impl Operation<'_> {
    fn input(&self, at: usize) -> Option<&Array> {
        self.node.input.get(at).filter(|name| !name.is_empty()).map(|name| &self.known[name])
    }

    fn x(&self) -> &Array {
        self.input(0).unwrap()
    }

    fn float(&self, name: &str, default: f64) -> f64 {
        self.node.float(name).map_or(default, |number| f64::from(number as f32))
    }

    fn int(&self, name: &str, default: i64) -> i64 {
        self.node.int(name).unwrap_or(default)
    }

    /// The whole numbers of an input.
    fn ints(&self, at: usize) -> Option<Vec<i64>> {
        self.input(at).map(|array| array.data.iter().map(|&number| number as i64).collect())
    }

    fn scalar(&self, at: usize, default: f64) -> f64 {
        self.input(at).map_or(default, |array| array.data[0])
    }

    fn results(&self) -> Vec<Array> {
        let one = match self.node.op_type.as_str() {
            "Split" => return self.split(),
            "Identity" | "Dropout" | "Cast" => self.x().clone(),
            "Add" | "Sum" => self.folded(|a, b| a + b),
            "Sub" => self.folded(|a, b| a - b),
            "Mul" => self.folded(|a, b| a * b),
            "Div" => self.folded(|a, b| a / b),
            "Pow" => self.folded(f64::powf),
            "Max" => self.folded(f64::max),
            "PRelu" => self.folded(|x, slope| if x > 0.0 { x } else { slope * x }),
            "Conv" => self.convolution(),
            "ConvTranspose" => self.transposed_convolution(),
            "MaxPool" | "AveragePool" => self.pool(),
            "GlobalMaxPool" | "GlobalAveragePool" => self.global_pool(),
            "BatchNormalization" => self.batch_normalization(),
            "LayerNormalization" | "RMSNormalization" => self.layer_normalization(),
            "Softmax" | "LogSoftmax" => self.softmax(),
            "ReduceMax" | "ReduceSum" | "ReduceMean" | "ReduceL2" => self.reduction(),
            "MatMul" => product(self.x(), self.input(1).unwrap()),
            "Gemm" => self.gemm(),
            "Transpose" | "Flatten" | "Reshape" | "Squeeze" | "Unsqueeze" => self.arranged(),
            "ConstantOfShape" => self.constant_of_shape(),
            "Concat" => self.concat(),
            "Slice" => self.slice(),
            "Pad" => self.pad(),
            "Resize" => self.resize(),
            _ => self.x().map(self.function()),
        };
        vec![one]
    }

    fn folded(&self, function: impl Fn(f64, f64) -> f64) -> Array {
        (1..self.node.input.len()).fold(self.x().clone(), |sum, at| sum.with(self.input(at).unwrap(), &function))
    }

    fn convolution(&self) -> Array {
        let (x, weight) = (self.x(), self.input(1).unwrap());
        let windows = Windows::of(self.node, &x.dims[2..], &weight.dims[2..]);
        let groups = self.int("group", 1) as usize;
        let (inputs, outputs) = (weight.dims[1], weight.dims[0]);
        let dims = [&[x.dims[0], outputs], windows.output.as_slice()].concat();
        Array::from_fn(&dims, |index| {
            let first = index[1] / (outputs / groups) * inputs;
            let mut sum = self.input(2).map_or(0.0, |bias| bias.data[index[1]]);
            windows.each(&index[2..], |tap, place| {
                for channel in 0..inputs {
                    let from = [&[index[0], first + channel], place].concat();
                    sum += x.at(&from) * weight.at(&[&[index[1], channel], tap].concat());
                }
            });
            sum
        })
    }

    /// Of stride 1: every element of the input adds its weights to the output.
    fn transposed_convolution(&self) -> Array {
        let (x, weight) = (self.x(), self.input(1).unwrap());
        assert!(self.node.ints("strides").is_none_or(|all| all.iter().all(|&one| one == 1)));
        let (length, taps) = (*x.dims.last().unwrap(), *weight.dims.last().unwrap());
        assert!(x.dims.len() == 3 && self.int("group", 1) == 1);
        let of = |name: &str, at: usize, default: i64| self.node.ints(name).map_or(default, |all| all[at]) as usize;
        let (dilation, before, after) = (of("dilations", 0, 1), of("pads", 0, 0), of("pads", 1, 0));
        let full = length + (taps - 1) * dilation;
        let mut sums = Array::from_fn(&[x.dims[0], weight.dims[1], full], |index| {
            self.input(2).map_or(0.0, |bias| bias.data[index[1]])
        });
        Array::from_fn(&[x.dims[0], weight.dims[1], length, weight.dims[0], taps], |index| {
            let [row, output, position, channel, tap] = *index else { return 0.0 };
            let place = (row * weight.dims[1] + output) * full + position + tap * dilation;
            sums.data[place] += x.at(&[row, channel, position]) * weight.at(&[channel, output, tap]);
            0.0
        });
        sums.taken(2, &(before..full - after).collect::<Vec<usize>>())
    }

    fn pool(&self) -> Array {
        let x = self.x();
        let kernel: Vec<usize> = self.node.ints("kernel_shape").unwrap().iter().map(|&taps| taps as usize).collect();
        let windows = Windows::of(self.node, &x.dims[2..], &kernel);
        let dims = [&x.dims[..2], windows.output.as_slice()].concat();
        Array::from_fn(&dims, |index| {
            let mut numbers = Vec::new();
            windows.each(&index[2..], |_, place| numbers.push(x.at(&[&index[..2], place].concat())));
            if self.node.op_type == "MaxPool" {
                return largest(&numbers);
            }
            let counts_pads = self.int("count_include_pad", 0) == 1;
            let count = if counts_pads { windows.padded(&index[2..]) } else { numbers.len() };
            numbers.iter().sum::<f64>() / count as f64
        })
    }

    fn global_pool(&self) -> Array {
        let axes: Vec<usize> = (2..self.x().dims.len()).collect();
        let is_max = self.node.op_type == "GlobalMaxPool";
        self.x().reduced(&axes, true, if is_max { largest } else { mean })
    }

    fn reduction(&self) -> Array {
        let x = self.x();
        let axes: Vec<usize> = match self.ints(1) {
            Some(axes) => axes.iter().map(|&axis| x.axis(axis)).collect(),
            None => (0..x.dims.len()).collect(),
        };
        let keeps = self.int("keepdims", 1) == 1;
        match self.node.op_type.as_str() {
            "ReduceMax" => x.reduced(&axes, keeps, largest),
            "ReduceSum" => x.reduced(&axes, keeps, |numbers| numbers.iter().sum()),
            "ReduceL2" => x.reduced(&axes, keeps, |numbers| numbers.iter().map(|x| x * x).sum::<f64>().sqrt()),
            _ => x.reduced(&axes, keeps, mean),
        }
    }

    fn batch_normalization(&self) -> Array {
        let x = self.x();
        let [scale, shift, mean, variance] = [1, 2, 3, 4].map(|at| &self.input(at).unwrap().data);
        let epsilon = self.float("epsilon", 1e-5);
        Array::from_fn(&x.dims, |index| {
            let channel = index[1];
            (x.at(index) - mean[channel]) / (variance[channel] + epsilon).sqrt() * scale[channel] + shift[channel]
        })
    }

    fn layer_normalization(&self) -> Array {
        let x = self.x();
        let axes: Vec<usize> = (x.axis(self.int("axis", -1))..x.dims.len()).collect();
        let epsilon = self.float("epsilon", 1e-5);
        // Without the mean, of the squares of the numbers themselves.
        let distance = match self.node.op_type.as_str() {
            "RMSNormalization" => x.clone(),
            _ => x.with(&x.reduced(&axes, true, mean), |x, mean| x - mean),
        };
        let variance = distance.map(|x| x * x).reduced(&axes, true, mean);
        let scaled = distance.with(&variance, |x, variance| x / (variance + epsilon).sqrt());
        let scaled = self.input(1).map_or(scaled.clone(), |scale| scaled.with(scale, |a, b| a * b));
        self.input(2).map_or(scaled.clone(), |shift| scaled.with(shift, |a, b| a + b))
    }

    fn softmax(&self) -> Array {
        let x = self.x();
        let axes = [x.axis(self.int("axis", -1))];
        let x = x.with(&x.reduced(&axes, true, largest), |x, largest| x - largest);
        let sums = x.reduced(&axes, true, |numbers| numbers.iter().map(|x| x.exp()).sum());
        match self.node.op_type.as_str() {
            "Softmax" => x.with(&sums, |x, sum| x.exp() / sum),
            _ => x.with(&sums, |x, sum| x - sum.ln()),
        }
    }

    fn gemm(&self) -> Array {
        let side = |at: usize, name: &str| {
            let matrix = self.input(at).unwrap();
            if self.int(name, 0) == 1 { matrix.transposed(&[1, 0]) } else { matrix.clone() }
        };
        let alpha = self.float("alpha", 1.0);
        let scaled = product(&side(0, "transA"), &side(1, "transB")).map(|number| alpha * number);
        let beta = self.float("beta", 1.0);
        self.input(2).map_or(scaled.clone(), |added| scaled.with(added, |a, b| a + beta * b))
    }

    fn arranged(&self) -> Array {
        let x = self.x();
        let rank = x.dims.len();
        let dims: Vec<usize> = match self.node.op_type.as_str() {
            "Transpose" => {
                let perm = self.node.ints("perm").map(|perm| perm.iter().map(|&axis| axis as usize).collect());
                return x.transposed(&perm.unwrap_or_else(|| (0..rank).rev().collect::<Vec<usize>>()));
            }
            "Flatten" => {
                let (rows, rest) = x.dims.split_at(x.axis(self.int("axis", 1)));
                vec![rows.iter().product(), rest.iter().product()]
            }
            "Squeeze" => {
                let axes: Vec<usize> = self.ints(1).unwrap().iter().map(|&axis| x.axis(axis)).collect();
                x.dims.iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, &dim)| dim).collect()
            }
            "Unsqueeze" => {
                let axes = self.ints(1).unwrap();
                let full = (rank + axes.len()) as i64;
                let axes: Vec<usize> =
                    axes.iter().map(|&axis| (if axis < 0 { axis + full } else { axis }) as usize).collect();
                let mut own = x.dims.iter();
                (0..full as usize).map(|axis| if axes.contains(&axis) { 1 } else { *own.next().unwrap() }).collect()
            }
            _ => {
                let sizes = self.ints(1).unwrap();
                let known: Vec<usize> = sizes
                    .iter()
                    .enumerate()
                    .map(|(axis, &size)| if size == 0 { x.dims[axis] } else { size.max(1) as usize })
                    .collect();
                let open = x.data.len() / known.iter().product::<usize>();
                sizes.iter().zip(&known).map(|(&size, &dim)| if size == -1 { open } else { dim }).collect()
            }
        };
        x.shaped(&dims)
    }

    fn constant_of_shape(&self) -> Array {
        let dims: Vec<usize> = self.x().data.iter().map(|&length| length as usize).collect();
        let value = self.node.attribute.iter().find_map(|attribute| attribute.t.as_ref()?.constant());
        let Some(Constant::Ints(value)) = value else { panic!("only whole numbers are filled in here") };
        Array::new(&dims, vec![value[0] as f64; dims.iter().product()])
    }

    fn concat(&self) -> Array {
        let parts: Vec<&Array> = (0..self.node.input.len()).map(|at| self.input(at).unwrap()).collect();
        let axis = parts[0].axis(self.int("axis", 0));
        let mut dims = parts[0].dims.clone();
        dims[axis] = parts.iter().map(|part| part.dims[axis]).sum();
        Array::from_fn(&dims, |index| {
            let mut own = index.to_vec();
            for part in &parts {
                if own[axis] < part.dims[axis] {
                    return part.at(&own);
                }
                own[axis] -= part.dims[axis];
            }
            f64::NAN
        })
    }

    fn slice(&self) -> Array {
        let (starts, ends) = (self.ints(1).unwrap(), self.ints(2).unwrap());
        let axes = self.ints(3).unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = self.ints(4).unwrap_or_else(|| vec![1; starts.len()]);
        let mut x = self.x().clone();
        for (((&start, &end), &axis), &step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
            let axis = x.axis(axis);
            let dim = x.dims[axis] as i64;
            let from_start = |at: i64| if at < 0 { at.saturating_add(dim) } else { at };
            // Numbers of a weight go through float64 here, which rounds the largest.
            let places: Vec<usize> = if step > 0 {
                let (start, end) = (from_start(start).clamp(0, dim), from_start(end).clamp(0, dim));
                (start..end).step_by(step as usize).map(|at| at as usize).collect()
            } else {
                let (start, end) = (from_start(start).clamp(0, dim - 1), from_start(end).clamp(-1, dim - 1));
                (end + 1..=start).rev().step_by(-step as usize).map(|at| at as usize).collect()
            };
            x = x.taken(axis, &places);
        }
        x
    }

    fn split(&self) -> Vec<Array> {
        let x = self.x();
        let axis = x.axis(self.int("axis", 0));
        let parts = self.int("num_outputs", self.node.output.len() as i64) as usize;
        let size = x.dims[axis].div_ceil(parts);
        let even = || (0..parts).map(|part| size.min(x.dims[axis] - part * size)).collect();
        let sizes: Vec<usize> =
            self.ints(1).map_or_else(even, |sizes| sizes.iter().map(|&size| size as usize).collect());
        let mut start = 0;
        let part = |&size: &usize| {
            start += size;
            x.taken(axis, &(start - size..start).collect::<Vec<usize>>())
        };
        sizes.iter().map(part).collect()
    }

    fn pad(&self) -> Array {
        let x = self.x();
        let pads = self.ints(1).unwrap();
        let axes = self.ints(3).unwrap_or_else(|| (0..x.dims.len() as i64).collect());
        assert!(matches!(self.node.text("mode"), None | Some("constant")));
        let value = self.scalar(2, 0.0);
        let mut before = vec![0; x.dims.len()];
        let mut dims = x.dims.clone();
        for (at, &axis) in axes.iter().enumerate() {
            let axis = x.axis(axis);
            before[axis] = pads[at];
            dims[axis] = (dims[axis] as i64 + pads[at] + pads[axes.len() + at]) as usize;
        }
        Array::from_fn(&dims, |index| {
            let own: Option<Vec<usize>> = index
                .iter()
                .zip(&before)
                .zip(&x.dims)
                .map(|((&at, &before), &dim)| usize::try_from(at as i64 - before).ok().filter(|&at| at < dim))
                .collect();
            own.map_or(value, |own| x.at(&own))
        })
    }

    /// To the nearest position.
    fn resize(&self) -> Array {
        assert_eq!(self.node.text("mode").unwrap_or("nearest"), "nearest");
        let way = self.node.text("coordinate_transformation_mode").unwrap_or("half_pixel");
        let rounding = self.node.text("nearest_mode").unwrap_or("round_prefer_floor");
        let mut x = self.x().clone();
        let (scales, sizes) = (self.input(2).filter(|scales| !scales.data.is_empty()), self.ints(3));
        let axes = self.node.ints("axes").map_or_else(|| (0..x.dims.len() as i64).collect(), <[i64]>::to_vec);
        for (at, &axis) in axes.iter().enumerate() {
            let axis = x.axis(axis);
            let length = x.dims[axis] as f64;
            let (wanted, scale) = match (scales, &sizes) {
                (Some(scales), _) => ((length * scales.data[at]).floor(), scales.data[at]),
                (None, Some(sizes)) => (sizes[at] as f64, sizes[at] as f64 / length),
                _ => panic!("a Resize without scales and sizes"),
            };
            let place = |at: usize| {
                let at = at as f64;
                let place = match way {
                    "half_pixel" => (at + 0.5) / scale - 0.5,
                    "pytorch_half_pixel" if wanted <= 1.0 => 0.0,
                    "pytorch_half_pixel" => (at + 0.5) / scale - 0.5,
                    "asymmetric" => at / scale,
                    "align_corners" if wanted <= 1.0 => 0.0,
                    "align_corners" => at * (length - 1.0) / (wanted - 1.0),
                    other => panic!("no definition of {other} here"),
                };
                let nearest = match rounding {
                    "round_prefer_floor" => (place - 0.5).ceil(),
                    "round_prefer_ceil" => (place + 0.5).floor(),
                    "floor" => place.floor(),
                    "ceil" => place.ceil(),
                    other => panic!("no definition of {other} here"),
                };
                nearest.clamp(0.0, length - 1.0) as usize
            };
            x = x.taken(axis, &(0..wanted as usize).map(place).collect::<Vec<usize>>());
        }
        x
    }
}
