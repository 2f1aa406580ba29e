//! model.yaml and dataloader.yaml that are wrong.

use std::fs;

use insta::assert_snapshot;

use crate::case::Case;

#[test]
fn no_model_directory() {
    let case = Case::new();
    fs::remove_file(case.world.path("model/model.yaml")).unwrap();
    assert_snapshot!(case.misused(&[]), @"no model.yaml or model.yml in model; name the directory that holds one");
    fs::remove_dir_all(case.world.path("model")).unwrap();
    assert_snapshot!(case.misused(&[]), @"no model.yaml or model.yml in model, which does not exist; name the directory that holds one");
}

#[test]
fn a_model_without_a_required_key() {
    let case = Case::new();
    case.spoil("model/model.yaml", "  targets:", "  tragets:");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:6: missing key `targets` in `schema` (found `tragets`, did you mean `targets`?)");
}

#[test]
fn a_key_in_the_wrong_form() {
    let case = Case::new();
    case.spoil("model/model.yaml", "shape: \"(10, 4)\"", "shape: ten by four");
    assert_snapshot!(case.refused(&[]), @r#"model/model.yaml:5: `schema.inputs.shape` must be a shape such as `(1000, 4)`, `(None, 4)` or `(1,)`, found "ten by four""#);
}

#[test]
fn a_file_that_is_no_yaml() {
    let case = Case::new();
    case.spoil("model/model.yaml", "args: {tasks: 1}", "args: {tasks: 1");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:3: not valid YAML: did not find expected ',' or '}' at line 3 column 5, while parsing a flow mapping at line 2 column 7");
}

#[test]
fn an_unknown_key_is_a_warning() {
    let case = Case::new();
    case.spoil("model/model.yaml", "info:", "inof: {}\ninfo:");
    let outcome = case.run(&[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_snapshot!(outcome.stderr.lines().next().unwrap(), @"warning: model/model.yaml:3: unknown key `inof` is ignored (did you mean `info`?)");
}

#[test]
fn an_input_that_does_not_exist() {
    let case = Case::new();
    case.spoil("model/model.yaml", "seq_input: [seq]", "seq_input: [sqe]");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:9: unknown name `sqe` in `postprocessing.variant_effects.seq_input` (known: seq)");
}

#[test]
fn no_dataloader() {
    let case = Case::new();
    fs::remove_file(case.world.path("model/dataloader.yaml")).unwrap();
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:1: no dataloader.yaml or dataloader.yml in model, which `default_dataloader` names; name a built-in dataloader instead (`defined_as: kipoiseq.dataloaders.SeqIntervalDl`) or add the file");
}

#[test]
fn a_dataloader_of_python_code() {
    let case = Case::new();
    let python = "defined_as: dataloader.MyDataset\nargs: {fasta_file: {doc: the genome}}\n\
                  output_schema:\n  inputs: {name: seq, shape: \"(10, 4)\"}\ninfo: {}\n";
    case.world.write("model/dataloader.yaml", python);
    assert_snapshot!(case.refused(&[]), @"the dataloader `dataloader.MyDataset` of model is not native to kipos, which cannot make the model's inputs; describe its input with kipoiseq.dataloaders.SeqIntervalDl or StringSeqIntervalDl, or write the samples to a file with `kipoi preproc` and give that with --batch-file FILE");
}

#[test]
fn a_dataloader_with_fixed_intervals() {
    let case = Case::new();
    let fixed = "postprocessing: {variant_effects: {bed_input: []}}\ndefault_args:";
    case.spoil("model/dataloader.yaml", "default_args:", fixed);
    assert_snapshot!(case.misused(&[]), @"variants are scored in the dataloader's intervals, but its argument `intervals_file` is missing; give a BED file with --intervals FILE, or place windows around variants with --windows centered");
}

#[test]
fn a_default_argument_that_the_dataloader_does_not_know() {
    let case = Case::new();
    case.spoil("model/dataloader.yaml", "auto_resize_len", "auto_resize_length");
    assert_snapshot!(case.refused(&[]), @"model/dataloader.yaml:2: unknown name `auto_resize_length` in `default_args` (known: intervals_file, fasta_file, num_chr_fasta, label_dtype, auto_resize_len, use_strand, ignore_targets, alphabet_axis, dummy_axis, alphabet, dtype, neutral_value)");
}

#[test]
fn an_argument_that_the_backend_does_not_know() {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", "{task: 1}");
    assert_snapshot!(case.refused(&[]), @"model/model.yaml:2: `args.task` must be an argument that the backend stub takes (did you mean `tasks`? known: tasks, mode, sigmoid, alphabet_axis, fixed, most_rows, as_described, bin, crop_left, crop_right, edits, regrets, layers, rows, file, gate, load_gate)");
}

/// A case whose model has these inputs and says nothing about variants.
fn with_inputs(inputs: &str) -> Case {
    let case = Case::new();
    case.spoil("model/model.yaml", "  inputs: {name: seq, special_type: DNASeq, shape: \"(10, 4)\"}", inputs);
    let text = case.world.read("model/model.yaml");
    let (without, _) = text.split_once("postprocessing:").unwrap();
    case.world.write("model/model.yaml", without);
    case
}

#[test]
fn inputs_that_the_loader_does_not_make() {
    let dna = "{special_type: DNASeq, shape: \"(10, 4)\"}";
    let case = with_inputs(&format!("  inputs: {{a: {dna}, b: {dna}}}"));
    assert_snapshot!(case.misused(&[]), @"model has no single DNA input but 2; inputs: `a`, `b`; name it with --seq-input NAME");
    let case = with_inputs(&format!("  inputs: {{a: {dna}, b: {{shape: \"(10,)\"}}}}"));
    assert_snapshot!(case.refused(&[]), @"model also reads `b`, which its dataloader does not make: it gives one DNA input; write the samples to a file with `kipoi preproc` and give that with --batch-file FILE");
    let case = with_inputs("  inputs: {a: {shape: \"(10,)\"}, b: {shape: \"(10,)\"}}");
    assert_snapshot!(case.misused(&[]), @"model has no single DNA input; inputs: `a`, `b`; name it with --seq-input NAME");
    assert_snapshot!(case.misused(&["--seq-input", "c"]), @"--seq-input c: model has no such input; inputs: `a`, `b`");
}

#[test]
fn a_loader_and_a_description_of_other_shapes() {
    let case = Case::new();
    case.spoil("model/dataloader.yaml", "{auto_resize_len: 10}", "{auto_resize_len: 12}");
    assert_snapshot!(case.refused(&[]), @"input `seq`: the dataloader gives shape (12, 4), but model.yaml says (10, 4); correct the loader's arguments or `schema.inputs`");
    case.spoil("model/dataloader.yaml", "{auto_resize_len: 12}", "{auto_resize_len: 10, alphabet_axis: 0}");
    assert_snapshot!(case.refused(&[]), @"input `seq`: the dataloader gives shape (4, 10), but model.yaml says (10, 4); correct the loader's arguments or `schema.inputs`");
}

#[test]
fn outputs_of_another_width_than_described() {
    let case = Case::new();
    case.spoil("model/model.yaml", "{tasks: 1}", "{tasks: 2}");
    assert_snapshot!(case.refused(&[]), @"output `out`: model.yaml says shape (1,), but the graph gives (2,); correct `schema.targets` in model.yaml");
}

#[test]
fn warnings_are_told_before_a_run_fails() {
    let case = Case::new();
    case.spoil("model/model.yaml", "postprocessing:", "postprocesing:");
    case.world.write("variants.vcf", "no VCF");
    let outcome = case.run(&[]);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!((outcome.code, lines.len()), (1, 2), "{outcome:?}");
    assert_snapshot!(lines[0], @"warning: model/model.yaml:7: unknown key `postprocesing` is ignored (did you mean `postprocessing`?)");
    assert!(lines[1].starts_with("error: variants.vcf:1: "), "{outcome:?}");
}
