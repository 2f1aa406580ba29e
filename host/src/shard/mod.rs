//! One run in parts: cutting its input into shards, and joining what the shards gave.

mod by_index;
mod by_reading;
mod error;
mod intervals;
mod matching;
mod merge;
mod plan;
mod plan_file;
mod stretches;

pub use error::ShardError;
pub use merge::{MergeShards, MergedFile};
pub use plan::{PlanShards, ShardInput, ShardSize};
pub use plan_file::{Shard, ShardPlan};
