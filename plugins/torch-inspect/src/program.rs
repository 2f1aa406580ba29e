//! What the code of a TorchScript file asks for.
//!
//! The code is a program of its own language, which knows LibTorch's operators and no others. Nearly all of them compute.
//! Those that reach beyond the model are refused wherever they are named, whatever they are called on, as is everything
//! that could name them in another way.

use std::collections::{HashMap, HashSet};

use super::tokens::{Kind, Token, tokens};

/// Operators that do more than compute, and what they do.
const DENIED: [(&str, &str); 8] = [
    ("save", "writes files"),
    ("from_file", "reads and writes files"),
    ("print", "prints"),
    ("_print", "prints"),
    ("Print", "prints"),
    ("rpc_async", "calls other machines"),
    ("rpc_sync", "calls other machines"),
    ("rpc_remote", "calls other machines"),
];

/// The groups of operators that compute: `ops.GROUP.NAME`.
const GROUPS: [&str; 11] = [
    "aten",
    "prim",
    "quantized",
    "_quantized",
    "mkldnn",
    "mkldnn_prepacked",
    "onednn",
    "prepacked",
    "profiler",
    "sparse",
    "static_runtime",
];

/// What LibTorch has of classes whose objects are numbers: `__torch__.torch.classes.NAME`.
const CLASSES: [&str; 10] = [
    "quantized",
    "sparse",
    "rnn",
    "xnnpack",
    "mkldnn",
    "onednn",
    "profiler",
    "LinearPackedParamsBase",
    "Conv2dPackedParamsBase",
    "Conv3dPackedParamsBase",
];

/// The longest loop that may run while a file is opened, where its length stands in the code.
const LONGEST_LOOP: u32 = 10_000;

/// A file of code.
pub struct Source {
    /// The name of its record.
    pub name: String,
    /// What stands in it.
    pub code: String,
}

/// Looks through all code of a file.
///
/// # Errors
/// What the code asks for and may not, and where.
pub fn check(sources: &[Source]) -> Result<(), String> {
    let files = sources.iter().map(|source| Ok(Code { name: &source.name, words: words(source)? }));
    let files = files.collect::<Result<Vec<_>, String>>()?;
    files.iter().try_for_each(Code::check)?;
    check_loading(&files)
}

/// Whether a class, by the parts of its name, is one that LibTorch may make.
pub fn check_class(parts: &[&str]) -> Result<(), String> {
    match parts {
        ["__torch__", "torch", "classes", name, ..] if CLASSES.contains(name) => Ok(()),
        ["__torch__", "torch", "classes", ..] | ["__torch__"] | ["__torch__", "torch"] => {
            Err(format!("an object of a class that kipos does not know (`{}`)", parts.join(".")))
        }
        _ => Ok(()),
    }
}

fn words(source: &Source) -> Result<Vec<Token<'_>>, String> {
    let unusual = |line: usize| {
        format!(
            "a program that PyTorch has not written (a string in {}, line {line}, is quoted in another way)",
            source.name
        )
    };
    tokens(&source.code).map_err(unusual)
}

/// The words of a file.
struct Code<'a> {
    name: &'a str,
    words: Vec<Token<'a>>,
}

/// A function of a file.
struct Function<'a, 'f> {
    name: &'a str,
    file: &'f Code<'a>,
    words: &'f [Token<'a>],
}

impl<'a> Code<'a> {
    fn check(&self) -> Result<(), String> {
        for at in (0..self.words.len()).filter(|&at| self.words[at].kind == Kind::Name) {
            self.check_name(at)?;
        }
        Ok(())
    }

    fn check_name(&self, at: usize) -> Result<(), String> {
        let name = self.words[at].text;
        if follows_dot(&self.words, at) {
            return self.check_operator(name, at);
        }
        let chain = self.chain(at);
        match name {
            // Anything else that could become another name of an operator.
            "torch" if chain.len() < 2 => Err(self.problem(at, "names all operators at once")),
            "ops" if chain.len() < 3 => Err(self.problem(at, "names all operators at once")),
            "ops" if !GROUPS.contains(&chain[1]) => {
                Err(self
                    .problem(at, &format!("calls `{}`, which is not an operator of PyTorch's own", chain.join("."))))
            }
            "__torch__" => check_class(&chain).map_err(|problem| format!("{problem} in {}", self.place(at))),
            "getattr" => match self.attribute(at) {
                Some(attribute) => self.check_operator(attribute, at),
                None => Err(self.problem(at, "asks for a name that it makes itself (`getattr`)")),
            },
            "print" | "rpc_async" | "rpc_sync" | "rpc_remote" => self.check_operator(name, at),
            _ => Ok(()),
        }
    }

    fn check_operator(&self, name: &str, at: usize) -> Result<(), String> {
        match DENIED.iter().find(|(denied, _)| *denied == name) {
            Some((_, does)) => Err(self.problem(at, &format!("{does} (`{name}`)"))),
            None => Ok(()),
        }
    }

    /// The names that are joined by dots from a place on.
    fn chain(&self, at: usize) -> Vec<&'a str> {
        let mut chain = vec![self.words[at].text];
        let mut rest = &self.words[at + 1..];
        while let [Token { kind: Kind::Dot, .. }, Token { kind: Kind::Name, text, .. }, after @ ..] = rest {
            chain.push(text);
            rest = after;
        }
        chain
    }

    /// The attribute that `getattr(VALUE, "NAME")` at a place asks for; `None` if it is written otherwise.
    fn attribute(&self, at: usize) -> Option<&'a str> {
        let mut depth = 0;
        let mut commas = Vec::new();
        for (index, word) in self.words.iter().enumerate().skip(at + 1) {
            match word.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Comma if depth == 1 => commas.push(index),
                _ => {}
            }
            if depth == 0 {
                // The first word has to open the list.
                let &[comma] = commas.as_slice() else { return None };
                let name = &self.words[comma + 1];
                let is_plain = name.kind == Kind::Text && !name.text.contains('\\') && comma + 2 == index;
                return is_plain.then_some(name.text);
            }
        }
        None
    }

    fn problem(&self, at: usize, does: &str) -> String {
        format!("a program that {does} in {}", self.place(at))
    }

    fn place(&self, at: usize) -> String {
        format!("{}, line {}", self.name, self.words[at].line)
    }

    fn functions(&self) -> Vec<Function<'a, '_>> {
        let begins = |&at: &usize| {
            let word = self.words[at];
            word.kind == Kind::Name && ["def", "class"].contains(&word.text) && !follows_dot(&self.words, at)
        };
        let starts: Vec<usize> = (0..self.words.len()).filter(begins).collect();
        let ends = starts.iter().skip(1).copied().chain([self.words.len()]);
        let parts = starts.iter().zip(ends).map(|(&start, end)| &self.words[start..end]);
        let function = |words: &'_ [Token<'a>]| match words {
            [Token { text: "def", .. }, name, ..] => Some(name.text),
            _ => None,
        };
        parts.filter_map(|words| Some(Function { name: function(words)?, file: self, words })).collect()
    }
}

/// Whether the word at a place comes right behind a dot.
fn follows_dot(words: &[Token<'_>], at: usize) -> bool {
    at > 0 && words[at - 1].kind == Kind::Dot
}

/// What runs as soon as a file is opened, `__setstate__` and all that it may reach, has to come to an end.
fn check_loading(files: &[Code<'_>]) -> Result<(), String> {
    let mut functions: HashMap<&str, Vec<Function<'_, '_>>> = HashMap::new();
    for function in files.iter().flat_map(Code::functions) {
        functions.entry(function.name).or_default().push(function);
    }
    if !functions.contains_key("__setstate__") {
        return Ok(());
    }
    // Operators of a class's own are not called by their names.
    let is_called_anyway = |name: &&str| name.starts_with("__") && name.ends_with("__");
    let mut reached: HashSet<&str> = functions.keys().copied().filter(is_called_anyway).collect();
    let mut waiting: Vec<&str> = reached.iter().copied().collect();
    while let Some(name) = waiting.pop() {
        for function in &functions[name] {
            check_loops(function)?;
            for word in function.words.iter().filter(|word| matches!(word.kind, Kind::Name | Kind::Text)) {
                if functions.contains_key(word.text) && reached.insert(word.text) {
                    waiting.push(word.text);
                }
            }
        }
    }
    Ok(())
}

fn check_loops(function: &Function<'_, '_>) -> Result<(), String> {
    let is_name = |at: usize, name: &str| {
        let word = function.words[at];
        word.kind == Kind::Name && word.text == name && !follows_dot(function.words, at)
    };
    for at in 0..function.words.len() {
        if is_name(at, "while") || is_name(at, "for") && !is_bounded(&function.words[at..]) {
            return Err(format!(
                "a program that may run for ever while the file is opened (`{}` in `{}`, {}, line {})",
                function.words[at].text, function.name, function.file.name, function.words[at].line
            ));
        }
    }
    Ok(())
}

/// Whether a loop goes through a list, or says a small number: `for i in range(torch.len(x)):`.
fn is_bounded(words: &[Token<'_>]) -> bool {
    let texts: Vec<&str> = words.iter().take(9).map(|word| word.text).collect();
    match texts.as_slice() {
        ["for", _, "in", "range", "(", "torch", ".", "len", "("] => true,
        ["for", _, "in", "range", "(", number, ")", ..] => number.parse().is_ok_and(|count: u32| count <= LONGEST_LOOP),
        _ => false,
    }
}
