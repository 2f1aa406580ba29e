//! Groups of models: templates of descriptions and the table of their members.

use std::fs;
use std::path::Path;

use kipos::{ListedModels, ModelDir, find_in_zoo, list_models};

use super::{check_error, checked, description, file, place_part};
use crate::input::Input;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "group",
    about: "model-template.yaml, dataloader-template.yaml, models.tsv",
    place: Place::InProcess,
    seeds,
    words: &[
        b"{{ model }}",
        b"{{ url }}",
        b"{%",
        b"%}",
        b"{#",
        b"#}",
        b"{{",
        b"}}",
        b"{{ a | b }}",
        b"{{ a.b[0] }}",
        b"model\t",
        b"\n\n",
        b"\t",
        b"\"",
        b"../..",
        b"/",
        b".",
        b"\\",
        b"type: onnx\n",
        b"args:\n",
        b"schema:\n",
        b"\r\n",
        b"\xff",
    ],
    own_mutation: None,
    run,
};

const PARTS: [&str; 3] = ["model-template.yaml", "models.tsv", "dataloader-template.yaml"];

fn seeds() -> Result<Vec<Input>, String> {
    let groups = ["AttentiveChrome", "CpGenie", "epidermal_basset", "rbp_eclip"];
    let mut seeds = Vec::new();
    for group in groups {
        let mut input = Input::default();
        for part in PARTS {
            if let Ok(bytes) = file(&format!("tests/zoo/{group}/{part}")) {
                input = input.and(part, bytes);
            }
        }
        seeds.push(input);
    }
    match seeds.iter().any(|seed| seed.0.len() == PARTS.len()) {
        true => Ok(seeds),
        false => Err("there is no whole group of models in tests/zoo".into()),
    }
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    let zoo = scratch.join("zoo");
    let group = zoo.join("group");
    fs::create_dir_all(&group).ok();
    for name in PARTS {
        place_part(&group, input, name)?;
    }
    let Some(listed) = checked(list_models(&zoo))? else { return Ok(()) };
    for entry in listed {
        let names = match entry {
            ListedModels::Model(name) => vec![name],
            ListedModels::Group { members, .. } => members,
            ListedModels::Unreadable { error, .. } => {
                check_error(&error)?;
                continue;
            }
        };
        for name in names.iter().take(4) {
            let Some(path) = checked(find_in_zoo(&zoo, name))? else { continue };
            if let Some(model) = checked(ModelDir::open(path))? {
                description::read_all(&model)?;
            }
        }
    }
    Ok(())
}
