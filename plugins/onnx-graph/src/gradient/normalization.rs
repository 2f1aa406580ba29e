//! Rules of normalizations.

use super::expr::Expr;
use super::site::{Cotangents, Site};

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

impl Normalized {
    fn over(axes: Vec<i64>, site: &Site<'_>) -> Self {
        let x = site.x();
        let centred = &x - x.mean(&axes);
        let scale = 1.0 / (centred.squared().mean(&axes) + epsilon(site)).map("Sqrt");
        Self { unit: centred * &scale, scale, axes }
    }

    /// The cotangent of the input.
    fn back(&self, g: &Expr) -> Expr {
        &self.scale * (g - g.mean(&self.axes) - &self.unit * (g * &self.unit).mean(&self.axes))
    }
}
