//! Functions of the channels of a position, group by group.

use crate::elementary::{exp, ln};
use crate::plan::step::{Along, AlongKind, Reduction};

/// Computes a cell of another.
pub fn apply(along: &Along, from: &[f32], out: &mut [f32]) {
    if !matches!(along.kind, AlongKind::Reduce(_)) {
        out.copy_from_slice(from);
    }
    for (group, &start) in along.starts.iter().enumerate() {
        let place = |at: usize| start as usize + at * along.stride;
        let numbers = || (0..along.count).map(|at| from[place(at)]);
        let largest = || numbers().fold(f32::NEG_INFINITY, |largest, x| if x > largest { x } else { largest });
        match along.kind {
            AlongKind::Softmax => {
                let largest = largest();
                let mut sum = 0.0;
                for at in 0..along.count {
                    let share = exp(from[place(at)] - largest);
                    out[place(at)] = share;
                    sum += share;
                }
                (0..along.count).for_each(|at| out[place(at)] /= sum);
            }
            AlongKind::LogSoftmax => {
                let largest = largest();
                let sum: f32 = numbers().map(|x| exp(x - largest)).sum();
                let all = largest + ln(sum);
                (0..along.count).for_each(|at| out[place(at)] -= all);
            }
            AlongKind::Normalize(epsilon) => {
                let count = along.count as f64;
                let mean = numbers().map(f64::from).sum::<f64>() / count;
                let variance = numbers().map(|x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
                let factor = 1.0 / (variance + epsilon).sqrt();
                for at in 0..along.count {
                    out[place(at)] = ((f64::from(from[place(at)]) - mean) * factor) as f32;
                }
            }
            AlongKind::Scale(epsilon) => {
                let squares = numbers().map(|x| f64::from(x) * f64::from(x)).sum::<f64>() / along.count as f64;
                let factor = 1.0 / (squares + epsilon).sqrt();
                for at in 0..along.count {
                    out[place(at)] = (f64::from(from[place(at)]) * factor) as f32;
                }
            }
            AlongKind::Reduce(Reduction::Max) => out[group] = largest(),
            AlongKind::Reduce(Reduction::Sum) => out[group] = numbers().sum(),
            AlongKind::Reduce(Reduction::Mean) => out[group] = numbers().sum::<f32>() / along.count as f32,
        }
    }
}
