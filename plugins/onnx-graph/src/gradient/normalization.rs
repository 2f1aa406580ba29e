//! Rules of normalizations.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use crate::attribute::{int, ints};

fn epsilon(site: &Site<'_>) -> f64 {
    site.node.float("epsilon").unwrap_or(1e-5)
}

/// Mean, variance, scale and shift are one number per channel each; exporters also compute them, to say other
/// normalizations with this operator.
pub fn batch(site: &Site<'_>, g: &Expr) -> Cotangents {
    if site.node.int("training_mode").unwrap_or(0) != 0 {
        return Err(
            site.refuse("it is in training mode, in which rows depend on each other; export the model in eval mode")
        );
    }
    let rank = site.rank(0)?;
    let variance = site.input(4) + epsilon(site);
    let scale = site.input(1) / variance.map("Sqrt");
    let summed = sum_per_channel(g, rank);
    let centred = site.x() - site.input(3).reshape(&per_channel(rank));
    let correlated = sum_per_channel(&(g * centred), rank);
    Ok(vec![
        site.wanted(0, || g * scale.reshape(&per_channel(rank))),
        site.wanted(1, || &correlated / variance.map("Sqrt")),
        site.wanted(2, || summed.clone()),
        site.wanted(3, || -(&summed * &scale)),
        site.wanted(4, || &correlated * &scale / &variance * -0.5),
    ])
}

fn sum_per_channel(value: &Expr, rank: i64) -> Expr {
    let axes: Vec<i64> = (0..rank).filter(|&axis| axis != 1).collect();
    value.sum(&axes, false)
}

fn per_channel(rank: i64) -> Vec<i64> {
    (1..rank).map(|axis| if axis == 1 { -1 } else { 1 }).collect()
}

pub fn layer(site: &Site<'_>, g: &Expr) -> Cotangents {
    let rank = site.rank(0)?;
    let normalized = Normalized::over((site.axis(-1, rank)..rank).collect(), site);
    site.unbroadcast_all(vec![
        site.wanted(0, || normalized.back(&(g * site.input(1)))),
        site.wanted(1, || g * &normalized.unit),
        site.wanted(2, || g.clone()),
    ])
}

pub fn instance(site: &Site<'_>, g: &Expr) -> Cotangents {
    let rank = site.rank(0)?;
    let normalized = Normalized::over((2..rank).collect(), site);
    Ok(vec![
        site.wanted(0, || normalized.back(&(g * site.input(1).reshape(&per_channel(rank))))),
        site.wanted(1, || sum_per_channel(&(g * &normalized.unit), rank)),
        site.wanted(2, || sum_per_channel(g, rank)),
    ])
}

/// The input without its mean over some axes, divided by the standard deviation.
struct Normalized {
    axes: Vec<i64>,
    /// One over the standard deviation.
    scale: Expr,
    unit: Expr,
}

/// Over the root of the mean of the squares; no mean is taken off.
pub fn root_mean_square(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, rank) = (site.x(), site.rank(0)?);
    let axes: Vec<i64> = (site.axis(-1, rank)..rank).collect();
    let scale = 1.0 / (x.squared().mean(&axes) + epsilon(site)).map("Sqrt");
    let unit = &x * &scale;
    let back = |g: &Expr| &scale * (g - &unit * (g * &unit).mean(&axes));
    site.unbroadcast_all(vec![site.wanted(0, || back(&(g * site.input(1)))), site.wanted(1, || g * &unit)])
}

/// Each group of channels by itself. Scale and shift are one number per channel, before version 21 one per group.
pub fn group(site: &Site<'_>, g: &Expr) -> Cotangents {
    let rank = site.rank(0)?;
    let channels = site.fixed_length(site.shape(0)?[1])?;
    let groups = site.node.int("num_groups").filter(|&groups| groups > 0 && channels % groups == 0);
    let groups = groups.ok_or_else(|| site.refuse("its channels make no whole number of groups"))?;
    let scales = site.fixed_length(site.shape(1)?[0])?;
    let grouped = |value: &Expr| value.reshape(&[0, groups, -1]);
    // As many numbers as there are channels, or as there are groups, beside all positions.
    let beside = |value: &Expr| {
        let each = value.reshape(&[scales, 1]);
        if scales == channels {
            each.expand(&Expr::ints([channels, 1]))
        } else {
            each.expand(&Expr::ints([groups, channels / groups]))
        }
        .reshape(&[&[channels], vec![1; rank as usize - 2].as_slice()].concat())
    };
    let summed = |value: &Expr| {
        let per_channel = sum_per_channel(value, rank);
        if scales == channels { per_channel } else { per_channel.reshape(&[groups, -1]).sum(&[1], false) }
    };
    let normalized = Normalized::of(grouped(&site.x()), vec![2], epsilon(site));
    let of_x = site.wants(0).then(|| site.like(&normalized.back(&grouped(&(g * beside(&site.input(1))))), 0));
    let unit = site.like(&normalized.unit, 0)?;
    Ok(vec![of_x.transpose()?, site.wanted(1, || summed(&(g * unit))), site.wanted(2, || summed(g))])
}

/// Mean and standard deviation over some axes, the latter a billionth larger than it is.
pub fn mean_variance(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, rank) = (site.x(), site.rank(0)?);
    let axes = site.node.ints("axes").unwrap_or(&[0, 2, 3]);
    let axes: Vec<i64> = axes.iter().map(|axis| axis.rem_euclid(rank.max(1))).collect();
    let centred = &x - x.mean(&axes);
    let deviation = centred.squared().mean(&axes).map("Sqrt");
    let divisor = &deviation + 1e-9;
    let zero = Expr::scalar(0.0);
    // What does not vary at all has no slope of its deviation.
    let towards = deviation.zip("Equal", &zero).choose(&zero, &(&centred / &deviation));
    let along = (g * &centred).mean(&axes) / &divisor;
    Ok(vec![Some((g - g.mean(&axes) - along * towards) / divisor)])
}

/// Over the norm along an axis.
pub fn norm(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, y, axis) = (site.x(), site.y(), [site.axis(-1, site.rank(0)?)]);
    let axes = Expr::ints(axis);
    let (op, slope) = match site.node.int("p").unwrap_or(2) {
        1 => ("ReduceL1", x.map("Sign")),
        2 => ("ReduceL2", y.clone()),
        other => return Err(site.refuse(format!("its norm is of order {other}"))),
    };
    let norm = x.zip(op, &axes);
    let zero = Expr::scalar(0.0);
    let back = (g - slope * (g * y).sum(&axis, true)) / &norm;
    Ok(vec![Some(norm.zip("Equal", &zero).choose(&zero, &back))])
}

/// Over a power of the squares of neighbouring channels.
pub fn neighbouring_channels(site: &Site<'_>, g: &Expr) -> Cotangents {
    let number = |name: &str, default: f64| site.node.float(name).unwrap_or(default);
    let (alpha, beta, bias) = (number("alpha", 1e-4), number("beta", 0.75), number("bias", 1.0));
    let size = site.node.int("size").filter(|&size| size > 0).ok_or_else(|| site.refuse("it lacks its `size`"))?;
    let (before, after) = ((size - 1) / 2, size - 1 - (size - 1) / 2);
    // The mean over a window of channels, with zeros beyond the first and last.
    let mean = |value: &Expr, before: i64, after: i64| {
        let attributes =
            vec![ints("kernel_shape", [size, 1]), ints("pads", [before, 0, after, 0]), int("count_include_pad", 1)];
        Expr::op("AveragePool", [&value.reshape(&[0, 0, -1]).unsqueeze(&[1])], attributes).squeeze(&[1])
    };
    let x = site.x();
    let base = site.like(&mean(&x.squared(), before, after), 0)? * alpha + bias;
    let scale = base.zip("Pow", &Expr::scalar(-beta));
    let beside = site.like(&mean(&(g * &x * &scale / base), after, before), 0)?;
    Ok(vec![Some(g * scale - 2.0 * alpha * beta * x * beside)])
}

impl Normalized {
    fn over(axes: Vec<i64>, site: &Site<'_>) -> Self {
        Self::of(site.x(), axes, epsilon(site))
    }

    fn of(x: Expr, axes: Vec<i64>, epsilon: f64) -> Self {
        let centred = &x - x.mean(&axes);
        let scale = 1.0 / (centred.squared().mean(&axes) + epsilon).map("Sqrt");
        Self { unit: centred * &scale, scale, axes }
    }

    /// The cotangent of the input.
    fn back(&self, g: &Expr) -> Expr {
        &self.scale * (g - g.mean(&self.axes) - &self.unit * (g * &self.unit).mean(&self.axes))
    }
}
