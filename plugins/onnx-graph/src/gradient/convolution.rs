//! Rules of convolutions.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use super::window::Windows;
use crate::attribute::{int, ints};
use crate::proto::AttributeProto;

/// Up to so many channels, engines compute a transposed convolution faster than one with mirrored weights.
const FEW_INPUTS: i64 = 16;

fn geometry(windows: &Windows, pads: &[i64], strides: &[i64], group: i64) -> Vec<AttributeProto> {
    vec![
        ints("kernel_shape", windows.kernel.as_slice()),
        ints("strides", strides),
        ints("dilations", windows.dilations.as_slice()),
        ints("pads", pads),
        int("group", group),
    ]
}

pub fn conv(site: &Site<'_>, g: &Expr) -> Cotangents {
    let weight_shape = site.fixed(site.shape(1)?, 0)?;
    let windows = Windows::of(site, Some(weight_shape[2..].to_vec()))?;
    let axes = windows.input.len();
    let group = site.node.int("group").unwrap_or(1);
    let inputs = weight_shape[1];
    let of_weights = site.wanted(1, || of_weights(&windows, [&site.x(), g], group, inputs));
    let of_bias = site.wanted(2, || of_bias(g, axes));
    let of_x = || of_x(site, g, &windows, &weight_shape, group);
    Ok(vec![site.wanted(0, of_x), of_weights, of_bias])
}

/// The cotangent of what a convolution slides over.
fn of_x(site: &Site<'_>, g: &Expr, windows: &Windows, weight_shape: &[i64], group: i64) -> Expr {
    let axes = windows.input.len();
    let opposite: Vec<i64> = (0..2 * axes)
        .map(|at| windows.dilations[at % axes] * (windows.kernel[at % axes] - 1) - windows.pads[at])
        .collect();
    let (outputs, inputs) = (weight_shape[0] / group, weight_shape[1]);
    // With stride 1 the way back is a convolution as well, with the weights mirrored, and engines are fastest there.
    let mirrors = windows.strides.iter().all(|&stride| stride == 1) && opposite.iter().all(|&pad| pad >= 0);
    // But not if there is little to compute for each number read, as in the layer that reads bases.
    if mirrors && (inputs > FEW_INPUTS || outputs < 2 * inputs) {
        let spatial = &weight_shape[2..];
        let grouped = site.input(1).reshape(&[&[group, outputs, inputs], spatial].concat());
        let order: Vec<i64> = [0, 2, 1].into_iter().chain(3..3 + axes as i64).collect();
        let turned = grouped.transpose(&order).reshape(&[&[group * inputs, outputs], spatial].concat());
        let mirrored = turned.reversed(&(2..2 + axes as i64).collect::<Vec<i64>>());
        let attributes = geometry(windows, &opposite, &windows.strides, group);
        return Expr::op("Conv", [g, &mirrored], attributes);
    }
    let rest: Vec<i64> = (0..axes).map(|axis| windows.left_over(axis)).collect();
    let mut attributes = geometry(windows, &windows.pads, &windows.strides, group);
    attributes.push(ints("output_padding", rest));
    Expr::op("ConvTranspose", [g, &site.input(1)], attributes)
}

/// The cotangent of weights: how what a window slides over goes with the cotangent of what it gives. That is a convolution
/// of the former by the latter, of rows instead of channels, with strides and dilations in each other's place. `inputs`
/// are the channels of a group in what is slid over.
fn of_weights(windows: &Windows, [over, given]: [&Expr; 2], group: i64, inputs: i64) -> Expr {
    let spatial: Vec<i64> = (0..windows.input.len() as i64).collect();
    let grouped = over.reshape(&[&[0, group, inputs], windows.input.as_slice()].concat());
    let order: Vec<i64> = [2, 1, 0].into_iter().chain(spatial.iter().map(|axis| axis + 3)).collect();
    let rows_as_channels = grouped.transpose(&order).reshape(&[&[inputs, -1], windows.input.as_slice()].concat());
    let swapped: Vec<i64> = [1, 0].into_iter().chain(spatial.iter().map(|axis| axis + 2)).collect();
    let attributes = vec![
        ints("strides", windows.dilations.as_slice()),
        ints("dilations", windows.strides.as_slice()),
        ints("pads", windows.pads.as_slice()),
        int("group", group),
    ];
    let mut found = Expr::op("Conv", [&rows_as_channels, &given.transpose(&swapped)], attributes);
    // What the windows leave over at the end would be further weights.
    for (&axis, &length) in spatial.iter().zip(&windows.kernel) {
        found = found.slice(axis + 2, 0, length);
    }
    found.transpose(&swapped)
}

/// The cotangent of what is added to every position of a channel.
fn of_bias(g: &Expr, axes: usize) -> Expr {
    let others: Vec<i64> = std::iter::once(0).chain((0..axes as i64).map(|axis| axis + 2)).collect();
    g.sum(&others, false)
}

pub fn conv_transpose(site: &Site<'_>, g: &Expr) -> Cotangents {
    if site.node.text("auto_pad").is_some_and(|mode| mode != "NOTSET") || site.node.ints("output_shape").is_some() {
        return Err(site.refuse("its padding is left to the engine"));
    }
    let windows = Windows::of(site, Some(site.fixed(site.shape(1)?, 2)?))?;
    let axes = windows.input.len();
    let whole = g;
    let (mut g, mut pads, mut slid_over) = (g.clone(), windows.pads.clone(), windows.result.clone());
    for axis in 0..axes {
        let reach = (windows.input[axis] - 1) * windows.strides[axis]
            + (windows.kernel[axis] - 1) * windows.dilations[axis]
            + 1;
        let after = reach - windows.result[axis] - pads[axis];
        pads[axes + axis] = after.max(0);
        if after < 0 {
            slid_over[axis] += after;
            g = g.slice(axis as i64 + 2, 0, slid_over[axis]);
        }
    }
    let group = site.node.int("group").unwrap_or(1);
    let of_x = || Expr::op("Conv", [&g, &site.input(1)], geometry(&windows, &pads, &windows.strides, group));
    let outputs = site.fixed_length(site.shape(1)?[1])?;
    // The way back is a convolution over the result, which gives the input.
    let back =
        |input: Vec<i64>| Windows { pads: pads.clone(), input, result: windows.input.clone(), ..windows.clone() };
    let of_weights = site.wanted(1, || of_weights(&back(slid_over), [&g, &site.x()], group, outputs));
    Ok(vec![site.wanted(0, of_x), of_weights, site.wanted(2, || of_bias(whole, axes))])
}
