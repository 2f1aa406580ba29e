//! Functions of single elements.

use crate::elementary::{erf, exp, ln, ln_1p, sigmoid, tanh};
use crate::instructions::{Instructions, wide};
use crate::step::loops::subtract;

/// A function of single elements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Function {
    /// The larger of it and zero.
    Relu,
    /// Below zero, it is multiplied with this.
    LeakyRelu(f32),
    /// Below zero, its exponential less one times this.
    Elu(f32),
    /// As [`Elu`](Self::Elu), of the quotient.
    Celu(f32),
    /// [`Elu`](Self::Elu) of the first, times the second.
    Selu(f32, f32),
    /// Zero up to this.
    ThresholdedRelu(f32),
    /// The logistic function.
    Sigmoid,
    /// Times the first, plus the second, from 0 to 1.
    HardSigmoid(f32, f32),
    /// Times its hard sigmoid.
    HardSwish,
    /// Times the logistic function of it times this.
    Swish(f32),
    /// The hyperbolic tangent.
    Tanh,
    /// The logarithm of one plus its exponential.
    Softplus,
    /// Over one plus its size.
    Softsign,
    /// Times the hyperbolic tangent of its softplus.
    Mish,
    /// Times the normal distribution.
    Gelu,
    /// As [`Gelu`](Self::Gelu), by a hyperbolic tangent.
    GeluTanh,
    /// The exponential.
    Exp,
    /// The logarithm.
    Log,
    /// The error function.
    Erf,
    /// The square root.
    Sqrt,
    /// The square.
    Square,
    /// Its size.
    Abs,
    /// One over it.
    Reciprocal,
    /// Within these bounds.
    Clip(f32, f32),
}

#[inline(always)]
fn softplus(x: f32) -> f32 {
    ln_1p(exp(-x.abs())) + if x > 0.0 { x } else { 0.0 }
}

#[inline(always)]
fn elu(x: f32, scale: f32) -> f32 {
    if x > 0.0 { x } else { scale * (exp(x) - 1.0) }
}

#[inline(always)]
fn clip(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

#[inline(always)]
fn map(numbers: &mut [f32], function: impl Fn(f32) -> f32) {
    for number in numbers {
        *number = function(*number);
    }
}

/// What the larger of each number and zero changes by.
#[inline(always)]
fn relu_change(reference: &[f32], change: &[f32], out: &mut [f32]) {
    for ((out, &reference), &change) in out.iter_mut().zip(reference).zip(change) {
        let new = reference + change;
        *out = (if new > 0.0 { new } else { 0.0 }) - (if reference > 0.0 { reference } else { 0.0 });
    }
}

#[inline(always)]
fn sum(out: &mut [f32], a: &[f32], b: &[f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a + b;
    }
}

impl Function {
    /// Applies it to numbers in place.
    pub fn apply(self, instructions: Instructions, x: &mut [f32]) {
        macro_rules! on {
            ($function:expr) => {
                wide!(instructions, map(x, $function))
            };
        }
        match self {
            Self::Relu => on!(|x| if x > 0.0 { x } else { 0.0 }),
            Self::LeakyRelu(slope) => on!(|x| if x > 0.0 { x } else { slope * x }),
            Self::Elu(scale) => on!(|x| elu(x, scale)),
            Self::Celu(scale) => on!(|x| if x > 0.0 { x } else { scale * (exp(x / scale) - 1.0) }),
            Self::Selu(scale, gain) => on!(|x| gain * elu(x, scale)),
            Self::ThresholdedRelu(bound) => on!(|x| if x > bound { x } else { 0.0 }),
            Self::Sigmoid => on!(sigmoid),
            Self::HardSigmoid(slope, shift) => on!(|x: f32| clip(x * slope + shift, 0.0, 1.0)),
            Self::HardSwish => on!(|x: f32| x * clip(x / 6.0 + 0.5, 0.0, 1.0)),
            Self::Swish(slope) => on!(|x| x * sigmoid(slope * x)),
            Self::Tanh => on!(tanh),
            Self::Softplus => on!(softplus),
            Self::Softsign => on!(|x: f32| x / (1.0 + x.abs())),
            Self::Mish => on!(|x| x * tanh(softplus(x))),
            Self::Gelu => on!(|x| 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))),
            Self::GeluTanh => on!(|x| 0.5 * x * (1.0 + tanh(0.797_884_6 * (0.044_715 * x * x * x + x)))),
            Self::Exp => on!(exp),
            Self::Log => on!(ln),
            Self::Erf => on!(erf),
            Self::Sqrt => on!(f32::sqrt),
            Self::Square => on!(|x| x * x),
            Self::Abs => on!(f32::abs),
            Self::Reciprocal => on!(|x| 1.0 / x),
            Self::Clip(low, high) => on!(|x| clip(x, low, high)),
        }
    }

    /// What its values change by where its arguments change from `reference` by `change`.
    pub fn change(self, instructions: Instructions, reference: &[f32], change: &[f32], out: &mut [f32]) {
        if self == Self::Relu {
            return wide!(instructions, relu_change(reference, change, out));
        }
        let mut before = [0.0; 256];
        let parts = reference.chunks(256).zip(change.chunks(256)).zip(out.chunks_mut(256));
        for ((reference, change), out) in parts {
            let before = &mut before[..reference.len()];
            before.copy_from_slice(reference);
            wide!(instructions, sum(out, reference, change));
            self.apply(instructions, out);
            self.apply(instructions, before);
            wide!(instructions, subtract(out, before));
        }
    }

    /// Whether it never falls, so that the largest element before it is the largest behind it.
    pub fn never_falls(self) -> bool {
        match self {
            Self::Relu | Self::Sigmoid | Self::Tanh | Self::Softplus | Self::Softsign | Self::Exp | Self::Erf => true,
            Self::ThresholdedRelu(bound) => bound >= 0.0,
            Self::LeakyRelu(slope) | Self::HardSigmoid(slope, _) => slope >= 0.0,
            Self::Elu(scale) | Self::Celu(scale) => scale >= 0.0,
            Self::Selu(scale, gain) => scale >= 0.0 && gain >= 0.0,
            Self::Clip(low, high) => low <= high,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function, and its definition.
    type Case = (Function, Box<dyn Fn(f64) -> f64>);

    /// Values by the definitions of ONNX, in float64.
    #[test]
    fn values_are_those_of_the_definitions() {
        let softplus = |x: f64| (1.0 + x.exp()).ln();
        let elu = |x: f64, a: f64| if x > 0.0 { x } else { a * (x.exp() - 1.0) };
        let cases: Vec<Case> = vec![
            (Function::Relu, Box::new(|x| x.max(0.0))),
            (Function::LeakyRelu(0.1), Box::new(|x| if x > 0.0 { x } else { 0.1 * x })),
            (Function::Elu(0.7), Box::new(move |x| elu(x, 0.7))),
            (Function::Celu(0.5), Box::new(|x| if x > 0.0 { x } else { 0.5 * ((x / 0.5).exp() - 1.0) })),
            (Function::Selu(1.6, 1.05), Box::new(move |x| 1.05 * elu(x, 1.6))),
            (Function::ThresholdedRelu(0.3), Box::new(|x| if x > 0.3 { x } else { 0.0 })),
            (Function::Sigmoid, Box::new(|x| 1.0 / (1.0 + (-x).exp()))),
            (Function::HardSigmoid(0.2, 0.5), Box::new(|x| (0.2 * x + 0.5).clamp(0.0, 1.0))),
            (Function::HardSwish, Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0))),
            (Function::Swish(1.0), Box::new(|x| x / (1.0 + (-x).exp()))),
            (Function::Tanh, Box::new(f64::tanh)),
            (Function::Softplus, Box::new(softplus)),
            (Function::Softsign, Box::new(|x| x / (1.0 + x.abs()))),
            (Function::Mish, Box::new(move |x| x * softplus(x).tanh())),
            (Function::Exp, Box::new(f64::exp)),
            (Function::Square, Box::new(|x| x * x)),
            (Function::Abs, Box::new(f64::abs)),
            (Function::Clip(-0.5, 0.75), Box::new(|x| x.clamp(-0.5, 0.75))),
        ];
        for (function, exact) in cases {
            let points: Vec<f32> = (-40..=40).map(|step| step as f32 * 0.13).collect();
            let mut values = points.clone();
            function.apply(Instructions::detect(), &mut values);
            for (&x, value) in points.iter().zip(&values) {
                let exact = exact(f64::from(x));
                assert!(
                    (f64::from(*value) - exact).abs() <= 1e-6 * exact.abs().max(1.0),
                    "{function:?}({x}) = {value}"
                );
            }
            let moves: Vec<f32> = points.iter().map(|x| (x * 7.0).sin()).collect();
            let mut changes = vec![0.0; points.len()];
            function.change(Instructions::detect(), &points, &moves, &mut changes);
            let mut moved: Vec<f32> = points.iter().zip(&moves).map(|(x, d)| x + d).collect();
            function.apply(Instructions::detect(), &mut moved);
            let expected: Vec<f32> = moved.iter().zip(&values).map(|(new, old)| new - old).collect();
            assert_eq!(changes, expected, "{function:?}");
            let rising = values.windows(2).all(|pair| pair[0] <= pair[1]);
            assert!(rising || !function.never_falls(), "{function:?}");
        }
    }
}
