//! Nodes that join values, cut parts out of them or fill them up.

use kipos_onnx_graph::proto::NodeProto;

use super::step::Kind;
use super::view::{Extent, Part, View};
use super::walk::{Known, Refusal, Walk};

impl Walk<'_> {
    pub fn cut(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        match node.op_type.as_str() {
            "Concat" => self.concat(node),
            "Pad" => self.pad(node),
            "Split" => self.split(node),
            _ => self.slice(node),
        }
    }

    fn concat(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let mut views = Vec::with_capacity(node.input.len());
        for at in 0..node.input.len() {
            match self.known(node, at) {
                Some(Known::Tensor(view)) => views.push(view.clone()),
                _ => return Err("it joins values with weights".into()),
            }
        }
        let rank = views[0].axes.len();
        let axis = self.axis(node.int("axis").unwrap_or(1), rank)?;
        let mut is_mixed = false;
        for view in &views {
            let own = &view.axes[axis];
            is_mixed |= own.len() > 1 && own.contains(&Part::Position);
        }
        let is_along = |view: &View| view.axes[axis] == [Part::Position];
        let lengths_differ = views.iter().any(|view| view.extent.length != views[0].extent.length);
        if is_mixed || lengths_differ && !views.iter().all(is_along) {
            for view in &mut views {
                *view = self.stitched(view)?;
            }
        }
        if views.iter().all(is_along) {
            for view in &mut views {
                *view = self.in_order(view, None);
            }
            if views.iter().any(|view| view.axes != views[0].axes) {
                return Err("it joins values in different arrangements".into());
            }
            let length = views.iter().map(|view| view.extent.length).sum();
            let extent = Extent { length, ..views[0].extent };
            let tensor = self.step(Kind::JoinPositions, views.iter().map(|view| view.tensor).collect(), extent);
            self.give(node, View::new(tensor, extent, views[0].axes.clone()));
            return Ok(());
        }
        for view in &mut views {
            *view = self.in_order(view, Some(axis));
        }
        let others = |view: &View| {
            let mut axes = view.axes.clone();
            axes[axis] = vec![];
            axes
        };
        if views.iter().any(|view| others(view) != others(&views[0])) {
            return Err("it joins values in different arrangements".into());
        }
        let channels = views.iter().map(|view| view.extent.channels).sum();
        let extent = Extent { channels, ..views[0].extent };
        let stride: usize = views[0].extent.channels / views[0].dim(axis);
        let tensor = self.step(Kind::JoinChannels, views.iter().map(|view| view.tensor).collect(), extent);
        let mut axes = views[0].axes.clone();
        axes[axis] = vec![Part::Channel { size: channels / stride, stride }];
        self.give(node, View::new(tensor, extent, axes));
        Ok(())
    }

    fn pad(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let pads = self.numbers(node, 1)?.ok_or("it has no sizes")?;
        let rank = view.axes.len();
        let axes = match self.numbers(node, 3)? {
            Some(axes) => axes,
            None => (0..=rank as i64).collect(),
        };
        let value = match node.input_at(2) {
            Some(_) => self.scalar(node, 2).ok_or("what it fills in is not known before it runs")?,
            None => 0.0,
        };
        if pads.len() != 2 * axes.len() {
            return Err("its sizes do not fit".into());
        }
        let (mut before, mut after) = (0, 0);
        for (index, &axis) in axes.iter().enumerate() {
            let own = [pads[index], pads[axes.len() + index]];
            if own == [0, 0] {
                continue;
            }
            let axis = self.axis(axis, rank)?;
            if view.axes[axis] != [Part::Position] {
                return Err("it fills up another axis than that of positions".into());
            }
            [before, after] = own;
        }
        let result = if (before, after) == (0, 0) {
            view
        } else if !matches!(node.text("mode"), None | Some("constant")) {
            return Err("it fills up with other positions".into());
        } else {
            self.cropped(&view, -before, view.extent.length as i64 + before + after, value as f32)?
        };
        self.give(node, result);
        Ok(())
    }

    /// Positions from `start` on, so many.
    fn cropped(&mut self, view: &View, start: i64, length: i64, value: f32) -> Result<View, Refusal> {
        let length = usize::try_from(length).ok().filter(|&length| length > 0).ok_or("it leaves no positions")?;
        let extent = Extent { length, ..view.extent };
        let tensor = self.step(Kind::Crop { start: start as isize, value }, vec![view.tensor], extent);
        Ok(View::new(tensor, extent, view.axes.clone()))
    }

    fn slice(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let mut view = self.view(node, 0)?;
        let (starts, ends) = (self.numbers(node, 1)?, self.numbers(node, 2)?);
        let (starts, ends) = (starts.ok_or("it has no starts")?, ends.ok_or("it has no ends")?);
        let axes = self.numbers(node, 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = self.numbers(node, 4)?.unwrap_or_else(|| vec![1; starts.len()]);
        for (((&start, &end), &axis), &step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
            if axis == 0 && start == 0 && end >= i64::from(i32::MAX) && step == 1 {
                continue;
            }
            let axis = self.axis(axis, view.axes.len())?;
            let dim = view.dim(axis) as i64;
            let from_start = |at: i64| if at < 0 { at.saturating_add(dim) } else { at };
            let (start, end) = match step {
                0 => return Err("it goes on by no step".into()),
                1.. => (from_start(start).clamp(0, dim), from_start(end).clamp(0, dim)),
                _ => (from_start(start).clamp(0, dim - 1), from_start(end).clamp(-1, dim - 1)),
            };
            view = self.part(&view, axis, start, end, step)?;
        }
        self.give(node, view);
        Ok(())
    }

    /// These positions, which never go back, or never on.
    pub fn taken(&mut self, view: &View, positions: Vec<u32>) -> Result<View, Refusal> {
        if positions.is_empty() {
            return Err("it leaves no positions".into());
        }
        let extent = Extent { length: positions.len(), ..view.extent };
        let tensor = self.step(Kind::Take(positions), vec![view.tensor], extent);
        Ok(View::new(tensor, extent, view.axes.clone()))
    }

    /// Every `step`th element of an axis from `start` to `end`.
    fn part(&mut self, view: &View, axis: usize, start: i64, end: i64, step: i64) -> Result<View, Refusal> {
        if (start, end, step) == (0, view.dim(axis) as i64, 1) {
            return Ok(view.clone());
        }
        if view.axes[axis] == [Part::Position] {
            return match step {
                1 => self.cropped(view, start, end - start, 0.0),
                _ => self.taken(view, places(start, end, step).map(|at| at as u32).collect()),
            };
        }
        let mixed = view.axes[axis].contains(&Part::Position);
        let view = if mixed { self.stitched(view)? } else { view.clone() };
        let view = self.in_order(&view, Some(axis));
        let rest = view.extent.channels / view.dim(axis).max(1);
        let chosen: Vec<usize> = places(start, end, step).map(|at| at as usize).collect();
        if chosen.is_empty() {
            return Err("it leaves nothing of an axis".into());
        }
        let picked = chosen.iter().flat_map(|&at| (0..rest).map(move |other| (at * rest + other) as u32));
        let extent = Extent { channels: chosen.len() * rest, ..view.extent };
        let tensor = self.step(Kind::Pick(picked.collect()), vec![view.tensor], extent);
        let mut axes = view.axes;
        axes[axis] = vec![Part::Channel { size: chosen.len(), stride: rest }];
        Ok(View::new(tensor, extent, axes))
    }

    fn split(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let view = self.view(node, 0)?;
        let axis = self.axis(node.int("axis").unwrap_or(0), view.axes.len())?;
        let dim = view.dim(axis) as i64;
        let sizes = match self.numbers(node, 1)? {
            Some(sizes) => sizes,
            None => {
                let parts = node.int("num_outputs").unwrap_or(node.output.len() as i64).max(1);
                let size = (dim + parts - 1) / parts;
                (0..parts).map(|part| size.min(dim - part * size)).collect()
            }
        };
        let mut start = 0;
        for (at, size) in sizes.into_iter().enumerate() {
            let part = self.part(&view, axis, start, start + size, 1)?;
            self.give_at(node, at, part);
            start += size;
        }
        Ok(())
    }
}

/// The places from `start` to `end`, which is left out, by steps on or back.
fn places(start: i64, end: i64, step: i64) -> impl Iterator<Item = i64> {
    let count = if step > 0 { end - start } else { start - end }.max(0) as u64;
    (0..count.div_ceil(step.unsigned_abs())).map(move |at| start + at as i64 * step)
}
