//! Weights as steps read them.

use std::borrow::Cow;

use crate::memory::{Buffer, cell};
use crate::plan::view::Extent;
use crate::plan::weight::{Coefficients, Matrix, Scaling};
use crate::product::{COLUMNS, Panels};

/// Weights are packed by blocks of so many taps and channels, whose numbers all lie in the first cache, wherever they come from.
const TAPS: usize = 16;
const CHANNELS: usize = 4;

/// Whoever has the weights of a graph.
pub trait Weights {
    /// The numbers of a weight; `None` if it is not there or not float32.
    fn numbers(&self, name: &str) -> Option<Cow<'_, [f32]>>;
}

/// Why weights cannot be used.
pub type Unusable = String;

/// The numbers of a weight.
///
/// # Errors
/// A weight that is not there or holds what is no number.
pub fn numbers<'a>(weights: &'a dyn Weights, name: &str) -> Result<Cow<'a, [f32]>, Unusable> {
    let numbers = weights.numbers(name).ok_or_else(|| format!("the weight `{name}` cannot be read"))?;
    let is_finite = |numbers: &[f32]| numbers.iter().fold(true, |all, number| all & number.is_finite());
    let is_finite = numbers.chunks(4096).all(is_finite);
    if is_finite { Ok(numbers) } else { Err(format!("the weight `{name}` holds infinite numbers")) }
}

/// Scales and shifts, in float64: of each channel, or of each position and channel.
pub struct Scales {
    /// What elements are multiplied with.
    pub scale: Vec<f64>,
    /// What is added.
    pub shift: Vec<f64>,
    /// The positions that have numbers of their own: one if all have the same.
    pub positions: usize,
}

impl Scales {
    /// All scalings as one.
    ///
    /// # Errors
    /// Weights that cannot be used.
    pub fn of(scalings: &[Scaling], extent: Extent, weights: &dyn Weights) -> Result<Self, Unusable> {
        let positions = if scalings.iter().any(Scaling::is_by_position) { extent.length } else { 1 };
        let channels = extent.channels;
        let count = positions * channels;
        let mut affine = Self { scale: vec![1.0; count], shift: vec![0.0; count], positions };
        for scaling in scalings {
            affine.take(scaling, channels, weights)?;
        }
        if affine.scale.iter().chain(&affine.shift).any(|number| !number.is_finite()) {
            return Err("a scale is infinite".into());
        }
        Ok(affine)
    }

    fn take(&mut self, scaling: &Scaling, channels: usize, weights: &dyn Weights) -> Result<(), Unusable> {
        let each = |own: &Coefficients| -> Result<Vec<f64>, Unusable> {
            let all = numbers(weights, &own.name)?;
            let at = |index: usize| own.position * (index / channels) + own.channels[index % channels];
            let number = |index: usize| all.get(at(index)).map(|&number| f64::from(number));
            let found: Option<Vec<f64>> = (0..self.positions * channels).map(number).collect();
            found.ok_or_else(|| format!("the weight `{}` is too short", own.name))
        };
        let every = |numbers: Vec<f64>, own: &mut Self, change: fn(&mut f64, &mut f64, f64)| {
            for ((scale, shift), number) in own.scale.iter_mut().zip(&mut own.shift).zip(numbers) {
                change(scale, shift, number);
            }
        };
        match scaling {
            Scaling::Constant(by, more) => {
                self.scale.iter_mut().for_each(|scale| *scale *= by);
                self.shift.iter_mut().for_each(|shift| *shift = *shift * by + more);
            }
            Scaling::Add(own, factor) => {
                let numbers = each(own)?.into_iter().map(|number| number * factor).collect();
                every(numbers, self, |_, shift, number| *shift += number);
            }
            Scaling::SubtractFrom(own) => every(each(own)?, self, |scale, shift, number| {
                (*scale, *shift) = (-*scale, number - *shift);
            }),
            Scaling::Multiply(own) => every(each(own)?, self, |scale, shift, number| {
                (*scale, *shift) = (*scale * number, *shift * number);
            }),
            Scaling::Divide(own) => every(each(own)?, self, |scale, shift, number| {
                (*scale, *shift) = (*scale / number, *shift / number);
            }),
            Scaling::Normalize { names, epsilon, position, channels: places } => {
                let [gain, offset, mean, variance] = [0, 1, 2, 3].map(|at| numbers(weights, &names[at]));
                let (gain, offset, mean, variance) = (gain?, offset?, mean?, variance?);
                for index in 0..self.scale.len() {
                    let at = position * (index / channels) + places[index % channels];
                    let of = |numbers: &[f32]| numbers.get(at).copied().map_or(f64::NAN, f64::from);
                    let factor = of(&gain) / (of(&variance) + epsilon).sqrt();
                    self.scale[index] *= factor;
                    self.shift[index] = (self.shift[index] - of(&mean)) * factor + of(&offset);
                }
            }
        }
        Ok(())
    }

    /// The shifts of a position as a cell.
    pub fn shift_cell(&self) -> Vec<f32> {
        filled(&self.shift[..self.shift.len() / self.positions])
    }

    /// All numbers of one kind as cells, position by position.
    pub fn cells(&self, numbers: &[f64]) -> Buffer {
        let channels = numbers.len() / self.positions;
        let mut cells = Buffer::zeros(self.positions * cell(channels));
        for (cell, numbers) in cells.chunks_exact_mut(cell(channels)).zip(numbers.chunks_exact(channels)) {
            cell.iter_mut().zip(numbers).for_each(|(cell, &number)| *cell = number as f32);
        }
        cells
    }
}

fn filled(numbers: &[f64]) -> Vec<f32> {
    let mut cell = vec![0.0; cell(numbers.len())];
    cell.iter_mut().zip(numbers).for_each(|(cell, &number)| *cell = number as f32);
    cell
}

/// The channels of a cell that a product reads.
pub fn read_channels(channels: usize) -> usize {
    channels.next_multiple_of(4)
}

/// The weights of a group of so many outputs, times the scale of each: tap by tap, the channels of the input. Large ones are
/// packed on several threads.
///
/// # Errors
/// Weights that cannot be used.
pub fn packed(
    matrix: &Matrix,
    group: usize,
    outputs: usize,
    scale: &[f64],
    weights: &dyn Weights,
    threads: usize,
) -> Result<Panels, Unusable> {
    let all = numbers(weights, &matrix.name)?;
    let start = matrix.group * group;
    let last = start
        + matrix.output * (outputs - 1)
        + matrix.channels.iter().max().copied().unwrap_or(0)
        + matrix.taps.iter().max().copied().unwrap_or(0);
    if last >= all.len() {
        return Err(format!("the weight `{}` is too short", matrix.name));
    }
    let channels = read_channels(matrix.channels.len());
    let scale = &scale[group * outputs..(group + 1) * outputs];
    let fill = |first: usize, panel: &mut [[f32; COLUMNS]]| {
        for (tap, taps) in matrix.taps.chunks(TAPS).enumerate() {
            for (channel, places) in matrix.channels.chunks(CHANNELS).enumerate() {
                for (column, &scale) in scale[first..].iter().take(COLUMNS).enumerate() {
                    let from = &all[start + matrix.output * (first + column)..];
                    for (at, &tap_place) in taps.iter().enumerate() {
                        let rows = &mut panel[(tap * TAPS + at) * channels + channel * CHANNELS..];
                        for (row, &place) in rows.iter_mut().zip(places) {
                            let number = from[tap_place + place];
                            row[column] = if scale == 1.0 { number } else { (f64::from(number) * scale) as f32 };
                        }
                    }
                }
            }
        }
    };
    Ok(Panels::by_panel(channels * matrix.taps.len(), outputs, threads, fill))
}
