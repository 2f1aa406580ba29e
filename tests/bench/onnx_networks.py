"""Networks of full size for onnx_gradients.py, with random weights: what they compute means nothing, what it costs does."""

import math

import torch
from torch import nn
from torch.nn import functional


def block(inputs, outputs, width, pool=None, normed=False):
    layers = [nn.Conv1d(inputs, outputs, width, padding=width // 2 if normed else 0)]
    layers += [nn.BatchNorm1d(outputs)] if normed else []
    return nn.Sequential(*layers, nn.ReLU(), *([nn.MaxPool1d(pool)] if pool else []))


class Dense(nn.Module):
    """Convolutions, then dense layers: the shape of DeepSEA and Basset."""

    def __init__(self, blocks, hidden, tasks):
        super().__init__()
        self.trunk = nn.Sequential(*blocks)
        dense = [layer for size in hidden for layer in (nn.LazyLinear(size), nn.ReLU())]
        self.head = nn.Sequential(nn.Flatten(), *dense, nn.LazyLinear(tasks))

    def forward(self, x):
        return torch.sigmoid(self.head(self.trunk(x)))


class Profiles(nn.Module):
    """Dilated convolutions, each added to its input: the shape of BPNet."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(4, 64, 25, padding=12)
        self.dilated = nn.ModuleList(nn.Conv1d(64, 64, 3, padding=2**i, dilation=2**i) for i in range(1, 10))
        self.profile, self.counts = nn.Conv1d(64, 2, 25, padding=12), nn.Linear(64, 2)

    def forward(self, x):
        x = torch.relu(self.first(x))
        for layer in self.dilated:
            x = x + torch.relu(layer(x))
        return torch.cat([self.profile(x).flatten(1), self.counts(x.mean(2))], 1)


class Recurrent(nn.Module):
    """A convolution, then a bidirectional LSTM: the shape of DanQ."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 320, 26)
        self.lstm = nn.LSTM(320, 320, batch_first=True, bidirectional=True)
        self.hidden, self.tasks = nn.Linear(75 * 640, 925), nn.Linear(925, 919)

    def forward(self, x):
        x = functional.max_pool1d(torch.relu(self.conv(x)), 13).transpose(1, 2)
        return torch.sigmoid(self.tasks(torch.relu(self.hidden(self.lstm(x)[0].flatten(1)))))


class Heads(nn.Module):
    """Attention and a dense block, each added to its input."""

    def __init__(self, width, heads):
        super().__init__()
        self.scale, self.heads = math.sqrt(width / heads), heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.parts, self.whole = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        parts = self.parts(self.before(x)).chunk(3, 2)
        query, key, value = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in parts)
        found = torch.softmax(query @ key.transpose(2, 3) / self.scale, 3) @ value
        x = x + self.whole(found.transpose(1, 2).flatten(2))
        return x + self.down(functional.gelu(self.up(self.between(x))))


class Attention(nn.Module):
    """Convolutions and pools, then attention: a small Enformer."""

    def __init__(self):
        super().__init__()
        widths = [4, 96, 128, 160, 192]
        convolution = lambda i, o: nn.Conv1d(i, o, 15 if i == 4 else 5, padding="same")
        self.trunk = nn.ModuleList(convolution(i, o) for i, o in zip(widths, widths[1:]))
        self.blocks = nn.ModuleList(Heads(192, 4) for _ in range(2))
        self.head = nn.Linear(192, 32)

    def forward(self, x):
        for layer in self.trunk:
            x = functional.max_pool1d(functional.gelu(layer(x)), 2)
        x = x.transpose(1, 2)
        for layer in self.blocks:
            x = layer(x)
        return self.head(x).mean(1)


def deepsea():
    return Dense([block(4, 320, 8, 4), block(320, 480, 8, 4), block(480, 960, 8)], [925], 919)


def basset():
    blocks = [block(4, 300, 19, 3, True), block(300, 200, 11, 4, True), block(200, 200, 7, 4, True)]
    return Dense(blocks, [1000, 1000], 164)


# By name: the number of bases, the network, and the largest gradient / forward that is aimed at.
NETWORKS = {
    "deepsea": (1000, deepsea, 2.6),
    "basset": (600, basset, 2.6),
    "bpnet": (1000, Profiles, 2.6),
    "danq": (1000, Recurrent, 3.1),
    "attention": (2048, Attention, 3.1),
}


def make(name):
    """The network without gradients of its weights, and the number of bases that it reads."""
    length, build, _ = NETWORKS[name]
    torch.manual_seed(1)
    network = build().eval()
    network(torch.zeros(1, 4, length))
    return network.requires_grad_(False), length


def export(name, path):
    """Writes the network as an ONNX file with an open batch axis."""
    network, length = make(name)
    axes = {"x": {0: "n"}, "y": {0: "n"}}
    torch.onnx.export(network, (torch.zeros(2, 4, length),), path, dynamo=False, opset_version=17, input_names=["x"],
                      output_names=["y"], dynamic_axes=axes)
