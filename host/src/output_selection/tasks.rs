//! Which tasks a request means.

use std::path::Path;
use std::{fmt, io};

use glob::Pattern;

use super::OutputSelectionError;
use crate::byte_order_mark;
use crate::description::near_misses;
use crate::name_list::any_of;

/// Known tasks that a message lists before it is cut.
const LISTED: usize = 30;

/// The word for all tasks.
const ALL: &str = "all";

/// A request for tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskKey {
    /// As typed: the name of a task; else its number among all tasks of the model, from 0; else a pattern of names, such as
    /// `CTCF*`, in which `*` stands for any letters, `?` for one and `[ab]` for one of a list; else several of these parted
    /// by commas. The word `all`, alone, means all tasks, unless one is called so.
    Typed(String),
    /// The name of a task; else its number among all tasks of the model, from 0.
    Named(String),
    /// The number of a task among all tasks of the model, from 0, also where another task has it for a name.
    Index(usize),
}

/// As it is typed.
impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(text) | Self::Named(text) => f.write_str(text),
            Self::Index(index) => write!(f, "{index}"),
        }
    }
}

impl From<&str> for TaskKey {
    fn from(typed: &str) -> Self {
        Self::Typed(typed.into())
    }
}

impl TaskKey {
    /// The tasks that a file names, one in each line. Empty lines, and those that begin with `#`, are passed over.
    ///
    /// # Errors
    /// A file that cannot be read, or that names none.
    pub fn read_list(path: &Path) -> io::Result<Vec<Self>> {
        let text = byte_order_mark::read_text(path)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let names: Vec<Self> = lines.map(|line| Self::Named(line.to_owned())).collect();
        if names.is_empty() { Err(io::Error::other("it names no task; write one in each line")) } else { Ok(names) }
    }
}

/// Whether a request is the word `all`, and no task has that name.
pub(super) fn means_all(names: &[String], keys: &[TaskKey]) -> bool {
    matches!(keys, [TaskKey::Typed(typed)] if typed == ALL) && !names.iter().any(|name| name == ALL)
}

/// For every task whether some key means it. `profile` is an output that has no tasks as long as it is not reduced.
pub(crate) fn choose(
    names: &[String],
    keys: &[TaskKey],
    profile: Option<&str>,
) -> Result<Vec<bool>, OutputSelectionError> {
    let known = Known { names, profile };
    let mut chosen = vec![false; names.len()];
    for key in keys {
        match key {
            TaskKey::Index(index) => chosen[known.index(&index.to_string())?] = true,
            TaskKey::Named(name) => chosen[known.name_or_index(name)?] = true,
            TaskKey::Typed(typed) => match known.name(typed) {
                Some(task) => chosen[task] = true,
                None => {
                    for part in typed.split(',') {
                        known.part(part)?.into_iter().for_each(|task| chosen[task] = true);
                    }
                }
            },
        }
    }
    Ok(chosen)
}

/// The tasks that there are.
struct Known<'a> {
    names: &'a [String],
    profile: Option<&'a str>,
}

impl Known<'_> {
    fn name(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// What a name, a number or a pattern means.
    fn part(&self, typed: &str) -> Result<Vec<usize>, OutputSelectionError> {
        let pattern = typed.trim();
        if !pattern.contains(['*', '?']) || self.name(typed).or_else(|| self.name(pattern)).is_some() {
            return Ok(vec![self.name_or_index(typed)?]);
        }
        let unknown = |problem: String| OutputSelectionError::TaskPattern {
            pattern: pattern.into(),
            problem,
            known: self.list(),
            hint: self.hint(),
        };
        let glob = Pattern::new(pattern).map_err(|error| unknown(format!("is none: {}", error.msg)))?;
        let found: Vec<usize> = (0..self.names.len()).filter(|&task| glob.matches(&self.names[task])).collect();
        if found.is_empty() { Err(unknown("fits no task".into())) } else { Ok(found) }
    }

    fn name_or_index(&self, typed: &str) -> Result<usize, OutputSelectionError> {
        let trimmed = typed.trim();
        if let Some(task) = self.name(typed).or_else(|| self.name(trimmed)) {
            return Ok(task);
        }
        if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.index(trimmed);
        }
        let near = near_misses(trimmed, self.names.iter().map(String::as_str));
        let hint = match near.as_slice() {
            [] => self.hint(),
            near => format!("; did you mean {}?", any_of(near)),
        };
        Err(OutputSelectionError::UnknownTask { task: trimmed.into(), known: self.list(), hint })
    }

    fn index(&self, digits: &str) -> Result<usize, OutputSelectionError> {
        let count = self.names.len();
        digits.parse().ok().filter(|&index: &usize| index < count).ok_or_else(|| OutputSelectionError::TaskIndex {
            index: digits.into(),
            count,
            known: self.list(),
            hint: self.hint(),
        })
    }

    fn list(&self) -> String {
        let listed = self.names.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match self.names.len() {
            0 => "none".into(),
            count if count > LISTED => format!("{listed} and {} more", count - LISTED),
            _ => listed,
        }
    }

    fn hint(&self) -> String {
        self.profile.map_or_else(String::new, |output| {
            format!("; output `{output}` gets tasks with --reduce {output}=mean (or sum, max, center:N)")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["CTCF", "AP 1", "a,b", "0", "x"];

    fn choose_of(names: &[&str], keys: &[TaskKey]) -> Result<Vec<usize>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let chosen = choose(&names, keys, None).map_err(|error| error.to_string())?;
        Ok((0..names.len()).filter(|&task| chosen[task]).collect())
    }

    fn typed(texts: &[&str]) -> Result<Vec<usize>, String> {
        choose_of(&NAMES, &texts.iter().map(|&text| text.into()).collect::<Vec<_>>())
    }

    #[test]
    fn a_task_has_a_name_and_a_number() {
        for (texts, expected) in [
            (&["CTCF"][..], &[0][..]),
            (&["AP 1"], &[1]),
            (&["4", "1"], &[1, 4]),
            (&["x,CTCF"], &[0, 4]),
            (&["x, AP 1", "x"], &[1, 4]),
            (&["a,b"], &[2]),
            (&["2,1"], &[1, 2]),
            // A name comes before a number.
            (&["0"], &[3]),
        ] {
            assert_eq!(typed(texts).as_deref(), Ok(expected), "{texts:?}");
        }
        assert_eq!(choose_of(&NAMES, &[TaskKey::Index(0)]), Ok(vec![0]));
    }

    #[test]
    fn patterns_stand_for_names() {
        let names = ["CTCF/K562", "CTCF/HepG2", "DNASE/K562", "odd*", "odd1"];
        let chosen = |text: &str| choose_of(&names, &[text.into()]);
        assert_eq!(chosen("CTCF*"), Ok(vec![0, 1]));
        assert_eq!(chosen("*/K562, 4"), Ok(vec![0, 2, 4]));
        assert_eq!(chosen("odd?"), Ok(vec![3, 4]));
        assert_eq!(chosen("?TCF/[HK]*"), Ok(vec![0, 1]));
        // The name itself, although it looks like a pattern.
        assert_eq!(chosen("odd*"), Ok(vec![3]));
        insta::assert_snapshot!(chosen("ATAC*").unwrap_err(), @"--tasks: the pattern `ATAC*` fits no task (known: CTCF/K562, CTCF/HepG2, DNASE/K562, odd*, odd1)");
        insta::assert_snapshot!(chosen("CTCF***[").unwrap_err(), @"--tasks: the pattern `CTCF***[` is none: wildcards are either regular `*` or recursive `**` (known: CTCF/K562, CTCF/HepG2, DNASE/K562, odd*, odd1)");
        // Names in model.yaml are names.
        let named = choose_of(&names, &[TaskKey::Named("CTCF*".into())]);
        assert_eq!(named.unwrap_err().split(" (").next(), Some("unknown task `CTCF*`"));
    }

    #[test]
    fn near_names_are_offered() {
        insta::assert_snapshot!(choose_of(&["CTCF_K562", "CTCF_HepG2", "DNASE"], &["ctcf".into()]).unwrap_err(), @"unknown task `ctcf` (known: CTCF_K562, CTCF_HepG2, DNASE); did you mean CTCF_HepG2 or CTCF_K562?");
        insta::assert_snapshot!(choose_of(&["CTCF_K562", "DNASE"], &["DNSAE".into()]).unwrap_err(), @"unknown task `DNSAE` (known: CTCF_K562, DNASE); did you mean DNASE?");
    }

    #[test]
    fn others_are_refused() {
        insta::assert_snapshot!(typed(&["ctcf"]).unwrap_err(), @"unknown task `ctcf` (known: CTCF, AP 1, a,b, 0, x); did you mean CTCF?");
        insta::assert_snapshot!(typed(&["x,"]).unwrap_err(), @"unknown task `` (known: CTCF, AP 1, a,b, 0, x)");
        insta::assert_snapshot!(typed(&["-1"]).unwrap_err(), @"unknown task `-1` (known: CTCF, AP 1, a,b, 0, x)");
        insta::assert_snapshot!(typed(&["5"]).unwrap_err(), @"there is no task 5: tasks are numbered from 0 and there are 5 (known: CTCF, AP 1, a,b, 0, x)");
        insta::assert_snapshot!(typed(&["99999999999999999999"]).unwrap_err(), @"there is no task 99999999999999999999: tasks are numbered from 0 and there are 5 (known: CTCF, AP 1, a,b, 0, x)");
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..32).map(|task| format!("t{task}")).collect();
        let message = choose(&names, &["t32".into()], Some("y")).unwrap_err().to_string();
        insta::assert_snapshot!(message, @"unknown task `t32` (known: t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15, t16, t17, t18, t19, t20, t21, t22, t23, t24, t25, t26, t27, t28, t29 and 2 more); did you mean t12, t2, t22, t23 or t3?");
        let message = choose(&[], &["0".into()], None).unwrap_err().to_string();
        insta::assert_snapshot!(message, @"there is no task 0: tasks are numbered from 0 and there are 0 (known: none)");
    }
}
