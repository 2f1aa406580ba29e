"""The function of the Lambda layer `other_strand`, under the layer's name."""


def other_strand(x):
    return x[:, ::-1, ::-1]
