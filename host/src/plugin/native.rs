//! Libraries that a plugin is linked to and that are missing, damaged or of another release: what the system's loader
//! says of them, with the way to get them.

/// The loader's words for a library that it does not find, after the name of that library.
const NOT_FOUND: &str = ": cannot open shared object file";
/// The loader's words for a library that lacks something, before what it lacks.
const LACKS: &str = "undefined symbol: ";

/// Where to get LibTorch, and what in a name shows that it is meant: parts of file names and of C++ namespaces.
const LIBTORCH: (&[&str], &str) = (
    &["torch", "c10", "_ZN2at"],
    "`pip install torch==2.13.0` brings LibTorch, whose directory torch/lib has to be named in LD_LIBRARY_PATH; in a \
     checkout of kipos `cargo xtask torch` fetches it",
);

/// The sentence for a failure of the loader (without the plugin's own path) that is about another library.
pub(super) fn explain(reason: &str) -> Option<String> {
    let (what, name) = if let Some((library, _)) = reason.split_once(NOT_FOUND) {
        (format!("it needs {library}, which is not found"), library)
    } else if let Some((_, symbol)) = reason.split_once(LACKS) {
        (format!("a library that it needs is of another release: {reason}"), symbol)
    } else {
        // The plugin's own path is gone, so this is the path of another library.
        let (library, _) = reason.split_once(": ").filter(|(library, _)| library.contains(".so"))?;
        (format!("it needs a library that cannot be loaded: {reason}"), library)
    };
    let fix = match LIBTORCH {
        (marks, fix) if marks.iter().any(|mark| name.contains(mark)) => fix,
        _ => "install it, or name its directory in LD_LIBRARY_PATH",
    };
    Some(format!("{what}; {fix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_the_way_to_get_it() {
        let missing =
            |library| explain(&format!("{library}: cannot open shared object file: No such file or directory"));
        assert_eq!(
            missing("libfoo.so.1").unwrap(),
            "it needs libfoo.so.1, which is not found; install it, or name its directory in LD_LIBRARY_PATH"
        );
        let torch = missing("libtorch_cpu.so").unwrap();
        assert!(torch.starts_with("it needs libtorch_cpu.so, which is not found; `pip install torch=="), "{torch}");
        assert!(missing("libc10.so").unwrap().contains("LibTorch"));
    }

    #[test]
    fn a_damaged_library_is_told_from_a_damaged_plugin() {
        let damaged = explain("/x/libtorch_cpu.so: file too short").unwrap();
        assert!(
            damaged.starts_with("it needs a library that cannot be loaded: /x/libtorch_cpu.so: file too short; `pip")
        );
        assert_eq!(explain("file too short"), None);
    }

    #[test]
    fn another_release_shows_by_what_it_lacks() {
        let other = explain("undefined symbol: _ZN5torch3jit4loadE").unwrap();
        assert!(other.starts_with("a library that it needs is of another release: undefined symbol: _ZN5torch"));
        assert!(other.contains("torch==2.13.0"), "{other}");
        assert!(explain("undefined symbol: foo").unwrap().ends_with("name its directory in LD_LIBRARY_PATH"));
        assert_eq!(explain("invalid ELF header"), None);
    }
}
