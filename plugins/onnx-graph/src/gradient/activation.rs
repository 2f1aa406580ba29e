//! Rules of activation functions, from the result wherever it tells enough.

use std::f64::consts::PI;

use super::expr::Expr;
use super::site::{Cotangents, Site};

/// Functions of one element each.
pub fn pointwise(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, y, zero) = (site.x(), site.y(), Expr::scalar(0.0));
    let alpha = |default: f64| site.node.float("alpha").unwrap_or(default);
    let positive = || x.greater(0.0);
    Ok(vec![Some(match site.node.op_type.as_str() {
        "Relu" => y.greater(0.0).choose(g, &zero),
        "LeakyRelu" => positive().choose(g, &(g * alpha(0.01))),
        "PRelu" => {
            let of_slope = site.wanted(1, || positive().choose(&zero, &(g * &x)));
            let slopes = [Some(positive().choose(g, &(g * site.input(1)))), of_slope];
            return site.unbroadcast_all(slopes.into());
        }
        "Elu" => positive().choose(g, &(g * (y + alpha(1.0)))),
        "Celu" => positive().choose(g, &(g * (x / alpha(1.0)).map("Exp"))),
        "Selu" => {
            let gamma = site.node.float("gamma").unwrap_or(1.050_700_987_355_480_5);
            positive().choose(&(g * gamma), &(g * (y + alpha(1.673_263_242_354_377_2) * gamma)))
        }
        "ThresholdedRelu" => x.greater(alpha(1.0)).choose(g, &zero),
        "Sigmoid" => g * (&y * (1.0 - &y)),
        "HardSigmoid" => {
            let inside = y.greater(0.0).zip("And", &y.zip("Less", &Expr::scalar(1.0)));
            inside.choose(&(g * alpha(0.2)), &zero)
        }
        "HardSwish" => {
            let below = x.zip("Less", &Expr::scalar(-3.0));
            x.greater(3.0).choose(g, &below.choose(&zero, &(g * (&x * (1.0 / 3.0) + 0.5))))
        }
        "Tanh" => g * (1.0 - y.squared()),
        "Softplus" => g * x.map("Sigmoid"),
        "Softsign" => g / (1.0 + x.map("Abs")).squared(),
        "Mish" => {
            let gate = x.map("Softplus").map("Tanh");
            g * (&gate + &x * x.map("Sigmoid") * (1.0 - gate.squared()))
        }
        _ => return Err(site.refuse("the operator has no rule")),
    })])
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
    Ok(vec![Some(if site.node.op_type == "Softmax" {
        let weighted = g * &y;
        &weighted - &y * weighted.sum(&axis, true)
    } else {
        g - y.map("Exp") * g.sum(&axis, true)
    })])
}
