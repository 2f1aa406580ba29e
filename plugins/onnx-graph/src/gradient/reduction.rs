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

pub fn reduce(site: &Site<'_>, g: &Expr) -> Cotangents {
    let axes = axes(site)?;
    let kept = |value: &Expr| {
        let dropped = site.node.int("keepdims") == Some(0);
        if dropped { value.unsqueeze(&axes) } else { value.clone() }
    };
    let (x, y, g) = (site.x(), kept(&site.y()), kept(g));
    let zero = Expr::scalar(0.0);
    let value = match site.node.op_type.as_str() {
        "ReduceSum" => g.expand(&site.lengths(0)?),
        "ReduceMean" => {
            let shape = site.shape(0)?;
            let lengths = axes.iter().map(|&axis| site.fixed_length(shape[axis as usize]));
            let count: i64 = lengths.product::<Result<i64, GradientError>>()?;
            (g * (1.0 / count as f64)).expand(&site.lengths(0)?)
        }
        // Elements that tie share the cotangent.
        "ReduceMax" | "ReduceMin" => {
            let hit = x.zip("Equal", &y).to_float();
            &hit * (g / hit.sum(&axes, true))
        }
        // A zero takes the product of all others; beside another zero nothing moves the product.
        "ReduceProd" => {
            let is_zero = x.zip("Equal", &zero);
            let others = is_zero.choose(&Expr::scalar(1.0), &x);
            let zeros = is_zero.to_float().sum(&axes, true);
            let product = Expr::op("ReduceProd", [&others, &Expr::ints(axes)], vec![int("keepdims", 1)]);
            let counted = is_zero.to_float().zip("Equal", &zeros);
            g * counted.choose(&(product / others), &zero)
        }
        "ReduceL1" => x.map("Sign") * g,
        "ReduceL2" => y.zip("Equal", &zero).choose(&zero, &(&x * (&g / &y))),
        "ReduceSumSquare" => 2.0 * x * g,
        "ReduceLogSum" => (g / y.map("Exp")).expand(&site.lengths(0)?),
        "ReduceLogSumExp" => (x - y).map("Exp") * g,
        _ => return Err(site.refuse("the operator has no rule")),
    };
    Ok(vec![Some(value)])
}

pub fn cumulative(site: &Site<'_>, g: &Expr) -> Cotangents {
    let flag = |name: &str| site.node.int(name).unwrap_or(0);
    let attributes = vec![int("reverse", 1 - flag("reverse")), int("exclusive", flag("exclusive"))];
    Ok(vec![Some(Expr::op("CumSum", [g, &site.input(1)], attributes))])
}
