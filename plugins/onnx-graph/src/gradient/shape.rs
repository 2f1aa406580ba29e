//! Rules of operators that arrange, repeat and join.

use super::GradientError;
use super::expr::Expr;
use super::site::{Cotangents, Site, open};
use crate::attribute::{int, ints};
use crate::facts::Length;

pub fn reshape(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(site.like(g, 0)?)])
}

pub fn transpose(site: &Site<'_>, g: &Expr) -> Cotangents {
    let Some(order) = site.node.ints("perm") else {
        return Ok(vec![Some(g.map("Transpose"))]);
    };
    let mut back = vec![0; order.len()];
    for (to, &from) in order.iter().enumerate() {
        let slot = usize::try_from(from).ok().and_then(|from| back.get_mut(from));
        *slot.ok_or_else(|| site.refuse(format!("its `perm` has axis {from}, its input has not")))? = to as i64;
    }
    Ok(vec![Some(Expr::op("Transpose", [g], vec![ints("perm", back)]))])
}

pub fn expand(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(site.unbroadcast(g, 0)?)])
}

pub fn tile(site: &Site<'_>, g: &Expr) -> Cotangents {
    let repeats = site.ints(1)?.ok_or_else(|| site.refuse("it lacks the input `repeats`"))?;
    let lengths = open(site.shape(0)?);
    let apart: Vec<i64> = repeats.iter().zip(lengths).flat_map(|(&repeat, length)| [repeat, length]).collect();
    let copies: Vec<i64> = (0..repeats.len() as i64).map(|axis| 2 * axis).collect();
    Ok(vec![Some(g.reshape(&apart).sum(&copies, false))])
}

/// Every element a whole number of times.
pub fn resize(site: &Site<'_>, g: &Expr) -> Cotangents {
    let text = |name: &str, default: &'static str| site.node.text(name).unwrap_or(default).to_owned();
    let coordinates = text("coordinate_transformation_mode", "half_pixel");
    let rounding = text("nearest_mode", "round_prefer_floor");
    let plain = match coordinates.as_str() {
        "asymmetric" => rounding == "floor",
        "half_pixel" | "pytorch_half_pixel" | "half_pixel_symmetric" => rounding.starts_with("round_prefer"),
        _ => false,
    };
    if text("mode", "nearest") != "nearest" || !plain {
        return Err(site.refuse(format!("it interpolates by {}, {coordinates}, {rounding}", text("mode", "nearest"))));
    }
    let (mut apart, mut copies) = (Vec::new(), Vec::new());
    for (from, to) in site.shape(0)?.iter().zip(site.result_shape()?) {
        match (from, to) {
            (Length::Fixed(from), Length::Fixed(to)) if *from > 0 && to % from == 0 => {
                apart.push(*from as i64);
                if to != from {
                    copies.push(apart.len() as i64);
                    apart.push((to / from) as i64);
                }
            }
            (Length::Rows(from), Length::Rows(to)) if from == to => apart.push(-1),
            _ => return Err(site.refuse("it does not repeat elements a whole number of times")),
        }
    }
    Ok(vec![Some(if copies.is_empty() { g.clone() } else { g.reshape(&apart).sum(&copies, false) })])
}

pub fn concat(site: &Site<'_>, g: &Expr) -> Cotangents {
    let axis = site.axis(0, site.rank(0)?);
    let mut start = 0;
    let mut parts = Vec::with_capacity(site.node.input.len());
    for index in 0..site.node.input.len() {
        let length = site.fixed_length(site.shape(index)?[axis as usize])?;
        parts.push(site.wanted(index, || g.slice(axis, start, start + length)));
        start += length;
    }
    Ok(parts)
}

pub fn split(site: &Site<'_>, results: &[Option<Expr>]) -> Cotangents {
    let part = |(name, g): (&String, &Option<Expr>)| {
        g.clone().unwrap_or_else(|| Expr::zeros(&Expr::tensor(name).map("Shape")))
    };
    let parts = site.node.output.iter().zip(results).map(part).collect();
    Ok(vec![Some(Expr::concat(parts, site.axis(0, site.rank(0)?)))])
}

/// The operator itself: it keeps elements where they are, and none where it puts zeros.
pub fn triangle(site: &Site<'_>, g: &Expr) -> Cotangents {
    let inputs = std::iter::once(Some(g.clone())).chain(site.node.input_at(1).map(|name| Some(Expr::tensor(name))));
    Ok(vec![Some(Expr::node("Trilu", inputs.collect(), site.node.attribute.clone(), 1))])
}

/// The operator itself: what is turned round twice is as before.
pub fn reverse_sequence(site: &Site<'_>, g: &Expr) -> Cotangents {
    Ok(vec![Some(Expr::op("ReverseSequence", [g, &site.input(1)], site.node.attribute.clone()))])
}

/// Its opposite in the same order, if that is an operator: of positions and then channels.
pub fn depth_to_space(site: &Site<'_>, g: &Expr) -> Cotangents {
    let block = block(site)?;
    if site.node.text("mode") != Some("CRD") {
        return Ok(vec![Some(Expr::op("SpaceToDepth", [g], vec![int("blocksize", block)]))]);
    }
    let lengths = site.fixed(site.shape(0)?, 1)?;
    let [channels, height, width] = lengths[..] else { return Err(site.refuse("its positions have not two axes")) };
    let apart = g.reshape(&[-1, channels / (block * block), height, block, width, block]);
    Ok(vec![Some(apart.transpose(&[0, 1, 3, 5, 2, 4]).reshape(&[-1, channels, height, width]))])
}

pub fn space_to_depth(site: &Site<'_>, g: &Expr) -> Cotangents {
    if site.node.text("mode").is_some_and(|mode| mode != "DCR") {
        return Err(site.refuse("it has another order of channels"));
    }
    Ok(vec![Some(Expr::op("DepthToSpace", [g], vec![int("blocksize", block(site)?)]))])
}

fn block(site: &Site<'_>) -> Result<i64, GradientError> {
    site.node.int("blocksize").filter(|&block| block > 0).ok_or_else(|| site.refuse("it lacks its `blocksize`"))
}
