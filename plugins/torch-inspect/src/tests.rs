//! Archives that PyTorch wrote pass; those that were made otherwise say what is wrong with them.

use std::fs;
use std::path::{Path, PathBuf};

use kipos_tests::torch_archive::{Part, archive, forward, network};

use super::archive::Archive;
use super::program::{self, Source};
use super::{Refusal, check};

/// A file that PyTorch made, of the tests of the plugin.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../torch/fixtures").join(name)
}

/// The records of a fixture.
fn parts(fixture_name: &str) -> Vec<Part> {
    let archive = Archive::open(&fixture(fixture_name)).unwrap();
    archive.records().iter().map(|record| Part::new(&record.name, &archive.read(record).unwrap())).collect()
}

fn part<'p>(parts: &'p mut [Part], name: &str) -> &'p mut Part {
    parts.iter_mut().find(|part| part.name == name).unwrap()
}

/// Looks into the archive of these records.
fn looked_into(parts: &[Part], trusted: bool) -> Result<(), Refusal> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.pt");
    fs::write(&path, archive(parts)).unwrap();
    check(&path, trusted)
}

fn broken(parts: &[Part]) -> String {
    match looked_into(parts, true) {
        Err(Refusal::Broken(problem)) => problem,
        other => panic!("{other:?}"),
    }
}

fn untrusted(parts: &[Part]) -> String {
    assert_eq!(looked_into(parts, true), Ok(()), "a trusted model may do this");
    match looked_into(parts, false) {
        Err(Refusal::Untrusted(found)) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_pytorch_writes_passes() {
    let mut looked = 0;
    for entry in fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".pt") && !["pickled.pt", "state_dict.pt"].contains(&name) {
            assert_eq!(check(&path, false), Ok(()), "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 20, "{looked}");
    // The others were packed anew; this one is as PyTorch left it, with compressed code.
    assert_eq!(check(&fixture("../../../tests/reference/tiny/model.pt"), false), Ok(()));
}

#[test]
fn programs_that_run_while_a_file_is_opened_are_looked_into() {
    let state = |body: &str| {
        let load = format!("  def __setstate__(self: __torch__.Net,\n    state: bool) -> NoneType:\n    {body}\n");
        let save = "  def __getstate__(self: __torch__.Net) -> bool:\n    return self.training\n";
        let mut parts = network(&format!("{}{save}{load}", forward("pass")));
        part(&mut parts, "data.pkl").bytes = b"\x80\x02c__torch__\nNet\n)\x81\x89b.".to_vec();
        parts
    };
    let sets = "self.training = state\n    return None";
    assert_eq!(looked_into(&state(sets), false), Ok(()));
    let bounded = format!("for i in range(torch.len([1, 2])):\n      pass\n    {sets}");
    assert_eq!(looked_into(&state(&bounded), false), Ok(()));
    let endless = format!("while True:\n      pass\n    {sets}");
    assert_eq!(
        untrusted(&state(&endless)),
        "a program that may run for ever while the file is opened (`while` in `__setstate__`, code/__torch__.py, line 13)"
    );
    let long = format!("for i in range(9223372036854775807):\n      pass\n    {sets}");
    assert!(untrusted(&state(&long)).contains("(`for` in `__setstate__`"));
    let calls =
        format!("_0 = (self).own()\n    {sets}\n  def own(self: __torch__.Net) -> int:\n    while True:\n      pass");
    assert!(untrusted(&state(&calls)).contains("(`while` in `own`"));
    let saves = format!("torch.save(1, \"x\")\n    {sets}");
    assert!(untrusted(&state(&saves)).contains("writes files"));
}

#[test]
fn no_other_name_of_an_operator_passes() {
    let found = |body: &str| {
        let source = Source { name: "a.py".into(), code: forward(body) };
        program::check(&[source]).map_err(|found| found.replace(" in a.py, line 3", ""))
    };
    for (body, expected) in [
        ("_0 = torch.from_file(\"/etc/passwd\", True, 9)", "a program that reads and writes files (`from_file`)"),
        ("print(x)", "a program that prints (`print`)"),
        ("p = print", "a program that prints (`print`)"),
        ("_0 = ops.aten.save(x, \"a\")", "a program that writes files (`save`)"),
        ("_0 = ops.prim.Print(x)", "a program that prints (`Print`)"),
        ("_0 = (x).save(\"a\")", "a program that writes files (`save`)"),
        ("_0 = torch . \\\n save(x, \"a\")", "a program that writes files (`save`) in a.py, line 4"),
        ("s = torch.save\n    s(x, \"a\")", "a program that writes files (`save`)"),
        ("t = torch\n    _0 = t.zeros", "a program that names all operators at once"),
        ("o = ops.aten", "a program that names all operators at once"),
        ("_0 = getattr(torch, \"save\")(x, \"a\")", "a program that writes files (`save`)"),
        ("_0 = getattr(x, \"save\")(\"a\")", "a program that writes files (`save`)"),
        ("_0 = getattr(x, \"sa\" \"ve\")(\"a\")", "a program that asks for a name that it makes itself (`getattr`)"),
        ("_0 = getattr(x, \"\\163ave\")(\"a\")", "a program that asks for a name that it makes itself (`getattr`)"),
        ("g = getattr", "a program that asks for a name that it makes itself (`getattr`)"),
        ("_0 = ops.mine.run(x)", "a program that calls `ops.mine.run`, which is not an operator of PyTorch's own"),
        (
            "_0 = __torch__.torch.classes.dist_c10d.Store(\"a\")",
            "an object of a class that kipos does not know (`__torch__.torch.classes.dist_c10d.Store`)",
        ),
        ("n = __torch__.torch", "an object of a class that kipos does not know (`__torch__.torch`)"),
        ("_0 = rpc_async(\"a\", x)", "a program that calls other machines (`rpc_async`)"),
    ] {
        assert_eq!(found(body), Err(expected.to_owned()), "{body}");
    }
    for body in [
        "_0 = \"torch.save(x) # print(x)\"",
        "save = torch.add(x, 1.) # torch.save",
        "_0 = (getattr(self, \"0\")).forward(x, )",
        "_0 = ops.quantized.linear(x, __torch__.torch.classes.quantized.LinearPackedParamsBase, 1., 0)",
        "_0 = ops.prim.RaiseException(\"torch.from_file\", \"builtins.ValueError\")",
    ] {
        assert_eq!(found(body), Ok(()), "{body}");
    }
}

#[test]
fn code_that_is_compressed_is_read_too() {
    let mut parts = network(&forward("print(x)"));
    part(&mut parts, "code/__torch__.py").is_compressed = true;
    assert_eq!(untrusted(&parts), "a program that prints (`print`) in code/__torch__.py, line 7");
    // LibTorch does not look at the case of names.
    part(&mut parts, "code/__torch__.py").name = "CODE/__torch__.PY".into();
    assert_eq!(untrusted(&parts), "a program that prints (`print`) in CODE/__torch__.PY, line 7");
}

#[test]
fn records_are_as_long_as_the_pickle_says() {
    let mut emptied = parts("cnn_scripted.pt");
    part(&mut emptied, "data/0").bytes.clear();
    assert_eq!(broken(&emptied), "record data/0 has 0 bytes, and its 100 elements need 400");
    let mut absent = parts("cnn_scripted.pt");
    absent.retain(|part| part.name != "data/1");
    assert_eq!(broken(&absent), "it has no record data/1");
    let mut frozen = parts("frozen.pt");
    part(&mut frozen, "constants/2").bytes.truncate(296);
    assert_eq!(broken(&frozen), "record constants/2 has 296 bytes, and its 75 elements need 300");
}

#[test]
fn tensors_lie_within_their_records() {
    let pickle = |tensor: &[u8]| {
        let storage = b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x08tQ";
        let head = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n";
        let mut parts = network(&forward("pass"));
        part(&mut parts, "constants.pkl").bytes = [head.as_slice(), storage, tensor, b"tR\x85."].concat();
        parts.push(Part::new("constants/0", &[0; 32]));
        parts
    };
    assert_eq!(looked_into(&pickle(b"K\0K\x04K\x02\x86K\x02K\x01\x86\x89N"), false), Ok(()));
    assert_eq!(looked_into(&pickle(b"K\x07K\x01\x85K\x01\x85\x89N"), false), Ok(()));
    let beyond =
        |shape: &str| format!("a tensor of shape {shape} reaches beyond its record constants/0, which has 8 elements");
    for (tensor, expected) in [
        (b"K\0K\x05K\x02\x86K\x02K\x01\x86\x89N".as_slice(), beyond("[5, 2]")),
        (b"K\x01K\x08\x85K\x01\x85\x89N", beyond("[8]")),
        (b"K\0K\x02\x85K\x09\x85\x89N", beyond("[2]")),
        (b"K\0J\xff\xff\xff\x7f\x85K\0\x85\x89N", String::new()),
        (b"K\0K\x02K\x02\x86K\x01\x85\x89N", beyond("[2, 2]")),
        (
            b"J\xff\xff\xff\xffK\x02\x85K\x01\x85\x89N",
            "record constants.pkl has a tensor whose description cannot be read".into(),
        ),
        (
            b"K\0K\x02\x85J\xff\xff\xff\xff\x85\x89N",
            "record constants.pkl has a tensor whose description cannot be read".into(),
        ),
    ] {
        match expected.is_empty() {
            // Rows may share their elements.
            true => assert_eq!(looked_into(&pickle(tensor), false), Ok(())),
            false => assert_eq!(broken(&pickle(tensor)), expected),
        }
    }
}

#[test]
fn archives_that_can_be_read_in_two_ways_are_refused() {
    let plain = || network(&forward("pass"));
    assert_eq!(looked_into(&plain(), false), Ok(()));
    let with = |name: &str| {
        let mut parts = plain();
        parts.push(Part::new(name, b""));
        parts
    };
    assert_eq!(broken(&with("Data.pkl")), "it has record Data.pkl twice");
    assert_eq!(broken(&with("a\\b")), "it has a record outside of its folder m");
    assert_eq!(untrusted(&with("model.json")), "a program of PyTorch before 1.1, which is not looked into");
    let mut large = plain();
    large.push(Part { stated: Some(3 << 30), is_compressed: true, ..Part::new("data/0", &[0; 99]) });
    assert_eq!(
        broken(&large),
        "its compressed records have 3072 MiB when they are unpacked; PyTorch does not compress weights"
    );
    let mut shorter = plain();
    *part(&mut shorter, "data.pkl") = Part { stated: Some(9), ..Part::new("data.pkl", b"\x80\x02N.") };
    assert_eq!(broken(&shorter), "record data.pkl has two sizes");
    let mut less = plain();
    *part(&mut less, "data.pkl") =
        Part { stated: Some(9), is_compressed: true, ..Part::new("data.pkl", b"\x80\x02N.") };
    assert_eq!(broken(&less), "record data.pkl has not the 9 bytes that the list says");
}

#[test]
fn damaged_files_are_refused_in_a_sentence() {
    let whole = fs::read(fixture("recurrent_scripted.pt")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("m.pt");
    // No byte may make the reader fail otherwise than with a sentence.
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, &damaged).unwrap();
        if let Err(Refusal::Broken(problem) | Refusal::Untrusted(problem)) = check(&path, false) {
            assert!(!problem.is_empty());
        }
    }
    for length in 0..whole.len().min(400) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(check(&path, false), Err(Refusal::Broken(_))), "{length} bytes");
    }
}
