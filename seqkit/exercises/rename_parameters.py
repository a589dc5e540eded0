"""`rename_parameters(params)`: from the names inside a compact module to those of a chain of its own."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen as nn

from seqkit import draws
from seqkit.exercise import Exercise

page = Exercise(
    "rename_parameters",
    number=18,
    lesson="06_explicit_or_chain",
    points=15,
    statement="""
A chain of Dense layers with an activation function between each two, built inside a `@nn.compact` module, has the
parameters `Dense_0`, `Dense_1`, `Dense_2`, … The same chain as a model of its own has `layers_0`, `layers_2`,
`layers_4`, …: there the number is the place in the chain, and the functions take places too.

Write `rename_parameters(params)`: from what `init` of the module returned, the dict that the chain of its own takes,
so that both give the same output. The outer level `'params'` stays. What is inside a layer, a kernel and perhaps a
bias, goes along untouched. `params` itself keeps its names.

The layers may stand in any order in the dict, and there may be more than ten: what counts is the number in the name.
(JAX sorts the keys of a dict as text, `Dense_10` before `Dense_2`.)

    >>> rename_parameters({"params": {"Dense_1": {"bias": jnp.array([1, 2])}}})
    {'params': {'layers_2': {'bias': Array([1, 2], dtype=int32)}}}
""",
    hints=(
        "Between Dense_0 and Dense_1 stands one function: at which place of the chain is Dense_1, and at which Dense_2?",
        'Take the number out of the name, `int(name.split("_")[1])`, and twice that number is the place.',
        'return {"params": {f"layers_{2 * int(name.split("_")[1])}": layer for name, layer in params["params"].items()}}',
    ),
)


@page.answer
def rename_parameters(params):
    """{'params': {'Dense_i': …}} → {'params': {'layers_2i': …}}."""
    renamed = {}
    for name, layer in params["params"].items():
        number = int(name.removeprefix("Dense_"))
        renamed[f"layers_{2 * number}"] = layer
    return {"params": renamed}


def dense(n_in, n_out, seed, bias=True):
    """Parameters of a Dense layer between -1 and 1."""
    rng = np.random.default_rng(seed)
    kernel = jnp.asarray(rng.uniform(-1, 1, (n_in, n_out)), jnp.float32)
    return {"kernel": kernel} | ({"bias": jnp.asarray(rng.uniform(-1, 1, n_out), jnp.float32)} if bias else {})


def layers(numbers, more=""):
    """A draw: the parameters of Dense layers with these numbers, in this order, each from a seed of its own."""

    def draw(rng, size):
        seeds = rng.integers(1, 10**4, len(numbers)).tolist()
        code = [f'"Dense_{i}": dense(3, 5, seed={seed}{more})' for i, seed in zip(numbers, seeds, strict=True)]
        return f'{{"params": {{{", ".join(code)}}}}}'

    return draw


def many_layers(rng, size):
    """A draw: twelve layers, in the order in which JAX sorts their names."""
    code = "for i in [0, 1, 10, 11, *range(2, 10)]"
    return f'{{"params": {{f"Dense_{{i}}": dense(3, 5, seed={rng.integers(1, 10**4)} + i) {code}}}}}'


@page.probe(exact=True, params=layers([0]))
def one_layer(rename_parameters, params):
    """The first Dense of a chain stands at place 0: layers_0."""
    return rename_parameters(params)


@page.probe(exact=True, params=layers([0, 1]))
def two_layers(rename_parameters, params):
    """The number of a name is the place in the chain, where each function takes a place: Dense_1 stands at place 2."""
    return rename_parameters(params)


@page.probe(exact=True, params=layers([2, 0, 1]))
def any_order(rename_parameters, params):
    """The number in the name decides, not where the layer stands in the dict."""
    return rename_parameters(params)


@page.probe(exact=True, params=many_layers)
def twelve_layers(rename_parameters, params):
    """A number may have two digits: Dense_11 becomes layers_22."""
    return rename_parameters(params)


@page.probe(exact=True, params=layers([0, 1], more=", bias=False"))
def layers_without_a_bias(rename_parameters, params):
    """Whatever is inside a layer goes along as it is; a layer need not have a bias."""
    return rename_parameters(params)


@page.probe(params=layers([0, 1]))
def what_was_handed_in(rename_parameters, params):
    """The dict that was handed in keeps its names: whoever has it still needs it for the module."""
    renamed = rename_parameters(params)
    return {"names returned": sorted(renamed["params"]), "names handed in": sorted(params["params"])}


class Inside(nn.Module):
    """A chain inside a compact module."""

    @nn.compact
    def __call__(self, x):
        return nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(8)])(x)


@page.probe(seed=draws.seed(), x=draws.array(3))
def the_same_output(rename_parameters, seed, x):
    """The renamed parameters make a chain of its own give what the module gives."""
    alone = nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(8)])
    params = Inside().init(jax.random.PRNGKey(seed), x)
    return {"inside": Inside().apply(params, x), "alone": alone.apply(rename_parameters(params), x)}


@page.mistake("Dense_1 became layers_1. Functions take places in a chain: twice the number of the Dense is its place.")
def no_gaps(params):
    return {"params": {name.replace("Dense", "layers"): layer for name, layer in params["params"].items()}}


@page.mistake("The outer level is missing. Wrap the renamed layers: {'params': renamed}.")
def no_outer_level(params):
    return rename_parameters(params)["params"]


@page.mistake("It looks for layers on the outer level. They stand one level further in: params['params'].")
def looks_on_the_outer_level(params):
    return {f"layers_{2 * int(name.split('_')[1])}": layer for name, layer in params.items()}


@page.mistake(
    "The layers were counted in the order of the dict. The number in the name decides: int(name.split('_')[1])."
)
def counts_in_the_order_of_the_dict(params):
    return {"params": {f"layers_{2 * i}": layer for i, layer in enumerate(params["params"].values())}}


@page.mistake(
    "The names were sorted as text, and there Dense_10 comes before Dense_2. Take the number out of the name."
)
def sorts_as_text(params):
    names = enumerate(sorted(params["params"]))
    return {"params": {f"layers_{2 * i}": params["params"][name] for i, name in names}}


@page.mistake("Only the last digit of the name was read, so Dense_10 became layers_0. Split the name at the _.")
def reads_the_last_digit(params):
    return {"params": {f"layers_{2 * int(name[-1])}": layer for name, layer in params["params"].items()}}


@page.mistake("It renames inside the dict that was handed in, so the module cannot use it any more. Fill a new dict.")
def renames_in_place(params):
    inner = params["params"]
    for name in list(inner):
        inner[f"layers_{2 * int(name.split('_')[1])}"] = inner.pop(name)
    return params


@page.mistake("It takes a 'bias' for granted, and a layer may have none. Hand the layer's dict on as it is.")
def takes_a_bias_for_granted(params):
    renamed = {}
    for name, layer in params["params"].items():
        place = 2 * int(name.split("_")[1])
        renamed[f"layers_{place}"] = {"kernel": layer["kernel"], "bias": layer["bias"]}
    return {"params": renamed}


@page.mistake("The places begin at 1. A chain counts from 0, and Dense_0 is its first layer: layers_0.")
def begins_at_one(params):
    return {"params": {f"layers_{2 * int(name[6:]) + 1}": layer for name, layer in params["params"].items()}}


@page.mistake("The number is still a text, and of a text 2 * '1' makes '11'. Make it a number first: 2 * int(…).")
def doubles_a_text(params):
    return {"params": {f"layers_{2 * name.split('_')[1]}": layer for name, layer in params["params"].items()}}
