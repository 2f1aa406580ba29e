//! Rules of arithmetic, element by element.

use std::f64::consts::PI;

use super::expr::Expr;
use super::site::{Cotangents, Site};

/// The value itself. A cast from whole numbers has no floating-point input, and so none that is asked for.
pub fn pass(_: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g.clone())])
}

pub fn add(site: &Site<'_>, g: &Expr) -> Cotangents {
    site.unbroadcast_all((0..site.node.input.len()).map(|index| site.wanted(index, || g.clone())).collect())
}

pub fn sub(site: &Site<'_>, g: &Expr) -> Cotangents {
    site.unbroadcast_all(vec![site.wanted(0, || g.clone()), site.wanted(1, || -g)])
}

pub fn mean(site: &Site<'_>, g: &Expr) -> Cotangents {
    add(site, &(g * (1.0 / site.node.input.len() as f64)))
}

pub fn mul(site: &Site<'_>, g: &Expr) -> Cotangents {
    site.unbroadcast_all(vec![site.wanted(0, || g * site.input(1)), site.wanted(1, || g * site.input(0))])
}

pub fn div(site: &Site<'_>, g: &Expr) -> Cotangents {
    let of_dividend = g / site.input(1);
    let of_divisor = site.wanted(1, || -(&of_dividend * site.y()));
    site.unbroadcast_all(vec![site.wanted(0, || of_dividend), of_divisor])
}

pub fn pow(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (x, exponent) = (site.x(), site.input(1));
    if !site.is_float(1) && site.scalar(1).is_none() {
        return Err(site.refuse("its exponents are whole numbers that vary"));
    }
    let of_base = site.wanted(0, || match site.scalar(1) {
        Some(1.0) => g.clone(),
        Some(2.0) => g * (2.0 * &x),
        Some(power) => g * (power * x.zip("Pow", &Expr::scalar(power - 1.0))),
        None => g * (&exponent * x.zip("Pow", &(&exponent - 1.0))),
    });
    let of_exponent = site.wanted(1, || {
        // At a base of 0 the power does not change with a positive exponent, though the logarithm has no value.
        let zero = Expr::scalar(0.0);
        let slope = site.y() * x.map("Log");
        g * x.zip("Equal", &zero).choose(&zero, &slope)
    });
    site.unbroadcast_all(vec![of_base, of_exponent])
}

/// Elements that tie share the cotangent.
pub fn extremum(site: &Site<'_>, g: &Expr) -> Cotangents {
    let inputs = 0..site.node.input.len();
    let hits: Vec<Expr> = inputs.clone().map(|index| site.input(index).zip("Equal", &site.y()).to_float()).collect();
    let share = g / Expr::node("Sum", hits.iter().cloned().map(Some).collect(), vec![], 1);
    site.unbroadcast_all(inputs.map(|index| site.wanted(index, || &share * &hits[index])).collect())
}

pub fn choose(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (condition, zero) = (site.input(0), Expr::scalar(0.0));
    let yes = site.wanted(1, || condition.choose(g, &zero));
    let no = site.wanted(2, || condition.choose(&zero, g));
    site.unbroadcast_all(vec![None, yes, no])
}

/// The bounds themselves still pass gradients.
pub fn clip(site: &Site<'_>, g: &Expr) -> Cotangents {
    let bound =
        |index: usize, op: &'static str| site.node.input_at(index).map(|name| site.x().zip(op, &Expr::tensor(name)));
    let inside = match (bound(1, "GreaterOrEqual"), bound(2, "LessOrEqual")) {
        (Some(above), Some(below)) => above.zip("And", &below),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return Ok(vec![Some(g.clone())]),
    };
    Ok(vec![Some(inside.choose(g, &Expr::scalar(0.0)))])
}

pub fn neg(_: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(-g)])
}

pub fn abs(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.x().map("Sign"))])
}

pub fn sqrt(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * 0.5 / site.y())])
}

pub fn reciprocal(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(-(g * site.y().squared()))])
}

pub fn exp(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.y())])
}

pub fn log(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g / site.x())])
}

pub fn erf(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * (2.0 / PI.sqrt() * (-site.x().squared()).map("Exp")))])
}

/// The remainder with the sign of the dividend, or of the divisor: the dividend less a whole number of divisors.
pub fn modulo(site: &Site<'_>, g: &Expr) -> Cotangents {
    let of_divisor = site.wanted(1, || -(g * ((site.x() - site.y()) / site.input(1)).map("Round")));
    site.unbroadcast_all(vec![site.wanted(0, || g.clone()), of_divisor])
}
