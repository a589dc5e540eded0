"""Equinox: an immutable tree; the parameters live inside.

A layer is called with one value, for one example, and with `key`. A stateful layer gets the state too and returns a
new one. Nothing changes in place: `jax.vmap` makes a batch of it, `eqx.tree_at` another chain.
"""

from collections.abc import Callable
from contextlib import nullcontext
from copy import copy
from functools import cache, partial
from operator import attrgetter
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit import transport, writing
from seqkit.errors import SpecError
from seqkit.notes import Takes, explain, function_name, module_name, own, refuse_classes, wants_a_list
from seqkit.recorder import keep_jax, never
from seqkit.signatures import ANY, keywords
from seqkit.spec import ACTIVATIONS, EPSILON, Activation, BatchNorm, Dense, Flatten, LayerNorm, draw
from seqkit.walk import find_chains, replaced

NO_STATE = object()


class StatefulLayer(eqx.nn.StatefulLayer):
    """A layer that may keep state: when `is_stateful()`, it is called with the state and returns (output, new state)."""

    def is_stateful(self):
        """Whether to call this layer with the state."""
        return True


class Lambda(eqx.Module):
    """A function as a layer: takes a key and does not use it.

    Args:
        fn: called with the one value that the layer gets.
    """

    fn: Callable[[Any], Any]

    def __call__(self, x, *, key=None):
        """`fn(x)`."""
        return self.fn(x)


class Sequential(StatefulLayer):
    """A chain of layers, each called with what the one before it returned.

    Args:
        layers: an iterable of modules and functions; an empty one makes a chain that returns its input.

    Raises:
        LayersError: layers that are not in a list, or a class where an instance belongs.
    """

    layers: tuple

    def __init__(self, layers, *more):
        if more or not hasattr(layers, "__iter__"):
            raise wants_a_list((layers, *more), name)
        self.layers = tuple(layers)
        refuse_classes(self.layers, eqx.Module)

    def is_stateful(self):
        """Whether a layer of the chain is stateful."""
        return any(map(_is_stateful, self.layers))

    def __call__(self, x, state=NO_STATE, *, key=None):
        """Run the chain on one example.

        Args:
            x: what the first layer gets.
            state: of the stateful layers; when it is given, (output, new state) is returned.
            key: split, one key for each layer; None hands None to each.

        Raises:
            Whatever a layer raises, with a note that names the layer and what it got.
        """
        layers = self.layers
        for i, (layer, key_of_layer) in enumerate(zip(layers, _keys(key, len(layers)), strict=True)):
            may_be_stateful, takes_key = _way(layer)
            try:
                if may_be_stateful and layer.is_stateful():
                    x, state = layer(x, state=state, key=key_of_layer)
                else:
                    x = layer(x, key=key_of_layer) if takes_key else layer(x)
            except Exception as error:
                explain(error, i, self.layers, (x,), name, takes)
                if state is NO_STATE and _is_stateful(layer) and not isinstance(layer, Sequential):
                    error.add_note(
                        "It keeps state: make it with eqx.nn.make_with_state, call the chain with (x, state)."
                    )
                raise
        return x if state is NO_STATE else (x, state)

    def __getitem__(self, index):
        """A layer; or, for a slice, a chain of those layers."""
        if isinstance(index, slice):
            return type(self)(self.layers[index])
        if not isinstance(index, int):
            raise TypeError(
                f"a chain is indexed by a number or a slice, and got a value of type {type(index).__name__}."
            )
        return self.layers[index]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)


def _is_stateful(layer):
    return isinstance(layer, eqx.nn.StatefulLayer) and layer.is_stateful()


_WAYS = {}


def _way(layer):
    """(whether it may be stateful, whether it takes a key), asked once for each class of modules."""
    way = _WAYS.get(type(layer))
    if way is None:
        way = isinstance(layer, eqx.nn.StatefulLayer), _takes_key(layer)
        if isinstance(layer, eqx.Module) and not hasattr(layer, "__wrapped__"):  # what it wraps may take a key or not
            _WAYS[type(layer)] = way
    return way


def _takes_key(layer):
    try:
        return not keywords(layer, isinstance(layer, eqx.Module)).isdisjoint(("key", ANY))
    except ValueError:
        return False


def _keys(key, n):
    """One key a layer, as `jax.random.split` gives them; outside of any transformation in one compiled call."""
    if key is None:
        return [None] * n
    eager = n and isinstance(key, jax.Array) and jax.core.trace_ctx.is_top_level()
    return _split(key, n) if eager else jax.random.split(key, n)


@partial(jax.jit, static_argnums=1)
def _split(key, n):
    return list(jax.random.split(key, n))


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=True, outputs_first=True)
LINES = {
    "Dense": "eqx.nn.Linear({n}, {features}{bias}, key=keys[{i}])",
    "Conv2D": 'eqx.nn.Conv2d({n}, {features}, {size}, padding="{PADDING}"{bias}, key=keys[{i}])',
    "BatchNorm": 'eqx.nn.BatchNorm({n}, "batch", eps={eps}, mode="batch", inference=True)',
    "LayerNorm": "eqx.nn.LayerNorm({n}, eps={eps})",
    "Dropout": "eqx.nn.Dropout({rate}, inference=True)",
    "Flatten": "eqx.nn.Lambda(jnp.ravel)",
    "Activation": "eqx.nn.Lambda(jax.nn.{name})",
    "no bias": ", use_bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain`, and `state` where a layer keeps some."""
    chain = f"chain = eqx.nn.Sequential([\n{writing.body(spec, LINES)}])\n# jax.vmap(chain)(xs)\n"
    if spec.has(BatchNorm):
        body = f"    return eqx.nn.Sequential([\n{writing.body(spec, LINES, 8)}    ])"
        made = "chain, state = eqx.nn.make_with_state(make)()"
        chain = f'\n\ndef make():\n{body}\n\n\n{made}\n# jax.vmap(chain, (0, None), (0, None), "batch")(xs, state)\n'
    imports = "import equinox as eqx\nimport jax\n" + "import jax.numpy as jnp\n" * spec.has(Flatten)
    return f"{imports}\nkeys = jax.random.split(jax.random.key(0), {len(spec.layers)})\n{chain}"


def build(spec, seed=0):
    """(chain, {"state": …} where a layer keeps some), initial parameters by `draw(spec, seed)`. Images: channels first."""
    keys = jax.random.split(jax.random.key(seed), len(writing.lines(spec, LINES)))
    names = {"eqx": eqx, "jax": jax, "jnp": jnp, "keys": keys}
    chain, state = eqx.nn.make_with_state(lambda: Sequential(writing.made(spec, LINES, names)))()
    outside = {"state": state} if chain.is_stateful() else {}
    return load(chain, draw(spec, seed), **outside)


SLOTS = {
    eqx.nn.Linear: {"weight": "weight", "bias": "bias"},
    eqx.nn.Conv: {"kernel": "weight", "bias": "bias"},
    eqx.nn.BatchNorm: {"scale": "weight", "bias": "bias"},
    eqx.nn.LayerNorm: {"scale": "weight", "bias": "bias"},
}


def slots(chain, state=None):
    """For each layer {canonical name: transport.Place((layer's number, attribute), shape)}."""
    return [
        {slot: transport.Place((i, own), array.shape) for slot, (own, array) in _arrays(layer, state).items()}
        for i, layer in enumerate(chain.layers)
    ]


def _arrays(layer, state):
    """{canonical name: (attribute, array)} of a layer; running statistics come out of the state."""
    names = next((names for kind, names in SLOTS.items() if isinstance(layer, kind)), {})
    found = {slot: (own, getattr(layer, own)) for slot, own in names.items() if getattr(layer, own) is not None}
    if isinstance(layer, eqx.nn.BatchNorm):
        if state is None:
            raise SpecError(
                "BatchNorm keeps its mean and variance in the state: pass state=, from eqx.nn.make_with_state."
            )
        mean, variance = state.get(_running(layer))
        if layer.batch_counter is not None and (counter := int(state.get(layer.batch_counter))):
            bias = 1 - layer.momentum**counter  # the running mean began at 0, and Equinox sets that right in a call
            mean, variance = mean / bias, variance / bias
        found |= {"mean": ("mean", mean), "variance": ("variance", variance)}
    return found


def _running(layer):
    return layer.ema_state_index if layer.batch_state_index is None else layer.batch_state_index


def parameters(chain, spec=None, *, state=None):
    """The canonical parameters of a chain; `spec` is needed where the chain flattens an image."""
    values = [{slot: array for slot, (_, array) in _arrays(layer, state).items()} for layer in chain.layers]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical, *, state=None):
    """(chain, {"state": …}): a new chain, and state, with canonical parameters; the old ones stay as they are.

    Raises:
        SpecError: they do not fit.
    """
    layers, running, state = list(chain.layers), {}, _unused(state)
    for place, value in transport.fit(slots(chain, state), LAYOUT, canonical):
        i, attribute = place.where
        if attribute in ("mean", "variance"):
            running.setdefault(i, []).append(jnp.asarray(value))
        else:
            layers[i] = eqx.tree_at(attrgetter(attribute), layers[i], jnp.asarray(value))
    for i, statistics in running.items():
        state = state.set(_running(layers[i]), tuple(statistics))
        if layers[i].batch_counter is not None:
            state = state.set(layers[i].batch_counter, jnp.zeros_like(state.get(layers[i].batch_counter)))
    chain = eqx.tree_at(lambda each: each.layers, chain, tuple(layers))
    return chain, {} if state is None else {"state": state}


# ---- what `trace` needs ----

TAKES = ("state", "key")
SHARES = False  # a layer that stands twice in the tree is two layers
keep, symbolic = keep_jax, never


def name(layer):
    """The short name of a layer."""
    if not is_module(layer):
        return function_name(layer)
    if "fn" in own(layer):
        return f"{type(layer).__name__}({function_name(layer.fn)})"
    return module_name(layer, "in_features", "out_features", "in_channels", "out_channels", "p")


def takes(layer):
    """How many values along which axis a layer takes, where it can be known."""
    if isinstance(layer, eqx.nn.Linear):
        return Takes(layer.weight.shape[1], -1, "give {this} in_features={got}")
    return Takes(layer.in_channels, -3, "give {this} in_channels={got}") if isinstance(layer, eqx.nn.Conv2d) else None


def is_module(layer):
    """Whether a layer is a module of this framework; `isinstance` would ask an abstract class, which takes its time."""
    return eqx.Module in type(layer).__mro__


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    layers = own(thing).get("layers") if is_module(thing) else None
    if not isinstance(layers, list | tuple) or not all(map(callable, layers)):
        return None
    return list(layers), "layers", partial(replaced, thing, "layers")


def join(path, key, part):
    """The path of a part, as JAX names the leaves of a tree: `.layers[0].weight`."""
    if isinstance(key, str):
        return f"{path}.{key}" if key else ""
    return f"{path}[{key[0]!r}]" if isinstance(key, tuple) else f"{path}[{key}]"


def watch(recorder, model, **outside):
    """The recorder around every layer of every chain in the model."""
    return recorder.watch(find_chains(model, layers_of, is_module, join), is_module)


def run(model, x, side_inputs, **outside):
    """The plain call; the state that was handed over can be handed over again."""
    if "state" in outside:
        outside["state"] = _unused(outside["state"])
    return model(x, **outside, **side_inputs)


def _unused(state):
    """A state of the same values: Equinox lets each be changed once, and refuses it from then on."""
    return jax.tree_util.tree_map(lambda leaf: leaf, state)


def named_parameters(model):
    """{JAX's path: array} of everything that training changes: the floating-point arrays of the tree."""
    leaves = jax.tree_util.tree_leaves_with_path(model)
    arrays = [
        (path, leaf)
        for path, leaf in leaves
        if hasattr(leaf, "shape") and hasattr(leaf, "dtype") and _is_inexact(leaf.dtype)
    ]
    return {jax.tree_util.keystr(path): array for path, array in arrays}


@cache
def _is_inexact(dtype):
    return jnp.issubdtype(dtype, jnp.inexact)


def preserve(model, side_inputs, **outside):
    """Gives the model: a run does not change a tree."""
    return nullcontext(model)


# ---- what editing needs ----

BATCHED = False


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; its numbers as `draw` makes them.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    chain, outside = build(writing.alone(layer, shape), seed)
    return _each_index(chain.layers[-1], partial(_with_start, **outside)) if outside else chain.layers[-1]


FUNCTIONS = [
    *((getattr(jax.nn, each), Activation(each)) for each in ACTIVATIONS),
    (jnp.tanh, Activation("tanh")),
    (jnp.ravel, Flatten()),
]
KINDS = {
    eqx.nn.Linear: (
        {},
        lambda layer: None if isinstance(layer.in_features, str) else Dense(layer.out_features, layer.bias is not None),
    ),
    eqx.nn.Conv2d: (
        {"stride": [(1, 1)], "dilation": [(1, 1)], "groups": [1], "padding_mode": ["ZEROS"]},
        lambda layer: writing.convolution(layer.out_channels, layer.kernel_size, layer.padding, layer.bias is not None),
    ),
    eqx.nn.BatchNorm: ({"eps": [EPSILON], "channelwise_affine": [True]}, lambda layer: BatchNorm()),
    eqx.nn.LayerNorm: ({"eps": [EPSILON], "use_weight": [True], "use_bias": [True]}, lambda layer: LayerNorm()),
    eqx.nn.Dropout: ({}, lambda layer: writing.dropout(layer.p)),
    eqx.nn.Lambda: ({}, lambda layer: writing.described(layer.fn, {}, FUNCTIONS)),
    Lambda: ({}, lambda layer: writing.described(layer.fn, {}, FUNCTIONS)),
}


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return writing.described(layer, KINDS, FUNCTIONS)


def edit(chain, layers, given, shapes=None, inside=()):
    """(a new chain of `layers`, what a call takes beside x): the state of a new layer joins the one that is there.

    Args:
        chain: stays as it is.
        layers: all that the new one shall hold. A layer that stands twice becomes two, as its tree has it: the second
            keeps a state of its own.
        given: what a call takes beside x; stays as it is.
        shapes: of what reaches each layer, as far as known; needed by styles that keep parameters outside.
        inside: the positions that lead to this chain, if it is part of another; likewise.
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
    is_index = lambda part: isinstance(part, eqx.nn.StateIndex)
    leaves, tree = jax.tree_util.tree_flatten(layer, is_leaf=is_index)
    new = [change(leaf) if is_index(leaf) else leaf for leaf in leaves]
    same = all(one is other for one, other in zip(leaves, new, strict=True))
    return layer if same else jax.tree_util.tree_unflatten(tree, new)


def _markers(layers):
    leaves = jax.tree_util.tree_leaves(list(layers), is_leaf=lambda part: isinstance(part, eqx.nn.StateIndex))
    return {leaf.marker for leaf in leaves if isinstance(leaf, eqx.nn.StateIndex)}


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


def snapshot(chain):
    """What puts the layers back that the chain holds now: nothing to do, a chain of this style does not change."""
    return lambda: None


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    if spec.has(BatchNorm):
        return ", state=state", 'jax.vmap(chain, (0, None), (0, None), "batch")(xs, given["state"])'
    return "", "jax.vmap(chain)(xs)"


SAID = {
    "Sequential": "eqx.nn.Sequential",
    "inside": "{chain}.layers[{i}]",
    "insert": "chain = {kind}([*{chain}.layers[:{i}], {layer}, *{chain}.layers[{i}:]])",
    "replace": "chain = {kind}([*{chain}.layers[:{i}], {layer}, *{chain}.layers[{after}:]])",
    "remove": "chain = {kind}([*{chain}.layers[:{i}], *{chain}.layers[{after}:]])",
    "move on": "chain = {kind}([*{chain}.layers[:{i}], *{chain}.layers[{after}:{behind}], {chain}.layers[{i}], "
    "*{chain}.layers[{behind}:]])",
    "move back": "chain = {kind}([*{chain}.layers[:{to}], {chain}.layers[{i}], *{chain}.layers[{to}:{i}], "
    "*{chain}.layers[{after}:]])",
    "duplicate": "chain = {kind}([*{chain}.layers[:{after}], *{chain}.layers[{i}:]])",
}
"""The line of code of an edit; `inside` is how a chain in a chain is reached."""
