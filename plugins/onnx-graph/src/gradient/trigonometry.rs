//! Rules of the trigonometric and hyperbolic functions and their inverses.

use super::expr::Expr;
use super::site::{Cotangents, Site};

pub fn sin(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.x().map("Cos"))])
}

pub fn cos(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(-(g * site.x().map("Sin")))])
}

pub fn tan(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * (1.0 + site.y().squared()))])
}

/// The root of `1 - x²`, as `(1 - x)·(1 + x)`, which keeps its digits beside 1.
fn arc_height(x: &Expr) -> Expr {
    ((1.0 - x) * (1.0 + x)).map("Sqrt")
}

pub fn asin(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g / arc_height(&site.x()))])
}

pub fn acos(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(-(g / arc_height(&site.x())))])
}

pub fn atan(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g / (1.0 + site.x().squared()))])
}

pub fn sinh(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.x().map("Cosh"))])
}

pub fn cosh(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g * site.x().map("Sinh"))])
}

pub fn asinh(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(g / (site.x().squared() + 1.0).map("Sqrt"))])
}

/// From `x² - 1` as `(x - 1)·(x + 1)`, which keeps its digits beside 1.
pub fn acosh(site: &Site<'_>, g: &Expr) -> Cotangents {
    let x = site.x();
    Ok(vec![Some(g / ((&x - 1.0) * (&x + 1.0)).map("Sqrt"))])
}

pub fn atanh(site: &Site<'_>, g: &Expr) -> Cotangents {
    let x = site.x();
    Ok(vec![Some(g / ((1.0 - &x) * (1.0 + &x)))])
}
