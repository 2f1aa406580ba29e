//! Lists of names as they are typed.

/// What each name of a list means: a known name, also one that holds a comma; else several parted by commas.
///
/// # Errors
/// What `find` says of the first part that means nothing.
pub(crate) fn find_listed<T, E>(typed: &[String], mut find: impl FnMut(&str) -> Result<T, E>) -> Result<Vec<T>, E> {
    let mut found = Vec::new();
    for name in typed {
        match find(name) {
            Ok(known) => found.push(known),
            Err(_) if name.contains(',') => {
                for part in name.split(',') {
                    found.push(find(part.trim())?);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["a", "b", "a,b"];

    fn found(typed: &[&str]) -> Result<Vec<usize>, String> {
        let typed: Vec<String> = typed.iter().map(|&name| name.to_owned()).collect();
        find_listed(&typed, |name| KNOWN.iter().position(|known| *known == name).ok_or_else(|| format!("no `{name}`")))
    }

    #[test]
    fn commas_part_names_unless_a_name_holds_them() {
        assert_eq!(found(&["b", "a"]), Ok(vec![1, 0]));
        assert_eq!(found(&["b, a"]), Ok(vec![1, 0]));
        assert_eq!(found(&["a,b", "b,a,b"]), Ok(vec![2, 1, 0, 1]));
        assert_eq!(found(&[]), Ok(vec![]));
    }

    #[test]
    fn the_part_that_means_nothing_is_named() {
        assert_eq!(found(&["c"]), Err("no `c`".into()));
        assert_eq!(found(&["a,c"]), Err("no `c`".into()));
        assert_eq!(found(&["a,"]), Err("no ``".into()));
    }
}
