"""A network as splice predictors are published: residual blocks of dilated convolutions, sizes in arrays of NumPy."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

CHANNELS = 6
WIDTHS = np.asarray([5, 5, 9])
DILATIONS = np.asarray([1, 2, 2])


class Block(nn.Module):
    def __init__(self, channels, width, dilation):
        super().__init__()
        padding = dilation * (width - 1) // 2
        self.bn1 = nn.BatchNorm1d(channels)
        self.conv1 = nn.Conv1d(channels, channels, width, dilation=dilation, padding=padding)
        self.bn2 = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, channels, width, dilation=dilation, padding=padding)

    def forward(self, x):
        found = self.conv1(torch.relu(self.bn1(x)))
        return x + self.conv2(torch.relu(self.bn2(found)))


class Splice(nn.Module):
    def __init__(self, channels, widths, dilations):
        super().__init__()
        self.crop = 2 * np.sum(dilations * (widths - 1)) // 2
        self.conv1 = nn.Conv1d(4, channels, 1)
        self.blocks = nn.ModuleList(Block(channels, w, d) for w, d in zip(widths, dilations))
        self.site = nn.Conv1d(channels, 3, 1)
        self.usage = nn.Conv1d(channels, 1, 1)

    def forward(self, x):
        x = self.conv1(x)
        for block in self.blocks:
            x = block(x)
        x = F.pad(x, (-self.crop, -self.crop))
        return F.softmax(self.site(x), dim=1), torch.sigmoid(self.usage(x))
