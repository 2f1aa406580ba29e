//! Windows that a program chooses itself.

use kipos::{Interval, NamedInterval, PluginRegistry, RegionIndex, RegionPlan, ScoreVariants, Strand};
use kipos_plugin_api::Value;

use super::{Regions, contig, number};
use crate::dna::snv;

fn request(regions: &Regions, plan: RegionPlan) -> ScoreVariants {
    let mut request = ScoreVariants::new(regions.world.path("model"), regions.world.path("in.vcf"), Vec::new());
    let genome = regions.world.path("genome.fa").to_str().unwrap().to_owned();
    request.samples.loader_args = vec![("fasta_file".into(), Value::String(genome))];
    request.windows.plan = Some(plan);
    request
}

fn registry(regions: &Regions) -> PluginRegistry {
    PluginRegistry::open(&[regions.world.path("plugins"), kipos_tests::built("")], None)
}

fn overlap(ranges: &[(i64, i64)]) -> RegionPlan {
    let named = |&(start, end): &_| NamedInterval {
        interval: Interval::new(0, start, end, Strand::Forward).unwrap(),
        name: format!("from {start}").into(),
    };
    RegionPlan::Overlap { ranges: RegionIndex::new(ranges.iter().map(named).collect()), per_sample: 1 }
}

#[test]
fn a_plan_of_ones_own_gives_the_scores_of_a_file() {
    let variants = [110, 55].map(|pos| snv("chr1", &contig(), pos, 2));
    let regions = Regions::new("chr1\t100\t120\nchr1\t50\t70\nchr1\t95\t115\n", &variants);
    let table = regions.scored("--windows overlap --intervals regions.bed").1;
    let request = request(&regions, overlap(&[(100, 120), (50, 70), (95, 115)]));
    let (summary, tables) = request.run_and_return(&registry(&regions), &mut |_| ()).unwrap();
    assert_eq!((summary.scored, summary.alleles()), (4, 4));
    let returned: Vec<_> = tables.tables()[0].scores(0).iter().map(|value| f64::from(*value)).collect();
    let in_file: Vec<_> = table.rows.iter().map(|row| f64::from(number(row.last().unwrap()) as f32)).collect();
    assert_eq!(returned, in_file);
    let names: Vec<_> = tables.rows().map(|row| row.region.unwrap()).collect();
    assert_eq!(names[..2], ["from 100", "from 95"]);
}

#[test]
fn a_plan_must_fit_the_model() {
    let regions = Regions::new("", &[snv("chr1", &contig(), 55, 1)]);
    let error = request(&regions, overlap(&[(50, 69)])).run(&registry(&regions), &mut |_| ()).unwrap_err();
    insta::assert_snapshot!(error, @"interval `from 50` of the region plan has 19 bases, but the model reads 20; resize all with --seq-length 20");
}
