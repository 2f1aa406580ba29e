//! Rules of pools.

use super::GradientError;
use super::expr::Expr;
use super::site::{Cotangents, Site};
use super::window::Windows;
use crate::attribute::{int, ints};
use crate::tensor::element;

/// The first of equal elements gets it all, as the engine's indices say.
pub fn max(site: &Site<'_>, g: &Expr) -> Cotangents {
    let windows = Windows::of(site, None)?;
    if site.node.int("storage_order").unwrap_or(0) != 0 {
        return Err(site.refuse("its indices count columns first"));
    }
    let x = site.x();
    let shape = x.map("Shape");
    let [_, indices] = Expr::several("MaxPool", vec![Some(x.clone())], site.node.attribute.clone());
    let single = site.fact(&site.node.output[0])?.element == element::F32;
    let ceiling = site.node.int("ceil_mode").unwrap_or(0) != 0;
    if single && !ceiling && windows.tile() {
        let attributes = vec![ints("kernel_shape", windows.kernel), ints("strides", windows.strides)];
        return Ok(vec![Some(Expr::op("MaxUnpool", [g, &indices, &shape], attributes))]);
    }
    // Windows that overlap may choose the same element, whose cotangents add up.
    let zeros = Expr::zeros(&x.map("Size").reshape(&[1]));
    let add = vec![int("axis", 0), crate::attribute::text("reduction", "add")];
    let flat = Expr::op("ScatterElements", [&zeros, &indices.reshape(&[-1]), &g.reshape(&[-1])], add);
    Ok(vec![Some(flat.zip("Reshape", &shape))])
}

pub fn average(site: &Site<'_>, g: &Expr) -> Cotangents {
    let windows = Windows::of(site, None)?;
    let shares = Expr::floats([&[1, 1], windows.result.as_slice()].concat(), shares(site, &windows));
    Ok(vec![Some(spread(site, &windows, &(g * shares))?)])
}

/// What each window has, given to every element that it covers.
fn spread(site: &Site<'_>, windows: &Windows, value: &Expr) -> Result<Expr, GradientError> {
    let axes = windows.input.len();
    let channels = site.fixed_length(site.shape(0)?[1])?;
    let input: Vec<i64> = [&[-1, channels], windows.input.as_slice()].concat();
    if windows.tile() {
        let (mut apart, mut repeated, mut joined) = (vec![-1, channels], vec![1, 1], vec![-1, channels]);
        let mut pads = vec![0; 2 * (axes + 2)];
        for axis in 0..axes {
            let (count, size) = (windows.result[axis], windows.kernel[axis]);
            apart.extend([count, 1]);
            repeated.extend([count, size]);
            joined.push(count * size);
            pads[axes + 2 + 2 + axis] = windows.input[axis] - count * size;
        }
        let spread = value.reshape(&apart).expand(&Expr::ints(repeated));
        return Ok(spread.reshape(&joined).pad(&pads));
    }
    // Every channel by itself, so that one window of ones serves them all.
    let rows = value.reshape(&[&[-1, 1], windows.result.as_slice()].concat());
    let mut pads = windows.pads.clone();
    let mut rest = vec![0; axes];
    for axis in 0..axes {
        let left_over = windows.left_over(axis);
        rest[axis] = left_over.max(0);
        pads[axes + axis] += (-left_over).max(0);
    }
    let ones = Expr::floats(
        [&[1, 1], windows.kernel.as_slice()].concat(),
        vec![1.0; windows.kernel.iter().product::<i64>().unsigned_abs() as usize],
    );
    let attributes = vec![
        ints("kernel_shape", windows.kernel.as_slice()),
        ints("strides", windows.strides.as_slice()),
        ints("dilations", windows.dilations.as_slice()),
        ints("pads", pads),
        ints("output_padding", rest),
    ];
    Ok(Expr::op("ConvTranspose", [&rows, &ones], attributes).reshape(&input))
}

/// The power of a norm: 2 if it is not given.
fn power(site: &Site<'_>) -> f64 {
    site.node.int("p").map_or(2.0, |power| power as f64)
}

/// The slope of a size `|x|` raised to a power, but for the power itself: the size to the power less one, with its sign.
fn signed_power(x: &Expr, power: f64) -> Expr {
    match power {
        1.0 => x.map("Sign"),
        2.0 => x.clone(),
        _ => x.map("Sign") * x.map("Abs").zip("Pow", &Expr::scalar(power - 1.0)),
    }
}

/// The cotangent of a norm over the norm to the power less one; zero where all elements are.
fn over_norm(g: &Expr, norm: &Expr, power: f64) -> Expr {
    if power == 1.0 {
        return g.clone();
    }
    let zero = Expr::scalar(0.0);
    let scaled = g / norm.zip("Pow", &Expr::scalar(power - 1.0));
    norm.zip("Equal", &zero).choose(&zero, &scaled)
}

/// The norm of each window.
pub fn lp(site: &Site<'_>, g: &Expr) -> Cotangents {
    let (windows, power) = (Windows::of(site, None)?, power(site));
    let of_windows = over_norm(g, &site.y(), power);
    Ok(vec![Some(spread(site, &windows, &of_windows)? * signed_power(&site.x(), power))])
}

/// The norm of all positions.
pub fn global_lp(site: &Site<'_>, g: &Expr) -> Cotangents {
    let power = power(site);
    Ok(vec![Some(over_norm(g, &site.y(), power) * signed_power(&site.x(), power))])
}

/// The share of each element of a window, window by window: one over the number of elements that count.
fn shares(site: &Site<'_>, windows: &Windows) -> Vec<f64> {
    let padding_counts = site.node.int("count_include_pad").unwrap_or(0) != 0;
    let axes = windows.input.len();
    let mut shares = vec![1.0];
    for axis in 0..axes {
        let (before, after) = (windows.pads[axis], windows.pads[axes + axis]);
        let (first, end) =
            if padding_counts { (-before, windows.input[axis] + after) } else { (0, windows.input[axis]) };
        let count = |window: i64| {
            let start = window * windows.strides[axis] - before;
            let taps = (0..windows.kernel[axis]).map(|tap| start + tap * windows.dilations[axis]);
            taps.filter(|at| (first..end).contains(at)).count().max(1) as f64
        };
        shares = shares
            .iter()
            .flat_map(|share| (0..windows.result[axis]).map(move |window| (share, window)))
            .map(|(share, window)| share / count(window))
            .collect();
    }
    shares
}

pub fn global_average(site: &Site<'_>, g: &Expr) -> Cotangents {
    let count: i64 = site.fixed(site.shape(0)?, 2)?.iter().product();
    Ok(vec![Some((g * (1.0 / count as f64)).expand(&site.lengths(0)?))])
}

/// The first of equal elements gets it all.
pub fn global_max(site: &Site<'_>, g: &Expr) -> Cotangents {
    let channels = site.fixed_length(site.shape(0)?[1])?;
    let count: i64 = site.fixed(site.shape(0)?, 2)?.iter().product();
    let first =
        Expr::op("ArgMax", [&site.x().reshape(&[-1, channels, count])], vec![int("axis", 2), int("keepdims", 1)]);
    let positions = Expr::shaped_ints(vec![1, 1, count], (0..count).collect());
    let hit = positions.zip("Equal", &first);
    let spread = hit.choose(&g.reshape(&[-1, channels, 1]), &Expr::scalar(0.0));
    Ok(vec![Some(site.like(&spread, 0)?)])
}
