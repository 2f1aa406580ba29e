mod failed;
mod unchanged;

use super::*;
use crate::{
    genome::{
        Outcome::{self, Done},
        SkipReason, VcfRecord,
    },
    region::RegionMode,
    scored::ScoreMatrix,
    sink::{
        InfoLayout,
        test_input::{chunk, label, matrix, pair, read},
    },
};
use insta::assert_snapshot;
use std::fs;

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

fn skipped(reason: SkipReason) -> Outcome<usize> {
    Outcome::Skipped(reason)
}

fn native(layout: InfoLayout, labels: &[ScoreLabel]) -> VcfOptions {
    VcfOptions {
        rows: Default::default(),
        style: VcfStyle::Native { layout, digits: 6 },
        model_name: "tiny-2".into(),
        license: None,
        labels: labels.to_vec(),
        only_scored: false,
        std_var_id: false,
        regions: RegionMode::Centered,
        multi_region: MultiRegion::Nearest,
        on_existing: OnExisting::Replace,
        provenance: Default::default(),
    }
}

fn kipoi(model: &str, labels: &[ScoreLabel]) -> VcfOptions {
    VcfOptions {
        rows: Default::default(),
        style: VcfStyle::Kipoi { source: "dir".into() },
        only_scored: true,
        model_name: model.into(),
        ..native(InfoLayout::Packed, labels)
    }
}

struct Written {
    text: String,
    replaced: u64,
    warnings: Vec<String>,
}

fn write_with(
    input: &str,
    contigs: &[Contig],
    options: VcfOptions,
    outcomes: Vec<Vec<Outcome<usize>>>,
    scores: Vec<ScoreMatrix>,
    adjust: impl FnOnce(&mut ScoredChunk),
) -> Result<Written, SinkError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.vcf");
    let (header, records) = read(input);
    let mut sink = VcfSink::create(&path, &header, contigs, options)?;
    let mut chunk = chunk(records, outcomes, scores);
    adjust(&mut chunk);
    sink.write(&chunk)?;
    let (replaced, warnings) = (sink.replaced(), sink.warnings().iter().map(ToString::to_string).collect());
    Box::new(sink).finish()?;
    Ok(Written { text: fs::read_to_string(path).unwrap(), replaced, warnings })
}

/// The output with blanks for tabs, to be read in snapshots.
fn shown(input: &str, options: VcfOptions, outcomes: Vec<Vec<Outcome<usize>>>, scores: Vec<ScoreMatrix>) -> String {
    let written = write_with(input, &[], options, outcomes, scores, |_| ()).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    written.text.replace('\t', " ").replace('\r', "<CR>").replace(version, "VERSION")
}

fn three_records() -> String {
    format!(
        "##fileformat=VCFv4.3\n##contig=<ID=1,length=9>\n{COLUMNS}\tFORMAT\tNA1\n\
         1\t1\trs1\tA\tC\t29.50\tPASS\tAF=0.0000;DB\tGT:AD\t0|1:.\n\
         1\t2\t.\tA\tC,*,G\t.\t.\t.\tGT\t1/2\n\
         1\t3\t.\tAT\tA\t.\tq10\tDP=7\tGT\t./.\n\
         1\t4\t.\tA\t.\t.\t.\tDP=8\tGT\t./.\n"
    )
}

fn three_outcomes() -> Vec<Vec<Outcome<usize>>> {
    let spanning = skipped(SkipReason::SpanningDeletion);
    vec![vec![Done(0)], vec![Done(1), spanning, Done(2)], vec![skipped(SkipReason::AlleleTooLong)], vec![]]
}

#[test]
fn native_one_task() {
    let labels = [label("diff", &["p"]), label("logit_ref", &["p"])];
    let scores = vec![matrix(1, &[0.25, -1e-7, 0.1]), matrix(1, &[f32::NAN, f32::INFINITY, 1.0])];
    assert_snapshot!(shown(&three_records(), native(InfoLayout::PerTask, &labels), three_outcomes(), scores), @r#"
    ##fileformat=VCFv4.3
    ##contig=<ID=1,length=9>
    ##kipos_version=VERSION
    ##kipos_model=tiny-2
    ##INFO=<ID=KV_tiny_2_DIFF,Number=A,Type=Float,Description="Score diff of model tiny-2 for p (diff of plugin scorers 1.2)">
    ##INFO=<ID=KV_tiny_2_LOGIT_REF,Number=A,Type=Float,Description="Score logit_ref of model tiny-2 for p (logit_ref of plugin scorers 1.2)">
    ##INFO=<ID=KV_tiny_2_FAILED,Number=A,Type=String,Description="Scores of model tiny-2 that failed for the allele and have no value">
    ##INFO=<ID=KV_tiny_2_SKIP,Number=A,Type=String,Description="Why model tiny-2 did not score the allele">
    ##INFO=<ID=KV_tiny_2_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model tiny-2">
    #CHROM POS ID REF ALT QUAL FILTER INFO FORMAT NA1
    1 1 rs1 A C 29.50 PASS AF=0.0000;DB;KV_tiny_2_DIFF=0.25;KV_tiny_2_LOGIT_REF=nan GT:AD 0|1:.
    1 2 . A C,*,G . . KV_tiny_2_DIFF=-1e-07,.,0.1;KV_tiny_2_LOGIT_REF=inf,.,1;KV_tiny_2_SKIP=.,spanning_deletion,. GT 1/2
    1 3 . AT A . q10 DP=7;KV_tiny_2_SKIP=allele_too_long GT ./.
    1 4 . A . . . DP=8 GT ./.
    "#);
}

#[test]
fn native_packed() {
    let labels = [label("diff", &["GM12878|CTCF", "K562 \"x\"", "c"])];
    let scores = vec![matrix(3, &[0.25, -0.5, f32::NAN, -1.0, 1.0, 0.0, f32::NAN, f32::NAN, f32::NAN])];
    assert_snapshot!(shown(&three_records(), native(InfoLayout::Packed, &labels), three_outcomes(), scores), @r#"
    ##fileformat=VCFv4.3
    ##contig=<ID=1,length=9>
    ##kipos_version=VERSION
    ##kipos_model=tiny-2
    ##INFO=<ID=KV_tiny_2_DIFF,Number=A,Type=String,Description="Score diff of model tiny-2 (diff of plugin scorers 1.2). Format: GM12878%7CCTCF|K562%20%22x%22|c">
    ##INFO=<ID=KV_tiny_2_DIFF_MAXABS,Number=A,Type=Float,Description="Score diff of model tiny-2 for the task where it is largest, whatever its sign">
    ##INFO=<ID=KV_tiny_2_DIFF_TOP,Number=A,Type=String,Description="Task for which score diff of model tiny-2 is largest, whatever its sign">
    ##INFO=<ID=KV_tiny_2_FAILED,Number=A,Type=String,Description="Scores of model tiny-2 that failed for the allele and have no value">
    ##INFO=<ID=KV_tiny_2_SKIP,Number=A,Type=String,Description="Why model tiny-2 did not score the allele">
    ##INFO=<ID=KV_tiny_2_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model tiny-2">
    #CHROM POS ID REF ALT QUAL FILTER INFO FORMAT NA1
    1 1 rs1 A C 29.50 PASS AF=0.0000;DB;KV_tiny_2_DIFF=0.25|-0.5|nan;KV_tiny_2_DIFF_MAXABS=-0.5;KV_tiny_2_DIFF_TOP=K562%20%22x%22 GT:AD 0|1:.
    1 2 . A C,*,G . . KV_tiny_2_DIFF=-1|1|0,.,nan|nan|nan;KV_tiny_2_DIFF_MAXABS=-1,.,.;KV_tiny_2_DIFF_TOP=GM12878%7CCTCF,.,.;KV_tiny_2_SKIP=.,spanning_deletion,. GT 1/2
    1 3 . AT A . q10 DP=7;KV_tiny_2_SKIP=allele_too_long GT ./.
    1 4 . A . . . DP=8 GT ./.
    "#);
}

#[test]
fn native_per_task() {
    let labels = [label("diff", &["GM12878|CTCF", "b"])];
    let scores = vec![matrix(2, &[0.25, -0.5, -1.0, 1.0, 0.0, 2.0])];
    assert_snapshot!(shown(&three_records(), native(InfoLayout::PerTask, &labels), three_outcomes(), scores), @r#"
    ##fileformat=VCFv4.3
    ##contig=<ID=1,length=9>
    ##kipos_version=VERSION
    ##kipos_model=tiny-2
    ##INFO=<ID=KV_tiny_2_DIFF_GM12878_CTCF,Number=A,Type=Float,Description="Score diff of model tiny-2 for GM12878|CTCF (diff of plugin scorers 1.2)">
    ##INFO=<ID=KV_tiny_2_DIFF_b,Number=A,Type=Float,Description="Score diff of model tiny-2 for b (diff of plugin scorers 1.2)">
    ##INFO=<ID=KV_tiny_2_FAILED,Number=A,Type=String,Description="Scores of model tiny-2 that failed for the allele and have no value">
    ##INFO=<ID=KV_tiny_2_SKIP,Number=A,Type=String,Description="Why model tiny-2 did not score the allele">
    ##INFO=<ID=KV_tiny_2_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model tiny-2">
    #CHROM POS ID REF ALT QUAL FILTER INFO FORMAT NA1
    1 1 rs1 A C 29.50 PASS AF=0.0000;DB;KV_tiny_2_DIFF_GM12878_CTCF=0.25;KV_tiny_2_DIFF_b=-0.5 GT:AD 0|1:.
    1 2 . A C,*,G . . KV_tiny_2_DIFF_GM12878_CTCF=-1,.,0;KV_tiny_2_DIFF_b=1,.,2;KV_tiny_2_SKIP=.,spanning_deletion,. GT 1/2
    1 3 . AT A . q10 DP=7;KV_tiny_2_SKIP=allele_too_long GT ./.
    1 4 . A . . . DP=8 GT ./.
    "#);
}

#[test]
fn kipoi_style_leaves_out_records_without_score() {
    let labels = [label("diff", &["a", "b"]), label("logit_ref", &["a", "b"])];
    let scores =
        vec![matrix(2, &[0.1, -0.25, 1.0, -0.0, 0.0, 3.0]), matrix(2, &[f32::NAN, f32::INFINITY, 1., 1., 1., 1.])];
    assert_snapshot!(shown(&three_records(), kipoi("./my_model/", &labels), three_outcomes(), scores), @r#"
    ##fileformat=VCFv4.3
    ##contig=<ID=1,length=9>
    ##INFO=<ID=KV:dir:./my_model:DIFF,Number=.,Type=String,Description="DIFF SNV effect prediction. Prediction from model outputs: a|b">
    ##INFO=<ID=KV:dir:./my_model:LOGIT_REF,Number=.,Type=String,Description="LOGIT_REF SNV effect prediction. Prediction from model outputs: a|b">
    ##INFO=<ID=KV:dir:./my_model:rID,Number=.,Type=String,Description="Range or region id taken from metadata, generated by the DataLoader.">
    #CHROM POS ID REF ALT QUAL FILTER INFO FORMAT NA1
    1 1 rs1 A C 29.50 PASS AF=0.0000;DB;KV:dir:./my_model:DIFF=0.10000000|-0.25000000;KV:dir:./my_model:LOGIT_REF=nan|inf;KV:dir:./my_model:rID=1:1:A:['C'] GT:AD 0|1:.
    1 2 . A C,*,G . . KV:dir:./my_model:DIFF=1.00000000|-0.00000000,.,0.00000000|3.00000000;KV:dir:./my_model:LOGIT_REF=1.00000000|1.00000000,.,1.00000000|1.00000000;KV:dir:./my_model:rID=1:2:A:['C', '*', 'G'] GT 1/2
    "#);
}

#[test]
fn kipoi_style_with_variant_ids() {
    let input = format!("##fileformat=VCFv4.1\n{COLUMNS}\nchr22\t21541590\trs9\tA\tT\t.\t.\t.\n");
    let labels = [label("diff", &["x"])];
    let options = VcfOptions { std_var_id: true, ..kipoi("examples/rbp", &labels) };
    assert_snapshot!(shown(&input, options, vec![vec![Done(0)]], vec![matrix(1, &[0.017_238_4])]), @r#"
    ##fileformat=VCFv4.1
    ##INFO=<ID=KV:dir:examples/rbp:DIFF,Number=.,Type=String,Description="DIFF SNV effect prediction. Prediction from model outputs: x">
    ##INFO=<ID=KV:dir:examples/rbp:rID,Number=.,Type=String,Description="Range or region id taken from metadata, generated by the DataLoader.">
    #CHROM POS ID REF ALT QUAL FILTER INFO
    chr22 21541590 chr22:21541590:A:['T'] A T . . KV:dir:examples/rbp:DIFF=0.01723840;KV:dir:examples/rbp:rID=chr22:21541590:A:['T']
    "#);
}

#[test]
fn an_unscored_record_in_kipoi_style_is_unchanged_if_it_is_kept() {
    let options = VcfOptions { only_scored: false, ..kipoi("m", &[label("diff", &["x"])]) };
    let outcomes = vec![vec![skipped(SkipReason::AlleleTooLong)]; 4];
    let written = write_with(&three_records(), &[], options, outcomes, vec![matrix(1, &[])], |_| ()).unwrap();
    let records =
        |text: &str| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(records(&written.text), records(&three_records()));
}

#[test]
fn odd_info_columns_keep_their_bytes() {
    for (info, scored, unscored) in [
        ("", "KV_tiny_2_DIFF=0.5", ""),
        (".", "KV_tiny_2_DIFF=0.5", "."),
        ("A=1;", "A=1;KV_tiny_2_DIFF=0.5", "A=1;"),
        ("A;;B", "A;;B;KV_tiny_2_DIFF=0.5", "A;;B"),
        ("KV_tiny_2_DIFF", "KV_tiny_2_DIFF=0.5", "."),
        ("KV_tiny_2_DIFF=1=2;A", "A;KV_tiny_2_DIFF=0.5", "A"),
    ] {
        let input = format!("{COLUMNS}\tFORMAT\n1\t1\t.\tA\tC\t.\t.\t{info}\tGT\n1\t1\t.\tA\t.\t.\t.\t{info}\tGT\n");
        let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
        let outcomes = vec![vec![Done(0)], vec![]];
        let written = write_with(&input, &[], options, outcomes, vec![matrix(1, &[0.5])], |_| ()).unwrap();
        let lines = written.text.lines().filter(|line| !line.starts_with('#'));
        let infos: Vec<_> = lines.map(|line| line.split('\t').nth(7).unwrap()).collect();
        assert_eq!(infos, [scored, unscored], "INFO `{info}`");
    }
}

#[test]
fn an_overwritten_reference_is_flagged() {
    let input = format!("{COLUMNS}\n1\t1\t.\tA\tC\t.\t.\t.\n");
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    let scores = vec![matrix(1, &[0.5])];
    let overwrite = |chunk: &mut ScoredChunk| chunk.records[0].reference_overwritten = true;
    let written = write_with(&input, &[], options, vec![vec![Done(0)]], scores, overwrite).unwrap();
    assert!(written.text.ends_with("\t.\tKV_tiny_2_DIFF=0.5;KV_tiny_2_REF_MISMATCH\n"), "{}", written.text);
}

#[test]
fn values_of_an_earlier_run_are_replaced_and_counted() {
    let input = format!(
        "##fileformat=VCFv4.3\n##contig=<ID=1>\n\
         ##INFO=<ID=KV_tiny_2_DIFF,Number=1,Type=Float,Description=\"old\">\n\
         ##INFO=<ID=KV_tiny_2_ALT,Number=1,Type=Float,Description=\"not in this run\">\n{COLUMNS}\n\
         1\t1\t.\tA\tC\t.\t.\tKV_tiny_2_DIFF=9;DP=1;KV_tiny_2_ALT=8\n\
         1\t2\t.\tA\tC\t.\t.\tKV_tiny_2_SKIP=allele_too_long\n\
         1\t3\t.\tA\t.\t.\t.\tKV_tiny_2_REF_MISMATCH;KV_tiny_2_DIFF\n\
         1\t4\t.\tA\tC\t.\t.\tKV_tiny_2_DIFFERENT=1\n"
    );
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    let outcomes = vec![vec![Done(0)], vec![Done(1)], vec![], vec![skipped(SkipReason::NonAcgt)]];
    let scores = vec![matrix(1, &[0.5, 0.25])];
    assert_snapshot!(shown(&input, options.clone(), outcomes.clone(), scores.clone()), @r#"
    ##fileformat=VCFv4.3
    ##contig=<ID=1>
    ##INFO=<ID=KV_tiny_2_ALT,Number=1,Type=Float,Description="not in this run">
    ##kipos_version=VERSION
    ##kipos_model=tiny-2
    ##INFO=<ID=KV_tiny_2_DIFF,Number=A,Type=Float,Description="Score diff of model tiny-2 for p (diff of plugin scorers 1.2)">
    ##INFO=<ID=KV_tiny_2_FAILED,Number=A,Type=String,Description="Scores of model tiny-2 that failed for the allele and have no value">
    ##INFO=<ID=KV_tiny_2_SKIP,Number=A,Type=String,Description="Why model tiny-2 did not score the allele">
    ##INFO=<ID=KV_tiny_2_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model tiny-2">
    #CHROM POS ID REF ALT QUAL FILTER INFO
    1 1 . A C . . DP=1;KV_tiny_2_ALT=8;KV_tiny_2_DIFF=0.5
    1 2 . A C . . KV_tiny_2_DIFF=0.25
    1 3 . A . . . .
    1 4 . A C . . KV_tiny_2_DIFFERENT=1;KV_tiny_2_SKIP=non_acgt
    "#);

    let written = write_with(&input, &[], options.clone(), outcomes.clone(), scores.clone(), |_| ()).unwrap();
    assert_eq!(written.replaced, 4);
    assert_eq!(written.warnings, ["the input declares KV_tiny_2_DIFF already; its values are replaced"]);

    // A second run changes nothing more.
    let again = write_with(&written.text, &[], options.clone(), outcomes, scores, |_| ()).unwrap();
    assert_eq!(again.text, written.text);
}

#[test]
fn values_of_an_earlier_run_can_be_forbidden() {
    let record = "1\t1\t.\tA\tC\t.\t.\tDP=1;KV_tiny_2_DIFF=9\n";
    let declared = format!("##INFO=<ID=KV_tiny_2_DIFF,Number=1,Type=Float,Description=\"old\">\n{COLUMNS}\n{record}");
    let undeclared = format!("{COLUMNS}\n{record}");
    let message = |input: &str| {
        let options =
            VcfOptions { on_existing: OnExisting::Error, ..native(InfoLayout::Packed, &[label("diff", &["p"])]) };
        let scores = vec![matrix(1, &[0.5])];
        let error = write_with(input, &[], options, vec![vec![Done(0)]], scores, |_| ()).err().unwrap();
        error.to_string().split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        message(&declared),
        "the input's header declares KV_tiny_2_DIFF already; choose --on-existing replace or another --model-name"
    );
    assert_eq!(
        message(&undeclared),
        "line 2 of the input has KV_tiny_2_DIFF already; choose --on-existing replace or another --model-name"
    );
}

#[test]
fn a_poor_header_gains_what_is_missing_with_its_own_line_ends() {
    let input = format!(
        "##source=x\r\n##source=y\r\n##source=x\r\n{COLUMNS}\r\n1\t1\t.\tA\tC\t.\t.\tDP=1\r\n1\t2\t.\tA\tC\t.\t.\t."
    );
    let contigs = [Contig { name: "1".into(), length: 9 }, Contig { name: "2".into(), length: 8 }];
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    let outcomes = vec![vec![Done(0)]; 2];
    let written = write_with(&input, &contigs, options, outcomes, vec![matrix(1, &[0.5])], |_| ()).unwrap();
    assert_snapshot!(written.text.replace('\t', " ").replace('\r', "<CR>").replace(env!("CARGO_PKG_VERSION"), "VERSION"), @r#"
    ##fileformat=VCFv4.2<CR>
    ##source=x<CR>
    ##source=y<CR>
    ##contig=<ID=1,length=9><CR>
    ##contig=<ID=2,length=8><CR>
    ##kipos_version=VERSION<CR>
    ##kipos_model=tiny-2<CR>
    ##INFO=<ID=KV_tiny_2_DIFF,Number=A,Type=Float,Description="Score diff of model tiny-2 for p (diff of plugin scorers 1.2)"><CR>
    ##INFO=<ID=KV_tiny_2_FAILED,Number=A,Type=String,Description="Scores of model tiny-2 that failed for the allele and have no value"><CR>
    ##INFO=<ID=KV_tiny_2_SKIP,Number=A,Type=String,Description="Why model tiny-2 did not score the allele"><CR>
    ##INFO=<ID=KV_tiny_2_REF_MISMATCH,Number=0,Type=Flag,Description="REF differs from the genome and was written over it for model tiny-2"><CR>
    #CHROM POS ID REF ALT QUAL FILTER INFO<CR>
    1 1 . A C . . DP=1;KV_tiny_2_DIFF=0.5<CR>
    1 2 . A C . . KV_tiny_2_DIFF=0.5
    "#);
}

#[test]
fn declared_contigs_are_left_alone() {
    let input = format!("##contig=<ID=9>\n{COLUMNS}\n");
    let contigs = [Contig { name: "1".into(), length: 9 }];
    let options = kipoi("m", &[label("diff", &["p"])]);
    let written = write_with(&input, &contigs, options, vec![], vec![matrix(1, &[])], |_| ()).unwrap();
    assert!(written.text.starts_with("##fileformat=VCFv4.2\n##contig=<ID=9>\n##INFO="), "{}", written.text);
}

#[test]
fn no_variants_make_a_valid_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("out.vcf.gz");
    let (header, _) = read(&format!("##fileformat=VCFv4.3\n{COLUMNS}\n"));
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    Box::new(VcfSink::create(&path, &header, &[], options).unwrap()).finish().unwrap();
    let mut reader = crate::genome::VcfReader::open(&path).unwrap();
    assert_eq!(reader.header().info()[0].id, "KV_tiny_2_DIFF");
    assert!(reader.read_record().unwrap().is_none());
}

#[test]
fn a_run_that_stops_half_way_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (header, records) = read(&three_records());
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    for name in ["out.vcf", "out.vcf.gz"] {
        let mut sink = VcfSink::create(directory.path().join(name), &header, &[], options.clone()).unwrap();
        let whole = chunk(records.clone(), three_outcomes(), vec![matrix(1, &[1.0, 2.0, 3.0])]);
        sink.write(&whole).unwrap();
        let short = chunk(records.clone(), three_outcomes(), vec![matrix(1, &[1.0])]);
        let error = sink.write(&short).unwrap_err().to_string();
        assert!(error.ends_with("1 values of score `diff`, 3 rows of 1; please report this"), "{error}");
        drop(sink);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_shows_before_the_first_record() {
    let (header, _) = read(&three_records());
    let options = native(InfoLayout::Packed, &[label("diff", &["p"])]);
    let error = VcfSink::create("/dev/full", &header, &[], options).err().unwrap();
    assert!(matches!(error, SinkError::Write { .. }), "{error}");
}

#[test]
fn keys_that_two_scores_share_are_refused() {
    let message = |options: VcfOptions| {
        let error = write_with(&three_records(), &[], options, vec![], vec![], |_| ()).err().unwrap();
        error.to_string().split_once(": ").unwrap().1.to_owned()
    };
    let labels = [label("my diff", &["p"]), label("my-diff", &["p"])];
    assert_eq!(
        message(native(InfoLayout::Packed, &labels)),
        "INFO key KV_tiny_2_MY_DIFF would hold both score `my diff` and score `my-diff`; rename one of them"
    );
    assert_eq!(
        message(native(InfoLayout::PerTask, &[label("diff", &["a b", "a|b"])])),
        "INFO key KV_tiny_2_DIFF_a_b would hold both task `a b` of score `diff` and task `a|b` of score `diff`; \
         rename one of them"
    );
    assert_eq!(
        message(native(InfoLayout::Packed, &[label("skip", &["p"])])),
        "INFO key KV_tiny_2_SKIP would hold both score `skip` and why alleles were skipped; rename one of them"
    );
    assert_eq!(
        message(kipoi("m", &[label("diff", &["p"]), label("DIFF", &["p"])])),
        "INFO key KV:dir:m:DIFF would hold both score `diff` and score `DIFF`; rename one of them"
    );
}

#[test]
fn many_values_are_warned_of() {
    let tasks: Vec<String> = (0..51).map(|task| format!("t{task}")).collect();
    let tasks: Vec<&str> = tasks.iter().map(String::as_str).collect();
    let warnings = |labels: &[ScoreLabel]| {
        let scores = labels.iter().map(|label| matrix(label.columns.len(), &[])).collect();
        let input = format!("{COLUMNS}\n");
        write_with(&input, &[], native(InfoLayout::Packed, labels), vec![], scores, |_| ()).unwrap().warnings
    };
    assert!(warnings(&[label("diff", &tasks)]).is_empty());
    let many = warnings(&[label("diff", &tasks), label("ref", &tasks)]);
    assert!(many.len() == 1 && many[0].starts_with("every allele gets 102 values"), "{many:?}");
}

#[test]
fn regions_are_named_and_counted() {
    let labels = [label("diff", &["a"])];
    let input = format!("{COLUMNS}\nc\t7\t.\tA\tC,G,<DEL>\t.\t.\t.\n");
    let outcomes = vec![vec![Done(0), Done(1), skipped(SkipReason::Symbolic)]];
    let in_regions = |chunk: &mut ScoredChunk| {
        let mut other = pair(Some((1, "b,1")), Done(2));
        other.changed = 4..5;
        chunk.pairs[0] = pair(Some((0, "a")), Done(0));
        chunk.pairs[1] = pair(Some((0, "a")), Done(1));
        // The first allele lies in a second region too.
        chunk.pairs.push(other);
        chunk.pairs.swap(1, 3);
        chunk.pairs.swap(2, 3);
        chunk.records[0].alleles = vec![0..2, 2..3, 3..4];
    };
    let written = |options: VcfOptions| {
        let scores = vec![matrix(1, &[1.0, 2.0, 3.0])];
        let text = write_with(&input, &[], options, outcomes.clone(), scores, in_regions).unwrap().text;
        let lines = text.lines().filter(|line| !line.starts_with("##") && !line.starts_with("#CHROM"));
        lines.map(|line| format!("{}\n", line.rsplit('\t').next().unwrap())).collect::<String>()
    };
    let native =
        |multi_region| VcfOptions { regions: RegionMode::Overlap, multi_region, ..native(InfoLayout::Packed, &labels) };
    assert_snapshot!(written(native(MultiRegion::Nearest)), @"KV_tiny_2_DIFF=1,2,.;KV_tiny_2_SKIP=.,.,symbolic;KV_tiny_2_REGION=a,a,.;KV_tiny_2_NREGIONS=2");
    assert_snapshot!(written(native(MultiRegion::Records)), @r"
    KV_tiny_2_DIFF=1,2,.;KV_tiny_2_SKIP=.,.,symbolic;KV_tiny_2_REGION=a,a,.;KV_tiny_2_NREGIONS=2
    KV_tiny_2_DIFF=3,.,.;KV_tiny_2_SKIP=.,no_range,symbolic;KV_tiny_2_REGION=b%2C1,.,.;KV_tiny_2_NREGIONS=2
    ");
    let kipoi = |regions| VcfOptions { regions, multi_region: MultiRegion::Records, ..kipoi("m", &labels) };
    assert_snapshot!(written(kipoi(RegionMode::Overlap)), @r"
    KV:dir:m:DIFF=1.00000000,2.00000000,.;KV:dir:m:rID=0
    KV:dir:m:DIFF=3.00000000,.,.;KV:dir:m:rID=1
    ");
    assert!(written(kipoi(RegionMode::Restricted)).contains("rID=c:7:A:['C', 'G', '<DEL>']"));
}
