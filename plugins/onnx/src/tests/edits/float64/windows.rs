//! The windows of convolutions and pools, as the standard defines them.

use kipos_onnx_graph::proto::NodeProto;

/// Windows over some axes.
pub struct Windows {
    taps: Vec<usize>,
    strides: Vec<usize>,
    dilations: Vec<usize>,
    before: Vec<usize>,
    after: Vec<usize>,
    input: Vec<usize>,
    /// How many there are along each axis.
    pub output: Vec<usize>,
}

impl Windows {
    /// The windows of a node with these taps over axes of these lengths.
    pub fn of(node: &NodeProto, input: &[usize], taps: &[usize]) -> Self {
        let rank = input.len();
        let all = |name: &str| -> Vec<usize> {
            node.ints(name).map_or_else(|| vec![1; rank], |all| all.iter().map(|&one| one as usize).collect())
        };
        let (strides, dilations) = (all("strides"), all("dilations"));
        let pads: Vec<usize> =
            node.ints("pads").map_or_else(|| vec![0; 2 * rank], |all| all.iter().map(|&one| one as usize).collect());
        let (mut before, mut after) = (pads[..rank].to_vec(), pads[rank..].to_vec());
        let auto = node.text("auto_pad").unwrap_or("NOTSET");
        let mut output = Vec::with_capacity(rank);
        for axis in 0..rank {
            let reach = (taps[axis] - 1) * dilations[axis] + 1;
            if auto.starts_with("SAME") {
                let count = input[axis].div_ceil(strides[axis]);
                let pads = ((count - 1) * strides[axis] + reach).saturating_sub(input[axis]);
                let (small, large) = (pads / 2, pads - pads / 2);
                (before[axis], after[axis]) = if auto == "SAME_UPPER" { (small, large) } else { (large, small) };
            } else if auto == "VALID" {
                (before[axis], after[axis]) = (0, 0);
            }
            let room = before[axis] + input[axis] + after[axis] - reach;
            let mut count = room / strides[axis] + 1;
            let rounds_up = auto == "NOTSET" && node.int("ceil_mode") == Some(1) && !room.is_multiple_of(strides[axis]);
            // A window more, unless it begins in what fills up the end.
            count += usize::from(rounds_up && count * strides[axis] < before[axis] + input[axis]);
            output.push(count);
        }
        Self { taps: taps.to_vec(), strides, dilations, before, after, input: input.to_vec(), output }
    }

    /// Calls `visit` with each tap of a window that meets a place which is there, and that place.
    pub fn each(&self, window: &[usize], mut visit: impl FnMut(&[usize], &[usize])) {
        self.taps_of(window, |tap, place| {
            let own: Option<Vec<usize>> = (0..place.len())
                .map(|axis| place[axis].checked_sub(self.before[axis]).filter(|&at| at < self.input[axis]))
                .collect();
            if let Some(own) = own {
                visit(tap, &own);
            }
        });
    }

    /// How many taps of a window meet a place that is there or filled up.
    pub fn padded(&self, window: &[usize]) -> usize {
        let mut count = 0;
        self.taps_of(window, |_, place| {
            let is_there = |axis: usize| place[axis] < self.before[axis] + self.input[axis] + self.after[axis];
            count += usize::from((0..place.len()).all(is_there));
        });
        count
    }

    /// Calls `visit` with each tap of a window and its place, counted from the first that is filled up.
    fn taps_of(&self, window: &[usize], mut visit: impl FnMut(&[usize], &[usize])) {
        let count: usize = self.taps.iter().product();
        for number in 0..count {
            let (mut rest, mut tap) = (number, vec![0; self.taps.len()]);
            for axis in (0..self.taps.len()).rev() {
                (tap[axis], rest) = (rest % self.taps[axis], rest / self.taps[axis]);
            }
            let place: Vec<usize> = (0..tap.len())
                .map(|axis| window[axis] * self.strides[axis] + tap[axis] * self.dilations[axis])
                .collect();
            visit(&tap, &place);
        }
    }
}
