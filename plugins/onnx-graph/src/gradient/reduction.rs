//! Rules of reductions over axes.

use super::GradientError;
use super::expr::Expr;
use super::site::{Cotangents, Site};
use crate::attribute::int;

fn axes(site: &Site<'_>) -> Result<Vec<i64>, GradientError> {
    let rank = site.rank(0)?;
    let given = site.ints(1)?.or(site.node.ints("axes")).unwrap_or_default();
    if given.is_empty() && site.node.int("noop_with_empty_axes").unwrap_or(0) == 0 {
        return Ok((0..rank).collect());
    }
    let mut axes: Vec<i64> = given.iter().map(|axis| axis.rem_euclid(rank.max(1))).collect();
    axes.sort_unstable();
    Ok(axes)
}

/// What the rules of reductions are made of: the axes that go; the input, the result and its cotangent, all with as many
/// axes as the input.
struct Reduction {
    axes: Vec<i64>,
    x: Expr,
    y: Expr,
    g: Expr,
}

impl Reduction {
    fn of(site: &Site<'_>, g: &Expr) -> Result<Self, GradientError> {
        let axes = axes(site)?;
        let kept = |value: &Expr| {
            let dropped = site.node.int("keepdims") == Some(0);
            if dropped { value.unsqueeze(&axes) } else { value.clone() }
        };
        let (y, g) = (kept(&site.y()), kept(g));
        Ok(Self { axes, x: site.x(), y, g })
    }
}

pub fn sum(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { g, .. } = Reduction::of(site, g)?;
    Ok(vec![Some(g.expand(&site.lengths(0)?))])
}

pub fn mean(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { axes, g, .. } = Reduction::of(site, g)?;
    let shape = site.shape(0)?;
    let lengths = axes.iter().map(|&axis| site.fixed_length(shape[axis as usize]));
    let count: i64 = lengths.product::<Result<i64, GradientError>>()?;
    Ok(vec![Some((g * (1.0 / count as f64)).expand(&site.lengths(0)?))])
}

/// Elements that tie share the cotangent.
pub fn extremum(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { axes, x, y, g } = Reduction::of(site, g)?;
    let hit = x.zip("Equal", &y).to_float();
    Ok(vec![Some(&hit * (g / hit.sum(&axes, true)))])
}

/// A zero takes the product of all others; beside another zero nothing moves the product.
pub fn product(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { axes, x, g, .. } = Reduction::of(site, g)?;
    let zero = Expr::scalar(0.0);
    let is_zero = x.zip("Equal", &zero);
    let others = is_zero.choose(&Expr::scalar(1.0), &x);
    let zeros = is_zero.to_float().sum(&axes, true);
    let product = Expr::op("ReduceProd", [&others, &Expr::ints(axes)], vec![int("keepdims", 1)]);
    let counted = is_zero.to_float().zip("Equal", &zeros);
    Ok(vec![Some(g * counted.choose(&(product / others), &zero))])
}

pub fn l1(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { x, g, .. } = Reduction::of(site, g)?;
    Ok(vec![Some(x.map("Sign") * g)])
}

pub fn l2(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { x, y, g, .. } = Reduction::of(site, g)?;
    let zero = Expr::scalar(0.0);
    Ok(vec![Some(y.zip("Equal", &zero).choose(&zero, &(&x * (&g / &y))))])
}

pub fn sum_square(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { x, g, .. } = Reduction::of(site, g)?;
    Ok(vec![Some(2.0 * x * g)])
}

pub fn log_sum(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { y, g, .. } = Reduction::of(site, g)?;
    Ok(vec![Some((g / y.map("Exp")).expand(&site.lengths(0)?))])
}

pub fn log_sum_exp(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Reduction { x, y, g, .. } = Reduction::of(site, g)?;
    Ok(vec![Some((x - y).map("Exp") * g)])
}

pub fn cumulative(site: &Site<'_>, g: &Expr) -> Cotangents {
    let flag = |name: &str| site.node.int(name).unwrap_or(0);
    let attributes = vec![int("reverse", 1 - flag("reverse")), int("exclusive", flag("exclusive"))];
    Ok(vec![Some(Expr::op("CumSum", [g, &site.input(1)], attributes))])
}
