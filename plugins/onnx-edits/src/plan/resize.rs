//! Positions that are repeated or left out.

use kipos_onnx_graph::Size;
use kipos_onnx_graph::proto::NodeProto;
use kipos_onnx_graph::tensor::Constant;

use super::view::{Part, View};
use super::walk::{Known, Refusal, Walk};

/// What an axis is resized by.
enum To {
    Scale(f32),
    Length(usize),
}

impl Walk<'_> {
    /// To the nearest positions.
    pub fn resize(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let mut view = self.view(node, 0)?;
        if node.text("mode").unwrap_or("nearest") != "nearest" {
            return Err("it interpolates between positions".into());
        }
        if node.text("keep_aspect_ratio_policy").unwrap_or("stretch") != "stretch" {
            return Err("it keeps the ratio of axes".into());
        }
        for (axis, to) in self.resized(node, &view)?.into_iter().enumerate() {
            let length = view.dim(axis);
            let (wanted, scale) = match to {
                To::Scale(scale) => ((length as f32 * scale).floor() as usize, scale),
                To::Length(wanted) => (wanted, wanted as f32 / length as f32),
            };
            let positions = nearest(node, length, wanted, scale)?;
            if positions.iter().enumerate().all(|(at, &position)| at == position as usize) && wanted == length {
                continue;
            }
            if view.axes[axis] != [Part::Position] {
                return Err("it resizes another axis than that of positions".into());
            }
            view = self.taken(&view, positions)?;
        }
        self.give(node, view);
        Ok(())
    }

    /// What each axis behind that of the rows is resized by.
    fn resized(&self, node: &NodeProto, view: &View) -> Result<Vec<To>, Refusal> {
        let rank = view.axes.len();
        let mut each: Vec<To> = (0..rank).map(|_| To::Scale(1.0)).collect();
        let named: Vec<i64> = node.ints("axes").map_or_else(|| (0..=rank as i64).collect(), <[i64]>::to_vec);
        let moved = || "it resizes the axis of the rows".to_owned();
        if let Some(scales) = self.floats(node, 2).filter(|scales| !scales.is_empty()) {
            for (&axis, scale) in named.iter().zip(scales) {
                match self.axis(axis, rank) {
                    Ok(axis) => each[axis] = To::Scale(scale as f32),
                    Err(_) if scale == 1.0 => {}
                    Err(_) => return Err(moved()),
                }
            }
            return Ok(each);
        }
        let sizes = self.sizes(node, 3)?.ok_or("its scales are not known before it runs")?;
        for (&axis, size) in named.iter().zip(sizes) {
            match (self.axis(axis, rank), size) {
                (Ok(axis), Size::Fixed(size)) => {
                    each[axis] = To::Length(usize::try_from(size).map_err(|_| "it has a negative size")?);
                }
                (Err(_), Size::Rows) => {}
                (Err(_), Size::Fixed(rows)) if self.batch.is_some_and(|batch| batch as i64 == rows) => {}
                _ => return Err(moved()),
            }
        }
        Ok(each)
    }

    /// The numbers of an input of a node that is a small weight.
    fn floats(&self, node: &NodeProto, at: usize) -> Option<Vec<f64>> {
        let Some(Known::Weight(weight)) = self.known(node, at) else { return None };
        match self.graph.initializers.get(&weight.name)?.constant()? {
            Constant::Floats(numbers) => Some(numbers),
            Constant::Ints(_) => None,
        }
    }
}

/// Where each position comes from. Places are computed in float32, as the standard's engines do.
fn nearest(node: &NodeProto, length: usize, wanted: usize, scale: f32) -> Result<Vec<u32>, Refusal> {
    let way = node.text("coordinate_transformation_mode").unwrap_or("half_pixel");
    let rounding = node.text("nearest_mode").unwrap_or("round_prefer_floor");
    let half = |at: f32| (at + 0.5) / scale - 0.5;
    let place = |at: usize| -> Option<f32> {
        let at = at as f32;
        Some(match way {
            "half_pixel" => half(at),
            "pytorch_half_pixel" => {
                if wanted > 1 {
                    half(at)
                } else {
                    0.0
                }
            }
            "asymmetric" => at / scale,
            "align_corners" if wanted > 1 => at * (length as f32 - 1.0) / (wanted as f32 - 1.0),
            "align_corners" => 0.0,
            _ => return None,
        })
    };
    let round = |place: f32| -> Option<f32> {
        Some(match rounding {
            "round_prefer_floor" => (place - 0.5).ceil(),
            "round_prefer_ceil" => (place + 0.5).floor(),
            "floor" => place.floor(),
            "ceil" => place.ceil(),
            _ => return None,
        })
    };
    let position = |at: usize| Some(round(place(at)?)?.clamp(0.0, length as f32 - 1.0) as u32);
    (0..wanted).map(position).collect::<Option<_>>().ok_or_else(|| format!("it resizes by {way}, {rounding}"))
}
