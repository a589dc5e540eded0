"""Flax Linen: a description; the parameters live outside.

A layer is a module or any function. Keywords reach the first layer only; a tuple goes on as several arguments, a dict
as keywords. The chain itself keeps nothing: `init` makes the variables, `apply` takes them.
"""

from collections.abc import Callable, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from flax.traverse_util import flatten_dict, unflatten_dict

from seqkit import transport, writing
from seqkit.errors import LayersError, TraceError
from seqkit.notes import Takes, explain, function_name, module_name, refuse_classes, wants_a_list
from seqkit.recorder import keep_jax, never, own_arrays
from seqkit.spec import draw
from seqkit.walk import Chain, replaced


class Sequential(nn.Module):
    """A chain of layers, each called with what the one before it returned.

    Attributes:
        layers: a list or tuple of modules and functions, one or more.

    Raises:
        LayersError: layers that are not in a list, or a class where an instance belongs.
    """

    layers: Sequence[Callable[..., Any]]

    def __new__(cls, *args, **kwargs):
        """Catch layers that were handed over without a list, before they are taken for something else."""
        if len(args) > 1 and not isinstance(args[0], Sequence):
            raise wants_a_list(args, name)
        return super().__new__(cls)

    def __post_init__(self):
        """Look at the layers once, when the chain is made."""
        if not isinstance(self.layers, Sequence):
            wrap = f"[{name(self.layers)}]" if callable(self.layers) else "list(…)"
            said = f"Sequential takes a list of layers and got a value of type {type(self.layers).__name__}."
            raise LayersError(f"{said} Write Sequential({wrap}).")
        refuse_classes(self.layers, nn.Module)
        super().__post_init__()

    @nn.compact
    def __call__(self, *args, **kwargs):
        """Run the chain on `args`; keywords go to the first layer.

        Raises:
            ValueError: the chain is empty.
            Whatever a layer raises, with a note that names the layer and what it got.
        """
        if not self.layers:
            raise ValueError("Empty Sequential module: Linen's chain needs a layer. Write Sequential([lambda x: x]).")
        output = None
        for i, layer in enumerate(self.layers):
            try:
                if not i:
                    output = layer(*args, **kwargs)
                elif isinstance(output, tuple):
                    output = layer(*output)
                else:
                    output = layer(**output) if isinstance(output, dict) else layer(output)
            except Exception as error:
                inputs = (args or (kwargs,)) if not i else output if isinstance(output, tuple) else (output,)
                explain(error, i, self.layers, inputs, name, takes)
                raise
        return output

    @nn.nowrap
    def __len__(self):
        return len(self.layers)

    @nn.nowrap
    def __iter__(self):
        return iter(self.layers)

    @nn.nowrap
    def __getitem__(self, index):
        """A layer; or, for a slice, a chain of the same layers: of a bound chain it shares the parameters."""
        if not isinstance(index, slice):
            return self.layers[index]
        return type(self)(self.layers[index], parent=self.scope)


# ---- a chain as a spec: as code, as a chain, as numbers ----

LAYOUT = transport.Layout(channels_first=False, outputs_first=False)
LINES = {
    "Dense": "nn.Dense({features}{bias})",
    "Conv2D": 'nn.Conv({features}, ({size}, {size}), padding="{PADDING}"{bias})',
    "BatchNorm": "nn.BatchNorm(use_running_average=True, epsilon={eps})",
    "LayerNorm": "nn.LayerNorm(epsilon={eps})",
    "Dropout": "nn.Dropout({rate}, deterministic=True)",
    "Flatten": "flatten",
    "Activation": "nn.{name}",
    "no bias": ", use_bias=False",
}


def write(spec):
    """The code that a person would write for this chain: it makes `chain` and `variables`."""
    chain = f"chain = nn.Sequential([\n{writing.body(spec, LINES)}])\n"
    init = f"variables = chain.init(jax.random.key(0), jnp.ones({(1, *spec.input)}))\n"
    imports = "import jax\nimport jax.numpy as jnp\nfrom flax import linen as nn\n\n"
    return f"{imports}{writing.flatten_code(spec)}{chain}{init}# chain.apply(variables, x)\n"


def build(spec, seed=0):
    """(chain, {"variables": …}), with the initial parameters of `draw(spec, seed)`. Images: channels last."""
    chain = Sequential(writing.made(spec, LINES, {"nn": nn, "flatten": writing.flatten}))
    variables = jax.eval_shape(chain.init, jax.random.key(0), jnp.ones((1, *spec.input)))
    return load(chain, draw(spec, seed), variables=variables)


SLOTS = {
    nn.Dense: {"weight": "kernel", "bias": "bias"},
    nn.Conv: {"kernel": "kernel", "bias": "bias"},
    nn.BatchNorm: {"scale": "scale", "bias": "bias", "mean": "mean", "variance": "var"},
    nn.LayerNorm: {"scale": "scale", "bias": "bias"},
}


def variable_names(layers):
    """The name under which Linen keeps the variables of each layer of a chain: a shared one has its first place's."""
    first = {}
    for i, layer in enumerate(layers):
        first.setdefault(id(layer), f"layers_{i}")
    return [first[id(layer)] for layer in layers]


def slots(chain, variables):
    """For each layer {canonical name: transport.Place(path among the variables, shape)}."""
    found, flat = [], flatten_dict(variables)
    for layer, inside in zip(chain.layers, variable_names(chain.layers), strict=True):
        paths = {
            slot: ("batch_stats" if own in ("mean", "var") else "params", inside, own)
            for slot, own in transport.names_of(layer, SLOTS).items()
        }
        found.append({slot: transport.Place(path, flat[path].shape) for slot, path in paths.items() if path in flat})
    return found


def parameters(chain, spec=None, *, variables):
    """The canonical parameters of a chain that is no part of another; `spec` is needed where it flattens an image."""
    flat = flatten_dict(variables)
    values = [{slot: flat[place.where] for slot, place in layer.items()} for layer in slots(chain, variables)]
    return transport.read(values, LAYOUT, spec)


def load(chain, canonical, *, variables):
    """(chain, {"variables": …}): new variables that hold canonical parameters; the old ones stay as they are.

    Raises:
        SpecError: they do not fit.
    """
    new = transport.fit(slots(chain, variables), LAYOUT, canonical)
    flat = flatten_dict(variables) | {place.where: jnp.asarray(value) for place, value in new}
    return chain, {"variables": unflatten_dict(flat)}


# ---- what `trace` needs ----

OUTSIDE = ("variables", "key")
SHARES = True
keep, symbolic = keep_jax, never


def name(layer):
    """The short name of a layer."""
    if not is_module(layer):
        return function_name(layer)
    return module_name(layer, "features", "rate")


def takes(layer):
    """How many values along which axis a layer takes: its kernel knows, once there is one."""
    if not isinstance(layer, nn.Dense | nn.Conv) or layer.scope is None or not layer.has_variable("params", "kernel"):
        return None
    size = layer.get_variable("params", "kernel").shape[-2] * getattr(layer, "feature_group_count", 1)
    return Takes(size, -1, "initialise the chain with an input of this shape")


def is_module(layer):
    """Whether a layer is a module of this framework."""
    return isinstance(layer, nn.Module)


def layers_of(thing):
    """The layers of a chain, where it holds them, and what puts others there; None for anything else."""
    layers = vars(thing).get("layers") if is_module(thing) else None
    if not isinstance(layers, list | tuple) or not all(map(callable, layers)):
        return None
    return list(layers), "layers", partial(replaced, thing, "layers")


@contextmanager
def watch(recorder, model, **outside):
    """The recorder around every layer of every chain that runs: Linen binds them while it runs, and tells of each call."""

    def intercept(call, args, kwargs, context):
        module = context.module
        if context.method_name != "__call__":
            return call(*args, **kwargs)
        index, run, kind = recorder.place(module), call, "module"
        if layers_of(module):
            run, kind = partial(_run_chain, recorder, module, call), "chain"
        return run(*args, **kwargs) if index is None else recorder.call(index, module, kind, run, args, kwargs)

    with nn.intercept_methods(intercept):
        yield


def _run_chain(recorder, module, call, *args, **kwargs):
    layers, _, replace = layers_of(module)
    path = "/".join(module.path)
    inside = f"{path}/layers" if path else "layers"
    paths = ["/".join(layer.path) if is_module(layer) else f"{inside}_{i}" for i, layer in enumerate(layers)]
    chain = Chain(path, module, layers, paths, replace)
    undo = replace(recorder.around_functions(chain, is_module))
    try:
        with recorder.running(chain):
            return call(*args, **kwargs)
    finally:
        undo()


def run(model, x, side_inputs, variables=None, key=None):
    """The plain call: of a bound chain, or `apply` with the variables."""
    if model.scope is not None and (variables is not None or key is not None):
        raise TraceError(
            "trace got a bound Linen chain, and variables= or key= beside it, which it would not use. Leave them out, or hand "
            "over the chain that is not bound."
        )
    if model.scope is not None:
        return model(x, **side_inputs)
    if variables is None:
        raise TraceError(
            f"trace got a Linen {type(model).__name__} without variables: it is a description, its parameters live "
            "outside. Make them with variables = chain.init(key, x), then trace(chain, x, variables=variables)."
        )
    rngs = {} if key is None else {"rngs": {"dropout": key}}
    return model.apply(variables, x, **(rngs | side_inputs))


def named_parameters(variables):
    """{Linen's path: array} of everything that training changes."""
    params = flatten_dict(variables.get("params", {}))
    return own_arrays({"/".join(path): (path, array) for path, array in params.items()})


def preserve(model, side_inputs, variables=None, **outside):
    """Gives the variables: a run does not change a description."""
    return nullcontext(model.variables if variables is None and model.scope is not None else variables or {})
