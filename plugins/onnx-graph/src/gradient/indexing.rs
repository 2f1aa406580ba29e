//! Rules of operators that pick elements.

use super::expr::{END, Expr};
use super::site::{Cotangents, Site, open};
use crate::attribute::text;
use crate::facts::Length;

/// An end that stands for that of the axis: exporters write the largest number of 32 or 64 bits, or this.
const TO_THE_END: i64 = 1_000_000_000;

pub fn slice(site: &Site<'_>, g: &Expr) -> Cotangents {
    let shape = site.shape(0)?;
    let rank = shape.len();
    let (starts, ends) = (site.ints(1)?.unwrap_or_default(), site.ints(2)?.unwrap_or_default());
    let (axes, steps) = (site.ints(3)?, site.ints(4)?);
    let mut lengths = open(site.result_shape()?);
    let mut pads = vec![0; 2 * rank];
    let mut value = g.clone();
    for at in 0..starts.len() {
        let axis = axes.map_or(at as i64, |axes| axes[at]).rem_euclid(rank as i64) as usize;
        let step = steps.map_or(1, |steps| steps[at]);
        let Length::Fixed(length) = shape[axis] else {
            if starts[at] == 0 && ends[at] >= TO_THE_END && step == 1 {
                continue;
            }
            return Err(site.refuse("it picks some of the rows"));
        };
        let length = length as i64;
        let (first, count) = picked(starts[at], ends[at], step, length);
        if count == 0 {
            return Err(site.refuse("it picks nothing"));
        }
        let (mut lowest, mut span) = (first, count);
        if step < 0 {
            value = value.reversed(&[axis as i64]);
            lowest = first + (count - 1) * step;
        }
        let gap = step.abs();
        if gap > 1 {
            // Zeros between the elements: a new axis of gaps, joined with this one.
            let mut between = vec![0; 2 * (rank + 1)];
            between[rank + 1 + axis + 1] = gap - 1;
            lengths[axis] = count * gap;
            value = value.unsqueeze(&[axis as i64 + 1]).pad(&between).reshape(&lengths);
            span = (count - 1) * gap + 1;
            value = value.slice(axis as i64, 0, span);
        }
        lengths[axis] = span;
        (pads[axis], pads[rank + axis]) = (lowest, length - lowest - span);
    }
    Ok(vec![Some(value.pad(&pads))])
}

/// The first element that a slice picks, and how many.
fn picked(start: i64, end: i64, step: i64, length: i64) -> (i64, i64) {
    let from_start = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    if step > 0 {
        let (first, stop) = (from_start(start).clamp(0, length), from_start(end).clamp(0, length));
        (first, ((stop - first).max(0) + step - 1) / step)
    } else {
        let (first, stop) = (from_start(start).clamp(0, length - 1), from_start(end).clamp(-1, length - 1));
        (first, ((first - stop).max(0) - step - 1) / -step)
    }
}

pub fn pad(site: &Site<'_>, g: &Expr) -> Cotangents {
    let mode = site.node.text("mode").unwrap_or("constant");
    let shape = site.shape(0)?;
    let rank = shape.len();
    let pads = site.ints(1)?.unwrap_or_default();
    let half = pads.len() / 2;
    let axes = site.ints(3)?.map_or_else(|| (0..rank as i64).collect(), <[i64]>::to_vec);
    let mut value = g.clone();
    let mut cut = vec![0; 2 * rank];
    for (at, axis) in axes.iter().enumerate() {
        let axis = axis.rem_euclid(rank as i64);
        let (before, after) = (pads[at], pads[half + at]);
        if before > 0 || after > 0 {
            let inner = value.slice(axis, before.max(0), if after > 0 { -after } else { END });
            value = match mode {
                "constant" => inner,
                _ => {
                    let length = site.fixed_length(shape[axis as usize])?;
                    // Elements that are cut off could have been copied first, in one order or the other.
                    if before < 0 || after < 0 {
                        return Err(site.refuse(format!("it pads by {mode} and cuts elements off")));
                    }
                    let sides = Sides { axis, rank: rank as i64, length, before, after };
                    let copies = sides.copies(mode, &value);
                    copies
                        .ok_or_else(|| site.refuse(format!("it pads by {mode}")))?
                        .into_iter()
                        .fold(inner, |sum, copy| sum + copy)
                }
            };
        }
        // Negative padding cut elements off, which nothing depends on.
        (cut[axis as usize], cut[rank + axis as usize]) = ((-before).max(0), (-after).max(0));
    }
    Ok(vec![Some(value.pad(&cut))])
}

/// What is filled up with copies at both ends of an axis.
struct Sides {
    axis: i64,
    rank: i64,
    /// The length without them.
    length: i64,
    before: i64,
    after: i64,
}

impl Sides {
    /// The parts of `value` at both ends, put where they were copied from; `None` for modes that are not known, and for
    /// copies of copies.
    fn copies(&self, mode: &str, value: &Expr) -> Option<Vec<Expr>> {
        let &Self { axis, length, before, after, .. } = self;
        let longest = before.max(after);
        let (first, last) = (value.slice(axis, 0, before), value.slice(axis, before + length, END));
        let mut found = Vec::new();
        let mut add = |count: i64, copy: &dyn Fn() -> Expr| {
            if count > 0 {
                found.push(copy())
            }
        };
        match mode {
            "edge" => {
                add(before, &|| self.placed(&first.sum(&[axis], true), 0, 1));
                add(after, &|| self.placed(&last.sum(&[axis], true), length - 1, 1));
            }
            "reflect" if longest < length => {
                add(before, &|| self.placed(&first.reversed(&[axis]), 1, before));
                add(after, &|| self.placed(&last.reversed(&[axis]), length - 1 - after, after));
            }
            "wrap" if longest <= length => {
                add(before, &|| self.placed(&first, length - before, before));
                add(after, &|| self.placed(&last, 0, after));
            }
            _ => return None,
        }
        Some(found)
    }

    /// `count` elements from `start` on, zeros around.
    fn placed(&self, value: &Expr, start: i64, count: i64) -> Expr {
        let mut pads = vec![0; 2 * self.rank as usize];
        (pads[self.axis as usize], pads[(self.rank + self.axis) as usize]) = (start, self.length - start - count);
        value.pad(&pads)
    }
}

pub fn gather(site: &Site<'_>, g: &Expr) -> Cotangents {
    let shape = site.shape(0)?;
    let rank = shape.len();
    let axis = site.axis(0, rank as i64) as usize;
    let index_rank = site.shape(1)?.len();
    if let (Ok(Some(&[index])), 0, Length::Fixed(length)) = (site.ints(1), index_rank, shape[axis]) {
        let length = length as i64;
        let index = index.rem_euclid(length.max(1));
        let mut pads = vec![0; 2 * rank];
        (pads[axis], pads[rank + axis]) = (index, length - index - 1);
        return Ok(vec![Some(g.unsqueeze(&[axis as i64]).pad(&pads))]);
    }
    // The picked axes first; then every pick is added to its place.
    let picked = axis..axis + index_rank;
    let others = (0..rank - 1 + index_rank).filter(|at| !picked.contains(at));
    let front: Vec<i64> = picked.clone().chain(others).map(|at| at as i64).collect();
    let axis_first: Vec<i64> =
        std::iter::once(axis).chain((0..rank).filter(|&at| at != axis)).map(|at| at as i64).collect();
    let zeros = Expr::zeros(&site.x().transpose(&axis_first).map("Shape"));
    let places = site.input(1).unsqueeze(&[-1]);
    let sum = Expr::op("ScatterND", [&zeros, &places, &g.transpose(&front)], vec![text("reduction", "add")]);
    let mut back = vec![0; rank];
    for (to, &from) in axis_first.iter().enumerate() {
        back[from as usize] = to as i64;
    }
    Ok(vec![Some(sum.transpose(&back))])
}
