//! Lists of names, as they are typed and as messages tell them.

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

/// `a, b or c`.
pub(crate) fn any_of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut names: Vec<S> = names.into_iter().collect();
    let last = names.pop();
    let others: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match last.as_ref().map(AsRef::as_ref) {
        Some(last) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        last => last.unwrap_or_default().to_owned(),
    }
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
    fn the_last_name_comes_behind_or() {
        assert_eq!(["", "a", "a,b", "a,b,c"].map(|names| any_of(names.split(','))), ["", "a", "a or b", "a, b or c"]);
        assert_eq!(any_of([""; 0]), "");
    }

    #[test]
    fn the_part_that_means_nothing_is_named() {
        assert_eq!(found(&["c"]), Err("no `c`".into()));
        assert_eq!(found(&["a,c"]), Err("no `c`".into()));
        assert_eq!(found(&["a,"]), Err("no ``".into()));
    }
}
