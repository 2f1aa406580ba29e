//! Making an input smaller that shows the same.

use std::time::{Duration, Instant};

use crate::input::Input;
use crate::target::Finding;

/// Whether two findings are of one kind: what they say, apart from numbers.
pub(crate) fn is_alike(one: &Finding, other: &Finding) -> bool {
    one.fault == other.fault && without_numbers(&one.what) == without_numbers(&other.what)
}

/// The beginning of a text without its digits and quoted parts.
fn without_numbers(text: &str) -> String {
    let outside = text.split('`').step_by(2).collect::<String>();
    // Where there is nothing but a quotation, it tells the kind.
    let told = if outside.trim().len() < 10 { text } else { &outside };
    told.chars().filter(|c| !c.is_ascii_digit()).take(120).collect()
}

/// The smallest input that was found within `time` and of which `shows` says that it shows the same: files left out, then
/// ever shorter pieces.
pub(crate) fn shrunk(mut input: Input, time: Duration, mut shows: impl FnMut(&Input) -> bool) -> Input {
    let end = Instant::now() + time;
    for part in (0..input.0.len()).rev() {
        let mut smaller = input.clone();
        smaller.0.remove(part);
        if !smaller.0.is_empty() && shows(&smaller) {
            input = smaller;
        }
    }
    for part in 0..input.0.len() {
        let mut size = input.0[part].bytes.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < input.0[part].bytes.len() {
                if Instant::now() > end {
                    return input;
                }
                let mut smaller = input.clone();
                let bytes = &mut smaller.0[part].bytes;
                let to = bytes.len().min(at + size);
                bytes.drain(at..to);
                if shows(&smaller) {
                    input = smaller;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_matter_goes() {
        let input = Input::one("a", *b"many words before X and Y behind").and("b", *b"not read");
        let shows = |input: &Input| {
            let bytes = input.bytes("a").unwrap_or_default();
            bytes.contains(&b'X') && bytes.contains(&b'Y')
        };
        assert_eq!(shrunk(input, Duration::from_secs(60), shows), Input::one("a", *b"XY"));
    }

    #[test]
    fn findings_are_alike_whatever_their_numbers() {
        let own = |text: &str| Finding::own(text);
        assert!(is_alike(&own("index 3 out of range for length 2"), &own("index 17 out of range for length 0")));
        assert!(!is_alike(&own("index 3 out of range"), &own("no end after 10 s")));
        assert!(!is_alike(&own("ended by signal"), &Finding::foreign("ended by signal")));
    }
}
