//! Rules of convolutions.

use super::expr::Expr;
use super::site::{Cotangents, Site};
use super::window::Windows;
use crate::attribute::{int, ints};
use crate::proto::AttributeProto;

/// Up to so many channels, engines compute a transposed convolution faster than one with mirrored weights.
const FEW_INPUTS: i64 = 16;

fn refuse_computed_weights(site: &Site<'_>) -> Result<(), super::GradientError> {
    if site.wants(1) || site.wants(2) {
        return Err(site.refuse("its weights depend on the inputs"));
    }
    Ok(())
}

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
    refuse_computed_weights(site)?;
    let weight_shape = site.fixed(site.shape(1)?, 0)?;
    let windows = Windows::of(site, Some(weight_shape[2..].to_vec()))?;
    let axes = windows.input.len();
    let group = site.node.int("group").unwrap_or(1);
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
        let attributes = geometry(&windows, &opposite, &windows.strides, group);
        return Ok(vec![Some(Expr::op("Conv", [g, &mirrored], attributes))]);
    }
    let rest: Vec<i64> = (0..axes).map(|axis| windows.left_over(axis)).collect();
    let mut attributes = geometry(&windows, &windows.pads, &windows.strides, group);
    attributes.push(ints("output_padding", rest));
    Ok(vec![Some(Expr::op("ConvTranspose", [g, &site.input(1)], attributes))])
}

pub fn conv_transpose(site: &Site<'_>, g: &Expr) -> Cotangents {
    refuse_computed_weights(site)?;
    if site.node.text("auto_pad").is_some_and(|mode| mode != "NOTSET") || site.node.ints("output_shape").is_some() {
        return Err(site.refuse("its padding is left to the engine"));
    }
    let windows = Windows::of(site, Some(site.fixed(site.shape(1)?, 2)?))?;
    let axes = windows.input.len();
    let (mut g, mut pads) = (g.clone(), windows.pads.clone());
    for axis in 0..axes {
        let reach = (windows.input[axis] - 1) * windows.strides[axis]
            + (windows.kernel[axis] - 1) * windows.dilations[axis]
            + 1;
        let after = reach - windows.result[axis] - pads[axis];
        pads[axes + axis] = after.max(0);
        if after < 0 {
            g = g.slice(axis as i64 + 2, 0, windows.result[axis] + after);
        }
    }
    let attributes = geometry(&windows, &pads, &windows.strides, site.node.int("group").unwrap_or(1));
    Ok(vec![Some(Expr::op("Conv", [&g, &site.input(1)], attributes))])
}
