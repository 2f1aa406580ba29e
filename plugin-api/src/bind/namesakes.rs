//! Which array of a graph has the name of an array of the description.
//!
//! Exporters change names on the way: TensorFlow numbers the results of an operation (`pos:0`) and puts the names of
//! models and layers in front (`model/pos/Sigmoid:0`), and some change the case.

/// For every described name the array of the graph that has it, if exactly one has, and no other described name fits
/// that array as well or better.
///
/// ```
/// use kipos_plugin_api::bind::namesakes;
/// assert_eq!(namesakes(&["neg", "pos"], &["model/pos:0", "model/neg:0"]), [Some(1), Some(0)]);
/// ```
pub fn namesakes(described: &[&str], graph: &[&str]) -> Vec<Option<usize>> {
    let claims: Vec<Option<(Likeness, usize)>> = described.iter().map(|name| closest(name, graph)).collect();
    let is_rival = |own: usize, (likeness, array): (Likeness, usize)| {
        let others = claims.iter().enumerate().filter(|(other, _)| *other != own);
        others.filter_map(|(_, claim)| *claim).any(|(other, same)| same == array && other <= likeness)
    };
    claims
        .iter()
        .enumerate()
        .map(|(own, claim)| claim.filter(|&claim| !is_rival(own, claim)).map(|(_, at)| at))
        .collect()
}

/// How much alike two names are, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// To the letter.
    Exact,
    /// But for case and the number of an operation's result.
    Written,
    /// In their last parts: all of the shorter one.
    LastPart,
    /// The described name is a part of the graph's.
    AnyPart,
}

/// The only array that is most like `name`.
fn closest(name: &str, graph: &[&str]) -> Option<(Likeness, usize)> {
    let alike = graph.iter().enumerate().filter_map(|(at, other)| Some((likeness(name, other)?, at)));
    let alike: Vec<(Likeness, usize)> = alike.collect();
    let best = alike.iter().min()?;
    (alike.iter().filter(|(likeness, _)| *likeness == best.0).count() == 1).then_some(*best)
}

fn likeness(described: &str, graph: &str) -> Option<Likeness> {
    if described == graph {
        return Some(Likeness::Exact);
    }
    let (described, graph) = (without_number(described), without_number(graph));
    let same = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
    if same(described, graph) {
        return Some(Likeness::Written);
    }
    // `human/out` is another array than `mouse/out`, but the same as `model/human/out`.
    let ends_with = |long: &str, short: &str| {
        let at = long.len().checked_sub(short.len());
        at.filter(|&at| long.is_char_boundary(at))
            .is_some_and(|at| long[..at].ends_with('/') && same(&long[at..], short))
    };
    if ends_with(described, graph) || ends_with(graph, described) {
        return Some(Likeness::LastPart);
    }
    graph.split('/').any(|part| same(described, part)).then_some(Likeness::AnyPart)
}

/// `name` of `name:0`.
fn without_number(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((operation, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            operation
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exporters_add_is_left_out() {
        assert_eq!(namesakes(&["neg", "pos"], &["pos:0", "neg:0"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["Neg", "pos"], &["POS", "neg"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["a", "b"], &["model/b/Sigmoid:0", "model/a/Tanh:0"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["a", "b"], &["net/b:0", "net/a:0"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["m/a", "m/b"], &["b", "a"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["human/out", "mouse/logits"], &["mouse/out", "human/logits"]), [None, None]);
        assert_eq!(namesakes(&["human/out"], &["mouse/out", "net/human/out:0"]), [Some(1)]);
    }

    #[test]
    fn a_name_that_fits_several_arrays_or_none_tells_nothing() {
        assert_eq!(namesakes(&["y"], &["y:0", "y:1"]), [None]);
        assert_eq!(namesakes(&["zeta", "alpha"], &["Identity:0", "Identity_1:0"]), [None, None]);
        assert_eq!(namesakes(&["model"], &["model/a", "model/b"]), [None]);
        assert_eq!(namesakes(&["", "a"], &["", "b"]), [Some(0), None]);
    }

    #[test]
    fn the_closest_name_wins() {
        assert_eq!(namesakes(&["a", "A"], &["A", "a"]), [Some(1), Some(0)]);
        assert_eq!(namesakes(&["a", "A"], &["a", "b"]), [Some(0), None]);
        assert_eq!(namesakes(&["y"], &["y", "net/y"]), [Some(0)]);
        // Both fit the same array equally well.
        assert_eq!(namesakes(&["ab", "AB"], &["Ab", "c"]), [None, None]);
    }
}
