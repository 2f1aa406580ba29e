//! Which known name a misspelt one may have meant.

/// Longer names are not compared: the work grows with the product of the lengths.
const LONGEST: usize = 64;

/// The candidate closest to `name`: at most two typing errors (a swap counts as one), and fewer for short names.
pub fn near_miss<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && name.len() <= LONGEST && candidate.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len().max(name.len()) / 3).min(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidates that may have been meant by the path `name`, best first, at most five: misspelt ones, and those in
/// which it stands.
pub(crate) fn near_misses<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    const MOST: usize = 5;
    let lower = name.to_lowercase();
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| match near_miss(name, [candidate]) {
            Some(_) => Some((0, candidate)),
            None => (lower.len() > 1 && candidate.to_lowercase().contains(&lower)).then_some((1, candidate)),
        })
        .collect();
    found.sort();
    found.into_iter().take(MOST).map(|(_, candidate)| candidate.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::near_miss;

    #[test]
    fn typing_errors_are_recognised() {
        let known = ["inputs", "targets", "shape", "doc"];
        assert_eq!(near_miss("inptus", known), Some("inputs"));
        assert_eq!(near_miss("shpae", known), Some("shape"));
        assert_eq!(near_miss("Shape", known), Some("shape"));
        assert_eq!(near_miss("docs", known), Some("doc"));
        assert_eq!(near_miss("x", known), None);
        assert_eq!(near_miss("channels", known), None);
    }
}
