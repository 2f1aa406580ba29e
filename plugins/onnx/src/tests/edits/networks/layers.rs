//! The layers that random networks are made of: each form of each operator that edits are carried through.

use kipos_onnx_graph::attribute::{float, int, ints, tensor, text};
use kipos_onnx_graph::proto::{AttributeProto, TensorProto};
use kipos_onnx_graph::tensor::element;

use super::super::float64::Windows;
use super::Network;

impl Network {
    pub fn layer(&mut self) {
        match self.below(17) {
            0 | 1 => self.convolution(),
            2 => self.pool("MaxPool"),
            3 => self.pool("AveragePool"),
            4 | 5 => self.function(),
            6 => self.along_channels(),
            7 | 8 => self.of_two(),
            9 => self.with_weights(),
            10 | 11 => self.parts(),
            12 => self.filled(),
            13 => self.over_two_axes(),
            14 => self.transposed_convolution(),
            15 => self.resized(),
            _ => self.normalized(),
        }
    }

    /// A layer that treats all positions alike, unless it joins positions.
    pub fn layer_alike(&mut self) {
        match self.below(9) {
            0..=2 => self.convolution(),
            3 => self.pool("MaxPool"),
            4 | 5 => self.function(),
            6 => self.along_channels(),
            7 => self.of_two(),
            _ => self.normalized(),
        }
    }

    /// The attributes of windows, how many taps they have and how many there are.
    fn windows(&mut self, kind: &str) -> Option<(Vec<AttributeProto>, usize, usize)> {
        let is_conv = kind == "Conv";
        let (taps, stride) = (1 + self.below(if is_conv { 7 } else { 4 }), 1 + self.below(self.strides - 1));
        let dilation = if kind == "AveragePool" { 1 } else { 1 + self.below(3) };
        if self.length < 8 || self.length < (taps - 1) * dilation + 4 {
            return None;
        }
        let mut attributes = vec![ints("kernel_shape", [taps as i64]), ints("strides", [stride as i64])];
        if dilation > 1 {
            attributes.push(ints("dilations", [dilation as i64]));
        }
        match self.below(6) {
            // Of others, the engine refuses the first, and makes of the second what the standard does not say.
            0 if dilation == 1 && taps + 1 >= stride => attributes.push(text("auto_pad", "SAME_UPPER")),
            1 if dilation == 1 && taps + 1 >= stride => attributes.push(text("auto_pad", "SAME_LOWER")),
            2 => attributes.push(text("auto_pad", "VALID")),
            _ => {
                // A convolution may fill up more than a window reaches.
                let most = if is_conv { taps + 2 } else { taps };
                attributes.push(ints("pads", [self.below(most) as i64, self.below(most) as i64]));
                if !is_conv && self.below(2) == 1 {
                    attributes.push(int("ceil_mode", 1));
                    self.has(&format!("{kind} that rounds up"));
                }
            }
        }
        let form = |network: &mut Self, is: bool, form: &str| {
            if is {
                network.has(&format!("{kind} {form}"));
            }
        };
        form(self, stride > 1, "of stride");
        form(self, dilation > 1, "of dilation");
        form(self, taps > stride, "that overlaps");
        form(self, taps < stride, "that leaves out positions");
        let node = super::op(kind, &[], "", attributes.clone());
        let auto = node.text("auto_pad").unwrap_or("of pads").to_owned();
        form(self, true, &auto);
        let length = Windows::of(&node, &[self.length], &[taps]).output[0];
        (length > 1).then_some((attributes, taps, length))
    }

    pub fn convolution(&mut self) {
        let outputs = 2 * (1 + self.below(12));
        let (groups, outputs) = match self.below(4) {
            0 if self.channels.is_multiple_of(2) => (2, outputs),
            1 if self.channels > 2 => (self.channels, self.channels * (1 + self.below(2))),
            _ => (1, outputs),
        };
        let Some((mut attributes, taps, length)) = self.windows("Conv") else { return };
        if groups > 1 {
            self.has(if groups == self.channels { "Conv of single channels" } else { "Conv of groups" });
        }
        attributes.push(int("group", groups as i64));
        let weight = self.weight(&[outputs, self.channels / groups, taps], taps * self.channels / groups);
        let bias = self.weight(&[outputs], 4);
        let others: &[&str] = if self.below(4) == 0 { &[&weight] } else { &[&weight, &bias] };
        self.then("Conv", others, attributes);
        (self.channels, self.length) = (outputs, length);
    }

    fn transposed_convolution(&mut self) {
        let (taps, dilation, outputs) = (1 + self.below(4), 1 + self.below(2), 1 + self.below(9));
        let reach = (taps - 1) * dilation;
        let pads = [self.below(reach + 1), self.below(reach + 1)];
        if self.length < 12 {
            return;
        }
        let (weight, bias) =
            (self.weight(&[self.channels, outputs, taps], taps * self.channels), self.weight(&[outputs], 4));
        let attributes = vec![
            ints("kernel_shape", [taps as i64]),
            ints("dilations", [dilation as i64]),
            ints("pads", pads.map(|pad| pad as i64)),
        ];
        self.then("ConvTranspose", &[&weight, &bias], attributes);
        (self.channels, self.length) = (outputs, self.length + reach - pads[0] - pads[1]);
    }

    fn pool(&mut self, kind: &str) {
        let Some((mut attributes, _, length)) = self.windows(kind) else { return };
        if kind == "AveragePool" && self.below(2) == 1 {
            attributes.push(int("count_include_pad", 1));
            self.has("AveragePool that counts what is filled up");
        }
        self.then(kind, &[], attributes);
        self.length = length;
    }

    fn function(&mut self) {
        let (alpha, beta) = (0.25 + self.below(8) as f64 / 8.0, 0.5 + self.below(4) as f64 / 8.0);
        match self.below(27) {
            0 | 1 => self.then("Relu", &[], vec![]),
            2 => self.then("LeakyRelu", &[], vec![float("alpha", alpha)]),
            3 => self.then("Elu", &[], vec![float("alpha", alpha)]),
            4 => self.then("Celu", &[], vec![float("alpha", alpha)]),
            5 => self.then("Selu", &[], vec![float("alpha", alpha + 1.0), float("gamma", beta)]),
            6 => self.then("ThresholdedRelu", &[], vec![float("alpha", alpha)]),
            7 => self.then("Sigmoid", &[], vec![]),
            8 => self.then("HardSigmoid", &[], vec![float("alpha", alpha), float("beta", beta)]),
            9 => self.then("HardSwish", &[], vec![]),
            10 => self.then("Tanh", &[], vec![]),
            11 => self.then("Softplus", &[], vec![]),
            12 => self.then("Softsign", &[], vec![]),
            13 => self.then("Mish", &[], vec![]),
            14 => self.then("Gelu", &[], vec![]),
            15 => self.then("Gelu", &[], vec![text("approximate", "tanh")]),
            16 => self.then("Erf", &[], vec![]),
            17 => self.then("Abs", &[], vec![]),
            18 => self.then("Neg", &[], vec![]),
            19 => {
                self.then("Tanh", &[], vec![]);
                self.then("Exp", &[], vec![]);
            }
            20..=22 => {
                // Of numbers above a tenth.
                let tenth = self.known(&[], &[0.1]);
                self.then("Softplus", &[], vec![]);
                self.then("Add", &[&tenth], vec![]);
                let kind = ["Log", "Sqrt", "Reciprocal"][self.below(3)];
                self.then(kind, &[], vec![]);
            }
            23 => {
                let bounds = [-beta, alpha].map(|bound| self.known(&[], &[bound]));
                self.then("Clip", &bounds.each_ref().map(String::as_str), vec![]);
            }
            24 | 25 => {
                let exponent = [1.0, 2.0, 3.0][self.below(3)];
                self.has(&format!("Pow of {exponent}"));
                let exponent = self.known(&[], &[exponent]);
                self.then("Tanh", &[], vec![]);
                self.then("Pow", &[&exponent], vec![]);
            }
            _ => {
                let slope = self.weight(&[self.channels, 1], 4);
                self.then("PRelu", &[&slope], vec![]);
            }
        }
    }

    fn along_channels(&mut self) {
        match self.below(8) {
            0 => self.then("Softmax", &[], vec![int("axis", 1)]),
            1 => self.then("LogSoftmax", &[], vec![int("axis", -2)]),
            2 => {
                let outputs = 1 + self.below(9);
                let (matrix, bias) =
                    (self.weight(&[self.channels, outputs], self.channels), self.weight(&[outputs], 4));
                self.turn();
                self.then("MatMul", &[&matrix], vec![]);
                self.then("Add", &[&bias], vec![]);
                self.turn();
                self.channels = outputs;
            }
            3 if self.channels.is_multiple_of(2) => self.in_groups(),
            4..=6 => {
                let kind = ["ReduceMax", "ReduceSum", "ReduceMean"][self.below(3)];
                self.has(&format!("{kind} of channels"));
                let axes = self.numbers(&[1]);
                self.then(kind, &[&axes], vec![int("keepdims", 1)]);
                self.channels = 1;
            }
            _ => {
                let axes = self.numbers(&[1]);
                let value = self.value.clone();
                let mean = self.node("ReduceMean", &[&value, &axes], vec![int("keepdims", 1)]);
                self.then("Sub", &[&mean], vec![]);
            }
        }
    }

    /// A product of each half of the channels with the same matrix.
    fn in_groups(&mut self) {
        let (half, outputs, length) = (self.channels / 2, 1 + self.below(6), self.length as i64);
        let matrix = self.weight(&[half, outputs], half);
        let apart = self.numbers(&[0, 2, half as i64, length]);
        let together = self.numbers(&[0, 2 * outputs as i64, length]);
        self.has("MatMul of groups");
        self.then("Reshape", &[&apart], vec![]);
        self.then("Transpose", &[], vec![ints("perm", [0, 1, 3, 2])]);
        self.then("MatMul", &[&matrix], vec![]);
        self.then("Transpose", &[], vec![ints("perm", [0, 1, 3, 2])]);
        self.then("Reshape", &[&together], vec![]);
        self.channels = 2 * outputs;
    }

    /// Positions repeated, or every second one.
    fn resized(&mut self) {
        if self.length > 100 || self.length < 12 {
            return;
        }
        let form = self.below(4);
        let (way, rounding) =
            [("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("asymmetric", "ceil")][self.below(3)];
        let attributes =
            vec![text("mode", "nearest"), text("coordinate_transformation_mode", way), text("nearest_mode", rounding)];
        if form == 0 {
            let sizes = self.numbers(&[2 * self.length as i64]);
            self.has("Resize to a length");
            self.then("Resize", &["", "", &sizes], [attributes, vec![ints("axes", [2])]].concat());
            self.length *= 2;
            return;
        }
        let scale = [0.5, 2.0, 3.0][form - 1];
        self.has(&format!("Resize by {scale}"));
        let scales = self.known(&[3], &[1.0, 1.0, scale]);
        self.then("Resize", &["", &scales], attributes);
        self.length = (self.length as f64 * scale) as usize;
    }

    fn normalized(&mut self) {
        let channels = self.channels;
        if self.below(2) == 0 {
            let [scale, shift, mean] = [1, 4, 4].map(|inputs| self.weight(&[channels], inputs));
            let variance: Vec<f64> = (0..channels).map(|at| 0.5 + at as f64 / 10.0).collect();
            let variance = self.known(&[channels], &variance);
            self.then("BatchNormalization", &[&scale, &shift, &mean, &variance], vec![float("epsilon", 1e-3)]);
            return;
        }
        let (scale, shift) = (self.weight(&[channels], 1), self.weight(&[channels], 4));
        let others: &[&str] = if self.below(3) == 0 { &[&scale] } else { &[&scale, &shift] };
        self.turn();
        self.then("LayerNormalization", others, vec![float("epsilon", 1e-2)]);
        self.turn();
    }

    fn of_two(&mut self) {
        let (channels, value) = (self.channels, self.value.clone());
        match self.below(9) {
            0 => {
                let other = self.same(channels);
                self.then("Add", &[&other], vec![]);
            }
            1 => {
                let (a, b) = (self.same(channels), self.same(channels));
                self.then("Sum", &[&a, &b], vec![]);
            }
            2 => {
                let (a, b) = (self.same(channels), self.same(channels));
                let (a, b) = (self.node("Sigmoid", &[&a], vec![]), self.node("Tanh", &[&b], vec![]));
                self.value = self.node("Mul", &[&a, &b], vec![]);
            }
            3 => {
                let gate = self.same(1);
                let gate = self.node("Sigmoid", &[&gate], vec![]);
                self.has("Mul that repeats a channel");
                self.then("Mul", &[&gate], vec![]);
            }
            4 => {
                let more = 1 + self.below(5);
                let (a, b) = (self.same(more), self.same(2));
                self.has("Concat of channels");
                self.then("Concat", &[&a, &b], vec![int("axis", 1)]);
                self.channels += more + 2;
            }
            5 if self.length < 100 => {
                let other = self.same(channels);
                self.has("Concat of positions");
                self.then("Concat", &[&other], vec![int("axis", 2)]);
                self.length *= 2;
            }
            6 => {
                let other = self.same(channels);
                let other = self.node("Softplus", &[&other], vec![]);
                let half = self.known(&[], &[0.5]);
                let other = self.node("Add", &[&other, &half], vec![]);
                self.then("Div", &[&other], vec![]);
            }
            7 => {
                let other = self.same(channels);
                self.value = self.node("Sub", &[&other, &value], vec![]);
            }
            _ => {
                self.then("Tanh", &[], vec![]);
                let own = self.value.clone();
                self.has("Mul with itself");
                self.then("Mul", &[&own], vec![]);
            }
        }
    }

    fn with_weights(&mut self) {
        let (channels, length) = (self.channels, self.length);
        let value = self.value.clone();
        match self.below(6) {
            0 => {
                let weight = self.weight(&[channels, 1], 1);
                self.then("Mul", &[&weight], vec![]);
            }
            1 => {
                let weight = self.weight(&[1, channels, length], 1);
                self.has("Add of a weight by position");
                self.then("Add", &[&weight], vec![]);
            }
            2 => {
                let weight = self.weight(&[length], 1);
                self.has("Mul with a weight by position");
                self.then("Mul", &[&weight], vec![]);
            }
            3 => {
                let weight = self.weight(&[channels, 1], 4);
                self.has("Sub from a weight");
                self.value = self.node("Sub", &[&weight, &value], vec![]);
            }
            4 => {
                let weight = self.known(&[], &[1.75]);
                self.has("Div by a weight");
                self.then("Div", &[&weight], vec![]);
            }
            _ => {
                let (half, weight) = (self.known(&[], &[0.5]), self.weight(&[channels, 1], 4));
                self.then("Softplus", &[], vec![]);
                let below = self.node("Add", &[&half, &self.value.clone()], vec![]);
                self.has("Div of a weight");
                self.value = self.node("Div", &[&weight, &below], vec![]);
            }
        }
    }

    /// Parts of channels and positions.
    fn parts(&mut self) {
        let (length, before, after) = (self.length as i64, self.below(4) as i64, self.below(4) as i64);
        match self.below(7) {
            0 if length > 12 => {
                let step = 1 + self.below(2) as i64;
                let numbers = [before, length - after, 2, step].map(|number| self.numbers(&[number]));
                self.has(if step > 1 { "Slice of every second position" } else { "Slice of positions" });
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.length = ((length - after - before + step - 1) / step) as usize;
            }
            1 if length > 12 => {
                let cut = 4 + before;
                let sizes = self.numbers(&[cut, length - cut]);
                let value = self.value.clone();
                self.has("Split of positions");
                let parts = self.nodes_of("Split", &[&value, &sizes], 2, vec![int("axis", 2)]);
                self.value.clone_from(&parts[1]);
                self.length = (length - cut) as usize;
            }
            2 | 3 if self.channels.is_multiple_of(2) => {
                let value = self.value.clone();
                self.has("Split of channels");
                let attributes = vec![int("axis", 1), int("num_outputs", 2)];
                let parts = self.nodes_of("Split", &[&value], 2, attributes);
                let gate = self.node("Sigmoid", &[&parts[1]], vec![]);
                self.value = self.node("Mul", &[&parts[0], &gate], vec![]);
                self.channels /= 2;
            }
            4 if length > 12 => {
                let numbers = [-1 - after, i64::MIN, 2, -1 - before / 2].map(|number| self.numbers(&[number]));
                self.has("Slice that goes back");
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.length = (length - after).unsigned_abs().div_ceil(1 + before.unsigned_abs() / 2) as usize;
            }
            5 if self.channels > 3 => {
                let numbers = [1, i64::MAX, 1].map(|number| self.numbers(&[number]));
                self.has("Slice of channels");
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.channels -= 1;
            }
            _ => {}
        }
    }

    fn filled(&mut self) {
        let (before, after) = (self.below(4) as i64, self.below(4) as i64);
        let (pads, value) = match self.below(3) {
            0 => (self.computed_pads(before, after), self.known(&[], &[0.5])),
            _ => (self.numbers(&[0, 0, before, 0, 0, after]), self.known(&[], &[0.5])),
        };
        let others: &[&str] = if self.below(2) == 0 { &[&pads] } else { &[&pads, &value] };
        self.then("Pad", others, vec![]);
        // Directly before a pool, the engine would join both, and then refuse what it made.
        self.then("Tanh", &[], vec![]);
        self.length += (before + after) as usize;
    }

    /// Pads of positions as PyTorch writes them: pairs from the last axis on, turned into all starts and then all ends.
    fn computed_pads(&mut self, before: i64, after: i64) -> String {
        let [four, pair, pairs] = [&[4][..], &[before, after], &[-1, 2]].map(|numbers| self.numbers(numbers));
        let [last, first, axis] = [-1, i64::MIN + 1, 0].map(|number| self.numbers(&[number]));
        let zeros =
            self.node("ConstantOfShape", &[&four], vec![tensor("value", TensorProto::of_ints("", vec![1], &[0]))]);
        let all = self.node("Concat", &[&pair, &zeros], vec![int("axis", 0)]);
        let table = self.node("Reshape", &[&all, &pairs], vec![]);
        let table = self.node("Slice", &[&table, &last, &first, &axis, &last], vec![]);
        let table = self.node("Transpose", &[&table], vec![ints("perm", [1, 0])]);
        let list = self.node("Reshape", &[&table, &last], vec![]);
        self.node("Cast", &[&list], vec![int("to", i64::from(element::I64))])
    }

    /// Convolutions over two axes, of which one has the length one or is covered at once.
    fn over_two_axes(&mut self) {
        if self.length < 12 {
            return;
        }
        let outputs = 1 + self.below(6);
        let (axis, length) = (self.below(3), self.length);
        self.has(["Conv of height one", "Conv of width one", "Conv that covers an axis"][axis]);
        let added = self.numbers(&[[2, 3, 1][axis]]);
        self.then("Unsqueeze", &[&added], vec![]);
        let (inputs, taps) = match axis {
            0 => (self.channels, [1, 4]),
            1 => (self.channels, [4, 1]),
            _ => (1, [self.channels, 4]),
        };
        let weight = self.weight(&[outputs, inputs, taps[0], taps[1]], 4 * self.channels);
        self.then("Conv", &[&weight], vec![ints("kernel_shape", taps.map(|taps| taps as i64))]);
        let window: [i64; 2] = if axis == 1 { [2, 1] } else { [1, 2] };
        let kind = ["MaxPool", "AveragePool"][self.below(2)];
        self.then(kind, &[], vec![ints("kernel_shape", window), ints("strides", window)]);
        let dropped = self.numbers(&[if axis == 1 { 3 } else { 2 }]);
        self.then("Squeeze", &[&dropped], vec![]);
        (self.channels, self.length) = (outputs, (length - 3 - 2) / 2 + 1);
    }
}
