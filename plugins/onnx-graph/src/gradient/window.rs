//! The windows of convolutions and pools.

use super::GradientError;
use super::site::Site;

/// Windows along each axis after the first two.
#[derive(Clone)]
pub struct Windows {
    pub kernel: Vec<i64>,
    pub strides: Vec<i64>,
    pub dilations: Vec<i64>,
    /// Zeros before each axis, then after each.
    pub pads: Vec<i64>,
    /// The lengths of the input's axes.
    pub input: Vec<i64>,
    /// The lengths of the result's axes.
    pub result: Vec<i64>,
}

impl Windows {
    /// The windows of a node. `kernel` is their size where no attribute tells.
    ///
    /// # Errors
    /// Axes whose length is not known.
    pub fn of(site: &Site<'_>, kernel: Option<Vec<i64>>) -> Result<Self, GradientError> {
        let input = site.fixed(site.shape(0)?, 2)?;
        let result = site.fixed(site.result_shape()?, 2)?;
        let kernel = match (site.node.ints("kernel_shape"), kernel) {
            (Some(kernel), _) => kernel.to_vec(),
            (None, Some(kernel)) => kernel,
            (None, None) => return Err(site.refuse("the size of its windows is not given")),
        };
        let ones = || vec![1; input.len()];
        let attribute = |name: &str| site.node.ints(name).map_or_else(ones, <[i64]>::to_vec);
        let (strides, dilations) = (attribute("strides"), attribute("dilations"));
        let automatic = site.node.text("auto_pad").unwrap_or("NOTSET");
        let pads = match automatic {
            "SAME_UPPER" | "SAME_LOWER" => {
                let mut pads = vec![0; 2 * input.len()];
                for axis in 0..input.len() {
                    let reach = (result[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
                    let all = (reach - input[axis]).max(0);
                    let before = if automatic == "SAME_UPPER" { all / 2 } else { all - all / 2 };
                    (pads[axis], pads[input.len() + axis]) = (before, all - before);
                }
                pads
            }
            "VALID" => vec![0; 2 * input.len()],
            _ => site.node.ints("pads").map_or_else(|| vec![0; 2 * input.len()], <[i64]>::to_vec),
        };
        Ok(Self { kernel, strides, dilations, pads, input, result })
    }

    /// Whether the windows lie side by side, within the input.
    pub fn tile(&self) -> bool {
        self.kernel == self.strides
            && self.pads.iter().all(|&pad| pad == 0)
            && self.dilations.iter().all(|&dilation| dilation == 1)
            && self
                .result
                .iter()
                .zip(&self.strides)
                .zip(&self.input)
                .all(|((count, stride), length)| count * stride <= *length)
    }

    /// How many elements of the (padded) input the windows leave over at the end of an axis; negative if they reach
    /// beyond it.
    pub fn left_over(&self, axis: usize) -> i64 {
        let reach = (self.result[axis] - 1) * self.strides[axis] + (self.kernel[axis] - 1) * self.dilations[axis] + 1;
        self.input[axis] + self.pads[axis] + self.pads[self.input.len() + axis] - reach
    }
}
