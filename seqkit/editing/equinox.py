"""Equinox chains edited, with the state that goes beside them, and their layers as words of a spec."""

from copy import copy
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit.editing import anew
from seqkit.editing.describing import alone, convolution, described, dropout, functions
from seqkit.spec import EPSILON, BatchNorm, Dense, Flatten, LayerNorm
from seqkit.styles import equinox as style


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    chain, outside = style.build(alone(layer, shape), seed)
    return _each_index(chain.layers[-1], partial(_with_start, **outside)) if outside else chain.layers[-1]


FUNCTIONS = [*functions(jax.nn, jnp), (jnp.ravel, Flatten())]
KINDS = {
    eqx.nn.Linear: (
        {},
        lambda layer: None if isinstance(layer.in_features, str) else Dense(layer.out_features, layer.bias is not None),
    ),
    eqx.nn.Conv2d: (
        {"stride": [(1, 1)], "dilation": [(1, 1)], "groups": [1], "padding_mode": ["ZEROS"]},
        lambda layer: convolution(layer.out_channels, layer.kernel_size, layer.padding, layer.bias is not None),
    ),
    eqx.nn.BatchNorm: ({"eps": [EPSILON], "channelwise_affine": [True]}, lambda layer: BatchNorm()),
    eqx.nn.LayerNorm: ({"eps": [EPSILON], "use_weight": [True], "use_bias": [True]}, lambda layer: LayerNorm()),
    eqx.nn.Dropout: ({}, lambda layer: dropout(layer.p)),
    eqx.nn.Lambda: ({}, lambda layer: described(layer.fn, {}, FUNCTIONS)),
    style.Lambda: ({}, lambda layer: described(layer.fn, {}, FUNCTIONS)),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(a new chain of `layers`, what a call takes beside x): the state of a new layer joins the one that is there.

    Args:
        chain: stays as it is.
        layers: all that the new one shall hold. A layer that stands twice becomes two, as its tree has it: the second
            keeps a state of its own.
        given: what a call takes beside x; stays as it is.
        shapes, inside: asked by a style that keeps parameters outside of the chain.
    """
    before = {} if "state" not in given else dict(given["state"]._state)
    new, state, used = [], dict(before), set()
    for layer in layers:
        new.append(_each_index(layer, partial(_joined, state, used)))
    for marker in _markers(chain.layers) - _markers(new):
        state.pop(marker, None)
    side_inputs = {key: value for key, value in given.items() if key != "state"}
    return rebuilt(chain, new), side_inputs | ({"state": _as_state(state)} if state or "state" in given else {})


def _each_index(layer, change):
    """`layer` with `change` made of each index into the state; the same object if none changes."""
    leaves, tree = jax.tree_util.tree_flatten(layer, is_leaf=_is_index)
    new = [change(leaf) if _is_index(leaf) else leaf for leaf in leaves]
    same = all(one is other for one, other in zip(leaves, new, strict=True))
    return layer if same else jax.tree_util.tree_unflatten(tree, new)


def _markers(layers):
    return {leaf.marker for leaf in jax.tree_util.tree_leaves(list(layers), is_leaf=_is_index) if _is_index(leaf)}


def _is_index(part):
    return isinstance(part, eqx.nn.StateIndex)


def _with_start(index, state):
    """An index that holds where its state begins."""
    return eqx.nn.StateIndex(state.get(index))


def _joined(state, used, index):
    """`index` if its state is there and no layer before has it; else another one, whose state joins."""
    if index.marker in state and index.marker not in used:
        used.add(index.marker)
        return index
    value = state.get(index.marker, index.init)
    marker = next(f"state {n}" for n in range(len(state) + 1) if f"state {n}" not in state)
    used.add(marker)
    state[marker] = jax.tree_util.tree_map(jnp.asarray, value)
    new = eqx.nn.delete_init_state(eqx.nn.StateIndex(value))
    object.__setattr__(new, "marker", marker)
    return new


def _as_state(values):
    """A `State` with these values: by the way in which JAX makes one of its parts."""
    return eqx.nn.State.tree_unflatten(tuple(values), tuple(values.values()))


def rebuilt(chain, layers):
    """A new chain of the same class with `layers`."""
    new = copy(chain)
    object.__setattr__(new, "layers", type(chain.layers)(layers))
    return new


snapshot = anew.snapshot


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    if spec.has(BatchNorm):
        return ", state=state", 'jax.vmap(chain, (0, None), (0, None), "batch")(xs, given["state"])'
    return "", "jax.vmap(chain)(xs)"


SAID = anew.said("eqx.nn.Sequential", "([", "])")
