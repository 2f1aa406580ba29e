"""Writes the trained network as an ONNX file."""

import onnx
from onnx import TensorProto, helper, numpy_helper

from .network import FILTERS, PADDING, WIDTH
from .sequences import LENGTH


def write_onnx(parameters, path):
    """Input `seq` (batch, LENGTH, 4) one-hot, output `prob` (batch, tasks); the batch axis is free."""
    tasks = parameters["dense_bias"].shape[0]
    # (filter, tap * channel) -> (filter, channel, tap): ONNX convolves channels first.
    conv_weight = parameters["conv_weight"].reshape(FILTERS, WIDTH, 4).transpose(0, 2, 1)
    tensors = {
        "conv_weight": conv_weight.copy(),
        "conv_bias": parameters["conv_bias"],
        "dense_weight": parameters["dense_weight"],
        "dense_bias": parameters["dense_bias"],
    }

    def node(kind, inputs, output, **attributes):
        return helper.make_node(kind, inputs, [output], name=output, **attributes)

    graph = helper.make_graph(
        [
            node("Transpose", ["seq"], "channels_first", perm=[0, 2, 1]),
            node(
                "Conv",
                ["channels_first", "conv_weight", "conv_bias"],
                "conv",
                kernel_shape=[WIDTH],
                pads=[PADDING, PADDING],
            ),
            node("Relu", ["conv"], "relu"),
            node("GlobalMaxPool", ["relu"], "pool"),
            node("Flatten", ["pool"], "flat", axis=1),
            node("Gemm", ["flat", "dense_weight", "dense_bias"], "logits"),
            node("Sigmoid", ["logits"], "prob"),
        ],
        "motif-cnn",
        [helper.make_tensor_value_info("seq", TensorProto.FLOAT, ["batch", LENGTH, 4])],
        [helper.make_tensor_value_info("prob", TensorProto.FLOAT, ["batch", tasks])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="motif-cnn/train.py",
    )
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
