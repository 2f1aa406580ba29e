use super::*;
use crate::{
    region::RegionMode,
    sink::{
        InfoLayout, RowKind,
        kipoi_info::KipoiInfo,
        native_info::NativeInfo,
        test_input::{label, read},
    },
};
use proptest::prelude::*;

/// Everything that native keys may be about.
const ALL: (RowKind, RegionMode) = (RowKind::Saturation { centre: 0 }, RegionMode::Overlap);

/// Of these INFO keys with their descriptions, those of the model.
fn of_model<'a>(model: &ModelKeys, lines: &[(&'a str, &str)]) -> Vec<&'a str> {
    let declared = |(id, description): &(&str, &str)| Declaration {
        id: (*id).into(),
        kind: None,
        description: Some((*description).into()),
        line: 0,
    };
    lines.iter().filter(|line| model.include(&declared(line))).map(|(id, _)| *id).collect()
}

#[test]
fn a_key_belongs_to_the_model_that_its_description_names() {
    let lines = [
        ("KV_tiny_DIFF", "Score diff of model tiny. Format: a|b"),
        ("KV_tiny_DIFF_MAXABS", "Score diff of model tiny for the task where it is largest, whatever its sign"),
        ("KV_tiny_DIFF_TOP", "Task for which score diff of model tiny is largest, whatever its sign"),
        ("KV_tiny_DIFF_a_b", "Score diff of model tiny for a|b"),
        ("KV_tiny_SKIP", "Why model tiny did not score the allele"),
        ("KV_tiny_FAILED", "Scores that model tiny could not give"),
        ("KV_tiny_REF_MISMATCH", "REF differs from the genome and was written over it for model tiny"),
        ("KV_tiny_REGION", "Region in which model tiny saw the allele"),
        ("KV_tiny_NREGIONS", "Number of regions in which model tiny can see alleles of the record"),
        // Of other models, whose keys begin alike.
        ("KV_tiny_2_DIFF", "Score diff of model tiny_2 for a"),
        ("KV_tiny_2_SKIP", "Why model tiny-2 did not score the allele"),
        ("KV_tiny_DIFF_SKIP", "Why model tiny_DIFF did not score the allele"),
        ("KV_tiny_DIFF_DIFF", "Score diff of model tiny_DIFF for a"),
        // Somebody's own, which are about the model's scores or named like them.
        ("KV_tiny_RANK", "Rank of the score"),
        ("KV_tiny_DIFF_RANK", "Rank of score diff of model tiny for all genes"),
        ("KV_tiny_NOTE", "Score diff of model tiny for people"),
        ("KV_tiny_SKIP_THIS", "Why model tiny did not score the allele"),
        ("OTHER", "Score diff of model tiny for a"),
    ];
    let expected: Vec<_> = lines[..9].iter().map(|(id, _)| *id).collect();
    assert_eq!(of_model(&ModelKeys::native("tiny"), &lines), expected);
    assert_eq!(of_model(&ModelKeys::native("tiny_2"), &lines), ["KV_tiny_2_DIFF"]);
    assert_eq!(of_model(&ModelKeys::native("tiny-2"), &lines), ["KV_tiny_2_SKIP"]);
    assert_eq!(of_model(&ModelKeys::native("tiny_DIFF"), &lines), ["KV_tiny_DIFF_SKIP", "KV_tiny_DIFF_DIFF"]);
}

#[test]
fn names_with_blanks_are_known_in_either_spelling() {
    let lines = [
        ("KV_my_model_REF", "Score ref of model my%20model for a"),
        ("KV_my_model_ALT", "Score alt of model my model for a"),
        ("KV_my_model_SKIP", "Why model my model did not score the allele"),
        ("KV_my_model_REGION", "Region in which model my%20model saw the allele"),
        ("KV_my_model_MY_DIFF", "Score my%20diff of model my%20model for a"),
        ("KV_my_model_MY_REF", "Score my ref of model my model for a"),
    ];
    assert_eq!(of_model(&ModelKeys::native("my model"), &lines), lines.map(|(id, _)| id));
    assert_eq!(of_model(&ModelKeys::native("my"), &lines), [""; 0]);
    assert_eq!(of_model(&ModelKeys::native("my_model"), &lines), [""; 0]);
    let model = [("KV_my_model_SKIP", "Why model my_model did not score the allele")];
    assert_eq!(of_model(&ModelKeys::native("my_model"), &model), ["KV_my_model_SKIP"]);
}

#[test]
fn keys_in_kipoi_style_are_told_by_the_score_that_their_description_names() {
    let score = |name: &str| format!("{name}{SCORE_DESCRIPTION}a|b");
    let (diff, other) = (score("DIFF"), score("B:DIFF"));
    let lines = [
        ("KV:dir:a:DIFF", diff.as_str()),
        ("KV:dir:a:rID", REGION_DESCRIPTION),
        ("KV:dir:a:b:DIFF", diff.as_str()),
        ("KV:dir:a:b:rID", REGION_DESCRIPTION),
        ("KV:kipoi:a:DIFF", diff.as_str()),
        ("KV:dir:a:MINE", "Mine"),
        ("KV_a_DIFF", "Score diff of model a for p"),
    ];
    assert_eq!(of_model(&ModelKeys::kipoi("dir", "a"), &lines), ["KV:dir:a:DIFF", "KV:dir:a:rID"]);
    assert_eq!(of_model(&ModelKeys::kipoi("dir", "a:b"), &lines), ["KV:dir:a:b:DIFF", "KV:dir:a:b:rID"]);
    assert_eq!(of_model(&ModelKeys::kipoi("dir", "a"), &[("KV:dir:a:B:DIFF", &other)]), ["KV:dir:a:B:DIFF"]);
}

#[test]
fn keys_in_kipoi_style_are_known_whatever_their_source() {
    let (diff, other) = (format!("DIFF{SCORE_DESCRIPTION}a|b"), format!("B:DIFF{SCORE_DESCRIPTION}a|b"));
    let lines = [
        ("KV:dir:a:DIFF", diff.as_str()),
        ("KV:kipoi:a:rID", REGION_DESCRIPTION),
        ("KV:dir:./a:DIFF", diff.as_str()),
        ("KV:dir:a:B:DIFF", other.as_str()),
        // Of other models, or somebody's own.
        ("KV:dir:a:b:DIFF", diff.as_str()),
        ("KV:dir:x/a:DIFF", diff.as_str()),
        ("KV:dir:aa:DIFF", diff.as_str()),
        ("KV:a:DIFF", diff.as_str()),
        ("KV:dir:a:MINE", "Mine"),
        ("KV:dir:a:REF", diff.as_str()),
    ];
    let expected: Vec<_> = lines[..4].iter().map(|(id, _)| *id).collect();
    assert_eq!(of_model(&ModelKeys::kipoi_of_any_source("a"), &lines), expected);
    assert_eq!(of_model(&ModelKeys::kipoi_of_any_source("a:b"), &lines), ["KV:dir:a:b:DIFF"]);
    // As Kipoi spells names.
    assert_eq!(of_model(&ModelKeys::kipoi_of_any_source("m-1/"), &[("KV:dir:m_1:DIFF", &diff)]), ["KV:dir:m_1:DIFF"]);
}

#[test]
fn a_key_of_another_model_that_would_be_written_is_found() {
    let labels = [label("diff", &["p", "q"])];
    let keys_of = |model: &str| NativeInfo::new(model, &labels, ALL, InfoLayout::Packed, 6).1;
    let found = |lines: &str, model: &str| {
        let header = read(&format!("{lines}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")).0;
        other_model(&header, &[ModelKeys::native(model)], &keys_of(model))
    };
    for (of, model) in [("tiny_2", "tiny-2"), ("my model", "my_model"), ("a.b, (c)", "a-b___c_"), ("é%20", "__20")] {
        for key in keys_of(of) {
            let line = key.header_line() + "\n";
            assert_eq!(found(&line, model), Some((key.id, of.to_owned())), "{line}");
            assert_eq!(found(&line, of), None, "{line}");
        }
    }
    // As kipos 0.1 spelled it.
    let old = "##INFO=<ID=KV_my_model_SKIP,Number=A,Type=String,\
               Description=\"Why model my model did not score the allele\">\n";
    assert_eq!(found(old, "my_model"), Some(("KV_my_model_SKIP".into(), "my model".into())));
    assert_eq!(found(old, "my model"), None);
    // Another key, or no model.
    assert_eq!(found(old, "my"), None);
    let mine = "##INFO=<ID=KV_m_DIFF,Number=1,Type=Float,Description=\"Mine, of model x\">\n";
    assert_eq!(found(mine, "m"), None);
}

#[test]
fn what_goes_is_listed_apart_from_what_is_renewed() {
    let info =
        |id: &str, description: &str| format!("##INFO=<ID={id},Number=A,Type=Float,Description=\"{description}\">\n");
    let text = [
        info("KV_m_REF", "Score ref of model m for p"),
        info("KV_m_DIFF", "mine, but in the way"),
        info("KV_m_DIFF_MAXABS", "mine"),
        info("KV_m_REF", "twice"),
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".into(),
    ];
    let labels = [label("diff", &["p"])];
    let written = NativeInfo::new("m", &labels, (RowKind::Variants, RegionMode::Centered), InfoLayout::Packed, 6).1;
    let siblings = NativeInfo::siblings("m", &labels);
    let mut earlier = EarlierRun::find(&read(&text.concat()).0, &[ModelKeys::native("m")], &written, siblings);
    assert_eq!(earlier.declared, [("KV_m_REF".into(), false), ("KV_m_DIFF".into(), true)]);
    assert_eq!(earlier.first(), Some("KV_m_REF"));
    let warning = "the input declares KV_m_DIFF already; its values are replaced. It also has KV_m_REF from an earlier run \
                   of the model; this run does not write them, and removes them";
    assert_eq!(earlier.warning().as_deref(), Some(warning));
    // Without a header line, what the same scores have in another layout can only be an earlier run's.
    earlier.own.sort();
    let own = "KV_m_DIFF KV_m_DIFF_TOP KV_m_DIFF_p KV_m_FAILED KV_m_NREGIONS KV_m_OFFSET KV_m_REF KV_m_REF_MISMATCH KV_m_REGION KV_m_SKIP";
    assert_eq!(earlier.own.join(" "), own);
}

/// Names that are easily taken for others.
fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just(" of model "),
            Just(" for "),
            Just(". "),
            Just("model "),
            Just("a"),
            Just("_"),
            Just("-"),
            Just(" "),
            Just("%20"),
            Just("DIFF"),
            Just("diff"),
            Just("SKIP"),
            Just("."),
            Just("|"),
            Just("é"),
        ],
        1..4,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_key_that_is_written_is_told_apart(
        model in name(), other in name(), score in name(), tasks in prop::collection::vec(name(), 1..3),
        per_task: bool, source in "[a-b:]{1,3}",
    ) {
        let labels = [label(&score, &tasks.iter().map(String::as_str).collect::<Vec<_>>())];
        let layout = if per_task { InfoLayout::PerTask } else { InfoLayout::Packed };
        let native = NativeInfo::new(&model, &labels, ALL, layout, 6).1;
        let kipoi = KipoiInfo::new(&source, &model, &labels, RegionMode::Overlap).1;
        for (keys, own, others) in [
            (native, ModelKeys::native(&model), ModelKeys::native(&other)),
            (kipoi, ModelKeys::kipoi(&source, &model), ModelKeys::kipoi(&source, &other)),
        ] {
            let lines: String = keys.iter().map(|key| key.header_line() + "\n").collect();
            let header = read(&(lines + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")).0;
            // Kipoi's names of two models may be the same.
            let same = |(a, b): (&ModelKeys, &ModelKeys)| format!("{a:?}") == format!("{b:?}");
            let is_other = !same((&own, &others));
            for declared in header.info() {
                prop_assert!(own.include(declared), "{:?} of {:?}", declared, own);
                prop_assert!(!is_other || !others.include(declared), "{:?} of {:?}", declared, others);
            }
        }
    }
}
