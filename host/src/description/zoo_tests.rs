//! Descriptions of published models.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{DnaEncoding, ListedModels, ModelDir, SpecError, TargetTasks, find_in_zoo, list_models};

/// Label files belong to the models but not to the copy of their descriptions.
const LABELS: &[(&str, usize)] = &[
    ("Basset/target_labels.txt", 164),
    ("DeepSEA/predictor_names.txt", 919),
    ("DeepSEA/beluga/predictor_names.txt", 2002),
    ("KipoiSplice/4/features.txt", 12),
    ("MMSplice/modularPredictions/features.txt", 10),
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(name)
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &target);
        } else {
            fs::write(target, fs::read(path).unwrap()).unwrap();
        }
    }
}

fn zoo() -> tempfile::TempDir {
    let source = data("zoo");
    let directory = tempfile::tempdir().unwrap();
    copy_tree(&source, directory.path());
    for (file, n) in LABELS {
        let labels: String = (0..*n).map(|i| format!("label {i}\n")).collect();
        fs::write(directory.path().join(file), labels).unwrap();
    }
    directory
}

fn summary(model: &ModelDir) -> String {
    let spec = model.model();
    let inputs: Vec<String> = spec.inputs.iter().map(|input| format!("{} {}", input.name, input.shape)).collect();
    let dna: Vec<String> = model
        .dna_inputs()
        .iter()
        .map(|input| match input.encoding {
            DnaEncoding::Text => format!("{} text", input.name),
            DnaEncoding::OneHot => format!("{} one-hot", input.name),
        })
        .collect();
    let tasks = spec.target_tasks().unwrap_or_else(|error| panic!("{error}")).into_iter().map(|tasks| match tasks {
        TargetTasks::Tasks(names) => format!("{} tasks, first `{}`", names.len(), names[0]),
        TargetTasks::Profile => "a profile".into(),
    });
    let tasks = tasks.collect::<Vec<_>>().join(" and ");
    let loader = match model.loader() {
        Ok(loader) => format!("{} {:?}", loader.defined_as, loader.bed_input),
        Err(SpecError::NoDataloader { .. }) => "no dataloader".into(),
        Err(error) => panic!("{error}"),
    };
    let warnings = model.warnings().len();
    let scores = spec.variant_effects.as_ref().map_or(0, |effects| effects.scoring_functions.len());
    format!(
        "{} ({}) [{}] -> {tasks}; dna [{}]; {loader}; {scores} scores; {warnings} warnings",
        spec.name,
        spec.type_,
        inputs.join(", "),
        dna.join(", "),
    )
}

#[test]
fn published_models_are_understood() {
    let zoo = zoo();
    let models = [
        "Basset",
        "DeepSEA/beluga",
        "DeepSEA/variantEffects",
        "HAL",
        "KipoiSplice/4",
        "MMSplice/deltaLogitPSI",
        "MMSplice/modularPredictions",
        "extended_coda",
        "labranchor",
    ];
    let summaries = models.map(|name| {
        let model = ModelDir::open(zoo.path().join(name)).unwrap_or_else(|error| panic!("{error}"));
        if model.loader().is_ok() {
            model.check_agreement().unwrap();
        }
        summary(&model).replace(&zoo.path().display().to_string(), "ZOO")
    });
    insta::assert_snapshot!(summaries.join("\n"), @r#"
        Basset (pytorch) [seq (4, 600, 1)] -> 164 tasks, first `label 0`; dna [seq one-hot]; kipoiseq.dataloaders.SeqIntervalDl ["intervals_file"]; 0 scores; 0 warnings
        beluga (pytorch) [seq (4, 1, 2000)] -> 2002 tasks, first `label 0`; dna [seq one-hot]; kipoiseq.dataloaders.SeqIntervalDl ["intervals_file"]; 0 scores; 0 warnings
        variantEffects (pytorch) [seq (4, 1, 1000)] -> 919 tasks, first `label 0`; dna [seq one-hot]; kipoiseq.dataloaders.SeqIntervalDl ["intervals_file"]; 0 scores; 0 warnings
        HAL (custom) [seq ()] -> 1 tasks, first `0`; dna [seq text]; dataloader.py::SplicingKmerDataset []; 1 scores; 1 warnings
        4 (sklearn) [input (12,)] -> 2 tasks, first `0`; dna []; dataloader.py::load_data []; 0 scores; 0 warnings
        deltaLogitPSI (custom) [seq/acceptor_intron (None, 4), seq/acceptor (None, 4), seq/exon (None, 4), seq/donor (None, 4), seq/donor_intron (None, 4), mut_seq/acceptor_intron (None, 4), mut_seq/acceptor (None, 4), mut_seq/exon (None, 4), mut_seq/donor (None, 4), mut_seq/donor_intron (None, 4)] -> 1 tasks, first `0`; dna [seq/acceptor_intron one-hot, seq/acceptor one-hot, seq/exon one-hot, seq/donor one-hot, seq/donor_intron one-hot, mut_seq/acceptor_intron one-hot, mut_seq/acceptor one-hot, mut_seq/exon one-hot, mut_seq/donor one-hot, mut_seq/donor_intron one-hot]; no dataloader; 0 scores; 0 warnings
        modularPredictions (custom) [seq/acceptor_intron (None, 4), seq/acceptor (None, 4), seq/exon (None, 4), seq/donor (None, 4), seq/donor_intron (None, 4), mut_seq/acceptor_intron (None, 4), mut_seq/acceptor (None, 4), mut_seq/exon (None, 4), mut_seq/donor (None, 4), mut_seq/donor_intron (None, 4)] -> 10 tasks, first `label 0`; dna [seq/acceptor_intron one-hot, seq/acceptor one-hot, seq/exon one-hot, seq/donor one-hot, seq/donor_intron one-hot, mut_seq/acceptor_intron one-hot, mut_seq/acceptor one-hot, mut_seq/exon one-hot, mut_seq/donor one-hot, mut_seq/donor_intron one-hot]; no dataloader; 0 scores; 0 warnings
        extended_coda (keras) [H3K27AC_subsampled (None, 1)] -> a profile; dna []; dataloader.py::extractor []; 0 scores; 0 warnings
        labranchor (keras) [bidirectional_1_input (70, 4)] -> 70 tasks, first `0`; dna [bidirectional_1_input one-hot]; no dataloader; 2 scores; 0 warnings
        "#);
}

#[test]
fn every_model_of_the_tree_is_understood() {
    let zoo = zoo();
    let mut opened = 0;
    let mut strange = BTreeSet::new();
    for listed in list_models(zoo.path()).unwrap() {
        let names = match listed {
            ListedModels::Model(name) => vec![name],
            ListedModels::Group { members, .. } => members,
            ListedModels::Unreadable { error, .. } => panic!("{error}"),
        };
        for name in names {
            let model =
                ModelDir::open(find_in_zoo(zoo.path(), &name).unwrap()).unwrap_or_else(|error| panic!("{error}"));
            strange.extend(model.warnings().iter().map(|warning| shown(&zoo, warning)));
            opened += 1;
        }
    }
    assert!(opened > 17, "{opened}");
    // Others of their keys are strange, too; these are those that change what is read.
    let twice: Vec<_> = strange.iter().filter(|warning| warning.contains("twice")).cloned().collect();
    insta::assert_snapshot!(twice.join("\n"), @"ZOO/CpGenie/model-template.yaml:39: the key `trained_on` occurs twice in one map; the last one counts");
}

fn shown(zoo: &tempfile::TempDir, message: &impl ToString) -> String {
    message.to_string().replace(&zoo.path().display().to_string(), "ZOO")
}

#[test]
fn files_at_addresses_have_a_place_on_this_machine() {
    let zoo = zoo();
    let remote = |name: &str| {
        let model = ModelDir::open(find_in_zoo(zoo.path(), name).unwrap()).unwrap();
        shown(&zoo, &model.model().remote_files[0].check().unwrap_err())
    };
    insta::assert_snapshot!(remote("Basset"), @"ZOO/Basset/model.yaml:5: `args.weights` is not on this machine: download https://zenodo.org/record/1466068/files/pretrained_model_reloaded_th.pth?download=1 to ZOO/Basset/downloaded/model_files/weights/4878981d84499eb575abd0f3b45570d3");
    let name = list_models(zoo.path()).unwrap().into_iter().find_map(|listed| match listed {
        ListedModels::Group { name, members } if name == "CpGenie" => members.into_iter().next(),
        _ => None,
    });
    insta::assert_snapshot!(remote(&name.unwrap()), @"ZOO/CpGenie/model-template.yaml:3: `args.arch` is not on this machine: download https://zenodo.org/record/1466073/files/A549_ENCSR000DDI?download=1 to ZOO/CpGenie/downloaded/model_files/A549_ENCSR000DDI/arch/6d3a971ce766128ca444dd70ef76df70");
}

#[test]
fn paths_of_a_member_start_from_its_own_directory() {
    let zoo = zoo();
    let group = zoo.path().join("AttentiveChrome");
    let open = || ModelDir::open(group.join("E003")).unwrap();
    let error = shown(&zoo, &open().loader().unwrap_err());
    insta::assert_snapshot!(error, @"ZOO/AttentiveChrome/model-template.yaml:8: no dataloader.yaml or dataloader.yml in ZOO/AttentiveChrome, which `default_dataloader` names; name a built-in dataloader instead (`defined_as: kipoiseq.dataloaders.SeqIntervalDl`) or add the file");
    let loader = |name: &str| {
        fs::write(group.join(name), "defined_as: kipoiseq.dataloaders.SeqIntervalDl\n").unwrap();
        let file = open().loader().unwrap().file.clone();
        fs::remove_file(group.join(name)).unwrap();
        shown(&zoo, &file.display())
    };
    assert_eq!(loader("dataloader.yaml"), "ZOO/AttentiveChrome/dataloader.yaml");
    assert_eq!(loader("dataloader-template.yaml"), "ZOO/AttentiveChrome/dataloader-template.yaml");
    let template = fs::read_to_string(group.join("model-template.yaml")).unwrap();
    let labels = |named: &str| {
        let described = template.replace("  targets:", &format!("  targets:\n    column_labels: {named}"));
        assert_ne!(described, template);
        fs::write(group.join("model-template.yaml"), described).unwrap();
        open().model().targets[0].column_labels.clone()
    };
    fs::write(group.join("names.txt"), "expressed\n").unwrap();
    assert_eq!(labels("names.txt"), ["expressed"]);
    assert_eq!(labels("../names.txt"), ["expressed"]);
}

#[test]
fn a_missing_label_file_is_named_where_labels_are_needed() {
    let zoo = zoo();
    fs::remove_file(zoo.path().join("Basset/target_labels.txt")).unwrap();
    let error = ModelDir::open(zoo.path().join("Basset")).unwrap().model().target_tasks().unwrap_err();
    assert!(matches!(error, SpecError::LabelFile(_)), "{error}");
}

#[test]
fn the_model_of_the_golden_results_is_understood() {
    let tiny = data("reference/tiny");
    insta::assert_snapshot!(summary(&ModelDir::open(tiny).unwrap()), @r#"tiny (onnx) [seq (200, 4)] -> 5 tasks, first `t0`; dna [seq one-hot]; kipoiseq.dataloaders.SeqIntervalDl ["intervals_file"]; 3 scores; 0 warnings"#);
}
