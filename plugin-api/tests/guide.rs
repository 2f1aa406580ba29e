//! The scorer of the guide, from its printed text: compiled as a crate of its own would be, and its test run.

#[path = "guide/cosine.rs"]
mod cosine;

#[test]
fn the_guide_prints_this_scorer() {
    let printed = format!("```rust\n{}```\n", include_str!("guide/cosine.rs"));
    assert!(include_str!("../README.md").contains(&printed), "README.md and tests/guide/cosine.rs differ");
}
