"""Keras chains edited, with what is known once they are built, and their layers as words of a spec."""

from seqkit.editing import anew
from seqkit.editing.describing import alone, convolution, described, dropout
from seqkit.errors import SpecError
from seqkit.spec import ACTIVATIONS, EPSILON, Activation, BatchNorm, Dense, Flatten, LayerNorm
from seqkit.styles import keras as style
from seqkit.styles.keras import keras  # the style has put it on JAX


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return style.build(alone(layer, shape), seed)[0].layers[-1]


FUNCTIONS = [(getattr(keras.activations, each), Activation(each)) for each in ACTIVATIONS if each != "leaky_relu"]
"""Keras' own leaky_relu has the slope 0.2; that of a spec is the layer LeakyReLU with 0.01."""
CHANNELS = {"data_format": ["channels_last"]}
SCALED = {"center": [True], "scale": [True], "epsilon": [EPSILON]}
LINEAR = {"activation": [keras.activations.linear]}
KINDS = {
    keras.layers.Dense: (LINEAR, lambda layer: Dense(layer.units, layer.use_bias)),
    keras.layers.Conv2D: (
        LINEAR | CHANNELS | {"strides": [(1, 1)], "dilation_rate": [(1, 1)], "groups": [1]},
        lambda layer: convolution(layer.filters, layer.kernel_size, layer.padding, layer.use_bias),
    ),
    keras.layers.BatchNormalization: (SCALED | {"axis": [-1]}, lambda layer: BatchNorm()),
    keras.layers.LayerNormalization: (SCALED | {"axis": [-1, [-1], [1]]}, lambda layer: LayerNorm()),
    keras.layers.Dropout: ({}, lambda layer: dropout(layer.rate)),
    keras.layers.Flatten: (CHANNELS, lambda layer: Flatten()),
    keras.layers.Activation: ({}, lambda layer: described(layer.activation, {}, FUNCTIONS)),
    keras.layers.LeakyReLU: ({"negative_slope": [0.01]}, lambda layer: Activation("leaky_relu")),
    keras.layers.ReLU: (
        {"max_value": [None], "negative_slope": [0], "threshold": [0]},
        lambda layer: Activation("relu"),
    ),
    keras.layers.Softmax: ({"axis": [-1]}, lambda layer: Activation("softmax")),
    keras.layers.ELU: ({"alpha": [1]}, lambda layer: Activation("elu")),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    if style.is_module(layer) and layer.compute_dtype != "float32":
        return None
    return described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(a new chain of `layers`, what a call takes beside x).

    Args:
        chain: stays as it is.
        layers: all that the new one shall hold; those that `chain` holds keep their parameters.
        given: what a call takes beside x; stays as it is.
        shapes, inside: asked by a style that keeps parameters outside of the chain.
    """
    new = rebuilt(chain, layers)
    for layer in layers:
        if layer.path and not any(layer is old for old in chain.layers):
            _put_under(chain.path or chain.name, layer)
    return new, dict(given)


def _put_under(path, layer):
    """Name what a layer was made with as if it had been built in the chain at `path`."""
    old, layer._path = layer.path, f"{path}/{layer.name}"
    for variable in layer.variables:
        variable._path = variable.path.replace(old, layer.path, 1)


def rebuilt(chain, layers):
    """A new chain of the same class with `layers`, built for the same input; one that does not fit fails when called."""
    try:
        new = type(chain)(trainable=chain.trainable, name=chain.name)
    except TypeError as error:
        raise SpecError(
            f"a {type(chain).__name__} is not made as Keras makes a Sequential, so no other can be made of its layers. "
            "Explore keras.Sequential(chain.layers) to edit it."
        ) from error
    for layer in layers:
        new.add(layer, rebuild=False)
    new._path, new._edited_for = chain.path, getattr(chain, "_edited_for", None)
    if chain._functional is not None:
        new._edited_for = chain.input_shape
    try:
        if layers and new._edited_for:
            new.build(new._edited_for)
    except Exception:
        new.built = True  # so that a call does not build it again, and shows the layer that fails
    return new


snapshot = anew.snapshot


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    return "", "chain(x)"


SAID = anew.said("keras.Sequential", "([", "])")
