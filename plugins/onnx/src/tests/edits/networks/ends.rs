//! The ends of random networks: what makes outputs of positions.

use kipos_onnx_graph::attribute::{float, int, ints};

use super::Network;

impl Network {
    pub fn end(&mut self) {
        let (channels, length) = (self.channels, self.length);
        match self.below(12) {
            0 | 1 => {
                self.has("dense layer of all positions");
                self.then("Flatten", &[], vec![]);
                self.dense(channels * length);
            }
            2 => {
                self.has("dense layer of positions before channels");
                let shape = self.numbers(&[0, -1]);
                self.turn();
                self.then("Reshape", &[&shape], vec![]);
                let matrix = self.weight(&[channels * length, 5], channels * length);
                self.then("MatMul", &[&matrix], vec![]);
                self.then("Tanh", &[], vec![]);
            }
            3 => {
                self.then("GlobalAveragePool", &[], vec![]);
                self.then("Flatten", &[], vec![]);
                self.dense(channels);
            }
            4 => {
                self.then("GlobalMaxPool", &[], vec![]);
                let shape = self.numbers(&[0, -1]);
                self.then("Reshape", &[&shape], vec![]);
                self.dense(channels);
            }
            5 | 6 => {
                let axes = self.numbers(&[2]);
                let kind = ["ReduceMax", "ReduceSum", "ReduceMean"][self.below(3)];
                self.has(&format!("{kind} of positions"));
                self.then(kind, &[&axes], vec![int("keepdims", 0)]);
                self.dense(channels);
            }
            7 => self.profile_and_counts(),
            8 => {
                self.turn();
                self.then("Flatten", &[], vec![]);
                self.has("LogSoftmax of all positions");
                self.then("LogSoftmax", &[], vec![]);
            }
            9 => {
                let place = self.below(length) as i64;
                let numbers = [place, place + 1, 2].map(|number| self.numbers(&[number]));
                self.has("Slice of a single position");
                self.then("Slice", &numbers.each_ref().map(String::as_str), vec![]);
                self.then("Flatten", &[], vec![]);
                self.dense(channels);
            }
            _ => {
                self.has("profile of all channels");
                self.then("Sigmoid", &[], vec![]);
            }
        }
        self.give();
    }

    pub fn dense(&mut self, inputs: usize) {
        let outputs = 1 + self.below(40);
        let bias = self.weight(&[outputs], 4);
        if self.below(2) == 0 {
            let matrix = self.weight(&[outputs, inputs], inputs);
            self.then("Gemm", &[&matrix, &bias], vec![int("transB", 1)]);
        } else {
            let matrix = self.weight(&[inputs, outputs], inputs);
            self.has("Gemm with factors");
            self.then("Gemm", &[&matrix, &bias], vec![float("alpha", 0.75), float("beta", 1.5)]);
        }
        self.then("Relu", &[], vec![]);
        self.without_rule();
        let matrix = self.weight(&[outputs, 3], outputs);
        self.then("MatMul", &[&matrix], vec![]);
        self.then("Sigmoid", &[], vec![]);
    }

    /// Sometimes an operator through which edits are not carried, so that the engine computes all that follows.
    fn without_rule(&mut self) {
        match self.below(6) {
            0 => {
                let (axes, value) = (self.numbers(&[1]), self.value.clone());
                let length = self.node("ReduceL2", &[&value, &axes], vec![int("keepdims", 1)]);
                let half = self.known(&[], &[0.5]);
                let length = self.node("Add", &[&length, &half], vec![]);
                self.then("Div", &[&length], vec![]);
            }
            1 => self.then("Sin", &[], vec![]),
            2 => {
                let bound = self.known(&[], &[0.25]);
                self.then("Max", &[&bound], vec![]);
            }
            _ => {}
        }
    }

    fn profile_and_counts(&mut self) {
        let (channels, value) = (self.channels, self.value.clone());
        let outputs = 1 + self.below(2);
        let weight = self.weight(&[outputs, channels, 9], 9 * channels);
        self.has("profile of few outputs");
        self.then("Conv", &[&weight], vec![ints("kernel_shape", [9]), ints("pads", [4, 4])]);
        self.then("Flatten", &[], vec![]);
        let profile = self.value.clone();
        self.value = value;
        self.then("GlobalAveragePool", &[], vec![]);
        self.then("Flatten", &[], vec![]);
        let matrix = self.weight(&[channels, 2], channels);
        self.then("MatMul", &[&matrix], vec![]);
        let counts = self.value.clone();
        self.value = self.node("Concat", &[&profile, &counts], vec![int("axis", 1)]);
    }
}
