"""Flax NNX chains edited, and their layers as words of a spec."""

from copy import copy

import jax
import jax.numpy as jnp
from flax import nnx

from seqkit.editing import anew
from seqkit.editing.describing import alone, convolution, described, dropout, functions, is_flatten
from seqkit.spec import EPSILON, BatchNorm, Dense, Flatten, LayerNorm
from seqkit.styles import nnx as style


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return style.build(alone(layer, shape), seed)[0].layers[-1]


FUNCTIONS = functions(jax.nn, jnp, nnx)
FLOAT32 = {"dtype": [None, jnp.float32], "param_dtype": [jnp.float32]}
ONES = [None, 1, (1, 1), [1, 1]]
SCALED = {"use_bias": [True], "use_scale": [True], "epsilon": [EPSILON]}
KINDS = {
    nnx.Linear: (
        FLOAT32 | {"precision": [None], "dot_general": [jax.lax.dot_general]},
        lambda layer: Dense(layer.out_features, layer.bias is not None),
    ),
    nnx.Conv: (
        FLOAT32
        | dict.fromkeys(("strides", "input_dilation", "kernel_dilation"), ONES)
        | {"feature_group_count": [1], "mask": [None], "precision": [None]}
        | {"conv_general_dilated": [jax.lax.conv_general_dilated]},
        lambda layer: convolution(layer.out_features, layer.kernel_size, layer.padding, layer.bias is not None),
    ),
    nnx.BatchNorm: (FLOAT32 | SCALED | {"axis": [-1]}, lambda layer: BatchNorm()),
    nnx.LayerNorm: (
        FLOAT32 | SCALED | {"reduction_axes": [-1], "feature_axes": [-1], "axis_name": [None]},
        lambda layer: LayerNorm(),
    ),
    nnx.Dropout: ({}, lambda layer: dropout(layer.rate)),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return Flatten() if is_flatten(layer) else described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(a new chain of `layers`, what a call takes beside x).

    Args:
        chain: stays as it is.
        layers: all that the new one shall hold; those that `chain` holds keep their parameters.
        given: what a call takes beside x; stays as it is.
        shapes, inside: asked by a style that keeps parameters outside of the chain.
    """
    return rebuilt(chain, layers), dict(given)


def rebuilt(chain, layers):
    """A new chain of the same class with `layers`."""
    if type(chain) in (style.Sequential, nnx.Sequential):
        return type(chain)(*layers)
    new = copy(chain)
    object.__setattr__(new, "layers", type(chain.layers)(layers))
    return new


snapshot = anew.snapshot


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    return "", "chain(x)"


SAID = anew.said("nnx.Sequential", "(", ")")
