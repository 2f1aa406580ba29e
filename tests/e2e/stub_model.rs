//! Model directories for the backend `stub`.

use kipos_tests::World;

/// What a stub model is like.
#[derive(Debug, Clone, Copy)]
pub struct StubModel<'a> {
    /// The window, in bases.
    pub length: usize,
    /// The loader's axis of the letters, and its axis of length 1.
    pub axes: (usize, Option<usize>),
    /// The names of the tasks.
    pub tasks: &'a [&'a str],
    /// Whether predictions lie in (0, 1).
    pub sigmoid: bool,
    /// Whether both strands count.
    pub use_rc: bool,
    /// The only batch that the backend takes.
    pub fixed: Option<usize>,
    /// Entries of `scoring_functions`, in YAML.
    pub scoring: &'a str,
}

impl Default for StubModel<'_> {
    fn default() -> Self {
        Self {
            length: 20,
            axes: (1, None),
            tasks: &["only"],
            sigmoid: false,
            use_rc: false,
            fixed: None,
            scoring: "{type: diff}",
        }
    }
}

impl StubModel<'_> {
    /// Writes the model as `directory` of a world, and installs the backend there.
    pub fn write(&self, world: &World, directory: &str) {
        world.install("test_stub");
        self.describe(world, directory);
    }

    /// Writes the model's directory alone: a library that the test itself has opened must not be written again.
    pub fn describe(&self, world: &World, directory: &str) {
        world.write(&format!("{directory}/model.yaml"), self.yaml());
    }

    fn yaml(&self) -> String {
        let Self { length, axes: (alphabet_axis, dummy_axis), tasks, sigmoid, use_rc, fixed, scoring } = self;
        let count = tasks.len();
        let labels = tasks.join(", ");
        let dummy = dummy_axis.map_or(String::new(), |axis| format!(", dummy_axis: {axis}"));
        let fixed = fixed.map_or(String::new(), |rows| format!(", fixed: {rows}"));
        let shape = self.shape();
        format!(
            r#"type: stub
args: {{tasks: {count}, sigmoid: {sigmoid}, alphabet_axis: {alphabet_axis}{fixed}}}
default_dataloader:
  defined_as: kipoiseq.dataloaders.SeqIntervalDl
  default_args: {{auto_resize_len: {length}, alphabet_axis: {alphabet_axis}{dummy}}}
info: {{authors: [{{name: tests}}], doc: closed-form answers}}
schema:
  inputs: {{name: seq, special_type: DNASeq, shape: "{shape}", doc: DNA, associated_metadata: ranges}}
  targets: {{name: out, shape: "({count},)", doc: answers, column_labels: [{labels}]}}
postprocessing:
  variant_effects:
    seq_input: [seq]
    use_rc: {use_rc}
    scoring_functions: [{scoring}]
"#
        )
    }

    /// The shape of a row: `(length, 4)` with an axis of length 1 put in, then the letters swapped to their axis.
    fn shape(&self) -> String {
        let (alphabet_axis, dummy_axis) = self.axes;
        let mut shape = vec![self.length, 4];
        if let Some(axis) = dummy_axis {
            shape.insert(axis, 1);
        }
        let letters = shape.iter().rposition(|length| *length == 4).unwrap();
        shape.swap(letters, alphabet_axis);
        let axes: Vec<_> = shape.iter().map(ToString::to_string).collect();
        format!("({})", axes.join(", "))
    }
}
