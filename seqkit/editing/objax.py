"""Objax chains edited in place, and their layers as words of a spec."""

from functools import partial

import jax
import objax

from seqkit.editing import in_place
from seqkit.editing.describing import alone, convolution, described, dropout, functions, is_flatten
from seqkit.spec import EPSILON, BatchNorm, Dense, Flatten, LayerNorm
from seqkit.styles import objax as style


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return style.build(alone(layer, shape), seed)[0][-1]


FUNCTIONS = [*functions(jax.nn, jax.numpy, objax.functional), (objax.functional.flatten, Flatten())]
KINDS = {
    objax.nn.Linear: ({}, lambda layer: Dense(layer.w.value.shape[1], layer.b is not None)),
    objax.nn.Conv2D: (
        {"strides": [(1, 1)], "dilations": [(1, 1)], "groups": [1]},
        lambda layer: convolution(layer.w.value.shape[3], layer.w.value.shape[:2], layer.padding, layer.b is not None),
    ),
    objax.nn.BatchNorm0D: ({"eps": [EPSILON]}, lambda layer: BatchNorm()),
    objax.nn.BatchNorm2D: ({"eps": [EPSILON]}, lambda layer: BatchNorm()),
    objax.nn.GroupNorm0D: ({"eps": [EPSILON], "groups": [1]}, lambda layer: LayerNorm()),
    objax.nn.Dropout: ({}, lambda layer: dropout(round(1 - layer.keep, 12))),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return Flatten() if is_flatten(layer) else described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(the chain, which now holds `layers`, what a call takes beside x): `training` joins it with a layer that asks for it.

    Args:
        chain: changed in place.
        layers: all that it shall hold; those that it holds keep their parameters.
        given: what a call takes beside x; stays as it is.
        shapes, inside: asked by a style that keeps parameters outside of the chain.
    """
    new = [layer for layer in layers if not any(layer is old for old in chain)]
    side_inputs = {"training": False} if any("training" in style.keywords_of(layer) for layer in new) else {}
    return rebuilt(chain, layers), side_inputs | given


def rebuilt(chain, layers):
    """The chain, which now holds `layers`."""
    list.__setitem__(chain, slice(None), layers)
    return chain


def snapshot(chain):
    """What puts the layers back that the chain holds now."""
    return partial(list.__setitem__, chain, slice(None), list(chain))


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    words = "".join(f", {each}={value}" for each, value in style.given(spec).items())
    return words, "chain(x, **given)"


SAID = in_place.said("objax.nn.Sequential")
