"""Flax NNX: an object graph; references and state.

A layer is a module or any function. Keywords reach the first layer only, `rngs` every layer that names it; a tuple goes
on as several arguments, a dict as keywords.
"""

from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
from flax import nnx

from seqkit import transport, writing
from seqkit.notes import Takes, explain, function_name, module_name, refuse_classes, wants_no_list
from seqkit.recorder import keep_jax, never, own_arrays
from seqkit.signatures import keywords
from seqkit.spec import draw
from seqkit.walk import find_chains, replaced, walk


class List(nnx.List):
    """The layers of a chain: an edit is made whole, or it raises and nothing has changed."""

    def insert(self, index, value):
        """Put a layer before `index`."""
        layers = list(self)
        layers.insert(index, value)
        self._put(layers)

    def __setitem__(self, index, value):
        layers = list(self)
        layers[index] = value
        self._put(layers)

    def __delitem__(self, index):
        layers = list(self)
        del layers[index]
        self._put(layers)

    def reverse(self):
        """Turn the order round."""
        self._put(list(self)[::-1])

    def _put(self, layers):
        """NNX fixes for each place whether it holds data: so the places are emptied first, then filled anew."""
        checked = nnx.List(layers)  # raises for what cannot be a layer, before anything is touched
        while len(self):
            super().__delitem__(len(self) - 1)
        for layer in checked:
            super().append(layer)


class Sequential(nnx.Module):
    """A chain of layers, each called with what the one before it returned.

    Args:
        *fns: modules and functions; none for an empty chain, which returns its input.

    Raises:
        LayersError: layers in a list, or a class where an instance belongs.
    """

    def __init__(self, *fns):
        for layer in fns:
            if isinstance(layer, list | tuple | nnx.List) and not callable(layer):
                raise wants_no_list(layer, name)
        refuse_classes(fns, nnx.Module)
        self.layers = List(fns)

    def __call__(self, *args, rngs=None, **kwargs):
        """Run the chain on `args`; keywords go to the first layer, `rngs` to every layer that names it.

        Raises:
            Whatever a layer raises, with a note that names the layer and what it got.
        """
        layers = list(self.layers)
        output = (args if len(args) > 1 else args[0]) if args else (kwargs or None)
        for i, layer in enumerate(layers):
            try:
                if rngs is not None and "rngs" in keywords(layer, isinstance(layer, nnx.Module)):
                    kwargs = {**kwargs, "rngs": rngs}
                output = layer(*args, **kwargs)
            except Exception as error:
                explain(error, i, layers, args or (kwargs,), name, takes)
                raise
            if isinstance(output, tuple):
                args, kwargs = output, {}
            elif isinstance(output, dict):
                args, kwargs = (), output
            else:
                args, kwargs = (output,), {}
        return output

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        return iter(self.layers)

    def __getitem__(self, index):
        """A layer; or, for a slice, a chain that shares its layers."""
        return type(self)(*list(self.layers)[index]) if isinstance(index, slice) else self.layers[index]


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=False, outputs_first=False)
LINES = {
    "Dense": "nnx.Linear({n}, {features}{bias}, rngs=rngs)",
    "Conv2D": 'nnx.Conv({n}, {features}, ({size}, {size}), padding="{PADDING}"{bias}, rngs=rngs)',
    "BatchNorm": "nnx.BatchNorm({n}, epsilon={eps}, rngs=rngs)",
    "LayerNorm": "nnx.LayerNorm({n}, epsilon={eps}, rngs=rngs)",
    "Dropout": "nnx.Dropout({rate}, rngs=rngs)",
    "Flatten": "flatten",
    "Activation": "nnx.{name}",
    "no bias": ", use_bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain`."""
    chain = f"rngs = nnx.Rngs(0)\nchain = nnx.Sequential(\n{writing.body(spec, LINES)})\nchain.eval()\n"
    return f"from flax import nnx\n\n{writing.flatten_code(spec)}{chain}# chain(x)\n"


def _zeros(key, shape, dtype, **kwargs):
    return jnp.asarray(np.zeros(shape, dtype))


_UNDRAWN = SimpleNamespace(
    **vars(nnx) | {kind.__name__: partial(kind, kernel_init=_zeros) for kind in (nnx.Linear, nnx.Conv)}
)
"""NNX, but that a kernel begins as zeros: `build` loads numbers of its own, and to draw in vain costs a second of compiling."""


def build(spec, seed=0):
    """(chain, nothing beside it), with the initial parameters of `draw(spec, seed)`. Images: channels last."""
    names = {"nnx": _UNDRAWN, "rngs": nnx.Rngs(seed), "flatten": writing.flatten}
    chain = Sequential(*writing.made(spec, LINES, names))
    chain.eval()
    return load(chain, draw(spec, seed))


SLOTS = {
    nnx.Linear: {"weight": "kernel", "bias": "bias"},
    nnx.Conv: {"kernel": "kernel", "bias": "bias"},
    nnx.BatchNorm: {"scale": "scale", "bias": "bias", "mean": "mean", "variance": "var"},
    nnx.LayerNorm: {"scale": "scale", "bias": "bias"},
}


def slots(chain):
    """For each layer {canonical name: variable}."""
    return [transport.attributes(layer, SLOTS) for layer in chain.layers]


def parameters(chain, spec=None):
    """The canonical parameters of a chain; `spec` is needed where the chain flattens an image."""
    values = [{slot: variable[...] for slot, variable in layer.items()} for layer in slots(chain)]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical):
    """Assign canonical parameters to the chain's variables. Returns (chain, nothing beside it).

    Raises:
        SpecError: they do not fit; nothing was assigned.
    """
    for variable, value in transport.fit(slots(chain), LAYOUT, canonical):
        variable[...] = jnp.asarray(value)
    return chain, {}


# ---- what `trace` needs ----

OUTSIDE = ("key",)
SHARES = True
keep, symbolic = keep_jax, never


def name(layer):
    """The short name of a layer."""
    if not is_module(layer):
        return function_name(layer)
    return module_name(layer, "in_features", "out_features", "rate")


def takes(layer):
    """How many values along which axis a layer takes, where it can be known."""
    if not isinstance(layer, nnx.Linear | nnx.Conv):
        return None
    return Takes(layer.in_features, -1, "give {this} in_features={got}")


def is_module(layer):
    """Whether a layer is a module of this framework."""
    return isinstance(layer, nnx.Module)


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    layers = vars(thing).get("layers") if is_module(thing) else None
    if not isinstance(layers, list | tuple | nnx.List) or not all(map(callable, layers)):
        return None
    return list(layers), "layers", partial(replaced, thing, "layers")


def join(path, key, part):
    """The path of a part, as NNX names variables: `layers/0/kernel`."""
    return f"{path}/{key[0] if isinstance(key, tuple) else key}".strip("/")


def watch(recorder, model, key=None):
    """The recorder around every layer of every chain in the model."""
    return recorder.watch(find_chains(model, layers_of, is_module, join), is_module)


def run(model, x, side_inputs, key=None):
    """The plain call; a key becomes the `rngs` that every layer that names them gets."""
    return model(x, **({} if key is None else {"rngs": nnx.Rngs(key)}), **side_inputs)


def named_parameters(variables):
    """{NNX's path: array} of everything that training changes, shared layers once."""
    return own_arrays({path: (var, var[...]) for path, var in variables.items() if isinstance(var, nnx.Param)})


@contextmanager
def preserve(model, side_inputs, **outside):
    """Yields the model's variables by path; they, and the `rngs` of the call, are afterwards as they were before."""
    named, handed = _variables(model), _variables(list(side_inputs.values()))
    before = [(variable, variable.get_value()) for variable in (*named.values(), *handed.values())]
    try:
        yield named
    finally:
        for variable, value in before:
            if variable.get_value() is not value:
                variable.set_value(value)


def _variables(thing):
    """{path: variable}, each once. NNX's own walk gives the same, and is many times slower."""
    found = walk(thing, lambda part: isinstance(part, dict | list | tuple | nnx.Pytree | nnx.Variable), join)
    return {path: part for path, part in found if isinstance(part, nnx.Variable)}
