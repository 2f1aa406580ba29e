//! TorchScript files, looked into before LibTorch opens them.

use std::path::Path;

use kipos_torch_inspect::{Refusal, check};

use super::{check_sentence, files, place};
use crate::input::Input;
use crate::random::Random;
use crate::target::{Finding, Place, Target};

pub(crate) const TARGET: Target = Target {
    name: "torch-archive",
    about: "TorchScript files before LibTorch opens them",
    place: Place::InProcess,
    seeds,
    words: WORDS,
    own_mutation: Some(in_place),
    run,
};

const PART: &str = "model.pt";

/// Heads of records, words of the language, operations of pickles.
const WORDS: &[&[u8]] = &[
    b"PK\x01\x02",
    b"PK\x03\x04",
    b"PK\x05\x06\0\0\0\0",
    b"PK\x06\x06",
    b"PK\x06\x07",
    b"constants.pkl",
    b"data.pkl",
    b"data/0",
    b"code/__torch__.py",
    b"model.json",
    b"\x01\0\x18\0",
    b"\xff\xff\xff\xff",
    b"class Net(Module):\n",
    b"  def __setstate__(self: __torch__.Net,\n",
    b"    while True:\n",
    b"    for i in range(9223372036854775807):\n",
    b"torch.save(x, \"a\")",
    b"ops.aten.",
    b"getattr(x, \"a\")",
    b"\"\"\"",
    b"\\\n",
    b"#",
    b"\x80\x02",
    b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"ctorch\nFloatStorage\n",
    b"X\x07\0\0\0storage",
    b"K\0",
    b"J\xff\xff\xff\xff",
    b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"q\0",
    b"h\0",
    b"\x86",
    b"\x87",
    b"(",
    b"t",
    b"R",
    b"Q",
    b"}",
    b"u",
    b"b",
    b".",
];

fn seeds() -> Result<Vec<Input>, String> {
    let names = [
        "plugins/torch/fixtures/cnn_scripted.pt",
        "plugins/torch/fixtures/frozen.pt",
        "plugins/torch/fixtures/recurrent_scripted.pt",
        "plugins/torch/fixtures/tokens.pt",
        "plugins/torch/fixtures/state_dict.pt",
        // As PyTorch writes it, with compressed code.
        "examples/pytorch/model.pt",
    ];
    files(PART, &names)
}

/// Damage that leaves every record where the list says, so that what is in it is read.
fn in_place(input: &mut Input, random: &mut Random) {
    let Some(part) = input.0.first_mut() else { return };
    for _ in 0..1 + random.below(6) {
        let any = [random.bits() as u8];
        let word = if random.one_in(2) { random.pick(WORDS).copied().unwrap_or_default() } else { &any };
        let at = random.below(part.bytes.len());
        for (byte, new) in part.bytes.iter_mut().skip(at).zip(word) {
            *byte = *new;
        }
    }
}

fn run(input: &Input, scratch: &Path) -> Result<(), Finding> {
    place(scratch, PART, input.bytes(PART).unwrap_or_default())?;
    let said = [true, false].map(|trusted| check(&scratch.join(PART), trusted));
    for refusal in said.iter().filter_map(|said| said.as_ref().err()) {
        let (Refusal::Broken(problem) | Refusal::Untrusted(problem)) = refusal;
        check_sentence(problem)?;
    }
    match said {
        [Err(Refusal::Broken(_)), Ok(())] => Err(Finding::own("a broken file passes if it is not trusted")),
        [Err(Refusal::Untrusted(_)), _] => Err(Finding::own("what is trusted is refused as if it were not")),
        _ => Ok(()),
    }
}
