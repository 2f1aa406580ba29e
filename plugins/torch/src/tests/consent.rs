//! Programs of files that reach beyond the model, in the hands of LibTorch.

use std::fs;

use kipos_tests::torch_archive::{archive, forward, network};

use super::*;

/// Opens the file `m.pt` of a directory.
fn load(directory: &Path, trusted: bool) -> Result<TorchModel> {
    let leaf = |name: &str, shape: Vec<Option<usize>>| vec![SchemaLeaf::new(name, shape)];
    let source = ModelSource::new(directory, Value::Null, leaf("x", vec![Some(4)]), leaf("y", vec![Some(4)]))
        .with_input_structure(Structure::List)
        .with_target_structure(Structure::List);
    super::load("m.pt", &source, CPU.with_trust_model(trusted))
}

#[test]
fn a_program_that_writes_files_needs_consent() {
    let directory = tempfile::tempdir().unwrap();
    let (file, written) = (directory.path().join("m.pt"), directory.path().join("written"));
    let body = format!("_0 = torch.save(x, \"{}\")", written.display());
    fs::write(&file, archive(&network(&forward(&body)))).unwrap();
    let refused = load(directory.path(), false).err().unwrap().message;
    assert_eq!(
        refused,
        format!(
            "{} holds a program that writes files (`save`) in code/__torch__.py, line 7; give --trust-model if you \
             trust whoever made the model with your files",
            file.display()
        )
    );
    assert!(!written.exists());
    let model = load(directory.path(), true).unwrap();
    let row = Tensor::new(vec![1, 4], vec![0.5f32; 4]).unwrap();
    model.predict(&[row.view()]).unwrap();
    assert!(written.exists(), "the operator that is refused is the one that writes");
}

#[test]
fn a_state_that_is_set_while_the_file_is_opened_is_taken_if_it_ends() {
    let state = "  def __getstate__(self: __torch__.Net) -> bool:\n    return self.training\n  \
                 def __setstate__(self: __torch__.Net,\n    state: bool) -> NoneType:\n    \
                 for i in range(torch.len([1, 2])):\n      pass\n    self.training = state\n    return None\n";
    let mut parts = network(&format!("{}{state}", forward("pass")));
    let pickle = parts.iter_mut().find(|part| part.name == "data.pkl").unwrap();
    pickle.bytes = b"\x80\x02c__torch__\nNet\n)\x81\x89b.".to_vec();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("m.pt"), archive(&parts)).unwrap();
    load(directory.path(), false).unwrap();
}
