"""A model of Keras that answers itself; only gradients in float64 and the conversion go by its frozen graph."""

import tensorflow as tf

from .tensorflow_graph import FrozenModel, flat, freeze


def unnumber(graph, names, root):
    """Takes off the number that Keras 3 puts behind the name of each layer at its first call, as in
    `network_1/conv_1/convolution`."""
    parts = {part for node in graph.node for part in node.name.split("/")}
    if root in parts or f"{root}_1" not in parts:
        return

    def renamed(name):
        # An input that is only waited for begins with ^.
        mark, name = ("^", name[1:]) if name.startswith("^") else ("", name)
        return mark + "/".join(p[:-2] if p.endswith("_1") and p[:-2] in names else p for p in name.split("/"))

    for node in graph.node:
        node.name = renamed(node.name)
        node.input[:] = [renamed(name) for name in node.input]
        node.attr.pop("_class", None)


class KerasModel(FrozenModel):
    def __init__(self, model, code):
        self.model = model
        self.code = code
        names = [tensor.name.partition(":")[0] for tensor in model.inputs]
        specs = [tf.TensorSpec(tensor.shape, tensor.dtype, name) for tensor, name in zip(model.inputs, names)]
        function = tf.function(lambda *inputs: self.call(list(inputs)), input_signature=specs, autograph=False)
        frozen = freeze(function.get_concrete_function())
        given = [(name, tensor.name) for name, tensor in zip(names, frozen.inputs)]
        wanted = [(name, tensor.name) for name, tensor in zip(self.output_names(), frozen.outputs)]
        graph = frozen.graph.as_graph_def()
        unnumber(graph, {model.name, *(layer.name for layer in model._flatten_layers())}, model.name)
        super().__init__(graph, given, wanted)

    def call(self, inputs):
        return flat(self.model(inputs[0] if len(inputs) == 1 else inputs, training=False))

    def output_names(self):
        names = list(self.model.output_names)
        # An output that is given twice has one name.
        return [name if names.index(name) == at else f"{name}_{at}" for at, name in enumerate(names)]

    def predict(self, batch):
        return [value.numpy() for value in self.call([tf.constant(array) for array in batch])]

    def layers(self, batch=None):
        """Layers that are called once and give one value."""
        return [layer.name for layer in self.model.layers if self.value_of(layer) is not None]

    def value_of(self, layer):
        try:
            value = layer.output
        except (AttributeError, RuntimeError, ValueError):
            return None
        is_input = type(layer).__name__ == "InputLayer"
        is_shared = len(layer._inbound_nodes) > 1
        return None if is_input or is_shared or isinstance(value, (list, tuple, dict)) else value

    def layer_values(self, batch, names):
        values = [self.model.get_layer(name).output for name in names]
        part = tf.keras.Model(self.model.inputs, values)
        found = flat(part([tf.constant(array) for array in batch], training=False))
        return {name: value.numpy() for name, value in zip(names, found)}

    def layers_left(self, operations):
        parts = {part for name in operations for part in name.split("/")[:-1]}
        return [name for name in self.layers() if name in parts]

    def files(self):
        return [self.code.__file__] if self.code else []
