"""`to_linen(chain)`: the parameters of an Objax chain, as Linen's chain takes them."""

import jax.numpy as jnp
import objax
from flax import linen as nn
from objax.functional import relu  # noqa: F401 - drawn chains name it

from seqkit import draws
from seqkit.exercise import Exercise
from seqkit.probing.objax import linear  # noqa: F401 - likewise

page = Exercise(
    "to_linen",
    number=33,
    lesson="10_one_chain_six_ways",
    points=15,
    statement="""
Write `to_linen(chain)`. `chain` is an `objax.nn.Sequential` of `objax.nn.Linear` layers and functions, in any mix,
with one `Linear` at least. Return its parameters as the dict that the same chain in Flax takes, so that
`nn.Sequential([nn.Dense(…), nn.relu, …]).apply(to_linen(chain), x)` gives what `chain(x)` gives.

The dict has what `init` would return: an outer level `'params'`, and for each `Linear` an entry `layers_` and its
place in the chain, functions counted. A `Linear` keeps its weight in `w` and its bias in `b`, both of them variables
with the array in `.value`; `nn.Dense` calls the two arrays `'kernel'` and `'bias'`. In both frameworks the weight has
the shape (inputs, outputs). A `Linear` made with `use_bias=False` has `None` for `b`, and gets no `'bias'`; a function
gets no entry at all. The chain stays as it is.

    >>> params = to_linen(objax.nn.Sequential([jnp.abs, objax.nn.Linear(3, 5, use_bias=False)]))["params"]
    >>> params["layers_1"]["kernel"].shape
    (3, 5)
""",
    hints=(
        "Which layers of the chain have parameters, and at which places do they stand?",
        "Walk with enumerate, and pass over what is no objax.nn.Linear; the values are in layer.w.value and layer.b.value.",
        'layers[f"layers_{i}"] = {"kernel": layer.w.value}, and "bias": layer.b.value unless layer.b is None',
    ),
)


@page.answer
def to_linen(chain):
    """Objax chain → {'params': {'layers_i': {'kernel', 'bias'}}}."""
    layers = {}
    for i, layer in enumerate(chain):
        if isinstance(layer, objax.nn.Linear):
            layers[f"layers_{i}"] = {"kernel": layer.w.value}
            if layer.b is not None:
                layers[f"layers_{i}"]["bias"] = layer.b.value
    return {"params": layers}


def chain_of(*layers):
    """A draw: an Objax chain of these layers, where SEED stands for a seed of its own in each."""

    def draw(rng, size):
        seeds = iter(rng.permutation(range(1, 1000)).tolist())
        made = (layer.replace("SEED", f"seed={next(seeds)}") for layer in layers)
        return f"objax.nn.Sequential([{', '.join(made)}])"

    return draw


NARROW, WIDE = "linear(3, 5, SEED)", "linear(5, 8, SEED)"
BARE = "linear(5, 8, SEED, use_bias=False)"


@page.probe(chain=chain_of(NARROW))
def one_layer(to_linen, chain):
    """The weight is Dense's kernel, of the same shape, and the bias is its bias: the arrays, no variables."""
    return to_linen(chain)


@page.probe(chain=chain_of(NARROW, "relu", WIDE))
def a_function_between(to_linen, chain):
    """The number in a name is the place in the chain, and a function takes a place without having an entry."""
    return to_linen(chain)


@page.probe(chain=chain_of(NARROW, WIDE, "relu", "linear(8, 5, SEED)", "jnp.tanh", "jnp.abs"))
def any_mix(to_linen, chain):
    """Linear layers may follow each other, and functions too: the place of each layer is what counts."""
    return to_linen(chain)


@page.probe(chain=chain_of("jnp.tanh", NARROW, "relu", BARE))
def without_a_bias(to_linen, chain):
    """A Linear without bias gets a kernel and nothing else."""
    return to_linen(chain)


@page.probe(chain=chain_of(NARROW, "relu", BARE), x=draws.array(3))
def the_same_output(to_linen, chain, x):
    """Flax's chain of the same layers, given these parameters, puts out what the Objax chain puts out."""
    flax_chain = nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(8, use_bias=False)])
    return {"objax": chain(x), "flax": flax_chain.apply(to_linen(chain), x)}


@page.probe(chain=chain_of(NARROW, "relu", WIDE), x=draws.array(3))
def the_chain_afterwards(to_linen, chain, x):
    """The chain that was handed in stays as it is: it has its layers and its values."""
    to_linen(chain)
    return {"layers": len(chain), "output": chain(x)}


@page.mistake("The kernels are transposed. Objax and Flax both multiply x @ w: the weight keeps its shape.")
def transposes(chain):
    layers = to_linen(chain)["params"]
    return {"params": {name: layer | {"kernel": layer["kernel"].T} for name, layer in layers.items()}}


@page.mistake(
    "The Linear layers are numbered 0, 1, 2. A function takes a place as well: count every layer of the chain."
)
def numbers_the_linears(chain):
    layers = to_linen(chain)["params"].values()
    return {"params": {f"layers_{i}": layer for i, layer in enumerate(layers)}}


@page.mistake(
    "It takes every second place for granted. Layers may stand anywhere: take the number from enumerate(chain)."
)
def every_second_place(chain):
    layers = to_linen(chain)["params"].values()
    return {"params": {f"layers_{2 * i}": layer for i, layer in enumerate(layers)}}


@page.mistake("The outer level is missing. What Flax takes is {'params': {…}}, with the layers inside.")
def no_outer_level(chain):
    return to_linen(chain)["params"]


@page.mistake("The names are those of Objax, w and b. nn.Dense looks for 'kernel' and 'bias'.")
def names_of_objax(chain):
    layers, names = to_linen(chain)["params"], {"kernel": "w", "bias": "b"}
    return {"params": {name: {names[own]: value for own, value in layer.items()} for name, layer in layers.items()}}


@page.mistake("The dict holds variables of Objax. Flax takes the arrays in them: layer.w.value, layer.b.value.")
def keeps_variables(chain):
    layers = {}
    for i, layer in enumerate(chain):
        if isinstance(layer, objax.nn.Linear):
            layers[f"layers_{i}"] = {"kernel": layer.w} | ({"bias": layer.b} if layer.b is not None else {})
    return {"params": layers}


@page.mistake(
    "A Linear made with use_bias=False has None for b, and None has no value. Ask first: layer.b is not None."
)
def takes_a_bias_for_granted(chain):
    linears = [(i, layer) for i, layer in enumerate(chain) if isinstance(layer, objax.nn.Linear)]
    return {"params": {f"layers_{i}": {"kernel": layer.w.value, "bias": layer.b.value} for i, layer in linears}}


@page.mistake("A layer without bias got a bias of zeros. Dense(use_bias=False) has none: leave the entry out.")
def zeros_for_no_bias(chain):
    layers = to_linen(chain)["params"].items()
    return {"params": {name: {"bias": jnp.zeros(layer["kernel"].shape[1])} | layer for name, layer in layers}}


@page.mistake("Functions have entries of their own. A function has no parameters, so Flax has no entry for it.")
def entries_for_functions(chain):
    layers = to_linen(chain)["params"]
    return {"params": {f"layers_{i}": layers.get(f"layers_{i}", {}) for i in range(len(chain))}}


@page.mistake("It asks every layer for its `w`, and a function has none. Pass over what is no objax.nn.Linear.")
def asks_functions_for_weights(chain):
    layers = {}
    for i, layer in enumerate(chain):
        layers[f"layers_{i}"] = {"kernel": layer.w.value} | ({"bias": layer.b.value} if layer.b is not None else {})
    return {"params": layers}


@page.mistake("The layers were taken out of the chain. Walk along it without pop: whoever handed it in still runs it.")
def empties_the_chain(chain):
    made, i = {}, 0
    while chain:
        layer = chain.pop(0)
        if isinstance(layer, objax.nn.Linear):
            made[f"layers_{i}"] = {"kernel": layer.w.value} | ({"bias": layer.b.value} if layer.b is not None else {})
        i += 1
    return {"params": made}
