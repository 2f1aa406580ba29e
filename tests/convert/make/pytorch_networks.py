"""Small networks of PyTorch in the shapes of published ones, with random weights from a fixed seed.

    pip install -r host/cli/src/convert/script/requirements-pytorch.txt
    python pytorch_networks.py OUT_DIR

splice.pth          a state_dict of author/splice_net.py: NumPy integers for kernel sizes, a tuple of outputs, a crop
wrapped.pth         the same weights as a training script saves them: in a dict, with `module.` before each name
whole.pt            the same network, pickled whole
legacy.pth          the same weights in the format before PyTorch 1.6
shadowed.pth        of author/shadowed_net.py, which has attributes and methods called like those of torch.nn.Module
basset.pth          of author/basset_th.py: Kipoi's `module_obj`, Softmax without its axis, weights for `build_fn`, too
network.ts          TorchScript, which needs no conversion
network.pt2         a program of torch.export, which is recognised and not converted
lstm_batch_1.onnx   a convolution and an LSTM, exported without free axes from a batch of one row
"""

import argparse
import sys
import warnings
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent / "author"))
import basset_th
import shadowed_net
import splice_net

warnings.filterwarnings("ignore")


class Recurrent(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(4, 6, 5)
        self.lstm = torch.nn.LSTM(6, 4, batch_first=True, bidirectional=True)
        self.out = torch.nn.Linear(8, 2)

    def forward(self, seq):
        found = torch.relu(self.conv(seq)).transpose(1, 2)
        # The number of rows is asked for, and so becomes a number of the graph.
        state = torch.zeros(2, seq.size(0), 4), torch.zeros(2, seq.size(0), 4)
        found, _ = self.lstm(found, state)
        return self.out(found.mean(1))


def scattered(network):
    """Statistics of batches that are not those of a new network."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path)
    out = parser.parse_args().out_dir
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    network = scattered(splice_net.Splice(splice_net.CHANNELS, splice_net.WIDTHS, splice_net.DILATIONS))
    state = network.state_dict()
    torch.save(state, out / "splice.pth")
    torch.save({"epoch": 7, "model": {f"module.{name}": value for name, value in state.items()}}, out / "wrapped.pth")
    torch.save(network, out / "whole.pt")
    torch.save(state, out / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(shadowed_net.Shadowed().weights(), out / "shadowed.pth")
    torch.save(scattered(basset_th.build()).state_dict(), out / "basset.pth")
    rows = torch.rand(2, 4, 141)
    torch.jit.trace(network, rows).save(str(out / "network.ts"))
    torch.export.save(torch.export.export(network, (rows,)), str(out / "network.pt2"))
    recurrent = Recurrent().eval()
    torch.onnx.export(
        recurrent,
        (rows[:1, :, :60],),
        str(out / "lstm_batch_1.onnx"),
        dynamo=False,
        opset_version=17,
        input_names=["seq"],
        output_names=["out"],
    )


if __name__ == "__main__":
    main()
