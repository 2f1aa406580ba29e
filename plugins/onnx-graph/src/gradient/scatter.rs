//! Rules of operators that place and pick elements by indices, which may be computed.

use super::GradientError;
use super::expr::Expr;
use super::site::{Cotangents, Site};
use crate::attribute::{int, text};

/// How indices name elements.
enum Indices {
    /// Each replaces a position along this axis.
    Elements(i64),
    /// Each list of them names an element or a part.
    Lists,
}

impl Indices {
    /// `values` put into `data`, joined with what is there by `reduction`.
    fn put(&self, data: &Expr, indices: &Expr, values: &Expr, reduction: &str) -> Expr {
        let reduction = text("reduction", reduction);
        match self {
            Self::Elements(axis) => {
                Expr::op("ScatterElements", [data, indices, values], vec![int("axis", *axis), reduction])
            }
            Self::Lists => Expr::op("ScatterND", [data, indices, values], vec![reduction]),
        }
    }

    /// What lies there in `data`.
    fn pick(&self, data: &Expr, indices: &Expr) -> Expr {
        match self {
            Self::Elements(axis) => Expr::op("GatherElements", [data, indices], vec![int("axis", *axis)]),
            Self::Lists => data.zip("GatherND", indices),
        }
    }
}

fn elements(site: &Site<'_>) -> Result<Indices, GradientError> {
    Ok(Indices::Elements(site.axis(0, site.rank(0)?)))
}

pub fn gather_elements(site: &Site<'_>, g: &Expr) -> Cotangents {
    let zeros = Expr::zeros(&site.lengths(0)?);
    Ok(vec![Some(elements(site)?.put(&zeros, &site.input(1), g, "add"))])
}

pub fn gather_nd(site: &Site<'_>, g: &Expr) -> Cotangents {
    let zeros = Expr::zeros(&site.lengths(0)?);
    let (rank, shared) = (site.rank(1)?, site.node.int("batch_dims").unwrap_or(0));
    let mut indices = site.input(1);
    if shared > 0 {
        // The axes that data and indices share become indices, too: along each, its positions.
        let first = indices.slice(rank - 1, 0, 1);
        let ones = Expr::ints([1]).expand(&first.map("Shape"));
        let position =
            |axis: i64| Expr::op("CumSum", [&ones, &Expr::shaped_ints(vec![], vec![axis])], vec![int("exclusive", 1)]);
        indices = Expr::concat((0..shared).map(position).chain([indices]).collect(), rank - 1);
    }
    Ok(vec![Some(Indices::Lists.put(&zeros, &indices, g, "add"))])
}

pub fn scatter_elements(site: &Site<'_>, g: &Expr) -> Cotangents {
    scatter(site, g, &elements(site)?)
}

pub fn scatter_nd(site: &Site<'_>, g: &Expr) -> Cotangents {
    scatter(site, g, &Indices::Lists)
}

/// The cotangents of what is there and of what is put there.
fn scatter(site: &Site<'_>, g: &Expr, by: &Indices) -> Cotangents {
    let (data, indices, values, y) = (site.input(0), site.input(1), site.input(2), site.y());
    let zero = Expr::scalar(0.0);
    let [of_data, of_values] = match site.node.text("reduction").unwrap_or("none") {
        "none" => {
            let none = Expr::zeros(&values.map("Shape"));
            [by.put(g, &indices, &none, "none"), by.pick(g, &indices)]
        }
        "add" => [g.clone(), by.pick(g, &indices)],
        // A zero takes the product of all others; beside another zero nothing moves the product.
        "mul" => {
            let [none_of_data, none_of_values] = [&data, &values].map(|value| value.zip("Equal", &zero));
            let [data, values] = [(&none_of_data, &data), (&none_of_values, &values)]
                .map(|(none, value)| none.choose(&Expr::scalar(1.0), value));
            let product = g * by.put(&data, &indices, &values, "mul");
            let count = by.put(&none_of_data.to_float(), &indices, &none_of_values.to_float(), "add");
            let share = |none: &Expr, product: Expr, count: Expr, value: &Expr| {
                none.to_float().zip("Equal", &count).choose(&(product / value), &zero)
            };
            let picked = [&product, &count].map(|all| by.pick(all, &indices));
            let [product_there, count_there] = picked;
            [share(&none_of_data, product, count, &data), share(&none_of_values, product_there, count_there, &values)]
        }
        // Elements that tie share the cotangent.
        "max" | "min" => {
            let of_data = data.zip("Equal", &y).to_float();
            let of_values = values.zip("Equal", &by.pick(&y, &indices)).to_float();
            let share = g / by.put(&of_data, &indices, &of_values, "add");
            // Where nothing is put, the element there is the largest, so the count is never zero.
            [of_data * &share, of_values * by.pick(&share, &indices)]
        }
        other => return Err(site.refuse(format!("it joins elements by {other}"))),
    };
    Ok(vec![site.wanted(0, || of_data), None, site.wanted(2, || of_values)])
}

/// The largest or smallest elements, which the operator tells the positions of.
pub fn top_k(site: &Site<'_>, g: &Expr) -> Cotangents {
    let axis = site.axis(-1, site.rank(0)?);
    let inputs = vec![Some(site.x()), Some(site.input(1))];
    let [_, indices] = Expr::several("TopK", inputs, site.node.attribute.clone());
    Ok(vec![Some(Indices::Elements(axis).put(&Expr::zeros(&site.lengths(0)?), &indices, g, "add"))])
}

/// Elements along an axis that a condition chooses; without an axis, of all elements one after the other.
pub fn compress(site: &Site<'_>, g: &Expr) -> Cotangents {
    let shape = site.lengths(0)?;
    let rank = site.rank(0)?;
    let chosen = site.input(1).map("NonZero").transpose(&[1, 0]);
    let Some(axis) = site.node.int("axis").map(|axis| axis.rem_euclid(rank.max(1))) else {
        let flat = Expr::zeros(&site.x().map("Size").reshape(&[1]));
        let sum = Indices::Lists.put(&flat, &chosen, g, "none");
        return Ok(vec![Some(sum.zip("Reshape", &shape))]);
    };
    // The axis first, where a list of one index names a part.
    let mut order: Vec<i64> = (0..rank).collect();
    order.swap(0, axis as usize);
    let zeros = Expr::zeros(&shape).transpose(&order);
    Ok(vec![Some(Indices::Lists.put(&zeros, &chosen, &g.transpose(&order), "none").transpose(&order))])
}
