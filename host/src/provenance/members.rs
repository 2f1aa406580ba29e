//! What is known of the members of a family, in a line of a summary.

use super::{Provenance, ProvenanceValue};

/// The group of what is known of the members of a family.
pub(crate) const MEMBERS: &str = "members";

impl Provenance {
    /// How members were combined, in a line; `None` if the model is no family.
    pub(crate) fn members_line(&self) -> Option<String> {
        let members = self.group(MEMBERS)?;
        let (count, combined) = (members.text(&["count"])?, members.text(&["combined"])?);
        let numbers =
            members.group("numbers").into_iter().flat_map(Self::entries).filter_map(|(output, value)| match value {
                ProvenanceValue::Text(words) => Some(format!("`{output}` {words}")),
                ProvenanceValue::Group(_) => None,
            });
        let numbers: Vec<String> = numbers.collect();
        let colon = if numbers.is_empty() { "" } else { ": " };
        Some(format!("{count} members, {combined}{colon}{}", numbers.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_with_the_numbers_in_which_they_are_combined() {
        let group = |numbers: Provenance| {
            let members = Provenance::new().with("count", 3).with("combined", "mean").with_group("numbers", numbers);
            Provenance::new().with_group(MEMBERS, members).members_line()
        };
        let numbers = Provenance::new().with("a", "as they are").with("b", "in natural scale, from log1p");
        insta::assert_snapshot!(group(numbers).unwrap(), @"3 members, mean: `a` as they are; `b` in natural scale, from log1p");
        insta::assert_snapshot!(group(Provenance::new()).unwrap(), @"3 members, mean");
        assert_eq!(Provenance::new().with("members", 3).members_line(), None);
    }
}
