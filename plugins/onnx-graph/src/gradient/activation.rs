//! Rules of activation functions, from the result wherever it tells enough.

use std::f64::consts::PI;

use super::expr::Expr;
use super::site::{Cotangents, Site};

/// `g` where an element of the input is positive, else `other`.
fn positive_or(site: &Site<'_>, g: &Expr, other: &Expr) -> Cotangents {
    Ok(vec![Some(site.x().greater(0.0).choose(g, other))])
}

fn alpha(site: &Site<'_>, default: f64) -> f64 {
    site.node.float("alpha").unwrap_or(default)
}

pub fn relu(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(site.y().greater(0.0).choose(g, &Expr::scalar(0.0)))])
}

pub fn leaky_relu(site: &Site<'_>, g: &Expr) -> Cotangents {
    positive_or(site, g, &(g * alpha(site, 0.01)))
}

pub fn prelu(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, zero) = (site.x(), Expr::scalar(0.0));
    let positive = || x.greater(0.0);
    let of_slope = site.wanted(1, || positive().choose(&zero, &(g * &x)));
    let slopes = [Some(positive().choose(g, &(g * site.input(1)))), of_slope];
    site.unbroadcast_all(slopes.into())
}

pub fn elu(site: &Site<'_>, g: &Expr) -> Cotangents {
    positive_or(site, g, &(g * (site.y() + alpha(site, 1.0))))
}

pub fn celu(site: &Site<'_>, g: &Expr) -> Cotangents {
    positive_or(site, g, &(g * (site.x() / alpha(site, 1.0)).map("Exp")))
}

pub fn selu(site: &Site<'_>, g: &Expr) -> Cotangents {
    let gamma = site.node.float("gamma").unwrap_or(1.050_700_987_355_480_5);
    positive_or(site, &(g * gamma), &(g * (site.y() + alpha(site, 1.673_263_242_354_377_2) * gamma)))
}

pub fn thresholded_relu(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(site.x().greater(alpha(site, 1.0)).choose(g, &Expr::scalar(0.0)))])
}

pub fn sigmoid(site: &Site<'_>, g: &Expr) -> Cotangents {
    let y = site.y();
    Ok(vec![Some(g * (&y * (1.0 - &y)))])
}

pub fn hard_sigmoid(site: &Site<'_>, g: &Expr) -> Cotangents {
    let y = site.y();
    let inside = y.greater(0.0).zip("And", &y.zip("Less", &Expr::scalar(1.0)));
    Ok(vec![Some(inside.choose(&(g * alpha(site, 0.2)), &Expr::scalar(0.0)))])
}

pub fn hard_swish(site: &Site<'_>, g: &Expr) -> Cotangents {
    let x = site.x();
    let below = x.zip("Less", &Expr::scalar(-3.0));
    let slope = below.choose(&Expr::scalar(0.0), &(g * (&x * (1.0 / 3.0) + 0.5)));
    Ok(vec![Some(x.greater(3.0).choose(g, &slope))])
}

pub fn swish(site: &Site<'_>, g: &Expr) -> Cotangents {
    let scaled = site.x() * alpha(site, 1.0);
    let gate = scaled.map("Sigmoid");
    Ok(vec![Some(g * (&gate * (1.0 + &scaled * (1.0 - &gate))))])
}

/// What lies within the threshold gives zero; what lies beyond it is shifted.
pub fn shrink(site: &Site<'_>, g: &Expr) -> Cotangents {
    let beyond = site.x().map("Abs").greater(site.node.float("lambd").unwrap_or(0.5));
    Ok(vec![Some(beyond.choose(g, &Expr::scalar(0.0)))])
}

pub fn tanh(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * (1.0 - site.y().squared()))])
}

pub fn softplus(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.x().map("Sigmoid"))])
}

pub fn softsign(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g / (1.0 + site.x().map("Abs")).squared())])
}

pub fn mish(site: &Site<'_>, g: &Expr) -> Cotangents {
    let x = site.x();
    let gate = x.map("Softplus").map("Tanh");
    Ok(vec![Some(g * (&gate + &x * x.map("Sigmoid") * (1.0 - gate.squared())))])
}

pub fn gelu(site: &Site<'_>, g: &Expr) -> Cotangents {
    let x = site.x();
    let slope = if site.node.text("approximate") == Some("tanh") {
        let scale = (2.0 / PI).sqrt();
        let square = x.squared();
        let tanh = (scale * &x * (1.0 + 0.044715 * &square)).map("Tanh");
        let inner = scale * (1.0 + 3.0 * 0.044715 * &square);
        0.5 * (1.0 + &tanh) + 0.5 * &x * (1.0 - tanh.squared()) * inner
    } else {
        let below = 0.5 * (1.0 + (&x * 0.5f64.sqrt()).map("Erf"));
        let density = (1.0 / (2.0 * PI).sqrt()) * (-0.5 * x.squared()).map("Exp");
        below + &x * density
    };
    Ok(vec![Some(g * slope)])
}

pub fn softmax(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (y, axis) = (site.y(), [site.axis(-1, site.rank(0)?)]);
    let weighted = g * &y;
    Ok(vec![Some(&weighted - &y * weighted.sum(&axis, true))])
}

pub fn log_softmax(site: &Site<'_>, g: &Expr) -> Cotangents {
    let axis = [site.axis(-1, site.rank(0)?)];
    Ok(vec![Some(g - site.y().map("Exp") * g.sum(&axis, true))])
}
