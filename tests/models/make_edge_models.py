"""Makes the tiny ONNX graphs of this folder, for the tests of the ONNX backend.

    make_edge_models.py [OUT_DIR]      (needs: numpy, onnx; OUT_DIR is this folder if not given)

Every graph has a closed-form answer; README.md lists them.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import set_external_data, write_external_data_tensors

FLOAT, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64


def tensor(name, kind, *shape):
    """A graph input or output; a string in `shape` is a free axis."""
    return helper.make_tensor_value_info(name, kind, list(shape))


def model(name, nodes, inputs, outputs, **constants):
    """A checked model; `constants` are its initialisers by name."""
    initialisers = [numpy_helper.from_array(value, key) for key, value in constants.items()]
    made = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initialisers),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="make_edge_models.py",
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], name=output, **attributes)


def double_input():
    return model(
        "double_input",
        [node("Add", "a b", "sum"), node("Mul", "a b", "prod")],
        [tensor("a", FLOAT, "batch", 3), tensor("b", FLOAT, "batch", 3)],
        [tensor("sum", FLOAT, "batch", 3), tensor("prod", FLOAT, "batch", 3)],
    )


def fixed_batch():
    return model(
        "fixed_batch",
        [node("ReduceSum", "x axes", "y", keepdims=1)],
        [tensor("x", FLOAT, 4, 3)],
        [tensor("y", FLOAT, 4, 1)],
        axes=np.array([1], dtype=np.int64),
    )


def f64():
    return model(
        "f64",
        [node("Mul", "x third", "y")],
        [tensor("x", DOUBLE, "batch", 3)],
        [tensor("y", DOUBLE, "batch", 3)],
        third=np.array(1 / 3, dtype=np.float64),
    )


def int64_in():
    return model(
        "int64_in",
        [
            node("ReduceSum", "x axes", "total", keepdims=1),
            node("Cast", "total", "y", to=FLOAT),
        ],
        [tensor("x", INT64, "batch", 3)],
        [tensor("y", FLOAT, "batch", 1)],
        axes=np.array([1], dtype=np.int64),
    )


def profile():
    weights = np.array([[1, 0], [2, 0], [3, 0], [4, 1]], dtype=np.float32)
    return model(
        "profile",
        [node("MatMul", "seq weights", "profile")],
        [tensor("seq", FLOAT, "batch", 10, 4)],
        [tensor("profile", FLOAT, "batch", 10, 2)],
        weights=weights,
    )


def channels_first():
    return model(
        "channels_first",
        [
            node("ReduceMean", "seq", "mean", axes=[2], keepdims=0),
            node("MatMul", "mean weights", "y"),
        ],
        [tensor("seq", FLOAT, "batch", 4, "length")],
        [tensor("y", FLOAT, "batch", 1)],
        weights=np.array([[1], [2], [3], [4]], dtype=np.float32),
    )


def weighted_letters(name, kind, number):
    """A + 2 C + 3 G + 4 T over all positions, in one number type from input to output."""
    return model(
        name,
        [node("Mul", "seq weights", "weighted"), node("ReduceSum", "weighted axes", "y", keepdims=0)],
        [tensor("seq", kind, "batch", "length", 4)],
        [tensor("y", kind, "batch")],
        weights=np.array([1, 2, 3, 4], dtype=number),
        axes=np.array([1, 2], dtype=np.int64),
    )


def letters_f64():
    return weighted_letters("letters_f64", DOUBLE, np.float64)


def letters_i64():
    return weighted_letters("letters_i64", INT64, np.int64)


def mixed_batch():
    return model(
        "mixed_batch",
        [node("ReduceMean", "seq", "mean", axes=[1, 2], keepdims=0), node("Softmax", "mean", "y", axis=0)],
        [tensor("seq", FLOAT, "batch", "length", 4)],
        [tensor("y", FLOAT, "batch")],
    )


def position_weights():
    return model(
        "position_weights",
        [node("Mul", "seq weights", "weighted"), node("ReduceSum", "weighted axes", "y", keepdims=0)],
        [tensor("seq", FLOAT, "batch", 8, 4)],
        [tensor("y", FLOAT, "batch")],
        weights=((np.arange(32) + 1) / 100).astype(np.float32).reshape(8, 4),
        axes=np.array([1, 2], dtype=np.int64),
    )


def weights_beside():
    """As channels_first, with its weights in a file of their own."""
    made = channels_first()
    made.graph.name = "weights_beside"
    set_external_data(made.graph.initializer[0], location=BESIDE)
    return made


MODELS = (double_input, fixed_batch, f64, int64_in, profile, channels_first, letters_f64, letters_i64, mixed_batch,
          position_weights, weights_beside)

BESIDE = "weights_beside.numbers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out_dir", type=Path, nargs="?", default=Path(__file__).parent)
    arguments = parser.parse_args()
    arguments.out_dir.mkdir(parents=True, exist_ok=True)
    for make in MODELS:
        path, made = arguments.out_dir / f"{make.__name__}.onnx", make()
        made = write_external_data_tensors(made, str(arguments.out_dir))
        path.write_bytes(made.SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
