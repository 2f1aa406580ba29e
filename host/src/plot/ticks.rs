//! Where axes have ticks, and what these say.

/// A tick of an axis of values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) label: String,
}

/// Ticks at round numbers from `low` to `high`: at most `most`, at least those at the multiples of a step that leaves
/// no room for more.
pub(super) fn value_ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let range = high - low;
    if !(range.is_finite() && range > 0.0) || most == 0 {
        return Vec::new();
    }
    for exponent in -45..=39 {
        // 2.5 is 25 with an exponent one lower.
        for (digit, exponent) in [(1, exponent), (2, exponent), (25, exponent - 1), (5, exponent)] {
            let at = |index: f64| multiple(index, digit, exponent);
            // Ends that were computed may lie a little inside the step that they stand for.
            let slack = range * 1e-9;
            let count = |value: f64| value / at(1.0);
            let (first, last) = (count(low - slack).ceil(), count(high + slack).floor());
            if last - first < most as f64 {
                let steps = (last - first).max(-1.0) as i64 + 1;
                let tick = |index: i64| {
                    let index = first + index as f64;
                    Tick { value: at(index), label: label(index, digit, exponent) }
                };
                return (0..steps).map(tick).collect();
            }
        }
    }
    Vec::new()
}

/// `index * digit * 10^exponent`, rounded once.
fn multiple(index: f64, digit: i32, exponent: i32) -> f64 {
    let whole = index * f64::from(digit);
    if exponent < 0 { whole / 10_f64.powi(-exponent) } else { whole * 10_f64.powi(exponent) }
}

/// The number that [`multiple`] gives, with just the decimals that its step has.
fn label(index: f64, digit: i32, exponent: i32) -> String {
    let whole = index * f64::from(digit);
    if whole == 0.0 {
        return "0".to_owned();
    }
    let sign = if whole < 0.0 { "\u{2212}" } else { "" };
    let whole = whole.abs();
    match exponent {
        -3..=0 => format!("{sign}{:.*}", exponent.unsigned_abs() as usize, multiple(whole, 1, exponent)),
        1..=4 => format!("{sign}{}", multiple(whole, 1, exponent)),
        _ => {
            // As few digits as say it, such as 2.5e-7.
            format!("{sign}{}", format_args!("{:e}", multiple(whole, 1, exponent))).replace("e-", "e\u{2212}")
        }
    }
}

/// Round positions of `[start, end)`, counted from 1, at which at most `most` ticks lie; each is the number of a base.
pub(super) fn position_ticks(start: i64, end: i64, most: usize) -> Vec<i64> {
    let length = end.saturating_sub(start);
    if length <= 0 || most == 0 {
        return Vec::new();
    }
    let steps = (0..18).flat_map(|exponent| [1, 2, 5].map(|digit| digit * 10_i64.pow(exponent)));
    for step in steps {
        // The first multiple among the positions start + 1 to end.
        let first = start.div_euclid(step) * step + step;
        let ticks = if first > end { 0 } else { (end - first) / step + 1 };
        if ticks <= most as i64 {
            return (0..ticks).map(|index| first + index * step).collect();
        }
    }
    Vec::new()
}

/// A number with commas between its thousands.
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("\u{2212}{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        value_ticks(low, high, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn labels_have_the_decimals_of_their_step() {
        assert_eq!(labels(-0.1, 0.3, 6), ["\u{2212}0.1", "0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(0.0, 1.0, 3), ["0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 2500.0, 4), ["0", "1000", "2000"]);
        assert_eq!(labels(0.0, 3e-7, 4), ["0", "1e\u{2212}7", "2e\u{2212}7", "3e\u{2212}7"]);
        assert_eq!(labels(0.0, 2e9, 3), ["0", "1e9", "2e9"]);
    }

    #[test]
    fn what_has_no_range_has_no_ticks() {
        assert!(value_ticks(1.0, 1.0, 5).is_empty());
        assert!(value_ticks(f64::NAN, 1.0, 5).is_empty());
        assert!(value_ticks(0.0, f64::INFINITY, 5).is_empty());
        assert!(value_ticks(0.0, 1.0, 0).is_empty());
        assert!(position_ticks(5, 5, 3).is_empty());
    }

    #[test]
    fn positions_are_round_and_counted_from_one() {
        assert_eq!(position_ticks(100, 120, 5), [105, 110, 115, 120]);
        assert_eq!(position_ticks(0, 5, 5), [1, 2, 3, 4, 5]);
        assert_eq!(
            position_ticks(21_541_540, 21_541_641, 6),
            [21_541_560, 21_541_580, 21_541_600, 21_541_620, 21_541_640]
        );
        assert_eq!(position_ticks(-7, 9, 4), [-5, 0, 5]);
    }

    #[test]
    fn thousands_are_parted() {
        assert_eq!(
            [0, 999, 1000, 21_541_590, -1234].map(grouped),
            ["0", "999", "1,000", "21,541,590", "\u{2212}1,234"]
        );
    }

    proptest! {
        #[test]
        fn there_are_some_ticks_but_not_too_many(low in -1e6..1e6_f64, range in 1e-6..1e6_f64, most in 3_usize..12) {
            let ticks = value_ticks(low, low + range, most);
            prop_assert!(ticks.len() <= most && ticks.len() + 1 >= most.div_ceil(3), "{ticks:?}");
            prop_assert!(ticks.iter().all(|tick| tick.value >= low - range * 1e-6 && tick.value <= low + range * (1.0 + 1e-6)));
        }

        #[test]
        fn positions_lie_in_the_region(start in -1000_i64..1_000_000, length in 1_i64..5000, most in 1_usize..20) {
            let ticks = position_ticks(start, start + length, most);
            prop_assert!(ticks.len() <= most);
            prop_assert!(ticks.iter().all(|tick| start < *tick && *tick <= start + length));
        }
    }
}
