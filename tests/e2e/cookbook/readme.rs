//! What comes out of the commands of README, in their order.

use crate::annotated::records;
use crate::examples::world;

use super::{blocks, typed};

/// How many effects each file of README holds, which a filter of bcftools made.
const FILTERED: [(&str, usize); 3] = [("strong.vcf", 21), ("ctcf.vcf", 12), ("one-of-both.vcf", 21)];

#[test]
fn the_commands_work_one_after_the_other() {
    let world = world();
    let blocks = blocks("README.md");
    assert!(blocks.len() >= 4, "{blocks:?}");
    for block in blocks {
        if typed(&world, &block).is_none() {
            return;
        }
    }
    assert!(world.read("scores.tsv").starts_with("chrom\tpos\t"));
    assert!(world.read("map.svg").starts_with("<svg "));
    for (name, count) in FILTERED {
        assert_eq!(records(&world.read(name)).len(), count, "{name}");
    }
}
