//! Functions of single elements.

use super::Operation;

impl Operation<'_> {
    /// The function that a node applies to each element.
    pub fn function(&self) -> Box<dyn Fn(f64) -> f64> {
        let (alpha, beta) = (|default: f64| self.float("alpha", default), |default: f64| self.float("beta", default));
        let elu = |x: f64, scale: f64| if x > 0.0 { x } else { scale * x.exp_m1() };
        let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        let hard = |x: f64, slope: f64, shift: f64| (slope * x + shift).clamp(0.0, 1.0);
        let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        match self.node.op_type.as_str() {
            "Relu" => Box::new(|x| x.max(0.0)),
            "LeakyRelu" => {
                let slope = alpha(0.01);
                Box::new(move |x| if x > 0.0 { x } else { slope * x })
            }
            "Elu" => {
                let scale = alpha(1.0);
                Box::new(move |x| elu(x, scale))
            }
            "Celu" => {
                let scale = alpha(1.0);
                Box::new(move |x| if x > 0.0 { x } else { scale * (x / scale).exp_m1() })
            }
            "Selu" => {
                let (scale, gain) = (alpha(1.673_263_192_176_818_8), self.float("gamma", 1.050_701_022_148_132_3));
                Box::new(move |x| gain * elu(x, scale))
            }
            "ThresholdedRelu" => {
                let bound = alpha(1.0);
                Box::new(move |x| if x > bound { x } else { 0.0 })
            }
            "HardSigmoid" => {
                let (slope, shift) = (alpha(0.2), beta(0.5));
                Box::new(move |x| hard(x, slope, shift))
            }
            "HardSwish" => Box::new(move |x| x * hard(x, 1.0 / 6.0, 0.5)),
            "Swish" => {
                let slope = alpha(1.0);
                Box::new(move |x| x * logistic(slope * x))
            }
            "Sigmoid" => Box::new(logistic),
            "Tanh" => Box::new(f64::tanh),
            "Softplus" => Box::new(softplus),
            "Softsign" => Box::new(|x| x / (1.0 + x.abs())),
            "Mish" => Box::new(move |x| x * softplus(x).tanh()),
            "Gelu" if self.node.text("approximate") == Some("tanh") => {
                let root = (2.0 / std::f64::consts::PI).sqrt();
                Box::new(move |x| 0.5 * x * (1.0 + (root * (x + 0.044715 * x.powi(3))).tanh()))
            }
            "Gelu" => Box::new(|x| 0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2))),
            "Erf" => Box::new(erf),
            "Exp" => Box::new(f64::exp),
            "Log" => Box::new(f64::ln),
            "Sqrt" => Box::new(f64::sqrt),
            "Abs" => Box::new(f64::abs),
            "Sin" => Box::new(f64::sin),
            "Neg" => Box::new(|x| -x),
            "Reciprocal" => Box::new(|x| 1.0 / x),
            "Clip" => {
                let (low, high) = (self.scalar(1, f64::MIN), self.scalar(2, f64::MAX));
                Box::new(move |x| x.max(low).min(high))
            }
            other => panic!("no definition of {other} here"),
        }
    }
}

/// By its series, all of whose terms have one sign.
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum, mut count) = (x, x, 0.0);
    while term.abs() > 1e-18 * sum.abs() {
        count += 1.0;
        term *= 2.0 * x * x / (2.0 * count + 1.0);
        sum += term;
    }
    2.0 / std::f64::consts::PI.sqrt() * (-x * x).exp() * sum
}

/// Known values, as mathematical tables have them.
#[test]
fn the_error_function_has_its_known_values() {
    for (x, value) in
        [(0.0, 0.0), (0.5, 0.520_499_877_813_046_5), (-1.0, -0.842_700_792_949_714_9), (3.0, 0.999_977_909_503_001_4)]
    {
        assert!((erf(x) - value).abs() < 1e-15, "{x}: {}", erf(x));
    }
}
