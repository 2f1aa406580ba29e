//! The pictures of the example: its README's commands draw them.

use std::fs;

use kipos_tests::project;

use crate::annotated::without_provenance;
use crate::examples::world;

const EXAMPLE: &str = "examples/motif-cnn";

/// A picture as words and numbers.
fn tokens(svg: &str) -> Vec<&str> {
    svg.split_inclusive([' ', '"', '\n', '>']).collect()
}

/// Fails unless two pictures are the same: what is written alike, and numbers to a hundredth of a pixel, as another
/// processor may round the model's last digits another way.
fn compare(found: &str, expected: &str, name: &str) {
    let (found, expected) = (tokens(found), tokens(expected));
    assert_eq!(found.len(), expected.len(), "{name}");
    let number = |token: &str| token.trim_end_matches([' ', '"', '\n', '>', ')']).parse::<f64>().ok();
    for (found, expected) in found.iter().zip(expected) {
        match (number(found), number(expected)) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 0.01, "{name}: {found} {expected}"),
            _ => assert_eq!(*found, expected, "{name}"),
        }
    }
}

#[test]
fn the_readme_draws_its_pictures() {
    let world = world();
    fs::create_dir(world.path(&format!("{EXAMPLE}/pictures"))).unwrap();
    let readme = world.read(&format!("{EXAMPLE}/README.md"));
    let (_, section) = readme.split_once("## Pictures\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let commands: Vec<_> = section.lines().filter_map(|line| line.strip_prefix("    kipos ")).collect();
    assert_eq!(commands.len(), 4);
    for command in commands {
        let outcome = world.run(command, &[]);
        assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
    }
    for name in ["mutation-map", "gradient"] {
        let picture = format!("{EXAMPLE}/pictures/{name}.svg");
        assert!(section.contains(&format!("(pictures/{name}.svg)")), "{name} is not shown");
        let expected = fs::read_to_string(project().join(&picture)).unwrap();
        assert!(expected.len() < 150_000);
        compare(&without_provenance(&world.read(&picture)), &without_provenance(&expected), name);
    }
}
