//! Which Python converts, and what it answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kipos::Stop;
use serde_json::{Value as Json, json};

use super::super::environment;
use super::super::error::CliResult;
use super::child;
use super::error::PythonError;
use super::program::Framework;
use super::stages::Stages;

/// What `--python` names.
const AUTO: &str = "auto";
/// The Python of those who name none.
const USUAL: &str = "python3";
/// In the directory of an environment that is complete: the requirements that it was made of.
const COMPLETE: &str = "kipos-requirements.txt";

/// A Python, with a directory for what it reads and prints.
pub struct Python<'a> {
    program: PathBuf,
    script: &'a Path,
    log: PathBuf,
    stop: &'a Stop,
}

impl<'a> Python<'a> {
    /// The Python that was typed, that of the environment, or the usual one.
    pub fn new(typed: Option<&Path>, script: &'a Path, work: &Path, stop: &'a Stop) -> Self {
        let typed = typed.filter(|typed| !is_auto(Some(*typed))).map(Path::to_owned);
        let program = typed.or_else(environment::python).unwrap_or_else(|| USUAL.into());
        Self { program, script, log: work.join("printed.txt"), stop }
    }

    /// The Python of an environment with a framework, which this one makes unless it is there already.
    ///
    /// # Errors
    /// A directory or package that cannot be made.
    pub fn with_framework(self, framework: Framework, stages: &mut Stages<'_>) -> CliResult<Self> {
        let cache = environment::cache_dir().unwrap_or_else(std::env::temp_dir);
        let directory = cache.join(format!("python-{}", framework.name()));
        let program = directory.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let requirements = framework.requirements();
        if fs::read_to_string(directory.join(COMPLETE)).is_ok_and(|made_of| made_of == requirements) {
            return Ok(Self { program, ..self });
        }
        stages.begin(&format!("make the environment {}", directory.display()));
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&cache)?;
        let list = self.log.with_file_name("requirements.txt");
        fs::write(&list, requirements)?;
        self.make(&directory, Command::new(&self.program).args(["-I", "-m", "venv"]).arg(&directory))?;
        stages.begin(&format!("install the packages of {} with their hashes", framework.name()));
        let mut pip = Command::new(&program);
        pip.args(["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes", "-r"]);
        self.make(&directory, pip.arg(&list))?;
        fs::write(directory.join(COMPLETE), requirements)?;
        Ok(Self { program, ..self })
    }

    fn make(&self, directory: &Path, command: &mut Command) -> CliResult {
        let status = child::run(command, "", &self.log, self.stop, &mut |_| Ok(()))?;
        if status.success() {
            return Ok(());
        }
        let last = child::last_lines(&self.log);
        Err(PythonError::Environment { directory: directory.to_owned(), how: child::how(status), last }.into())
    }

    /// The answer to a request, the value of its last line's `answer`; stages and notes on the way there are told.
    ///
    /// # Errors
    /// A refusal, missing packages, or a program that ends otherwise than it should.
    pub fn ask(&self, request: &Json, answer: &str, stages: &mut Stages<'_>) -> CliResult<Json> {
        // Isolated: neither the environment nor the directory of the user changes what is imported.
        let mut command = Command::new(&self.program);
        command.args(["-I", "-B"]).arg(self.script);
        let (mut found, mut error, mut missing) = (None, None, None);
        let mut read = |line: &str| -> CliResult {
            let not_understood = || PythonError::Answer { line: shortened(line), last: child::last_lines(&self.log) };
            let json: Json = serde_json::from_str(line).map_err(|_| not_understood())?;
            let object = json.as_object().ok_or_else(not_understood)?;
            for (key, value) in object {
                match key.as_str() {
                    "stage" => stages.line(&json),
                    "note" => stages.note(value.as_str().unwrap_or_default()),
                    "layers_lost" => stages.layers_lost(&texts(value)),
                    "missing" => missing = Some((texts(value), text(object.get("pip")))),
                    "error" => error = Some(value.clone()),
                    key if key == answer => found = Some(value.clone()),
                    // Of a stage, of missing packages, or of a later release.
                    _ => {}
                }
            }
            Ok(())
        };
        let status = child::run(&mut command, &request.to_string(), &self.log, self.stop, &mut read)?;
        if let Some((packages, pip)) = missing {
            return Err(PythonError::Missing { packages, pip }.into());
        }
        if let Some(error) = error {
            let part = |key: &str| text(error.get(key));
            let (what, place, advice) = (part("what"), part("where"), part("advice"));
            let is_mendable = status.code() == Some(2);
            return Err(PythonError::Refused { what, place, advice, is_mendable }.into());
        }
        match found.filter(|_| status.success()) {
            Some(found) => Ok(found),
            None => {
                let last = child::last_lines(&self.log);
                Err(PythonError::Died { how: child::how(status), last }.into())
            }
        }
    }

    /// What each file is, by its content.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn kinds(&self, files: &[PathBuf], stages: &mut Stages<'_>) -> CliResult<Vec<String>> {
        let sources: Json = files.iter().map(|file| file.to_string_lossy()).collect();
        let told = self.ask(&json!({ "do": "tell", "sources": sources }), "kinds", stages)?;
        let told = told.as_array().map(Vec::as_slice).unwrap_or_default();
        let kinds: Option<Vec<String>> = told.iter().map(|one| Some(one["kind"].as_str()?.to_owned())).collect();
        Ok(kinds.filter(|kinds| kinds.len() == files.len()).ok_or_else(|| self.lacks("kinds"))?)
    }

    /// The error that an answer lacks something.
    pub fn lacks(&self, what: &str) -> PythonError {
        PythonError::Answer { line: format!("it lacks {what}"), last: child::last_lines(&self.log) }
    }
}

/// Whether an environment is to be made.
pub fn is_auto(typed: Option<&Path>) -> bool {
    typed == Some(Path::new(AUTO))
}

fn text(value: Option<&Json>) -> String {
    value.and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// The strings of a list.
pub fn texts(value: &Json) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

fn shortened(line: &str) -> String {
    const MOST: usize = 120;
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}
