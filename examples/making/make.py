"""Makes the graphs of the example directories beside this one.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make.py                                   # model.onnx of every example
    venv/bin/python ../two-inputs/dataloader.py               # batches.h5 of two-inputs
    venv/bin/python golden.py                                 # golden*.tsv of every example
    venv/bin/python predictions.py                            # predictions.* of every example

Nothing is random: a second run writes the same bytes.
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from motifs import AP1, CTCF, DONOR, POLYA, filters, middle, reverse_complement, weights  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

FLOAT, DOUBLE, INT64, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING


def tensor(name, kind, *shape):
    """A graph input or output; a string in `shape` is a free axis."""
    return helper.make_tensor_value_info(name, kind, list(shape))


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], name=output, **attributes)


def model(name, nodes, inputs, outputs, **constants):
    """A checked model; `constants` are its initialisers by name."""
    initialisers = [numpy_helper.from_array(np.ascontiguousarray(value), key) for key, value in constants.items()]
    made = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, initialisers),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=8,
        producer_name="kipos-examples",
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def axes(*numbers):
    return np.array(numbers, dtype=np.int64)


def channels_first():
    """CTCF and AP-1 in a picture of one row: 2-D convolution, and a batch axis of 16 rows, as exporters write it."""
    both = filters(weights(CTCF), weights(AP1))
    return model(
        "channels-first",
        [
            node("Conv", "seq filters", "bits", kernel_shape=[1, both.shape[2]], pads=[0, 13, 0, 13]),
            node("GlobalMaxPool", "bits", "best"),
            node("Flatten", "best", "flat", axis=1),
            node("Sub", "flat middle", "logit"),
            node("Sigmoid", "logit", "prob"),
        ],
        [tensor("seq", FLOAT, 16, 4, 1, 200)],
        [tensor("prob", FLOAT, 16, 2)],
        filters=both[:, :, None, :],
        middle=np.array([middle(CTCF), middle(AP1)], dtype=np.float32),
    )


def text_input():
    """AP-1 in letters: each becomes a number, each number a column."""
    columns = np.vstack([np.eye(4), np.full((1, 4), 0.25)]).astype(np.float32)
    return model(
        "text-input",
        [
            helper.make_node(
                "LabelEncoder",
                ["letters"],
                ["codes"],
                name="codes",
                domain="ai.onnx.ml",
                keys_strings=list("ACGT"),
                values_int64s=[0, 1, 2, 3],
                default_int64=4,
            ),
            node("Gather", "columns codes", "one_hot", axis=0),
            node("Transpose", "one_hot", "channels", perm=[0, 2, 1]),
            node("Conv", "channels filters", "bits", kernel_shape=[len(AP1)]),
            node("GlobalMaxPool", "bits", "best"),
            node("Flatten", "best", "flat", axis=1),
            node("Sub", "flat middle", "logit"),
            node("Sigmoid", "logit", "prob"),
        ],
        [tensor("letters", STRING, "batch", 101)],
        [tensor("prob", FLOAT, "batch", 1)],
        columns=columns,
        filters=filters(weights(AP1)),
        middle=np.array([middle(AP1)], dtype=np.float32),
    )


def two_inputs():
    """How much CTCF and AP-1 sites of an element matter for a gene so far away; and how many sites there are."""
    strands = [side for motif in (CTCF, AP1) for side in (weights(motif), reverse_complement(weights(motif)))]
    return model(
        "two-inputs",
        [
            node("Transpose", "dna", "channels", perm=[0, 2, 1]),
            node("Conv", "channels filters", "bits", kernel_shape=[14], pads=[13, 13]),
            node("Reshape", "bits by_motif", "grouped"),
            # Positions where the motif is, on either strand.
            node("Sub", "grouped middle", "over"),
            node("Greater", "over zero", "found"),
            node("Cast", "found", "found_number", to=INT64),
            node("ReduceSum", "found_number places", "sites", keepdims=0),
            # The best of them, and what is left of it at that distance.
            node("ReduceMax", "over", "best", axes=[2], keepdims=0),
            node("Cast", "best", "best_double", to=DOUBLE),
            node("Sigmoid", "best_double", "occupancy"),
            node("Cast", "distance", "distance_double", to=DOUBLE),
            node("Div", "distance_double reach", "far"),
            node("Add", "far one", "decay"),
            node("Div", "occupancy decay", "activity"),
        ],
        [tensor("dna", FLOAT, "batch", 120, 4), tensor("distance", INT64, "batch", 1)],
        [tensor("activity", DOUBLE, "batch", 2), tensor("sites", INT64, "batch", 2)],
        filters=filters(*strands),
        by_motif=axes(0, 2, -1),
        middle=np.array([[middle(CTCF)], [middle(AP1)]], dtype=np.float32),
        zero=np.array(0, dtype=np.float32),
        places=axes(2),
        reach=np.array(3000, dtype=np.float64),
        one=np.array(1, dtype=np.float64),
    )


def any_length():
    """The best 5' splice site and polyadenylation signal, in bits, and the GC content, of any sequence."""
    return model(
        "any-length",
        [
            node("Transpose", "seq", "channels", perm=[0, 2, 1]),
            node("Conv", "channels filters", "bits", kernel_shape=[len(DONOR)]),
            node("GlobalMaxPool", "bits", "highest"),
            node("Flatten", "highest", "best", axis=1),
            node("MatMul", "seq is_gc", "gc_track"),
            node("ReduceMean", "gc_track", "gc", axes=[1], keepdims=0),
        ],
        [tensor("seq", FLOAT, "batch", "length", 4)],
        [tensor("best", FLOAT, "batch", 2), tensor("gc", FLOAT, "batch", 1)],
        filters=filters(weights(DONOR), weights(POLYA)),
        is_gc=np.array([[0], [1], [1], [0]], dtype=np.float32),
    )


MODELS = (channels_first, text_input, two_inputs, any_length)


def main():
    examples = Path(__file__).resolve().parent.parent
    for make in MODELS:
        path = examples / make.__name__.replace("_", "-") / "model.onnx"
        path.write_bytes(make().SerializeToString(deterministic=True))
        print(f"{path.parent.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
