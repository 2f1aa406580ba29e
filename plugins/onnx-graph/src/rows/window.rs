//! Convolutions and pools, whose results are shorter than what they slide over.

use super::step::Step;
use super::value::{Extent, Value};

impl Step<'_> {
    pub fn convolution(&self) -> Option<Value> {
        let weights = self.value(1)?.shape.as_ref();
        let channels = weights.and_then(|shape| shape.first().copied()).unwrap_or(Extent::Any);
        let kernel = weights.and_then(|shape| shape.get(2..)?.iter().map(|extent| extent.known()).collect());
        self.slid(Some(channels), kernel)
    }

    pub fn pool(&self) -> Option<Value> {
        let kernel = self.node.ints("kernel_shape");
        let kernel = kernel.and_then(|all| all.iter().map(|&length| usize::try_from(length).ok()).collect());
        self.slid(None, kernel)
    }

    /// All positions at once.
    pub fn global_pool(&self) -> Option<Value> {
        self.row_by_row(|shape| [&shape[..2], &vec![Extent::Known(1); shape.len() - 2]].concat())
    }

    fn slid(&self, channels: Option<Extent>, kernel: Option<Vec<usize>>) -> Option<Value> {
        self.row_by_row(|shape| {
            let positions = shape[2..].iter().enumerate().map(|(axis, extent)| {
                let length = extent.known().zip(kernel.as_ref().and_then(|kernel| kernel.get(axis).copied()));
                length
                    .and_then(|(length, kernel)| self.slid_length(axis, length as i64, kernel as i64))
                    .map_or(Extent::Any, Extent::Known)
            });
            [shape[0], channels.unwrap_or(shape[1])].into_iter().chain(positions).collect()
        })
    }

    /// How many places a window has along the positions of `axis`.
    fn slid_length(&self, axis: usize, length: i64, kernel: i64) -> Option<i64> {
        let of = |name: &str, at: usize, default: i64| match self.node.ints(name) {
            Some(all) if !all.is_empty() => all.get(at).copied(),
            _ => Some(default),
        };
        let (stride, dilation) = (of("strides", axis, 1)?, of("dilations", axis, 1)?);
        if stride <= 0 {
            return None;
        }
        let covered = dilation * (kernel - 1) + 1;
        let padded = match self.node.text("auto_pad").unwrap_or("NOTSET") {
            "NOTSET" => {
                let axes = self.node.ints("pads").map_or(0, <[i64]>::len) / 2;
                length + of("pads", axis, 0)? + of("pads", axes + axis, 0)?
            }
            "VALID" => length,
            _ => return Some((length + stride - 1) / stride),
        };
        // Where the last place may reach beyond the end, engines differ; nothing is claimed.
        let exact = (padded - covered) % stride == 0 || self.attribute("ceil_mode", 0) == 0;
        (exact && padded >= covered).then(|| (padded - covered) / stride + 1)
    }
}
