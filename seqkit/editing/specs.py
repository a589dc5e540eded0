"""A chain as a spec: its layers, the shapes between them, its parameters; and which layers fit at a place."""

import importlib

from seqkit.errors import SpecError
from seqkit.spec import ACTIVATIONS, Activation, BatchNorm, Conv2D, Dense, Dropout, Flatten, LayerNorm, Shape, Spec


def example_shape(style_name, array_shape):
    """The `spec.Shape` of one example in an array that a chain of this style gets; None if it is no vector, no image.

    Args:
        style_name: the style.
        array_shape: with the batch axis, where the style has one; or None.
    """
    if array_shape is None:
        return None
    layout, dims = _style(style_name).LAYOUT, tuple(array_shape)
    dims = dims[1:] if layout.batched and len(dims) > 1 else dims
    if len(dims) == 3 and layout.channels_first:
        dims = (*dims[1:], dims[0])
    return Shape(dims, len(dims) == 1) if len(dims) in (1, 3) and all(dims) else None


def palette(style_name, shape):
    """Layers of a spec that fit where an array of this shape is: for a vector, or for an image; what always fits else.

    Args:
        style_name: the style.
        shape: of the array, with the batch axis where the style has one; None if it is not known.
    """
    example = example_shape(style_name, shape)
    functions = [Activation(name) for name in ACTIVATIONS]
    of_each_value = [each for each in functions if "softmax" not in each.name]
    if example is None:
        return [*of_each_value, Dropout(0.5)]
    if example.flat:
        return [Dense(example.size), *functions, LayerNorm(), BatchNorm(), Dropout(0.5)]
    return [Conv2D(example.dims[-1], 3), *of_each_value, BatchNorm(), Dropout(0.5), Flatten()]


def layer_of(style_name, layer):
    """The layer of a spec that a layer of this style is, None where a spec has no word for it."""
    return _editing(style_name).describe(layer)


def spec_of(style_name, chain, x_shape):
    """The `Spec` that says what a chain is, for an input of this shape (with the batch axis, where the style has one).

    Raises:
        SpecError: a layer has no word in a spec, or the input is no batch of vectors or images.
    """
    style, example = _style(style_name), example_shape(style_name, x_shape)
    found = style.layers_of(chain)
    if found is None:
        raise SpecError(f"the {type(chain).__name__} is no chain itself. Take the chain in it.")
    layers = [layer_of(style_name, layer) for layer in found[0]]
    for i, layer in enumerate(layers):
        if layer is None:
            raise SpecError(
                f"layer[{i}] {style.name(found[0][i])} has no word in a spec, so there is no code for it in other "
                "styles. A spec knows Dense, Conv2D, BatchNorm, LayerNorm, Dropout, Flatten and "
                f"{', '.join(ACTIVATIONS)}, as seqkit writes them."
            )
    if example is None:
        raise SpecError(f"the input has the shape {x_shape}. A spec is for a batch of vectors or of images.")
    return Spec(layers, example.dims)


def parameters_of(style_name, chain, spec, given):
    """The canonical parameters of a chain that `spec` describes.

    Args:
        style_name: the chain's style.
        chain: not part of another.
        spec: of `spec_of`.
        given: what a call takes beside x; from it come `variables` and `state`.
    """
    outside = {key: given[key] for key in ("variables", "state") if key in given}
    return _style(style_name).parameters(chain, spec, **outside)


def _style(style_name):
    return importlib.import_module(f"seqkit.styles.{style_name}")


def _editing(style_name):
    return importlib.import_module(f"seqkit.editing.{style_name}")
