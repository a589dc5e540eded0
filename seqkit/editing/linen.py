"""Flax Linen chains edited, with the variables that live outside of them, and their layers as words of a spec."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn
from flax.traverse_util import flatten_dict, unflatten_dict

from seqkit.editing import anew
from seqkit.editing.describing import alone, convolution, described, dropout, functions, is_flatten
from seqkit.errors import SpecError
from seqkit.spec import EPSILON, BatchNorm, Conv2D, Dense, Flatten, LayerNorm
from seqkit.styles import linen as style


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; `edit` makes its variables.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return style.build(alone(layer, shape), seed)[0].layers[-1]


FUNCTIONS = functions(jax.nn, jnp, nn)
FLOAT32 = {"dtype": [None, jnp.float32], "param_dtype": [jnp.float32]}
NONE, ONES = [None], [None, 1, (1, 1), [1, 1]]
SCALED = {"use_bias": [True], "use_scale": [True]}
KINDS = {
    nn.Dense: (
        FLOAT32 | {"precision": NONE, "dot_general": NONE, "dot_general_cls": NONE},
        lambda layer: Dense(layer.features, layer.use_bias),
    ),
    nn.Conv: (
        FLOAT32
        | dict.fromkeys(("strides", "input_dilation", "kernel_dilation"), ONES)
        | {"feature_group_count": [1]}
        | dict.fromkeys(("mask", "precision", "conv_general_dilated", "conv_general_dilated_cls"), NONE),
        lambda layer: convolution(layer.features, layer.kernel_size, layer.padding, layer.use_bias),
    ),
    nn.BatchNorm: (
        FLOAT32 | SCALED | {"epsilon": [EPSILON], "axis": [-1]},
        lambda layer: BatchNorm(),
    ),
    nn.LayerNorm: (
        FLOAT32 | SCALED | {"epsilon": [EPSILON], "reduction_axes": [-1], "feature_axes": [-1], "axis_name": [None]},
        lambda layer: LayerNorm(),
    ),
    nn.Dropout: ({}, lambda layer: dropout(layer.rate)),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return Flatten() if is_flatten(layer) else described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(a new chain of `layers`, what a call takes beside x): layers that it held keep their variables under new paths.

    Args:
        chain: stays as it is.
        layers: all that the new one shall hold; those that `chain` holds keep their parameters.
        given: what a call takes beside x; stays as it is. Without `variables` none are made.
        shapes: of what reaches each layer, with the batch axis, None where unknown. A new layer gets its variables
            by its own shape, or by the last known one before it; where none is known it is left without.
        inside: the positions that lead to this chain, if it is part of another.

    Raises:
        SpecError: the chain is bound to its variables.
    """
    if chain.scope is not None:
        raise SpecError("a Linen chain that is bound to its variables cannot be edited. Give the chain and variables=.")
    if "variables" not in given:
        return rebuilt(chain, layers), dict(given)
    path = tuple(f"layers_{i}" for i in inside)
    kept, rest = _kept(chain, layers, flatten_dict(given["variables"]), path)
    drawn = _drawn(chain, layers, {own for _, own, *_ in kept}, [*(shapes or ())], {} if inside else given, len(kept))
    found = {(kind, *path, *own): array for (kind, *own), array in (kept | drawn).items()}
    return rebuilt(chain, layers), given | {"variables": unflatten_dict(rest | found)}


def _kept(chain, layers, flat, path):
    """({(collection, new name, …): array} of the layers that stay, {path: array} of all that is not in this chain)."""
    before = dict(zip(style.variable_names(chain.layers), map(id, chain.layers), strict=True))
    after = dict(zip(map(id, layers), style.variable_names(layers), strict=True))
    kept, rest, depth = {}, {}, len(path) + 1
    for key, array in flat.items():
        own = key[depth] if key[1:depth] == path and len(key) > depth else None
        if own not in before:
            rest[key] = array
        elif before[own] in after:
            kept[(key[0], after[before[own]], *key[depth + 1 :])] = array
    return kept, rest


BESIDE = ("variables", "key", "rngs", "mutable", "method")
"""What a call takes beside x that does not go to the first layer."""


def _drawn(chain, layers, known, shapes, given, seed):
    """{(collection, name, …): array} of the modules that have no variables yet and whose input can be known."""
    names, found, x = style.variable_names(layers), {}, None
    lacking = [i for i, layer in enumerate(layers) if names[i] not in known and _wants(layer, chain.layers)]
    shapes += [None] * (len(layers) + 1 - len(shapes))
    side_inputs = {name: value for name, value in given.items() if name not in BESIDE}
    for i, layer in enumerate(layers[: lacking[-1] + 1] if lacking else ()):
        x = x if shapes[i] is None else jax.ShapeDtypeStruct(shapes[i], jnp.float32)
        if x is not None and (i in lacking or shapes[i + 1] is None):
            x, variables = _outcome(layer, x, {} if i else side_inputs)
            if i in lacking:
                flat = flatten_dict(variables)
                found |= {(kind, names[i], *own): array for (kind, *own), array in flat.items()}
    return _numbers(found, seed)


def _wants(layer, before):
    new = not any(layer is old for old in before)
    return style.is_module(layer) and (new or isinstance(describe(layer), Dense | Conv2D | BatchNorm | LayerNorm))


def _outcome(layer, x, side_inputs):
    """(what comes out, the layer's variables), as shapes; (None, {}) if it cannot take `x`."""
    keys = dict.fromkeys(("params", "dropout"), jax.random.key(0))

    def call(x):
        args, kwargs = (x if isinstance(x, tuple) else (x,)), side_inputs
        if isinstance(x, dict):
            args, kwargs = (), x
        if style.is_module(layer):
            return layer.init_with_output(keys, *args, **kwargs)
        return layer(*args, **kwargs), {}

    try:
        return jax.eval_shape(call, x)
    except Exception:
        return None, {}


def _numbers(shapes, seed):
    """Initial numbers by the rule of `draw`, whatever the module is: kernels normal, scales and variances 1, the rest 0."""
    rng, found = np.random.default_rng(seed), {}
    for path, shape in shapes.items():
        if path[-1] == "kernel":
            value = rng.normal(0, np.sqrt(2 / np.prod(shape.shape[:-1])), shape.shape)
        else:
            value = np.full(shape.shape, path[-1] in ("scale", "var"))
        found[path] = jnp.asarray(value, shape.dtype)
    return found


def rebuilt(chain, layers):
    """A new chain of the same class with `layers`."""
    return chain.clone(layers=type(chain.layers)(layers))


snapshot = anew.snapshot


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    return ", variables=variables", 'chain.apply(given["variables"], x)'


SAID = anew.said("nn.Sequential", "([", "])")
