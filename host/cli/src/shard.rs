//! `kipos shard`: one run in parts.

use super::error::{CliResult, UsageError};
use super::reporter::Reporter;
use super::shard_args::{ShardMergeArgs, ShardPlanArgs};
use super::stopping::stop;
use kipos::{MergeShards, PlanShards, ShardInput, ShardPlan, ShardSize};

/// `kipos shard plan`.
pub fn plan(args: ShardPlanArgs, reporter: &mut Reporter) -> CliResult {
    let input = match (args.vcf, args.intervals) {
        (Some(vcf), _) => ShardInput::Variants(vcf),
        (None, Some(bed)) => ShardInput::Intervals(bed),
        (None, None) => return Err(UsageError::from("name --vcf or --intervals").into()),
    };
    let things = if matches!(input, ShardInput::Variants(_)) { "records" } else { "intervals" };
    let size = match (args.shards, args.records) {
        (Some(count), _) => ShardSize::Shards(count as usize),
        (None, records) => ShardSize::Records(records.unwrap_or(1)),
    };
    if args.rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
        return Err(UsageError::from("--rate must be a number above 0").into());
    }
    let mut request = PlanShards::new(input, size, args.output);
    request.stop = stop();
    let plan = request.run()?;
    reporter.log().info("summary", &told(&plan, things, args.rate));
    Ok(())
}

/// What a plan came to, and how long its shards will take.
fn told(plan: &ShardPlan, things: &str, rate: Option<f64>) -> String {
    let count = plan.shards.len();
    let mut text = format!("{count} shards");
    if let Some(records) = plan.records {
        text += &format!(" of {records} {things}");
    }
    if let Some(unevenness) = plan.unevenness() {
        text += &format!(", the largest {unevenness:.2} times the mean");
    }
    if let Some((records, rate)) = plan.records.zip(rate) {
        text += &format!("; {count} x {:.1} minutes", records as f64 / rate / count as f64 / 60.0);
    }
    format!("{text}\nwrote {}", plan.path().display())
}

/// `kipos shard merge`.
pub fn merge(args: ShardMergeArgs, reporter: &mut Reporter) -> CliResult {
    let mut request = MergeShards::new(args.inputs, args.output);
    request.any_count = args.any_count;
    request.stop = stop();
    let merged = request.run(&mut |warning| reporter.warn(warning))?;
    for file in merged {
        let rows = file.rows.map_or_else(String::new, |rows| format!(", {rows} rows"));
        let text = format!("merged {} shards into {}{rows}", file.parts, file.path.display());
        reporter.log().info("summary", &text);
    }
    Ok(())
}
