"""A network as it was brought over from Torch 7: a Sequential in the module itself, functions as modules."""

from torch import nn


class Lambda(nn.Sequential):
    def __init__(self, function, *modules):
        super().__init__(*modules)
        self.function = function

    def forward(self, x):
        return self.function(super().forward(x) if len(self) else x)


def build():
    return nn.Sequential(
        nn.Conv2d(4, 8, (7, 1)),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d((3, 1), (3, 1)),
        Lambda(lambda x: x.view(x.size(0), -1)),
        nn.Sequential(Lambda(lambda x: x.view(1, -1) if len(x.size()) == 1 else x), nn.Linear(8 * 18, 10)),
        nn.ReLU(),
        nn.Linear(10, 4),
        nn.Softmax(),
    )


model = build()
