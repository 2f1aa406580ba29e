//! The arguments of Kipoi's own PyTorch backend, which ran Python: a conversion makes a TorchScript file of what they name.

use kipos_plugin_api::{ArgDefault, ArgKind, ArgSpec, Args, ModelSource, PluginError, Result};

const DOC: &str = "of Kipoi's Python backend; `kipos model convert` makes a TorchScript file of it";

const fn original(name: &'static str, kind: ArgKind) -> ArgSpec {
    ArgSpec::new(name, kind, ArgDefault::Absent, DOC)
}

const ORIGINAL: [ArgSpec; 6] = [
    original("weights", ArgKind::String),
    original("module_class", ArgKind::String),
    original("module_obj", ArgKind::String),
    original("module_file", ArgKind::String),
    original("module_kwargs", ArgKind::Map),
    original("build_fn", ArgKind::String),
];
/// The only one that asks for nothing: it may stay beside `file`.
const AUTO_USE_CUDA: ArgSpec =
    ArgSpec::new("auto_use_cuda", ArgKind::Bool, ArgDefault::Absent, "ignored; `--device` chooses the device");

/// Our own arguments and those of Kipoi.
pub const fn with_original_arguments(own: [ArgSpec; 3]) -> [ArgSpec; 10] {
    let [file, layers, outputs] = own;
    let [a, b, c, d, e, f] = ORIGINAL;
    [file, layers, outputs, a, b, c, d, e, f, AUTO_USE_CUDA]
}

/// What a conversion puts beside model.yaml.
const CONVERTED: &str = "model.pt";

/// The TorchScript file: that of the argument `file`; or, where arguments name Python code or weights, what a conversion has
/// put beside model.yaml.
///
/// # Errors
/// There is none. For arguments that name Python code or weights, the message holds the command that makes it.
pub fn file<'a>(args: &'a Args, source: &ModelSource) -> Result<&'a str> {
    let Some(given) = ORIGINAL.iter().find(|spec| args.get(spec.name).is_some()) else {
        let missing = || PluginError::invalid_argument("argument `file` is required: the TorchScript file");
        return args.text("file").ok_or_else(missing);
    };
    if source.directory.join(CONVERTED).is_file() {
        return Ok(CONVERTED);
    }
    Err(PluginError::invalid_argument(format!(
        "argument `{}` is of Kipoi's Python backend, and this one runs TorchScript files; in the directory of \
         model.yaml run: kipos model convert .",
        given.name
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kipos_plugin_api::Value;

    /// What the arguments are answered with in an empty directory, and beside a converted file.
    fn answers(entries: &[(&str, &str)]) -> [Result<String>; 2] {
        let map = entries.iter().map(|(name, value)| (name.to_string(), Value::String(value.to_string()))).collect();
        let own = ArgSpec::new("file", ArgKind::String, ArgDefault::Absent, "");
        let args = Args::check(&Value::Map(map), &with_original_arguments([own, own, own])).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let source = ModelSource::new(directory.path(), Value::Null, Vec::new(), Vec::new());
        let before = file(&args, &source).map(str::to_owned);
        std::fs::write(directory.path().join(CONVERTED), "").unwrap();
        [before, file(&args, &source).map(str::to_owned)]
    }

    #[test]
    fn arguments_of_kipoi_stand_for_the_converted_file() {
        // `build_fn` is the older spelling, with the Python code in `file`.
        for (entries, named) in [
            (&[("weights", "w.pth"), ("module_class", "nets.Net")][..], "weights"),
            (&[("module_obj", "net"), ("module_file", "a/b.py")], "module_obj"),
            (&[("file", "net.py"), ("build_fn", "build")], "build_fn"),
        ] {
            let [before, after] = answers(entries);
            let expected = format!(
                "argument `{named}` is of Kipoi's Python backend, and this one runs TorchScript files; in the directory \
                 of model.yaml run: kipos model convert ."
            );
            assert_eq!((before.unwrap_err().message, after.unwrap()), (expected, "model.pt".to_owned()));
        }
    }

    #[test]
    fn a_file_of_its_own_goes_before() {
        let [before, after] = answers(&[("file", "own.pt")]);
        assert_eq!((before.unwrap(), after.unwrap()), ("own.pt".to_owned(), "own.pt".to_owned()));
    }
}
