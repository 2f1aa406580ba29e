"""Writes model.pt: the network of ../motif-cnn, with its weights, as TorchScript.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python export.py
"""

from pathlib import Path

import onnx
import torch
from torch import nn

HERE = Path(__file__).parent


class MotifCnn(nn.Module):
    """The attributes are the layers' names: `kipos model layers` lists them."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 24, 15, padding=7)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveMaxPool1d(1)
        self.dense = nn.Linear(24, 2)
        self.sigmoid = nn.Sigmoid()

    def forward(self, seq):
        # The loader gives (rows, 200, 4), the convolution wants channels first.
        found = self.pool(self.relu(self.conv(seq.transpose(1, 2))))
        return self.sigmoid(self.dense(found.flatten(1)))


def main():
    graph = onnx.load(HERE.parent / "motif-cnn" / "model.onnx").graph
    weights = {tensor.name: torch.tensor(onnx.numpy_helper.to_array(tensor)) for tensor in graph.initializer}
    model = MotifCnn().eval()
    model.load_state_dict({
        "conv.weight": weights["conv_weight"],
        "conv.bias": weights["conv_bias"],
        "dense.weight": weights["dense_weight"].T,
        "dense.bias": weights["dense_bias"],
    })
    torch.jit.script(model).save(str(HERE / "model.pt"))


if __name__ == "__main__":
    main()
