//! The text of a draft. What only a person knows stays the question `"?"`, which `model lint` names.

use std::fmt::Write as _;

use kipos_plugin_api::DType;

use super::draft::{DraftInput, DraftOutput, ModelDraft, NativeInput};
use super::made_up::MadeUpExample;
use crate::description::ArrayShape;

/// More labels than these make a file that nobody reads; they are left out, and tasks are numbered.
const MOST_LABELS: usize = 10_000;

impl ModelDraft {
    /// The text of model.yaml.
    pub fn model_yaml(&self) -> String {
        let mut text = format!(
            "# A draft that kipos wrote for {}. Whatever is \"?\" only a person knows, and `kipos model lint` names it.\n\
             type: {}\n\
             args:\n  {}\n\
             default_dataloader: .\n\
             info:\n\
             \x20 authors: \"?\"  # as [{{name: Ada Lovelace}}, ...]\n\
             \x20 license: \"?\"  # of the model and its weights, such as MIT\n\
             \x20 doc: \"?\"  # what it predicts, and on which assembly of the genome it was trained\n\
             schema:\n",
            comment(&self.origin),
            self.backend,
            self.files_line(),
        );
        arrays(&mut text, "inputs", self.inputs.iter().map(|input| self.input_lines(input)).collect());
        arrays(&mut text, "targets", self.outputs.iter().map(output_lines).collect());
        text.push_str("kipos:\n  outputs:\n");
        for output in &self.outputs {
            text.push_str(&output_keys(output));
        }
        if let (Some(_), [input]) = (self.native(), self.inputs.as_slice()) {
            let name = quoted(&input.name);
            let _ = write!(
                text,
                "postprocessing:\n  variant_effects:\n    seq_input: [{name}]\n    use_rc: \"?\"  # whether predictions of both \
                 strands are merged\n    scoring_functions: [{{type: diff, default: true}}]\n"
            );
        }
        text
    }

    /// The text of dataloader.yaml.
    pub fn dataloader_yaml(&self) -> String {
        let head = "# A draft that kipos wrote; see model.yaml.\n";
        let any = |input: &DraftInput| match input.shape.contains(&None) {
            true if self.outputs_follow() => "  # the file reads any length; outputs are described for this one",
            true => "  # the model reads any length; this one was tried",
            false => "",
        };
        match (self.native(), self.inputs.as_slice()) {
            (Some(NativeInput::OneHot { length, alphabet_axis, dummy_axis }), [input]) => {
                let dummy = dummy_axis.map(|axis| format!("  dummy_axis: {axis}\n")).unwrap_or_default();
                format!(
                    "{head}defined_as: kipoiseq.dataloaders.SeqIntervalDl\n{}default_args:\n  auto_resize_len: {length}{}\n  \
                     alphabet_axis: {alphabet_axis}\n{dummy}  dtype: np.{}\n  ignore_targets: true\n  neutral_value: \"?\"  # \
                     what N is in all four channels: 0, or 0.25, which is used until it is said\n",
                    examples(),
                    any(input),
                    input.dtype.name(),
                )
            }
            (Some(NativeInput::Strings { length }), [input]) => format!(
                "{head}defined_as: kipoiseq.dataloaders.StringSeqIntervalDl\n{}default_args:\n  auto_resize_len: {length}{}\n  \
                 ignore_targets: true\n  force_upper: true\n",
                examples(),
                any(input)
            ),
            _ => {
                let mut text = format!(
                    "{head}# No built-in dataloader gives these inputs: name the program that writes them to batch files.\n\
                     defined_as: \"?\"\nargs: {{}}\noutput_schema:\n"
                );
                arrays(&mut text, "inputs", self.inputs.iter().map(|input| self.input_lines(input)).collect());
                text
            }
        }
    }

    /// The argument that names the file, or those of a family.
    fn files_line(&self) -> String {
        match self.files.as_slice() {
            [only] => format!("file: {}", quoted(only)),
            files => {
                format!("files: [{}]", files.iter().map(|file| quoted(file)).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The lines of an input, without indentation.
    fn input_lines(&self, input: &DraftInput) -> Vec<String> {
        let fixed: Vec<Option<usize>> = input.tried.iter().copied().map(Some).collect();
        let shape = if self.outputs_follow() { fixed } else { input.shape.clone() };
        let mut lines = vec![
            format!("name: {}", quoted(&input.name)),
            format!("shape: {}", quoted(&ArrayShape::from(shape).to_string())),
        ];
        let special = input.native().map(|native| match native {
            NativeInput::OneHot { .. } => "DNASeq",
            NativeInput::Strings { .. } => "DNAStringSeq",
        });
        lines.extend(special.map(|special| format!("special_type: {special}")));
        if input.dtype != DType::F32 {
            lines.push(format!("doc: of type {}", input.dtype.name()));
        }
        lines
    }
}

/// An array, or a list of several, each given by its lines.
fn arrays(text: &mut String, key: &str, each: Vec<Vec<String>>) {
    let _ = writeln!(text, "  {key}:");
    let is_list = each.len() > 1;
    for lines in each {
        for (at, line) in lines.iter().enumerate() {
            let mark = match (is_list, at) {
                (true, 0) => "  - ",
                (true, _) => "    ",
                (false, _) => "  ",
            };
            let _ = writeln!(text, "  {mark}{line}");
        }
    }
}

fn output_lines(output: &DraftOutput) -> Vec<String> {
    let shape = ArrayShape::from(output.tried.iter().copied().map(Some).collect::<Vec<_>>());
    let mut lines = vec![format!("name: {}", quoted(&output.name)), format!("shape: {}", quoted(&shape.to_string()))];
    let lengths = output.tried.iter().enumerate();
    let tasks = lengths.filter(|(axis, _)| output.positions.is_none_or(|positions| positions.axis != *axis));
    let tasks: usize = tasks.map(|(_, length)| length).product();
    if tasks == output.labels.len() && tasks <= MOST_LABELS {
        let labels: Vec<String> = output.labels.iter().map(|label| quoted(label)).collect();
        lines.push(format!("column_labels: [{}]", labels.join(", ")));
    }
    lines
}

/// What the section `kipos` says of an output.
fn output_keys(output: &DraftOutput) -> String {
    let mut text = format!(
        "    {}:\n      scale: \"?\"  # what its numbers are: probability, logit, counts, log, log1p, log2 or profile_logits\n",
        quoted(&output.name)
    );
    let Some(positions) = output.positions else { return text };
    let _ = writeln!(text, "      position_axis: {}", positions.axis);
    text.push_str("      reduce: \"?\"  # what scores make of its positions: sum, mean, max or center:N\n");
    let unknown = || "it could not be told".to_owned();
    if positions.bin != Some(1) {
        let seen = positions.bin.map_or_else(unknown, |bin| format!("{bin}, as it seems"));
        let _ = writeln!(text, "      bin: \"?\"  # the bases that a position stands for: {seen}");
    }
    if positions.crop != Some((0, 0)) {
        let seen = positions.crop.map_or_else(unknown, |(left, right)| format!("[{left}, {right}], as it seems"));
        let _ = writeln!(text, "      crop: \"?\"  # the bases that its positions leave out on either side: {seen}");
    }
    text
}

/// The arguments whose examples are made up.
fn examples() -> String {
    let (fasta, intervals) = (MadeUpExample::FASTA, MadeUpExample::INTERVALS);
    format!(
        "args:  # the examples are for `kipos model test`: made up, until you name a genome and intervals of its\n\
         \x20 fasta_file: {{doc: the genome, example: {fasta}}}\n\
         \x20 intervals_file: {{doc: intervals of it, example: {intervals}}}\n"
    )
}

/// A double-quoted scalar of YAML, which JSON's strings are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text in one line, for a comment.
fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::draft::DraftPositions;
    use super::*;
    use crate::description::{ModelDir, lint_model};
    use std::fs;

    fn input(name: &str, shape: &[Option<usize>], length: usize) -> DraftInput {
        let tried = shape.iter().map(|axis| axis.unwrap_or(length)).collect();
        DraftInput { name: name.into(), shape: shape.to_vec(), tried, dtype: DType::F32 }
    }

    fn draft() -> ModelDraft {
        ModelDraft {
            backend: "onnx".into(),
            files: vec!["model.onnx".into()],
            origin: "weights.h5".into(),
            inputs: vec![input("seq", &[None, Some(4)], 640)],
            outputs: vec![DraftOutput {
                name: "prob: \"x\"".into(),
                tried: vec![2],
                positions: None,
                labels: vec!["CTCF".into(), "AP1".into()],
            }],
        }
    }

    /// What lint says of a draft.
    fn lint(draft: &ModelDraft) -> String {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("model.yaml"), draft.model_yaml()).unwrap();
        fs::write(directory.path().join("dataloader.yaml"), draft.dataloader_yaml()).unwrap();
        let lint = lint_model(directory.path());
        assert!(lint.errors.is_empty(), "{:?}\n{}", lint.errors, draft.model_yaml());
        ModelDir::open(directory.path()).unwrap().loader().unwrap();
        let lines: Vec<String> = lint.warnings.iter().map(ToString::to_string).collect();
        lines.join("\n").replace(&directory.path().display().to_string(), "DIR")
    }

    #[test]
    fn only_questions_are_left_open() {
        insta::assert_snapshot!(draft().model_yaml(), @r#"
        # A draft that kipos wrote for weights.h5. Whatever is "?" only a person knows, and `kipos model lint` names it.
        type: onnx
        args:
          file: "model.onnx"
        default_dataloader: .
        info:
          authors: "?"  # as [{name: Ada Lovelace}, ...]
          license: "?"  # of the model and its weights, such as MIT
          doc: "?"  # what it predicts, and on which assembly of the genome it was trained
        schema:
          inputs:
            name: "seq"
            shape: "(None, 4)"
            special_type: DNASeq
          targets:
            name: "prob: \"x\""
            shape: "(2,)"
            column_labels: ["CTCF", "AP1"]
        kipos:
          outputs:
            "prob: \"x\"":
              scale: "?"  # what its numbers are: probability, logit, counts, log, log1p, log2 or profile_logits
        postprocessing:
          variant_effects:
            seq_input: ["seq"]
            use_rc: "?"  # whether predictions of both strands are merged
            scoring_functions: [{type: diff, default: true}]
        "#);
        insta::assert_snapshot!(draft().dataloader_yaml(), @r#"
        # A draft that kipos wrote; see model.yaml.
        defined_as: kipoiseq.dataloaders.SeqIntervalDl
        args:  # the examples are for `kipos model test`: made up, until you name a genome and intervals of its
          fasta_file: {doc: the genome, example: example/made_up.fa}
          intervals_file: {doc: intervals of it, example: example/made_up.bed}
        default_args:
          auto_resize_len: 640  # the model reads any length; this one was tried
          alphabet_axis: 1
          dtype: np.float32
          ignore_targets: true
          neutral_value: "?"  # what N is in all four channels: 0, or 0.25, which is used until it is said
        "#);
        insta::assert_snapshot!(lint(&draft()), @r#"
        DIR/model.yaml:7: `info.authors` is an open question (`?`) and counts as absent; write the answer
        DIR/model.yaml:8: `info.license` is an open question (`?`) and counts as absent; write the answer
        DIR/model.yaml:9: `info.doc` is an open question (`?`) and counts as absent; write the answer
        DIR/model.yaml:20: `kipos.outputs.prob: "x".scale` is an open question (`?`) and counts as absent; write the answer
        DIR/model.yaml:26: `postprocessing.variant_effects.use_rc` is an open question (`?`) and counts as absent; write the answer
        DIR/dataloader.yaml:11: `default_args.neutral_value` is an open question (`?`) and counts as absent; write the answer
        "#);
    }

    #[test]
    fn outputs_that_follow_the_window_fix_its_length() {
        let mut draft = draft();
        let positions = DraftPositions { axis: 0, follow: true, crop: Some((20, 20)), bin: Some(2) };
        draft.outputs[0] = DraftOutput { tried: vec![300, 3], positions: Some(positions), ..draft.outputs[0].clone() };
        draft.outputs[0].labels.clear();
        let text = draft.model_yaml();
        assert!(text.contains("shape: \"(640, 4)\"") && text.contains("shape: \"(300, 3)\""), "{text}");
        let (_, keys) = text.split_once("kipos:\n").unwrap();
        insta::assert_snapshot!(keys, @r#"
          outputs:
            "prob: \"x\"":
              scale: "?"  # what its numbers are: probability, logit, counts, log, log1p, log2 or profile_logits
              position_axis: 0
              reduce: "?"  # what scores make of its positions: sum, mean, max or center:N
              bin: "?"  # the bases that a position stands for: 2, as it seems
              crop: "?"  # the bases that its positions leave out on either side: [20, 20], as it seems
        postprocessing:
          variant_effects:
            seq_input: ["seq"]
            use_rc: "?"  # whether predictions of both strands are merged
            scoring_functions: [{type: diff, default: true}]
        "#);
        lint(&draft);
    }

    #[test]
    fn members_are_listed() {
        let family = ModelDraft { files: vec!["1/model.onnx".into(), "2/model.onnx".into()], ..draft() };
        let text = family.model_yaml();
        assert!(text.contains("args:\n  files: [\"1/model.onnx\", \"2/model.onnx\"]\n"), "{text}");
        lint(&family);
    }

    #[test]
    fn inputs_that_no_dataloader_gives_are_described() {
        let mut draft = draft();
        draft.inputs.push(DraftInput { dtype: DType::I64, ..input("side", &[Some(1)], 0) });
        draft.outputs.push(DraftOutput { name: "b".into(), labels: Vec::new(), ..draft.outputs[0].clone() });
        insta::assert_snapshot!(draft.dataloader_yaml(), @r#"
        # A draft that kipos wrote; see model.yaml.
        # No built-in dataloader gives these inputs: name the program that writes them to batch files.
        defined_as: "?"
        args: {}
        output_schema:
          inputs:
            - name: "seq"
              shape: "(None, 4)"
              special_type: DNASeq
            - name: "side"
              shape: "(1,)"
              doc: of type int64
        "#);
        lint(&draft);
    }
}
