//! Rules of normalizations.

use super::GradientError;
use super::expr::Expr;
use super::site::{Cotangents, Site};

fn refuse_computed_scales(site: &Site<'_>) -> Result<(), GradientError> {
    if (1..site.node.input.len()).any(|index| site.wants(index)) {
        return Err(site.refuse("its scales depend on the inputs"));
    }
    Ok(())
}

fn epsilon(site: &Site<'_>) -> f64 {
    site.node.float("epsilon").unwrap_or(1e-5)
}

/// A constant scale per channel.
pub fn batch(site: &Site<'_>, g: &Expr) -> Cotangents {
    refuse_computed_scales(site)?;
    if site.node.int("training_mode").unwrap_or(0) != 0 {
        return Err(
            site.refuse("it is in training mode, in which rows depend on each other; export the model in eval mode")
        );
    }
    let scale = site.input(1) / (site.input(4) + epsilon(site)).map("Sqrt");
    Ok(vec![Some(g * scale.reshape(&per_channel(site.rank(0)?)))])
}

fn per_channel(rank: i64) -> Vec<i64> {
    (1..rank).map(|axis| if axis == 1 { -1 } else { 1 }).collect()
}

pub fn layer(site: &Site<'_>, g: &Expr) -> Cotangents {
    refuse_computed_scales(site)?;
    let rank = site.rank(0)?;
    let axes: Vec<i64> = (site.axis(-1, rank)..rank).collect();
    Ok(vec![Some(normalized(site, &(g * site.input(1)), &axes))])
}

pub fn instance(site: &Site<'_>, g: &Expr) -> Cotangents {
    refuse_computed_scales(site)?;
    let rank = site.rank(0)?;
    let axes: Vec<i64> = (2..rank).collect();
    Ok(vec![Some(normalized(site, &(g * site.input(1).reshape(&per_channel(rank))), &axes))])
}

/// Through subtracting the mean over `axes` and dividing by the standard deviation.
fn normalized(site: &Site<'_>, g: &Expr, axes: &[i64]) -> Expr {
    let x = site.x();
    let centred = &x - x.mean(axes);
    let scale = 1.0 / (centred.squared().mean(axes) + epsilon(site)).map("Sqrt");
    let unit = centred * &scale;
    scale * (g - g.mean(axes) - &unit * (g * &unit).mean(axes))
}
