//! What a loaded file says of itself, in lines of words parted by tabs.

/// A loaded file, described.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// LibTorch's name for the type of the parameters: `Float`, `Double`, `Half` ...
    pub float: String,
    /// The arguments of `forward`.
    pub arguments: Vec<Argument>,
    /// Elements of a first argument that is a list, tuple or dict, by their places or keys, with which the model looks rows
    /// of a table up.
    pub index_elements: Vec<String>,
    /// The paths of all modules, whether or not they are called.
    pub modules: Vec<String>,
    /// The tensors that calls of modules return, in the order of the calls.
    pub values: Vec<LayerValue>,
    /// The tensors of a tuple, list or dict that the model returns, each with its name or nothing; none if it returns
    /// one tensor, or if they are only known while it runs.
    pub parts: Vec<String>,
    /// Modules whose value cannot be read, and why.
    pub unreadable: Vec<(String, String)>,
}

/// An argument of `forward`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: ArgumentKind,
    /// Whether it may be left out.
    pub has_default: bool,
    /// Whether the model looks rows of a table up with it, which takes whole numbers.
    pub is_index: bool,
}

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// One tensor.
    Tensor,
    /// A list of tensors.
    List,
    /// A tuple.
    Tuple,
    /// Tensors by name.
    Dict,
    /// Something that kipos has not.
    Other,
}

/// A tensor that one call of a module returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerValue {
    /// The path of the module, such as `features.0`; with the place in the tuple if it returns several.
    pub path: String,
    /// The name of its class.
    pub kind: String,
    /// Whether it may hold fractions.
    pub is_float: bool,
}

impl Description {
    /// Reads what the shim wrote.
    pub fn parse(text: &str) -> Self {
        let mut found = Self::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split('\t').collect();
            match words.as_slice() {
                ["float", float] => found.float = (*float).to_owned(),
                ["argument", name, kind, default, role] => found.arguments.push(Argument {
                    name: (*name).to_owned(),
                    kind: match *kind {
                        "tensor" => ArgumentKind::Tensor,
                        "list" => ArgumentKind::List,
                        "tuple" => ArgumentKind::Tuple,
                        "dict" => ArgumentKind::Dict,
                        _ => ArgumentKind::Other,
                    },
                    has_default: *default == "default",
                    is_index: *role == "index",
                }),
                ["element", key] => found.index_elements.push((*key).to_owned()),
                ["module", path] => found.modules.push((*path).to_owned()),
                ["value", path, kind, role] => found.values.push(LayerValue {
                    path: (*path).to_owned(),
                    kind: (*kind).to_owned(),
                    is_float: *role == "float",
                }),
                ["part", name] => found.parts.push((*name).to_owned()),
                ["unreadable", path, reason] => found.unreadable.push(((*path).to_owned(), (*reason).to_owned())),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let text = "float\tDouble\nargument\tx\ttensor\trequired\tindex\nargument\ty\tdict\tdefault\tfloat\n\
                    element\tz\nmodule\ta.b\nvalue\ta.b\tConv1d\tfloat\nvalue\ta.b\tConv1d\twhole\npart\tmain\npart\t\nunreadable\tc\tis odd\n";
        let argument =
            |name: &str, kind, has_default, is_index| Argument { name: name.into(), kind, has_default, is_index };
        let value = |is_float| LayerValue { path: "a.b".into(), kind: "Conv1d".into(), is_float };
        assert_eq!(
            Description::parse(text),
            Description {
                float: "Double".into(),
                arguments: vec![
                    argument("x", ArgumentKind::Tensor, false, true),
                    argument("y", ArgumentKind::Dict, true, false)
                ],
                index_elements: vec!["z".into()],
                modules: vec!["a.b".into()],
                values: vec![value(true), value(false)],
                parts: vec!["main".into(), String::new()],
                unreadable: vec![("c".into(), "is odd".into())],
            }
        );
    }
}
