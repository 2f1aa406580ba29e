"""A frozen graph of TensorFlow: what Keras models, SavedModels and .pb files all become on the way to ONNX."""

import os
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from . import author, packages
from .report import Made
from .rows import Input
from .widen import FLOAT, widen

OPSET = 17
# Operations whose values are worth comparing, of those that a graph calls by names of its own.
COMPARED = set("Add AddV2 BiasAdd Elu MatMul MaxPool Relu Selu Sigmoid Softmax Softplus Tanh".split())
# Operations that reach beyond the graph: a graph is a program.
REACHES_OUT = set("EagerPyFunc MatchingFiles PyFunc PyFuncStateless ReadFile WriteFile".split())


def need_trust(request, graph, where):
    """Refuses a graph that reads or writes files or calls Python, unless the user consents."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    found = sorted({node.op for node in nodes} & REACHES_OUT)
    if found:
        author.need_trust(request, f"the model reads or writes files or calls Python ({', '.join(found)})", where)


def freeze(function):
    """The graph of a concrete function, with its variables as constants."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    return convert_variables_to_constants_v2(function, lower_control_flow=False, aggressive_inlining=True)


def input_of(tensor, name):
    shape = None if tensor.shape.rank is None else tensor.shape.as_list()[1:]
    return Input(name, shape, tensor.dtype.as_numpy_dtype.__name__)


class FrozenModel:
    """A frozen graph with inputs and outputs, each a name and the name of a tensor."""

    def __init__(self, graph, inputs, outputs):
        self.graph = graph
        self.tensors = [tensor for _, tensor in inputs], [tensor for _, tensor in outputs]
        self.function = pruned(graph, *self.tensors)
        self.inputs = [input_of(self.function.graph.get_tensor_by_name(tensor), name) for name, tensor in inputs]
        self.outputs = [name for name, _ in outputs]
        self.wide = None

    def predict(self, batch):
        return [value.numpy() for value in flat(self.function(*map(tf.constant, batch)))]

    def gradient(self, batch, output, index, is_wide):
        """The gradient of the sum of `index` of an output, with respect to each input of floats."""
        if is_wide and self.wide is None:
            self.wide = pruned(widen(self.graph), *self.tensors)
        function = self.wide if is_wide else self.function
        kind = np.float64 if is_wide else np.float32
        tensors = [tf.constant(a.astype(kind) if np.issubdtype(a.dtype, np.floating) else a) for a in batch]
        with tf.GradientTape() as tape:
            for tensor in tensors:
                if tensor.dtype.is_floating:
                    tape.watch(tensor)
            total = tf.reduce_sum(flat(function(*tensors))[output][(slice(None), *index)])
        found = tape.gradient(total, tensors)
        return [None if one is None else one.numpy() for one in found]

    def layers(self, batch=None):
        reached = computed(self.graph)
        return [n.name for n in self.graph.node if n.op in COMPARED and n.name in reached and n.attr["T"].type == FLOAT]

    def layer_values(self, batch, names):
        """Values of operations with a value for each row."""
        function = pruned(self.graph, self.tensors[0], [f"{name}:0" for name in names])
        values = flat(function(*map(tf.constant, batch)))
        rows = len(batch[0])
        return {name: v.numpy() for name, v in zip(names, values) if v.shape.rank > 1 and v.shape[0] == rows}

    def layers_left(self, operations):
        """Of `layers`, those whose value the ONNX graph still has."""
        return [name for name in self.layers() if name in operations]

    def is_fixed(self, axis):
        return self.inputs[0].shape[axis] is not None

    def labels(self, outputs):
        return [None] * len(outputs)

    def files(self):
        return []

    def versions(self):
        return packages.versions("keras")

    def convert(self, directory, target, arrays, report):
        import tf2onnx

        if target == "torchscript":
            report.note("a model of TensorFlow becomes an ONNX graph; TorchScript is for PyTorch")
        given, wanted = self.tensors
        renamed = dict(zip(given, (one.name for one in self.inputs)))
        # The same tensor cannot have two names.
        renamed.update({tensor: name for tensor, name in zip(wanted, self.outputs) if wanted.count(tensor) == 1})
        graph = without_erfc(self.graph)
        settings = {"input_names": given, "output_names": wanted, "opset": OPSET, "tensors_to_rename": renamed}
        try:
            with unmoved(tf2onnx.tf_loader):
                model, _ = tf2onnx.convert.from_graph_def(graph, **settings)
        except Exception as error:
            raise packages.failed("keras", "tf2onnx does not convert the model", "", error) from error
        files = save(model, directory)
        operations = {name.rpartition(":")[0] or name for node in model.graph.node for name in node.output if name}
        names = [output.name for output in model.graph.output]
        # Outputs of the graph are called as its maker wants; their nodes have the names of the operations.
        operations |= {node.name for node in model.graph.node if set(node.output) & set(names)}
        left = self.layers_left(operations)
        lost = [name for name in self.layers() if name not in set(left)]
        return Made("onnx", f"tf2onnx, opset {OPSET}", files, names, left, lost)


@contextmanager
def unmoved(loader):
    """For as long as it lasts, tf2onnx does without TensorFlow's optimiser, which moves factors from one layer into
    another: names stay, and stand for other values. What is constant tf2onnx folds itself."""
    optimise = loader.tf_optimize_grappler
    loader.tf_optimize_grappler = lambda inputs, outputs, graph: graph
    try:
        yield
    finally:
        loader.tf_optimize_grappler = optimise


def without_erfc(graph):
    """The graph with 1 - erf instead of erfc, which tf2onnx does not know: TensorFlow's gelu has it."""
    found = tf.compat.v1.GraphDef()
    found.CopyFrom(graph)
    for node in [node for node in found.node if node.op == "Erfc"]:
        one, erf = (
            found.node.add(name=f"{node.name}/{name}", op=op) for name, op in (("one", "Const"), ("erf", "Erf"))
        )
        one.attr["dtype"].type = erf.attr["T"].type = node.attr["T"].type
        one.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(1, dtype=node.attr["T"].type))
        erf.input.extend(node.input)
        node.op = "Sub"
        node.ClearField("input")
        node.input.extend([one.name, erf.name])
    return found


def save(model, directory):
    import onnx

    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        # tf2onnx leaves operations in the graph that it has no rule for.
        raise packages.failed("keras", "the graph that tf2onnx made is not valid", "", error) from error
    onnx.save(model, os.path.join(directory, "model.onnx"))
    return ["model.onnx"]


def source(name):
    """The operation that an input of a node names."""
    return name.lstrip("^").partition(":")[0]


def computed(graph):
    """The names of operations that follow from a placeholder."""
    readers = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(source(name), []).append(node.name)
    reached, waiting = set(), [node.name for node in graph.node if node.op == "Placeholder"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += readers.get(name, [])
    return reached


def flat(values):
    return tf.nest.flatten(values)


def pruned(graph, given, wanted):
    """The part of a graph from some tensors to others, as a function."""
    whole = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
    tensor = whole.graph.get_tensor_by_name
    return whole.prune([tensor(name) for name in given], [tensor(name) for name in wanted])
