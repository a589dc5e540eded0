"""Equinox: an immutable tree; the parameters live inside.

A layer is called with one value, for one example, and with `key`. A stateful layer gets the state too and returns a
new one. Nothing changes in place: `jax.vmap` makes a batch of it, `eqx.tree_at` another chain.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, partial
from operator import attrgetter
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from seqkit import transport, writing
from seqkit.errors import SpecError
from seqkit.notes import Takes, explain, function_name, module_name, own, refuse_classes, wants_a_list
from seqkit.recorder import keep_jax, never, own_arrays
from seqkit.signatures import ANY, keywords
from seqkit.spec import BatchNorm, Flatten, draw
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

LAYOUT = transport.Layout(channels_first=True, outputs_first=True, batched=False)
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
    layers = len(writing.lines(spec, LINES))

    def make():
        keys = jax.random.split(jax.random.key(seed), layers)
        return Sequential(writing.made(spec, LINES, {"eqx": eqx, "jax": jax, "jnp": jnp, "keys": keys}))

    if spec.has(BatchNorm):
        chain, state = eqx.nn.make_with_state(make)()
        return load(chain, draw(spec, seed), state=state)
    return load(eqx.filter_eval_shape(make), draw(spec, seed))  # shapes alone: what Equinox would draw is not used


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
    names = transport.names_of(layer, SLOTS)
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

OUTSIDE = ("state", "key")
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
    if isinstance(layer, eqx.nn.Linear) and layer.in_features != "scalar":
        size = layer.weight.shape[1]  # of an array put in by hand: it need not be what the layer was made for
        return Takes(size, -1, "give {this} in_features={got}" if size == layer.in_features else "", one=True)
    if isinstance(layer, eqx.nn.Conv2d):
        return Takes(layer.in_channels, -3, "give {this} in_channels={got}", one=True)
    return None


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
    leaves = [(path, leaf) for path, leaf in jax.tree_util.tree_leaves_with_path(model) if _is_trained(leaf)]
    return own_arrays({jax.tree_util.keystr(path): (path, array) for path, array in leaves})


def _is_trained(leaf):
    return hasattr(leaf, "shape") and hasattr(leaf, "dtype") and _is_inexact(leaf.dtype)


@cache
def _is_inexact(dtype):
    return jnp.issubdtype(dtype, jnp.inexact)


def preserve(model, side_inputs, **outside):
    """Gives the model: a run does not change a tree."""
    return nullcontext(model)
