//! Which sources are members of a family: one network with several sets of weights.

use std::path::PathBuf;

use super::source::Source;

/// Kinds of files that the members share: code, and the architecture of a network.
const SHARED: [&str; 2] = ["python", "keras_architecture"];

/// The files of each member, in the order in which they were named. All are of one model unless several have weights of
/// one kind, and none of another.
pub fn of(source: &Source, kinds: &[String]) -> Vec<Vec<PathBuf>> {
    let Source::Files(files) = source else { return vec![Vec::new()] };
    let (shared, weights): (Vec<_>, Vec<_>) =
        files.iter().zip(kinds).partition(|(_, kind)| SHARED.contains(&kind.as_str()));
    let is_family = match weights.as_slice() {
        [(_, first), more @ ..] => !more.is_empty() && more.iter().all(|(_, kind)| kind == first),
        [] => false,
    };
    if !is_family {
        return vec![files.clone()];
    }
    let member = |(file, _): &(&PathBuf, &String)| {
        let beside = shared.iter().map(|(file, _)| (*file).clone());
        std::iter::once((*file).clone()).chain(beside).collect()
    };
    weights.iter().map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(sources: &[(&str, &str)]) -> Vec<String> {
        let files = sources.iter().map(|(file, _)| PathBuf::from(file)).collect();
        let kinds: Vec<String> = sources.iter().map(|(_, kind)| (*kind).to_owned()).collect();
        let joined =
            |member: &Vec<PathBuf>| member.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join("+");
        of(&Source::Files(files), &kinds).iter().map(joined).collect()
    }

    #[test]
    fn weights_of_one_kind_are_members_and_share_the_rest() {
        assert_eq!(members(&[("1.h5", "keras"), ("2.h5", "keras"), ("l.py", "python")]), ["1.h5+l.py", "2.h5+l.py"]);
        assert_eq!(
            members(&[("a.json", "keras_architecture"), ("2", "keras_weights"), ("1", "keras_weights")]),
            ["2+a.json", "1+a.json"]
        );
    }

    #[test]
    fn other_files_are_of_one_model() {
        assert_eq!(members(&[("a.json", "keras_architecture"), ("w", "keras_weights")]), ["a.json+w"]);
        assert_eq!(members(&[("1.h5", "keras"), ("2.pth", "pytorch")]), ["1.h5+2.pth"]);
        assert_eq!(members(&[("a.py", "python"), ("b.py", "python")]), ["a.py+b.py"]);
    }

    #[test]
    fn a_file_whose_kind_was_not_asked_is_alone() {
        assert_eq!(of(&Source::Files(vec!["w.h5".into()]), &[]), [[PathBuf::from("w.h5")]]);
    }
}
