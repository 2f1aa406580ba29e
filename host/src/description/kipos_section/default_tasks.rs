//! `kipos.tasks`: the tasks that are scored if the user names none.

use crate::description::error::{SpecError, SpecPlace};
use crate::description::node::Node;

/// The tasks that are scored if the user names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultTasks {
    /// Their names, or their numbers from 0; at least one. Which tasks there are is known once outputs are reduced.
    pub names: Vec<String>,
    /// Where they stand.
    pub at: SpecPlace,
}

/// Reads `tasks`; `None` if it says nothing.
pub(super) fn read_tasks(node: &Node<'_>) -> Result<Option<DefaultTasks>, SpecError> {
    let fields = node.clone().only_fields(&["default"])?;
    let Some(node) = fields.optional("default") else { return Ok(None) };
    let list = || node.unexpected("a list of one or more tasks, by name or number");
    let items = node.items().map_err(|_| list())?;
    if items.is_empty() {
        return Err(list());
    }
    let mut names: Vec<String> = Vec::new();
    for item in items {
        let name = item.text_or_number().map_err(|_| item.unexpected("the name or the number of a task"))?;
        if names.contains(&name) {
            return Err(SpecError::DuplicateName { at: item.place(), name });
        }
        names.push(name);
    }
    Ok(Some(DefaultTasks { names, at: node.place() }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{message, read};

    const TARGETS: &str = "{shape: '(3,)', column_labels: [a, b, c]}";

    #[test]
    fn tasks_are_listed_by_name_or_number() {
        let names = |section: &str| read(TARGETS, section).unwrap().default_tasks.map(|tasks| tasks.names);
        assert_eq!(names("{tasks: {default: [c, 0]}}"), Some(vec!["c".to_owned(), "0".to_owned()]));
        assert_eq!((names("{tasks: }"), names("{tasks: {}}"), names("{tasks: {default: }}")), (None, None, None));
    }

    #[test]
    fn errors_name_line_and_key() {
        let message = |section: &str| message(TARGETS, section);
        insta::assert_snapshot!(message("{tasks: [a]}"), @"model.yaml:7: `kipos.tasks` must be a map, found a list of 1 item");
        insta::assert_snapshot!(message("{tasks: {defaults: [a]}}"), @"model.yaml:7: unknown key `kipos.tasks.defaults` (did you mean `default`?)");
        insta::assert_snapshot!(message("{tasks: {default: a}}"), @r#"model.yaml:7: `kipos.tasks.default` must be a list of one or more tasks, by name or number, found "a""#);
        insta::assert_snapshot!(message("{tasks: {default: []}}"), @"model.yaml:7: `kipos.tasks.default` must be a list of one or more tasks, by name or number, found an empty list");
        insta::assert_snapshot!(message("{tasks: {default: [a, [b]]}}"), @"model.yaml:7: `kipos.tasks.default[1]` must be the name or the number of a task, found a list of 1 item");
        insta::assert_snapshot!(message("{tasks: {default: [a, a]}}"), @"model.yaml:7: the name `a` is given twice in `kipos.tasks.default[1]`; names must differ");
    }
}
