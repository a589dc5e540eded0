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
import numpy as np
from flax import linen as nn
from flax.traverse_util import flatten_dict, unflatten_dict

from seqkit import transport, writing
from seqkit.errors import LayersError, SpecError, TraceError
from seqkit.notes import Takes, explain, function_name, module_name, refuse_classes, wants_a_list
from seqkit.recorder import keep_jax, never
from seqkit.spec import (
    ACTIVATIONS,
    EPSILON,
    Activation,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    LayerNorm,
    draw,
)
from seqkit.walk import Chain, replaced

Layers = Sequence


class Sequential(nn.Module):
    """A chain of layers, each called with what the one before it returned.

    Attributes:
        layers: a list or tuple of modules and functions, one or more.

    Raises:
        LayersError: layers that are not in a list, or a class where an instance belongs.
    """

    layers: Layers[Callable[..., Any]]

    def __new__(cls, *args, **kwargs):
        """Catch layers that were handed over without a list, before they are taken for something else."""
        if len(args) > 1 and not isinstance(args[0], Layers):
            raise wants_a_list(args, name)
        return super().__new__(cls)

    def __post_init__(self):
        """Look at the layers once, when the chain is made."""
        if not isinstance(self.layers, Layers):
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


def slots(chain, variables):
    """For each layer {canonical name: transport.Place(path among the variables, shape)}."""
    found, flat = [], flatten_dict(variables)
    for layer, inside in zip(chain.layers, variable_names(chain.layers), strict=True):
        names = next((names for kind, names in SLOTS.items() if isinstance(layer, kind)), {})
        paths = {
            slot: ("batch_stats" if own in ("mean", "var") else "params", inside, own) for slot, own in names.items()
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

TAKES = ("variables", "key")
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
    return Takes(
        layer.get_variable("params", "kernel").shape[-2], -1, "initialise the chain with an input of this shape"
    )


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
    return {"/".join(path): array for path, array in flatten_dict(variables.get("params", {})).items()}


def preserve(model, side_inputs, variables=None, **outside):
    """Gives the variables: a run does not change a description."""
    return nullcontext(model.variables if variables is None and model.scope is not None else variables or {})


# ---- what editing needs ----

BATCHED = True


def make(layer, shape, seed=0):
    """One layer of this style for `layer`, of a spec, that gets examples of `shape`; `edit` makes its variables.

    Raises:
        SpecError: the layer cannot take that shape.
    """
    return build(writing.alone(layer, shape), seed)[0].layers[-1]


FUNCTIONS = [
    *((getattr(jax.nn, each), Activation(each)) for each in ACTIVATIONS),
    *((getattr(nn, each), Activation(each)) for each in ACTIVATIONS),
    (jnp.tanh, Activation("tanh")),
]
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
        lambda layer: _convolution(layer, layer.kernel_size),
    ),
    nn.BatchNorm: (
        FLOAT32 | SCALED | {"epsilon": [EPSILON], "axis": [-1]},
        lambda layer: BatchNorm(),
    ),
    nn.LayerNorm: (
        FLOAT32 | SCALED | {"epsilon": [EPSILON], "reduction_axes": [-1], "feature_axes": [-1], "axis_name": [None]},
        lambda layer: LayerNorm(),
    ),
    nn.Dropout: ({}, lambda layer: writing.dropout(layer.rate)),
}


def _convolution(layer, sizes):
    if not isinstance(sizes, tuple | list) or len(sizes) != 2:
        return None
    return writing.convolution(layer.features, sizes, layer.padding, layer.use_bias)


def describe(layer):
    """The layer of a spec that `layer` is, None where a spec has no word for it."""
    return Flatten() if writing.is_flatten(layer) else writing.described(layer, KINDS, FUNCTIONS)


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


def variable_names(layers):
    """The name under which Linen keeps the variables of each layer of a chain: a shared one has its first place's."""
    first = {}
    for i, layer in enumerate(layers):
        first.setdefault(id(layer), f"layers_{i}")
    return [first[id(layer)] for layer in layers]


def _kept(chain, layers, flat, path):
    """({(collection, new name, …): array} of the layers that stay, {path: array} of all that is not in this chain)."""
    before = dict(zip(variable_names(chain.layers), map(id, chain.layers), strict=True))
    after = dict(zip(map(id, layers), variable_names(layers), strict=True))
    kept, rest, depth = {}, {}, len(path) + 1
    for key, array in flat.items():
        own = key[depth] if key[1:depth] == path and len(key) > depth else None
        if own not in before:
            rest[key] = array
        elif before[own] in after:
            kept[(key[0], after[before[own]], *key[depth + 1 :])] = array
    return kept, rest


BESIDE = ("variables", "key", "rngs", "mutable", "method", "state")
"""What a call takes beside x that does not go to the first layer."""


def _drawn(chain, layers, known, shapes, given, seed):
    """{(collection, name, …): array} of the modules that have no variables yet and whose input can be known."""
    names, found, x = variable_names(layers), {}, None
    lacking = [i for i, layer in enumerate(layers) if names[i] not in known and _wants(layer, chain.layers)]
    shapes += [None] * (len(layers) + 1 - len(shapes))
    side_inputs = {name: value for name, value in given.items() if name not in BESIDE}
    for i, layer in enumerate(layers[: lacking[-1] + 1] if lacking else ()):
        x = x if shapes[i] is None else jax.ShapeDtypeStruct(shapes[i], jnp.float32)
        if x is not None and (i in lacking or shapes[i + 1] is None):
            x, variables = _outcome(layer, x, {} if i else side_inputs)
            if i in lacking and names[i] not in known:
                flat = flatten_dict(variables)
                found |= {(kind, names[i], *own): array for (kind, *own), array in flat.items()}
    return _numbers(found, seed)


def _wants(layer, before):
    new = not any(layer is old for old in before)
    return is_module(layer) and (new or isinstance(describe(layer), Dense | Conv2D | BatchNorm | LayerNorm))


def _outcome(layer, x, side_inputs):
    """(what comes out, the layer's variables), as shapes; (None, {}) if it cannot take `x`."""
    keys = dict.fromkeys(("params", "dropout"), jax.random.key(0))

    def call(x):
        args, kwargs = (x if isinstance(x, tuple) else (x,)), side_inputs
        if isinstance(x, dict):
            args, kwargs = (), x
        if is_module(layer):
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


def snapshot(chain):
    """What puts the layers back that the chain holds now: nothing to do, a chain of this style does not change."""
    return lambda: None


def loading(spec):
    """(keywords of `load`, a call of what it gives), as code, for the chain that `write(spec)` makes."""
    return ", variables=variables", 'chain.apply(given["variables"], x)'


SAID = {
    "Sequential": "nn.Sequential",
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
