//! Elementary functions of float32 numbers from additions and fused multiplications alone, so that loops over them become
//! vectors and their bits depend on neither the processor nor a library. Errors are below 2 units in the last place.

/// Added to a number below 2²², rounds it to a whole one.
const ROUND: f32 = 12_582_912.0;

const LN_2: f32 = std::f32::consts::LN_2;

#[inline(always)]
fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) as u32) << 23)
}

/// A polynomial, the coefficient of the highest power first.
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in coefficients.into_iter().skip(1) {
        sum = sum.mul_add(x, coefficient);
    }
    sum
}

/// `e` to the power of `x`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Beyond, the result is 0 or infinite.
    let within = x.clamp(-104.0, 89.0);
    let shifted = within.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let exponent = shifted.to_bits() as i32 - ROUND.to_bits() as i32;
    // The logarithm of 2 in two parts.
    let rest = whole.mul_add(-1.428_606_8e-6, whole.mul_add(-0.693_145_75, within));
    let series = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    let half = exponent >> 1;
    let result = polynomial(rest, series) * power_of_two(half) * power_of_two(exponent - half);
    if x.is_nan() { x } else { result }
}

/// The natural logarithm: not a number below 0.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    // Numbers too small to be normal first become normal.
    let tiny = x < f32::MIN_POSITIVE;
    let scaled = if tiny { x * 8_388_608.0 } else { x };
    let bits = scaled.to_bits() as i32;
    let exponent = (bits - 0x3f2a_aaab) & (0xff80_0000_u32 as i32);
    let fraction = f32::from_bits((bits - exponent) as u32) - 1.0;
    let square = fraction * fraction;
    let even = polynomial(square, [-0.130_310_06, -0.121_484_19, -0.166_846_05, -0.249_996_2]);
    let odd = polynomial(square, [0.140_869_14, 0.139_814_85, 0.200_120_35]);
    let series = odd.mul_add(fraction, even).mul_add(fraction, 0.333_331_97).mul_add(fraction, -0.5);
    let result = (exponent >> 23) as f32 - if tiny { 23.0 } else { 0.0 };
    let result = result.mul_add(LN_2, series.mul_add(square, fraction));
    match () {
        () if x == 0.0 => f32::NEG_INFINITY,
        () if x < 0.0 || x.is_nan() => f32::NAN,
        () if x == f32::INFINITY => x,
        () => result,
    }
}

/// The natural logarithm of `1 + x`, for `x` from 0 to 1.
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    ln(sum) + (x - (sum - 1.0)) / sum
}

/// The hyperbolic tangent.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let far = 1.0 - 2.0 / (exp(2.0 * size.min(20.0)) + 1.0);
    let square = x * x;
    let series = [-5.704_988_6e-3, 2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1];
    let near = (polynomial(square, series) * square).mul_add(x, x);
    let result = if size < 0.625 { near } else { far.copysign(x) };
    if x.is_nan() { x } else { result }
}

/// The logistic function.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let small = exp(-x.abs());
    (if x < 0.0 { small } else { 1.0 }) / (1.0 + small)
}

/// The error function.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let size = x.abs();
    let square = x * x;
    let exponent = [-1.728_534_7e-5, 3.831_971_3e-4, -3.883_964_4e-3, 2.425_462_2e-2];
    let exponent = polynomial(size, exponent).mul_add(size, -1.067_778_8e-1);
    let exponent = exponent.mul_add(size, -6.348_467e-1).mul_add(size, -1.287_175_1e-1).mul_add(size, -size);
    let far = (1.0 - exp(exponent)).copysign(x);
    let series = [-5.967_617e-4, 4.991_194_2e-3, -2.676_813_5e-2, 1.128_199_2e-1, -3.761_253_4e-1, 1.283_791_7e-1];
    let near = polynomial(square, series).mul_add(x, x);
    // Far out, the polynomial of the exponent turns.
    let far = if size > 4.0 { 1f32.copysign(x) } else { far };
    let result = if size > 0.927_734_4 { far } else { near };
    if x.is_nan() { x } else { result }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How far `found` is from `exact`, in units of its last place.
    fn units(found: f32, exact: f64) -> f64 {
        let nearest = exact as f32;
        if nearest.is_infinite() || found.is_infinite() {
            return if nearest == found { 0.0 } else { f64::INFINITY };
        }
        let unit = (nearest.abs().next_up() - nearest.abs()).max(f32::from_bits(1));
        (f64::from(found) - exact).abs() / f64::from(unit)
    }

    /// The error function in float64: its series, or the continued fraction of what is left.
    fn exact_erf(x: f64) -> f64 {
        let size = x.abs();
        let value = if size < 3.0 {
            let (mut term, mut sum) = (size, size);
            for n in 1..200 {
                term *= -size * size / f64::from(n);
                sum += term / f64::from(2 * n + 1);
            }
            sum * 2.0 / std::f64::consts::PI.sqrt()
        } else {
            let fraction = (1..100).rev().fold(size, |below, n| size + f64::from(n) / 2.0 / below);
            1.0 - (-size * size).exp() / std::f64::consts::PI.sqrt() / fraction
        };
        value.copysign(x)
    }

    fn any_size() -> impl Strategy<Value = f32> {
        prop_oneof![-110f32..110.0, -2f32..2.0, -1e-3f32..1e-3, prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

        #[test]
        fn functions_are_within_two_units(x in any_size()) {
            let wide = f64::from(x);
            let unit = (x.abs() as f64).min(1.0);
            prop_assert!(units(exp(x), wide.exp()) <= 2.0, "exp({x})");
            prop_assert!(units(ln(x.abs()), wide.abs().ln()) <= 2.0, "ln({x}) {}", ln(x.abs()));
            prop_assert!(units(ln_1p(unit as f32), f64::from(unit as f32).ln_1p()) <= 2.0, "ln_1p({unit})");
            prop_assert!(units(tanh(x), wide.tanh()) <= 2.0, "tanh({x}) {}", tanh(x));
            prop_assert!(units(erf(x), exact_erf(wide)) <= 2.0, "erf({x}) {} {}", erf(x), exact_erf(wide));
            prop_assert!(units(sigmoid(x), 1.0 / (1.0 + (-wide).exp())) <= 2.5, "sigmoid({x})");
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        for function in [exp, ln, tanh, erf, sigmoid] {
            assert!(function(f32::NAN).is_nan());
        }
        assert_eq!((exp(f32::INFINITY), exp(f32::NEG_INFINITY)), (f32::INFINITY, 0.0));
        assert_eq!((ln(0.0), ln(f32::INFINITY)), (f32::NEG_INFINITY, f32::INFINITY));
        assert!(ln(-1.0).is_nan());
        assert_eq!([tanh, erf].map(|f| f(f32::INFINITY)), [1.0; 2]);
    }
}
