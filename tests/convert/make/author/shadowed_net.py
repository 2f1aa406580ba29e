"""A network that keeps its weights as `state_dict`, and whose class has a `train` of its own."""

import torch
from torch import nn


class Shadowed(nn.Module):
    def __init__(self, file=None):
        super().__init__()
        self.conv = nn.Conv1d(4, 5, 7)
        self.out = nn.Linear(5, 2)
        if file is not None:
            self.state_dict = torch.load(file, map_location="cpu")
            self.load_state_dict(self.state_dict, strict=False)

    def train(self, loader, epochs):
        raise NotImplementedError("the training of the publication")

    def weights(self):
        return nn.Module.state_dict(self)

    def forward(self, seq):
        return self.out(torch.relu(self.conv(seq)).amax(-1))
